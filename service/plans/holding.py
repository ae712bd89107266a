"""What commands on plans begin with: the edition locked and in a status that allows it, and what they look up."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import PreconditionFailed
from service.core.spelling import folded
from service.documents import queries as documents
from service.parcels.models import Parcel, code_key
from service.plans import queries, states
from service.plans.models import SupplyPlan
from service.plans.settling import Known, KnownParcel
from service.plans.states import PlanAction, PlanStatus
from service.regions.models import Region
from service.regions.queries import visible_regions


def held(session: Session, actor: Actor, plan_id: int, action: PlanAction, *, version: int) -> SupplyPlan:
    """Lock an edition for an action on it as a whole. Raises NotFound, PreconditionFailed, WrongStatus."""
    plan = queries.plan_by_id(session, actor, plan_id, lock="update")
    if plan.version != version:
        raise PreconditionFailed(
            f"计划已被他人修改（现为第 {plan.version} 次修改），请刷新后重试。",
            f"The plan is at version {plan.version} by now; reload and try again.",
            facts={"version": plan.version, "status": str(plan.status)},
        )
    states.after(PlanStatus(plan.status), action)
    return plan


def touch(plan: SupplyPlan) -> None:
    """Count a change."""
    plan.version += 1


def check_document(session: Session, actor: Actor, plan: SupplyPlan, document_id: int) -> None:
    """Demand a document that everybody who sees the plan may see."""
    documents.refuse_unseen(session, actor, queries.jurisdiction_of(session, plan).code, document_id)


def editable(session: Session, actor: Actor, plan_id: int) -> SupplyPlan:
    """Return a draft whose items may be changed; nobody submits it meanwhile. Raises NotFound, WrongStatus."""
    plan = queries.plan_by_id(session, actor, plan_id, lock="share")
    states.after(PlanStatus(plan.status), PlanAction.edit)
    return plan


def known(session: Session, actor: Actor, plan: SupplyPlan, parcels: Iterable[str]) -> Known:
    """Return the parcels of these codes in the plan's jurisdiction, and every region by code and unambiguous name."""
    wanted = select(
        code_key, Parcel.id, Parcel.code, Parcel.area_m2, Parcel.region_id, Parcel.land_use_scheme,
        Parcel.land_use_code, Parcel.retired_by.is_not(None),
    )  # fmt: skip
    asked = [*{folded(code) for code in parcels}]
    rows = session.execute(wanted.where(code_key.in_(asked), Parcel.jurisdiction_id == plan.jurisdiction_id))
    found = {row[0]: KnownParcel(*row[1:]) for row in rows}
    regions: dict[str, int] = {}
    twice = set()
    for code, name, number in session.execute(
        visible_regions(actor).with_only_columns(Region.code, Region.name, Region.id)
    ):
        twice |= {name} & regions.keys()
        regions |= {code: number, name: number}
    return Known(found, {key: number for key, number in regions.items() if key not in twice})


_DROP = [
    text(f"DELETE FROM {table} WHERE key = ANY (:keys) AND NOT EXISTS (SELECT FROM plan_item WHERE key = {table}.key)")  # noqa: S608 - our own tables
    for table in ("plan_target", "plan_plot")
]


def drop_plots(session: Session, keys: Sequence[uuid.UUID]) -> None:
    """Forget plots that no edition has any more; a published edition keeps its own."""
    for statement in _DROP:
        session.execute(statement, {"keys": list(keys)})
