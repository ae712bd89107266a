"""The command line as a person calls it: in a process of its own, on a cluster of its own."""

import contextlib
import io
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
import pytest

from service import cli, cli_data
from service.core import cluster, migrate
from service.core.settings import Settings
from service.running import environment

_ROOT = Path(__file__).parents[2]
COMMANDS = {
    *("serve", "worker", "run", "db", "demo", "import", "export", "plan", "user", "audit", "rules", "openapi"),
    "doctor",
}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gongdi-"))
    folder.chmod(0o755)
    yield folder
    cluster.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def staffed(home: Path) -> Path:
    """A home with a migrated database that belongs to somebody: one user and one jurisdiction."""
    urls = cluster.ensure(home)
    migrate.upgrade(urls.owner_url)
    with psycopg.connect(urls.owner_url) as connection:
        connection.execute(
            "INSERT INTO user_account (username, display_name, role, password_hash) VALUES ('qian', '钱', 'viewer', '')"
            " ON CONFLICT DO NOTHING"
        )
        connection.execute(
            "INSERT INTO jurisdiction (code, name, name_en) VALUES ('DQ', '东区', 'East') ON CONFLICT DO NOTHING"
        )
    return home


@dataclass(frozen=True)
class Shown:
    returncode: int
    stdout: str
    stderr: str


class Gongdi(Protocol):
    def __call__(self, *arguments: str, home: Path | None = None, text: str = "", **settings: str) -> Shown: ...


@pytest.fixture
def gongdi(capsys: pytest.CaptureFixture[str]) -> Iterator[Gongdi]:
    """The command line in this process: its own start takes longer than most commands."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level

    def call(*arguments: str, home: Path | None = None, text: str = "", **settings: str) -> Shown:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["gongdi", *arguments])
            patch.setattr(sys, "stdin", io.StringIO(text))
            patch.setenv("COLUMNS", "200")
            patch.setenv("GONGDI_HOME", str(home or "/nowhere"))
            for name, value in settings.items():
                patch.setenv(f"GONGDI_{name.upper()}", value)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        code = ended.value.code
        return Shown(code if isinstance(code, int) else 0, *capsys.readouterr())

    yield call
    root.handlers = handlers  # a command's own writes to what was captured here, which is closed now
    root.setLevel(level)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_help_lists_every_command(gongdi: Gongdi) -> None:
    shown = gongdi("--help")
    assert shown.returncode == 0
    listed = {line.split()[1] for line in shown.stdout.splitlines() if line.startswith("│ ") and len(line.split()) > 1}
    assert listed >= COMMANDS


def test_doctor_names_what_it_checked_and_makes_nothing(gongdi: Gongdi, tmp_path: Path) -> None:
    shown = gongdi("doctor", home=tmp_path / "none")
    for item in ("Python", "PostgreSQL", "Node.js", "bubblewrap", "Chromium", "磁盘", "私有数据库"):
        assert item in shown.stdout, item
    assert not (tmp_path / "none/pg/data").exists()


def test_doctor_names_a_mistyped_setting(gongdi: Gongdi) -> None:
    assert "GONGDI_PROT" in gongdi("doctor", prot="8001").stdout


def test_a_wrong_setting_is_named(gongdi: Gongdi) -> None:
    shown = gongdi("db", "status", port="many")
    assert shown.returncode == 1
    assert "GONGDI_PORT" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_an_unreachable_database_is_said_in_both_languages(gongdi: Gongdi) -> None:
    shown = gongdi("db", "upgrade", database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    assert shown.returncode == 1
    assert "无法连接数据库" in shown.stderr
    assert "Can't reach the database" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_taken_port_is_said_before_anything_is_made(gongdi: Gongdi, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        shown = gongdi("run", home=tmp_path / "none", port=str(taken.getsockname()[1]))
    assert shown.returncode == 1
    assert "GONGDI_PORT" in shown.stderr
    assert not (tmp_path / "none/pg/data").exists()


def test_init_then_users_then_audit(gongdi: Gongdi, home: Path) -> None:
    assert gongdi("db", "status", home=home).returncode == 1
    assert gongdi("db", "init", home=home).returncode == 0
    assert gongdi("db", "status", home=home).returncode == 0

    added = gongdi("user", "add", "zhao", "--name", "赵", "--role", "viewer", home=home, text="a long pass phrase\n")
    assert added.returncode == 0, added.stderr
    assert "zhao" in gongdi("user", "list", home=home).stdout
    lost = gongdi(
        *("user", "add", "qian", "--name", "钱", "--role", "viewer", "--jurisdiction", "nowhere"),
        home=home,
        text="a long pass phrase\n",
    )
    assert (lost.returncode, "/jurisdictions/0: 没有代码“nowhere”" in lost.stderr) == (1, True)
    again = gongdi("user", "add", "zhao", "--name", "赵", "--role", "viewer", home=home, text="a long pass phrase\n")
    assert again.returncode == 1
    assert "已存在" in again.stderr
    assert gongdi("user", "passwd", "zhao", home=home, text="short\n").returncode == 1
    assert gongdi("user", "passwd", "zhao", home=home, text="another pass phrase\n").returncode == 0

    assert gongdi("audit", "verify", home=home).returncode == 0
    with psycopg.connect(cluster.ensure(home).superuser_url) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        connection.execute("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 1")
        connection.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    found = gongdi("audit", "verify", home=home)
    assert found.returncode == 1
    assert "1: altered" in found.stdout


BOUNDARY_POINTS = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
转换参数=,,,,,,
[地块坐标]
4,1.0000,DK-1,测试地块,面,,,,@
J1,1,3849000.000,38474000.000
J2,1,3849000.000,38474100.000
J3,1,3848900.000,38474100.000
J4,1,3848900.000,38474000.000
J1,1,3849000.000,38474000.000
"""


