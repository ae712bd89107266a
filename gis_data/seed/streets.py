"""Streets of the invented district and the land between them, cut into blocks and parcels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from gis_data.seed import plan
from gis_data.seed.plan import Road, Township, circle

GRID = 0.001
"""Coordinates are whole millimetres, as a surveyor delivers them."""
LARGEST_M2 = 120_000
"""No parcel is larger than 12 ha."""
NORTH_SOUTH = "众意路 心怡路 通泰路 康平路 明理路 学理路 文苑路 相济路 徐庄路 永平路 熊儿河路 聚源路 黄庄路 万通路 锦绣路 雁鸣路 前程路 平安路 祥盛路 朝阳路".split()
EAST_WEST = "黄河东路 农业东路 商鼎路 福禄路 正光街 永和街 春华街 崇德街 同济街 春藤街 白沙街 瑞禾街 康宁街 明月街 九如东路 龙翔街 宏光街 泽雨街 花信街 七里街".split()


def polar(centre: Point, radii: tuple[float, ...], widths: tuple[float, ...], spokes: int, names: tuple[str, ...], start: float = 0.1) -> list[Road]:
    """Return ring roads round a centre, and spokes from the first ring to the last."""
    rings = [Road(circle(centre, r).exterior, w, n, 2) for r, w, n in zip(radii, widths, names, strict=True)]
    angles = start + np.arange(spokes) * 2 * np.pi / spokes
    ray = [
        LineString([(centre.x + r * np.cos(a), centre.y + r * np.sin(a)) for r in (radii[0], radii[-1])])
        for a in angles
    ]
    return rings + [Road(line, 22, "", 4) for line in ray]


def lake_rings() -> list[Road]:
    """Return the two ring roads of the big lake and the streets that lead to its shore."""
    inner, outer = plan.LONG_LAKE.buffer(135), plan.LONG_LAKE.buffer(620)
    roads = [Road(inner.exterior.simplify(4), 40, "龙湖内环路", 2), Road(outer.exterior.simplify(4), 40, "龙湖外环路", 2)]
    belt = outer.difference(inner)
    for a in 0.2 + np.arange(22) * 2 * np.pi / 22:
        ray = LineString([plan.BIG_LAKE, (plan.BIG_LAKE.x + 4000 * np.cos(a), plan.BIG_LAKE.y + 4000 * np.sin(a))])
        roads.append(Road(ray.intersection(belt), 22, "", 4))
    return roads


def zones() -> dict[str, BaseGeometry]:
    """Return the round neighbourhoods that keep the grid out, by the township's letters."""
    return {"RY": circle(plan.CENTRE, 1130), "LH": plan.LONG_LAKE.buffer(620), "LZ": circle(plan.UNIVERSITY, 1720)}


def grid(town: Township, rng: np.random.Generator, keep_out: BaseGeometry) -> Iterator[Road]:
    """Yield a township's own streets: two families of lines at its angle, unevenly spaced, outside `keep_out`."""
    area = town.area
    field = area.difference(keep_out)
    reach = area.centroid.buffer(6000).bounds
    for family, (gap, names) in enumerate(zip(town.spacing, (NORTH_SOUTH, EAST_WEST), strict=True)):
        offset = -5500 + rng.uniform(0, gap)
        pick = int(rng.integers(len(names)))
        while offset < 5500:
            c = area.centroid
            line = LineString([(c.x + offset, reach[1]), (c.x + offset, reach[3])])
            if family:
                line = LineString([(reach[0], c.y + offset), (reach[2], c.y + offset)])
            pieces = rotate(line, town.angle, origin=c).intersection(field)
            if pieces.length > 250:
                pick += 1
                yield Road(pieces, 34 if pick % 2 else 26, names[pick % len(names)], 3)
            offset += gap * rng.uniform(0.78, 1.22)


