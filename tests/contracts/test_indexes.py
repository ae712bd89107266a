"""No list of schemes, lots, notices or contracts reads a large table whole: 10,000 of each, twenty years of a city."""

import datetime as dt
from collections.abc import Callable, Iterator

import psycopg
import pytest

from service.accounts.access import Actor, system
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.contracts import listing
from service.contracts import queries as contracts
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.core.settings import Settings
from service.listings import lot_pages
from service.listings.lot_pages import LotFilters
from service.parcels.selection import Moment
from service.schemes import queries as schemes
from tests.explained import Asking, explained, read_whole

LARGE = (
    "supply_scheme", "scheme_parcel", "scheme_use", "lot", "lot_parcel", "lot_event", "contract", "contract_parcel",
    "contract_event", "instalment", "payment", "parcel",
)  # fmt: skip
TODAY = dt.date(2022, 11, 15)
_FILL = """
SET session_replication_role = replica;
INSERT INTO jurisdiction (code, name, name_en) VALUES ('ZDXQ', '郑东新区', 'Zhengdong'), ('GXQ', '高新区', 'High-tech');
INSERT INTO parcel (code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since)
    SELECT 'Z-' || n, 1 + n % 2, ST_Multi(ST_MakeEnvelope(x, y, x + 0.0005, y + 0.0005, 4490)), 2500, 2500, 'paid',
        '2022-01-01'
    FROM generate_series(1, 10000) AS n,
        LATERAL (SELECT 113.5 + n % 100 * 0.001 AS x, 34.6 + n / 100 * 0.001 AS y) AS corner;
INSERT INTO supply_scheme (jurisdiction_id, number, title, method, level, status, approved_on)
    SELECT 1 + n % 2, 'S-' || n, 'x', 'listing', 'district', CASE WHEN n % 100 = 0 THEN 'draft' ELSE 'approved' END,
        CASE WHEN n % 100 > 0 THEN date '2003-01-01' + (n * 7 % 7000) END
    FROM generate_series(1, 10000) AS n;
INSERT INTO scheme_parcel (scheme_id, parcel_id, live) SELECT n, n, true FROM generate_series(1, 10000) AS n;
INSERT INTO scheme_use (scheme_id, use_class) SELECT n, 'commercial' FROM generate_series(1, 10000) AS n;
INSERT INTO notice (jurisdiction_id, number, method, title, published_on)
    SELECT 1 + n % 2, 'N-' || n, 'listing', 'x', date '2003-01-01' + n * 7 FROM generate_series(1, 1000) AS n;
INSERT INTO lot (notice_id, scheme_id, number, stage, notice_on, ended_on, sold_on)
    SELECT 1 + n % 1000, n, 'L-' || n, CASE WHEN n % 100 = 0 THEN 'open' ELSE 'concluded' END, day, day + 40, day + 40
    FROM generate_series(1, 10000) AS n, LATERAL (SELECT date '2003-01-01' + (n * 7 % 7000) AS day) AS d;
INSERT INTO lot_parcel (lot_id, parcel_id, live) SELECT n, n, n % 100 = 0 FROM generate_series(1, 10000) AS n;
INSERT INTO lot_event (lot_id, kind, effective_on, actor)
    SELECT n, kind, date '2003-01-01' + (n * 7 % 7000), 'x'
    FROM generate_series(1, 10000) AS n, unnest(ARRAY['announce', 'open', 'sell']) AS kind;
INSERT INTO contract (jurisdiction_id, lot_id, kind, number, holder, signed_on, price_yuan, stage, delivery_due_on)
    SELECT 1 + n % 2, n, 'grant', 'C-' || n, 'x', date '2003-02-15' + (n * 7 % 7000), 100,
        CASE WHEN n % 5 = 0 THEN 'in_force' ELSE 'completed' END, '2022-01-01'
    FROM generate_series(1, 10000) AS n;
INSERT INTO contract_parcel (contract_id, parcel_id) SELECT n, n FROM generate_series(1, 10000) AS n;
INSERT INTO contract_event (contract_id, kind, effective_on, actor)
    SELECT n, kind, '2022-01-01', 'x' FROM generate_series(1, 10000) AS n, unnest(ARRAY['sign', 'pay']) AS kind;
INSERT INTO instalment (contract_id, ordinal, due_on, yuan)
    SELECT n, part, '2022-01-01', 50 FROM generate_series(1, 10000) AS n, generate_series(1, 2) AS part;
INSERT INTO payment (contract_id, paid_on, yuan, actor)
    SELECT n, '2022-01-01', 50, 'x' FROM generate_series(1, 10000) AS n, generate_series(1, 2);
SET session_replication_role = origin;
ANALYZE;
"""
ALL = system("test")
OFFICER = Actor("user", "x", Role.LISTING_OFFICER, ROLE_PERMISSIONS[Role.LISTING_OFFICER], frozenset({"ZDXQ"}))


