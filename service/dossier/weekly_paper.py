"""The weekly summary as data for its template, and as a workbook. Pure."""

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from service.checklist.list_schemas import BureauStatistic
from service.checklist.states import STATE_TITLES
from service.checklist.template import START
from service.dossier.order import Imprint, Language
from service.dossier.weekly import EVENTS, READINESS, Weekly, word_of

_BOLD = Font(bold=True)
_GROUND = PatternFill("solid", fgColor="EEF1F4")
_NARROWEST, _WIDEST = 10, 44
_A3 = 8  # paper size by ECMA-376
_HEADINGS = {
    "parcel": ("地块编号", "Parcel"),
    "name": ("名称", "Name"),
    "readiness": ("就绪情况", "Readiness"),
    "open": ("未办必办", "Required and open"),
    "planned": ("计划摘牌", "Planned sale"),
    "sold": ("已摘牌", "Sold"),
    "forecast": ("预计就绪", "Ready by forecast"),
    "float": ("机动(工作日)", "Float (working days)"),
    "saved": ("节约(工作日)", "Saved (working days)"),
}
_OF_BUREAUS = (
    ("牵头单位", "Bureau"),
    ("未办", "Open"),
    ("待办", "Can act"),
    ("退回", "Returned"),
    ("逾期", "Overdue"),
)
_OF_OVERDUE = (
    ("地块编号", "Parcel"),
    ("事项", "Item"),
    ("牵头单位", "Bureau"),
    ("期限", "Due"),
    ("逾期(日历天)", "Calendar days late"),
)


def document(found: Weekly, imprint: Imprint) -> str:
    """Return everything that the template sets, as JSON: words are text, never markup."""
    language = found.language
    saved = found.portfolio.saved
    told = {
        "language": language,
        "day": _long(found.day, language),
        "since": _long(found.day - dt.timedelta(6), language),
        "places": found.places,
        "demo": imprint.is_demo,
        "notice": imprint.notice or "",
        "n": found.portfolio.n,
        "counts": [
            [key, word_of(words, language), count]
            for (key, words), count in zip(READINESS.items(), _counts(found), strict=True)
        ],
        "events": [[word_of(words, language), found.events[kind]] for kind, words in EVENTS.items()],
        "saved": None if saved.median_workdays is None else f"{saved.median_workdays:g}",
        "tracks": _numbered(found.tracks),
        "rows": [_row(row, language) for row in found.rows],
        "left_out": found.left_out,
        "bureaus": _bureaus(found),
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
        "planned": _day(row["sold_on"] or row["planned_sale_on"]),
        "sold": row["sold_on"] is not None,
        "forecast": _day(row["ready_on"]),
        "float": row["float_days"],
        "cells": [_cell(cell, language) for cell in row["tracks"]],
    }


def _cell(cell: dict[str, Any], language: Language) -> dict[str, Any]:
    state = cell["state"]
    return {
        "state": state,
        "word": word_of(STATE_TITLES[state], language),
        "done": "" if state == "not_applicable" else f"{cell['done']}/{cell['total']}",
        "late": cell["late_days"],
        "critical": cell["critical"],
    }


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


def _long(day: dt.date, language: Language) -> str:
    return f"{day:%Y}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def _numbered(tracks: list[str]) -> list[str]:
    return [title if number >= START else f"{number} {title}" for number, title in enumerate(tracks, 1)]


def _bureaus(found: Weekly) -> list[list[object]]:
    """Return the bureaus with their figures, and below them the sums."""
    rows = [
        [word_of((each.lead.title, each.lead.title_en), found.language), *_figures_of(each)]
        for each in found.portfolio.bureaus
    ]
    sums = (sum(column) for column in zip(*map(_figures_of, found.portfolio.bureaus), strict=True))
    return [*rows, [word_of(("合计", "Total"), found.language), *sums]] if rows else []


def _figures_of(bureau: BureauStatistic) -> tuple[int, int, int, int]:
    return bureau.open, bureau.waiting, bureau.returned, bureau.overdue


def workbook(found: Weekly, imprint: Imprint) -> bytes:
    """Return the summary as XLSX: figures, parcels by tracks, bureaus, what is overdue."""
    book = Workbook(write_only=True)

    def add(title: tuple[str, str], headings: Iterable[tuple[str, str]], rows: Iterable[list[object]]) -> None:
        told = [word_of(words, found.language) for words in headings]
        _sheet(book, word_of(title, found.language), told, [*rows])

    tracks = [(title, title) for title in _numbered(found.tracks)]
    add(("周报", "Week"), [("项目", "Figure"), ("数值", "Value")], _figures(found, imprint))
    add(("地块", "Parcels"), [*_HEADINGS.values(), *tracks], (_flat(row, found) for row in found.rows))
    add(("牵头单位", "Bureaus"), _OF_BUREAUS, _bureaus(found))
    add(("逾期事项", "Overdue"), _OF_OVERDUE, (list(each) for each in found.overdue))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _figures(found: Weekly, imprint: Imprint) -> Iterator[list[object]]:
    demo = word_of(("示意数据", "Illustrative data"), found.language) if imprint.is_demo else None
    figures: list[tuple[tuple[str, str], object]] = [
        *([(("数据", "Data"), demo)] if demo else []),
        (("辖区", "Jurisdiction"), "、".join(found.places)),
        (("截至", "As of"), found.day),
        (("在办清单", "Running"), found.portfolio.n),
        *((words, count) for words, count in zip(READINESS.values(), _counts(found), strict=True)),
        (("节约工作日(中位数)", "Working days saved (median)"), found.portfolio.saved.median_workdays),
        (("本周自", "Week from"), found.day - dt.timedelta(6)),
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
        row["planned_sale_on"],
        row["sold_on"],
        row["ready_on"],
        row["float_days"],
        row["saved_workdays"],
        *(_told(cell, found.language) for cell in cells),
    ]


def _told(cell: dict[str, Any], language: Language) -> str:
    late = word_of((f"晚 {cell['late']}", f"{cell['late']} late"), language) if cell["late"] else ""
    return " ".join(part for part in (cell["word"], cell["done"], late) if part)


def _sheet(book: Workbook, title: str, headings: list[str], rows: list[list[object]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A3
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)
    for number, column in enumerate(zip(headings, *rows, strict=True), 1):
        longest = max(_width(value) for value in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 3, _NARROWEST), _WIDEST)
    sheet.append([_text(sheet, heading, heads=True) for heading in headings])
    for row in rows:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])


def _width(value: object) -> int:
    """Return about how many figures wide a value stands: Han count as two, a day as ten."""
    told = "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)
    return sum(2 if char >= "\u2e80" else 1 for char in told)


def _text(sheet: Any, value: str, *, heads: bool = False) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl has no types
    """Make a text that stays one: never a formula, even when somebody edits the cell."""
    cell = WriteOnlyCell(sheet, "".join(char for char in value if char.isprintable()))
    cell.data_type, cell.quotePrefix = "s", value[:1] in {"=", "+", "-", "@"}
    cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
    if heads:
        cell.font, cell.fill = _BOLD, _GROUND
    return cell
