"""From surveyed points to shapes: which column is north, which zone, which ring is a hole.

Input are the parcels of a boundary TXT as delivered (`boundary_txt`); output is in the survey's own CRS, x first.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import shapely

from service.geo import crs
from service.geo.area import UNITS, unit_of
from service.geo.crs import CrsRefused, Floats, SourceCrs, Zone
from service.imports.boundary_txt import BoundaryFile, Parcel, Point, Ring
from service.imports.findings import Finding, finding, problem

_FIRST_MERIDIAN = 72  # a 带号 from here on is a central meridian in degrees
_CUSTOM = "公顷"
_UNIT_TOLERANCE = 0.2  # the units are more than six times apart


@dataclass(frozen=True, slots=True)
class Frame:
    """How the columns of a file are to be read."""

    source: SourceCrs
    swapped: bool
    findings: tuple[Finding, ...] = ()


def find_frame(file: BoundaryFile, declared: str | None) -> Frame:
    """Tell axes and CRS of a file; `declared` is the CRS its sender states, if any.

    The zone in front of the eastings wins over the header; without either, and without `declared`, nothing is
    guessed. Raises `Problem`.
    """
    points = [point for parcel in file.parcels for ring in parcel.rings for point in ring.points]
    if not points:
        raise problem("txt_no_parcels")
    x = np.array([float(point.x) for point in points])
    y = np.array([float(point.y) for point in points])
    degrees, swapped = _axes(x, y, file)
    found: list[Finding] = [finding("txt_axes_swapped")] if swapped else []
    stated = _recognised(declared) if declared else None
    own = _header_crs(file.header.get("坐标系", ""))
    if stated is None and own is None:
        raise problem("crs_missing")
    if degrees:
        return Frame(_geographic(stated, own), swapped, tuple(found))
    zone, remark = _zone(x if swapped else y, file.header, stated)
    if remark:
        found.append(remark)
    return Frame(crs.recognise(f"EPSG:{zone.epsg}"), swapped, tuple(found))


def shape(parcel: Parcel, frame: Frame) -> shapely.Geometry | None:
    """(Multi)polygon of a parcel's rings, x first; None when a ring is no ring. Validity is judged elsewhere.

    Shell or hole is told by containment, for writers number the rings of all parts 1..n: even depth is a shell.
    """
    lines = [_coordinates(ring, frame) for ring in parcel.rings]
    if not lines or any(len(line) < 4 for line in lines):  # noqa: PLR2004 - a closed triangle
        return None
    rings = np.array([shapely.Polygon(line) for line in lines])
    if len(rings) == 1:
        return rings[0]
    if not shapely.is_valid(rings).all():
        return shapely.MultiPolygon(list(rings))
    inside = _containers(rings)
    depths = np.array([len(around) for around in inside])
    holes: dict[int, list[shapely.LinearRing]] = {int(i): [] for i in np.flatnonzero(depths % 2 == 0)}
    for i in np.flatnonzero(depths % 2 == 1):
        shell = max(inside[i], key=lambda j: depths[j])
        holes[shell].append(rings[i].exterior)
    return shapely.MultiPolygon([shapely.Polygon(rings[i].exterior, inner) for i, inner in holes.items()])


def place(point: Point, frame: Frame) -> tuple[float, float] | None:
    """Where a point is, in degrees (EPSG:4490); None where its CRS doesn't reach."""
    x, y = (point.x, point.y) if frame.swapped else (point.y, point.x)
    return crs.place_of(float(x), float(y), frame.source)


def stated_area_m2(parcel: Parcel, measured_m2: float, row: int) -> tuple[float | None, list[Finding]]:
    """The area that the `@` line states, in m²: hectares by custom, but m² and mu occur and show by the ratio."""
    try:
        stated = float(parcel.stated_area)
    except ValueError:
        return None, []
    unit = unit_of(stated, measured_m2, within=_UNIT_TOLERANCE) or _CUSTOM
    unit_en, m2 = UNITS[unit]
    if unit == _CUSTOM:
        return stated * m2, []
    remark = finding(
        "txt_area_unit", row=row, field="地块面积", value=stated, line=parcel.line, unit=unit, unit_en=unit_en
    )
    return stated * m2, [remark]


def survey(parcel: Parcel, file: BoundaryFile, frame: Frame) -> dict[str, object]:
    """The survey as delivered: every point's number and text, so that an export gives back what came in."""
    return {
        "source_crs": frame.source.label,
        "zone_prefixed": bool(frame.source.zone and frame.source.zone.prefixed),
        "columns": ["easting", "northing"] if frame.swapped else ["northing", "easting"],
        "encoding": file.encoding,
        "header": file.header,
        "line": parcel.line,
        "stated_area": parcel.stated_area,
        "point_count": parcel.rows,
        "rings": [
            {"ring": ring.number, "closed": ring.closed, "points": [[p.number, p.x, p.y] for p in ring.points]}
            for ring in parcel.rings
        ],
    }


