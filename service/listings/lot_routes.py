"""交易宗地 /api/v1/lots: lists, one lot now or on a day, its events, bidders and offers, the calendar."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from service.accounts.access import ListingOfficer, ListingReader
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag
from service.core.errors import BadRequest
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import CalendarDay, Whole
from service.listings import bidder_commands, draft_commands, lot_commands, lot_pages, reading
from service.listings.bidder_schemas import BidderRead, Bidders, BidderTaken, BidRead, Bids
from service.listings.changes import BidCreate, BidderChange, BidderCreate, LotChange, LotEventOrder
from service.listings.lifecycle import LotHold, LotStage
from service.listings.lot_pages import LotFilters
from service.listings.notice_schemas import EventTaken, LotCalendar, LotEvents, StageCounts
from service.listings.queries import lot_by_id
from service.listings.schemas import LotDetail, LotRead
from service.parcels.routes import AsOf
from service.rules.schemas import LegalFinding
from service.schemes.methods import Method

router = APIRouter(prefix="/api/v1/lots", tags=["交易宗地 lots"], route_class=CommandRoute)

LotId = Annotated[int, Path(ge=1, lt=2**31), Whole]
BidderId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Reference = Annotated[int | None, Query(ge=1, lt=2**31), Whole]
_LONGEST_SPAN = 400


async def filters(  # noqa: PLR0913 - one parameter a filter
    at: AsOf,
    *,
    stage: Annotated[list[LotStage] | None, Query(max_length=10)] = None,
    hold: Annotated[list[LotHold] | None, Query(max_length=2)] = None,
    method: Annotated[list[Method] | None, Query(max_length=5)] = None,
    jurisdiction: Annotated[list[str] | None, Query(max_length=50)] = None,
    notice: Reference = None,
    scheme: Reference = None,
    parcel: Annotated[str | None, Query(max_length=200, description="地块编号 code of a parcel")] = None,
    q: Annotated[str | None, Query(max_length=200, description="编号中的文字 part of the number")] = None,
) -> LotFilters:
    """Read which lots are asked for."""
    return LotFilters(
        stage=stage or (),
        hold=hold or (),
        method=method or (),
        jurisdiction=jurisdiction or (),
        notice_id=notice,
        scheme_id=scheme,
        parcel=parcel,
        q=q,
        moment=at,
    )


Filters = Annotated[LotFilters, Depends(filters)]


@router.get("", summary="宗地列表 Lots")
def list_lots(actor: ListingReader, session: Read, page: PageQuery, chosen: Filters) -> Page[LotRead]:
    """List lots, the newest first, as they are or as they were on a day; then drafts are left out."""
    items = reading.lots(session, actor, chosen, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([items[page.limit - 1].id]) if len(items) > page.limit else None
    return Page(items=items[: page.limit], next=following)


@router.get("/counts", summary="各阶段宗数 Lots by stage")
def count_lots(
    actor: ListingReader,
    session: Read,
    at: AsOf,
    method: Annotated[list[Method] | None, Query(max_length=5)] = None,
    jurisdiction: Annotated[list[str] | None, Query(max_length=50)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> StageCounts:
    """Count lots by stage, as they are or as they were on a day; then drafts are left out."""
    chosen = LotFilters(method=method or (), jurisdiction=jurisdiction or (), q=q, moment=at)
    return StageCounts(counts=lot_pages.stage_counts(session, actor, chosen))


@router.get("/calendar", summary="交易日历 Days of lots")
def read_calendar(
    actor: ListingReader,
    session: Read,
    first: Annotated[CalendarDay, Query(description="首日")],
    last: Annotated[CalendarDay, Query(description="末日")],
) -> LotCalendar:
    """Say what was and is due on the days of a span: notices, starts, ends, results, refunds."""
    if not 0 <= (last - first).days <= _LONGEST_SPAN:
        raise BadRequest(f"起止日期须在 {_LONGEST_SPAN} 日内。", f"A span has at most {_LONGEST_SPAN} days.")
    return reading.calendar(session, actor, first, last)


@router.get("/{lot_id}", summary="宗地 One lot")
def read_lot(lot_id: LotId, actor: ListingReader, session: Read, at: AsOf, response: Response) -> LotDetail:
    """Give one lot, as it is or as it was on a day."""
    lot = lot_by_id(session, actor, lot_id)
    response.headers["ETag"] = etag(lot.version)
    return reading.lot_detail(session, actor, lot, at)


@router.patch("/{lot_id}", summary="修改宗地 Change a draft")
def change_lot(
    lot_id: LotId, change: LotChange, actor: ListingOfficer, version: IfMatch, session: Write, response: Response
) -> LotDetail:
    """Change number or terms of a draft."""
    lot = draft_commands.change_lot(session, actor, lot_id, change, version=version)
    response.headers["ETag"] = etag(lot.version)
    return reading.lot_detail(session, actor, lot)


@router.delete("/{lot_id}", status_code=204, summary="撤出公告 Take out of a draft")
def drop_lot(lot_id: LotId, actor: ListingOfficer, version: IfMatch, session: Write) -> None:
    """Take a draft lot out of its notice."""
    draft_commands.drop_lot(session, actor, lot_id, version=version)


@router.get("/{lot_id}/events", summary="宗地历史 What happened")
def read_events(lot_id: LotId, actor: ListingReader, session: Read, at: AsOf) -> LotEvents:
    """Give what happened to a lot, in order of effect."""
    return reading.lot_events(session, actor, lot_by_id(session, actor, lot_id), at)


@router.post("/{lot_id}/events", summary="办理 Record an event")
def take_event(
    lot_id: LotId, order: LotEventOrder, actor: ListingOfficer, version: IfMatch, session: Write, response: Response
) -> EventTaken:
    """Record what happened to a lot, or tell (`trial`) what the law says of that."""
    lot, found = lot_commands.take_event(session, actor, lot_id, order, version=version)
    response.headers["ETag"] = etag(lot.version)
    return reading.event_taken(session, actor, lot, found, trial=order.trial)


@router.get("/{lot_id}/bidders", summary="竞买人 Bidders")
def read_bidders(lot_id: LotId, actor: ListingReader, session: Read) -> Bidders:
    """Give who takes part in a lot; names only with `party:read`."""
    return Bidders(items=reading.bidders(session, actor, lot_by_id(session, actor, lot_id)))


@router.post("/{lot_id}/bidders", status_code=201, summary="登记竞买人 Add a bidder")
def add_bidder(
    lot_id: LotId, new: BidderCreate, actor: ListingOfficer, session: Write, response: Response
) -> BidderTaken:
    """Let somebody take part."""
    bidder, found = bidder_commands.add_bidder(session, actor, lot_id, new)
    response.headers["ETag"] = etag(bidder.version)
    return BidderTaken(bidder=_bidder(session, actor, lot_id, bidder.id), findings=[*map(LegalFinding.of, found)])


@router.patch("/{lot_id}/bidders/{bidder_id}", summary="审查竞买人、处理保证金 Change a bidder")
def change_bidder(
    lot_id: LotId,
    bidder_id: BidderId,
    change: BidderChange,
    actor: ListingOfficer,
    version: IfMatch,
    session: Write,
    response: Response,
) -> BidderTaken:
    """Note an examination, a payment, or what became of the deposit."""
    bidder, found = bidder_commands.change_bidder(session, actor, lot_id, bidder_id, change, version=version)
    response.headers["ETag"] = etag(bidder.version)
    return BidderTaken(bidder=_bidder(session, actor, lot_id, bidder.id), findings=[*map(LegalFinding.of, found)])


@router.get("/{lot_id}/bids", summary="报价 Offers")
def read_bids(lot_id: LotId, actor: ListingReader, session: Read) -> Bids:
    """Give the offers for a lot, the highest first; those of a running tender are sealed."""
    return reading.bids(session, actor, lot_by_id(session, actor, lot_id))


@router.post("/{lot_id}/bids", status_code=201, summary="录入报价 Take an offer")
def make_bid(lot_id: LotId, new: BidCreate, actor: ListingOfficer, session: Write) -> BidRead:
    """Take an offer."""
    bid = bidder_commands.make_bid(session, actor, lot_id, new)
    return BidRead.of(bid, _bidder(session, actor, lot_id, bid.bidder_id))


def _bidder(session: Read, actor: ListingReader, lot_id: int, bidder_id: int) -> BidderRead:
    everybody = reading.bidders(session, actor, lot_by_id(session, actor, lot_id))
    return next(each for each in everybody if each.id == bidder_id)
