"""Which parcels of a file overlap each other or parcels of the database: by index and predicate, then measured.

Strips from south to north keep memory bounded: each pair is looked at in the strip where the later of the two begins.
GEOS works without Python's lock, so two threads use two cores. Shapes are valid polygons in EPSG:4490.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

STRIP = 50_000  # shapes in one strip
SLIVER_M2 = 1.0  # a smaller overlap is a border drawn twice, not land given twice
_QUERY = 1_000  # shapes asked for at once: bounds the memory that a heap of shapes can take
_DENSEST = 200  # neighbouring boxes of a shape, on average
_MEASURED = 2e7  # products of vertex numbers that are worth an overlay: a pair of combs costs minutes
_MEASURED_PAIR = 1e5
_M2_PER_SQUARE_DEGREE = 111_320.0**2  # at the equator
Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class TooDense(Exception):
    """More boxes meet than a map of parcels can have."""


class Overlap(NamedTuple):
    """Two shapes that share land: positions in the two lists, area (NaN: not measured) and a place on it (lon, lat)."""

    first: int
    second: int
    area_m2: float
    place: tuple[float, float]


def within(wkb: pa.Array, bounds: Floats) -> Iterator[Overlap]:
    """Yield the overlaps among the shapes of one column; raises TooDense."""
    south, north = bounds[:, 1], bounds[:, 3]
    known = np.flatnonzero(np.isfinite(south))
    if len(known) == 0:
        return
    strips = max(1, len(known) // STRIP)
    edges = np.append(np.quantile(south[known], np.arange(strips) / strips), np.inf)
    budget = _DENSEST * len(known) + 1_000_000
    for low, high in pairwise(edges):
        here = known[(south[known] < high) & (north[known] >= low)]
        shapes = _simple(shapely.from_wkb(wkb.take(pa.array(here)).to_numpy(zero_copy_only=False)))
        for first, second in _candidates(shapes):
            budget -= len(first)
            if budget < 0:
                raise TooDense
            mine = np.maximum(south[here[first]], south[here[second]]) >= low
            mine &= np.maximum(south[here[first]], south[here[second]]) < high
            for found in sharing(shapes, shapes, first[mine], second[mine]):
                yield found._replace(first=int(here[found.first]), second=int(here[found.second]))


def _simple(shapes: Geometries) -> Geometries:
    """Take multipolygons of one part as that part: the predicate is quicker on it."""
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _candidates(shapes: Geometries) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs whose boxes meet, each once."""
    tree = shapely.STRtree(shapes)
    for start in range(0, len(shapes), _QUERY):
        asked, found = tree.query(shapes[start : start + _QUERY])
        asked = asked + start
        once = asked < found
        yield asked[once], found[once]


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
