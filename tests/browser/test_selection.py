"""Several parcels at once: chosen in the list or on the map, kept in the address; what is done with all of them."""

import csv
import io
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import PHONE, Desk, desk, local_storage

Accounts = dict[str, tuple[str, str]]
LISTED = "/desk/map?open=list&stage=listed,sold"


@pytest.fixture
def window(browser: Browser, live_server: str, accounts: Accounts) -> Iterator[Desk]:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then="/desk/map?open=list")
        expect(rows(window).first).to_be_visible()
        yield window


def rows(window: Desk) -> Locator:
    """Return the rows of the list."""
    return window.page.locator(".parcel-list tbody tr")


def bar(window: Desk) -> Locator:
    """Return what is said of the chosen parcels."""
    return window.page.get_by_role("region", name=re.compile("^(已选地块|Chosen parcels)$"))


def test_rows_are_chosen_by_pointer_and_keyboard_and_survive_paging(window: Desk) -> None:
    rows(window).nth(1).get_by_role("checkbox").check()
    expect(bar(window)).to_contain_text("已选 1 宗")
    expect(bar(window)).to_contain_text("至少选两宗才能合并")
    rows(window).nth(4).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(bar(window)).to_contain_text("已选 4 宗")
    window.keys("ArrowDown", "Space")
    expect(bar(window)).to_contain_text("已选 5 宗")
    window.keys("Shift+ArrowDown")
    expect(bar(window)).to_contain_text("已选 6 宗")
    expect(window.page.get_by_role("checkbox", name="选中列出的 50 宗")).to_have_js_property(
        "indeterminate", value=True
    )
    window.press("加载更多")
    expect(rows(window)).to_have_count(100)
    expect(bar(window)).to_contain_text("已选 6 宗")
    window.page.get_by_label("关键词").fill(rows(window).nth(1).locator(".open").inner_text())
    expect(rows(window)).to_have_count(1)
    expect(rows(window).first.get_by_role("checkbox")).to_be_checked()
    expect(bar(window)).to_contain_text("已选 6 宗")
    window.is_accessible()
    window.page.reload(wait_until="networkidle")
    expect(bar(window)).to_contain_text("已选 6 宗")
    window.press("清除", within=bar(window))
    expect(bar(window)).to_have_count(0)
    assert "chosen" not in window.page.url


def test_all_that_are_listed_are_chosen_at_once_but_no_more_than_the_service_takes(window: Desk) -> None:
    everything = window.page.get_by_role("checkbox", name=re.compile("选中列出的"))
    everything.check()
    expect(bar(window)).to_contain_text("已选 50 宗")
    everything.uncheck()
    expect(bar(window)).to_have_count(0)
    window.open(LISTED + "&chosen=" + ",".join(f"X-{n}" for n in range(3)))
    expect(rows(window).first).to_be_visible()
    expect(bar(window)).to_have_count(0)  # nobody knows them


def test_the_export_holds_exactly_what_is_chosen(window: Desk) -> None:
    codes = rows(window).locator(".open").all_inner_texts()
    for at in (0, 2, 5):
        rows(window).nth(at).get_by_role("checkbox").check()
    window.press("导出", within=bar(window))
    sheet = window.page.get_by_role("dialog", name="导出地块")
    expect(sheet).to_contain_text("导出选中的 3 宗地块")
    sheet.get_by_label("格式").select_option("csv")
    with window.page.expect_download() as coming:
        sheet.get_by_role("button", name="导出", exact=True).click()
    found = list(csv.DictReader(io.StringIO(coming.value.path().read_text("utf-8-sig"))))
    assert [row["地块编号"] for row in found] == [codes[0], codes[2], codes[5]]


def test_the_control_layers_are_compared_with_what_is_chosen(window: Desk, run_jobs: Callable[[], None]) -> None:
    for at in (0, 1):
        rows(window).nth(at).get_by_role("checkbox").check()
    window.press("管控分析", within=bar(window))
    sheet = window.page.get_by_role("dialog", name="管控分析：2 宗")
    expect(sheet.get_by_role("status")).to_be_visible()
    run_jobs()
    expect(sheet).to_contain_text("分析完成：2 宗", timeout=20_000)
    expect(sheet.get_by_role("listitem")).to_have_count(2)
    window.is_accessible()


def test_columns_are_chosen_and_remembered_for_the_person(window: Desk, accounts: Accounts) -> None:
    window.press("显示列")
    choice = window.page.get_by_role("dialog", name="显示列")
    expect(choice.get_by_role("checkbox", name="编号", exact=True)).to_be_disabled()
    choice.get_by_role("checkbox", name="出让编号").check()
    choice.get_by_role("checkbox", name="用途").uncheck()
    window.is_accessible()
    window.page.reload(wait_until="networkidle")
    expect(window.page.get_by_role("columnheader", name="出让编号")).to_be_visible()
    expect(window.page.get_by_role("columnheader", name="用途")).to_have_count(0)
    stored = local_storage(window, f"parcel-columns:{accounts['registrar'][0]}")
    assert stored == "code,name,stage,area,region,lot,updated"


@pytest.mark.parametrize("way", ["Control", "Shift", "多选"])
def test_a_click_on_the_map_adds_and_takes_away(window: Desk, way: str) -> None:
    window.open("/desk/map?at=15.5/34.775/113.745&open=")
    expect(window.page.locator("[data-map-idle]")).to_be_visible(timeout=30_000)
    canvas = window.page.locator("canvas.maplibregl-canvas")
    held = [] if way == "多选" else [way]
    if not held:
        window.press(way)
    canvas.click(modifiers=held)  # type: ignore[arg-type]
    expect(bar(window)).to_contain_text("已选 1 宗")
    assert "parcel=" not in window.page.url
    canvas.click(modifiers=held)  # type: ignore[arg-type]
    expect(bar(window)).to_have_count(0)
    canvas.focus()
    window.keys("Shift+Enter")
    expect(bar(window)).to_contain_text("已选 1 宗")


def test_a_phone_shows_what_is_chosen(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server, size=PHONE, language="en", theme="dark") as window:
        window.sign_in(accounts["registrar"], then=LISTED)
        for at in (0, 1):
            rows(window).nth(at).get_by_role("checkbox").check()
        expect(bar(window)).to_contain_text("2 chosen")
        window.is_accessible()


def test_who_only_looks_can_choose_but_not_merge(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["viewer"], then=LISTED)
        for at in (0, 1):
            rows(window).nth(at).get_by_role("checkbox").check()
        expect(bar(window)).to_contain_text("已选 2 宗")
        assert bar(window).get_by_role("button").all_inner_texts() == ["定位", "清除"]
