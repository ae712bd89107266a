"""Where files from outside are opened: a child process behind walls (`core/child.py`) that sees one file.

On top of the walls: processor time and memory by the size of the file, and no GDAL driver but ours.
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from service.core import child
from service.imports import tolerances
from service.imports.findings import Finding, finding
from service.imports.sources import MAX_ROWS

CPU_SECONDS = 60
CPU_SECONDS_PER_MIB = 0.5  # of the file on top: a large clean file may take its time
MEMORY_MIB = 4096  # address space; the resident part of a million rows is a tenth of it
_MAX_OUTPUT_BYTES = 8 << 30  # of a written file
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
        """Stream the rows: row, fid, geom_wkb, faulty_wkb, areas, source_wkb, survey, a_…; checked."""
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
    watch = None if hear is None else _Listener(folder / PROGRESS, hear)
    ending = child.run(_command(path, folder), folder, _environment(folder), wall, watch)
    if ending is not None:
        limit = MEMORY_MIB if ending == "memory" else f"{min(wall, cpu):g}"
        return _unread(folder, finding(f"reader_{ending}", limit=limit))
    try:
        return read_again(folder)
    except (OSError, ValueError, TypeError, KeyError):
        return _unread(folder, finding("reader_crashed"))


def _command(path: Path, folder: Path) -> list[str]:
    """The command line of the child, with its walls."""
    return child.command("service.imports.reader", folder, _environment(folder), path, tolerances.FILE)


def run_module(module: str, request: dict[str, Any], folder: Path, *, cpu_seconds: float) -> bool:
    """Run a module of ours behind the same walls; it finds `request.json` in `folder`, all it sees, and limits itself.

    Tells whether it ended well. Waiting is cut at three times the processor time.
    """
    limits = {"CPU": math.ceil(cpu_seconds), "AS": MEMORY_MIB << 20, "CORE": 0, "NOFILE": 256}
    (folder / "request.json").write_text(json.dumps(request | {"limits": limits}), "utf-8")
    command = child.command(module, folder, _environment(folder), tolerances.FILE)
    return child.run(command, folder, _environment(folder), 3 * cpu_seconds) is None


@lru_cache(maxsize=1)
def _unwanted_drivers() -> str:
    """All GDAL drivers but those that we read with."""
    from service.imports.gdal_formats import DRIVERS  # noqa: PLC0415 - the parent needs it once, the child's code never

    return ",".join(sorted(set(pyogrio.list_drivers()) - DRIVERS))


def _environment(folder: Path) -> dict[str, str]:
    """The child's environment: GDAL with the allowed drivers only, which ask no network."""
    return child.environment(folder) | {
        "GDAL_SKIP": _unwanted_drivers(),
        "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
        "GDAL_NUM_THREADS": "1",
        "OGR_GPKG_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "CPL_CURL_ENABLE_VSIMEM": "NO",
        "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    }


@dataclass(slots=True)
class _Listener:
    """Passes on how far the child is, when it is further."""

    progress: Path
    hear: Callable[[int], None]
    heard: int = 0

    def __call__(self) -> None:
        if (rows := _rows_so_far(self.progress)) > self.heard:
            self.heard = rows
            self.hear(rows)


def _rows_so_far(progress: Path) -> int:
    """What the child says; it is believed no more than the file was."""
    try:
        with progress.open("rb") as file:
            return min(int(file.read(20)), MAX_ROWS)
    except (OSError, ValueError):
        return 0


def read_again(folder: Path) -> Reading:
    """The answer that a child left in its folder; it is believed no more than the file was."""
    answer = child.result(folder)
    found = tuple(Finding(**one) for one in answer.pop("findings"))
    known = {name: answer.get(name) for name in ("format", "driver", "layer", "source_crs", "encoding")}
    return Reading(
        **known, fields=answer.get("fields", {}), rows=int(answer["rows"]), findings=found, table=folder / "rows.arrow"
    )


def _unread(folder: Path, found: Finding) -> Reading:
    """The reading of a file that told nothing."""
    return Reading(None, None, None, None, None, {}, 0, (found,), folder / "rows.arrow")
