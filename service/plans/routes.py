"""供应计划 /api/v1/plans: editions, their steps, totals and findings, workbooks, progress, differences."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Path, Query, Response, UploadFile

from service.accounts.access import Actor, PlanApprover, PlanEditor, PlanReader, UploadRoute
from service.core.dependencies import Configured, IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole
from service.documents import storage
from service.parcels.routes import AsOf
from service.plans import commands, reading, sheet_apart, sheet_commands, total_commands, workbook
from service.plans.changes import PlanChange, PlanCreate, StepOrder, TotalsDeclared
from service.plans.classes import Dimension
from service.plans.item_schemas import SheetTakenRead
from service.plans.models import FIRST_YEAR, LAST_YEAR, SupplyPlan
from service.plans.progress_schemas import PlanProgress
from service.plans.queries import plan_by_id
from service.plans.schemas import PlanComparison, PlanDetail, PlanFinding, PlanRead, PlanTotals, StepTaken
from service.plans.states import PlanAction, PlanStatus

ABOUT: dict[str, Any] = {"prefix": "/api/v1/plans", "tags": ["供应计划 plans"]}
router = APIRouter(**ABOUT, route_class=CommandRoute)
uploads = APIRouter(**ABOUT, route_class=UploadRoute)

PlanId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Year = Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR), Whole]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("", summary="计划列表 Plans")
def list_plans(
    actor: PlanReader,
    session: Read,
    page: PageQuery,
    jurisdiction: Annotated[list[str] | None, Query(max_length=50)] = None,
    year: Annotated[list[Year] | None, Query(max_length=50)] = None,
    status: Annotated[list[PlanStatus] | None, Query(max_length=5)] = None,
) -> Page[PlanRead]:
    """List the editions of plans, the newest first; values of one filter are choices."""
    filters: dict[str, list[Any]] = {"jurisdiction": jurisdiction or [], "year": year or [], "status": status or []}
    items = reading.plans(session, actor, filters, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([items[page.limit - 1].id]) if len(items) > page.limit else None
    return Page(items=items[: page.limit], next=following)


@router.post("", status_code=201, summary="编制计划 Begin a plan")
def create_plan(new: PlanCreate, actor: PlanEditor, session: Write, response: Response) -> PlanDetail:
    """Begin the plan of a year as a draft."""
    return _detail(session, actor, commands.create_plan(session, actor, new), response)


@router.get("/{plan_id}", summary="计划 One edition")
def read_plan(plan_id: PlanId, actor: PlanReader, session: Read, response: Response) -> PlanDetail:
    """Give one edition with its history and its siblings."""
    return _detail(session, actor, plan_by_id(session, actor, plan_id), response)


@router.patch("/{plan_id}", summary="修改计划 Change title or document")
def change_plan(
    plan_id: PlanId, change: PlanChange, actor: PlanEditor, version: IfMatch, session: Write, response: Response
) -> PlanDetail:
    """Change title or document of a draft."""
    return _detail(session, actor, commands.change_plan(session, actor, plan_id, change, version=version), response)


@router.get("/{plan_id}/totals", summary="合计与检查 Totals and findings")
def read_totals(plan_id: PlanId, actor: PlanReader, session: Read) -> PlanTotals:
    """Give what the items add up to beside what the document prints, and everything against the plan."""
    return reading.totals(session, plan_by_id(session, actor, plan_id))


@router.put("/{plan_id}/totals", summary="录入文件合计 Enter printed totals")
def declare_totals(
    plan_id: PlanId, declared: TotalsDeclared, actor: PlanEditor, version: IfMatch, session: Write, response: Response
) -> PlanTotals:
    """Enter the areas that the document prints, in place of those before."""
    plan = total_commands.declare_totals(session, actor, plan_id, declared, version=version)
    response.headers["ETag"] = etag(plan.version)
    return reading.totals(session, plan)


@router.post("/{plan_id}/submit", summary="报审 Submit")
def submit_plan(
    plan_id: PlanId, order: StepOrder, actor: PlanEditor, version: IfMatch, session: Write, response: Response
) -> StepTaken:
    """Hand a draft to the approver; its items stay as they are from now on."""
    return _step(session, actor, plan_id, PlanAction.submit, order, version, response)


@router.post("/{plan_id}/return", summary="退回 Return")
def return_plan(
    plan_id: PlanId, order: StepOrder, actor: PlanApprover, version: IfMatch, session: Write, response: Response
) -> StepTaken:
    """Give an edition back for more work, with the reason."""
    return _step(session, actor, plan_id, PlanAction.return_, order, version, response)


@router.post("/{plan_id}/approve", summary="批准 Approve")
def approve_plan(
    plan_id: PlanId, order: StepOrder, actor: PlanApprover, version: IfMatch, session: Write, response: Response
) -> StepTaken:
    """Approve a submitted edition; not by who submitted it."""
    return _step(session, actor, plan_id, PlanAction.approve, order, version, response)


@router.post("/{plan_id}/publish", summary="公布 Publish")
def publish_plan(
    plan_id: PlanId, order: StepOrder, actor: PlanEditor, version: IfMatch, session: Write, response: Response
) -> StepTaken:
    """Put an approved edition in force, if it says the five attributes; it replaces the one before."""
    return _step(session, actor, plan_id, PlanAction.publish, order, version, response)


@router.post("/{plan_id}/amend", status_code=201, summary="调整 Begin the next edition")
def amend_plan(
    plan_id: PlanId, order: StepOrder, actor: PlanEditor, version: IfMatch, session: Write, response: Response
) -> PlanDetail:
    """Begin the next edition as a draft with the same items; the one in force stays until that is published."""
    return _detail(session, actor, commands.amend_plan(session, actor, plan_id, order, version=version), response)


@router.get("/{plan_id}/progress", summary="计划进度 Progress")
def read_progress(
    plan_id: PlanId,
    actor: PlanReader,
    session: Read,
    at: AsOf,
    by: Annotated[Dimension, Query(description="按什么分列 what the lines are")] = Dimension.use_class,
) -> PlanProgress:
    """Say how much of the plan is supplied on a day, what is due by then, and the pace the rest needs."""
    return reading.progress_of(session, plan_by_id(session, actor, plan_id), by, at)


@router.get("/{plan_id}/comparison", summary="版本比较 Differences from another edition")
def compare_plans(
    plan_id: PlanId,
    actor: PlanReader,
    session: Read,
    before: Annotated[int, Query(ge=1, lt=2**31, description="与之比较的版本 id of the other edition"), Whole],
) -> PlanComparison:
    """Say which plots are not the same as in another edition."""
    return reading.comparison(session, plan_by_id(session, actor, before), plan_by_id(session, actor, plan_id))


@router.get("/{plan_id}/sheet", summary="导出工作簿 The plan as XLSX", response_class=Response)
def download_sheet(
    plan_id: PlanId,
    actor: PlanReader,
    session: Read,
    f: Annotated[Literal["xlsx"], Query(description="格式 form")] = "xlsx",
) -> Response:
    """Give the plan as a workbook in the official layout; taken in again, it changes nothing."""
    plan = plan_by_id(session, actor, plan_id)
    name = f"plan-{plan.year}-{plan.edition}.{f}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "private, no-cache"}
    return Response(workbook.written(session, plan), media_type=XLSX, headers=headers)


@uploads.put("/{plan_id}/sheet", summary="导入工作簿 Take a workbook in")
def take_sheet(
    plan_id: PlanId,
    actor: PlanEditor,
    version: IfMatch,
    session: Write,
    settings: Configured,
    file: Annotated[UploadFile, File()],
    *,
    trial: Annotated[bool, Query(description="只检查不修改 only tell what it would change")] = False,
) -> SheetTakenRead:
    """Make a draft say what a workbook says: all of it, or nothing with every wrong cell named."""
    kept = storage.keep(settings.documents_dir, file.file, limit=settings.max_upload_mib << 20)
    sheets = sheet_apart.read(storage.path_of(settings.documents_dir, kept.sha256))
    source = None if trial else sheet_commands.Source(kept, file.filename or "plan.xlsx")
    taken = sheet_commands.take_sheet(session, actor, plan_id, sheets, version=version, source=source)
    return SheetTakenRead(**taken._asdict(), trial=trial, version=plan_by_id(session, actor, plan_id).version)


def _step(
    session: Write, actor: Actor, plan_id: int, action: PlanAction, order: StepOrder, version: int, response: Response
) -> StepTaken:
    plan, found = commands.take_step(session, actor, plan_id, action, order, version=version)
    response.headers["ETag"] = etag(plan.version)
    return StepTaken(plan=reading.one(session, actor, plan), findings=[PlanFinding.of(each) for each in found])


def _detail(session: Read, actor: Actor, plan: SupplyPlan, response: Response) -> PlanDetail:
    response.headers["ETag"] = etag(plan.version)
    return reading.detail(session, actor, plan)
