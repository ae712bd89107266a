"""Whatever is accepted of steps and targets: editions and forecasts are what their kept steps and changes make them."""

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.errors import GongdiError
from service.plans.changes import StepOrder, TargetChangeAsk, TargetDecide, TargetSet
from service.plans.commands import amend_plan, take_step
from service.plans.models import PlanEvent, SupplyPlan
from service.plans.states import PlanAction, PlanStatus
from service.plans.target_commands import ask_change, decide_change, set_target
from service.plans.target_models import PlanTarget, PlanTargetChange, PlanTargetDecision
from service.plans.targets import TargetKind
from tests.factories.plans import APPROVER, make_item, make_plan, publish

# Written from the issue, not from the code.
STATUS = {
    "create": "draft", "submit": "submitted", "return": "draft", "approve": "approved", "publish": "published",
    "replace": "amended",
}  # fmt: skip
STEPS = [PlanAction.submit, PlanAction.return_, PlanAction.approve, PlanAction.publish, PlanAction.amend]
MOVES = st.lists(
    st.tuples(st.sampled_from([*STEPS, "set", "ask", "ask", "ask", "decide", "decide"]), st.integers(0, 23)),
    min_size=5,
    max_size=25,
)


def month(number: int) -> str | None:
    return None if number == 0 else f"2022-{(number + 1) // 2:02}"


def move(session: Session, planner: Actor, plan: SupplyPlan, target: PlanTarget, what: str, number: int) -> None:
    who = APPROVER if what in {"approve", "return", "decide"} else planner
    match what:
        case "set":
            set_target(session, who, plan.id, target.key, target.kind, TargetSet(month=month(number)))
        case "ask":
            clock.fix_today(dt.date(2022, 10, 20 + number % 12))
            asked = TargetChangeAsk(month=month(number), reason="archaeology")
            ask_change(session, who, plan.id, target.id, asked, version=target.version)
        case "decide":
            decision = TargetDecide(approved=number % 3 > 0)
            decide_change(session, who, plan.id, target.id, decision, version=target.version)
        case "amend":
            amend_plan(session, who, plan.id, StepOrder(note="调整"), version=plan.version)
        case _:
            order = StepOrder(effective_on=dt.date(2022, 3, 1), note="补充")
            take_step(session, who, plan.id, PlanAction(what), order, version=plan.version)


def edition(session: Session, plan: SupplyPlan) -> tuple[str, dt.date | None]:
    """Status and day of publication by the kept steps alone."""
    status, on = "", None
    for event in session.scalars(select(PlanEvent).where(PlanEvent.plan_id == plan.id).order_by(PlanEvent.id)):
        status = STATUS.get(event.kind, status)
        on = event.effective_on if event.kind == "publish" else on
    return status, on


def forecast(session: Session, target: PlanTarget) -> dt.date | None:
    """The month by the changes that took effect, the last of them."""
    changes = (
        select(PlanTargetChange.to_month, PlanTargetChange.needs_approval, PlanTargetDecision.approved)
        .join(PlanTargetDecision, PlanTargetDecision.change_id == PlanTargetChange.id, isouter=True)
        .where(PlanTargetChange.target_id == target.id)
        .order_by(PlanTargetChange.id)
    )
    found = target.baseline_month
    for to_month, waits, approved in session.execute(changes):
        found = to_month if approved or not waits else found
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_every_accepted_history_rebuilds_editions_and_targets(
    session: Session, planner: Actor, moves: list[tuple[Any, int]]
) -> None:
    outer = session.begin_nested()
    plan = make_plan(session, year=2022)
    item = make_item(session, plan)
    target = set_target(session, planner, plan.id, item.key, TargetKind.listing, TargetSet(month="2022-06"))
    publish(session, plan, on=dt.date(2022, 3, 1))
    baseline = target.baseline_month
    for what, number in moves:
        plans = session.scalars(select(SupplyPlan).where(SupplyPlan.year == 2022).order_by(SupplyPlan.id)).all()
        try:
            with session.begin_nested():
                move(session, planner, plans[-1], target, str(what), number)
        except GongdiError:
            session.expire_all()
        clock.fix_today(dt.date(2022, 11, 15))
        session.expire_all()
        plans = session.scalars(select(SupplyPlan).where(SupplyPlan.year == 2022).order_by(SupplyPlan.id)).all()
        assert [(each.status, each.published_on) for each in plans] == [edition(session, each) for each in plans]
        assert [each.edition for each in plans] == [*range(1, len(plans) + 1)]
        assert [each.status for each in plans].count(PlanStatus.published) == 1
        assert (target.forecast_month, target.baseline_month) == (forecast(session, target), baseline)
    outer.rollback()
