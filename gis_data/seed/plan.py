"""The invented district: townships, water, main roads, in metres from a local origin (EPSG:4547, x east, y north).

The idea is the newspaper text's 郑东新区: a ring-shaped centre round a small lake, a big lake with a ring road, a
ring-shaped lake with the universities, two rivers. Every line is made up; no map was traced.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

ORIGIN = (472_500.0, 3_842_500.0)
"""Easting and northing (EPSG:4547) of the local origin."""

NODES: dict[str, tuple[float, float]] = {
    "a0": (300, 12700), "a1": (3200, 13150), "a2": (6300, 13000), "a3": (8900, 13200), "a4": (12200, 12950), "a5": (15100, 12700),
    "e1": (15400, 8600), "e2": (15250, 4200), "e3": (15350, 700), "s1": (10600, 250), "s2": (5600, 500), "s3": (700, 1300),
    "w1": (350, 4900), "w2": (250, 8600), "p1": (2350, 8650), "p2": (4500, 8250), "p3": (6950, 8050), "p4": (6900, 10350),
    "p5": (8300, 7850), "p6": (12000, 7700), "p7": (12150, 11950), "p8": (8900, 12000), "q1": (4350, 4750), "q2": (5500, 4350),
    "q3": (8200, 4300), "q4": (11300, 4050),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Township:
    """One 乡镇/办事处 and the character of its plan: street angle in degrees, spacing in metres, largest parcel in ha (varied)."""

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

    @property
    def area(self) -> Polygon:
        """Outline in local metres."""
        return Polygon([NODES[node] for node in self.ring.split()])


TOWNSHIPS = (
    Township("410105560", "如意湖街道", "Ruyihu Subdistrict", "410105", "RY", "w1 q1 p2 p1 w2", 9, (640, 560), 5.0, 2004),
    Township("410105561", "博学路街道", "Boxuelu Subdistrict", "410105", "BX", "q3 q4 p6 p5", -3, (820, 720), 9.5, 2012),
    Township("410105562", "龙湖街道", "Longhu Subdistrict", "410105", "LH", "w2 p1 p2 p3 p4 a2 a1 a0", 14, (740, 640), 7.2, 2014),
    Township("410105014", "龙子湖街道", "Longzihu Subdistrict", "410105", "LZ", "p3 p5 p6 p7 p8 p4", 5, (900, 820), 10.5, 2008),
    Township("410105015", "祭城路街道", "Jichenglu Subdistrict", "410105", "JC", "q1 q2 q3 p5 p3 p2", -8, (760, 620), 6.8, 2007),
    Township("410104570", "商都路街道", "Shangdulu Subdistrict", "410104", "SD", "s3 s2 q2 q1 w1", -15, (720, 640), 7.2, 2006),
    Township("410104202", "圃田乡", "Putian Township", "410104", "PT", "s2 s1 q4 q3 q2", 3, (960, 840), 10.5, 2015),
    Township("410122571", "豫兴路街道", "Yuxinglu Subdistrict", "410122", "YX", "s1 e3 e2 q4", 11, (980, 820), 10.5, 2018),
    Township("410105564", "金光路街道", "Jinguanglu Subdistrict", "410105", "JG", "p4 p8 a3 a2", -12, (760, 680), 8.4, 2016),
    Township("410122570", "杨桥街道", "Yangqiao Subdistrict", "410122", "YQ", "p8 p7 a4 a3", 7, (900, 760), 9.0, 2020),
    Township("410122105", "白沙镇", "Baisha Town", "410122", "BS", "q4 e2 e1 p6", -6, (880, 760), 9.0, 2016),
    Township("410122112", "刘集镇", "Liuji Town", "410122", "LJ", "p6 e1 a5 a4 p7", 18, (980, 860), 11, 2019),
)

CENTRE = Point(2350, 6650)
"""Middle of the ring-shaped centre round the small lake (如意湖 idea)."""
BIG_LAKE = Point(3850, 10800)
UNIVERSITY = Point(9650, 9800)
EXTENT: Polygon = shapely.box(-150, -150, 15700, 13500)


@dataclass(frozen=True, slots=True)
class Road:
    """A street's centre line, full width in metres, name and rank (1 expressway or trunk … 4 local street)."""

    line: BaseGeometry
    width: float
    name: str
    rank: int


def spline(points: list[tuple[float, float]], step: float = 90.0) -> LineString:
    """Return a smooth line through points (Catmull-Rom), a vertex about every `step` metres."""
    p = np.array([points[0], *points, points[-1]], dtype=float)
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        t = np.linspace(0, 1, max(2, int(np.hypot(*(c - b)) / step)), endpoint=False)[:, None]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return LineString(np.vstack([*out, p[-1:]]))


