"""Counts by township and state put together into what the dashboard shows. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from service.overview.asked import Asked
from service.overview.schemas import HoldCounted, IdleCounted, ParcelCounts, PlaceCounted, StageCounted
from service.parcels.lifecycle import Hold, Idle, Stage
from service.parcels.tallies import Tally

PARCELS = "/api/v1/parcels"


def parcel_counts(found: Sequence[Tally], asked: Asked) -> ParcelCounts:
    """Return the counts by stage, township, jurisdiction, hold and idleness, each with the address of its rows."""
    whole = _sum(found)
    return ParcelCounts(
        **whole,
        rows=asked.rows(PARCELS),
        stages=_stages(found, asked),
        regions=_places(found, asked, "region"),
        jurisdictions=_places(found, asked, "jurisdiction"),
        holds=[
            HoldCounted(hold=Hold(key), **_sum(some), rows=asked.rows(PARCELS, hold=key))
            for key, some in _by(found, lambda each: each.hold, tuple(Hold))
        ],
        idle=[
            IdleCounted(idle=Idle(key), **_sum(some), rows=asked.rows(PARCELS, idle=key))
            for key, some in _by(found, lambda each: each.idle, tuple(Idle))
        ],
    )


def _stages(found: Iterable[Tally], asked: Asked, **place: str | None) -> list[StageCounted]:
    listed = None not in place.values()
    return [
        StageCounted(stage=Stage(key), **_sum(some), rows=asked.rows(PARCELS, stage=key, **place) if listed else None)
        for key, some in _by(found, lambda each: each.stage, tuple(Stage))
    ]


def _places(found: Sequence[Tally], asked: Asked, name: str) -> list[PlaceCounted]:
    codes = sorted({getattr(each, name) for each in found}, key=lambda code: (code is None, code))
    return [
        PlaceCounted(
            code=code,
            **_sum(some),
            rows=None if code is None else asked.rows(PARCELS, **{name: code}),
            stages=_stages(some, asked, **{name: code}),
        )
        for code, some in _by(found, lambda each: getattr(each, name), codes)
    ]


def _by(found: Iterable[Tally], key: Callable[[Tally], Any], order: Iterable[Any]) -> list[tuple[Any, list[Tally]]]:
    groups: dict[Any, list[Tally]] = {}
    for each in found:
        groups.setdefault(key(each), []).append(each)
    return [(name, groups[name]) for name in order if name in groups]


def _sum(found: Iterable[Tally]) -> dict[str, Any]:
    some = list(found)
    return {"n": sum(each.n for each in some), "area_m2": round(sum(each.area_m2 for each in some), 2)}
