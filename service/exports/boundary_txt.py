"""The boundary-point TXT (界址点坐标交换格式) as a file: northing first, rings from the north-west, clockwise.

What was delivered as such a file goes out with its own point numbers and order. Coordinates of a parcel have three
decimals where that keeps them to 0.05 mm, else four, and the file says so as its precision.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from service.core.errors import Conflict
from service.exports.formats import Target
from service.exports.outlines import outlines
from service.exports.rows import Batch
from service.geo.area import to_hectares
from service.geo.crs import Zone
from service.geo.validity import Geometries

USUAL_DIGITS, FINE_DIGITS = 3, 4
_KEPT_M = 5e-5
_CODECS = {"gbk": "gb18030", "utf-8": "utf-8"}  # the bytes of GBK wherever it has the character
_EOL = "\r\n"
_COLUMNS = ["code", "name", "area_legal_m2", "area_plane_m2", "land_use_name", "land_use"]


class OutsideZone(Conflict):
    """A parcel outside the zone that the file is written in."""

    code, title_zh, title_en = "outside-zone", "地块不在所选带内", "Outside the zone"


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
            _refuse_outside(zone, batch)
            fine = _needs_more(batch.shapes)
            digits = FINE_DIGITS if fine.any() else digits
            file.writelines(parcels(batch, fine))
    with path.open("w", encoding=codec, newline="") as file:
        file.writelines(line + _EOL for line in header(zone, digits, today))
    with path.open("ab") as whole, body.open("rb") as file_of_parcels:
        shutil.copyfileobj(file_of_parcels, whole)
    body.unlink()


def _refuse_outside(zone: Zone, batch: Batch) -> None:
    """Refuse a parcel whose eastings would be read as another zone's."""
    xy, owner = shapely.get_coordinates(batch.shapes, return_index=True)
    wrong = owner[xy[:, 0] // 1e6 != (zone.number if zone.prefixed else 0)]
    if len(wrong):
        code = batch.columns["code"][int(wrong[0])]
        raise OutsideZone(
            f"地块 {code} 不在 {zone.width}° 带 {zone.number} 带内，请选用其所在带的坐标系。",
            f"Parcel {code} isn't in the {zone.width}° zone {zone.number}: choose the system of its own zone.",
        )


def _needs_more(shapes: Geometries) -> NDArray[np.bool_]:
    """Mark the shapes that the usual digits don't keep."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    fine = np.zeros(len(shapes), dtype=bool)
    fine[owner[(np.abs(xy - xy.round(USUAL_DIGITS)) > _KEPT_M).any(axis=1)]] = True
    return fine


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


def parcels(batch: Batch, fine: NDArray[np.bool_]) -> Iterator[str]:
    """Yield each part with its points: area in hectares, the legal one where the parcel is one part."""
    drawn = outlines(batch.shapes, batch.points)
    vertices = list(zip(drawn.names, drawn.xy[:, 1].tolist(), drawn.xy[:, 0].tolist(), strict=True))
    rows, digits = batch.columns.select(_COLUMNS).to_pylist(), np.where(fine, FINE_DIGITS, USUAL_DIGITS).tolist()
    for row, parts, kept in zip(rows, drawn.shapes, digits, strict=True):
        point = f"%s,{{}},%.{kept}f,%.{kept}f{_EOL}"
        for number, (part_area, rings) in enumerate(parts, 1):
            whole = len(parts) == 1
            area = row["area_legal_m2"] or row["area_plane_m2"] if whole else part_area
            code = row["code"] if whole else f"{row['code']}-{number}"
            count = sum(end - start + 1 for start, end in rings)
            told = (count, to_hectares(Decimal(str(area))), code, row["name"])
            uses = ("", row["land_use_name"], row["land_use"])
            yield ",".join([*map(_plain, told), "面", *map(_plain, uses), "@"]) + _EOL
            for ring, (start, end) in enumerate(rings, 1):
                line = point.format(ring)
                written = [line % vertex for vertex in vertices[start:end]]
                yield from (*written, written[0])


def _plain(value: object) -> str:
    """Write a value that parts no fields: commas become full-width ones."""
    return "" if value is None else str(value).replace(",", "，").replace("\r", " ").replace("\n", " ")
