"""The eight tracks at the desk: three roles take a parcel from its checklist to the sale; every page for everybody."""

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.accounts.access import system
from service.checklist.models import Checklist
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.browser.driver import DESKTOP, PHONE, Desk, desk
from tests.factories.checklists import finish, make_checklist
from tests.factories.listings import FLOOR, bid, bidder, make_open, make_scheme
from tests.factories.parcels import make_parcel

Accounts = dict[str, tuple[str, str]]
PAPER = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
RELICS, AGREEMENT = "BT-F4", "BT-A2"
_FOCUSED = """() => {
    const one = document.activeElement
    if (!one || !['A', 'BUTTON', 'INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName)) return ''
    return (one.getAttribute('aria-label') ?? one.textContent ?? '').trim()
}"""


def lot_on_offer(database: Database, code: str) -> int:
    """Return an open lot with an offer, on land of its own."""
    with database.write(system("test")) as session:
        parcel = make_parcel(session, code=code, stage=Stage.scheme_approved)
        lot = make_open(session, scheme=make_scheme(session, [parcel], uses=("industrial",)))
        assert lot.opens_at is not None
        bid(session, lot, bidder(session, lot), FLOOR, lot.opens_at + dt.timedelta(hours=1))
        return lot.id


def running(database: Database, code: str) -> int:
    """Return a checklist with some items done."""
    with database.write(system("test")) as session:
        checklist = make_checklist(session, make_parcel(session, code=code, stage=Stage.cleared), template=None)
        finish(session, checklist, only={AGREEMENT, "BT-A3", "BT-B1"})
        return checklist.id


def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until a control of this name has the focus."""
    seen = []
    for _ in range(150):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_FOCUSED))
        if seen[-1] == name:
            return
    raise AssertionError(f"no {name} by the keyboard: {seen}")


def press_enter_on(page: Page, name: str) -> None:
    """Reach a control by the keyboard and press Enter."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_three_roles_take_a_parcel_from_its_checklist_to_the_sale(
    browser: Browser, live_server: str, accounts: Accounts, district: Database, tmp_path: Path
) -> None:
    lot = lot_on_offer(district, "BTB-01")
    paper = tmp_path / "文物处理意见.pdf"
    paper.write_text(PAPER, encoding="utf-8")
    with desk(browser, live_server) as officer:
        officer.sign_in(accounts["listing_officer"], then=f"/desk/lots/{lot}")
        number = opened(officer)
        with district.write(system("test")) as session:
            finish(session, session.get_one(Checklist, number), leaving={RELICS, AGREEMENT})
        asked_for_a_waiver(officer, number, paper)
        refused(officer, lot)
    with desk(browser, live_server) as window:
        window.sign_in(accounts["track_officer"])
        worked_by_keyboard(window, number, paper)
    with desk(browser, live_server) as window:
        window.sign_in(accounts["approver"], then=f"/desk/checklists/{number}/list?item={AGREEMENT}&act=waive")
        window.press("确认批准豁免")
        expect(window.page.get_by_role("dialog").get_by_text("豁免", exact=True).first).to_be_visible()
    with desk(browser, live_server) as officer:
        officer.sign_in(accounts["listing_officer"], then=f"/desk/checklists/{number}/list?item={RELICS}&act=accept")
        officer.press("确认通过")
        expect(officer.page.get_by_text("拿地即开工").first).to_be_visible()
        sold(officer, lot)


def opened(window: Desk) -> int:
    """Open the checklist of the lot's land and answer what is asked of it."""
    page = window.page
    window.press("打开八同步")
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="打开八同步").click()
    expect(page).to_have_url(re.compile(r"/desk/checklists/\d+\?facts=1"))
    sheet = page.get_by_role("dialog", name="修改情况")
    sheet.get_by_role("group", name="须调整控制性详细规划").get_by_label("否").check()
    sheet.get_by_role("button", name="保存").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("region", name="八条线时间线")).to_be_visible()
    window.is_accessible()
    return int(page.url.split("/checklists/")[1].split("?")[0])


