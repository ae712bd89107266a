"""Whatever the commands accept keeps lots and parcels in step, and the events alone give every lot back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.core.errors import GongdiError
from service.listings import lot_pages, queries, reading
from service.listings.changes import Amendment, NoticePublish, Terms
from service.listings.commands import conclude_lot
from service.listings.indices import IndexAsked
from service.listings.lifecycle import LIVE, STAGE_OF_PARCEL, LotStage
from service.listings.models import Lot, LotParcel
from service.listings.notice_commands import publish_notice
from service.listings.replaying import COLUMNS, replay
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel, ParcelEvent
from service.parcels.selection import Moment
from service.schemes.models import SupplyScheme
from tests.factories.listings import act, at, bid, bidder, make_announced, make_notice, make_scheme
from tests.factories.parcels import make_parcel

DAY = dt.timedelta(days=1)
KINDS = ["open", "suspend", "resume", "sell", "fail", "terminate", "void_award", "confirm", "publish_result"]
MOVES = st.tuples(
    st.sampled_from([*KINDS, *KINDS, "announce", "announce", "bid", "bid", "amend", "conclude"]), st.integers(0, 40)
)
BEGIN = dt.date(2022, 8, 1)


def announce(session: Session, scheme: SupplyScheme, day: dt.date) -> None:
    make_announced(
        session,
        scheme=scheme,
        notice_on=day,
        opens_at=at(day + 20 * DAY),
        closes_at=at(day + 30 * DAY, 15),
        ceiling_yuan=Decimal(150_000_000),
    )


def amend(session: Session, lot: Lot, day: dt.date) -> None:
    notice = make_notice(session, amends_id=lot.notice_id)
    assert lot.closes_at is not None
    indices = None if lot.indicators else [IndexAsked(name="far", target=Decimal("1.60"), from_year=day.year)]
    terms = Terms(closes_at=lot.closes_at + 2 * DAY, ceiling_yuan=None, indicators=indices)
    change = Amendment(lot_id=lot.id, terms=terms)
    order = NoticePublish(effective_on=day, amendments=[change])
    publish_notice(session, session.info["actor"], notice.id, order, version=notice.version)


def offer(session: Session, lot: Lot, day: dt.date) -> None:
    known = queries.bidders_of(session, lot.id)
    who = known[0] if known else bidder(session, lot, paid_on=day)
    made = queries.bids_of(session, lot.id)
    least = made[0].yuan + (lot.increment_yuan or 0) if made else lot.start_yuan or Decimal(0)
    bid(session, lot, who, least, at(day, 10))


def move(session: Session, scheme: SupplyScheme, kind: str, day: dt.date) -> None:
    lot = queries.rounds_of(session, scheme.id)[-1]
    match kind:
        case "announce":
            announce(session, scheme, day)
        case "amend":
            amend(session, lot, day)
        case "bid":
            offer(session, lot, day)
        case "conclude":
            # A contract would move the parcel on; here it only lets go of it.
            nested = session.begin_nested()
            conclude_lot(session, session.info["actor"], lot.id, effective_on=day)
            nested.rollback()
        case _:
            act(session, lot, kind, effective_on=day, note="原因")


def rows(session: Session, lot: Lot) -> dict[str, Any]:
    session.refresh(lot)
    return {name: getattr(lot, name) for name in COLUMNS}


def check(session: Session) -> None:
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"))
    held = select(LotParcel.parcel_id, func.count()).where(LotParcel.live).group_by(LotParcel.parcel_id)
    assert all(row[1] == 1 for row in session.execute(held))
    # Land that no live lot holds waits for its next round: there are no contracts here.
    taken = select(LotParcel.parcel_id).where(LotParcel.live)
    offered = select(LotParcel.parcel_id)
    free = select(Parcel.stage, Parcel.hold).where(Parcel.id.in_(offered), Parcel.id.not_in(taken))
    assert {*map(tuple, session.execute(free))} <= {(Stage.scheme_approved, "none")}
    joined = (
        select(Lot.stage, Lot.hold, LotParcel.live, Parcel.stage, Parcel.hold)
        .join(LotParcel, LotParcel.lot_id == Lot.id)
        .join(Parcel, Parcel.id == LotParcel.parcel_id)
    )
    for stage, hold, live, parcel_stage, parcel_hold in session.execute(joined):
        assert live == (stage in LIVE)
        if live:
            assert parcel_stage == STAGE_OF_PARCEL[LotStage(stage)]
            assert str(parcel_hold) == str(hold)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(MOVES, min_size=5, max_size=20))
def test_every_accepted_history_keeps_in_step(session: Session, moves: list[tuple[str, int]]) -> None:
    outer = session.begin_nested()
    parcels = [make_parcel(session, stage=Stage.scheme_approved) for _ in range(2)]
    scheme = make_scheme(session, parcels)
    day, accepted = BEGIN, 1
    announce(session, scheme, day)
    for kind, later in moves:
        day = min(day + later * DAY, dt.date(2022, 11, 15))
        nested = session.begin_nested()
        try:
            move(session, scheme, kind, day)
        except GongdiError:
            nested.rollback()
            session.expire_all()
        else:
            nested.commit()
            accepted += 1
            check(session)
    lots = queries.rounds_of(session, scheme.id)
    events = queries.events_of(session, [lot.id for lot in lots])
    assert [rows(session, lot) for lot in lots] == [
        {name: getattr(replay(queries.happened(events[lot.id])), name) for name in COLUMNS} for lot in lots
    ]
    moved = select(func.count()).where(ParcelEvent.parcel_id == parcels[0].id)
    assert accepted == 1 or (session.scalar(moved) or 0) > 0
    outer.rollback()


@given(
    days=st.lists(st.integers(0, 290), min_size=1, max_size=6),
    as_of=st.integers(0, 299),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_lot_as_of_a_day_is_a_naive_replay(session: Session, days: list[int], as_of: int) -> None:
    """Suspended and resumed on any days; the list, filtered by what the lot was, finds it as the events say."""
    outer = session.begin_nested()
    begin = dt.date(2022, 1, 20)
    lot = make_announced(
        session, notice_on=begin, opens_at=at(dt.date(2022, 11, 14)), closes_at=at(dt.date(2022, 11, 25))
    )
    for place, day in enumerate(sorted(days)):
        kind = "resume" if place % 2 else "suspend"
        order = {"effective_on": begin + day * DAY, "note": "原因"}
        act(session, lot, kind, **order)
    moment = Moment(as_of=begin + as_of * DAY)
    said = replay(
        each
        for each in queries.happened(queries.events_of(session, [lot.id])[lot.id])
        if each.effective_on <= (moment.as_of or begin)
    )
    found = reading.lot_detail(session, system("test"), lot, moment)
    assert (found.stage, found.hold, found.closes_at) == (said.stage, said.hold, said.closes_at)
    chosen = lot_pages.LotFilters(stage=[said.stage], hold=[said.hold], moment=moment, notice_id=lot.notice_id)
    assert [each.id for each in reading.lots(session, system("test"), chosen, before=None, limit=5)] == [lot.id]
    everywhere = lot_pages.LotFilters(moment=moment, notice_id=lot.notice_id)
    assert lot_pages.stage_counts(session, system("test"), everywhere) == {said.stage: 1}
    outer.rollback()
