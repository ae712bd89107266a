"""Exports over HTTP and on the command line: who, what, how many, and what is written down of it."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pyogrio
import pytest
import shapely
from starlette.testclient import TestClient

from service.core.db import Database
from service.core.settings import Settings
from service.exports import commands, jobs
from service.exports.files import Order, order_told
from service.exports.formats import FORMATS
from service.exports.vector import NotInGbk
from service.geo.bbox import Bbox
from service.parcels.lifecycle import Stage
from service.parcels.selection import Moment, Selection
from tests.caller import Caller
from tests.exports.conftest import SOUTH, WEST, Write, keep_parcel

As = Callable[..., Caller]
Owner = psycopg.Connection[Any]
STAGES = ("candidate", "listed", "listed", "sold")


@pytest.fixture
def district(client: TestClient, owner: Owner) -> None:
    """Four parcels of one jurisdiction and one of another."""
    for code in ("ZDXQ", "OTHER"):
        owner.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES (%s, %s, %s)", (code, code, code))
    for i, stage in enumerate(STAGES):
        shape = shapely.box(WEST + 200 * i, SOUTH, WEST + 200 * i + 100, SOUTH + 100)
        keep_parcel(owner, shape, code=f"甲-{i}", name=f"=龙湖{i}", lot_number="郑政东出〔2022〕5号(网)", stage=stage)
    keep_parcel(owner, shapely.box(WEST, SOUTH + 500, WEST + 9, SOUTH + 509), code="他-1")
    owner.execute(
        "UPDATE parcel SET jurisdiction_id = (SELECT id FROM jurisdiction WHERE code = 'OTHER') WHERE code = '他-1'"
    )


def entries(owner: Owner, action: str) -> list[tuple[str, dict[str, Any]]]:
    return owner.execute("SELECT actor, after FROM audit_entry WHERE action = %s ORDER BY seq", (action,)).fetchall()


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_comes_whole_with_a_chinese_name(as_role: As, form: str) -> None:
    answer = as_role("registrar").get(
        f"/api/v1/exports/parcels?f={form}" + ("&crs=4526" if form in {"dxf", "txt"} else "")
    )
    assert answer.status_code == 200, answer.text
    each = FORMATS[form]
    system = {"kml": 4326, "dxf": 4526, "txt": 4526}.get(form, 4490)
    assert answer.headers["content-type"].partition(";")[0] == each.media_type
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-rows"] == "5"
    name = f"%E5%9C%B0%E5%9D%97_20221115_{system}{each.suffix}"
    assert answer.headers["content-disposition"] == (
        f"attachment; filename=\"parcels{each.suffix}\"; filename*=UTF-8''{name}"
    )


@pytest.mark.usefixtures("district")
def test_the_file_holds_what_the_list_holds_in_its_order(as_role: As) -> None:
    caller = as_role("planner", jurisdictions=["ZDXQ"])
    filters = "stage=listed&stage=sold&sort=-code"
    listed = [item["code"] for item in caller.get(f"/api/v1/parcels?{filters}").json()["items"]]
    answer = caller.get(f"/api/v1/exports/parcels?{filters}&f=csv&fields=code,name")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [["地块编号", "地块名称"], *([code, f"'=龙湖{code[-1]}"] for code in listed)]
    assert listed == ["甲-3", "甲-2", "甲-1"]


@pytest.mark.usefixtures("district")
def test_nobody_takes_away_what_they_may_not_see(as_role: As) -> None:
    caller = as_role("registrar", jurisdictions=["OTHER"])
    answer = caller.get("/api/v1/exports/parcels?f=csv&fields=code")
    assert answer.content.decode("utf-8-sig").split() == ["地块编号", "他-1"]
    assert caller.get("/api/v1/exports/parcels/甲-1?f=csv").status_code == 404


@pytest.mark.usefixtures("district")
def test_the_log_says_who_took_how_many_of_what(as_role: As, owner: Owner) -> None:
    caller = as_role("approver")
    caller.get("/api/v1/exports/parcels?f=txt&crs=4526&stage=listed&area_min_m2=5")
    logged = {"rows": 2, "format": "txt", "sort": "code", "crs": "4526"}
    wanted = logged | {"filter": {"stage": ["listed"], "area_min_m2": 5.0}}
    assert entries(owner, "parcels:exported") == [(caller.username, wanted)]


@pytest.mark.usefixtures("district")
def test_one_parcel_by_any_number(as_role: As) -> None:
    caller = as_role("registrar")
    answer = caller.get("/api/v1/exports/parcels/甲-2?f=geojson")
    assert answer.headers["content-disposition"].endswith("%E7%94%B2-2_4490.geojson")
    assert [each["properties"]["code"] for each in answer.json()["features"]] == ["甲-2"]
    assert caller.get("/api/v1/exports/parcels/郑政东出〔2022〕5号(网)?f=csv").status_code == 409
    assert caller.get("/api/v1/exports/parcels/无?f=csv").status_code == 404


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize(
    ("address", "headers", "file"),
    [
        ("/api/v1/parcels?f=xlsx&stage=listed&crs=4526", {}, "/api/v1/exports/parcels?stage=listed&crs=4526&f=xlsx"),
        ("/api/v1/parcels?q=a", {"accept": "text/csv"}, "/api/v1/exports/parcels?q=a&f=csv"),
        ("/api/v1/parcels/甲-1?f=gpkg", {}, "/api/v1/exports/parcels/%E7%94%B2-1?f=gpkg"),
    ],
)
def test_a_list_points_to_its_file(as_role: As, address: str, headers: dict[str, str], file: str) -> None:
    answer = as_role("registrar").get(address, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, file)


@pytest.mark.usefixtures("district")
def test_a_list_is_json_or_paged_features_unless_a_file_is_asked_for(as_role: As) -> None:
    caller = as_role("viewer")
    assert "items" in caller.get("/api/v1/parcels", headers={"accept": "text/html, */*"}).json()
    assert "features" in caller.get("/api/v1/parcels", headers={"accept": "application/geo+json"}).json()
    elsewhere = caller.get("/api/v1/parcels?f=csv", follow_redirects=False).headers["location"]
    assert caller.get(elsewhere).status_code == 403, "a viewer takes no files away"
    assert caller.get("/api/v1/parcels?encoding=gbk").status_code == 400
    assert caller.get("/api/v1/parcels?crs=4526").status_code == 400


@pytest.mark.usefixtures("district")
def test_a_json_list_is_cut_to_the_fields_asked_for(as_role: As) -> None:
    caller = as_role("viewer")
    items = caller.get("/api/v1/parcels?fields=code,stage&limit=1").json()["items"]
    assert [list(item) for item in items] == [["code", "stage"]]
    feature = caller.get("/api/v1/parcels?fields=code&limit=1&f=geojson").json()["features"][0]
    assert (list(feature["properties"]), feature["geometry"]["type"]) == (["code"], "MultiPolygon")
    assert list(caller.get("/api/v1/parcels/甲-1?fields=planning,code").json()) == ["planning", "code"]
    refused = caller.get("/api/v1/parcels?fields=code,secret")
    assert (refused.status_code, "secret" in refused.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "query",
    [
        "f=txt", "f=kml&crs=4526", "f=geojson&crs=4526", "f=csv&crs=2334", "f=xlsx&encoding=gbk", "f=csv&fields=secret",
        "f=txt&crs=4526&fields=code", "f=gpkg&crs=nowhere", "f=pdf", "f=gpkg&limit=5",
    ],
)  # fmt: skip
def test_what_a_format_cannot_be_is_refused_in_words(as_role: As, owner: Owner, query: str) -> None:
    answer = as_role("registrar").get(f"/api/v1/exports/parcels?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert entries(owner, "parcels:exported") == []


@pytest.mark.usefixtures("district")
def test_a_text_that_gbk_lacks_is_named(as_role: As, owner: Owner) -> None:
    owner.execute("UPDATE parcel SET name = '龙湖𠮷' WHERE code = '甲-1'")
    caller = as_role("registrar")
    answer = caller.get("/api/v1/exports/parcels?f=shp&encoding=gbk")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-in-gbk")
    assert "甲-1" in answer.json()["detail"]
    assert caller.get("/api/v1/exports/parcels?f=shp").status_code == 200


def test_an_export_that_breaks_off_leaves_no_cursor_open(connection: Owner, write: Write) -> None:
    """Else its end would fall into the next transaction of the connection."""
    keep_parcel(connection, shapely.box(WEST, SOUTH, WEST + 9, SOUTH + 9), code="甲-1", name="龙湖𠮷")
    with pytest.raises(NotInGbk):
        write(format="shp", encoding="gbk")
    assert connection.execute("SELECT count(*) FROM pg_cursors WHERE name = 'export'").fetchone() == (0,)


@pytest.mark.usefixtures("district")
def test_too_many_for_an_answer_go_to_the_background(
    as_role: As, owner: Owner, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(commands.export_now, "__kwdefaults__", {"most": 2})
    caller, other = as_role("registrar", jurisdictions=["ZDXQ"]), as_role("registrar")
    refused = caller.get("/api/v1/exports/parcels?f=gpkg")
    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (413, "too-many-parcels", 2)
    key = {"idempotency-key": "one"}
    address = "/api/v1/exports?f=gpkg&crs=4526&stage=listed&stage=sold"
    asked = caller.post(address, headers=key)
    assert (asked.status_code, asked.json()["status"], asked.json()["total"]) == (202, "queued", 3)
    assert caller.post(address, headers=key).json() == asked.json()
    assert caller.post(f"{address}&q=x", headers=key).status_code == 422, "another order under the same key"
    number = asked.json()["id"]
    jobs.run_now(database, settings, number)
    jobs.run_now(database, settings, number)
    done = caller.get(f"/api/v1/exports/{number}").json()
    assert (done["status"], done["done"], done["file_name"]) == ("done", 3, "地块_20221115_4526.gpkg")
    content = f"/api/v1/documents/{done['document_id']}/content"
    (tmp_path / "got.gpkg").write_bytes(caller.get(content).content)
    assert sorted(pyogrio.read_dataframe(tmp_path / "got.gpkg")["地块编号"]) == ["甲-1", "甲-2", "甲-3"]
    assert other.get(content).status_code == other.get(f"/api/v1/exports/{number}").status_code == 404
    assert [each["id"] for each in caller.get("/api/v1/exports").json()["items"]] == [number]
    ((_, told),) = entries(owner, "parcels:exported")
    assert (told["rows"], told["for"]) == (3, caller.username)
    assert not list((settings.home / "exports").iterdir()), "nothing is left behind"


@pytest.mark.usefixtures("district")
def test_a_background_export_sees_no_more_than_its_asker(as_role: As, database: Database, settings: Settings) -> None:
    caller = as_role("registrar", jurisdictions=["OTHER"])
    number = caller.post("/api/v1/exports?f=csv&fields=code").json()["id"]
    jobs.run_now(database, settings, number)
    document = caller.get(f"/api/v1/exports/{number}").json()["document_id"]
    assert caller.get(f"/api/v1/documents/{document}/content").content.decode("utf-8-sig").split()[1:] == ["他-1"]


@pytest.mark.usefixtures("district")
def test_what_the_asker_can_mend_is_told_at_once(
    as_role: As, owner: Owner, database: Database, settings: Settings
) -> None:
    owner.execute("UPDATE parcel SET name = '龙湖𠮷' WHERE code = '甲-1'")
    caller = as_role("registrar")
    number = caller.post("/api/v1/exports?f=shp&encoding=gbk").json()["id"]
    jobs.run_now(database, settings, number)
    failed = caller.get(f"/api/v1/exports/{number}").json()
    assert (failed["status"], "𠮷" in failed["problem"]) == ("failed", True)


@pytest.mark.usefixtures("district")
def test_files_are_taken_back_after_a_week_and_dead_exports_reported(
    as_role: As, owner: Owner, database: Database, settings: Settings
) -> None:
    caller = as_role("registrar")
    done, dead = (caller.post("/api/v1/exports?f=csv").json()["id"] for _ in range(2))
    jobs.run_now(database, settings, done)
    owner.execute("UPDATE export SET finished_at = finished_at - interval '8 days', created_at = '2022-01-01'")
    with owner.transaction():
        owner.execute("SET LOCAL search_path = public, jobs")
        owner.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    jobs.sweep_now(database, settings)
    states = {
        each["id"]: (each["status"], each["document_id"]) for each in caller.get("/api/v1/exports").json()["items"]
    }
    assert states == {done: ("expired", None), dead: ("failed", None)}


@pytest.mark.usefixtures("district")
def test_a_past_day_is_exported_as_it_was(as_role: As, owner: Owner) -> None:
    owner.execute(
        "INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, hold, idle, actor) SELECT id, 'adopt', %s,"
        " 'cleared', 'none', 'none', 'x' FROM parcel WHERE code = '甲-3'",
        (dt.date(2022, 1, 1),),
    )
    answer = as_role("registrar").get("/api/v1/exports/parcels?f=csv&fields=code,stage&as_of=2022-02-01")
    assert answer.content.decode("utf-8-sig").splitlines()[1:] == ["甲-3,净地"]


def test_an_order_is_read_as_it_was_told() -> None:
    selected = Selection(
        code=["甲"],
        stage=[Stage.listed],
        land_use=["gbt_21010_2017:06"],
        area_min_m2=1.5,
        bbox=Bbox(113.1, 34.2, 113.3, 34.4),
        q="龙湖",
        moment=Moment(as_of=dt.date(2022, 3, 4), known_at=dt.datetime(2022, 5, 6, tzinfo=dt.UTC)),
    )
    order = Order("shp", selected, "4526", "gbk", ["code", "geometry"], "-area_m2")
    assert order_told(orjson.loads(orjson.dumps(order.told()))) == order