def asked_for_a_waiver(window: Desk, number: int, paper: Path) -> None:
    """Ask an approver to waive an item, with a reason and a document."""
    window.open(f"/desk/checklists/{number}/list?item={AGREEMENT}&act=ask_waiver")
    sheet = window.page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="确认申请豁免")).to_be_disabled()
    sheet.get_by_label("原因").fill("投资协议随出让合同一并签订")
    with window.page.expect_file_chooser() as chooser:
        sheet.get_by_role("button", name="上传文件").first.click()
    chooser.value.set_files(paper)
    sheet.get_by_role("button", name="确认申请豁免").click()
    expect(sheet.get_by_text("申请豁免").last).to_be_visible()


def refused(window: Desk, lot: int) -> None:
    """Try to sell: every open item is named, with its bureau and the way to it."""
    window.open(f"/desk/lots/{lot}")
    window.press("成交")
    sheet = window.page.get_by_role("dialog")
    alert = sheet.get_by_role("alert").filter(has_text="八同步未齐")
    expect(alert.get_by_role("link")).to_have_count(2)
    expect(alert).to_contain_text("文物局")
    expect(alert).to_contain_text("法定，不可豁免")
    expect(sheet.get_by_role("button", name="确认：成交")).to_be_disabled()
    window.is_accessible()


def worked_by_keyboard(window: Desk, number: int, paper: Path) -> None:
    """From the inbox to the submitted item without a mouse."""
    page = window.page
    # Listening from here on: a key opens the chooser faster than a listener of its own could be in place.
    page.on("filechooser", lambda chooser: chooser.set_files(paper))
    window.keys("g", "i")
    own = page.locator(f"a[href*='/checklists/{number}/']").filter(has_text="勘探结果处理意见")
    expect(own).to_be_visible()
    for _ in range(page.get_by_role("link", name="勘探结果处理意见").count()):  # in the order of their days
        tab_to(page, "勘探结果处理意见")
        if own.evaluate("(link) => link === document.activeElement"):
            break
    window.keys("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    press_enter_on(page, "确认开始办理")
    expect(sheet.get_by_role("button", name="报审", exact=True)).to_be_visible()
    for _ in range(sheet.get_by_text(" · 缺").count()):
        left = sheet.get_by_text(" · 缺").count()
        press_enter_on(page, "登记材料")
        expect(sheet.get_by_label("有效自")).to_be_visible()
        press_enter_on(page, "上传文件")
        expect(sheet.get_by_role("button", name="登记", exact=True)).to_be_enabled()
        press_enter_on(page, "登记")
        expect(sheet.get_by_text(" · 缺")).to_have_count(left - 1)
    press_enter_on(page, "确认报审")
    expect(sheet.get_by_text("已报审").first).to_be_visible()
    window.is_accessible()


def sold(window: Desk, lot: int) -> None:
    """Sell, now that nothing stands in the way."""
    window.open(f"/desk/lots/{lot}")
    window.press("成交")
    confirm = window.page.get_by_role("dialog").get_by_role("button", name="确认：成交")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(window.page.get_by_text("已成交").first).to_be_visible()


@pytest.mark.parametrize(("size", "theme", "language"), [(DESKTOP, "light", "en"), (PHONE, "dark", "zh")])
def test_every_page_is_accessible(
    browser: Browser,
    live_server: str,
    accounts: Accounts,
    district: Database,
    size: tuple[int, int],
    theme: str,
    language: str,
) -> None:
    number = running(district, f"BTB-{language}")
    with desk(browser, live_server, size=size, theme=theme, language=language) as window:
        window.come_in(accounts["planner"])
        for path in (
            "checklists", "checklists/statistics", "tracks-inbox?lead=natural_resources", "checklists/status-sheet",
            *(f"checklists/{number}/{tab}" for tab in ("lanes", "list", "saving", "history")),
            f"checklists/{number}/list?item=BT-C1",
        ):  # fmt: skip
            window.open(f"/desk/{path}")
            expect(window.page.get_by_role("heading", level=1)).to_be_visible()
            window.is_accessible()


def test_a_trial_moves_the_forecast_and_saves_nothing(
    browser: Browser, live_server: str, accounts: Accounts, district: Database
) -> None:
    number = running(district, "BTB-if")
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["viewer"], then=f"/desk/checklists/{number}/lanes")
        before = page.request.get(f"{live_server}/api/v1/checklists/{number}").json()
        window.press("推演")
        page.get_by_label("事项", exact=True).select_option(label="地价评估与集体决策")
        page.get_by_label("地价评估与集体决策 工期").fill("300")
        expect(page.get_by_role("row", name=re.compile("^就绪.*晚 [0-9]+ 天"))).to_be_visible()
        expect(page.get_by_text("推演中，未保存")).to_be_visible()
        window.is_accessible()
        # A field can be emptied to write another figure; until then the trial stays as it was.
        page.get_by_label("地价评估与集体决策 工期").fill("")
        expect(page.get_by_role("alert").filter(has_text="请填写 0 至 3650 的整数")).to_be_visible()
        page.get_by_label("地价评估与集体决策 工期").press_sequentially("8")
        expect(page.get_by_role("alert")).to_have_count(0)
        window.press("全部撤销")
        expect(page.get_by_label("地价评估与集体决策 工期")).to_have_count(0)
        window.press("结束推演")
        assert page.request.get(f"{live_server}/api/v1/checklists/{number}").json()["ready_on"] == before["ready_on"]


