"""Is a shape from outside fit to keep? Ranges, caps and validity, cheap tests only.

Shapes are never repaired here: repairing one 5 KB star polygon takes minutes (DESIGN §9.1). Everything is vectorised.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_REASON = re.compile(r"^(?P<reason>[^\[]+?)\s*(?:\[(?P<x>\S+) (?P<y>[^\s\]]+).*\])?$")

REASONS_ZH = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环套内环",
    "Nested shells": "外环互相套叠",
    "Interior is disconnected": "内部被边界截断",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "环的点数不足",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "环没有闭合",
}


class Caps(NamedTuple):
    """The largest shape that is accepted."""

    vertices: int = 100_000
    rings: int = 1_000
    parts: int = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the shape at `index` is refused: code, the telling value, and a place in its own CRS where there is one."""

    index: int
    code: str
    value: str | None = None
    place: tuple[float, float] | None = None


FILE_CAPS = Caps()
HAND_CAPS = Caps(vertices=10_000)  # what a person draws or a client sends with a request


def faults(geometries: Geometries, caps: Caps = FILE_CAPS) -> list[Fault]:
    """The first fault of each shape that has one: of its form, else of its validity.

    >>> bow = shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    >>> faults(np.array([bow, None, shapely.box(0, 0, 1, 1)]))  # doctest: +NORMALIZE_WHITESPACE
    [Fault(index=0, code='geometry_invalid', value='Self-intersection', place=(0.5, 0.5)),
     Fault(index=1, code='geometry_missing', value=None, place=None)]
    """
    found = form_faults(geometries, caps)
    sound = np.ones(len(geometries), dtype=bool)
    sound[[fault.index for fault in found]] = False
    return sorted([*found, *validity_faults(geometries, sound)], key=lambda fault: fault.index)


def form_faults(geometries: Geometries, caps: Caps = FILE_CAPS) -> list[Fault]:
    """What can be told without topology, in order: type, emptiness, caps, finite numbers.

    Codes: `geometry_missing`, `geometry_type`, `geometry_empty`, `too_many_vertices|parts|rings`,
    `coordinate_not_finite`.
    """
    sound = np.ones(len(geometries), dtype=bool)
    found: list[Fault] = []

    def refuse(wrong: NDArray[np.bool_], code: str, value: Callable[[int], object] | None = None) -> None:
        at = np.flatnonzero(wrong & sound).tolist()
        found.extend(Fault(i, code, None if value is None else str(value(i))) for i in at)
        sound[wrong] = False

    types = shapely.get_type_id(geometries)
    vertices, parts = shapely.get_num_coordinates(geometries), shapely.get_num_geometries(geometries)
    rings = _ring_counts(geometries, types)
    refuse(types == shapely.GeometryType.MISSING, "geometry_missing")
    refuse(~np.isin(types, _POLYGONAL), "geometry_type", lambda i: geometries[i].geom_type)
    refuse(shapely.is_empty(geometries), "geometry_empty")
    refuse(vertices > caps.vertices, "too_many_vertices", lambda i: vertices[i])
    refuse(parts > caps.parts, "too_many_parts", lambda i: parts[i])
    refuse(rings > caps.rings, "too_many_rings", lambda i: rings[i])
    refuse(~_finite(geometries), "coordinate_not_finite")
    return found


def validity_faults(geometries: Geometries, suspects: NDArray[np.bool_]) -> list[Fault]:
    """`geometry_invalid` for each marked shape that isn't valid; value: GEOS' reason, place: where."""
    at = np.flatnonzero(suspects)
    wrong = at[~shapely.is_valid(geometries[at])]
    return [_invalid(int(i), shapely.is_valid_reason(geometries[i])) for i in wrong]


def outside(geometries: Geometries, west: float, south: float, east: float, north: float) -> NDArray[np.bool_]:
    """Mark the shapes that reach beyond the box, in the CRS of both; empty and missing shapes don't.

    >>> outside(np.array([shapely.box(0, 0, 1, 91), shapely.box(0, 0, 1, 1)]), -180, -90, 180, 90).tolist()
    [True, False]
    """
    bounds = shapely.bounds(geometries)
    beyond: NDArray[np.bool_] = (bounds[:, :2] < (west, south)).any(axis=1) | (bounds[:, 2:] > (east, north)).any(
        axis=1
    )
    return beyond


def as_multipolygons(geometries: Geometries) -> Geometries:
    """(Multi)polygons as two-dimensional multipolygons, which is how parcels are kept; missing stays missing."""
    flat = shapely.force_2d(geometries) if np.any(shapely.has_z(geometries)) else geometries.copy()
    single = np.flatnonzero(shapely.get_type_id(flat) == shapely.GeometryType.POLYGON)
    if len(single):
        flat[single] = shapely.multipolygons(flat[single], indices=np.arange(len(single)))
    return flat


def _ring_counts(geometries: Geometries, types: NDArray[np.int32]) -> NDArray[np.int64]:
    """Rings of each shape, all parts together."""
    counts = shapely.get_num_interior_rings(geometries) + 1
    many = np.flatnonzero(types == shapely.GeometryType.MULTIPOLYGON)
    parts, owner = shapely.get_parts(geometries[many], return_index=True)
    per_shape = np.bincount(owner, weights=shapely.get_num_interior_rings(parts) + 1, minlength=len(many))
    counts[many] = per_shape
    return np.asarray(counts, dtype=np.int64)


def _finite(geometries: Geometries) -> NDArray[np.bool_]:
    """Mark the shapes all of whose coordinates are numbers."""
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    good = np.ones(len(geometries), dtype=bool)
    good[owner[~np.isfinite(xy).all(axis=1)]] = False
    return good


def _invalid(index: int, text: str) -> Fault:
    """Read GEOS' reason, such as `Self-intersection[0.5 0.5]`."""
    match = _REASON.match(text)
    if match is None or match["x"] is None:
        return Fault(index, "geometry_invalid", text)
    return Fault(index, "geometry_invalid", match["reason"], (float(match["x"]), float(match["y"])))
