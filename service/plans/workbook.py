"""A plan given out as a workbook: the table of totals, and its items; taken in again, it is the same plan."""

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from geoalchemy2.shape import to_shape
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.plans import checking, item_queries, queries
from service.plans.classes import NAMES, Dimension, name_of
from service.plans.layout import COLUMNS, ITEMS_SHEET, TOTALS_HEADING, TOTALS_SHEET
from service.plans.models import PlanItem, PlanPlot, SupplyPlan
from service.plans.reconcile import Line

_HECTARE = Decimal(10_000)
_WIDTHS = {"key": 38, "name": 30, "note": 24, "geometry": 20, "use_class": 20, "scheme": 18}
_LONGEST_CELL = 32_767
_BOLD = Font(bold=True)
# Most figures are whole square metres: ten-thousandths of a hectare; two digits more for what is exact to the cm².
_AREA_FORMAT = "0.0000##"


def hectares(area_m2: Decimal | None) -> Decimal | None:
    """Write m² as hectares, exactly.

    >>> hectares(Decimal("15000.25"))
    Decimal('1.500025')
    """
    return None if area_m2 is None else area_m2 / _HECTARE


def written(session: Session, plan: SupplyPlan) -> bytes:
    """Return the plan as XLSX."""
    book = Workbook(write_only=True)
    regions = queries.district_names(session)
    _write_totals(book, plan, checking.lines(session, plan), regions)
    codes = {number: code for code, number in queries.region_ids(session).items()}
    years = queries.plot_years(session, plan.id)
    _write_items(book, item_queries.items_of(session, plan.id), codes, years)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_totals(book: Workbook, plan: SupplyPlan, lines: Sequence[Line], regions: Mapping[str, str]) -> None:
    sheet = book.create_sheet(TOTALS_SHEET)
    for letter, width in zip("ABCDEFG", (10, 28, 22, 20, 18, 16, 8), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_text(sheet, plan.title, bold=True)])
    sheet.append([_text(sheet, f"{plan.year} 年度 第 {plan.edition} 版 单位：公顷")])
    sheet.append([_text(sheet, title, bold=True) for title in TOTALS_HEADING])
    for line in lines:
        name = name_of(line.dimension, line.member) or regions.get(line.member, line.member)
        words = (NAMES[line.dimension][0], name, line.member)
        figures = (line.declared_m2, line.summed_m2, line.difference_m2)
        cells = [*(_text(sheet, word) for word in words), *(_area(sheet, value) for value in figures), line.items]
        sheet.append(cells)


def _write_items(
    book: Workbook,
    rows: Sequence[Row[PlanItem, str | None, PlanPlot]],
    regions: Mapping[int, str],
    years: Mapping[Any, int],
) -> None:
    sheet = book.create_sheet(ITEMS_SHEET)
    sheet.freeze_panes = "E2"
    for number, field in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTHS.get(field, 13)
    sheet.append([_text(sheet, title, bold=True) for title in COLUMNS.values()])
    for number, (item, parcel, plot) in enumerate(rows, 1):
        values = _values(item, parcel, plot, regions, years) | {"number": number}
        cells = [values[field] for field in COLUMNS]
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in cells[:5]]
                     + [_area(sheet, item.area_m2)]
                     + [_text(sheet, value) if isinstance(value, str) else value for value in cells[6:]])  # fmt: skip


def _values(
    item: PlanItem, parcel: str | None, plot: PlanPlot, regions: Mapping[int, str], years: Mapping[Any, int]
) -> dict[str, Any]:
    named = {
        "use_class": (Dimension.use_class, item.use_class),
        "housing_class": (Dimension.housing_class, item.housing_class),
        "source": (Dimension.source, item.source),
        "method": (Dimension.method, item.method),
    }
    shape = None if item.geom is None else to_shape(item.geom).wkt
    return {
        "key": str(item.key),
        "parcel": parcel,
        "name": item.name,
        "region": None if item.region_id is None else regions.get(item.region_id),
        "area_m2": item.area_m2,
        **{field: code and name_of(dimension, code) for field, (dimension, code) in named.items()},
        "scheme": item.land_use_scheme,
        "use": item.land_use_code,
        "quarter": item.quarter,
        "month": item.month,
        "carried": plot.carried_from and years.get(plot.carried_from),
        "note": item.note,
        "geometry": shape if shape is None or len(shape) <= _LONGEST_CELL else None,
    }


def _text(sheet: Any, value: str, *, bold: bool = False) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl has no types
    """Make a text that stays one: never a formula, even when somebody edits the cell."""
    cell = WriteOnlyCell(sheet, "".join(_printable(value))[:_LONGEST_CELL])
    cell.data_type, cell.quotePrefix = "s", value[:1] in {"=", "+", "-", "@"}
    if bold:
        cell.font = _BOLD
    else:
        cell.alignment = Alignment(horizontal="left")
    return cell


def _printable(text: str) -> Iterator[str]:
    return (char for char in text if char.isprintable() or char in "\n\t")


def _area(sheet: Any, area_m2: Decimal | None) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl has no types
    cell = WriteOnlyCell(sheet, hectares(area_m2))
    cell.number_format = _AREA_FORMAT
    return cell
