"""The findings of an import as files to work with: a table for a spreadsheet, points for a desktop GIS. Pure.

Both take findings as they are made, or as they are kept.
"""

import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from service.geo.crs import CGCS2000
from service.imports import findings, models

Language = Literal["zh", "en"]
Remark = findings.Finding | models.Finding
LAYER = "findings"
_SEVERITIES = {"zh": {"error": "错误", "warning": "提醒"}, "en": {"error": "Error", "warning": "Warning"}}
_COLUMNS = (  # member, width in characters, heading in both languages
    ("severity", 8, "级别", "Severity"),
    ("row", 8, "行", "Row"),
    ("ring", 8, "圈号", "Ring"),
    ("point", 18, "界址点号", "Boundary point"),
    ("field", 16, "字段", "Field"),
    ("message", 60, "说明", "Message"),
    ("value", 24, "值", "Value"),
    ("code", 24, "代码", "Code"),
    ("lon", 14, "经度", "Longitude"),
    ("lat", 14, "纬度", "Latitude"),
)
_TITLES = {"zh": "检查结果", "en": "Findings"}
_NUMBERS = {"row": pa.int64(), "ring": pa.int64(), "lon": pa.float64(), "lat": pa.float64()}


def written(found: Sequence[Remark], kind: Literal["xlsx", "gpkg"], language: Language = "zh") -> tuple[bytes, str]:
    """Write findings as a file of a kind; return it with its media type."""
    if kind == "xlsx":
        return spreadsheet(found, language), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with tempfile.TemporaryDirectory(prefix="gongdi-findings-") as folder:
        path = Path(folder) / "findings.gpkg"
        geopackage(found, path, language)
        return path.read_bytes(), "application/geopackage+sqlite3"


def spreadsheet(found: Iterable[Remark], language: Language = "zh") -> bytes:
    """Write findings as an XLSX: headings that stay in sight, a filter on each column, places in degrees (EPSG:4490).

    Text is written as text: a value that begins with `=` is no formula.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_TITLES[language])
    sheet.freeze_panes = "A2"
    for at, (_, width, *_) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append([_heading(sheet, zh if language == "zh" else en) for _, _, zh, en in _COLUMNS])
    count = 0
    for count, each in enumerate(found, start=1):  # noqa: B007 - counts the rows for the filter
        sheet.append([_cell(sheet, value) for value in _values(each, language)])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{count + 1}"
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def geopackage(found: Sequence[Remark], path: Path, language: Language = "zh") -> None:
    """Write findings to a GeoPackage at `path`, layer `findings`: points in EPSG:4490, null without a place."""
    rows = [_values(each, language) for each in found]
    columns: dict[str, Any] = {
        name: pa.array([row[at] for row in rows], _NUMBERS.get(name, pa.string()))
        for at, (name, *_) in enumerate(_COLUMNS)
        if name not in {"lon", "lat"}
    }
    places = np.array([(each.lon, each.lat) for each in found], dtype=float).reshape(-1, 2)
    points = shapely.points(places)
    points[np.isnan(places).any(axis=1)] = None
    pyogrio.raw.write_arrow(
        pa.table({**columns, "geometry": pa.array(shapely.to_wkb(points), pa.binary())}),
        path,
        driver="GPKG",
        layer=LAYER,
        geometry_name="geometry",
        geometry_type="Point",
        crs=f"EPSG:{CGCS2000}",
    )


def _values(each: Remark, language: Language) -> list[str | int | float | None]:
    words = each.message if language == "zh" else each.message_en
    told = {"severity": _SEVERITIES[language].get(each.severity, each.severity), "message": words}
    return [told[name] if name in told else getattr(each, name) for name, *_ in _COLUMNS]


def _heading(sheet: Any, text: str) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl has no types
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDF3")
    return cell


def _cell(sheet: Any, value: str | float | None) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl has no types
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
