"""What sets and moves monthly targets: freely in a draft, with a reason once published, by an approver when locked."""

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.codes import queries as codes
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid, PreconditionFailed
from service.plans import item_queries, queries, states, target_queries, targets
from service.plans.changes import TargetChangeAsk, TargetDecide, TargetSet, first_of_month
from service.plans.models import SupplyPlan
from service.plans.states import PlanAction, PlanStatus
from service.plans.target_models import PlanTarget, PlanTargetChange, PlanTargetDecision
from service.plans.targets import TargetKind


class BaselineFixed(Conflict):
    """The target is published: its baseline stays, its forecast changes with a reason."""

    code, title_zh, title_en = "target-fixed", "目标已公布，基线不可更改", "The target is published"


class NotFixed(Conflict):
    """The target is not published yet: it is simply set."""

    code, title_zh, title_en = "target-not-fixed", "目标尚未公布，直接修改即可", "The target is not published yet"


class ChangeWaiting(Conflict):
    """A change of the target waits for an approver, or none does."""

    code, title_zh, title_en = "target-change-waiting", "有调整待批", "A change is waiting"


class OwnChange(Conflict):
    """Who asked for a change can't approve it."""

    code, title_zh, title_en = "target-own-change", "不能批准自己提出的调整", "Not by who asked for it"


def set_target(
    session: Session, actor: Actor, plan_id: int, key: uuid.UUID, kind: TargetKind, said: TargetSet
) -> PlanTarget:
    """Set the month of a target that is not published: baseline and forecast alike.

    Of a plot that is published already, a new target is fixed at once.

    Raises:
        NotFound: no such plan or item.
        WrongStatus: the plan has been replaced.
        BaselineFixed: the target is published.

    """
    plan = _living(session, actor, plan_id)
    item_queries.item_for_update(session, plan, key)
    target = target_queries.target_of(session, key, kind)
    if target is not None and target.fixed_at is not None:
        raise BaselineFixed("请提出调整并说明原因。", "Ask for a change of forecast, with the reason.")
    month = first_of_month(said.month)
    before = None if target is None else {"month": target.baseline_month, "note": target.note}
    if target is None:
        target = PlanTarget(key=key, kind=kind, version=0)
        session.add(target)
    target.baseline_month = target.forecast_month = month
    target.note = said.note
    target.version += 1
    session.flush()
    if target_queries.published(session, key):
        target.fixed_at = clock.now()
        session.flush()
    after = {"key": str(key), "kind": kind, "month": month, "note": said.note}
    record(session, Audited.PLAN_TARGET_SET, "plan_target", target.id, before=before, after=after)
    return target


def ask_change(
    session: Session, actor: Actor, plan_id: int, target_id: int, asked: TargetChangeAsk, *, version: int
) -> PlanTarget:
    """Move the forecast of a published target; inside the lock window the change waits for an approver.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        NotFixed: the target is not published.
        ChangeWaiting: another change waits.
        Invalid: an unknown reason, or the month it has already.

    """
    plan = _living(session, actor, plan_id)
    target = target_queries.target_for_update(session, plan, target_id)
    _refuse_stale(target, version)
    if target.fixed_at is None:
        raise NotFixed("目标尚未公布，请直接修改。", "Set the target instead.")
    if target_queries.waiting_change(session, target.id) is not None:
        raise ChangeWaiting("该目标已有调整待批。", "A change of this target is waiting for an approver.")
    month = first_of_month(asked.month)
    _check(asked, month, target)
    days = targets.lock().days_before_month_end
    change = PlanTargetChange(
        target_id=target.id,
        from_month=target.forecast_month,
        to_month=month,
        reason=asked.reason,
        note=asked.note,
        needs_approval=targets.needs_approval(target.forecast_month, month, clock.today(), days),
        actor=actor.label,
    )
    session.add(change)
    session.flush()
    if change.needs_approval:
        target.version += 1
        after = {"change": change.id, "from": change.from_month, "to": month, "reason": asked.reason}
        record(session, Audited.PLAN_TARGET_CHANGE_ASKED, "plan_target", target.id, after=after)
    else:
        _move(session, target, change)
    return target


def _check(asked: TargetChangeAsk, month: dt.date | None, target: PlanTarget) -> None:
    errors = []
    if asked.reason not in codes.lists()["target_change_reason"].entries:
        errors.append(FieldError("/reason", "unknown-code", "没有该原因", "No such reason"))
    if month == target.forecast_month:
        errors.append(FieldError("/month", "same-month", "与现有预计月份相同", "It is the month already"))
    if errors:
        raise Invalid("调整有误。", "The change is wrong.", errors=errors)


def decide_change(
    session: Session, actor: Actor, plan_id: int, target_id: int, decision: TargetDecide, *, version: int
) -> PlanTarget:
    """Approve or refuse the change of a target that waits.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        ChangeWaiting: none waits.
        OwnChange: by who asked for it.

    """
    plan = _living(session, actor, plan_id)
    target = target_queries.target_for_update(session, plan, target_id)
    _refuse_stale(target, version)
    change = target_queries.waiting_change(session, target.id)
    if change is None:
        raise ChangeWaiting("没有待批的调整。", "No change of this target is waiting.")
    if change.actor == actor.label:
        raise OwnChange("提出人不能批准自己的调整。", "Who asked for the change can't decide it.")
    session.add(
        PlanTargetDecision(change_id=change.id, approved=decision.approved, actor=actor.label, note=decision.note)
    )
    session.flush()
    if decision.approved:
        _move(session, target, change)
    else:
        target.version += 1
        after = {"change": change.id, "note": decision.note}
        record(session, Audited.PLAN_TARGET_CHANGE_REFUSED, "plan_target", target.id, after=after)
    return target


def _move(session: Session, target: PlanTarget, change: PlanTargetChange) -> None:
    before = {"forecast_month": target.forecast_month}
    target.forecast_month = change.to_month
    target.version += 1
    session.flush()
    after = {"forecast_month": change.to_month, "reason": change.reason, "change": change.id}
    record(session, Audited.PLAN_TARGET_CHANGED, "plan_target", target.id, before=before, after=after)


def _living(session: Session, actor: Actor, plan_id: int) -> SupplyPlan:
    """Return an edition that has not been replaced, kept as it is meanwhile."""
    plan = queries.plan_by_id(session, actor, plan_id, lock="share")
    if plan.status == PlanStatus.amended:
        states.after(PlanStatus.amended, PlanAction.edit)
    return plan


def _refuse_stale(target: PlanTarget, version: int) -> None:
    if target.version != version:
        raise PreconditionFailed(
            "目标已被他人修改，请刷新后重试。",
            "The target has changed since; reload and try again.",
            facts={"version": target.version, "forecast_month": str(target.forecast_month)},
        )
