"""Which of many pairs of shapes share land, and how much: told by predicate, then measured by overlay.

GEOS works without Python's lock, so two threads use two cores. Shapes are valid polygons in EPSG:4490.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.area import areas_m2

_MEASURED = 2e7  # products of vertex numbers that are worth an overlay: a pair of combs costs minutes
_MEASURED_PAIR = 1e5
Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Overlap(NamedTuple):
    """Two shapes that share land, by their positions in two lists."""

    first: int
    second: int


class Size(NamedTuple):
    """Area of the shared land in m² (NaN: not measured) and a place on it (lon, lat)."""

    area_m2: float
    place: tuple[float, float]


def sharing(left: Geometries, right: Geometries, first: Ints, second: Ints) -> list[Overlap]:
    """Return those of the candidate pairs (`left[first[k]]`, `right[second[k]]`) whose interiors meet."""
    parts = np.array_split(np.arange(len(first)), max(1, min(_THREADS, len(first) // 100)))
    hits = _POOL.map(lambda k: share_land(left[first[k]], right[second[k]]), parts)
    at = np.flatnonzero(np.concatenate(list(hits)))
    return [Overlap(*pair) for pair in zip(first[at].tolist(), second[at].tolist(), strict=True)]


def share_land(left: Geometries, right: Geometries) -> NDArray[np.bool_]:
    """Mark the pairs of polygons whose interiors meet.

    `relate_pattern` with "T********" says the same, but looks for every crossing first: of two hostile combs a million,
    for minutes and in gigabytes. These two end at the first.
    """
    shared: NDArray[np.bool_] = ~shapely.touches(left, right)
    shared[shared] = shapely.intersects(left[shared], right[shared])
    return shared


def measured(left: Geometries, right: Geometries) -> list[Size]:
    """Measure small pairs of shapes that share land; of the large and the many only a place is told.

    An overlay: for a child process (`workshop.measured`), since the shapes may be hostile.
    """
    cost = shapely.get_num_coordinates(left).astype(float) * shapely.get_num_coordinates(right)
    cheap = (cost <= _MEASURED_PAIR) & (np.cumsum(cost) <= _MEASURED)
    shared = left.copy()
    shared[cheap] = shapely.intersection(left[cheap], right[cheap])
    places = shapely.point_on_surface(shared)
    lon, lat = shapely.get_x(places), shapely.get_y(places)
    parts, pair = shapely.get_parts(shared, return_index=True)  # where they only touch, lines and points
    whole = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - polygons
    square_metres = np.bincount(pair[whole], weights=areas_m2(parts[whole]).plane, minlength=len(left))
    areas = np.where(cheap, square_metres, np.nan)
    return [Size(area, (x, y)) for area, x, y in zip(areas.tolist(), lon.tolist(), lat.tolist(), strict=True)]


_THREADS = min(4, os.cpu_count() or 1)
_POOL = ThreadPoolExecutor(_THREADS, thread_name_prefix="overlap")
