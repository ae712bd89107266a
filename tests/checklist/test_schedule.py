"""The schedule is the longest path, to the day: ten thousand networks against the slow way."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.checklist.schedule import Activity, Cycle, controlling_track, in_order, schedule
from service.workdays.calendar import Calendar, OutsideCalendar, Unit
from service.workdays.official import official_calendar
from tests.checklist.longest_path import CALENDAR, DIG, check, made

BATCHES, NETWORKS = 10, 1000
MONDAY = dt.date(2023, 5, 8)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_schedule_is_the_longest_path(batch: int) -> None:
    chance = random.Random(batch)
    for _ in range(NETWORKS):
        activities, day = made(chance)
        until = day + dt.timedelta(chance.randrange(120)) if chance.random() < 0.2 else None
        found = check(activities, day, until)
        check_monotone(activities, day, found.ends_on, chance)


def check_monotone(activities: list[Activity], day: dt.date, ends_on: dt.date, chance: random.Random) -> None:
    before = schedule(activities, CALENDAR, day).timings
    at = chance.randrange(len(activities))
    one = activities[at]
    later = (one.earliest or day) + dt.timedelta(chance.randrange(1, 9))
    for slower in (replace(one, days=one.days + chance.randrange(1, 9)), replace(one, earliest=later)):
        found = schedule([*activities[:at], slower, *activities[at + 1 :]], CALENDAR, day)
        assert found.ends_on >= ends_on
        assert all(found.timings[key].earliest_finish >= was.earliest_finish for key, was in before.items())


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Activity], dt.date]:
    return made(draw(st.randoms(use_true_random=False)))


@settings(max_examples=50)
@given(networks(), st.none() | st.dates(dt.date(2022, 1, 1), dt.date(2024, 6, 30)))
def test_no_network_is_scheduled_otherwise(network: tuple[list[Activity], dt.date], until: dt.date | None) -> None:
    check(*network, until)


@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_the_activities_is_no_matter(
    network: tuple[list[Activity], dt.date], chance: random.Random
) -> None:
    activities, day = network
    shuffled = chance.sample(activities, len(activities))
    found, again = schedule(activities, CALENDAR, day), schedule(shuffled, CALENDAR, day)
    assert dict(found.timings) == dict(again.timings)
    assert found.ends_on == again.ends_on


def test_the_day_before_is_not_counted() -> None:
    friday = dt.date(2023, 5, 12)
    found = schedule([Activity("a", 1), Activity("b", 5, needs=("a",))], CALENDAR, friday)
    assert found.timings["a"].earliest_start == found.timings["a"].earliest_finish == dt.date(2023, 5, 15)
    assert found.timings["b"].earliest_start == dt.date(2023, 5, 16)
    assert found.ends_on == dt.date(2023, 5, 22)
    assert found.workdays == 6
    assert found.critical_path == ("a", "b")


def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day() -> None:
    found = schedule([Activity("notice", 20, Unit.DAY)], CALENDAR, dt.date(2023, 9, 11))
    assert found.ends_on == dt.date(2023, 10, 7)  # 1 October is in the holiday, 7 October a Saturday that is worked


def test_a_blocked_period_takes_up_what_comes_before_it() -> None:
    found = schedule(
        [Activity("permit", 5), Activity("levelling", 10, needs=("permit",), work=DIG)], CALENDAR, dt.date(2022, 11, 10)
    )
    assert found.timings["levelling"].earliest_start == dt.date(2023, 3, 16)
    assert found.timings["levelling"].critical
    assert (
        found.timings["permit"].float_days
        == CALENDAR.workdays_between(dt.date(2022, 11, 17), dt.date(2023, 3, 15)).workdays
    )
    assert found.critical_path == ("permit", "levelling")


def test_what_has_begun_does_not_end_before_what_it_needs_nor_in_the_past() -> None:
    late = Activity("late", 2, started=MONDAY - dt.timedelta(30))
    found = schedule([late, Activity("next", 3, needs=("late",))], CALENDAR, MONDAY)
    assert found.timings["late"].earliest_finish == MONDAY
    assert found.timings["next"].earliest_start == MONDAY + dt.timedelta(1)
    reopened = [Activity("proof", 4), Activity("running", 2, needs=("proof",), started=MONDAY)]
    assert schedule(reopened, CALENDAR, MONDAY).timings["running"].earliest_finish == dt.date(2023, 5, 12)


def test_the_path_names_what_is_open_before_what_is_done() -> None:
    done = Activity("done", 1, started=MONDAY, finished=MONDAY)
    late = Activity("late", 1, started=MONDAY - dt.timedelta(30))
    found = schedule([done, late, Activity("next", 2, needs=("done", "late"))], CALENDAR, MONDAY)
    assert found.critical_path == ("late", "next")


def test_what_is_skipped_passes_on_what_it_waits_for() -> None:
    chain = [Activity("a", 3), Activity("b", 90, needs=("a",), skipped=True), Activity("c", 1, needs=("b",))]
    found = schedule(chain, CALENDAR, MONDAY)
    assert found.critical_path == ("a", "c")
    assert found.workdays == 4
    assert found.timings["b"].float_days is None


def test_latest_days_are_counted_from_a_later_day_where_one_is_given() -> None:
    one = [Activity("a", 2)]
    assert schedule(one, CALENDAR, MONDAY, until=MONDAY).timings["a"].float_days == 0
    later = schedule(one, CALENDAR, MONDAY, until=dt.date(2023, 5, 14))
    assert later.ends_on == dt.date(2023, 5, 10)
    assert (later.timings["a"].latest_finish, later.timings["a"].float_days) == (dt.date(2023, 5, 12), 2)


def test_nothing_left_to_do() -> None:
    assert schedule([], CALENDAR, MONDAY).ends_on == MONDAY
    done = Activity("a", 5, started=dt.date(2023, 4, 3), finished=dt.date(2023, 4, 4))
    found = schedule([done], CALENDAR, MONDAY)
    assert (found.ends_on, found.workdays, found.critical_path) == (dt.date(2023, 4, 4), 0, ())
    assert found.reached(["a", "elsewhere"]) == dt.date(2023, 4, 4)
    assert found.reached([]) == MONDAY


def test_a_circle_is_named() -> None:
    circle = [
        Activity("a", 1),
        Activity("b", 1, needs=("a", "d")),
        Activity("c", 1, needs=("b",)),
        Activity("d", 1, needs=("c",)),
    ]
    with pytest.raises(Cycle, match="c → d → b → c") as raised:
        schedule(circle, CALENDAR, MONDAY)
    assert raised.value.keys == ("c", "d", "b")
    with pytest.raises(Cycle, match="a → a"):
        in_order([Activity("a", 1, needs=("a",))])


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="two activities are called a"):
        schedule([Activity("a", 1), Activity("a", 2)], CALENDAR, MONDAY)
    with pytest.raises(ValueError, match="a takes -1 days"):
        schedule([Activity("a", -1)], CALENDAR, MONDAY)
    with pytest.raises(OutsideCalendar):
        schedule([Activity("a", 100_000)], CALENDAR, MONDAY)


def test_a_year_without_a_calendar_makes_it_provisional() -> None:
    known = Calendar(official_calendar().marks, {2022, 2023})
    assert not schedule([Activity("a", 5)], known, MONDAY).provisional
    assert schedule([Activity("a", 200)], known, MONDAY).provisional
    assert schedule([Activity("a", 5)], known, MONDAY, until=dt.date(2024, 1, 5)).provisional


def test_the_controlling_track_has_most_days_of_the_path() -> None:
    chain = [Activity("a", 3), Activity("b", 10, needs=("a",)), Activity("c", 4, needs=("b",)), Activity("d", 6)]
    tracks = {"a": 2, "b": 1, "c": 2, "d": 3}
    assert controlling_track(schedule(chain, CALENDAR, MONDAY), CALENDAR, tracks) == 1
    begun = [chain[0], replace(chain[1], started=dt.date(2023, 4, 25)), *chain[2:]]
    assert controlling_track(schedule(begun, CALENDAR, MONDAY), CALENDAR, tracks) == 2
    assert controlling_track(schedule([], CALENDAR, MONDAY), CALENDAR, {}) is None


def test_a_long_chain_is_no_depth() -> None:
    chain = [Activity(f"a{number}", 1, needs=(f"a{number - 1}",)) for number in range(1, 3000)][::-1]
    assert len(schedule(chain, CALENDAR, MONDAY).critical_path) == 2999
