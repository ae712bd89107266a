"""Which indexes the ready statements use, on some thousand parcels: a plan that scans the table is a failure."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from service.accounts.access import Actor, system
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.core.errors import NotFound
from service.core.settings import Settings
from service.geo.bbox import parse_bbox
from service.parcels import reading
from service.parcels.lifecycle import Stage
from service.parcels.selection import Moment, Selection
from tests.factories.parcels import make_jurisdiction, make_regions

Connection = psycopg.Connection[Any]

# A grid of 80 x 100 squares of 100 m, one in seven with a lot number, one in five with a cadastral code.
MANY = """
INSERT INTO parcel (code, name, lot_number, cadastral_code, jurisdiction_id, region_id, geom, area_plane_m2,
    area_ellipsoid_m2, stage, stage_since, land_use_scheme, land_use_code, updated_at)
SELECT 'N-' || n, '地块' || n, CASE WHEN mod(n, 7) = 0 THEN '郑政东出〔2022〕' || n || '号' END,
    CASE WHEN mod(n, 5) = 0 THEN '410105003012GB' || to_char(n + 1, 'FM00000') END, %(jurisdiction)s, %(region)s,
    ST_Multi(ST_MakeEnvelope(113.7 + mod(n, 80) * 0.001, 34.7 + n / 80 * 0.001, 113.7008 + mod(n, 80) * 0.001,
                             34.7008 + n / 80 * 0.001, 4490)),
    1000 + n, 1000 + n, (ARRAY['reserved', 'cleared', 'listed', 'completed'])[1 + mod(mod(n, 97), 4)], '2022-01-01',
    'land_use_2023', (ARRAY['0701', '070102', '0901', '100101', '1401'])[1 + mod(n, 5)], now() + n * interval '1 second'
