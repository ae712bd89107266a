"""There and back through the real import: database → file → database, and the second file equals the first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import psycopg
import pyogrio
import pytest
import shapely

from service.accounts.access import system
from service.core.db import Database, driver_connection
from service.exports import files
from service.exports.files import Order
from tests.exports.made import farthest
from tests.imports.conftest import Outcome, parcels

Owner = psycopg.Connection[Any]
BringIn = Callable[..., Outcome]
_KEPT = """SELECT code, name, address, lot_number, county_code, area_legal_m2, land_use_scheme, land_use_code,
    far::text, density_pct::text, green_pct::text, height_m::text, stage, hold, stage_since, registered_on,
    area_plane_m2 FROM parcel ORDER BY code"""
_SHAPES = "SELECT code, ST_AsBinary(geom) FROM parcel ORDER BY code"
FORMS = [
    *(("gpkg", "4547", None), ("gpkg", "4490", None), ("shp", "4526", "utf-8"), ("shp", "4547", "gbk")),
    *(("shp", "4490", "gbk"), ("geojson", "4490", None), ("parquet", "4526", None), ("parquet", "4490", None)),
    *(("xlsx", "4547", None), ("xlsx", "4490", None), ("csv", "4526", "gbk"), ("csv", "4490", "utf-8")),
    ("kml", "4326", None),
]


def export(database: Database, folder: Path, **order: Any) -> Path:  # noqa: ANN401 - an order's members
    """Write what is kept."""
    folder.mkdir()
    with database.read() as session:
        return files.write(driver_connection(session), system("test"), Order(**order), folder).path


def given(form: str) -> geopandas.GeoDataFrame:
    """Six parcels of all sorts: a hole, two parts, gaps in the columns, words of every kind, as long as they may be."""
    frame = parcels(
        状态=["挂牌中 中止", "谋划", "净地", "已动工 中止", None, "已收回"],
        状态日期=["2022-03-04"] * 6,
        出让编号=["郑政出〔2021〕3号(网)", None] * 3,
        登记日期=[None, "2020-02-29"] * 3,
        地块名称=['=龙湖,"北"路', None, "龙湖" * 42 if form == "shp" else "龙湖" * 100, "@甲", "甲'乙", " 1,234 "],
        坐落=[None, "金水东路·北", "如意湖" * (28 if form == "shp" else 100), "+1", "-", "a\\b"],
    )
    whole = list(frame.geometry)
    west, south, east, north = whole[1].bounds
    whole[1] = whole[1].difference(shapely.box(west + 30, south + 30, west + 60.12, south + 50.5))
    west, south, east, north = whole[2].bounds
    whole[2] = shapely.MultiPolygon(
        [shapely.box(west, south, west + 41, north), shapely.box(west + 45, south, east, north)]
    )
    return frame.set_geometry(whole, crs=4547)


def forget(superuser: Owner) -> None:
    """Remove every parcel, as if none had come."""
    tables = "; ".join(f"DELETE FROM {name}" for name in ("parcel_event", "parcel_survey", "parcel"))
    superuser.execute(f"SET session_replication_role = replica; {tables}; SET session_replication_role = origin")


@pytest.mark.parametrize(("form", "crs", "encoding"), FORMS)
def test_a_file_of_ours_becomes_the_same_parcels(
    tmp_path: Path,
    database: Database,
    owner: Owner,
    superuser: Owner,
    bring_in: BringIn,
    form: str,
    crs: str,
    encoding: str | None,
) -> None:
    pyogrio.write_dataframe(given(form), tmp_path / "given.gpkg")
    assert bring_in(tmp_path / "given.gpkg").row.status == "published"
    before, shapes = owner.execute(_KEPT).fetchall(), owner.execute(_SHAPES).fetchall()
    first = export(database, tmp_path / "first", format=form, crs=crs, encoding=encoding)
    forget(superuser)
    outcome = bring_in(first, **({"crs": crs} if form in {"csv", "xlsx"} else {}))
    assert (outcome.row.status, outcome.errors) == ("published", [])
    assert owner.execute(_KEPT).fetchall() == before
    for (code, was), (same, now) in zip(shapes, owner.execute(_SHAPES), strict=True):
        assert code == same
        assert farthest(shapely.from_wkb(bytes(was)), shapely.from_wkb(bytes(now))) <= 9e-10, "0.1 mm, in degrees"
    second = export(database, tmp_path / "second", format=form, crs=crs, encoding=encoding)
    if form in {"geojson", "parquet", "csv"}:
        assert second.read_bytes() == first.read_bytes()
    elif form == "gpkg":
        one, two = pyogrio.read_dataframe(first), pyogrio.read_dataframe(second)
        assert one.equals(two)


@pytest.mark.parametrize(("crs", "encoding"), [("4526", "gbk"), ("4547", "utf-8")])
def test_a_boundary_txt_comes_back_with_its_point_numbers(
    tmp_path: Path, database: Database, superuser: Owner, bring_in: BringIn, crs: str, encoding: str
) -> None:
    pyogrio.write_dataframe(parcels(), tmp_path / "given.gpkg")
    bring_in(tmp_path / "given.gpkg")
    first = export(database, tmp_path / "first", format="txt", crs=crs, encoding=encoding)
    renamed = first.read_bytes().replace(b"\r\nJ1,", b"\r\nK-1,")
    (tmp_path / "报备.txt").write_bytes(renamed)
    forget(superuser)
    assert bring_in(tmp_path / "报备.txt").row.status == "published"
    assert export(database, tmp_path / "second", format="txt", crs=crs, encoding=encoding).read_bytes() == renamed


@pytest.mark.parametrize("crs", ["4547", "4526"])
def test_a_drawing_comes_back_as_the_same_outlines(
    tmp_path: Path, database: Database, owner: Owner, superuser: Owner, bring_in: BringIn, crs: str
) -> None:
    """A drawing carries outlines and codes as texts: what comes back are parcels with new codes in the old places."""
    pyogrio.write_dataframe(parcels(), tmp_path / "given.gpkg")
    bring_in(tmp_path / "given.gpkg")
    shapes = owner.execute(_SHAPES).fetchall()
    drawing = export(database, tmp_path / "first", format="dxf", crs=crs)
    forget(superuser)
    outcome = bring_in(drawing, crs=f"EPSG:{crs}")
    assert (outcome.row.status, outcome.errors) == ("published", [])
    again = [shapely.from_wkb(bytes(shape)) for _, shape in owner.execute(_SHAPES + ", id").fetchall()]
    for (code, was), now in zip(shapes, again, strict=True):
        assert farthest(shapely.from_wkb(bytes(was)), now) <= 9e-10, f"{code}: 0.1 mm, in degrees"