def main_roads(rng: np.random.Generator) -> list[Road]:
    """Return every named road: expressway, trunks, township limits, rings, and the townships' grids."""
    roads = [Road(plan.EXPRESSWAY, 60, "绕城高速", 1)]
    keep = zones()
    rounds = shapely.union_all([*keep.values(), plan.ELEPHANT_LAKE.buffer(100), *plan.PARKS.values()])
    inner = shapely.union_all([circle(plan.CENTRE, 800), keep["LH"], circle(plan.UNIVERSITY, 1720)])
    roads += [Road(line.difference(inner), 54, name, 1) for name, line in plan.TRUNKS.items()]
    limits = shapely.union_all([town.area.exterior for town in plan.TOWNSHIPS]).difference(rounds)
    edge = shapely.union_all([town.area for town in plan.TOWNSHIPS]).exterior.buffer(5)
    roads.append(Road(shapely.line_merge(limits.difference(edge)), 46, "", 2))
    roads += polar(plan.CENTRE, (350, 560, 800, 1130), (26, 20, 36, 36), 20, ("如意湖环路", "商务内环路", "商务外环路", "中央环路"))
    roads += polar(plan.UNIVERSITY, (1080, 1720), (36, 40), 14, ("龙子湖内环路", "龙子湖外环路"), 0.25)
    roads += polar(plan.UNIVERSITY, (320, 730), (20, 24), 8, ("湖心内街", "湖心环路"), 0.0)
    roads += polar(Point(3950, 10650), (130, 290, 455), (16, 18, 20), 12, ("金融岛内环", "金融岛中环", "金融岛外环"))
    roads += lake_rings()
    for town in plan.TOWNSHIPS:
        roads += grid(town, rng, rounds)
    return roads


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygon parts of any geometry, in a fixed order (south to north, west to east)."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 1]
    return sorted(parts, key=lambda part: (round(part.bounds[1]), round(part.bounds[0])))


def long_axis(shape: Polygon) -> tuple[np.ndarray, np.ndarray, float]:
    """Return centre, unit vector along the longer side and that side's length of the smallest turned rectangle."""
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    a, b = corners[1] - corners[0], corners[2] - corners[1]
    side = a if np.hypot(*a) >= np.hypot(*b) else b
    length = float(np.hypot(*side))
    return corners[:4].mean(axis=0), side / length, length


def middle_cut(shape: Polygon, rng: np.random.Generator) -> LineString:
    """Return a line across a polygon's longer side, near the middle."""
    middle, along, length = long_axis(shape)
    at = middle + along * length * rng.uniform(-0.09, 0.09)
    across = np.array([-along[1], along[0]]) * 3000
    return LineString([at - across, at + across])


def cut_by_streets(shape: Polygon, largest_m2: float, rng: np.random.Generator, width: float) -> tuple[list[Polygon], list[BaseGeometry]]:
    """Cut land into blocks of at most `largest_m2` (varied) with side streets between; return blocks and centre lines."""
    if shape.area <= largest_m2 * rng.uniform(0.8, 1.3):
        return [shape], []
    cut = middle_cut(shape, rng)
    blocks, streets = [], [shape.intersection(cut)]
    for half in polygons(shape.difference(cut.buffer(width / 2, cap_style="flat"))):
        more, lines = cut_by_streets(half, largest_m2, rng, width)
        blocks, streets = blocks + more, streets + lines
    return blocks, streets


def cut_down(shape: Polygon, largest_m2: float, rng: np.random.Generator) -> list[Polygon]:
    """Halve a block again and again, without gaps, until every piece is at most `largest_m2` (varied)."""
    if shape.area <= min(largest_m2 * rng.uniform(0.6, 1.9), LARGEST_M2):
        return [shape]
    return [piece for half in polygons(split(shape, middle_cut(shape, rng))) for piece in cut_down(half, largest_m2, rng)]


