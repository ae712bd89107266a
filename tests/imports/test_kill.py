"""Kill -9 of the worker and of the database while it publishes: nothing is half there, and it is carried out once.

A throw-away cluster with real durability. The fault point is a lock: publishing waits for it after the parcels' COPY.
"""

import asyncio
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import psutil
import psycopg
import pyogrio
import pytest
from procrastinate import JobContext

from service.accounts.access import system
from service.core import cluster
from service.core import jobs as core_jobs
from service.core.db import Database
from service.core.migrate import upgrade
from service.core.settings import Settings
from service.documents import storage
from service.imports import commands, jobs, review_commands
from service.imports.models import Import
from service.running import environment
from tests.imports.conftest import parcels

ROWS = 300
TABLES = ("parcel", "parcel_event", "parcel_survey")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that the server's unprivileged user may walk to."""
    folder = Path(tempfile.mkdtemp(prefix="gongdi-"))
    folder.chmod(0o755)
    yield folder
    cluster.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def configured(home: Path) -> Settings:
    """Settings on a migrated cluster with one jurisdiction."""
    urls = cluster.ensure(home)
    upgrade(urls.owner_url)
    with psycopg.connect(urls.owner_url) as connection:
        connection.execute(
            "INSERT INTO jurisdiction (code, name, name_en) VALUES ('zhengdong', '郑东新区', 'Zhengdong')"
        )
    return Settings(
        home=home,
        database_url=urls.owner_url,
        app_url=urls.app_url,
        public_url=urls.public_url,
        demo=True,
        today=dt.date(2022, 11, 15),
    )


@pytest.fixture
def queued(configured: Settings, tmp_path: Path) -> Iterator[int]:
    """An import that waits in the queue; everything is emptied afterwards."""
    yield from submitted(configured, tmp_path, "direct")


@pytest.fixture
def staged(configured: Settings, tmp_path: Path) -> Iterator[int]:
    """An import under review that somebody wants published."""
    for number in submitted(configured, tmp_path, "review"):
        database = Database(configured)
        jobs.run_now(database, configured, number)
        with psycopg.connect(cluster.ensure(configured.home).superuser_url) as connection:
            connection.execute("SET search_path = jobs, public; DELETE FROM procrastinate_jobs")
        with database.write(system("clerk")) as session:
            version = session.get_one(Import, number).version
            review_commands.ask_publication(session, system("clerk"), number, version=version, four_eyes=False)
        database.close()
        yield number


def submitted(configured: Settings, tmp_path: Path, mode: str) -> Iterator[int]:
    """Take a file in; everything is emptied afterwards."""
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(parcels(ROWS), path)
    with path.open("rb") as file:
        kept = storage.keep(configured.documents_dir, file, limit=1 << 30)
    database = Database(configured)
    with database.write(system("clerk")) as session:
        row = commands.create_import(
            session, system("clerk"), kept, file_name="a.gpkg", jurisdiction="zhengdong", mode=mode
        )
    database.close()
    yield row.id
    with psycopg.connect(cluster.ensure(configured.home).superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            f"TRUNCATE {', '.join(TABLES)}, import, import_finding, staged_parcel, jobs.procrastinate_jobs CASCADE"
        )


