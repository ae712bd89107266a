"""Invented control areas (示意数据), one file a layer, laid so that the demo shows every rule; no real lines."""

import tomllib
from pathlib import Path
from typing import Any

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis_data.seed import plan
from gis_data.seed.files import feature, write_features

LAYERS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "control.toml").read_text(encoding="utf-8"))[
    "layers"
]

GRAVE = (6200.0, 5600.0)
"""An invented tomb, metres from the local origin."""


def areas() -> dict[str, dict[str, BaseGeometry]]:
    """Return the areas of each file by name, in local metres."""
    fields = {f"示意农田{n}": shape.buffer(45) for n, shape in enumerate(plan.blobs("fields").values(), 1)}
    grave = Point(GRAVE)
    banks = {name: line.buffer(width / 2 + 55) for name, (line, width) in plan.RIVERS.items()}
    west, south, east, north = plan.URBAN.bounds
    town = plan.URBAN.buffer(80).intersection(shapely.box(west - 500, south - 500, east - 900, north + 500))
    return {
        "control_boundary.geojson": {"示意城镇开发边界": max(shapely.get_parts(town), key=lambda part: part.area)},
        "control_farmland.geojson": fields,
        "control_relic.geojson": {"示意古墓保护范围": plan.circle(grave, 90)},
        "control_relic_zone.geojson": {"示意古墓建设控制地带": plan.circle(grave, 320)},
        "control_buried.geojson": {
            "示意地下文物埋藏区": plan.blob([grave.x + 900, grave.y - 500], 750, [[3, 0.1, 0.4]], 60)
        },
        "control_river.geojson": banks,
        "control_supply.geojson": {"示意近期供应片区": plan.circle(Point(plan.DATA["new_sites"]["near"]), 1500)},
    }


def write(folder: Path) -> None:
    """Write one GeoJSON a layer."""
    for name, shapes in areas().items():
        write_features(folder / name, [feature(shape, name=label) for label, shape in shapes.items()])
