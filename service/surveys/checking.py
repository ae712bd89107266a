"""Checking a boundary by hand: the same checks as an import's, in a child process, on one row."""

import json
import math
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from service.core import child
from service.geo.bbox import Bbox
from service.geo.overlay_apart import Busy, TooComplex
from service.geo.validity import faults
from service.imports import checks, placing, tolerances
from service.imports.findings import Finding
from service.imports.placing import CHINA, Places
from service.imports.report import Report
from service.surveys.queries import Neighbour

CPU_SECONDS = 15
MEMORY_MIB = 2048  # address space
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10
_LIMITS = {"CPU": CPU_SECONDS, "AS": MEMORY_MIB << 20, "CORE": 0, "FSIZE": 64 << 20, "NOFILE": 64}
_ONE = np.array([1])


class Sound(NamedTuple):
    """A boundary without errors of shape: in EPSG:4490, its areas in m², and a point inside it."""

    shape: shapely.MultiPolygon
    plane_m2: float
    ellipsoid_m2: float
    inside: tuple[float, float]


class Checked(NamedTuple):
    """What was found about a boundary; `sound` is None where its shape is no polygon at all."""

    findings: list[Finding]
    sound: Sound | None

    @property
    def errors(self) -> list[Finding]:
        """Those that stop it."""
        return [found for found in self.findings if found.severity == "error"]


def box_of(shape: shapely.Geometry) -> Bbox | None:
    """Return the box of a shape in degrees; None where it isn't in China: then it has no neighbours either."""
    west, south, east, north = shape.bounds
    if not all(map(math.isfinite, shape.bounds)):
        return None
    inside = west >= CHINA[0] and south >= CHINA[1] and east <= CHINA[2] and north <= CHINA[3]
    return Bbox(west, south, east, north) if inside else None


def check(
    shape: shapely.MultiPolygon,
    crs: str,
    survey: dict[str, Any] | None,
    neighbours: Sequence[Neighbour],
    *,
    area_legal_m2: float | None,
    jurisdiction: tuple[shapely.Geometry, str, str] | None,
) -> Checked:
    """Check a boundary in its own CRS (`survey`: its numbered points) against everything that an import is checked for.

    Raises:
        TooComplex: it takes too long. Busy: others are being checked.

    """
    told = _ask(
        {
            "crs": crs,
            "shape": shapely.to_wkb(shape, hex=True),
            "survey": survey,
            "neighbours": [(each.code, each.wkb.hex()) for each in neighbours],
        }
    )
    report = Report()
    report.add(Finding(**found) for found in told["findings"])
    if told["shape"] is None:
        return Checked(report.closed(), None)
    sound = _sound(told)
    measured = pa.table({"area_plane_m2": [sound.plane_m2], "area_ellipsoid_m2": [sound.ellipsoid_m2]})
    fields = pa.table({"area_legal_m2": pa.array([area_legal_m2], pa.float64())})
    checks.check_areas(fields, measured, _ONE, report)
    none = np.array([-1])
    places = Places(np.array([sound.shape.bounds]), np.array([sound.inside]), none, none)
    placing.check_places(places, _ONE, jurisdiction, report)
    return Checked(report.closed(), sound)


def _sound(told: dict[str, Any]) -> Sound:
    """Read what the child made; it has to be as clean as what a caller sends."""
    shape = shapely.from_wkb(told["shape"])
    wrong = faults(np.array([shape], dtype=object))
    if wrong or not isinstance(shape, shapely.MultiPolygon):
        raise TooComplex(facts={"fault": wrong[0].code if wrong else "geometry_type"})
    return Sound(
        shape,
        float(told["area_plane_m2"]),
        float(told["area_ellipsoid_m2"]),
        (float(told["lon"]), float(told["lat"])),
    )


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy(headers={"Retry-After": "10"})
    try:
        with tempfile.TemporaryDirectory(prefix="gongdi-survey-") as made:
            return _run(request, Path(made).resolve())
    finally:
        _AT_ONCE.release()


def _run(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "request.json").write_text(json.dumps(request | {"limits": _LIMITS}), "utf-8")
    environment = child.environment(folder) | {"ARROW_DEFAULT_MEMORY_POOL": "system"}
    command = child.command("service.surveys.bench", folder, environment, tolerances.FILE)
    ending = child.run(command, folder, environment, 2.0 * CPU_SECONDS)
    if ending is not None:
        raise TooComplex(
            "图形没有在限定的时间和内存内检查完，请简化后重试。",
            "The boundary could not be checked within the limits of time and memory; simplify it and try again.",
            facts={"ending": ending},
        )
    return child.result(folder)
