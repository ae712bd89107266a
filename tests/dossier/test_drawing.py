"""From the plane to paper: exact scale, grid, labels that keep clear of each other."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from service.dossier import drawing
from service.dossier.drawing import Taken, View
from service.dossier.sheet import SCALES

PLACE = st.tuples(st.floats(-500, 500), st.floats(-500, 500))


@given(PLACE, PLACE, st.sampled_from(SCALES))
def test_every_length_is_to_scale_and_north_is_up(
    one: tuple[float, float], other: tuple[float, float], scale: int
) -> None:
    view = View(475_283.4, 3_849_110.3, 180, 160, scale)
    plane = np.array([one, other]) + np.array([view.easting, view.northing])
    (x0, y0), (x1, y1) = view.on_paper(plane)
    dx, dy = plane[1] - plane[0]
    assert (x1 - x0) * scale / 1000 == pytest.approx(dx, abs=1e-5)
    assert (y0 - y1) * scale / 1000 == pytest.approx(dy, abs=1e-5)


@given(st.floats(300_000, 700_000), st.floats(2_000_000, 5_900_000), st.sampled_from(SCALES))
def test_grid_lines_stand_where_their_coordinate_lies(east: float, north: float, scale: int) -> None:
    view = View(east, north, 180, 160, scale)
    lines = drawing.grid(view)
    assert lines.eastings
    assert lines.northings
    for line in lines.eastings:
        assert view.on_paper(np.array([[line.metres, north]]))[0, 0] == pytest.approx(line.at, abs=1e-3)
        assert 0 <= line.at <= 180
    for line in lines.northings:
        assert view.on_paper(np.array([[east, line.metres]]))[0, 1] == pytest.approx(line.at, abs=1e-3)
        assert 0 <= line.at <= 160


def test_numbers_stand_outside_the_parcel_also_in_its_holes() -> None:
    parcel = shapely.Polygon(
        [(40, 40), (140, 40), (140, 120), (40, 120)], [[(70, 60), (70, 100), (110, 100), (110, 60)]]
    )
    shell = np.array([(40, 40), (140, 40), (140, 120), (40, 120)], dtype=float)  # clockwise with y down
    hole = np.array([(70, 60), (70, 100), (110, 100), (110, 60)], dtype=float)
    rings = [(shell, ["J1", "J2", "J3", "J4"]), (hole, ["J5", "J6", "J7", "J8"])]
    labels = drawing.point_labels(rings, Taken(180, 160))
    assert [label.text for label in labels] == [f"J{n}" for n in range(1, 9)]
    assert not any(parcel.contains(shapely.Point(label.x, label.y)) for label in labels)


def test_lengths_stand_inside_and_are_read_from_below() -> None:
    square = np.array([(40, 40), (140, 40), (140, 120), (40, 120)], dtype=float)
    labels = drawing.edge_labels([(square, ["100.00", "80.00", "100.00", "80.00"])], Taken(180, 160))
    assert len(labels) == 4
    assert all(40 < label.x < 140 and 40 < label.y < 120 for label in labels)
    assert [label.turn for label in labels] == [0, -90, 0, -90]


def test_crowded_labels_are_left_out_rather_than_set_on_each_other() -> None:
    angles = np.linspace(0, -2 * np.pi, 400, endpoint=False)
    ring = np.column_stack([90 + 30 * np.cos(-angles), 80 + 30 * np.sin(-angles)])
    labels = drawing.point_labels([(ring, [f"J{n}" for n in range(1, 401)])], Taken(180, 160))
    assert 20 < len(labels) < 200
    xy = np.array([(label.x, label.y) for label in labels])
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    assert apart[~np.eye(len(xy), dtype=bool)].min() > 2.2


def test_there_is_no_room_in_a_sliver_and_none_out_of_sight() -> None:
    view = View(0, 0, 180, 160, 500)
    assert drawing.room_for(shapely.box(10, 10, 170, 11), view, 20, 3, Taken(180, 160)) is None
    assert drawing.room_for(shapely.box(400, 400, 500, 500), view, 20, 3, Taken(180, 160)) is None


def test_the_north_arrow_gives_way_to_the_parcel() -> None:
    view = View(0, 0, 180, 160, 500)
    assert drawing.free_corner(shapely.box(50, 50, 100, 100), view, 12, 18) == (166, 2)
    assert drawing.free_corner(shapely.box(0, 0, 180, 100), view, 12, 18) == (166, 140)


def test_what_is_cut_off_leaves_no_line_in_sight() -> None:
    view = View(0, 0, 180, 160, 500)
    cut = view.cut(shapely.box(-1e6, -1e6, 1e6, 1e6))
    assert not shapely.box(0, 0, 180, 160).intersects(cut.boundary)
    assert view.cut(shapely.box(10_000, 0, 10_010, 10)).is_empty
