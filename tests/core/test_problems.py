"""Every error is one document; nothing of ours leaks."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import service.api  # noqa: F401 - loads every error class
from service.core import problems
from service.core.errors import FieldError, GongdiError, Invalid


def kinds(root: type[GongdiError] = GongdiError) -> Iterator[type[GongdiError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)
    raised: dict[str, Exception] = {
        "bug": RuntimeError("password=hunter2 at /srv/x"),
        "busy": psycopg.errors.LockNotAvailable("row"),
        "slow": psycopg.errors.QueryCanceled("late"),
        "data": psycopg.errors.NumericValueOutOfRange("big"),
        "away": psycopg.OperationalError("gone"),
        "unique": psycopg.errors.UniqueViolation("twice"),
        "fields": Invalid("有误", "Wrong", errors=[FieldError("/a/0", "too_long", "过长", "too long")]),
    }

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise raised[name]

    return TestClient(app, raise_server_exceptions=False)


def test_codes_are_unique_and_titles_stand_in_both_languages() -> None:
    found = list(kinds())
    assert len({kind.code for kind in found}) == len(found)
    for kind in found:
        assert 400 <= kind.status < 600, kind
        assert kind.title_zh, kind
        assert kind.title_en, kind
        assert kind.title_zh != kind.title_en, kind
        assert kind.__doc__, kind


@pytest.mark.parametrize(
    ("name", "status"), [("bug", 500), ("busy", 409), ("slow", 503), ("data", 422), ("away", 503), ("unique", 409)]
)
def test_what_goes_wrong_below_has_a_meaning(client: TestClient, name: str, status: int) -> None:
    answer = client.get(f"/raise/{name}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "detail", "code", "instance", "request_id"}
    assert (status == 503) == ("retry-after" in answer.headers)


@pytest.mark.parametrize(
    ("constraint", "code", "zh", "en"),
    [
        ("checklist_four_eyes", "checklist-four-eyes", "另一人通过", "another accepts it"),
        ("checklist_offered", "checklist-still-offered", "正在交易", "holds the land"),
        ("lot_parcel_fixed", "notice-published", "宗地已公告", "land is fixed"),
    ],
)
def test_what_a_trigger_refuses_is_said_in_both_languages(constraint: str, code: str, zh: str, en: str) -> None:
    told = problems.CONSTRAINTS[constraint](psycopg.errors.CheckViolation())
    assert (told.status, told.code) == (409, code)
    assert zh in told.zh
    assert en in told.en


def test_a_bug_leaks_nothing(client: TestClient) -> None:
    text = client.get("/raise/bug").text
    assert "hunter2" not in text
    assert "RuntimeError" not in text


def test_language_follows_the_caller(client: TestClient) -> None:
    assert client.get("/raise/fields").json()["errors"] == [{"pointer": "/a/0", "code": "too_long", "detail": "过长"}]
    english = client.get("/raise/fields", headers={"accept-language": "en-GB,zh;q=0.5"}).json()
    assert (english["title"], english["detail"], english["errors"][0]["detail"]) == (
        "Invalid content",
        "Wrong",
        "too long",
    )


def test_the_frameworks_own_refusals_are_problems_too(client: TestClient) -> None:
    assert client.get("/nowhere").json()["code"] == "not-found"
    assert client.post("/raise/bug").json()["code"] == "method-not-allowed"