def blob(centre: Point, radius: float, waves: tuple[tuple[int, float, float], ...], points: int = 120) -> Polygon:
    """Return a rounded star-shaped lake: `waves` are (count, amplitude as a share of the radius, phase)."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    r = radius * (1 + sum(share * np.cos(count * angle + phase) for count, share, phase in waves))
    return Polygon(np.column_stack([centre.x + r * np.cos(angle), centre.y + r * np.sin(angle)]))


def circle(centre: Point, radius: float) -> Polygon:
    """Return a disc with edges of about 60 m or less."""
    return centre.buffer(radius, quad_segs=max(8, round(radius * np.pi / 2 / 60)))


SMALL_LAKE = blob(CENTRE, 205, ((2, 0.16, 0.7), (3, 0.06, 0.2)), 48)
LONG_LAKE = blob(BIG_LAKE, 1180, ((2, 0.17, 2.4), (3, 0.12, 0.9), (5, 0.04, 0.3)))
ISLAND = circle(Point(3950, 10650), 470)
ELEPHANT_LAKE = blob(Point(13750, 4350), 430, ((2, 0.24, 1.1), (3, 0.10, 2.0)), 60)
RING_LAKE = circle(UNIVERSITY, 1010).difference(circle(UNIVERSITY, 800))
RIVERS = {
    "东风渠": (spline([(-300, 9350), (1500, 8950), (3100, 8330), (4900, 8500), (6700, 7600), (8300, 7000), (10000, 7250), (11800, 6550), (13700, 7150), (15900, 6800)]), 64.0),
    "七里河": (spline([(1900, -300), (2500, 2100), (4700, 2950), (7000, 2450), (9400, 3250), (11200, 5300), (12500, 6100), (13300, 7020)]), 56.0),
    "如意运河": (spline([(2420, 6750), (2700, 7600), (3050, 8500), (3500, 9400), (3700, 9900)]), 38.0),
    "魏河": (spline([(6500, 13600), (7600, 12300), (7700, 10900), (8700, 10500)]), 40.0),
}  # fmt: skip
EXPRESSWAY = spline([(12350, -300), (12700, 3000), (12450, 6500), (12750, 9500), (13250, 13700)], 200)
TRUNKS = {
    "金水东路": spline([(-300, 5900), (1150, 6050), (2350, 5450), (4200, 5900), (8000, 5950), (11500, 5950), (15900, 5600)], 150),
    "郑开大道": spline([(-300, 3300), (2500, 3650), (6000, 3700), (9500, 2200), (12600, 2250), (15900, 2350)], 150),
    "中州大道": spline([(900, 13600), (1000, 9500), (900, 6600), (1300, 3000), (1250, -300)], 150),
    "东三环": spline([(5750, 13600), (5950, 9000), (5900, 5000), (6300, -300)], 150),
}  # fmt: skip
URBAN_EDGE = [
    (300, 5000), (620, 2900), (2100, 2150), (4300, 1950), (6000, 2350), (7600, 1450), (9300, 1900), (10700, 2600), (12500, 1500), (13800, 2100), (14300, 3400),
    (14900, 4700), (14700, 6300), (14300, 8300), (14500, 9700), (13300, 10500), (12250, 10500), (12000, 12300), (10300, 12650), (8700, 12300), (7500, 11700),
    (6300, 12200), (5000, 12500), (3200, 12780), (1700, 12200), (700, 11000), (420, 9500), (600, 7500), (300, 5000),
]  # fmt: skip
FIELDS = (
    blob(Point(10300, 6350), 700, ((2, 0.45, 0.3), (3, 0.1, 1.0)), 40),
    blob(Point(7700, 2950), 640, ((2, 0.5, 2.8),), 40),
    blob(Point(12000, 5450), 560, ((2, 0.3, 1.6),), 40),
    blob(Point(7250, 9300), 480, ((2, 0.5, 3.3),), 40),
    blob(Point(2900, 3000), 420, ((2, 0.4, 0.0),), 40),
)
"""Farmland and villages inside the edge that nobody has planned yet."""
URBAN: BaseGeometry = Polygon(spline(URBAN_EDGE, 150)).buffer(0).difference(shapely.union_all(FIELDS))
"""Where parcels are; outside it fields go on."""


def water() -> dict[str, BaseGeometry]:
    """Return every lake and river by name, overlaps given to the lakes."""
    lakes = {"如意湖": SMALL_LAKE, "龙湖": LONG_LAKE.difference(ISLAND), "龙子湖": RING_LAKE, "象湖": ELEPHANT_LAKE}
    wet = shapely.union_all(list(lakes.values()) + [LONG_LAKE, circle(UNIVERSITY, 1010)])
    found: dict[str, BaseGeometry] = dict(lakes)
    for name, (line, width) in RIVERS.items():
        river = line.buffer(width / 2, cap_style="flat").difference(wet)
        found[name] = river
        wet = wet.union(river)
    return found


def banks() -> BaseGeometry:
    """Return the green belts along rivers, lakes and the expressway (water not taken out)."""
    belts = [line.buffer(width / 2 + 45) for line, width in RIVERS.values()]
    belts += [LONG_LAKE.buffer(110).difference(ISLAND.buffer(-30)), circle(UNIVERSITY, 1060).difference(circle(UNIVERSITY, 750))]
    belts += [circle(CENTRE, 330), EXPRESSWAY.buffer(95), ELEPHANT_LAKE.buffer(120)]
    return shapely.union_all(belts)


PARKS = {
    "龙湖公园": blob(Point(5150, 8330), 330, ((2, 0.35, 0.2),), 40),
    "湿地公园": blob(Point(11200, 11900), 520, ((2, 0.25, 0.5), (3, 0.1, 1.0)), 48),
    "红白花公园": shapely.box(6900, 6300, 7500, 6900),
    "蝶湖森林公园": blob(Point(9000, 1650), 620, ((2, 0.3, 2.6), (4, 0.08, 0.0)), 48),
    "金山公园": blob(Point(11700, 4650), 300, ((3, 0.12, 0.4),), 36),
    "银山公园": blob(Point(3350, 1900), 340, ((2, 0.2, 1.9),), 36),
}
"""Parks by name."""
