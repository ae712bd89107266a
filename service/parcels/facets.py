"""How many parcels a selection holds, and how much land, by every property that a list is filtered by."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field

from service.accounts.access import Actor
from service.codes import queries as codes
from service.parcels import reading, selection
from service.parcels.lifecycle import Hold, Idle, Stage
from service.parcels.selection import Selection

Json = dict[str, Any]


class Count(BaseModel):
    """Parcels and land with one value."""

    n: int
    area_m2: float


class NamedCount(Count):
    """The same, for a value with a name."""

    name: str | None


class FacetsRead(BaseModel):
    """What a selection holds, by property."""

    total: int
    area_m2: float
    stage: dict[Stage, Count]
    hold: dict[Hold, Count]
    idle: dict[Idle, Count]
    jurisdiction: dict[str, NamedCount]
    region: dict[str, NamedCount]
    land_use: dict[str, NamedCount] = Field(description="scheme:code → count")


# One scan: counted by every combination that occurs (some thousands), then summed up by each property here.
_COUNTED = """SELECT s.stage, s.hold, s.idle, p.jurisdiction_id, p.region_id, p.land_use_scheme, p.land_use_code,
    count(*) AS n, sum(p.area_m2)::float8 AS area_m2"""
_NAMED = """SELECT g.stage, g.hold, g.idle, j.code, j.name, r.code, r.name, g.land_use_scheme, g.land_use_code,
    g.n, g.area_m2
FROM g JOIN jurisdiction AS j ON j.id = g.jurisdiction_id LEFT JOIN region AS r ON r.id = g.region_id"""


def facets(connection: reading.Connection, actor: Actor, selected: Selection) -> Json:
    """Return the totals, and n and area_m2 by value of each property; what has no value is left out of its property."""
    chosen = selection.chosen(selected, actor)
    counted = ("WITH g AS (", _COUNTED, chosen.sql, "GROUP BY 1, 2, 3, 4, 5, 6, 7)")
    rows = reading.run(connection, chosen.params, *counted, _NAMED, prepare=False)
    return _summed(rows)


def _summed(rows: Iterable[tuple[Any, ...]]) -> Json:
    found: Json = {"total": 0, "area_m2": 0.0}
    found |= {name: {} for name in ("stage", "hold", "idle", "jurisdiction", "region", "land_use")}
    for stage, hold, idle, jurisdiction, jurisdiction_name, region, region_name, scheme, use, n, area in rows:
        found["total"] += n
        found["area_m2"] += area
        for name, value in (("stage", stage), ("hold", hold), ("idle", idle)):
            _add(found[name], value, n, area)
        _add(found["jurisdiction"], jurisdiction, n, area, name=jurisdiction_name)
        if region is not None:
            _add(found["region"], region, n, area, name=region_name)
        if use is not None:
            _add(found["land_use"], f"{scheme}:{use}", n, area, name=codes.name_of(scheme, use))
    return _rounded(found)


def _add(counts: Json, value: str, n: int, area: float, **names: str | None) -> None:
    entry = counts.setdefault(value, {"n": 0, "area_m2": 0.0, **names})
    entry["n"] += n
    entry["area_m2"] += area


def _rounded(value: Json) -> Json:
    """Cut the noise that adding floats leaves behind the second decimal; order by number, largest first."""
    whole = {key: round(each, 2) if key == "area_m2" else each for key, each in value.items()}
    for key, each in whole.items():
        if isinstance(each, dict):
            ranked = sorted(each.items(), key=lambda item: -item[1]["n"]) if "n" not in each else each.items()
            whole[key] = _rounded(dict(ranked))
    return whole
