"""八同步 /api/v1/checklists: reading checklists, the matrix, statistics, inbox, history, schedules; trials."""

from enum import Enum
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Path, Query, Response

from service.accounts.access import ChecklistReader, ChecklistWorker, SignedIn
from service.checklist import assigning, inbox, listing, reading, scheduling, statistics, telling, templates_reading
from service.checklist.list_schemas import (
    Assignee,
    ChecklistEvents,
    ChecklistHistory,
    Inbox,
    Matrix,
    Notifications,
    NotificationsSeen,
    Statistics,
    Unread,
)
from service.checklist.read_schemas import (
    ChecklistRead,
    ChecklistStatus,
    ChecklistSummary,
    Readiness,
    TemplateDetail,
    TemplateDiffRead,
    TemplateList,
)
from service.checklist.schedule_schemas import ScheduleRead, WhatIf
from service.checklist.selecting import ChecklistFilters
from service.core.dependencies import PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole

TAGS: list[str | Enum] = ["八同步 checklists"]
router = APIRouter(prefix="/api/v1/checklists", tags=TAGS, route_class=CommandRoute)
templates = APIRouter(prefix="/api/v1/checklist-templates", tags=TAGS, route_class=CommandRoute)
notifications = APIRouter(prefix="/api/v1/notifications", tags=TAGS, route_class=CommandRoute)
of_parcels = APIRouter(prefix="/api/v1/parcels", tags=TAGS, route_class=CommandRoute)

ChecklistId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Number = Annotated[
    str, Path(max_length=200, description="地块编号、宗地代码或出让编号 code, cadastral code or lot number")
]
TemplateKey = Annotated[str, Path(max_length=60)]
Version = Annotated[int, Path(ge=1, lt=2**31), Whole]
Codes = Annotated[list[str] | None, Query(max_length=50)]
Track = Annotated[int, Query(ge=1, le=9), Whole]


async def filters(
    *,
    readiness: Annotated[list[Readiness] | None, Query(max_length=4)] = None,
    track: Annotated[list[Track] | None, Query(max_length=9, description="有未办事项的板块 with open items")] = None,
    lead: Annotated[list[str] | None, Query(max_length=50, description="有未办事项的牵头单位 with open items")] = None,
    overdue: Annotated[bool | None, Query(description="有逾期事项 with overdue items")] = None,
    status: Annotated[list[ChecklistStatus] | None, Query(max_length=3)] = None,
    jurisdiction: Codes = None,
    template: Annotated[str | None, Query(pattern=r"^[^/]{1,60}(/\d{1,9})?$", description="key or key/version")] = None,
    q: Annotated[str | None, Query(max_length=200, description="地块编号、名称或项目中的文字 part of a name")] = None,
) -> ChecklistFilters:
    """Read which checklists are asked for; without a status, those that run."""
    return ChecklistFilters(
        readiness=readiness or (),
        track=track or (),
        lead=lead or (),
        overdue=overdue,
        status=status or ("running",),
        jurisdiction=jurisdiction or (),
        template=template,
        q=q,
    )


Filters = Annotated[ChecklistFilters, Depends(filters)]


