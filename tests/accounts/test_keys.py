"""Keys of programs: scopes, reach, expiry, revocation."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from service.accounts.permissions import Role
from tests.caller import Caller

As = Callable[..., Caller]
Owner = psycopg.Connection[Any]


def new_key(admin: Caller, name: str = "trading-centre", scopes: tuple[str, ...] = ("read",), **more: object) -> Any:  # noqa: ANN401
    answer = admin.post("/api/v1/api-keys", json={"name": name, "scopes": list(scopes), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def bearer(client: TestClient, key: str) -> Caller:
    return Caller(client, {"authorization": f"Bearer {key}"})


def test_a_key_is_shown_once_and_kept_as_a_hash(as_role: As, owner: Owner) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    created = new_key(admin)
    assert created["key"].startswith("gd_")
    assert len(created["key"]) == 46
    assert created["key"].startswith(created["prefix"])
    assert len(created["prefix"]) == 9
    listed = admin.get("/api/v1/api-keys")
    assert [each["name"] for each in listed.json()["items"]] == ["trading-centre"]
    assert created["key"] not in listed.text
    stored = str(owner.execute("SELECT string_agg(k::text, '') FROM api_key k").fetchone())
    assert created["key"] not in stored
    assert hashlib.sha256(created["key"].encode()).hexdigest() in stored
    assert created["key"] not in str(owner.execute("SELECT string_agg(e::text, '') FROM audit_entry e").fetchone())


def test_a_scope_is_a_limit(client: TestClient, as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    for scopes in (("read",), ("write",), ("read", "write")):
        program = bearer(client, new_key(admin, "-".join(scopes), scopes)["key"])
        for method, path in (
            ("GET", "users"),
            ("GET", "api-keys"),
            ("POST", "api-keys"),
            ("GET", "audit"),
            ("GET", "session"),
        ):
            assert program.request(method, f"/api/v1/{path}").status_code == 403, (scopes, path)
        assert program.request("DELETE", "/api/v1/sessions").status_code == 403


def test_a_revoked_key_is_dead_at_once(client: TestClient, as_role: As, owner: Owner) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    created = new_key(admin)
    program = bearer(client, created["key"])
    assert program.get("/api/v1/users").status_code == 403
    assert admin.delete(f"/api/v1/api-keys/{created['id']}").status_code == 204
    assert program.get("/api/v1/users").status_code == 401
    assert admin.delete(f"/api/v1/api-keys/{created['id']}").status_code == 204
    assert admin.delete("/api/v1/api-keys/999999").status_code == 404
    assert owner.execute("SELECT count(*) FROM audit_entry WHERE action = 'key:revoked'").fetchone() == (1,)
    assert admin.get("/api/v1/api-keys").json()["items"][0]["revoked_at"] is not None
    again = admin.post("/api/v1/api-keys", json={"name": "trading-centre", "scopes": ["read"]})
    assert again.status_code == 409, "a name in the audit log means one key for ever"


def test_a_key_works_until_the_end_of_its_last_day(client: TestClient, as_role: As, owner: Owner) -> None:
    program = bearer(client, new_key(as_role(Role.ADMINISTRATOR), expires_on="2022-11-15")["key"])
    assert program.get("/api/v1/users").status_code == 403
    owner.execute("UPDATE api_key SET expires_on = '2022-11-14'")
    assert program.get("/api/v1/users").status_code == 401


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"expires_on": "2022-11-14"}, "/expires_on"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["admin"]}, "/scopes/0"),
        ({"name": "x\ny"}, "/name"),
        ({"jurisdictions": ["nowhere"]}, "/jurisdictions/0"),
        ({"token_hash": "00"}, "/token_hash"),
    ],
)
def test_a_wrong_key_is_refused_by_field(as_role: As, wrong: dict[str, object], pointer: str) -> None:
    answer = as_role(Role.ADMINISTRATOR).post("/api/v1/api-keys", json={"name": "xy", "scopes": ["read"], **wrong})
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_the_hour_of_the_last_use_is_noted(client: TestClient, as_role: As, owner: Owner) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    program = bearer(client, new_key(admin)["key"])
    assert admin.get("/api/v1/api-keys").json()["items"][0]["last_used_at"] is None
    program.get("/api/v1/users")
    used = dt.datetime.fromisoformat(admin.get("/api/v1/api-keys").json()["items"][0]["last_used_at"])
    assert (used.minute, used.second) == (0, 0)
    assert dt.datetime.now(dt.UTC) - used < dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer gd_",
        "Bearer gd_wrong",
        "Basic gd_x",
        "gd_x",
        "Bearer gd_" + "x" * 9000,
        "Bearer gd_é",
    ],
)
def test_a_broken_authorization_is_nobody_even_beside_a_good_cookie(as_role: As, authorization: str) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    answer = admin.get("/api/v1/session", headers={"authorization": authorization.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
