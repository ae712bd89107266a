"""DXF: read back by GDAL and by ten lines that know nothing of it."""

import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.accounts.access import Actor
from service.exports import files
from service.exports.files import Order
from tests.exports.conftest import keep_parcel
from tests.exports.made import farthest, parcels

Pair = tuple[int, str]


def pairs(path: Path) -> list[Pair]:
    """Group code and value, line by line."""
    lines = path.read_text("gb18030").splitlines()
    return [(int(group), value) for group, value in zip(lines[::2], lines[1::2], strict=True)]


def entities(read: list[Pair]) -> tuple[list[shapely.LinearRing], dict[str, shapely.Point]]:
    """Return the closed outlines, and the place of each text."""
    starts = [i for i, (group, _) in enumerate(read) if group == 0]
    rings: list[list[tuple[float, float]]] = []
    texts = {}
    for start, end in zip(starts, [*starts[1:], len(read)], strict=True):
        told = dict(read[start + 1 : end])
        match read[start][1]:
            case "POLYLINE":
                assert (told[8], int(told[70]) & 1) == ("PARCEL", 1)
                rings.append([])
            case "VERTEX":
                rings[-1].append((float(told[10]), float(told[20])))
            case "TEXT":
                assert told[8] == "PARCEL_CODE"
                texts[told[1]] = shapely.Point(float(told[10]), float(told[20]))
    return [shapely.LinearRing(ring) for ring in rings], texts


@pytest.mark.parametrize(("delivered", "system"), [(4526, 4526), (4490, 4547), (4526, 4547)])
@given(data=st.data())
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_drawing_has_every_ring_and_a_code_in_each_parcel(
    connection: psycopg.Connection[Any], actor: Actor, delivered: int, system: int, data: st.DataObject
) -> None:
    made = data.draw(parcels(delivered))
    order = Order(format="dxf", crs=str(system))
    with connection.transaction(force_rollback=True), tempfile.TemporaryDirectory() as folder:
        for each in made:
            keep_parcel(connection, each.shape, delivered=delivered, code=each.attributes["code"])
        path = files.write(connection, actor, order, Path(folder)).path
        rings, texts = entities(pairs(path))
        by_gdal = pyogrio.read_dataframe(path, layer="entities").query("Layer == 'PARCEL'").geometry
        wkb = "SELECT p.code, ST_AsBinary(ST_Transform(p.geom, %s)) FROM parcel p ORDER BY code"
        kept = {code: shapely.from_wkb(bytes(shape)) for code, shape in connection.execute(wkb, [system])}
    assert texts.keys() == kept.keys()
    assert all(shape.contains(texts[code]) for code, shape in kept.items())
    wanted = [ring for shape in kept.values() for part in shape.geoms for ring in (part.exterior, *part.interiors)]
    for found in (rings, list(by_gdal)):
        assert len(found) == len(wanted)
        assert all(farthest(one, other) <= 1e-4 for one, other in zip(found, wanted, strict=True))
