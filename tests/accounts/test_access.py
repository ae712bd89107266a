"""Resolving a caller: what is remembered, for how long, and what it costs the database."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from service.accounts import access, denials
from service.accounts.permissions import Permission, Role
from service.audit.ration import Ration
from tests.caller import Caller

As = Callable[..., Caller]
Owner = psycopg.Connection[Any]


@pytest.fixture
def look_ups(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The tokens' hashes that were looked up in the database."""
    seen: list[bytes] = []
    real = access._find_session

    def counted(request: Any, token_hash: bytes) -> Any:  # noqa: ANN401 - passes through
        seen.append(token_hash)
        return real(request, token_hash)

    monkeypatch.setattr(access, "_find_session", counted)
    return seen


def test_a_caller_is_looked_up_once(as_role: As, look_ups: list[bytes]) -> None:
    viewer = as_role(Role.VIEWER)
    assert [viewer.get("/api/v1/session").status_code for _ in range(5)] == [200] * 5
    assert len(look_ups) == 1


def test_any_change_of_rights_makes_everybody_be_looked_up_again(
    as_role: As, owner: Owner, look_ups: list[bytes]
) -> None:
    viewer, other = as_role(Role.VIEWER), as_role(Role.REGISTRAR)
    for _ in range(2):
        viewer.get("/api/v1/session")
        other.get("/api/v1/session")
        owner.execute("UPDATE user_account SET jurisdictions = '{ZD}' WHERE username = %s", (other.username,))
    assert len(look_ups) == 4


def test_nobody_is_remembered_for_more_than_a_minute(
    as_role: As, look_ups: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = as_role(Role.VIEWER)
    viewer.get("/api/v1/session")
    later = time.monotonic() + 61
    monkeypatch.setattr("service.accounts.access.time.monotonic", lambda: later)
    viewer.get("/api/v1/session")
    assert len(look_ups) == 2


def test_a_session_is_not_remembered_beyond_its_end(as_role: As, owner: Owner) -> None:
    viewer = as_role(Role.VIEWER)
    owner.execute("UPDATE user_session SET expires_at = now() + interval '400 milliseconds'")
    assert viewer.get("/api/v1/session").status_code == 200
    time.sleep(0.5)
    assert viewer.get("/api/v1/session").status_code == 401


def test_a_guessed_token_is_not_remembered(client: TestClient) -> None:
    before = len(access._remembered)
    for number in range(20):
        assert client.get("/api/v1/session", headers={"cookie": f"gongdi_session={number:043}"}).status_code == 401
    assert len(access._remembered) == before


def written(owner: Owner) -> list[tuple[Any, ...]]:
    columns = "actor, actor_kind, subject_type, subject_id, after->>'path', after->>'reason', request_id"
    return owner.execute(f"SELECT {columns} FROM audit_entry WHERE action = 'access:denied' ORDER BY seq").fetchall()


def test_a_change_that_is_denied_is_written_down(as_role: As, owner: Owner) -> None:
    viewer, admin = as_role(Role.VIEWER), as_role(Role.ADMINISTRATOR, jurisdictions=["ZD"])
    told = {"x-request-id": "denied-change"}
    assert viewer.patch("/api/v1/parcels/ZD-1", json={"name": "x"}, headers=told).status_code == 403
    assert viewer.get("/api/v1/users").status_code == 403, "who only looks is logged"
    key = {"name": "wide", "scopes": ["write"]}
    assert admin.post("/api/v1/api-keys", json=key, headers=told).status_code == 403
    assert written(owner) == [
        (viewer.username, "user", "route", "PATCH /api/v1/parcels/{number}", "/api/v1/parcels/ZD-1",
         "This account lacks the permission parcel:write.", "denied-change"),
        (admin.username, "user", "route", "POST /api/v1/api-keys", "/api/v1/api-keys",
         "You can't grant a wider reach than your own.", "denied-change"),
    ]  # fmt: skip


def test_what_nobody_sent_and_what_is_sent_without_end_is_not(
    client: TestClient, as_role: As, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "_of_actor", Ration(2))
    viewer, forged = as_role(Role.VIEWER), as_role(Role.VIEWER)
    forged.headers["x-csrf-token"] = "wrong"
    for _ in range(4):
        assert viewer.post("/api/v1/users", json={}).status_code == 403
        assert forged.post("/api/v1/users", json={}).status_code == 403
        assert client.post("/api/v1/users", json={}).status_code == 401
    assert [row[0] for row in written(owner)] == [viewer.username] * 2


def test_memory_of_callers_is_bounded(as_role: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "REMEMBERED_CALLERS", 3)
    for _ in range(6):
        assert as_role(Role.VIEWER).get("/api/v1/session").status_code == 200
    assert len(access._remembered) <= 3


def test_the_services_own_actors_see_everything_and_anonymous_nothing() -> None:
    assert access.system("demo").label == "system:demo"
    assert access.system("demo").permissions == frozenset(Permission)
    assert access.system("demo").jurisdictions is None
    assert access.ANONYMOUS.permissions == frozenset()
    assert access.ANONYMOUS.jurisdictions == frozenset()