def _axes(x: Floats, y: Floats, file: BoundaryFile) -> tuple[bool, bool]:
    """(in degrees, columns exchanged); every point must tell the same."""
    told = np.full(len(x), -1)
    for meaning, (north, east) in enumerate(((x, y), (y, x))):
        told[_between(north, *crs.NORTHINGS) & np.any([_between(east, *span) for span in crs.EASTINGS], axis=0)] = (
            meaning
        )
        told[_between(north, *crs.LATITUDES) & _between(east, *crs.LONGITUDES)] = meaning + 2
    if told[0] < 0 or np.any(told != told[0]):
        _unclear(file, 0 if told[0] < 0 else int(np.argmax(told != told[0])))
    return bool(told[0] >= 2), bool(told[0] % 2)  # noqa: PLR2004 - meanings 2 and 3 are degrees


def _unclear(file: BoundaryFile, index: int) -> NoReturn:
    """Name the point whose columns can't be told."""
    points = [point for parcel in file.parcels for ring in parcel.rings for point in ring.points]
    point = points[index]
    raise problem("txt_axes_unclear", line=point.line, value=f"{point.x},{point.y}")


def _between(values: Floats, low: float, high: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Mark the values between the limits."""
    return (values > low) & (values < high)


def _recognised(text: str) -> SourceCrs:
    """`crs.recognise`, with its refusal as a finding."""
    try:
        return crs.recognise(text)
    except CrsRefused as refused:
        raise problem(refused.reason, value=refused.value) from None


def _header_crs(name: str) -> SourceCrs | None:
    """The CRS of the header's 坐标系; writers shorten CGCS2000 to anything with 2000 in it."""
    if not name:
        return None
    return _recognised("CGCS2000" if "2000" in name else name)


def _geographic(stated: SourceCrs | None, own: SourceCrs | None) -> SourceCrs:
    """The CRS of coordinates in degrees."""
    if stated is not None and not stated.is_geographic:
        raise problem("crs_conflict", declared=stated.label, value="经纬度 (degrees)")
    source = stated or own
    if source is None or not source.is_geographic:
        raise problem("crs_missing")
    return source


def _zone(eastings: Floats, header: dict[str, str], stated: SourceCrs | None) -> tuple[Zone, Finding | None]:
    """The zone of projected coordinates and a remark when the header says otherwise."""
    prefixes = crs.zone_prefixes(eastings)
    if len(prefixes) > 1:
        raise problem("txt_zone_mixed", value="、".join(map(str, sorted(prefixes))))
    prefix = prefixes.pop()
    listed = _header_zone(header)
    zone = _zone_of_prefix(prefix) if prefix else (stated.zone if stated else listed)
    if zone is None:
        raise problem("txt_zone_missing")
    zone = Zone(zone.width, zone.number, prefixed=bool(prefix))
    if stated is not None and (stated.zone is None or stated.zone.central_meridian != zone.central_meridian):
        raise problem("crs_conflict", declared=stated.label, value=f"EPSG:{zone.epsg}")
    if listed is not None and listed.central_meridian != zone.central_meridian:
        return zone, finding("txt_zone_differs", value=header.get("带号", ""), found=zone.number)
    return zone, None


def _zone_of_prefix(number: int) -> Zone:
    zone = crs.zone_of_prefix(number)
    if zone is None:
        raise problem("txt_zone_missing")
    return zone


def _header_zone(header: dict[str, str]) -> Zone | None:
    """The zone of the header's 带号, which may also be a central meridian."""
    digits = re.search(r"\d{1,3}", header.get("带号", ""))
    if digits is None:
        return None
    number = int(digits[0])
    width = 6 if "6" in header.get("几度分带", "") else 3
    if number >= _FIRST_MERIDIAN:
        number = number // 3 if width == 3 else (number + 3) // 6  # noqa: PLR2004
    elif number <= 24:  # noqa: PLR2004 - between the ranges of 6° and 3° zones
        width = 6
    zone = Zone(width, number, prefixed=False)
    return zone if zone.epsg in crs.ZONES else None


def _coordinates(ring: Ring, frame: Frame) -> Floats:
    """A ring's coordinates, x first, closed exactly."""
    columns = np.array([(float(point.x), float(point.y)) for point in ring.points])
    xy = columns if frame.swapped else columns[:, ::-1]
    if ring.closed:
        xy = xy[:-1]
    return np.vstack([xy, xy[:1]])


def _containers(rings: np.ndarray[tuple[int, ...], np.dtype[np.object_]]) -> list[set[int]]:
    """For each ring the rings around it; of two equal ones the first is around the second."""
    around: list[set[int]] = [set() for _ in rings]
    areas = shapely.area(rings)
    outer, inner = shapely.STRtree(rings).query(rings, predicate="covers")
    for shell, hole in zip(outer.tolist(), inner.tolist(), strict=True):
        if (areas[shell], -shell) > (areas[hole], -hole):
            around[hole].add(shell)
    return around
