"""A live service with the demo district and a headless Chromium, for the browser tests.

One database, filled by the real demo loader, serves all tests of a worker; a test that changes something changes its
own parcel. Chromium is the system's; `GONGDI_CHROMIUM` names another.
"""

import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from service.core import clock
from service.core.db import Database
from service.core.jobs import connector, queue
from service.core.settings import Settings
from service.main import create_app
from tests.browser.driver import Desk, desk
from tests.conftest import TODAY, Demo

ARGUMENTS = [
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: `-m "not browser"` is the quick round."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


class _Live(NamedTuple):
    address: str
    settings: Settings
    database: Database


@pytest.fixture(scope="session")
def _demo(new_demo: Callable[[], Demo]) -> Iterator[_Live]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = new_demo().settings.model_copy(update={"port": port})
    clock.fix_today(TODAY)
    database = Database(settings)
    database.pool.open()
    config = uvicorn.Config(create_app(settings), host="127.0.0.1", port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield _Live(f"http://127.0.0.1:{port}", settings, database)
    server.should_exit = True
    thread.join(10)
    database.close()


@pytest.fixture(scope="session")
def live_server(_demo: _Live) -> str:
    """Address of the running service with the demo district."""
    return _demo.address


@pytest.fixture(scope="session")
def district(_demo: _Live) -> Database:
    """The database of the running service, for what a test makes for itself."""
    return _demo.database


@pytest.fixture(scope="session")
def accounts(_demo: _Live) -> dict[str, tuple[str, str]]:
    """Role → (user name, password) of the demo accounts."""
    told = json.loads((_demo.settings.home / "demo.json").read_text(encoding="utf-8"))
    return {each["role"]: (each["username"], each["password"]) for each in told["accounts"]}


@pytest.fixture(scope="session")
def run_jobs(_demo: _Live) -> Callable[[], None]:
    """Do the work that is queued, as the worker would, and return when nothing is left."""
    extra = {"settings": _demo.settings, "database": _demo.database}

    def work() -> None:
        with queue.replace_connector(connector(_demo.settings)) as app:
            app.run_worker(wait=False, install_signal_handlers=False, additional_context=extra, listen_notify=False)

    def run() -> None:
        # A thread of its own: the browser's event loop runs in this one.
        worker = threading.Thread(target=work)
        worker.start()
        worker.join()

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium of the system; one a module, because Playwright holds the thread's event loop meanwhile."""
    path = os.environ.get("GONGDI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: .ci/setup --browser installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def registrar(browser: Browser, live_server: str, accounts: dict[str, tuple[str, str]]) -> Iterator[Desk]:
    """A window of the registrar's."""
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"])
        yield window
