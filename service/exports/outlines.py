"""The rings of some thousand parcels as a boundary-point table lists them, and their point numbers. Pure.

Everything that is done to a vertex is done to all of them at once: a loop over rings took most of an export's time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from service.exports.rows import Points
from service.geo.crs import Floats
from service.geo.validity import Geometries

_Ints = NDArray[np.int64]
_CLOSED_M = 1e-3  # a delivered ring that ends so near to where it began is closed


@dataclass(frozen=True, slots=True)
class Outlines:
    """Open rings, the shell of a part first: where each begins and ends in `names` and `xy`."""

    shapes: list[list[tuple[float, list[tuple[int, int]]]]]
    """Shape → part → area and rings."""
    names: list[str]
    xy: Floats


@dataclass(frozen=True, slots=True)
class _Rings:
    """All open rings of some shapes as they are kept: vertices, and for each ring its part, start and size."""

    xy: Floats
    part: _Ints
    start: _Ints
    size: _Ints
    ccw: NDArray[np.bool_]

    @property
    def of_vertex(self) -> _Ints:
        """Each vertex's ring."""
        return np.repeat(np.arange(len(self.size)), self.size)


def outlines(shapes: Geometries, points: Sequence[Points]) -> Outlines:
    """Return a part's rings as delivered with their numbers, or else in normal form with numbers that run on.

    Normal form is clockwise from the north-west vertex: the one farthest to x less y.

    >>> found = outlines(np.array([shapely.MultiPolygon([shapely.box(0, 0, 2, 1)])]), [None])
    >>> found.shapes, found.names, found.xy.tolist()
    ([[(2.0, [(0, 4)])]], ['J1', 'J2', 'J3', 'J4'], [[0.0, 1.0], [2.0, 1.0], [2.0, 0.0], [0.0, 0.0]])
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings = _open_rings(parts)
    order, names = _normal_order(rings), _running_names(rings)
    marks = _marks(rings.xy)
    first = np.searchsorted(rings.part, np.arange(len(parts) + 1)).tolist()
    spans = list(zip(rings.start.tolist(), (rings.start + rings.size).tolist(), strict=True))
    found: list[list[tuple[float, list[tuple[int, int]]]]] = [[] for _ in shapes]
    delivered = _delivered(points)
    for part, (shape, area) in enumerate(zip(owner.tolist(), shapely.area(parts).tolist(), strict=True)):
        own = spans[first[part] : first[part + 1]]
        found[shape].append((area, own))
        if known := delivered[shape]:
            told = [known.get(marks[start:end].tobytes(), ()) for start, end in own]
            if all(told):
                whole = slice(own[0][0], own[-1][1])
                order[whole], names[whole] = np.arange(whole.start, whole.stop), chain.from_iterable(told)
    return Outlines(found, names, rings.xy[order])


def _open_rings(parts: Geometries) -> _Rings:
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    size = np.bincount(ring)
    opened = np.ones(len(xy), dtype=bool)
    opened[np.cumsum(size) - 1] = False
    size -= 1
    return _Rings(xy[opened], part, np.cumsum(size) - size, size, shapely.is_ccw(rings))


def _normal_order(rings: _Rings) -> _Ints:
    """Return the vertices in normal form; of several that are as far north-west, the first on the way clockwise."""
    of_vertex = rings.of_vertex
    east, north = (rings.xy - np.minimum.reduceat(rings.xy, rings.start)[of_vertex]).T
    reach = north - east
    farthest = np.flatnonzero(reach == np.maximum.reduceat(reach, rings.start)[of_vertex])
    each = np.arange(len(rings.size))
    forward, backward = (np.searchsorted(of_vertex[farthest], each, side) for side in ("left", "right"))
    begin = farthest[np.where(rings.ccw, backward - 1, forward)]
    step = (np.arange(len(of_vertex)) - rings.start[of_vertex]) * np.where(rings.ccw, -1, 1)[of_vertex]
    start = rings.start[of_vertex]
    return np.asarray(start + (begin[of_vertex] - start + step) % rings.size[of_vertex], dtype=np.int64)


def _running_names(rings: _Rings) -> list[str]:
    """Number the vertices of each part: J1, J2, …, through all its rings."""
    first = rings.start[np.searchsorted(rings.part, rings.part)]
    numbers = np.arange(len(rings.xy)) - first[rings.of_vertex] + 1
    return [f"J{number}" for number in numbers.tolist()]


def _marks(xy: Floats) -> _Ints:
    """Tell vertices apart to a tenth of a millimetre, whether or not the zone stands in front of the easting."""
    return np.round(np.column_stack([xy[:, 0] % 1e6, xy[:, 1]]) * 1e4).astype(np.int64)


def _delivered(points: Sequence[Points]) -> list[dict[bytes, list[str]]]:
    """Return for each shape the point numbers of its delivered rings by their marks."""
    listed = [point for one in points for point in one or ()]
    places = [(float(point["easting"]), float(point["northing"])) for point in listed]
    marks = _marks(np.array(places).reshape(-1, 2))
    found: list[dict[bytes, list[str]]] = []
    end = 0
    for one in points:
        rings: dict[bytes, list[str]] = {}
        begin, end = end, end + len(one or ())
        for first, last in _delivered_rings(listed, places, begin, end):
            rings[marks[first:last].tobytes()] = [str(point["number"]) for point in listed[first:last]]
        found.append(rings)
    return found


def _delivered_rings(
    points: Sequence[Mapping[str, Any]], places: Sequence[tuple[float, float]], begin: int, end: int
) -> Iterator[tuple[int, int]]:
    """Yield where one shape's rings begin and end, left open: another 圈号, or a point that closes, ends a ring."""
    first = begin
    for i in range(begin + 1, end + 1):
        closed = i > first + 1 and places[i - 1] == places[first]
        if closed or i == end or points[i]["ring"] != points[first]["ring"]:
            last = i - 1
            near = all(abs(a - b) <= _CLOSED_M for a, b in zip(places[first], places[last], strict=True))
            yield first, last if near and last > first else i
            first = i
