import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import CRS

from service.geo import area, crs
from service.imports import geojson_file, reader
from service.imports.sources import Request

SQUARE = shapely.box(113.73, 34.77, 113.731, 34.771)
NEXT = shapely.box(113.731, 34.77, 113.732, 34.771)


def projected(shape: shapely.Geometry, epsg: int = 4526) -> shapely.Geometry:
    return shapely.transform(shape, crs.transformer("EPSG:4490", f"EPSG:{epsg}").transform, interleaved=False)


def read(path: Path, **declared: str | None) -> tuple[dict[str, Any], pa.Table]:
    folder = path.parent / f"{path.name}.out"
    folder.mkdir()
    answer = reader.read(Request(path, folder, **declared))
    json.dumps(answer)
    if not answer["rows"]:
        return answer, None
    return answer, pa.ipc.open_file(folder / "rows.arrow").read_all()


def codes(answer: dict[str, Any]) -> list[str]:
    """What was found, but for the remark that a shape has holes (test_topology)."""
    return [found["code"] for found in answer["findings"] if found["code"] != "hole"]


def write(
    path: Path, shapes: list[Any], *, epsg: int | None = 4490, kind: str = "Polygon", **options: str | bool
) -> Path:
    pyogrio.raw.write(
        path,
        np.array([None if s is None else shapely.to_wkb(s) for s in shapes], dtype=object),
        [np.array([f"宗地{i}" for i in range(len(shapes))], dtype=object), np.arange(len(shapes)) / 2],
        np.array(["名称", "面积"]),
        geometry_type=kind,
        crs=None if epsg is None else f"EPSG:{epsg}",
        **options,
    )
    return path


def zipped(path: Path, *, without: str = "") -> Path:
    target = path.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as made:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part.suffix not in (".zip", without or ".zip"):
                made.write(part, f"成果/{part.name}")
    return target


def same_place(wkb: bytes, wanted: shapely.Geometry) -> bool:
    shape = shapely.from_wkb(wkb)
    return shape.geom_type == "MultiPolygon" and bool(shapely.hausdorff_distance(shape, wanted) < 1e-9)


@pytest.mark.parametrize("epsg", [4490, 4526, 4547, 4508])
def test_a_geopackage_comes_out_in_4490_with_both_areas(tmp_path: Path, epsg: int) -> None:
    shapes = [SQUARE if epsg == 4490 else projected(SQUARE, epsg), NEXT if epsg == 4490 else projected(NEXT, epsg)]
    answer, table = read(write(tmp_path / "a.gpkg", shapes, epsg=epsg))
    assert (answer["format"], answer["source_crs"], answer["rows"]) == ("geopackage", f"EPSG:{epsg}", 2)
    assert answer["findings"] == []
    assert answer["fields"] == {"名称": "string", "面积": "double"}
    assert table["row"].to_pylist() == [1, 2]
    assert table["a_名称"].to_pylist() == ["宗地0", "宗地1"]
    assert table["a_面积"].to_pylist() == [0.0, 0.5]
    assert same_place(table["geom_wkb"][0].as_py(), SQUARE)
    assert table["area_plane_m2"][0].as_py() == pytest.approx(area.area_plane_m2(SQUARE), abs=1e-3)
    assert table["area_ellipsoid_m2"][0].as_py() == pytest.approx(area.area_ellipsoid_m2(SQUARE), abs=1e-3)
    assert shapely.from_wkb(table["source_wkb"][0].as_py()).equals(shapes[0])
    assert table["survey"].null_count == 2


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("without", ["", ".cpg"])
def test_a_zipped_shapefile_keeps_its_chinese(tmp_path: Path, encoding: str, without: str) -> None:
    path = write(tmp_path / "宗地.shp", [projected(SQUARE)], epsg=4526, encoding=encoding)
    answer, table = read(zipped(path, without=without))
    assert (answer["format"], answer["layer"], answer["source_crs"]) == ("shapefile", "宗地", "EPSG:4526")
    assert table["a_名称"].to_pylist() == ["宗地0"]
    assert same_place(table["geom_wkb"][0].as_py(), SQUARE)
    assert set(codes(answer)) <= ({"encoding_guessed"} if without else set())


def test_a_shapefile_without_prj_asks_for_the_crs_and_takes_it(tmp_path: Path) -> None:
    archive = zipped(write(tmp_path / "a.shp", [projected(SQUARE, 4547)], epsg=4547), without=".prj")
    assert codes(read(archive)[0]) == ["crs_missing"]
    again = archive.rename(tmp_path / "again.zip")
    answer, table = read(again, crs="CGCS2000_3_Degree_GK_CM_114E")
    assert (codes(answer), answer["source_crs"]) == ([], "EPSG:4547")
    assert same_place(table["geom_wkb"][0].as_py(), SQUARE)


