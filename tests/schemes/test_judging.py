"""Every rule that a scheme is put before, at its boundary, by the facts of the scheme."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.parcels.lifecycle import Stage
from service.rules.rule import Severity
from service.schemes import queries
from service.schemes.checking import case_of
from service.schemes.evidence import CLEAN_LAND, CONDITION_ITEMS, EvidenceKind
from service.schemes.judging import Case, Housing, Plot, findings
from service.schemes.methods import Method
from service.schemes.uses import Component, shares
from tests.factories.law import TODAY
from tests.factories.parcels import make_parcel
from tests.factories.schemes import complete, make_document, make_scheme

D = Decimal
E = EvidenceKind
PLOT = Plot(
    "Z-1", D(10_000), D("1.1"), far_inclusive=False, farmland=False, collective=False, use_before="commercial",
    polluted=False, may_hold_relics=False, shown=CLEAN_LAND,
)  # fmt: skip
SHOPS = Case("ZDXQ", Method.listing, [PLOT], {"commercial": D(40)}, CONDITION_ITEMS, D(3000), D(21_000_000),
             subsidy_linked=False)  # fmt: skip


def case(**change: Any) -> Case:  # noqa: ANN401 - any member
    return replace(SHOPS, **change)


def plot(**change: Any) -> Case:  # noqa: ANN401 - any member
    return case(plots=[replace(PLOT, **change)])


def homes(**change: Any) -> Case:  # noqa: ANN401 - any member
    return case(**({"terms": {"residential": D(70)}, "plots": [replace(PLOT, use_before="residential")]} | change))


def told(one: Case, day: dt.date = TODAY) -> dict[str, Severity]:
    return {each.rule.id: each.severity for each in findings(one, day)}


BLOCK, WARN = Severity.block, Severity.warn
IN_2024 = dt.date(2024, 5, 1)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (SHOPS, {}),
        # R04: 70 % of the benchmark is 2,100 yuan/m²; the law's word for real estate, practice for the rest.
        (case(floor=D("20999999.99")), {"R04": BLOCK}),
        (case(floor=D(20_999_900), terms={"transport": D(50)}), {"R04": WARN}),
        (case(floor=D(20_999_900), terms={"transport": D(50), "commercial": D(40)}), {"R04": BLOCK}),
        (case(benchmark_m2=None), {}),
        # R05: no grade of the jurisdiction is on record.
        (case(terms={"industrial": D(50)}), {"R05": WARN}),
        # R20: for each use.
        (case(terms={"commercial": D("40.1")}), {"R20": BLOCK}),
        (case(method=Method.allocation, terms={"commercial": D(90)}, floor=None), {}),
        # R31: a ratio of 1 and more is not above 1.
        (homes(), {}),
        (homes(plots=[replace(PLOT, use_before="residential", far=D(1), far_inclusive=True)]), {"R31": WARN}),
        (homes(plots=[replace(PLOT, use_before="residential", far=None)]), {"R31": WARN}),
        # R30: 20 ha in a large city, for market housing.
        (homes(plots=[replace(PLOT, use_before="residential", area_m2=D(200_000))], floor=D(420_000_000),
               housing=Housing(None, None, D(200_000))), {}),
        (homes(plots=[replace(PLOT, use_before="residential", area_m2=D(200_001))], floor=D(420_010_000),
               housing=Housing(None, None, D(200_001))), {"R30": WARN}),
        (homes(plots=[replace(PLOT, use_before="residential", area_m2=D(200_001))], floor=D(420_010_000)), {}),
        # R40: five conditions, each by a document.
        (plot(shown=CLEAN_LAND - {E.clear_title}), {"R40": WARN}),
        # R41: issued, and stating everything; not asked of an allocation.
        (case(conditions=None), {"R41": BLOCK}),
        (case(conditions=CONDITION_ITEMS - {"setbacks"}), {"R41": BLOCK}),
        (case(conditions=None, method=Method.allocation), {}),
        # R42: known to hold relics it blocks, not known it tells.
        (plot(may_hold_relics=True), {"R42": BLOCK}),
        (plot(may_hold_relics=None), {"R42": WARN}),
        (plot(may_hold_relics=True, shown=CLEAN_LAND | {E.archaeology}), {}),
        # R43: a change to a sensitive use, surveyed and reviewed.
        (homes(plots=[PLOT]), {"R43": BLOCK}),
        (homes(plots=[replace(PLOT, use_before=None)]), {"R43": BLOCK}),
        (homes(plots=[replace(PLOT, shown=CLEAN_LAND | {E.soil_survey})]), {"R43": BLOCK}),
        (homes(plots=[replace(PLOT, shown=CLEAN_LAND | {E.soil_survey, E.soil_review})]), {}),
        (homes(plots=[replace(PLOT, use_before="residential", polluted=True)]), {"R43": BLOCK}),
        (plot(polluted=True), {}),
        # R44: converted and expropriated.
        (plot(farmland=True), {"R44": BLOCK}),
        (plot(farmland=True, collective=True, shown=CLEAN_LAND | {E.conversion}), {"R44": BLOCK}),
        (plot(farmland=True, collective=True, shown=CLEAN_LAND | {E.conversion, E.expropriation}), {}),
        # R45
        (case(subsidy_linked=True), {"R45": WARN}),
        # R46: an agreement covers its costs and 70 % of the benchmark.
        (case(method=Method.agreement), {}),
        (case(method=Method.agreement, floor=D("20999999.99")), {"R46": WARN}),
        (case(method=Method.agreement, costs={"a": D(21_000_000), "b": D("0.01")}), {"R46": WARN}),
        (case(method=Method.agreement, benchmark_m2=None, floor=D(5), costs={"a": D(5)}), {}),
    ],
)  # fmt: skip
def test_each_rule_at_its_boundary(one: Case, expected: dict[str, Severity]) -> None:
    assert told(one) == expected


@pytest.mark.parametrize(
    ("months", "granted", "expected"),
    [(D(18), 9999, {}), (D("18.1"), 100, {}), (D("18.1"), 101, {"R32": WARN}), (D("36.1"), 1, {"R32": WARN}),
     (None, 1, {"R32": WARN})],
)  # fmt: skip
def test_r32_unsold_housing(months: Decimal | None, granted: int, expected: dict[str, Severity]) -> None:
    assert told(homes(housing=Housing(months, D(100), D(granted))), IN_2024) == expected


def test_hard_stops_are_hard() -> None:
    found = findings(
        homes(plots=[replace(PLOT, farmland=True, may_hold_relics=True)], conditions=None, floor=D(1)), TODAY
    )
    assert {each.rule.id for each in found if each.hard} == {"R41", "R42", "R43", "R44"}
    assert [each.rule.id for each in found if each.severity is BLOCK and not each.hard] == ["R04"]


def test_of_several_parcels_a_finding_names_its_own() -> None:
    found = findings(case(plots=[PLOT, replace(PLOT, code="Z-2", farmland=True)], floor=D(42_000_000)), TODAY)
    (finding,) = found
    assert finding.message.zh.startswith("Z-2:")
    assert finding.message.en.startswith("Z-2: ")


components = st.lists(
    st.builds(
        Component, st.sampled_from(["commercial", "residential", "public"]), st.decimals("0.01", 10**6, places=2)
    ),
    max_size=12,
)


@given(components)
def test_shares_are_exact(given_: list[Component]) -> None:
    found = shares(given_)
    assert sum((use.share for use in found), D(0)) == (1 if given_ else 0)
    assert all(0 < use.share <= 1 for use in found)


def test_the_facts_come_from_the_scheme(session: Session, planner: Actor) -> None:
    bounds = {"far": {"min": 1.1, "min_inclusive": False, "max": 1.8}}
    parcel = make_parcel(session, stage=Stage.cleared, land_uses=[{"code": "070102"}], planning=bounds)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel], stock_months=D(20), revived_m2=D(5))
    document = make_document(session, scheme)
    for kind, shown in (("archaeology", document), ("soil_survey", None)):
        session.execute(
            text(
                "INSERT INTO scheme_evidence (scheme_id, kind, issued_on, document_id)"
                " VALUES (:s, :k, '2022-01-01', :d)"
            ),
            {"s": scheme.id, "k": kind, "d": shown},
        )
    known = case_of(session, scheme, TODAY)
    (only,) = known.plots
    assert (only.far, only.far_inclusive, only.use_before) == (D("1.1"), False, "residential")
    assert only.shown == {E.archaeology}  # a document to follow shows nothing
    assert (only.may_hold_relics, known.conditions) == (None, CONDITION_ITEMS)
    assert known.housing == Housing(D(20), D(5), parcel.area_m2)


@pytest.mark.parametrize(
    ("layer", "result", "shape", "expected"),
    [(True, True, True, True), (True, False, True, False), (True, True, False, None), (False, False, True, None)],
)
def test_relics_are_known_by_the_layers(
    session: Session, planner: Actor, *, layer: bool, result: bool, shape: bool, expected: bool | None
) -> None:
    parcel = make_parcel(session)
    if layer:
        session.execute(
            text(
                "INSERT INTO document (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256,"
                " uploaded_by) VALUES ('parcel', 'X', 'x', 'x', 'application/pdf', 1, repeat('0', 64), 'x');"
            )
        )
        session.execute(
            text(
                "INSERT INTO control_layer (id, jurisdiction_id, type, name, version, source, dated_on, document_id,"
                " import_id, imported_by, features) OVERRIDING SYSTEM VALUE"
                " SELECT 77, :j, 'buried_relics', 'x', 1, 'x', '2022-01-01', max(id), 1, 'x', 1 FROM document"
            ),
            {"j": parcel.jurisdiction_id},
        )
    seen = "md5(ST_AsBinary(geom))::uuid" if shape else "md5('other')::uuid"
    session.execute(
        text(
            f"INSERT INTO overlay_check (parcel_id, shape, layers, computed_by) SELECT id, {seen}, :layers, 'x'"
            " FROM parcel WHERE id = :id"
        ),
        {"id": parcel.id, "layers": [77] if layer else []},
    )
    if result:
        session.execute(
            text(
                "INSERT INTO overlay_result (parcel_id, layer_id, rule, inside, area_m2, share, features, geom)"
                " SELECT id, 77, 'needs_procedure', true, 1, 0.1, '[]', geom FROM parcel WHERE id = :id"
            ),
            {"id": parcel.id},
        )
    assert queries.may_hold_relics(session, [parcel.id]).get(parcel.id) is expected
