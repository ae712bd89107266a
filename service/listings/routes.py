"""公告 /api/v1/notices: drafts, their lots, publication, supplementary notices; and the trading centres."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from service.accounts.access import Actor, ListingOfficer, ListingReader
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Output, Whole
from service.listings import draft_commands, notice_commands, reading
from service.listings.centres import TradingCentre, centres
from service.listings.changes import LotCreate, NoticeChange, NoticeCreate, NoticePublish
from service.listings.models import Notice
from service.listings.notice_schemas import NoticeDetail, NoticePublished, NoticeRead
from service.listings.queries import notice_by_id
from service.listings.schemas import LotDetail
from service.schemes.methods import Method

router = APIRouter(prefix="/api/v1/notices", tags=["公告 notices"], route_class=CommandRoute)
places = APIRouter(prefix="/api/v1/trading-centres", tags=["公告 notices"], route_class=CommandRoute)

NoticeId = Annotated[int, Path(ge=1, lt=2**31), Whole]


class TradingCentres(Output):
    """The trading centres and how each runs a sale."""

    items: list[TradingCentre]


@places.get("", summary="交易中心 Trading centres")
def list_centres(actor: ListingReader) -> TradingCentres:
    """List the trading centres with their settings: each with its source, and whether somebody read it there."""
    return TradingCentres(items=list(centres().values()))


@router.get("", summary="公告列表 Notices")
def list_notices(
    actor: ListingReader,
    session: Read,
    page: PageQuery,
    *,
    jurisdiction: Annotated[list[str] | None, Query(max_length=50)] = None,
    method: Annotated[list[Method] | None, Query(max_length=5)] = None,
    published: Annotated[bool | None, Query(description="已发布 out, or still a draft")] = None,
) -> Page[NoticeRead]:
    """List notices, the newest first; values of one filter are choices."""
    chosen = [] if published is None else [published]
    filters: dict[str, list[Any]] = {
        "jurisdiction": jurisdiction or [], "method": method or [], "published": chosen
    }  # fmt: skip
    items = reading.notices(session, actor, filters, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([items[page.limit - 1].id]) if len(items) > page.limit else None
    return Page(items=items[: page.limit], next=following)


@router.post("", status_code=201, summary="起草公告 Draft a notice")
def create_notice(new: NoticeCreate, actor: ListingOfficer, session: Write, response: Response) -> NoticeDetail:
    """Draft a notice, or a supplementary one."""
    return _detail(session, actor, draft_commands.create_notice(session, actor, new), response)


@router.get("/{notice_id}", summary="公告 One notice")
def read_notice(notice_id: NoticeId, actor: ListingReader, session: Read, response: Response) -> NoticeDetail:
    """Give one notice with its lots."""
    return _detail(session, actor, notice_by_id(session, actor, notice_id), response)


@router.patch("/{notice_id}", summary="修改公告 Change a draft")
def change_notice(
    notice_id: NoticeId,
    change: NoticeChange,
    actor: ListingOfficer,
    version: IfMatch,
    session: Write,
    response: Response,
) -> NoticeDetail:
    """Change a draft."""
    notice = draft_commands.change_notice(session, actor, notice_id, change, version=version)
    return _detail(session, actor, notice, response)


@router.post("/{notice_id}/lots", status_code=201, summary="加入宗地 Add a lot")
def draft_lot(
    notice_id: NoticeId, new: LotCreate, actor: ListingOfficer, version: IfMatch, session: Write, response: Response
) -> LotDetail:
    """Add an approved scheme's land to a draft; the ETag is the lot's."""
    lot = draft_commands.draft_lot(session, actor, notice_id, new, version=version)
    response.headers["ETag"] = etag(lot.version)
    return reading.lot_detail(session, actor, lot)


@router.post("/{notice_id}/publication", summary="发布公告 Publish")
def publish_notice(
    notice_id: NoticeId,
    order: NoticePublish,
    actor: ListingOfficer,
    version: IfMatch,
    session: Write,
    response: Response,
) -> NoticePublished:
    """Publish a draft with all its lots, or tell (`trial`) what the law says of that."""
    notice, prepared = notice_commands.publish_notice(session, actor, notice_id, order, version=version)
    response.headers["ETag"] = etag(notice.version)
    return reading.notice_published(session, actor, notice, prepared, trial=order.trial)


def _detail(session: Read, actor: Actor, notice: Notice, response: Response) -> NoticeDetail:
    response.headers["ETag"] = etag(notice.version)
    return reading.notice_detail(session, actor, notice)
