"""What is asked every minute, and of long lists, goes by an index."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.core.cluster import ClusterUrls
from service.core.settings import Settings
from service.listings import queries
from tests.explained import filled
from tests.factories.listings import make_sold

CLOCK = """SELECT id FROM lot WHERE stage = 'announced' AND hold = 'none' AND opens_at <= now()"""
CLOSING = """SELECT id FROM lot WHERE stage = 'open' AND hold = 'none' AND closes_at <= now()"""
EVENTS = "SELECT * FROM lot_event WHERE lot_id = 1 ORDER BY id"
PARCEL = "SELECT * FROM lot_parcel WHERE parcel_id = 1 AND live"
BIDS = "SELECT max(yuan) FROM lot_bid WHERE lot_id = 1"
UNDONE = "SELECT id FROM lot WHERE result_on IS NULL AND stage IN ('sold', 'failed', 'concluded')"
DEPOSITS = """SELECT lot_id FROM lot_bidder
    WHERE paid_on IS NOT NULL AND num_nonnulls(refunded_on, forfeited_on, credited_on) = 0"""


def _fill(session: Session) -> None:
    """Ended rounds of one scheme, and many that are announced or open until 2090: one row would fit any index."""
    lot = make_sold(session)
    session.execute(
        text("""
            INSERT INTO lot (notice_id, scheme_id, number, round, stage)
            SELECT notice_id, scheme_id, 'N-' || n, 1 + n, (ARRAY['failed', 'terminated'])[1 + n % 2]
            FROM lot, generate_series(1, 3000) AS n WHERE id = :lot
        """),
        {"lot": lot.id},
    )
    session.execute(
        text("""
            WITH scheme AS (
              INSERT INTO supply_scheme (jurisdiction_id, number, title, method, level, status)
              SELECT jurisdiction_id, 'S-' || n, title, method, level, 'draft'
              FROM supply_scheme, generate_series(1, 3000) AS n WHERE id = :scheme RETURNING id
            )
            INSERT INTO lot (notice_id, scheme_id, number, stage, opens_at, closes_at)
            SELECT :notice, id, 'L-' || id, (ARRAY['announced', 'open'])[1 + id % 2], '2090-01-01', '2090-02-01'
            FROM scheme
        """),
        {"scheme": lot.scheme_id, "notice": lot.notice_id},
    )


@pytest.fixture(scope="module")
def asking(new_database: Callable[[], ClusterUrls], settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with filled(new_database(), settings, _fill) as connection:
        yield connection


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (CLOCK, "ix_lot_opens_at"),
        (CLOSING, "ix_lot_closes_at"),
        (EVENTS, "ix_lot_event_lot"),
        (PARCEL, "uq_lot_parcel_live"),
        (BIDS, "ix_lot_bid_lot"),
        (UNDONE, "ix_lot_unpublished"),
        (DEPOSITS, "ix_lot_bidder_deposit"),
    ],
)
def test_an_index_serves(asking: psycopg.Connection[Any], asked: str, index: str) -> None:
    assert index in "\n".join(row[0] for row in asking.execute(f"EXPLAIN {asked}".encode()))


def test_the_clock_writes_its_stages_out(session: Session) -> None:
    """A bound stage would keep a generic plan from the partial index."""
    assert queries.due_lots(session, dt.datetime(2022, 11, 15, tzinfo=dt.UTC)) == []
