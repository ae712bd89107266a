"""The private PostgreSQL + PostGIS cluster of a home folder: made, started and stopped without an administrator.

Layout below `{home}/pg`: `data`, `socket`, `log`, `credentials.json` (0600), `port`. When the server's unprivileged
user may not walk to that folder (a checkout below /root), data, socket and log stand in /var/lib/gongdi/<hash> and
the file `location` points there.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import random
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg
from psycopg import sql

from service.core.errors import Unavailable
from service.core.postgres_binaries import OLDEST_MAJOR, Binaries, installed
from service.core.server_user import ServerUser

DATABASE = "gongdi"
SUPERUSER, OWNER, APP, PUBLIC = "postgres", "gongdi_owner", "gongdi_app", "gongdi_public"
_LOOPBACK = "127.0.0.1"
_LONGEST_SOCKET_PATH = 100  # bytes; the system's limit is 103 to 107
_READY_WITHIN_S = 300  # crash recovery of a large cluster
_FAST_STOP_S = 5
_IMMEDIATE_STOP_S = 4
_MIB = 2**20


class ClusterError(Unavailable):
    """The private cluster can't be made, started or stopped; the text says what to do."""

    code = "cluster-unavailable"


@dataclass(frozen=True, slots=True)
class ClusterUrls:
    """libpq URLs of the cluster's database, one per role."""

    owner_url: str
    app_url: str
    public_url: str
    superuser_url: str

    def settings(self) -> dict[str, str]:
        """Return what `Settings` takes of these: one address per role, never the superuser's."""
        return {"database_url": self.owner_url, "app_url": self.app_url, "public_url": self.public_url}


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What stands below a home: `made` once initdb ran; `pid` only while the server runs."""

    made: bool
    pid: int | None
    location: Path
    port: int | None

    @property
    def is_running(self) -> bool:
        """Whether the server process lives."""
        return self.pid is not None


def ensure(home: Path, *, durable: bool = True) -> ClusterUrls:
    """Make and start the cluster of a home where needed and wait until it answers; safe to call at any time.

    `durable=False` turns fsync off: for throw-away test clusters only. Raises `ClusterError`.
    """
    place = _Place.of(home)
    place.lay_out()
    with place.locked():
        if not place.data.exists():
            _make(place, durable=durable)
        if _postmaster(place.data) is None:
            _start(place, durable=durable)
        urls = place.urls()
        with _connection(place.url(SUPERUSER, "postgres")) as server:
            _fill(server, place)
        with _connection(urls.superuser_url) as database:
            for extension in ("postgis", "pg_trgm"):
                database.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    return urls


def stop(home: Path, *, fast_s: int = _FAST_STOP_S, immediate_s: int = _IMMEDIATE_STOP_S) -> bool:
    """Stop the cluster of a home and say whether there was one to stop.

    First "fast" (sessions are ended, nothing to recover), then "immediate" (crash recovery at the next start), then
    by force: a session busy inside the geometry library listens to nothing else.
    """
    place = _Place.of(home)
    if (postmaster := _postmaster(place.data)) is None:
        return False
    with place.locked():
        for mode, seconds in (("fast", fast_s), ("immediate", immediate_s)):
            stopped = place.user.run(
                [place.tool("pg_ctl"), "stop", "-w", "-m", mode, "-t", str(seconds), "-D", place.data],
            )
            if stopped.returncode == 0:
                return True
        with contextlib.suppress(psutil.NoSuchProcess):
            postmaster.kill()
        _end_orphans(place.data, grace_s=0)
    return True


def status(home: Path) -> ClusterStatus:
    """What is known of the cluster of a home, without changing anything."""
    place = _Place.of(home)
    postmaster = _postmaster(place.data)
    return ClusterStatus(place.data.exists(), postmaster.pid if postmaster else None, place.root, place.port)


@dataclass(frozen=True, slots=True)
class _Place:
    """The folders of one cluster and the user its server runs as."""

    home: Path  # {home}/pg: what belongs to the caller
    root: Path  # what belongs to the server's user
    user: ServerUser

    @classmethod
    def of(cls, home: Path) -> "_Place":
        pg = home.resolve() / "pg"
        pointer = pg / "location"
        root = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else pg
        user = ServerUser.for_owner_of(root / "data")
        if root == pg and not user.may_enter(pg):
            root = Path("/var/lib/gongdi") / hashlib.sha256(os.fsencode(pg)).hexdigest()[:16]
        return cls(pg, root, user)

    def lay_out(self) -> None:
        """Make the folders, and the pointer where the server's own are elsewhere."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.root.mkdir(parents=True, exist_ok=True)
        if self.root != self.home:
            (self.home / "location").write_text(f"{self.root}\n", encoding="utf-8")

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "log" / "postgresql.log"

    @property
    def socket(self) -> Path | None:
        folder = self.root / "socket"
        return folder if len(os.fsencode(folder)) + len("/.s.PGSQL.12345") <= _LONGEST_SOCKET_PATH else None

    @property
    def port(self) -> int | None:
        file = self.home / "port"
        return int(file.read_text(encoding="ascii")) if file.exists() else None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time makes, starts or stops the cluster."""
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def tool(self, name: str) -> Path:
        return _binaries(self.data).folder / name

    def credentials(self) -> dict[str, str]:
        try:
            passwords: dict[str, str] = json.loads((self.home / "credentials.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ClusterError(
                f"{self.home}/credentials.json 不见了, 无法连接私有数据库; "
                f"请从备份恢复该文件, 或删除数据目录 {self.data} 重新开始",
                f"{self.home}/credentials.json is gone, so the private database can't be reached; restore that file "
                f"from a backup or delete {self.data} to start afresh",
            ) from None
        return passwords

    def url(self, role: str, database: str = DATABASE) -> str:
        where = {"host": str(self.socket or _LOOPBACK), "port": str(self.port)}
        return f"postgresql://{role}:{quote(self.credentials()[role])}@/{database}?{urlencode(where)}"

    def urls(self) -> ClusterUrls:
        return ClusterUrls(self.url(OWNER), self.url(APP), self.url(PUBLIC), self.url(SUPERUSER))


def _binaries(data: Path) -> Binaries:
    """The installation for a data folder: its own major version, or the newest for a new one."""
    version = data / "PG_VERSION"
    found = [it for it in installed() if it.has_postgis]
    if version.exists():
        major = int(version.read_text(encoding="ascii"))
        found = [it for it in found if it.major == major]
        wanted = f"PostgreSQL {major}"
    else:
        wanted = f"PostgreSQL ≥ {OLDEST_MAJOR}"
    if not found:
        raise ClusterError(
            f"本机没有 {wanted} 及其 PostGIS 扩展; 运行 .ci/setup 或 gongdi doctor 查看安装命令",
            f"This machine has no {wanted} with PostGIS; run .ci/setup, or gongdi doctor for the command to install it",
        )
    return found[0]


def _make(place: _Place, *, durable: bool) -> None:
    """Run initdb into a side folder and rename it, so that a broken attempt leaves no half cluster."""
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP, PUBLIC)}
    file = place.home / "credentials.json"
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(passwords, handle, indent=1)
    fresh, word = place.root / "data.new", place.root / "initdb.pw"
    place.user.give_folder(place.root / "log")
    place.user.give_folder(fresh, empty=True)
    place.user.give_file(word, passwords[SUPERUSER])
    command: list[str | Path] = [place.tool("initdb"), "-D", fresh, "-U", SUPERUSER, f"--pwfile={word}"]
    command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums", "--encoding=UTF8"]
    command += ["--lc-collate=C", f"--lc-ctype={_ctype()}", "--lc-messages=C", "--text-search-config=simple"]
    command += [] if durable else ["--no-sync"]
    made = place.user.run(command)
    word.unlink()
    if made.returncode != 0:
        raise ClusterError(f"initdb 失败:\n{made.stderr}", f"initdb failed:\n{made.stderr}")
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write("\ninclude 'gongdi.conf'  # written anew by gongdi at each start\n")
    fresh.rename(place.data)


def _ctype() -> str:
    """The character classes of UTF-8: without them pg_trgm sees no Chinese word."""
    return "en_US.UTF-8" if os.uname().sysname == "Darwin" else "C.UTF-8"


def _start(place: _Place, *, durable: bool) -> None:
    _clear_stale_pid(place.data)
    port = place.port
    if port is None or not _is_free(port):
        port = next(it for it in random.SystemRandom().sample(range(20_000, 30_000), 500) if _is_free(it))
        (place.home / "port").write_text(f"{port}\n", encoding="ascii")
    if place.socket:
        place.user.give_folder(place.socket, mode=0o755)
    lines = [f"{name} = '{value}'" for name, value in _configuration(place, port, durable=durable).items()]
    place.user.give_file(place.data / "gongdi.conf", "\n".join(lines) + "\n")
    if place.log.exists() and place.log.stat().st_size > 10 * _MIB:
        place.log.rename(place.log.with_suffix(".log.old"))
    started = place.user.run(
        [place.tool("pg_ctl"), "start", "-w", "-s", "-t", str(_READY_WITHIN_S), "-D", place.data, "-l", place.log]
    )
    if started.returncode != 0:
        tail = "\n".join(place.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        raise ClusterError(
            f"私有数据库没有启动 ({place.log}):\n{tail}", f"The private database did not start ({place.log}):\n{tail}"
        )


def _configuration(place: _Place, port: int, *, durable: bool) -> dict[str, object]:
    """Server settings for a machine shared with the service: a quarter of the memory at most."""
    memory = psutil.virtual_memory().total // _MIB
    settings: dict[str, object] = {
        "listen_addresses": _LOOPBACK,
        "port": port,
        "unix_socket_directories": place.socket or "",
        "max_connections": 100,
        "shared_buffers": f"{max(128, min(memory // 4, 2048))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": f"{max(4, min(memory // 256, 32))}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 512))}MB",
        "jit": "off",  # costs more than it gives on statements of milliseconds
        "random_page_cost": 1.1,
        "wal_compression": _wal_compression(place),
        "max_wal_size": "2GB",
        "checkpoint_timeout": "10min",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def _wal_compression(place: _Place) -> str:
    """LZ4 where the server was built with it: PostgreSQL's own takes a quarter of the time of building an index."""
    tried = ("-C", "wal_compression", "-c", "wal_compression=lz4", "-c", f"config_file={os.devnull}", "-D", place.data)
    return "lz4" if place.user.run([place.tool("postgres"), *tried]).returncode == 0 else "on"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True


