"""When each activity can begin and must begin: a forward and a backward pass over the working-day calendar. Pure.

A time is the end of a day, and the day a count starts from is not counted (民法典 201): what waits for an activity that
ends on Friday has Monday as its first working day. Working days of an activity whose `work` an order stops are counted
past the blocked period. A count of calendar days that would end on a day off ends on the next working day (203).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.workdays.blocking import Work
from service.workdays.calendar import Calendar, Roll, Unit

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
    ordered = in_order(activities)
    forward = _Forward(calendar, day)
    for each in ordered:
        forward.place(each)
    ends_on = max((finish for _, finish in forward.placed.values()), default=day)
    anchor = ends_on if until is None else max(until, ends_on)
    timings = _timings(ordered, forward, anchor)
    counted = calendar.workdays_between(day, ends_on)
    return Schedule(
        day,
        ends_on,
        max(counted.workdays, 0),
        timings,
        _path(ordered, forward),
        forward.provisional or counted.provisional,
    )


def in_order(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    """Return the activities so that each stands after what it needs, else in the order given. Raises Cycle."""
    by_key: dict[str, Activity] = {}
    for each in activities:
        if by_key.setdefault(each.key, each) is not each:
            raise ValueError(f"two activities are called {each.key}")
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


class _Forward:
    """The forward pass: of each activity the day it is counted from (not counted itself) and the day it ends."""

    def __init__(self, calendar: Calendar, day: dt.date) -> None:
        self.calendar, self.day = calendar, day
        self.placed: dict[str, tuple[dt.date, dt.date]] = {}
        self.provisional = False

    def place(self, activity: Activity) -> None:
        awaited = max((self.placed[need][1] for need in activity.needs if need in self.placed), default=dt.date.min)
        if activity.finished is not None:
            self.placed[activity.key] = (activity.started or activity.finished) - _DAY, activity.finished
        elif activity.skipped:
            zero = max(awaited, self.day)
            self.placed[activity.key] = zero, zero
        elif activity.started is not None:
            zero = activity.started - _DAY
            self.placed[activity.key] = zero, max(self.counted(zero, activity), awaited, self.day)
        else:
            zero = max(awaited, self.day, _zero_of(activity))
            self.placed[activity.key] = zero, self.counted(zero, activity)

    def counted(self, zero: dt.date, activity: Activity) -> dt.date:
        if activity.days < 0:
            raise ValueError(f"{activity.key} takes {activity.days} days")
        if activity.days == 0:
            return zero
        if activity.unit is Unit.WORKDAY:
            reached = self.calendar.add_workdays(zero, activity.days, activity.work)
            self.provisional |= reached.provisional
            return reached.day
        ended = self.calendar.deadline(zero, activity.days, Unit.DAY, Roll.NEXT)
        self.provisional |= ended.provisional
        return ended.day


def _zero_of(activity: Activity) -> dt.date:
    """Return the day that an `earliest` leaves it to be counted from."""
    if activity.earliest is None:
        return dt.date.min
    return activity.earliest - _DAY if activity.days else activity.earliest


def _timings(ordered: Sequence[Activity], forward: _Forward, anchor: dt.date) -> Mapping[str, Timing]:
    bounds: dict[str, dt.date] = {}
    timings: dict[str, Timing] = {}
    for each in reversed(ordered):
        bound = bounds.get(each.key, anchor)
        timing, zero = _latest(each, forward, bound)
        timings[each.key] = timing
        if each.finished is None:
            for need in each.needs:
                bounds[need] = min(bounds.get(need, anchor), zero)
    return {each.key: timings[each.key] for each in ordered}


def _latest(activity: Activity, forward: _Forward, bound: dt.date) -> tuple[Timing, dt.date]:
    """Return the timing of an activity that must end by `bound`, and the day by which what it needs must end."""
    calendar = forward.calendar
    zero, finish = forward.placed[activity.key]
    takes_time = activity.days > 0 and not activity.skipped
    if activity.finished is not None or activity.skipped:
        start = zero if activity.finished is None else zero + _DAY
        return Timing(start, finish, None, None, None, critical=False), bound
    work = activity.work if activity.unit is Unit.WORKDAY else None
    last = max(finish, calendar.add_workdays(bound + _DAY, -1, work).day)
    if activity.started is not None:
        spare = calendar.workdays_between(finish, last, work).workdays
        return Timing(activity.started, finish, activity.started, last, spare, critical=spare == 0), bound
    if not takes_time:
        spare = calendar.workdays_between(finish, last).workdays
        return Timing(zero, finish, last, last, spare, critical=spare == 0), bound
    if activity.unit is Unit.WORKDAY:
        first = calendar.add_workdays(zero, 1, work).day
        latest = calendar.add_workdays(bound + _DAY, -activity.days, work).day
    else:
        first, latest = zero + _DAY, last - dt.timedelta(activity.days - 1)
    spare = calendar.workdays_between(first, latest, work).workdays
    return Timing(first, finish, latest, last, spare, critical=spare == 0), latest - _DAY


def _path(ordered: Sequence[Activity], forward: _Forward) -> tuple[str, ...]:
    """Walk back from the activity that ends last, each time to the need that ended last."""
    by_key = {each.key: each for each in ordered}
    open_ = [each for each in ordered if each.finished is None and not each.skipped]
    at: Activity | None = max(open_, key=lambda each: forward.placed[each.key][1], default=None)
    path: list[str] = []
    while at is not None and at.finished is None:
        if not at.skipped:
            path.append(at.key)
        awaited = [by_key[need] for need in at.needs if need in by_key]
        before = max(awaited, key=lambda each: (forward.placed[each.key][1], each.finished is None), default=None)
        zero, finish = forward.placed[at.key]
        held_by = finish if at.started is not None else zero
        at = before if before is not None and forward.placed[before.key][1] == held_by else None
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
