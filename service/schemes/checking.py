"""A scheme with everything that is known of it, put before the law (`judging`) and before the house's own demands."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from service.parcels.models import Parcel
from service.rules.finding import Finding
from service.schemes import judging, queries
from service.schemes.completeness import Said
from service.schemes.evidence import EvidenceKind
from service.schemes.judging import Case, Housing, Plot
from service.schemes.methods import Method
from service.schemes.models import SchemeEvidence, SchemeParcel, SupplyScheme

_COSTS = ("new_land_fee_yuan", "compensation_yuan", "taxes_yuan")


def said(session: Session, scheme: SupplyScheme) -> Said:
    """Return what a scheme says, for `completeness`."""
    return Said(
        method=Method(scheme.method),
        parcels=len(queries.parcels_of(session, scheme.id)),
        uses=queries.uses_of(session, scheme.id),
        benchmark=scheme.benchmark_yuan_m2,
        floor=scheme.floor_yuan,
        reserve=scheme.reserve_yuan,
        priced=scheme.price_on is not None,
    )


def findings(session: Session, scheme: SupplyScheme, day: dt.date) -> tuple[Finding, ...]:
    """Return everything that speaks against a scheme by the law of a day."""
    return judging.findings(case_of(session, scheme, day), day)


def case_of(session: Session, scheme: SupplyScheme, day: dt.date) -> Case:
    """Return a scheme as the law sees it."""
    land = queries.parcels_of(session, scheme.id)
    uses = queries.uses_of(session, scheme.id)
    evidence = [row[0] for row in queries.evidence_of(session, scheme.id)]
    relics = queries.may_hold_relics(session, [parcel.id for _, parcel in land])
    given = scheme.conditions_number is not None and scheme.conditions_on is not None
    housing = next((use.share for use in uses if use.use_class == "residential"), None)
    return Case(
        jurisdiction=queries.jurisdiction_of(session, scheme).code,
        method=Method(scheme.method),
        plots=[_plot(link, parcel, evidence, relics.get(parcel.id)) for link, parcel in land],
        terms={use.use_class: use.term_years for use in uses},
        conditions=frozenset(scheme.conditions_items) if given else None,
        benchmark_m2=scheme.benchmark_yuan_m2,
        floor=scheme.floor_yuan,
        subsidy_linked=scheme.subsidy_linked,
        costs={name: value for name in _COSTS if (value := getattr(scheme, name)) is not None},
        housing=None if housing is None else _housing(session, scheme, [parcel for _, parcel in land], housing, day),
    )


def _plot(link: SchemeParcel, parcel: Parcel, evidence: Sequence[SchemeEvidence], relics: bool | None) -> Plot:  # noqa: FBT001 - a fact
    lowest = None if parcel.far is None or parcel.far.lower == 0 else parcel.far.lower
    return Plot(
        code=parcel.code,
        area_m2=parcel.area_m2,
        far=lowest,
        far_inclusive=parcel.far is not None and parcel.far.lower_inc,
        farmland=link.farmland,
        collective=link.collective,
        use_before=link.use_before,
        polluted=link.polluted,
        may_hold_relics=relics,
        shown=frozenset(
            EvidenceKind(each.kind)
            for each in evidence
            if each.document_id is not None and each.parcel_id in {None, parcel.id}
        ),
    )


def _housing(
    session: Session, scheme: SupplyScheme, land: Sequence[Parcel], share: Decimal, day: dt.date
) -> Housing | None:
    if not queries.sells_market_housing(session, [parcel.id for parcel in land]):
        return None
    own = sum((parcel.area_m2 for parcel in land), Decimal(0)) * share
    return Housing(scheme.stock_months, scheme.revived_m2, queries.housing_granted_m2(session, scheme, day) + own)
