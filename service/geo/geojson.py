"""A polygon that a client sends: strict RFC 7946, with limits, no guesses."""

from collections.abc import Iterator
from math import isfinite
from typing import NoReturn, TypeVar

import numpy as np
import shapely

from service.core.errors import FieldError, Invalid
from service.geo.crs import SourceCrs, to_cgcs2000
from service.geo.validity import HAND_CAPS, REASONS_ZH, Caps, faults

Shape = TypeVar("Shape", shapely.MultiPolygon, shapely.LineString)

_POSITION = (2, 3)  # members of a position; a height is dropped
_RING = 4  # positions of the smallest closed ring (RFC 7946, 3.1.6)


class BadGeometry(Invalid):
    """A geometry that isn't a clean polygon; `errors` points to the place."""

    code, title_zh, title_en = "bad-geometry", "图形有误", "Bad geometry"


def parse_polygon(
    value: object, *, pointer: str = "/geometry", caps: Caps = HAND_CAPS, source: SourceCrs | None = None
) -> shapely.MultiPolygon:
    """Read a GeoJSON Polygon or MultiPolygon (longitude or easting first) into a valid two-dimensional multipolygon.

    Rings must be closed and have four positions; numbers must be numbers. `source` is the CRS of the coordinates, None:
    degrees of EPSG:4490, which the answer is in. Raises `BadGeometry` with a JSON pointer.

    >>> square = [[[113, 34], [114, 34], [114, 35], [113, 34]]]
    >>> parse_polygon({"type": "Polygon", "coordinates": square}).wkt
    'MULTIPOLYGON (((113 34, 114 34, 114 35, 113 34)))'
    """
    shape = _in_degrees(read_polygon(value, pointer=pointer, caps=caps), source)
    _check(shape, pointer, caps)
    return shape


def parse_line(
    value: object, *, pointer: str = "/line", caps: Caps = HAND_CAPS, source: SourceCrs | None = None
) -> shapely.LineString:
    """Read a GeoJSON LineString as `parse_polygon` reads a polygon; it has a length.

    >>> parse_line({"type": "LineString", "coordinates": [[113, 34], [114, 34, 8]]}).wkt
    'LINESTRING (113 34, 114 34)'
    """
    if not isinstance(value, dict) or value.get("type") != "LineString":
        _refuse(pointer, "geometry-type", "应为 GeoJSON LineString", "A line is a GeoJSON LineString")
    at = f"{pointer}/coordinates"
    positions = [_position(each, where) for where, each in _members(value.get("coordinates"), at, caps.vertices)]
    if len(set(positions)) < 2:  # noqa: PLR2004 - from somewhere to somewhere else
        _refuse(at, "line-too-short", "线至少要有两个不同的点", "A line has two different positions at least")
    line = _in_degrees(shapely.LineString(positions), source)
    west, south, east, north = line.bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):  # noqa: PLR2004 - the Earth; NaN is outside
        _refuse(pointer, "coordinate-out-of-range", "坐标超出经纬度范围", "A coordinate is outside ±180, ±90")
    return line


def _in_degrees(shape: Shape, source: SourceCrs | None) -> Shape:
    if source is None:
        return shape
    return shapely.transform(shape, lambda x, y: to_cgcs2000(source, x, y), interleaved=False)


def read_polygon(value: object, *, pointer: str = "/geometry", caps: Caps = HAND_CAPS) -> shapely.MultiPolygon:
    """`parse_polygon` without the tests of range and validity: coordinates in any CRS."""
    if not isinstance(value, dict):
        _refuse(pointer, "geometry-type", "图形应为 GeoJSON 对象", "A geometry is a GeoJSON object")
    kind, coordinates, at = value.get("type"), value.get("coordinates"), f"{pointer}/coordinates"
    if kind == "Polygon":
        polygons = [(at, coordinates)]
    elif kind == "MultiPolygon":
        polygons = list(_members(coordinates, at, caps.parts))
    else:
        _refuse(f"{pointer}/type", "geometry-type", "只接受 Polygon 或 MultiPolygon", "Only Polygon or MultiPolygon")
    left = caps.vertices
    parts = []
    for place, polygon in polygons:
        rings = [_ring(ring, where, left) for where, ring in _members(polygon, place, caps.rings)]
        left -= sum(map(len, rings))
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.MultiPolygon(parts)


def _check(shape: shapely.MultiPolygon, pointer: str, caps: Caps) -> None:
    """Refuse a shape with a fault, or one that leaves the Earth."""
    west, south, east, north = shape.bounds
    if west < -180 or south < -90 or east > 180 or north > 90:  # noqa: PLR2004 - the Earth
        _refuse(pointer, "coordinate-out-of-range", "坐标超出经纬度范围", "A coordinate is outside ±180, ±90")
    for fault in faults(np.array([shape], dtype=object), caps):
        reason = fault.value or fault.code
        place = f" ({fault.place[0]:.7f}, {fault.place[1]:.7f})" if fault.place else ""
        code = fault.code.replace("_", "-")
        _refuse(
            pointer, code, f"图形无效：{REASONS_ZH.get(reason, reason)}{place}", f"Invalid geometry: {reason}{place}"
        )


def _members(value: object, pointer: str, limit: int) -> Iterator[tuple[str, object]]:
    """The members of a non-empty array with their pointers."""
    if not isinstance(value, list) or not value:
        _refuse(pointer, "coordinates", "坐标应为非空数组", "Coordinates are a non-empty array")
    if len(value) > limit:
        _refuse(pointer, "too-many", f"最多 {limit} 个", f"At most {limit}")
    return ((f"{pointer}/{i}", member) for i, member in enumerate(value))


def _ring(value: object, pointer: str, limit: int) -> list[tuple[float, float]]:
    """A closed ring."""
    positions = _members(value, pointer, limit)
    ring = _plain_ring(value) or [_position(position, where) for where, position in positions]
    if len(ring) < _RING:
        _refuse(pointer, "ring-too-short", "环至少要有 4 个点", "A ring has at least four positions")
    if ring[0] != ring[-1]:
        _refuse(pointer, "ring-not-closed", "环没有闭合", "The ring's first and last positions differ")
    return ring


def _plain_ring(value: object) -> list[tuple[float, float]] | None:
    """A ring of nothing but pairs or triples of finite numbers; None when one by one must be looked at."""
    if not isinstance(value, list) or {type(position) for position in value} != {list}:
        return None
    if {len(position) for position in value} - set(_POSITION):
        return None
    if {type(number) for position in value for number in position} - {int, float}:
        return None
    try:
        ring = [(float(position[0]), float(position[1])) for position in value]
    except OverflowError:
        return None
    return ring if np.isfinite(ring).all() else None


def _position(value: object, pointer: str) -> tuple[float, float]:
    """One position; JSON's true is no number."""
    if not isinstance(value, list) or len(value) not in _POSITION:
        _refuse(pointer, "position", "坐标点应为 [经度, 纬度]", "A position is [longitude, latitude]")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float) or not _is_finite(number):
            _refuse(pointer, "position", "坐标应为有限的数", "Coordinates are finite numbers")
    return float(value[0]), float(value[1])


def _is_finite(number: float) -> bool:
    """`isfinite`, also for an integer too large to be a float."""
    try:
        return isfinite(number)
    except OverflowError:
        return False


def _refuse(pointer: str, code: str, zh: str, en: str) -> NoReturn:
    """Refuse the geometry for one fault."""
    raise BadGeometry(zh, en, errors=[FieldError(pointer, code, zh, en)])
