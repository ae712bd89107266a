"""Cutting large shapes into pieces, so that an index finds the part that matters and an overlay touches little.

Pure; run in the killable child (`apart.py`). What ST_Subdivide does, but outside the database (DESIGN §9.1).
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.validity import as_multipolygons

VERTICES = 128  # of a piece, at most
_DEEPEST = 32  # halvings; a shape that still has more vertices then is a knot of a few millimetres
Geometries = NDArray[np.object_]


def cut(shapes: Geometries, limit: int = VERTICES) -> tuple[Geometries, NDArray[np.int64]]:
    """Cut (multi)polygons into multipolygons of at most `limit` vertices; return the pieces and the shape each is of.

    >>> pieces, owner = cut(np.array([shapely.Point(0, 0).buffer(1, quad_segs=64)]), 64)
    >>> len(pieces) > 4, round(float(shapely.area(pieces).sum()), 6), set(owner.tolist())
    (True, 3.141277, {0})
    """
    found: list[shapely.Geometry] = []
    owner: list[int] = []
    for i, shape in enumerate(shapes):
        pieces = list(_pieces(shape, limit, _DEEPEST))
        found += pieces
        owner += [i] * len(pieces)
    return as_multipolygons(np.array(found, dtype=object)), np.array(owner, dtype=np.int64)


def _pieces(shape: shapely.Geometry, limit: int, depth: int) -> Iterator[shapely.Geometry]:
    if depth == 0 or shapely.get_num_coordinates(shape) <= limit:
        yield shape
        return
    for half in _halves(shape):
        # Where shape and box only touch, lines and points come along.
        parts = shapely.get_parts(shapely.intersection(shape, half))
        land = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        if len(land):
            yield from _pieces(shapely.multipolygons(land), limit, depth - 1)


def _halves(shape: shapely.Geometry) -> tuple[shapely.Geometry, shapely.Geometry]:
    """The two halves of a shape's box: cut where fewer edges cross, for each crossing adds vertices; else across."""
    west, south, east, north = shape.bounds
    xy = shapely.get_coordinates(shape)
    beyond = xy > ((west + east) / 2, (south + north) / 2)
    crossings = np.count_nonzero(beyond[1:] != beyond[:-1], axis=0)
    if (crossings[0], west - east) < (crossings[1], south - north):
        middle = (west + east) / 2
        return shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)
    middle = (south + north) / 2
    return shapely.box(west, south, east, middle), shapely.box(west, middle, east, north)
