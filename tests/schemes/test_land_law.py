"""Preconditions of the land at each boundary of the law; the hard ones stay hard."""

import datetime as dt
from dataclasses import replace

import pytest

from service.rules.rule import Severity
from service.schemes import land_law
from tests.factories.law import TODAY, WEEKDAYS, days_after, law, only, rule

BEGINS = dt.date(2022, 10, 3)  # a Monday


def test_r40_clean_land_has_five_proofs() -> None:
    five = {"title", "compensation", "disputes", "planning", "site"}
    assert land_law.clean_land(rule("R40"), five) is None
    for missing in five:
        found = only(land_law.clean_land(rule("R40"), five - {missing}))
        assert (found.figures["missing"], found.severity) == (missing, Severity.warn)


def test_r41_no_grant_without_planning_conditions() -> None:
    asked = rule("R41")
    items = set(asked.names("items"))
    assert len(items) == 11
    assert land_law.planning_conditions(asked, items) is None
    assert only(land_law.planning_conditions(asked, None)).hard
    for missing in items:
        found = only(land_law.planning_conditions(asked, items - {missing}))
        assert found.hard
        assert found.figures["missing"] == missing
    assert law("allocation").find("R41") is None


@pytest.mark.parametrize(
    ("relics", "done", "severity"),
    [
        (True, False, Severity.block),
        (None, False, Severity.warn),
        (False, False, None),
        (True, True, None),
        (None, True, None),
    ],
)
def test_r42_archaeology_comes_first(relics: bool | None, severity: Severity | None, *, done: bool) -> None:  # noqa: FBT001 - table
    found = land_law.archaeology(rule("R42"), relics, done=done)
    assert (None if found is None else only(found).severity) == severity
    assert found is None or found.hard is (severity is Severity.block)


@pytest.mark.parametrize(
    ("jurisdiction", "day", "holds"),
    [
        ("ZDXQ", "2018-02-28", False),
        ("ZDXQ", "2018-03-01", True),
        ("ZDXQ", "2025-02-28", True),
        ("ZDXQ", "2025-03-01", True),
        ("ELSEWHERE", "2025-02-28", False),
        ("ELSEWHERE", "2025-03-01", True),
    ],
)
def test_r42_holds_in_zhengzhou_before_it_holds_everywhere(jurisdiction: str, day: str, *, holds: bool) -> None:
    found = law(day=dt.date.fromisoformat(day), jurisdiction=jurisdiction).find("R42")
    assert (found is not None) == holds


PLOT = land_law.Soil("industrial", "residential", surveyed=True, reviewed=True, listed=False)


@pytest.mark.parametrize(
    ("plot", "breaks"),
    [
        (PLOT, False),
        (replace(PLOT, surveyed=False, reviewed=False), True),
        (replace(PLOT, reviewed=False), True),
        (replace(PLOT, listed=True), True),
        (replace(PLOT, use_after="public", reviewed=False), True),
        (replace(PLOT, use_after="industrial", surveyed=False, reviewed=False, listed=True), False),
        (replace(PLOT, use_before="residential", surveyed=False, reviewed=False), False),
        (replace(PLOT, use_before="residential", listed=True), True),
    ],
)
def test_r43_sensitive_uses_need_clean_soil(plot: land_law.Soil, *, breaks: bool) -> None:
    found = land_law.soil(rule("R43"), plot)
    assert (found is not None) == breaks
    assert found is None or only(found).hard


@pytest.mark.parametrize(
    ("origin", "missing"),
    [
        ((False, False, False, False), None),
        ((True, True, True, True), None),
        ((True, False, False, False), "conversion"),
        ((False, False, True, False), "expropriation"),
        ((True, False, True, False), "conversion,expropriation"),
        ((True, True, True, False), "expropriation"),
    ],
)
def test_r44_farmland_is_converted_and_collective_land_expropriated(
    origin: tuple[bool, bool, bool, bool], missing: str | None
) -> None:
    found = land_law.conversion(rule("R44"), land_law.Origin(*origin))
    assert (None if found is None else only(found).figures["missing"]) == missing
    assert found is None or found.hard


