"""Every hostile file of the generator through the API, while others read parcels; what it costs, and what stays behind.

    python -m tests.benchmarks.hostile [--start 0] [--every 1] [--uploads 4] [--parcels 20000] [--mode review]

Starts a server and a worker on loopback over a database of its own in the bench's cluster (`.local/bench`), and watches
their processes and the worker's children. `--every 7` takes every seventh file. On a busy machine the others' times say
little: quote them from a quiet one.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil
import psycopg

from service.core.cluster import ClusterUrls
from tests.benchmarks.bench import HOME, ROOT, environment, fresh_database, server, stored_key
from tests.benchmarks.exports import GRID
from tests.benchmarks.load import memory_mib
from tests.imports import hostile
from tests.imports.hostile import Case

MIB = 1 << 20
OTHERS, THINK_S = 4, 0.1  # other users, and how long each looks at an answer
QUIET_S = 20  # that the others are measured before
SWEPT_S = 90
LONGEST_S = 300  # that a file may take to its end, waiting for others included
AT_REST = {"staged", "published", "refused", "failed"}
BROKEN = {"reader_crashed", "reader_timeout", "reader_memory"}
GOALS = {"api": 64, "worker": 512, "child": 512, "cpu": 30, "others": 2}


class Answer(NamedTuple):
    """An answer of the API, read to its end."""

    status: int
    body: Any


class Client:
    """One connection to the server, opened again when it breaks."""

    def __init__(self, base: str, key: str) -> None:
        """Speak to `base` as the owner of a key."""
        self.address, self.headers = urlsplit(base).netloc, {"Authorization": f"Bearer {key}"}
        self.connection = http.client.HTTPConnection(self.address, timeout=120)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request; status 599 stands for no answer at all."""
        try:
            self.connection.request(method, path, body, {**self.headers, **headers})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            return Answer(599, {"code": repr(error)})
        is_json = "json" in answer.headers.get("content-type", "")
        return Answer(answer.status, json.loads(content) if content and is_json else None)


@dataclass
class Watch:
    """Looks at processes twenty times a second until it is told to stop."""

    server: int
    worker: int
    memory: dict[str, float] = field(default_factory=dict)
    cpu: dict[int, float] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Look while the block runs."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()

    def _run(self) -> None:
        while not self.ended.wait(0.05):
            self.look("api", psutil.Process(self.server))
            worker = psutil.Process(self.worker)
            self.look("worker", worker)
            for child in worker.children(recursive=True):
                self.look("child", child)

    def look(self, kind: str, process: psutil.Process) -> None:
        """Note a process's memory, a child's time, and whom it is connected to beyond this machine."""
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            self.memory[kind] = max(self.memory.get(kind, 0), process.memory_info().rss / MIB)
            if kind == "child":
                self.cpu[process.pid] = max(self.cpu.get(process.pid, 0), sum(process.cpu_times()[:2]))
            for each in process.net_connections("inet"):
                address = getattr(each.raddr, "ip", "127.0.0.1")  # one that only listens has none
                if address not in {"127.0.0.1", "::1"}:
                    self.calls.add(f"{kind}: {address}")


@dataclass
class Others:
    """Other users, who read parcels and look at each answer for a moment; a process of their own."""

    base: str
    key: str
    paths: Sequence[str]
    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read while the block runs, then fill `taken` (milliseconds) and `statuses`."""
        context = multiprocessing.get_context("fork")
        ended, out = context.Event(), context.SimpleQueue()
        process = context.Process(target=self._read, args=(ended, out))
        process.start()
        try:
            yield
        finally:
            ended.set()
            self.taken, self.statuses = out.get()
            process.join()

    def _read(self, ended: threading.Event, out: Any) -> None:  # noqa: ANN401 - a queue between processes
        def one(seed: int) -> None:
            client, chance = Client(self.base, self.key), random.Random(seed)
            while not ended.wait(THINK_S):
                begun = time.perf_counter()
                answer = client.ask("GET", chance.choice(self.paths))
                self.taken.append((time.perf_counter() - begun) * 1000)
                self.statuses[answer.status] += 1

        with ThreadPoolExecutor(OTHERS) as threads:
            list(threads.map(one, range(OTHERS)))
        out.put((self.taken, self.statuses))

    @property
    def p95(self) -> float:
        """Milliseconds that 95 of 100 answers took at most."""
        return statistics.quantiles(self.taken, n=20)[-1]


@contextlib.contextmanager
def worker(urls: ClusterUrls, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker."""
    process = subprocess.Popen([sys.executable, "-m", "service.cli", "worker"], cwd=ROOT, env=environment(urls, **more))
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


