"""No question about one plan reads a large table whole: 100,000 parcels and items, 50 plans, 300,000 events."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.core.settings import Settings
from service.geo.bbox import Bbox
from service.parcels.selection import Moment
from service.plans import item_queries, progress_queries, queries, target_queries
from service.plans.classes import Dimension
from tests.explained import Asking, explained, read_whole

LARGE = ("plan_item", "parcel", "parcel_event", "plan_plot", "plan_target")
_FILL = """
SET session_replication_role = replica;
INSERT INTO jurisdiction (code, name, name_en) VALUES ('ZDXQ', '郑东新区', 'Zhengdong');
INSERT INTO parcel (code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since, land_use_scheme,
        land_use_code)
    SELECT 'Z-' || n, 1, ST_Multi(ST_MakeEnvelope(x, y, x + 0.0005, y + 0.0005, 4490)), 2500, 2500, 'cleared',
        '2022-01-01', 'land_use_2023', '0902'
    FROM generate_series(1, 100000) AS n,
        LATERAL (SELECT 113.5 + n % 400 * 0.001 AS x, 34.6 + n / 400 * 0.001 AS y) AS corner;
INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, hold, idle, actor)
    SELECT id, kind, date '2000-01-01' + (id * 7 % 8300)::int, 'cleared', 'none', 'none', 'x'
    FROM parcel, unnest(ARRAY['propose', 'clear', 'contract']) AS kind;
INSERT INTO supply_plan (jurisdiction_id, year, edition, status, title, published_on)
    SELECT 1, 1990 + n, 1, 'published', 'x', '2022-01-01' FROM generate_series(1, 50) AS n;
INSERT INTO plan_plot (key, jurisdiction_id, year)
    SELECT md5(n::text)::uuid, 1, 2000 FROM generate_series(1, 100000) AS n;
INSERT INTO plan_item (plan_id, key, parcel_id, area_m2, use_class, quarter, month)
    SELECT 1 + (n - 1) / 2000, md5(n::text)::uuid, n, 2500, 'commercial', 1 + n % 12 / 3, 1 + n % 12
    FROM generate_series(1, 100000) AS n;
INSERT INTO plan_target (key, kind, baseline_month, forecast_month)
    SELECT md5(n::text)::uuid, 'scheme', '2022-11-01', '2022-12-01' FROM generate_series(1, 100000) AS n;
SET session_replication_role = origin;
ANALYZE;
"""


@pytest.fixture(scope="module")
def large(new_database: Callable[[], ClusterUrls], settings: Settings) -> Iterator[Database]:
    """A database of its own, filled behind the service's back."""
    urls = new_database()
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute(_FILL)
    database = Database(settings.model_copy(update=urls.settings()))
    yield database
    database.close()


ASKED: dict[str, Asking] = {
    "items": lambda s: item_queries.item_page(s, _plan(s), {"month": [3]}, Moment(), after=None, limit=50),
    "sums": lambda s: item_queries.item_sum(s, _plan(s), {"supplied": True}, Moment()),
    "outlines": lambda s: item_queries.outlines(s, _plan(s), Bbox(113, 34, 114, 35), {}, Moment()),
    "unsold": lambda s: item_queries.unsold(s, _plan(s), _plan(s)),
    "progress": lambda s: progress_queries.progress_rows(s, _plan(s), Dimension.use_class, Moment()),
    "outside": lambda s: progress_queries.outside_page(s, _plan(s), Moment(), after=None, limit=50),
    "outside sums": lambda s: progress_queries.outside_by_class(s, _plan(s), Moment()),
    "tallies": lambda s: queries.tallies(s, 27),
    "gaps": lambda s: queries.gaps(s, 27),
    "targets": lambda s: target_queries.target_rows(s, _plan(s), {}, Moment(), after=None, limit=50),
    "list": lambda s: queries.plan_page(s, system("test"), {}, before=None, limit=10),
    "one item": lambda s: item_queries.items_of(s, 27),
}


def _plan(session: Session) -> Any:  # noqa: ANN401 - a plan
    return queries.plan_by_id(session, system("test"), 27)


@pytest.mark.parametrize("name", ASKED)
def test_one_statement_and_only_by_index(large: Database, name: str) -> None:
    plan = explained(large, ASKED[name], but=None if name == "list" else "FROM supply_plan \nWHERE supply_plan.id")
    assert read_whole(plan, LARGE) == [], plan
