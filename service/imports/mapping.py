"""From the columns of a file to the fields of a parcel, by a field map (`gis_data/field_maps`). Pure.

Whole columns at a time: Arrow arrays, null where the file says nothing. What can't be read becomes a finding and null.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.codes.loader import GIS_DATA
from service.imports import values
from service.imports.report import Report
from service.parcels.identifiers import normalise_lot_number
from service.parcels.planning import FIELDS as BOUNDS
from service.parcels.planning import BoundField

TEXTS = ("code", "name", "address", "cadastral_code", "lot_number", "county_code")
DATES = ("registered_on", "surveyed_on", "stage_since")
USES = ("land_use", "land_use_given")
FIELDS = (*TEXTS, *DATES, *USES, "area_legal_m2", "stage", *BOUNDS)
"""What a column can fill."""

ATTRIBUTE = "a_"  # prefix of the file's own columns in the reader's table
_KINDS = {"text", "number", "date", "code", "choice", "bounds"}
_FACTORS = {None: 1.0, "m2": 1.0, "ha": 10_000.0, "mu": 10_000 / 15, "m": 1.0, "percent": 1.0, "share": 100.0}


class BrokenFieldMap(ValueError):
    """A field map can't be used; the message names file and fault."""


@dataclass(frozen=True, slots=True)
class Column:
    """One way to fill a field: the names a file's column may have, and how its values read."""

    field: str
    kind: str
    names: tuple[str, ...]
    list: str | None = None
    unit: str | None = None
    bound: str | None = None
    bare: str = "<="
    fallback: bool = False
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FieldMap:
    """One field map."""

    title: str
    title_en: str
    columns: tuple[Column, ...]


@cache
def field_maps(folder: Path = GIS_DATA / "field_maps") -> tuple[FieldMap, ...]:
    """Read every field map, the default first; raise BrokenFieldMap for one that can't be used."""
    paths = sorted(folder.glob("*.toml"), key=lambda path: (path.stem != "default", path.stem))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> FieldMap:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        columns = tuple(
            Column(**{**entry, "names": tuple(plain_name(name) for name in entry["names"])})
            for entry in data["columns"]
        )
    except (KeyError, TypeError) as wrong:
        raise BrokenFieldMap(f"{path.name}: {wrong}") from None
    for column in columns:
        if column.field not in FIELDS or column.kind not in _KINDS or column.unit not in _FACTORS:
            raise BrokenFieldMap(f"{path.name}: field {column.field}, kind {column.kind}, unit {column.unit}")
    return FieldMap(data["title"], data["title_en"], columns)


def plain_name(name: str) -> str:
    """Write a column's name without case, spaces and underscores."""
    return "".join(name.split()).replace("_", "").casefold()


def choose(maps: Iterable[FieldMap], names: Iterable[str]) -> FieldMap:
    """Return the map that knows most of a file's columns; the first of equals."""
    plain = {plain_name(name) for name in names}
    return max(maps, key=lambda each: sum(not plain.isdisjoint(column.names) for column in each.columns))


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a person, or a proposal, says of one column of a file: the field that it fills, and how its values read."""

    column: str
    field: str | None = None
    list: str | None = None
    unit: str | None = None
    bound: str | None = None


def assigned(assignments: Iterable[Assignment]) -> FieldMap:
    """Make a field map of what each column was said to fill.

    Raises:
        ValueError: no such field or unit.

    >>> assigned([Assignment("面积", "area_legal_m2", unit="mu"), Assignment("备注")]).columns[0].kind
    'number'
    """
    given = [each for each in assignments if each.field is not None]
    columns = [_column(each) for each in given]
    if all(column.field != "code" for column in columns):
        columns += [replace(column, field="code", fallback=True) for column in columns if column.field in _STAND_INS]
    return FieldMap("已指定的对照", "as assigned", tuple(columns))


_STAND_INS = ("cadastral_code",)  # fields that may be a parcel's code too, where a file has no other


def _column(said: Assignment) -> Column:
    field = str(said.field)
    if field not in FIELDS or said.unit not in _FACTORS:
        raise ValueError(f"{said.column}: field {field}, unit {said.unit}")
    like = next((column for column in field_maps()[0].columns if column.field == field), None)
    kind = _kind(field, said.bound)
    return Column(
        field,
        kind,
        (plain_name(said.column),),
        list=said.list if field in USES else None,
        unit=said.unit,
        bound=said.bound if field in BOUNDS else None,
        bare=like.bare if like is not None else "<=",
        choices=like.choices if like is not None else None,
    )


def _kind(field: str, bound: str | None) -> str:
    """How the values of a field's column read."""
    if field in BOUNDS:
        return "bounds" if bound is None else "number"
    kinds = {**dict.fromkeys(USES, "code"), "area_legal_m2": "number", "stage": "choice"}
    return kinds.get(field, "date" if field in DATES else "text")


