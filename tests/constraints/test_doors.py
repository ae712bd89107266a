"""Control layers over HTTP: brought in as imports, compared with parcels, shown as tiles, seen by those who may."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely
from sqlalchemy import select

from service.accounts.access import system
from service.constraints import jobs
from service.constraints.models import ControlFeature, ControlLayer
from service.core.db import Database
from service.core.settings import Settings
from service.imports import jobs as imports
from tests.caller import Caller
from tests.constraints.conftest import Publish, at
from tests.factories.parcels import make_jurisdiction, make_parcel, square
from tests.layers.test_tiles import address, features

As = Callable[..., Caller]
FORM = {
    "jurisdiction": "ZDXQ",
    "type": "permanent_farmland",
    "name": "郑东新区永久基本农田",
    "source": "省政府批准〔2022〕8号",
    "dated_on": "2022-06-30",
}


def geojson(path: Path, *shapes: tuple[str, shapely.Geometry]) -> Path:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    found = [{"type": "Feature", "properties": {"名称": n}, "geometry": shapely.geometry.mapping(s)} for n, s in shapes]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": found}, ensure_ascii=False), "utf-8"
    )
    return path


@pytest.fixture
def parcel(database: Database) -> str:
    with database.write(system("test")) as session:
        return make_parcel(session, code="Z-1", geometry=square(side_m=100)).code


@pytest.fixture
def registrar(parcel: str, as_role: As) -> Caller:
    return as_role("registrar")


def sent(caller: Caller, path: Path, **form: str) -> Any:  # noqa: ANN401 - the client's own type
    files = {"file": (path.name, BytesIO(path.read_bytes()))}
    return caller.post("/api/v1/control-layers", data={**FORM, **form}, files=files)


def test_a_layer_comes_in_and_a_parcel_is_compared_with_it(
    registrar: Caller, database: Database, settings: Settings, tmp_path: Path
) -> None:
    disc = at(0, 0, 2, 2).centroid.buffer(0.02, quad_segs=400)
    path = geojson(
        tmp_path / "农田.geojson", ("一片", at(0, 0, 50, 100)), ("二片", disc.difference(at(-50, -50, 200, 200)))
    )
    answer = sent(registrar, path)
    assert answer.status_code == 202, answer.text
    submitted = answer.json()
    assert (submitted["status"], submitted["target"]) == ("queued", "control:permanent_farmland")
    imports.run_now(database, settings, submitted["id"])
    done = registrar.get(f"/api/v1/imports/{submitted['id']}").json()
    assert (done["status"], done["published"], done["errors"]) == ("published", 2, 0)

    (layer,) = registrar.get("/api/v1/control-layers?in_force=true").json()["items"]
    told = {name: layer[name] for name in ("type", "name", "source", "dated_on", "jurisdiction")}
    assert told == FORM
    assert (layer["version"], layer["features"], layer["superseded_at"]) == (1, 2, None)
    whole = registrar.get(f"/api/v1/control-layers/{layer['id']}").json()
    assert whole["bbox"] == pytest.approx([113.71, 34.75, 113.75, 34.79], abs=0.001)
    with database.read() as session:
        kept = session.scalars(select(ControlFeature).order_by(ControlFeature.row)).all()
        assert [(each.name, each.attributes) for each in kept] == [
            ("一片", {"名称": "一片"}),
            ("二片", {"名称": "二片"}),
        ]

    before = registrar.get("/api/v1/parcels/Z-1/constraints").json()
    assert (before["computed_at"], before["stale"], before["items"]) == (None, False, [])
    assert "ecological_redline" in before["without_layer"]
    assert "permanent_farmland" not in before["without_layer"]
    found = registrar.post("/api/v1/parcels/Z-1/constraints", json={}).json()
    (item,) = found["items"]
    assert (item["rule"], item["inside"], item["features"], item["stale"]) == ("forbidden", True, ["一片"], False)
    assert item["area_m2"] == pytest.approx(5000, rel=0.02)
    assert item["share"] == pytest.approx(0.5, rel=0.02)
    assert (item["layer"], item["source"], item["dated_on"]) == (FORM["name"], FORM["source"], FORM["dated_on"])
    shaped = registrar.get("/api/v1/parcels/Z-1/constraints?geometry=true").json()["items"][0]
    assert shapely.geometry.shape(shaped["geometry"]).area > 0


def test_what_cannot_be_is_refused_before_a_row_is_written(
    registrar: Caller, tmp_path: Path, owner: psycopg.Connection[Any]
) -> None:
    path = geojson(tmp_path / "a.geojson", ("a", at(0, 0, 50, 100)))
    refused = [
        {"type": "moon"},
        {"dated_on": "2022-11-16"},
        {"dated_on": "yesterday"},
        {"name": "a\x00b"},
        {"source": " "},
    ]
    assert [sent(registrar, path, **form).status_code for form in refused] == [422] * len(refused)
    assert sent(registrar, path, jurisdiction="nowhere").status_code == 404
    assert owner.execute("SELECT count(*) FROM import").fetchone() == (0,)


def test_a_broken_layer_is_refused_with_findings_and_the_old_one_stays(
    registrar: Caller, database: Database, settings: Settings, tmp_path: Path, publish: Publish
) -> None:
    with database.write(system("test")) as session:
        publish(session, "permanent_farmland", [at(0, 0, 50, 100)], name=FORM["name"])
    bow = shapely.Polygon([(113.7, 34.7), (113.8, 34.8), (113.8, 34.7), (113.7, 34.8)])
    for shape, code in ((bow, "self_crossing"), (shapely.box(10, 50, 11, 51), "outside_china")):
        submitted = sent(registrar, geojson(tmp_path / "a.geojson", ("a", shape))).json()
        imports.run_now(database, settings, submitted["id"])
        assert registrar.get(f"/api/v1/imports/{submitted['id']}").json()["status"] == "refused"
        findings = registrar.get(f"/api/v1/imports/{submitted['id']}/findings").json()["items"]
        assert [each["code"] for each in findings if each["severity"] == "error"] == [code]
    with database.read() as session:
        (layer,) = session.scalars(select(ControlLayer)).all()
        assert (layer.version, layer.superseded_at) == (1, None)


def test_a_bulk_run_is_queued_carried_out_and_listed(
    registrar: Caller, database: Database, owner: psycopg.Connection[Any], publish: Publish
) -> None:
    with database.write(system("test")) as session:
        publish(session, "flood_river", [at(0, 0, 50, 100)])
    started = registrar.post("/api/v1/constraints/runs", json={"codes": ["Z-1"]})
    assert started.status_code == 202
    run = started.json()
    assert owner.execute("SELECT task_name, args FROM jobs.procrastinate_jobs").fetchall() == [
        ("constraints.run", {"run_id": run["id"]})
    ]
    jobs.run_now(database, run["id"])
    done = registrar.get(f"/api/v1/constraints/runs/{run['id']}").json()
    assert (done["status"], done["done"], done["total"]) == ("done", 1, 1)
    (item,) = registrar.get("/api/v1/constraints?type=flood_river&rule=forbidden&stale=false").json()["items"]
    assert (item["parcel"], item["type"]) == ("Z-1", "flood_river")
    assert registrar.get("/api/v1/constraints?stale=true").json()["items"] == []
    of_some = registrar.get("/api/v1/constraints?parcel=z-1&parcel=Z-404").json()["items"]
    assert [each["parcel"] for each in of_some] == ["Z-1"]
    assert registrar.get("/api/v1/constraints?parcel=Z-404").json()["items"] == []
    unknown = registrar.post("/api/v1/constraints/runs", json={"codes": ["Z-404"]})
    assert (unknown.status_code, unknown.json()["codes"]) == (422, ["Z-404"])
    audited = owner.execute("SELECT action FROM audit_entry WHERE subject_type = 'overlay_run' ORDER BY seq").fetchall()
    assert audited == [("overlay_run:started",), ("overlay_run:finished",)]


def test_tiles_show_layers_in_force_the_moment_they_are(
    registrar: Caller, as_role: As, database: Database, publish: Publish
) -> None:
    url = f"/tiles/control/{address(14, 113.7305, 34.7705)}"
    assert registrar.get(url).status_code == 204
    with database.write(system("test")) as session:
        publish(session, "flood_river", [at(0, 0, 50, 100)], names=["金水河"])
    assert [each["name"] for each in features(registrar.get(url).content, "control")] == ["金水河"]
    with database.write(system("test")) as session:
        publish(session, "flood_river", [at(0, 0, 80, 100)], names=["金水河(新)"])
        make_jurisdiction(session, "OTHER")
    (now,) = features(registrar.get(url).content, "control")
    assert (now["name"], now["type"], now["layer"]) == ("金水河(新)", "flood_river", "测试图层")
    assert as_role("viewer", jurisdictions=["OTHER"]).get(url).status_code == 204


def test_the_types_come_with_their_sources(registrar: Caller) -> None:
    types = {each["key"]: each for each in registrar.get("/api/v1/control-types").json()["items"]}
    assert types["permanent_farmland"]["sources"][0]["verified"] is True
    assert types["ecological_redline"]["sources"][0]["verified"] is False
    assert registrar.get("/api/v1/parcels/NOBODY/constraints").status_code == 404
