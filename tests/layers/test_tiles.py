"""Tiles on a real database: what is in them, and that they are right the moment a change is committed."""

import gzip
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
from fastapi import FastAPI

from service.core import dependencies
from service.core.kept import Kept
from service.core.settings import Settings
from tests.caller import Caller

ROWS = """
INSERT INTO jurisdiction (code, name, name_en)
  VALUES ('ZD', '郑东新区管委会', 'Zhengdong'), ('GX', '高新区管委会', 'Gaoxin');
INSERT INTO region (code, name, name_en, level, geom)
  VALUES ('L1', '龙湖', 'Longhu', 'township', ST_Multi(ST_MakeEnvelope(113.6, 34.7, 113.9, 34.9, 4490)));
INSERT INTO parcel (code, name, jurisdiction_id, region_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since)
SELECT 'P' || n, '地块' || n, CASE WHEN n % 3 = 0 THEN j.gx ELSE j.zd END, r.id,
  ST_Multi(ST_Translate(ST_MakeEnvelope(113.70, 34.75, 113.702, 34.7515, 4490), (n % 20) * 0.0025, (n / 20) * 0.002)),
  30000, 30000, (ARRAY['reserved', 'listed', 'sold'])[1 + n % 3], '2022-11-01'
FROM generate_series(0, 199) n, region r,
  (SELECT max(id) FILTER (WHERE code = 'ZD') AS zd, max(id) FILTER (WHERE code = 'GX') AS gx FROM jurisdiction) j
"""


def address(z: int, lon: float = 113.725, lat: float = 34.76) -> str:
    n = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{z}/{int((lon + 180) / 360 * n)}/{int(y * n)}"


def features(tile: bytes, layer: str) -> list[dict[str, Any]]:
    """Read a tile's layer with GDAL: a reader that is not ours."""
    if tile[:2] == b"\x1f\x8b":
        tile = gzip.decompress(tile)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "0.mvt"
        path.write_bytes(tile)
        names = [name for name, _ in pyogrio.list_layers(path)]
        if layer not in names:
            return []
        meta, _, _, data = pyogrio.raw.read(path, layer=layer)
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*data, strict=True)]


@pytest.fixture
def parcels(owner: psycopg.Connection[Any], client: object) -> None:
    owner.execute(ROWS)


