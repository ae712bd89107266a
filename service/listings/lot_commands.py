"""What happens to a lot after its notice: what officers record, and what the clock does by itself."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.errors import FieldError, Invalid, NotFound
from service.listings import checking, gates, guards, offers, queries
from service.listings.centres import centre_of
from service.listings.changes import LotEventOrder
from service.listings.holding import check_documents, held_lot
from service.listings.lifecycle import LotEventKind, LotHold, LotStage
from service.listings.models import Lot, Notice
from service.listings.notice_commands import late_entry
from service.listings.offers import Ending, Offer
from service.listings.recording import Occurrence, entered, record_lot_event
from service.listings.standing import bidding_of, entered_late, offers_of
from service.parcels.commands import refuse_future
from service.rules.finding import Finding
from service.rules.judgement import record_override, refuse
from service.schemes.methods import COMPETITIVE, Method

_K = LotEventKind


class Act(NamedTuple):
    """A lot, locked, with what an order says of it and the instant that guards go by."""

    lot: Lot
    notice: Notice
    order: LotEventOrder
    day: dt.date
    moment: dt.datetime


def take_event(
    session: Session, actor: Actor, lot_id: int, order: LotEventOrder, *, version: int
) -> tuple[Lot, Sequence[Finding]]:
    """Record what happened to a lot; return it with what the law says of that. A trial changes nothing.

    Raises:
        NotFound, PreconditionFailed, FutureDate, Invalid.
        IllegalLotEvent, LaterLotEventBroken: not possible in that state.
        TooEarly, NoValidOffer, NotTheBest, ValidOffers, ResumedTooSoon: the guards of the event.
        ChecklistOpen: something of a parcel's checklist is open, so that it can't be sold or awarded.
        LegalRefusal: a rule blocks and is not overridden.

    """
    lot = held_lot(session, actor, lot_id, version=version)
    act = _act(lot, queries.notice_by_id(session, actor, lot.notice_id), order)
    check_documents(session, actor, act.notice, order)
    when = Occurrence(act.day, order.happened_at, order.document_id, order.note)
    entered(session, lot, order.kind, when, {})
    facts, found = _FACTS[order.kind](session, act), _findings(session, act)
    if order.trial:
        return lot, found
    judgement = refuse(found, order.override, actor=actor)
    if judgement.overridden and order.override is not None:
        when = when._replace(override_reason=order.override.reason)
        record_override(session, judgement, order.override, "lot", lot.id)
    return record_lot_event(session, actor, lot, order.kind, when, facts), judgement.findings


def _act(lot: Lot, notice: Notice, order: LotEventOrder) -> Act:
    at = order.happened_at
    day = order.effective_on or (clock.today() if at is None else clock.day_of(at))
    refuse_future("/effective_on", day)
    if at is not None and (clock.day_of(at) != day or at > clock.instant()):
        zh, en = "时刻与日期不符，或晚于现在", "The time is not on that day, or not yet"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/happened_at", "wrong-time", zh, en)])
    over = clock.instant() if day == clock.today() else dt.datetime.combine(day, dt.time.max, clock.CHINA)
    return Act(lot, notice, order, day, at or over)


def _none(session: Session, act: Act) -> dict[str, Any]:  # noqa: ARG001 - one of many
    return {}


def _with_reason(session: Session, act: Act) -> dict[str, Any]:  # noqa: ARG001 - one of many
    guards.refuse_without_reason(act.order.note, act.order.document_id)
    return {}


def _opened(session: Session, act: Act) -> dict[str, Any]:  # noqa: ARG001 - one of many
    guards.refuse_early(act.lot.opens_at, act.moment)
    return {}


def _awarded(session: Session, act: Act) -> dict[str, Any]:
    gates.refuse_open(session, act.lot, act.day)  # before the hour: what is left to do is told while there is time
    guards.refuse_early(act.lot.closes_at, act.moment)
    return {}


def _sold(session: Session, act: Act) -> dict[str, Any]:
    lot, bidding = act.lot, bidding_of(act.lot, act.notice)
    gates.refuse_open(session, lot, act.day)
    guards.refuse_early(lot.closes_at or lot.opens_at, act.moment)
    made, least = offers_of(session, lot), queries.reserve_of(session, lot)
    chosen = guards.sale(bidding, made, least, bidder_id=act.order.bidder_id, moment=act.moment)
    return _sale_to(session, lot, chosen)


def _sale_to(session: Session, lot: Lot, chosen: Offer) -> dict[str, Any]:
    names = {each.id: each.name for each in queries.bidders_of(session, lot.id)}
    return {"price_yuan": chosen.yuan, "winner": names[chosen.bidder_id], "bidder_id": chosen.bidder_id}


def _failed(session: Session, act: Act) -> dict[str, Any]:
    lot = act.lot
    guards.refuse_early(lot.closes_at or lot.opens_at, act.moment)
    guards.refuse_failure(bidding_of(lot, act.notice), offers_of(session, lot), queries.reserve_of(session, lot))
    return {}


def _resumed(session: Session, act: Act) -> dict[str, Any]:  # noqa: ARG001 - one of many
    lot, order = act.lot, act.order
    dates = {"opens_at": lot.opens_at, "closes_at": lot.closes_at}
    facts = guards.resumption(
        centre_of(act.notice.centre),
        dates,
        since=lot.held_since or act.moment,
        moment=act.moment,
        notice_on=order.notice_on,
        given={"opens_at": order.opens_at, "closes_at": order.closes_at},
        day=act.day,
    )
    sale = Method(act.notice.method) in COMPETITIVE
    return facts | (late_entry(dates | facts) if sale else {})


_FACTS: Mapping[LotEventKind, Callable[[Session, Act], dict[str, Any]]] = {
    _K.open: _opened,
    _K.suspend: _with_reason,
    _K.resume: _resumed,
    _K.sell: _sold,
    _K.award: _awarded,
    _K.fail: _failed,
    _K.terminate: _with_reason,
    _K.void_award: _with_reason,
    _K.confirm: _none,
    _K.publish_result: _none,
}
"""The guards of each event, and what it sets."""


def _findings(session: Session, act: Act) -> Sequence[Finding]:
    lot = act.lot
    case = checking.case_of(session, act.notice, lot.scheme_id)
    if act.order.kind is _K.open:
        return checking.opening(case, act.day, gates.open_items(session, lot, act.day))
    if act.order.kind is _K.publish_result and lot.ended_on is not None:
        return checking.publishing_result(session, case, lot.ended_on, act.day)
    if act.order.kind is _K.award and lot.notice_on is not None:
        return checking.publicising(case, act.day, lot.notice_on, act.day)
    return ()


def advance_lot(session: Session, actor: Actor, lot_id: int, now: dt.datetime) -> LotEventKind | None:
    """Do what is due with a lot by itself, as of the instant it was due; return what, None: nothing.

    A lot opens; one whose end has come is sold to the highest valid offer or ends unsold, unless an officer has to see
    to it. A lot that somebody else keeps, or whose course was entered after the fact, is left alone.

    Raises:
        IllegalTransition, LaterEventBroken: a parcel can't follow.

    """
    try:
        lot = queries.lot_by_id(session, actor, lot_id, lock="skip")
    except NotFound:
        return None
    if lot.hold != LotHold.none or entered_late(session, lot):
        return None
    if lot.stage == LotStage.announced and lot.opens_at is not None and lot.opens_at <= now:
        return _do(session, actor, lot, _K.open, lot.opens_at, {})
    if lot.stage == LotStage.open and lot.closes_at is not None and lot.closes_at <= now:
        return _close(session, actor, lot, lot.closes_at)
    return None


def _close(session: Session, actor: Actor, lot: Lot, closes_at: dt.datetime) -> LotEventKind | None:
    notice = queries.notice_by_id(session, actor, lot.notice_id)
    made = offers_of(session, lot)
    found = offers.outcome(bidding_of(lot, notice), made, queries.reserve_of(session, lot))
    if found.ending is Ending.fail:
        return _do(session, actor, lot, _K.fail, closes_at, {})
    if found.ending is Ending.sell and found.offer is not None:
        if gates.open_items(session, lot, clock.day_of(closes_at)):  # an officer has to see to it: the inbox tells
            return None
        return _do(session, actor, lot, _K.sell, closes_at, _sale_to(session, lot, found.offer))
    return None


def _do(
    session: Session, actor: Actor, lot: Lot, kind: LotEventKind, at: dt.datetime, facts: Mapping[str, object]
) -> LotEventKind:
    record_lot_event(session, actor, lot, kind, Occurrence(clock.day_of(at), at), facts)
    return kind
