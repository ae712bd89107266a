"""Overlaps are found whatever the strips, and only where land is shared."""

import resource

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from service.imports import neighbours, overlaps, workshop
from tests.imports.hostile import comb


def pairs(shapes: list[shapely.Geometry]) -> set[tuple[int, int]]:
    column = pa.chunked_array([pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary())])
    return {
        (each.first, each.second)
        for each in neighbours.within(column, shapely.bounds(np.array(shapes, dtype=object)))
        if isinstance(each, overlaps.Overlap)
    }


boxes = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=40
)


@given(boxes)
@settings(max_examples=60, deadline=None)
def test_strips_find_what_comparing_all_finds(given_boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = [
        shapely.MultiPolygon([shapely.box(113 + x / 100, 34 + y / 100, 113 + (x + w) / 100, 34 + (y + h) / 100)])
        for x, y, w, h in given_boxes
    ]
    expected = {
        (i, j)
        for j in range(len(shapes))
        for i in range(j)
        if shapely.relate_pattern(shapes[i], shapes[j], "T********")
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "STRIP", 4)
        patch.setattr(neighbours, "_QUERY", 3)
        assert pairs(shapes) == expected


def test_an_overlap_is_measured_in_square_metres_apart() -> None:
    left, right = shapely.box(113.73, 34.77, 113.74, 34.78), shapely.box(113.735, 34.77, 113.75, 34.78)
    sizes = workshop.measured([left.wkb], [right.wkb])
    assert sizes is not None
    (size,) = sizes
    assert size.area_m2 == pytest.approx(1_015_497.7 / 2, abs=1)
    assert shapely.box(113.735, 34.77, 113.74, 34.78).contains(shapely.Point(size.place))


def test_shapes_too_large_to_measure_get_a_place_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "_MEASURED_PAIR", 10)
    (size,) = overlaps.measured(np.array([shapely.box(0, 0, 2, 2)]), np.array([shapely.box(1, 1, 3, 3)]))
    assert np.isnan(size.area_m2)
    assert size.place == (1, 1)


def test_measuring_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "CPU_SECONDS", 0.05)
    assert workshop.measured([shapely.box(0, 0, 2, 2).wkb], [shapely.box(1, 1, 3, 3).wkb]) is None


def test_a_heap_of_shapes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_DENSEST", -1_000_000 // 50)
    with pytest.raises(neighbours.TooDense):
        pairs([shapely.box(0, 0, 1, 1)] * 51)


def test_a_row_without_shape_is_no_neighbour() -> None:
    shapes = np.array([None, shapely.box(0, 0, 1, 1)], dtype=object)
    assert list(neighbours.within(pa.chunked_array([shapely.to_wkb(shapes)]), shapely.bounds(shapes))) == []


@given(boxes)
@settings(max_examples=60, deadline=None)
def test_land_is_shared_where_interiors_meet(given_boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in given_boxes], dtype=object)
    left, right = (each.ravel() for each in np.meshgrid(shapes, shapes))
    expected = shapely.relate_pattern(left, right, "T********")
    assert overlaps.share_land(left, right).tolist() == expected.tolist()


def test_two_combs_that_cross_a_million_times_cost_no_more_than_others() -> None:
    combs = [shapely.Polygon(comb(1000, turned=turned)) for turned in (False, True)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert pairs(combs) == {(0, 1)}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 << 10, "KiB"
