"""Fitting a shape to its neighbours: vertices within the tolerance move onto theirs, else onto their border. Pure.

Distances are taken on a plane that touches the shape; the coordinates of a neighbour's vertex are taken over exactly.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.crs import Floats
from service.geo.rings import Geometries
from service.imports.tolerances import TOLERANCES
from service.imports.topology import M_PER_DEGREE


def snapped(shape: shapely.Geometry, neighbours: Geometries) -> shapely.Geometry | None:
    """Return the shape fitted to its neighbours (valid, EPSG:4490); None where nothing is near or a ring collapses."""
    if not len(neighbours):
        return None
    plane = _Plane(shape)
    targets = np.unique(shapely.get_coordinates(neighbours), axis=0)
    border = plane.to_metres(shapely.union_all(shapely.boundary(neighbours)))
    polygons = []
    for part in shapely.get_parts(shape):
        rings = [
            _fitted(shapely.get_coordinates(ring)[:-1], targets, border, plane) for ring in shapely.get_rings(part)
        ]
        if any(len(ring) < 3 for ring in rings):  # noqa: PLR2004 - a triangle
            return None
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.MultiPolygon(polygons)


def ill_fitting(shape: shapely.Geometry, neighbours: Geometries) -> bool:
    """Tell whether a border of a neighbour still runs beside the shape's, nearer than a gap may be, or inside it."""
    plane = _Plane(shape)
    own = plane.to_metres(shape)
    for each in map(plane.to_metres, neighbours):
        ways = (
            shapely.distance(shapely.points(shapely.get_coordinates(one)), other.boundary)
            for one, other in ((own, each), (each, own))
        )
        apart = np.concatenate(list(ways))
        if np.any((apart > TOLERANCES.touching_m) & (apart < TOLERANCES.gap_m)):
            return True
    return False


class Move(NamedTuple):
    """How a shape was fitted to one of its neighbours: how many of its points, and the farthest of them in metres.

    `neighbour` is its position among them; row of the file and code of the parcel are added by who knows them.
    """

    neighbour: int
    points: int
    farthest_m: float
    row: int | None = None
    code: str | None = None


def moves(before: shapely.Geometry, after: shapely.Geometry, neighbours: Geometries) -> list[Move]:
    """Tell to which neighbours (by position) points of a shape went, or came new on its edges, and how far.

    A point that two neighbours share is told of both.
    """
    plane = _Plane(before)
    was, now = (np.unique(shapely.get_coordinates(shape), axis=0) for shape in (before, after))
    points = plane.points(now[~np.isin(_keys(now), _keys(was))])
    if not len(points):
        return []
    left = plane.points(was[~np.isin(_keys(was), _keys(now))])
    farthest = shapely.distance(points, plane.to_metres(shapely.boundary(before)))
    own, nearest = shapely.STRtree(left).query_nearest(points, max_distance=TOLERANCES.snap_m, all_matches=False)
    farthest[own] = shapely.distance(points[own], left[nearest])
    told = []
    for at, border in enumerate(plane.to_metres(shapely.boundary(each)) for each in neighbours):
        there = shapely.dwithin(points, border, TOLERANCES.touching_m)
        if there.any():
            told.append(Move(at, int(there.sum()), round(float(farthest[there].max()), 4)))
    return told


class _Plane:
    """Degrees near a shape in metres, and back."""

    def __init__(self, shape: shapely.Geometry) -> None:
        west, south, east, north = shape.bounds
        self.origin = np.array([(west + east) / 2, (south + north) / 2])
        self.scale = M_PER_DEGREE * np.array([np.cos(np.radians(self.origin[1])), 1.0])

    def to_metres(self, shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda xy: (xy - self.origin) * self.scale)

    def points(self, degrees: Floats) -> Geometries:
        made: Geometries = shapely.points((degrees - self.origin) * self.scale)
        return made

    def to_degrees(self, metres: Floats) -> Floats:
        degrees: Floats = metres / self.scale + self.origin
        return degrees


def _fitted(ring: Floats, targets: Floats, border: shapely.Geometry, plane: _Plane) -> Floats:
    """An open ring with its vertices moved, and the neighbours' vertices on its edges inserted."""
    ring = ring.copy()
    points = plane.points(ring)
    own, target = shapely.STRtree(plane.points(targets)).query_nearest(
        points, max_distance=TOLERANCES.snap_m, all_matches=False
    )
    ring[own] = targets[target]
    rest = np.setdiff1d(np.arange(len(ring)), own)
    lines = shapely.shortest_line(points[rest], border)
    length = shapely.length(lines)
    near = (length > TOLERANCES.touching_m) & (length <= TOLERANCES.snap_m)
    ends = shapely.get_coordinates(lines[near]).reshape(-1, 2, 2)[:, 1]
    ring[rest[near]] = plane.to_degrees(ends)
    return _single(_with_inserted(ring, targets, plane))


def _with_inserted(ring: Floats, targets: Floats, plane: _Plane) -> Floats:
    """The ring with those targets as vertices that lie on its edges."""
    closed = np.vstack([ring, ring[:1]])
    line = shapely.LineString(shapely.get_coordinates(plane.points(closed)))
    points = plane.points(targets)
    missing = ~np.isin(_keys(targets), _keys(ring))
    on = np.flatnonzero(missing & shapely.dwithin(points, line, TOLERANCES.snap_m))
    steps = np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T)
    places = np.concatenate([np.append(0, np.cumsum(steps))[:-1], shapely.line_locate_point(line, points[on])])
    return np.vstack([ring, targets[on]])[np.argsort(places, kind="stable")]


def _keys(points: Floats) -> NDArray[np.complex128]:
    """One exact number for each point."""
    keys: NDArray[np.complex128] = np.ascontiguousarray(points).view(np.complex128).ravel()
    return keys


def _single(ring: Floats) -> Floats:
    """The ring without points that follow themselves."""
    single: Floats = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    return single
