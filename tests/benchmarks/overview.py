"""What the dashboard costs: counts kept beforehand next to a full scan, days of the past, the whole page next to ping.

    python -m tests.benchmarks.overview [--parcels 1000000] [--rounds 3] [--seconds 4] [--keep]

Makes its own data (two events a parcel over twenty years, a lot for every tenth, a contract for every twentieth, a plan
a year) in a database of its own in the bench's cluster; `--keep` uses what the last run left there. Quote ratios:
server, database and load share the machine.
"""

import argparse
import datetime as dt
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from service.accounts.access import system
from service.core import clock
from service.core.cluster import ClusterUrls
from service.parcels import reading, selection
from service.parcels.selection import Fragment, Moment, Selection
from service.parcels.tallies import statement, tallies
from tests.benchmarks.bench import CONNECTIONS, RAW_THREADS, Raw, addresses, fresh_database, raw, server, stored_key
from tests.benchmarks.load import Target, run

DATABASE = "bench_overview"
TODAY = dt.date(2022, 11, 15)
FIRST = dt.date(2002, 11, 15)
ALL = system("bench")

STAGES = ("candidate", "acquiring", "reserved", "cleared", "scheme_approved", "announced", "listed", "sold",
          "contracted", "paid", "delivered", "started", "completed")  # fmt: skip
