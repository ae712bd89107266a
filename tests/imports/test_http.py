"""Imports over HTTP: submitted with a job in one transaction, watched, and seen only by those who may."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyogrio
import pytest
from starlette.testclient import TestClient

from service.core.db import Database
from service.core.settings import Settings
from service.imports import jobs, report
from tests.caller import Caller
from tests.imports.conftest import geojson, parcels, square

Post = Callable[..., Any]


def sent(caller: Caller, path: Path, **form: str) -> Any:  # noqa: ANN401 - the client's own type
    """Send a file as a form."""
    data = {"jurisdiction": "zhengdong", **form}
    return caller.post("/api/v1/imports", data=data, files={"file": (path.name, BytesIO(path.read_bytes()))})


@pytest.fixture
def registrar(district: str, as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return geojson(tmp_path / "地块.geojson", (square(113.7), {"code": "A"}), (square(113.71), {"code": None}))


def test_a_file_is_taken_in_with_its_job(registrar: Caller, file: Path, owner: psycopg.Connection[Any]) -> None:
    answer = sent(registrar, file, crs="EPSG:4490")
    assert answer.status_code == 202
    body = answer.json()
    assert (body["file_name"], body["status"], body["jurisdiction"]) == ("地块.geojson", "queued", "zhengdong")
    assert body["created_by"] == registrar.username
    queued = owner.execute("SELECT task_name, args, status::text FROM jobs.procrastinate_jobs").fetchall()
    assert queued == [("imports.run", {"import_id": body["id"]}, "todo")]
    document = registrar.get(f"/api/v1/documents?subject_type=import&subject_id={body['id']}").json()["items"]
    assert [each["id"] for each in document] == [body["document_id"]]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"jurisdiction": "nowhere"}, 404),
        ({"crs": "EPSG:2362"}, 400),
        ({"encoding": "klingon"}, 422),
        ({"encoding": "zlib"}, 422),
        ({"encoding": "utf\x008"}, 422),
        ({"layer": "a\x00b"}, 422),
        ({"jurisdiction": "a\x00b"}, 422),
        ({"colour": "x"}, 202),
    ],
)
def test_wrong_declarations_are_refused_at_once(
    registrar: Caller, file: Path, owner: psycopg.Connection[Any], form: dict[str, str], status: int
) -> None:
    assert sent(registrar, file, **form).status_code == status
    count = owner.execute("SELECT count(*) FROM import").fetchone()
    assert count == (1 if status == 202 else 0,)


@pytest.mark.parametrize("number", ["1_0", "0", "99999999999", "x"])
def test_a_number_that_no_import_has_is_refused_before_the_database(registrar: Caller, number: str) -> None:
    assert registrar.get(f"/api/v1/imports/{number}").status_code == 400


def test_the_files_of_one_shapefile_are_kept_as_one_archive(
    registrar: Caller, tmp_path: Path, database: Database, settings: Settings, owner: psycopg.Connection[Any]
) -> None:
    pyogrio.write_dataframe(parcels(), tmp_path / "宗地.shp", encoding="GBK")
    files = sorted(tmp_path.glob("宗地.*"))

    def send(chosen: list[Path]) -> Any:  # noqa: ANN401 - the client's own type
        body = [("file", (path.name, BytesIO(path.read_bytes()))) for path in chosen]
        return registrar.post("/api/v1/imports", data={"jurisdiction": "zhengdong"}, files=body)

    first, again = (send(chosen).json() for chosen in (files, files[::-1]))
    assert (first["file_name"], again["file_name"]) == ("宗地.zip", "宗地.zip")
    assert owner.execute("SELECT count(*), count(DISTINCT sha256) FROM document").fetchone() == (2, 1)
    jobs.run_now(database, settings, first["id"])
    assert registrar.get(f"/api/v1/imports/{first['id']}").json()["published"] == 6
    (tmp_path / "别的.shp").write_bytes(b"x")
    for chosen in ([*files, tmp_path / "别的.shp"], [f for f in files if f.suffix != ".shp"]):
        refused = send(chosen)
        assert (refused.status_code, refused.json()["code"]) == (422, "not-one-shapefile")


def test_an_empty_file_is_no_import(registrar: Caller, tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"")
    assert sent(registrar, tmp_path / "a.gpkg").json()["code"] == "empty-file"


def test_findings_are_listed_errors_first_and_by_severity(
    registrar: Caller, file: Path, database: Database, settings: Settings
) -> None:
    number = sent(registrar, file).json()["id"]
    jobs.run_now(database, settings, number)
    read = registrar.get(f"/api/v1/imports/{number}").json()
    assert (read["status"], read["errors"], read["rows"], read["published"]) == ("refused", 1, 2, 0)
    first = registrar.get(f"/api/v1/imports/{number}/findings?limit=1").json()
    (error,) = first["items"]
    assert (error["row"], error["field"], error["code"], error["severity"]) == (2, "code", "code_missing", "error")
    assert (error["ring"], error["point"]) == (None, None)
    rest = registrar.get(first["next"]).json()
    assert {each["severity"] for each in rest["items"]} == {"warning"}
    only = registrar.get(f"/api/v1/imports/{number}/findings?severity=error").json()
    assert (len(only["items"]), only["next"]) == (1, None)
    assert registrar.get(f"/api/v1/imports/{number}/findings?cursor=WyJ4Il0").status_code == 400


def test_imports_are_listed_newest_first(registrar: Caller, file: Path) -> None:
    numbers = [sent(registrar, file).json()["id"] for _ in range(3)]
    page = registrar.get("/api/v1/imports?limit=2").json()
    assert [each["id"] for each in page["items"]] == numbers[:0:-1]
    assert [each["id"] for each in registrar.get(page["next"]).json()["items"]] == numbers[:1]


def test_the_stream_tells_the_end_and_closes(
    registrar: Caller, tmp_path: Path, database: Database, settings: Settings
) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(parcels(), path)
    number = sent(registrar, path).json()["id"]
    jobs.run_now(database, settings, number)
    answer = registrar.get(f"/api/v1/imports/{number}/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    event, data = answer.text.strip().split("\n")[:2]
    assert event == "event: done"
    assert json.loads(data.removeprefix("data: "))["published"] == 6


def test_who_may_not_read_imports_may_not_open_their_files(
    registrar: Caller, client: TestClient, file: Path, as_role: Callable[..., Caller]
) -> None:
    made = sent(registrar, file).json()
    listed = f"/api/v1/documents?subject_type=import&subject_id={made['id']}"
    one = f"/api/v1/documents/{made['document_id']}"
    key = {"name": "reader", "scopes": ["read"]}
    secret = as_role("administrator").post("/api/v1/api-keys", json=key).json()["key"]
    for caller in (as_role("viewer"), as_role("track_officer"), Caller(client, {"authorization": f"Bearer {secret}"})):
        assert caller.get(listed).json()["items"] == []
        assert caller.get(one).status_code == caller.get(f"{one}/content").status_code == 404
    form = {"subject_type": "import", "subject_id": str(made["id"])}
    attached = as_role("track_officer").post("/api/v1/documents", files={"file": ("a.pdf", b"%PDF-1")}, data=form)
    assert (attached.status_code, attached.json()["code"]) == (422, "unknown-subject")
    for role in ("planner", "approver", "administrator"):
        assert as_role(role).get(f"{one}/content").status_code == 200


def test_a_stream_ends_with_the_session_of_who_watches(registrar: Caller, file: Path) -> None:
    number = sent(registrar, file).json()["id"]
    with ThreadPoolExecutor() as threads:
        watching = threads.submit(registrar.get, f"/api/v1/imports/{number}/stream")
        time.sleep(0.5)
        assert not watching.done()
        assert registrar.delete("/api/v1/session").status_code == 204
        assert watching.result(timeout=10).text.count("event: ") == 1


def test_other_jurisdictions_imports_do_not_exist(
    registrar: Caller, file: Path, as_role: Callable[..., Caller]
) -> None:
    number = sent(registrar, file).json()["id"]
    stranger = as_role("registrar", jurisdictions=["elsewhere"])
    for address in ("", "/findings", "/stream"):
        assert stranger.get(f"/api/v1/imports/{number}{address}").status_code == 404
    assert stranger.get("/api/v1/imports").json()["items"] == []
    assert sent(stranger, file).status_code == 404
    assert as_role("viewer").post("/api/v1/imports").status_code == 403


def test_a_repeated_request_makes_one_import(registrar: Caller, file: Path) -> None:
    def send(more: bytes = b"", **said: str) -> Any:  # noqa: ANN401 - the client's own type
        return registrar.post(
            "/api/v1/imports",
            data={"jurisdiction": "zhengdong", **said},
            files={"file": (file.name, BytesIO(file.read_bytes() + more))},
            headers={"Idempotency-Key": "one"},
        )

    first, second = send(), send()
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert send(more=b" ").status_code == 422, "another file is another request"
    assert send(crs="EPSG:4526").status_code == 422, "and so is another word on it"


@pytest.fixture
def reviewed(
    registrar: Caller, file: Path, tmp_path: Path, database: Database, settings: Settings
) -> Callable[..., dict[str, Any]]:
    """Bring a file in for review and return the import as it is read."""

    def bring(path: Path = file) -> dict[str, Any]:
        number = sent(registrar, path, mode="review").json()["id"]
        jobs.run_now(database, settings, number)
        found: dict[str, Any] = registrar.get(f"/api/v1/imports/{number}").json()
        return found

    return bring


def test_a_review_over_http_from_mapping_to_undoing(
    registrar: Caller,
    reviewed: Callable[..., dict[str, Any]],
    as_role: Callable[..., Caller],
    database: Database,
    settings: Settings,
) -> None:
    found = reviewed()
    address = f"/api/v1/imports/{found['id']}"
    assert (found["status"], found["errors"], found["summary"]["added"]) == ("staged", 1, 2)
    (column,) = registrar.get(f"{address}/mapping").json()["columns"]
    assert (column["column"], column["field"], column["samples"], column["filled"]) == ("code", "code", ["A"], 1)
    match = {"if-match": f'"{found["version"]}"'}
    assert registrar.post(f"{address}/publication").status_code == 428
    assert registrar.post(f"{address}/publication", headers=match).json()["code"] == "import-has-errors"
    wrong = registrar.put(f"{address}/mapping", headers=match, json={"columns": [{"column": "x", "field": "code"}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-mapping")
    corrected = registrar.put(f"{address}/mapping", headers=match, json={"columns": []})
    assert (corrected.status_code, corrected.json()["status"]) == (202, "queued")
    jobs.run_now(database, settings, found["id"])
    stale = registrar.post(f"{address}/publication", headers=match)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    again = registrar.get(address)
    assert again.json()["errors"] == 0, "codes are made up where no column gives them"
    rows = registrar.get(f"{address}/rows?action=added").json()["items"]
    assert [row["row"] for row in rows] == [1, 2]
    assert registrar.get(f"{address}/rows?action=missing").json() == {"items": [], "next": None}
    shapes = registrar.get(f"{address}/rows/1/shapes").json()
    assert (shapes["before"], shapes["after"]["type"]) == (None, "MultiPolygon")
    assert registrar.get(f"{address}/rows/9/shapes").status_code == 404
    outlines = registrar.get(f"{address}/outlines?bbox=113,34,114,35").json()
    assert ([each["properties"]["row"] for each in outlines["features"]], outlines["complete"]) == ([1, 2], True)
    approver = as_role("approver")
    assert approver.delete(f"{address}/staging", headers={"if-match": again.headers["etag"]}).status_code == 403
    asked = approver.post(f"{address}/publication", headers={"if-match": again.headers["etag"]})
    assert (asked.status_code, asked.json()["status"]) == (202, "publishing")
    jobs.run_now(database, settings, found["id"])
    done = registrar.get(address)
    assert (done.json()["published"], done.json()["decided_by"]) == (2, approver.username)
    undone = registrar.post(f"{address}/undo", headers={"if-match": done.headers["etag"]})
    assert undone.json()["status"] == "undoing"
    jobs.run_now(database, settings, found["id"])
    assert registrar.get(address).json()["status"] == "undone"


def test_a_saved_map_is_proposed_for_files_with_the_same_columns(
    registrar: Caller, reviewed: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    path = geojson(tmp_path / "a.geojson", (square(113.7), {"甲": "A-1", "乙": "某地块"}))
    first = reviewed(path)
    address, match = f"/api/v1/imports/{first['id']}", {"if-match": f'"{first["version"]}"'}
    said = [{"column": "甲", "field": "code"}, {"column": "乙", "field": "name"}]
    registrar.put(f"{address}/mapping", headers=match, json={"columns": said})
    saved = registrar.post("/api/v1/field-maps", json={"import_id": first["id"], "name": "测绘院交付", "shared": True})
    assert (saved.status_code, len(saved.json()["columns"])) == (201, 2)
    assert (
        registrar.post("/api/v1/field-maps", json={"import_id": first["id"], "name": "测绘院交付"}).status_code == 409
    )
    second = reviewed(path)
    columns = registrar.get(f"/api/v1/imports/{second['id']}/mapping").json()["columns"]
    assert {each["column"]: each["field"] for each in columns} == {"甲": "code", "乙": "name"}
    assert "测绘院交付" in columns[0]["proposed"]["reason"]["zh"]
    (listed,) = registrar.get("/api/v1/field-maps").json()["items"]
    assert registrar.delete(f"/api/v1/field-maps/{listed['id']}").status_code == 204
    assert registrar.get("/api/v1/field-maps").json()["items"] == []


@pytest.mark.parametrize(("kind", "begins"), [("xlsx", b"PK"), ("gpkg", b"SQLite format 3")])
def test_findings_are_given_as_files(
    registrar: Caller, reviewed: Callable[..., dict[str, Any]], kind: str, begins: bytes
) -> None:
    answer = registrar.get(f"/api/v1/imports/{reviewed()['id']}/findings/file?f={kind}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f".{kind}" in answer.headers["content-disposition"]


def test_a_file_of_findings_is_whole_however_many_of_both_severities_there_are(
    registrar: Caller, reviewed: Callable[..., dict[str, Any]], owner: psycopg.Connection[Any]
) -> None:
    number = reviewed()["id"]
    owner.execute("DELETE FROM import_finding")
    owner.execute(
        "INSERT INTO import_finding (import_id, severity, code, message, message_en)"
        " SELECT %s, severity, 'spike', '尖刺', 'A spike' FROM unnest(ARRAY['error', 'warning']) AS severity,"
        " generate_series(1, %s)",
        (number, report.KEPT),
    )
    whole = registrar.get(f"/api/v1/imports/{number}/findings/file?f=xlsx").content
    sheet = openpyxl.load_workbook(BytesIO(whole), read_only=True).active
    assert sheet is not None
    assert sum(1 for _ in sheet.iter_rows(min_row=2)) == 2 * report.KEPT
