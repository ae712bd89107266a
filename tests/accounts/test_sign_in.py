"""Sign-in over HTTP: the journey, and what attackers try at the door."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from service.accounts import passwords
from service.accounts.access import system
from service.accounts.commands import create_user
from service.accounts.permissions import Role
from service.audit.ration import Ration
from service.core.db import Database

Owner = psycopg.Connection[Any]
PASSWORD = "Lin-jiang 27 mu"
OWN_PAGE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def people(database: Database) -> None:
    """Two registrars, of whom `wang` has left."""
    with database.write(system("test")) as session:
        create_user(session, system("test"), "li.na", PASSWORD, display_name="李娜", role=Role.REGISTRAR)
        create_user(session, system("test"), "wang", PASSWORD, display_name="王", role=Role.REGISTRAR, is_active=False)


@pytest.fixture
def browser(client: TestClient, people: None) -> TestClient:
    """A browser with a cookie jar."""
    return client


def sign_in(browser: TestClient, username: str = "li.na", password: str = PASSWORD, **kwargs: Any) -> Any:  # noqa: ANN401
    return browser.post("/api/v1/session", json={"username": username, "password": password}, **kwargs)


def test_the_journey_of_a_session(browser: TestClient) -> None:
    assert browser.get("/api/v1/session").status_code == 401
    answer = sign_in(browser)
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"] == {
        "username": "li.na", "display_name": "李娜", "role": "registrar", "lead_bureau": None, "jurisdictions": None,
    }  # fmt: skip
    assert "parcel:write" in body["permissions"]
    assert "user:manage" not in body["permissions"]
    assert (body["today"], body["demo"]) == ("2022-11-15", True)
    assert browser.get("/api/v1/session").json() == body
    csrf = {"x-csrf-token": body["csrf_token"]}
    token = browser.cookies["gongdi_session"]
    assert browser.delete("/api/v1/session", headers=csrf).status_code == 204
    assert "gongdi_session" not in browser.cookies
    assert browser.get("/api/v1/session", headers={"cookie": f"gongdi_session={token}"}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: TestClient) -> None:
    flags = sign_in(browser).headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"} <= set(flags)


def test_only_a_hash_of_the_token_is_kept(browser: TestClient, owner: Owner) -> None:
    sign_in(browser)
    token = browser.cookies["gongdi_session"]
    assert len(token) >= 43
    stored = owner.execute("SELECT token_hash FROM user_session").fetchall()
    assert stored == [(hashlib.sha256(token.encode()).digest(),)]


@pytest.mark.parametrize("typed", ["LI.NA", " li.na ", "ｌｉ.ｎａ"])
def test_a_user_name_may_be_typed_in_any_form(browser: TestClient, typed: str) -> None:
    assert sign_in(browser, typed).status_code == 200


def test_known_unknown_and_departed_users_get_the_same_answer(browser: TestClient) -> None:
    tries = [("li.na", "wrong"), ("nobody", "wrong"), ("wang", "wrong"), ("wang", PASSWORD), ("admin' OR 1=1 --", "x")]
    answers = [sign_in(browser, *each) for each in tries]
    for answer in answers:
        assert answer.status_code == 401
        body = answer.json()
        body.pop("request_id")
        assert body == {
            "type": "/problems/wrong-credentials", "title": "用户名或密码错误", "status": 401,
            "detail": "用户名或密码错误", "code": "wrong-credentials", "instance": "/api/v1/session",
        }  # fmt: skip
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", ["li.na", "nobody"])
def test_a_name_is_locked_after_five_wrong_passwords(browser: TestClient, owner: Owner, name: str) -> None:
    assert [sign_in(browser, name, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    barred = sign_in(browser, name)
    assert barred.status_code == 429
    assert 890 <= int(barred.headers["retry-after"]) <= 900
    assert barred.json()["code"] == "sign-in-barred"
    assert barred.json()["detail"] == "错误次数过多,请 15 分钟后再试,或请管理员重设密码。"
    assert sign_in(browser, "wang", "wrong").status_code == 401, "others are not affected"
    owner.execute("UPDATE login_attempt SET at = at - interval '16 minutes'")
    assert sign_in(browser, name, PASSWORD).status_code == (200 if name == "li.na" else 401)


def test_wrong_passwords_spread_over_time_do_not_lock(browser: TestClient, owner: Owner) -> None:
    for _ in range(4):
        sign_in(browser, password="wrong")
    owner.execute("UPDATE login_attempt SET at = at - interval '16 minutes'")
    assert [sign_in(browser, password="wrong").status_code for _ in range(2)] == [401, 401]
    assert sign_in(browser).status_code == 200


def test_a_good_sign_in_forgets_the_wrong_ones(browser: TestClient, owner: Owner) -> None:
    for _ in range(3):
        assert [sign_in(browser, password="wrong").status_code for _ in range(4)] == [401] * 4
        assert sign_in(browser).status_code == 200
    assert owner.execute("SELECT count(*) FROM login_attempt").fetchone() == (0,)


def test_an_address_is_barred_after_fifty_names(browser: TestClient, owner: Owner) -> None:
    owner.execute(
        "INSERT INTO login_attempt (username, address) SELECT 'n' || n, 'testclient' FROM generate_series(1, 49) n"
    )
    assert sign_in(browser, "other", "wrong").status_code == 401
    assert sign_in(browser).status_code == 429
    barred = owner.execute("SELECT subject_id FROM audit_entry WHERE action = 'address:barred'").fetchall()
    assert barred == [("testclient",)]


def test_made_up_names_do_not_flood_the_audit_log(
    browser: TestClient, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.accounts.session_commands._MADE_UP", Ration(3))
    for number in range(6):
        sign_in(browser, f"nobody{number}", "wrong")
    assert sign_in(browser, password="wrong").status_code == 401
    refused = owner.execute(
        "SELECT subject_id, count(*) FROM audit_entry WHERE action = 'session:refused' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert refused == [("li.na", 1), ("unknown", 3)]


def test_parallel_guesses_see_one_another(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = passwords.matches

    def counted(password: str, stored: str | None) -> bool:
        hashed.append(password)
        return real(password, stored)

    monkeypatch.setattr("service.accounts.session_commands.matches", counted)
    with ThreadPoolExecutor(12) as pool:
        statuses = [
            answer.status_code for answer in pool.map(lambda n: sign_in(browser, password=f"wrong {n}"), range(40))
        ]
    assert (len(hashed), statuses.count(401)) == (5, 5)
    assert set(statuses) <= {401, 429, 409}


def test_a_session_fixed_before_sign_in_is_not_taken_over(browser: TestClient) -> None:
    planted = "A" * 43
    answer = sign_in(browser, headers={"cookie": f"gongdi_session={planted}"})
    assert answer.status_code == 200
    assert answer.cookies["gongdi_session"] != planted
    browser.cookies.clear()
    assert browser.get("/api/v1/session", headers={"cookie": f"gongdi_session={planted}"}).status_code == 401


def test_two_sessions_cookies_are_one_too_many(browser: TestClient) -> None:
    sign_in(browser)
    token = browser.cookies["gongdi_session"]
    browser.cookies.clear()
    both = {"cookie": f"gongdi_session=planted; gongdi_session={token}"}
    assert browser.get("/api/v1/session", headers=both).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
    ],
)
def test_another_site_can_neither_sign_a_browser_in_nor_act(browser: TestClient, headers: dict[str, str]) -> None:
    assert sign_in(browser, headers=headers).status_code == 403
    csrf = sign_in(browser, headers=OWN_PAGE).json()["csrf_token"]
    assert browser.delete("/api/v1/session", headers={"x-csrf-token": csrf, **headers}).status_code == 403
    assert browser.get("/api/v1/session", headers=headers).status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_a_change_needs_the_sessions_own_csrf_token(browser: TestClient, token: str | None) -> None:
    sign_in(browser)
    headers = {} if token is None else {b"x-csrf-token": token.encode()}
    assert browser.request("DELETE", "/api/v1/session", headers=headers).status_code == 403
    assert browser.get("/api/v1/session").status_code == 200


def test_a_form_of_another_site_is_no_sign_in(browser: TestClient) -> None:
    plain = {"content-type": "text/plain"}
    answer = browser.post("/api/v1/session", content='{"username":"li.na","password":"x"}', headers=plain)
    assert answer.status_code in {415, 422}


def test_signing_out_everywhere_ends_every_session(browser: TestClient) -> None:
    tokens = []
    for _ in range(3):
        answer = sign_in(browser)
        tokens.append(browser.cookies["gongdi_session"])
        browser.cookies.clear()
    headers = {"cookie": f"gongdi_session={tokens[0]}", "x-csrf-token": "wrong"}
    assert browser.delete("/api/v1/sessions", headers=headers).status_code == 403
    headers = {"cookie": f"gongdi_session={tokens[2]}", "x-csrf-token": answer.json()["csrf_token"]}
    assert browser.delete("/api/v1/sessions", headers=headers).status_code == 204
    for token in tokens:
        assert browser.get("/api/v1/session", headers={"cookie": f"gongdi_session={token}"}).status_code == 401


@pytest.mark.parametrize(
    "aged",
    ["last_seen_at = now() - interval '31 minutes'", "expires_at = now() - interval '1 second'"],
)
def test_a_session_ends_by_itself(browser: TestClient, owner: Owner, aged: str) -> None:
    sign_in(browser)
    owner.execute(f"UPDATE user_session SET {aged}")
    assert browser.get("/api/v1/session").status_code == 401


def test_use_prolongs_a_session_at_most_every_five_minutes(browser: TestClient, owner: Owner) -> None:
    sign_in(browser)
    for minutes, prolonged in ((4, False), (20, True)):
        owner.execute(
            "UPDATE user_session SET last_seen_at = now() - make_interval(mins => %s), expires_at = expires_at",
            (minutes,),
        )
        assert browser.get("/api/v1/session").status_code == 200
        seen = owner.execute("SELECT last_seen_at > now() - interval '1 minute' FROM user_session").fetchone()
        assert seen == (prolonged,)


@pytest.mark.parametrize(
    "change",
    ["UPDATE user_account SET is_active = false", "DELETE FROM user_session", "DELETE FROM user_account"],
)
def test_dismissal_acts_at_once_even_on_a_caller_just_seen(browser: TestClient, owner: Owner, change: str) -> None:
    sign_in(browser)
    assert browser.get("/api/v1/session").status_code == 200
    owner.execute(change)
    assert browser.get("/api/v1/session").status_code == 401


def test_changing_ones_password_ends_the_other_sessions_only(browser: TestClient) -> None:
    sign_in(browser)
    other = browser.cookies["gongdi_session"]
    browser.cookies.clear()
    csrf = {"x-csrf-token": sign_in(browser).json()["csrf_token"]}
    url = "/api/v1/session/password"
    wrong = browser.put(url, headers=csrf, json={"current_password": "wrong", "new_password": "Shang-du 35 mu"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/current_password")
    weak = browser.put(url, headers=csrf, json={"current_password": PASSWORD, "new_password": "short"})
    assert (weak.status_code, weak.json()["errors"][0]["pointer"]) == (422, "/new_password")
    right = browser.put(url, headers=csrf, json={"current_password": PASSWORD, "new_password": "Shang-du 35 mu"})
    assert right.status_code == 204
    assert browser.get("/api/v1/session").status_code == 200
    browser.cookies.clear()
    assert browser.get("/api/v1/session", headers={"cookie": f"gongdi_session={other}"}).status_code == 401
    assert sign_in(browser).status_code == 401
    assert sign_in(browser, password="Shang-du 35 mu").status_code == 200


def test_a_borrowed_screen_can_not_be_used_to_guess(browser: TestClient) -> None:
    csrf = {"x-csrf-token": sign_in(browser).json()["csrf_token"]}
    guess = {"current_password": "wrong", "new_password": "Shang-du 35 mu"}
    statuses = [browser.put("/api/v1/session/password", headers=csrf, json=guess).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize(
    "body",
    [
        {"username": "li.na"},
        {"username": "li.na", "password": "x" * 129},
        {"username": "li.na", "password": "x", "role": "administrator"},
        {"username": ["li.na"], "password": "x"},
    ],
)
def test_a_malformed_sign_in_is_refused_before_any_hash(
    browser: TestClient, owner: Owner, body: dict[str, object]
) -> None:
    assert browser.post("/api/v1/session", json=body).status_code == 422
    assert owner.execute("SELECT count(*) FROM login_attempt").fetchone() == (0,)


def test_the_audit_log_tells_the_story_without_the_secrets(browser: TestClient, owner: Owner) -> None:
    for name in ("li.na", "nobody"):
        for _ in range(5):
            sign_in(browser, name, "wrong guess")
    owner.execute("DELETE FROM login_attempt")
    sign_in(browser)
    rows = owner.execute(
        "SELECT actor, action, subject_id, count(*) FROM audit_entry WHERE actor_kind <> 'system'"
        " GROUP BY 1, 2, 3 ORDER BY 2, 3"
    ).fetchall()
    assert rows == [
        ("li.na", "session:opened", "li.na", 1),
        ("anonymous", "session:refused", "li.na", 5),
        ("anonymous", "session:refused", "unknown", 5),
        ("anonymous", "user:locked", "li.na", 1),
        ("anonymous", "user:locked", "unknown", 1),
    ]
    everything = str(owner.execute("SELECT string_agg(e::text, ' ') FROM audit_entry e").fetchone())
    for secret in (PASSWORD, "wrong guess", "$argon2id", browser.cookies["gongdi_session"], "nobody"):
        assert secret not in everything
