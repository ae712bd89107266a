"""Parcels leave the desk as files: what the list holds, one parcel, and many by way of the task tray."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import PHONE, Desk, desk

Accounts = dict[str, tuple[str, str]]
LISTED = "/desk/map?stage=listed,sold&sort=-area_m2&open=list"


def sheet(window: Desk) -> Locator:
    """Return the sheet that the export is chosen in."""
    return window.page.get_by_role("dialog", name=re.compile("^(导出|Export)"))


def choose(window: Desk, label: str, value: str) -> None:
    """Pick from a list of the sheet."""
    sheet(window).get_by_label(label).select_option(value)


def test_the_file_holds_what_the_list_holds(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then=LISTED)
        listed = window.page.get_by_role("region", name="地块列表")
        expect(listed.locator("tbody tr").first).to_be_visible()
        codes = listed.locator("tbody .open").all_inner_texts()
        listed.get_by_role("button", name="导出").click()
        told = re.search(r"全部 ([\d,]+) 宗", sheet(window).inner_text())
        choose(window, "格式", "csv")
        window.is_accessible()
        with window.page.expect_download() as coming:
            sheet(window).get_by_role("button", name="导出", exact=True).click()
        download = coming.value
        assert re.fullmatch(r"地块_20221115_4526\.csv", download.suggested_filename)
        rows = list(csv.DictReader(io.StringIO(download.path().read_text("utf-8-sig"))))
        assert [row["地块编号"] for row in rows[: len(codes)]] == codes
        assert told is not None
        assert len(rows) == int(told[1].replace(",", ""))
        assert {row["状态"] for row in rows} <= {"挂牌中", "已摘牌", "挂牌中 中止", "已摘牌 中止"}
        expect(sheet(window).get_by_role("status")).to_contain_text("已保存")


def test_one_parcel_as_a_boundary_txt_from_its_panel(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"], then=LISTED)
        first = window.page.get_by_role("region", name="地块列表").locator("tbody .open").first
        code = first.inner_text()
        first.click()
        window.page.get_by_role("complementary", name="地块详情").get_by_role("button", name="导出").click()
        choose(window, "格式", "txt")
        expect(sheet(window).get_by_label("文字编码")).to_have_value("gbk")
        with window.page.expect_download() as coming:
            sheet(window).get_by_role("button", name="导出", exact=True).click()
        assert coming.value.suggested_filename == f"{code}_4526.txt"
        assert f",{code}," in coming.value.path().read_bytes().decode("gbk")


def test_many_come_by_the_task_tray(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None]
) -> None:
    """As if there were more than are answered at once: the page asks the service how many there are."""
    with desk(browser, live_server) as window:
        window.page.route(
            re.compile("/api/v1/parcels/facets"),
            lambda route: route.fulfill(json={**route.fetch().json(), "total": 23_456}),
        )
        window.sign_in(accounts["registrar"], then="/desk/map?open=list")
        window.page.get_by_role("region", name="地块列表").get_by_role("button", name="导出").click()
        choose(window, "格式", "gpkg")
        sheet(window).get_by_role("button", name="后台导出").click()
        expect(sheet(window).get_by_role("status")).to_contain_text("后台")
        window.page.keyboard.press("Escape")
        window.page.reload(wait_until="networkidle")
        window.press("任务，1 项进行中")
        window.sees("排队中")
        run_jobs()
        window.sees("可下载")
        window.is_accessible()
        with window.page.expect_download() as coming:
            window.page.get_by_role("link", name=re.compile(r"\.gpkg$")).click()
        assert coming.value.path().read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("zh", "light")])
def test_the_sheet_fits_a_phone(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str
) -> None:
    with desk(browser, live_server, size=PHONE, language=language, theme=theme) as window:
        window.sign_in(accounts["registrar"], then=LISTED)
        window.page.get_by_role("button", name=re.compile("^(导出|Export)$")).first.click()
        expect(sheet(window)).to_be_visible()
        window.is_accessible()


def test_who_only_looks_is_offered_no_export(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"], then=LISTED)
        expect(window.page.get_by_role("region", name="地块列表").locator("tbody tr").first).to_be_visible()
        assert window.page.get_by_role("button", name="导出").count() == 0
