"""Tables for spreadsheets: CSV and XLSX, the shape as WKT in the last column. No text in them is ever a formula."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from service.core.errors import Conflict
from service.exports.fields import Field
from service.exports.formats import Target
from service.exports.rows import Batch
from service.exports.vector import LAYER

WKT = "WKT"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # also one that is marked already, so that taking one mark off gives it back
_LONGEST_CELL = 32_767  # characters, the same in every version of XLSX
_MOST_ROWS = 1_048_575  # below the heading
_WIDTHS = {"text": 18, "bounds": 12, "number": 14, "date": 12}
_NAME_WIDTH = 32
_TOO_LONG = "图形过大，单元格放不下，请用 GeoPackage 等格式导出"


class SheetFull(Conflict):
    """More rows than a sheet of XLSX can have."""

    code, title_zh, title_en = "sheet-full", "行数超过 XLSX 上限", "More rows than a sheet holds"


def write_csv(batches: Iterator[Batch], fields: Sequence[Field], target: Target, path: Path, *, shapes: bool) -> None:
    """Write RFC 4180 text: UTF-8 with a mark, by which spreadsheets know it, or GB18030, which GBK programs read.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    encoding = "utf-8-sig" if target.encoding == "utf-8" else "gb18030"
    with path.open("w", encoding=encoding, newline="") as file:
        lines = csv.writer(file)
        lines.writerow([each.title for each in fields] + [WKT] * shapes)
        for batch in batches:
            lines.writerows([_harmless(value) for value in row] for row in _rows(batch, fields, shapes=shapes))


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def write_xlsx(batches: Iterator[Batch], fields: Sequence[Field], _: Target, path: Path, *, shapes: bool) -> None:
    """Write one sheet with a heading that stays in view; dates are dates, codes are texts with their zeros.

    A shape too long for a cell is replaced by a sentence that says so, which an import finds unreadable.

    Raises:
        SheetFull: more than 1,048,575 parcels.

    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(LAYER)
    sheet.freeze_panes = "B2"
    for number, each in enumerate(fields, 1):
        width = _NAME_WIDTH if each.field in {"name", "address"} else _WIDTHS[each.kind]
        sheet.column_dimensions[get_column_letter(number)].width = width
    bold = Font(bold=True)
    heading = [WriteOnlyCell(sheet, title) for title in [each.title for each in fields] + [WKT] * shapes]
    for cell in heading:
        cell.font = bold
    sheet.append(heading)
    written = 0
    for batch in batches:
        for row in _rows(batch, fields, shapes=shapes):
            sheet.append([_cell(sheet, value) for value in row])
            written += 1
        if written > _MOST_ROWS:
            raise SheetFull(f"一张表最多 {_MOST_ROWS} 行，请改用 CSV 或 GeoPackage。", "Use CSV or GeoPackage instead.")
    book.save(path)


def _cell(sheet: Any, value: object) -> object:  # noqa: ANN401 - openpyxl has no types
    """Keep a value as it is, or make a text of it that stays one, even when somebody edits the cell."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    if len(text) > _LONGEST_CELL:
        text = _TOO_LONG
    if not _FORMULA.match(text):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type, cell.quotePrefix = "s", True
    cell.alignment = Alignment(horizontal="left")
    return cell


def _rows(batch: Batch, fields: Sequence[Field], *, shapes: bool) -> Iterator[tuple[object, ...]]:
    columns = [batch.columns[each.field].to_pylist() for each in fields]
    if shapes:
        columns.append(shapely.to_wkt(batch.shapes, rounding_precision=-1).tolist())
    return zip(*columns, strict=True)