@dataclass(frozen=True, slots=True)
class Found:
    """A column of the map with the file's column that fills it."""

    column: Column
    name: str
    data: pa.Array


def map_fields(
    table: pa.Table, report: Report, *, code_prefix: str, maps: tuple[FieldMap, ...] | None = None
) -> pa.Table:
    """Return the fields of each parcel as an Arrow table parallel to the reader's `table`.

    Columns: the plain texts; `registered_on`, `surveyed_on`, `stage_since` (date32); `land_use_scheme` and
    `land_use_code`; `land_use_given` (`scheme:code`, of a column of its own); `area_legal_m2` (float64); `stage` and
    `hold` (text); each planning bound as a range literal.
    A file that names its parcels nowhere gets codes `<code_prefix>-<row>`.
    """
    files = {name.removeprefix(ATTRIBUTE): name for name in table.column_names if name.startswith(ATTRIBUTE)}
    chosen = choose(maps or field_maps(), files)
    found = _found(chosen, files, table)
    report.columns = {each.column.field: each.name for each in reversed(found)}
    rows = table["row"].to_numpy()
    read = _Reading(rows, report)
    out: dict[str, pa.Array] = {field: read.first(found, field, read.text) for field in sorted({*TEXTS} - {"code"})}
    out["lot_number"] = values.each(out["lot_number"], normalise_lot_number, pa.string())
    out["cadastral_code"] = pc.utf8_upper(pc.replace_substring_regex(out["cadastral_code"], r"\s", ""))
    out["code"] = _codes(found, rows, report, code_prefix)
    for field in DATES:
        out[field] = read.first(found, field, read.date)
    out["area_legal_m2"] = read.first(found, "area_legal_m2", read.number)
    out["land_use_scheme"], out["land_use_code"] = _land_use(found, read, "land_use")
    out["land_use_given"] = pc.binary_join_element_wise(*_land_use(found, read, "land_use_given"), ":")
    out["stage"], out["hold"] = _stage(found, read)
    for field in BOUNDS:
        out[field] = read.bounds(field, [each for each in found if each.column.field == field])
    used = {each.name for each in found}
    # The area of a survey comes as delivered, and in m² beside it.
    if unused := [name for name in files if not {name, f"{name}_m2"} & used]:
        report.note("fields_unused", fields="、".join(unused), map=chosen.title, map_en=chosen.title_en)
    return pa.table(out)


def _found(chosen: FieldMap, files: Mapping[str, str], table: pa.Table) -> list[Found]:
    by_plain = {plain_name(name): name for name in reversed(list(files))}
    matches = ((column, next((by_plain[n] for n in column.names if n in by_plain), None)) for column in chosen.columns)
    return [Found(column, name, table[files[name]].combine_chunks()) for column, name in matches if name is not None]


def _codes(found: list[Found], rows: values.Rows, report: Report, prefix: str) -> pa.Array:
    """The parcels' codes: from their own column, else from a column that tells every row apart, else made up."""
    named = [each for each in found if each.column.field == "code"]
    own = [values.numbering(each.data) for each in named if not each.column.fallback]
    if own:
        return pc.coalesce(*own)
    for each in named:
        codes = values.numbering(each.data)
        told_apart = codes.null_count == 0 and len(pc.unique(pc.ascii_upper(codes))) == len(codes)
        if told_apart and values.are_codes(codes):
            report.note("code_from_field", field_name=each.name)
            return codes
    report.note("code_generated", first=f"{prefix}-{rows[0] if len(rows) else 1}")
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(rows), pa.string()), "-")