class End(NamedTuple):
    """How a file ended: what the upload was answered, where the import came to rest, and the codes of its errors."""

    case: Case
    status: int
    rest: str
    codes: frozenset[str]

    @property
    def as_expected(self) -> bool:
        """Whether a file that must be refused was, for its reason; one that is no danger may meet other findings."""
        if self.rest == "not taken":
            return bool(self.case.refused) and 400 <= self.status < 500
        if self.rest not in AT_REST - {"failed"} or self.codes & BROKEN:
            return False
        return not self.case.refused or bool(self.codes & self.case.refused)


def sent(client: Client, case: Case, content: bytes, mode: str) -> End:
    """Upload a file, wait until its import rests and read the errors; throw away what was staged."""
    said = {"jurisdiction": "BENCH", "mode": mode, **case.declared}
    boundary = uuid.uuid4().hex
    lines = [f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in said.items()]
    lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.file"\r\n\r\n')
    body = "".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": boundary}
    answer = client.ask("POST", "/api/v1/imports", body, **kind)
    if answer.status != 202:
        return End(case, answer.status, "not taken", frozenset({(answer.body or {}).get("code", "")}))
    address, until = f"/api/v1/imports/{answer.body['id']}", time.monotonic() + LONGEST_S
    while (found := client.ask("GET", address)).status == 200 and found.body["status"] not in AT_REST:
        if time.monotonic() > until:
            return End(case, answer.status, "unfinished", frozenset())
        time.sleep(0.3)
    errors = client.ask("GET", f"{address}/findings?severity=error&limit=200")
    worst = max(found.status, errors.status)
    if worst != 200:
        return End(case, worst, "unread", frozenset())
    if found.body["status"] == "staged":
        tag = f'"{found.body["version"]}"'
        thrown = client.ask("DELETE", f"{address}/staging", None, **{"If-Match": tag}).status
        if thrown != 200:
            return End(case, thrown, "not discarded", frozenset())
    return End(case, 200, found.body["status"], frozenset(each["code"] for each in errors.body["items"]))


def leftovers(urls: ClusterUrls, home: Path, temporary: Path) -> dict[str, int]:
    """Count what must not be there when everything has ended."""
    counted = {
        "files in the work folder": sum(1 for each in (home / "imports").rglob("*")) if home.exists() else 0,
        "files that never arrived": len(list((home / "documents").glob(".arriving-*"))),
        "temporary files": len(list(temporary.iterdir())),
    }
    with psycopg.connect(urls.owner_url) as connection:
        for name, query in {
            "unfinished imports": "SELECT count(*) FROM import WHERE finished_at IS NULL",
            "staged rows": "SELECT count(*) FROM staged_parcel",
            "jobs": "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'imports.run'",
            "documents that no import names": "SELECT count(*) FROM document AS d WHERE NOT EXISTS"
            " (SELECT FROM import WHERE document_id = d.id)",
        }.items():
            ((counted[name],),) = connection.execute(query).fetchall()
    return counted


def swept(urls: ClusterUrls, home: Path, temporary: Path) -> dict[str, int]:
    """Count what is left when the worker has had the time to sweep, which it does every minute."""
    until = time.monotonic() + SWEPT_S
    while any((left := leftovers(urls, home, temporary)).values()) and time.monotonic() < until:
        time.sleep(1)
    return left


def prepared(parcels: int) -> tuple[ClusterUrls, list[str]]:
    """Make a database with parcels, and what the others will read."""
    urls = fresh_database("bench_hostile")
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        connection.execute(GRID, (parcels,))
        connection.execute("VACUUM ANALYZE parcel")
        drawn = connection.execute("SELECT code, ST_XMin(geom), ST_YMin(geom) FROM parcel ORDER BY md5(code) LIMIT 500")
        rows = drawn.fetchall()
    items = [f"/api/v1/parcels/{code}" for code, *_ in rows]
    pages = [f"/api/v1/parcels?bbox={x:.5f},{y:.5f},{x + 0.01:.5f},{y + 0.01:.5f}&limit=50" for _, x, y in rows]
    return urls, [*items, *pages]


