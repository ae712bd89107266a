"""When each activity can begin and must begin: a forward and a backward pass over the working-day calendar. Pure.

A time is the end of a day, and the day a count starts from is not counted (民法典 201): what waits for an activity that
ends on Friday has Monday as its first working day. Working days of an activity whose `work` an order stops are counted
past the blocked period. A count of calendar days that would end on a day off ends on the next working day (203).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.workdays.blocking import Work
from service.workdays.calendar import Calendar, Counting, Unit

_DAY = dt.timedelta(1)


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity; `needs` that are not among the activities are not waited for.

    `days` are what it takes in all, in `unit` working or calendar days. `started` and `finished` are what happened;
    what has begun does not end before what it needs, and not in the past. `earliest` is the first day on which it may
    begin. `skipped` (waived, not applicable) takes no time, but what waits for it waits for what it needs.
    """

    key: str
    days: int
    unit: Unit = Unit.WORKDAY
    needs: tuple[str, ...] = ()
    work: Work | None = None
    started: dt.date | None = None
    finished: dt.date | None = None
    earliest: dt.date | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """When an activity takes place: its first and last day at the earliest and at the latest.

    The latest days do not move the end. `float_days` is how many days on which it could be worked lie between earliest
    and latest, never negative; `critical`: none. What is finished or skipped has no latest days and no float.
    """

    earliest_start: dt.date
    earliest_finish: dt.date
    latest_start: dt.date | None
    latest_finish: dt.date | None
    float_days: int | None
    critical: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """All activities in time, as of `day`.

    `ends_on` is the day on which the last one ends, `workdays` the working days from `day` to it. `critical_path` is
    what the end waits for, in order: each waits for the one before it. `provisional`: it leans on a year whose calendar
    has not been issued.
    """

    day: dt.date
    ends_on: dt.date
    workdays: int
    timings: Mapping[str, Timing]
    critical_path: tuple[str, ...]
    provisional: bool

    def reached(self, keys: Iterable[str]) -> dt.date:
        """Return the day by which all of these are finished; the day of the schedule where there is none of them."""
        return max((self.timings[key].earliest_finish for key in keys if key in self.timings), default=self.day)


class Cycle(ValueError):
    """Activities that wait for each other; `keys` in a circle."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the circle."""
        super().__init__(" → ".join((*keys, keys[0])))
        self.keys = tuple(keys)


def schedule(
    activities: Iterable[Activity], calendar: Calendar, day: dt.date, *, until: dt.date | None = None
) -> Schedule:
    """Put activities in time: what has not begun begins after `day` at the earliest.

    The latest days are counted back from the end; where `until` lies after it, from there, and floats are longer.
    Raises Cycle, OutsideCalendar, ValueError for two activities of one key.

    >>> from service.workdays.official import official_calendar
    >>> design = Activity("design", 30), Activity("review", 30, Unit.DAY, ("design",)), Activity("survey", 5)
    >>> found = schedule(design, official_calendar(), dt.date(2024, 3, 1))
    >>> found.ends_on, found.critical_path, found.timings["survey"].float_days
    (datetime.date(2024, 5, 15), ('design', 'review'), 46)
    """
    ordered, days = in_order(activities), _Days(calendar)
    placed = _placed(ordered, days, day)
    ends_on = max((finish for _, finish in placed.values()), default=day)
    anchor = ends_on if until is None else max(until, ends_on)
    timings, path = _timings(ordered, days, placed, anchor), _path(ordered, placed)
    workdays = max(calendar.workdays_between(day, ends_on).workdays, 0)
    provisional = calendar.workdays_between(day, max(day, anchor)).provisional
    return Schedule(day, ends_on, workdays, timings, path, provisional)