@router.get("", summary="清单列表 Checklists")
def list_checklists(actor: ChecklistReader, session: Read, page: PageQuery, chosen: Filters) -> Page[ChecklistSummary]:
    """List checklists, the newest first; values of one filter are choices."""
    items = listing.checklists(session, actor, chosen, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([items[page.limit - 1].id]) if len(items) > page.limit else None
    return Page(items=items[: page.limit], next=following)


@router.get("/matrix", summary="八同步总表 Parcels by tracks", responses={200: {"model": Matrix}})
def read_matrix(actor: ChecklistReader, session: Read, page: PageQuery, chosen: Filters) -> Response:
    """Give every parcel with its eight tracks, the earliest planned sale first: the leader's one-page view."""
    return Response(orjson.dumps(listing.matrix(session, actor, chosen, page)), media_type="application/json")


@router.get("/statistics", summary="八同步统计 The portfolio")
def read_statistics(actor: ChecklistReader, session: Read, jurisdiction: Codes = None) -> Statistics:
    """Sum up readiness, tracks, bureaus and the days saved."""
    return statistics.statistics(session, actor, jurisdiction or ())


@router.get("/inbox", summary="等我办理 What waits for me")
def read_inbox(
    actor: ChecklistReader,
    session: Read,
    page: PageQuery,
    *,
    lead: Annotated[str | None, Query(max_length=60, description="牵头单位; the caller's own if left out")] = None,
    mine: Annotated[bool, Query(description="只看分派给我的 assigned to me only")] = False,
    waiting: Annotated[bool, Query(description="含前置未完的 also what can't start yet")] = False,
) -> Inbox:
    """List the open items of a bureau that could be done now, overdue first; without a bureau, of all."""
    return inbox.inbox(session, actor, page, lead=lead, mine=mine, waiting=waiting)


@router.get("/events", summary="变更流 Changes in order")
def list_checklist_events(
    actor: ChecklistReader,
    session: Read,
    after: Annotated[
        str, Query(pattern=r"^\d{1,18}\.\d{1,18}$", description="上次的 after from the answer before")
    ] = "0.0",
    limit: Annotated[int, Query(ge=1, le=1000), Whole] = 200,
) -> ChecklistEvents:
    """Give what happened since, over all checklists that the caller may see; nothing is skipped or told twice."""
    return telling.events_after(session, actor, after, limit=limit)


@router.get("/people", summary="经办人选 Who may see to items")
def list_people(
    actor: ChecklistWorker,
    session: Read,
    page: PageQuery,
    lead: Annotated[str, Query(max_length=60, description="牵头单位 whose items")],
    jurisdiction: Annotated[str, Query(max_length=60, description="管辖区 of the checklist")],
) -> Page[Assignee]:
    """List whom an item of a bureau may be given to, by user name; for those who may give it."""
    found = assigning.assignees(session, actor, jurisdiction, lead, after=page.after_one(str), limit=page.limit + 1)
    following = page.address_after([found[page.limit - 1].username]) if len(found) > page.limit else None
    return Page(items=[Assignee.model_validate(each) for each in found[: page.limit]], next=following)


@router.get("/{checklist_id}", summary="清单 One checklist")
def read_checklist(
    checklist_id: ChecklistId, actor: ChecklistReader, session: Read, response: Response
) -> ChecklistRead:
    """Give one checklist with its tracks and items."""
    return _tagged(reading.checklist(session, actor, checklist_id), response)


@router.get("/{checklist_id}/schedule", summary="工期 The forecast")
def read_schedule(checklist_id: ChecklistId, actor: ChecklistReader, session: Read) -> ScheduleRead:
    """Give earliest and latest days, float, the critical path, blocked periods and the days saved."""
    return scheduling.schedule_of(session, actor, checklist_id)


@router.post("/{checklist_id}/schedule", summary="试算 What if")
def try_schedule(checklist_id: ChecklistId, trial: WhatIf, actor: ChecklistReader, session: Read) -> ScheduleRead:
    """Give the forecast with other durations or starts; nothing is saved."""
    return scheduling.schedule_of(session, actor, checklist_id, trial)


@router.get("/{checklist_id}/history", summary="办理记录 History")
def read_checklist_history(
    checklist_id: ChecklistId,
    actor: ChecklistReader,
    session: Read,
    page: PageQuery,
    item: Annotated[str | None, Query(max_length=60, description="事项 key of an item")] = None,
) -> ChecklistHistory:
    """List what happened to a checklist or one of its items, the newest first."""
    return telling.history(session, actor, checklist_id, page, item=item)


@router.get("/{checklist_id}/template-diff", summary="模板差异 What a newer template changes")
def read_template_diff(
    checklist_id: ChecklistId,
    actor: ChecklistReader,
    session: Read,
    version: Annotated[int | None, Query(ge=1, lt=2**31, description="the newest if left out"), Whole] = None,
) -> TemplateDiffRead:
    """Say which items another version of the template adds, removes or changes."""
    return templates_reading.template_diff(session, actor, checklist_id, version)


@of_parcels.get("/{number}/checklist", summary="地块的清单 Checklist of a parcel")
def read_parcel_checklist(number: Number, actor: ChecklistReader, session: Read, response: Response) -> ChecklistRead:
    """Give the running checklist of a parcel, or else the last one."""
    return _tagged(reading.checklist_of_parcel(session, actor, number), response)


@templates.get("", summary="清单模板 Templates")
def list_templates(actor: ChecklistReader, session: Read) -> TemplateList:
    """List every template and version, shipped or still in use."""
    return templates_reading.templates_known(session, actor)


@templates.get("/{key}/{version}", summary="清单模板 One template")
def read_template(key: TemplateKey, version: Version, actor: ChecklistReader, session: Read) -> TemplateDetail:
    """Give one version of a template with tracks, items, baselines, each duration with its source."""
    return templates_reading.template_detail(session, actor, key, version)


@templates.get("/{key}/{version}/diff", summary="版本差异 What is different")
def read_version_diff(
    key: TemplateKey,
    version: Version,
    actor: ChecklistReader,
    session: Read,
    *,
    base: Annotated[str | None, Query(max_length=60, description="another template; this one if left out")] = None,
    base_version: Annotated[int, Query(ge=1, lt=2**31, description="version compared with"), Whole],
) -> TemplateDiffRead:
    """Say item by item what a version says otherwise than another one, or than another template."""
    return templates_reading.version_diff(session, actor, key, version, base=base or key, base_version=base_version)


@notifications.get("", summary="通知 Notifications")
def list_notifications(
    actor: SignedIn,
    session: Read,
    page: PageQuery,
    *,
    unread: Annotated[bool, Query(description="只看未读 unread only")] = False,
) -> Notifications:
    """List the caller's notifications, the newest first."""
    return telling.notifications(session, actor, page, unread=unread)


@notifications.post("/read", summary="标为已读 Mark as read")
def read_notifications(seen: NotificationsSeen, actor: SignedIn, session: Write) -> Unread:
    """Mark the caller's notifications as read: those named, all up to one, or all."""
    return telling.mark_read(session, actor, seen)


def _tagged(found: ChecklistRead, response: Response) -> ChecklistRead:
    response.headers["ETag"] = etag(found.version)
    return found
