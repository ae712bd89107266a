"""Which parcels of a file overlap each other or lie a little apart: by index and predicate, then measured.

Strips from south to north keep memory bounded: each pair is looked at in the strip where the later of the two begins.
Shapes are valid polygons in EPSG:4490.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from service.geo.rings import Geometries
from service.imports import gaps, overlaps
from service.imports.gaps import Gap, TooDense
from service.imports.overlaps import Overlap

STRIP = 20_000  # shapes in one strip: bounds the memory
_QUERY = 1_000  # shapes asked for at once: bounds the memory that a heap of shapes can take
_DENSEST = 200  # neighbouring boxes of a shape, on average
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

__all__ = ["STRIP", "TooDense", "shapes_at", "unfilled", "within"]


def shapes_at(wkb: pa.ChunkedArray, at: Ints) -> Geometries:
    """Return the shapes at some rising positions of a column, which stays where it is.

    Taken piece by piece: Arrow's own `take` puts all pieces of a column into one first, for a million rows 150 MB.
    """
    starts = np.cumsum([0, *map(len, wkb.chunks)])
    found = [
        chunk.take(pa.array(at[low:high] - start)).to_numpy(zero_copy_only=False)
        for chunk, start, (low, high) in zip(wkb.chunks, starts, pairwise(np.searchsorted(at, starts)), strict=False)
        if low < high
    ]
    shapes: Geometries = shapely.from_wkb(np.concatenate([np.empty(0, dtype=object), *found]))
    return shapes


def within(wkb: pa.ChunkedArray, bounds: Floats) -> Iterator[Overlap | Gap]:
    """Yield the overlaps and gaps among the shapes of one column, by their positions in it; raises TooDense."""
    south, north = bounds[:, 1], bounds[:, 3]
    known = np.flatnonzero(np.isfinite(south))
    if len(known) == 0:
        return
    strips = max(1, len(known) // STRIP)
    edges = np.append(np.quantile(south[known], np.arange(strips) / strips), np.inf)
    budget = _DENSEST * len(known) + 1_000_000
    apart: list[Gap] = []
    for low, high in pairwise(edges):
        here = known[(south[known] < high) & (north[known] >= low)]
        shapes = _simple(shapes_at(wkb, here))
        begin = south[here]
        tree = shapely.STRtree(shapes)
        for first, second in _candidates(shapes, tree):
            budget -= len(first)
            if budget < 0:
                raise TooDense
            later = np.maximum(begin[first], begin[second])
            mine = (later >= low) & (later < high)
            for overlap in overlaps.sharing(shapes, shapes, first[mine], second[mine]):
                yield overlap._replace(first=int(here[overlap.first]), second=int(here[overlap.second]))
        apart += (
            gap._replace(first=int(here[gap.first]), second=int(here[gap.second]))
            for gap in gaps.apart(shapes, tree)
            if low <= max(begin[gap.first], begin[gap.second]) < high
        )
    yield from unfilled(apart, wkb, bounds)


def unfilled(apart: list[Gap], wkb: pa.ChunkedArray, bounds: Floats) -> Iterator[Gap]:
    """Yield the gaps that none of the shapes fills; the one that does may begin in another strip."""
    if not apart:
        return
    points = shapely.points(np.array([gap.place for gap in apart]))
    tree = shapely.STRtree(points)
    filled = np.zeros(len(apart), dtype=bool)
    for start in range(0, len(bounds), STRIP):
        boxes = shapely.box(*bounds[start : start + STRIP].T)
        row, gap = tree.query(np.where(np.isfinite(bounds[start : start + STRIP, 0]), boxes, None))
        asked, at = np.unique(row + start, return_inverse=True)
        shapes = shapes_at(wkb, asked)
        shapely.prepare(shapes)
        filled[gap[shapely.contains(shapes[at], points[gap])]] = True
    yield from (gap for gap, no in zip(apart, filled, strict=True) if not no)


def _simple(shapes: Geometries) -> Geometries:
    """Take multipolygons of one part as that part: the predicate is quicker on it."""
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _candidates(shapes: Geometries, tree: shapely.STRtree) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs whose boxes meet, each once."""
    for start in range(0, len(shapes), _QUERY):
        asked, found = tree.query(shapes[start : start + _QUERY])
        asked = asked + start
        once = asked < found
        yield asked[once], found[once]