@pytest.fixture(scope="module")
def large(new_database: Callable[[], ClusterUrls], settings: Settings) -> Iterator[Database]:
    """A database of its own, filled behind the service's back."""
    urls = new_database()
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute(_FILL)
    database = Database(settings.model_copy(update=urls.settings()))
    yield database
    database.close()


def _contracts(actor: Actor = ALL, after: tuple[str, int] | None = None, **filters: object) -> Asking:
    chosen = {name: [value] for name, value in filters.items()}
    return lambda s: listing.contract_page(s, actor, chosen, today=TODAY, after=after, limit=50)


def _schemes(actor: Actor = ALL, before: int | None = None, **filters: object) -> Asking:
    chosen = {name: [value] for name, value in filters.items()}
    return lambda s: schemes.scheme_page(s, actor, chosen, before=before, limit=50)


def _lots(**filters: object) -> Asking:
    return lambda s: lot_pages.lot_page(s, ALL, LotFilters(**filters), before=None, limit=50)  # type: ignore[arg-type]


ASKED: dict[str, Asking] = {
    "schemes": _schemes(),
    "schemes, own": _schemes(OFFICER),
    "schemes, later page": _schemes(before=5000),
    "schemes of a status": _schemes(status="draft"),
    "schemes of a parcel": _schemes(parcel="Z-77"),
    "one scheme": _schemes(id=77),
    "schemes that hold": lambda s: schemes.live_schemes(s, [77, 78]),
    "contracts": _contracts(),
    "contracts, own": _contracts(OFFICER),
    "contracts, later page": _contracts(after=("2012-05-05", 77)),
    "contracts in force": _contracts(stage="in_force"),
    "contracts, late payment": _contracts(overdue="payment"),
    "contracts, late delivery": _contracts(overdue="delivery"),
    "contracts that lie idle": _contracts(idle="none"),
    "contracts of a span": _contracts(signed_from=dt.date(2012, 1, 1)),
    "one contract": _contracts(id=77),
    "events of a contract": lambda s: contracts.events_of(s, 77),
    "payments of a contract": lambda s: contracts.booked(s, 77, Moment(as_of=TODAY)),
    "contracts that hold": lambda s: contracts._holds(s, [77, 78]),
    "lots": _lots(),
    "lots of a stage": _lots(stage=["open"]),
    "lots of a notice": _lots(notice_id=77),
    "lots of a parcel": _lots(parcel="Z-77"),
    "lots as of a day": _lots(moment=Moment(as_of=dt.date(2015, 5, 5))),
    "notices": lambda s: lot_pages.notice_page(s, ALL, {}, before=None, limit=50),
}


@pytest.mark.parametrize("name", ASKED)
def test_one_statement_and_no_table_read_whole(large: Database, name: str) -> None:
    plan = explained(large, ASKED[name])
    assert read_whole(plan, LARGE) == [], plan