def in_order(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    """Return the activities so that each stands after what it needs, else in the order given. Raises Cycle."""
    by_key: dict[str, Activity] = {}
    for each in activities:
        if by_key.setdefault(each.key, each) is not each:
            raise ValueError(f"two activities are called {each.key}")
        if each.days < 0:
            raise ValueError(f"{each.key} takes {each.days} days")
    placed: dict[str, Activity] = {}
    for first in by_key.values():
        _reach(first, by_key, placed)
    return tuple(placed.values())


def _reach(first: Activity, by_key: Mapping[str, Activity], placed: dict[str, Activity]) -> None:
    trail = {first.key: iter(first.needs)} if first.key not in placed else {}
    while trail:
        key = next(reversed(trail))
        for need in trail[key]:
            if need in trail:
                circle = list(trail)
                raise Cycle(circle[circle.index(need) :][::-1])
            if need in by_key and need not in placed:
                trail[need] = iter(by_key[need].needs)
                break
        else:
            placed[key] = by_key[key]
            del trail[key]


class _Days:
    """Days as running numbers, one numbering for each work that orders stop."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar, self.plain = calendar, calendar.counting()
        self._of_work: dict[Work, Counting] = {}

    def of(self, activity: Activity) -> Counting:
        work = activity.work
        if work is None or activity.unit is not Unit.WORKDAY:
            return self.plain
        found = self._of_work.get(work)
        if found is None:
            found = self._of_work[work] = self._calendar.counting(work)
        return found

    def ended(self, zero: dt.date, activity: Activity) -> dt.date:
        """Return the day on which an activity ends that is counted from a day."""
        if activity.days == 0:
            return zero
        if activity.unit is Unit.WORKDAY:
            counting = self.of(activity)
            return counting.nth(counting.until(zero) + activity.days)
        return self.plain.nth(self.plain.until(zero + dt.timedelta(activity.days - 1)) + 1)


_Placed = dict[str, tuple[dt.date, dt.date]]
"""Of each activity the day it is counted from, not counted itself, and the day on which it ends."""


def _placed(ordered: Iterable[Activity], days: _Days, day: dt.date) -> _Placed:
    """Go forward: everything as early as it can be."""
    placed: _Placed = {}
    for each in ordered:
        awaited = max((placed[need][1] for need in each.needs if need in placed), default=dt.date.min)
        if each.finished is not None:
            placed[each.key] = (each.started or each.finished) - _DAY, each.finished
        elif each.skipped:
            zero = max(awaited, day)
            placed[each.key] = zero, zero
        elif each.started is not None:
            zero = each.started - _DAY
            placed[each.key] = zero, max(days.ended(zero, each), awaited, day)
        else:
            zero = max(awaited, day, _zero_of(each))
            placed[each.key] = zero, days.ended(zero, each)
    return placed


def _zero_of(activity: Activity) -> dt.date:
    """Return the day that an `earliest` leaves it to be counted from."""
    if activity.earliest is None:
        return dt.date.min
    return activity.earliest - _DAY if activity.days else activity.earliest


def _timings(ordered: Sequence[Activity], days: _Days, placed: _Placed, anchor: dt.date) -> Mapping[str, Timing]:
    """Go back from the anchor: everything as late as it can be."""
    bounds: dict[str, dt.date] = {}
    timings: dict[str, Timing] = {}
    for each in reversed(ordered):
        timing, zero = _latest(each, days, placed[each.key], bounds.get(each.key, anchor))
        timings[each.key] = timing
        if each.finished is None:
            for need in each.needs:
                bounds[need] = min(bounds.get(need, anchor), zero)
    return {each.key: timings[each.key] for each in ordered}


def _latest(activity: Activity, days: _Days, placed: tuple[dt.date, dt.date], bound: dt.date) -> tuple[Timing, dt.date]:
    """Return the timing of an activity that must end by `bound`, and the day by which what it needs must end."""
    zero, finish = placed
    if activity.finished is not None:
        return Timing(zero + _DAY, finish, None, None, None, critical=False), bound
    if activity.skipped:
        return Timing(zero, finish, None, None, None, critical=False), bound
    counting = days.of(activity)
    number = counting.until(bound)
    last = max(finish, counting.nth(number))
    if activity.started is not None:
        return _timing(activity.started, finish, activity.started, last, number - counting.until(finish)), bound
    if activity.days == 0:
        return _timing(zero, finish, last, last, number - counting.until(finish)), bound
    if activity.unit is Unit.WORKDAY:
        begun, spare = counting.until(zero), number - activity.days - counting.until(zero)
        first, latest = counting.nth(begun + 1), counting.nth(begun + spare + 1)
    else:
        first, latest = zero + _DAY, last - dt.timedelta(activity.days - 1)
        spare = counting.until(latest) - counting.until(first)
    return _timing(first, finish, latest, last, spare), latest - _DAY


def _timing(first: dt.date, finish: dt.date, latest: dt.date, last: dt.date, spare: int) -> Timing:
    return Timing(first, finish, latest, last, spare, critical=spare == 0)


def _path(ordered: Sequence[Activity], placed: _Placed) -> tuple[str, ...]:
    """Walk back from the activity that ends last, each time to the need that ended last."""
    by_key = {each.key: each for each in ordered}
    open_ = [each for each in ordered if each.finished is None and not each.skipped]
    at: Activity | None = max(open_, key=lambda each: placed[each.key][1], default=None)
    path: list[str] = []
    while at is not None and at.finished is None:
        if not at.skipped:
            path.append(at.key)
        awaited = [by_key[need] for need in at.needs if need in by_key]
        before = max(awaited, key=lambda each: (placed[each.key][1], each.finished is None), default=None)
        zero, finish = placed[at.key]
        held_by = finish if at.started is not None else zero
        at = before if before is not None and placed[before.key][1] == held_by else None
    return tuple(path[::-1])


def controlling_track(found: Schedule, calendar: Calendar, tracks: Mapping[str, int]) -> int | None:
    """Return the track on which most of the critical path's working days are spent, the first of equals.

    `tracks` is the track of each activity. None where nothing is left to do.
    """
    spent: dict[int, int] = {}
    for key in found.critical_path:
        timing = found.timings[key]
        begun = max(timing.earliest_start - _DAY, found.day)
        days = calendar.workdays_between(begun, max(begun, timing.earliest_finish)).workdays
        spent[tracks[key]] = spent.get(tracks[key], 0) + days
    return max(sorted(spent), key=lambda track: spent[track], default=None)
