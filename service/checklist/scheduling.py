"""The forecast of a checklist as it is given out, and with other durations or starts as a trial."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import describing, outlook, queries
from service.checklist.forecasting import saving_of
from service.checklist.picture import Picture, picture
from service.checklist.saving import Input, Stretch, Way
from service.checklist.saving import Saving as Saved
from service.checklist.schedule import Activity, Schedule, schedule
from service.checklist.schedule_schemas import (
    BlockedRead,
    Edge,
    Length,
    SaleToStart,
    Saving,
    SavingInput,
    ScheduledItem,
    ScheduleRead,
    WhatIf,
)
from service.checklist.states import UNFINISHED
from service.checklist.template import Phase
from service.checklist.unanswered import unanswered
from service.core import clock
from service.core.errors import FieldError, Invalid
from service.workdays.calendar import Calendar
from service.workdays.queries import calendar_of


class _Forecast(NamedTuple):
    found: Schedule
    ready_on: dt.date
    starts_on: dt.date


def schedule_of(session: Session, actor: Actor, checklist_id: int, trial: WhatIf | None = None) -> ScheduleRead:
    """Return the forecast of a checklist, or one with other durations or starts; nothing is kept.

    Raises:
        NotFound: absent or not visible.
        Invalid: a trial of an item that is not there, or is done.

    """
    seen = picture(session, queries.checklist_by_id(session, actor, checklist_id))
    calendar, day = calendar_of(session), clock.today()

    def acts_of(one: Picture) -> Sequence[Activity]:
        return one.activities if trial is None else _tried(one, trial)

    acts = acts_of(seen)
    tried = _forecast(seen, acts, calendar, day)
    now = tried if trial is None else _forecast(seen, seen.activities, calendar, day)
    planned = (trial and trial.planned_sale_on) or outlook.planned_day(seen)
    checklist = seen.checklist
    return ScheduleRead(
        checklist_id=checklist.id,
        as_of=day,
        trial=trial is not None,
        ready_on=tried.ready_on,
        ends_on=tried.starts_on,
        ready_on_now=now.ready_on if trial else None,
        ends_on_now=now.starts_on if trial else None,
        planned_listing_on=checklist.planned_listing_on,
        planned_sale_on=(trial and trial.planned_sale_on) or checklist.planned_sale_on,
        float_days=float_days(calendar, tried.ready_on, planned),
        provisional=tried.found.provisional,
        critical_path=list(tried.found.critical_path),
        controlling_track=seen.controlling_track(tried.found, calendar),
        unanswered=describing.unanswered(unanswered(seen, calendar, day, acts_of)),
        items=list(_bars(seen, acts, tried.found, calendar)),
        blocked=list(_blocked(acts, calendar, checklist.opened_on, tried.found.ends_on)),
        edges=list(_edges(seen, tried.found)),
        saving=_saving(saving_of(seen, tried.found, calendar, tried.starts_on), seen),
        sale_to_start=_sale_to_start(seen, calendar, day),
    )


def float_days(calendar: Calendar, ready_on: dt.date | None, planned: dt.date | None) -> int | None:
    """Return the working days from a forecast to the planned day; below zero: it comes after."""
    if ready_on is None or planned is None:
        return None
    return calendar.workdays_between(ready_on, planned).workdays


def _forecast(seen: Picture, acts: Sequence[Activity], calendar: Calendar, day: dt.date) -> _Forecast:
    found = schedule(acts, calendar, day)
    return _Forecast(found, *seen.outcome(found))


def _tried(seen: Picture, trial: WhatIf) -> list[Activity]:
    """Return the activities with what a trial supposes."""
    undone = {key for key, state in seen.states.items() if state in UNFINISHED}
    wrong = [
        FieldError(f"/{name}/{key}", "not-open", f"{key} 不是未办事项", f"{key} is no open item")
        for name, given in (("days", trial.days), ("starts", trial.starts))
        for key in given
        if key not in undone
    ]
    if wrong:
        raise Invalid("试算只能针对未办事项。", "Only open items can be tried.", errors=wrong)
    sale = {item.key for item in seen.template.items if item.phase is Phase.sale and trial.planned_sale_on}
    return [
        replace(
            each,
            days=trial.days.get(each.key, each.days),
            earliest=trial.planned_sale_on if each.key in sale else trial.starts.get(each.key, each.earliest),
        )
        for each in seen.activities
    ]


def _bars(seen: Picture, acts: Iterable[Activity], found: Schedule, calendar: Calendar) -> Iterable[ScheduledItem]:
    """Yield every item in time; its baseline is its planned days, or what its checklist was opened with."""
    opened = outlook.opening(seen, calendar)
    for each in acts:
        row, timing, first = seen.items[each.key], found.timings[each.key], opened.timings[each.key]
        yield ScheduledItem(
            key=each.key,
            earliest_start=timing.earliest_start,
            earliest_finish=timing.earliest_finish,
            latest_start=timing.latest_start,
            latest_finish=timing.latest_finish,
            float_days=timing.float_days,
            critical=timing.critical,
            skipped=each.skipped,
            finished=each.finished is not None,
            days=each.days,
            unit=each.unit.value,
            baseline_start=None if each.skipped else row.planned_start or first.earliest_start,
            baseline_finish=None if each.skipped else row.planned_finish or first.earliest_finish,
        )


def _blocked(acts: Iterable[Activity], calendar: Calendar, first: dt.date, last: dt.date) -> Iterable[BlockedRead]:
    """Yield the orders that stop any of the works between two days."""
    works = {each.work for each in acts if each.work is not None}
    for each in calendar.blocks:
        if each.first <= last and each.last >= first and any(each.stops(work) for work in works):
            yield BlockedRead(
                first=each.first, last=each.last, name=each.name, name_en=each.name_en, kinds=sorted(each.kinds)
            )


def _edges(seen: Picture, found: Schedule) -> Iterable[Edge]:
    path = set(zip(found.critical_path, found.critical_path[1:], strict=False))
    for item in seen.template.items:
        for need in item.needs:
            if item.key in seen.items and need in seen.items:
                yield Edge(before=need, after=item.key, critical=(need, item.key) in path)


def _saving(saved: Saved | None, seen: Picture) -> Saving | None:
    if saved is None:
        return None
    of_way: Mapping[Way, list[Input]] = {
        way: [each for each in saved.inputs if each.way is way] for way in (Way.overlapped, Way.after_sale)
    }
    critical = {way: [each for each in inputs if each.critical] for way, inputs in of_way.items()}
    return Saving(
        sale_on=saved.sold_on,
        measured="started" in seen.mirrored and "sold" in seen.mirrored,
        serial=_length(saved.sold_on, saved.serial, of_way[Way.overlapped]),
        overlapped=_length(saved.sold_on, saved.overlapped, critical[Way.overlapped]),
        after_sale=_length(saved.sold_on, saved.taken, critical[Way.after_sale]),
        promised=_length(saved.sold_on, saved.promised, critical[Way.after_sale]),
        saved_workdays=saved.saved_workdays,
        saved_days=saved.saved_days,
        saved_workdays_serial=saved.saved_serial_workdays,
        saved_days_serial=saved.saved_serial_days,
        provisional=saved.provisional,
        inputs=[_input(each) for each in saved.inputs],
    )


def _length(sold_on: dt.date, stretch: Stretch, path: Iterable[Input]) -> Length:
    parts = list(path)
    return Length(
        workdays=stretch.workdays,
        days=stretch.days,
        starts_on=sold_on,
        ends_on=stretch.ends_on,
        path=[each.title for each in parts],
        path_en=[each.title_en for each in parts],
    )


def _input(each: Input) -> SavingInput:
    return SavingInput(
        course=each.way.value,
        key=each.key,
        title=each.title,
        title_en=each.title_en,
        days=each.days,
        unit=each.unit.value,
        basis=each.basis.value,
        verified=each.verified,
        source=each.source,
        source_en=each.source_en,
        critical=each.critical,
    )


def _sale_to_start(seen: Picture, calendar: Calendar, day: dt.date) -> SaleToStart | None:
    promised = seen.checklist.promised_workdays
    if promised is None:
        return None
    sold, started = seen.mirrored.get("sold"), seen.mirrored.get("started")
    taken = outlook.sale_to_start(seen, calendar)
    elapsed = calendar.workdays_between(sold, day).workdays if sold and started is None else None
    kept = None if taken is None else taken <= promised
    if elapsed is not None and elapsed > promised:
        kept = False
    return SaleToStart(
        promised_workdays=promised,
        sold_on=sold,
        started_on=started,
        actual_workdays=taken,
        actual_days=(started - sold).days if started and sold else None,
        elapsed_workdays=elapsed,
        kept=kept,
    )
