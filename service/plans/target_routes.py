"""月度目标 /api/v1/plans/{id}/targets: the board, setting, asking for changes, deciding on them."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.accounts.access import PlanApprover, PlanEditor, PlanReader
from service.core import clock
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.schemas import Whole
from service.parcels.routes import AsOf
from service.parcels.selection import NOW
from service.plans import target_commands, target_queries, targets
from service.plans.changes import MonthText, TargetChangeAsk, TargetDecide, TargetSet, first_of_month
from service.plans.item_routes import Key
from service.plans.item_schemas import TargetChangeRead, TargetChanges, TargetList, TargetRead
from service.plans.models import SupplyPlan
from service.plans.queries import plan_by_id
from service.plans.routes import ABOUT, PlanId
from service.plans.target_models import PlanTarget
from service.plans.targets import TargetKind

router = APIRouter(**ABOUT, route_class=CommandRoute)
TargetId = Annotated[int, Path(ge=1, lt=2**63), Whole]


@router.get("/{plan_id}/targets", summary="月度目标 Targets")
def list_targets(  # noqa: PLR0913 - one parameter a filter
    plan_id: PlanId,
    actor: PlanReader,
    session: Read,
    page: PageQuery,
    at: AsOf,
    *,
    kind: Annotated[list[TargetKind] | None, Query(max_length=6)] = None,
    month: Annotated[list[MonthText] | None, Query(max_length=24, description="预计月份 YYYY-MM")] = None,
    moved: Annotated[bool | None, Query(description="预计与基线不同 moved from its baseline")] = None,
    waiting: Annotated[bool | None, Query(description="有调整待批 a change waits for an approver")] = None,
) -> TargetList:
    """List targets of a plan's plots with the day each was reached and how it stands."""
    plan = plan_by_id(session, actor, plan_id)
    months = [first_of_month(each) for each in month or ()]
    kinds = [str(each) for each in kind or ()]
    filters = {"kind": kinds, "month": months, "moved": moved, "waiting": waiting}
    rows = target_queries.target_rows(session, plan, filters, at, after=page.after_one(int), limit=page.limit + 1)
    items = [TargetRead.of(row, at.as_of or clock.today()) for row in rows[: page.limit]]
    following = page.address_after([items[-1].id]) if len(rows) > page.limit else None
    return TargetList(items=items, next=following, lock_days=targets.lock().days_before_month_end)


@router.put("/{plan_id}/items/{key}/targets/{kind}", summary="设定目标 Set a target")
def set_target(
    plan_id: PlanId, key: Key, kind: TargetKind, said: TargetSet, actor: PlanEditor, session: Write, response: Response
) -> TargetRead:
    """Set a target that is not published yet."""
    target = target_commands.set_target(session, actor, plan_id, key, kind, said)
    return _target(session, plan_by_id(session, actor, plan_id), target, response)


@router.get("/{plan_id}/targets/{target_id}/changes", summary="目标调整记录 Changes of a target")
def list_changes(plan_id: PlanId, target_id: TargetId, actor: PlanReader, session: Read) -> TargetChanges:
    """List every change that was asked for, with what was decided."""
    rows = target_queries.changes_of(session, actor, plan_id, target_id)
    return TargetChanges(items=[TargetChangeRead.of(*row) for row in rows])


@router.post("/{plan_id}/targets/{target_id}/changes", status_code=201, summary="调整目标 Ask for a change")
def ask_change(
    plan_id: PlanId,
    target_id: TargetId,
    asked: TargetChangeAsk,
    actor: PlanEditor,
    version: IfMatch,
    session: Write,
    response: Response,
) -> TargetRead:
    """Move the forecast with a reason; inside the lock window it waits for an approver."""
    target = target_commands.ask_change(session, actor, plan_id, target_id, asked, version=version)
    return _target(session, plan_by_id(session, actor, plan_id), target, response)


@router.post("/{plan_id}/targets/{target_id}/decision", summary="审批目标调整 Decide on a change")
def decide_change(
    plan_id: PlanId,
    target_id: TargetId,
    decision: TargetDecide,
    actor: PlanApprover,
    version: IfMatch,
    session: Write,
    response: Response,
) -> TargetRead:
    """Approve or refuse the change that waits; not by who asked for it."""
    target = target_commands.decide_change(session, actor, plan_id, target_id, decision, version=version)
    return _target(session, plan_by_id(session, actor, plan_id), target, response)


def _target(session: Read, plan: SupplyPlan, target: PlanTarget, response: Response) -> TargetRead:
    response.headers["ETag"] = etag(target.version)
    today: dt.date = clock.today()
    filters = {"key": [str(target.key)], "kind": [str(target.kind)]}
    (row,) = target_queries.target_rows(session, plan, filters, NOW, after=None, limit=1)
    return TargetRead.of(row, today)
