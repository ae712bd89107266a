"""Parcels of the invented district with what a bureau knows about them: use, address, planning, name."""

import csv
import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree

from gis_data.seed import plan
from gis_data.seed.blocks import Block, Ground
from gis_data.seed.plan import DATA, Road, Township

ZONE_KINDS = {"centre": "business", "island": "business", "campus": "campus"}
MARKET_CLASSES = {"residential", "commercial", "industrial"}


@dataclass(slots=True)
class Site:
    """One parcel: shape in local metres, use (用地用海 2023 code), how far developed its surroundings are (0 … 1)."""

    code: str
    shape: Polygon
    town: Township
    block: int
    use: str
    ripeness: float
    address: str
    planning: list[str]
    stage: str = "completed"
    name: str = ""
    project: dict[str, Any] | None = None
    events: list[tuple[str, dt.date, str]] = field(default_factory=list)

    @property
    def is_market(self) -> bool:
        """Whether the use must be supplied by tender, auction or listing (民法典 347)."""
        return use_classes()[self.use][1] in MARKET_CLASSES


@cache
def use_classes() -> dict[str, tuple[str, str]]:
    """Return name and plan class of every land-use code, from the project's code list."""
    path = Path(__file__).parents[1] / "codes" / "land_use_2023.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name"], row["plan_class"]) for row in csv.DictReader(file)}


def of_use(use: str) -> dict[str, Any]:
    """Return the planning and naming customs of a use: those of the longest prefix that has any."""
    found: dict[str, Any] = next(DATA["uses"][use[:n]] for n in (6, 4, 2) if use[:n] in DATA["uses"])
    return found


class Addresses:
    """Finds 坐落 words such as 心怡路东、商鼎路南 by the nearest named streets."""

    def __init__(self, roads: list[Road]) -> None:
        streets = DATA["streets"]
        upright = {*streets["north_south"], "中州大道", "东三环", "绕城高速"}
        named = [road for road in roads if road.name]
        self.families = [[r for r in named if r.name in upright], [r for r in named if r.name not in upright]]
        self.trees = [STRtree([road.line for road in family]) for family in self.families]

    def of(self, shape: Polygon) -> str:
        """Return the address of a parcel."""
        at, words = shape.centroid, []
        sides = (("东", "西"), ("北", "南"))
        for (plus, minus), axis, family, tree in zip(sides, "xy", self.families, self.trees, strict=True):
            road = family[int(tree.nearest(at))]
            foot = shapely.shortest_line(road.line, at).coords[0]
            offset = at.x - foot[0] if axis == "x" else at.y - foot[1]
            words.append(f"{road.name}{plus if offset > 0 else minus}")
        return "、".join(words)


def kind_of(block: Block, rng: np.random.Generator) -> str:
    """Choose what a block is for: by its round zone, else by its township's shares."""
    if block.zone in ZONE_KINDS and rng.random() < 0.85:
        return ZONE_KINDS[block.zone]
    shares = block.township.uses
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def ripeness(at: Point, town: Township, zone: str) -> float:
    """Return how early a place was opened up: old townships, near the centre and round zones first."""
    age = (2022 - town.year) / 18
    return age * 0.7 - float(at.distance(plan.CENTRE)) / 16_000 + (0.35 if zone in {"centre", "campus"} else 0)


def sites(ground: Ground, rng: np.random.Generator) -> list[Site]:
    """Return every parcel with code, use, address and planning; codes run township-block-number."""
    addresses, found = Addresses(ground.roads), []
    for block in ground.blocks:
        kind = DATA["kinds"][kind_of(block, rng)]
        around = rng.normal(0, 0.17)
        for number, lot in enumerate(block.lots, 1):
            side = rng.random() < (0.5 if lot.area < 12_000 else 0.18)
            use = str(rng.choice(kind["side" if side else "main"]))
            customs = of_use(use)["planning"]
            code = f"ZD{block.township.letters}-{block.number:03d}-{number:02d}"
            ripe = ripeness(lot.centroid, block.township, block.zone) + around + rng.normal(0, 0.07)
            planning = customs[int(rng.integers(len(customs)))]
            found.append(Site(code, lot, block.township, block.number, use, ripe, addresses.of(lot), planning))
    return found


def place_projects(found: list[Site]) -> None:
    """Give each named project the parcel nearest to its point that is big enough (2–11 ha)."""
    for project in DATA["projects"]:
        near = Point(project["near"])
        fitting = [site for site in found if site.project is None and 20_000 < site.shape.area < 110_000]
        site = min(fitting, key=lambda site: site.shape.distance(near))
        site.project, site.use = project, project["use"]
        site.planning = of_use(site.use)["planning"][0]


def name_all(found: list[Site], rng: np.random.Generator) -> None:
    """Name parcels: built ones like projects, the others by their place; 一期, 二期 … where a name comes again."""
    used: dict[str, int] = {}
    for site in found:
        area = site.town.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
        if site.project:
            site.name = site.project["name"]
        elif site.stage in {"contracted", "paid", "delivered", "started", "completed"}:
            pattern = str(rng.choice(of_use(site.use)["names"]))
            name = pattern.format(a=rng.choice(DATA["names"]["first"]))
            used[name] = used.get(name, 0) + 1
            site.name = name if used[name] == 1 else f"{name}{'一二三四五六七八九十'[min(used[name], 10) - 1]}期"
        else:
            site.name = f"{area}{site.block:03d}街坊{site.code[-2:]}号地块"
