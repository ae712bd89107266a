"""What is odd about shapes, where boundaries cross, and where neighbours lie apart."""

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.imports import neighbours, tolerances
from service.imports.crossings import MOST, Budget, crossings
from service.imports.gaps import Gap
from service.imports.tolerances import TOLERANCES, BrokenTolerances, Tolerances
from service.imports.topology import M_PER_DEGREE, oddities

WEST, SOUTH = 113.73, 34.76


def polygon(*rings: list[tuple[float, float]]) -> shapely.Polygon:
    """A polygon given in metres."""
    scale = M_PER_DEGREE * np.array([np.cos(np.radians(SOUTH)), 1.0])
    lines = [np.array(ring, dtype=float) / scale + [WEST, SOUTH] for ring in rings]
    return shapely.Polygon(lines[0], lines[1:])


def box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north)]


def odd(*shapes: shapely.Geometry | None) -> list[tuple[int, str, int, int]]:
    return [(o.at, o.code, o.ring, o.vertex) for o in oddities(np.array(shapes, dtype=object))]


def gaps(*shapes: shapely.Geometry) -> list[Gap]:
    column = np.array(shapes, dtype=object)
    found = neighbours.within(pa.chunked_array([shapely.to_wkb(column)], pa.binary()), shapely.bounds(column))
    return [each for each in found if isinstance(each, Gap)]


def test_a_clean_shape_is_not_odd() -> None:
    assert odd(polygon(box(0, 0, 100, 80)), None, shapely.MultiPolygon([polygon(box(0, 0, 9, 9))])) == []
    assert odd() == odd(None) == []


def test_oddities_are_told_by_shape_ring_and_vertex() -> None:
    spiky = polygon([(0, 0), (50, 0), (50.01, -30), (50.02, 0), (100, 0), (100, 80), (0, 80)])
    holed = polygon(box(0, 0, 100, 80), box(10, 10, 10.4, 10.4), [*box(30, 30, 50, 50), (30, 30.0005)])
    both = shapely.MultiPolygon([polygon(box(200, 0, 300, 80)), spiky])
    assert odd(spiky, holed, both) == [
        (0, "spike", 1, 3), (1, "hole", 3, 0), (1, "hole_tiny", 2, 0), (1, "point_repeated", 3, 5), (2, "spike", 2, 3),
    ]  # fmt: skip


def test_a_spike_behind_a_repeated_point_is_a_spike() -> None:
    shape = polygon([(0, 0), (50, 0), (50.01, -30), (50.01, -30), (50.02, 0), (100, 0), (100, 80), (0, 80)])
    assert {code for _, code, _, _ in odd(shape)} == {"point_repeated", "spike"}


def test_the_point_that_closes_a_ring_is_no_repetition() -> None:
    assert odd(polygon([*box(0, 0, 100, 80), (0, 0.0005)])) == [(0, "point_repeated", 1, 5)]


def test_a_long_road_is_no_sliver_and_a_thin_strip_is() -> None:
    road, strip, small = polygon(box(0, 0, 2000, 10)), polygon(box(0, 0, 100, 1)), polygon(box(0, 0, 2, 1))
    assert odd(road, strip, small) == [(1, "sliver", 0, 0)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=4, max_size=12, unique=True))
@settings(max_examples=300, deadline=None)
def test_a_crossing_lies_on_both_edges_that_it_names(points: list[tuple[int, int]]) -> None:
    shape = shapely.Polygon(points)
    found = crossings(shape)
    assert bool(found) == (not shapely.is_valid(shape))
    ring = [*points, points[0]]
    for each in found:
        place = shapely.Point(each.place)
        for edge in (each.first, each.second):
            assert edge.ring == 1
            assert shapely.distance(shapely.LineString(ring[edge.vertex - 1 : edge.vertex + 1]), place) < 1e-9
    named = [(each.first.vertex, each.second.vertex) for each in found]
    assert named == sorted(named)
    assert len(set(named)) == len(named) <= MOST


@given(st.integers(-200, 200), st.integers(-200, 200), st.integers(1, 99), st.integers(1, 99))
@settings(max_examples=100, deadline=None)
def test_the_crossing_of_a_bow_tie_is_where_its_diagonals_meet(x: int, y: int, right: int, up: int) -> None:
    assume(right != up)
    shape = shapely.Polygon([(x, y), (x + right, y + up), (x + right, y), (x, y + up)])
    (found,) = crossings(shape)
    assert found.place == pytest.approx((x + right / 2, y + up / 2))


def test_rings_of_one_shape_may_touch_but_not_cross() -> None:
    touching = shapely.Polygon(box(0, 0, 10, 10), [[(0, 5), (3, 4), (3, 6)]])
    crossing = shapely.Polygon(box(0, 0, 10, 10), [[(-1, 5), (3, 4), (3, 6)]])
    assert crossings(touching) == []
    assert {(each.first.ring, each.second.ring) for each in crossings(crossing)} == {(1, 2)}