FROM generate_series(0, 7999) AS n
"""
EVENTS = """
INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, hold, idle, actor)
SELECT id, 'adopt', stage_since, stage, hold, idle, 'x' FROM parcel
"""


@pytest.fixture(scope="module")
def connection(new_database: Callable[[], ClusterUrls], settings: Settings) -> Iterator[Connection]:
    """A connection of the pool to a database of its own, of 8,000 parcels that the planner knows."""
    urls = new_database()
    database = Database(settings.model_copy(update=urls.settings()))
    with database.write(system("test")) as session:
        jurisdiction = make_jurisdiction(session).id
        _, township = make_regions(session)
    with psycopg.connect(urls.superuser_url, autocommit=True) as superuser:
        superuser.execute(MANY, {"jurisdiction": jurisdiction, "region": township.id})
        superuser.execute(EVENTS)
        superuser.execute("ANALYZE parcel, parcel_event, jurisdiction, region")
    database.pool.open()
    with database.pool.connection() as connection:
        yield connection
    database.close()


def plan_of(connection: Connection, monkeypatch: pytest.MonkeyPatch, read: Callable[[], object]) -> list[str]:
    """Indexes and scanned tables of the one statement that `read` sends."""
    sent: list[tuple[bytes, Any]] = []

    def note(_: object, params: object, *parts: str, prepare: bool | None = None) -> list[Any]:
        sent.append((" ".join(parts).encode(), params))
        return []

    with monkeypatch.context() as patched:
        patched.setattr(reading, "run", note)
        read()
    [(statement, params)] = sent
    row = connection.execute(b"EXPLAIN (FORMAT JSON) " + statement, params).fetchone()
    assert row is not None
    found: list[str] = []
    _walk(row[0][0]["Plan"], found)
    return found


def _walk(node: dict[str, Any], found: list[str]) -> None:
    if "Index Name" in node:
        found.append(node["Index Name"])
    elif node["Node Type"] == "Seq Scan" and node["Relation Name"] in {"parcel", "parcel_event"}:
        found.append(f"scan of {node['Relation Name']}")
    for child in node.get("Plans", ()):
        _walk(child, found)


def listed(connection: Connection, actor: Actor, sort: str, after: list[Any] | None, **filters: Any) -> Any:  # noqa: ANN401
    return reading.page(connection, actor, Selection(**filters), sort=sort, after=after, limit=50)


SMALL_BOX = parse_bbox("113.720,34.720,113.725,34.725")
LISTS: list[tuple[dict[str, Any], str, list[Any] | None, str]] = [
    ({}, "code", ["N-500"], "uq_parcel_code"),
    ({}, "-code", None, "uq_parcel_code"),
    ({}, "area_m2", [2000.0, 5], "ix_parcel_area"),
    ({}, "-area_m2", None, "ix_parcel_area"),
    ({"area_min_m2": 8990}, "code", None, "ix_parcel_area"),
    ({"bbox": SMALL_BOX}, "code", None, "ix_parcel_geom_web"),
    ({"bbox": SMALL_BOX, "land_use": ["07"], "area_min_m2": 3000}, "-area_m2", None, "ix_parcel_geom_web"),
    ({"q": "n-4711"}, "code", None, "ix_parcel_search"),
    ({"q": "[2022]4711号"}, "code", None, "ix_parcel_search"),
    ({"q": "410105003012GB04711"}, "code", None, "uq_parcel_cadastral_code"),
    ({}, "-updated_at", None, "ix_parcel_updated_at"),
    ({"stage": [Stage.listed]}, "code", None, "uq_parcel_code"),
]


def test_lists_use_the_index_made_for_them(
    connection: Connection, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for filters, sort, after, index in LISTS:
        plan = plan_of(
            connection,
            monkeypatch,
            lambda f=filters, s=sort, a=after: listed(connection, actor, s, a, **f),  # type: ignore[misc]
        )
        assert index in plan, (filters, plan)
        assert not any(each.startswith("scan") for each in plan), (filters, plan)


def test_a_narrow_box_lets_no_other_index_in(
    connection: Connection, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything: dict[str, Any] = {
        "stage": [Stage.listed],
        "jurisdiction": ["zhengdong"],
        "region": ["410105001"],
        "land_use": ["07"],
        "area_min_m2": 8990,
        "q": "n-4711",
    }
    for filters in ({name: value} for name, value in everything.items()):
        selected = Selection(bbox=SMALL_BOX, **filters)
        plan = plan_of(
            connection,
            monkeypatch,
            lambda s=selected: reading.page(connection, actor, s, sort="-area_m2", after=None, limit=50),  # type: ignore[misc]
        )
        used = {index for index in plan if "parcel" in index}
        assert used == {"ix_parcel_geom_web", "pk_parcel"}, (filters, plan)


def test_look_ups_use_the_index_of_each_number(
    connection: Connection, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = {"uq_parcel_code", "uq_parcel_cadastral_code", "ix_parcel_lot_number", "pk_parcel"}
    indexes |= {"pk_lineage_operation", "ix_parcel_made_by", "pk_lineage_revival"}
    scoped = dataclasses.replace(actor, jurisdictions=frozenset({"ZDXQ"}))
    for who in (actor, scoped):
        for numbers in (["410105003012GB04711"], ["N-1", "N-2"]):
            plan = plan_of(connection, monkeypatch, lambda w=who, n=numbers: reading.statuses(connection, w, n))  # type: ignore[misc]
            # Nobody has split anything: a table without rows may as well be read whole.
            assert {each for each in plan if "jurisdiction" not in each} | {"pk_lineage_operation"} == indexes


def test_one_parcel_is_read_by_indexes_alone(
    connection: Connection, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def item() -> object:
        with pytest.raises(NotFound):  # the plan has no rows
            reading.parcel(connection, actor, "410105003012GB04711")
        return None

    plan = plan_of(connection, monkeypatch, item)
    assert {"uq_parcel_code", "uq_parcel_cadastral_code", "ix_parcel_lot_number", "pk_parcel"} <= set(plan)
    assert not any(each.startswith("scan") for each in plan)


def test_a_point_uses_the_index_on_the_mercator_copy(
    connection: Connection, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(connection, monkeypatch, lambda: reading.at(connection, actor, 113.7205, 34.7205))
    assert "ix_parcel_geom_web" in plan
    assert not any(each.startswith("scan") for each in plan)


def test_the_state_on_a_day_reads_the_events_of_each_parcel_by_index(
    connection: Connection, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = Moment(as_of=dt.date(2022, 6, 1))
    plan = plan_of(connection, monkeypatch, lambda: listed(connection, actor, "code", None, moment=moment))
    assert "ix_parcel_event_parcel" in plan
