"""Tables of text: CSV in whatever encoding and separator, and the sheets of an Excel workbook.

A workbook is an archive and is judged as one; it is read by openpyxl, cell by cell, as text. What a cell computes is
taken as the program that saved it left it. What the columns mean is told by `table_parcels`.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from service.imports import boundary_txt, table_parcels
from service.imports.archive import Member
from service.imports.detect import Format
from service.imports.findings import problem
from service.imports.sources import MAX_FIELDS, MAX_ROWS, Request, Rows, Source, choose_layer
from service.imports.table_parcels import Line, Table

_MAX_BYTES = 100 << 20  # of a CSV, and of a workbook unpacked
_LONGEST_CELL = 8 << 20  # characters; a shape of 100,000 corners in WKT
_SEPARATORS = ",;\t|"
_MARKED = re.compile(r"'+[=+\-@\t\r]")
_TITLE_LINES = 12  # a heading may stand above the names of the columns
_MORE_THAN_CELLS = {
    "xl/vbaproject.bin": ("宏", "macro"),
    "xl/externallinks/": ("外部链接", "external link"),
    "xl/connections.xml": ("数据连接", "data connection"),
    "xl/embeddings/": ("嵌入对象", "embedded object"),
    "xl/activex/": ("控件", "control"),
}
_BROKEN = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, IndexError, OSError, EOFError)


def text_table(request: Request, path: Path) -> Source:
    """A CSV of boundary points or of shapes in WKT. Raises `Problem`."""
    if path.stat().st_size > _MAX_BYTES:
        raise problem("file_too_large", limit=_MAX_BYTES >> 20)
    text, encoding = boundary_txt.decode(path.read_bytes())
    if "\0" in text:
        raise problem("table_line", line=text.count("\n", 0, text.index("\0")) + 1, reason="NUL")
    head = "\n".join(text.splitlines()[:_TITLE_LINES])
    separator = max(_SEPARATORS, key=head.count)
    table = _table("CSV", _csv_lines(text, separator)) or table_parcels.without_names(_csv_lines(text, separator))
    if table is None:
        first = next(_csv_lines(text, separator), Line(0, ["—"]))
        raise problem("table_no_shapes", seen="、".join(first.cells[:20]))
    return table_parcels.source(request, Format.CSV, table, encoding)


def workbook(request: Request, members: list[Member]) -> Source:
    """The one sheet of a workbook that holds boundary points or shapes, or the named one. Raises `Problem`."""
    for member in members:
        for start, (zh, en) in _MORE_THAN_CELLS.items():
            if member.name.lower().startswith(start):
                raise problem("xlsx_active_content", kind=zh, kind_en=en, name=member.name)
    if sum(member.entry.file_size for member in members) > _MAX_BYTES:
        raise problem("archive_too_large", limit=_MAX_BYTES >> 20)
    with ExitStack() as held:
        # An open file, for openpyxl judges a path by its ending, and kept files have none.
        file = held.enter_context(request.path.open("rb"))
        with _damage_named():
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        held.callback(book.close)
        made = _sheet(request, book)
        made.batches = _closing(made.batches, held.pop_all())
        return made


def _closing(batches: Iterator[Rows], held: ExitStack) -> Iterator[Rows]:
    """Let go of what the rows are read from once they are read."""
    with held:
        yield from batches


def _sheet(request: Request, book: openpyxl.Workbook) -> Source:
    """The sheet to read, as a source."""
    tables = {sheet.title: _table(sheet.title, _sheet_lines(sheet)) for sheet in book.worksheets}
    usable = {name: table for name, table in tables.items() if table is not None}
    if not usable:
        seen = (cell for sheet in book.worksheets for line in islice(_sheet_lines(sheet), 3) for cell in line.cells)
        raise problem("table_no_shapes", seen="、".join(islice(filter(None, seen), 20)) or "—")
    name = choose_layer(usable, request.layer)
    return table_parcels.source(request, Format.XLSX, usable[name], "UTF-8")


def _table(name: str, lines: Iterator[Line]) -> Table | None:
    """The table whose names of columns stand among the first lines; None when there are none that we know."""
    for line in islice(lines, _TITLE_LINES):
        if meaning := table_parcels.meanings(line.cells):
            return Table(name, line.cells, meaning, lines)
    return None


def unmarked(cell: str) -> str:
    """Take away the apostrophe in front of what a spreadsheet would take for a formula; exports put it there.

    >>> unmarked("'=1"), unmarked("''=1"), unmarked("'甲"), unmarked("-3")
    ('=1', "'=1", "'甲", '-3')
    """
    return cell[1:] if _MARKED.match(cell) else cell


def _csv_lines(text: str, separator: str) -> Iterator[Line]:
    """Lines of a CSV with anything in them."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield from _line(reader.line_num, [unmarked(cell.strip()) for cell in cells])
    except csv.Error as wrong:
        raise problem("table_line", line=reader.line_num, reason=wrong) from None


def _sheet_lines(sheet: openpyxl.worksheet._read_only.ReadOnlyWorksheet) -> Iterator[Line]:
    """Lines of a sheet with anything in them; the size that the sheet states isn't believed."""
    with _damage_named():
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MAX_FIELDS + 1, values_only=True)
        for number, cells in enumerate(rows, start=1):
            if cells.count(None) < len(cells):
                yield from _line(number, [_text(cell) for cell in cells])


@contextmanager
def _damage_named() -> Iterator[None]:
    """Turn what openpyxl raises for a damaged workbook into a finding."""
    try:
        yield
    except _BROKEN as wrong:  # among them what defusedxml raises, which openpyxl may wrap
        if isinstance(wrong, DefusedXmlException) or isinstance(wrong.__context__, DefusedXmlException):
            raise problem("xml_doctype") from None
        raise problem("file_damaged", reason=f"xlsx: {wrong}") from wrong


def _line(number: int, cells: list[str]) -> Iterator[Line]:
    """The line, if there is anything in it. Raises `Problem` for too many columns or rows."""
    if len(cells) > MAX_FIELDS and any(cells[MAX_FIELDS:]):
        raise problem("too_many_fields", limit=MAX_FIELDS)
    if number > 2 * MAX_ROWS:
        raise problem("too_many_rows", limit=2 * MAX_ROWS)
    if any(cells):
        yield Line(number, cells)


def _text(cell: object) -> str:
    """A cell as text: numbers in their shortest form, dates in ISO 8601.

    >>> _text(3849200.5), _text(7.0), _text(None), _text(" 甲 ")
    ('3849200.5', '7', '', '甲')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell).strip()
