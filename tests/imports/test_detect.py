import sqlite3
import zipfile
from pathlib import Path

import pytest

from service.imports import detect
from service.imports.detect import Format
from service.imports.findings import Problem


def told(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "parcels.geojson"  # a name that lies
    path.write_bytes(content)
    try:
        return detect.detect(path)
    except Problem as ended:
        return f"{ended.finding.code}: {ended.finding.value or ended.finding.message_en}"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", "file_empty"),
        (b"SQLite format 3\0...", Format.GEOPACKAGE),
        (b"PAR1....", Format.GEOPARQUET),
        (b"PK\x03\x04" + b"\0" * 26 + b"parcels.shp", Format.ARCHIVE),
        (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", Format.ARCHIVE),  # by its entries
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis", "unsupported_format: OpenDocument"),
        (b'{"type":"FeatureCollection","features":[]}', Format.GEOJSON),
        (b'\xef\xbb\xbf {"features":[{"type" : "Feature"}]}', Format.GEOJSON),
        (b'{"type":"Polygon","coordinates":[]}', Format.GEOJSON),
        (b'{"type":"Feature"}\n{"type":"Feature"}\n', Format.GEOJSON_LINES),
        (b'\x1e{"type":"Feature"}\n', Format.GEOJSON_LINES),
        (b'{"type":"Topology"}', "unsupported_format: TopoJSON"),
        (b'{"geometryType":"esriGeometryPolygon","features":[]}', "unsupported_format: Esri JSON"),
        (b'{"a":1}', "unknown_format: JSON"),
        ("[地块坐标]\n".encode("gbk"), Format.BOUNDARY_TXT),
        ("【地块坐标】\r\n".encode("utf-16"), Format.BOUNDARY_TXT),
        ("3,0.1,1,甲,面,,,,@\n".encode(), Format.BOUNDARY_TXT),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "unsupported_format: GDAL VRT"),
        (b'<?xml version="1.0"?><kml:kml xmlns:kml="x"/>', Format.KML),
        (b'<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', Format.KML),
        (b'<?xml version="1.0"?><osm><kml/></osm>', "unsupported_format: OSM XML"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", Format.DXF),
        (b"AutoCAD Binary DXF\r\n", "unsupported_format: \u4e8c\u8fdb\u5236 DXF"),
        ("编号,面积\n1,2\n".encode("gbk"), Format.CSV),
        (b"\x00\x00\x27\x0a", "shapefile_loose"),
        (b"\x03\x7a\x0b\x15", "shapefile_loose"),
        (b"7z\xbc\xaf\x27\x1c", "unsupported_format: 7z"),
        (b"\x1f\x8b\x08", Format.GZIP),
        (b"%PDF-1.7", "unknown_format: PDF"),
        (b'GEOGCS["GCS_China",DATUM["D_China_2000",SPHEROID["a",1,2]]]', "unsupported_format: .prj"),
        ("界址点成果表\n点号,X,Y\nJ1,1,2\n".encode(), Format.CSV),
        (b"Copyright 2019, some one\nand others.\n", "unknown_format"),
        (b"MIT License\n", "unknown_format: \u201cMIT License"),
        (b"\x00\x01\x02\x03" * 20, "unknown_format: 00 01 02 03"),
        (bytes(range(128, 256)) * 4, "unknown_format"),
    ],
)
def test_the_content_tells_the_format_whatever_the_name_says(tmp_path: Path, content: bytes, wanted: str) -> None:
    got = told(tmp_path, content)
    code, _, value = wanted.partition(": ")
    assert got.startswith(code)
    assert value in got


def database(tmp_path: Path, *statements: str) -> Path:
    path = tmp_path / "some.gpkg"
    connection = sqlite3.connect(path)
    for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"):
        connection.execute(f"CREATE TABLE {table} (srs_id)")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER rtree_parcels_geom_insert AFTER INSERT ON gpkg_contents BEGIN SELECT 1; END",
        "CREATE TRIGGER trigger_insert_feature_count_parcels AFTER INSERT ON gpkg_contents BEGIN SELECT 1; END",
        "CREATE TRIGGER gpkg_tile_matrix_zoom_level_insert BEFORE INSERT ON gpkg_contents BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE rtree_parcels_geom USING rtree(id, a, b, c, d)",
        "CREATE VIEW st_spatial_ref_sys AS SELECT srs_id FROM gpkg_spatial_ref_sys",
    ],
)
def test_what_the_standard_and_its_writers_put_in_is_fine(tmp_path: Path, statement: str) -> None:
    detect.check_geopackage(database(tmp_path, statement))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW parcels AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
        "CREATE VIEW geometry_columns AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
        "CREATE VIEW spatial_ref_sys AS SELECT randomblob(1000000000)",
        "CREATE TRIGGER mine AFTER INSERT ON gpkg_contents BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE words USING fts5(a)",
    ],
)
def test_active_content_is_refused(tmp_path: Path, statement: str) -> None:
    with pytest.raises(Problem) as caught:
        detect.check_geopackage(database(tmp_path, statement))
    assert caught.value.finding.code == "gpkg_active_content"


def test_other_databases_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    plain = tmp_path / "plain.db"
    with sqlite3.connect(plain) as connection:
        connection.execute("CREATE TABLE a (b)")
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(database(tmp_path).read_bytes()[:300])
    for path, code in ((plain, "gpkg_not_spatial"), (cut, "file_damaged")):
        with pytest.raises(Problem) as caught:
            detect.check_geopackage(path)
        assert caught.value.finding.code == code


def test_a_real_archive_is_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("宗地.shp", b"")
    assert detect.detect(path) is Format.ARCHIVE
