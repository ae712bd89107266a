"""What is odd about the shapes of parcels, told from their vertices alone. Whole columns at a time; pure.

Lengths are measured on a plane that touches each vertex (EPSG:4490, degrees → metres): right to 0.7 %, which is plenty
for tolerances. Where an invalid boundary crosses itself is told by `crossings`.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.geo.crs import Floats
from service.geo.rings import Geometries, Rings, rings_of
from service.imports.tolerances import TOLERANCES, Tolerances

M_PER_DEGREE = 111_320.0  # of longitude at the equator; of latitude to 0.7 %
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Oddity(NamedTuple):
    """Something odd about the shape at position `at`: code, ring and vertex (from 1 within their shape; 0: all of it).

    `figure` is what was measured: width (m) of a sliver, area (m²) of holes.
    """

    at: int
    code: str
    ring: int
    vertex: int
    place: tuple[float, float]
    figure: float = 0.0


class Plane(NamedTuple):
    """The edges of rings in metres: from each vertex to the next (the last vertex of a ring has none)."""

    east: Floats
    north: Floats
    squared: Floats
    real: Mask


def plane(rings: Rings) -> Plane:
    """Measure all edges."""
    east = np.diff(rings.x) * (M_PER_DEGREE * np.cos(np.radians(rings.y[:-1])))
    north = np.diff(rings.y) * M_PER_DEGREE
    return Plane(east, north, east * east + north * north, rings.edges)


def oddities(geometries: Geometries, tolerances: Tolerances = TOLERANCES) -> list[Oddity]:
    """Return what is odd about (multi)polygons in EPSG:4490, valid or not, in order; None and empty have nothing.

    Codes: `point_repeated`, `spike`, `sliver`, `hole`, `hole_tiny`.

    >>> import shapely
    >>> [(odd.code, odd.ring, odd.vertex) for odd in oddities(np.array([shapely.from_wkt(
    ...     "POLYGON ((113 34, 113.001 34, 113.001 34, 113.001 34.001, 113 34.001, 113 34))")]))]
    [('point_repeated', 1, 3)]
    """
    rings = rings_of(geometries)
    if not len(rings.x):
        return []
    edges = plane(rings)
    repeated = edges.real & (edges.squared < tolerances.repeated_m**2)
    again = np.flatnonzero(repeated) + 1
    again -= np.isin(again, np.append(rings.starts[1:], len(rings.x)) - 1)  # not the point that closes the ring
    found = [*_at_vertices("point_repeated", rings, again)]
    spikes = _spikes(*_without(rings, edges, repeated), tolerances)
    found += _at_vertices("spike", rings, spikes)
    areas = np.abs(rings.shoelace(rings.x, rings.y))
    areas *= M_PER_DEGREE**2 * np.cos(np.radians(rings.y[rings.starts]))
    found += _slivers(rings, edges, areas, tolerances)
    found += _holes(rings, areas, tolerances)
    return sorted(found)


def _without(rings: Rings, edges: Plane, repeated: Mask) -> tuple[Rings, Plane, Ints]:
    """Rings and edges without repeated points, and where each vertex stood; a spike may hide behind one."""
    kept = np.append(True, ~repeated)
    if kept.all():
        return rings, edges, np.arange(len(rings.x))
    at = np.flatnonzero(kept)
    # The first vertex of a ring is never left out, for the edge before it is no edge.
    fewer = rings._replace(x=rings.x[at], y=rings.y[at], starts=np.searchsorted(at, rings.starts))
    return fewer, plane(fewer), at


def _spikes(rings: Rings, edges: Plane, at: Ints, tolerances: Tolerances) -> Ints:
    """Vertices where the boundary turns back on itself: a sharp angle, and thin even where the shorter side ends."""
    if not len(edges.real):
        return at[:0]
    following = np.minimum(np.arange(1, len(edges.real) + 1), len(edges.real) - 1)
    whole = rings.lengths > 1  # of a ring that is one point over and over, no edge is left
    last = np.append(rings.starts[1:], len(rings.x)) - 2
    following[last[whole]] = rings.starts[whole]  # after the last edge comes the first
    dot = edges.east * edges.east[following] + edges.north * edges.north[following]
    back = np.flatnonzero((dot < 0) & edges.real & edges.real[following])
    onward = following[back]
    cross = np.abs(edges.east[back] * edges.north[onward] - edges.north[back] * edges.east[onward])
    longer = np.sqrt(np.maximum(edges.squared[back], edges.squared[onward]))
    sharp = cross <= np.tan(np.radians(tolerances.spike_angle_deg)) * -dot[back]
    thin = cross <= tolerances.spike_width_m * longer
    found: Ints = at[onward[sharp & thin]]
    return found


def _slivers(rings: Rings, edges: Plane, areas: Floats, tolerances: Tolerances) -> Iterator[Oddity]:
    """Shapes that are thin all along: area by squared perimeter, and mean width."""
    lengths = rings.summed(np.where(edges.real, np.sqrt(edges.squared), 0.0))
    perimeter = rings.per_geometry(lengths)
    area = rings.per_geometry(np.where(rings.is_hole, -areas, areas))
    thin = (area < tolerances.sliver_shape * perimeter**2) & (2 * area < tolerances.sliver_width_m * perimeter)
    for i in np.flatnonzero(thin & (area > tolerances.zero_m2)):
        start = rings.starts[np.searchsorted(rings.owner, i)]
        yield Oddity(int(i), "sliver", 0, 0, _place(rings, start), float(2 * area[i] / perimeter[i]))


def _holes(rings: Rings, areas: Floats, tolerances: Tolerances) -> Iterator[Oddity]:
    """Each tiny hole; the others of a shape together."""
    holes = np.flatnonzero(rings.is_hole)
    if not len(holes):
        return
    tiny = areas[holes] < tolerances.hole_m2
    for ring in holes[tiny]:
        yield _of_ring("hole_tiny", rings, ring, areas[ring])
    large = holes[~tiny]
    owners, first = np.unique(rings.owner[large], return_index=True)
    total = np.bincount(rings.owner[large], weights=areas[large])
    for owner, ring in zip(owners, large[first], strict=True):
        yield _of_ring("hole", rings, ring, total[owner])


def _of_ring(code: str, rings: Rings, ring: int, area: float) -> Oddity:
    owner = rings.owner[ring]
    number = int(ring - np.searchsorted(rings.owner, owner)) + 1
    return Oddity(int(owner), code, number, 0, _place(rings, rings.starts[ring]), float(area))


def _at_vertices(code: str, rings: Rings, vertices: Ints) -> Iterator[Oddity]:
    """Oddities at some vertices, numbered within their ring and shape."""
    ring = np.searchsorted(rings.starts, vertices, side="right") - 1
    owner = rings.owner[ring]
    number = ring - np.searchsorted(rings.owner, owner) + 1
    within = vertices - rings.starts[ring] + 1
    for i, r, v, at in zip(owner.tolist(), number.tolist(), within.tolist(), vertices, strict=True):
        yield Oddity(i, code, r, v, _place(rings, at))


def _place(rings: Rings, vertex: int) -> tuple[float, float]:
    return float(rings.x[vertex]), float(rings.y[vertex])