_STAGE = f"(ARRAY{list(STAGES)})[1 + (n * 7 + {{step}}) % {len(STAGES)}]"
_FIRST = "date '2002-11-15' + (n::bigint * 7919 % 6900)::int"
_SECOND = f"{_FIRST} + (n * 31 % 390)::int"
_RECORDED = "({day} + CASE WHEN n % 50 = 0 THEN 200 ELSE 2 END)::timestamptz"
FILL = f"""
SET session_replication_role = replica;
DELETE FROM jurisdiction;
INSERT INTO jurisdiction (id, code, name, name_en) OVERRIDING SYSTEM VALUE
    SELECT n, 'J' || n, '管辖区' || n, 'J' FROM generate_series(1, 6) AS n;
INSERT INTO region (id, code, name, name_en, level, geom, jurisdiction_id) OVERRIDING SYSTEM VALUE
    SELECT n, '410' || 100000 + n, '办事处' || n, 'R', 'township',
        ST_Multi(ST_MakeEnvelope(113 + n * 0.01, 34, 113.01 + n * 0.01, 35, 4490)), 1 + n % 6
    FROM generate_series(1, 60) AS n;
INSERT INTO parcel (id, code, jurisdiction_id, region_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since,
        land_use_scheme, land_use_code)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'B-' || n, 1 + (1 + n % 60) % 6, 1 + n % 60,
        ST_Multi(ST_Segmentize(ST_MakeEnvelope(x, y, x + 0.0008, y + 0.0008, 4490), 0.0002)), 6000 + n % 5000, 6000,
        {_STAGE.format(step=7)}, {_SECOND}, 'land_use_2023', '0902'
    FROM generate_series(1, %(n)s) AS n,
        LATERAL (SELECT 113.0 + n %% 1000 * 0.001 AS x, 34.0 + n / 1000 * 0.001 AS y) AS corner;
INSERT INTO parcel_event (parcel_id, kind, effective_on, recorded_at, stage, hold, idle, actor)
    SELECT n, 'adopt', day, recorded, stage, hold, idle, 'x' FROM (
        SELECT n, {_FIRST} AS day, {_RECORDED.format(day=_FIRST)} AS recorded, {_STAGE.format(step=0)} AS stage,
            'none' AS hold, 'none' AS idle FROM generate_series(1, %(n)s) AS n
        UNION ALL SELECT n, {_SECOND}, {_RECORDED.format(day=_SECOND)}, {_STAGE.format(step=7)}, NULL,
            CASE WHEN n %% 1000 = 0 THEN 'suspected' END FROM generate_series(1, %(n)s) AS n) AS e
    ORDER BY recorded;
UPDATE parcel SET idle = 'suspected' WHERE id %% 1000 = 0;
INSERT INTO lot (id, notice_id, scheme_id, number, stage, start_yuan, price_yuan, sold_on) OVERRIDING SYSTEM VALUE
    SELECT n, 1, n, 'L-' || n, 'concluded', 1000000, 1000000 + n %% 7 * 100000, {_SECOND}
    FROM generate_series(1, %(n)s / 10) AS n;
INSERT INTO lot_parcel SELECT n, n * 10, false FROM generate_series(1, %(n)s / 10) AS n;
INSERT INTO lot_event (lot_id, kind, effective_on, recorded_at, facts, actor)
    SELECT n, kind, {_SECOND}, {_RECORDED.format(day=_SECOND)}, CASE kind
        WHEN 'announce' THEN jsonb_build_object('start_yuan', '1000000.00')
        WHEN 'sell' THEN jsonb_build_object('price_yuan', 1000000 + n %% 7 * 100000) ELSE '{{}}' END, 'x'
    FROM generate_series(1, %(n)s / 10) AS n, unnest(ARRAY['announce', 'open', 'sell']) AS kind;
INSERT INTO contract (id, lot_id, jurisdiction_id, kind, number, holder, signed_on, price_yuan, delivery_due_on,
        start_due_on, complete_due_on)
    OVERRIDING SYSTEM VALUE
    SELECT n, n, 1 + (1 + n * 10 %% 60) %% 6, 'grant', 'C-' || n, 'x', {_SECOND}, 1000000, {_SECOND} + 60,
        {_SECOND} + 400, {_SECOND} + 1200 FROM generate_series(1, %(n)s / 20) AS n;
INSERT INTO contract_parcel SELECT n, n * 10, false FROM generate_series(1, %(n)s / 20) AS n;
INSERT INTO contract_event (contract_id, kind, effective_on, recorded_at, facts, actor)
    SELECT n, kind, {_SECOND} + CASE kind WHEN 'sign' THEN 0 ELSE 70 END, {_RECORDED.format(day=_SECOND)},
        CASE kind WHEN 'sign' THEN jsonb_build_object('price_yuan', '1000000.00', 'delivery_due_on', {_SECOND} + 60,
            'start_due_on', {_SECOND} + 400, 'instalments', jsonb_build_array(
            jsonb_build_object('due_on', {_SECOND} + 60, 'yuan', '500000.00'),
            jsonb_build_object('due_on', {_SECOND} + 120, 'yuan', '500000.00'))) ELSE '{{}}' END, 'x'
    FROM generate_series(1, %(n)s / 20) AS n, unnest(ARRAY['sign', 'deliver']) AS kind;
INSERT INTO instalment SELECT n, part, {_SECOND} + part * 60, 500000 FROM generate_series(1, %(n)s / 20) AS n,
    generate_series(1, 2) AS part;
INSERT INTO payment (contract_id, paid_on, yuan, actor)
    SELECT n, {_SECOND} + 50, 500000, 'x' FROM generate_series(1, %(n)s / 20) AS n;
INSERT INTO supply_plan (id, jurisdiction_id, year, edition, status, title, published_on) OVERRIDING SYSTEM VALUE
    SELECT (year - 2003) * 6 + j, j, year, 1, 'published', 'x', make_date(year, 3, 1)
    FROM generate_series(2003, 2022) AS year, generate_series(1, 6) AS j;
INSERT INTO plan_plot (key, jurisdiction_id, year)
    SELECT md5(n::text)::uuid, 1, 2003 FROM generate_series(1, 120 * 100) AS n;
INSERT INTO plan_item (plan_id, key, parcel_id, area_m2, use_class, quarter, month, region_id)
    SELECT 1 + (n - 1) / 100, md5(n::text)::uuid, n, 6000, 'commercial', 1 + n %% 12 / 3, 1 + n %% 12, 1 + n %% 60
    FROM generate_series(1, least(120 * 100, %(n)s)) AS n;
SET session_replication_role = origin;
"""


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def fill(parcels: int) -> ClusterUrls:
    """Make the database; tell what counting everything anew costs."""
    urls = fresh_database(DATABASE)
    script = FILL.replace("%(n)s", str(parcels)).replace("%%", "%")
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        print(f"filling {seconds(lambda: connection.execute(script.encode())):.0f} s", flush=True)
        for name in ("parcel_tally", "parcel_history"):
            took = seconds(lambda name=name: connection.execute(f"SELECT {name}_recount()".encode()))  # type: ignore[misc]
            print(f"{name}_recount {took:.1f} s", flush=True)
        connection.execute("VACUUM ANALYZE")
    return urls


