"""The seventeen points of the boundary-point TXT (`reference/domain.md` §5.1), one by one, from bytes to rows."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from tests.imports.test_boundary_txt import HEADER, HOLE, PARCEL, SAMPLE, SQUARE
from tests.imports.test_reader import codes, read


class Reader:
    """Reads texts through the whole of the reader: from the bytes to the rows."""

    def __init__(self, folder: Path) -> None:
        """Write the texts into `folder`."""
        self.folder, self.count = folder, 0

    def __call__(self, text: str | bytes, **declared: str) -> tuple[dict[str, Any], pa.Table]:
        """Read one."""
        self.count += 1
        path = self.folder / str(self.count)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read(path, **declared)

    def areas(self, text: str | bytes, **declared: str) -> list[float]:
        """The plane areas of its parcels in m²."""
        return [round(area, 1) for area in self(text, **declared)[1]["area_plane_m2"].to_pylist()]

    def warned(self, text: str | bytes, **declared: str) -> list[str]:
        """The codes of what was found."""
        return codes(self(text, **declared)[0])


@pytest.fixture
def txt(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def exchanged(points: str) -> str:
    return "".join(f"{a},{b},{d},{c}\n" for a, b, c, d in (line.split(",") for line in points.split()))


def shifted(points: str, north: float = 0, east: float = 0) -> str:
    moved = ((a, b, float(c) + north, float(d) + east) for a, b, c, d in (line.split(",") for line in points.split()))
    return "".join(f"{a},{b},{c:.3f},{d:.3f}\n" for a, b, c, d in moved)


def test_point_01_x_is_the_northing_and_swapped_files_are_told_by_magnitude(txt: Reader) -> None:
    answer, table = txt(SAMPLE)
    assert codes(answer) == []
    assert shapely.from_wkb(table["source_wkb"][0].as_py()).bounds == (38475200, 3849100, 38475300, 3849200)
    swapped = HEADER + PARCEL + exchanged(SQUARE + HOLE)
    assert txt.areas(swapped) == [8400.0]
    assert txt.warned(swapped) == ["txt_axes_swapped"]
    both = "".join(f"J{i},1,{x},{y}\n" for i, (x, y) in enumerate([(1e5, 2e5), (1e5, 3e5), (2e5, 3e5), (1e5, 2e5)]))
    assert txt.warned(HEADER + PARCEL + both) == ["txt_axes_unclear"]


def test_point_02_the_prefix_of_the_easting_wins_over_the_header(txt: Reader) -> None:
    answer, _ = txt(SAMPLE.replace("带号=38", "带号=39"))
    assert (answer["source_crs"], codes(answer)) == ("EPSG:4526", ["txt_zone_differs"])


def test_point_03_without_prefix_the_header_or_the_sender_tells_the_zone(txt: Reader) -> None:
    bare = HEADER + PARCEL + shifted(SQUARE + HOLE, east=-38e6)
    for text, declared in (
        (bare, {}),
        (bare.replace("带号=38", "带号=114"), {}),
        (bare.replace("带号=38", "带号="), {"crs": "EPSG:4547"}),
    ):
        assert txt(text, **declared)[0]["source_crs"] == "EPSG:4547"
    assert txt.warned(bare.replace("带号=38", "带号=")) == ["txt_zone_missing"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_point_04_every_encoding_of_the_writers_is_read(txt: Reader, encoding: str) -> None:
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    answer, table = txt((mark + SAMPLE).encode(encoding))
    assert (codes(answer), table["a_地块名称"].to_pylist()) == ([], ["示例地块"])
    told = {"gbk": "GB18030", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE"}
    assert answer["encoding"] == told.get(encoding, "UTF-8")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_point_05_line_ends(txt: Reader, end: str) -> None:
    assert txt.areas(SAMPLE.replace("\n", end)) == [8400.0]


@pytest.mark.parametrize("pair", ["【】", "［］", "[]"])
def test_point_06_brackets_and_space_in_front_of_them(txt: Reader, pair: str) -> None:
    text = SAMPLE.replace("[", f"  {pair[0]}").replace("]", pair[1])
    assert (txt.areas(text), txt.warned(text)) == ([8400.0], [])


def test_point_07_a_header_with_more_or_less_is_kept_with_a_word(txt: Reader) -> None:
    more = "[项目信息]\n项目名称=甲=乙\n" + SAMPLE.replace("精度=", "操作员=某\n精度=")
    assert txt.warned(more) == ["txt_header_unknown"]
    less = SAMPLE.replace("投影类型=高斯克吕格\n", "").replace("转换参数=,,,,,,\n", "")
    assert txt.warned(less) == []
    degrees = "4,0.2,1,甲,面,,,,@\n1,1,34.77,113.73\n2,1,34.7705,113.73\n3,1,34.7705,113.7305\n1,1,34.77,113.73\n"
    assert txt.warned(degrees) == ["crs_missing"]
    assert txt.warned(degrees, crs="CGCS2000") == ["txt_header_missing"]


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("10,0.8400,DK-01,示例地块,面,I49G000000,工业用地,1001,@", None),
        ("10,0.8400,DK-01,示例地块,面,I49G000000,工业用地,1001,图斑,0101,备注,@", "图斑,0101,备注"),
        ("10,0.8400,DK-01,示例地块,面,I49G000000,工业用地,1001,图斑,0101,5,6,@", "图斑,0101,5,6"),
    ],
)
def test_point_08_parcel_lines_of_nine_twelve_and_thirteen_fields(txt: Reader, line: str, more: str | None) -> None:
    answer, table = txt(HEADER + line + "\n" + SQUARE + HOLE)
    assert codes(answer) == []
    assert (table["a_地块名称"].to_pylist(), table["a_地类编码"].to_pylist()) == (["示例地块"], ["1001"])
    assert (table["a_其他"].to_pylist() if more else None) == ([more] if more else None)
    named = txt(HEADER + line.replace("示例地块", "甲,乙") + "\n" + SQUARE + HOLE)[1]
    assert named["a_地块名称"].to_pylist() == ["甲，乙"]


def test_point_09_point_numbers_with_and_without_letter_restarting_or_not(txt: Reader) -> None:
    restarting = HEADER + PARCEL + SQUARE + HOLE.replace("J5", "J1").replace("J6", "J2")
    for text in (SAMPLE.replace("J", ""), SAMPLE.replace(",", " , "), restarting):
        assert (txt.areas(text), txt.warned(text)) == ([8400.0], [])


@pytest.mark.parametrize(("stated", "warned"), [("10", []), ("8", []), ("7", []), ("99", ["txt_count"]), ("", [])])
def test_point_10_the_stated_count_is_never_trusted(txt: Reader, stated: str, warned: list[str]) -> None:
    text = SAMPLE.replace("10,0.8400", f"{stated},0.8400")
    assert (txt.areas(text), txt.warned(text)) == ([8400.0], warned)


def test_point_11_an_open_ring_is_closed_with_a_word_and_a_near_one_without(txt: Reader) -> None:
    open_ring = HEADER + PARCEL.replace("10,", "9,") + SQUARE.rsplit("J1", 1)[0] + HOLE
    assert (txt.areas(open_ring), txt.warned(open_ring)) == ([8400.0], ["txt_ring_open"])
    near = SAMPLE.replace("J1,1,3849200.000,38475200.000\nJ5", "J1,1,3849200.001,38475200.000\nJ5")
    assert (txt.areas(near), txt.warned(near)) == ([8400.0], [])


def test_point_12_shell_or_hole_is_told_by_containment_not_by_the_ring_number(txt: Reader) -> None:
    beside = shifted(HOLE, east=1000)
    assert txt.areas(HEADER + PARCEL + SQUARE + beside) == [11600.0]
    first = HEADER + PARCEL + HOLE.replace(",2,", ",1,") + SQUARE.replace(",1,", ",2,")
    assert txt.areas(first) == [8400.0]


def test_point_13_a_repeated_first_point_ends_a_ring(txt: Reader) -> None:
    assert txt.areas(SAMPLE.replace(",2,", ",1,")) == [8400.0]


def test_point_14_equal_parcel_lines_are_parcels_of_their_own(txt: Reader) -> None:
    text = SAMPLE + PARCEL + shifted(SQUARE + HOLE, north=500)
    assert txt.areas(text) == [8400.0, 8400.0]


@pytest.mark.parametrize(
    ("stated", "warned"), [("0.8400", []), ("8400", ["txt_area_unit"]), ("12.6", ["txt_area_unit"])]
)
def test_point_15_the_unit_of_the_stated_area_is_told_by_its_ratio(txt: Reader, stated: str, warned: list[str]) -> None:
    answer, table = txt(SAMPLE.replace("0.8400", stated))
    assert codes(answer) == warned
    assert table["a_地块面积_m2"].to_pylist() == [pytest.approx(8400)]


@pytest.mark.parametrize(
    ("points", "code"),
    [
        (
            "J1,1,3849200,38475200\nJ2,1,3849100,38475300\nJ3,1,3849200,38475300\nJ4,1,3849100,38475200\n",
            "self_crossing",
        ),
        ("J1,1,3849200,38475200\nJ2,1,3849100,38475300\n", "txt_ring_short"),
        (
            "J1,1,3849200,38475200\nJ2,1,3849200,38475200\nJ3,1,3849100,38475200\nJ4,1,3849100,38475300\n",
            "txt_point_repeated",
        ),
    ],
)
def test_point_16_lines_and_points_are_reported_and_bad_rings_refused_with_their_place(
    txt: Reader, points: str, code: str
) -> None:
    line = "2,0,2,线路,线,,,,@\nJ1,1,3849200,38475200\nJ2,1,3849201,38475200\n"
    answer, table = txt(SAMPLE + line)
    assert (codes(answer), table.num_rows) == (["txt_not_polygon"], 1)
    answer, _ = txt(SAMPLE + PARCEL + points)
    found = next(f for f in answer["findings"] if f["code"] == code)
    assert (found["row"], found["severity"]) == (2, "error")
    assert code == "self_crossing" or "行" in found["message"]
    flat = "J1,1,3849200,38475200\nJ2,1,3849150,38475200\nJ3,1,3849100,38475200\n"
    assert txt.areas(HEADER + PARCEL + flat) == [0.0], "the checks refuse it (area_zero)"


def test_point_17_look_alikes_are_read_or_refused_in_words(txt: Reader) -> None:
    rows = [line.split(",") for line in (SQUARE + HOLE).split()]
    provincial = "".join(f"{i},1,{ring},{number},{x},{y}\n" for i, (number, ring, x, y) in enumerate(rows, 1))
    answer, table = txt(provincial, crs="EPSG:4526")
    assert (answer["format"], codes(answer)) == ("csv", [])
    assert [round(a) for a in table["area_plane_m2"].to_pylist()] == [8400]
    assert txt.warned(provincial) == ["crs_missing"]
    balance = "@TXT\n项目名称,面积\n@\n1,2\n"
    refused = txt(balance)[0]
    assert codes(refused) == ["unsupported_format"]
    assert "进出平衡" in refused["findings"][0]["message"]
