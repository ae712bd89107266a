"""Counts kept beforehand equal a full recount: after any changes, by several writers at once, on any day."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from service.accounts.access import Actor, system
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.parcels import selection
from service.parcels.selection import Moment, Selection
from service.parcels.tallies import statement, tallies

ALL = system("test")
DAYS = [dt.date(2009, 12, 31), dt.date(2010, 1, 1), dt.date(2019, 3, 5), dt.date(2020, 2, 29), dt.date(2022, 11, 15)]
STAGES = ["cleared", "listed", "sold", "delivered", "started"]
# What a history of a bureau looks like is of no matter here: any state may follow any.
_ADD = """INSERT INTO parcel_event (parcel_id, kind, effective_on, recorded_at, stage, hold, idle, actor)
    VALUES (%s, 'adopt', %s, coalesce(%s, clock_timestamp()), %s, %s, %s, 'x')"""
_PARCELS = """INSERT INTO parcel (code, jurisdiction_id, region_id, geom, area_plane_m2, area_ellipsoid_m2, stage,
        stage_since)
    SELECT 'R-' || n, 1 + n %% 2, nullif(n %% 3, 0), ST_Multi(ST_MakeEnvelope(x, 34, x + 0.0005, 34.0005, 4490)),
        1000.01 + n, 2500, 'cleared', '2000-01-01'
    FROM generate_series(1, %s) AS n, LATERAL (SELECT 113 + n * 0.001 AS x) AS corner"""
_PLACES = """INSERT INTO jurisdiction (id, code, name, name_en) OVERRIDING SYSTEM VALUE
        VALUES (1, 'ZDXQ', 'a', 'a'), (2, 'GXQ', 'b', 'b');
    INSERT INTO region (id, code, name, name_en, level, geom) OVERRIDING SYSTEM VALUE
        SELECT n, '41010500' || n, 'r', 'r', 'township', ST_Multi(ST_MakeEnvelope(113 + n, 34, 114 + n, 35, 4490))
        FROM generate_series(1, 2) AS n"""
_BY_PLACE = """SELECT j.code, r.code, g.stage, g.hold, g.idle, g.n, g.area_m2 FROM (
    SELECT p.jurisdiction_id, p.region_id, s.stage, s.hold, s.idle, count(*)::int AS n,
        sum(p.area_m2)::float8 AS area_m2 {chosen} GROUP BY 1, 2, 3, 4, 5) AS g
    JOIN jurisdiction AS j ON j.id = g.jurisdiction_id LEFT JOIN region AS r ON r.id = g.region_id"""


def scanned(connection: psycopg.Connection[Any], selected: Selection, actor: Actor = ALL) -> set[tuple[Any, ...]]:
    """The same by looking at every parcel and its events."""
    chosen = selection.chosen(selected, actor)
    sql = _BY_PLACE.format(chosen=chosen.sql)
    return {tuple(row) for row in connection.execute(sql.encode(), chosen.params).fetchall()}


def check(connection: psycopg.Connection[Any], *moments: Moment) -> None:
    for moment in (Moment(), *(Moment(as_of=day) for day in DAYS), *moments):
        selected = Selection(moment=moment)
        found = [tuple(each) for each in tallies(connection, ALL, selected)]
        assert len(found) == len(set(found))
        assert set(found) == scanned(connection, selected), moment


def fill(connection: psycopg.Connection[Any], parcels: int) -> list[int]:
    connection.execute(_PLACES)
    connection.execute(_PARCELS, (parcels,))
    ids = [row[0] for row in connection.execute("SELECT id FROM parcel ORDER BY id").fetchall()]
    for number in ids:
        connection.execute(_ADD, (number, dt.date(2005, 5, 5), None, "cleared", "none", "none"))
    return ids


@pytest.fixture
def places(database: Database, superuser: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    return superuser


def project(connection: psycopg.Connection[Any], ids: list[int]) -> None:
    connection.execute(
        f"UPDATE parcel AS p SET stage = t.stage, hold = t.hold, idle = t.idle, stage_since = t.stage_since FROM ("
        f"SELECT parcel_id, {selection.LAST_SET} FROM parcel_event WHERE parcel_id = ANY (%s) GROUP BY parcel_id) AS t"
        " WHERE p.id = t.parcel_id",
        (ids,),
    )


def change(own: psycopg.Connection[Any], rng: random.Random, some: list[int]) -> None:
    """Enter events, late ones too, or move parcels elsewhere."""
    act = rng.random()
    if act < 0.7:
        day = dt.date(2005, 5, 5) + dt.timedelta(days=rng.randrange(6400))
        stage, hold = rng.choice([*STAGES, None]), rng.choice(["none", "suspended", None])
        idle = rng.choice(["none", "suspected", None])
        own.cursor().executemany(_ADD, [(each, day, None, stage, hold, idle) for each in some])
        project(own, some)
    elif act < 0.9:
        own.execute("UPDATE parcel SET area_legal_m2 = %s WHERE id = ANY (%s)", (rng.randrange(1, 9999), some))
    else:
        own.execute("UPDATE parcel SET region_id = nullif(%s, 0) WHERE id = ANY (%s)", (rng.randrange(3), some))


def write(url: str, ids: list[int], seed: int) -> None:
    """Change parcels in transactions of their own, some of which are taken back."""
    rng = random.Random(seed)
    with psycopg.connect(url) as own:
        for step in range(60):
            try:
                change(own, rng, rng.sample(ids, rng.choice((1, 1, 2, 4))))
            except psycopg.errors.DeadlockDetected:
                own.rollback()
            else:
                own.rollback() if step % 7 == 6 else own.commit()


_ROWS = """SELECT count(*), count(DISTINCT (span, begins_on, jurisdiction_id, region_id, stage, hold, idle))
    FROM parcel_history_tally"""


def test_counts_equal_a_full_recount_after_concurrent_writes(
    database: Database, places: psycopg.Connection[Any], urls: ClusterUrls
) -> None:
    ids = fill(places, 60)
    with ThreadPoolExecutor(5) as writers:
        written = [writers.submit(write, urls.owner_url, ids[:15], seed) for seed in range(5)]
        while not all(each.done() for each in written):
            places.execute("SELECT parcel_history_fold()")
        for each in written:
            each.result()
    check(places)
    places.execute("SELECT parcel_history_fold(), parcel_tally_fold()")
    check(places)
    folded = places.execute(_ROWS).fetchone()
    assert folded is not None
    assert folded[0] == folded[1]
    places.execute("SELECT parcel_history_recount(), parcel_tally_recount()")
    check(places)


def test_two_times_equal_a_naive_replay_on_random_histories(
    database: Database, places: psycopg.Connection[Any]
) -> None:
    """Late entries, splits and moves: as of a day, as known at an instant."""
    rng = random.Random(7)
    ids = fill(places, 30)
    known = [dt.datetime(2021, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=90 * n) for n in range(8)]
    places.execute("ALTER TABLE parcel_event DISABLE TRIGGER parcel_event_append_only")
    places.execute("UPDATE parcel_event SET recorded_at = '2020-06-01'")
    places.execute("ALTER TABLE parcel_event ENABLE TRIGGER parcel_event_append_only")
    for at in known:
        for number in rng.sample(ids, 12):
            day = dt.date(2008, 1, 1) + dt.timedelta(days=rng.randrange(5000))
            stage, hold = rng.choice([*STAGES, None]), rng.choice(["none", "suspended", None])
            places.execute(_ADD, (number, day, at, stage, hold, rng.choice(["none", "suspected", None])))
        operation = places.execute(
            "INSERT INTO lineage_operation (kind, effective_on, recorded_at, actor) VALUES ('split', %s, %s, 'x')"
            " RETURNING id",
            (dt.date(2008, 1, 1) + dt.timedelta(days=rng.randrange(5000)), at),
        ).fetchone()
        assert operation is not None
        ended = ids.pop()
        places.execute("UPDATE parcel SET retired_by = %s WHERE id = %s", (operation[0], ended))
        places.execute("UPDATE parcel SET area_legal_m2 = %s WHERE id = %s", (rng.randrange(1, 999), rng.choice(ids)))
    project(places, [*ids])
    both = [Moment(as_of=day, known_at=at - dt.timedelta(days=d)) for at in known for day in DAYS for d in (0, 1)]
    check(places, *both, *(Moment(known_at=at) for at in known))
    replayed = [naive(places, moment) for moment in both]
    assert replayed == [{tuple(each) for each in tallies(places, ALL, Selection(moment=m))} for m in both]
    assert len({frozenset(each) for each in replayed}) > 10


def naive(connection: psycopg.Connection[Any], moment: Moment) -> set[tuple[Any, ...]]:
    """Every event again, one after another, in Python."""
    assert moment.as_of is not None
    assert moment.known_at is not None
    within = (moment.as_of, moment.known_at)
    parcels = connection.execute(
        "SELECT p.id, j.code, r.code, p.area_m2::float8 FROM parcel AS p"
        " JOIN jurisdiction AS j ON j.id = p.jurisdiction_id"
        " LEFT JOIN region AS r ON r.id = p.region_id LEFT JOIN lineage_operation AS o ON o.id = p.retired_by"
        " WHERE NOT coalesce(o.effective_on <= %s AND o.recorded_at <= %s, false)",
        within,
    ).fetchall()
    states: dict[int, list[str | None]] = {}
    for number, *sets in connection.execute(
        "SELECT parcel_id, stage, hold, idle FROM parcel_event WHERE effective_on <= %s AND recorded_at <= %s"
        " ORDER BY effective_on, id",
        within,
    ).fetchall():
        before = states.get(number, [None, None, None])
        states[number] = [new or old for new, old in zip(sets, before, strict=True)]
    counted: dict[tuple[Any, ...], list[float]] = {}
    for number, jurisdiction, region, area in parcels:
        if number in states:
            counts = counted.setdefault((jurisdiction, region, *states[number]), [0, 0.0])
            counts[0] += 1
            counts[1] = round(counts[1] + area, 2)
    return {(*key, n, area) for key, (n, area) in counted.items()}


def test_what_became_known_late_changes_the_day_but_not_what_was_known(
    database: Database, places: psycopg.Connection[Any]
) -> None:
    (number, *_) = fill(places, 1)
    day, before = dt.date(2015, 1, 1), dt.datetime.now(dt.UTC)
    places.execute(_ADD, (number, dt.date(2014, 6, 1), None, "sold", None, None))
    then = tallies(places, ALL, Selection(moment=Moment(as_of=day)))
    known = tallies(places, ALL, Selection(moment=Moment(as_of=day, known_at=before)))
    assert [(each.stage, each.n) for each in then] == [("sold", 1)]
    assert [(each.stage, each.n) for each in known] == [("cleared", 1)]


def test_a_caller_counts_only_what_it_may_see(database: Database, places: psycopg.Connection[Any]) -> None:
    fill(places, 20)
    narrow = Actor("user", "x", None, frozenset(), frozenset({"GXQ"}))
    for moment in (Moment(), Moment(as_of=DAYS[-1]), Moment(as_of=DAYS[-1], known_at=dt.datetime.now(dt.UTC))):
        for selected in (Selection(moment=moment), Selection(moment=moment, region=["410105001"])):
            found = {tuple(each) for each in tallies(places, narrow, selected)}
            assert found == scanned(places, selected, narrow)
            assert found
        assert not tallies(places, narrow, Selection(moment=moment, jurisdiction=["ZDXQ"]))


# Far more than the fifty parcels of the test: tables of some size are not read whole for a day. Ids that no
# sequence has reached, whatever ran before in this database.
_MANY = """
SET session_replication_role = replica;
INSERT INTO parcel_history_tally (span, begins_on, jurisdiction_id, stage, hold, idle, n, area_m2, folded)
    SELECT 3, date '1990-01-01' + n % 12000, 1, 'sold', 'none', 'none', 1, 1, true FROM generate_series(1, 40000) AS n;
