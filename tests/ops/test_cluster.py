"""The private cluster against real PostgreSQL: made, crashed, recovered and stopped in a home of its own."""

import json
import os
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from service.core import cluster


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that the server's unprivileged user may walk to (pytest's own folders are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="gongdi-"))
    folder.chmod(0o755)
    yield folder
    cluster.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def urls(home: Path) -> cluster.ClusterUrls:
    return cluster.ensure(home)


def _kill(home: Path) -> int:
    pid = cluster.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    return pid


def test_a_second_ensure_changes_nothing(home: Path, urls: cluster.ClusterUrls) -> None:
    before = cluster.status(home)
    assert cluster.ensure(home) == urls
    assert cluster.status(home) == before
    assert before.is_running


def test_the_server_is_durable_utf8_and_private(home: Path, urls: cluster.ClusterUrls) -> None:
    with psycopg.connect(urls.superuser_url) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "data_checksums", "server_encoding", "listen_addresses", "jit")
        }
    assert shown == {
        "fsync": ("on",),
        "synchronous_commit": ("on",),
        "data_checksums": ("on",),
        "server_encoding": ("UTF8",),
        "listen_addresses": ("127.0.0.1",),
        "jit": ("off",),
    }
    secrets = home / "pg/credentials.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert len(set(json.loads(secrets.read_text()).values())) == 4


def test_no_role_gets_in_with_a_wrong_password(urls: cluster.ClusterUrls) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls.owner_url, password="wrong")


def test_roles_have_no_more_rights_than_promised(urls: cluster.ClusterUrls) -> None:
    with psycopg.connect(urls.owner_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
            "WHERE rolname LIKE 'gongdi%'"
        ).fetchall()
        extensions = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        connection.execute("SET ROLE gongdi_app")
        connection.execute("SET ROLE gongdi_public")
    assert sorted(rows) == [
        (name, False, False, False, False) for name in ("gongdi_app", "gongdi_owner", "gongdi_public")
    ]
    assert {"postgis", "pg_trgm"} <= extensions


def test_the_app_role_can_make_nothing(urls: cluster.ClusterUrls) -> None:
    for url in (urls.app_url, urls.public_url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine ()")


def test_chinese_words_have_trigrams(urls: cluster.ClusterUrls) -> None:
    with psycopg.connect(urls.owner_url) as connection:
        row = connection.execute("SELECT show_trgm('郑东新区') <> '{}'").fetchone()
    assert row == (True,)


def test_acknowledged_rows_survive_kill_9(home: Path, urls: cluster.ClusterUrls) -> None:
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        killed = _kill(home)
    assert cluster.ensure(home) == urls
    assert cluster.status(home).pid != killed
    with psycopg.connect(urls.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_pid_file_that_names_a_stranger_is_dropped(home: Path, urls: cluster.ClusterUrls) -> None:
    cluster.stop(home)
    file = home / "pg/data/postmaster.pid"
    file.write_text(f"{os.getpid()}\n{home}/pg/data\n0\n")
    assert not cluster.status(home).is_running
    cluster.ensure(home)
    assert psutil.pid_exists(os.getpid())
    assert file.read_text().split()[0] != str(os.getpid())


def test_a_taken_port_is_replaced(home: Path, urls: cluster.ClusterUrls) -> None:
    cluster.stop(home)
    taken = cluster.status(home).port
    assert taken is not None
    with socket.create_server(("127.0.0.1", taken)):
        moved = cluster.ensure(home)
    assert cluster.status(home).port != taken
    with psycopg.connect(moved.owner_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_stop_ends_a_busy_server_within_ten_seconds(home: Path, urls: cluster.ClusterUrls) -> None:
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        pid = connection.info.backend_pid
        os.kill(pid, signal.SIGSTOP)  # listens to nothing, like a session deep inside the geometry library
        begun = time.monotonic()
        assert cluster.stop(home, fast_s=1)
        assert time.monotonic() - begun < 10
    assert not cluster.status(home).is_running
    assert not psutil.pid_exists(pid)
    assert not cluster.stop(home)
    cluster.ensure(home)


def test_lost_credentials_are_reported_not_replaced(home: Path, urls: cluster.ClusterUrls) -> None:
    file = home / "pg/credentials.json"
    kept = file.rename(home / "pg/credentials.kept")
    try:
        with pytest.raises(cluster.ClusterError, match=r"credentials\.json is gone"):
            cluster.ensure(home)
    finally:
        kept.rename(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_a_home_closed_to_the_server_user_gets_its_data_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    try:
        urls = cluster.ensure(tmp_path, durable=False)
        location = cluster.status(tmp_path).location
        assert location.is_relative_to("/var/lib/gongdi")
        with psycopg.connect(urls.superuser_url) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    finally:
        cluster.stop(tmp_path)
        shutil.rmtree(cluster.status(tmp_path).location)


def test_asking_for_the_status_makes_nothing(tmp_path: Path) -> None:
    assert cluster.status(tmp_path / "none") == cluster.ClusterStatus(
        made=False, pid=None, location=cluster.status(tmp_path / "none").location, port=None
    )
    assert list(tmp_path.iterdir()) == []
    assert not cluster.status(tmp_path / "none").location.exists()
