"""The status sheet written out: the open items of a bureau, to be filled in and sent back."""

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import inbox, queries
from service.checklist.describing import lead_words
from service.checklist.states import Stored
from service.checklist.status_sheet import COLUMNS, MOST_ROWS, SHEET, WORDS

_WIDTHS = {"parcel": 18, "parcel_name": 24, "title": 34, "lead": 22, "reason": 30}
_FILLED_IN = (Stored.open, Stored.in_progress, Stored.submitted, Stored.returned, Stored.done)
_DAY = "yyyy-mm-dd"


def written(session: Session, actor: Actor, lead: str | None) -> bytes:
    """Return the open items of a bureau (the actor's own if none is named; of all where they have none) as XLSX."""
    rows = inbox.open_items(session, actor, lead or actor.lead_bureau, limit=MOST_ROWS)
    templates = queries.templates_of(session, {row.template_id for row in rows}) if rows else {}
    book = Workbook()
    sheet: Any = book.active
    sheet.title, sheet.freeze_panes = SHEET, "E2"
    for number, (field, title) in enumerate(COLUMNS.items(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(field, 13)
        sheet.cell(1, number, title).font = Font(bold=True)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(_cells(row, templates[row.template_id].by_key[row.key].title), 1):
            _write(sheet.cell(number, column), value)
    _offer_states(sheet, len(rows) + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(row: Row[Any], title: str) -> Iterator[object]:
    due = None if row.due == inbox.NEVER else row.due
    yield from (row.parcel, row.parcel_name, row.key, title, lead_words(row.lead)["lead_title"], due)
    yield from (WORDS[Stored(row.stored)][0], None, None, row.planned_start, row.planned_finish)


def _write(cell: Any, value: object) -> None:  # noqa: ANN401 - openpyxl has no types
    """Write a value; a text stays one, never a formula, even when somebody edits the cell."""
    if isinstance(value, str):
        cell.value = "".join(char for char in value if char.isprintable())
        cell.data_type, cell.quotePrefix = "s", value[:1] in {"=", "+", "-", "@"}
        cell.alignment = Alignment(horizontal="left")
    elif value is not None:
        cell.value, cell.number_format = value, _DAY


def _offer_states(sheet: Any, last: int) -> None:  # noqa: ANN401 - openpyxl has no types
    choices = DataValidation(type="list", formula1=f'"{",".join(WORDS[each][0] for each in _FILLED_IN)}"')
    letter = get_column_letter([*COLUMNS].index("state") + 1)
    choices.add(f"{letter}2:{letter}{max(last, 2)}")
    sheet.add_data_validation(choices)
