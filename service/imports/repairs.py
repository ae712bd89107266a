"""Repairs that are offered for findings on a shape: shown before and after, never applied by themselves.

`offers(wkb, finding, neighbours)` tells what could be done about a finding and what would come of it; `apply(wkb, key,
neighbours)` does it. Both are pure, and both belong in a child process that can be killed (`workshop.offers`,
`workshop.apply`): making a hostile shape valid takes minutes. WKB is EPSG:4490, of a row's `geom_wkb`, or `faulty_wkb`
where the shape has a fault. A repair is offered only if it leads to a valid polygon without the finding it is for.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely

from service.geo import area
from service.geo.rings import Geometries
from service.imports import snapping
from service.imports.findings import Finding
from service.imports.snapping import Move
from service.imports.tolerances import TOLERANCES
from service.imports.topology import oddities

_SHOWN = 2_000  # vertices of a shape that is shown before and after
_PASSES = 1_000  # a shape that needs more is no parcel
Repair = Callable[[shapely.Geometry, Geometries], shapely.Geometry | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to put a finding right.

    `key` is what `apply` takes. `before` and `after` are GeoJSON geometries (EPSG:4490, None: too large to show);
    areas are plane areas in m², before by the boundary as it runs, even where it crosses itself. `points` are the
    places (lon, lat) of the vertices that go, come or move; a moved one is there twice. `moves` tell to which
    neighbours (by position) a snapped shape was fitted, and how far.
    """

    key: str
    code: str
    row: int | None
    label: str
    label_en: str
    area_before_m2: float
    area_after_m2: float
    points: tuple[tuple[float, float], ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    moves: tuple[Move, ...] = ()

    @property
    def area_change_m2(self) -> float:
        """What the parcel would gain, in m²."""
        return self.area_after_m2 - self.area_before_m2


class NotRepairable(ValueError):
    """The repair doesn't lead to a valid polygon."""


def offers(wkb: bytes, finding: Finding, neighbours: Sequence[bytes] = ()) -> list[Offer]:
    """Return the repairs that would put the finding right; none where only a person can.

    `neighbours` are the shapes that a gap or a small overlap is about.
    """
    shape, others = _shape(wkb), _shapes(neighbours)
    made = ((key, _made(shape, key, others)) for key in OFFERED.get(finding.code, ()))
    good = (each for each in made if each[1] is not None and not _still_there(finding.code, each[1], others))
    known = [_offer(key, finding, shape, after, others) for key, after in good]
    return [offer for offer in known if offer.points or offer.key == "close_ring"]


class Applied(NamedTuple):
    """What a repair made: the new shape, a multipolygon, and the neighbours that it was fitted to."""

    wkb: bytes
    moves: tuple[Move, ...]


def apply(wkb: bytes, key: str, neighbours: Sequence[bytes] = ()) -> Applied:
    """Carry out the repair `key`. Raises NotRepairable, KeyError."""
    shape, others = _shape(wkb), _shapes(neighbours)
    after = _made(shape, key, others)
    if after is None:
        raise NotRepairable(key)
    return Applied(shapely.to_wkb(after), _moves(key, shape, after, others))


def _moves(key: str, before: shapely.Geometry, after: shapely.Geometry, neighbours: Geometries) -> tuple[Move, ...]:
    return tuple(snapping.moves(before, after, neighbours)) if key == "snap" else ()


def _shape(wkb: bytes) -> shapely.Geometry:
    return shapely.from_wkb(wkb)


def _shapes(wkb: Sequence[bytes]) -> Geometries:
    shapes: Geometries = shapely.from_wkb(np.array(list(wkb), dtype=object))
    return shapes


def _made(shape: shapely.Geometry, key: str, neighbours: Geometries) -> shapely.MultiPolygon | None:
    """The repaired shape; None unless it is a valid polygon with an area."""
    made = REPAIRS[key].make(shape, neighbours)
    if made is None or made.is_empty or not shapely.is_valid(made):
        return None
    made = made if made.geom_type == "MultiPolygon" else shapely.MultiPolygon([made])
    return made if area.area_plane_m2(made) >= TOLERANCES.zero_m2 else None


def _still_there(code: str, shape: shapely.Geometry, neighbours: Geometries) -> bool:
    if code.startswith(("gap_", "overlap_")):
        return snapping.ill_fitting(shape, neighbours)
    return any(odd.code == code for odd in oddities(np.array([shape], dtype=object)))


def _offer(
    key: str, finding: Finding, before: shapely.Geometry, after: shapely.Geometry, neighbours: Geometries
) -> Offer:
    was, becomes = _vertices(before), _vertices(after)
    shown = max(shapely.get_num_coordinates([before, after])) <= _SHOWN
    return Offer(
        key=key,
        code=finding.code,
        row=finding.row,
        label=REPAIRS[key].zh,
        label_en=REPAIRS[key].en,
        area_before_m2=area.area_plane_m2(before),
        area_after_m2=area.area_plane_m2(after),
        points=tuple(sorted({*(was - becomes), *(becomes - was)})),
        before=shapely.geometry.mapping(before) if shown else None,
        after=shapely.geometry.mapping(after) if shown else None,
        moves=_moves(key, before, after, neighbours),
    )


def _vertices(shape: shapely.Geometry) -> Counter[tuple[float, float]]:
    """The vertices of a shape, the one that closes a ring not counted twice."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return Counter((x, y) for ring in rings for x, y in shapely.get_coordinates(ring)[:-1].tolist())


def _as_closed(shape: shapely.Geometry, _: Geometries) -> shapely.Geometry:
    """The reader closes an open ring by an edge from its last point to its first; choosing it makes it so."""
    return shape


def _without_repeated(shape: shapely.Geometry, _: Geometries) -> shapely.Geometry | None:
    return _without(shape, ("point_repeated",))


def _without_spikes(shape: shapely.Geometry, _: Geometries) -> shapely.Geometry | None:
    return _without(shape, ("spike", "point_repeated"))


def _without(shape: shapely.Geometry, codes: tuple[str, ...]) -> shapely.Geometry | None:
    """Leave out the vertices that are odd, one by one where they follow each other, until none is."""
    for _ in range(_PASSES):
        odd = [each for each in oddities(np.array([shape], dtype=object)) if each.code in codes]
        if not odd:
            return shape
        gone: set[tuple[int, int]] = set()
        for each in odd:
            if (each.ring, each.vertex - 1) not in gone:
                gone.add((each.ring, each.vertex))
        fewer = _rebuilt(shape, gone)
        if fewer is None:
            return None
        shape = fewer
    return None


def _rebuilt(shape: shapely.Geometry, gone: set[tuple[int, int]]) -> shapely.Geometry | None:
    """The shape without some vertices (ring, vertex, from 1); None where a ring is no ring any more."""
    polygons, ring = [], 0
    for part in shapely.get_parts(shape):
        lines = []
        for line in shapely.get_rings(part):
            ring += 1
            xy = shapely.get_coordinates(line)[:-1]
            kept = xy[[(ring, vertex) not in gone for vertex in range(1, len(xy) + 1)]]
            if len(kept) < 3:  # noqa: PLR2004 - a triangle
                return None
            lines.append(shapely.linearrings(kept))
        polygons.append(shapely.Polygon(lines[0], lines[1:]))
    return shapely.MultiPolygon(polygons)


def _without_tiny_holes(shape: shapely.Geometry, _: Geometries) -> shapely.Geometry:
    tiny = {each.ring for each in oddities(np.array([shape], dtype=object)) if each.code == "hole_tiny"}
    polygons, ring = [], 0
    for part in shapely.get_parts(shape):
        lines = shapely.get_rings(part)
        holes = [line for at, line in enumerate(lines[1:], start=ring + 2) if at not in tiny]
        polygons.append(shapely.Polygon(lines[0], holes))
        ring += len(lines)
    return shapely.MultiPolygon(polygons)


def _valid(shape: shapely.Geometry, _: Geometries) -> shapely.Geometry | None:
    """The area that the boundary encloses, as polygons; lines and points that are left over are dropped."""
    parts = shapely.get_parts(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    polygons = [polygon for part in parts for polygon in shapely.get_parts(part) if polygon.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons) if polygons else None


@dataclass(frozen=True, slots=True)
class _Known:
    """A repair and its words."""

    make: Repair
    zh: str
    en: str


REPAIRS = {
    "close_ring": _Known(_as_closed, "以直线闭合界线", "Close the boundary by a straight edge"),
    "drop_repeated": _Known(_without_repeated, "删除重复点", "Leave repeated points out"),
    "remove_spikes": _Known(_without_spikes, "删除尖刺", "Leave spikes out"),
    "fill_holes": _Known(_without_tiny_holes, "填补微小内环", "Fill tiny holes"),
    "snap": _Known(snapping.snapped, "吸附到相邻界线", "Snap to the neighbours' borders"),
    "make_valid": _Known(_valid, "重建为有效图形", "Rebuild as a valid shape"),
}
OFFERED = {
    "ring_open": ("close_ring", "make_valid"),
    "point_repeated": ("drop_repeated",),
    "spike": ("remove_spikes",),
    "hole_tiny": ("fill_holes",),
    "self_crossing": ("remove_spikes", "make_valid"),
    "geometry_invalid": ("make_valid",),
    "gap_in_file": ("snap",),
    "gap_existing": ("snap",),
    "overlap_sliver": ("snap",),
}
"""Which repairs may put which finding right."""
