"""Users over HTTP: who may change whom, and what becomes of their sessions."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from service.accounts.permissions import Role
from tests.caller import Caller

As = Callable[..., Caller]
Owner = psycopg.Connection[Any]
NEW = {"username": "li.na", "display_name": "李娜", "role": "registrar", "password": "Lin-jiang 27 mu"}


@pytest.fixture(autouse=True)
def _places(owner: Owner, client: TestClient) -> None:
    owner.execute("INSERT INTO jurisdiction (code, name, name_en) VALUES ('ZD', '郑东', 'ZD'), ('JK', '经开', 'JK')")


def test_a_created_user_can_sign_in(client: TestClient, as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    created = admin.post("/api/v1/users", json=NEW)
    assert created.status_code == 201
    body = created.json()
    assert created.headers["etag"] == '"1"'
    assert body == {
        "username": "li.na", "display_name": "李娜", "role": "registrar", "lead_bureau": None, "jurisdictions": None,
        "is_active": True, "locked_until": None, "last_login_at": None, "created_at": body["created_at"], "version": 1,
    }  # fmt: skip
    assert "password" not in created.text
    assert "argon2" not in created.text
    credentials = {"username": "li.na", "password": NEW["password"]}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    assert admin.post("/api/v1/users", json=NEW).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"username": "Li Na"}, "/username"),
        ({"username": "x"}, "/username"),
        ({"role": "root"}, "/role"),
        ({"role": "track_officer"}, "/lead_bureau"),
        ({"password": "li.na li.na li.na"}, "/password"),
        ({"password": "short"}, "/password"),
        ({"jurisdictions": []}, "/jurisdictions"),
        ({"display_name": " "}, "/display_name"),
        ({"is_active": False}, "/is_active"),
        ({"version": 9}, "/version"),
    ],
)
def test_a_wrong_user_is_refused_by_field(as_role: As, wrong: dict[str, object], pointer: str) -> None:
    answer = as_role(Role.ADMINISTRATOR).post("/api/v1/users", json={**NEW, **wrong})
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


BINDINGS: list[tuple[dict[str, object], str, str]] = [
    ({"jurisdictions": ["ZD", "nowhere"]}, "/jurisdictions/1", "nowhere"),
    ({"lead_bureau": "no_bureau"}, "/lead_bureau", "no_bureau"),
]


@pytest.mark.parametrize(("wrong", "pointer", "value"), BINDINGS)
def test_what_a_user_is_bound_to_must_be_there(as_role: As, wrong: dict[str, object], pointer: str, value: str) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/users", json=NEW)
    for answer in (
        admin.post("/api/v1/users", json={**NEW, "username": "other", **wrong}),
        admin.patch("/api/v1/users/li.na", json=wrong, headers={"if-match": '"1"'}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown-code")
        [error] = answer.json()["errors"]
        assert (error["pointer"], value in error["detail"]) == (pointer, True)
    listed = {each["username"]: each["version"] for each in admin.get("/api/v1/users").json()["items"]}
    assert listed == {"li.na": 1, admin.username: 1}


def test_a_limited_administrator_learns_nothing_of_other_jurisdictions(as_role: As) -> None:
    limited = as_role(Role.ADMINISTRATOR, jurisdictions=["ZD"])
    for code in ("JK", "nowhere"):
        assert limited.post("/api/v1/users", json={**NEW, "jurisdictions": ["ZD", code]}).status_code == 403


def test_users_are_paged_by_name(as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    for name in ("aa", "ab", "ac"):
        admin.post("/api/v1/users", json={**NEW, "username": name})
    first = admin.get("/api/v1/users?limit=2").json()
    assert [each["username"] for each in first["items"]] == ["aa", "ab"]
    second = admin.get(first["next"]).json()
    assert [each["username"] for each in second["items"]] == ["ac", admin.username]
    assert second["next"] is None


def test_a_lock_shows_in_the_list_and_a_new_password_lifts_it(client: TestClient, as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/users", json=NEW)
    for _ in range(5):
        client.post("/api/v1/session", json={"username": "li.na", "password": "wrong"})
    locked = {each["username"]: each["locked_until"] for each in admin.get("/api/v1/users").json()["items"]}
    assert locked["li.na"] is not None
    assert locked[admin.username] is None
    changed = admin.patch("/api/v1/users/li.na", json={"password": "Shang-du 35 mu"}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.json()["locked_until"], changed.headers["etag"]) == (200, None, '"2"')
    credentials = {"username": "li.na", "password": "Shang-du 35 mu"}
    assert client.post("/api/v1/session", json=credentials).status_code == 200


def test_a_change_needs_the_version_it_is_based_on(as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/users", json=NEW)
    change = {"display_name": "李娜娜"}
    assert admin.patch("/api/v1/users/li.na", json=change).status_code == 428
    assert admin.patch("/api/v1/users/li.na", json=change, headers={"if-match": '"2"'}).status_code == 412
    assert admin.patch("/api/v1/users/li.na", json=change, headers={"if-match": '"1"'}).json()["version"] == 2
    assert admin.patch("/api/v1/users/nobody", json=change, headers={"if-match": '"1"'}).status_code == 404


@pytest.mark.parametrize("change", [{"role": None}, {"display_name": None}, {"is_active": None}, {"password": None}])
def test_a_member_that_can_not_be_null_is_not_made_null(as_role: As, change: dict[str, None]) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/users", json=NEW)
    assert admin.patch("/api/v1/users/li.na", json=change, headers={"if-match": '"1"'}).status_code == 422


@pytest.mark.parametrize(
    "change",
    [{"role": "viewer"}, {"jurisdictions": ["ZD"]}, {"is_active": False}, {"password": "Shang-du 35 mu"}],
)
def test_sessions_end_with_the_rights_they_were_opened_with(as_role: As, change: dict[str, object]) -> None:
    admin, officer = as_role(Role.ADMINISTRATOR), as_role(Role.REGISTRAR)
    assert officer.get("/api/v1/session").status_code == 200
    changed = admin.patch(f"/api/v1/users/{officer.username}", json=change, headers={"if-match": '"1"'})
    assert changed.status_code == 200
    assert officer.get("/api/v1/session").status_code == 401


def test_a_new_display_name_leaves_sessions_alone(as_role: As) -> None:
    admin, officer = as_role(Role.ADMINISTRATOR), as_role(Role.REGISTRAR)
    admin.patch(f"/api/v1/users/{officer.username}", json={"display_name": "新"}, headers={"if-match": '"1"'})
    assert officer.get("/api/v1/session").json()["user"]["display_name"] == "新"


@pytest.mark.parametrize(
    "change", [{"role": "approver"}, {"is_active": False}, {"jurisdictions": ["ZD"]}, {"password": "Shang-du 35 mu"}]
)
def test_nobody_changes_their_own_rights(as_role: As, change: dict[str, object]) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    answer = admin.patch(f"/api/v1/users/{admin.username}", json=change, headers={"if-match": '"1"'})
    assert answer.status_code == 403
    assert admin.get("/api/v1/session").status_code == 200


def test_a_limited_administrator_neither_sees_nor_grants_beyond_their_reach(as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    for name, reach in (("own", ["ZD"]), ("both", ["ZD", "JK"]), ("other", ["JK"]), ("all", None)):
        admin.post("/api/v1/users", json={**NEW, "username": name * 2, "jurisdictions": reach})
    limited = as_role(Role.ADMINISTRATOR, jurisdictions=["ZD"])
    seen = {each["username"] for each in limited.get("/api/v1/users").json()["items"]}
    assert seen == {"ownown", limited.username}
    for name in ("bothboth", "otherother", "allall"):
        change = limited.patch(f"/api/v1/users/{name}", json={"is_active": False}, headers={"if-match": '"1"'})
        assert change.status_code == 404
    for reach in (None, ["JK"], ["ZD", "JK"]):
        assert limited.post("/api/v1/users", json={**NEW, "jurisdictions": reach}).status_code == 403
        widened = limited.patch("/api/v1/users/ownown", json={"jurisdictions": reach}, headers={"if-match": '"1"'})
        assert widened.status_code == 403
        key = {"name": "wide", "scopes": ["write"], "jurisdictions": reach}
        assert limited.post("/api/v1/api-keys", json=key).status_code == 403
    assert limited.post("/api/v1/users", json={**NEW, "jurisdictions": ["ZD"]}).status_code == 201


def test_the_audit_log_tells_what_changed_of_a_user(as_role: As, owner: Owner) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/users", json=NEW)
    change = {"role": "track_officer", "lead_bureau": "construction", "display_name": "李娜"}
    admin.patch("/api/v1/users/li.na", json=change, headers={"if-match": '"1"', "x-request-id": "change-of-role"})
    row = owner.execute(
        "SELECT actor, before, after, request_id FROM audit_entry WHERE action = 'user:changed'"
    ).fetchone()
    assert row == (
        admin.username,
        {"role": "registrar", "lead_bureau": None},
        {"role": "track_officer", "lead_bureau": "construction"},
        "change-of-role",
    )


def test_a_change_that_changes_nothing_is_none(as_role: As, owner: Owner) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/users", json=NEW)
    same = admin.patch("/api/v1/users/li.na", json={"role": "registrar"}, headers={"if-match": '"1"'})
    assert same.json()["version"] == 1
    assert owner.execute("SELECT count(*) FROM audit_entry WHERE action = 'user:changed'").fetchone() == (0,)
