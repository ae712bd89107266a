"""The legal rules at the desk: found by filter, dated, and honest about what nobody has read."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import DESKTOP, PHONE, desk

Accounts = dict[str, tuple[str, str]]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_rules_are_filtered_and_the_filter_is_the_address(
    browser: Browser, live_server: str, accounts: Accounts, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, size=size) as window:
        window.sign_in(accounts["viewer"], then="/desk/rules")
        page = window.page
        tender = page.get_by_role("listitem").filter(has_text="招标应在开始日前至少20日发布公告")
        expect(tender).to_contain_text("未核实")
        expect(tender).to_contain_text("提醒")
        window.choose("后果", "阻止")
        expect(tender).to_have_count(0)
        expect(page).to_have_url(re.compile(r"/desk/rules\?severity=block$"))
        window.choose("环节", "用地前提")
        conversion = page.get_by_role("listitem").filter(has_text="农用地转用和征收")
        expect(conversion).to_contain_text("阻止，不可例外")
        window.is_accessible()
        window.open("/desk/rules?q=R99")
        window.press("清除筛选")
        expect(tender).to_be_visible()


def test_the_rules_of_another_day(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server, language="en") as window:
        window.sign_in(accounts["viewer"], then="/desk/rules?q=R30")
        area = window.page.get_by_role("listitem").filter(has_text="One grant for commercial housing")
        expect(area).to_contain_text("Not verified")
        expect(area).to_contain_text("small city or town 7 ha, medium city 14 ha, large city 20 ha")
        window.open("/desk/rules?q=R30&as_of=2010-06-01")
        expect(area).to_contain_text("Verified")
        expect(area).to_contain_text("2009-11-10 to 2012-05-22")
        window.sees("You are looking at 2010-06-01")