def scanning(moment: Moment) -> Fragment:
    """Return the statement that asks what the dashboard asks, but looks at every parcel."""
    chosen = selection.chosen(Selection(moment=moment), ALL)
    head = "SELECT p.jurisdiction_id, p.region_id, s.stage, s.hold, s.idle, count(*), sum(p.area_m2)"
    return Fragment(f"{head} {chosen.sql} GROUP BY 1, 2, 3, 4, 5", chosen.params)


def scan(connection: psycopg.Connection[Any], moment: Moment) -> list[Any]:
    """Count by looking at every parcel."""
    asked = scanning(moment)
    return reading.run(connection, asked.params, asked.sql)


def middle(act: Callable[[], object], times: int) -> float:
    """Return the median of some runs, ms."""
    return statistics.median(seconds(act) for _ in range(times)) * 1000


def throughput(urls: ClusterUrls, act: Callable[[psycopg.Connection[Any]], object], length: float) -> float:
    """Return how often a second some callers at once get an answer; who has begun may end."""
    ends = time.perf_counter() + length

    def call(_: int) -> tuple[int, float]:
        with psycopg.connect(urls.app_url, autocommit=True, prepare_threshold=2) as own:
            own.execute("SET statement_timeout = 0")
            begun, done = time.perf_counter(), 0
            while time.perf_counter() < ends or not done:
                act(own)
                done += 1
            return done, time.perf_counter() - begun

    with ThreadPoolExecutor(RAW_THREADS) as threads:
        return sum(done / took for done, took in threads.map(call, range(RAW_THREADS)))


def counts(urls: ClusterUrls, rounds: int, length: int) -> None:
    """Print counts kept beforehand next to scans in the same run, interleaved."""
    rng = random.Random(1)
    days = [FIRST + dt.timedelta(days=rng.randrange(1, 7300)) for _ in range(20)]
    with psycopg.connect(urls.app_url, autocommit=True, prepare_threshold=2) as connection:
        connection.execute("SET statement_timeout = 0")
        databases: dict[str, list[Raw]] = {"scan": [], "kept": []}
        services: dict[str, list[float]] = {"scan": [], "kept": []}
        questions = {"scan": scanning(Moment()).sql, "kept": statement(ALL, Selection()).sql}
        acts = {"scan": lambda own: scan(own, Moment()), "kept": lambda own: tallies(own, ALL, Selection())}
        for _ in range(rounds):
            for name, question in questions.items():
                databases[name].append(raw(urls, question, [()], length * 2))
                services[name].append(throughput(urls, acts[name], length * 2))
        looked, summed = (Raw(*map(statistics.median, zip(*each, strict=True))) for each in databases.values())
        print(f"now, the database: scans {looked.rate:.2f}/s ({looked.ms:.0f} ms of its processor time), kept"
              f" {summed.rate:.0f}/s ({summed.ms:.2f} ms): {summed.rate / looked.rate:.0f} times")  # fmt: skip
        scans, read = map(statistics.median, services.values())
        print(f"now, {RAW_THREADS} threads of one Python process that makes rows of them: scans {scans:.2f}/s, kept"
              f" {read:.0f}/s, {read / scans:.0f} times")  # fmt: skip
        alone = [middle(lambda: scan(connection, Moment()), 3)]
        alone += [middle(lambda: tallies(connection, ALL, Selection()), 100)]
        print(f"now, one caller: scan {alone[0]:.0f} ms, kept {alone[1]:.2f} ms, {alone[0] / alone[1]:.0f} times")
        past = [middle(lambda day=day: tallies(connection, ALL, at(day)), 3) for day in days]  # type: ignore[misc]
        print(f"as of 20 days: kept median {statistics.median(past):.1f} ms, worst {max(past):.1f} ms", flush=True)
        day = days[0]
        once = seconds(lambda: scan(connection, Moment(as_of=day))) * 1000
        print(f"as of {day}: scan {once:.0f} ms, {once / statistics.median(past):.0f} times")
        for back in (30, 365, 3650):
            known = dt.datetime.combine(TODAY - dt.timedelta(days=back), dt.time(12), dt.UTC)
            found = at(known.date(), known)
            took = middle(lambda found=found: tallies(connection, ALL, found), 3)  # type: ignore[misc]
            print(f"as of and as known {back} days ago: {took:.1f} ms", flush=True)
        size = "SELECT count(*), pg_total_relation_size('parcel_history_tally') >> 20 FROM parcel_history_tally"
        print("history tally: rows, MiB", connection.execute(size).fetchone(), flush=True)
        agree = {tuple(row[2:6]) for row in scan(connection, Moment())} == {
            (each.stage, each.hold, each.idle, each.n) for each in tallies(connection, ALL, Selection())
        }
        print("kept and scanned agree:", agree)
        for selected in (Selection(), at(day), at(day, dt.datetime.combine(day, dt.time(12), dt.UTC))):
            asked = statement(ALL, selected)
            plan = "\n".join(row[0] for row in connection.execute(b"EXPLAIN " + asked.sql.encode(), asked.params))
            print("reads a large table whole:", "Seq Scan on parcel" in plan)


