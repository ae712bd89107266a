"""Lists of checklists as they are given out, and the matrix: parcels by tracks, one statement a page."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import outlook, selecting
from service.checklist.describing import days_left
from service.checklist.read_schemas import ChecklistSummary
from service.checklist.reading import summary
from service.checklist.scheduling import float_days
from service.checklist.selecting import ChecklistFilters
from service.checklist.template import START, Track
from service.checklist.template_loader import templates
from service.core import clock
from service.core.dependencies import PageRequest
from service.core.errors import BadRequest
from service.workdays.calendar import Calendar
from service.workdays.queries import calendar_of

_CELL = ("number", "state", "done", "total", "open", "lead", "critical")


def checklists(
    session: Session, actor: Actor, filters: ChecklistFilters, *, before: int | None, limit: int
) -> list[ChecklistSummary]:
    """Return a page of checklists."""
    calendar = calendar_of(session)
    rows = selecting.summaries(session, actor, filters, before=before, limit=limit)
    return [summary(row, calendar) for row in rows]


def matrix(session: Session, actor: Actor, filters: ChecklistFilters, page: PageRequest) -> dict[str, Any]:
    """Return a page of the matrix (`list_schemas.Matrix`), written out: it has nine cells a row."""
    # As choices: of how many else there are, whichever readiness is chosen now.
    counts = selecting.readiness_counts(session, actor, replace(filters, readiness=()))
    rows = matrix_rows(session, actor, filters, after=_after(page), limit=page.limit + 1)
    following = None
    if len(rows) > page.limit:
        last = rows[page.limit - 1]
        following = page.address_after([last["planned_sale_on"], last["checklist_id"]])
    return {
        "as_of": clock.today(),
        "tracks": [{"key": each.key, "title": each.title, "title_en": each.title_en} for each in tracks()],
        "n": sum(n for key, n in counts.items() if not filters.readiness or key in filters.readiness),
        "counts": {each.value: counts.get(each.value, 0) for each in outlook.Readiness},
        "rows": rows[: page.limit],
        "next": following,
    }


def matrix_rows(
    session: Session, actor: Actor, filters: ChecklistFilters, *, after: tuple[dt.date | None, int] | None, limit: int
) -> list[dict[str, Any]]:
    """Return rows of the matrix (`list_schemas.MatrixRow`), the earliest planned sale first."""
    written = _Rows(calendar_of(session), clock.today())
    return [written.row(row) for row in selecting.matrix_rows(session, actor, filters, after=after, limit=limit)]


def tracks() -> tuple[Track, ...]:
    """Return the nine groups, which every template has, by the one that has all eight tracks."""
    return max((each.tracks for each in templates().values()), key=len)[:START]


def _after(page: PageRequest) -> tuple[dt.date | None, int] | None:
    match page.after(2):
        case None:
            return None
        case [None, int() as number]:
            return None, number
        case [str() as day, int() as number]:
            try:
                return dt.date.fromisoformat(day), number
            except ValueError:
                pass
    raise BadRequest("分页游标 cursor 不属于该列表。", "The cursor is of another list.")


class _Rows:
    """Writes rows; the working days to a day are counted once for all rows that share it."""

    def __init__(self, calendar: Calendar, day: dt.date) -> None:
        self._calendar, self._day = calendar, day
        self._left: dict[str | None, int] = {None: 0}

    def row(self, row: Any) -> dict[str, Any]:  # noqa: ANN401 - columns by name
        planned = row.planned_sale_on or row.planned_listing_on
        return {
            "checklist_id": row.id,
            "parcel": row.code,
            "parcel_name": row.name,
            "area_m2": float(row.area_m2),
            "jurisdiction": row.jurisdiction,
            "lot_number": row.lot_number,
            "sold_on": row.sold_on,
            "project_name": row.project_name,
            "readiness": row.readiness,
            "blocking": row.blocking,
            "ready_on": row.ready_on,
            "planned_listing_on": row.planned_listing_on,
            "planned_sale_on": row.planned_sale_on,
            "float_days": float_days(self._calendar, row.ready_on, planned),
            "saved_workdays": row.saved_workdays,
            "tracks": [self._cell(each) for each in row.tracks],
        }

    def _cell(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        cell = {name: kept[name] for name in _CELL}
        cell["days_left"], cell["late_days"] = self._days(kept["ready_on"]), kept.get("late_days", 0)
        return cell

    def _days(self, ready_on: str | None) -> int:
        found = self._left.get(ready_on)
        if found is None:
            found = self._left[ready_on] = days_left(self._calendar, self._day, dt.date.fromisoformat(ready_on or ""))
        return found
