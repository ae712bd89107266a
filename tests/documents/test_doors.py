import io
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from service.accounts.access import Actor
from service.core.db import Database
from service.core.settings import Settings
from service.documents import storage, sweep
from service.documents.schemas import DocumentRead
from tests.factories.parcels import make_parcel

Caller = Any
URL = "/api/v1/documents"
PDF = b"%PDF-1.7 \xe5\xae\x97"


@pytest.fixture
def registrar(database: Database, actor: Actor, as_role: Callable[..., Caller]) -> Caller:
    with database.write(actor) as session:
        make_parcel(session, code="ZD-1")
        make_parcel(session, code="GX-1", jurisdiction="GXQ")
    return as_role("registrar")


def attach(caller: Caller, content: bytes = PDF, name: str = "宗地图.pdf", **fields: str) -> Any:  # noqa: ANN401
    data = {"title": "宗地图", "subject_type": "parcel", "subject_id": "ZD-1", **fields}
    return caller.post(URL, files={"file": (name, content, "text/html")}, data=data)


def test_a_file_comes_back_as_it_went_in(registrar: Caller) -> None:
    answer = attach(registrar)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert DocumentRead.model_validate(made).model_dump(mode="json") == made
    assert (made["file_name"], made["media_type"], made["size_bytes"]) == ("宗地图.pdf", "application/pdf", len(PDF))
    assert made["uploaded_by"] == registrar.username
    assert registrar.get(f"{URL}/{made['id']}").json() == made
    content = registrar.get(f"{URL}/{made['id']}/content")
    assert content.content == PDF
    assert content.headers["content-type"] == "application/pdf"
    assert "sandbox" not in content.headers["content-security-policy"]
    assert content.headers["content-disposition"] == f"inline; filename*=utf-8''{quote('宗地图.pdf')}"


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b'<svg xmlns="x" onload="alert(1)"/>'])
def test_what_would_run_in_a_browser_is_given_out_as_bytes(registrar: Caller, content: bytes) -> None:
    made = attach(registrar, content, "innocent.png").json()
    answer = registrar.get(f"{URL}/{made['id']}/content")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_files_are_listed_newest_first_by_pages(registrar: Caller) -> None:
    ids = [attach(registrar, PDF + bytes([i])).json()["id"] for i in range(3)]
    page = registrar.get(f"{URL}?subject_type=parcel&subject_id=ZD-1&limit=2").json()
    assert [item["id"] for item in page["items"]] == ids[:0:-1]
    assert [item["id"] for item in registrar.get(page["next"]).json()["items"]] == ids[:1]
    assert registrar.get(f"{URL}?subject_type=parcel&subject_id=GX-1").json()["items"] == []


def test_a_parcels_code_may_be_given_in_either_case(registrar: Caller) -> None:
    made = attach(registrar, subject_id="zd-1").json()
    for code in ("ZD-1", "zd-1"):
        found = registrar.get(f"{URL}?subject_type=parcel&subject_id={code}").json()["items"]
        assert [item["id"] for item in found] == [made["id"]]


def test_one_key_stands_for_one_file(registrar: Caller) -> None:
    key = {"idempotency-key": "scan-1"}
    data = {"subject_type": "parcel", "subject_id": "ZD-1"}

    def send(content: bytes, **other: str) -> Any:  # noqa: ANN401
        return registrar.post(URL, files={"file": ("a.pdf", content)}, data={**data, **other}, headers=key)

    first, again = send(PDF), send(PDF)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert send(PDF + b"2").status_code == 422
    assert send(PDF, subject_id="GX-1").status_code == 422


def test_a_cursor_of_another_list_is_refused(registrar: Caller) -> None:
    assert registrar.get(f"{URL}?subject_type=parcel&subject_id=ZD-1&cursor=WyJ4Il0").status_code == 400


@pytest.mark.parametrize("title", ["一\n二", "a\tb", "\u202egpj.exe", "a\u2028b", "a\x85b"])
def test_a_title_is_one_line(registrar: Caller, title: str) -> None:
    assert attach(registrar, title=title).status_code == 422


def test_a_file_needs_a_subject_that_is_there_and_visible(registrar: Caller, as_role: Callable[..., Caller]) -> None:
    assert attach(registrar, subject_id="nobody").json()["code"] == "unknown-subject"
    assert attach(registrar, subject_type="spaceship").status_code == 422
    made = attach(registrar).json()
    theirs = as_role("registrar", jurisdictions=["GXQ"])
    assert attach(theirs).status_code == 422
    assert attach(theirs, subject_id="GX-1").status_code == 201
    assert theirs.get(f"{URL}/{made['id']}").status_code == 404
    assert theirs.get(f"{URL}/{made['id']}/content").status_code == 404
    assert theirs.get(f"{URL}?subject_type=parcel&subject_id=ZD-1").json()["items"] == []


def test_a_viewer_reads_but_does_not_attach(registrar: Caller, as_role: Callable[..., Caller]) -> None:
    made = attach(registrar).json()
    viewer = as_role("viewer")
    assert viewer.get(f"{URL}/{made['id']}/content").status_code == 200
    assert attach(viewer).status_code == 403


def test_an_empty_file_is_refused(registrar: Caller) -> None:
    assert attach(registrar, b"").json()["code"] == "empty-file"


def test_an_event_rests_on_a_document(registrar: Caller) -> None:
    made = attach(registrar).json()
    event = {"kind": "acquire", "effective_on": "2022-06-01", "document_id": made["id"]}
    answer = registrar.post("/api/v1/parcels/ZD-1/events", json=event, headers={"if-match": '"1"'})
    assert answer.status_code == 201, answer.text
    last = registrar.get("/api/v1/parcels/ZD-1/history").json()["items"][-1]
    assert last["document"] == {"id": made["id"], "title": "宗地图"}


def test_old_files_without_a_row_are_swept(registrar: Caller, database: Database, settings: Settings) -> None:
    made = attach(registrar).json()
    folder = settings.documents_dir
    orphan = storage.path_of(folder, storage.keep(folder, io.BytesIO(b"orphan"), limit=10).sha256)
    young = storage.path_of(folder, storage.keep(folder, io.BytesIO(b"young"), limit=10).sha256)
    left = folder / ".arriving-crashed"
    left.write_bytes(b"half")
    named = storage.path_of(folder, made["sha256"])
    for path in (orphan, left, named):
        os.utime(path, (0, 0))
    with database.read() as session:
        assert sweep.sweep_orphans(session, folder) >= 2
    assert (orphan.exists(), left.exists(), named.exists(), young.exists()) == (False, False, True, True)
