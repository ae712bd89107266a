"""A parcel that was split: its page says so, leads to its parts, and the search still knows it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk

Accounts = dict[str, tuple[str, str]]

# Cut the first cleared parcel of the district from south to north, and the eastern part once more.
_SPLIT = """async () => {
    const { csrf_token: token } = await (await fetch('/api/v1/session')).json()
    const split = async (code, at, more) => {
        const parcel = await (await fetch(`/api/v1/parcels/${encodeURIComponent(code)}`)).json()
        const [west, south, east, north] = parcel.bbox
        const lon = west + at * (east - west)
        const line = { type: 'LineString', coordinates: [[lon, south - 0.001], [lon, north + 0.001]] }
        const answer = await fetch(`/api/v1/parcels/${encodeURIComponent(code)}/split`, {
            method: 'POST', body: JSON.stringify({ line, effective_on: '2022-11-14', ...more }),
            headers: { 'content-type': 'application/json', 'x-csrf-token': token, 'if-match': `"${parcel.version}"` },
        })
        if (answer.status !== 201) throw new Error(await answer.text())
        return (await answer.json()).parcels.map((one) => one.code)
    }
    const list = await (await fetch('/api/v1/parcels?stage=cleared&limit=1')).json()
    const code = list.items[0].code
    const parts = await split(code, 0.4, { note: '分期供应', codes: ['FQ-01', 'FQ-02'] })
    await split(parts[1], 0.5, {})
    return [code, ...parts]
}"""


@pytest.fixture(scope="module")
def split(browser: Browser, live_server: str, accounts: Accounts) -> list[str]:
    """Code of a parcel that was split, and of its two parts; the second was split again."""
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"])
        codes: list[str] = window.page.evaluate(_SPLIT)
    return codes


@pytest.fixture(params=[("zh", "light", DESKTOP), ("en", "dark", DESKTOP), ("zh", "dark", PHONE)])
def window(request: pytest.FixtureRequest, browser: Browser, live_server: str, accounts: Accounts) -> Iterator[Desk]:
    language, theme, size = request.param
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        window.sign_in(accounts["registrar"])
        yield window


def test_an_old_parcel_leads_to_its_successors(window: Desk, split: list[str]) -> None:
    code, west, east = split
    window.open(f"/desk/map?parcel={code}&tab=history")
    panel = window.page.get_by_role("complementary", name=re.compile("地块详情|Parcel details"))
    banner = panel.get_by_role("status").filter(has_text=re.compile("2022-11-14"))
    expect(banner.get_by_role("button")).to_have_count(2)
    expect(panel.get_by_role("button", name=re.compile("^(办理|Record event)$"))).to_have_count(0)
    steps = panel.locator(".lineage > li")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text("分期供应")
    window.is_accessible()
    steps.last.locator("button.code").first.press("Enter")
    expect(panel.get_by_role("heading").first).to_contain_text(east)
    banner.get_by_role("button").first.click()
    expect(panel.get_by_role("heading").first).to_contain_text(f"{east}-1")
    expect(banner).to_have_count(0)
    expect(panel.locator(".node.self").first).to_contain_text(f"{east}-1")
    expect(panel.locator(".timeline > li")).to_have_count(1)
    assert west in panel.inner_text()


def test_the_search_still_knows_an_old_code(
    browser: Browser, live_server: str, accounts: Accounts, split: list[str]
) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"], then="/desk/map")
        window.page.get_by_role("combobox", name="搜索地块").fill(split[0])
        window.page.get_by_role("option", name=re.compile(f"^{re.escape(split[0])}")).click()
        window.sees("编号不再使用")
