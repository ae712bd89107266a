"""The clock: lots open and close by themselves, once, on the day that was due, also after it stood still."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select

from service.accounts.access import system
from service.core import clock
from service.core.db import Database
from service.core.errors import GongdiError
from service.core.settings import Settings
from service.listings import queries, timers
from service.listings.changes import LotEventOrder
from service.listings.jobs import run_clock
from service.listings.lifecycle import LotEventKind
from service.listings.lot_commands import take_event
from service.listings.models import Lot, LotEvent
from tests.factories.listings import FLOOR, act, at, bid, bidder, make_announced, make_open

D = dt.date
OPENS, CLOSES = at(D(2022, 11, 10)), at(D(2022, 11, 20), 15)
NOTICE = D(2022, 10, 1)
ACTOR = system("test")


def listed(database: Database, *, centre: str | None = None, offers: tuple[int, ...] = ()) -> int:
    """A lot that closes on 20 November, with offers of as many bidders."""
    with database.write(ACTOR) as session:
        lot = make_open(session, opens_at=OPENS, closes_at=CLOSES, notice_on=NOTICE, centre=centre)
        for place, more in enumerate(offers):
            who = bidder(session, lot, f"示例公司{place}", paid_on=D(2022, 11, 1))
            bid(session, lot, who, FLOOR + more, OPENS + dt.timedelta(hours=place))
        return lot.id


def lot_of(database: Database, lot_id: int) -> Lot:
    with database.read() as session:
        return session.get_one(Lot, lot_id)


def test_a_lot_opens_and_closes_by_itself(database: Database) -> None:
    with database.write(ACTOR) as session:
        lot_id = make_announced(
            session, opens_at=at(D(2022, 11, 14)), closes_at=at(D(2022, 11, 25)), notice_on=NOTICE
        ).id
    assert run_clock(database, at(D(2022, 11, 14), 8)) == 0
    assert run_clock(database, at(D(2022, 11, 14))) == 1
    assert lot_of(database, lot_id).stage == "open"
    assert run_clock(database, at(D(2022, 11, 15))) == 0


def test_after_standing_still_it_does_what_was_due(database: Database) -> None:
    """Announced for the future; then nobody ran the clock for ten days."""
    with database.write(ACTOR) as session:
        lot_id = make_announced(session, opens_at=OPENS, closes_at=CLOSES, notice_on=NOTICE).id
    clock.fix_today(D(2022, 11, 30))
    assert run_clock(database, at(D(2022, 11, 30))) == 2
    assert run_clock(database, at(D(2022, 11, 30))) == 0
    with database.read() as session:
        events = session.scalars(select(LotEvent).where(LotEvent.lot_id == lot_id).order_by(LotEvent.id)).all()
        done = [(each.kind, each.effective_on, each.actor) for each in events[1:]]
    assert done == [("open", D(2022, 11, 10), "job:listings.clock"), ("fail", D(2022, 11, 20), "job:listings.clock")]


@pytest.mark.parametrize(
    ("centre", "offers", "stage"),
    [
        (None, (), "failed"),
        (None, (0,), "sold"),
        (None, (0, 1_000_000), "sold"),
        ("zhengzhou", (0, 1_000_000), "open"),
        ("zhengzhou", (0,), "sold"),
    ],
)
def test_how_a_listing_closes(database: Database, centre: str | None, offers: tuple[int, ...], stage: str) -> None:
    lot_id = listed(database, centre=centre, offers=offers)
    clock.fix_today(D(2022, 11, 21))
    run_clock(database, at(D(2022, 11, 21)))
    lot = lot_of(database, lot_id)
    assert lot.stage == stage
    if stage == "sold":
        assert (lot.price_yuan, lot.sold_on) == (FLOOR + offers[-1], D(2022, 11, 20))


def test_a_suspended_lot_waits(database: Database) -> None:
    lot_id = listed(database)
    with database.write(ACTOR) as session:
        act(session, queries.lot_by_id(session, ACTOR, lot_id), "suspend", effective_on=D(2022, 11, 15), note="查封")
    clock.fix_today(D(2022, 11, 30))
    assert run_clock(database, at(D(2022, 11, 30))) == 0


def test_history_that_is_entered_is_left_to_who_enters_it(database: Database) -> None:
    with database.write(ACTOR) as session:
        lot_id = make_announced(session).id
    assert run_clock(database, at(D(2022, 11, 15))) == 0
    assert lot_of(database, lot_id).stage == "announced"


def test_a_lot_that_somebody_keeps_is_passed_over(database: Database) -> None:
    lot_id = listed(database)
    clock.fix_today(D(2022, 11, 21))
    with database.write(ACTOR) as session:
        queries.lot_by_id(session, ACTOR, lot_id, lock="wait")
        assert run_clock(database, at(D(2022, 11, 21))) == 0
    assert run_clock(database, at(D(2022, 11, 21))) == 1


def test_what_is_due_after_a_sale(database: Database) -> None:
    with database.write(ACTOR) as session:
        lot = make_open(session)
        winner, loser = bidder(session, lot, "甲"), bidder(session, lot, "乙")
        assert lot.opens_at is not None
        bid(session, lot, loser, FLOOR, lot.opens_at)
        bid(session, lot, winner, FLOOR + 1_000_000, lot.opens_at)
        act(session, lot, "sell", effective_on=D(2022, 11, 2))
        lot_id = lot.id

    def due(until: D) -> list[tuple[str, D]]:
        with database.read() as session:
            return [(each.kind, each.due_on) for each in queries.deadlines(session, ACTOR, until) if each.id == lot_id]

    kinds = timers.DutyKind
    assert due(D(2022, 11, 15)) == [(kinds.confirm, D(2022, 11, 2)), (kinds.refund, D(2022, 11, 9))]
    assert due(D(2022, 12, 1))[-1] == (kinds.result, D(2022, 11, 16))
    with database.write(ACTOR) as session:
        lot = queries.lot_by_id(session, ACTOR, lot_id)
        act(session, lot, "confirm", effective_on=D(2022, 11, 3))
        act(session, lot, "publish_result", effective_on=D(2022, 11, 4))
    assert due(D(2022, 12, 1)) == [(kinds.refund, D(2022, 11, 9))]


def test_of_two_hundred_attempts_to_sell_a_lot_one_succeeds(database: Database, settings: Settings) -> None:
    """Over real connections, all of them with the version that everybody has seen."""
    lot_id = listed(database, offers=(0,))
    clock.fix_today(D(2022, 11, 21))
    version = lot_of(database, lot_id).version
    crowd = Database(settings.model_copy(update={"session_pool_size": 24, "lock_timeout_ms": 60_000}))
    order = LotEventOrder(kind=LotEventKind.sell, happened_at=at(D(2022, 11, 20), 16))

    def attempt(number: int) -> tuple[int, object]:
        actor = system(f"officer {number}")
        try:
            with crowd.write(actor) as session:
                take_event(session, actor, lot_id, order, version=version)
        except GongdiError as refused:
            return refused.status, refused.facts.get("stage") or refused.facts.get("state")
        return 200, None

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(attempt, range(200)))
    crowd.close()
    assert sorted({status for status, _ in answers}) == [200, 412]
    assert [status for status, _ in answers].count(200) == 1
    assert {told for status, told in answers if status != 200} == {"sold"}
    lot = lot_of(database, lot_id)
    assert (lot.stage, lot.price_yuan) == ("sold", Decimal(FLOOR))
    with database.read() as session:
        assert len(queries.events_of(session, [lot_id])[lot_id]) == 3