@pytest.mark.parametrize(("ends", "breaks"), [("2022-10-14", True), ("2022-10-16", True), ("2022-10-17", False)])
def test_r50_a_pre_notice_stands_ten_working_days(ends: str, *, breaks: bool) -> None:
    found = land_law.pre_notice(rule("R50"), BEGINS, dt.date.fromisoformat(ends), WEEKDAYS)
    assert (found is not None) == breaks
    assert found is None or "2022-10-17" in only(found).satisfied_by.zh


@pytest.mark.parametrize(("days", "breaks"), [(29, True), (30, False), (31, False)])
def test_r51_r53_plans_are_open_thirty_days(days: int, *, breaks: bool) -> None:
    ends = days_after(BEGINS, days)
    for found in (
        land_law.compensation_plan(rule("R51"), BEGINS, ends),
        land_law.house_plan(rule("R53"), BEGINS, ends),
    ):
        assert (found is not None) == breaks
        assert found is None or only(found).severity is Severity.block


@pytest.mark.parametrize(
    ("members", "objecting", "held", "breaks"),
    [
        (100, 50, False, False),
        (100, 51, False, True),
        (3, 2, False, True),
        (100, 51, True, False),
        (0, 0, False, False),
    ],
)
def test_r51_a_hearing_is_held_if_most_object(members: int, objecting: int, *, held: bool, breaks: bool) -> None:
    found = land_law.hearing(rule("R51"), members=members, objecting=objecting, held=held)
    assert (found is not None) == breaks
    assert found is None or only(found).rule.id


@pytest.mark.parametrize(("day", "breaks"), [("2022-10-24", False), ("2022-10-25", True)])
def test_r52_the_notice_follows_within_fifteen_working_days(day: str, *, breaks: bool) -> None:
    on = dt.date.fromisoformat(day)
    for published in (on, None):
        found = land_law.expropriation_notice(rule("R52"), BEGINS, published, today=on, calendar=WEEKDAYS)
        assert (found is not None) == breaks
        assert found is None or only(found).severity is Severity.warn


@pytest.mark.parametrize(("day", "breaks"), [("2022-11-15", False), ("2022-11-16", True)])
def test_r74_an_eia_is_good_for_five_years(day: str, *, breaks: bool) -> None:
    on = dt.date.fromisoformat(day)
    for started, today in ((on, dt.date(2023, 1, 1)), (None, on)):
        found = land_law.impact_assessment(rule("R74"), dt.date(2017, 11, 15), started, today=today, calendar=WEEKDAYS)
        assert (found is not None) == breaks
        assert found is None or only(found).rule.id


@pytest.mark.parametrize(
    ("ends", "infrastructure", "breaks"),
    [
        ("2024-11-15", False, False),
        ("2024-11-16", False, True),
        ("2024-11-16", True, False),
        ("2026-11-15", True, False),
        ("2026-11-16", True, True),
    ],
)
def test_r75_temporary_use_ends_after_two_or_four_years(ends: str, *, infrastructure: bool, breaks: bool) -> None:
    found = land_law.temporary_use(
        rule("R75"), TODAY, dt.date.fromisoformat(ends), infrastructure=infrastructure, calendar=WEEKDAYS
    )
    assert (found is not None) == breaks
    assert found is None or only(found).severity is Severity.block


@pytest.mark.parametrize(("day", "breaks"), [("2022-11-15", False), ("2022-11-16", True)])
def test_r75_the_land_is_restored_within_a_year(day: str, *, breaks: bool) -> None:
    on = dt.date.fromisoformat(day)
    found = land_law.restoration(rule("R75"), dt.date(2021, 11, 15), on, today=TODAY, calendar=WEEKDAYS)
    assert (found is not None) == breaks
