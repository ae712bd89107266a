"""The input layer: what no route could mean is refused before a route sees it."""

from typing import Any

import pytest
from fastapi import FastAPI, UploadFile
from starlette.testclient import TestClient

from service.core import inputs, problems
from service.core.inputs import InputLayer

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)

    @app.post("/echo")
    def echo(body: dict[str, Any]) -> dict[str, Any]:
        return body

    @app.get("/things/{name}")
    def thing(name: str) -> str:
        return name

    @app.get("/numbered/{n:int}")
    def numbered(n: int) -> int:
        return n

    @app.post("/files")
    def keep(file: UploadFile) -> int:
        return file.size or 0

    app.add_middleware(InputLayer, max_body=1 << 20, max_upload=2 << 20)
    return TestClient(app, raise_server_exceptions=False)


BAD_JSON = {
    "NUL in text": rb'{"a": "x\u0000y"}',
    "lone surrogate": rb'{"a": "\ud800"}',
    "NUL in a name": rb'{"a\u0000": 1}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "float overflow": b'{"a": 1e999}',
    "integer beyond 64 bits": b'{"a": 9223372036854775808}',
    "5000-digit integer": b'{"a": ' + b"9" * 5000 + b"}",
    "name twice": b'{"a": 1, "a": 2}',
    "name twice, deep": b'{"a": [{"b": 1, "b": 1}]}',
    "too deep": b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
    "far too deep": b"[" * 100_000,
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "invalid UTF-8": b'{"a": "\xff"}',
    "trailing garbage": b'{"a": 1} x',
    "single quotes": b"{'a': 1}",
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bad_json_is_400_with_a_reason(client: TestClient, body: bytes) -> None:
    answer = client.post("/echo", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "bad-request"


class Compared(str):
    """A name that counts how often it is compared."""

    __slots__ = ()
    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return super().__eq__(other)


def test_a_name_given_twice_is_found_without_comparing_every_pair() -> None:
    pairs: list[tuple[str, object]] = [(Compared(n), 1) for n in [*range(2000), 1999]]
    with pytest.raises(ValueError, match="1999"):
        inputs._unique(pairs)
    assert Compared.times < 20_000


def test_good_json_passes_unchanged(client: TestClient) -> None:
    body = {"名称": "大华中原区域总部 𠮷", "n": -(2**63), "f": 1.5, "deep": [[[{"a": None}]]]}
    assert client.post("/echo", json=body).json() == body


def test_body_over_the_limit_is_413_with_and_without_declared_length(client: TestClient) -> None:
    large = b'{"a": "' + b"x" * (1 << 20) + b'"}'
    assert client.post("/echo", content=large, headers=JSON).status_code == 413
    chunks = (large[i : i + 65536] for i in range(0, len(large), 65536))
    assert client.post("/echo", content=chunks, headers=JSON).status_code == 413
    multipart = {"content-type": "multipart/form-data; boundary=x", "content-length": str(3 << 20)}
    assert client.post("/echo", content=b"", headers=multipart).status_code == 413


def test_a_form_that_grows_over_the_limit_is_413_too(client: TestClient) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    chunks = (head if n == 0 else b"a" * 65536 for n in range(40))
    answer = client.post("/files", content=chunks, headers={"content-type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_other_body_types_are_415(client: TestClient) -> None:
    assert client.post("/echo", content=b"a=1", headers={"content-type": "text/plain"}).status_code == 415
    assert client.post("/echo", content=b'{"a":1}').status_code == 415


@pytest.mark.parametrize(
    "path",
    ["/things/%00", "/things/%ff", "/things/%c0%af", "/things/a%0d%0ab", "/things/x?q=%00", "/numbered/" + "9" * 5000],
)
def test_bad_addresses_are_400(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 400


def test_every_get_is_a_head_too(client: TestClient) -> None:
    got, head = client.get("/things/x"), client.head("/things/x")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert client.head("/none").status_code == 404


def test_long_address_is_400(client: TestClient) -> None:
    assert client.get("/things/x?q=" + "a" * 9000).status_code == 400


def test_request_id_is_kept_when_sane_and_made_when_not(client: TestClient) -> None:
    assert client.get("/things/x", headers={"x-request-id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    made = client.get("/things/x", headers={"x-request-id": "a b\tc"}).headers["x-request-id"]
    assert len(made) == 32
    assert client.get("/none").json()["request_id"] != made
