"""Working days against a walk from day to day, and at the holidays where the calendars of the years bend."""

import datetime as dt
from itertools import pairwise

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workdays.blocking import BlockedPeriod, Work
from service.workdays.calendar import (
    FIRST,
    LAST,
    Calendar,
    DayKind,
    Mark,
    OutsideCalendar,
    Roll,
    Unit,
    add_months,
)
from service.workdays.official import marks, official_calendar, source, years
from service.workdays.reckoning import completed

DAY, EAST = dt.timedelta(1), frozenset({"410105"})
OFFICIAL = official_calendar()
SOIL = BlockedPeriod(
    1, "封土", "Dust", dt.date(2022, 11, 15), dt.date(2023, 3, 15), frozenset({"earthwork", "demolition"}), "ZDXQ"
)
SMOG = BlockedPeriod(
    2, "管控", "Smog", dt.date(2022, 12, 5), dt.date(2022, 12, 9), frozenset({"structure"}), "ZDXQ", EAST
)
BLOCKED = Calendar(OFFICIAL.marks, OFFICIAL.known, [SOIL, SMOG])
DIG = Work("earthwork", frozenset({"ZDXQ", "410105"}))
BUILD = Work("structure", frozenset({"ZDXQ", "410105"}))

near = st.dates(dt.date(2020, 1, 1), dt.date(2028, 12, 31))
small = st.integers(-400, 400)
works = st.sampled_from([None, DIG, BUILD, Work("structure", frozenset({"GXQ"}))])


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def is_worked(calendar: Calendar, at: dt.date, work: Work | None) -> bool:
    return calendar.is_workday(at) and not (work and calendar.blocked(at, work))


def walk(calendar: Calendar, start: dt.date, workdays: int, work: Work | None) -> tuple[dt.date, bool]:
    """Count by walking: the day reached, and whether a day stepped on lies in a provisional year."""
    at, left, provisional = start, abs(workdays), False
    while left:
        at += DAY if workdays > 0 else -DAY
        provisional |= calendar.is_provisional(at)
        left -= is_worked(calendar, at, work)
    return at, provisional


@given(near, small, works)
def test_adding_is_walking(start: dt.date, workdays: int, work: Work | None) -> None:
    found = BLOCKED.add_workdays(start, workdays, work)
    assert (found.day, found.provisional) == walk(BLOCKED, start, workdays, work)


@given(near, near, works)
def test_counting_is_walking(start: dt.date, end: dt.date, work: Work | None) -> None:
    found = BLOCKED.workdays_between(start, end, work)
    step = DAY if end >= start else -DAY
    passed = [start + n * step for n in range(1, abs((end - start).days) + 1)]
    expected = sum(is_worked(BLOCKED, at, work) for at in passed)
    assert found.workdays == (expected if end >= start else -expected)
    assert found.provisional == any(BLOCKED.is_provisional(at) for at in passed)


@given(near, small, works)
def test_running_numbers_add_as_the_calendar_does(start: dt.date, workdays: int, work: Work | None) -> None:
    numbers = BLOCKED.counting(work)
    assert numbers.until(start) - numbers.until(start - DAY) == is_worked(BLOCKED, start, work)
    if workdays > 0:
        assert numbers.nth(numbers.until(start) + workdays) == BLOCKED.add_workdays(start, workdays, work).day
    with pytest.raises(OutsideCalendar):
        numbers.nth(0)
    with pytest.raises(OutsideCalendar):
        numbers.nth(numbers.until(LAST) + 1)


@given(near, small.filter(bool), works)
def test_counting_undoes_adding(start: dt.date, workdays: int, work: Work | None) -> None:
    end = BLOCKED.add_workdays(start, workdays, work).day
    assert BLOCKED.workdays_between(start, end, work).workdays == workdays
    assert is_worked(BLOCKED, end, work)


@given(near, st.integers(0, 800), st.sampled_from(Unit), st.sampled_from(Roll))
def test_a_term_ends_on_its_last_day_or_the_next_working_day(
    zero: dt.date, length: int, unit: Unit, roll: Roll
) -> None:
    length = length if unit is Unit.DAY else length // 20
    found = OFFICIAL.deadline(zero, length, unit, roll)
    naive = {Unit.DAY: zero + length * DAY, Unit.MONTH: add_months(zero, length)}
    assert found.counted_to == naive.get(unit, walk(OFFICIAL, zero, length, None)[0])
    last = found.counted_to
    while roll is Roll.NEXT and not OFFICIAL.is_workday(last):
        last += DAY
    assert found.day == last
    if unit is not Unit.WORKDAY:
        leant = [found.counted_to + n * DAY for n in range((last - found.counted_to).days + 1)]
        assert found.provisional == (roll is Roll.NEXT and any(OFFICIAL.is_provisional(at) for at in leant))


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)), st.integers(-1200, 1200))
def test_a_month_keeps_the_day_or_ends_earlier(start: dt.date, months: int) -> None:
    found = add_months(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found.day < start.day and (found + DAY).day == 1)