def test_a_star_is_looked_at_only_as_long_as_the_budget_lasts() -> None:
    turn = np.arange(30_001) * (2 * np.pi * 14_999 / 30_001)
    budget = Budget()
    assert crossings(shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)])), budget) == []
    assert budget.pairs > 0
    assert crossings(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), Budget(pairs=0)) == []


@pytest.mark.parametrize(("width", "found"), [(0.0005, 0), (0.002, 1), (0.05, 1), (0.099, 1), (0.101, 0), (5, 0)])
def test_a_gap_is_wider_than_rounding_and_narrower_than_the_tolerance(width: float, found: int) -> None:
    told = gaps(polygon(box(0, 0, 100, 80)), polygon(box(100 + width, 0, 200, 80)))
    assert len(told) == found
    for gap in told:
        assert (gap.first, gap.second) == (0, 1)
        assert gap.width_m == pytest.approx(width, abs=1e-4)


def test_a_wedge_between_neighbours_that_touch_is_a_gap() -> None:
    (gap,) = gaps(polygon(box(0, 0, 100, 80)), polygon([(100, 0), (200, 0), (200, 80), (100, 80), (100.04, 40)]))
    assert gap.width_m == pytest.approx(0.04, abs=1e-4)


def test_a_gap_between_two_blocks_shows_all_along() -> None:
    west = [polygon(box(0, 20 * k, 100, 20 * k + 20)) for k in range(8)]
    east = [polygon(box(100.05, 20 * k, 200, 20 * k + 20)) for k in range(8)]
    told = {(gap.first, gap.second) for gap in gaps(*west, *east)}
    assert {(k, 8 + k) for k in range(8)} <= told


def test_neither_an_overlap_nor_a_filled_wedge_is_a_gap() -> None:
    assert gaps(polygon(box(0, 0, 100, 80)), polygon(box(99.95, 0, 200, 80))) == []
    wedge = polygon([(100, 0), (100.05, 0), (150, 80), (100, 80)])
    assert gaps(polygon(box(0, 0, 100, 80)), wedge, polygon([(100.05, 0), (200, 0), (200, 80), (150, 80)])) == []


def test_a_wedge_filled_from_another_strip_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    west, east = (
        polygon(box(0, -50, 100, 80)),
        polygon([(100, -40), (200, -40), (200, 80), (150, 80), (100.05, 40), (100, 0)]),
    )
    filler = polygon([(100, 0), (100.05, 40), (150, 80), (100, 80)])
    for strip in (1, 50_000):
        monkeypatch.setattr(neighbours, "STRIP", strip)
        assert len(gaps(west, east)) == 1
        assert gaps(west, east, filler) == []


def test_shapes_heaped_side_by_side_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.imports.gaps._DENSEST", -1_000_000)
    with pytest.raises(neighbours.TooDense):
        gaps(polygon(box(0, 0, 100, 80)), polygon(box(100, 0, 200, 80)))


def test_the_tolerances_are_those_of_the_file() -> None:
    told = {entry["key"]: entry for entry in tomllib.loads(tolerances.FILE.read_text("utf-8"))["tolerances"]}
    assert dataclasses.asdict(TOLERANCES) == {key: entry["value"] for key, entry in told.items()}
    assert all(entry["source"] and entry["verified"] is False for entry in told.values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = 0.001", "value = -1.0"),
        ('key = "gap_m"', 'key = "gap_mm"'),
        ("value = 0.001", 'value = "x"'),
        ('source = "as gap_m"\n', ""),
        ("value = 0.1\n", "value = 0.001\n"),
        ("[[tolerances]]", "[tolerances]"),
    ],
)
def test_a_broken_file_of_tolerances_stops_the_start(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "topology.toml"
    text = tolerances.FILE.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises((BrokenTolerances, tomllib.TOMLDecodeError)):
        tolerances.read(path)


def test_tolerances_are_data() -> None:
    strict = Tolerances(**dataclasses.asdict(TOLERANCES) | {"sliver_width_m": 0.5})
    strip = np.array([polygon(box(0, 0, 100, 1))], dtype=object)
    assert [each.code for each in oddities(strip)] == ["sliver"]
    assert oddities(strip, strict) == []


def test_a_ring_that_is_one_point_over_and_over_hinders_nobody() -> None:
    point = shapely.from_wkt("POLYGON ((113 34, 113 34, 113 34, 113 34))")
    sound = shapely.box(113, 34, 113.001, 34.001)
    for shapes in ([point], [point, sound], [sound, point], [sound, point, sound]):
        found = {(odd.code, odd.at) for odd in oddities(np.array(shapes))}
        assert found == {("point_repeated", shapes.index(point))}
