"""The land between streets, cut into blocks and parcels."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from gis_data.seed import plan
from gis_data.seed.plan import Road, Township
from gis_data.seed.streets import main_roads

GRID = 0.001
"""Coordinates are whole millimetres, as a surveyor delivers them."""
LARGEST_M2, SMALLEST_M2 = 120_000, 3_500


@dataclass(frozen=True, slots=True)
class Block:
    """Land between streets: its township, running number there, kind of round zone if in one, and its parcels."""

    township: Township
    number: int
    zone: str
    lots: list[Polygon]


@dataclass(frozen=True, slots=True)
class Ground:
    """The whole plan: blocks with parcels, streets, and what is left over as green."""

    blocks: list[Block]
    roads: list[Road]
    green: list[Polygon]


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygon parts of any geometry, in a fixed order (south to north, west to east)."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 1]
    return sorted(parts, key=lambda part: (round(part.bounds[1]), round(part.bounds[0])))


def compactness(shape: Polygon) -> float:
    """Return 4πA/P²: 1 for a disc, 0.785 for a square, near 0 for a sliver."""
    return float(4 * np.pi * shape.area / shape.length**2)


def middle_cut(shape: Polygon, rng: np.random.Generator) -> LineString:
    """Return a line across a polygon's longer side, near the middle."""
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    a, b = corners[1] - corners[0], corners[2] - corners[1]
    side = a if np.hypot(*a) >= np.hypot(*b) else b
    at = corners[:4].mean(axis=0) + side * rng.uniform(-0.09, 0.09)
    across = np.array([-side[1], side[0]]) / np.hypot(*side) * 3000
    return LineString([at - across, at + across])


def cut_by_streets(
    shape: Polygon, largest_m2: float, rng: np.random.Generator
) -> tuple[list[Polygon], list[BaseGeometry]]:
    """Cut land into blocks of about `largest_m2` with 20 m streets between; return blocks and centre lines."""
    if shape.area <= largest_m2 * rng.uniform(0.8, 1.3):
        return [shape], []
    cut = middle_cut(shape, rng)
    blocks: list[Polygon] = []
    streets: list[BaseGeometry] = [shape.intersection(cut)]
    for half in polygons(shape.difference(cut.buffer(10, cap_style="flat"))):
        more, lines = cut_by_streets(half, largest_m2, rng)
        blocks, streets = blocks + more, streets + lines
    return blocks, streets


def cut_down(shape: Polygon, largest_m2: float, rng: np.random.Generator) -> list[Polygon]:
    """Halve a block again and again, without gaps, until every piece is at most `largest_m2` (varied)."""
    if shape.area <= min(largest_m2 * rng.uniform(0.6, 1.9), LARGEST_M2):
        return [shape]
    halves = polygons(split(shape, middle_cut(shape, rng)))
    return [piece for half in halves for piece in cut_down(half, largest_m2, rng)]


def corners_cut(block: Polygon) -> BaseGeometry:
    """Return a block with its street corners cut off, as plans draw them, and hair-thin spikes gone."""
    return block.buffer(-7, join_style="mitre").buffer(7, join_style="bevel").simplify(0.6)


def lots(block: Polygon, largest_m2: float, rng: np.random.Generator) -> list[Polygon]:
    """Cut a block into parcels on the millimetre grid that share every vertex with neighbours and leave no gap."""
    pieces = cut_down(block, largest_m2, rng)
    lines = shapely.union_all([piece.exterior for piece in pieces], grid_size=GRID)
    return polygons(shapely.polygonize(shapely.get_parts(lines)))


def free_land(roads: list[Road]) -> list[Polygon]:
    """Return the land between main roads that is neither water, bank nor park, near the town."""
    paved = [road.line.buffer(road.width / 2, cap_style="flat" if road.rank == 4 else "round") for road in roads]
    taken = shapely.union_all([*paved, plan.banks(), *plan.water().values(), *plan.PARKS.values()])
    towns = shapely.union_all([town.area for town in plan.TOWNSHIPS]).buffer(-24)
    return [land for land in polygons(towns.difference(taken)) if plan.URBAN.distance(land.centroid) < 500]


def lay_out(rng: np.random.Generator) -> Ground:
    """Lay out the district: main roads, then side streets and parcels between. One block in 16 stays a village."""
    ground = Ground([], main_roads(rng), [])
    numbers = dict.fromkeys((town.letters for town in plan.TOWNSHIPS), 0)
    for land in free_land(ground.roads):
        if land.area < 4000 or compactness(land) < 0.16:
            ground.green.append(land)
            continue
        town = next(town for town in plan.TOWNSHIPS if town.area.contains(land.representative_point()))
        cells, lines = cut_by_streets(land, town.parcel_ha * 19_000, rng)
        ground.roads.extend(Road(line, 20, "", 4) for line in lines)
        for cell in cells:
            inside = cell.representative_point()
            zone = next((name for name, area in plan.ROUND_ZONES.items() if area.contains(inside)), "")
            if not plan.URBAN.contains(inside) or (not zone and rng.random() < 1 / 16):
                continue
            pieces = [lot for part in polygons(corners_cut(cell)) for lot in lots(part, town.parcel_ha * 10_000, rng)]
            good = [lot for lot in pieces if lot.area > SMALLEST_M2 and compactness(lot) > 0.22]
            ground.green.extend(lot for lot in pieces if lot.area <= SMALLEST_M2 or compactness(lot) <= 0.22)
            if good:
                numbers[town.letters] += 1
                ground.blocks.append(Block(town, numbers[town.letters], zone, good))
    return ground
