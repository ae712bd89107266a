"""What the measuring finds is what plain geometry finds, whatever the layers look like."""

from threading import Thread

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from service.constraints.apart import Overlayer, TooComplex
from service.constraints.cutting import VERTICES, cut
from service.constraints.measuring import SLIVER_M2, measure
from service.geo.area import areas_m2
from tests.constraints.conftest import at

NONE = np.array([], dtype=np.int64)
coordinate = st.integers(0, 400)


@st.composite
def shape(draw: st.DrawFn) -> shapely.Geometry:
    """A box, a disc of many vertices, a ring, or two boxes: metres from the test corner."""
    west, south = draw(coordinate), draw(coordinate)
    size = draw(st.integers(5, 300))
    box = at(west, south, west + size, south + size)
    kind = draw(st.sampled_from(["box", "disc", "ring", "two"]))
    if kind == "disc":
        return box.centroid.buffer(size / 2 / 91_440, quad_segs=100)
    if kind == "ring":
        return box.difference(box.centroid.buffer(size / 5 / 91_440, quad_segs=60))
    if kind == "two":
        return shapely.union_all([box, at(west + 2 * size, south, west + 3 * size, south + size)])
    return box


def brute_force(
    parcels: list[shapely.Geometry], layers: list[list[shapely.Geometry]], outside: set[int]
) -> dict[tuple[int, int], tuple[bool, float]]:
    """Overlay whole shapes pair by pair, without index, pieces or batches."""
    found = {}
    for p, parcel in enumerate(parcels):
        for k, shapes in enumerate(layers):
            land = parcel.intersection(shapely.union_all(shapes))
            inside = True
            if k in outside:
                beyond = parcel.difference(shapely.union_all(shapes))
                if areas_m2(np.array([beyond])).plane[0] >= SLIVER_M2:
                    land, inside = beyond, False
            flat = shapely.MultiPolygon([g for g in shapely.get_parts(land) if g.geom_type == "Polygon"])
            area = float(areas_m2(np.array([flat])).plane[0])
            if area >= SLIVER_M2:
                found[p, k] = (inside, area)
    return found


@settings(max_examples=40, deadline=None)
@given(
    parcels=st.lists(shape(), min_size=1, max_size=5),
    layers=st.lists(st.lists(shape(), min_size=1, max_size=4), min_size=1, max_size=3),
    outside=st.sets(st.integers(0, 2)),
)
def test_it_equals_brute_force(
    parcels: list[shapely.Geometry], layers: list[list[shapely.Geometry]], outside: set[int]
) -> None:
    outside = {each for each in outside if each < len(layers)}
    features = [(k, each) for k, shapes in enumerate(layers) for each in shapes]
    pieces, owner = cut(np.array([each for _, each in features], dtype=object), 32)
    layer = np.array([features[i][0] for i in owner], dtype=np.int64)
    found = measure(np.array(parcels, dtype=object), pieces, layer, owner, np.array(sorted(outside), dtype=np.int64))
    rows = zip(found.parcel.tolist(), found.layer.tolist(), found.inside.tolist(), found.area_m2.tolist(), strict=True)
    measured = {(p, k): (inside, area) for p, k, inside, area in rows}
    expected = brute_force(parcels, layers, outside)
    on_the_edge = {key for key, (_, area) in {**expected, **measured}.items() if area < SLIVER_M2 + 0.01}
    assert measured.keys() - on_the_edge == expected.keys() - on_the_edge
    for key in expected.keys() - on_the_edge:
        assert measured[key][0] == expected[key][0]
        assert measured[key][1] == pytest.approx(expected[key][1], rel=1e-5, abs=0.01)


def test_a_parcel_that_lies_inside_altogether_has_a_share_of_one() -> None:
    found = measure(
        np.array([at(10, 10, 110, 110)]), np.array([at(0, 0, 200, 200)]), np.array([0]), np.array([7]), NONE
    )
    assert found.share.tolist() == [1.0]
    assert found.feature.tolist() == [7]


