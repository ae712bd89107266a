import time

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from service.core.errors import FieldError
from service.geo.bbox import BadBbox, parse_bbox
from service.geo.geojson import BadGeometry, parse_polygon
from service.geo.validity import REASONS_ZH, Caps, as_multipolygons, faults, outside


def star(vertices: int) -> shapely.Polygon:
    """A self-crossing star: repairing 200 vertices takes minutes, telling it is invalid must not."""
    turn = np.arange(vertices) * (2 * np.pi * (vertices // 2 - 1) / vertices)
    return shapely.Polygon(np.c_[np.cos(turn), np.sin(turn)])


def codes(*shapes: shapely.Geometry | None, caps: Caps = Caps()) -> list[str]:  # noqa: B008 - a frozen tuple
    return [fault.code for fault in faults(np.array(shapes, dtype=object), caps)]


@pytest.mark.parametrize("vertices", [100, 200, 1000, 20_000])
def test_a_star_is_refused_at_once(vertices: int) -> None:
    began = time.perf_counter()
    assert codes(star(vertices + 1)) == ["geometry_invalid"]
    assert time.perf_counter() - began < 5


def test_caps_hold_at_the_limit_and_one_beyond() -> None:
    circle = shapely.Point(0, 0).buffer(1, quad_segs=25)  # 101 positions
    assert codes(circle, caps=Caps(vertices=101)) == []
    assert codes(circle, caps=Caps(vertices=100)) == ["too_many_vertices"]
    holes = [shapely.box(x, 0.1, x + 0.5, 0.5).exterior for x in range(1, 10)]
    sieve = shapely.Polygon(shapely.box(0, 0, 11, 1).exterior, holes)
    assert codes(sieve, caps=Caps(rings=10)) == []
    assert codes(sieve, caps=Caps(rings=9)) == ["too_many_rings"]
    scattered = shapely.MultiPolygon([shapely.box(x, 0, x + 0.5, 1) for x in range(5)])
    assert codes(scattered, caps=Caps(parts=5)) == []
    assert codes(scattered, caps=Caps(parts=4)) == ["too_many_parts"]
    assert codes(scattered, caps=Caps(rings=4)) == ["too_many_rings"]


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("wkt", "code"),
    [
        ("POINT (1 1)", "geometry_type"),
        ("GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 1 1, 0 0)))", "geometry_type"),
        ("POLYGON EMPTY", "geometry_empty"),
        ("POLYGON ((0 0, 1 0, inf 1, 0 0))", "coordinate_not_finite"),
        ("POLYGON ((0 0, 1 0, nan 1, 0 0))", "coordinate_not_finite"),
        ("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "geometry_invalid"),
        ("POLYGON ((0 0, 2 0, 0 0, 0 0))", "geometry_invalid"),
        ("POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0), (4 4, 5 4, 5 5, 4 4))", "geometry_invalid"),
        ("MULTIPOLYGON (((0 0, 3 0, 3 3, 0 3, 0 0)), ((1 1, 2 1, 2 2, 1 1)))", "geometry_invalid"),
    ],
)
def test_each_kind_of_bad_shape_has_its_code(wkt: str, code: str) -> None:
    assert codes(shapely.box(0, 0, 1, 1), shapely.from_wkt(wkt), None) == [code, "geometry_missing"]


def test_each_reason_of_geos_has_chinese_words() -> None:
    shapes = [
        "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))",
        "POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0), (4 4, 5 4, 5 5, 4 4))",
        "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1), (2 2, 3 2, 3 3, 2 2))",
        "MULTIPOLYGON (((0 0, 3 0, 3 3, 0 3, 0 0)), ((1 1, 2 1, 2 2, 1 1)))",
        "POLYGON ((0 0, 2 2, 4 0, 4 4, 2 2, 0 4, 0 0))",
        "POLYGON ((0 0, 2 0, 0 0, 0 0))",
    ]
    found = faults(shapely.from_wkt(shapes))
    assert [fault.index for fault in found] == list(range(len(shapes)))
    assert {fault.value for fault in found} <= set(REASONS_ZH)


@given(st.lists(st.sampled_from(["a", "b", "z", "none"]), max_size=8))
def test_every_shape_comes_out_as_a_flat_multipolygon_of_the_same_area(kinds: list[str]) -> None:
    shapes = {
        "a": shapely.box(0, 0, 1, 1),
        "b": shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]),
        "z": shapely.from_wkt("POLYGON Z ((0 0 5, 1 0 5, 1 1 5, 0 0 5))"),
        "none": None,
    }
    given_ = np.array([shapes[kind] for kind in kinds], dtype=object)
    made = as_multipolygons(given_)
    assert [g is None for g in made] == [g is None for g in given_]
    assert not shapely.has_z(made).any()
    assert np.array_equal(shapely.area(made), shapely.area(given_), equal_nan=True)
    assert all(g is None or g.geom_type == "MultiPolygon" for g in made)


