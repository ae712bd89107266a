"""Bulk doors of 八同步: status sheets of other bureaus, and the forecast of all anew."""

from enum import Enum
from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Response, UploadFile

from service.accounts.access import ChecklistOpener, ChecklistReader, ChecklistWorker, UploadRoute
from service.checklist import record_queries, run_commands, status_commands, status_sheet, status_workbook
from service.checklist.list_schemas import RecomputeRun, StatusSheetTaken
from service.core.dependencies import Configured, PageQuery, Read, Write
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole
from service.documents import storage

TAGS: list[str | Enum] = ["八同步 checklists"]
router = APIRouter(prefix="/api/v1/checklists", tags=TAGS, route_class=CommandRoute)
uploads = APIRouter(prefix="/api/v1/checklists", tags=TAGS, route_class=UploadRoute)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RunId = Annotated[int, Path(ge=1, lt=2**31), Whole]


@uploads.post("/status-import", summary="批量填报进度 Take a status sheet in")
def take_status_sheet(
    actor: ChecklistWorker,
    session: Write,
    settings: Configured,
    file: Annotated[UploadFile, File()],
    *,
    trial: Annotated[bool, Query(description="只检查不修改 only tell what it would change")] = True,
) -> StatusSheetTaken:
    """Apply a sheet of states row by row, all or nothing; a trial (the default) tells every change and fault."""
    kept = storage.keep(settings.documents_dir, file.file, limit=settings.max_upload_mib << 20)
    sheet = status_sheet.read(storage.path_of(settings.documents_dir, kept.sha256))
    source = None if trial else status_commands.Source(kept.sha256, file.filename or "status.xlsx")
    return status_commands.take_status_sheet(session, actor, sheet, source)


@router.get("/status-sheet", summary="填报表 The sheet to fill in", response_class=Response)
def download_status_sheet(
    actor: ChecklistReader,
    session: Read,
    lead: Annotated[str | None, Query(max_length=60, description="牵头单位; the caller's own if left out")] = None,
) -> Response:
    """Give the open items of a bureau as a workbook to fill in and send back; unchanged, it changes nothing."""
    headers = {
        "Content-Disposition": "attachment; filename=checklist-status.xlsx",
        "Cache-Control": "private, no-cache",
    }
    return Response(status_workbook.written(session, actor, lead), media_type=XLSX, headers=headers)


@router.post("/recompute", status_code=202, summary="重算全部工期 Every forecast anew")
def start_recompute(actor: ChecklistOpener, session: Write) -> RecomputeRun:
    """Queue the forecast of every running checklist that the caller may see."""
    return RecomputeRun.model_validate(run_commands.start_run(session, actor))


@router.get("/recompute", summary="重算记录 Runs")
def list_recomputes(actor: ChecklistReader, session: Read, page: PageQuery) -> Page[RecomputeRun]:
    """List runs, the newest first: those asked for, and the one of every night."""
    found = record_queries.runs(session, actor, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([found[page.limit - 1].id]) if len(found) > page.limit else None
    return Page(items=[RecomputeRun.model_validate(each) for each in found[: page.limit]], next=following)


@router.get("/recompute/{run_id}", summary="重算进度 One run")
def read_recompute(run_id: RunId, actor: ChecklistReader, session: Read) -> RecomputeRun:
    """Say how far a run has come."""
    return RecomputeRun.model_validate(record_queries.run_by_id(session, actor, run_id))
