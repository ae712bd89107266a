"""What checklists cost: the matrix next to its raw SQL, other lists, all forecasts anew, commits that concern many.

    python -m tests.benchmarks.checklists [--parcels 100000] [--checklists 5000] [--rounds 5] [--keep]

Makes its own data (every checklist of the shipped template, at another stage of it) in a database of its own in the
bench's cluster; `--keep` uses what the last run left there. Quote ratios: server, database and load share the machine.
"""

import argparse
import datetime as dt
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from starlette.requests import Request

from service.accounts.access import system
from service.checklist import listing, selecting
from service.checklist.forecasting import particulars
from service.checklist.holding import kept_template
from service.checklist.models import Checklist
from service.checklist.run_commands import start_run
from service.checklist.run_jobs import run_now
from service.checklist.selecting import ChecklistFilters
from service.checklist.status_commands import MOST_CHANGES, take_status_sheet
from service.checklist.template_facts import Facts
from service.core import clock
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.core.dependencies import PageRequest
from service.core.settings import Settings
from service.core.workbooks import Line, Sheet
from service.parcels import following
from service.workdays.commands import seed_calendar
from tests.benchmarks.bench import addresses, fresh_database, server, stored_key

DATABASE = "bench_checklists"
TODAY = dt.date(2022, 11, 15)
ALL = system("bench")
FILL = """
SET session_replication_role = replica;
INSERT INTO parcel (id, code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since,
        land_use_scheme, land_use_code)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'B-' || n, 1, ST_Multi(ST_MakeEnvelope(x, y, x + 0.0008, y + 0.0008, 4490)), 6000 + n % 5000, 6000,
        'reserved', '2022-01-01', 'land_use_2023', '100101'
    FROM generate_series(1, {parcels}) AS n,
        LATERAL (SELECT 113.0 + n % 1000 * 0.001 AS x, 34.0 + n / 1000 * 0.001 AS y) AS corner;
INSERT INTO checklist (id, jurisdiction_id, parcel_id, template_id, opened_on, planned_sale_on, derived)
    OVERRIDING SYSTEM VALUE
    SELECT n, 1, n * ({parcels} / {checklists}), {template}, '2022-01-01', date '2023-03-01' + (n * 37 % 700),
        '{{"cleared": false, "uses": ["industrial"]}}'
    FROM generate_series(1, {checklists}) AS n;
INSERT INTO checklist_item
    (checklist_id, key, track, lead, phase, required, hard, binding, state, started_on, finished_on)
    SELECT n, key, track, lead, phase, required, hard, binding, CASE WHEN done THEN 'done' ELSE 'open' END,
        CASE WHEN done THEN date '2022-02-01' + n % 200 END, CASE WHEN done THEN date '2022-03-01' + n % 200 END
    FROM generate_series(1, {checklists}) AS n CROSS JOIN bench_item,
        LATERAL (SELECT place < n % {items} AND NOT mirrors AS done) AS d;
SET session_replication_role = origin;
DROP TABLE bench_item;
"""


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def middle(act: Callable[[], object], times: int) -> float:
    """Return the median of some runs, ms."""
    return statistics.median(seconds(act) for _ in range(times)) * 1000


def settings(urls: ClusterUrls) -> Settings:
    """Settings of a process on the bench's database."""
    return Settings(
        database_url=urls.owner_url, app_url=urls.app_url, public_url=urls.public_url, demo=True, today=TODAY
    )


def fill(parcels: int, checklists: int) -> ClusterUrls:
    """Make the database."""
    urls = fresh_database(DATABASE)
    owner = Database(settings(urls))
    with owner.write(ALL) as session:
        seed_calendar(session)
        template_id, template = kept_template(session, "zhengdong")
    owner.close()
    facts = Facts(uses=frozenset({"industrial"}), cleared=False)
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute("""CREATE TABLE bench_item (place int, key text, mirrors bool, track int, lead text,
            phase text, required bool, hard bool, binding bool)""")
        for place, item in enumerate(template.items):
            told = particulars(item, facts)
            mirrors = item.follows is not None or item.begins is not None
            row = (place, item.key, mirrors, *(told[name] for name in
                   ("track", "lead", "phase", "required", "hard", "binding")))  # fmt: skip
            connection.execute("INSERT INTO bench_item VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", row)
        script = FILL.format(parcels=parcels, checklists=checklists, template=template_id, items=len(template.items))
        print(f"filling {seconds(lambda: connection.execute(script.encode())):.0f} s", flush=True)
        for table in ("parcel", "checklist", "lot", "notice"):
            connection.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), coalesce(max(id), 1)) FROM {}").format(
                    sql.Literal(table), sql.Identifier(table)
                )
            )
        connection.execute("VACUUM ANALYZE")
    return urls


def recompute(database: Database, rounds: int) -> None:
    """Print how long all forecasts take, and how often somebody who looks sees how far that is."""
    for _ in range(rounds):
        with database.write(ALL) as session:
            run_id = start_run(session, ALL, queue=False).id
        seen: list[tuple[int, int | None]] = []
        over = threading.Event()
        watcher = threading.Thread(target=watch, args=(database, run_id, seen, over))
        watcher.start()
        took = seconds(lambda run_id=run_id: run_now(database, run_id))  # type: ignore[misc]
        over.set()
        watcher.join()
        total = seen[-1][1] or 0
        told = len({done for done, _ in seen})
        print(
            f"all forecasts: {took:.1f} s, {took / max(total, 1) * 1000:.2f} ms each, progress seen {told} times",
            flush=True,
        )


