"""What is known of notices and lots: those that an actor may see, locked or not, their events, parcels and duties."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Literal

from sqlalchemy import Select, Text, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import NotFound
from service.documents import subjects
from service.listings.bidder_models import LotBid, LotBidder
from service.listings.lifecycle import LIVE, LotEventKind, LotHold, LotStage
from service.listings.models import Lot, LotEvent, LotParcel, Notice
from service.listings.replaying import Happened
from service.listings.timers import Duty, Timed, duties
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions
from service.rules.book import rulebook
from service.schemes.models import SupplyScheme
from service.workdays.queries import calendar_of


def visible_notices(actor: Actor) -> Select[Notice]:
    """The notices an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(Notice)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(Notice).where(Notice.jurisdiction_id.in_(own))


def visible_lots(actor: Actor) -> Select[Lot]:
    """The lots an actor may see: those of the notices they may see. `Notice` is joined."""
    joined = select(Lot).join(Notice, Notice.id == Lot.notice_id)
    if actor.jurisdictions is None:
        return joined
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return joined.where(Notice.jurisdiction_id.in_(own))


subjects.register("notice", lambda actor: visible_notices(actor).with_only_columns(cast(Notice.id, Text)))
subjects.register("lot", lambda actor: visible_lots(actor).with_only_columns(cast(Lot.id, Text)))


def notice_by_id(session: Session, actor: Actor, notice_id: int, *, lock: bool = False) -> Notice:
    """Return one notice; `lock`: kept by us until the end. Raises NotFound."""
    wanted = visible_notices(actor).where(Notice.id == notice_id)
    if lock:
        wanted = wanted.with_for_update(of=Notice)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有编号为 {notice_id} 的公告。", f"There is no notice {notice_id}.")
    return found


def lot_by_id(session: Session, actor: Actor, lot_id: int, *, lock: Literal["wait", "skip"] | None = None) -> Lot:
    """Return one lot; `lock`: kept by us until the end, "skip": as if absent while somebody else keeps it.

    Whoever also locks a contract, a scheme or parcels does so in this order: contract, lot, scheme, parcels by id.

    Raises:
        NotFound: absent or not visible.

    """
    wanted = visible_lots(actor).where(Lot.id == lot_id)
    if lock is not None:
        wanted = wanted.with_for_update(of=Lot, skip_locked=lock == "skip")
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有编号为 {lot_id} 的交易宗地。", f"There is no lot {lot_id}.")
    return found


def lots_of(session: Session, notice_id: int, *, lock: bool = False) -> Sequence[Lot]:
    """Return the lots of a notice, by id; `lock`: kept by us until the end."""
    wanted = select(Lot).where(Lot.notice_id == notice_id).order_by(Lot.id)
    return session.scalars(wanted.with_for_update() if lock else wanted).all()


def rounds_of(session: Session, scheme_id: int) -> Sequence[Lot]:
    """Return the rounds in which a scheme's land was offered, the first one first."""
    return session.scalars(select(Lot).where(Lot.scheme_id == scheme_id).order_by(Lot.round)).all()


def events_of(session: Session, lot_ids: Collection[int]) -> dict[int, list[LotEvent]]:
    """Return the events of lots, in the order in which they were recorded."""
    wanted = select(LotEvent).where(LotEvent.lot_id.in_(lot_ids)).order_by(LotEvent.id)
    found: dict[int, list[LotEvent]] = {number: [] for number in lot_ids}
    for event in session.scalars(wanted):
        found[event.lot_id].append(event)
    return found


def happened(events: Sequence[LotEvent]) -> list[Happened]:
    """Return events as replay needs them."""
    return [Happened(LotEventKind(each.kind), each.effective_on, each.happened_at, each.facts) for each in events]


def parcels_of(session: Session, lot_ids: Collection[int], *, lock: bool = False) -> dict[int, list[Parcel]]:
    """Return the parcels of lots, by id: the order in which they are locked; `lock`: kept by us until the end."""
    wanted = (
        select(LotParcel.lot_id, Parcel)
        .join(Parcel, Parcel.id == LotParcel.parcel_id)
        .where(LotParcel.lot_id.in_(lot_ids))
        .order_by(Parcel.id)
    )
    found: dict[int, list[Parcel]] = {number: [] for number in lot_ids}
    if lock:
        wanted = wanted.with_for_update(of=Parcel).execution_options(populate_existing=True)
    for lot_id, parcel in session.execute(wanted):
        found[lot_id].append(parcel)
    return found


