"""The shapes of a file for a split: read as an import reads them, given back as delivered, not kept."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely

from service.accounts.access import Actor
from service.core.db import Database
from service.core.settings import Settings
from service.geo import crs
from service.parcels.lifecycle import Stage
from tests.caller import Caller
from tests.factories.parcels import LAT, LON, make_parcel, make_regions, square
from tests.imports.conftest import geojson

Answer = Any  # the client's own type
URL = "/api/v1/imports/shapes"

# 1 hectare beside the axis of zone 38, cut in two: north first, with the zone before the easting (domain.md §5.1).
TXT = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
转换参数=,,,,,,
[地块坐标]
4,0.4,1,西部,面,,,,@
J1,1,3849000.000,38475000.000
J2,1,3849100.000,38475000.000
J3,1,3849100.000,38475040.000
J4,1,3849000.000,38475040.000
J1,1,3849000.000,38475000.000
4,0.6,2,东部,面,,,,@
J1,1,3849000.000,38475040.000
J2,1,3849100.000,38475040.000
J3,1,3849100.000,38475100.000
J4,1,3849000.000,38475100.000
J1,1,3849000.000,38475040.000
"""


def sent(caller: Caller, name: str, content: bytes, **form: str) -> Answer:
    return caller.post(URL, data=form, files={"file": (name, BytesIO(content))})


def box(west: float, south: float, east: float, north: float) -> list[Any]:
    """The rings of a rectangle."""
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


@pytest.fixture
def registrar(as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


def test_a_txt_gives_its_shapes_as_delivered(registrar: Caller) -> None:
    answer = sent(registrar, "分割.txt", TXT.encode("gb18030"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["crs"], [each["code"] for each in told["shapes"]]) == ("4526", ["1", "2"])
    assert [each["name"] for each in told["shapes"]] == ["西部", "东部"]
    west = shapely.geometry.shape(told["shapes"][0]["geometry"])
    assert west.bounds == (38475000, 3849000, 38475040, 3849100), "easting first, to the last digit"


def test_the_parts_of_a_file_split_a_parcel_and_are_kept_as_surveys(
    registrar: Caller, database: Database, actor: Actor, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    with database.write(actor) as session:
        make_regions(session)
        make_parcel(session, code="ZD-1", stage=Stage.reserved, geometry=square())
    whole = shapely.geometry.shape(square())
    west, south, east, north = whole.bounds
    middle = (west + east) / 2
    rows = [
        (box(west, south, middle, north), {"地块编号": "FQ-1"}),
        (box(middle, south, east, north), {"地块编号": "FQ-2"}),
    ]
    told = sent(registrar, "分割.geojson", geojson(tmp_path / "分割.geojson", *rows).read_bytes()).json()
    assert [each["code"] for each in told["shapes"]] == ["FQ-1", "FQ-2"]
    parts = [{"code": each["code"], "geometry": each["geometry"]} for each in told["shapes"]]
    order = {"parts": parts, "crs": told["crs"], "effective_on": "2022-11-15"}
    done = registrar.post("/api/v1/parcels/ZD-1/split", json=order, headers={"if-match": '"1"'})
    assert done.status_code == 201, done.text
    kept = owner.execute("SELECT source_crs FROM parcel_survey JOIN parcel p ON p.id = parcel_id WHERE p.code ~ 'FQ'")
    assert kept.fetchall() == [(crs.recognise(told["crs"]).epsg,)] * 2


def test_nothing_of_the_file_is_kept(registrar: Caller, owner: psycopg.Connection[Any], settings: Settings) -> None:
    before = {path for path in settings.documents_dir.rglob("*") if path.is_file()}
    assert sent(registrar, "分割.txt", TXT.encode()).status_code == 200
    assert owner.execute("SELECT (SELECT count(*) FROM import) + (SELECT count(*) FROM document)").fetchone() == (0,)
    assert {path for path in settings.documents_dir.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空图.geojson", b'{"type": "FeatureCollection", "features": []}', "no_rows"),
        ("乱.bin", b"\x00\x01\x02" * 99, "unknown_format"),
        ("交.geojson", None, "self_crossing"),
    ],
)
def test_a_file_that_is_no_use_says_why(
    registrar: Caller, tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is None:
        bow = [[[LON, LAT], [LON + 0.01, LAT + 0.01], [LON + 0.01, LAT], [LON, LAT + 0.01], [LON, LAT]]]
        content = geojson(tmp_path / name, (bow, {"code": "A"})).read_bytes()
    told = sent(registrar, name, content).json()
    assert (told["shapes"], told["crs"]) == ([], None)
    assert code in [each["code"] for each in told["findings"] if each["severity"] == "error"]


def test_more_shapes_than_an_operation_takes_are_refused(registrar: Caller, tmp_path: Path) -> None:
    many = [(box(LON + i / 1e3, LAT, LON + (i + 0.5) / 1e3, LAT + 1e-3), {"n": i}) for i in range(101)]
    told = sent(registrar, "多.geojson", geojson(tmp_path / "多.geojson", *many).read_bytes()).json()
    assert [each["code"] for each in told["findings"]] == ["too_many_rows"]


def test_what_is_declared_is_checked_and_who_may_not_divide_reads_nothing(
    registrar: Caller, as_role: Callable[..., Caller]
) -> None:
    assert sent(registrar, "分割.txt", TXT.encode(), crs="EPSG:2362").status_code == 400
    assert sent(registrar, "分割.txt", b"").json()["code"] == "empty-file"
    assert sent(as_role("planner"), "分割.txt", TXT.encode()).status_code == 403
    assert sent(as_role("approver"), "分割.txt", TXT.encode()).status_code == 200
