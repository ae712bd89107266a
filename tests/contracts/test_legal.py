"""Contract, price, dates and permits at each boundary of the law."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from service.contracts import legal
from service.contracts.legal import Payment
from service.rules.rule import Severity
from tests.factories.law import TODAY, WEEKDAYS, law, only, rule

D, day = Decimal, dt.date.fromisoformat
SIGNED = dt.date(2022, 1, 31)


@pytest.mark.parametrize(("on", "breaks"), [("2022-11-15", False), ("2022-11-16", True)])
def test_r10_a_contract_is_signed_within_ten_working_days(on: str, *, breaks: bool) -> None:
    sold = dt.date(2022, 11, 1)
    for signed in (day(on), None):
        found = legal.signing(rule("R10"), sold, signed, today=day(on), calendar=WEEKDAYS)
        assert (found is not None) == breaks
        assert found is None or only(found).severity is Severity.block
    assert rule("R10", use="industrial").severity is Severity.warn


@pytest.mark.parametrize(
    ("paid", "today", "breaks"),
    [
        ([], "2022-02-28", False),  # one month after 31 January ends with February
        ([], "2022-03-01", True),
        ([("2022-02-28", "500")], "2022-03-01", False),
        ([("2022-02-28", "499.99")], "2022-03-01", True),
        ([("2022-02-01", "200"), ("2022-02-28", "300")], "2022-03-01", False),
        ([("2022-03-01", "1000")], "2022-03-01", True),
    ],
)
def test_r11_half_of_the_price_is_paid_within_a_month(paid: list[tuple[str, str]], today: str, *, breaks: bool) -> None:
    payments = [Payment(day(on), D(yuan)) for on, yuan in paid]
    found = legal.first_payment(rule("R11"), SIGNED, D(1000), payments, today=day(today), calendar=WEEKDAYS)
    assert (found is not None) == breaks
    assert found is None or only(found).severity is Severity.warn


@pytest.mark.parametrize(
    ("agreed", "broken"),
    [
        ([("2022-02-28", "500"), ("2023-01-31", "500")], []),
        ([("2022-02-28", "499.99"), ("2023-01-31", "500.01")], ["first"]),
        ([("2022-02-28", "500"), ("2023-02-01", "500")], ["signed_on"]),
        ([("2022-02-28", "499"), ("2023-02-01", "501")], ["first", "signed_on"]),
        ([("2023-01-31", "500"), ("2022-02-28", "500")], []),  # in any order
        ([], ["first"]),
    ],
)
def test_r12_instalments_begin_with_half_and_end_within_a_year(
    agreed: list[tuple[str, str]], broken: list[str]
) -> None:
    instalments = [Payment(day(on), D(yuan)) for on, yuan in agreed]
    found = legal.instalments(rule("R12"), SIGNED, D(1000), instalments, calendar=WEEKDAYS)
    assert [next(iter(only(each).figures)) for each in found] == broken


@pytest.mark.parametrize(("paid", "breaks"), [("0", True), ("999.99", True), ("1000", False), ("1000.01", False)])
def test_r14_no_certificate_before_the_last_cent(paid: str, *, breaks: bool) -> None:
    found = legal.certificate(rule("R14"), D(1000), D(paid))
    assert (found is not None) == breaks
    assert found is None or only(found).severity is Severity.block
    assert law("allocation").find("R14") is None


@pytest.mark.parametrize(
    ("kind", "done", "permitted", "breaks"),
    [
        ("deep_pit", "99/100", True, True),
        ("deep_pit", "1", True, False),
        ("piles", "99/100", True, True),
        ("piles", "1", True, False),
        ("other", "33/100", True, True),
        ("other", "1/3", True, False),
        ("other", "1", False, True),
    ],
)
def test_r63_works_start_in_law_with_permit_and_foundation(
    kind: legal.Foundation, done: str, *, permitted: bool, breaks: bool
) -> None:
    found = legal.legal_start(rule("R63"), kind, Fraction(done), permitted=permitted)
    assert (found is not None) == breaks
    assert found is None or (only(found).severity, found.verified) == (Severity.warn, False)


@pytest.mark.parametrize(
    ("to", "earlier", "broken"),
    [
        ("2023-11-15", 0, []),
        ("2023-11-16", 0, ["agreed_on"]),
        ("2022-12-15", 1, ["extensions"]),
        ("2023-11-16", 1, ["extensions", "agreed_on"]),
    ],
)
def test_r70_a_date_is_put_off_once_by_a_year(to: str, earlier: int, broken: list[str]) -> None:
    found = legal.extension(rule("R70"), TODAY, day(to), earlier=earlier, calendar=WEEKDAYS)
    assert [next(iter(only(each).figures)) for each in found] == broken


@pytest.mark.parametrize(
    ("start", "complete", "broken"),
    [
        ("2023-11-15", "2026-11-15", 0),
        ("2023-11-16", "2026-11-15", 1),
        ("2023-11-15", "2026-11-16", 1),
        ("2023-11-16", "2026-11-17", 2),
    ],
)
def test_r71_housing_starts_in_a_year_and_is_built_in_three(start: str, complete: str, broken: int) -> None:
    found = list(legal.housing_dates(rule("R71"), TODAY, day(start), day(complete), calendar=WEEKDAYS))
    assert len([only(each) for each in found]) == broken
    assert all(each.severity is Severity.warn for each in found)
    assert law(use="commercial").find("R71") is None


@pytest.mark.parametrize(
    ("extended_to", "applied", "breaks"),
    [
        (None, "2022-01-31", False),
        (None, "2022-02-01", True),
        ("2022-07-31", "2022-07-31", False),
        ("2022-07-31", "2022-08-01", True),
        ("2022-03-31", "2022-04-01", True),
        ("2022-12-31", "2022-08-01", True),  # an extension of more than six months counts as six
    ],
)
def test_r72_a_planning_permit_lapses_after_a_year(extended_to: str | None, applied: str, *, breaks: bool) -> None:
    issued = dt.date(2021, 1, 31)
    until = None if extended_to is None else day(extended_to)
    for on, today in ((day(applied), TODAY), (None, day(applied))):
        found = legal.planning_permit(
            rule("R72"), issued, extended_to=until, applied_on=on, today=today, calendar=WEEKDAYS
        )
        assert (found is not None) == breaks
        assert found is None or only(found).rule.id
    assert legal.extension_to_be_asked(rule("R72"), issued, WEEKDAYS) == dt.date(2022, 1, 1)
    assert law(jurisdiction="ELSEWHERE").find("R72") is None


@pytest.mark.parametrize(
    ("extensions", "started", "breaks"),
    [
        (0, "2022-02-15", False),
        (0, "2022-02-16", True),
        (1, "2022-05-15", False),
        (1, "2022-05-16", True),
        (2, "2022-08-15", False),
        (2, "2022-08-16", True),
        (3, "2022-08-16", True),  # a third extension counts for nothing
    ],
)
def test_r73_works_start_within_three_months_of_the_permit(extensions: int, started: str, *, breaks: bool) -> None:
    for on, today in ((day(started), TODAY), (None, day(started))):
        found = legal.construction_permit(
            rule("R73"), dt.date(2021, 11, 15), extensions=extensions, started_on=on, today=today, calendar=WEEKDAYS
        )
        assert (found is not None) == breaks
        assert found is None or only(found).rule.id
