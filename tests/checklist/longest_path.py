"""The schedule's question answered the slow way: every path of the network, walked from day to day.

Nothing of `schedule.py` is used: days are numbers, a day is worked if the calendar says so, a finish is the longest of
all paths that lead to it, and a latest start is one that leaves the end alone while the next possible one moves it.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from service.checklist.schedule import Activity, Schedule, schedule
from service.workdays.blocking import BlockedPeriod, Work
from service.workdays.calendar import Calendar, Unit
from service.workdays.official import official_calendar

FIRST, LAST = dt.date(2021, 1, 1).toordinal(), dt.date(2026, 12, 31).toordinal()
DIG, BUILD = Work("earthwork", frozenset({"ZDXQ"})), Work("structure", frozenset({"ZDXQ"}))
_ORDERS = (
    BlockedPeriod(1, "封土", "Dust", dt.date(2022, 11, 15), dt.date(2023, 3, 15), frozenset({"earthwork"}), "ZDXQ"),
    BlockedPeriod(2, "管控", "Smog", dt.date(2022, 12, 5), dt.date(2022, 12, 9), frozenset({"structure"}), "ZDXQ"),
    BlockedPeriod(3, "管控", "Smog", dt.date(2023, 4, 3), dt.date(2023, 4, 7), frozenset({"structure", "earthwork"})),
)
CALENDAR = Calendar(official_calendar().marks, official_calendar().known, _ORDERS)


def _worked(work: Work | None) -> bytes:
    days = map(dt.date.fromordinal, range(FIRST, LAST + 1))
    return bytes(CALENDAR.is_workday(day) and not (work and CALENDAR.blocked(day, work)) for day in days)


_WORKED = {work: _worked(work) for work in (None, DIG, BUILD)}


def worked(activity: Activity) -> bytes:
    """Return which days count for an activity: blocked periods are no matter for calendar days."""
    return _WORKED[activity.work if activity.unit is Unit.WORKDAY else None]


def walked(zero: int, activity: Activity) -> int:
    """Walk from a day to the end of an activity."""
    at, left, days = zero, activity.days, worked(activity)
    while left:
        at += 1
        left -= days[at - FIRST] if activity.unit is Unit.WORKDAY else 1
    while activity.days and not days[at - FIRST]:
        at += 1
    return at


def advanced(at: int, activity: Activity, day: int) -> int:
    """Return when an activity ends that is reached at a time, whatever else it waits for."""
    if activity.finished is not None:
        return activity.finished.toordinal()
    if activity.skipped:
        return max(at, day)
    if activity.started is not None:
        return max(walked(activity.started.toordinal() - 1, activity), at, day)
    earliest = 0 if activity.earliest is None else activity.earliest.toordinal() - (1 if activity.days else 0)
    return walked(max(at, day, earliest), activity)


def paths(key: str, by_key: Mapping[str, Activity]) -> Iterator[tuple[Activity, ...]]:
    """Yield every path that ends at an activity, from wherever it begins."""
    activity = by_key[key]
    yield (activity,)
    for need in activity.needs:
        if need in by_key:
            for path in paths(need, by_key):
                yield (*path, activity)


def longest(activities: Sequence[Activity], day: dt.date) -> dict[str, int]:
    """Return the end of every activity: the longest of its paths."""
    by_key = {each.key: each for each in activities}
    found = {}
    for key in by_key:
        ends = []
        for path in paths(key, by_key):
            at = 0
            for each in path:
                at = advanced(at, each, day.toordinal())
            ends.append(at)
        found[key] = max(ends)
    return found


def end(activities: Sequence[Activity], day: dt.date, moved: str, to: Callable[[Activity, int], int]) -> int:
    """Return the end of all where one activity ends otherwise; needs stand before what needs them."""
    ends: dict[str, int] = {}
    for each in activities:
        at = max((ends[need] for need in each.needs if need in ends), default=0)
        ends[each.key] = to(each, at) if each.key == moved else advanced(at, each, day.toordinal())
    return max(ends.values())


def next_worked(day: int, days: bytes) -> int:
    """Return the first day after a day that is worked."""
    return next(each for each in range(day + 1, LAST) if days[each - FIRST])


def check(activities: Sequence[Activity], day: dt.date, until: dt.date | None = None) -> Schedule:
    """Compare a schedule with the slow way in every respect. Needs stand before what needs them."""
    found = schedule(activities, CALENDAR, day, until=until)
    ends = longest(activities, day)
    assert {key: timing.earliest_finish.toordinal() for key, timing in found.timings.items()} == ends
    last = max(ends.values(), default=day.toordinal())
    assert found.ends_on.toordinal() == last
    assert found.workdays == sum(_WORKED[None][each - FIRST] for each in range(day.toordinal() + 1, last + 1))
    anchor = max(last, until.toordinal()) if until else last
    for each in activities:
        check_latest(activities, day, each, found, anchor)
    check_path(activities, day, found)
    return found


def check_latest(activities: Sequence[Activity], day: dt.date, each: Activity, found: Schedule, anchor: int) -> None:
    """Compare one activity's latest days and float with the end they leave alone."""
    timing, days = found.timings[each.key], worked(each)
    if each.finished is not None or each.skipped:
        assert (timing.latest_start, timing.latest_finish, timing.float_days) == (None, None, None)
        return
    assert timing.latest_start is not None
    assert timing.latest_finish is not None
    assert timing.earliest_start <= timing.latest_start
    assert timing.earliest_finish <= timing.latest_finish
    first, start = timing.earliest_start.toordinal(), timing.latest_start.toordinal()
    if each.started is not None or each.days == 0:  # it can only end later

        def ending(at: int) -> int:
            return end(activities, day, each.key, lambda _, before: max(before, at))

        first, start = timing.earliest_finish.toordinal(), timing.latest_finish.toordinal()
    else:

        def ending(at: int) -> int:
            return end(activities, day, each.key, lambda one, before: walked(max(before, at - 1), one))

        assert walked(start - 1, each) == timing.latest_finish.toordinal()
        assert first == timing.earliest_start.toordinal()
    spare = sum(days[at - FIRST] for at in range(first + 1, start + 1))
    assert timing.float_days == spare >= 0
    assert timing.critical == (spare == 0)
    assert ending(start) <= anchor < ending(next_worked(start, days) if _ends_freely(each) else start + 1)


