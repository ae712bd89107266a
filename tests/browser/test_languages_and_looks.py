"""Every page in both languages, both themes, at the desk and on a phone: nothing breaks, nothing runs over."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import DESKTOP, PHONE, desk, local_storage

Accounts = dict[str, tuple[str, str]]
PAGES = [
    "/",
    "/desk/overview",
    "/desk/deadlines",
    "/desk/imports",
    "/desk/imports/1",
    "/desk/control-layers",
    "/desk/constraints",
    "/desk/rules",
    "/desk/admin/users",
    "/desk/admin/keys",
    "/desk/admin/audit",
    "/desk/workdays",
    "/desk/account",
    "/nowhere",
]


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("zh", "light", DESKTOP), ("en", "dark", DESKTOP), ("zh", "dark", PHONE), ("en", "light", PHONE)],
    ids=["zh-light-desk", "en-dark-desk", "zh-dark-phone", "en-light-phone"],
)
def test_every_page_is_accessible(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        window.open("/login")
        window.is_accessible()
        window.sign_in(accounts["administrator"])
        for path in PAGES:
            window.open(path)
            expect(window.page.get_by_role("heading", level=1)).to_be_visible()
            window.is_accessible()


def test_the_language_is_switched_and_remembered(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["administrator"], then="/desk/admin/users")
        window.press("EN")
        expect(window.page.get_by_role("heading", level=1)).to_have_text("Users")
        expect(window.page.locator("html")).to_have_attribute("lang", "en")
        window.page.reload()
        expect(window.page).to_have_title("Users · Land Supply Map")
        window.open("/login?lang=zh")
        expect(window.page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_theme_is_switched_and_remembered(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"])
        window.page.get_by_role("button", name=re.compile("^主题")).click()
        window.page.get_by_role("menuitem", name="深色").click()
        expect(window.page.locator("html")).to_have_class(re.compile("dark"))
        window.page.reload()
        expect(window.page.locator("html")).to_have_class(re.compile("dark"))
        assert local_storage(window, "theme") == "dark"


def test_the_desk_is_walked_by_keyboard(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["administrator"])
        for letter, path in {
            "u": "users",
            "k": "keys",
            "l": "audit",
            "w": "workdays",
            "d": "imports",
            "c": "control-layers",
            "r": "constraints",
            "a": "account",
        }.items():
            window.keys("g", letter)
            expect(window.page).to_have_url(re.compile(f"/{path}$"))
        window.keys("?")
        expect(window.page.get_by_role("dialog")).to_contain_text("前往：审计日志")
        window.is_accessible()
        window.keys("Escape")
        expect(window.page.get_by_role("dialog")).to_have_count(0)
        window.page.reload()
        window.page.wait_for_load_state("networkidle")
        window.keys("Tab", "Enter")
        expect(window.page.locator("main")).to_be_focused()
