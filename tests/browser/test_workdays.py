"""The working-day calendar, as planners use it."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.driver import desk

Accounts = dict[str, tuple[str, str]]


def test_a_day_is_changed_by_keyboard_with_a_reason(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"], then="/desk/workdays")
        window.sees("全年 249 个工作日")
        window.page.locator('[data-day="2022-11-15"]').focus()
        window.keys("ArrowUp", "ArrowRight", "Enter")
        dialog = window.page.get_by_role("dialog")
        expect(dialog).to_contain_text("2022-11-09 星期三")
        dialog.get_by_text("休息", exact=True).click()
        window.press("保存")
        window.sees("请填写理由")
        window.is_accessible()
        window.fill("名称.*", "停工日")
        window.fill("理由", "管委会通知")
        window.keys("Enter")
        expect(dialog).to_have_count(0)
        window.sees("全年 248 个工作日")
        expect(window.page.locator('[data-day="2022-11-09"]')).to_contain_text("节假日、停工日、人工修改")


def test_a_provisional_year_is_told_and_a_period_is_added_and_removed(
    browser: Browser, live_server: str, accounts: Accounts
) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"], then="/desk/workdays?year=2026")
        window.press("下一年")
        expect(window.page).to_have_url(re.compile("year=2027"))
        window.sees("国务院尚未公布")
        window.sees("该年没有封控时段")
        window.press("新增时段")
        window.fill("名称", "冬季封土")
        window.fill("英文名称", "Winter ban")
        window.fill("首日", "2027-11-15")
        window.fill("末日（含）", "2028-03-15")
        window.choose("停止的作业", "土石方作业")
        window.fill("来源", "通告")
        window.is_accessible()
        window.press("保存")
        expect(window.row("未核对原文")).to_contain_text("冬季封土")
        expect(window.page.locator('[data-day="2027-12-31"]')).to_contain_text("冬季封土")
        window.press("删除 冬季封土")
        window.press("删除", within=window.page.get_by_role("dialog"))
        window.sees("该年没有封控时段")


def test_who_may_only_look_finds_no_way_to_change(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"], then="/desk/workdays")
        window.page.locator('[data-day="2022-10-08"]').click()
        expect(window.page.get_by_role("dialog")).to_contain_text("调休上班 · 国庆节")
        expect(window.page.get_by_role("button", name="保存")).to_have_count(0)
        window.keys("Escape")
        expect(window.page.get_by_role("button", name="新增时段")).to_have_count(0)
        window.fill("起算日（不计入）", "2022-10-01")
        window.keys("Enter")
        window.sees("2022-10-19")