def _land_use(found: list[Found], read: "_Reading", field: str) -> tuple[pa.Array, pa.Array]:
    """Code list and code of a use; a code may name its list itself, `gbt_21010_2017:0701`."""
    schemes, codes = pa.nulls(len(read.rows), pa.string()), pa.nulls(len(read.rows), pa.string())
    for each in (each for each in found if each.column.field == field):
        parts = values.each(
            values.text(each.data), partial(_scheme_and_code, each.column.list), pa.list_(pa.string(), 2)
        )
        empty = pc.is_null(codes)
        schemes = pc.if_else(empty, pc.list_element(parts, 0), schemes)
        codes = pc.if_else(empty, pc.list_element(parts, 1), codes)
    return schemes, codes


def _scheme_and_code(scheme: str | None, text: str) -> tuple[str, str]:
    declared, colon, code = text.rpartition(":")
    return (declared, code) if colon else (scheme or "?", text)


def _stage(found: list[Found], read: "_Reading") -> tuple[pa.Array, pa.Array]:
    """Stage and hold; a choice may name both, `announced suspended`."""
    both = read.first(found, "stage", read.choice)
    parts = values.each(both, lambda text: [*text.split(), "none"][:2], pa.list_(pa.string(), 2))
    return pc.list_element(parts, 0), pc.list_element(parts, 1)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads columns; what can't be read is reported by row."""

    rows: values.Rows
    report: Report

    def first(self, found: list[Found], field: str, read: Callable[[Found], pa.Array]) -> pa.Array:
        """The field from the first of its columns that has a value, row by row."""
        columns = [read(each) for each in found if each.column.field == field]
        if columns:
            return pc.coalesce(*columns)
        return pa.nulls(len(self.rows), read(_NOTHING).type)

    def text(self, each: Found) -> pa.Array:
        return values.text(each.data)

    def number(self, each: Found) -> pa.Array:
        numbers, wrong = values.numbers(each.data)
        self._refuse("number_unreadable", each, wrong)
        return pc.multiply(numbers, _FACTORS[each.column.unit])

    def date(self, each: Found) -> pa.Array:
        dates, wrong = values.dates(each.data)
        self._refuse("date_unreadable", each, wrong)
        return dates

    def choice(self, each: Found) -> pa.Array:
        choices = {**{stage: stage for stage in values.STAGES}, **(each.column.choices or {})}
        texts = values.text(each.data)
        chosen = values.each(texts, choices.get, pa.string())
        self._refuse("stage_unknown", each, values.lost(texts, chosen))
        return chosen

    def bounds(self, field: BoundField, columns: list[Found]) -> pa.Array:
        """A planning bound as a range literal, from one text column or from columns of its lower and upper end."""
        ends: dict[str, pa.Array] = {}
        for each in columns:
            if each.column.bound is not None:
                ends[each.column.bound] = pc.round(self.number(each), ndigits=4)
        literal = pa.nulls(len(self.rows), pa.string())
        if ends:
            missing = pa.nulls(len(self.rows), pa.float64())
            low, high = ends.get("min", missing), ends.get("max", missing)
            literal = self._checked(field, columns[0], values.joined_ends(low, high))
        for each in (each for each in columns if each.column.bound is None):
            factor = Decimal(f"{_FACTORS[each.column.unit]:g}")
            worded = values.each(
                values.text(each.data), partial(values.normal_bounds, bare=each.column.bare, factor=factor), pa.string()
            )
            self._refuse("bounds_unreadable", each, values.lost(each.data, worded))
            literal = pc.coalesce(literal, self._checked(field, each, worded))
        return literal

    def _checked(self, field: BoundField, each: Found, ends: pa.Array) -> pa.Array:
        literal = values.each(ends, partial(values.range_literal, field), pa.string())
        self._refuse("bounds_impossible", each, values.lost(ends, literal), shown=ends)
        return literal

    def _refuse(self, code: str, each: Found, wrong: values.Mask, shown: pa.Array = None) -> None:
        at = np.flatnonzero(wrong)
        if len(at):
            quoted = (each.data if shown is None else shown).take(pa.array(at)).to_pylist()
            self.report.rows(code, self.rows[at], column=each.name, values=quoted)


_NOTHING = Found(Column("", "text", ()), "", pa.nulls(0, pa.string()))
