"""A `ReadRoute` finds, refuses and describes what any other route would."""

from typing import Annotated

import orjson
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, Header, Query, Response
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.testclient import TestClient

from service.core import problems
from service.core.db import Database
from service.core.dependencies import refuse_unknown_parameters
from service.core.doors import ReadRoute
from service.core.inputs import InputLayer
from service.core.settings import Settings


async def near(request: Request, lon: float, lat: Annotated[float, Query(le=90)] = 34.0) -> list[float]:
    return [lon, lat, len(request.query_params)]


def everything(
    number: int,
    point: Annotated[list[float], Depends(near)],
    *,
    codes: Annotated[list[str], Body(min_length=1)],
    kind: Annotated[list[str] | None, Query(max_length=2)] = None,
    limit: Annotated[int, Query(ge=1)] = 50,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    return Response(orjson.dumps([number, point, codes, kind, limit, if_none_match]))


@pytest.fixture(scope="module")
def clients(settings: Settings) -> dict[type[APIRoute], TestClient]:
    made: dict[type[APIRoute], TestClient] = {}
    for kind in (ReadRoute, APIRoute):
        app = FastAPI(dependencies=[Depends(refuse_unknown_parameters)])
        problems.install(app)
        app.state.database = Database(settings)
        router = APIRouter(route_class=kind)
        router.post("/things/{number}")(everything)
        app.include_router(router)
        app.add_middleware(InputLayer, max_body=1000, max_upload=1000)
        made[kind] = TestClient(app)
    return made


REQUESTS: list[tuple[str, object, dict[str, str]]] = [
    ("/things/7?lon=113.7", ["a"], {}),
    ("/things/7?lon=113.7&lat=1&kind=a&kind=b&limit=3", ["a", "b"], {"if-none-match": '"1"'}),
    ("/things/7", ["a"], {}),
    ("/things/x?lon=y&lat=91&limit=0&kind=a&kind=b&kind=c", [], {}),
    ("/things/7?lon=1&lon=2", ["a"], {}),
    ("/things/7?lon=1&colour=red", ["a"], {}),
    ("/things/7?lon=", ["a"], {}),
    ("/things/7?lon=1", None, {}),
    ("/things/7?lon=1", {"codes": ["a"]}, {}),
    ("/things/7?lon=1", [1], {}),
]


@pytest.mark.parametrize(("path", "body", "headers"), REQUESTS)
def test_a_read_route_answers_as_any_other(
    clients: dict[type[APIRoute], TestClient], path: str, body: object, headers: dict[str, str]
) -> None:
    told = {"x-request-id": "the-same-for-both", "content-type": "application/json", **headers}
    sent = b"" if body is None else orjson.dumps(body)
    found, wanted = (client.post(path, content=sent, headers=told) for client in clients.values())
    assert (found.status_code, found.json()) == (wanted.status_code, wanted.json())


def test_both_are_described_alike(clients: dict[type[APIRoute], TestClient]) -> None:
    one, other = (client.get("/openapi.json").json() for client in clients.values())
    assert one == other


def test_a_dependency_that_needs_a_thread_is_refused_at_start() -> None:
    def slow() -> int:
        return 1

    def answer(value: Annotated[int, Depends(slow)]) -> Response:
        return Response(str(value))

    with pytest.raises(TypeError, match="slow"):
        APIRouter(route_class=ReadRoute).get("/")(answer)
