"""The annual plan at the desk: from an empty draft to its progress, and how its pages look to everybody."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk

Accounts = dict[str, tuple[str, str]]


def path_of(window: Desk, year: int, status: str) -> str:
    """Return the address of the plan of a year that has this status."""
    found = window.page.request.get(f"{window.address}/api/v1/plans?year={year}&status={status}").json()
    return f"/desk/plans/{found['items'][0]['id']}"


def step(window: Desk, name: str, note: str = "") -> None:
    """Take a step by the button in the head and the sheet that it opens."""
    window.press(name)
    sheet = window.page.get_by_role("dialog")
    if note:
        sheet.get_by_label("说明").fill(note)
    sheet.get_by_role("button", name=f"确认{name}").click()
    expect(sheet).to_have_count(0)


def test_a_plan_from_draft_to_progress(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then="/desk/plans")
        window.keys("g", "p")
        window.press("编制计划")
        page.get_by_role("dialog").get_by_label("年度").fill("2020")
        window.press("开始编制")
        expect(page).to_have_url(re.compile(r"/desk/plans/\d+/items$"))
        plan = page.url.removeprefix(live_server).removesuffix("/items")
        expect(page.get_by_text("没有符合条件的地块")).to_be_visible()
        codes = page.request.get(f"{live_server}/api/v1/parcels?stage=completed&land_use=0902&limit=2").json()["items"]
        for parcel in codes:
            window.press("列入地块")
            sheet = page.get_by_role("dialog")
            sheet.get_by_label("地块编号").fill(parcel["code"])
            window.choose("月份", "3 月")
            window.press("保存")
            expect(sheet).to_have_count(0)
            expect(window.row(parcel["code"])).to_contain_text("1 季度")
        window.is_accessible()

        step(window, "报审")
        expect(page.get_by_text("已报审").first).to_be_visible()
        expect(page.get_by_role("button", name="列入地块")).to_have_count(0)

    with desk(browser, live_server) as window:
        window.sign_in(accounts["approver"], then=f"{plan}/editions")
        step(window, "批准", "同意")
        expect(window.row("批准")).to_contain_text("同意")

    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then=f"{plan}/totals")
        expect(page.get_by_text("供地计划的公布期限")).to_be_visible()  # years too late (R34), and nothing else
        expect(page.locator(".findings > li")).to_have_count(1)
        step(window, "公布")
        expect(page.get_by_text("已公布").first).to_be_visible()
        window.open(f"{plan}/progress")
        expect(page.get_by_text(re.compile("年度已结束|还剩 0 个月")).first).to_be_visible()
        window.is_accessible()
        page.locator("dd a").first.click()
        expect(page).to_have_url(re.compile("/items"))
        expect(page.get_by_text(re.compile("^2 宗，"))).to_be_visible()


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("zh", "light", DESKTOP), ("en", "dark", PHONE)],
    ids=["zh-light-desk", "en-dark-phone"],
)
def test_the_pages_of_the_plan_in_force(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        page = window.page
        window.sign_in(accounts["viewer"], then="/desk/plans")
        window.is_accessible()
        plan = path_of(window, 2022, "published")
        for tab, seen in {
            "progress": r"计划外供应|Outside the plan",
            "items?class=commercial": r"商服用地|Commercial",
            "totals": r"明细合计|Summed",
            "targets": r"2022-11",
            "map": r"按进度|By progress",
            "editions": r"办理过程|What happened",
        }.items():
            window.open(f"{plan}/{tab}")
            expect(page.get_by_text(re.compile(seen)).first).to_be_visible()
            window.is_accessible()


def test_a_plan_that_is_not_complete_says_what_is_missing(
    browser: Browser, live_server: str, accounts: Accounts
) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then="/desk/plans")
        window.open(f"{path_of(window, 2024, 'draft')}/totals")
        expect(page.get_by_text(re.compile("时序：\\d+ 宗没有计划季度"))).to_be_visible()
        page.get_by_role("link", name="查看地块").first.click()
        expect(page).to_have_url(re.compile("missing=timing"))
        expect(page.get_by_role("button", name=re.compile("缺项：时序"))).to_be_visible()
        window.open(f"{path_of(window, 2023, 'submitted')}/totals")
        expect(page.get_by_text(re.compile("文件所载 481.5"))).to_be_visible()


def test_the_ten_projects_targets_stand_on_the_board(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["approver"], then="/desk/plans")
        window.open(f"{path_of(window, 2022, 'published')}/targets?kind=scheme")
        november = page.get_by_role("region", name="月度目标看板").get_by_role("region", name="2022-11")
        for project in ("大华中原区域总部", "芯成科技全球研发中心", "深兰人工智能生态基地", "银泰中心"):
            expect(november.get_by_role("button", name=re.compile(project))).to_be_visible()
        window.open(f"{path_of(window, 2022, 'published')}/targets?kind=listing")
        waiting = page.get_by_role("button", name=re.compile("待批：改为 2022-12"))
        before = waiting.count()
        waiting.first.click()
        page.get_by_role("dialog").get_by_role("button", name="同意", exact=True).click()
        expect(waiting).to_have_count(before - 1)
