"""The main job, through the doors of a person and of a program: file in, on the map, status out, all on record."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

import service.api  # noqa: F401 - registers every job
from service.audit.verify import verify
from service.core.jobs import connector, queue
from service.core.settings import Settings
from tests.caller import Caller

SQUARE = [[113.7200, 34.7600], [113.7220, 34.7600], [113.7220, 34.7615], [113.7200, 34.7615], [113.7200, 34.7600]]
TILE = "/tiles/parcels/15/26735/13005"


def geojson(code: str, ring: list[list[float]]) -> bytes:
    feature = {
        "type": "Feature",
        "properties": {"地块编号": code, "地块名称": "示例地块", "地类编码": "0701"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.fixture
def worker(app: FastAPI, settings: Settings, client: object) -> Callable[[], None]:
    """Carry out what is queued, as `gongdi worker` does, then return."""

    def work() -> None:
        database = app.state.database
        with queue.replace_connector(connector(settings)) as running:
            running.run_worker(
                wait=False,
                install_signal_handlers=False,
                additional_context={"settings": settings, "database": database},
            )

    return work


def submit(registrar: Caller, content: bytes, key: str) -> dict[str, Any]:
    answer = registrar.post(
        "/api/v1/imports",
        files={"file": ("地块.geojson", content)},
        data={"jurisdiction": "ZDXQ", "crs": "4490"},
        headers={"Idempotency-Key": key},
    )
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_from_file_to_status(
    as_role: Callable[..., Caller],
    worker: Callable[[], None],
    owner: psycopg.Connection[Any],
    session: Session,
) -> None:
    owner.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('ZDXQ', '郑东新区管委会', 'Zhengdong')")
    registrar, viewer, administrator = as_role("registrar"), as_role("viewer"), as_role("administrator")

    first = submit(registrar, geojson("DK-2022-001", SQUARE), "k-1")
    assert submit(registrar, geojson("DK-2022-001", SQUARE), "k-1")["id"] == first["id"], (
        "a repeated upload is one import"
    )
    worker()
    done = registrar.get(f"/api/v1/imports/{first['id']}").json()
    assert (done["status"], done["published"], done["errors"]) == ("published", 1, 0)

    item = viewer.get("/api/v1/parcels/DK-2022-001")
    parcel = item.json()
    assert (parcel["stage"], parcel["name"], parcel["land_use"]["code"]) == ("candidate", "示例地块", "0701")
    assert parcel["area_plane_m2"] == pytest.approx(30_457, rel=0.001)
    assert [each["code"] for each in viewer.get("/api/v1/parcels/locate?lon=113.721&lat=34.761").json()["items"]] == [
        "DK-2022-001"
    ]
    before = viewer.get(TILE)
    assert before.status_code == 200

    refused = viewer.post(
        "/api/v1/parcels/DK-2022-001/events",
        json={"kind": "acquire", "effective_on": "2022-11-15"},
        headers={"If-Match": item.headers["etag"]},
    )
    assert refused.status_code == 403
    changed = registrar.post(
        "/api/v1/parcels/DK-2022-001/events",
        json={"kind": "acquire", "effective_on": "2022-11-15", "note": "征收预公告"},
        headers={"If-Match": item.headers["etag"]},
    )
    assert changed.status_code == 201, changed.text
    assert changed.json()["stage"] == "acquiring"
    assert viewer.get(TILE, headers={"If-None-Match": before.headers["etag"]}).status_code == 200

    asked = {"codes": ["DK-2022-001", "DK-none"]}
    status = registrar.post("/api/v1/parcels/status", json=asked).json()
    assert [each["stage"] for each in status["items"]] == ["acquiring"]
    assert status["unknown"] == ["DK-none"]
    kinds = [each["kind"] for each in viewer.get("/api/v1/parcels/DK-2022-001/history").json()["items"]]
    assert set(kinds) == {"propose", "acquire"}

    log = administrator.get("/api/v1/audit").json()["items"]
    assert {(each["actor"], each["action"]) for each in log} >= {
        (registrar.username, "import:submitted"),
        ("job:imports.run", "import:published"),
    }
    assert verify(session).ok


def test_a_dirty_file_changes_nothing_and_says_why(
    as_role: Callable[..., Caller], worker: Callable[[], None], owner: psycopg.Connection[Any]
) -> None:
    owner.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('ZDXQ', '郑东新区管委会', 'Zhengdong')")
    registrar = as_role("registrar")
    bow_tie = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
    submitted = submit(registrar, geojson("DK-2022-002", bow_tie), "k-2")
    worker()
    done = registrar.get(f"/api/v1/imports/{submitted['id']}").json()
    assert (done["status"], done["published"]) == ("refused", 0)
    found = registrar.get(f"/api/v1/imports/{submitted['id']}/findings").json()["items"]
    assert [(each["row"], each["severity"]) for each in found if each["severity"] == "error"] == [(1, "error")]
    assert all(each["message"] and each["message_en"] for each in found)
    assert owner.execute("SELECT count(*) FROM parcel").fetchone() == (0,)