@given(st.lists(st.tuples(near, st.booleans()), max_size=30), st.sets(st.integers(2020, 2028)), near, small)
def test_any_calendar_counts_as_it_says(
    said: list[tuple[dt.date, bool]], known: set[int], start: dt.date, workdays: int
) -> None:
    own = {at: Mark(worked, "", "") for at, worked in said}
    calendar = Calendar(completed(own, known), known)
    assert all(calendar.is_workday(at) == mark.is_workday for at, mark in own.items())
    found = calendar.add_workdays(start, workdays)
    assert (found.day, found.provisional) == walk(calendar, start, workdays, None)


@pytest.mark.parametrize(
    ("start", "workdays", "end"),
    [
        ("2022-01-28", 1, "2022-01-29"),  # Saturday, worked for 春节
        ("2022-01-28", 2, "2022-01-30"),
        ("2022-01-30", 1, "2022-02-07"),  # seven days off
        ("2022-02-07", -1, "2022-01-30"),
        ("2022-09-30", 1, "2022-10-08"),  # Saturday, worked for 国庆
        ("2022-09-30", 3, "2022-10-10"),
        ("2022-10-01", 10, "2022-10-19"),  # sold on a holiday: day zero is not counted either way
        ("2022-11-15", 10, "2022-11-29"),
        ("2023-01-20", 1, "2023-01-28"),
        ("2023-09-28", 1, "2023-10-07"),  # 中秋 and 国庆 in one
        ("2024-02-09", 1, "2024-02-18"),  # 除夕 was worked in 2024
        ("2024-02-08", 1, "2024-02-09"),
        ("2024-02-28", 2, "2024-03-01"),  # leap year
        ("2024-09-30", 1, "2024-10-08"),
        ("2024-12-31", 1, "2025-01-02"),
        ("2025-01-26", 1, "2025-01-27"),  # Sunday, worked
        ("2025-01-27", 1, "2025-02-05"),  # 除夕 is a holiday from 2025
        ("2025-09-30", 1, "2025-10-09"),  # eight days
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),  # nine days
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2022-11-15", 0, "2022-11-15"),
    ],
)
def test_holidays_and_the_days_worked_for_them(start: str, workdays: int, end: str) -> None:
    found = OFFICIAL.add_workdays(day(start), workdays)
    assert (found.day, found.provisional) == (day(end), False)


def test_the_days_of_every_known_year_are_the_packages() -> None:
    assert years() == frozenset(range(2004, 2027))
    for offset in range((dt.date(2026, 12, 31) - dt.date(2004, 1, 1)).days + 1):
        at = dt.date(2004, 1, 1) + offset * DAY
        assert OFFICIAL.is_workday(at) == chinese_calendar.is_workday(at), at
    assert "chinesecalendar 1." in source()


