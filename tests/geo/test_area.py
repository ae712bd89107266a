from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.affinity import scale

from service.geo import area, crs

GEOD = Geod(a=area.SEMI_MAJOR_M, rf=1 / area.FLATTENING)
points = st.lists(st.tuples(st.floats(0.3, 1), st.floats(0.01, 1)), min_size=3, max_size=12)


def star_shaped(lon: float, lat: float, spokes: list[tuple[float, float]], size_m: float) -> shapely.Polygon:
    """A simple polygon around a place: radius and angle step of each vertex."""
    turns = np.cumsum([step for _, step in spokes])
    angles = turns / turns[-1] * 2 * np.pi
    radii = np.array([radius for radius, _ in spokes]) * size_m / 111_000
    return shapely.Polygon(np.c_[lon + radii * np.cos(angles) / np.cos(np.radians(lat)), lat + radii * np.sin(angles)])


@given(points, st.floats(74, 135), st.floats(4, 53), st.floats(1, 2000))
def test_the_ellipsoid_area_is_that_of_geographiclib(
    spokes: list[tuple[float, float]], lon: float, lat: float, size_m: float
) -> None:
    polygon = star_shaped(lon, lat, spokes, size_m)
    exact = abs(GEOD.geometry_area_perimeter(polygon)[0])
    assert area.area_ellipsoid_m2(polygon) == pytest.approx(exact, abs=5e-4)


@given(points, st.floats(74, 135), st.floats(4, 53), st.floats(1, 2000))
def test_the_plane_area_is_that_of_the_projected_polygon(
    spokes: list[tuple[float, float]], lon: float, lat: float, size_m: float
) -> None:
    polygon = star_shaped(lon, lat, spokes, size_m)
    zone = crs.Zone(3, int(crs.zone_numbers(np.array([polygon.centroid.x]))[0]), prefixed=False)
    to_plane = crs.transformer("EPSG:4490", f"EPSG:{zone.epsg}")
    projected = shapely.transform(polygon, to_plane.transform, interleaved=False)
    origin = shapely.get_coordinates(projected)[0]
    assert area.area_plane_m2(polygon) == pytest.approx(
        shapely.transform(projected, lambda xy: xy - origin).area, abs=1e-4
    )


def test_holes_parts_orientation_and_empties_count_right() -> None:
    square = shapely.box(113.73, 34.77, 113.74, 34.78)
    hole = shapely.box(113.732, 34.772, 113.733, 34.773)
    ring = shapely.Polygon(square.exterior, [hole.exterior])
    far = shapely.box(117.1, 30.1, 117.11, 30.11)  # another zone
    both = shapely.MultiPolygon([ring, far])
    shapes = np.array([square, hole, ring, far, both, shapely.Polygon(), shapely.MultiPolygon(), square.reverse()])
    for areas in area.areas_m2(shapes):
        whole, less, left, other, total, empty, none, reversed_ = areas
        assert left == pytest.approx(whole - less)
        assert reversed_ == pytest.approx(whole)
        assert empty == none == 0
    assert area.area_ellipsoid_m2(both) == pytest.approx(area.area_ellipsoid_m2(ring) + area.area_ellipsoid_m2(far))
    assert total > left
    assert other > 0
    assert len(area.areas_m2(np.array([], dtype=object)).plane) == 0


def test_shapes_of_several_zones_are_measured_each_in_its_own() -> None:
    shapes = np.array([shapely.box(lon, 34, lon + 0.01, 34.01) for lon in (112.49, 112.5, 114, 117.3)])
    alone = [area.area_plane_m2(shape) for shape in shapes]
    assert area.areas_m2(shapes).plane.tolist() == pytest.approx(alone)


@pytest.mark.parametrize(("lon", "lat", "ppm"), [(113.73, 34.77, 15), (113.5, 34.77, 52), (113.0, 34.77, 208)])
def test_the_gap_between_the_areas_is_the_published_one(lon: float, lat: float, ppm: float) -> None:
    side = 447 / 111_000
    square = scale(
        shapely.box(lon - side / 2, lat - side / 2, lon + side / 2, lat + side / 2), 1 / np.cos(np.radians(lat))
    )
    gap = (area.area_plane_m2(square) / area.area_ellipsoid_m2(square) - 1) * 1e6
    assert gap == pytest.approx(ppm, abs=2)


def test_units_of_land() -> None:
    assert area.to_mu(Decimal(20054700)) == Decimal("30082.0500")
    assert area.to_hectares(Decimal(20054700)) == Decimal("2005.4700")


@pytest.mark.parametrize(
    ("declared", "measured", "differ"),
    [(100, 101, False), (100, 101.01, True), (200_000, 200_100, False), (200_000, 199_899.9, True)],
)
def test_two_areas_agree_within_one_square_metre_or_half_a_thousandth(
    declared: float, measured: float, *, differ: bool
) -> None:
    assert area.areas_differ(np.array([declared]), np.array([measured])).tolist() == [differ]