def started_at(urls: ClusterUrls) -> object:
    """When the database server began: another time means that it crashed."""
    with psycopg.connect(urls.owner_url) as connection:
        return connection.execute("SELECT pg_postmaster_start_time()").fetchone()


def main() -> None:
    """Send the files, print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("start", 0), ("every", 1), ("uploads", 4), ("parcels", 20_000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--mode", choices=("review", "direct"), default="review")
    options = parser.parse_args()
    cases = list(itertools.islice(hostile.CASES.values(), options.start, None, options.every))
    urls, paths = prepared(options.parcels)
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        home, temporary = Path(folder) / "home", Path(folder) / "temporary"
        temporary.mkdir()
        own = {"GONGDI_HOME": str(home), "TMPDIR": str(temporary)}
        with server(urls, **own) as (base, pid), worker(urls, **own) as process:
            measure(Bench(urls, base, pid, process), cases, paths, options)
            report("left behind (goal 0)", swept(urls, home, temporary))


class Bench(NamedTuple):
    """What is running."""

    urls: ClusterUrls
    base: str
    server: int
    worker: subprocess.Popen[bytes]


def measure(bench: Bench, cases: list[Case], paths: list[str], options: argparse.Namespace) -> None:
    """Let the others read alone, then while the files are sent; print it all."""
    key = stored_key(bench.urls, "read", "write")
    warming, quiet, busy = (Others(bench.base, key, paths) for _ in range(3))
    for others in (warming, quiet):
        with others.reading():
            time.sleep(QUIET_S)
    watch, before, began = Watch(bench.server, bench.worker.pid), memory_mib(bench.server), started_at(bench.urls)
    clients = threading.local()

    def send(case: Case) -> End:
        if not hasattr(clients, "own"):
            clients.own = Client(bench.base, key)
        return sent(clients.own, case, case.make(), options.mode)

    begun = time.perf_counter()
    with busy.reading(), watch.looking(), ThreadPoolExecutor(options.uploads) as threads:
        ends = list(threads.map(send, cases))
    seconds = time.perf_counter() - begun
    hostile.EAR.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        watch.calls.add(f"a file's own address, from {hostile.EAR.accept()[1]}")
    print(f"{len(ends)} files in {seconds:.0f} s, {options.uploads} at once; ends: {Counter(e.rest for e in ends)}")
    for each in ends:
        if not each.as_expected:
            print(f"  NOT AS EXPECTED {each.case.name}: {each.status} {each.rest} {sorted(each.codes)}")
    statuses = Counter(each.status for each in ends) + quiet.statuses + busy.statuses
    alive = bench.worker.poll() is None and psutil.pid_exists(bench.server) and started_at(bench.urls) == began
    report(
        "answers and crashes (goal 0)",
        {
            "5xx or no answer": sum(n for status, n in statuses.items() if status >= 500),
            "readers that crashed or ran away": sum(bool(each.codes & BROKEN) for each in ends),
            "failed imports": sum(each.rest == "failed" for each in ends),
            "server, worker or database gone": int(not alive),
            "connections off the machine": sorted(watch.calls) or 0,
        },
    )
    cpu = max(watch.cpu.values(), default=0)
    print(f"API memory: {before:.0f} MiB before, at most +{watch.memory['api'] - before:.0f} (goal {GOALS['api']})")
    for kind in ("worker", "child"):
        print(f"{kind} memory: at most {watch.memory.get(kind, 0):.0f} MiB (goal {GOALS[kind]})")
    print(f"processor time of one child: at most {cpu:.1f} s (goal {GOALS['cpu']})")
    times = f"{quiet.p95:.1f} ms before, {busy.p95:.1f} ms meanwhile, {busy.p95 / quiet.p95:.2f} ×"
    print(f"others' p95 of {len(busy.taken)} answers: {times} (goal {GOALS['others']})")


def report(title: str, figures: dict[str, Any]) -> None:
    """Print figures under a title."""
    print(title + ": " + ", ".join(f"{name} {figure}" for name, figure in figures.items()))


if __name__ == "__main__":
    main()
