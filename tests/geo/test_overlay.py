"""Plots divided and united fit together, whatever they look like; and what is too tangled ends."""

import time
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.geo import overlay_apart
from service.geo.area import area_plane_m2, areas_m2
from service.geo.overlay import divide_by_line, divide_by_parts, unite

LON, LAT = 113.7, 34.7
SIZE = 0.002  # degrees, 200 m


@st.composite
def plots(draw: st.DrawFn) -> shapely.MultiPolygon:
    """A plot of 3 to 40 corners around a point, now and then with a courtyard."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = draw(st.integers(3, 40))
    turn = np.sort(random.uniform(0, 2 * np.pi, corners))
    reach = random.uniform(0.3, 1, corners) * SIZE
    shell = shapely.Polygon(np.c_[LON + reach * np.cos(turn), LAT + reach * np.sin(turn)])
    hole = shapely.Point(LON, LAT).buffer(SIZE / 20, quad_segs=2)
    if draw(st.booleans()) and shell.contains(hole.buffer(SIZE / 100)):
        shell = shapely.Polygon(shell.exterior, [hole.exterior])
    assume(shell.is_valid and shell.area > 1e-8)
    return shapely.MultiPolygon([shell])


@st.composite
def lines(draw: st.DrawFn) -> shapely.LineString:
    """A line right across, with a bend near the middle."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    turn = random.uniform(0, np.pi)
    along = np.array([np.cos(turn), np.sin(turn)]) * 2 * SIZE
    middle = np.array([LON, LAT]) + random.uniform(-0.3, 0.3, 2) * SIZE
    return shapely.LineString([middle - along, middle + random.uniform(-0.1, 0.1, 2) * SIZE, middle + along])


def divided(plot: shapely.MultiPolygon, line: shapely.LineString) -> list[shapely.MultiPolygon]:
    pieces = divide_by_line(plot, line).pieces
    assume(len(pieces) > 1)
    return pieces


def plane(shapes: list[shapely.MultiPolygon]) -> float:
    return float(areas_m2(np.array(shapes, dtype=object)).plane.sum())


def corners(*shapes: shapely.Geometry) -> set[tuple[float, ...]]:
    return {tuple(xy) for shape in shapes for xy in shapely.get_coordinates(shape).tolist()}


def fits(pieces: list[shapely.MultiPolygon], plot: shapely.MultiPolygon) -> None:
    """The pieces share every point of their borders, and make up the plot whose corners they keep."""
    assert all(piece.is_valid for piece in pieces)
    assert shapely.coverage_is_valid(np.array(pieces))
    assert shapely.union_all(pieces).symmetric_difference(plot).area < 1e-15, "a hundredth of a square centimetre"
    assert corners(plot) <= corners(*pieces)
    # A corner put on a border of 400 m that runs straight in degrees: the plane sees it 2 mm beside the line.
    assert plane(pieces) == pytest.approx(area_plane_m2(plot), abs=1)


@given(plots(), lines())
@settings(max_examples=150, deadline=None)
def test_pieces_along_a_line_fit(plot: shapely.MultiPolygon, line: shapely.LineString) -> None:
    fits(divided(plot, line), plot)


@given(plots(), lines(), lines())
@settings(max_examples=100, deadline=None)
def test_parts_off_by_a_centimetre_are_made_to_fit(
    plot: shapely.MultiPolygon, line: shapely.LineString, other: shapely.LineString
) -> None:
    """As they come back from a file or a client: rounded to 1 cm, the border of one without the other's corners."""
    pieces = [quarter for half in divided(plot, line) for quarter in divide_by_line(half, other).pieces]
    assume(all(area_plane_m2(piece) > 20 for piece in pieces))
    rounded = [shapely.transform(piece, lambda xy: xy.round(7)) for piece in pieces]
    assume(all(shape.is_valid and shape.geom_type == "MultiPolygon" for shape in rounded))
    found = divide_by_parts(plot, rounded)
    fits(found.pieces, plot)
    assert max(found[1:]) < 0.05 * len(pieces) * plot.length / SIZE


@given(plots(), lines())
@settings(max_examples=100, deadline=None)
def test_what_was_divided_and_is_united_is_what_it_was(plot: shapely.MultiPolygon, line: shapely.LineString) -> None:
    whole = unite(divided(plot, line))
    assert whole.touching
    assert whole.shape.symmetric_difference(plot).area < 1e-15
    assert (whole.overlap_m2, len(whole.shape.geoms)) == (0, 1)


SQUARE = shapely.MultiPolygon([shapely.box(LON, LAT, LON + SIZE, LAT + SIZE)])


def test_a_line_that_stops_a_centimetre_short_cuts_and_one_that_hangs_does_not() -> None:
    x = LON + SIZE / 3
    short = shapely.LineString([(x, LAT + 1e-7), (x, LAT + SIZE - 1e-7)])
    assert len(divide_by_line(SQUARE, short).pieces) == 2
    hanging = shapely.LineString([(x, LAT - SIZE), (x, LAT + SIZE / 2)])
    assert len(divide_by_line(SQUARE, hanging).pieces) == 1
    assert len(divide_by_line(SQUARE, shapely.LineString([(0, 0), (1, 1)])).pieces) == 1


def test_a_line_near_a_corner_goes_through_it() -> None:
    near = shapely.LineString([(LON - SIZE, LAT - SIZE + 1e-7), (LON + 2 * SIZE, LAT + 2 * SIZE + 1e-7)])
    pieces = divide_by_line(SQUARE, near).pieces
    assert corners(*pieces) == corners(SQUARE)


