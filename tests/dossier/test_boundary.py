"""Boundary points: numbers, order, edges."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from service.dossier.boundary import Delivered, Point, boundary

WITH_HOLE = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(30, 30), (70, 30), (70, 70), (30, 70)]])


def corners(ring: list[Point]) -> list[tuple[float, float]]:
    return [(point.easting, point.northing) for point in ring]


def delivered(points: list[tuple[str, float, float]]) -> Delivered:
    numbers, eastings, northings = zip(*points, strict=True)
    return Delivered(numbers, np.array(eastings), np.array(northings))


def test_numbers_run_on_from_the_north_west_shell_clockwise_hole_the_other_way() -> None:
    """The writer's custom of the boundary TXT (reference, §5.1)."""
    shell, hole = boundary(shapely.MultiPolygon([WITH_HOLE]))
    assert [point.number for point in (*shell, *hole)] == [f"J{n}" for n in range(1, 9)]
    assert corners(shell) == [(0, 100), (100, 100), (100, 0), (0, 0)]
    assert corners(hole) == [(30, 70), (30, 30), (70, 30), (70, 70)]


def test_parts_follow_from_north_west_to_south_east() -> None:
    south_east, north_west = shapely.box(200, 0, 210, 10), shapely.box(0, 100, 10, 110)
    first, second = boundary(shapely.MultiPolygon([south_east, north_west]))
    assert (corners(first)[0], corners(second)[0]) == ((0, 110), (200, 10))
    assert second[0].number == "J5"


@pytest.mark.parametrize("backwards", [False, True], ids=["clockwise", "counter-clockwise"])
def test_the_surveys_own_numbers_order_and_direction_are_kept(*, backwards: bool) -> None:
    ring = [("P7", 100.0, 0.0), ("P8", 0.0, 0.0), ("P9a", 0.0, 100.0), ("界4", 100.0, 100.0)]
    ring = ring[::-1] if backwards else ring
    (found,) = boundary(shapely.MultiPolygon([shapely.box(0, 0, 100, 100)]), delivered(ring))
    assert [(p.number, p.easting, p.northing) for p in found] == ring


def test_a_survey_that_misses_a_vertex_numbers_nothing() -> None:
    ring = [("P1", 0.0, 0.0), ("P2", 100.0, 0.0), ("P3", 100.0, 100.0)]
    (found,) = boundary(shapely.MultiPolygon([shapely.box(0, 0, 100, 100)]), delivered(ring))
    assert [point.number for point in found] == ["J1", "J2", "J3", "J4"]


@given(
    st.integers(3, 40),
    st.floats(0.1, 5_000),
    st.floats(0, 6.28),
    st.booleans(),
)
def test_every_vertex_once_and_edges_make_the_perimeter(
    count: int,
    radius: float,
    turn: float,
    backwards: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + turn
    xy = np.column_stack([radius * np.cos(angles), radius * np.sin(angles)])
    shape = shapely.Polygon(xy[::-1] if backwards else xy)
    (ring,) = boundary(shapely.MultiPolygon([shape]))
    assert sorted(corners(ring)) == sorted(map(tuple, xy.tolist()))
    assert sum(point.edge_m for point in ring) == pytest.approx(shape.length)
    assert not shapely.LinearRing(corners(ring)).is_ccw
    west_north = [point.easting - point.northing for point in ring]
    assert west_north[0] == pytest.approx(min(west_north))
