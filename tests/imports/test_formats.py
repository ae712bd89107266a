"""Every format, from the file to the parcel: shapes to 0.1 mm, every attribute."""

import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import psycopg
import pyarrow.parquet
import pyogrio
import pyproj
import pytest
import shapely

from service.core.settings import Settings
from service.imports.reader import read
from service.imports.sources import Request
from tests.imports.conftest import Outcome, parcels, shapefile_zip

BringIn = Callable[..., Outcome]
DEGREES_IN_TENTH_MM = 1e-9  # 0.1 mm on the ground
# UTF-8 leaves room for three Chinese characters in a field's name, so that such files have the standard's short names.
SHORT = dict(
    zip(parcels().columns, ["DKBH", "DKMC", "YDYHFLDM", "YDMJ", "RJL", "LDL", "JZXG", "ZT", "geometry"], strict=True)
)


def written(folder: Path, form: str) -> Path:
    """Write six parcels in one of the formats."""
    if form == "gpkg":
        pyogrio.write_dataframe(parcels(), folder / "地块.gpkg", layer="地块")
        return folder / "地块.gpkg"
    if form == "shp-GBK":
        return shapefile_zip(folder / "地块.zip", parcels(crs=4526), "GBK")
    if form == "shp-UTF-8":
        return shapefile_zip(folder / "地块.zip", parcels(crs=4526).rename(columns=SHORT), "UTF-8")
    if form == "geojson":
        parcels(crs=4490).to_crs(4326).to_file(folder / "地块.geojson", driver="GeoJSON", COORDINATE_PRECISION=12)
        return folder / "地块.geojson"
    parcels(crs=4490).to_parquet(folder / "地块.parquet")
    return folder / "地块.parquet"


def degrees(frame: geopandas.GeoDataFrame) -> list[shapely.Geometry]:
    """Return shapes in degrees, by pyproj alone."""
    to_degrees = pyproj.Transformer.from_crs(4547, 4490, always_xy=True)
    return [shapely.transform(each, lambda xy: np.column_stack(to_degrees.transform(*xy.T))) for each in frame.geometry]


@pytest.mark.parametrize("form", ["gpkg", "shp-GBK", "shp-UTF-8", "geojson", "parquet"])
def test_a_clean_file_becomes_parcels_that_equal_it(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any], form: str
) -> None:
    outcome = bring_in(written(tmp_path, form))
    assert (outcome.row.status, outcome.row.published, outcome.errors) == ("published", 6, [])
    rows = owner.execute(
        "SELECT p.code, p.name, p.land_use_scheme, p.land_use_code, p.area_legal_m2, p.far::text, p.green_pct::text,"
        " p.height_m::text, p.stage, p.county_code, r.code, ST_AsBinary(p.geom), p.area_plane_m2 FROM parcel p"
        " LEFT JOIN region r ON r.id = p.region_id ORDER BY p.code"
    ).fetchall()
    source = parcels()
    stages = ["candidate", "reserved", "cleared", "listed", "sold", "delivered"]
    for row, want, shape, stage in zip(rows, source.itertuples(), degrees(source), stages, strict=True):
        assert row[:2] == (want.地块编号, want.地块名称)
        assert row[2:4] == ("land_use_2023", want.地类编码)
        assert row[4] == Decimal(str(want.用地面积))
        assert row[5:9] == ("(1.1,1.8]", "[35,100]", "[0,60]", stage)
        assert row[10] == f"{row[9]}001"
        assert shapely.equals_exact(
            shapely.normalize(shapely.from_wkb(row[11])),
            shapely.normalize(shapely.MultiPolygon([shape])),
            tolerance=DEGREES_IN_TENTH_MM,
        )
        assert float(row[12]) == pytest.approx(want.用地面积, abs=0.05)
    assert {row[9] for row in rows} == {"410105", "410104"}, "the six lie on both sides of the county line"


def test_the_survey_is_kept_byte_for_byte(tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]) -> None:
    path = written(tmp_path, "shp-GBK")
    bring_in(path)
    rows = owner.execute(
        "SELECT s.source_crs, s.zone_prefixed, s.source_row, s.geometry, d.file_name FROM parcel_survey s"
        " JOIN document d ON d.id = s.document_id ORDER BY s.source_row"
    ).fetchall()
    delivered = pyogrio.read_dataframe(f"/vsizip/{path}", encoding="GBK").geometry
    for number, (crs, prefixed, row, wkb, name) in enumerate(rows):
        assert (crs, prefixed, row, name) == (4526, True, number + 1, "地块.zip")
        assert shapely.equals_exact(shapely.from_wkb(wkb), delivered[number], tolerance=0)