def test_the_list_leads_to_a_trial_and_tells_the_plan(
    browser: Browser, live_server: str, accounts: Accounts, district: Database
) -> None:
    number = running(district, "BTB-equal")
    with desk(browser, live_server, size=PHONE, language="en") as window:
        page = window.page
        window.sign_in(accounts["viewer"], then=f"/desk/checklists/{number}/list")
        schedule = page.request.get(f"{live_server}/api/v1/checklists/{number}/schedule").json()
        moved = [one for one in schedule["items"] if one["baseline_finish"] not in {None, one["earliest_finish"]}]
        assert moved
        expect(page.get_by_text("As planned")).to_have_count(len(moved))
        for one in schedule["blocked"]:
            expect(page.get_by_text(f"{one['first']} – {one['last']}")).to_be_visible()
        page.get_by_role("link", name="What if").click()
        expect(page.get_by_text("Trial, not saved")).to_be_visible()
        window.is_accessible()
        page.get_by_role("link", name="Items").click()
        expect(page.get_by_text("Trial, not saved")).to_have_count(0)


def test_an_act_by_keyboard_leaves_the_focus_in_the_item(
    browser: Browser, live_server: str, accounts: Accounts, district: Database
) -> None:
    number = running(district, "BTB-focus")
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then=f"/desk/checklists/{number}/list?item=BT-B2&act=start")
        press_enter_on(page, "确认开始办理")
        expect(page.get_by_role("dialog").get_by_text("办理中").first).to_be_visible()
        expect(page.locator(":focus")).to_contain_text("区域评估成果")


def test_the_lanes_are_walked_by_arrow_keys(
    browser: Browser, live_server: str, accounts: Accounts, district: Database
) -> None:
    number = running(district, "BTB-keys")
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["viewer"], then=f"/desk/checklists/{number}/lanes")
        page.locator(".gantt [data-key][tabindex='0']").focus()
        first = page.evaluate("document.activeElement.dataset.key")
        window.keys("ArrowRight", "ArrowDown")
        chosen = page.evaluate("document.activeElement.dataset.key")
        assert chosen != first
        window.keys("Enter")
        expect(page).to_have_url(re.compile(rf"item={chosen}"))
        expect(page.get_by_role("dialog")).to_be_visible()