@contextmanager
def held_in_publishing(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until it waits, all parcels copied, for the table of events."""
    with psycopg.connect(str(settings.database_url)) as gate:
        gate.execute("LOCK TABLE parcel_event IN SHARE MODE")
        process = worker(settings)
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'parcel_event'::regclass AND NOT granted"
        until(settings, waiting, 1)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(settings: Settings, query: str, wanted: object, *, seconds: float = 60) -> None:
    """Wait for the database to answer as wanted."""
    end = time.monotonic() + seconds
    while True:
        with psycopg.connect(str(settings.database_url)) as connection:
            row = connection.execute(query).fetchone()
        if row == (wanted,):
            return
        assert time.monotonic() < end, f"{query}: {row}"
        time.sleep(0.1)


def counts(settings: Settings) -> list[int]:
    with psycopg.connect(str(settings.database_url)) as connection:
        return [connection.execute(f"SELECT count(*) FROM {each}").fetchone()[0] for each in TABLES]  # type: ignore[index]


def worker(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "service.cli", "worker"]
    return subprocess.Popen(command, env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rescue(settings: Settings) -> None:
    """Do at once what the worker does every minute for jobs whose worker has gone."""
    with psycopg.connect(str(settings.database_url)) as connection:
        connection.execute("UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")

    async def once() -> None:
        app = core_jobs.queue.with_connector(core_jobs.connector(settings))
        async with app.open_async():
            await core_jobs.rescue_stalled.func(cast("JobContext", SimpleNamespace(app=app)), timestamp=0)

    asyncio.run(once())


def look(settings: Settings, import_id: int) -> Import:
    database = Database(settings)
    with database.read() as session:
        found = session.get_one(Import, import_id)
    database.close()
    return found


def test_a_killed_worker_leaves_nothing_and_the_next_one_publishes_once(configured: Settings, queued: int) -> None:
    with held_in_publishing(configured) as first:
        assert look(configured, queued).stage == "publishing"
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        assert counts(configured) == [0, 0, 0]
    assert look(configured, queued).status == "running"
    rescue(configured)
    second = worker(configured)
    try:
        until(configured, f"SELECT status FROM import WHERE id = {queued}", "published")
    finally:
        second.terminate()
        second.wait()
    assert counts(configured) == [ROWS] * 3
    assert look(configured, queued).attempts == 2
    assert not (configured.home / "imports" / str(queued)).exists()


def test_a_publication_that_is_killed_leaves_what_was_staged_and_is_carried_out_once(
    configured: Settings, staged: int
) -> None:
    waiting = f"SELECT count(*) FROM staged_parcel WHERE import_id = {staged}"
    with held_in_publishing(configured) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        assert counts(configured) == [0, 0, 0]
        until(configured, waiting, ROWS)
    assert look(configured, staged).status == "publishing"
    rescue(configured)
    second = worker(configured)
    try:
        until(configured, f"SELECT status FROM import WHERE id = {staged}", "published")
    finally:
        second.terminate()
        second.wait()
    assert counts(configured) == [ROWS] * 3
    until(configured, waiting, 0)


def test_a_publication_that_kills_its_worker_again_and_again_goes_back_to_review(
    configured: Settings, staged: int
) -> None:
    with psycopg.connect(str(configured.database_url)) as connection:
        connection.execute("UPDATE import SET attempts = 3 WHERE id = %s", (staged,))
    database = Database(configured)
    jobs.run_now(database, configured, staged)
    database.close()
    found = look(configured, staged)
    assert (found.status, "停止" in (found.problem or ""), counts(configured)) == ("staged", True, [0, 0, 0])


def test_a_killed_database_leaves_nothing_and_the_import_can_run_again(configured: Settings, queued: int) -> None:
    # The gate's own connection dies with the server, which is how its block ends.
    with (
        pytest.raises(psycopg.OperationalError),
        held_in_publishing(configured),
    ):
        kill_server(configured)
    cluster.ensure(configured.home)
    assert counts(configured) == [0, 0, 0]
    database = Database(configured)
    jobs.run_now(database, configured, queued)
    database.close()
    assert counts(configured) == [ROWS] * 3
    assert look(configured, queued).status == "published"


def kill_server(settings: Settings) -> None:
    pid = cluster.status(settings.home).pid
    assert pid is not None
    postmaster = psutil.Process(pid)
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([postmaster, *postmaster.children()], timeout=5)


def test_an_import_that_kills_its_worker_again_and_again_is_given_up(configured: Settings, queued: int) -> None:
    for _ in range(core_jobs.ATTEMPTS):
        with held_in_publishing(configured) as process:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        rescue(configured)
    with psycopg.connect(str(configured.database_url)) as connection:
        connection.execute("UPDATE import SET created_at = now() - interval '1 hour'")
        states = connection.execute("SELECT status::text FROM jobs.procrastinate_jobs WHERE task_name = 'imports.run'")
        assert states.fetchall() == [("failed",)]
    database = Database(configured)
    jobs.sweep_now(database, configured)
    database.close()
    found = look(configured, queued)
    assert (found.status, "没有地块入库" in (found.problem or "")) == ("failed", True)
    assert counts(configured) == [0, 0, 0]
