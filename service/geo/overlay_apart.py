"""Overlay in a child process that can be killed: valid shapes can still take minutes to overlay (DESIGN §9.1).

`python -m service.geo.overlay_apart REQUEST.json` is the child: it limits itself, reads shapes as WKB, overlays, and
leaves the answer as WKB. It sees no file of ours, no network, no database.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from service.core import child
from service.core.errors import GongdiError, Unavailable
from service.geo import overlay
from service.geo.overlay import Division, Union
from service.geo.validity import HAND_CAPS, faults

CPU_SECONDS = 10
MEMORY_MIB = 2048  # address space
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10
_LIMITS = {"CPU": CPU_SECONDS, "AS": MEMORY_MIB << 20, "CORE": 0, "FSIZE": 64 << 20, "NOFILE": 64}


class TooComplex(GongdiError):
    """Shapes too large or too tangled to be overlaid while somebody waits."""

    status, code, title_zh, title_en = 422, "shape-too-complex", "图形过于复杂", "Shape too complex"


class Busy(Unavailable):
    """Others' shapes are being overlaid."""

    code, title_zh, title_en = "overlay-busy", "图形运算繁忙", "Overlay is busy"


def divide_by_line(plot: shapely.MultiPolygon, line: shapely.LineString) -> Division:
    """Do `overlay.divide_by_line` in a child; raises TooComplex, Busy."""
    return _division(_ask("line", [plot, line]))


def divide_by_parts(plot: shapely.MultiPolygon, parts: Sequence[shapely.MultiPolygon]) -> Division:
    """Do `overlay.divide_by_parts` in a child; raises TooComplex, Busy."""
    return _division(_ask("parts", [plot, *parts]))


def cut_away(plot: shapely.MultiPolygon, piece: shapely.MultiPolygon) -> Division:
    """Do `overlay.cut_away` in a child; raises TooComplex, Busy."""
    return _division(_ask("away", [plot, piece]))


def unite(plots: Sequence[shapely.MultiPolygon]) -> Union:
    """Do `overlay.unite` in a child; raises TooComplex, Busy."""
    answer = _ask("unite", plots)
    (shape,) = _shapes(answer.pop("shapes"))
    return Union(shape=shape, **answer)


def _ask(task: str, shapes: Sequence[shapely.Geometry]) -> dict[str, Any]:
    vertices = int(shapely.get_num_coordinates(np.array(shapes, dtype=object)).sum())
    if vertices > HAND_CAPS.vertices:
        raise TooComplex(
            f"这些图形共有 {vertices} 个点，最多 {HAND_CAPS.vertices} 个。",
            f"The shapes have {vertices} points together, at most {HAND_CAPS.vertices} can be taken.",
        )
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy(headers={"Retry-After": "10"})
    try:
        with tempfile.TemporaryDirectory(prefix="gongdi-overlay-") as made:
            return _run(task, shapes, Path(made).resolve())
    finally:
        _AT_ONCE.release()


def _run(task: str, shapes: Sequence[shapely.Geometry], folder: Path) -> dict[str, Any]:
    request = {"task": task, "shapes": _written(shapes), "limits": _LIMITS}
    (folder / "request.json").write_text(json.dumps(request), "utf-8")
    environment = child.environment(folder)
    ending = child.run(child.command(__name__, folder, environment), folder, environment, 2.0 * CPU_SECONDS)
    if ending is not None:
        raise TooComplex(
            "图形叠加没有在限定的时间和内存内完成，请简化图形后重试。",
            "The shapes could not be overlaid within the limits of time and memory; simplify them and try again.",
            facts={"ending": ending},
        )
    return child.result(folder)


def _division(answer: dict[str, Any]) -> Division:
    return Division(_shapes(answer.pop("shapes")), **answer)


def _written(shapes: Sequence[shapely.Geometry]) -> list[str]:
    return [str(shapely.to_wkb(shape, hex=True)) for shape in shapes]


def _shapes(written: Sequence[str]) -> list[shapely.MultiPolygon]:
    """Read what the child made; it has to be as clean as what a caller sends."""
    shapes = np.array([shapely.from_wkb(each) for each in written] or [None], dtype=object)[: len(written)]
    wanting = [fault for fault in faults(shapes) if fault.code != "geometry_empty"]
    if wanting:
        raise TooComplex(facts={"fault": wanting[0].code})
    return list(shapes)


def _done(task: str, shapes: Sequence[shapely.Geometry]) -> Mapping[str, object]:
    """Do the task, in the child."""
    if task == "unite":
        united = overlay.unite(shapes)
        return {"shapes": _written([united.shape]), **_figures(united)}
    if task == "line":
        division = overlay.divide_by_line(shapes[0], shapes[1])
    elif task == "away":
        division = overlay.cut_away(shapes[0], shapes[1])
    else:
        division = overlay.divide_by_parts(shapes[0], shapes[1:])
    return {"shapes": _written(division.pieces), **_figures(division)}


def _figures(outcome: Division | Union) -> dict[str, object]:
    return {name: value for name, value in outcome._asdict().items() if name not in {"pieces", "shape"}}


def main(request_path: str) -> None:
    """Serve one request file; memory that runs out is told apart from a crash by the exit status."""
    path = Path(request_path)
    request = json.loads(path.read_text("utf-8"))
    child.limit_self(request["limits"])
    try:
        answer = _done(request["task"], [shapely.from_wkb(each) for each in request["shapes"]])
    except MemoryError:
        os._exit(child.OUT_OF_MEMORY)
    (path.parent / "result.json").write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
