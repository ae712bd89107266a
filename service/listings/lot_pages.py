"""Pages of lots and notices as lists show them, now or on a day; and the days of a month."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal_column, or_, select, text, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.spelling import folded
from service.documents.models import Document
from service.listings.bidder_models import LotBid, LotBidder
from service.listings.lifecycle import STAGE_AFTER, LotEventKind, LotHold, LotStage
from service.listings.models import Lot, LotEvent, LotParcel, Notice
from service.listings.queries import visible_lots, visible_notices
from service.parcels.models import Parcel, code_key
from service.parcels.selection import NOW, Moment
from service.regions.models import Jurisdiction
from service.schemes.methods import Method
from service.schemes.models import SupplyScheme

_NEUTRAL = [LotEventKind.amend, LotEventKind.confirm, LotEventKind.publish_result]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFilters:
    """Which lots: values of one filter are choices, an empty one is no filter. `q` is part of a lot's number."""

    stage: Sequence[LotStage] = ()
    hold: Sequence[LotHold] = ()
    method: Sequence[Method] = ()
    jurisdiction: Sequence[str] = ()
    notice_id: int | None = None
    scheme_id: int | None = None
    parcel: str | None = None
    q: str | None = None
    moment: Moment = field(default=NOW)


def known_then(moment: Moment) -> Any:  # noqa: ANN401 - a condition
    """Return the condition that an event was in force and known at a moment."""
    day = moment.as_of or clock.today()
    known = true() if moment.known_at is None else LotEvent.recorded_at <= moment.known_at
    return and_(LotEvent.effective_on <= day, known)


def _then(moment: Moment) -> Any:  # noqa: ANN401 - a lateral subquery
    """Stage and hold at a moment, as the kind of the event that set each; none before the first event."""
    ordered = aggregate_order_by(LotEvent.kind, LotEvent.effective_on.desc(), LotEvent.id.desc())
    staged = func.array_agg(ordered).filter(LotEvent.kind.in_(list(STAGE_AFTER)))
    held = func.array_agg(ordered).filter(LotEvent.kind.not_in(_NEUTRAL))
    first = text("1")
    return (
        select(staged[first].label("stage"), held[first].label("hold"))
        .where(LotEvent.lot_id == Lot.id, known_then(moment))
        .lateral("moment")
    )


def _in_state(wanted: Select[Any], filters: LotFilters) -> Select[Any]:
    if filters.moment.is_now:
        wanted = wanted.where(Lot.stage.in_(filters.stage)) if filters.stage else wanted
        return wanted.where(Lot.hold.in_(filters.hold)) if filters.hold else wanted
    then = _then(filters.moment)
    wanted = wanted.join(then, true()).where(then.c.stage.is_not(None))
    if filters.stage:
        wanted = wanted.where(then.c.stage.in_([kind for kind, stage in STAGE_AFTER.items() if stage in filters.stage]))
    if filters.hold:
        suspended = then.c.hold == LotEventKind.suspend
        wanted = wanted.where(or_(*(suspended if each is LotHold.suspended else ~suspended for each in filters.hold)))
    return wanted


def _filtered(wanted: Select[Any], filters: LotFilters) -> Select[Any]:
    wanted = _in_state(wanted, filters)
    if filters.method:
        wanted = wanted.where(Notice.method.in_(filters.method))
    if filters.jurisdiction:
        wanted = wanted.where(Jurisdiction.code.in_(filters.jurisdiction))
    if filters.notice_id is not None:
        wanted = wanted.where(Lot.notice_id == filters.notice_id)
    if filters.scheme_id is not None:
        wanted = wanted.where(Lot.scheme_id == filters.scheme_id)
    if filters.q:
        wanted = wanted.where(Lot.number.contains(filters.q, autoescape=True))
    if filters.parcel is not None:
        held = select(LotParcel.lot_id).join(Parcel, Parcel.id == LotParcel.parcel_id)
        wanted = wanted.where(Lot.id.in_(held.where(code_key == folded(filters.parcel))))
    return wanted


_SIZE = (
    select(
        func.array_agg(aggregate_order_by(Parcel.code, Parcel.id)).label("parcels"),
        func.sum(Parcel.area_m2).label("area_m2"),
    )
    .join(LotParcel, LotParcel.parcel_id == Parcel.id)
    .where(LotParcel.lot_id == Lot.id)
    .lateral("size")
)
_BIDDERS = select(func.count()).where(LotBidder.lot_id == Lot.id).correlate(Lot).scalar_subquery()
_BIDS = (
    select(func.count().label("bids"), func.max(LotBid.yuan).label("top")).where(LotBid.lot_id == Lot.id).lateral("bid")
)
_JOINED = (
    (SupplyScheme, SupplyScheme.id == Lot.scheme_id),
    (Jurisdiction, Jurisdiction.id == Notice.jurisdiction_id),
    (_SIZE, true()),
    (_BIDS, true()),
)


