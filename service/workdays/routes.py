"""工作日历 /api/v1/workdays and /api/v1/blocked-periods: days, terms, orders that stop works."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from service.accounts.access import WorkdayManager, WorkdayReader
from service.core.dependencies import IfMatch, Read, Write, etag
from service.core.errors import BadRequest
from service.core.idempotency import CommandRoute
from service.core.schemas import CalendarDay, Whole
from service.workdays import commands, queries, terms
from service.workdays.calendar import FIRST, LAST, Unit
from service.workdays.schemas import (
    BlockedPeriodRead,
    BlockedPeriods,
    BlockedPeriodWrite,
    DayChange,
    TermRead,
    WorkdayRead,
    Workdays,
    YearChange,
    YearRead,
    described,
)
from service.workdays.terms import Site, Term

router = APIRouter(prefix="/api/v1", tags=["工作日 workdays"], route_class=CommandRoute)

LONGEST_SPAN, LONGEST_TERM = 1_100, 20_000  # days
From = Annotated[
    CalendarDay, Query(alias="from", ge=FIRST, le=LAST, description="起始日 first day; of a term: day zero")
]
To = Annotated[CalendarDay, Query(alias="to", ge=FIRST, le=LAST, description="截止日(含) last day, included")]
Id = Annotated[int, Path(ge=1, lt=2**31), Whole]
Codes = Annotated[list[str] | None, Query(max_length=20)]


async def site(
    kind: Annotated[
        str | None, Query(max_length=40, description="作业类别;跳过停工日 skip the days that stop it")
    ] = None,
    jurisdiction: Annotated[str | None, Query(max_length=40, description="所在管辖区 where it lies")] = None,
    region: Annotated[Codes, Query(description="所在区县、办事处 counties, townships")] = None,
    exempt: Annotated[Codes, Query(description="项目豁免类别 classes of the project")] = None,
) -> Site | None:
    """Read which work's days are asked for."""
    if kind is None and (jurisdiction or region or exempt):
        raise BadRequest("请同时给出 kind。", "Give `kind` too.")
    return None if kind is None else Site(kind, jurisdiction, region or (), exempt or ())


@router.get("/workdays", summary="工作日历 Working days")
def list_workdays(actor: WorkdayReader, session: Read, request: Request, first: From, last: To) -> Workdays:
    """Say of every day of a span whether it is worked, why, and whether that is provisional."""
    _refuse_span(first, last)
    found = queries.almanac(session, request.state.revisions.get(queries.REVISION, 0))
    days = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
    return Workdays(
        items=[WorkdayRead.of(found, day) for day in days],
        years=[YearRead.of(found, year) for year in range(first.year, last.year + 1)],
    )


@router.get("/workdays/add", summary="期限计算 A term's last day")
def add_to_day(
    actor: WorkdayReader,
    session: Read,
    request: Request,
    start: From,
    days: Annotated[int, Query(ge=-LONGEST_TERM, le=LONGEST_TERM, description="天数(月数) how many"), Whole],
    work: Annotated[Site | None, Depends(site)],
    unit: Unit = Unit.WORKDAY,
) -> TermRead:
    """Add working days, days or months to a day that is not counted; a term that ends on a day off ends later."""
    revision = request.state.revisions.get(queries.REVISION, 0)
    return terms.reckon(session, actor, Term(start, days, unit, work), revision)


@router.put("/workdays/{day}", summary="修改某日 Change a day")
def change_workday(
    day: Annotated[CalendarDay, Path(ge=FIRST, le=LAST)],
    body: DayChange,
    actor: WorkdayManager,
    version: IfMatch,
    session: Write,
    response: Response,
) -> WorkdayRead:
    """Say of a day that it is worked or free, with the reason; seeding leaves it alone from then on."""
    changed = commands.change_day(session, actor, day, version, **body.model_dump())
    response.headers["ETag"] = etag(changed.version)
    return WorkdayRead.of(queries.almanac(session), day)


@router.put("/workdays/years/{year}", summary="确认年度 Confirm a year")
def change_year(
    year: Annotated[int, Path(ge=FIRST.year, le=LAST.year), Whole],
    body: YearChange,
    actor: WorkdayManager,
    version: IfMatch,
    session: Write,
    response: Response,
) -> YearRead:
    """Say that a year's calendar is issued and entered, or that it is provisional again."""
    changed = commands.change_year(session, actor, year, version, **body.model_dump())
    response.headers["ETag"] = etag(changed.version)
    return YearRead.of(queries.almanac(session), year)


@router.get("/blocked-periods", summary="封控时段 Blocked periods")
def list_blocked_periods(actor: WorkdayReader, session: Read, first: From, last: To) -> BlockedPeriods:
    """List the orders that stop works on a day of a span (封土, 重污染天气管控)."""
    _refuse_span(first, last)
    return BlockedPeriods(items=described(queries.orders_between(session, actor, first, last)))


@router.post("/blocked-periods", status_code=201, summary="新增封控时段 Enter a blocked period")
def create_blocked_period(
    body: BlockedPeriodWrite, actor: WorkdayManager, session: Write, response: Response
) -> BlockedPeriodRead:
    """Enter an order that stops works."""
    order = commands.create_order(session, actor, **body.model_dump())
    response.headers["ETag"] = etag(order.version)
    return BlockedPeriodRead.model_validate(order)


@router.put("/blocked-periods/{order_id}", summary="修改封控时段 Change a blocked period")
def change_blocked_period(
    order_id: Id, body: BlockedPeriodWrite, actor: WorkdayManager, version: IfMatch, session: Write, response: Response
) -> BlockedPeriodRead:
    """Replace what is said of an order."""
    order = commands.change_order(session, actor, order_id, version, **body.model_dump())
    response.headers["ETag"] = etag(order.version)
    return BlockedPeriodRead.model_validate(order)


@router.delete("/blocked-periods/{order_id}", status_code=204, summary="删除封控时段 Remove a blocked period")
def remove_blocked_period(order_id: Id, actor: WorkdayManager, version: IfMatch, session: Write) -> None:
    """Take an order out; the audit log keeps it."""
    commands.remove_order(session, actor, order_id, version)


def _refuse_span(first: dt.date, last: dt.date) -> None:
    if not 0 <= (last - first).days < LONGEST_SPAN:
        raise BadRequest(
            f"to 不能早于 from,且跨度不超过 {LONGEST_SPAN} 天。",
            f"`to` must not be before `from`, and the span at most {LONGEST_SPAN} days.",
        )
