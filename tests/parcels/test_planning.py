from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.parcels.planning import FIELDS, Bound, BoundField, ImpossibleBound, to_json, to_range

values = st.none() | st.decimals(0, 100, places=2)
bounds = st.builds(Bound, values, st.booleans(), values, st.booleans())


@given(st.sampled_from(FIELDS), bounds)
def test_what_is_kept_says_what_was_given(field: BoundField, bound: Bound) -> None:
    try:
        kept = to_range(field, bound)
    except ImpossibleBound:
        least = (bound.min or Decimal(0), bound.min_inclusive or bound.min is None)
        most = (Decimal(100) if bound.max is None else bound.max, bound.max_inclusive or bound.max is None)
        assert least[0] > most[0] or (least[0] == most[0] and not (least[1] and most[1])) or bound[::2] == (None, None)
        return
    for value in (Decimal(0), Decimal("0.01"), Decimal(50), Decimal("99.99"), Decimal(100), bound.min, bound.max):
        if value is not None:
            over = bound.min is None or value > bound.min or (value == bound.min and bound.min_inclusive)
            under = bound.max is None or value < bound.max or (value == bound.max and bound.max_inclusive)
            assert kept.contains(value) == (over and under)


@given(st.sampled_from(FIELDS), bounds)
def test_the_wire_form_leads_back_to_the_same_range(field: BoundField, bound: Bound) -> None:
    try:
        kept = to_range(field, bound)
    except ImpossibleBound:
        return
    wire = to_json(field, kept)
    assert wire is not None
    low, high = (None if end is None else Decimal(str(end)) for end in (wire["min"], wire["max"]))
    if low is None and high is None:  # from 0 up to 100 % says nothing
        return
    assert to_range(field, Bound(low, wire["min_inclusive"], high, wire["max_inclusive"])) == kept


@pytest.mark.parametrize(
    ("field", "bound", "complaint"),
    [
        ("far", Bound(), "at least one end"),
        ("far", Bound(Decimal(-1)), "below 0"),
        ("far", Bound(Decimal("NaN")), "below 0"),
        ("density_pct", Bound(max=Decimal(101)), "exceed 100"),
        ("green_pct", Bound(Decimal(100), min_inclusive=False), "no value lies between"),
        ("height_m", Bound(max=Decimal(0), max_inclusive=False), "no value lies between"),
        ("far", Bound(Decimal(2), max=Decimal(1)), "no value lies between"),
        ("far", Bound(Decimal(2), max=Decimal(2), max_inclusive=False), "no value lies between"),
    ],
)
def test_an_impossible_bound_is_refused_at_its_field(field: BoundField, bound: Bound, complaint: str) -> None:
    with pytest.raises(ImpossibleBound, match=complaint) as refused:
        to_range(field, bound)
    assert [error.pointer for error in refused.value.errors] == [f"/planning/{field}"]


def test_no_range_is_null() -> None:
    assert to_json("far", None) is None
