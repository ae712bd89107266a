"""The boundary that an editor takes up; coordinates as delivered, and in degrees. Arithmetic only."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

from service.core.errors import FieldError, Invalid
from service.geo.crs import CGCS2000, SourceCrs, from_cgcs2000, recognise, to_cgcs2000
from service.geo.rings import rings_of
from service.geo.validity import as_multipolygons
from service.surveys.bench import SAME_DEGREES
from service.surveys.queries import Delivered

Numbers = list[list[str]]


class Boundary(NamedTuple):
    """A boundary in its own CRS, with the numbers of its points, ring by ring, where all have one."""

    crs: int
    shape: shapely.MultiPolygon
    numbers: Numbers | None
    as_delivered: bool


def known_crs(name: str) -> SourceCrs:
    """Return the CRS of a survey: of CGCS2000, with an EPSG code. Raises CrsRefused, Invalid."""
    source = recognise(name)
    if source.datum != "cgcs2000" or source.epsg is None:
        zh, en = f"测量成果应为 CGCS2000 坐标，不接受 {source.label}", f"A survey is in CGCS2000, not {source.label}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/crs", "not-cgcs2000", zh, en)])
    return source


def in_degrees(shape: shapely.Geometry, source: SourceCrs) -> shapely.Geometry:
    """Move a shape to EPSG:4490; what PROJ can't place becomes infinite."""
    return shapely.transform(shape, lambda x, y: to_cgcs2000(source, x, y), interleaved=False)


def boundary_of(shape: shapely.MultiPolygon, survey: Delivered | None) -> Boundary:
    """Return the boundary as its last survey delivered it, if that is the boundary (EPSG:4490); else in degrees."""
    if survey is not None:
        (delivered,) = as_multipolygons(np.array([shapely.from_wkb(survey.wkb)], dtype=object))
        if _same(in_degrees(delivered, recognise(f"EPSG:{survey.crs}")), shape):
            return Boundary(survey.crs, delivered, _numbers(delivered, survey.points or []), as_delivered=True)
    return Boundary(CGCS2000, shape, None, as_delivered=False)


def _same(one: shapely.Geometry, other: shapely.MultiPolygon) -> bool:
    """Whether two shapes have the same rings, point by point."""
    first, second = (rings_of(np.array([each], dtype=object)) for each in (one, other))
    return (
        np.array_equal(first.starts, second.starts)
        and np.array_equal(first.is_hole, second.is_hole)
        and len(first.x) == len(second.x)
        and bool(np.all(np.abs(np.concatenate([first.x - second.x, first.y - second.y])) <= SAME_DEGREES))
    )


def _numbers(shape: shapely.MultiPolygon, points: Sequence[dict[str, Any]]) -> Numbers | None:
    known = {(float(each["easting"]), float(each["northing"])): str(each["number"]) for each in reversed(points)}
    named = [[known.get((x, y)) for x, y in ring] for ring in open_rings(shape)]
    complete = [[number for number in ring if number is not None] for ring in named]
    return complete if complete == named else None


def open_rings(shape: shapely.MultiPolygon) -> Iterator[list[tuple[float, float]]]:
    """Yield the rings of a shape, shells before their holes, without the points that close them."""
    for part in shape.geoms:
        for ring in (part.exterior, *part.interiors):
            yield list(ring.coords)[:-1]


def points_of(shape: shapely.MultiPolygon, numbers: Numbers) -> list[dict[str, Any]]:
    """Return boundary points as a survey keeps them. Raises Invalid unless every point of every ring has a number.

    >>> points_of(shapely.MultiPolygon([shapely.Polygon([(4, 1), (5, 1), (5, 2)])]), [["J1", "J2", "J3"]])[0]
    {'number': 'J1', 'ring': 1, 'northing': '1.0', 'easting': '4.0'}
    """
    rings = list(open_rings(shape))
    if [len(ring) for ring in rings] != [len(ring) for ring in numbers]:
        zh, en = "点号与界址点不一一对应", "The numbers don't match the boundary points one by one"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/numbers", "numbers", zh, en)])
    return [
        {"number": number, "ring": i, "northing": repr(y), "easting": repr(x)}
        for i, (ring, names) in enumerate(zip(rings, numbers, strict=True), 1)
        for (x, y), number in zip(ring, names, strict=True)
    ]


def in_crs(shape: shapely.Geometry, target: SourceCrs) -> shapely.Geometry:
    """Move a shape from EPSG:4490, without rounding."""
    return shapely.transform(shape, lambda x, y: from_cgcs2000(target, x, y), interleaved=False)
