"""The rules of splitting and merging, by themselves."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.parcels import lifecycle, lineage
from service.parcels.lifecycle import Hold, Idle, Stage, State
from service.parcels.lineage import Finding, OperationKind

REASONED = {"reason": "经批准", "is_approver": True, "has_document": True}


def codes(found: list[Finding]) -> list[str]:
    return [each.code for each in found]


def test_every_stage_is_free_or_somebody_is_concerned() -> None:
    assert lineage.FREE_STAGES | lineage.CONCERNED.keys() == set(Stage)
    assert not lineage.FREE_STAGES & lineage.CONCERNED.keys()


@pytest.mark.parametrize("stage", Stage)
def test_what_concerns_others_needs_an_approver_a_reason_and_a_document(stage: Stage) -> None:
    found = lineage.stage_findings({"A": State(stage)})
    if stage in lineage.FREE_STAGES:
        assert not lineage.standing(found, reason=None, is_approver=False, has_document=False)
        return
    assert lineage.standing(found, **REASONED) == []  # type: ignore[arg-type]
    for missing in ({"reason": None}, {"reason": ""}, {"is_approver": False}, {"has_document": False}):
        assert codes(lineage.standing(found, **REASONED | missing)) == ["third-parties"]  # type: ignore[arg-type]


STATES = [state for parts in itertools.product(Stage, Hold, Idle) if lifecycle.is_possible(state := State(*parts))]


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_only_equal_states_are_merged_and_no_reason_helps(first: State, second: State) -> None:
    found = lineage.stage_findings({"A": first, "B": second})
    left = lineage.standing(found, **REASONED)  # type: ignore[arg-type]
    assert codes(left) == ([] if first == second else ["states-differ"])


@pytest.mark.parametrize("state", STATES, ids="-".join)
def test_every_possible_state_can_be_handed_on(state: State) -> None:
    effect = lifecycle.advance(None, lifecycle.EventKind.derive, delivered=state)
    assert effect.on(None) == state


AREAS = st.floats(0.01, 1e7)


@given(AREAS, AREAS)
def test_areas_balance_within_the_tolerance_of_a_legal_area(before: float, after: float) -> None:
    is_off = abs(before - after) > max(1.0, 0.0005 * before)
    assert codes(lineage.balance_findings(before, after)) == ["area-balance"] * is_off


@given(AREAS, st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1e4))
def test_gap_overlap_and_excess_are_each_judged(old: float, gap: float, overlap: float, outside: float) -> None:
    found = lineage.cover_findings(old, gap_m2=gap, overlap_m2=overlap, outside_m2=outside)
    figures = {"parts-gap": gap, "parts-overlap": overlap, "parts-outside": outside}
    blocking = [each.code for each in found if each.severity == "block"]
    assert blocking == [code for code, area in figures.items() if area > lineage.tolerance_m2(old)]
    assert lineage.standing(found, **REASONED) == [each for each in found if each.severity == "block"]  # type: ignore[arg-type]


def test_legal_areas_are_compared_where_all_are_known() -> None:
    plane = {"A-1": 40.0, "A-2": 60.0}
    given_all: dict[str, Decimal | None] = {"A-1": Decimal(40), "A-2": Decimal(60)}
    assert lineage.legal_findings([Decimal(100)], given_all, plane) == []
    assert codes(lineage.legal_findings([Decimal(105)], given_all, plane)) == ["legal-area-balance"]
    assert lineage.legal_findings([None], given_all, plane) == []
    assert codes(lineage.legal_findings([None], {**given_all, "A-2": Decimal(70)}, plane)) == ["legal-area-differs"]
    assert lineage.legal_findings([None], {"A-1": None, "A-2": None}, plane) == []


def test_the_newest_event_of_each_old_parcel_bounds_the_day() -> None:
    newest = {"A": dt.date(2022, 5, 1), "B": dt.date(2022, 7, 1)}
    assert lineage.date_findings(dt.date(2022, 7, 1), newest) == []
    assert [each.figures["code"] for each in lineage.date_findings(dt.date(2022, 6, 1), newest)] == ["B"]


@given(st.integers(1, 30), st.sets(st.integers(1, 40).map(lambda n: f"A-{n}")))
def test_issued_codes_are_new_and_rise(number: int, taken: set[str]) -> None:
    issued = lineage.issue_codes(OperationKind.SPLIT, "A", number, taken)
    assert len(set(issued)) == number
    assert not set(issued) & taken
    assert issued == sorted(issued, key=lambda code: int(code[2:]))
    assert lineage.issue_codes(OperationKind.MERGE, "A", 1, taken) == ["A-M1"]