def test_pieces_come_from_west_to_east_north_first() -> None:
    cross = shapely.LineString(
        [
            (LON + SIZE / 2, LAT - 1),
            (LON + SIZE / 2, LAT + 1),
            (LON + 1, LAT + 1),
            (LON + 1, LAT + SIZE / 2),
            (LON - 1, LAT + SIZE / 2),
        ]
    )
    centres = [piece.centroid for piece in divide_by_line(SQUARE, cross).pieces]
    assert [(c.x > LON + SIZE / 2, c.y > LAT + SIZE / 2) for c in centres] == [
        (False, True), (False, False), (True, True), (True, False),
    ]  # fmt: skip


def strip(west: float, east: float) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(LON + west * SIZE, LAT, LON + east * SIZE, LAT + SIZE)])


@pytest.mark.parametrize(
    ("parts", "figure"),
    [
        ([strip(0, 0.4), strip(0.5, 1)], "gap_m2"),
        ([strip(0, 0.6), strip(0.5, 1)], "overlap_m2"),
        ([strip(-0.1, 0.5), strip(0.5, 1)], "outside_m2"),
    ],
)
def test_what_does_not_cover_the_plot_is_told_in_square_metres(parts: list[Any], figure: str) -> None:
    found = divide_by_parts(SQUARE, parts)
    figures: dict[str, float] = found._asdict()
    tenth = area_plane_m2(strip(0.4, 0.5))
    assert figures.pop(figure) == pytest.approx(tenth, rel=1e-3)
    assert [value for name, value in figures.items() if name != "pieces"] == [0, 0]


def test_plots_that_touch_in_a_point_or_not_at_all_do_not_hang_together() -> None:
    corner = shapely.MultiPolygon([shapely.box(LON + SIZE, LAT + SIZE, LON + 2 * SIZE, LAT + 2 * SIZE)])
    bridge = shapely.MultiPolygon([shapely.box(LON + SIZE, LAT, LON + 2 * SIZE, LAT + SIZE)])
    assert not unite([SQUARE, corner]).touching
    assert not unite([SQUARE, strip(2, 3)]).touching
    assert unite([SQUARE, corner, bridge]).touching


def test_a_sliver_between_plots_is_closed_and_told() -> None:
    ragged = shapely.transform(strip(1, 2), lambda xy: np.where(xy == LON + SIZE, xy + 1e-7, xy))
    assert len(unite([SQUARE, ragged]).shape.geoms) == 1
    west = shapely.box(LON, LAT, LON + SIZE, LAT + SIZE)
    dent = shapely.Polygon(
        [(LON + SIZE, LAT + SIZE / 4), (LON + SIZE + 1e-6, LAT + SIZE / 2), (LON + SIZE, LAT + 0.75 * SIZE)]
    )
    dented = shapely.MultiPolygon([shapely.box(LON + SIZE, LAT, LON + 2 * SIZE, LAT + SIZE).difference(dent)])
    closed = unite([shapely.MultiPolygon([west]), dented])
    assert closed.touching
    assert closed.sliver_m2 == 0, "5 m² are no sliver"
    assert len(closed.shape.geoms[0].interiors) == 1
    small = shapely.affinity.scale(dent, 1, 0.1, origin=(LON + SIZE, LAT + SIZE / 2))
    dented = shapely.MultiPolygon([shapely.box(LON + SIZE, LAT, LON + 2 * SIZE, LAT + SIZE).difference(small)])
    closed = unite([shapely.MultiPolygon([west]), dented])
    assert closed.sliver_m2 == pytest.approx(area_plane_m2(small), rel=1e-3)
    assert len(closed.shape.geoms[0].interiors) == 0


def test_in_a_child_the_answer_is_the_same() -> None:
    line = shapely.LineString([(LON + SIZE / 3, LAT - 1), (LON + SIZE / 3, LAT + 1)])
    apart, here = overlay_apart.divide_by_line(SQUARE, line), divide_by_line(SQUARE, line)
    assert apart == here
    again = overlay_apart.divide_by_parts(SQUARE, here.pieces)
    assert again[1:] == (0, 0, 0)
    assert all(one.equals(other) for one, other in zip(again.pieces, here.pieces, strict=True))
    assert overlay_apart.unite(here.pieces) == unite(here.pieces)


def comb(teeth: int, *, upright: bool) -> shapely.MultiPolygon:
    """Valid, small, and ruinous to overlay with its like: crossings grow with the square of the teeth."""
    at = np.arange(teeth) / teeth
    high = np.full(teeth, 0.95)
    tooth = np.stack(
        [np.c_[at, 0 * at], np.c_[at, high], np.c_[at + 0.5 / teeth, high], np.c_[at + 0.5 / teeth, 0 * at]]
    )
    xy = np.concatenate([tooth.transpose(1, 0, 2).reshape(-1, 2), [[1, -0.05], [0, -0.05]]]) * SIZE
    return shapely.MultiPolygon([shapely.Polygon((xy if upright else xy[:, ::-1]) + [LON, LAT])])


def test_combs_cost_ten_seconds_of_a_child_and_no_more() -> None:
    began = time.perf_counter()
    with pytest.raises(overlay_apart.TooComplex):
        overlay_apart.divide_by_parts(SQUARE, [comb(600, upright=True), comb(600, upright=False)])
    assert time.perf_counter() - began < 3 * overlay_apart.CPU_SECONDS


def test_more_points_than_a_hand_draws_are_refused_at_once() -> None:
    with pytest.raises(overlay_apart.TooComplex, match="points"):
        overlay_apart.unite([SQUARE.buffer(SIZE, quad_segs=3000)])
