"""The boundary points (界址点) of a parcel as a plan lists them: order, numbers, plane coordinates, edges. Pure."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.crs import Floats

SAME_PLACE_M = 0.002  # what a round trip through degrees may move a point by, many times over


class Point(NamedTuple):
    """One boundary point on the plan's plane, and the edge from it to the next one of its ring, in metres."""

    number: str
    easting: float
    northing: float
    edge_m: float


class Delivered(NamedTuple):
    """The points of a survey as delivered: numbers in the file's order, and where they lie on the plan's plane."""

    numbers: Sequence[str]
    eastings: Floats
    northings: Floats


def boundary(shape: shapely.MultiPolygon, delivered: Delivered | None = None) -> list[list[Point]]:
    """Return the rings of a parcel (plane coordinates in metres, easting first), each as its points.

    Numbers, order and direction are the survey's own where it numbered every point. Else points are J1, J2 … through
    all rings, each ring from its north-west vertex: shells clockwise, holes the other way, a shell before its holes,
    parts from north-west to south-east.

    >>> rings = boundary(shapely.MultiPolygon([shapely.box(0, 0, 4, 3)]))
    >>> [[tuple(point) for point in ring] for ring in rings]
    [[('J1', 0.0, 3.0, 4.0), ('J2', 4.0, 3.0, 3.0), ('J3', 4.0, 0.0, 4.0), ('J4', 0.0, 0.0, 3.0)]]
    """
    rings = list(chain.from_iterable(_rings(part) for part in sorted(shape.geoms, key=_north_westness)))
    if delivered is not None and (numbered := _as_delivered(rings, delivered)) is not None:
        return numbered
    numbers = (f"J{n}" for n in range(1, sum(map(len, rings)) + 1))
    return [_points(ring, [next(numbers) for _ in ring]) for ring in rings]


def _north_westness(part: shapely.Polygon) -> float:
    return float(np.min(np.subtract(*shapely.get_coordinates(part.exterior).T)))


def _rings(part: shapely.Polygon) -> list[Floats]:
    """Open rings of a polygon, shell first."""
    oriented = shapely.orient_polygons(part, exterior_cw=True)
    holes = sorted(oriented.interiors, key=lambda ring: float(np.min(np.subtract(*shapely.get_coordinates(ring).T))))
    return [_from_north_west(shapely.get_coordinates(ring)[:-1]) for ring in (oriented.exterior, *holes)]


def _from_north_west(xy: Floats) -> Floats:
    """Let a ring begin with the vertex farthest to the north-west, of several the northernmost."""
    first = np.lexsort((-xy[:, 1], xy[:, 0] - xy[:, 1]))[0]
    return np.roll(xy, -int(first), axis=0)


def _as_delivered(rings: list[Floats], delivered: Delivered) -> list[list[Point]] | None:
    """Number the rings as the survey did; None unless it has a point at every vertex."""
    known: NDArray[np.object_] = shapely.points(delivered.eastings, delivered.northings)
    if not len(known):
        return None
    tree = shapely.STRtree(known)
    told: list[tuple[int, list[Point]]] = []
    for ring in rings:
        vertices = shapely.points(ring)
        places = tree.nearest(vertices)
        if np.any(shapely.distance(known[places], vertices) > SAME_PLACE_M):
            return None
        order = np.roll(np.arange(len(ring)), -int(np.argmin(places)))
        if places[order[1]] > places[order[-1]]:
            order = np.roll(order[::-1], 1)
        numbers = [delivered.numbers[place] for place in places[order]]
        told.append((int(places.min()), _points(ring[order], numbers)))
    return [points for _, points in sorted(told, key=lambda each: each[0])]


def _points(ring: Floats, numbers: Sequence[str]) -> list[Point]:
    edges = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)
    return [
        Point(number, x, y, edge) for number, (x, y), edge in zip(numbers, ring.tolist(), edges.tolist(), strict=True)
    ]
