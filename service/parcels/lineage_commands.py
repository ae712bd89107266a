"""Splitting and merging parcels (分割、合并): the old ones end, new ones begin, in one transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.audit.actions import Action
from service.audit.record import record
from service.core.errors import Conflict
from service.geo.crs import CGCS2000
from service.parcels import following, lifecycle, lineage, lineage_queries, queries
from service.parcels.commands import refuse_stale, touch
from service.parcels.governing import refuse_held
from service.parcels.lifecycle import EventKind, Hold, Idle, Stage, State
from service.parcels.lineage import Finding, OperationKind
from service.parcels.lineage_models import LineageOperation
from service.parcels.lineage_plans import Part, Plan, plan_merge, plan_split
from service.parcels.lineage_schemas import LineageFinding, MergeOrder, SplitOrder, UndoOrder
from service.parcels.models import Parcel, ParcelEvent, ParcelLandUse
from service.parcels.survey_models import ParcelSurvey
from service.regions import queries as regions

_ACTIONS = {OperationKind.SPLIT: Action.PARCEL_SPLIT, OperationKind.MERGE: Action.PARCEL_MERGED}


class LineageRefused(Conflict):
    """A split or merge that a finding blocks; `findings` are all of them."""

    code, title_zh, title_en = "lineage-refused", "不能分割或合并", "Not possible to split or merge"


class Done(NamedTuple):
    """What an operation did."""

    operation: LineageOperation
    plan: Plan


def split_parcel(session: Session, actor: Actor, number: str, order: SplitOrder, *, version: int) -> Done:
    """Split a parcel along a line or into parts: it ends, and its parts begin in its state.

    The shapes are overlaid before the parcel is locked; whoever changed it meanwhile has changed its version.

    Raises:
        LineageRefused: a finding blocks it.
        HeldElsewhere: a scheme, lot or contract holds the land.
        Invalid: no such document. And what `plan_split` raises.

    """
    plan = plan_split(session, actor, number, order, version=version)
    return _carry_out(session, actor, plan, order, {plan.old[0].code: version})


def merge_parcels(session: Session, actor: Actor, order: MergeOrder) -> Done:
    """Merge parcels into one: they end, and it begins in their state.

    Raises:
        LineageRefused: a finding blocks it.
        HeldElsewhere: a scheme, lot or contract holds the land.
        Invalid: no such document. And what `plan_merge` raises.

    """
    return _carry_out(session, actor, plan_merge(session, actor, order), order, order.versions)


def describe(findings: Sequence[Finding]) -> list[LineageFinding]:
    """Write findings as they are given out."""
    return [
        LineageFinding(
            code=found.code,
            severity=found.severity,
            waiver=found.waiver,
            message=found.zh,
            message_en=found.en,
            figures=dict(found.figures),
        )
        for found in findings
    ]


def _carry_out(
    session: Session, actor: Actor, plan: Plan, order: SplitOrder | MergeOrder, versions: dict[str, int]
) -> Done:
    lineage_queries.lock(session, plan.old)
    for parcel in plan.old:
        queries.refuse_retired(session, parcel)
        refuse_stale(parcel, versions[parcel.code])
    refuse_held(session, plan.old)
    if order.document_id is not None:
        queries.check_document(session, actor, plan.old[0], order.document_id)
    refuse_blocked(actor, plan.findings, order)
    told = order.model_dump(include={"effective_on", "document_id", "note", "override_reason"})
    operation = LineageOperation(kind=plan.kind, actor=actor.label, **told)
    session.add(operation)
    session.flush()
    for parcel in plan.old:
        parcel.retired_by = operation.id
        touch(parcel)
    begun = _begin(session, actor, plan, operation)
    following.follow(session, actor, following.Change(operation, plan.old, begun))
    new = [part.code for part in plan.parts]
    for parcel in plan.old:
        record(
            session, _ACTIONS[plan.kind], "parcel", parcel.code, after={"operation": operation.id, "new": new, **told}
        )
    return Done(operation, plan)


def refuse_blocked(actor: Actor, findings: Sequence[Finding], order: SplitOrder | MergeOrder | UndoOrder) -> None:
    """Refuse what a finding blocks that nothing sets aside. Raises LineageRefused."""
    blocking = lineage.standing(
        findings,
        reason=order.override_reason,
        is_approver=Permission.PARCEL_OVERRIDE in actor.permissions,
        has_document=order.document_id is not None,
    )
    if blocking:
        raise LineageRefused(
            "；".join(found.zh for found in blocking) + "。",
            "; ".join(found.en for found in blocking) + ".",
            facts={"findings": [each.model_dump(mode="json") for each in describe(findings)]},
        )


def _begin(session: Session, actor: Actor, plan: Plan, operation: LineageOperation) -> list[Parcel]:
    """Register the new parcels, each with the event that begins it and the survey it came with."""
    state = State(Stage(plan.old[0].stage), Hold(plan.old[0].hold), Idle(plan.old[0].idle))
    effect = lifecycle.advance(None, EventKind.derive, delivered=state)
    inside = [part.shape.representative_point() for part in plan.parts]
    places = regions.placements(session, [point.x for point in inside], [point.y for point in inside])
    new = [_parcel(plan, part, place, state, operation) for part, place in zip(plan.parts, places, strict=True)]
    session.add_all(new)
    session.flush()
    for parcel, part in zip(new, plan.parts, strict=True):
        begun = {"kind": EventKind.derive, "effective_on": operation.effective_on, "actor": actor.label}
        session.add(ParcelEvent(parcel_id=parcel.id, **begun, **effect._asdict()))
        session.add_all(ParcelLandUse(parcel_id=parcel.id, **use) for use in plan.traits.get("land_uses", ()))
        if part.delivered is not None:
            session.add(_survey(parcel, part.delivered, operation.document_id))
    session.flush()
    for parcel in new:
        after = {"operation": operation.id, "of": [each.code for each in plan.old], **state._asdict()}
        record(session, Action.PARCEL_REGISTERED, "parcel", parcel.code, after=after)
    return new


def _parcel(plan: Plan, part: Part, place: regions.Placement, state: State, operation: LineageOperation) -> Parcel:
    traits: dict[str, Any] = {name: value for name, value in plan.traits.items() if name != "land_uses"}
    region_id = traits.pop("region_id")
    return Parcel(
        **traits | ({"name": part.name} if part.name else {}),
        code=part.code,
        jurisdiction_id=plan.old[0].jurisdiction_id,
        county_code=place.county_code,
        region_id=region_id or place.region_id,
        region_overridden=region_id is not None,
        geom=from_shape(part.shape, srid=CGCS2000),
        area_legal_m2=part.legal,
        area_plane_m2=part.plane,
        area_ellipsoid_m2=part.ellipsoid,
        stage_since=operation.effective_on,
        made_by=operation.id,
        **state._asdict(),
    )


def _survey(parcel: Parcel, delivered: Any, document_id: int | None) -> ParcelSurvey:  # noqa: ANN401 - see Part
    return ParcelSurvey(
        parcel_id=parcel.id,
        source_crs=delivered.crs,
        geometry=shapely.to_wkb(delivered.shape, byte_order=1),
        document_id=document_id,
    )