@pytest.mark.parametrize(("year", "workdays"), [(2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, workdays: int) -> None:
    assert OFFICIAL.workdays_between(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)).workdays == workdays


def test_kinds_of_days() -> None:
    said = {"2022-10-08": DayKind.MAKEUP, "2022-10-07": DayKind.HOLIDAY, "2022-10-01": DayKind.HOLIDAY}
    said |= {"2022-10-15": DayKind.WEEKEND, "2022-10-17": DayKind.WORKDAY}
    assert {at: OFFICIAL.kind(day(at)) for at in said} == said


def test_a_year_without_a_calendar_is_provisional_and_knows_the_statutory_days_only() -> None:
    assert OFFICIAL.add_workdays(day("2026-12-31"), 1) == OFFICIAL.next_workday(day("2027-01-02"))
    found = OFFICIAL.add_workdays(day("2026-12-30"), 2)
    assert (found.day, found.provisional) == (day("2027-01-04"), True)
    assert not OFFICIAL.add_workdays(day("2026-12-30"), 1).provisional
    off = [OFFICIAL.is_workday(dt.date(2027, 2, n)) for n in range(5, 9)]
    assert off == [False] * 4, "除夕 to 初三"
    assert OFFICIAL.is_workday(day("2027-02-09")), "what else is off is not guessed"
    assert not OFFICIAL.workdays_between(day("2026-12-01"), day("2026-12-31")).provisional
    assert OFFICIAL.workdays_between(day("2026-12-31"), day("2027-01-01")).provisional
    rolled = OFFICIAL.deadline(day("2026-12-31"), 1, Unit.DAY, Roll.NEXT)
    assert (rolled.day, rolled.provisional) == (day("2027-01-04"), True)
    assert OFFICIAL.deadline(day("2026-12-11"), 20, Unit.DAY, Roll.NEXT).provisional is False


def test_the_statutory_days_are_holidays_in_the_known_years_of_that_law() -> None:
    expected = completed({}, {year for year in range(1990, 2061) if year not in {2025, 2026}})
    assert {(at, marks()[at].name) for at in expected} == {(at, mark.name) for at, mark in expected.items()}
    assert len(expected) == 2 * 13


def test_every_later_year_has_thirteen_statutory_days_unless_two_fall_together() -> None:
    for year in range(2027, 2061):
        days = [at for at in completed({}, ()) if at.year == year]
        assert len(days) in {12, 13}, year


@pytest.mark.parametrize(
    ("zero", "length", "unit", "counted_to", "last"),
    [
        ("2022-09-11", 20, Unit.DAY, "2022-10-01", "2022-10-08"),  # notice of 20 days ends on 国庆
        ("2022-09-18", 20, Unit.DAY, "2022-10-08", "2022-10-08"),  # a Saturday that is worked
        ("2022-08-31", 1, Unit.MONTH, "2022-09-30", "2022-09-30"),
        ("2024-01-31", 1, Unit.MONTH, "2024-02-29", "2024-02-29"),
        ("2023-01-31", 1, Unit.MONTH, "2023-02-28", "2023-02-28"),
        ("2023-12-31", 2, Unit.MONTH, "2024-02-29", "2024-02-29"),
        ("2024-02-29", 12, Unit.MONTH, "2025-02-28", "2025-02-28"),
        ("2022-12-22", 1, Unit.MONTH, "2023-01-22", "2023-01-28"),  # 春节: to the Saturday that is worked
        ("2022-11-15", 10, Unit.WORKDAY, "2022-11-29", "2022-11-29"),
        ("2022-10-01", 0, Unit.DAY, "2022-10-01", "2022-10-08"),
    ],
)
def test_terms(zero: str, length: int, unit: Unit, counted_to: str, last: str) -> None:
    found = OFFICIAL.deadline(day(zero), length, unit, Roll.NEXT)
    assert (found.counted_to, found.day, found.provisional) == (day(counted_to), day(last), False)
    assert OFFICIAL.deadline(day(zero), length, unit, Roll.NONE).day == day(counted_to)


def test_a_term_runs_forward() -> None:
    with pytest.raises(ValueError, match="-1"):
        OFFICIAL.deadline(day("2022-11-15"), -1, Unit.DAY, Roll.NEXT)


def test_blocked_days_are_not_worked_by_what_they_stop() -> None:
    assert BLOCKED.add_workdays(day("2022-11-14"), 1, DIG).day == day("2023-03-16")
    assert BLOCKED.add_workdays(day("2022-11-14"), 1, BUILD).day == day("2022-11-15")
    assert BLOCKED.add_workdays(day("2022-12-02"), 1, BUILD).day == day("2022-12-12")
    elsewhere = Work("structure", frozenset({"ZDXQ", "410104"}))
    assert BLOCKED.add_workdays(day("2022-12-02"), 1, elsewhere).day == day("2022-12-05")
    assert BLOCKED.blocked(day("2023-03-15"), DIG) == (SOIL,)
    assert BLOCKED.blocked(day("2023-03-16"), DIG) == ()
    assert BLOCKED.workdays_between(day("2022-11-14"), day("2023-03-15"), DIG).workdays == 0


def test_an_exempt_class_goes_on() -> None:
    spared = BlockedPeriod(3, "", "", SOIL.first, SOIL.last, SOIL.kinds, exempt=frozenset({"school"}))
    calendar = Calendar(OFFICIAL.marks, OFFICIAL.known, [spared])
    school = Work("earthwork", classes=frozenset({"school"}))
    assert calendar.add_workdays(day("2022-11-14"), 1, school).day == day("2022-11-15")
    assert calendar.add_workdays(day("2022-11-14"), 1, Work("earthwork")).day == day("2023-03-16")


def test_beyond_the_calendar_is_refused_never_guessed() -> None:
    for wrong in (
        lambda: OFFICIAL.is_workday(LAST + DAY),
        lambda: OFFICIAL.add_workdays(LAST, 1),
        lambda: OFFICIAL.add_workdays(FIRST, -1),
        lambda: OFFICIAL.deadline(LAST, 1, Unit.DAY, Roll.NEXT),
        lambda: OFFICIAL.deadline(LAST, 10**9, Unit.DAY, Roll.NONE),
        lambda: add_months(LAST, 10**6),
        lambda: add_months(LAST, -(10**6)),
    ):
        with pytest.raises(OutsideCalendar):
            wrong()
    assert OFFICIAL.deadline(day("2022-11-15"), 70 * 12, Unit.MONTH, Roll.NONE).day == day("2092-11-15")


def test_order_is_kept() -> None:
    ends = [OFFICIAL.add_workdays(dt.date(2022, 9, 1) + n * DAY, 10).day for n in range(60)]
    assert all(one <= other for one, other in pairwise(ends))