def bidders_of(session: Session, lot_id: int) -> Sequence[LotBidder]:
    """Return who takes part in a lot, the first one first."""
    return session.scalars(select(LotBidder).where(LotBidder.lot_id == lot_id).order_by(LotBidder.id)).all()


def bids_of(session: Session, lot_id: int) -> Sequence[LotBid]:
    """Return the offers for a lot, the highest first; of equal ones the earlier."""
    wanted = select(LotBid).where(LotBid.lot_id == lot_id)
    return session.scalars(wanted.order_by(LotBid.yuan.desc(), LotBid.id)).all()


def live_lots_on(session: Session, parcel_ids: Collection[int]) -> Iterator[tuple[int, Lot]]:
    """Give the live lots that hold parcels, with the parcel."""
    wanted = select(LotParcel.parcel_id, Lot).join(Lot, Lot.id == LotParcel.lot_id)
    found = session.execute(wanted.where(LotParcel.parcel_id.in_(parcel_ids), LotParcel.live, Lot.stage.in_(LIVE)))
    return ((row[0], row[1]) for row in found)


def due_lots(session: Session, now: dt.datetime) -> list[int]:
    """Return the lots that open by themselves, or whose end has come, by `now`; suspended ones wait."""
    # Written out, not bound: only so can a kept plan use the indexes of just these.
    announced, running, going = (literal(word, literal_execute=True) for word in ("announced", "open", "none"))
    opening = select(Lot.id).where(Lot.stage == announced, Lot.hold == going, Lot.opens_at <= now)
    closing = select(Lot.id).where(Lot.stage == running, Lot.hold == going, Lot.closes_at <= now)
    return sorted(session.scalars(opening.union_all(closing)))


_UNSETTLED = and_(
    LotBidder.paid_on.is_not(None),
    func.num_nonnulls(LotBidder.refunded_on, LotBidder.forfeited_on, LotBidder.credited_on) == 0,
)
_DEPOSIT_OPEN = and_(
    LotBidder.lot_id == Lot.id,
    _UNSETTLED,
    # The winner's counts towards the price, or is forfeited with a void award.
    LotBidder.name.is_distinct_from(Lot.winner),
)
_DEPOSITS_LEFT = select(func.count()).where(_DEPOSIT_OPEN).correlate(Lot).scalar_subquery()
_UNDONE = or_(
    Lot.stage.in_([LotStage.announced, LotStage.open, LotStage.publicised]),
    and_(Lot.stage.in_([LotStage.sold, LotStage.concluded]), Lot.confirmed_on.is_(None)),
    and_(Lot.stage.in_([LotStage.sold, LotStage.failed, LotStage.concluded]), Lot.result_on.is_(None)),
    Lot.id.in_(select(LotBidder.lot_id).where(_UNSETTLED)),
)


def timed(session: Session, wanted: Select[Lot]) -> list[Timed]:
    """Return lots as their duties need them; `Notice` is joined in what is wanted."""
    columns = (
        *(Lot.id, Lot.number, Lot.round, Jurisdiction.code, Notice.method, Lot.stage, Lot.hold, Lot.notice_on),
        *(Lot.opens_at, Lot.closes_at, Lot.ended_on, Lot.sold_on, Lot.confirmed_on, Lot.result_on, _DEPOSITS_LEFT),
    )
    rows = session.execute(
        wanted.join(Jurisdiction, Jurisdiction.id == Notice.jurisdiction_id).with_only_columns(*columns)
    )
    return [Timed._make([*row[:5], LotStage(row[5]), LotHold(row[6]), *row[7:]]) for row in rows]


def deadlines(session: Session, actor: Actor, until: dt.date) -> list[Duty]:
    """Return what is still due with the lots that an actor may see, overdue or by a day, the earliest first."""
    calendar, book = calendar_of(session), rulebook()
    lots = timed(session, visible_lots(actor).where(_UNDONE))
    found = [each for lot in lots for each in duties(lot, book, calendar) if not each.done and each.due_on <= until]
    return sorted(found, key=lambda each: (each.due_on, each.id, each.kind))


def reserve_of(session: Session, lot: Lot) -> Decimal:
    """Return what an offer for a lot has to reach: the scheme's reserve, or its floor where there is none."""
    found = session.scalar(select(SupplyScheme.reserve_yuan).where(SupplyScheme.id == lot.scheme_id))
    return max(found or Decimal(0), lot.floor_yuan or Decimal(0))
