"""A supply scheme at the desk: from a parcel to its approval against a rule, and how its pages look to everybody."""

import re

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk

Accounts = dict[str, tuple[str, str]]
PDF = FilePayload(
    name="会议纪要.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
)


def write_day(window: Desk, label: str, day: str) -> None:
    """Type a day into a date field."""
    field = window.page.get_by_role("dialog").get_by_label(label)
    field.fill(day)
    field.press("Enter")


def test_a_scheme_from_a_parcel_to_its_approval(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then="/desk/schemes")
        found = page.request.get(f"{live_server}/api/v1/parcels?stage=cleared&land_use=0902&limit=1").json()
        window.open(f"/desk/schemes?begin={found['items'][0]['code']}")
        window.press("开始编制")
        expect(page).to_have_url(re.compile(r"/desk/schemes/\d+$"))
        scheme = page.url.removeprefix(live_server)
        window.sees("没有规划条件")
        window.press("修改: 规划条件与价格")
        for label, value in (
            ("规划条件文号", "郑东规条〔2022〕9号"),
            ("基准地价", "3000"),
            ("出让最低价", "100"),
            ("保留底价", "200"),
        ):
            window.fill(label, value)
        write_day(window, "出具日期", "2022-06-01")
        write_day(window, "定价日期", "2022-08-01")
        window.press("全部载明")
        window.press("保存")
        expect(page.get_by_role("dialog")).to_have_count(0)
        window.sees("100.00 万元")
        window.is_accessible()
        window.press("报审")
        window.press("确认报审")
        window.sees("已报审")

    with desk(browser, live_server) as window:
        window.sign_in(accounts["approver"], then=scheme)
        page = window.page
        window.press("批准")
        sheet = page.get_by_role("dialog")
        expect(sheet.get_by_role("button", name="确认批准")).to_be_disabled()
        expect(sheet.get_by_text("请填写例外理由")).to_be_visible()
        sheet.get_by_label("理由").fill("市政府会议纪要")
        sheet.locator("input[type=file]").first.set_input_files([PDF])
        expect(sheet.get_by_text("请选择例外的依据文件")).to_have_count(0)
        window.is_accessible()
        window.press("确认批准")
        expect(sheet).to_have_count(0)
        window.sees("例外：市政府会议纪要")
        expect(page.get_by_role("region", name="地块")).to_contain_text("供地方案已批")


LOOKS = [("zh", "light", DESKTOP), ("en", "dark", DESKTOP), ("zh", "dark", PHONE), ("en", "light", PHONE)]


@pytest.mark.parametrize(("language", "theme", "size"), LOOKS)
def test_the_list_reads_well(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        window.sign_in(accounts["viewer"], then="/desk/schemes?status=approved&method=listing")
        expect(window.page.locator("main").get_by_role("combobox")).to_have_count(3)
        expect(window.page.get_by_role("button", name=re.compile("^(编制方案|Begin a scheme)$"))).to_have_count(0)
        window.is_accessible()
