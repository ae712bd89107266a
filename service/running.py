"""What the commands share: which database, its migrations, the server and its worker as processes of this machine."""

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import psycopg
import uvicorn
from fastapi import FastAPI

from service.core import clock, cluster, guard, health, logs, memory
from service.core.db import APP_ROLE, Database, conninfo_for
from service.core.errors import Conflict, Unavailable
from service.core.jobs import connector, queue
from service.core.settings import Settings

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
_EXTENSIONS = "CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm;"
_WORKER_STOP_S = 2  # with the server's 2 s and the cluster's 5 s: all is down within 10 s
_GRACEFUL_S = 2


class PortTaken(Conflict):
    """Another program listens where the server wants to."""

    code = "port-taken"


def owner_settings(settings: Settings) -> Settings:
    """Settings with the owner's database: the given server after a check, else the private cluster, started."""
    if settings.database_url is None:
        return settings.model_copy(update=cluster.ensure(settings.home).settings())
    _require_server(settings.database_url)
    return settings


def serving_settings(settings: Settings) -> Settings:
    """Settings that serve: without the owner's password where the app has a login of its own."""
    if settings.app_url is None:
        settings = owner_settings(settings)
    else:
        _require_server(settings.app_url)
    settings = settings.model_copy(update={"database_url": settings.app_url or settings.database_url})
    _require_schema(str(settings.database_url))
    return settings


def _require_server(url: str) -> None:
    if (problem := server_problem(url)) is not None:
        raise problem


def _require_schema(url: str) -> None:
    present, head = revision(url), health.head_revision()
    if present != head:
        raise Unavailable(
            f"数据库结构为 {present or '空'}, 本程序需要 {head}; 请先运行 gongdi db upgrade",
            f"The database's schema is {present or 'empty'}, this program needs {head}; run gongdi db upgrade first",
        )


