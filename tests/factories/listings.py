"""Notices and lots for tests, made through the commands that everybody uses; schemes as they stand once approved."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import system
from service.core import clock
from service.listings.bidder_commands import add_bidder, make_bid
from service.listings.bidder_models import LotBidder
from service.listings.changes import (
    BidCreate,
    BidderCreate,
    LotCreate,
    LotEventOrder,
    NoticeCreate,
    NoticePublish,
    Terms,
)
from service.listings.draft_commands import create_notice, draft_lot
from service.listings.lifecycle import LotEventKind
from service.listings.lot_commands import take_event
from service.listings.models import Lot, Notice
from service.listings.notice_commands import publish_notice
from service.listings.queries import parcels_of
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel
from service.schemes.methods import Method
from service.schemes.models import SchemeParcel, SchemeUse, SupplyScheme
from service.schemes.states import Level, SchemeStatus
from tests.factories.parcels import make_jurisdiction, make_parcel

_numbers = itertools.count(1)
FLOOR = Decimal(100_000_000)
NOTICE_ON = dt.date(2022, 10, 1)


def at(day: dt.date, hour: int = 9) -> dt.datetime:
    """An hour of a day in China."""
    return dt.datetime.combine(day, dt.time(hour), clock.CHINA)


OPENS, CLOSES = at(dt.date(2022, 10, 21)), at(dt.date(2022, 11, 1), 15)


def make_scheme(
    session: Session,
    parcels: list[Parcel] | None = None,
    *,
    method: Method = Method.listing,
    uses: tuple[str, ...] = ("residential",),
    floor: Decimal | None = FLOOR,
    reserve: Decimal | None = None,
    jurisdiction: str = "ZDXQ",
) -> SupplyScheme:
    """An approved scheme of parcels (or of a new one), as its own package leaves it."""
    parcels = parcels or [make_parcel(session, stage=Stage.scheme_approved, jurisdiction=jurisdiction)]
    scheme = SupplyScheme(
        jurisdiction_id=make_jurisdiction(session, jurisdiction).id,
        number=f"供方〔2022〕{next(_numbers)}号",
        title="供地方案",
        method=method,
        level=Level.district,
        status=SchemeStatus.draft,
        floor_yuan=floor,
        reserve_yuan=reserve,
    )
    session.add(scheme)
    session.flush()
    session.add_all([SchemeParcel(scheme_id=scheme.id, parcel_id=each.id) for each in parcels])
    session.add_all([SchemeUse(scheme_id=scheme.id, use_class=use, share=Decimal(1) / len(uses)) for use in uses])
    session.flush()
    scheme.status = SchemeStatus.submitted
    session.flush()
    scheme.status, scheme.approved_on = SchemeStatus.approved, dt.date(2022, 9, 1)
    session.flush()
    return scheme


def make_notice(session: Session, *, method: Method = Method.listing, **fields: Any) -> Notice:  # noqa: ANN401
    """A draft notice."""
    make_jurisdiction(session)
    own: dict[str, Any] = {"number": f"郑国土资交易告字〔2022〕{next(_numbers)}号"}
    own |= {} if "amends_id" in fields else {"jurisdiction": "ZDXQ", "method": method}
    actor = session.info.setdefault("actor", system("test"))
    return create_notice(session, actor, NoticeCreate(**{**own, "title": "出让公告", **fields}))


def sale_terms(**fields: Any) -> Terms:  # noqa: ANN401 - any term
    """Terms of a listing that break no rule."""
    own: dict[str, Any] = {
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "start_yuan": FLOOR,
        "increment_yuan": Decimal(1_000_000),
        "deposit_yuan": Decimal(20_000_000),
    }
    return Terms(**(own | fields))


def make_draft(
    session: Session, notice: Notice | None = None, scheme: SupplyScheme | None = None, terms: Terms | None = None
) -> Lot:
    """A lot of a draft notice."""
    notice = notice or make_notice(session)
    scheme = scheme or make_scheme(session, method=Method(notice.method))
    new = LotCreate(scheme_id=scheme.id, number=f"郑政东出〔2022〕{next(_numbers)}号(网)", terms=terms or sale_terms())
    return draft_lot(session, session.info["actor"], notice.id, new, version=notice.version)


def make_announced(
    session: Session,
    *,
    scheme: SupplyScheme | None = None,
    notice_on: dt.date = NOTICE_ON,
    centre: str | None = None,
    **terms: Any,  # noqa: ANN401 - any term
) -> Lot:
    """A listing that was announced: on 1 October, open from 21 October to 1 November 2022 unless told otherwise."""
    notice = make_notice(session, centre=centre)
    lot = make_draft(session, notice, scheme, sale_terms(**terms))
    order = NoticePublish(effective_on=notice_on)
    publish_notice(session, session.info["actor"], notice.id, order, version=notice.version)
    return lot


def act(session: Session, lot: Lot, kind: str, **order: Any) -> Lot:  # noqa: ANN401 - any part of an order
    """Record an event."""
    new = LotEventOrder(kind=LotEventKind(kind), **order)
    return take_event(session, session.info["actor"], lot.id, new, version=lot.version)[0]


def make_open(session: Session, **fields: Any) -> Lot:  # noqa: ANN401 - as `make_announced`
    """A listing that has opened."""
    lot = make_announced(session, **fields)
    assert lot.opens_at is not None
    return act(session, lot, "open", happened_at=lot.opens_at)


def bidder(session: Session, lot: Lot, name: str = "示例置业有限公司", **fields: Any) -> LotBidder:  # noqa: ANN401
    """A qualified bidder whose deposit is paid."""
    own = {"deposit_yuan": lot.deposit_yuan, "paid_on": dt.date(2022, 10, 20), "qualified": True}
    return add_bidder(session, session.info["actor"], lot.id, BidderCreate(name=name, **{**own, **fields}))[0]


def bid(session: Session, lot: Lot, who: LotBidder, yuan: Decimal, offered_at: dt.datetime) -> None:
    """An offer."""
    make_bid(session, session.info["actor"], lot.id, BidCreate(bidder_id=who.id, yuan=yuan, offered_at=offered_at))


def make_bid_for(session: Session) -> tuple[Lot, Parcel]:
    """A listing that has opened, with an offer that it can be sold to, and its one parcel."""
    lot = make_open(session)
    assert lot.opens_at is not None
    bid(session, lot, bidder(session, lot), FLOOR, lot.opens_at)
    (parcel,) = parcels_of(session, [lot.id])[lot.id]
    return lot, parcel


def make_sold(session: Session, *, price: Decimal = FLOOR, **fields: Any) -> Lot:  # noqa: ANN401 - as `make_announced`
    """A listing that was won by the only bidder on the day it closed."""
    lot = make_open(session, **fields)
    assert lot.opens_at is not None
    assert lot.closes_at is not None
    bid(session, lot, bidder(session, lot), price, lot.opens_at + dt.timedelta(hours=1))
    return act(session, lot, "sell", happened_at=lot.closes_at)


def make_awarded(session: Session, *, method: Method = Method.allocation, scheme: SupplyScheme | None = None) -> Lot:
    """An allocation that was publicised from 1 to 15 October 2022 without objection."""
    notice = make_notice(session, method=method)
    scheme = scheme or make_scheme(session, method=method, uses=("public",), floor=None)
    price = {} if method is Method.allocation else {"price_yuan": FLOOR}
    terms = Terms(closes_at=at(dt.date(2022, 10, 15)), taker="示例教育局", **price)
    lot = make_draft(session, notice, scheme, terms)
    order = NoticePublish(effective_on=NOTICE_ON)
    publish_notice(session, session.info["actor"], notice.id, order, version=notice.version)
    return act(session, lot, "award", effective_on=dt.date(2022, 10, 17))
