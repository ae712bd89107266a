"""At the door: who comes in, who is told why not, and where they land."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import desk

Accounts = dict[str, tuple[str, str]]


def test_a_stranger_returns_to_the_page_they_asked_for(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.open("/desk/admin/audit?actor=admin")
        expect(window.page).to_have_url(re.compile("/login"))
        window.fill("用户名", accounts["administrator"][0])
        window.fill("密码", accounts["administrator"][1])
        window.keys("Enter")
        expect(window.page).to_have_url(re.compile(r"/desk/admin/audit\?actor=admin$"))


def test_a_wrong_password_is_refused_in_words(browser: Browser, live_server: str) -> None:
    with desk(browser, live_server) as window:
        window.open("/login")
        window.press("登录")
        window.sees("请填写用户名")
        window.fill("用户名", "viewer")
        window.fill("密码", "not the password")
        window.keys("Enter")
        expect(window.page.get_by_role("alert")).to_contain_text("用户名或密码错误")
        expect(window.page.get_by_label("用户名")).to_have_value("viewer")
        window.is_accessible()


def test_signing_out_closes_the_desk(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"])
        window.page.get_by_role("button", name=re.compile("用户菜单")).click()
        window.page.get_by_role("menuitem", name="退出登录").click()
        expect(window.page).to_have_url(re.compile("/login"))
        window.open("/desk/account")
        expect(window.page).to_have_url(re.compile("/login"))


def test_a_session_ended_elsewhere_leads_to_the_door_and_back(
    browser: Browser, live_server: str, accounts: Accounts
) -> None:
    with desk(browser, live_server) as here, desk(browser, live_server) as there:
        here.sign_in(accounts["planner"], then="/desk/imports")
        there.sign_in(accounts["planner"])
        there.press("在所有设备上退出")
        there.press("确定", within=there.page.get_by_role("dialog"))
        expect(there.page).to_have_url(re.compile("/login"))
        here.keys("g", "a")
        here.page.reload()
        expect(here.page).to_have_url(re.compile("/login"))


@pytest.mark.parametrize(
    ("role", "absent"),
    [("viewer", ["管理"]), ("registrar", ["管理"]), ("approver", []), ("administrator", [])],
)
def test_the_rail_holds_only_what_the_role_may_use(
    browser: Browser, live_server: str, accounts: Accounts, role: str, absent: list[str]
) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts[role])
        rail = window.page.get_by_role("navigation", name="主导航")
        for name in ["地图", "数据", "管理"]:
            expect(rail.get_by_role("link", name=name)).to_have_count(0 if name in absent else 1)


def test_a_page_beyond_the_role_says_so(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"])
        window.open("/desk/admin/users")
        window.sees("403 · 没有权限")
        window.is_accessible()