def test_several_shapefiles_need_a_name(tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        write(tmp_path / f"{name}.shp", [SQUARE])
    archive = tmp_path / "both.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for part in tmp_path.glob("[甲乙].*"):
            made.write(part, part.name)
    assert codes(read(archive)[0]) == ["layer_required"]
    archive = archive.rename(tmp_path / "again.zip")
    answer, _ = read(archive, layer="乙")
    assert (answer["layer"], answer["rows"]) == ("乙", 1)


def test_layers_are_chosen_by_kind_and_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [SQUARE], layer="one")
    write(path, [SQUARE.centroid], layer="points", kind="Point", append=False)
    assert read(path)[0]["layer"] == "one"
    write(path, [SQUARE, NEXT], layer="two")
    (tmp_path / "a.gpkg.out").rename(tmp_path / "first")
    assert codes(read(path)[0]) == ["layer_required"]
    (tmp_path / "a.gpkg.out").rename(tmp_path / "second")
    assert read(path, layer="two")[0]["rows"] == 2
    (tmp_path / "a.gpkg.out").rename(tmp_path / "third")
    assert codes(read(path, layer="three")[0]) == ["layer_unknown"]


def geojson(path: Path, *geometries: object, crs_member: object = None) -> Path:
    features = [{"type": "Feature", "properties": {"n": i, "名": "x"}, "geometry": g} for i, g in enumerate(geometries)]
    document = {
        "type": "FeatureCollection",
        **({"crs": crs_member} if crs_member else {}),
        "features": features,
    }
    path.write_text(json.dumps(document), "utf-8")
    return path


def polygon(*rings: object) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


RING = [[113.73, 34.77], [113.74, 34.77], [113.74, 34.78], [113.73, 34.77]]


