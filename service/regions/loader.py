"""Outlines of jurisdictions, counties and townships as a file brings them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import orjson
import shapely

from service.core.errors import FieldError, Invalid
from service.geo.geojson import parse_polygon

Level = Literal["jurisdiction", "county", "township"]
LEVELS: tuple[str, ...] = get_args(Level)


class BadRegionFile(Invalid):
    """A file of outlines that can't be used; `errors` name every fault with its feature."""

    code, title_zh, title_en = "bad-region-file", "区域文件有误", "Bad region file"


@dataclass(frozen=True, slots=True)
class Outline:
    """One area. `parent` is a township's county, `jurisdiction` who administers it; both are codes."""

    level: Level
    code: str
    name: str
    name_en: str
    parent: str | None
    jurisdiction: str | None
    geom: shapely.MultiPolygon


def read_outlines(content: bytes) -> list[Outline]:
    """Read a GeoJSON FeatureCollection in CGCS2000 degrees (EPSG:4490, longitude first).

    Properties: level, code, name, name_en, parent, jurisdiction. Raises BadRegionFile with every fault, and what
    `geo.geojson` raises for a broken shape.
    """
    try:
        features = orjson.loads(content)["features"]
        outlines = [_outline(feature, f"/features/{n}") for n, feature in enumerate(features)]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRegionFile(
            f"不是区域 GeoJSON 文件({error!r})。", f"Not a GeoJSON file of regions ({error!r})."
        ) from error
    faults = _faults(outlines)
    if faults:
        raise BadRegionFile(faults[0].zh, faults[0].en, errors=faults)
    return outlines


def _outline(feature: dict[str, dict[str, str]], pointer: str) -> Outline:
    words = feature["properties"]
    return Outline(
        cast("Level", words["level"]),
        words["code"],
        words["name"],
        words["name_en"],
        words.get("parent"),
        words.get("jurisdiction"),
        parse_polygon(feature["geometry"], pointer=f"{pointer}/geometry"),
    )


def _faults(outlines: Sequence[Outline]) -> list[FieldError]:
    codes = {level: {each.code for each in outlines if each.level == level} for level in LEVELS}
    seen: set[str] = set()
    faults = []
    for n, each in enumerate(outlines):
        at = f"/features/{n}/properties"
        if each.level not in LEVELS:
            faults.append(FieldError(f"{at}/level", "unknown", f"未知级别 {each.level}", f"Unknown level {each.level}"))
        if not (each.code and each.name and each.name_en):
            faults.append(FieldError(at, "missing", "代码和名称不能为空", "Code and names must be filled"))
        if each.code in seen:
            faults.append(FieldError(f"{at}/code", "duplicate", f"代码 {each.code} 重复", f"{each.code} stands twice"))
        seen.add(each.code)
        for key, level in (("parent", "county"), ("jurisdiction", "jurisdiction")):
            value = getattr(each, key)
            if value is not None and value not in codes[level]:
                zh, en = f"{each.code} 所属的 {value} 不在文件中", f"{value} of {each.code} is not in the file"
                faults.append(FieldError(f"{at}/{key}", "unknown", zh, en))
    return faults
