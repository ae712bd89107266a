"""The weekly summary as data for its template, and as a workbook. Pure."""

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from service.dossier.order import Imprint, Language
from service.dossier.weekly import EVENTS, READINESS, STATES, Weekly, word_of

_BOLD = Font(bold=True)
_HEADINGS = {
    "parcel": ("地块编号", "Parcel"),
    "name": ("名称", "Name"),
    "readiness": ("就绪情况", "Readiness"),
    "open": ("未办必办", "Open"),
    "planned": ("计划摘牌", "Planned sale"),
    "forecast": ("预计就绪", "Forecast"),
    "float": ("余量(工作日)", "Float (workdays)"),
    "saved": ("节省(工作日)", "Saved (workdays)"),
}
_OF_BUREAUS = (
    ("牵头单位", "Bureau"),
    ("未办", "Open"),
    ("可办", "Can be done"),
    ("退回", "Returned"),
    ("逾期", "Overdue"),
)
_OF_OVERDUE = (
    ("地块编号", "Parcel"),
    ("事项", "Item"),
    ("牵头单位", "Bureau"),
    ("应办结", "Due"),
    ("逾期天数", "Days late"),
)


def document(found: Weekly, imprint: Imprint) -> str:
    """Return everything that the template sets, as JSON: words are text, never markup."""
    language = found.language
    saved = found.portfolio.saved
    told = {
        "language": language,
        "day": found.day.isoformat(),
        "since": (found.day - dt.timedelta(6)).isoformat(),
        "demo": imprint.is_demo,
        "notice": imprint.notice or "",
        "n": found.portfolio.n,
        "counts": [
            [key, word_of(words, language), count]
            for (key, words), count in zip(READINESS.items(), _counts(found), strict=True)
        ],
        "events": [[word_of(words, language), found.events[kind]] for kind, words in EVENTS.items()],
        "saved": None if saved.median_workdays is None else f"{saved.median_workdays:g}",
        "tracks": found.tracks,
        "rows": [_row(row, language) for row in found.rows],
        "left_out": found.left_out,
        "bureaus": list(_bureaus(found)),
        "overdue": [[each.parcel, each.title, each.lead, each.due_on.isoformat(), each.days] for each in found.overdue],
    }
    return orjson.dumps(told).decode()


def _row(row: dict[str, Any], language: Language) -> dict[str, Any]:
    return {
        "parcel": row["parcel"],
        "name": row["parcel_name"] or "",
        "key": row["readiness"],
        "readiness": word_of(READINESS[row["readiness"]], language),
        "open": row["blocking"],
        "planned": _day(row["planned_sale_on"] or row["planned_listing_on"]),
        "forecast": _day(row["ready_on"]),
        "float": row["float_days"],
        "cells": [_cell(cell, language) for cell in row["tracks"]],
    }


def _cell(cell: dict[str, Any], language: Language) -> dict[str, Any]:
    state = cell["state"]
    return {
        "state": state,
        "word": word_of(STATES[state], language),
        "done": "" if state == "not_applicable" else f"{cell['done']}/{cell['total']}",
        "late": cell["late_days"],
    }


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


def _bureaus(found: Weekly) -> Iterator[list[object]]:
    for each in found.portfolio.bureaus:
        lead = word_of((each.lead.title, each.lead.title_en), found.language)
        yield [lead, each.open, each.waiting, each.returned, each.overdue]


def workbook(found: Weekly) -> bytes:
    """Return the summary as XLSX: figures, parcels by tracks, bureaus, what is overdue."""
    book = Workbook(write_only=True)

    def add(title: tuple[str, str], headings: Iterable[tuple[str, str]], rows: Iterable[list[object]]) -> None:
        told = [word_of(words, found.language) for words in headings]
        _sheet(book, word_of(title, found.language), told, rows)

    tracks = [(title, title) for title in found.tracks]
    add(("周报", "Week"), [("项目", "Figure"), ("数值", "Value")], _figures(found))
    add(("地块", "Parcels"), [*_HEADINGS.values(), *tracks], (_flat(row, found) for row in found.rows))
    add(("牵头单位", "Bureaus"), _OF_BUREAUS, _bureaus(found))
    add(("逾期事项", "Overdue"), _OF_OVERDUE, (list(each) for each in found.overdue))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _figures(found: Weekly) -> Iterator[list[object]]:
    figures: list[tuple[tuple[str, str], object]] = [
        (("截至", "As of"), found.day),
        (("在办清单", "Running"), found.portfolio.n),
        *((words, count) for words, count in zip(READINESS.values(), _counts(found), strict=True)),
        (("节省工作日(中位数)", "Workdays saved (median)"), found.portfolio.saved.median_workdays),
        *((words, found.events[kind]) for kind, words in EVENTS.items()),
        (("未列出的地块", "Parcels left out"), found.left_out),
    ]
    for words, value in figures:
        yield [word_of(words, found.language), value]


def _counts(found: Weekly) -> list[int]:
    counted = {str(key): n for key, n in found.portfolio.readiness.items()}
    return [counted.get(key, 0) for key in READINESS]


def _flat(row: dict[str, Any], found: Weekly) -> list[object]:
    cells = (_cell(cell, found.language) for cell in row["tracks"])
    return [
        row["parcel"],
        row["parcel_name"],
        word_of(READINESS[row["readiness"]], found.language),
        row["blocking"],
        row["planned_sale_on"] or row["planned_listing_on"],
        row["ready_on"],
        row["float_days"],
        row["saved_workdays"],
        *(f"{cell['word']} {cell['done']}{' +' + str(cell['late']) if cell['late'] else ''}".strip() for cell in cells),
    ]


def _sheet(book: Workbook, title: str, headings: Iterable[str], rows: Iterable[list[object]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    told = list(headings)
    for number in range(1, len(told) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 20
    sheet.append([_text(sheet, heading, bold=True) for heading in told])
    for row in rows:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])


def _text(sheet: Any, value: str, *, bold: bool = False) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl has no types
    """Make a text that stays one: never a formula, even when somebody edits the cell."""
    cell = WriteOnlyCell(sheet, "".join(char for char in value if char.isprintable()))
    cell.data_type, cell.quotePrefix = "s", value[:1] in {"=", "+", "-", "@"}
    if bold:
        cell.font = _BOLD
    else:
        cell.alignment = Alignment(horizontal="left")
    return cell
