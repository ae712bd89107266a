"""Annual plans and housing plots at each boundary of the law."""

import datetime as dt
from decimal import Decimal

import pytest

from service.plans import legal
from service.rules.rule import Severity
from tests.factories.law import TODAY, law, only, rule

D = Decimal
IN_2010, IN_2024 = dt.date(2010, 6, 1), dt.date(2024, 6, 1)


@pytest.mark.parametrize(
    ("city_class", "area_ha", "breaks"),
    [
        *(("small", "6.99", False), ("small", "7", False), ("small", "7.01", True)),
        *(("medium", "14", False), ("medium", "14.01", True)),
        *(("large", "20", False), ("large", "20.01", True)),
    ],
)
@pytest.mark.parametrize(("day", "severity"), [(IN_2010, Severity.block), (TODAY, Severity.warn)])
def test_r30_one_housing_grant_has_a_largest_area(
    monkeypatch: pytest.MonkeyPatch, city_class: str, area_ha: str, day: dt.date, severity: Severity, *, breaks: bool
) -> None:
    asked = rule("R30", day=day)
    classes = asked.parameters["city_class"].value
    monkeypatch.setitem(classes, "ZDXQ", city_class)  # type: ignore[arg-type]
    found = legal.grant_area(asked, D(area_ha), "ZDXQ")
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is severity  # the cap of 2012 has not been read
        assert found.verified is (day == IN_2010)


def test_r30_a_jurisdiction_without_a_class_is_told_so_and_not_refused() -> None:
    found = only(legal.grant_area(rule("R30", day=IN_2010), D(1), "ELSEWHERE"))
    assert found.severity is Severity.warn
    assert "city_class" in found.satisfied_by.zh


def test_r30_is_about_housing_only() -> None:
    assert law(use="industrial").find("R30") is None


@pytest.mark.parametrize(
    ("months", "new", "revived", "breaks"),
    [
        ("18", "1000", "0", False),
        ("18.01", "1000", "999.99", True),
        ("18.01", "1000", "1000", False),
        ("36", "1000", "1000", False),
        ("36.01", "1000", "1000", True),
        ("36.01", "0", "0", False),
    ],
)
def test_r32_unsold_housing_limits_new_grants(months: str, new: str, revived: str, *, breaks: bool) -> None:
    asked = rule("R32", day=IN_2024)
    found = legal.housing_stock(asked, D(months), new_m2=D(new), revived_m2=D(revived))
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is Severity.warn


def test_r32_begins_with_the_notice_of_2024() -> None:
    assert law(day=dt.date(2024, 4, 28)).find("R32") is None
    assert law(day=dt.date(2024, 4, 29)).find("R32") is not None


@pytest.mark.parametrize(("day", "breaks"), [("2022-03-31", False), ("2022-04-01", True)])
def test_r34_a_plan_is_out_by_the_end_of_march(day: str, *, breaks: bool) -> None:
    on = dt.date.fromisoformat(day)
    asked = rule("R34")
    for published in (on, None):
        found = legal.publication(asked, 2022, published, on)
        assert (found is not None) == breaks
        if found:
            assert only(found).severity is Severity.warn
    assert legal.compilation_begins(asked, 2023) == dt.date(2022, 10, 1)


@pytest.mark.parametrize(
    ("day", "year"), [("2021-12-31", 2021), ("2022-01-01", 2022), ("2022-12-31", 2022), ("2023-01-01", 2023)]
)
def test_r35_supply_counts_in_the_year_of_its_contract(day: str, year: int) -> None:
    on = dt.date.fromisoformat(day)
    assert legal.plan_year(rule("R35"), on) == year
    found = legal.counted_in_year(rule("R35"), 2022, on)
    assert (found is None) == (year == 2022)
    if found:
        assert only(found).verified is False
