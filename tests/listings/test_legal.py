"""Notices, lots and the end of a round at each boundary of the law."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from service.listings import legal
from service.rules.rule import Severity
from tests.factories.law import TODAY, WEEKDAYS, days_after, law, only, rule

D = Decimal
NOTICE = dt.date(2022, 11, 1)
GOOD = legal.Lot(
    notice_on=NOTICE,
    begins_on=dt.date(2022, 11, 21),
    ends_on=dt.date(2022, 12, 1),
    floor=D(10_000_000),
    start_price=D(10_000_000),
    increment=D(100_000),
    deposit=D(2_000_000),
    ceiling=D(11_500_000),
)


@pytest.mark.parametrize(("days", "breaks"), [(0, True), (19, True), (20, False), (21, False)])
@pytest.mark.parametrize("method", ["listing", "auction", "tender"])
def test_r01_a_notice_stands_twenty_days(method: str, days: int, *, breaks: bool) -> None:
    found = legal.notice_period(rule("R01", method), NOTICE, days_after(NOTICE, days))
    assert (found is not None) == breaks
    if found:
        assert only(found).figures["days"] == days
        assert "2022-11-21" in found.satisfied_by.zh
        # Only the notice of auctions and listings has been read somewhere; for a tender the rule just tells.
        assert found.severity is (Severity.warn if method == "tender" else Severity.block)
        assert found.verified is (method != "tender")


@pytest.mark.parametrize(("days", "breaks"), [(9, True), (10, False), (11, False)])
def test_r02_a_listing_is_open_ten_days(days: int, *, breaks: bool) -> None:
    found = legal.listing_period(rule("R02"), NOTICE, days_after(NOTICE, days))
    assert (found is not None) == breaks
    assert law("auction").find("R02") is None


@pytest.mark.parametrize(
    ("floor", "deposit", "breaks"),
    [
        ("10000000", "1999999.99", True),  # 19.99… %
        ("10000000", "2000000", False),
        ("10000000", "2000000.01", False),
        ("33.33", "6.66", True),  # a fifth is 6.666: rounded up to the cent
        ("33.33", "6.67", False),
        # Three lots of the Zhengzhou notice of 2022, in 10,000 yuan: 20.0 % each.
        ("16045", "3209", False),
        ("63048", "12610", False),
        ("220770", "44154", False),
    ],
)
def test_r03_a_deposit_is_a_fifth_of_the_floor(floor: str, deposit: str, *, breaks: bool) -> None:
    found = legal.deposit(rule("R03"), D(deposit), floor=D(floor))
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is Severity.block


def test_r16_notice_34_binds_real_estate_and_is_practice_elsewhere() -> None:
    for use in ("residential", "commercial"):
        assert rule("R03", use=use).severity is Severity.block
    for use in ("industrial", "public", "transport", "water", "special"):
        found = only(legal.deposit(rule("R03", use=use), D(1), floor=D(100)))
        assert (found.severity, found.verified) == (Severity.warn, False)
        assert "未核实" in found.rule.cited()


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({}, set()),
        ({"start_price": D("9999999.99")}, {"start_price"}),
        ({"increment": D("0.01")}, set()),
        ({"increment": D(0)}, {"increment"}),
        ({"ceiling": D(10_000_000)}, {"ceiling"}),
        ({"ceiling": D("10000000.01")}, set()),
        ({"ceiling": None}, set()),
    ],
)
def test_r06_prices_fit_each_other(change: dict[str, Decimal | None], broken: set[str]) -> None:
    found = [only(each) for each in legal.prices(rule("R06"), replace(GOOD, **change))]  # type: ignore[arg-type]
    assert {next(iter(each.figures)) for each in found} == broken


@pytest.mark.parametrize(
    ("shares", "breaks"),
    [(["1"], False), (["0.4", "0.6"], False), (["0.4", "0.59"], True), (["0.5", "0.51"], True), ([], True)],
)
def test_r07_joint_bidders_hold_the_whole(shares: list[str], *, breaks: bool) -> None:
    assert bool(list(legal.bid(rule("R07"), list(map(D, shares)), own_funds=True))) == breaks


def test_r07_a_deposit_comes_from_own_funds() -> None:
    found = only(legal.bid(rule("R07"), [D(1)], own_funds=False))
    assert ("自有资金" in found.message.zh, found.severity) == (True, Severity.warn)
    assert only(legal.bid(rule("R07"), [D("0.5")], own_funds=True)).severity is Severity.block


ENDED = dt.date(2022, 11, 1)  # a Tuesday


@pytest.mark.parametrize(("day", "breaks"), [("2022-11-15", False), ("2022-11-16", True)])
def test_r15_the_result_is_out_within_ten_working_days(day: str, *, breaks: bool) -> None:
    on = dt.date.fromisoformat(day)
    done = legal.publication(rule("R15"), ENDED, on, today=on, calendar=WEEKDAYS)
    waiting = legal.publication(rule("R15"), ENDED, None, today=on, calendar=WEEKDAYS)
    assert (done is not None) == (waiting is not None) == breaks
    assert legal.publication_due(rule("R15"), ENDED, WEEKDAYS).day == dt.date(2022, 11, 15)


@pytest.mark.parametrize(("day", "breaks"), [("2022-11-08", False), ("2022-11-09", True)])
def test_r15_losers_have_their_deposits_within_five_working_days(day: str, *, breaks: bool) -> None:
    on = dt.date.fromisoformat(day)
    found = legal.refund(rule("R15"), ENDED, on, today=TODAY, calendar=WEEKDAYS)
    assert (found is not None) == breaks
    if found:
        assert only(found).severity is Severity.warn  # what is late has to be recorded all the same


def test_a_lot_is_asked_everything_at_once() -> None:
    assert legal.lot_findings(law(), GOOD) == ()
    bad = replace(GOOD, begins_on=days_after(NOTICE, 19), deposit=D(1), increment=D(0), ends_on=days_after(NOTICE, 20))
    assert [each.rule.id for each in legal.lot_findings(law(), bad)] == ["R01", "R02", "R03", "R06"]
    # An auction is one session: it has no listing period.
    assert legal.lot_findings(law("auction"), replace(GOOD, ends_on=None)) == ()
    # Nothing is asked of an allocation.
    assert legal.lot_findings(law("allocation"), bad) == ()