def _ends_freely(activity: Activity) -> bool:
    """Whether it could end on any day: then only a working day is a later one."""
    return activity.started is not None or activity.days == 0


def check_path(activities: Sequence[Activity], day: dt.date, found: Schedule) -> None:
    """Walk the critical path alone: it must lead to the end."""
    by_key = {each.key: each for each in activities}
    path = [by_key[key] for key in found.critical_path]
    open_ = [each for each in activities if each.finished is None and not each.skipped]
    assert bool(path) == bool(open_)
    at = 0
    for each in path:
        assert each in open_
        at = advanced(at, each, day.toordinal())
        assert at == found.timings[each.key].earliest_finish.toordinal()
    if path:
        assert at == max(found.timings[each.key].earliest_finish.toordinal() for each in open_)


def made(chance: random.Random) -> tuple[list[Activity], dt.date]:
    """Make a network by chance: up to six activities, some done, begun, skipped or held, and a day."""
    day = dt.date(2022, 1, 1) + dt.timedelta(chance.randrange(700))
    return [_made(chance, number, day) for number in range(chance.randint(1, 6))], day


def _made(chance: random.Random, number: int, day: dt.date) -> Activity:
    unit = chance.choice((Unit.WORKDAY, Unit.WORKDAY, Unit.DAY))
    needs = tuple(f"a{need}" for need in range(number) if chance.random() < 0.4)
    started = finished = earliest = None
    happened = chance.random()
    if happened < 0.3:
        started = day - dt.timedelta(chance.randrange(20))
    if happened < 0.15 and started is not None:
        finished = started + dt.timedelta(chance.randrange((day - started).days + 1))
    if chance.random() < 0.2:
        earliest = day + dt.timedelta(chance.randrange(-5, 20))
    return Activity(
        f"a{number}",
        chance.choice((0, 1, 1, 2, 3, 5, 8, 13)),
        unit,
        needs,
        chance.choice((None, None, DIG, BUILD)),
        started,
        finished,
        earliest,
        chance.random() < 0.1,
    )
