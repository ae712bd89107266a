"""The child that opens a workbook from outside and leaves its rows as text; it sees that file and nothing else."""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from service.core import child

_MOST_ENTRIES = 200
_MOST_UNPACKED = 100 << 20
_MOST_COLUMNS = 60
_HEADING_WITHIN = 12  # lines
_ACTIVE = ("xl/vbaproject.bin", "xl/externallinks/", "xl/connections.xml", "xl/embeddings/", "xl/activex/")
_BROKEN = (BadZipFile, InvalidFileException, ParseError, DefusedXmlException, KeyError, ValueError, TypeError, OSError)
Cells = dict[str, str]


class Unreadable(Exception):
    """Why a workbook can't be taken: a code of `workbooks`."""


def read(path: Path, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows of the sheets that are wanted (`workbooks.Wanted`), each with its line number."""
    _judge(path)
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        said = openpyxl.load_workbook(file, read_only=True, keep_links=False) if _has_formulas(path) else None
        found = {}
        for each in wanted:
            name = _named(each, book.sheetnames)
            if name is not None:
                found[each["name"]] = {"sheet": name, "rows": list(_rows(_lines(book, said, name), each))}
        return found


def _named(wanted: Mapping[str, Any], names: list[str]) -> str | None:
    """Return which sheet is meant: the one of that name; a sheet that has to be there may be the only one."""
    if wanted["name"] in names:
        return str(wanted["name"])
    if wanted["optional"]:
        return None
    if len(names) == 1:
        return names[0]
    raise Unreadable("no-items-sheet")


def _judge(path: Path) -> None:
    """Refuse what is more than cells, or unpacks to more than it may."""
    with ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise Unreadable("too-large")
    if any(entry.filename.lower().startswith(_ACTIVE) for entry in entries):
        raise Unreadable("active-content")


def _has_formulas(path: Path) -> bool:
    with ZipFile(path) as archive:
        sheets = (name for name in archive.namelist() if name.lower().startswith("xl/worksheets/"))
        return any(b"<f>" in text or b"<f " in text for text in map(archive.read, sheets))


def _lines(book: Any, said: Any, name: str) -> Iterator[tuple[object, ...]]:  # noqa: ANN401 - openpyxl has no types
    """Yield the rows of a sheet as values; a formula whose value nobody has kept stands as it was typed."""
    pages = [each[name] for each in (book, said) if each is not None]
    for page in pages:
        page.reset_dimensions()
    rows = (page.iter_rows(max_col=_MOST_COLUMNS, values_only=True) for page in pages)
    for values, *typed in zip(*rows, strict=False):
        yield tuple(_typed(*cell) for cell in zip(values, *typed, strict=False)) if typed else values


def _typed(value: object, formula: object) -> object:
    return getattr(formula, "text", formula) if value is None else value


def _rows(lines: Iterator[tuple[object, ...]], wanted: Mapping[str, Any]) -> Iterator[tuple[int, Cells]]:
    """Yield the rows below the heading that hold anything; `known` null: every column may stand there."""
    heading: list[str] | None = None
    for number, cells in enumerate(lines, 1):
        values = [_text(cell) for cell in cells]
        if heading is None:
            if set(wanted["required"]) <= set(values):
                heading = values
                _check_heading(heading, wanted["known"])
            elif number >= _HEADING_WITHIN:
                break
            continue
        row = {title: value for title, value in zip(heading, values, strict=False) if title and value}
        if row:
            yield number, row
        if number > wanted["most_rows"] + _HEADING_WITHIN:
            raise Unreadable("too-many-rows")
    if heading is None:
        raise Unreadable("no-heading")


def _check_heading(heading: list[str], known: list[str] | None) -> None:
    given = [title for title in heading if title]
    if len(set(given)) < len(given):
        raise Unreadable("column-twice")
    if known is not None and not set(given) <= set(known):
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
        answer = read(Path(request["path"]), request["wanted"])
    except Unreadable as why:
        answer = {"unreadable": str(why)}
    except MemoryError:
        os._exit(child.OUT_OF_MEMORY)
    except _BROKEN:
        answer = {"unreadable": "damaged"}
    (Path(request["folder"]) / "result.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
