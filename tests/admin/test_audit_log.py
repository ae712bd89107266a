"""The audit log over HTTP."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from service.accounts.permissions import Role
from tests.caller import Caller

As = Callable[..., Caller]
Superuser = psycopg.Connection[Any]
URL = "/api/v1/audit"


@pytest.fixture
def auditor(as_role: As, superuser: Superuser) -> Caller:
    """An administrator, and a log of ten entries over four days."""
    superuser.execute(
        "INSERT INTO audit_entry (actor, actor_kind, action, subject_type, subject_id, after)"
        " SELECT CASE WHEN n % 2 = 0 THEN 'li.na' ELSE 'key:trading-centre' END, 'user', 'parcel:changed', 'parcel',"
        " 'P' || n, jsonb_build_object('n', n) FROM generate_series(1, 10) n;"
        " SET session_replication_role = replica;"
        " UPDATE audit_entry SET recorded_at = timestamptz '2022-11-12 15:59:59.5Z' + (seq / 3) * interval '1 day';"
        " SET session_replication_role = origin"
    )
    return as_role(Role.ADMINISTRATOR)


def numbers(auditor: Caller, query: str = "") -> list[int]:
    answer = auditor.get(URL + query)
    assert answer.status_code == 200, answer.text
    return [each["seq"] for each in answer.json()["items"]]


def test_the_newest_comes_first_with_every_fact(auditor: Caller) -> None:
    newest = auditor.get(URL).json()["items"][0]
    assert len(newest.pop("hash")) == 64
    assert newest.pop("recorded_at").startswith("2022-11-15T15:59:59.5")
    assert newest == {
        "seq": 10, "actor": "li.na", "actor_kind": "user", "action": "parcel:changed", "subject_type": "parcel",
        "subject_id": "P10", "before": None, "after": {"n": 10}, "request_id": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?actor=li.na", [10, 8, 6, 4, 2]),
        ("?actor=nobody", []),
        ("?action=parcel:changed&actor=li.na&limit=2", [10, 8]),
        ("?action=user:created", []),
        ("?subject_type=parcel&subject_id=P7", [7]),
        ("?from=2022-11-15", [10, 9]),
        ("?to=2022-11-12", [2, 1]),
        ("?from=2022-11-13&to=2022-11-13", [5, 4, 3]),
    ],
)
def test_filters_narrow_it(auditor: Caller, query: str, expected: list[int]) -> None:
    assert numbers(auditor, query) == expected


def test_what_is_no_longer_done_still_shows(auditor: Caller, superuser: Superuser) -> None:
    superuser.execute(
        "INSERT INTO audit_entry (actor, actor_kind, action, subject_type, subject_id)"
        " VALUES ('li.na', 'user', 'house:built', 'house', '1')"
    )
    newest = auditor.get(URL).json()["items"][0]
    assert (newest["action"], newest["subject_type"]) == ("house:built", "house")


def test_the_last_day_of_all_is_a_day(auditor: Caller) -> None:
    assert 10 in numbers(auditor, "?from=0001-01-01&to=9999-12-31")


def test_pages_follow_one_another_without_loss(auditor: Caller) -> None:
    url: str | None = f"{URL}?actor=li.na&limit=2"
    seen: list[int] = []
    while url is not None:
        page = auditor.get(url).json()
        seen += [each["seq"] for each in page["items"]]
        url = page["next"]
    assert seen == [10, 8, 6, 4, 2]


@pytest.mark.parametrize(
    "query",
    [
        "?from=yesterday",
        "?limit=0",
        "?limit=1001",
        "?cursor=x",
        "?who=li.na",
        "?cursor=WyJ4Il0",
        "?actor=%00",
        "?action=parcel:flown",
        "?action=",
        "?subject_type=house",
        "?to=1668470400",
    ],
)
def test_a_wrong_question_is_refused(auditor: Caller, query: str) -> None:
    assert auditor.get(URL + query).status_code == 400


def test_verification_names_what_was_done(as_role: As, auditor: Caller, superuser: Superuser) -> None:
    answer = auditor.get(f"{URL}/verification").json()
    assert (answer["ok"], answer["entries"], len(answer["head_hash"])) == (False, 10, 64)
    assert answer["problems"][0] == {"seq": 1, "kind": "altered"}


def test_an_untouched_log_verifies(as_role: As) -> None:
    admin = as_role(Role.ADMINISTRATOR)
    admin.post("/api/v1/api-keys", json={"name": "xy", "scopes": ["read"]})
    outcome = as_role(Role.APPROVER).get(f"{URL}/verification").json()
    assert (outcome["ok"], outcome["entries"], outcome["problems"]) == (True, 1, [])


def test_the_log_of_all_is_not_for_one_limited_to_some(as_role: As) -> None:
    limited = as_role(Role.ADMINISTRATOR, jurisdictions=["ZD"])
    assert limited.get(URL).status_code == 403
    assert limited.get(f"{URL}/verification").status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_done_to_it(auditor: Caller, method: str) -> None:
    assert auditor.request(method, URL).status_code == 405
