"""Rows of a plan's workbook as items and printed totals; what is wrong is named by row, column and rule. Pure."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TypeVar

import orjson
import shapely

from service.codes import queries as codes
from service.core.errors import FieldError, GongdiError
from service.core.spelling import tidied
from service.core.workbooks import Line
from service.geo.geojson import parse_polygon
from service.plans.classes import LISTS, NAMES, Dimension, is_member, name_of
from service.plans.layout import COLUMNS, DECLARED, DIMENSION, MEMBER, MEMBER_CODE, TOTALS_SHEET
from service.plans.settling import Fault, Known, Proposed, Values, settle
from service.plans.sheet_apart import Sheets

_HECTARE = Decimal(10_000)
_CENT = Decimal("0.01")
_QUARTER = re.compile(r"(?:第?([一二三四1-4])季度?|Q([1-4])|([1-4]))", re.IGNORECASE)
_MONTH = re.compile(r"(\d{1,2})月?")
_FIELD_COLUMN = COLUMNS | {"land_use": COLUMNS["use"]}
_LONGEST = 4_000
Value = TypeVar("Value")
Totals = dict[tuple[Dimension, str], Decimal]


class ItemRow(NamedTuple):
    """One row that is good: where it stands, which plot it says it is, its columns and its sketch."""

    line: int
    key: uuid.UUID | None
    carried: int | None
    values: Values
    geom: shapely.MultiPolygon | None


class Read(NamedTuple):
    """What a workbook says, and everything that is wrong with it."""

    items: list[ItemRow]
    totals: Totals
    errors: list[FieldError]


def parcels_named(sheets: Sheets) -> list[str]:
    """Return the parcel codes that the items name."""
    return [cells[COLUMNS["parcel"]] for _, cells in sheets.items if COLUMNS["parcel"] in cells]


def read(sheets: Sheets, known: Known, districts: Mapping[str, str]) -> Read:
    """Judge every row; nothing of a workbook with an error is taken. `districts` is code → name."""
    items, errors = [], []
    seen: dict[object, int] = {}
    for line, cells in sheets.items:
        row, faults = _item(line, cells, known)
        for mark in (row.key, row.values["parcel_id"]):
            if mark is not None and (first := seen.setdefault(mark, line)) != line:
                field = "key" if mark is row.key else "parcel"
                faults.append(Fault(field, "repeated", f"与第 {first} 行相同", f"The same as row {first}"))
        items.append(row)
        errors += [error_at(sheets.items_sheet, line, _FIELD_COLUMN[fault.field], fault) for fault in faults]
    totals, wrong = _totals(sheets.totals, districts)
    return Read(items, totals, errors + wrong)


def error_at(sheet: str, line: int, column: str, fault: Fault) -> FieldError:
    """Name a fault by sheet, row, column and rule."""
    where = f"第 {line} 行“{column}”："
    return FieldError(
        f"/{sheet}/{line}/{column}", fault.rule, f"{where}{fault.zh}", f"Row {line}, {column}: {fault.en}"
    )


def _item(line: int, cells: Mapping[str, str], known: Known) -> tuple[ItemRow, list[Fault]]:
    said = {field: cells[column] for field, column in COLUMNS.items() if column in cells}
    faults: list[Fault] = []
    key = _read(faults, "key", said.get("key"), uuid.UUID)
    carried = _read(faults, "carried", said.get("carried"), int)
    geom = _sketch(faults, said.get("geometry"))
    proposed = Proposed(
        parcel=said.get("parcel"),
        name=_short(faults, "name", said.get("name"), 200),
        geom=geom,
        area_m2=_read(faults, "area_m2", said.get("area_m2"), area_in),
        use_class=_coded(Dimension.use_class, said.get("use_class")),
        housing_class=_coded(Dimension.housing_class, said.get("housing_class")),
        land_use=(said.get("scheme", codes.LAND_USE), said["use"]) if "use" in said else None,
        source=_coded(Dimension.source, said.get("source")),
        method=_coded(Dimension.method, said.get("method")),
        quarter=_read(faults, "quarter", said.get("quarter"), quarter_in),
        month=_read(faults, "month", said.get("month"), month_in),
        region=said.get("region"),
        note=_short(faults, "note", said.get("note"), _LONGEST),
    )
    values, wrong = settle(proposed, known)
    unread = {fault.field for fault in faults}
    return ItemRow(line, key, carried, values, geom), faults + [fault for fault in wrong if fault.field not in unread]


def _read(faults: list[Fault], field: str, text: str | None, how: Callable[[str], Value]) -> Value | None:
    if text is None:
        return None
    try:
        return how(text)
    except (ValueError, InvalidOperation):
        faults.append(Fault(field, "unreadable", f"“{text[:60]}”无法识别", f"{text[:60]!r} can't be read"))
        return None


def _short(faults: list[Fault], field: str, text: str | None, longest: int) -> str | None:
    if text is not None and (len(text) > longest or not all(char.isprintable() or char in "\n\t" for char in text)):
        faults.append(Fault(field, "text", f"须是不超过 {longest} 字的文字", f"At most {longest} characters of text"))
        return None
    return text


def _sketch(faults: list[Fault], text: str | None) -> shapely.MultiPolygon | None:
    if text is None:
        return None
    try:
        return parse_polygon(orjson.loads(shapely.to_geojson(shapely.from_wkt(text))))
    except GongdiError as wrong:
        faults.append(Fault("geometry", "geometry", wrong.zh, wrong.en))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        faults.append(Fault("geometry", "geometry", "不是 WKT 面", "No WKT polygon"))
    return None


def area_in(text: str) -> Decimal:
    """Read hectares as m², to the hundredth; more digits than that are refused, not rounded.

    >>> area_in("1.500025")
    Decimal('15000.25')
    """
    area = Decimal(tidied(text).replace(",", "")) * _HECTARE
    if not area.is_finite() or area != area.quantize(_CENT):
        raise ValueError(text)
    return area.quantize(_CENT)


def quarter_in(text: str) -> int:
    """Read a quarter.

    >>> quarter_in("二季度"), quarter_in("Q3"), quarter_in("4")
    (2, 3, 4)
    """
    match = _QUARTER.fullmatch(tidied(text))
    if match is None:
        raise ValueError(text)
    found = next(filter(None, match.groups()))
    return "一二三四".find(found) + 1 or int(found)


def month_in(text: str) -> int:
    """Read a month.

    >>> month_in("11月"), month_in("3")
    (11, 3)
    """
    match = _MONTH.fullmatch(tidied(text))
    if match is None:
        raise ValueError(text)
    return int(match[1])


def _coded(dimension: Dimension, text: str | None) -> str | None:
    """Return the code that a cell names, by code or by name; what is unknown is left for `settle` to name."""
    if text is None:
        return None
    word = tidied(text)
    names = {tidied(entry.name): code for code, entry in codes.lists()[LISTS[dimension]].entries.items()}
    return names.get(word, word)


_DIMENSIONS = {name: dimension for dimension, (name, _) in NAMES.items()}


def _totals(rows: list[Line], districts: Mapping[str, str]) -> tuple[Totals, list[FieldError]]:
    totals: Totals = {}
    errors: list[FieldError] = []
    for line, cells in rows:
        if (text := cells.get(DECLARED)) is None:
            continue
        faults: list[Fault] = []
        area = _read(faults, DECLARED, text, area_in)
        dimension = _DIMENSIONS.get(cells.get(DIMENSION, ""))
        member = None if dimension is None else _member(dimension, cells, districts)
        if dimension is None or member is None:
            column = DIMENSION if dimension is None else MEMBER
            value = cells.get(column, "")
            faults.append(Fault(column, "unknown-code", f"没有“{value[:60]}”", f"There is no {value[:60]!r}"))
        elif (dimension, member) in totals:
            faults.append(Fault(MEMBER, "repeated", "重复", "Given twice"))
        elif area is not None and area < 0:
            faults.append(Fault(DECLARED, "area-range", "面积不能小于 0", "The area can't be below 0"))
        elif area is not None:
            totals[dimension, member] = area
        errors += [error_at(TOTALS_SHEET, line, fault.field, fault) for fault in faults]
    return totals, errors


def _member(dimension: Dimension, cells: Mapping[str, str], districts: Mapping[str, str]) -> str | None:
    if code := cells.get(MEMBER_CODE):
        known = code in districts if dimension is Dimension.district else is_member(dimension, code)
        return code if known else None
    name = tidied(cells.get(MEMBER, ""))
    return next(
        (member for member in _members(dimension, districts) if _called(dimension, member, districts) == name), None
    )


def _members(dimension: Dimension, districts: Mapping[str, str]) -> Iterator[str]:
    match dimension:
        case Dimension.district:
            yield from districts
        case Dimension.total:
            yield "all"
        case Dimension.quarter | Dimension.month:
            yield from map(str, range(1, 5 if dimension is Dimension.quarter else 13))
        case _:
            yield from codes.lists()[LISTS[dimension]].entries


def _called(dimension: Dimension, member: str, districts: Mapping[str, str]) -> str:
    return tidied(districts[member] if dimension is Dimension.district else name_of(dimension, member) or "")
