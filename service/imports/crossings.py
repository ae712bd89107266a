"""Where the boundary of an invalid shape crosses or touches itself, and which two edges do. Pure; predicates only.

A hostile shape crosses itself a billion times: edges are compared by slices until enough crossings are known or the
budget is spent.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.rings import Geometries, rings_of

MOST = 10  # crossings of one shape that are worth telling
_SLICE = 32  # edges compared with all others at once
_OF_SHAPE = 200_000  # pairs of edges of one shape whose boxes meet: about a second
_OF_FILE = 2_000_000
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Budget:
    """Pairs of edges that may still be compared, for all shapes of a file."""

    pairs: int = _OF_FILE


class Edge(NamedTuple):
    """An edge by its ring and its first vertex, both from 1 within their shape."""

    ring: int
    vertex: int


class Crossing(NamedTuple):
    """Two edges of one shape that meet where they must not, and the (middle of the) place, in the shape's CRS."""

    first: Edge
    second: Edge
    place: tuple[float, float]


def crossings(shape: shapely.Geometry, budget: Budget | None = None) -> list[Crossing]:
    """Return up to `MOST` crossings of a (multi)polygon in the order of its edges; those found when the budget ends.

    >>> crossings(shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"))
    [Crossing(first=Edge(ring=1, vertex=1), second=Edge(ring=1, vertex=3), place=(1.0, 1.0))]
    """
    edges = _edges(shape)
    tree = shapely.STRtree(edges.lines)
    found: list[Crossing] = []
    budget = budget or Budget()
    left = min(_OF_SHAPE, budget.pairs)
    for start in range(0, len(edges.lines), _SLICE):
        first, second = tree.query(edges.lines[start : start + _SLICE])
        left, budget.pairs = left - len(first), budget.pairs - len(first)
        if left < 0:
            break
        first = first + start
        order = np.lexsort((second, first))
        order = order[first[order] < second[order]]  # each pair once
        wrong = order[_meet_wrongly(edges, first[order], second[order])]
        for i, j in zip(first[wrong].tolist(), second[wrong].tolist(), strict=True):
            found.append(Crossing(edges.name(i), edges.name(j), _place(edges.lines[i], edges.lines[j])))
            if len(found) == MOST:
                return found
    return found


class _Edges(NamedTuple):
    """The edges of a shape that have a length, with the ring and vertex each starts from and the edge after it."""

    lines: Geometries
    ring: Ints
    vertex: Ints
    following: Ints

    def name(self, at: int) -> Edge:
        return Edge(int(self.ring[at]), int(self.vertex[at]))


def _edges(shape: shapely.Geometry) -> _Edges:
    rings = rings_of(np.array([shape], dtype=object))
    at = np.flatnonzero(rings.edges & ((np.diff(rings.x) != 0) | (np.diff(rings.y) != 0)))
    ring = np.searchsorted(rings.starts, at, side="right") - 1
    ends = np.stack([np.column_stack([rings.x[k], rings.y[k]]) for k in (at, at + 1)], axis=1)
    first = np.searchsorted(ring, ring)
    last = np.append(ring[1:] != ring[:-1], True)[: len(at)]
    following = np.where(last, first, np.arange(1, len(at) + 1))
    return _Edges(shapely.linestrings(ends), ring + 1, at - rings.starts[ring] + 1, following)


def _meet_wrongly(edges: _Edges, first: Ints, second: Ints) -> NDArray[np.bool_]:
    """Mark pairs that cross, run along each other, or touch in one ring without being neighbours."""
    left, right = edges.lines[first], edges.lines[second]
    wrong: NDArray[np.bool_] = shapely.relate_pattern(left, right, "T********")
    neighbours = (edges.following[first] == second) | (edges.following[second] == first)
    apart = (edges.ring[first] == edges.ring[second]) & ~neighbours & ~wrong
    wrong[apart] = shapely.intersects(left[apart], right[apart])
    return wrong


def _place(one: shapely.Geometry, other: shapely.Geometry) -> tuple[float, float]:
    """Where two edges meet; of a common stretch its middle."""
    shared = shapely.intersection(one, other)  # of two straight edges, whatever the shape
    middle = shared if shared.geom_type == "Point" else shapely.line_interpolate_point(shared, 0.5, normalized=True)
    return float(middle.x), float(middle.y)
