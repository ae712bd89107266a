"""Borders that should be shared and are not: parcels nearer than the tolerance that don't touch there. Predicates only.

Where neighbours are drawn from the same points, a vertex of one is a vertex of the other. So suspects are the vertices
that only one shape has: one vertex in eight. Two blocks of clean parcels that lie apart have such vertices at their
corners; where one is too near another shape, the shapes around are compared in full, and on from those that lie apart.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.crs import Floats
from service.geo.rings import Geometries, rings_of
from service.imports.overlaps import share_land
from service.imports.tolerances import TOLERANCES, Tolerances
from service.imports.topology import M_PER_DEGREE

Ints = NDArray[np.int64]
_QUERY = 500  # shapes asked for at once: bounds the memory that a heap of shapes can take
_DENSEST = 40  # shapes within reach of a shape and of its vertices, on average
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)  # odd, so that no bit is lost


class Gap(NamedTuple):
    """Two shapes that lie a little apart: positions in the two lists, width in metres, and a place in it (lon, lat)."""

    first: int
    second: int
    width_m: float
    place: tuple[float, float]


class TooDense(Exception):
    """More shapes are near each other than a map of parcels can have."""


def apart(shapes: Geometries, tree: shapely.STRtree, tolerances: Tolerances = TOLERANCES) -> Iterator[Gap]:
    """Yield the gaps among valid shapes in EPSG:4490, each pair once, `first` < `second`; `tree` is built of them.

    Raises TooDense.
    """
    if not len(shapes):
        return
    near = _Near(tree, _reach(shapes, tolerances), _DENSEST * len(shapes) + 100_000)
    points, owner = _lone_vertices(shapes)
    at, other = near(points)
    foreign = owner[at] != other
    suspects = _measured(points, shapes, at[foreign], other[foreign], tolerances)
    found = {_pair(int(owner[gap.first]), gap.second): gap for gap in sorted(suspects, key=lambda gap: gap.width_m)}
    known: set[int] = set()
    while new := {shape for pair in found for shape in pair} - known:
        known |= new
        todo = np.array(sorted(new))
        first, second = near(shapes[todo])
        for gap in between(shapes, shapes, todo[first], second, tolerances):
            found.setdefault(_pair(gap.first, gap.second), gap)
    keys = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    overlapping = share_land(shapes[keys[:, 0]], shapes[keys[:, 1]])
    filled = covered(list(found.values()), tree)
    for (one, two), gap in (each for each, no in zip(found.items(), overlapping | filled, strict=True) if not no):
        yield gap._replace(first=one, second=two)


def covered(gaps: list[Gap], tree: shapely.STRtree) -> NDArray[np.bool_]:
    """Mark the gaps that a third shape fills: the tip of a wedge."""
    marked = np.zeros(len(gaps), dtype=bool)
    marked[tree.query(shapely.points(np.array([gap.place for gap in gaps]).reshape(-1, 2)), predicate="within")[0]] = (
        True
    )
    return marked


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


class _Near:
    """Asks for the shapes within reach, by slices and within a budget."""

    def __init__(self, tree: shapely.STRtree, reach: float, budget: int) -> None:
        self.tree, self.reach, self.budget = tree, reach, budget

    def __call__(self, asked: Geometries) -> tuple[Ints, Ints]:
        """Pairs of positions: what was asked, and the shape within reach of it."""
        pairs: list[NDArray[np.int64]] = [np.empty((2, 0), dtype=np.int64)]
        for start in range(0, len(asked), _QUERY):
            hits = self.tree.query(asked[start : start + _QUERY], predicate="dwithin", distance=self.reach)
            self.budget -= hits.shape[1]
            if self.budget < 0:
                raise TooDense
            pairs.append(hits + np.array([[start], [0]]))
        first, second = np.concatenate(pairs, axis=1)
        return first, second


def between(
    left: Geometries, right: Geometries, first: Ints, second: Ints, tolerances: Tolerances = TOLERANCES
) -> list[Gap]:
    """Return the gaps of those candidate pairs (`left[first[k]]`, `right[second[k]]`) that have no point in common."""
    reach = _reach(left[first[:1]], tolerances)
    near = shapely.dwithin(left[first], right[second], reach)
    near[near] = ~shapely.intersects(left[first[near]], right[second[near]])
    return _measured(left, right, first[near], second[near], tolerances)


def _lone_vertices(shapes: Geometries) -> tuple[Geometries, Ints]:
    """Vertices that one shape alone has, once, and the shape each belongs to."""
    rings = rings_of(shapes)
    real = np.append(rings.edges, False)  # each vertex but the one that closes its ring
    at = np.flatnonzero(real)
    xy = np.column_stack([rings.x[at], rings.y[at]])
    keys = np.bitwise_xor.reduce(xy.view(np.uint64) * _MIX, axis=1)
    order = np.argsort(keys)
    same = keys[order][1:] == keys[order][:-1]
    lone = order[~(np.append(same, False) | np.append(False, same))]
    ring = np.searchsorted(rings.starts, at[lone], side="right") - 1
    return shapely.points(xy[lone]), rings.owner[ring]


def _reach(shapes: Geometries, tolerances: Tolerances) -> float:
    """The tolerance in degrees of longitude, which are the shorter ones, at the northern end of the shapes."""
    north = np.nanmax(shapely.bounds(shapes)[:, 3], initial=0.0)
    return float(tolerances.gap_m / (M_PER_DEGREE * np.cos(np.radians(min(north, 89.0)))))


def _measured(left: Geometries, right: Geometries, first: Ints, second: Ints, tolerances: Tolerances) -> list[Gap]:
    """Gaps of candidate pairs with their width in metres, where it is between touching and the tolerance."""
    lines = shapely.shortest_line(left[first], right[second])
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    middle: Floats = ends.mean(axis=1)
    step = (ends[:, 1] - ends[:, 0]) * M_PER_DEGREE
    width = np.hypot(step[:, 0] * np.cos(np.radians(middle[:, 1])), step[:, 1])
    real = (width > tolerances.touching_m) & (width < tolerances.gap_m)
    return [
        Gap(int(first[k]), int(second[k]), float(width[k]), (float(middle[k, 0]), float(middle[k, 1])))
        for k in np.flatnonzero(real)
    ]
