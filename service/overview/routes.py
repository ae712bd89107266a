"""供应总览 /api/v1/overview, 期限 /api/v1/deadlines."""

import asyncio
import datetime as dt
import hashlib
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from service.accounts.access import Actor, ParcelReader
from service.accounts.permissions import Role
from service.core import clock
from service.core.db import Database, driver_connection
from service.core.dependencies import Data, PageQuery, Read
from service.core.kept import Shelf
from service.core.paging import Page
from service.core.schemas import CalendarDay, Whole
from service.listings.lifecycle import LotEventKind
from service.overview import deadlines, queries, reading
from service.overview.asked import Asked, span
from service.overview.deadline_schemas import DeadlineList
from service.overview.schemas import ContractRow, LotRow, OverviewRead
from service.parcels.routes import AsOf, Codes
from service.parcels.selection import Selection
from service.plans.models import FIRST_YEAR, LAST_YEAR

router = APIRouter(tags=["供应总览 overview"])

Standing = Literal[
    "signed", "owing", "to_deliver", "deliver_late", "delivered", "to_start", "start_late", "started", "completed"
]
_REVISIONS = ("parcels", "supply")


async def asked_for(
    at: AsOf,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="年度 a calendar year"), Whole] = None,
    first: Annotated[CalendarDay | None, Query(alias="from", description="起始日 first day")] = None,
    last: Annotated[CalendarDay | None, Query(alias="to", description="截止日(含) last day, included")] = None,
    jurisdiction: Codes = None,
    region: Annotated[Codes, Query(description="区县、办事处 counties, townships")] = None,
) -> Asked:
    """Read span, place and moment."""
    selected = Selection(jurisdiction=jurisdiction or (), region=region or (), moment=at)
    return span(at.as_of or clock.today(), selected, year=year, first=first, last=last)


AskedFor = Annotated[Asked, Depends(asked_for)]


@router.get(
    "/api/v1/overview",
    summary="供应总览 The supply dashboard",
    responses={200: {"model": OverviewRead}, 304: {"description": "未变"}},
)
async def read_overview(
    request: Request,
    actor: ParcelReader,
    asked: AskedFor,
    database: Data,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give counts and areas by stage and township, the months' notices and sales, premiums, plans, money, idle land."""
    scope = None if actor.jurisdictions is None else tuple(sorted(actor.jurisdictions))
    seen = tuple(request.state.revisions.get(name, 0) for name in _REVISIONS)
    key = (request.app.state.head, seen, scope, asked)
    tag = f'"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and tag in if_none_match:
        return Response(status_code=304, headers=headers)
    shelf: Shelf = request.app.state.overviews
    body = await shelf.answer((tag,), partial(_made, database, actor, asked))
    return Response(body, headers=headers, media_type="application/json")


async def _made(database: Database, actor: Actor, asked: Asked) -> bytes:
    def make() -> bytes:
        with database.read() as session:
            return reading.overview(session, actor, asked).model_dump_json().encode()

    return await asyncio.get_running_loop().run_in_executor(database.threads, make)


@router.get("/api/v1/overview/lots", summary="总览的宗地明细 Lots behind a figure")
def list_overview_lots(
    actor: ParcelReader,
    asked: AskedFor,
    session: Read,
    page: PageQuery,
    event: Annotated[LotEventKind, Query(description="计入的事件 the event that counts them")],
) -> Page[LotRow]:
    """List the lots to which something happened in the span, in the order of entry."""
    after, connection = page.after_one(int), driver_connection(session)
    rows = queries.lots(connection, actor, asked, [event], after=after, limit=page.limit + 1)
    names = list(LotRow.model_fields)
    items = [LotRow.model_validate(dict(zip(names, row[1:], strict=True))) for row in rows[: page.limit]]
    following = page.address_after([rows[page.limit - 1][0]]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


@router.get("/api/v1/overview/contracts", summary="总览的合同明细 Contracts behind a figure")
def list_overview_contracts(
    actor: ParcelReader, asked: AskedFor, session: Read, page: PageQuery, standing: Standing = "signed"
) -> Page[ContractRow]:
    """List the contracts signed in the span that stand so on the day."""
    after, connection = page.after_one(int), driver_connection(session)
    rows = queries.contracts(connection, actor, asked, standing, after=after, limit=page.limit + 1)
    names = list(ContractRow.model_fields)
    items = [ContractRow.model_validate(dict(zip(names, row, strict=True))) for row in rows[: page.limit]]
    following = page.address_after([items[-1].id]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


@router.get("/api/v1/deadlines", summary="期限 What is due")
def list_deadlines(
    actor: ParcelReader,
    session: Read,
    page: PageQuery,
    within: Annotated[int, Query(ge=0, le=366, description="今后多少天内到期 due in so many days"), Whole] = 7,
    overdue: Annotated[bool | None, Query(description="只看逾期、只看未到期 only overdue, only not yet")] = None,
    role: Annotated[Role | Literal["all"] | None, Query(description="岗位 whose; the caller's if left out")] = None,
    kind: Annotated[list[str] | None, Query(max_length=40)] = None,
) -> DeadlineList:
    """List what is overdue or falls due soon and concerns a role, the oldest first; count it by kind."""
    today = clock.today()
    found = deadlines.found(session, actor, today + dt.timedelta(days=within))
    mine = deadlines.concerning(found, actor.role if role is None else None if role == "all" else role)
    timely = [each for each in mine if overdue is None or (each.due_on < today) is overdue]
    chosen = [each for each in timely if not kind or each.kind in kind]
    items = deadlines.after(chosen, page.after(4))
    following = page.address_after(items[page.limit - 1].key) if len(items) > page.limit else None
    return DeadlineList.of(items[: page.limit], following, timely, today)
