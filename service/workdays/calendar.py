"""The working-day calendar, pure: an immutable value that answers in constant time.

Day zero is never counted: the first working day after Friday is Monday. A year without a State Council calendar knows
weekends and statutory holidays only; what leans on such a year says `provisional`.
"""

import calendar as gregorian
import datetime as dt
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, compress

from service.core.errors import Invalid
from service.workdays.blocking import BlockedPeriod, Work

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2060, 12, 31)
"""The days that are counted. The first is a Monday, and the statutory holidays are written down to the last."""

_START, _DAYS = FIRST.toordinal(), (LAST - FIRST).days + 1
_WEEK = bytes([1, 1, 1, 1, 1, 0, 0])
_SATURDAY = 5


class OutsideCalendar(Invalid):
    """A day, or the result of a count, lies outside the years of the calendar."""

    code, title_zh, title_en = "outside-calendar", "超出工作日历范围", "Outside the calendar"


class Unit(StrEnum):
    """What a term is counted in."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"


class Roll(StrEnum):
    """Where a term ends that would end on a day off: on the next working day, or where it is."""

    NEXT = "next"
    NONE = "none"


class DayKind(StrEnum):
    """What a day is: `makeup` is a weekend that is worked for a holiday (调休上班)."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a day beyond its weekday: whether it is worked, and the holiday it belongs to."""

    is_workday: bool
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day that was worked out."""

    day: dt.date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of working days."""

    workdays: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term: `day`; by the count alone it would be `counted_to`."""

    day: dt.date
    counted_to: dt.date
    provisional: bool


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the corresponding day of another month; a month without it ends earlier (民法典 202).

    >>> add_months(dt.date(2024, 1, 31), 1), add_months(dt.date(2024, 2, 29), -12)
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise _outside(f"{day} + {months} months")
    return dt.date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


class Counting:
    """Which days are worked, ready to be counted: by day the number before it, by number the day.

    For who counts by the thousand (`Calendar.counting`): adding n working days to a day is `nth(until(day) + n)`.
    """

    __slots__ = ("before", "days", "worked")

    def __init__(self, worked: bytearray) -> None:
        """Index the days, from the calendar's first one on."""
        self.worked = worked
        self.before = array("i", accumulate(worked, initial=0))
        self.days = array("i", compress(range(len(worked)), worked))

    def until(self, day: dt.date) -> int:
        """Return how many days are worked up to and with a day."""
        return self.before[_offset(day) + 1]

    def nth(self, number: int) -> dt.date:
        """Return the day that is worked as the n-th, the first being 1."""
        if not 1 <= number <= len(self.days):
            raise _outside("the result")
        return dt.date.fromordinal(_START + self.days[number - 1])

    def without(self, periods: Sequence[BlockedPeriod]) -> "Counting":
        """Return the same without the days of orders."""
        worked = bytearray(self.worked)
        for each in periods:
            first, last = max(each.first, FIRST), min(each.last, LAST)
            if first <= last:
                worked[_offset(first) : _offset(last) + 1] = bytes((last - first).days + 1)
        return Counting(worked)


