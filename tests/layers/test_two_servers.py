"""Two server processes on one database: what one has acknowledged, the other shows."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx2
import psycopg
import pytest

from service.core.settings import Settings
from service.running import environment
from tests.caller import Caller
from tests.conftest import ROOT
from tests.layers.test_tiles import ROWS, address, features

ITEM, TILE = "/api/v1/parcels/P1", f"/tiles/parcels/{address(15, 113.7035, 34.7507)}"


@contextmanager
def serving(settings: Settings, headers: dict[str, str]) -> Iterator[httpx2.Client]:
    """A server process of its own, and a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--no-worker"],
        cwd=ROOT,
        env=environment(settings.model_copy(update={"port": port})),
        stdout=subprocess.DEVNULL,
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
            deadline = time.monotonic() + 60
            while not _answers(client):
                assert process.poll() is None, "the server has ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
            yield client
    finally:
        process.terminate()
        process.wait(20)


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture
def both(
    owner: psycopg.Connection[Any], as_role: Callable[..., Caller], settings: Settings
) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Clients of two servers with the same session."""
    owner.execute(ROWS)
    headers = as_role("registrar").headers
    with ExitStack() as running:
        one, other = (running.enter_context(serving(settings, headers)) for _ in range(2))
        yield one, other


def test_what_one_process_has_committed_the_other_shows_at_once(both: tuple[httpx2.Client, httpx2.Client]) -> None:
    for turn in range(10):
        writer, reader = both if turn % 2 == 0 else both[::-1]
        item, tile = reader.get(ITEM), reader.get(TILE)
        tags = {ITEM: item.headers["etag"], TILE: tile.headers["etag"]}
        for path, tag in tags.items():
            assert reader.get(path, headers={"if-none-match": tag}).status_code == 304, path
        name = f"第{turn}次"
        changed = writer.patch(ITEM, json={"name": name}, headers={"if-match": tags[ITEM]})
        assert changed.status_code == 200, changed.text
        item, tile = (reader.get(path, headers={"if-none-match": tag}) for path, tag in tags.items())
        assert (item.status_code, tile.status_code) == (200, 200), turn
        assert (item.headers["etag"] != tags[ITEM], tile.headers["etag"] != tags[TILE]) == (True, True)
        assert item.json()["name"] == name
        assert name in {each["name"] for each in features(tile.content, "parcels")}
