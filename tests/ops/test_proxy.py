"""Whose address a request has behind a reverse proxy."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from service.core.settings import Settings
from service.running import server_config


async def who_calls(scope: Scope, receive: Receive, send: Send) -> None:
    client = Request(scope).client
    assert client is not None
    await PlainTextResponse(client.host)(scope, receive, send)


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("127.0.0.1,::1", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1,::1", "::1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1,::1", "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1,::1", "192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("172.31.250.0/24", "172.31.250.1", "1.2.3.4, 203.0.113.9, 172.31.250.2", "203.0.113.9"),
        ("172.31.250.0/24", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_says_who_the_client_is(
    trusted: str, peer: str, forwarded: str, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    config = server_config(who_calls, Settings(trusted_proxies=trusted))
    config.load()
    answer = TestClient(config.loaded_app, client=(peer, 1)).get("/", headers={"x-forwarded-for": forwarded})
    assert answer.text == client
