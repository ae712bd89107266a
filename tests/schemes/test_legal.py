"""Price, term, planning and publicity of a scheme at each boundary of the law."""

import datetime as dt
from decimal import Decimal

import pytest

from service.rules.rule import Severity
from service.schemes import legal
from tests.factories.law import TODAY, days_after, law, only, rule

D = Decimal


@pytest.mark.parametrize(
    ("floor", "breaks"), [("699.99", True), ("700", False), ("700.01", False)]
)  # 69.999 %, 70 % of 1,000
def test_r04_a_floor_is_seventy_percent_of_the_benchmark(floor: str, *, breaks: bool) -> None:
    found = legal.grant_floor(rule("R04"), D(floor), D(1000))
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is Severity.block
    industrial = legal.grant_floor(rule("R04", use="industrial"), D(floor), D(1000))
    assert industrial is None or only(industrial).severity is Severity.warn


PRICES = (840, 720, 600, 480, 384, 336, 288, 252, 204, 168, 144, 120, 96, 84, 60)


@pytest.mark.parametrize(("grade", "least"), list(enumerate(PRICES, 1)))
def test_r05_industrial_land_has_a_lowest_price_by_grade(
    monkeypatch: pytest.MonkeyPatch, grade: int, least: int
) -> None:
    asked = rule("R05", use="industrial")
    monkeypatch.setitem(asked.parameters["grade"].value, "ZDXQ", str(grade))  # type: ignore[arg-type]
    assert legal.industrial_floor(asked, D(least), "ZDXQ") is None
    found = only(legal.industrial_floor(asked, D(least) - D("0.01"), "ZDXQ"))
    assert (found.figures["least_m2"], found.severity) == (least, Severity.warn)
    assert found.verified is False  # the standard has been read, its prices have not


def test_r05_a_jurisdiction_without_a_grade_is_told_so() -> None:
    assert "grade" in only(legal.industrial_floor(rule("R05", use="industrial"), D(1000), "ZDXQ")).satisfied_by.zh


@pytest.mark.parametrize(
    ("use", "longest"), [("residential", 70), ("commercial", 40), ("industrial", 50), ("public", 50), ("special", 50)]
)
def test_r20_each_use_has_a_longest_term(use: str, longest: int) -> None:
    assert legal.term(rule("R20", use=use), use, D(longest)) is None
    found = only(legal.term(rule("R20", use=use), use, D(longest + 1)))
    assert (found.figures["term"], found.severity) == (longest + 1, Severity.block)


def test_r20_a_parcel_with_two_uses_has_two_terms() -> None:
    """A lot of the Zhengzhou notice of 2022: 城镇住宅(地下交通服务场站用地) 70(50)."""
    asked = rule("R20")
    assert [legal.term(asked, use, D(70)) is None for use in ("residential", "transport")] == [True, False]


@pytest.mark.parametrize(
    ("lowest", "inclusive", "breaks"),
    [
        ("1", False, False),
        ("1", True, True),
        ("1.01", True, False),
        ("0.99", False, True),
        ("1.1", False, False),
        (None, True, True),
    ],
)
def test_r31_housing_is_denser_than_one(lowest: str | None, *, inclusive: bool, breaks: bool) -> None:
    found = legal.housing_ratio(rule("R31"), None if lowest is None else D(lowest), inclusive=inclusive)
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is Severity.warn


def test_r45_a_subsidy_linked_to_the_price_is_flagged() -> None:
    assert legal.subsidy(rule("R45"), linked=False) is None
    assert only(legal.subsidy(rule("R45"), linked=True)).severity is Severity.warn


@pytest.mark.parametrize(
    ("price", "benchmark", "breaks"),
    [
        ("899.99", None, True),
        ("900", None, False),  # the costs alone
        ("900", "12", False),  # 70 % of 12 × 100 m² is 840
        ("900", "13", True),  # 910
        ("909.99", "13", True),
        ("910", "13", False),
    ],
)
def test_r46_a_negotiated_price_covers_costs_and_benchmark(price: str, benchmark: str | None, *, breaks: bool) -> None:
    found = legal.negotiated_price(
        rule("R46", "agreement"),
        D(price),
        costs={"new_land_fee": D(300), "compensation": D(500), "taxes": D(100)},
        area_m2=D(100),
        benchmark=None if benchmark is None else D(benchmark),
    )
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is Severity.warn
    assert law("listing").find("R46") is None


@pytest.mark.parametrize(("kind", "days"), [("allocation", 10), ("call", 30), ("result", 15)])
def test_r47_publicity_lasts(kind: legal.Publicity, days: int) -> None:
    asked = rule("R47", "agreement")
    begins = dt.date(2022, 10, 1)
    assert legal.publicity(asked, kind, begins, days_after(begins, days)) is None
    found = only(legal.publicity(asked, kind, begins, days_after(begins, days - 1)))
    assert (found.severity, found.verified) == (Severity.warn, False)
    assert law("allocation", day=TODAY).find("R47") is not None