def test_import_publishes_or_refuses_and_says_so(gongdi: Gongdi, staffed: Path, tmp_path: Path) -> None:
    file = tmp_path / "parcels.txt"
    file.write_text(BOUNDARY_POINTS, encoding="gbk")
    shown = gongdi("import", str(file), home=staffed)  # there is one jurisdiction
    assert (shown.returncode, "published" in shown.stdout) == (0, True), shown.stdout

    again = gongdi("import", str(file), "--jurisdiction", "DQ", home=staffed)
    assert (again.returncode, "refused" in again.stdout) == (1, True), again.stdout
    assert "第 1 行" in again.stdout

    out = tmp_path / "back.txt"
    back = gongdi("export", str(out), "--crs", "4526", "--jurisdiction", "DQ", home=staffed)
    assert (back.returncode, "Exported 1" in back.stdout) == (0, True), back.stdout + back.stderr
    given, got = (each.read_text("gbk").splitlines() for each in (file, out))
    assert [line for line in got if line.startswith("J")] == [line for line in given if line.startswith("J")]
    guess = gongdi("export", str(out), home=staffed)
    assert (guess.returncode, "crs=" in guess.stderr) == (1, True), "a zone is never guessed"

    elsewhere = gongdi("import", str(file), "--jurisdiction", "none", home=staffed)
    assert elsewhere.returncode == 1
    assert "No jurisdiction none" in elsewhere.stderr


def test_import_does_not_guess_among_jurisdictions(gongdi: Gongdi, staffed: Path, tmp_path: Path) -> None:
    file = tmp_path / "parcels.txt"
    file.write_text(BOUNDARY_POINTS, encoding="gbk")
    with psycopg.connect(cluster.ensure(staffed).owner_url, autocommit=True) as connection:
        connection.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('XQ', '西区', 'West')")
        shown = gongdi("import", str(file), home=staffed)
        connection.execute("DELETE FROM jurisdiction WHERE code = 'XQ'")
    assert (shown.returncode, "DQ 东区, XQ 西区" in shown.stderr) == (2, True), shown.stderr


def test_import_takes_a_control_layer_in(gongdi: Gongdi, staffed: Path, tmp_path: Path) -> None:
    file = tmp_path / "areas.txt"
    file.write_text(BOUNDARY_POINTS, encoding="gbk")
    told = ("--as", "control:ecological_redline", "--source", "省政府〔2022〕1号", "--dated-on", "2022-06-01")
    without_name = gongdi("import", str(file), "--jurisdiction", "DQ", *told, home=staffed)
    assert without_name.returncode == 2, without_name.stdout
    assert gongdi("import", str(file), "--jurisdiction", "DQ", "--name", "x", home=staffed).returncode == 2
    shown = gongdi("import", str(file), "--jurisdiction", "DQ", "--name", "生态红线", *told, home=staffed)
    assert (shown.returncode, "区域 areas 1" in shown.stdout) == (0, True), shown.stdout + shown.stderr


NEWER = (
    "CREATE EXTENSION postgis; CREATE TABLE alembic_version AS SELECT '9999' AS version_num;"
    " GRANT ALL ON alembic_version TO guest"
)


@pytest.fixture
def bare(home: Path) -> Iterator[Callable[[str], str]]:
    """The URL of a database made anew on the home's cluster, for an owner without further rights, after some SQL."""
    urls = cluster.ensure(home)
    superuser, port = urls.superuser_url, cluster.status(home).port
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
        connection.execute("CREATE DATABASE bare OWNER guest")

    def make(statement: str) -> str:
        with psycopg.connect(superuser, dbname="bare", autocommit=True) as inside:
            inside.execute(statement)
        return f"postgresql://guest:guest@127.0.0.1:{port}/bare"

    yield make
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE bare WITH (FORCE)")
        connection.execute("DROP ROLE guest")