def compactness(shape: Polygon) -> float:
    """Return 4πA/P²: 1 for a disc, 0.785 for a square, near 0 for a sliver."""
    return float(4 * np.pi * shape.area / shape.length**2)


def corners_cut(block: Polygon) -> BaseGeometry:
    """Return a block with its street corners cut off, as plans draw them, and hair-thin spikes gone."""
    shrunk = block.buffer(-7, join_style="mitre")
    return shrunk.buffer(7, join_style="bevel").simplify(0.6)


def lots(block: Polygon, largest_m2: float, rng: np.random.Generator) -> list[Polygon]:
    """Cut a block into parcels that share every vertex with their neighbours and leave no gap, on the millimetre grid."""
    pieces = cut_down(block, largest_m2, rng)
    lines = shapely.union_all([piece.exterior for piece in pieces], grid_size=GRID)
    faces = shapely.polygonize(list(shapely.get_parts(lines))) if isinstance(lines, MultiLineString) else shapely.polygonize([lines])
    return polygons(faces)


@dataclass(frozen=True, slots=True)
class Block:
    """Land between streets: its township, running number there, and its parcels."""

    township: Township
    number: int
    lots: list[Polygon]
    round_zone: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The whole plan: blocks with parcels, streets, and what is left over as green."""

    blocks: list[Block]
    roads: list[Road]
    green: list[Polygon]


def free_land(roads: list[Road]) -> list[Polygon]:
    """Return the land between main roads that is neither water, bank nor park, near the town."""
    paved = shapely.union_all([road.line.buffer(road.width / 2, cap_style="flat" if road.rank > 3 else "round") for road in roads])
    towns = shapely.union_all([town.area for town in plan.TOWNSHIPS]).buffer(-24)
    taken = shapely.union_all([paved, plan.banks(), *plan.water().values(), *plan.PARKS.values()])
    return [land for land in polygons(towns.difference(taken)) if plan.URBAN.distance(land.representative_point()) < 500]


def parcels_of(cell: Polygon, town: Township, rng: np.random.Generator) -> tuple[list[Polygon], list[Polygon]]:
    """Cut one block into parcels; slivers come back apart, as green."""
    pieces = [lot for part in polygons(corners_cut(cell)) for lot in lots(part, town.parcel_ha * 10_000, rng)]
    good = [lot.area > 3500 and compactness(lot) > 0.22 for lot in pieces]
    return [lot for lot, fit in zip(pieces, good, strict=True) if fit], [lot for lot, fit in zip(pieces, good, strict=True) if not fit]


def lay_out(rng: np.random.Generator) -> Ground:
    """Lay out the district: main roads, then side streets and parcels in the land between. One in 16 blocks stays a village."""
    roads = main_roads(rng)
    rounds = [("centre", circle(plan.CENTRE, 810)), ("island", plan.ISLAND), ("shore", plan.LONG_LAKE.buffer(620)), ("campus", circle(plan.UNIVERSITY, 1720))]
    blocks: list[Block] = []
    green: list[Polygon] = []
    numbers = dict.fromkeys((town.letters for town in plan.TOWNSHIPS), 0)
    for land in free_land(roads):
        if land.area < 4000 or compactness(land) < 0.16:
            green.append(land)
            continue
        town = next(town for town in plan.TOWNSHIPS if town.area.contains(land.representative_point()))
        cells, lines = cut_by_streets(land, town.parcel_ha * 19_000, rng, 20)
        roads += [Road(line, 20, "", 4) for line in lines]
        for cell in cells:
            inside = cell.representative_point()
            zone = next((name for name, area in rounds if area.contains(inside)), "")
            if not plan.URBAN.contains(inside) or (not zone and rng.random() < 1 / 16):
                continue
            good, slivers = parcels_of(cell, town, rng)
            green += slivers
            if good:
                numbers[town.letters] += 1
                blocks.append(Block(town, numbers[town.letters], good, zone))
    return Ground(blocks, roads, green)
