"""What a forecast means for the planned day: when each item is due, how late tracks are, how ready the parcel is. Pure.

It is kept on the checklist's row beside the forecast, as of the same day: lists, statistics and the map read it there.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from service.checklist.network import network
from service.checklist.picture import Picture
from service.checklist.saving import Saving
from service.checklist.schedule import Activity, Schedule, schedule
from service.checklist.states import UNFINISHED
from service.workdays.calendar import Calendar


class Readiness(StrEnum):
    """How ready a parcel is to be sold."""

    ready = "ready"
    on_time = "on_time"
    late = "late"
    blocked = "blocked"


def readiness(
    blocking: int, returned: int, ready_on: dt.date | None, planned_on: dt.date | None, day: dt.date
) -> Readiness:
    """Tell how ready a parcel is: nothing open; stuck, or past its planned day; forecast for after it; in time.

    >>> day, soon, later = dt.date(2022, 11, 15), dt.date(2022, 12, 1), dt.date(2023, 3, 1)
    >>> [str(readiness(*case, day)) for case in ((0, 0, None, soon), (3, 1, soon, later), (3, 0, later, soon))]
    ['ready', 'blocked', 'late']
    """
    if blocking == 0:
        return Readiness.ready
    if returned or (planned_on is not None and planned_on < day):
        return Readiness.blocked
    late = planned_on is not None and ready_on is not None and ready_on > planned_on
    return Readiness.late if late else Readiness.on_time


def planned_day(seen: Picture) -> dt.date | None:
    """Return the day by which all should be ready: of the sale, or else of the listing."""
    return seen.checklist.planned_sale_on or seen.checklist.planned_listing_on


def needed_by(seen: Picture, calendar: Calendar, day: dt.date) -> dict[str, dt.date]:
    """Return, for all that the sale waits for, the last day on which it may end for the planned day to be kept."""
    planned = planned_day(seen)
    if planned is None:
        return {}
    acts = seen.activities
    chain = _chain(acts, seen.gate)
    before = schedule((each for each in acts if each.key in chain), calendar, day, until=planned)
    slip = max(calendar.workdays_between(planned, before.ends_on).workdays, 0)
    return {
        key: calendar.add_workdays(timing.latest_finish, -slip).day
        for key, timing in before.timings.items()
        if timing.latest_finish is not None
    }


def _chain(acts: Sequence[Activity], keys: Iterable[str]) -> set[str]:
    needs = {each.key: each.needs for each in acts}
    todo, found = list(keys), set[str]()
    while todo:
        key = todo.pop()
        if key not in found and key in needs:
            found.add(key)
            todo += needs[key]
    return found


def opening(seen: Picture, calendar: Calendar) -> Schedule:
    """Return the forecast that a checklist was opened with: nothing done, durations as in the template."""
    known = [item for item in seen.template.items if item.key in seen.items]
    return schedule(network(known, seen.facts, {}, seen.place), calendar, seen.checklist.opened_on)


def due_days(seen: Picture, found: Schedule, needed: dict[str, dt.date], calendar: Calendar) -> dict[str, dt.date]:
    """Return the day by which each unfinished item is due: as planned, or else for the planned day to be kept.

    A planned day that can't be kept makes nothing overdue by itself: what would have to be done before it can be is due
    when it could have been done at first.
    """
    undone = [key for key, state in seen.states.items() if state in UNFINISHED]
    due = {key: seen.items[key].planned_finish or needed.get(key) for key in undone}
    late = [key for key in undone if key in needed and needed[key] < found.timings[key].earliest_finish]
    if late:
        first = opening(seen, calendar).timings
        unplanned = (key for key in late if seen.items[key].planned_finish is None)
        due |= {key: max(needed[key], first[key].earliest_finish) for key in unplanned}
    return {key: day for key, day in due.items() if day is not None}


def keep_outlook(seen: Picture, found: Schedule, calendar: Calendar, day: dt.date, saving: Saving | None) -> None:
    """Keep what the forecast means beside it, once that is kept."""
    kept, needed = seen.checklist, needed_by(seen, calendar, day)
    due = due_days(seen, found, needed, calendar)
    kept.readiness = readiness(kept.blocking, kept.returned, kept.ready_on, planned_day(seen), day)
    kept.overdue = sum(1 for each in due.values() if each < day)
    kept.controlling_track = kept.forecast["track"]
    kept.promised_workdays = None if saving is None else saving.promised.workdays
    kept.sale_to_start_workdays = sale_to_start(seen, calendar)
    kept.forecast = {
        **kept.forecast,
        "due": {key: each.isoformat() for key, each in due.items()},
        "states": {key: state.value for key, state in seen.states.items()},
    }
    late = late_days(seen, found, needed, calendar)
    kept.tracks = [{**each, "late_days": late.get(each["number"], 0)} for each in kept.tracks]


def late_days(seen: Picture, found: Schedule, needed: dict[str, dt.date], calendar: Calendar) -> dict[int, int]:
    """Return, by track, the working days by which its forecast misses what the planned day asks of it."""
    late: dict[int, int] = {}
    for key, day in needed.items():
        if seen.states[key] in UNFINISHED:
            track = seen.template.by_key[key].track
            missed = calendar.workdays_between(day, found.timings[key].earliest_finish).workdays
            late[track] = max(late.get(track, 0), missed)
    return late


def sale_to_start(seen: Picture, calendar: Calendar) -> int | None:
    """Return the working days from the sale to the start as they were; None: not started."""
    sold, started = seen.mirrored.get("sold"), seen.mirrored.get("started")
    if sold is None or started is None:
        return None
    return calendar.workdays_between(sold, started).workdays


def kept_tracks(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tracks of a row with their days as days; one that was kept before lateness was has none."""
    found = []
    for row in rows:
        day = row.get("ready_on")
        found.append({"late_days": 0, **row, "ready_on": None if day is None else dt.date.fromisoformat(day)})
    return found
