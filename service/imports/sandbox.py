"""Where files from outside are opened: a child process that can be killed, sees one file, and has no network.

Bubblewrap where it works (read-only view of the programs, private /tmp, no network, no other process in sight), else a
network namespace of our own when root, else limits alone. In every case: processor time, memory, wall clock, no core
file, no address to talk to, and no GDAL driver but ours.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyogrio

import service
from service.imports.findings import Finding, finding
from service.imports.sources import MAX_ROWS

Kind = Literal["bubblewrap", "namespace", "limits"]

CPU_SECONDS = 60
CPU_SECONDS_PER_MIB = 0.5  # of the file on top: a large clean file may take its time
MEMORY_MIB = 4096  # address space; the resident part of a million rows is a tenth of it
MAX_RESULT_BYTES = 64 << 20
_MAX_OUTPUT_BYTES = 8 << 30  # of a written file
_OUT_OF_MEMORY = 3  # the child's exit status
_STDERR_BYTES = 4096
_LOOK_S = 0.2  # between two looks at the child's progress
PROGRESS = "progress.txt"  # in the child's folder: rows read so far


@dataclass(frozen=True, slots=True)
class Reading:
    """What the child found in a file: its nature, its rows in an Arrow file, and the findings.

    `rows` is 0 when the file could not be read; then there is no Arrow file, and at least one finding is an error.
    """

    format: str | None
    driver: str | None
    layer: str | None
    source_crs: str | None
    encoding: str | None
    fields: dict[str, str]
    rows: int
    findings: tuple[Finding, ...]
    table: Path

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Stream the rows: row, fid, geom_wkb, area_plane_m2, area_ellipsoid_m2, source_wkb, survey, a_…; checked."""
        if not self.rows:
            return
        with pa.memory_map(str(self.table)) as file, pa.ipc.open_file(file) as stream:
            for i in range(stream.num_record_batches):
                batch = stream.get_batch(i)
                batch.validate(full=True)
                yield batch


def read_file(
    path: Path,
    folder: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    wall_seconds: float | None = None,
    hear: Callable[[int], None] | None = None,
) -> Reading:
    """Read the file at `path` in a sandbox; results go to `folder`, which must be private, empty and stay.

    `crs`, `encoding` and `layer` are what the sender declares; `hear` is told the rows read so far. Whatever the file
    does, the answer is a `Reading`: a crash, too much time or too much memory are findings
    (`reader_crashed|timeout|memory`).
    """
    path, folder = path.resolve(), folder.resolve()
    cpu = CPU_SECONDS + int(CPU_SECONDS_PER_MIB * (path.stat().st_size >> 20))
    limits = {"CPU": cpu, "AS": MEMORY_MIB << 20, "CORE": 0, "FSIZE": _MAX_OUTPUT_BYTES, "NOFILE": 256}
    request = {"path": str(path), "folder": str(folder), "crs": crs, "encoding": encoding, "layer": layer}
    (folder / "request.json").write_text(json.dumps(request | {"limits": limits}), "utf-8")
    wall = wall_seconds if wall_seconds is not None else 3.0 * cpu
    outcome = _run(_command(path, folder), folder, wall, hear)
    if outcome is not None:
        limit = MEMORY_MIB if outcome == "reader_memory" else f"{min(wall, cpu):g}"
        return _unread(folder, finding(outcome, limit=limit))
    try:
        return _answer(folder)
    except (OSError, ValueError, TypeError, KeyError):
        return _unread(folder, finding("reader_crashed"))


@lru_cache(maxsize=1)
def kind() -> Kind:
    """The strongest kind of sandbox that works on this machine."""
    if shutil.which("bwrap") and _works(["bwrap", *_APART, "--ro-bind", "/", "/", "true"]):
        return "bubblewrap"
    if os.geteuid() == 0 and shutil.which("unshare") and _works(["unshare", "--net", "true"]):
        return "namespace"
    return "limits"


_APART = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime")


def _works(command: list[str]) -> bool:
    """Tell whether a command can be run here."""
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _command(path: Path, folder: Path) -> list[str]:
    """The command line of the child, with its walls."""
    child = [sys.executable, "-I", "-m", "service.imports.reader", str(folder / "request.json")]
    return [*_walls(path, folder), *child]


