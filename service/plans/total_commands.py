"""What enters the totals that a plan's document prints."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.core.errors import FieldError, Invalid
from service.plans import queries
from service.plans.changes import TotalsDeclared
from service.plans.classes import Dimension, is_member
from service.plans.holding import held, touch
from service.plans.models import PlanDeclaredTotal, SupplyPlan
from service.plans.states import PlanAction


def declare_totals(
    session: Session, actor: Actor, plan_id: int, declared: TotalsDeclared, *, version: int
) -> SupplyPlan:
    """Enter the areas that the plan's document prints, in place of those entered before.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        Invalid: a member that its dimension doesn't have, or one given twice.

    """
    plan = held(session, actor, plan_id, PlanAction.edit, version=version)
    districts = queries.district_names(session)
    errors, totals = [], {}
    for place, total in enumerate(declared.items):
        key = (total.dimension, total.member)
        known = total.member in districts if total.dimension is Dimension.district else is_member(*key)
        if key in totals or not known:
            zh, en = ("重复", "given twice") if key in totals else ("没有该类别", "no such member")
            code = "repeated" if key in totals else "unknown-code"
            errors.append(FieldError(f"/items/{place}/member", code, zh, en))
        totals[key] = total.area_m2
    if errors:
        raise Invalid("合计表有误。", "The totals are wrong.", errors=errors)
    set_totals(session, plan, totals)
    touch(plan)
    return plan


def set_totals(session: Session, plan: SupplyPlan, totals: Mapping[tuple[Dimension, str], Any]) -> None:
    """Replace the printed totals of a plan that the caller holds; recorded where they differ."""
    before = queries.declared_totals(session, plan.id)
    session.execute(delete(PlanDeclaredTotal).where(PlanDeclaredTotal.plan_id == plan.id))
    session.add_all(
        PlanDeclaredTotal(plan_id=plan.id, dimension=dimension, member=member, area_m2=area)
        for (dimension, member), area in totals.items()
    )
    session.flush()
    old, new = (
        {f"{dimension}/{member}": str(area) for (dimension, member), area in each.items()} for each in (before, totals)
    )
    record(session, Audited.PLAN_CHANGED, "plan", plan.id, before={"totals": old}, after={"totals": new})