def _whole(wanted: Select[Any]) -> Select[Any]:
    for table, on in _JOINED:
        wanted = wanted.join(table, on)
    return wanted.with_only_columns(
        Lot,
        Notice,
        SupplyScheme.title.label("scheme_title"),
        SupplyScheme.number.label("scheme_number"),
        SupplyScheme.reserve_yuan.label("reserve_yuan"),
        Jurisdiction.code.label("jurisdiction"),
        Jurisdiction.name.label("jurisdiction_name"),
        _SIZE.c.parcels,
        _SIZE.c.area_m2,
        _BIDDERS.label("bidders"),
        _BIDS.c.bids,
        _BIDS.c.top,
    )


def lot_page(
    session: Session, actor: Actor, filters: LotFilters, *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return lots with notice, scheme, parcels and figures, the newest first, those older than id `before`."""
    wanted = _filtered(_whole(visible_lots(actor)), filters).order_by(Lot.id.desc()).limit(limit)
    return session.execute(wanted if before is None else wanted.where(Lot.id < before)).all()


def lot_row(session: Session, lot_id: int) -> Row[Any]:
    """Return one lot as a page has it."""
    wanted = select(Lot).join(Notice, Notice.id == Lot.notice_id).where(Lot.id == lot_id)
    return session.execute(_whole(wanted)).one()


def stage_counts(session: Session, actor: Actor, filters: LotFilters) -> dict[LotStage, int]:
    """Return how many lots stand in each stage, now or on a day."""
    wanted = visible_lots(actor).join(Jurisdiction, Jurisdiction.id == Notice.jurisdiction_id)
    # On a day a stage is known by the event that set it.
    stage = Lot.stage if filters.moment.is_now else literal_column("moment.stage")
    counted = _filtered(wanted, filters).with_only_columns(stage, func.count()).group_by(stage)
    found: Counter[LotStage] = Counter()
    for name, n in session.execute(counted):
        found[LotStage(name) if filters.moment.is_now else STAGE_AFTER[LotEventKind(name)]] += n
    return dict(found)


def lots_between(actor: Actor, first: dt.date, last: dt.date) -> Select[Lot]:
    """The lots that have something on a day of a span: notice, start, end, sale, or what follows within weeks."""
    begins = dt.datetime.combine(first, dt.time.min, clock.CHINA)
    ends = dt.datetime.combine(last, dt.time.max, clock.CHINA)
    return visible_lots(actor).where(
        or_(
            Lot.notice_on.between(first, last),
            Lot.opens_at.between(begins, ends),
            Lot.closes_at.between(begins, ends),
            Lot.ended_on.between(first - dt.timedelta(days=31), last),
        ),
        Lot.stage != LotStage.draft,
    )


def notice_page(
    session: Session, actor: Actor, filters: Mapping[str, Sequence[object]], *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return notices with jurisdiction and number of lots, the newest first, those older than id `before`.

    `filters` (`jurisdiction` codes, `method`, `published` True or False): values of one are choices.
    """
    lots = select(func.count()).where(Lot.notice_id == Notice.id).correlate(Notice).scalar_subquery()
    columns = {
        "jurisdiction": Jurisdiction.code,
        "method": Notice.method,
        "published": Notice.published_on.is_not(None),
        "id": Notice.id,
    }
    wanted = (
        visible_notices(actor)
        .join(Jurisdiction, Jurisdiction.id == Notice.jurisdiction_id)
        .with_only_columns(Notice, Jurisdiction.code, Jurisdiction.name, lots.label("lots"))
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    for name, values in filters.items():
        if values:
            wanted = wanted.where(columns[name].in_(values))
    return session.execute(wanted if before is None else wanted.where(Notice.id < before)).all()


def supplements_of(session: Session, notice_id: int) -> Sequence[Notice]:
    """Return the supplementary notices of a notice, the first one first."""
    return session.scalars(select(Notice).where(Notice.amends_id == notice_id).order_by(Notice.id)).all()


def titled_events(session: Session, lot_id: int, moment: Moment) -> Sequence[Row[LotEvent, str | None]]:
    """Return what happened to a lot, in order of effect, with the title of the document each event rests on."""
    wanted = (
        select(LotEvent, Document.title)
        .outerjoin(Document, Document.id == LotEvent.document_id)
        .where(LotEvent.lot_id == lot_id)
        .order_by(LotEvent.effective_on, LotEvent.id)
    )
    return session.execute(wanted if moment.is_now else wanted.where(known_then(moment))).all()
