"""Everything `make bench` prints: reads over HTTP next to raw SQL and the service's own ping; import next to ogr2ogr.

    python -m tests.benchmarks.bench [--parcels 100000] [--rounds 3] [--seconds 4] [--only reads|import]

Uses its own cluster (`.local/bench`, durable); `--only reads` asks for the parcels that the last import left there.
They come from the generator beside the project; without it there is nothing to measure, and the script says so. Quote
ratios and processor times, not rates: server, database and load share the machine.
"""

import argparse
import contextlib
import hashlib
import os
import resource
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from service.core.cluster import ClusterUrls, ensure, status, stop
from service.core.migrate import upgrade
from tests.benchmarks.load import Target, memory_mib, processor_ms, run
from tests.benchmarks.requests_made import lookups, tiles

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".local" / "bench"
GENERATOR = ROOT.parent / "shared" / "bench" / "make_parcels.py"
DATABASE = "bench"
CONNECTIONS = 16
RAW_THREADS = 4


def generated(count: int) -> Path:
    """Return a GeoPackage of `count` parcels, made once."""
    path = HOME / "data" / f"parcels_{count}.gpkg"
    if not path.exists():
        if not GENERATOR.exists():
            sys.exit(f"nothing to measure: the parcel generator is not at {GENERATOR}")
        command = [sys.executable, str(GENERATOR), "--n", str(count), "--out", str(path.parent), "--formats", "gpkg"]
        subprocess.run(command, check=True)
    return path


def addresses(name: str) -> ClusterUrls:
    """Return the addresses of a database in the bench's cluster, started if need be."""
    cluster = ensure(HOME)
    return ClusterUrls(*(make_conninfo(getattr(cluster, each), dbname=name) for each in ClusterUrls.__slots__))


def fresh_database(name: str) -> ClusterUrls:
    """Make a migrated, empty database in the bench's cluster, with one jurisdiction."""
    cluster = ensure(HOME)
    with psycopg.connect(make_conninfo(cluster.superuser_url, dbname="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER gongdi_owner").format(sql.Identifier(name)))
    urls = addresses(name)
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute(
            "CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm; ALTER SCHEMA public OWNER TO gongdi_owner"
        )
    upgrade(urls.owner_url)
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        connection.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('BENCH', '基准', 'Bench')")
    return urls


def environment(urls: ClusterUrls, **more: str) -> dict[str, str]:
    """Return the environment of a service on `urls`."""
    return {
        **os.environ,
        "GONGDI_DATABASE_URL": urls.owner_url,
        "GONGDI_APP_URL": urls.app_url,
        "GONGDI_PUBLIC_URL": urls.public_url,
        "GONGDI_HOME": str(HOME),
        "GONGDI_LOG_LEVEL": "warning",
        **more,
    }


@contextlib.contextmanager
def server(urls: ClusterUrls, **more: str) -> Iterator[tuple[str, int]]:
    """Run one worker of the service; give its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--no-worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(urls, GONGDI_PORT=str(port), **more))
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/healthz", timeout=1):  # noqa: S310
                break
            time.sleep(0.1)
        yield base, process.pid
    finally:
        process.terminate()
        process.wait(15)


def stored_key(urls: ClusterUrls, *scopes: str) -> str:
    """Store a key of these scopes and return it."""
    key = "gd_" + secrets.token_urlsafe(32)
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO api_key (name, token_hash, prefix, scopes, created_by) VALUES (%s, %s, 'gd_', %s, 'bench')",
            (secrets.token_hex(4), hashlib.sha256(key.encode()).digest(), list(scopes)),
        )
    return key


class Raw(NamedTuple):
    """What the database gives by itself: statements a second, and its time on the processors for each, ms."""

    rate: float
    ms: float


def raw(urls: ClusterUrls, statement: str, arguments: Sequence[Sequence[object]], seconds: int) -> Raw:
    """Ask over prepared binary psycopg, `RAW_THREADS` connections.

    Each argument is asked at least once: tiles differ a thousandfold in cost.
    """
    until = time.perf_counter() + seconds

    def work(offset: int) -> tuple[int, float]:
        done = 0
        with psycopg.connect(urls.app_url, autocommit=True, prepare_threshold=0) as connection:
            cursor = connection.cursor(binary=True)
            while time.perf_counter() < until or done < len(arguments) // RAW_THREADS:
                given = arguments[(offset + done) % len(arguments)]
                cursor.execute(statement, given).fetchall()
                done += 1
            return done, processor_ms(connection.info.backend_pid)

    started = time.perf_counter()
    with ThreadPoolExecutor(RAW_THREADS) as threads:
        found = list(threads.map(work, range(0, len(arguments), max(1, len(arguments) // RAW_THREADS))))
    done = sum(each for each, _ in found)
    return Raw(done / (time.perf_counter() - started), sum(ms for _, ms in found) / done)


def table(title: str, rows: Sequence[tuple[str, float, str, float, str]]) -> None:
    """Print rows of (what, rate, against what, ratio, times)."""
    print(f"\n### {title}\n\n| what | /s | ratio | goal | p50 / p95 / p99 ms | processor ms, service + database |")
    print("|---|---|---|---|---|---|")
    for name, rate, against, ratio, times in rows:
        shown = f"{ratio:.2f} × {against}" if against else ""
        print(f"| {name} | {rate:,.0f} | {shown} | {GOALS.get(name, '')} | {times} |")


GOALS = {
    "tiles z8–17 uncached": "≥ 0.9 × raw SQL tile",
    "tiles cached": "≥ 0.5 × ping",
    "tiles 304": "≥ 0.6 × ping",
    "item by code": "≥ 0.22 × ping",
    "status by code": "≥ 0.22 × ping",
    "page of 50, filtered": "≥ 0.6 × raw SQL page",
}


def times(target: Target) -> str:
    """Write a target's latencies, and what one request costs the processors."""
    waited = " / ".join(f"{target.middle(key):.1f}" for key in ("p50", "p95", "p99"))
    return f"{waited} | " + " + ".join(f"{spent:.3f}" for spent in target.milliseconds)