def server_problem(url: str) -> Unavailable | None:
    """Why a given PostgreSQL server can't be used, or None."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            postgis = connection.execute(
                "SELECT coalesce(installed_version, default_version), installed_version IS NOT NULL"
                " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) FROM pg_available_extensions"
                " WHERE name = 'postgis'"
            ).fetchone()
            major = connection.info.server_version // 10_000
    except psycopg.Error as error:
        reason = str(error).strip()
        return Unavailable(f"无法连接数据库: {reason}", f"Can't reach the database: {reason}")
    if major < OLDEST_POSTGRESQL:
        return Unavailable(
            f"数据库是 PostgreSQL {major}, 需要 {OLDEST_POSTGRESQL} 或更高版本",
            f"The server is PostgreSQL {major}; {OLDEST_POSTGRESQL} or newer is needed",
        )
    version = postgis[0] if postgis else None
    if version is None or tuple(int(part) for part in version.split(".")[:2]) < OLDEST_POSTGIS:
        return Unavailable(
            f"数据库服务器的 PostGIS 为 {version or '未安装'}, 需要 3.3 或更高版本",
            f"The server has PostGIS {version or 'not installed'}; 3.3 or newer is needed",
        )
    if postgis and not postgis[1]:
        return Unavailable(
            f"该数据库还没有启用 PostGIS; 请由超级用户在其中执行: {_EXTENSIONS}",
            f"PostGIS is not enabled in this database; let a superuser run in it: {_EXTENSIONS}",
        )
    return None


def revision(url: str) -> str | None:
    """The migration a database is at; None before the first."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        found = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if found == (True,) else None
    return str(row[0]) if row else None


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a child process these settings."""
    chosen = {f"GONGDI_{name.upper()}": value for name, value in settings.model_dump(mode="json").items()}
    return {**os.environ, **{name: str(value) for name, value in chosen.items() if value is not None}}


def require_free_port(settings: Settings) -> None:
    """Raise `PortTaken` while another program listens on the server's address."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"端口 {settings.host}:{settings.port} 不可用 ({error.strerror}); 用 GONGDI_PORT=8001 换一个端口",
                f"Can't listen on {settings.host}:{settings.port} ({error.strerror}); "
                "choose another port with GONGDI_PORT=8001",
            ) from error


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then tell."""
        await super().startup(sockets)
        if not self.should_exit:
            self.on_listening()


def _refuse_unsafe(settings: Settings) -> None:
    """Look at the database before anything is started: a refusal is words of one line, not a failed start."""
    with psycopg.connect(conninfo_for(settings, APP_ROLE), autocommit=True) as connection:
        guard.refuse_unsafe(connection, demo=settings.demo)


def serve(app: FastAPI, settings: Settings, on_listening: Callable[[], None]) -> None:
    """Answer requests until a signal says stop; open requests get 2 s."""
    _refuse_unsafe(settings)
    server = _Server(server_config(app, settings), on_listening)
    gc.freeze()  # what is loaded by now stays: looking through it for garbage cost a twentieth of every request
    server.run()
    if not server.started:
        raise Unavailable("服务没有启动, 原因见上", "The server did not start; the reason stands above")


def server_config(app: Callable[..., Any], settings: Settings) -> uvicorn.Config:
    """Return how the server listens; behind a trusted proxy a request's client is whom the proxy names."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        http="httptools",
        limit_concurrency=512,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=_GRACEFUL_S,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and Ctrl-C into a plain exit, so that what was started is stopped in order and only once."""

    def leave(_number: int, _frame: FrameType | None) -> NoReturn:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(0)

    before = {each: signal.signal(each, leave) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@contextlib.contextmanager
def stopping_cluster(home: Path) -> Iterator[None]:
    """Stop the private cluster with the block; quicker to lose patience than `gongdi db stop`, for all within 10 s."""
    try:
        yield
    finally:
        cluster.stop(home, fast_s=3, immediate_s=1)


@contextlib.contextmanager
def child_worker(settings: Settings) -> Iterator[None]:
    """A `gongdi worker` process beside the server: started again when it dies, stopped with the block."""
    ended = threading.Event()
    keeper = _WorkerKeeper(environment(settings), ended)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


class _WorkerKeeper(threading.Thread):
    """Keeps one worker process alive."""

    def __init__(self, env: dict[str, str], ended: threading.Event) -> None:
        super().__init__(name="worker-keeper", daemon=True)
        self.env, self.ended = env, ended

    def run(self) -> None:
        while not self.ended.is_set():
            # The pipe closes when this process dies, even by kill -9: the worker's sign to end itself.
            with subprocess.Popen(
                [sys.executable, "-m", "service.cli", "worker", "--until-stdin-closes"],
                env=self.env,
                stdin=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us alone; we end the worker in order
            ) as worker:
                while worker.poll() is None and not self.ended.wait(0.2):
                    pass
                worker.terminate()
                try:
                    worker.wait(_WORKER_STOP_S)
                except subprocess.TimeoutExpired:
                    worker.kill()
            self.ended.wait(1)  # a worker that can't start must not spin


def web_is_built() -> bool:
    """Whether the web pages were built in this checkout."""
    return (Path(__file__).parents[1] / "web/dist/index.html").exists()


def work(settings: Settings) -> None:
    """Run background jobs until a signal says stop; a job still running 2 s later is left to be rescued.

    Jobs with `pass_context` find `settings` and `database` in `context.additional_context`.
    """
    _refuse_unsafe(settings)
    memory.keep_little()
    logs.configure(settings.log_level, as_json=settings.log_json)
    clock.fix_today(settings.today)
    database = Database(settings)
    database.pool.open()
    with queue.replace_connector(connector(settings)) as app:
        app.run_worker(
            delete_jobs="successful",
            shutdown_graceful_timeout=_WORKER_STOP_S,
            additional_context={"settings": settings, "database": database},
        )
    database.close()


def readiness(settings: Settings) -> Mapping[str, bool]:
    """Whether the database is at the newest migration and a worker lives."""
    with psycopg.connect(conninfo_for(settings, APP_ROLE), autocommit=True) as connection:
        return health.readiness(connection, health.head_revision())