class Calendar:
    """Working days from 1990 to 2060. Nothing in it changes: a new state of the data is a new calendar.

    `marks` are the days that don't follow from the weekday; `known` the years whose calendar the State Council has
    issued, all others are provisional; `blocks` the orders that stop works.
    """

    __slots__ = ("_blocked", "_index", "_unknown", "blocks", "known", "marks")

    def __init__(
        self, marks: Mapping[dt.date, Mark], known: Collection[int], blocks: Sequence[BlockedPeriod] = ()
    ) -> None:
        """Index the days; a mark outside the calendar's years is of no use and left out."""
        self.marks, self.known, self.blocks = dict(marks), frozenset(known), tuple(blocks)
        worked = bytearray((_WEEK * (_DAYS // 7 + 1))[:_DAYS])
        for day, mark in self.marks.items():
            if FIRST <= day <= LAST:
                worked[_offset(day)] = mark.is_workday
        self._index = Counting(worked)
        self._blocked: dict[tuple[BlockedPeriod, ...], Counting] = {}
        unknown = (year not in self.known for year in range(FIRST.year, LAST.year + 1))
        self._unknown = tuple(accumulate(unknown, initial=0))

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether a day is worked. Raises OutsideCalendar, as everything here does for a day it doesn't reach."""
        return bool(self._index.worked[_offset(day)])

    def is_provisional(self, day: dt.date) -> bool:
        """Tell whether the day's year has no calendar of the State Council yet."""
        return day.year not in self.known

    def kind(self, day: dt.date) -> DayKind:
        """Tell what a day is."""
        weekend = day.weekday() >= _SATURDAY
        if self.is_workday(day):
            return DayKind.MAKEUP if weekend else DayKind.WORKDAY
        return DayKind.WEEKEND if weekend and day not in self.marks else DayKind.HOLIDAY

    def next_workday(self, day: dt.date) -> Reckoned:
        """Return the day itself where it is worked, else the first one after it that is."""
        return self._result(day, self._index.before[_offset(day)], self._index)

    def add_workdays(self, day: dt.date, workdays: int, work: Work | None = None) -> Reckoned:
        """Return the n-th working day after a day, or before it where n is negative; the day itself for 0.

        With `work`, days on which an order stops it are not counted: the result is the day by which so many days could
        be worked.
        """
        start, index = _offset(day), self.counting(work)
        if workdays == 0:
            return Reckoned(day, provisional=False)
        number = index.before[start + 1] + workdays - 1 if workdays > 0 else index.before[start] + workdays
        beside = day + dt.timedelta(1 if workdays > 0 else -1)  # day zero itself is not leant on
        return self._result(beside, number, index)

    def add_months(self, day: dt.date, months: int) -> dt.date:
        """Return the corresponding day of another month; no working day is counted for it."""
        return add_months(day, months)

    def workdays_between(self, start: dt.date, end: dt.date, work: Work | None = None) -> Counted:
        """Count the working days after `start` up to and with `end`: so many must be added to `start` to get there.

        Negative where `end` is earlier: the working days before `start` down to and with `end`.
        """
        index, first, last = self.counting(work), _offset(start), _offset(end)
        if end >= start:
            workdays = index.before[last + 1] - index.before[first + 1]
            return Counted(workdays, self._leans(start + dt.timedelta(1), end))
        return Counted(index.before[last] - index.before[first], self._leans(end, start - dt.timedelta(1)))

    def deadline(self, day_zero: dt.date, length: int, unit: Unit, roll: Roll) -> Deadline:
        """Return the last day of a term that begins with an event on `day_zero`; that day is not counted (民法典 201).

        `length` is not negative: a term runs forward. How it ends on a day off is data (`reckoning.py`).
        """
        if length < 0:
            raise ValueError(f"a term of {length} days")
        if unit is Unit.WORKDAY:
            reached = self.add_workdays(day_zero, length)
            counted_to, provisional = reached.day, reached.provisional
        else:
            counted_to, provisional = add(day_zero, length, unit), False
        if roll is Roll.NONE:
            return Deadline(counted_to, counted_to, provisional)
        rolled = self.next_workday(counted_to)
        return Deadline(rolled.day, counted_to, provisional or rolled.provisional)

    def blocked(self, day: dt.date, work: Work) -> tuple[BlockedPeriod, ...]:
        """Return the orders that stop a work on a day."""
        return tuple(each for each in self.blocks if each.covers(day) and each.stops(work))

    def counting(self, work: Work | None = None) -> Counting:
        """Return the days as running numbers; with `work`, without those on which an order stops it."""
        stopped = () if work is None else tuple(each for each in self.blocks if each.stops(work))
        if not stopped:
            return self._index
        found = self._blocked.get(stopped)  # as many as there are sets of orders: few
        if found is None:
            found = self._blocked[stopped] = self._index.without(stopped)
        return found

    def _result(self, beside: dt.date, number: int, index: Counting) -> Reckoned:
        if not 0 <= number < len(index.days):
            raise _outside("the result")
        reached = dt.date.fromordinal(_START + index.days[number])
        return Reckoned(reached, self._leans(min(beside, reached), max(beside, reached)))

    def _leans(self, first: dt.date, last: dt.date) -> bool:
        return first <= last and self._unknown[last.year - FIRST.year + 1] > self._unknown[first.year - FIRST.year]


def add(day: dt.date, length: int, unit: Unit) -> dt.date:
    """Return the day so many calendar days or months away."""
    if unit is Unit.MONTH:
        return add_months(day, length)
    try:
        return day + dt.timedelta(length)
    except OverflowError:
        raise _outside(f"{day} + {length} days") from None


def _offset(day: dt.date) -> int:
    found = day.toordinal() - _START
    if not 0 <= found < _DAYS:
        raise _outside(day.isoformat())
    return found


def _outside(what: str) -> OutsideCalendar:
    span = f"{FIRST} – {LAST}"
    return OutsideCalendar(f"日期超出工作日历范围({span}):{what}。", f"Outside the calendar ({span}): {what}.")