def _postmaster(data: Path) -> psutil.Process | None:
    """The living server of a data folder: the pid in its file may belong to a stranger after a restart."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        process = psutil.Process(pid)
        return process if _works_in(process, data) else None
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None


def _works_in(process: psutil.Process, data: Path) -> bool:
    """Whether a process is a PostgreSQL process of this data folder: each has it as its working directory."""
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == data
    except psutil.Error:
        return False


def _clear_stale_pid(data: Path) -> None:
    """After a kill -9: end sessions that outlived their server, drop a pid file that names a stranger."""
    if (data / "postmaster.pid").exists():
        _end_orphans(data, grace_s=2)
        (data / "postmaster.pid").unlink(missing_ok=True)


def _end_orphans(data: Path, *, grace_s: float) -> None:
    orphans = [it for it in psutil.process_iter() if _works_in(it, data)]
    _, stubborn = psutil.wait_procs(orphans, timeout=grace_s)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _connection(url: str) -> psycopg.Connection:
    """An autocommit connection, waiting while the server still recovers."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            if "starting up" not in str(error) or time.monotonic() > deadline:
                raise ClusterError(
                    f"私有数据库连接失败: {error}", f"Can't connect to the private database: {error}"
                ) from error
            time.sleep(0.1)


def _fill(server: psycopg.Connection, place: _Place) -> None:
    """Roles and the database, each only if absent."""
    passwords = place.credentials()
    present = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER, APP, PUBLIC):
        if role not in present:
            server.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
            )
    if OWNER not in present:
        server.execute(sql.SQL("GRANT {}, {} TO {}").format(*map(sql.Identifier, (APP, PUBLIC, OWNER))))
    if server.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
