"""Monthly targets of a plan's plots, with the day on which each was reached and the change that waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.errors import NotFound
from service.parcels.selection import Moment
from service.plans import queries
from service.plans.models import PlanItem, SupplyPlan
from service.plans.target_models import PlanTarget, PlanTargetChange, PlanTargetDecision
from service.plans.targets import REACHED_BY, TargetKind

_REACHED = " ".join(f"WHEN '{kind}' THEN '{event}'" for kind, event in REACHED_BY.items())
_TARGETS = f"""
    SELECT t.id, t.kind, i.key, p.code AS parcel, coalesce(i.name, p.name) AS name, i.use_class, i.area_m2, p.stage,
        p.hold, t.baseline_month, t.forecast_month, t.fixed_at, t.note, t.version, e.reached_on,
        w.id AS waiting_id, w.to_month AS waiting_month, w.reason AS waiting_reason, w.actor AS waiting_by,
        (SELECT count(*) FROM plan_target_change AS c WHERE c.target_id = t.id) AS changes
    FROM plan_item AS i JOIN plan_target AS t ON t.key = i.key LEFT JOIN parcel AS p ON p.id = i.parcel_id
    LEFT JOIN LATERAL (
        SELECT max(effective_on) AS reached_on FROM parcel_event AS x
        WHERE x.parcel_id = i.parcel_id AND x.kind = CASE t.kind {_REACHED} END
          AND x.effective_on BETWEEN :first AND :until
          AND x.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')) AS e ON true
    LEFT JOIN LATERAL (
        SELECT c.id, c.to_month, c.reason, c.actor FROM plan_target_change AS c
        WHERE c.target_id = t.id AND c.needs_approval
          AND NOT EXISTS (SELECT FROM plan_target_decision AS d WHERE d.change_id = c.id)
        ORDER BY c.id DESC LIMIT 1) AS w ON true
    WHERE i.plan_id = :plan
"""  # noqa: S608 - our own words
_FILTERS: Mapping[str, str] = {
    "kind": "t.kind = ANY (:kind)",
    "month": "t.forecast_month = ANY (CAST(:month AS date[]))",
    "waiting": "(w.id IS NOT NULL) = :waiting",
    "moved": "(t.forecast_month IS DISTINCT FROM t.baseline_month) = :moved",
    "key": "i.key = ANY (CAST(:key AS uuid[]))",
}


def target_rows(
    session: Session, plan: SupplyPlan, filters: Mapping[str, Any], moment: Moment, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return targets of a plan that meet every filter, by id; `reached_on`: the last such event of the year."""
    given = {name: value for name, value in filters.items() if value is not None and value != []}
    conditions = "".join(f" AND {_FILTERS[name]}" for name in given)
    first, last = queries.year_of(plan)
    bound = {"plan": plan.id, "first": first, "until": min(moment.as_of or clock.today(), last)}
    bound |= given | {"known_at": moment.known_at, "after": after or 0, "limit": limit}
    return session.execute(text(f"{_TARGETS}{conditions} AND t.id > :after ORDER BY t.id LIMIT :limit"), bound).all()


def target_for_update(session: Session, plan: SupplyPlan, target_id: int) -> PlanTarget:
    """Return a target of one of the plan's plots, locked until the transaction ends. Raises NotFound."""
    wanted = (
        select(PlanTarget)
        .join(PlanItem, PlanItem.key == PlanTarget.key)
        .where(PlanItem.plan_id == plan.id, PlanTarget.id == target_id)
        .with_for_update(of=PlanTarget)
    )
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"计划中没有目标 {target_id}。", f"The plan has no target {target_id}.")
    return found


def waiting_change(session: Session, target_id: int) -> PlanTargetChange | None:
    """Return the change of a target that waits for an approver."""
    decided = select(PlanTargetDecision.change_id).where(PlanTargetDecision.change_id == PlanTargetChange.id)
    return session.scalar(
        select(PlanTargetChange)
        .where(PlanTargetChange.target_id == target_id, PlanTargetChange.needs_approval, ~decided.exists())
        .order_by(PlanTargetChange.id.desc())
        .limit(1)
    )


def changes_of(
    session: Session, actor: Actor, plan_id: int, target_id: int
) -> Sequence[Row[PlanTargetChange, PlanTargetDecision | None]]:
    """Return every change of a target with its decision, the newest first. Raises NotFound."""
    plan = queries.plan_by_id(session, actor, plan_id)
    wanted = (
        select(PlanTargetChange, PlanTargetDecision)
        .join(PlanTarget, PlanTarget.id == PlanTargetChange.target_id)
        .join(PlanItem, PlanItem.key == PlanTarget.key)
        .outerjoin(PlanTargetDecision, PlanTargetDecision.change_id == PlanTargetChange.id)
        .where(PlanItem.plan_id == plan.id, PlanTarget.id == target_id)
    )
    return session.execute(wanted.order_by(PlanTargetChange.id.desc())).all()


def published(session: Session, key: object) -> bool:
    """Whether a plot stands or stood in a published edition."""
    wanted = (
        select(PlanItem.id)
        .join(SupplyPlan, SupplyPlan.id == PlanItem.plan_id)
        .where(PlanItem.key == key, SupplyPlan.published_on.is_not(None))
    )
    return session.scalar(wanted.limit(1)) is not None


def target_of(session: Session, key: object, kind: TargetKind) -> PlanTarget | None:
    """Return the target of a plot and kind, locked."""
    wanted = select(PlanTarget).where(PlanTarget.key == key, PlanTarget.kind == kind).with_for_update()
    return session.scalar(wanted)
