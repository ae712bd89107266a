"""The bounding box of a request: `w,s,e,n` in degrees."""

import re
from typing import NamedTuple

from service.core.errors import BadRequest

_NUMBER = re.compile(r"[+-]?\d{1,4}(?:\.\d{0,20})?\Z", re.ASCII)


class BadBbox(BadRequest):
    """A bounding box that can't be read or that holds nothing."""

    code, title_zh, title_en = "bad-bbox", "范围参数有误", "Bad bounding box"


class Bbox(NamedTuple):
    """West, south, east, north in degrees (EPSG:4490)."""

    west: float
    south: float
    east: float
    north: float


def parse_bbox(text: str) -> Bbox:
    """Read `w,s,e,n`; west below east (no box across 180°), south below north, within ±180 and ±90.

    Raises `BadBbox`.

    >>> parse_bbox("113.6,34.7,113.8,34.8")
    Bbox(west=113.6, south=34.7, east=113.8, north=34.8)
    """
    parts = [part.strip(" ") for part in text.split(",", 4)]
    if len(parts) != 4 or not all(_NUMBER.match(part) for part in parts):  # noqa: PLR2004 - the four sides
        raise BadBbox("范围应为“西,南,东,北”四个十进制度数", "A box is four decimal degrees: west,south,east,north")
    box = Bbox(*map(float, parts))
    if not (-180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90):  # noqa: PLR2004 - the Earth
        raise BadBbox(
            "范围应满足 -180≤西<东≤180、-90≤南<北≤90",
            "A box needs -180 <= west < east <= 180 and -90 <= south < north <= 90",
        )
    return box


def place(lon: float, lat: float) -> tuple[float, float] | None:
    """Return a point in degrees, cut to 0.1 mm; None if it lies nowhere on Earth, or is not finite.

    >>> place(113.7, 34.75), place(475300, 3849130)
    ((113.7, 34.75), None)
    """
    on_earth = -180 <= lon <= 180 and -90 <= lat <= 90  # noqa: PLR2004 - the Earth
    return (round(lon, 9), round(lat, 9)) if on_earth else None