def _walls(path: Path, folder: Path) -> list[str]:
    """What stands before a command so that it sees programs, the file and the folder, and no network."""
    if kind() == "limits":
        return []
    if kind() == "namespace":
        return ["unshare", "--net"]
    package = Path(service.__file__).parent
    programs = [Path(p) for p in (*_SYSTEM, sys.prefix, sys.base_prefix, str(package))]
    views = [word for p in dict.fromkeys(programs) for word in ("--ro-bind-try", str(p), str(p))]
    # The empty /tmp goes first: mounted later it would hide a checkout that lies in /tmp.
    private = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108
    given = ["--bind", str(folder), str(folder), "--ro-bind", str(path), str(path)]
    env = [word for name, value in _environment(folder).items() for word in ("--setenv", name, value)]
    return ["bwrap", *_APART, *private, *views, *given, *env, "--chdir", str(folder)]


@lru_cache(maxsize=1)
def _unwanted_drivers() -> str:
    """All GDAL drivers but those that we read with."""
    from service.imports.gdal_formats import DRIVERS  # noqa: PLC0415 - the parent needs it once, the child's code never

    return ",".join(sorted(set(pyogrio.list_drivers()) - DRIVERS))


def _environment(folder: Path) -> dict[str, str]:
    """The child's environment: nothing of ours, no proxy that leads anywhere, one thread."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GDAL_SKIP": _unwanted_drivers(),
        "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
        "GDAL_NUM_THREADS": "1",
        "OGR_GPKG_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "PROJ_NETWORK": "OFF",
        "CPL_CURL_ENABLE_VSIMEM": "NO",
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "GDAL_HTTP_PROXY": nowhere,
    }


def _run(command: list[str], folder: Path, wall: float, hear: Callable[[int], None] | None) -> str | None:
    """Run the child to its end; the code of a finding when it didn't end well. Its whole group dies with it."""
    with (folder / "stderr.txt").open("wb") as errors:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_environment(folder),
            cwd=folder,
            start_new_session=True,
        )
        try:
            status = _wait(child, folder / PROGRESS, wall, hear)
        except subprocess.TimeoutExpired:
            return "reader_timeout"
        finally:
            _kill_group(child)
    if status == 0:
        return None
    with (folder / "stderr.txt").open("rb") as errors:
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _STDERR_BYTES))
        words = errors.read()
    return _verdict(status, words)


def _wait(child: subprocess.Popen[bytes], progress: Path, wall: float, hear: Callable[[int], None] | None) -> int:
    """Wait for the child and pass on how far it is; `TimeoutExpired` after `wall` seconds."""
    if hear is None:
        return child.wait(wall)
    end, heard = time.monotonic() + wall, 0
    while True:
        try:
            return child.wait(min(_LOOK_S, max(0.0, end - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                raise
        if (rows := _rows_so_far(progress)) > heard:
            heard = rows
            hear(rows)


def _rows_so_far(progress: Path) -> int:
    """What the child says; it is believed no more than the file was."""
    try:
        with progress.open("rb") as file:
            return min(int(file.read(20)), MAX_ROWS)
    except (OSError, ValueError):
        return 0


def _verdict(status: int, words: bytes) -> str:
    """What a bad end means; bubblewrap passes a signal on as 128 plus its number."""
    number = -status if status < 0 else status - 128
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return "reader_timeout"
    if status == _OUT_OF_MEMORY or b"bad_alloc" in words or b"MemoryError" in words:
        return "reader_memory"
    return "reader_crashed"


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    finally:
        child.wait()


def _answer(folder: Path) -> Reading:
    """The child's answer; it is believed no more than the file was."""
    path = folder / "result.json"
    if path.is_symlink() or path.stat().st_size > MAX_RESULT_BYTES:
        raise ValueError("result")
    answer: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found = tuple(Finding(**one) for one in answer.pop("findings"))
    known = {name: answer.get(name) for name in ("format", "driver", "layer", "source_crs", "encoding")}
    return Reading(
        **known, fields=answer.get("fields", {}), rows=int(answer["rows"]), findings=found, table=folder / "rows.arrow"
    )


def _unread(folder: Path, found: Finding) -> Reading:
    """The reading of a file that told nothing."""
    return Reading(None, None, None, None, None, {}, 0, (found,), folder / "rows.arrow")