def test_neighbours_that_only_touch_share_nothing() -> None:
    found = measure(
        np.array([at(0, 0, 100, 100)]), np.array([at(100, 0, 200, 100)]), np.array([0]), np.array([0]), NONE
    )
    assert len(found.parcel) == 0


def test_land_under_two_areas_of_one_layer_counts_once() -> None:
    pieces = np.array([at(0, 0, 60, 100), at(40, 0, 100, 100)])
    found = measure(np.array([at(0, 0, 100, 100)]), pieces, np.array([0, 0]), np.array([1, 2]), NONE)
    assert found.share.tolist() == pytest.approx([1.0])
    assert found.feature.tolist() == [1, 2]


def test_without_the_layer_to_lie_in_all_land_lies_outside() -> None:
    found = measure(np.array([at(0, 0, 100, 100)]), np.array([], dtype=object), NONE, NONE, np.array([0]))
    assert (found.inside.tolist(), found.share.tolist()) == ([False], [1.0])


@settings(max_examples=25, deadline=None)
@given(shape(), st.integers(8, 64))
def test_pieces_are_small_and_make_up_the_shape(whole: shapely.Geometry, limit: int) -> None:
    pieces, owner = cut(np.array([whole], dtype=object), limit)
    assert set(owner.tolist()) == {0}
    assert shapely.get_num_coordinates(pieces).max() <= limit
    assert shapely.is_valid(pieces).all()
    assert shapely.area(pieces).sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.union_all(pieces).symmetric_difference(whole).area < whole.area * 1e-9


def comb(teeth: int, *, lying: bool) -> shapely.Polygon:
    """A comb whose teeth cross those of its counterpart: n² crossings from n points."""
    points = [(113.73, 34.77)]
    for i in range(teeth):
        x = 113.73 + i / teeth / 100
        points += [(x, 34.771), (x + 0.3 / teeth / 100, 34.78), (x + 0.6 / teeth / 100, 34.771)]
    points += [(113.74, 34.771), (113.74, 34.77)]
    made = shapely.Polygon(points)
    return (
        shapely.transform(made, lambda xy: np.column_stack([113.73 + xy[:, 1] - 34.77, 34.77 + xy[:, 0] - 113.73]))
        if lying
        else made
    )


def test_a_child_that_takes_too_long_is_killed_and_the_next_answer_is_right() -> None:
    overlayer = Overlayer()
    one, two = comb(4_000, lying=False), comb(4_000, lying=True)
    with pytest.raises(TooComplex):
        overlayer.measure([one.wkb], [two.wkb], np.array([0]), np.array([0]), NONE, seconds=1)
    found, shapes = overlayer.measure(
        [at(0, 0, 10, 10).wkb], [at(5, 0, 20, 10).wkb], np.array([0]), np.array([3]), NONE, seconds=20
    )
    assert (found.share.tolist(), found.feature.tolist()) == (pytest.approx([0.5], rel=1e-3), [3])
    assert shapely.from_wkb(shapes[0]).geom_type == "MultiPolygon"
    overlayer.close()


def test_a_child_outlives_the_thread_that_asked_first() -> None:
    """What dies with its parent dies with the thread that started it, and a request's thread doesn't stay."""
    overlayer = Overlayer()
    first = Thread(target=overlayer.cut, args=([at(0, 0, 9, 9).wkb],), kwargs={"seconds": 20})
    first.start()
    first.join()
    child = overlayer._child
    assert overlayer.cut([at(0, 0, 9, 9).wkb], seconds=20)[1].tolist() == [0]
    assert overlayer._child is child
    overlayer.close()


def test_cutting_keeps_to_its_limit_by_default(overlayer: Overlayer) -> None:
    pieces, owner = overlayer.cut(
        [at(0, 0, 9, 9).wkb, at(0, 0, 900, 900).centroid.buffer(0.01, quad_segs=500).wkb], seconds=20
    )
    assert owner.tolist() == sorted(owner.tolist())
    assert max(shapely.get_num_coordinates(shapely.from_wkb(pieces))) <= VERTICES
