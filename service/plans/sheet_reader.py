"""The child that opens a workbook from outside and leaves its rows as text; it sees that file and nothing else."""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from service.core import child
from service.plans.layout import (
    COLUMNS,
    DECLARED,
    DIMENSION,
    HEADING_WITHIN,
    ITEMS_SHEET,
    MEMBER,
    MOST_COLUMNS,
    MOST_ROWS,
    REQUIRED,
    TOTALS_SHEET,
)

_MOST_ENTRIES = 200
_MOST_UNPACKED = 100 << 20
_ACTIVE = ("xl/vbaproject.bin", "xl/externallinks/", "xl/connections.xml", "xl/embeddings/", "xl/activex/")
_BROKEN = (BadZipFile, InvalidFileException, ParseError, DefusedXmlException, KeyError, ValueError, TypeError, OSError)
Cells = dict[str, str]


class Unreadable(Exception):
    """Why a workbook can't be taken: a code of `sheet_apart`."""


def read(path: Path) -> dict[str, Any]:
    """Return the rows of the sheets that a plan has, each with its line number, as column → text."""
    _judge(path)
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        items = ITEMS_SHEET if ITEMS_SHEET in names else names[0] if len(names) == 1 else None
        if items is None:
            raise Unreadable("no-items-sheet")
        found = list(_rows(book[items], tuple(COLUMNS[field] for field in REQUIRED), set(COLUMNS.values())))
        totals: list[tuple[int, Cells]] = []
        if TOTALS_SHEET in names:
            totals = list(_rows(book[TOTALS_SHEET], (DIMENSION, MEMBER, DECLARED), None))
        return {"items": found, "totals": totals, "items_sheet": items}


def _judge(path: Path) -> None:
    """Refuse what is more than cells, or unpacks to more than it may."""
    with ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise Unreadable("too-large")
    if any(entry.filename.lower().startswith(_ACTIVE) for entry in entries):
        raise Unreadable("active-content")


def _rows(sheet: Any, required: tuple[str, ...], known: set[str] | None) -> Iterator[tuple[int, Cells]]:  # noqa: ANN401 - openpyxl has no types
    """Yield the rows below the heading that hold anything; `known` None: every column may stand there."""
    sheet.reset_dimensions()
    heading: list[str] | None = None
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        values = [_text(cell) for cell in cells]
        if heading is None:
            if set(required) <= set(values):
                heading = values
                _check_heading(heading, known)
            elif number >= HEADING_WITHIN:
                break
            continue
        row = {title: value for title, value in zip(heading, values, strict=False) if title and value}
        if row:
            yield number, row
        if number > MOST_ROWS + HEADING_WITHIN:
            raise Unreadable("too-many-rows")
    if heading is None:
        raise Unreadable("no-heading")


def _check_heading(heading: list[str], known: set[str] | None) -> None:
    given = [title for title in heading if title]
    if len(set(given)) < len(given):
        raise Unreadable("column-twice")
    if known is not None and not set(given) <= known:
        raise Unreadable("unknown-column")


def _text(cell: object) -> str:
    """Write a cell as text: a number in its shortest form, a date in ISO 8601.

    >>> _text(1.50), _text(7.0), _text(None), _text(" 甲 ")
    ('1.5', '7', '', '甲')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()
    return str(cell).strip()


def main(request_path: str) -> None:
    """Serve one request file."""
    request = json.loads(Path(request_path).read_text("utf-8"))
    child.limit_self(request["limits"])
    try:
        answer = read(Path(request["path"]))
    except Unreadable as why:
        answer = {"unreadable": str(why)}
    except MemoryError:
        os._exit(child.OUT_OF_MEMORY)
    except _BROKEN:
        answer = {"unreadable": "damaged"}
    (Path(request["folder"]) / "result.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
