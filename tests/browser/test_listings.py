"""Notices and lots at the desk: a notice is drafted, and every view can be used by everybody."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import DESKTOP, PHONE, desk

Accounts = dict[str, tuple[str, str]]


def test_a_notice_is_drafted(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["listing_officer"], then="/desk/listings/notices")
        window.press("起草公告")
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("交易中心").select_option(label="郑州市公共资源交易中心")
        sheet.get_by_label("公告文号").fill("告字〔2022〕901号")
        sheet.get_by_label("标题").fill("示例出让公告")
        window.is_accessible()
        sheet.get_by_role("button", name="起草").click()
        expect(page).to_have_url(re.compile(r"/desk/notices/\d+$"))
        expect(page.get_by_text("公告里还没有宗地")).to_be_visible()
        expect(page.get_by_role("button", name="发布公告")).to_be_disabled()
        window.press("加入宗地")
        expect(page.get_by_role("dialog").get_by_label("供地方案")).to_be_visible()
        window.is_accessible()


def test_who_only_looks_acts_on_nothing(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"], then="/desk/listings")
        expect(window.page.get_by_role("heading", name="挂牌中")).to_be_visible()
        expect(window.page.get_by_role("button", name="起草公告")).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_view_is_accessible(
    browser: Browser, live_server: str, accounts: Accounts, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, size=size) as window:
        window.sign_in(accounts["listing_officer"], then="/desk/listings")
        for view in ("board", "calendar", "list", "notices"):
            window.page.goto(f"{live_server}/desk/listings/{view}")
            expect(window.page.get_by_role("heading", name="公告与交易")).to_be_visible()
            window.page.wait_for_load_state("networkidle")
            window.is_accessible()


def test_a_move_on_the_board_is_asked_about_first_by_mouse_or_keyboard(
    browser: Browser, live_server: str, accounts: Accounts
) -> None:
    """A card that is drawn to a column opens the act's sheet, and so does its menu; nothing is sent by that alone."""
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["listing_officer"], then="/desk/listings/board")
        lot = page.request.get(f"{live_server}/api/v1/lots?stage=announced&hold=none&limit=1").json()["items"][0]
        sheet = page.get_by_role("dialog")
        card = page.get_by_role("region", name="已公告").get_by_role("listitem").filter(has_text=lot["number"])

        def is_asked() -> None:
            expect(sheet).to_contain_text(lot["number"])
            expect(sheet.get_by_label("依据文件")).to_be_visible()
            expect(sheet.get_by_role("heading", name="法定规则检查")).to_be_visible()
            expect(sheet.get_by_role("button", name="确认：开始挂牌")).to_be_visible()
            window.is_accessible()
            window.keys("Escape")
            expect(sheet).to_have_count(0)

        # Near the column's head, so that nothing scrolls under the card on the way.
        card.drag_to(page.get_by_role("region", name="挂牌中"), target_position={"x": 40, "y": 20})
        is_asked()
        card.get_by_role("button", name=re.compile("办理")).focus()
        window.keys("Enter")
        expect(page.get_by_role("menuitem", name="开始挂牌")).to_be_focused()
        window.keys("Enter")
        is_asked()
        now = page.request.get(f"{live_server}/api/v1/lots/{lot['id']}").json()
        assert (now["stage"], now["version"]) == (lot["stage"], lot["version"])
