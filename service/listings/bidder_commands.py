"""Who takes part in a lot, what becomes of the deposits, and what is offered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from service.listings import checking, deposits, offers, queries
from service.listings.bidder_models import LotBid, LotBidder
from service.listings.changes import BidCreate, BidderChange, BidderCreate
from service.listings.deposits import DepositEnd
from service.listings.holding import check_document, touch
from service.listings.lifecycle import LotHold, LotStage
from service.listings.models import Lot, Notice
from service.listings.offers import Offer
from service.listings.standing import bidding_of, offers_of
from service.parcels.commands import refuse_future
from service.rules.finding import Finding
from service.rules.judgement import record_override, refuse
from service.rules.schemas import Override

_TAKING_PART = (LotStage.announced, LotStage.open)
_DAYS = ("paid_on", *(str(each) for each in DepositEnd))


class NotTakingPart(Conflict):
    """The lot is not announced or open, or is suspended."""

    code, title_zh, title_en = "lot-not-open", "宗地当前不接受报名或报价", "The lot takes no bidders or offers now"


class BidderKnown(Conflict):
    """The lot has a bidder of this name already."""

    code, title_zh, title_en = "bidder-known", "该竞买人已报名", "The bidder takes part already"


class BidderNotReady(Conflict):
    """The bidder's deposit is not paid in full, or the bidder is not qualified."""

    code, title_zh, title_en = "bidder-not-ready", "竞买人不能报价", "The bidder can't offer"


def add_bidder(session: Session, actor: Actor, lot_id: int, new: BidderCreate) -> tuple[LotBidder, Sequence[Finding]]:
    """Let somebody take part; return it with what the law says (R07).

    Raises:
        NotFound, NotTakingPart, BidderKnown, FutureDate, Invalid, LegalRefusal.

    """
    lot, notice = _lot(session, actor, lot_id)
    if lot.stage not in _TAKING_PART:
        raise NotTakingPart("宗地不在公告或挂牌期间，不能报名。", "The lot is neither announced nor open.")
    if session.scalar(select(LotBidder.id).where(LotBidder.lot_id == lot.id, LotBidder.name == new.name)) is not None:
        raise BidderKnown("该竞买人已报名。", "The bidder takes part already.")
    values = new.model_dump(exclude={"override"})
    _refuse_payment(values["deposit_yuan"], values["paid_on"])
    found = _judged(session, actor, lot, notice, values, new.override)
    bidder = LotBidder(lot_id=lot.id, **values)
    session.add(bidder)
    touch(lot)
    session.flush()
    told = {name: value for name, value in values.items() if name != "name"}
    record(session, Action.LOT_BIDDER_ADDED, "lot_bidder", bidder.id, after={"lot": lot.id, **told})
    return bidder, found


def _lot(session: Session, actor: Actor, lot_id: int) -> tuple[Lot, Notice]:
    lot = queries.lot_by_id(session, actor, lot_id, lock="wait")
    return lot, queries.notice_by_id(session, actor, lot.notice_id)


def _refuse_payment(amount: object, paid_on: Any) -> None:  # noqa: ANN401 - a day or none
    if (amount is None) != (paid_on is None):
        zh, en = "保证金金额与缴纳日期须同时填写", "Give amount and day of the deposit together"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/paid_on", "deposit-incomplete", zh, en)])
    if paid_on is not None:
        refuse_future("/paid_on", paid_on)


def _judged(
    session: Session, actor: Actor, lot: Lot, notice: Notice, values: dict[str, Any], override: Override | None
) -> Sequence[Finding]:
    if override is not None:
        check_document(session, actor, notice, override.document_id, "/override/document_id")
    case = checking.case_of(session, notice, lot.scheme_id)
    found = checking.bidding(case, clock.today(), values["shares"], own_funds=values["own_funds"])
    judgement = refuse(found, override, actor=actor)
    if judgement.overridden and override is not None:
        record_override(session, judgement, override, "lot", lot.id)
    return judgement.findings


