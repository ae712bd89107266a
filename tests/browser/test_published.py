"""What other programs and their authors open: the API's description, the map's styles."""

import json
import urllib.request

import pytest
from playwright.sync_api import Browser, expect


def test_the_description_of_the_api_opens_without_another_server(browser: Browser, live_server: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server}/docs")
    heading = page.get_by_role("heading", name="供地一张图 Gongdi")
    expect(heading).to_be_visible(timeout=30_000)  # it writes out the whole description first
    expect(page.get_by_text("/api/v1/parcels", exact=True).first).to_be_visible()
    page.close()
    assert [url for url in asked if not url.startswith((live_server, "data:"))] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_styles_are_there_for_other_maps(live_server: str, theme: str) -> None:
    address = f"{live_server}/styles/{theme}.json"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
        style = json.load(answer)
    assert style["version"] == 8
    assert {source["url"] for source in style["sources"].values()} == {"/tiles/parcels.json", "/tiles/backdrop.json"}