@pytest.mark.parametrize(
    ("statement", "arguments", "said"),
    [
        ("SELECT 1", ["db", "upgrade"], "CREATE EXTENSION postgis"),
        ("CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm", ["user", "list"], "gongdi db upgrade"),
        ("CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm", ["worker", "--check"], "gongdi db upgrade"),
        (NEWER, ["db", "upgrade"], "newer than this program"),
    ],
)
def test_a_database_that_does_not_fit_is_refused_in_words(
    gongdi: Gongdi, bare: Callable[[str], str], statement: str, arguments: list[str], said: str
) -> None:
    shown = gongdi(*arguments, database_url=bare(statement))
    assert shown.returncode == 1
    assert said in shown.stderr + shown.stdout
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("arguments", [("serve", "--no-worker"), ("worker",)])
def test_nothing_is_served_while_the_record_could_be_changed(
    gongdi: Gongdi, staffed: Path, arguments: tuple[str, ...]
) -> None:
    with psycopg.connect(cluster.ensure(staffed).owner_url, autocommit=True) as connection:
        connection.execute("GRANT UPDATE ON audit_entry TO gongdi_app")
        try:
            shown = gongdi(*arguments, home=staffed, port=str(free_port()))
        finally:
            connection.execute("REVOKE UPDATE ON audit_entry FROM gongdi_app")
    assert shown.returncode == 1
    assert "the request role may change the audit log" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_home_that_can_not_be_made_is_named(gongdi: Gongdi) -> None:
    shown = gongdi("db", "start", home=Path("/dev/null/home"))
    assert shown.returncode == 1
    assert "/dev/null/home" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_the_demo_stays_out_of_somebodys_database(staffed: Path) -> None:
    assert not cli_data.holds_demo_or_nothing(cluster.ensure(staffed).owner_url)


def test_reset_asks_first(gongdi: Gongdi, staffed: Path) -> None:
    shown = gongdi("demo", "reset", home=staffed, text="n\n")
    assert shown.returncode == 1
    assert "load the demo again?" in shown.stdout


def test_a_child_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = Settings(home=tmp_path, port=8123, demo=True, app_url="postgresql://app@localhost/x")
    for name, value in environment(given).items():
        monkeypatch.setenv(name, value)
    assert Settings() == given


def _wait(condition: str, port: int, process: psutil.Popen) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{condition}", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{condition} did not answer")


@contextlib.contextmanager
def running_at(home: Path) -> Iterator[tuple[psutil.Popen, int]]:
    """`gongdi run` with server and worker ready, on a stopped cluster that it starts itself."""
    cluster.stop(home)
    port = free_port()
    process = psutil.Popen(
        [sys.executable, "-m", "service.cli", "run"],
        env={**os.environ, "GONGDI_HOME": str(home), "GONGDI_PORT": str(port)},
        start_new_session=True,
    )
    try:
        _wait("/readyz", port, process)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_a_killed_worker_is_replaced_and_a_signal_stops_everything(staffed: Path) -> None:
    with running_at(staffed) as (process, _):
        (worker,) = process.children()
        worker.kill()
        deadline = time.monotonic() + 10
        while not (replaced := [child for child in process.children() if child != worker]):
            assert time.monotonic() < deadline, "no new worker"
            time.sleep(0.1)
        begun = time.monotonic()
        process.terminate()
        assert process.wait(timeout=15) == 0
        assert time.monotonic() - begun < 10
    assert not any(child.is_running() for child in replaced)
    assert not cluster.status(staffed).is_running


def test_the_worker_does_not_outlive_a_killed_server(staffed: Path) -> None:
    with running_at(staffed) as (process, _):
        (worker,) = process.children()
        process.kill()
        _, left = psutil.wait_procs([worker], timeout=10)
    assert left == []
    assert cluster.stop(staffed)


def test_the_worker_knows_every_job() -> None:
    """A job that its process never loaded would fail with "task not found", and whoever waits for it wait for ever."""
    code = """if True:
        import sys
        from service import cli, running
        running.serving_settings, running.work = lambda settings: settings, lambda settings: None
        cli.worker(check=False, until_stdin_closes=False)
        print(*(name for name in sys.modules if name.startswith("service.") and name.endswith(".jobs")))
    """
    known = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True).stdout
    assert {f"service.{path.parent.name}.jobs" for path in _ROOT.glob("service/*/jobs.py")} <= set(known.split())