@pytest.fixture
def viewer(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("viewer")


@pytest.fixture
def many(owner: psycopg.Connection[Any], viewer: Caller) -> Caller:
    """So many parcels that a far tile shows cells."""
    owner.execute(
        "INSERT INTO parcel"
        " (code, jurisdiction_id, region_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since)"
        " SELECT 'Q' || n || code, jurisdiction_id, region_id, geom, 30000, 30000, stage, stage_since"
        " FROM parcel, generate_series(1, 20) n"
    )
    return viewer


def test_close_tiles_carry_labels_and_middle_tiles_only_state(viewer: Caller) -> None:
    close = features(viewer.get(f"/tiles/parcels/{address(15)}").content, "parcels")
    assert close
    assert {"code", "name", "stage", "mu"} <= set(close[0])
    assert close[0]["mu"] == pytest.approx(45)
    middle = features(viewer.get(f"/tiles/parcels/{address(12)}").content, "parcels")
    assert len(middle) > len(close)
    assert "stage" in middle[0]
    assert "code" not in middle[0]


def test_every_parcel_is_labelled_once_across_all_tiles(viewer: Caller) -> None:
    z, x, y = map(int, address(15).split("/"))
    around = [viewer.get(f"/tiles/parcels/{z}/{x + i}/{y + j}").content for i in range(-4, 5) for j in range(-4, 5)]
    tiles = [tile for tile in around if tile]
    shapes = [each["code"] for tile in tiles for each in features(tile, "parcels")]
    labels = [each["code"] for tile in tiles for each in features(tile, "parcel_label")]
    assert len(shapes) > len(set(shapes))  # some lie across a border
    assert sorted(labels) == sorted(set(shapes))
    assert len(labels) == 200
    assert features(viewer.get(f"/tiles/parcels/{address(13)}").content, "parcel_label") == []


@pytest.mark.parametrize("z", range(6, 11))
def test_far_tiles_of_few_parcels_show_each_of_them(viewer: Caller, z: int) -> None:
    tile = viewer.get(f"/tiles/parcels/{address(z)}").content
    assert features(tile, "cells") == []
    assert 0 < len(features(tile, "parcels")) <= 200  # a shape smaller than a pixel falls away
    assert [(each["name"], each["n"]) for each in features(tile, "regions")] == [("龙湖", 200)]


@pytest.mark.parametrize("z", range(6, 11))
def test_far_tiles_of_many_parcels_count_every_one(owner: psycopg.Connection[Any], many: Caller, z: int) -> None:
    tile = many.get(f"/tiles/parcels/{address(z)}").content
    assert features(tile, "parcels") == []
    cells = features(tile, "cells")
    assert sum(cell["n"] for cell in cells) == 4200
    assert sum(cell["ha"] for cell in cells) == pytest.approx(12_600, rel=0.01)
    assert [(each["name"], each["n"]) for each in features(tile, "regions")] == [("龙湖", 4200)]


def test_a_caller_sees_its_own_jurisdiction_only(parcels: None, as_role: Callable[..., Caller]) -> None:
    own = as_role("registrar", jurisdictions=["GX"])
    regions = features(own.get(f"/tiles/parcels/{address(9)}").content, "regions")
    assert [each["n"] for each in regions] == [67]
    shown = {
        each["code"] for z in (14,) for each in features(own.get(f"/tiles/parcels/{address(z)}").content, "parcels")
    }
    assert shown
    assert all(int(code[1:]) % 3 == 0 for code in shown)
    nobody = as_role("registrar", jurisdictions=["NONE"])
    assert nobody.get(f"/tiles/parcels/{address(14)}").status_code == 204


def test_scopes_never_share_a_cached_tile(parcels: None, as_role: Callable[..., Caller]) -> None:
    everything, own = as_role("viewer"), as_role("viewer", jurisdictions=["GX"])
    path = f"/tiles/parcels/{address(13)}"
    first, second = everything.get(path), own.get(path)
    assert first.content != second.content
    assert first.headers["etag"] != second.headers["etag"]
    assert own.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_unchanged_tiles_answer_304_without_a_query(viewer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/tiles/parcels/{address(14)}"
    tag = viewer.get(path).headers["etag"]
    monkeypatch.setattr("service.layers.tiles.TileDoor._make", None)
    answer = viewer.get(path, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert viewer.get(path).status_code == 200


def test_a_committed_change_is_in_the_next_tile(many: Caller, owner: psycopg.Connection[Any]) -> None:
    near, far = f"/tiles/parcels/{address(15)}", f"/tiles/parcels/{address(8)}"
    for n, stage in enumerate(["paid", "delivered", "started"]):
        before = many.get(near)
        owner.execute("UPDATE parcel SET stage = %s WHERE jurisdiction_id > 0", (stage,))
        after = many.get(near, headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200, n
        assert {each["stage"] for each in features(after.content, "parcels")} == {stage}
        cells = features(many.get(far).content, "cells")
        assert {cell["stage"] for cell in cells} == {stage}
        assert sum(cell["n"] for cell in cells) == 4200


def test_a_rolled_back_change_moves_nothing(viewer: Caller, owner: psycopg.Connection[Any]) -> None:
    path = f"/tiles/parcels/{address(14)}"
    tag = viewer.get(path).headers["etag"]
    with owner.transaction(force_rollback=True):
        owner.execute("DELETE FROM parcel")
    assert viewer.get(path).headers["etag"] == tag


def test_plain_bytes_for_who_does_not_take_gzip(viewer: Caller) -> None:
    path = f"/tiles/parcels/{address(14)}"
    packed, plain = viewer.get(path), viewer.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content


@pytest.mark.parametrize("tile", ["23/0/0", "5/32/0", "5/0/32", "-1/0/0", "3/-1/0", "3/2147483648/0"])
def test_tiles_outside_the_pyramid_are_404(viewer: Caller, tile: str) -> None:
    assert viewer.get(f"/tiles/parcels/{tile}").status_code == 404


@pytest.mark.parametrize("tile", ["1_0/0/0", "a/0/0", "3/1.5/0", "3/99999999999999999999/0"])
def test_tile_addresses_that_are_no_numbers_are_404(viewer: Caller, tile: str) -> None:
    assert viewer.get(f"/tiles/parcels/{tile}").status_code == 404


def test_tilejson_does_not_repeat_the_host_it_was_asked_by(
    viewer: Caller, app: FastAPI, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tiles() -> list[str]:
        told = {"host": "evil.example", "x-forwarded-host": "evil.example"}
        found: list[str] = viewer.get("/tiles/parcels.json", headers=told).json()["tiles"]
        return found

    assert tiles() == ["/tiles/parcels/{z}/{x}/{y}"]
    told = settings.model_copy(update={"base_url": "https://gongdi.example"})
    monkeypatch.setitem(app.dependency_overrides, dependencies.settings, lambda: told)
    assert tiles() == ["https://gongdi.example/tiles/parcels/{z}/{x}/{y}"]


def test_tilejson_names_what_the_tiles_hold(many: Caller) -> None:
    description = many.get("/tiles/parcels.json").json()
    assert description["tilejson"] == "3.0.0"
    declared = {each["id"]: set(each["fields"]) for each in description["vector_layers"]}
    for z, layer in ((9, "cells"), (9, "regions"), (15, "parcels"), (15, "parcel_label")):
        found = features(many.get(f"/tiles/parcels/{address(z)}").content, layer)
        assert set(found[0]) - {"mvt_id"} <= declared[layer]
    assert many.get("/tiles/none.json").status_code == 404


def test_counts_equal_a_scan_after_any_changes_and_after_folding(parcels: None, owner: psycopg.Connection[Any]) -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        a, b = (int(n) for n in rng.integers(0, 200, 2))
        owner.execute("UPDATE parcel SET stage = 'paid' WHERE code = ANY (%s)", ([f"P{a}", f"P{b}"],))
        owner.execute(
            "UPDATE parcel SET geom = ST_Translate(geom, 0.01, 0.01), area_legal_m2 = 31000 WHERE code = %s", (f"P{b}",)
        )
        owner.execute("DELETE FROM parcel WHERE code = %s", (f"P{a}",))
    scan = "SELECT jurisdiction_id, stage, count(*), sum(area_m2)::float8 FROM parcel GROUP BY 1, 2 ORDER BY 1, 2"
    sums = "SELECT jurisdiction_id, stage, sum(n), sum(area_m2) FROM {} GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1, 2"
    cells = sums.format("parcel_tally WHERE z = %s")
    states = """SELECT jurisdiction_id, split_part(key, ' ', 1) AS stage, (value ->> 0)::int AS n,
        (value ->> 1)::float8 / 100 AS area_m2 FROM region_tally, json_each(states)"""
    regions = sums.format(f"({states}) AS s")
    wholes = "SELECT jurisdiction_id, sum(n), sum(area_m2)::float8 FROM {} GROUP BY 1 ORDER BY 1"
    expected = owner.execute(scan).fetchall()
    for renew in ("fold", "recount", "fold"):
        for z in range(4, 12):
            assert owner.execute(cells, (z,)).fetchall() == expected
        assert owner.execute(regions).fetchall() == expected
        whole = owner.execute(wholes.format("region_tally")).fetchall()
        assert whole == owner.execute(wholes.format(f"({states}) AS s")).fetchall()
        owner.execute(f"SELECT parcel_tally_{renew}()")
    assert owner.execute("SELECT count(*) FROM parcel_tally WHERE n = 0").fetchone() == (0,)


def test_the_cache_stays_within_its_limit_and_drops_the_oldest() -> None:
    cache = Kept(10_000)
    for n in range(100):
        cache.put((n,), bytes(600))
        cache.get((0,))
    assert cache.get((0,)) is not None
    assert cache.get((1,)) is None
    assert cache.get((99,)) is not None
    assert cache._bytes <= 10_000