def follow(database: Database, checklists: int) -> None:
    """Print what a commit that concerns many costs: land that says the same, or otherwise; the rows of a sheet."""
    with database.read() as session:
        land = list(session.scalars(select(Checklist.parcel_id).order_by(Checklist.id).limit(checklists)))

    def commit(change: str) -> None:
        with database.write(ALL) as session:
            session.execute(text(change), {"land": land})
            following.note(session, land)

    use = "UPDATE parcel SET land_use_code = '{}' WHERE id = ANY (:land)"
    alone = seconds(lambda: plain(database, use.format("100102"), land))
    same, otherwise = (seconds(lambda code=code: commit(use.format(code))) for code in ("100101", "070101"))  # type: ignore[misc]
    commit(use.format("100101"))
    print(
        f"{len(land)} parcels changed in a commit: {alone * 1000:.0f} ms alone, {same * 1000:.0f} ms looked at,"
        f" {otherwise * 1000:.0f} ms otherwise (a run is queued)",
        flush=True,
    )
    for count, each in ((100, 1), (100, MOST_CHANGES // 100)):
        took = seconds(lambda count=count, each=each: fill_in(database, count, each))  # type: ignore[misc]
        print(f"a sheet of {count * each} items of {count} checklists: {took:.1f} s", flush=True)


def plain(database: Database, change: str, land: Sequence[int]) -> None:
    """Change land and nothing else."""
    with database.write(ALL) as session:
        session.execute(text(change), {"land": land})


def fill_in(database: Database, count: int, each: int) -> None:
    """Try a sheet that takes items of checklists on, and leave them as they were."""
    wanted = """SELECT p.code, i.key FROM checklist c JOIN parcel p ON p.id = c.parcel_id CROSS JOIN LATERAL (
        SELECT key FROM checklist_item i WHERE i.checklist_id = c.id AND i.state = 'done' ORDER BY key LIMIT :each) i
        WHERE c.id > 100 ORDER BY c.id LIMIT :rows"""
    with database.write(ALL) as session:
        found = session.execute(text(wanted), {"each": each, "rows": count * each}).all()
        said = {"状态": "办理中", "说明": "x"}
        lines: list[Line] = [(n, {"地块编号": code, "事项编号": key, **said}) for n, (code, key) in enumerate(found, 2)]
        told = take_status_sheet(session, ALL, Sheet("八同步进度", lines), None)
        assert not told.faults, told.faults[:3]


def watch(database: Database, run_id: int, seen: list[tuple[int, int | None]], over: threading.Event) -> None:
    """Look at a run, as its page does, until it is over."""
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        while True:
            ending = over.is_set()
            row = connection.execute("SELECT done, total FROM checklist_run WHERE id = %s", (run_id,)).fetchone()
            if row is not None and row[1] is not None:
                seen.append((row[0], row[1]))
            if ending:
                return
            time.sleep(0.1)


def matrix(database: Database, rounds: int, limit: int) -> None:
    """Print a page of the matrix as data next to the statement it comes from."""
    wanted = selecting.matrix_statement(ALL, ChecklistFilters(), after=None, limit=limit + 1)
    compiled = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    raw = str(compiled).encode()
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    page = PageRequest(limit, None, Request({**scope, "server": ("x", 80), "scheme": "http"}))

    def ask() -> None:
        with database.read() as session:
            orjson.dumps(listing.matrix(session, ALL, ChecklistFilters(), page))

    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        plain = middle(lambda: connection.execute(raw).fetchall(), rounds)
        plan = "\n".join(row[0] for row in connection.execute(b"EXPLAIN " + raw))
    whole = middle(ask, rounds)
    print(f"matrix of {limit}: raw SQL {plain:.1f} ms, page data {whole:.1f} ms, {whole / plain:.1f} times", flush=True)
    print("  by index:", "ix_checklist_planned" in plan, "· reads parcels whole:", "Seq Scan on parcel" in plan)


def doors(urls: ClusterUrls, rounds: int, one: int) -> None:
    """Print every list over HTTP next to ping."""
    headers = {"Authorization": f"Bearer {stored_key(urls, 'read')}"}
    at = "/api/v1/checklists"
    asked = ["/healthz", f"{at}/matrix?limit=1000", f"{at}/matrix?limit=50", f"{at}?limit=50", f"{at}/statistics",
             f"{at}/inbox?lead=natural_resources", f"{at}/{one}", f"{at}/{one}/schedule", f"{at}/{one}/history",
             f"{at}/events", "/tiles/readiness/9/416/204", "/tiles/readiness/13/6668/3272"]  # fmt: skip
    with server(urls, GONGDI_TODAY=str(TODAY), GONGDI_DEMO="true") as (base, _):
        for address in asked:
            request = urllib.request.Request(base + address, headers=headers)  # noqa: S310 - our own server

            def ask(request: urllib.request.Request = request) -> int:
                with urllib.request.urlopen(request) as answer:  # noqa: S310 - same
                    return len(answer.read())

            size = ask()
            print(f"{address}: {middle(ask, rounds):.1f} ms, {size / 1024:.0f} KiB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--checklists", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    clock.fix_today(TODAY)
    urls = addresses(DATABASE) if given.keep else fill(given.parcels, given.checklists)
    database = Database(settings(urls))
    recompute(database, 1 if given.keep else 2)
    follow(database, given.checklists)
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE checklist")
    for limit in (1_000, given.checklists):
        matrix(database, given.rounds, limit)
    database.close()
    doors(urls, given.rounds, given.checklists // 2)


if __name__ == "__main__":
    main()
