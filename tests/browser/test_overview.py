"""The dashboard, the inbox of deadlines and the slider through time, at the desk."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.driver import PHONE, desk

Accounts = dict[str, tuple[str, str]]


def test_every_figure_of_the_dashboard_opens_its_rows(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["viewer"], then="/desk/map")
        window.keys("g", "o")
        total = page.request.get(f"{live_server}/api/v1/overview").json()["parcels"]
        stages = page.get_by_role("table").first
        expect(stages.locator("tfoot")).to_contain_text(f"{total['n']:,}")
        window.is_accessible()
        delivered = next(each for each in total["stages"] if each["stage"] == "delivered")
        stages.locator("tfoot").get_by_role("link", name=str(delivered["n"]), exact=True).first.click()
        expect(page).to_have_url(re.compile(r"/desk/map\?stage=delivered&open=list"))
        expect(page.get_by_text(re.compile(rf"^{delivered['n']} 宗"))).to_be_visible()

        page.goto(f"{live_server}/desk/overview?as_of=2021-06-30&known_at=2022-11-01")
        expect(page.get_by_text("按 2022-11-01 所知")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_inbox_shows_what_concerns_the_role(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server, size=PHONE) as window:
        page = window.page
        window.sign_in(accounts["planner"], then="/desk/deadlines")
        expect(page.get_by_text(re.compile(r"共 \d+ 项，其中逾期 \d+ 项"))).to_be_visible()
        window.is_accessible()
        page.get_by_role("link", name=re.compile("^月度目标：供地方案")).first.click()
        expect(page).to_have_url(re.compile(r"kind=plan_target_scheme"))
        expect(page.get_by_role("row").nth(1)).to_contain_text("月度目标：供地方案")


def test_the_slider_changes_the_day_without_reading_a_tile(
    browser: Browser, live_server: str, accounts: Accounts
) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["viewer"], then="/desk/map?time=1&as_of=2021-05-31")
        page.locator("[data-map-idle]").wait_for(timeout=60_000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        slider = page.get_by_label("月份", exact=True)
        slider.focus()
        with page.expect_response(re.compile("/parcels/states.*as_of=2021-04-30")):
            page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(re.compile(r"as_of=2021-04-30"))
        page.get_by_role("button", name="播放").click()
        page.wait_for_url(re.compile(r"as_of=2021-06-30"), timeout=30_000)
        page.get_by_role("button", name="暂停").click()
        window.is_accessible()
        assert [each for each in asked if "/tiles/parcels/" in each] == []
