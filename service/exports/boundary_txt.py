"""The boundary-point TXT (界址点坐标交换格式) as a file: northing first, rings from the north-west, clockwise.

What was delivered as such a file goes out with its own point numbers and order. Coordinates of a parcel have three
decimals where that keeps them to 0.05 mm, else four, and the file says so as its precision.
"""

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from service.core.errors import Conflict
from service.exports.formats import Target
from service.exports.rows import Batch, Points
from service.geo import crs
from service.geo.area import to_hectares
from service.geo.crs import Floats, Zone

USUAL_DIGITS, FINE_DIGITS = 3, 4
_KEPT_M = 5e-5
_CODECS = {"gbk": "gb18030", "utf-8": "utf-8"}  # the bytes of GBK wherever it has the character
_EOL = "\r\n"


class OutsideZone(Conflict):
    """A parcel outside the zone that the file is written in."""

    code, title_zh, title_en = "outside-zone", "地块不在所选带内", "Outside the zone"


Rings = list[tuple[Floats, list[str]]]
"""Open rings of one polygon, shell first, each with the numbers of its points."""


def write_boundary_txt(batches: Iterator[Batch], target: Target, path: Path, *, today: dt.date) -> None:
    """Write parcels; each part of a multipolygon is one of its own (`-1`, `-2`), for readers disagree on rings.

    Raises:
        OutsideZone: a parcel whose eastings would be read as another zone's.

    """
    zone = target.crs.zone
    assert zone is not None  # noqa: S101 - the format asks for one
    codec, body = _CODECS[target.encoding], path.with_suffix(".body")
    digits = USUAL_DIGITS
    with body.open("w", encoding=codec, newline="") as file:
        for batch in batches:
            for row, shape, points in zip(batch.columns.to_pylist(), batch.shapes, batch.points, strict=True):
                _refuse_outside(zone, row["code"], shape)
                fine = _digits(shape)
                digits = max(digits, fine)
                file.writelines(line + _EOL for line in parcel_lines(row, shape, points, digits=fine))
    with path.open("w", encoding=codec, newline="") as file:
        file.writelines(line + _EOL for line in header(zone, digits, today))
    with path.open("ab") as whole, body.open("rb") as file_of_parcels:
        shutil.copyfileobj(file_of_parcels, whole)
    body.unlink()


def _refuse_outside(zone: Zone, code: str, shape: shapely.MultiPolygon) -> None:
    """Refuse a parcel whose eastings would be read as another zone's."""
    expected = zone.number if zone.prefixed else 0
    if crs.zone_prefixes(shapely.get_coordinates(shape)[:, 0]) != {expected}:
        raise OutsideZone(
            f"地块 {code} 不在 {zone.width}° 带 {zone.number} 带内，请选用其所在带的坐标系。",
            f"Parcel {code} isn't in the {zone.width}° zone {zone.number}: choose the system of its own zone.",
        )


def header(zone: Zone, digits: int, today: dt.date) -> list[str]:
    """Return the ten keys in the order of the exchange format."""
    return [
        "[属性描述]",
        "格式版本号=1.01版本",
        "数据产生单位=",
        f"数据产生日期={today}",
        "坐标系=2000国家大地坐标系",
        f"几度分带={zone.width}",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={zone.number}",
        f"精度={10**-digits:.{digits}f}",
        "转换参数=,,,,,,",
        "[地块坐标]",
    ]


def parcel_lines(row: Mapping[str, Any], shape: shapely.MultiPolygon, points: Points, *, digits: int) -> Iterator[str]:
    """Yield an `@` line and its points for each part: area in hectares, the legal one where the parcel is one part."""
    delivered = _delivered_numbers(points)
    parts = list(shape.geoms)
    for number, part in enumerate(parts, 1):
        rings = _rings(part, delivered)
        whole = len(parts) == 1
        area = row["area_legal_m2"] or row["area_plane_m2"] if whole else part.area
        code = row["code"] if whole else f"{row['code']}-{number}"
        told = (sum(len(line) + 1 for line, _ in rings), to_hectares(Decimal(str(area))), code, row["name"])
        uses = ("", row["land_use_name"], row["land_use"])
        yield ",".join([*map(_plain, told), "面", *map(_plain, uses), "@"])
        for ring, (line, names) in enumerate(rings, 1):
            for (east, north), name in zip([*line, line[0]], [*names, names[0]], strict=True):
                yield f"{name},{ring},{north:.{digits}f},{east:.{digits}f}"


def _plain(value: object) -> str:
    """Write a value that parts no fields: commas become full-width ones."""
    return "" if value is None else str(value).replace(",", "，").replace("\r", " ").replace("\n", " ")


def _rings(polygon: shapely.Polygon, delivered: Mapping[bytes, list[str]]) -> Rings:
    """Return the rings as delivered with their numbers, or else normal ones with numbers that run on."""
    lines = [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]
    named = [delivered.get(_key(line)) for line in lines]
    if all(named):
        return [(line, names) for line, names in zip(lines, named, strict=True) if names]
    rings: Rings = []
    last = 0
    for line in map(_from_north_west, lines):
        rings.append((line, [f"J{last + i}" for i in range(1, len(line) + 1)]))
        last += len(line)
    return rings


def _from_north_west(line: Floats) -> Floats:
    """Turn an open ring so that it runs clockwise from its north-west vertex: the one farthest to x less y."""
    x, y = (line - line[0]).T
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) > 0:
        line = line[::-1]
    east, north = line.T
    return np.roll(line, -int(np.argmax((north - north.min()) - (east - east.min()))), axis=0)


def _delivered_numbers(points: Points) -> dict[bytes, list[str]]:
    """Return the numbers of each delivered ring by its coordinates."""
    found: dict[bytes, list[str]] = {}
    for _, group in groupby(_split(points or ()), key=lambda pair: pair[0]):
        ring = [point for _, point in group]
        line = np.array([(float(point["easting"]), float(point["northing"])) for point in ring])
        open_ring = line[:-1] if len(line) > 1 and np.allclose(line[0], line[-1], rtol=0, atol=1e-3) else line
        found[_key(open_ring)] = [str(point["number"]) for point in ring[: len(open_ring)]]
    return found


def _split(points: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Number the delivered rings: a new one begins with another 圈号, or after a point that closed the last."""
    ring, first, closed, name = 0, None, False, None
    for point in points:
        place = (point["northing"], point["easting"])
        if closed or point["ring"] != name:
            ring, first, closed, name = ring + 1, place, False, point["ring"]
        elif place == first:
            closed = True
        yield ring, point


def _key(line: Floats) -> bytes:
    """Make the identity of an open ring, to a tenth of a millimetre and without the zone in front of the easting."""
    return np.round((line - (line[0, 0] // 1e6 * 1e6, 0)) * 1e4).astype(np.int64).tobytes()


def _digits(shape: shapely.MultiPolygon) -> int:
    xy = shapely.get_coordinates(shape)
    return USUAL_DIGITS if np.abs(xy - xy.round(USUAL_DIGITS)).max() <= _KEPT_M else FINE_DIGITS
