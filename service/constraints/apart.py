"""Where foreign shapes are cut and overlaid: a child behind walls (`core/child.py`), killed when it takes too long.

GEOS can't be interrupted, and one hostile polygon keeps it busy for minutes (DESIGN §9.1). The child stays for the
next question, so that one parcel is answered in milliseconds; it ends with its parent, whose pipe then closes. Both
sides speak NumPy archives without pickles behind eight bytes of length: what a broken child says can't run code here.
"""

import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import shapely
from numpy.typing import NDArray

from service.constraints.cutting import cut
from service.constraints.measuring import Shared, measure
from service.core import child
from service.core.errors import Conflict

MEMORY_MIB = 2048  # address space of the child
_START_SECONDS = 60.0
_LENGTH_BYTES = 8
Geometries = NDArray[np.object_]
Ints = NDArray[np.int64]
Arrays = Mapping[str, NDArray[Any]]


class TooComplex(Conflict):
    """The shapes can't be overlaid in time and memory: thousands of crossings, which no land has."""

    code, title_zh, title_en = "overlay-too-complex", "图形过于复杂，无法分析", "Shapes too complex to overlay"


class Overlayer:
    """The way to one child; calls wait for one another. The child is started by the first call, and after a loss."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()
        self._ready = False

    def cut(self, shapes: list[bytes], *, seconds: float) -> tuple[list[bytes], Ints]:
        """Cut shapes (WKB) into small pieces; see `cutting.cut`. Raises TooComplex."""
        answer = self._ask(seconds, task=np.array("cut"), **_packed("shape", shapes))
        return _unpacked("piece", answer), answer["owner"]

    def measure(
        self,
        parcels: list[bytes],
        pieces: list[bytes],
        layer: Ints,
        feature: Ints,
        must_contain: Ints,
        *,
        seconds: float,
    ) -> tuple[Shared, list[bytes]]:
        """Overlay parcels with pieces (WKB), see `measuring.measure`; the land comes back as WKB. Raises TooComplex."""
        owners = {"layer": layer, "feature": feature, "must_contain": must_contain}
        asked = {**_packed("parcel", parcels), **_packed("piece", pieces), **owners}
        answer = self._ask(seconds, task=np.array("measure"), **asked)
        figures = {name: answer[name] for name in Shared._fields if name != "shape"}
        return Shared(**figures, shape=np.empty(0, dtype=object)), _unpacked("shape", answer)

    def wake(self) -> None:
        """Start the child if none is there, without waiting for it: the first answer comes half a second sooner."""
        if self._lock.acquire(blocking=False):
            try:
                self._running()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, seconds: float, **question: NDArray[Any]) -> Arrays:
        with self._lock:
            running = self._running()
            assert running.stdin is not None and running.stdout is not None  # noqa: S101, PT018 - both are pipes
            try:
                if not self._ready:
                    with _alarm(running, _START_SECONDS):
                        self._ready = _receive(running.stdout) is not None
                with _alarm(running, seconds):
                    _send(running.stdin, question)
                    answer = _receive(running.stdout)
            except (OSError, ValueError) as lost:
                self._end()
                raise TooComplex from lost
        if answer is None:
            self.close()
            raise TooComplex
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._ready = False
            self._folder = tempfile.TemporaryDirectory(prefix="gongdi-overlayer-")
            self._child = child.resident("service.constraints.apart", Path(self._folder.name).resolve())
        return self._child

    def _end(self) -> None:
        ended, self._child = self._child, None
        folder, self._folder = self._folder, None
        if ended is not None:
            child.end(ended)
        if folder is not None:
            folder.cleanup()


@contextmanager
def _alarm(running: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Kill the child unless the block ends in time."""
    alarm = threading.Timer(seconds, child.kill, [running])
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _packed(name: str, values: list[bytes]) -> dict[str, NDArray[Any]]:
    ends = np.cumsum([len(each) for each in values], dtype=np.int64)
    return {f"{name}_bytes": np.frombuffer(b"".join(values), np.uint8), f"{name}_ends": ends}


def _unpacked(name: str, arrays: Arrays) -> list[bytes]:
    data, ends = arrays[f"{name}_bytes"].tobytes(), arrays[f"{name}_ends"].tolist()
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _send(stream: BinaryIO | Any, arrays: Arrays) -> None:  # noqa: ANN401 - pipes are typed as IO[bytes]
    archive = io.BytesIO()
    np.savez(archive, **arrays)  # type: ignore[arg-type]
    stream.write(len(archive.getbuffer()).to_bytes(_LENGTH_BYTES, "big"))
    stream.write(archive.getbuffer())
    stream.flush()


def _receive(stream: BinaryIO | Any) -> Arrays | None:  # noqa: ANN401 - pipes are typed as IO[bytes]
    """Read one message; None at the end of the stream."""
    length = stream.read(_LENGTH_BYTES)
    if len(length) < _LENGTH_BYTES:
        return None
    data = stream.read(int.from_bytes(length, "big"))
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _answer(asked: Arrays) -> dict[str, NDArray[Any]]:
    if str(asked["task"]) == "cut":
        pieces, owner = cut(_shapes("shape", asked))
        return {**_packed("piece", list(shapely.to_wkb(pieces))), "owner": owner}
    owners = (asked[name] for name in ("layer", "feature", "must_contain"))
    found = measure(_shapes("parcel", asked), _shapes("piece", asked), *owners)
    figures = {name: value for name, value in found._asdict().items() if name != "shape"}
    return {**figures, **_packed("shape", list(shapely.to_wkb(found.shape)))}


def _shapes(name: str, arrays: Arrays) -> Geometries:
    found: Geometries = shapely.from_wkb(np.array(_unpacked(name, arrays), dtype=object))
    return found


def serve() -> None:
    """Answer questions until the parent is gone; out of memory ends the child."""
    child.limit_self({"AS": MEMORY_MIB << 20, "CORE": 0, "FSIZE": 0})
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    _send(answers, {})  # libraries are loaded: from now on time counts
    while (asked := _receive(sys.stdin.buffer)) is not None:
        _send(answers, _answer(asked))


if __name__ == "__main__":
    serve()