def test_latitude_91_is_outside() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 91), None, shapely.Polygon()], dtype=object)
    assert outside(shapes, -180, -90, 180, 90).tolist() == [True, False, False]


SQUARE = [[113.0, 34.0], [114.0, 34.0], [114.0, 35.0], [113.0, 34.0]]


@pytest.mark.parametrize(
    ("geometry", "pointer"),
    [
        (None, "/geometry"),
        ({"type": "Point", "coordinates": [1, 2]}, "/geometry/type"),
        ({"type": "polygon", "coordinates": [SQUARE]}, "/geometry/type"),
        ({"type": "Polygon"}, "/geometry/coordinates"),
        ({"type": "Polygon", "coordinates": []}, "/geometry/coordinates"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "/geometry/coordinates/0"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [113.0, 34.1]]]}, "/geometry/coordinates/0"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], ["113", 34]]]}, "/geometry/coordinates/0/3"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [True, 34]]]}, "/geometry/coordinates/0/3"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [float("nan"), 34]]]}, "/geometry/coordinates/0/3"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [10**400, 34]]]}, "/geometry/coordinates/0/3"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [1]]]}, "/geometry/coordinates/0/3"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [1, 2, 3, 4]]]}, "/geometry/coordinates/0/3"),
        ({"type": "Polygon", "coordinates": [[[113, 34], [114, 34], [114, 91], [113, 34]]]}, "/geometry"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "/geometry"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "/geometry/coordinates/0/0/0"),
    ],
)
def test_a_bad_geometry_is_refused_at_its_place(geometry: object, pointer: str) -> None:
    with pytest.raises(BadGeometry) as caught:
        parse_polygon(geometry)
    (error,) = caught.value.errors
    assert isinstance(error, FieldError)
    assert error.pointer == pointer


def test_a_drawing_has_at_most_ten_thousand_positions() -> None:
    circle = shapely.Point(113, 34).buffer(0.1, quad_segs=2600)
    with pytest.raises(BadGeometry, match="At most 10000"):
        parse_polygon(shapely.geometry.mapping(circle) | {"coordinates": [[list(p) for p in circle.exterior.coords]]})


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner)
)


@given(st.sampled_from(["Polygon", "MultiPolygon", "Point", ""]), anything)
def test_no_document_makes_the_parser_fail_otherwise(kind: str, coordinates: object) -> None:
    try:
        shape = parse_polygon({"type": kind, "coordinates": coordinates})
    except BadGeometry:
        return
    assert shape.is_valid


@given(st.tuples(st.floats(-180, 179), st.floats(-90, 89), st.floats(0.01, 1), st.floats(0.01, 1)))
def test_a_box_reads_back(sides: tuple[float, float, float, float]) -> None:
    west, south, width, height = sides
    box = (west, south, west + width, south + height)
    text = ",".join(f"{side:.12f}" for side in box)
    assert parse_bbox(text) == pytest.approx(box)


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "nan,0,1,1", "1_0,0,11,1", "2,0,1,1", "0,2,1,1", "-181,0,1,1", "0,0,1,91", "１,0,2,1",
     "0,0,inf,1", "1e1,0,11,1", "0,0,0,1", "a,b,c,d", "0;0;1;1", "0,0,1,1\n"],
)  # fmt: skip
def test_a_bad_box_is_refused(text: str) -> None:
    with pytest.raises(BadBbox):
        parse_bbox(text)