def test_geojson_is_longitude_and_latitude_unless_said_otherwise(tmp_path: Path) -> None:
    answer, table = read(geojson(tmp_path / "a.geojson", polygon(RING)))
    assert (codes(answer), answer["rows"]) == (["crs_taken_as_cgcs2000"], 1)
    assert same_place(table["geom_wkb"][0].as_py(), shapely.Polygon(RING))
    assert codes(read(geojson(tmp_path / "b.geojson", polygon(RING)), crs="4490")[0]) == []
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert codes(read(geojson(tmp_path / "c.geojson", polygon(RING), crs_member=named))[0]) == []
    assert codes(read(geojson(tmp_path / "d.geojson", polygon(RING)), crs="gcj02")[0]) == ["crs_encrypted"]
    assert codes(read(geojson(tmp_path / "e.geojson", polygon(RING), crs_member=named), crs="4526")[0]) == [
        "crs_conflict"
    ]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "geometry_missing"),
        ({"type": "Point", "coordinates": [113, 34]}, "geometry_type"),
        (polygon(), "geometry_empty"),
        (polygon(RING[:2]), "geometry_malformed"),
        (polygon(RING[:3]), "ring_open"),
        (polygon([*RING[:3], [113.73, 34.771]]), "ring_open"),
        (polygon(RING, [[113.732]]), "geometry_malformed"),  # GDAL would drop the inner ring
        (polygon([["113", "34"]] * 4), "geometry_malformed"),
        ({"type": "polygon", "coordinates": [RING]}, "geometry_malformed"),
        ("POLYGON", "geometry_malformed"),
        (polygon([[113, 34], [113.1, 34.1], [113.1, 34], [113, 34.1], [113, 34]]), "self_crossing"),
        (polygon([[113, 34], [113, 91], [113.1, 34], [113, 34]]), "coordinate_out_of_range"),
        (polygon([[113, 34], [1e308, 34], [113.1, 34.1], [113, 34]]), "coordinate_out_of_range"),
    ],
)
def test_a_bad_feature_is_a_finding_on_its_row(tmp_path: Path, geometry: object, code: str) -> None:
    answer, table = read(geojson(tmp_path / "a.json", polygon(RING), geometry, polygon(RING)), crs="4490")
    assert [(found["code"], found["row"]) for found in answer["findings"]] == [(code, 2)]
    assert [shape is None for shape in table["geom_wkb"].to_pylist()] == [False, True, False]
    assert table["a_n"].to_pylist() == [0, 1, 2]
    if code == "self_crossing":
        assert answer["findings"][0]["point"] == "1–2 × 3–4"
        assert (answer["findings"][0]["lon"], answer["findings"][0]["lat"]) == pytest.approx((113.05, 34.05))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type":"FeatureCollection","features":[', "file_damaged"),
        ('{"type":"FeatureCollection","features":[]} x', "file_damaged"),
        ('{"type":"FeatureCollection","features":[],"features":[]}', "file_damaged"),
        ('{"type":"FeatureCollection","features":[{"type":"Feature","type":"Feature"}]}', "file_damaged"),
        ('{"type":"FeatureCollection","features":[NaN]}', "file_damaged"),
        ('{"type":"FeatureCollection","features":[{"a":' + "9" * 5000 + "}]}", "file_damaged"),
        ('{"type":"FeatureCollection","features":[' + "[" * 100_000 + "]}", "file_damaged"),
        ('{"type":"FeatureCollection","features":{}}', "file_damaged"),
        ('{"type":"FeatureCollection"}', "unknown_format"),
        ('{"type":"FeatureCollection","features":[]}', "no_rows"),
        ('{"type":"Feature","properties":{"a":"\\ud800"},"geometry":null}', "encoding_wrong"),
        (
            '{"type":"FeatureCollection","features":[],"crs":{"type":"link","properties":{"href":"http://x"}}}',
            "geojson_crs_link",
        ),
        ('{"type":"FeatureCollection","features":[],"\\u0063rs":{"type":"link","properties":{}}}', "geojson_crs_link"),
    ],
)
def test_a_document_that_cannot_be_read_ends_in_one_finding(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")
    answer, _ = read(path)
    assert codes(answer) == [code]


def test_geojson_in_gbk_is_refused_and_kinds_of_values_make_columns(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.json", polygon(RING))
    path.write_bytes(path.read_text("utf-8").encode("ascii").replace(b'"x"', '"地名"'.encode("gbk")))
    assert codes(read(path)[0]) == ["encoding_wrong"]
    values: list[list[Any]] = [
        [1, 2.5, "a", None],
        [True, 1, 2, None],
        [2**70, None, None, {"x": 1}],
        [1.5, 2, None, "z"],
    ]
    features = [
        {
            "type": "Feature",
            "id": f"k{i}",
            "properties": dict(zip("abcd", v, strict=True)),
            "geometry": polygon(RING),
        }
        for i, v in enumerate(values)
    ]
    mixed = tmp_path / "b.json"
    mixed.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    answer, table = read(mixed)
    assert answer["fields"] == {"id": "string", "a": "string", "b": "double", "c": "string"}
    assert table["a_c"].to_pylist() == ["a", "2", None, None]
    assert "field_unusable" in codes(answer)


def parquet(path: Path, shapes: list[Any], geo: dict[str, Any] | None, **columns: pa.Array) -> Path:
    table = pa.table(
        {"geometry": pa.array([s if isinstance(s, bytes) else shapely.to_wkb(s) for s in shapes]), **columns}
    )
    if geo is not None:
        meta = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", **geo}}}
        table = table.replace_schema_metadata({"geo": json.dumps(meta)})
    pq.write_table(table, path)
    return path


def test_geoparquet_is_read_and_bad_wkb_is_a_finding(tmp_path: Path) -> None:
    columns = {
        "day": pa.array([1, 2], pa.date32()),
        "kind": pa.array(["甲", "乙"]).dictionary_encode(),
        "list": pa.array([[1], [2]]),
        "yes": pa.array([True, None]),
    }
    geo = {"crs": json.loads(CRS.from_epsg(4526).to_json())}
    answer, table = read(
        parquet(tmp_path / "a.parquet", [projected(SQUARE), b"\x01\x03\x00\x00\x00\xff\xff\xff\xff"], geo, **columns)
    )
    assert [(f["code"], f["row"]) for f in answer["findings"]] == [("field_unusable", None), ("geometry_unreadable", 2)]
    assert answer["source_crs"] == "EPSG:4526"
    assert same_place(table["geom_wkb"][0].as_py(), SQUARE)
    assert table["a_day"].to_pylist() == ["1970-01-02", "1970-01-03"]
    assert table["a_kind"].to_pylist() == ["甲", "乙"]
    assert table["a_yes"].to_pylist() == [1, None]


@pytest.mark.parametrize(
    ("geo", "code"),
    [(None, "parquet_not_geo"), ({"encoding": "point"}, "parquet_encoding"), ({"crs": None}, "crs_missing")],
)
def test_other_parquet_is_refused(tmp_path: Path, geo: dict[str, Any] | None, code: str) -> None:
    assert codes(read(parquet(tmp_path / "a.parquet", [SQUARE], geo))[0]) == [code]


@pytest.mark.filterwarnings("ignore:.crs. was not provided")
@pytest.mark.parametrize(
    ("shape", "epsg", "code"),
    [
        (projected(SQUARE), 4490, "coordinates_not_degrees"),
        (projected(SQUARE), 4547, "zone_mismatch"),
        (projected(SQUARE, 4547), 4526, "zone_mismatch"),
        (projected(SQUARE), 4527, "zone_mismatch"),
        (shapely.transform(projected(SQUARE), lambda xy: xy[:, ::-1]), 4526, "coordinates_swapped"),
        (SQUARE, 2362, "crs_old_datum"),
        (SQUARE, 4214, "crs_old_datum"),
        (SQUARE, None, "crs_missing"),
    ],
)
def test_coordinates_that_contradict_their_crs_are_refused(
    tmp_path: Path, shape: shapely.Geometry, epsg: int | None, code: str
) -> None:
    assert codes(read(write(tmp_path / "a.gpkg", [shape, shape], epsg=epsg))[0]) == [code]


def test_heights_are_dropped_with_a_word_and_parts_and_holes_survive(tmp_path: Path) -> None:
    ring = shapely.Polygon(SQUARE.exterior, [shapely.box(113.7302, 34.7702, 113.7305, 34.7705).exterior])
    both = shapely.MultiPolygon([ring, NEXT.buffer(-1e-5)])
    high = shapely.force_3d(SQUARE, 88.0)
    answer, table = read(write(tmp_path / "a.gpkg", [high, ring, both], kind="Unknown"))
    assert [each["code"] for each in answer["findings"]] == ["z_dropped", "hole", "hole"]
    made = shapely.from_wkb(table["geom_wkb"].to_numpy(zero_copy_only=False))
    assert not shapely.has_z(made).any()
    assert np.allclose(shapely.area(made), shapely.area([SQUARE, ring, both]), rtol=1e-12)
    assert shapely.has_z(shapely.from_wkb(table["source_wkb"][0].as_py()))
    with_height = polygon([[*position, 88.0] for position in RING])
    multi = {"type": "MultiPolygon", "coordinates": [with_height["coordinates"]]}
    answer, _ = read(geojson(tmp_path / "a.json", with_height, multi, polygon(RING)), crs="4490")
    assert [(f["code"], f["message_en"][0]) for f in answer["findings"]] == [("z_dropped", "2")]


def test_a_boundary_txt_brings_its_survey_along(tmp_path: Path) -> None:
    path = tmp_path / "界址点.txt"
    points = [(3849200, 38475200), (3849200, 38475300), (3849100, 38475300), (3849200, 38475200)]
    lines = [f"J{i % 3 + 1},1,{x}.000,{y}.000" for i, (x, y) in enumerate(points)]
    text = "[属性描述]\n坐标系=2000国家大地坐标系\n带号=38\n[地块坐标]\n4,0.5,DK-1,甲,面,,工业用地,,@\n" + "\n".join(
        lines
    )
    path.write_bytes(text.encode("gbk"))
    answer, table = read(path)
    assert (answer["format"], answer["source_crs"], answer["encoding"]) == ("boundary_txt", "EPSG:4526", "GB18030")
    assert answer["findings"] == []
    assert table["a_地块编号"].to_pylist() == ["DK-1"]
    assert table["a_地块面积_m2"].to_pylist() == [5000.0]
    assert table["area_plane_m2"][0].as_py() == pytest.approx(5000, abs=1e-3)
    survey = json.loads(table["survey"][0].as_py())
    assert survey["zone_prefixed"] is True
    assert survey["rings"][0]["points"][0] == ["J1", "3849200.000", "38475200.000"]


def test_many_batches_and_many_faults_are_counted_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson_file, "BATCH_FEATURES", 10)
    monkeypatch.setattr(reader, "MAX_FINDINGS", 5)
    answer, table = read(geojson(tmp_path / "a.json", *[polygon(RING), None] * 20), crs="4490")
    assert table["row"].to_pylist() == list(range(1, 41))
    assert [(f["code"], f["row"]) for f in answer["findings"]] == [
        ("too_many_findings", None),
        *(("geometry_missing", row) for row in (2, 4, 6, 8, 10)),
    ]


def test_more_rows_than_allowed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_ROWS", 2)
    assert codes(read(write(tmp_path / "a.gpkg", [SQUARE] * 3))[0]) == ["too_many_rows"]
    assert read(write(tmp_path / "b.gpkg", [SQUARE] * 2))[0]["rows"] == 2
