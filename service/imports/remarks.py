"""What is wrong with, or odd about, the shapes of a batch: findings on its rows, naming their boundary points."""

import json
from typing import NamedTuple

import numpy as np
import shapely

from service.geo import validity
from service.geo.rings import Rings, rings_of
from service.geo.validity import Fault, Geometries
from service.imports import wkb
from service.imports.crossings import Budget, Crossing, Edge, crossings
from service.imports.findings import Finding, finding
from service.imports.sources import Rows
from service.imports.topology import Oddity

_CAPPED = {
    "too_many_vertices": ("顶点", "vertices", validity.FILE_CAPS.vertices),
    "too_many_rings": ("环", "rings", validity.FILE_CAPS.rings),
    "too_many_parts": ("部分", "parts", validity.FILE_CAPS.parts),
}
_CROSSING = {"Self-intersection", "Ring Self-intersection"}


class Batch(NamedTuple):
    """Rows as delivered, the number of the first (from 1), and the shapes in EPSG:4490 that could be made of them."""

    rows: Rows
    first: int
    shapes: Geometries

    def of_fault(self, fault: Fault, budget: Budget) -> list[Finding]:
        """Findings on a fault: one, or one for each place where the boundary crosses itself."""
        row = self.first + fault.index
        if fault.index in self.rows.faults:
            return [self.rows.faults[fault.index]]
        if fault.code == "geometry_missing" and self.rows.wkb[fault.index].is_valid:
            return [_undecoded(self.rows.wkb[fault.index].as_py(), row)]
        if fault.code in _CAPPED:
            what, what_en, most = _CAPPED[fault.code]
            return [finding("geometry_too_complex", row=row, value=fault.value, what=what, what_en=what_en, limit=most)]
        if fault.value in _CROSSING and (found := self._crossings(fault.index, budget)):
            return found
        reason = validity.REASONS_ZH.get(fault.value or "", fault.value)
        return [
            finding(fault.code, row=row, value=fault.value, place=fault.place, reason=reason, reason_en=fault.value)
        ]

    def of_oddity(self, odd: Oddity) -> Finding:
        """The finding on an oddity."""
        point = self._points(odd.at).name(odd.ring, odd.vertex) if odd.vertex else None
        return said_of(odd, self.first + odd.at, point)

    def _crossings(self, index: int, budget: Budget) -> list[Finding]:
        points = self._points(index)
        return [
            finding("self_crossing", row=self.first + index, ring=met.first.ring, point=points.of(met), place=met.place)
            for met in crossings(self.shapes[index], budget)
        ]

    def _points(self, index: int) -> "_Points":
        rows = self.rows
        survey = None if rows.survey is None else rows.survey[index].as_py()
        delivered = shapely.from_wkb(rows.wkb[index].as_py(), on_invalid="fix")
        return _Points(rings_of(np.array([delivered], dtype=object)), _numbers(survey))


def said_of(odd: Oddity, row: int, point: str | None) -> Finding:
    """The finding on an oddity of a row, at a point where it has one."""
    figures = {"width": f"{odd.figure:.2f}", "area": f"{odd.figure:.2f}"}
    return finding(odd.code, row=row, ring=odd.ring or None, point=point, place=odd.place, **figures)


def _undecoded(shape: bytes, row: int) -> Finding:
    """Why a shape could not be decoded, or was not."""
    if name := wkb.collection_name(shape):
        return finding("geometry_type", row=row, value=name)
    return finding("geometry_curved" if wkb.is_curved(shape) else "geometry_unreadable", row=row)


class _Points(NamedTuple):
    """The boundary points of one row: its rings as delivered, and the numbers of a survey by their coordinates."""

    rings: Rings
    numbers: dict[tuple[float, float], str]

    def name(self, ring: int, vertex: int) -> str:
        """The number of a point, else its position in the ring; the point that closes a ring is its first."""
        vertex = 1 if vertex == self.rings.lengths[ring - 1] else vertex
        at = self.rings.starts[ring - 1] + vertex - 1
        return self.numbers.get((float(self.rings.x[at]), float(self.rings.y[at])), str(vertex))

    def of(self, crossing: Crossing) -> str:
        """Both edges, `J2–J3 × J7–J8`; an edge of another ring than the first has its ring in front, `2/`."""
        first, second = crossing.first, crossing.second
        other = "" if first.ring == second.ring else f"{second.ring}/"
        return f"{self._edge(first)} × {other}{self._edge(second)}"

    def _edge(self, edge: Edge) -> str:
        return f"{self.name(edge.ring, edge.vertex)}–{self.name(edge.ring, edge.vertex + 1)}"


def _numbers(survey: str | None) -> dict[tuple[float, float], str]:
    """The numbers of a boundary TXT's points by (easting, northing)."""
    if survey is None:
        return {}
    told = json.loads(survey)
    east = told["columns"].index("easting")
    points = (point for ring in told["rings"] for point in ring["points"])
    return {(float(point[1 + east]), float(point[2 - east])): point[0] for point in points}
