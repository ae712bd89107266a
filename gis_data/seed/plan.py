"""The invented district of `district.toml` as shapes: townships, water, parks, main roads.

Everything is in metres from a local origin (EPSG:4547, x east, y north).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

DATA: dict[str, Any] = tomllib.loads((Path(__file__).parent / "district.toml").read_text(encoding="utf-8"))
ORIGIN: tuple[float, float] = tuple(DATA["origin"])
"""Easting and northing (EPSG:4547) of the local origin."""


@dataclass(frozen=True, slots=True)
class Township:
    """One 乡镇/办事处 and the character of its plan; units in `district.toml`."""

    code: str
    name: str
    name_en: str
    county: str
    letters: str
    ring: str
    angle: float
    spacing: tuple[float, float]
    parcel_ha: float
    year: int
    uses: dict[str, float]

    @property
    def area(self) -> Polygon:
        """Outline in local metres."""
        return Polygon([DATA["nodes"][node] for node in self.ring.split()])


TOWNSHIPS = tuple(Township(**township) for township in DATA["townships"])


@dataclass(frozen=True, slots=True)
class Road:
    """A street's centre line, full width in metres, name and rank (1 expressway or trunk … 4 local street)."""

    line: BaseGeometry
    width: float
    name: str
    rank: int


def spline(points: list[list[float]], step: float = 110.0) -> LineString:
    """Return a smooth line through points (Catmull-Rom), a vertex about every `step` metres."""
    p = np.array([points[0], *points, points[-1]], dtype=float)
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        t = np.linspace(0, 1, max(2, int(np.hypot(*(c - b)) / step)), endpoint=False)[:, None]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return LineString(np.vstack([*out, p[-1:]]))


def blob(centre: list[float], radius: float, waves: list[list[float]], points: int) -> Polygon:
    """Return a rounded star-shaped outline: `waves` are count, amplitude as a share of the radius, phase."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    r = radius * (1 + sum(share * np.cos(count * angle + phase) for count, share, phase in waves))
    return Polygon(np.column_stack([centre[0] + r * np.cos(angle), centre[1] + r * np.sin(angle)]))


def circle(centre: Point, radius: float) -> Polygon:
    """Return a disc with edges of about 60 m or less."""
    return centre.buffer(radius, quad_segs=max(8, round(radius * np.pi / 2 / 60)))


def blobs(kind: str) -> dict[str, Polygon]:
    """Return the lakes, parks or fields of the plan by name, or by number where they have none."""
    found = [b for b in DATA["blobs"] if b["kind"] == kind]
    return {b["name"] or str(n): blob(b["centre"], b["radius"], b["waves"], b["points"]) for n, b in enumerate(found)}


def _lines(kind: str) -> dict[str, tuple[LineString, float]]:
    return {line["name"]: (spline(line["points"]), line["width"]) for line in DATA["lines"] if line["kind"] == kind}


CENTRE, BIG_LAKE, ISLAND_CENTRE, UNIVERSITY = (
    Point(DATA["centres"][name]) for name in ("ring", "big_lake", "island", "university")
)
LAKES, PARKS = blobs("water"), blobs("park")
LONG_LAKE = LAKES["龙湖"]
ISLAND = circle(ISLAND_CENTRE, 470)
UNIVERSITY_LAKE = circle(UNIVERSITY, 1010)
RIVERS, MAIN_ROADS = _lines("river"), _lines("road")
EXPRESSWAY = MAIN_ROADS["绕城高速"][0]
URBAN: BaseGeometry = (
    Polygon(_lines("edge")["建成区边缘"][0]).buffer(0).difference(shapely.union_all(list(blobs("fields").values())))
)
"""Where parcels are; beyond it, and in the fields inside it, nobody has planned yet."""
ROUND_ZONES = {
    "centre": circle(CENTRE, 1140),
    "island": ISLAND,
    "shore": LONG_LAKE.buffer(620),
    "campus": circle(UNIVERSITY, 1720),
}
"""Neighbourhoods laid out in rings, by kind."""


def water() -> dict[str, BaseGeometry]:
    """Return every lake and river by name; where they meet, the lake has the water."""
    found: dict[str, BaseGeometry] = {**LAKES, "龙湖": LONG_LAKE.difference(ISLAND)}
    found["龙子湖"] = UNIVERSITY_LAKE.difference(circle(UNIVERSITY, 800))
    wet = shapely.union_all([*LAKES.values(), UNIVERSITY_LAKE])
    for name, (line, width) in RIVERS.items():
        found[name] = line.buffer(width / 2, cap_style="flat").difference(wet)
        wet = wet.union(found[name])
    return found


def banks() -> BaseGeometry:
    """Return the green belts along rivers, lakes and the expressway, water included."""
    belts = [line.buffer(width / 2 + 45) for line, width in RIVERS.values()]
    belts.append(LONG_LAKE.buffer(110).difference(ISLAND.buffer(-30)))
    belts.append(circle(UNIVERSITY, 1060).difference(circle(UNIVERSITY, 750)))
    return shapely.union_all([*belts, circle(CENTRE, 330), EXPRESSWAY.buffer(95), LAKES["象湖"].buffer(120)])
