"""Payments against instalments, lateness and its fee; standard land's states."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.contracts import arrears, standard_land
from service.contracts.arrears import Booked
from service.contracts.legal import Payment
from service.contracts.standard_land import Consequence, IllegalConsequence, Index
from service.listings.indices import Sense

D, day = Decimal, dt.date.fromisoformat
AGREED = [Payment(day("2022-10-01"), D(60)), Payment(day("2022-12-01"), D(40))]


def settle(*paid: tuple[str, int], today: str = "2022-12-11", rate: str = "1") -> list[tuple[object, ...]]:
    lines = arrears.settle(
        AGREED, [Payment(day(on), D(yuan)) for on, yuan in paid], rate_permille=D(rate), today=day(today)
    )
    return [
        (each.paid_yuan, each.settled_on and str(each.settled_on), each.late_days, each.late_fee_yuan) for each in lines
    ]


@pytest.mark.parametrize(
    ("paid", "lines"),
    [
        ((), [(0, None, 71, D("4.26")), (0, None, 10, D("0.40"))]),
        ((("2022-10-01", 60),), [(60, "2022-10-01", 0, 0), (0, None, 10, D("0.40"))]),
        ((("2022-10-02", 60),), [(60, "2022-10-02", 1, D("0.06")), (0, None, 10, D("0.40"))]),
        ((("2022-09-01", 100),), [(60, "2022-09-01", 0, 0), (40, "2022-09-01", 0, 0)]),
        ((("2022-10-01", 50), ("2022-10-11", 50)), [(60, "2022-10-11", 10, D("0.10")), (40, "2022-10-11", 0, 0)]),
    ],
)
def test_the_day_due_is_in_time_and_each_day_after_it_costs(
    paid: tuple[tuple[str, int], ...], lines: list[tuple[object, ...]]
) -> None:
    assert settle(*paid) == lines


def test_a_reversed_payment_never_was_one() -> None:
    booked = [
        Booked(1, day("2022-10-01"), D(60)),
        Booked(2, day("2022-10-01"), D(-60), 1),
        Booked(3, day("2022-10-02"), D(5)),
    ]
    assert arrears.standing(booked) == [Payment(day("2022-10-02"), D(5))]


amounts = st.decimals(min_value=D("0.01"), max_value=D(1000), places=2)
days = st.dates(dt.date(2022, 1, 1), dt.date(2023, 1, 1))
parts = st.lists(st.builds(Payment, days, amounts), max_size=6)


@given(parts, parts)
def test_no_yuan_is_lost_or_made(agreed: list[Payment], paid: list[Payment]) -> None:
    lines = arrears.settle(agreed, sorted(paid), rate_permille=D(1), today=dt.date(2023, 2, 1))
    due, given_ = arrears.total(agreed), arrears.total(paid)
    assert sum(each.paid_yuan for each in lines) == min(due, given_)
    assert all(0 <= each.paid_yuan <= each.yuan for each in lines)
    assert all((each.settled_on is None) == (each.missing_yuan > 0) for each in lines)
    unsettled = [each.settled_on is None for each in lines]
    assert unsettled == sorted(unsettled)  # in order of due days: nothing later is paid before something earlier
    reached = arrears.full_on(due, sorted(paid)) if agreed else None
    assert (reached is not None) == (bool(agreed) and given_ >= due)


@pytest.mark.parametrize(
    ("sense", "actual", "met"),
    [
        ("at_least", "799.9999", False),
        ("at_least", "800", True),
        ("at_most", "800", True),
        ("at_most", "800.0001", False),
    ],
)
def test_an_index_at_its_bound(sense: Sense, actual: str, met: bool) -> None:  # noqa: FBT001 - expected
    assert standard_land.satisfied(Index("x", sense, D(800)), D(actual)) is met


TAX, FAR = Index("tax", "at_least", D(50), 2024), Index("far", "at_least", D("1.6"))


@pytest.mark.parametrize(
    ("year", "actuals", "verdict"),
    [
        (2023, {}, None),
        (2023, {"far": D("1.6")}, Consequence.met),  # tax is measured from 2024
        (2024, {"far": D("1.6")}, None),
        (2024, {"tax": D(49)}, Consequence.short),
        (2024, {"tax": D(50), "far": D("1.6")}, Consequence.met),
    ],
)
def test_a_year_is_judged_when_its_figures_are_known(
    year: int, actuals: dict[str, Decimal], verdict: Consequence | None
) -> None:
    assert standard_land.judged([TAX, FAR], actuals, year) is verdict


C = Consequence


@pytest.mark.parametrize(
    ("state", "verdict", "can"),
    [
        (None, None, ()),
        (None, C.short, (C.short,)),
        (C.short, C.short, (C.rectifying, C.penalised)),
        (C.short, C.met, (C.met,)),  # a figure was corrected
        (C.rectifying, C.short, (C.rectified, C.penalised)),
        (C.rectified, C.short, (C.released,)),
        (C.penalised, C.short, (C.rectifying, C.released)),
        (C.met, C.met, (C.released,)),
        (C.released, C.met, ()),
    ],
)
def test_what_can_follow(state: Consequence | None, verdict: Consequence | None, can: tuple[Consequence, ...]) -> None:
    assert standard_land.allowed(state, verdict) == can
    for step in Consequence:
        if step in can:
            standard_land.refuse_illegal(state, verdict, step)
        else:
            with pytest.raises(IllegalConsequence):
                standard_land.refuse_illegal(state, verdict, step)