def at(day: dt.date, known: dt.datetime | None = None) -> Selection:
    """Ask for a day."""
    return Selection(moment=Moment(as_of=day, known_at=known))


def writes(urls: ClusterUrls) -> None:
    """Print what an event costs with and without the counting of days."""
    add = "INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, actor) VALUES (%s, 'sell', %s, 'sold', 'x')"
    rng = random.Random(2)
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        took = {}
        for state in ("ENABLE", "DISABLE", "ENABLE"):
            connection.execute(f"ALTER TABLE parcel_event {state} TRIGGER history_entered".encode())
            took[state] = middle(lambda: connection.execute(add, (rng.randrange(1, 100_000), TODAY)), 200)
        print(f"one event: {took['ENABLE']:.2f} ms, without counting days {took['DISABLE']:.2f} ms")
        connection.execute("SELECT parcel_history_recount()")
        connection.execute(add, (5, TODAY))
        folding = seconds(lambda: connection.execute("SELECT parcel_history_fold()"))
        print(f"fold after one event {folding * 1000:.0f} ms")


def page(urls: ClusterUrls, rounds: int, length: int) -> None:
    """Print the whole dashboard next to ping, at 16 users."""
    rng = random.Random(3)
    headers = {"Authorization": f"Bearer {stored_key(urls, 'read')}"}
    days = [TODAY - dt.timedelta(days=rng.randrange(1, 3650)) for _ in range(2000)]
    unasked = [(f"/api/v1/overview?as_of={day}&region=410{100001 + n % 60}", "", "") for n, day in enumerate(days)]
    with server(urls, GONGDI_TODAY=str(TODAY), GONGDI_DEMO="true") as (base, pid):
        targets = {
            "ping": Target(base, [("/healthz", "", "")], headers, [pid]),
            "dashboard": Target(base, [("/api/v1/overview", "", "")], headers, [pid]),
            "dashboard of a township": Target(
                base, [(f"/api/v1/overview?region=410{100000 + n}", "", "") for n in range(1, 61)], headers, [pid]
            ),
            "dashboard of a day nobody asked for": Target(base, unasked, headers, [pid]),
        }
        run(list(targets.values()), connections=CONNECTIONS, seconds=length, rounds=rounds)
        for name, target in targets.items():
            bad = sum(each["bad"] for each in target.runs)
            print(f"{name}: {target.rate:.0f}/s, p50 {target.middle('p50'):.1f} ms, p95 {target.middle('p95'):.1f} ms,"
                  f" {target.milliseconds[0]:.2f} ms of one core, {bad:.0f} failed")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    clock.fix_today(TODAY)
    urls = addresses(DATABASE) if given.keep else fill(given.parcels)
    counts(urls, given.rounds, given.seconds)
    page(urls, given.rounds, given.seconds)
    writes(urls)


if __name__ == "__main__":
    main()