def tags(base: str, paths: Sequence[str], headers: dict[str, str]) -> list[tuple[str, str, str]]:
    """Ask every path once: warms the cache, and notes each ETag."""
    noted = []
    for path in paths:
        asked = urllib.request.Request(base + path, headers=headers)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310
            noted.append((path, answer.headers["etag"], ""))
    return noted


def measure_reads(urls: ClusterUrls, *, seconds: int, rounds: int) -> None:
    """Print tiles, look-ups and pages: one worker, access rules on, `CONNECTIONS` connections."""
    key = stored_key(urls, "read")
    headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip"}
    made = tiles()
    paths = [f"/tiles/parcels/{z}/{x}/{y}" for z, x, y in made]
    with psycopg.connect(urls.owner_url) as connection:
        asked = lookups(connection)
    postgres = status(HOME).pid or 0
    with server(urls, GONGDI_TILE_CACHE_MIB="0") as (cold, cold_pid), server(urls) as (warm, pid):

        def target(requests: Sequence[tuple[str, str, str]]) -> Target:
            return Target(warm, requests, headers, (pid, postgres))

        known = tags(warm, paths, headers)
        plain = [(path, "", "") for path in paths]
        targets = {
            "ping": target([("/healthz", "", "")]),
            "tiles z8–17 uncached": Target(cold, plain, headers, (cold_pid, postgres)),
            "tiles cached": target(plain),
            "tiles 304": target(known),
            "item by code": target(asked["item"]),
            "status by code": target(asked["status"]),
            "point in parcel": target(asked["locate"]),
            "page of 50, filtered": target(asked["page"]),
        }
        raws: dict[str, list[Raw]] = {"raw SQL tile": [], "raw SQL page": []}
        raw_tiles = [(z, x, y, None) for z, x, y in made]
        raw_pages = page_arguments(asked["page"])
        for _ in range(rounds):
            run(list(targets.values()), connections=CONNECTIONS, seconds=seconds, rounds=1)
            raws["raw SQL tile"].append(raw(urls, "SELECT parcel_tile(%s, %s, %s, %s)", raw_tiles, seconds))
            raws["raw SQL page"].append(raw(urls, RAW_PAGE, raw_pages, seconds))
        print(f"\nmemory of the warm server: {memory_mib(pid):.0f} MiB")
    report(targets, {name: Raw(*map(statistics.median, zip(*found, strict=True))) for name, found in raws.items()})


RAW_PAGE = """
SELECT id, code, name, address, cadastral_code, lot_number, stage, hold, idle, stage_since, county_code, area_m2,
  area_legal_m2, area_plane_m2, area_ellipsoid_m2, version, updated_at, land_use_scheme, land_use_code
FROM parcel WHERE geom_web && ST_Transform(ST_MakeEnvelope(%s, %s, %s, %s, 4490), 3857)
  AND land_use_code LIKE %s AND area_m2 >= 3000 ORDER BY area_m2 DESC, id DESC LIMIT 50
"""


def page_arguments(pages: Sequence[tuple[str, str, str]]) -> list[tuple[object, ...]]:
    """Return the raw page's arguments from the page requests: the same boxes and uses."""
    arguments: list[tuple[object, ...]] = []
    for path, *_ in pages:
        query = dict(part.split("=", 1) for part in path.partition("?")[2].split("&"))
        arguments.append((*map(float, query["bbox"].split(",")), query["land_use"] + "%"))
    return arguments


AGAINST = {"tiles z8–17 uncached": "raw SQL tile", "page of 50, filtered": "raw SQL page"}