INSERT INTO parcel_event (parcel_id, kind, effective_on, recorded_at, stage, hold, idle, actor)
    SELECT 900000 + n, 'adopt', '2010-01-01', timestamptz '2010-01-02' + n * interval '1 h', 'sold', 'none', 'none', 'x'
    FROM generate_series(1, 40000) AS n;
INSERT INTO parcel (id, code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since)
    OVERRIDING SYSTEM VALUE
    SELECT 900000 + n, 'M-' || n, 1, ST_Multi(ST_MakeEnvelope(113, 34, 113.1, 34.1, 4490)), 1, 1, 'sold', '2010-01-01'
    FROM generate_series(1, 3000) AS n;
SET session_replication_role = origin;
"""


def test_no_count_reads_a_large_table_whole(database: Database, places: psycopg.Connection[Any]) -> None:
    fill(places, 50)
    places.execute(_MANY)
    places.execute("ANALYZE parcel_history_tally, parcel_event, parcel")
    known = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
    for moment in (Moment(), Moment(as_of=DAYS[3]), Moment(as_of=DAYS[3], known_at=known)):
        found = statement(ALL, Selection(moment=moment))
        plan = "\n".join(row[0] for row in places.execute(b"EXPLAIN " + found.sql.encode(), found.params).fetchall())
        for table in ("parcel_history_tally", "parcel_event", "parcel"):
            assert f"Seq Scan on {table} " not in plan, plan
        assert ("ix_parcel_history_tally_span" in plan) is not moment.is_now
        assert ("ix_parcel_event_recorded_at" in plan) is (moment.known_at is not None)