def change_bidder(
    session: Session, actor: Actor, lot_id: int, bidder_id: int, change: BidderChange, *, version: int
) -> tuple[LotBidder, Sequence[Finding]]:
    """Note what is new of a bidder; return it with what the law says (R07, R15 on a late refund).

    Raises:
        NotFound, PreconditionFailed, FutureDate, Invalid, LegalRefusal.
        NotTakingPart: shares or the examination, after the round ended.
        DepositRefused: the deposit can't end so.

    """
    lot, notice = _lot(session, actor, lot_id)
    bidder = _bidder(session, lot, bidder_id, version)
    values = {name: getattr(change, name) for name in change.model_fields_set if name != "override"}
    if values.keys() & {"shares", "own_funds", "qualified"} and lot.stage not in _TAKING_PART:
        raise NotTakingPart(
            "本轮已结束，不能再审查或更改份额。", "The round has ended: too late to examine or change shares."
        )
    after = {
        name: values.get(name, getattr(bidder, name)) for name in ("deposit_yuan", "paid_on", "shares", "own_funds")
    }
    _refuse_payment(after["deposit_yuan"], after["paid_on"])
    found: Sequence[Finding] = ()
    if values.keys() & {"shares", "own_funds"}:
        found = _judged(session, actor, lot, notice, after, change.override)
    found = (*found, *_ended(session, lot, notice, bidder, values))
    before = {name: getattr(bidder, name) for name in values}
    for name, value in values.items():
        setattr(bidder, name, value)
    bidder.version += 1
    touch(lot)
    session.flush()
    record(session, Action.LOT_BIDDER_CHANGED, "lot_bidder", bidder.id, before=before, after=values)
    return bidder, found


def _bidder(session: Session, lot: Lot, bidder_id: int, version: int | None = None) -> LotBidder:
    wanted = select(LotBidder).where(LotBidder.lot_id == lot.id, LotBidder.id == bidder_id).with_for_update()
    bidder = session.scalar(wanted.execution_options(populate_existing=True))
    if bidder is None:
        raise NotFound(f"宗地没有竞买人 {bidder_id}。", f"The lot has no bidder {bidder_id}.")
    if version is not None and bidder.version != version:
        raise PreconditionFailed(
            "竞买人信息已被他人修改，请刷新后重试。",
            "The bidder has been changed meanwhile; reload and try again.",
            facts={"version": bidder.version},
        )
    return bidder


def _ended(session: Session, lot: Lot, notice: Notice, bidder: LotBidder, values: dict[str, Any]) -> Sequence[Finding]:
    """Check how the deposit ends, if it does now."""
    for name in _DAYS:
        if values.get(name) is not None:
            refuse_future(f"/{name}", values[name])
    given = [end for end in DepositEnd if values.get(end) is not None]
    kept = [end for end in DepositEnd if values.get(end, getattr(bidder, end)) is not None]
    if len(kept) > 1:
        zh, en = "保证金只能有一种处理结果", "A deposit ends in one way"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError(f"/{kept[-1]}", "deposit-ended", zh, en)])
    paid = values.get("paid_on", bidder.paid_on) is not None
    qualified = values.get("qualified", bidder.qualified)
    ways = deposits.ends(LotStage(lot.stage), winner=bidder.name == lot.winner, qualified=qualified, paid=paid)
    for end in given:
        deposits.refuse_end(end, ways)
    if DepositEnd.refunded_on in given and lot.ended_on is not None:
        case = checking.case_of(session, notice, lot.scheme_id)
        return checking.refunding(session, case, lot.ended_on, values[DepositEnd.refunded_on])
    return ()


def make_bid(session: Session, actor: Actor, lot_id: int, new: BidCreate) -> LotBid:
    """Take an offer.

    Raises:
        NotFound: the lot or the bidder.
        NotTakingPart: the lot is not open, or suspended.
        BidderNotReady: the deposit is not paid in full, or the bidder is not qualified.
        OfferRefused: too early, too late, too low, too high.
        Invalid: offered in the future.

    """
    lot, notice = _lot(session, actor, lot_id)
    if lot.stage != LotStage.open or lot.hold != LotHold.none:
        raise NotTakingPart("宗地未在挂牌（开标、拍卖）中，不能报价。", "The lot is not open for offers.")
    bidder = _bidder(session, lot, new.bidder_id)
    if bidder.qualified is False or bidder.paid_on is None or (bidder.deposit_yuan or 0) < (lot.deposit_yuan or 0):
        raise BidderNotReady(
            "竞买人保证金未足额缴纳，或未通过资格审查。", "The deposit is not paid in full, or not qualified."
        )
    at = new.offered_at or clock.instant()
    if at > clock.instant():
        zh, en = "报价时间晚于现在", "The offer's time has not come"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/offered_at", "future-date", zh, en)])
    offer = Offer(bidder.id, new.yuan, at, bidder.qualified)
    offers.refuse_offer(bidding_of(lot, notice), offers_of(session, lot), offer)
    bid = LotBid(lot_id=lot.id, bidder_id=bidder.id, yuan=new.yuan, offered_at=at, actor=actor.label)
    session.add(bid)
    touch(lot)
    session.flush()
    record(session, Action.LOT_BID_MADE, "lot_bid", bid.id, after={"lot": lot.id, "yuan": new.yuan, "offered_at": at})
    return bid
