import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from service.imports import boundary_rings, boundary_txt
from service.imports.boundary_rings import Frame
from service.imports.boundary_txt import BoundaryFile
from service.imports.findings import Problem

SHARED = Path(__file__).parents[3] / "shared" / "data" / "txt-boundary-constructed"

HEADER = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
转换参数=,,,,,,
[地块坐标]
"""
SQUARE = """J1,1,3849200.000,38475200.000
J2,1,3849200.000,38475300.000
J3,1,3849100.000,38475300.000
J4,1,3849100.000,38475200.000
J1,1,3849200.000,38475200.000
"""
HOLE = """J5,2,3849170.000,38475230.000
J6,2,3849130.000,38475230.000
J7,2,3849130.000,38475270.000
J8,2,3849170.000,38475270.000
J5,2,3849170.000,38475230.000
"""
PARCEL = "10,0.8400,DK-01,示例地块,面,I49G000000,工业用地,1001,@\n"
SAMPLE = HEADER + PARCEL + SQUARE + HOLE


def read(text: str, declared: str | None = None) -> tuple[BoundaryFile, Frame]:
    file = boundary_txt.parse(text, "UTF-8")
    return file, boundary_rings.find_frame(file, declared)


def area(text: str) -> float:
    file, frame = read(text)
    return float(shapely.area(boundary_rings.shape(file.parcels[0], frame)))


def codes(text: str, declared: str | None = None) -> list[str]:
    file, frame = read(text, declared)
    return [found.code for found in (*file.findings, *frame.findings)]


def refused(text: str, declared: str | None = None) -> str:
    with pytest.raises(Problem) as caught:
        read(text, declared)
    return caught.value.finding.code


def test_the_sample_of_the_format_is_read_to_the_letter() -> None:
    file, frame = read(SAMPLE)
    (parcel,) = file.parcels
    assert (frame.source.label, frame.swapped, file.findings) == ("EPSG:4526", False, [])
    assert parcel.attributes == {
        "地块编号": "DK-01", "地块名称": "示例地块", "图幅号": "I49G000000", "地块用途": "工业用地", "地类编码": "1001",
    }  # fmt: skip
    shape = boundary_rings.shape(parcel, frame)
    assert shape is not None
    assert shape.area == 8400
    assert shape.bounds == (38475200, 3849100, 38475300, 3849200)
    kept = boundary_rings.survey(parcel, file, frame)
    assert kept["rings"] == [
        {"ring": "1", "closed": True, "points": [line.split(",")[:1] + line.split(",")[2:] for line in SQUARE.split()]},
        {"ring": "2", "closed": True, "points": [line.split(",")[:1] + line.split(",")[2:] for line in HOLE.split()]},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_in_use_reads_the_same(encoding: str, newline: str) -> None:
    text, _ = boundary_txt.decode(SAMPLE.replace("\n", newline).encode(encoding))
    assert read(text)[0].parcels == read(SAMPLE)[0].parcels


def test_bytes_in_no_known_encoding_are_refused() -> None:
    with pytest.raises(Problem, match="UTF-8"):
        boundary_txt.decode(b"\xff\xff\xff\xff\x81")


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE.replace("[", "【").replace("]", "】"),
        SAMPLE.replace("[", "［").replace("]", "］"),
        SAMPLE.replace("[", "  ["),
        SAMPLE.replace("J", ""),
        SAMPLE.replace(",", ", "),
        SAMPLE.replace("10,0.8400", "8,0.8400"),
        SAMPLE.replace("10,0.8400", "7,0.8400"),
        SAMPLE.replace(",2,", ",1,"),  # a repeated first point ends a ring
        SAMPLE.replace("1.01版本", "1．01版本"),
        "\n" + SAMPLE + "\n\n",
    ],
)
def test_harmless_variants_read_the_same_without_a_word(text: str) -> None:
    assert area(text) == 8400
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SAMPLE.replace("10,0.8400", "99,0.8400"), "txt_count"),
        (SAMPLE.replace("带号=38", "带号=39"), "txt_zone_differs"),
        (SAMPLE.replace("J1,1,3849200.000,38475200.000\nJ5", "J5"), "txt_ring_open"),
        (SAMPLE.replace("精度=", "操作员=某\n精度="), "txt_header_unknown"),
        (SAMPLE + "2,0,2,线路,线,,,,@\nJ1,1,3849200,38475200\nJ2,1,3849201,38475200\n", "txt_not_polygon"),
    ],
)
def test_odd_but_clear_variants_are_read_with_a_warning(text: str, code: str) -> None:
    assert area(text) == 8400
    assert codes(text) == [code]


def test_exchanged_columns_are_told_by_magnitude() -> None:
    lines = [line.split(",") for line in (SQUARE + HOLE).split()]
    swapped = HEADER + PARCEL + "\n".join(f"{a},{b},{d},{c}" for a, b, c, d in lines)
    assert codes(swapped) == ["txt_axes_swapped"]
    assert area(swapped) == 8400
    file, frame = read(swapped)
    assert boundary_rings.survey(file.parcels[0], file, frame)["columns"] == ["easting", "northing"]


@pytest.mark.parametrize(
    ("header", "declared", "label"),
    [
        ("带号=38", None, "EPSG:4547"),
        ("带号=114", None, "EPSG:4547"),
        ("带号=38", "EPSG:4547", "EPSG:4547"),
        ("带号=", "CGCS2000_3_Degree_GK_CM_114E", "EPSG:4547"),
        ("带号=20", None, "EPSG:4509"),
    ],
)
def test_without_a_zone_in_front_the_header_or_the_sender_tells_it(
    header: str, declared: str | None, label: str
) -> None:
    text = SAMPLE.replace(",38475", ",475").replace("带号=38", header)
    assert read(text, declared)[1].source.label == label


def test_a_six_degree_prefix_is_known_by_its_number() -> None:
    text = SAMPLE.replace(",38475", ",19475").replace("带号=38", "带号=19").replace("分带=3", "分带=6")
    assert read(text)[1].source.label == "EPSG:4497"


def test_degrees_are_recognised() -> None:
    text = PARCEL + "1,1,34.77,113.73\n2,1,34.7705,113.73\n3,1,34.7705,113.7305\n1,1,34.77,113.73\n"
    file, frame = read(text, "CGCS2000")
    assert {found.code for found in file.findings} == {"txt_header_missing", "txt_count"}
    assert frame.source.epsg == 4490
    shape = boundary_rings.shape(file.parcels[0], frame)
    assert shape is not None
    assert shape.bounds == (113.73, 34.77, 113.7305, 34.7705), "fifty metres are no millimetre"


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("", None, "txt_no_parcels"),
        (HEADER, None, "txt_no_parcels"),
        (HEADER + PARCEL, None, "txt_no_parcels"),
        (SAMPLE.replace("2000国家大地坐标系", "80国家大地坐标系"), None, "crs_old_datum"),
        (SAMPLE.replace("2000国家大地坐标系", ""), None, "crs_missing"),
        (SAMPLE.replace("2000国家大地坐标系", "火星坐标"), None, "crs_encrypted"),
        (SAMPLE.replace("计量单位=米", "计量单位=千米"), None, "txt_unit"),
        (SAMPLE.replace(",38475", ",475").replace("带号=38", "带号="), None, "txt_zone_missing"),
        (SAMPLE.replace("J3,1,3849100.000,38", "J3,1,3849100.000,39"), None, "txt_zone_mixed"),
        (SAMPLE.replace("38475", "99475"), None, "txt_axes_unclear"),
        (SAMPLE.replace("3849", "49"), None, "txt_axes_unclear"),
        (SAMPLE, "EPSG:4527", "crs_conflict"),
        (SAMPLE, "EPSG:4490", "crs_conflict"),
        (SAMPLE, "EPSG:2362", "crs_old_datum"),
        (SAMPLE, "gcj02", "crs_encrypted"),
    ],
)
def test_what_cannot_be_told_is_refused(text: str, declared: str | None, code: str) -> None:
    assert refused(text, declared) == code


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (SAMPLE.replace("J3,1,3849100.000", "J3,1,三八"), "txt_point_line", 14),
        (SAMPLE.replace("J3,1,3849100.000,", "J3,1,3849100.000,9,"), "txt_point_line", 14),
        (SAMPLE.replace("J3,1,3849100.000", "J3,1,nan"), "txt_point_line", 14),
        (SAMPLE.replace("J3,1,3849100.000,38475300", "J3,1,3849200.000,38475300"), "txt_point_repeated", 14),
        (SAMPLE.replace(PARCEL, PARCEL.replace("面", "体")), "txt_parcel_line", 11),
        (HEADER + "J1,1,1,1\n" + PARCEL + SQUARE, "txt_point_outside", 11),
    ],
)
def test_faults_name_their_line(text: str, code: str, line: int) -> None:
    found = [f for f in boundary_txt.parse(text + SAMPLE, "UTF-8").findings if f.severity == "error"]
    assert found[0].code == code
    assert str(line) in found[0].message


def test_two_points_make_no_ring() -> None:
    text = HEADER + PARCEL + "J1,1,3849200,38475200\nJ2,1,3849200,38475300\nJ1,1,3849200,38475200\n"
    file, frame = read(text)
    assert "txt_ring_short" in [found.code for found in file.findings]
    assert boundary_rings.shape(file.parcels[0], frame) is None


def test_equal_parcel_lines_are_two_parcels() -> None:
    file, _ = read(HEADER + (PARCEL + SQUARE) * 2)
    assert len(file.parcels) == 2
    assert {found.row for found in file.findings} == {1, 2}  # the stated count includes the hole


@pytest.mark.parametrize(
    ("line", "attributes"),
    [
        ("5,1,DK,甲,面,,,,@", {"地块编号": "DK", "地块名称": "甲"}),
        ("5,1,DK,甲,乙,丙,面,,,,@", {"地块名称": "甲，乙，丙"}),
        ("5,1,DK,面,面,,,,@", {"地块名称": "面"}),
        ("5,1,410173,某村,7,甲,面,,,,@", {"行政区代码": "410173", "村名": "某村", "地块编号": "7", "地块名称": "甲"}),
        ("5,1,DK,甲,面,图,工业,1001,水田,0101,5,6,备注,@", {"地类编码": "1001", "其他": "水田,0101,5,6,备注"}),
    ],
)
def test_parcel_lines_are_read_outward_from_their_kind(line: str, attributes: dict[str, str]) -> None:
    file = boundary_txt.parse(f"{HEADER}{line}\n{SQUARE}", "UTF-8")
    assert attributes.items() <= file.parcels[0].attributes.items()


def test_rings_are_shells_or_holes_by_containment_only() -> None:
    def ring(number: int, low: int, high: int) -> str:
        corners = ((low, low), (low, high), (high, high), (high, low), (low, low))
        return "".join(f"J,{number},{3849000 + y},{38475000 + x}\n" for x, y in corners)

    nested = HEADER + PARCEL + ring(3, 20, 80) + ring(1, 30, 70) + ring(2, 10, 90) + ring(4, 100, 110) + ring(5, 0, 99)
    file, frame = read(nested)
    shape = boundary_rings.shape(file.parcels[0], frame)
    assert shape is not None
    assert shape.is_valid
    assert shape.area == 99**2 - 80**2 + 60**2 - 40**2 + 10**2


@pytest.mark.parametrize(
    ("stated", "m2", "warned"),
    [("0.8400", 8400, False), ("8400", 8400, True), ("12.6", 8400, True), ("5", 50_000, False), ("", None, False)],
)
def test_the_unit_of_the_stated_area_shows_by_its_ratio(stated: str, m2: float | None, *, warned: bool) -> None:
    file, _ = read(SAMPLE.replace("0.8400", stated))
    found, remarks = boundary_rings.stated_area_m2(file.parcels[0], 8400.0, 1)
    assert found == (None if m2 is None else pytest.approx(m2))
    assert bool(remarks) is warned


@given(st.text(alphabet="J1,.@面[]地块坐标=\n 38475200-e\x00", max_size=300))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    try:
        file, frame = read(SAMPLE + text)
    except Problem:
        return
    for parcel in file.parcels:
        boundary_rings.shape(parcel, frame)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data collection is not on this machine")
@pytest.mark.parametrize("name", sorted(p.name for p in SHARED.glob("*.txt")))
def test_the_collected_variants_give_the_expected_parcels(name: str) -> None:
    expected: dict[str, Any] = json.loads((SHARED / "expected.json").read_text("utf-8"))[name]
    text, _ = boundary_txt.decode((SHARED / name).read_bytes())
    file, frame = read(text)
    assert len(file.parcels) == len(expected["parcels"])
    offset = 0.0 if frame.source.epsg == 4526 else 38e6
    for parcel, wanted in zip(file.parcels, expected["parcels"], strict=True):
        shape = boundary_rings.shape(parcel, frame)
        assert shape is not None
        assert shape.is_valid
        assert shape.area == pytest.approx(wanted["area_m2"], abs=0.01)
        moved = shapely.transform(shape, lambda xy: xy + np.array([offset, 0.0]))
        target = shapely.geometry.shape(wanted["geometry_en"])
        assert np.allclose(moved.normalize().bounds, target.bounds, atol=1e-4)
        assert moved.equals_exact(target, 1e-4, normalize=True) or moved.symmetric_difference(target).area < 0.1
    warned = any(found.severity == "warning" for found in (*file.findings, *frame.findings))
    assert warned == (expected["suggested"] == "accept_with_warning")
