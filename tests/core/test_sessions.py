"""One request, one transaction: committed before the answer leaves, with what goes with it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from fastapi import APIRouter, Depends, FastAPI, Response
from sqlalchemy import text
from starlette.requests import Request
from starlette.testclient import TestClient

from service.accounts.access import Actor
from service.core import problems
from service.core.db import Database
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag, refuse_unknown_parameters
from service.core.idempotency import CommandRoute
from service.core.inputs import InputLayer

SETUP = """
CREATE TABLE IF NOT EXISTS public.noted (word text, CONSTRAINT noted_word UNIQUE (word) DEFERRABLE INITIALLY DEFERRED);
TRUNCATE noted; GRANT ALL ON noted TO gongdi_app
"""


@pytest.fixture
def client(database: Database, owner: psycopg.Connection[Any], actor: Actor) -> Iterator[TestClient]:
    owner.execute(SETUP)
    app = FastAPI(dependencies=[Depends(refuse_unknown_parameters)])
    app.state.database = database
    problems.install(app)

    def act(request: Request) -> None:
        request.state.actor = actor

    router = APIRouter(route_class=CommandRoute, dependencies=[Depends(act)])

    @router.post("/words", status_code=201)
    def note(session: Write, response: Response, word: dict[str, str]) -> dict[str, str]:
        session.execute(text("INSERT INTO noted VALUES (:word)"), word)
        response.headers["etag"] = etag(1)
        return {"noted": word["word"]}

    @router.get("/words")
    def words(session: Read, page: PageQuery) -> list[str]:
        return list(session.scalars(text("SELECT word FROM noted ORDER BY word LIMIT :n"), {"n": page.limit}))

    @router.get("/wrong")
    def wrong(session: Read) -> None:
        session.execute(text("INSERT INTO noted VALUES ('x')"))

    @router.put("/version")
    def version(version: IfMatch) -> int:
        return version

    app.include_router(router)
    app.add_middleware(InputLayer, max_body=1 << 20, max_upload=1 << 20)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    owner.execute("DROP TABLE noted")


def test_an_answer_means_a_commit(client: TestClient, owner: psycopg.Connection[Any]) -> None:
    assert client.post("/words", json={"word": "地"}).status_code == 201
    assert owner.execute("SELECT word FROM noted").fetchall() == [("地",)]


def test_a_failed_commit_answers_an_error_not_201(client: TestClient, owner: psycopg.Connection[Any]) -> None:
    """The unique constraint is checked at COMMIT only, after the endpoint has returned."""
    client.post("/words", json={"word": "地"})
    assert client.post("/words", json={"word": "地"}).status_code == 409
    assert owner.execute("SELECT count(*) FROM noted").fetchone() == (1,)


def test_a_commit_that_breaks_for_no_known_reason_answers_500(
    client: TestClient, superuser: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    superuser.execute(
        "CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk on fire'; END $$;"
        "CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON noted DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION fail_late()"
    )
    answer = client.post("/words", json={"word": "火"})
    superuser.execute("DROP FUNCTION fail_late CASCADE")
    assert answer.status_code == 500
    assert "fire" not in answer.text
    assert owner.execute("SELECT count(*) FROM noted").fetchone() == (0,)


def test_a_read_cannot_write(client: TestClient) -> None:
    assert client.get("/wrong").status_code == 500


def test_the_same_key_is_done_once_and_answered_alike(client: TestClient, owner: psycopg.Connection[Any]) -> None:
    key = {"Idempotency-Key": "a-1"}
    first = client.post("/words", json={"word": "土"}, headers=key)
    again = client.post("/words", json={"word": "土"}, headers=key)
    assert (again.status_code, again.content, again.headers["etag"]) == (201, first.content, first.headers["etag"])
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert owner.execute("SELECT count(*) FROM noted").fetchone() == (1,)


def test_the_same_key_for_another_request_is_422(client: TestClient) -> None:
    client.post("/words", json={"word": "土"}, headers={"Idempotency-Key": "a-2"})
    assert client.post("/words", json={"word": "水"}, headers={"Idempotency-Key": "a-2"}).status_code == 422


def test_a_failed_request_leaves_its_key_free(client: TestClient) -> None:
    client.post("/words", json={"word": "木"})
    key = {"Idempotency-Key": "a-3"}
    assert client.post("/words", json={"word": "木"}, headers=key).status_code == 409
    assert client.post("/words", json={"word": "林"}, headers=key).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_bad_key_is_400(client: TestClient, key: str) -> None:
    assert client.post("/words", json={"word": "金"}, headers={"Idempotency-Key": key}).status_code == 400


def test_if_match(client: TestClient) -> None:
    assert client.put("/version").status_code == 428
    assert client.put("/version", headers={"if-match": '"7"'}).json() == 7
    weak = client.put("/version", headers={"if-match": 'W/"7"'})
    assert (weak.status_code, weak.json()["code"]) == (412, "stale-version")
    for bad in ("*", '"x"', '"1", "2"', '"99999999999"'):
        assert client.put("/version", headers={"if-match": bad}).status_code == 400, bad


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=9223372036854775808", "limit=x", "limit=1_0", "limit=1&limit=2", "colour=red"],
)
def test_bad_and_unknown_parameters_are_400(client: TestClient, query: str) -> None:
    assert client.get(f"/words?{query}").status_code == 400
