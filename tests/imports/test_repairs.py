"""A repair takes its finding away, brings no other error, and changes the area by what its offer said."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.geo.area import area_plane_m2
from service.geo.validity import form_faults
from service.imports import repairs, together, workshop
from service.imports.findings import Finding, finding
from service.imports.repairs import NotRepairable, Offer
from service.imports.snapping import Move
from service.imports.together import Piece
from service.imports.topology import M_PER_DEGREE, oddities

WEST, SOUTH = 113.73, 34.76
FINDINGS = {
    "self_crossing": finding("self_crossing", row=1, ring=1, point="1–2 × 3–4"),
    "geometry_invalid": finding("geometry_invalid", row=1, reason="", reason_en=""),
    "point_repeated": finding("point_repeated", row=1, ring=1, point="2"),
    "spike": finding("spike", row=1, ring=1, point="2"),
    "hole_tiny": finding("hole_tiny", row=1, ring=2, area="0.1"),
    "ring_open": finding("ring_open", row=1),
    "gap_in_file": finding("gap_in_file", row=1, width="0.05", other=2),
}


def degrees(metres: np.ndarray) -> np.ndarray:
    """Metres east and north of a corner of the district, in degrees."""
    scale = M_PER_DEGREE * np.array([np.cos(np.radians(SOUTH)), 1.0])
    return metres / scale + [WEST, SOUTH]


def polygon(metres: list[tuple[float, float]]) -> shapely.Polygon:
    return shapely.Polygon(degrees(np.array(metres, dtype=float)))


def codes(shape: shapely.Geometry) -> set[str]:
    return {odd.code for odd in oddities(np.array([shape], dtype=object))}


def check(
    shape: shapely.Geometry, found: Finding, offer: Offer, neighbours: tuple[bytes, ...] = ()
) -> shapely.Geometry:
    """What every offer must keep; returns the repaired shape."""
    after = shapely.from_wkb(repairs.apply(shape.wkb, offer.key, neighbours).wkb)
    assert after.geom_type == "MultiPolygon"
    assert shapely.is_valid(after)
    assert not form_faults(np.array([after], dtype=object))
    assert found.code not in codes(after)
    assert offer.row == found.row
    assert offer.area_after_m2 == pytest.approx(area_plane_m2(after), abs=1e-9)
    assert offer.area_before_m2 == pytest.approx(area_plane_m2(shape), abs=1e-9)
    assert offer.area_change_m2 == pytest.approx(area_plane_m2(after) - area_plane_m2(shape), abs=1e-9)
    assert shapely.geometry.shape(offer.after).equals(after)
    return after


def about(metres: float) -> Any:  # noqa: ANN401 - equal to a float
    return pytest.approx(metres, rel=0.02)


corners = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=9, unique=True)


@given(corners)
@settings(max_examples=150, deadline=None)
def test_any_boundary_that_crosses_itself_becomes_valid(points: list[tuple[float, float]]) -> None:
    shape = polygon(points)
    assume(not shapely.is_valid(shape))
    for code in ("self_crossing", "geometry_invalid"):
        offers = repairs.offers(shape.wkb, FINDINGS[code])
        assert offers or area_plane_m2(shapely.make_valid(shape, method="structure", keep_collapsed=False)) < 0.01
        for offer in offers:
            check(shape, FINDINGS[code], offer)


def test_a_bow_tie_becomes_its_two_halves() -> None:
    shape = polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    (offer,) = repairs.offers(shape.wkb, FINDINGS["self_crossing"])
    after = check(shape, FINDINGS["self_crossing"], offer)
    assert (offer.key, shapely.get_num_geometries(after)) == ("make_valid", 2)
    assert offer.area_after_m2 == pytest.approx(5000, rel=0.01)
    assert [*offer.points] == [pytest.approx(tuple(degrees(np.array([50, 50]))), abs=1e-9)]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 0.0009)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_repeated_points_go_and_the_others_stay(again: list[tuple[int, float]]) -> None:
    square = [(0.0, 0.0), (100.0, 0.0), (100.0, 80.0), (0.0, 80.0)]
    points = [
        point
        for corner, point in enumerate(square)
        for point in [point, *[(point[0] + by, point[1]) for at, by in again if at == corner]]
    ]
    shape = polygon(points)
    assume("point_repeated" in codes(shape))
    (offer,) = repairs.offers(shape.wkb, FINDINGS["point_repeated"])
    after = check(shape, FINDINGS["point_repeated"], offer)
    given_points = set(map(tuple, shapely.get_coordinates(shape).tolist()))
    assert set(map(tuple, shapely.get_coordinates(after).tolist())) <= given_points
    assert abs(offer.area_change_m2) < 1


@given(st.floats(5, 95), st.floats(0.5, 300), st.floats(0, 0.02), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_spike_goes_and_leaves_the_side_it_stood_on(at: float, length: float, width: float, outward: bool) -> None:  # noqa: FBT001
    tip = (at, 80 + length) if outward else (at, 80 - min(length, 60))
    spike = [(at + width / 2, 80), tip, (at - width / 2, 80)]
    shape = polygon([(0, 0), (100, 0), (100, 80), *spike, (0, 80)])
    assume("spike" in codes(shape))
    (offer, *_) = repairs.offers(shape.wkb, FINDINGS["spike"])
    after = check(shape, FINDINGS["spike"], offer)
    assert area_plane_m2(after) == pytest.approx(
        area_plane_m2(polygon([(0, 0), (100, 0), (100, 80), (0, 80)])), abs=0.01
    )


def test_an_open_ring_is_closed_only_when_that_is_chosen() -> None:
    shape = polygon([(0, 0), (100, 0), (100, 80), (0, 80)])  # as the reader hands it over, with the edge it had to add
    (offer, *_) = repairs.offers(shape.wkb, FINDINGS["ring_open"])
    assert offer.key == "close_ring"
    assert check(shape, FINDINGS["ring_open"], offer).equals(shape)


def test_a_tiny_hole_is_filled_and_a_large_one_stays() -> None:
    tiny = degrees(np.array([(10, 10), (10.5, 10), (10.5, 10.5), (10, 10.5)]))
    large = degrees(np.array([(30, 30), (50, 30), (50, 50), (30, 50)]))
    shape = shapely.Polygon(polygon([(0, 0), (100, 0), (100, 80), (0, 80)]).exterior, [tiny, large])
    (offer,) = repairs.offers(shape.wkb, FINDINGS["hole_tiny"])
    after = check(shape, FINDINGS["hole_tiny"], offer)
    assert [len(part.interiors) for part in after.geoms] == [1]
    assert offer.area_change_m2 == pytest.approx(0.25, rel=0.01)


@given(st.lists(st.floats(0.002, 0.06), min_size=3, max_size=3), st.floats(20, 60), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_gap_closes_on_the_neighbours_own_points(by: list[float], middle: float, corner: bool) -> None:  # noqa: FBT001
    neighbour = polygon([(100, -20), (200, 0), (200, 80), (100, 100), *([(100, middle)] if corner else [])])
    shape = polygon([(0, 0), (100 - by[0], 0), (100 - by[1], 40), (100 - by[2], 80), (0, 80)])
    neighbours = (neighbour.wkb,)
    (offer,) = repairs.offers(shape.wkb, FINDINGS["gap_in_file"], neighbours)
    after = check(shape, FINDINGS["gap_in_file"], offer, neighbours)
    assert 0 < offer.area_change_m2 < 0.06 * 80
    assert shapely.distance(after, neighbour) < 1e-12
    if corner:
        own = set(map(tuple, shapely.get_coordinates(after).tolist()))
        assert tuple(degrees(np.array([100, middle])).tolist()) in own


def test_snapping_tells_which_points_went_how_far_to_which_neighbour() -> None:
    """Two corners move to the neighbour in the east, which has a point on the edge besides; the others are far."""
    east = polygon([(100, 0), (200, 0), (200, 80), (100, 80), (100, 50)])
    north = polygon([(0, 80.3), (100, 80.3), (100, 180), (0, 180)])
    south = polygon([(0, -90), (100, -90), (100, -10), (0, -10)])
    shape = polygon([(0, 0), (99.98, 0), (99.95, 80), (0, 80)])
    around = (south.wkb, east.wkb, north.wkb)
    (offer,) = repairs.offers(shape.wkb, FINDINGS["gap_in_file"], around)
    assert repairs.apply(shape.wkb, "snap", around).moves == offer.moves
    assert offer.moves == (Move(1, 3, about(0.05)),)


def test_rows_that_lie_apart_from_each_other_do_not_change_places() -> None:
    west = polygon([(0, 0), (99.96, 0), (99.96, 80), (0, 80)])
    east = polygon([(100, 0), (200, 0), (200, 80), (100, 80)])
    pieces = (Piece(1, west.wkb, [(2, east.wkb)]), Piece(2, east.wkb, [(1, west.wkb)]))
    first, second = together.offers([(piece, FINDINGS["gap_in_file"]) for piece in pieces])
    assert ([each.key for each in first.offers], second) == (["snap"], ([], True))
    (moved, (moves,)), (kept, (none,)) = together.apply([(piece, ["snap"]) for piece in pieces])
    assert (kept, none) == (shapely.to_wkb(shapely.MultiPolygon([east])), ())
    assert moves == (Move(0, 2, about(0.04)),)
    assert shapely.distance(shapely.from_wkb(moved), east) == 0
    assert not shapely.relate_pattern(shapely.from_wkb(moved), east, "2********")


def test_a_gap_wider_than_the_tolerance_is_left_to_a_person() -> None:
    neighbour = polygon([(100.3, 0), (200, 0), (200, 80), (100.3, 80)])
    shape = polygon([(0, 0), (100, 0), (100, 80), (0, 80)])
    assert repairs.offers(shape.wkb, FINDINGS["gap_in_file"], (neighbour.wkb,)) == []
    assert repairs.offers(shape.wkb, FINDINGS["gap_in_file"]) == []


def test_what_only_a_person_can_put_right_has_no_offer() -> None:
    shape = polygon([(0, 0), (100, 0), (100, 80), (0, 80)])
    assert repairs.offers(shape.wkb, finding("code_missing", row=1)) == []
    with pytest.raises(KeyError):
        repairs.apply(shape.wkb, "no_such_key")
    with pytest.raises(NotRepairable):
        repairs.apply(polygon([(0, 0), (100, 0), (50, 0)]).wkb, "make_valid")


def test_offers_and_their_application_are_worked_out_apart() -> None:
    shape = polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    neat = Piece(1, polygon([(0, 0), (100, 0), (0, 100)]).wkb)
    work = Piece(2, shape.wkb)
    (offers, _), (none, _) = workshop.offers([(work, FINDINGS["self_crossing"]), (neat, FINDINGS["spike"])])
    assert none == []
    here = repairs.offers(shape.wkb, FINDINGS["self_crossing"])
    assert [(o.key, o.row, o.area_after_m2, o.points) for o in offers] == [
        (o.key, o.row, o.area_after_m2, o.points) for o in here
    ]
    (made,) = workshop.apply([(work, [offers[0].key])])
    assert made.wkb == repairs.apply(shape.wkb, offers[0].key).wkb
    flat = Piece(3, polygon([(0, 0), (100, 0), (50, 0)]).wkb)
    with pytest.raises(workshop.RepairFailed):
        workshop.apply([(work, ["make_valid"]), (flat, ["make_valid"])])


def test_several_shapes_are_repaired_at_once_each_by_its_own_neighbours() -> None:
    gaps, by = [], 0.005
    for west in (0.0, 1000.0):
        shape = polygon([(west, 0), (west + 100 - by, 0), (west + 100 - by, 100), (west, 100)])
        beside = polygon([(west + 100, 0), (west + 200, 0), (west + 200, 100), (west + 100, 100)])
        gaps.append((Piece(int(west), shape.wkb, [(None, beside.wkb)]), ["snap"]))
    spiked = polygon([(0, 0), (100, 0), (100, 80), (50.005, 80), (50, 140), (49.995, 80), (49.995, 80), (0, 80)])
    made = workshop.apply([*gaps, (Piece(1, spiked.wkb), ["drop_repeated", "remove_spikes"])])
    for (work, _), repaired in zip(gaps, made, strict=False):
        assert repaired.wkb == repairs.apply(work.wkb, "snap", [wkb for _, wkb in work.around]).wkb
        assert repaired.moves == [(Move(0, 2, about(by)),)]
    one_by_one = repairs.apply(repairs.apply(spiked.wkb, "drop_repeated").wkb, "remove_spikes")
    assert made[2] == (one_by_one.wkb, [(), ()])


def test_a_shape_that_would_take_minutes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "CPU_SECONDS", 3)
    turn = np.arange(4001) * (2 * np.pi * 1999 / 4001)
    star = polygon(list(zip(100 * np.cos(turn), 100 * np.sin(turn), strict=True)))
    assert workshop.offers([(Piece(1, star.wkb), FINDINGS["self_crossing"])]) == [([], False)]
    with pytest.raises(workshop.RepairFailed):
        workshop.apply([(Piece(1, star.wkb), ["make_valid"])])