TXT = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
带号=38
[地块坐标]
10,0.8400,DK-01,示例地块,面,I49G000000,工业用地,1001,@
J1,1,3849200.000,38475200.000
J2,1,3849200.000,38475300.000
J3,1,3849100.000,38475300.000
J4,1,3849100.000,38475200.000
J1,1,3849200.000,38475200.000
J5,2,3849170.000,38475230.000
J6,2,3849130.000,38475230.000
J7,2,3849130.000,38475270.000
J8,2,3849170.000,38475270.000
J5,2,3849170.000,38475230.000
"""


def test_a_boundary_txt_keeps_its_point_numbers(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]
) -> None:
    path = tmp_path / "报备坐标.txt"
    path.write_bytes(TXT.replace("\n", "\r\n").encode("gb18030"))
    outcome = bring_in(path)
    assert (outcome.row.status, outcome.row.format, outcome.row.source_crs) == ("published", "boundary_txt", 4526)
    row = owner.execute(
        "SELECT p.code, p.name, p.area_legal_m2, p.area_plane_m2, p.land_use_code, s.points,"
        " ST_NumInteriorRings(ST_GeometryN(p.geom, 1))"
        " FROM parcel p JOIN parcel_survey s ON s.parcel_id = p.id"
    ).fetchone()
    assert row is not None
    code, name, legal, plane, use, points, holes = row
    assert (code, name, legal, use, holes) == ("DK-01", "示例地块", Decimal("8400.00"), "1001", 1)
    assert plane == pytest.approx(Decimal(8400), abs=Decimal("0.01"))
    assert points[0] == {"number": "J1", "ring": "1", "northing": "3849200.000", "easting": "38475200.000"}
    assert [point["number"] for point in points if point["ring"] == "2"] == ["J5", "J6", "J7", "J8", "J5"]


def test_a_shapefile_without_cpg_is_read_with_a_warning(tmp_path: Path, bring_in: BringIn) -> None:
    outcome = bring_in(shapefile_zip(tmp_path / "a.zip", parcels(), "GBK", without=(".cpg",)))
    assert outcome.row.status == "published"
    assert "encoding_guessed" in outcome.codes


def test_a_shapefile_without_prj_needs_a_declared_crs(tmp_path: Path, bring_in: BringIn) -> None:
    path = shapefile_zip(tmp_path / "a.zip", parcels(), "GBK", without=(".prj",))
    assert bring_in(path).errors == [(None, None, "crs_missing")]
    assert bring_in(path, crs="EPSG:4547").row.status == "published"


def test_a_file_without_codes_gets_some_and_says_so(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]
) -> None:
    frame = parcels(2).drop(columns="地块编号")
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg")
    outcome = bring_in(tmp_path / "a.gpkg")
    assert outcome.row.status == "published"
    assert "code_generated" in outcome.codes
    codes = [code for (code,) in owner.execute("SELECT code FROM parcel ORDER BY code")]
    assert codes == [f"IMP{outcome.row.id}-1", f"IMP{outcome.row.id}-2"]


def test_the_original_file_stays_as_a_document(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any], settings: Settings
) -> None:
    path = written(tmp_path, "parquet")
    outcome = bring_in(path)
    row = owner.execute(
        "SELECT subject_type, subject_id, sha256 FROM document WHERE id = %s", (outcome.row.document_id,)
    ).fetchone()
    assert row is not None
    assert row[:2] == ("import", str(outcome.row.id))
    kept = settings.documents_dir / row[2][:2] / row[2][2:4] / row[2]
    assert kept.read_bytes() == path.read_bytes()
    assert pyarrow.parquet.read_table(kept).num_rows == 6


def test_a_zone_may_be_declared_with_or_without_its_number_in_front(tmp_path: Path) -> None:
    """A .prj of zone 38 beside eastings without the number is common; the eastings show which is true."""
    frame = parcels(2)  # EPSG:4547: no number in front
    path = shapefile_zip(tmp_path / "a.zip", frame, "UTF-8", without=(".prj",))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("地块.prj", pyproj.CRS.from_epsg(4526).to_wkt("WKT1_ESRI"))
    folders = [tmp_path / name for name in ("silent", "declared", "wrong")]
    for folder in folders:
        folder.mkdir()
    (silent,) = read(Request(path, folders[0]))["findings"]
    assert (silent["code"], "EPSG:4547" in silent["message"]) == ("zone_mismatch", True)
    assert read(Request(path, folders[1], crs="EPSG:4547"))["rows"] == 2
    (wrong,) = read(Request(path, folders[2], crs="EPSG:4548"))["findings"]
    assert wrong["code"] == "crs_conflict"
