"""The boundary-point TXT: read back by the import's parser and by ten lines that know nothing of it."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.accounts.access import Actor
from service.exports import files
from service.exports.boundary_txt import OutsideZone
from service.exports.files import Order
from service.exports.formats import FormatCannot
from service.imports import boundary_rings, boundary_txt
from tests.exports.conftest import SOUTH, WEST, Write, keep_parcel
from tests.exports.made import farthest, parcels

Rings = list[list[tuple[float, float]]]
HOLED = shapely.Polygon(
    [(WEST + 100, SOUTH), (WEST + 100, SOUTH + 100), (WEST, SOUTH + 100), (WEST, SOUTH)],
    [[(WEST + 30, SOUTH + 30), (WEST + 70, SOUTH + 30), (WEST + 70, SOUTH + 70), (WEST + 30, SOUTH + 70)]],
)


def plainly_read(text: str) -> dict[str, Rings]:
    """Code → rings of (easting, northing), by splitting at commas."""
    found: dict[str, Rings] = {}
    last = ""
    for line in text.split("[地块坐标]\r\n")[1].splitlines():
        parts = line.split(",")
        if line.endswith("@"):
            rings: Rings = []
            found[parts[2]], last = rings, ""
            continue
        if parts[1] != last:
            rings.append([])
        last = parts[1]
        rings[-1].append((float(parts[3]), float(parts[2])))
    return found


def test_the_file_reads_as_the_exchange_format_says(connection: psycopg.Connection[Any], write: Write) -> None:
    keep_parcel(
        connection,
        HOLED,
        code="DK-01",
        name="示例,地块",
        area_legal_m2=8400,
        land_use_scheme="land_use_2023",
        land_use_code="1001",
    )
    assert write(format="txt", crs="4526").path.read_bytes() == (
        "[属性描述]\n格式版本号=1.01版本\n数据产生单位=\n数据产生日期=2022-11-15\n坐标系=2000国家大地坐标系\n几度分带=3\n"
        "投影类型=高斯克吕格\n计量单位=米\n带号=38\n精度=0.001\n转换参数=,,,,,,\n[地块坐标]\n"
        "10,0.8400,DK-01,示例，地块,面,,工业用地,1001,@\n"
        "J1,1,3849200.000,38475200.000\nJ2,1,3849200.000,38475300.000\nJ3,1,3849100.000,38475300.000\n"
        "J4,1,3849100.000,38475200.000\nJ1,1,3849200.000,38475200.000\nJ5,2,3849170.000,38475230.000\n"
        "J6,2,3849170.000,38475270.000\nJ7,2,3849130.000,38475270.000\nJ8,2,3849130.000,38475230.000\n"
        "J5,2,3849170.000,38475230.000\n"
    ).replace("\n", "\r\n").encode("gbk")


def test_parts_are_parcels_of_their_own(connection: psycopg.Connection[Any], write: Write) -> None:
    both = shapely.MultiPolygon([HOLED, shapely.box(WEST + 200, SOUTH, WEST + 250, SOUTH + 20)])
    keep_parcel(connection, both, code="DK-02", name=None, area_legal_m2=9500)
    text = write(format="txt", crs="4526", encoding="utf-8").path.read_text("utf-8")
    assert [line for line in text.splitlines() if line.endswith("@")] == [
        "10,0.8400,DK-02-1,,面,,,,@",
        "5,0.1000,DK-02-2,,面,,,,@",
    ]


def test_without_the_zone_in_front_the_header_tells_it(connection: psycopg.Connection[Any], write: Write) -> None:
    keep_parcel(connection, HOLED, code="DK-03")
    text = write(format="txt", crs="4547").path.read_text("gbk")
    assert "带号=38\n" in text
    assert "J1,1,3849200.000,475200.000\n" in text


DELIVERED = """J7,1,3849200.000,38475200.000
J8,1,3849200.0004,38475300.000
J9,1,3849100.000,38475300.000
J7,1,3849200.000,38475200.000
K1,1,3849170.000,38475210.000
K2,1,3849130.000,38475280.000
K3,1,3849170.000,38475280.000"""


@pytest.mark.parametrize("system", ["4526", "4547"])
def test_delivered_numbers_and_order_come_back(connection: psycopg.Connection[Any], write: Write, system: str) -> None:
    """Rings without 圈号 of their own, one not closed: as `imports` keeps them."""
    rows = [line.split(",") for line in DELIVERED.splitlines()]
    points: list[dict[str, object]] = [{"number": n, "ring": r, "northing": x, "easting": y} for n, r, x, y in rows]
    shell, hole = ([(float(y), float(x)) for _, _, x, y in part] for part in (rows[:3], rows[4:]))
    keep_parcel(connection, shapely.Polygon(shell, [hole]), delivered=4526, code="DK-04", points=points)
    lines = write(format="txt", crs=system).path.read_text("gbk").splitlines()
    cut = 2 if system == "4547" else 0
    assert "精度=0.0001" in lines, "one coordinate has four decimals"
    told = [(n, float(x), y) for n, _, x, y in (line.split(",") for line in lines[-8:])]
    wanted = [(n, float(x), f"{y}0"[cut:]) for n, _, x, y in (*rows[:3], rows[0], *rows[4:], rows[4])]
    assert told == wanted


@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@pytest.mark.parametrize(("delivered", "system"), [(4526, 4526), (4547, 4526), (4490, 4526), (4526, 4547)])
def test_both_parsers_find_the_kept_shape_to_a_tenth_of_a_millimetre(
    connection: psycopg.Connection[Any], actor: Actor, delivered: int, system: int, data: st.DataObject
) -> None:
    made = data.draw(parcels(delivered, most=3))
    order = Order(format="txt", crs=str(system))
    with connection.transaction(force_rollback=True), tempfile.TemporaryDirectory() as folder:
        for each in made:
            keep_parcel(connection, each.shape, delivered=delivered, code=each.attributes["code"], name="甲")
        text = files.write(connection, actor, order, Path(folder)).path.read_bytes()
        wkb = "SELECT p.code, ST_AsBinary(ST_Transform(p.geom, %s)) FROM parcel p"
        kept = {code: shapely.from_wkb(bytes(shape)) for code, shape in connection.execute(wkb, [system])}
    file = boundary_txt.parse(*boundary_txt.decode(text))
    assert [each.code for each in file.findings] == []
    frame = boundary_rings.find_frame(file, None)
    assert (frame.source.epsg, frame.swapped) == (system, False)
    ours = {each.attributes["地块编号"]: boundary_rings.shape(each, frame) for each in file.parcels}
    theirs = {code: shapely.Polygon(rings[0], rings[1:]) for code, rings in plainly_read(text.decode("gbk")).items()}
    assert ours.keys() == theirs.keys()
    for code, shape in kept.items():
        parts = [name for name in theirs if name == code or name.rpartition("-")[0] == code]
        for found in (ours, theirs):
            whole = shapely.MultiPolygon([p for name in parts for p in _polygons(found[name])])
            assert farthest(whole, shape) <= 1e-4
        for name in parts:
            assert not shapely.is_ccw(theirs[name].exterior), "clockwise"


def _polygons(shape: shapely.Geometry | None) -> list[shapely.Polygon]:
    assert shape is not None
    return list(shape.geoms) if shape.geom_type == "MultiPolygon" else [shape]


@pytest.mark.parametrize("system", [None, "4490", "3857"])
def test_a_zone_has_to_be_named(write: Write, system: str | None) -> None:
    with pytest.raises(FormatCannot):
        write(format="txt", crs=system)


def test_a_parcel_of_another_zone_is_refused(connection: psycopg.Connection[Any], write: Write) -> None:
    keep_parcel(connection, HOLED, code="DK-06")
    with pytest.raises(OutsideZone, match="DK-06"):
        write(format="txt", crs="4528")


def test_a_ring_starts_in_the_north_west(connection: psycopg.Connection[Any], write: Write) -> None:
    turned = shapely.affinity.rotate(shapely.box(WEST, SOUTH, WEST + 80, SOUTH + 40), 20)
    keep_parcel(connection, shapely.transform(turned, lambda xy: np.round(xy, 3)), code="DK-05")
    (ring,) = plainly_read(write(format="txt", crs="4547").path.read_text("gbk").replace("\n", "\r\n"))["DK-05"]
    north_west = max(ring, key=lambda point: point[1] - point[0])
    assert ring[0] == ring[-1] == north_west
