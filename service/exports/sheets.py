"""Tables for spreadsheets: CSV and XLSX, the shape as WKT in the last column. No text in them is ever a formula."""

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

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
_SHEET = "xl/worksheets/sheet1.xml"
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
    known = _known(sheet, len(heading))
    frame = path.with_suffix(".frame")
    book.save(frame)
    lines = (_row(number, row, known) for number, row in enumerate(_counted(batches, fields, shapes=shapes), 2))
    _fill(frame, path, lines)
    frame.unlink()


def _counted(batches: Iterator[Batch], fields: Sequence[Field], *, shapes: bool) -> Iterator[tuple[object, ...]]:
    """Yield the rows, as many as fit."""
    written = 0
    for batch in batches:
        yield from _rows(batch, fields, shapes=shapes)
        written += len(batch.shapes)
        if written > _MOST_ROWS:
            raise SheetFull(f"一张表最多 {_MOST_ROWS} 行，请改用 CSV 或 GeoPackage。", "Use CSV or GeoPackage instead.")


def _fill(frame: Path, path: Path, lines: Iterator[str]) -> None:
    """Copy a workbook, putting rows into its sheet as they come; an object for each cell took most of the time."""
    with zipfile.ZipFile(frame) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            if name != _SHEET:
                made.writestr(name, content)
                continue
            head, end, tail = content.partition(b"</sheetData>")
            with made.open(name, "w", force_zip64=True) as sheet:
                sheet.write(head)
                while some := "".join(islice(lines, 1_000)):
                    sheet.write(some.encode())
                sheet.write(end + tail)


class _Known(NamedTuple):
    """The letters of the columns, and the numbers of the styles that cells have."""

    letters: list[str]
    date: int
    quoted: int


def _known(sheet: Any, columns: int) -> _Known:  # noqa: ANN401 - openpyxl has no types
    """Make the styles of dates, and of texts that stay texts when somebody edits the cell."""
    day, quoted = WriteOnlyCell(sheet, dt.date(2022, 1, 1)), WriteOnlyCell(sheet, "=")
    quoted.quotePrefix = True
    quoted.alignment = Alignment(horizontal="left")
    return _Known([*map(get_column_letter, range(1, columns + 1))], day.style_id, quoted.style_id)


def _row(number: int, values: Sequence[object], known: _Known) -> str:
    cells = [
        f'<c r="{letter}{number}"{_content(value, known)}</c>'
        for letter, value in zip(known.letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _content(value: object, known: _Known) -> str:
    """Write the rest of a cell: numbers and dates as such, all else as a text that stays one."""
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        if len(text) > _LONGEST_CELL:
            text = _TOO_LONG
        style = f' s="{known.quoted}"' if _FORMULA.match(text) else ""
        return f'{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is>'
    if isinstance(value, dt.date):
        return f' s="{known.date}"><v>{to_excel(value)}</v>'
    return f"><v>{value!r}</v>"


def _rows(batch: Batch, fields: Sequence[Field], *, shapes: bool) -> Iterator[tuple[object, ...]]:
    columns = [batch.columns[each.field].to_pylist() for each in fields]
    if shapes:
        columns.append(shapely.to_wkt(batch.shapes, rounding_precision=-1).tolist())
    return zip(*columns, strict=True)
