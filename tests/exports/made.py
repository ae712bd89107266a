"""Random parcels as a bureau might keep them, and what a file must say of them."""

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon
from sqlalchemy.dialects.postgresql import Range

from service.geo import crs
from service.parcels import planning
from service.parcels.lifecycle import Hold, Stage, State, is_possible
from service.parcels.planning import Bound, BoundField

ORIGIN = (475_000.0, 3_849_000.0)  # EPSG:4547, metres
USES = [
    ("land_use_2023", "070102"),
    ("land_use_2023", "1401"),
    ("gbt_21010_2017", "0601"),
    ("gb_50137_2011", "R2"),
    (None, None),
]
GIVEN = ["gbt_21010_2017:0601", "gb_50137_2011:U15", "land_use_2023:1001", None]
_SIGNS = "龙湖北路以东镕堃〔〕（）·—、：“”Aa09=+-@'\"_# ,"
_words = st.text(_SIGNS, min_size=1, max_size=40).map(str.strip).filter(bool)
_long = _words.map(lambda word: (word + "龙湖") * 40).map(lambda text: text[:84].strip())  # what a DBF holds in UTF-8
_texts = st.none() | _words | _long
_days = st.dates(dt.date(1990, 1, 1), dt.date(2022, 11, 15))
_states = st.sampled_from([State(s, h) for s in Stage for h in Hold if is_possible(State(s, h))])


@dataclass(frozen=True, slots=True)
class Made:
    """A parcel: its shape in the delivered system, and the columns of its row."""

    shape: MultiPolygon
    attributes: dict[str, Any]


@st.composite
def rings(draw: st.DrawFn, middle: tuple[float, float], *, radius: float, digits: int) -> list[tuple[float, float]]:
    """Return a ring around a point whose inside holds a circle of a fifth of the radius."""
    corners = draw(st.integers(4, 9))
    turns = draw(st.lists(st.floats(-0.3, 0.3), min_size=corners, max_size=corners))
    reach = draw(st.lists(st.floats(0.7, 1.0), min_size=corners, max_size=corners))
    order = draw(st.sampled_from([1, -1]))
    ring = [
        (
            round(middle[0] + radius * far * math.cos((i + turn) * 2 * math.pi / corners), digits),
            round(middle[1] + radius * far * math.sin((i + turn) * 2 * math.pi / corners), digits),
        )
        for i, (turn, far) in enumerate(zip(turns, reach, strict=True))
    ]
    return ring[::order]


@st.composite
def shapes(draw: st.DrawFn, place: int, *, digits: int) -> MultiPolygon:
    """Return a multipolygon of up to three parts, some with a hole, on a cell of its own (EPSG:4547, metres)."""
    parts = []
    for part in range(draw(st.integers(1, 3))):
        middle = (ORIGIN[0] + place * 400 + part * 100, ORIGIN[1] + place % 3 * 100)
        shell = draw(rings(middle, radius=45, digits=digits))
        holes = [draw(rings(middle, radius=8, digits=digits))] if draw(st.booleans()) else []
        parts.append(Polygon(shell, holes))
    return MultiPolygon(parts)


@st.composite
def bounds(draw: st.DrawFn, field: BoundField) -> Range[Decimal] | None:
    """Return a planning bound as it is kept, or none."""
    most = 100 if field.endswith("_pct") else 500
    ends = draw(st.lists(st.none() | st.decimals(0, most, places=2), min_size=2, max_size=2))
    low, high = ends if None in ends else sorted(ends)  # type: ignore[type-var]
    if (low is None and high is None) or draw(st.booleans()):
        return None
    closed = [draw(st.booleans()), draw(st.booleans())]
    if low == high or (low is None and high == 0) or (high is None and low == most):
        closed = [True, True]
    return planning.to_range(field, Bound(low, closed[0], high, closed[1]))


@st.composite
def parcels(draw: st.DrawFn, delivered: int, most: int = 4) -> list[Made]:
    """Return a few parcels as delivered in a system: whole millimetres, or whatever a GIS had computed."""
    digits = draw(st.sampled_from([3, 9]))
    return [draw(_parcel(place, delivered, digits)) for place in range(draw(st.integers(1, most)))]


@st.composite
def _parcel(draw: st.DrawFn, place: int, delivered: int, digits: int) -> Made:
    scheme, use = draw(st.sampled_from(USES))
    state = draw(_states)
    attributes: dict[str, Any] = {
        "code": f"DK-{place}{draw(st.sampled_from(['', '甲', '·2']))}",
        "name": draw(_texts),
        "address": draw(_texts),
        "cadastral_code": draw(st.sampled_from([None, f"410105003012GB{place:05d}"])),
        "lot_number": draw(st.sampled_from([None, "郑政东出〔2022〕5号(网)"])),
        "county_code": draw(st.sampled_from([None, "410105"])),
        "area_legal_m2": draw(st.none() | st.decimals(Decimal("0.01"), 10**9, places=2)),
        "land_use_scheme": scheme,
        "land_use_code": use,
        "land_use_given": draw(st.sampled_from(GIVEN)),
        "stage": str(state.stage),
        "hold": str(state.hold),
        "stage_since": draw(_days),
        "registered_on": draw(st.none() | _days),
        **{field: draw(bounds(field)) for field in planning.FIELDS},
    }
    shape = moved(draw(shapes(place, digits=digits)), delivered, digits)
    return Made(shape, attributes)


def moved(shape: MultiPolygon, delivered: int, digits: int) -> MultiPolygon:
    """Return a shape of EPSG:4547 in another system, rounded as a file would have it."""
    degrees = shapely.transform(shape, lambda x, y: crs.to_cgcs2000(crs.recognise("4547"), x, y), interleaved=False)
    target = crs.recognise(str(delivered))
    there = shapely.transform(degrees, lambda x, y: crs.from_cgcs2000(target, x, y), interleaved=False)
    places = 11 if target.is_geographic else digits
    found: MultiPolygon = shapely.transform(there, lambda xy: xy.round(places))
    return found


def literal(kept: Range[Decimal] | None) -> str | None:
    """Write a range as PostgreSQL reads it."""
    if kept is None:
        return None
    low, high = ("" if value is None else value for value in (kept.lower, kept.upper))
    return f"{kept.bounds[0]}{low},{high}{kept.bounds[1]}"


def farthest(left: shapely.Geometry, right: shapely.Geometry) -> float:
    """Return how far apart two shapes' outlines are, whatever the order of parts and the turn of rings."""
    if shapely.get_num_coordinates(left) != shapely.get_num_coordinates(right):
        return math.inf
    return float(shapely.hausdorff_distance(_multi(left), _multi(right)))


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    return MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape
