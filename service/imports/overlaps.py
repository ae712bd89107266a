"""Which of many pairs of shapes share land: told by predicate, then measured.

GEOS works without Python's lock, so two threads use two cores. Shapes are valid polygons in EPSG:4490.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

_MEASURED = 2e7  # products of vertex numbers that are worth an overlay: a pair of combs costs minutes
_MEASURED_PAIR = 1e5
_M2_PER_SQUARE_DEGREE = 111_320.0**2  # at the equator
Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Overlap(NamedTuple):
    """Two shapes that share land: positions in the two lists, area (NaN: not measured) and a place on it (lon, lat)."""

    first: int
    second: int
    area_m2: float
    place: tuple[float, float]


def sharing(left: Geometries, right: Geometries, first: Ints, second: Ints) -> Iterator[Overlap]:
    """Yield those of the candidate pairs (`left[first[k]]`, `right[second[k]]`) whose interiors meet."""
    parts = np.array_split(np.arange(len(first)), max(1, min(_THREADS, len(first) // 100)))
    hits = _POOL.map(lambda k: shapely.relate_pattern(left[first[k]], right[second[k]], "T********"), parts)
    at = np.flatnonzero(np.concatenate(list(hits)))
    yield from _measured(left, right, first[at], second[at])


def _measured(left: Geometries, right: Geometries, first: Ints, second: Ints) -> Iterable[Overlap]:
    """Measure small pairs; the large and the many are only named."""
    cost = shapely.get_num_coordinates(left[first]).astype(float) * shapely.get_num_coordinates(right[second])
    cheap = (cost <= _MEASURED_PAIR) & (np.cumsum(cost) <= _MEASURED)
    shared = left[first].copy()
    shared[cheap] = shapely.intersection(left[first[cheap]], right[second[cheap]])
    places = shapely.point_on_surface(shared)
    lon, lat = shapely.get_x(places), shapely.get_y(places)
    square_metres = shapely.area(shared) * _M2_PER_SQUARE_DEGREE * np.cos(np.radians(lat))
    areas = np.where(cheap, square_metres, np.nan)
    for i, j, area, x, y in zip(*(each.tolist() for each in (first, second, areas, lon, lat)), strict=True):
        yield Overlap(i, j, area, (x, y))


_THREADS = min(4, os.cpu_count() or 1)
_POOL = ThreadPoolExecutor(_THREADS, thread_name_prefix="overlap")
