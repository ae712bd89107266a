"""Streets of the invented district."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from gis_data.seed import plan
from gis_data.seed.plan import Road, Township, circle


def polar(centre: Point, rings: Sequence[tuple[float, float, str]], spokes: int, start: float = 0.1) -> list[Road]:
    """Return ring roads (radius, width, name) round a centre, and spokes from the first ring to the last."""
    angles = start + np.arange(spokes) * 2 * np.pi / spokes
    ends = rings[0][0], rings[-1][0]
    rays = [LineString([(centre.x + r * np.cos(a), centre.y + r * np.sin(a)) for r in ends]) for a in angles]
    around = [Road(circle(centre, radius).exterior, width, name, 2) for radius, width, name in rings]
    return around + [Road(ray, 22, "", 4) for ray in rays]


def lake_rings() -> list[Road]:
    """Return the two ring roads of the big lake and the streets that lead to its shore."""
    inner, outer = plan.LONG_LAKE.buffer(135), plan.LONG_LAKE.buffer(620)
    belt, x, y = outer.difference(inner), plan.BIG_LAKE.x, plan.BIG_LAKE.y
    angles = 0.2 + np.arange(22) * 2 * np.pi / 22
    rays = [LineString([(x, y), (x + 4000 * np.cos(a), y + 4000 * np.sin(a))]) for a in angles]
    return [
        Road(inner.exterior.simplify(4), 40, "龙湖内环路", 2),
        Road(outer.exterior.simplify(4), 40, "龙湖外环路", 2),
        *(Road(ray.intersection(belt), 22, "", 4) for ray in rays),
    ]


def grid(town: Township, rng: np.random.Generator, keep_out: BaseGeometry) -> Iterator[Road]:
    """Yield a township's own streets: two families of lines at its angle, unevenly spaced, outside `keep_out`."""
    field, c = town.area.difference(keep_out), town.area.centroid
    names = plan.DATA["streets"]
    for northward, gap in zip((True, False), town.spacing, strict=True):
        family = names["north_south" if northward else "east_west"]
        offset, pick = -5500 + rng.uniform(0, gap), int(rng.integers(len(family)))
        while offset < 5500:
            ends = [(offset, -6000), (offset, 6000)] if northward else [(-6000, offset), (6000, offset)]
            line = LineString([(c.x + x, c.y + y) for x, y in ends])
            pieces = rotate(line, town.angle, origin=c).intersection(field)
            if pieces.length > 250:
                pick += 1
                yield Road(pieces, 34 if pick % 2 else 26, family[pick % len(family)], 3)
            offset += gap * rng.uniform(0.78, 1.22)


def township_limits(keep_out: BaseGeometry) -> Road:
    """Return the streets that townships meet at; the district's own limit is no street."""
    limits = shapely.union_all([town.area.exterior for town in plan.TOWNSHIPS])
    edge = shapely.union_all([town.area for town in plan.TOWNSHIPS]).exterior.buffer(5)
    return Road(shapely.line_merge(limits.difference(keep_out).difference(edge)), 46, "", 2)


def main_roads(rng: np.random.Generator) -> list[Road]:
    """Return expressway, trunks, township limits, rings, and the townships' grids."""
    cores = shapely.union_all([circle(plan.CENTRE, 800), plan.ROUND_ZONES["shore"], plan.ROUND_ZONES["campus"]])
    rounds = shapely.union_all([cores, circle(plan.CENTRE, 1130), plan.LAKES["象湖"].buffer(100), *plan.PARKS.values()])
    roads = [Road(line.difference(cores), width, name, 1) for name, (line, width) in plan.MAIN_ROADS.items()]
    roads.append(township_limits(rounds))
    centre = [(350, 26, "如意湖环路"), (560, 20, "商务内环路"), (800, 36, "商务外环路"), (1130, 36, "中央环路")]
    roads += polar(plan.CENTRE, centre, 20)
    roads += polar(plan.UNIVERSITY, [(1080, 36, "龙子湖内环路"), (1720, 40, "龙子湖外环路")], 14, 0.25)
    roads += polar(plan.UNIVERSITY, [(320, 20, "湖心内街"), (730, 24, "湖心环路")], 8, 0.0)
    roads += polar(plan.ISLAND_CENTRE, [(130, 16, "金融岛内环"), (290, 18, "金融岛中环"), (455, 20, "金融岛外环")], 12)
    roads += lake_rings()
    for town in plan.TOWNSHIPS:
        roads += grid(town, rng, rounds)
    return roads
