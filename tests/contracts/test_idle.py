"""The clock of idle land at each of its dates."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.contracts import idle
from service.contracts.idle import ClockState, Excluded, Holding, Milestone, Works
from service.rules.book import Law
from service.rules.finding import Finding
from tests.factories.law import WEEKDAYS, law, only

D, day = Decimal, dt.date.fromisoformat
LAW = law()
HOLDING = Holding(price_yuan=D(1_000_000), start_due=dt.date(2020, 6, 1), handed_over_on=dt.date(2020, 1, 1))


def read(holding: Holding, today: str, under: Law = LAW) -> idle.Reading:
    return idle.read(under, holding, day(today), WEEKDAYS)


def ids(findings: tuple[Finding, ...]) -> list[str]:
    return [only(each).rule.id for each in findings]


@pytest.mark.parametrize(
    ("today", "state", "fee", "found"),
    [
        ("2020-06-01", "running", None, []),
        ("2020-06-02", "overdue", None, []),
        ("2021-06-01", "overdue", None, []),  # the year ends with this day
        ("2021-06-02", "idle", 200_000, ["R60"]),
        ("2021-11-30", "idle", 200_000, ["R60"]),
        ("2021-12-01", "idle", 200_000, ["R60", "R65"]),  # 18 months
        ("2022-04-01", "idle", 200_000, ["R60", "R65"]),  # 22 months
        ("2022-06-01", "idle", 200_000, ["R60", "R65"]),
        ("2022-06-02", "recoverable", None, ["R60", "R65"]),
    ],
)
def test_r60_r64_r65_a_year_makes_land_idle_and_two_recoverable(
    today: str, state: str, fee: int | None, found: list[str]
) -> None:
    reading = read(HOLDING, today)
    assert (reading.state, reading.fee_yuan, ids(reading.findings)) == (state, fee, found)
    assert {(each.milestone, each.months): str(each.on) for each in reading.dates} == {
        (Milestone.start, None): "2020-06-01",
        (Milestone.idle, None): "2021-06-01",
        (Milestone.alarm, 18): "2021-12-01",
        (Milestone.alarm, 22): "2022-04-01",
        (Milestone.recovery, None): "2022-06-01",
    }


def test_r65_an_alarm_names_its_month() -> None:
    told = {today: read(HOLDING, today).findings[-1].message.zh for today in ("2021-12-01", "2022-03-31", "2022-04-01")}
    assert ["18 个月" in told["2021-12-01"], "18 个月" in told["2022-03-31"], "22 个月" in told["2022-04-01"]] == [
        True
    ] * 3


def test_r64_a_fee_is_rounded_to_the_cent() -> None:
    assert read(replace(HOLDING, price_yuan=D("0.13")), "2021-06-02").fee_yuan == D("0.03")


@pytest.mark.parametrize(
    ("spans", "idle_on", "days"),
    [
        ([], "2021-06-01", 0),
        ([("force_majeure", "2020-07-01", "2020-07-10")], "2021-06-11", 10),
        (
            [("government_act", "2020-07-01", "2020-07-10"), ("preparatory_work", "2020-07-08", "2020-07-12")],
            "2021-06-13",
            12,
        ),
        ([("government_act", "2020-05-01", "2020-06-10")], "2021-06-10", 9),  # only what lies after the start was due
        ([("government_act", "2021-06-01", "2021-06-10")], "2021-06-11", 10),  # still within the year
        ([("government_act", "2021-06-02", "2021-06-10")], "2021-06-01", 9),  # the year was over
        ([("owner_short_of_money", "2020-07-01", "2020-07-10")], "2021-06-01", 0),  # no reason in law
        (
            [("force_majeure", "2020-07-01", "2020-07-10"), ("force_majeure", "2021-06-05", "2021-06-06")],
            "2021-06-13",
            12,
        ),
    ],
)
def test_r66_time_that_does_not_count_pushes_the_dates(
    spans: list[tuple[str, str, str]], idle_on: str, days: int
) -> None:
    excluded = tuple(Excluded(reason, day(begins), day(ends)) for reason, begins, ends in spans)
    reading = read(replace(HOLDING, excluded=excluded), "2021-06-30")
    on = {each.milestone: each.on for each in reading.dates}
    assert (on[Milestone.idle], reading.excluded_days) == (day(idle_on), days)
    late = day(idle_on) + dt.timedelta(days=1)
    at = [read(replace(HOLDING, excluded=excluded), str(each)).state for each in (day(idle_on), late)]
    assert at == [ClockState.overdue, ClockState.idle]


def test_r66_the_clock_stands_still_while_the_reason_lasts() -> None:
    stopped = replace(HOLDING, excluded=(Excluded("government_act", dt.date(2021, 1, 1), None),))
    for today in ("2021-01-01", "2021-06-02", "2023-01-01"):
        reading = read(stopped, today)
        assert (reading.state, reading.fee_yuan, reading.findings) == (ClockState.paused, None, ())
    # What began after the year was over changes nothing about it.
    after = replace(HOLDING, excluded=(Excluded("government_act", dt.date(2021, 7, 1), None),))
    assert read(after, "2022-01-01").state is ClockState.idle
    assert read(after, "2023-01-01").state is ClockState.idle  # the second year stands still


def test_r68_without_an_agreed_start_a_year_after_hand_over_counts() -> None:
    unagreed = replace(HOLDING, start_due=None)
    assert read(unagreed, "2021-01-01").state is ClockState.running
    assert read(unagreed, "2021-01-02").state is ClockState.overdue
    assert read(unagreed, "2022-01-01").state is ClockState.overdue
    assert read(unagreed, "2022-01-02").state is ClockState.idle
    assert read(replace(unagreed, handed_over_on=None), "2025-01-01").state is ClockState.unknown


WORKS = Works(dt.date(2021, 3, 1), D(3000), D(10000), D(300), D(1000))  # 30 % built, 30 % invested


@pytest.mark.parametrize(
    ("works", "today", "stopped"),
    [
        (WORKS, "2022-02-28", False),
        (WORKS, "2022-03-01", True),  # the first day without work is one of the year
        (replace(WORKS, built_m2=D("3333.33")), "2022-03-01", True),
        (replace(WORKS, built_m2=D("3333.34")), "2022-03-01", False),
        (replace(WORKS, built_m2=D(5000), invested_yuan=D("249.99")), "2022-03-01", True),
        (replace(WORKS, built_m2=D(5000), invested_yuan=D(250)), "2022-03-01", False),
        (replace(WORKS, stopped_on=None), "2025-01-01", False),
        (None, "2025-01-01", False),
    ],
)
def test_r61_works_that_stopped_for_a_year_may_be_idle(works: Works | None, today: str, *, stopped: bool) -> None:
    started = replace(HOLDING, started_on=dt.date(2020, 6, 1), works=works)
    reading = read(started, today)
    assert reading.state is (ClockState.idle if stopped else ClockState.building)
    assert (reading.fee_yuan, ids(reading.findings)) == ((D(200_000), ["R61"]) if stopped else (None, []))


def test_r62_land_price_and_taxes_are_no_investment() -> None:
    assert idle.counted(D(900), land_price=D(600), taxes=D(51)) == 249
    assert idle.counted(D(100), land_price=D(600), taxes=D(0)) == 0


@pytest.mark.parametrize(
    ("notice", "answered", "today", "found"),
    [
        (None, None, "2021-07-31", []),
        (None, None, "2021-08-01", ["R67"]),
        ("2021-07-31", None, "2021-08-30", []),
        ("2021-07-31", None, "2021-08-31", ["R67"]),
        ("2021-07-31", "2021-08-30", "2022-01-01", []),
        ("2021-08-01", "2021-08-31", "2022-01-01", ["R67"]),
    ],
)
def test_r67_notice_and_answer_have_thirty_days_each(
    notice: str | None, answered: str | None, today: str, found: list[str]
) -> None:
    inquiry = replace(
        HOLDING,
        started_on=dt.date(2020, 6, 1),
        suspected_on=dt.date(2021, 7, 1),
        notice_on=None if notice is None else day(notice),
        answered_on=None if answered is None else day(answered),
    )
    assert ids(read(inquiry, today).findings) == found


def test_a_completed_building_ends_the_clock() -> None:
    done = replace(HOLDING, started_on=dt.date(2020, 6, 1), completed_on=dt.date(2021, 6, 1), works=WORKS)
    assert read(done, "2030-01-01") == idle.Reading(ClockState.completed, (), 0, None, ())


days = st.dates(dt.date(2019, 1, 1), dt.date(2024, 1, 1))


@given(spans=st.lists(st.tuples(days, days), max_size=5), today=days)
def test_time_that_does_not_count_never_hastens_a_date(spans: list[tuple[dt.date, dt.date]], today: dt.date) -> None:
    excluded = tuple(Excluded("force_majeure", min(span), max(span)) for span in spans)
    plain = idle.read(LAW, HOLDING, today, WEEKDAYS)
    pushed = idle.read(LAW, replace(HOLDING, excluded=excluded), today, WEEKDAYS)
    moved = [(b.on - a.on).days for a, b in zip(plain.dates, pushed.dates, strict=True)]
    assert moved[0] == 0
    assert all(0 <= each <= pushed.excluded_days for each in moved)
    ordered = list(ClockState)
    if pushed.state is not ClockState.paused:
        assert ordered.index(pushed.state) <= ordered.index(plain.state)


def test_nothing_is_idle_where_the_law_is_not_in_force() -> None:
    assert read(HOLDING, "2022-06-02", law(day=dt.date(2000, 1, 1))).findings == ()