def report(targets: dict[str, Target], raws: dict[str, Raw]) -> None:
    """Print the reads' table."""
    rates = {name: found.rate for name, found in raws.items()} | {"ping": targets["ping"].rate}
    rows = [(name, found.rate, "", 0.0, f" | {found.ms:.3f}") for name, found in raws.items()]
    for name, target in targets.items():
        other = AGAINST.get(name, "ping")
        rows.append((name, target.rate, other, target.rate / rates[other], times(target)))
        bad = sum(run["bad"] for run in target.runs)
        if bad:
            print(f"WARNING {name}: {bad:.0f} answers were not 2xx/3xx")
    table(f"reads, {CONNECTIONS} connections, one worker", rows)


def measure_import(path: Path, *, rounds: int) -> ClusterUrls:
    """Print our import next to ogr2ogr's plain load of the same file, interleaved; leave the last database."""
    ours, theirs = [], []
    for _ in range(rounds):
        urls = fresh_database(DATABASE)
        theirs.append(spent(ogr2ogr, path, urls))
        ours.append(spent(own_import, path, urls))
    rows = [
        ("ogr2ogr, COPY, no index, no check", Spent(*map(statistics.median, zip(*theirs, strict=True)))),
        ("gongdi import, everything", Spent(*map(statistics.median, zip(*ours, strict=True)))),
    ]
    plain = rows[0][1]
    print(f"\n### import of {path.name} (goals ≤ 2 × and ≤ 3 × ogr2ogr, < 1,024 MiB)\n")
    print("| way | s | × ogr2ogr | processor s | × ogr2ogr | rows/s | MiB |")
    print("|---|---|---|---|---|---|---|")
    count = int(path.stem.rpartition("_")[2])
    for name, (wall, work, memory) in rows:
        ratios = f"{wall / plain.wall:.2f} | {work:.1f} | {work / plain.work:.2f}"
        print(f"| {name} | {wall:.1f} | {ratios} | {count / wall:,.0f} | {memory:.0f} |")
    return urls


class Spent(NamedTuple):
    """What something took: time, and time on the processors, of program and database, s; the program's memory, MiB."""

    wall: float
    work: float
    memory: float


def spent(act: Callable[[Path, ClusterUrls], float], path: Path, urls: ClusterUrls) -> Spent:
    """Return what `act` takes; it runs a program, which has ended when it returns that one's peak memory."""
    started, before = time.perf_counter(), worked()
    memory = act(path, urls)
    wall = time.perf_counter() - started
    time.sleep(1)  # until the server's processes have ended too
    return Spent(wall, worked() - before, memory)


def run_watched(command: Sequence[str], **variables: str) -> float:
    """Run a program that must succeed; return the most memory of their own that it and its children held, MiB.

    Pages of files that are mapped don't count: the system takes them back when it needs them.
    """
    most, silent = 0.0, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=variables or None, stdout=silent) as process:
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                own = psutil.Process(process.pid)
                held = (each.memory_info() for each in (own, *own.children(recursive=True)))
                most = max(most, sum(each.rss - each.shared for each in held) / 2**20)
            time.sleep(0.1)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most


def worked() -> float:
    """Time on the processors so far, of programs that were run and have ended, and of the bench's cluster; s."""
    programs = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = psutil.Process(status(HOME).pid)
    living = sum(sum(each.cpu_times()[:2]) for each in server.children())
    return programs.ru_utime + programs.ru_stime + sum(server.cpu_times()[:4]) + living


def ogr2ogr(path: Path, urls: ClusterUrls) -> float:
    """Load the file as GDAL does it, then drop what it made."""
    options = [
        "-nln",
        "plain",
        "-lco",
        "SPATIAL_INDEX=NONE",
        "-lco",
        "GEOMETRY_NAME=geom",
        "--config",
        "PG_USE_COPY",
        "YES",
    ]
    command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{make_conninfo(urls.owner_url)}", str(path), *options]
    memory = run_watched(command)
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        connection.execute("DROP TABLE plain")
    return memory


def own_import(path: Path, urls: ClusterUrls) -> float:
    """Import the file through the command line, as a clerk's script would."""
    command = [sys.executable, "-m", "service.cli", "import", str(path), "--jurisdiction", "BENCH"]
    return run_watched(command, **environment(urls))


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--import-rounds", type=int, default=1)
    parser.add_argument("--only", choices=("reads", "import"))
    options = parser.parse_args()
    try:
        if options.only == "reads":
            urls = addresses(DATABASE)
        else:
            urls = measure_import(generated(options.parcels), rounds=options.import_rounds)
            with psycopg.connect(urls.owner_url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE parcel, parcel_event, parcel_tally, region_tally")
        if options.only != "import":
            measure_reads(urls, seconds=options.seconds, rounds=options.rounds)
    finally:
        stop(HOME)


if __name__ == "__main__":
    main()
