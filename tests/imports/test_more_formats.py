"""File Geodatabase, KML, DXF, tables and text sequences: read exactly, or refused in words."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from service.imports import sandbox
from tests.imports.test_reader import NEXT, SQUARE, codes, projected, read, same_place, write, zipped

FAR = shapely.box(113.74, 34.77, 113.741, 34.771)
HALL = shapely.Polygon(SQUARE.exterior, [shapely.box(113.7302, 34.7702, 113.7305, 34.7705).exterior])


def ring(shape: Any, order: str = "{0},{1}") -> str:  # noqa: ANN401 - a ring
    return " ".join(order.format(*point) for point in shape.coords)


def placemark(name: str, *shapes: shapely.Polygon, more: str = "") -> str:
    areas = "".join(
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring(each.exterior)}</coordinates></LinearRing>"
        "</outerBoundaryIs>"
        + "".join(
            f"<innerBoundaryIs><LinearRing><coordinates>{ring(hole)}</coordinates></LinearRing></innerBoundaryIs>"
            for hole in each.interiors
        )
        + "</Polygon>"
        for each in shapes
    )
    return f"<Placemark><name>{name}</name>{more}<MultiGeometry>{areas}</MultiGeometry></Placemark>"


def kml(path: Path, *content: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Path:
    path.write_text(
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(content)}</Document></kml>', "utf-8"
    )
    return path


DATA = (
    '<ExtendedData><Data name="用途"><value>工业</value></Data>'
    '<SchemaData><SimpleData name="面积">8400</SimpleData></SchemaData></ExtendedData>'
)


def test_a_kml_brings_shapes_holes_and_extended_data(tmp_path: Path) -> None:
    path = kml(tmp_path / "a.kml", placemark("甲", HALL, more=DATA), placemark("乙", SQUARE, FAR))
    answer, table = read(path)
    assert (answer["format"], answer["rows"], codes(answer)) == ("kml", 2, ["crs_taken_as_cgcs2000"])
    assert same_place(table["geom_wkb"][0].as_py(), shapely.MultiPolygon([HALL]))
    assert same_place(table["geom_wkb"][1].as_py(), shapely.MultiPolygon([SQUARE, FAR]))
    assert table["a_name"].to_pylist() == ["甲", "乙"]
    assert (table["a_用途"].to_pylist(), table["a_面积"].to_pylist()) == (["工业", None], ["8400", None])


def test_folders_of_a_kml_are_layers_and_points_are_left(tmp_path: Path) -> None:
    pin = "<Placemark><name>钉</name><Point><coordinates>113,34</coordinates></Point></Placemark>"
    one, two = (f"<Folder><name>{n}</name>{placemark(n, SQUARE)}{pin}</Folder>" for n in ("甲", "乙"))
    path = kml(tmp_path / "a.kml", one, two)
    refused = read(path)[0]
    assert codes(refused) == ["layer_required"]
    assert "甲、乙" in refused["findings"][0]["message"]
    (tmp_path / "a.kml.out").rename(tmp_path / "first")
    answer, table = read(path, layer="乙")
    assert codes(answer) == ["crs_taken_as_cgcs2000", "not_polygons_left"]
    assert table["a_name"].to_pylist() == ["乙"]


def test_an_open_ring_of_a_kml_is_a_fault_that_a_repair_can_close(tmp_path: Path) -> None:
    whole = ring(SQUARE.exterior)
    bad = placemark("坏", SQUARE).replace(whole, whole.rpartition(" ")[0])
    answer, table = read(kml(tmp_path / "a.kml", placemark("好", SQUARE), bad), crs="4490")
    assert [(each["code"], each["row"]) for each in answer["findings"]] == [("ring_open", 2)]
    assert table["geom_wkb"].is_valid().to_pylist() == [True, False]
    assert shapely.from_wkb(table["faulty_wkb"][1].as_py()).equals(SQUARE)


@pytest.mark.parametrize(
    ("coordinates", "reason"),
    [
        ("113,34 114", "读不通"),
        ("113,34 114,34 113,34", "不足 3 点"),
        ("113,34 114,34", "不足 3 点"),
        ("113,34 114,34 1_14,35 113,34", "读不通"),
        ("甲,乙 丙,丁 甲,乙 丙,丁", "读不通"),
        ("", "读不通"),
        ("113 114 115 113", "读不通"),
    ],
)
def test_a_ring_of_a_kml_that_cannot_be_read_is_a_finding_on_its_row(
    tmp_path: Path, coordinates: str, reason: str
) -> None:
    bad = placemark("坏", SQUARE).replace(ring(SQUARE.exterior), coordinates)
    answer, table = read(kml(tmp_path / "a.kml", placemark("好", SQUARE), bad), crs="4490")
    (found,) = answer["findings"]
    assert (found["code"], found["row"]) == ("kml_shape", 2)
    assert reason in found["message"]
    assert "坏" in found["message"]
    assert table["geom_wkb"].is_valid().to_pylist() == [True, False]


@pytest.mark.parametrize(
    ("head", "content", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "<name>&x;</name>", "xml_doctype"),
        ('<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd">', "", "xml_doctype"),
        ("", "<NetworkLink><Link><href>http://127.0.0.1:9/</href></Link></NetworkLink>", "kml_network_link"),
        ("", "", "no_rows"),
        ("", "<Placemark>", "file_damaged"),
        ("", "<a>" * 120 + "</a>" * 120, "file_damaged"),
        ('<?xml version="1.0" encoding="klingon"?>', "", "encoding_wrong"),
    ],
)
def test_a_kml_without_data_or_with_tricks_is_refused(tmp_path: Path, head: str, content: str, code: str) -> None:
    assert codes(read(kml(tmp_path / "a.kml", content, head=head))[0]) == [code]


def test_a_kml_in_gbk_is_read(tmp_path: Path) -> None:
    path = kml(tmp_path / "a.kml", placemark("郑东新区", SQUARE), head='<?xml version="1.0" encoding="GBK"?>')
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    assert read(path)[1]["a_name"].to_pylist() == ["郑东新区"]


def test_a_kmz_is_its_document(tmp_path: Path) -> None:
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as made:
        made.write(kml(tmp_path / "a.kml", placemark("甲", SQUARE)), "doc.kml")
        made.write(kml(tmp_path / "b.kml"), "files/other.kml")
        made.writestr("files/icon.png", b"\x89PNG")
    assert read(path)[0]["rows"] == 1


def geodatabase(folder: Path, **layers: list[shapely.Geometry]) -> Path:
    """Write a zipped File Geodatabase, by GDAL."""
    base = folder / "宗地.gdb"
    for name, shapes in layers.items():
        options: dict[str, str | bool] = {"layer": name, "driver": "OpenFileGDB", "append": base.exists()}
        moved = [projected(each) for each in shapes]
        write(base, moved, epsg=4526, kind="MultiPolygon" if moved[0].area else "Point", **options)
    path = folder / "成果.zip"
    with zipfile.ZipFile(path, "w") as made:
        for part in sorted(base.iterdir()):
            made.write(part, f"成果/宗地.gdb/{part.name}")
    return path


def test_a_zipped_geodatabase_is_read(tmp_path: Path) -> None:
    answer, table = read(geodatabase(tmp_path, DK=[SQUARE, NEXT], DIAN=[SQUARE.centroid]))
    assert (answer["format"], answer["layer"], answer["source_crs"], answer["rows"]) == (
        "file_geodatabase", "DK", "EPSG:4526", 2,
    )  # fmt: skip
    assert codes(answer) == []
    assert same_place(table["geom_wkb"][1].as_py(), NEXT)
    assert table["a_名称"].to_pylist() == ["宗地0", "宗地1"]


def test_layers_of_a_geodatabase_are_asked_for_by_name(tmp_path: Path) -> None:
    path = geodatabase(tmp_path, DK=[SQUARE], ZD=[NEXT])
    assert codes(read(path)[0]) == ["layer_required"]
    (tmp_path / "成果.zip.out").rename(tmp_path / "first")
    assert read(path, layer="ZD")[0]["rows"] == 1


def test_one_of_several_data_sets_of_an_archive_is_named_and_its_layer_behind(tmp_path: Path) -> None:
    path = geodatabase(tmp_path, DK=[SQUARE], ZD=[NEXT])
    with zipfile.ZipFile(path, "a") as made:
        made.write(kml(tmp_path / "a.kml", placemark("甲", SQUARE)), "另一份.kml")
    for layer, code in (
        (None, "layer_required"),
        ("无", "layer_unknown"),
        ("宗地", "layer_required"),
        ("宗地/ZD", None),
    ):
        folder = tmp_path / "成果.zip.out"
        if folder.exists():
            folder.rename(tmp_path / f"before-{code}-{layer}".replace("/", "-"))
        assert codes(read(path, layer=layer)[0]) == ([code] if code else []), layer


def dxf(path: Path, *entities: str) -> Path:
    body = "".join(entities)
    path.write_text(f"  0\nSECTION\n  2\nENTITIES\n{body}  0\nENDSEC\n  0\nEOF\n", "utf-8")
    return path


def polyline(layer: str, points: list[tuple[float, float]], *, closed: bool = True, handle: str = "A1") -> str:
    corners = "".join(f" 10\n{x}\n 20\n{y}\n" for x, y in points)
    return (
        f"  0\nLWPOLYLINE\n  5\n{handle}\n100\nAcDbEntity\n  8\n{layer}\n100\nAcDbPolyline\n 90\n{len(points)}\n 70\n"
        f"{int(closed)}\n{corners}"
    )


CORNERS = [(475200.0, 3849200.0), (475300.0, 3849200.0), (475300.0, 3849100.0), (475200.0, 3849100.0)]
TEXT = "  0\nTEXT\n  8\nJZD\n 10\n475250\n 20\n3849150\n 40\n2.5\n  1\nDK-01\n"


def test_closed_lines_of_a_drawing_are_parcels(tmp_path: Path) -> None:
    touching = [*CORNERS, CORNERS[0]]  # its ends meet, though it isn't marked as closed
    path = dxf(tmp_path / "a.dxf", polyline("JZD", CORNERS), polyline("JZD", touching, closed=False), TEXT)
    answer, table = read(path, crs="EPSG:4547")
    assert (answer["format"], answer["layer"], answer["rows"]) == ("dxf", "JZD", 2)
    assert codes(answer) == ["not_polygons_left"]
    assert [round(a, 3) for a in table["area_plane_m2"].to_pylist()] == [10000.0, 10000.0]
    assert shapely.from_wkb(table["source_wkb"][0].as_py()).bounds == (475200, 3849100, 475300, 3849200)


def test_a_drawing_needs_a_crs_and_a_layer_where_there_are_several(tmp_path: Path) -> None:
    path = dxf(tmp_path / "a.dxf", polyline("JZD", CORNERS), polyline("ROAD", CORNERS))
    assert codes(read(path, layer="JZD")[0]) == ["crs_missing"]
    (tmp_path / "a.dxf.out").rename(tmp_path / "first")
    refused = read(path, crs="EPSG:4547")[0]
    assert codes(refused) == ["layer_required"]
    assert "JZD、ROAD" in refused["findings"][0]["message"]


def test_an_open_line_is_a_fault_of_its_row_and_a_drawing_without_areas_is_refused(tmp_path: Path) -> None:
    gap = polyline("JZD", CORNERS, closed=False, handle="2F")
    answer, _ = read(dxf(tmp_path / "a.dxf", polyline("JZD", CORNERS), gap), crs="EPSG:4547")
    (found,) = answer["findings"]
    assert (found["code"], found["row"], found["value"]) == ("dxf_line_open", 2, "2F")
    assert "100.000" in found["message"]
    assert codes(read(dxf(tmp_path / "b.dxf", gap), crs="EPSG:4547")[0]) == ["dxf_no_polygons"]
    assert codes(read(dxf(tmp_path / "c.dxf"), crs="EPSG:4547")[0]) == ["dxf_no_polygons"]


POINTS: list[list[Any]] = [
    ["界址点成果表"],
    ["点号", "X坐标(m)", "Y坐标(m)", "圈号", "地块编号", "用途"],
    ["J1", 3849200, 38475200, 1, "DK-01", "工业"],
    ["J2", 3849200, 38475300, 1, "", ""],
    ["J3", 3849100, 38475300.0, 1, "", ""],
    ["J4", "3849100 ", 38475200, 1, "", ""],
    ["J5", 3849170, 38475230, 2, "DK-01", ""],
    ["J6", 3849130, 38475230, 2, "", ""],
    ["J7", 3849130, 38475270, 2, "", ""],
    ["J8", 3849170, 38475270, 2, "", ""],
    [],
    ["J1", 3849200, 38475400, 1, "DK-02", "住宅"],
    ["J2", 3849200, 38475500, 1, "DK-02", ""],
    ["J3", 3849100, 38475500, 1, "DK-02", ""],
    ["J1", 3849200, 38475400, 1, "DK-02", ""],
]


def csv_of(path: Path, rows: list[list[Any]], encoding: str = "utf-8", separator: str = ",") -> Path:
    path.write_bytes("\r\n".join(separator.join(map(str, row)) for row in rows).encode(encoding))
    return path


def xlsx_of(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "xlsx", "tabs", "semicolons"])
def test_a_table_of_boundary_points_makes_parcels_with_holes_and_survey(tmp_path: Path, form: str) -> None:
    if form == "xlsx":
        path = xlsx_of(tmp_path / "a.xlsx", 说明=[["本表"]], 界址点=POINTS)
    else:
        separator = {"tabs": "\t", "semicolons": ";"}.get(form, ",")
        path = csv_of(tmp_path / "a.csv", POINTS, form if separator == "," else "gbk", separator)
    answer, table = read(path, crs="EPSG:4526")
    assert set(codes(answer)) == {"txt_ring_open"}
    assert answer["source_crs"] == "EPSG:4526"
    assert [round(a) for a in table["area_plane_m2"].to_pylist()] == [8400, 5000]
    assert table["a_地块编号"].to_pylist() == ["DK-01", "DK-02"]
    assert table["a_用途"].to_pylist() == ["工业", "住宅"]
    assert json.loads(table["survey"][0].as_py())["rings"][1]["points"][0][0] == "J5"


def test_a_table_without_crs_is_asked_for_it_and_swapped_columns_are_told(tmp_path: Path) -> None:
    assert codes(read(csv_of(tmp_path / "a.csv", POINTS))[0]) == ["crs_missing"]
    swapped = [POINTS[1], *([r[0], r[2], r[1], *r[3:]] for r in POINTS[2:] if r)]
    assert "txt_axes_swapped" in codes(read(csv_of(tmp_path / "b.csv", swapped), crs="EPSG:4526")[0])


def test_longitude_and_latitude_make_the_same(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["名称", "经度", "纬度"], *(["甲", x, y] for x, y in SQUARE.exterior.coords)]
    answer, table = read(csv_of(tmp_path / "a.csv", rows), crs="CGCS2000")
    assert codes(answer) == []
    assert same_place(table["geom_wkb"][0].as_py(), SQUARE)
    single: list[list[Any]] = [["地块编号", "经度", "纬度"], ["甲", 113.7, 34.7], ["乙", 113.8, 34.8]]
    assert codes(read(csv_of(tmp_path / "b.csv", single), crs="CGCS2000")[0]) == ["table_single_points"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_shapes_in_wkt_are_rows_and_bad_ones_findings(tmp_path: Path, form: str) -> None:
    deep = "GEOMETRYCOLLECTION(" * 3000 + "POINT(0 0)" + ")" * 3000
    texts = [SQUARE.wkt, HALL.wkt, "POLYGON((0 0", "POINT (1 1)", deep, "", "POLYGON EMPTY"]
    rows = [["编号", "WKT"], *([f"D{i}", f'"{t}"' if form == "csv" else t] for i, t in enumerate(texts))]
    path = csv_of(tmp_path / "a.csv", rows) if form == "csv" else xlsx_of(tmp_path / "a.xlsx", 表=rows)
    answer, table = read(path, crs="4490")
    assert [(f["code"], f["row"]) for f in answer["findings"] if f["code"] != "hole"] == [
        ("table_wkt", 3), ("geometry_type", 4), ("geometry_type", 5), ("geometry_missing", 6), ("geometry_empty", 7),
    ]  # fmt: skip
    assert same_place(table["geom_wkb"][1].as_py(), shapely.MultiPolygon([HALL]))
    assert table["a_编号"].to_pylist() == [f"D{i}" for i in range(7)]


def test_the_crs_in_front_of_a_wkt_counts(tmp_path: Path) -> None:
    rows = [["编号", "wkt"], ["甲", f'"SRID=4526;{projected(SQUARE).wkt}"']]
    answer, table = read(csv_of(tmp_path / "a.csv", rows))
    assert answer["source_crs"] == "EPSG:4526"
    assert same_place(table["geom_wkb"][0].as_py(), SQUARE)
    mixed = [*rows, ["乙", f'"SRID=4490;{SQUARE.wkt}"']]
    assert codes(read(csv_of(tmp_path / "b.csv", mixed))[0]) == ["table_mixed_crs"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("编号,面积\n1,2\n", "table_no_shapes"),
        ('点号,X,Y\n"J1,1,2\n', "table_line"),
        ("点号,X,Y\nJ1,=1+1,2\nJ2,a,b\nJ3,,\n", "table_no_points"),
        ("点号,X,Y\n", "no_rows"),
        ("," * 1000 + "\n点号,X,Y" + ",1" * 1000 + "\n", "too_many_fields"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert codes(read(tmp_path / "a.csv")[0])[-1] == code


def test_a_coordinate_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    rows = [*POINTS[:4], ["J9", "=A1", 38475300, 1, "", ""], *POINTS[4:]]
    answer, _ = read(csv_of(tmp_path / "a.csv", rows), crs="EPSG:4526")
    found = next(f for f in answer["findings"] if f["code"] == "table_point")
    assert (found["row"], "第 5 行" in found["message"]) == (1, True)


def test_sheets_are_layers(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path / "a.xlsx", 一=POINTS, 二=POINTS)
    assert codes(read(path, crs="EPSG:4526")[0]) == ["layer_required"]
    (tmp_path / "a.xlsx.out").rename(tmp_path / "first")
    assert read(path, crs="EPSG:4526", layer="二")[0]["rows"] == 2


@pytest.mark.parametrize(
    ("entry", "content", "code"),
    [
        ("xl/vbaProject.bin", b"x", "xlsx_active_content"),
        ("xl/externalLinks/externalLink1.xml", b"<a/>", "xlsx_active_content"),
        ("xl/connections.xml", b"<a/>", "xlsx_active_content"),
        ("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>', "xml_doctype"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>', "xml_doctype"),
        ("xl/workbook.xml", b"<workbook", "file_damaged"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c", "file_damaged"),
    ],
)
def test_a_workbook_with_more_than_cells_or_with_damage_is_refused(
    tmp_path: Path, entry: str, content: bytes, code: str
) -> None:
    with zipfile.ZipFile(xlsx_of(tmp_path / "whole.xlsx", 界址点=POINTS)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()} | {entry: content}
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made:
        for name, part in parts.items():
            made.writestr(name, part)
    assert codes(read(tmp_path / "a.xlsx", crs="EPSG:4526")[0]) == [code]


def features(count: int = 2) -> list[str]:
    return [
        json.dumps({"type": "Feature", "properties": {"n": i}, "geometry": shapely.geometry.mapping(SQUARE)})
        for i in range(count)
    ]


@pytest.mark.parametrize("separator", ["\n", "\n\x1e", "\r\n\r\n"])
def test_a_text_sequence_is_read_line_by_line_and_gzip_is_opened(tmp_path: Path, separator: str) -> None:
    text = ("\x1e" if "\x1e" in separator else "") + separator.join(features()) + "\n"
    (tmp_path / "a.geojsonl").write_text(text)
    (tmp_path / "a.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("a.geojsonl", "a.gz"):
        answer, table = read(tmp_path / name, crs="4490")
        assert (answer["format"], codes(answer)) == ("geojson_lines", [])
        assert table["a_n"].to_pylist() == [0, 1]


def test_a_gzip_bomb_and_a_gzip_in_a_gzip_are_refused(tmp_path: Path) -> None:
    for name, content, code in (
        ("bomb", bytes(20 << 20), "archive_ratio"),
        ("twice", gzip.compress(b"{}"), "archive_nested"),
    ):
        (tmp_path / name).write_bytes(gzip.compress(content))
        assert codes(read(tmp_path / name)[0]) == [code]
    (tmp_path / "cut").write_bytes(gzip.compress("\n".join(features(500)).encode())[:-30])
    assert codes(read(tmp_path / "cut")[0]) == ["archive_damaged"]


def test_field_names_cut_inside_a_character_are_mended(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    names = np.array(["土地用途代码", "面积"])  # 18 bytes in UTF-8, of which ten are kept
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([SQUARE])), [np.array(["工业"], dtype=object), np.array([1.5])], names,
        geometry_type="Polygon", crs="EPSG:4490", encoding="UTF-8",
    )  # fmt: skip
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[32:43] = "土地用途".encode()[:10] + b"\0"
    path.with_suffix(".dbf").write_bytes(dbf)
    answer, table = read(zipped(path))
    assert codes(answer) == ["field_names_cut"]
    assert (table["a_土地用"].to_pylist(), table["a_面积"].to_pylist()) == (["工业"], [1.5])


def test_undecided_text_is_shown_in_every_encoding_that_reads_it(tmp_path: Path) -> None:
    pyogrio.raw.write(
        tmp_path / "a.shp", shapely.to_wkb(np.array([SQUARE])), [np.array(["模具厂"], dtype=object)],
        np.array(["NAME"]), geometry_type="Polygon", crs="EPSG:4490", encoding="GBK",
    )  # fmt: skip
    answer, _ = read(zipped(tmp_path / "a.shp", without=".cpg"))
    if codes(answer) == []:  # GDAL wrote the language byte: take it away
        dbf = bytearray((tmp_path / "a.dbf").read_bytes())
        dbf[29] = 0
        (tmp_path / "a.dbf").write_bytes(dbf)
        (tmp_path / "a.zip.out").rename(tmp_path / "first")
        answer, _ = read(zipped(tmp_path / "a.shp", without=".cpg"))
    (found,) = answer["findings"]
    assert found["code"] == "encoding_guessed"
    assert "GB18030：模具厂；BIG5：" in found["message"]


def test_latitude_first_is_told_where_it_can_be(tmp_path: Path) -> None:
    swapped = shapely.transform(SQUARE, lambda xy: xy[:, ::-1])
    assert codes(read(write(tmp_path / "a.gpkg", [swapped]))[0]) == ["coordinates_swapped"]
    west = shapely.box(39.5, 75.9, 39.51, 75.91)  # Kashgar exchanged, or a place in the Arctic Ocean
    assert codes(read(write(tmp_path / "b.gpkg", [west]))[0]) == []


def test_values_cut_inside_a_character_are_mended_and_counted(tmp_path: Path) -> None:
    pyogrio.raw.write(
        tmp_path / "a.shp", shapely.to_wkb(np.array([SQUARE, NEXT])), [np.array(["x" * 20, "乙"], dtype=object)],
        np.array(["NAME"]), geometry_type="Polygon", crs="EPSG:4490", encoding="UTF-8",
    )  # fmt: skip
    dbf = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(dbf.replace(b"x" * 20, ("一" * 7).encode()[:20]))
    answer, table = read(zipped(tmp_path / "a.shp"))
    assert codes(answer) == ["texts_cut"]
    assert table["a_NAME"].to_pylist() == ["一" * 6, "乙"]


def test_network_links_beside_data_are_left_with_a_word(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/</href></Link></NetworkLink>"
    answer, _ = read(kml(tmp_path / "a.kml", placemark("甲", SQUARE), link), crs="4490")
    assert (codes(answer), answer["rows"]) == (["kml_links_left"], 1)


def kept_without_ending(path: Path) -> Path:
    """The file under a name that tells nothing, as it is kept."""
    return path.rename(path.with_name("0a1b2c"))


@pytest.mark.parametrize("form", ["gdb", "kml", "dxf", "xlsx", "csv", "lines"])
def test_each_format_comes_through_the_walls_of_the_sandbox(tmp_path: Path, form: str) -> None:
    made = {
        "gdb": lambda: geodatabase(tmp_path, DK=[SQUARE]),
        "kml": lambda: kml(tmp_path / "a.kml", placemark("甲", SQUARE)),
        "dxf": lambda: dxf(tmp_path / "a.dxf", polyline("JZD", CORNERS)),
        "xlsx": lambda: xlsx_of(tmp_path / "a.xlsx", 界址点=POINTS),
        "csv": lambda: csv_of(tmp_path / "a.csv", POINTS),
        "lines": lambda: text_of(tmp_path / "a.geojsonl", "\n".join(features())),
    }[form]()
    crs = {"dxf": "EPSG:4547", "xlsx": "EPSG:4526", "csv": "EPSG:4526"}.get(form)
    (tmp_path / "out").mkdir()
    reading = sandbox.read_file(kept_without_ending(made), tmp_path / "out", crs=crs)
    assert [f.message for f in reading.findings if f.severity == "error"] == []
    assert reading.rows == {"xlsx": 2, "csv": 2, "lines": 2}.get(form, 1)


def text_of(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path
