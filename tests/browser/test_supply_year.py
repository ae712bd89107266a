"""One parcel goes its whole way through the pages: reserve, plan, scheme, notice, sale, contract, works, completion."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from service.accounts.access import system
from service.core import clock
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.browser.driver import Desk, desk
from tests.conftest import TODAY
from tests.factories.parcels import make_parcel, square

Accounts = dict[str, tuple[str, str]]
CODE, LOT = "QN-2018-01", "郑政东出〔2018〕901号(网)"


class Bureau:
    """Four people at their desks, and the calendar on the wall."""

    def __init__(self, registrar: Desk, planner: Desk, officer: Desk, approver: Desk) -> None:
        self.registrar, self.planner, self.officer, self.approver = registrar, planner, officer, approver

    def on(self, day: str, who: Desk, path: str) -> Page:
        """Let a day come, and somebody open a page on it."""
        clock.fix_today(dt.date.fromisoformat(day))
        who.open(path)
        return who.page

    def stands(self, stage: str) -> None:
        """The parcel's own page says where it stands."""
        self.registrar.open(f"/desk/map?parcel={CODE}&open=")
        panel = self.registrar.page.get_by_role("complementary", name="地块详情")
        expect(panel.get_by_text(stage, exact=True).first).to_be_visible()


@pytest.fixture
def bureau(browser: Browser, live_server: str, accounts: Accounts, district: Database) -> Iterator[Bureau]:
    """Land that is being acquired in the open country of the district; today comes back afterwards."""
    with district.write(system("test")) as session:
        land = square(113.8480, 34.8300, 100)
        uses = [{"code": "0902"}]
        make_parcel(
            session, code=CODE, geometry=land, land_uses=uses, stage=Stage.acquiring, effective_on=dt.date(2017, 1, 1)
        )
    with ExitStack() as opened:
        windows = {
            role: opened.enter_context(desk(browser, live_server))
            for role in ("registrar", "planner", "listing_officer", "approver")
        }
        for role, window in windows.items():
            window.come_in(accounts[role])
        yield Bureau(*windows.values())
    clock.fix_today(TODAY)


def sheet_of(page: Page) -> Locator:
    """The sheet that is open."""
    return page.get_by_role("dialog")


def write(page: Page, **fields: str) -> None:
    """Fill the open sheet by the labels of its fields; days are kept by Enter."""
    for label, value in fields.items():
        field = sheet_of(page).get_by_label(re.compile(f"^{re.escape(label)}(可不填)?$"))
        field.fill(value)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            field.press("Enter")


def pick(field: Locator, text: str | re.Pattern[str]) -> None:
    """Choose the one option of a native list that holds a text."""
    option = field.locator("option").filter(has_text=text)
    expect(option).to_have_count(1)
    field.select_option(option.get_attribute("value"))


def confirm(page: Page, name: str) -> None:
    """Press the button that does it, and see the sheet go."""
    button = sheet_of(page).get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.click()
    expect(sheet_of(page)).to_have_count(0)


def act(who: Desk, name: str, confirmed: str) -> None:
    """Begin an act by its button, and confirm it as it stands."""
    who.press(name)
    confirm(who.page, confirmed)


def record(bureau: Bureau, day: str, event: str) -> None:
    """The registrar records an event of the parcel on the map."""
    page = bureau.on(day, bureau.registrar, f"/desk/map?parcel={CODE}&open=")
    bureau.registrar.press("办理", within=page.get_by_role("complementary", name="地块详情"))
    sheet_of(page).get_by_text(event, exact=True).click()
    sheet_of(page).get_by_role("button", name="登记", exact=True).click()
    expect(sheet_of(page)).to_contain_text("登记号")


def plan(bureau: Bureau) -> str:
    """The year's plan with the parcel, in force; return its address."""
    planner = bureau.planner
    page = bureau.on("2018-03-20", planner, "/desk/plans")
    planner.press("编制计划")
    write(page, 年度="2018")
    planner.press("开始编制")
    expect(page).to_have_url(re.compile(r"/desk/plans/\d+/items$"))
    address = page.url.removeprefix(planner.address).removesuffix("/items")
    planner.press("列入地块")
    write(page, 地块编号=CODE)
    planner.choose("月份", "5 月", within=sheet_of(page))
    planner.choose("来源", "存量", within=sheet_of(page))
    planner.choose("供应方式", "挂牌", within=sheet_of(page))
    confirm(page, "保存")
    for who, step in ((planner, "报审"), (bureau.approver, "批准"), (planner, "公布")):
        who.open(f"{address}/items")
        act(who, step, f"确认{step}")
    return address


def scheme(bureau: Bureau) -> None:
    """The supply scheme, approved."""
    planner = bureau.planner
    page = bureau.on("2018-03-21", planner, f"/desk/schemes?begin={CODE}")
    planner.press("开始编制")
    expect(page).to_have_url(re.compile(r"/desk/schemes/\d+$"))
    address = page.url.removeprefix(planner.address)
    planner.press("修改: 规划条件与价格")
    write(page, 规划条件文号="规条901", 出具日期="2018-01-05", 定价日期="2018-02-01")
    write(page, 基准地价="3000", 出让最低价="3000", 保留底价="3000")
    planner.press("全部载明")
    confirm(page, "保存")
    act(planner, "报审", "确认报审")
    bureau.approver.open(address)
    bureau.approver.press("批准")
    write(bureau.approver.page, 批准文号="郑东供〔2018〕901号")
    confirm(bureau.approver.page, "确认批准")


def notice(bureau: Bureau) -> str:
    """The notice with the lot, published; return the lot's address."""
    officer = bureau.officer
    page = bureau.on("2018-04-02", officer, "/desk/listings/notices")
    officer.press("起草公告")
    pick(sheet_of(page).get_by_label("交易中心"), "郑州市公共资源交易中心")
    write(page, 公告文号="告字〔2018〕901号", 标题="全程出让公告")
    officer.press("起草", within=sheet_of(page))
    expect(page).to_have_url(re.compile(r"/desk/notices/\d+$"))
    officer.press("加入宗地")
    pick(sheet_of(page).get_by_label("供地方案"), "郑东供〔2018〕901号")
    write(page, 出让编号=LOT, 开始="2018-04-25", 截止="2018-05-08")
    write(page, 起始价="3000", 加价幅度="30", 保证金="600")
    for field, time in zip(sheet_of(page).get_by_label("时刻").all(), ("09:00", "15:00"), strict=True):
        field.fill(time)
    confirm(page, "保存")
    act(officer, "发布公告", "确认发布")
    page.get_by_role("link", name=LOT).first.click()
    expect(page).to_have_url(re.compile(r"/desk/lots/\d+$"))
    return page.url.removeprefix(officer.address)


def sale(bureau: Bureau, lot: str) -> None:
    """Open, suspend, resume; one bidder wins at the start price."""
    officer = bureau.officer
    page = bureau.on("2018-04-26", officer, lot)  # whatever the hour of the test: past nine of the day before
    act(officer, "开始挂牌", "确认：开始挂牌")
    officer.press("登记竞买人")
    write(page, 竞买人="示例置业有限公司")
    pick(sheet_of(page).get_by_label("资格审查"), re.compile("^通过$"))
    sheet_of(page).get_by_label("保证金到账日").fill("2018-04-20")
    sheet_of(page).get_by_label("保证金到账日").press("Enter")
    confirm(page, "保存")
    bureau.on("2018-04-27", officer, lot)
    officer.press("中止")
    write(page, **{"原因（或附文件）": "法院要求中止"})
    confirm(page, "确认：中止")
    bureau.stands("中止")
    bureau.on("2018-05-03", officer, lot)
    act(officer, "恢复", "确认：恢复")
    bureau.on("2018-05-10", officer, lot)
    pick(page.get_by_label("竞买人", exact=True), "示例置业有限公司")
    page.get_by_label("报价", exact=True).fill("3000")
    officer.press("录入报价")
    expect(page.get_by_role("region", name="报价")).to_contain_text("示例置业有限公司")
    bureau.on("2018-05-16", officer, lot)
    for name in ("成交", "成交确认书", "公布结果"):
        act(officer, name, f"确认：{name}")


def signing(bureau: Bureau) -> str:
    """The contract; return its address."""
    officer = bureau.officer
    page = bureau.on("2018-05-22", officer, "/desk/contracts")
    officer.press("签订合同")
    pick(sheet_of(page).get_by_label("宗地"), "〔2018〕901号")
    write(page, 合同编号="HT-2018-901", 首期应缴="2018-06-10", 余款应缴="2019-04-10")
    write(page, 约定交地="2018-08-01", 约定动工="2019-02-01", 约定竣工="2021-12-01")
    confirm(page, "确认签订合同或划拨决定")
    expect(page).to_have_url(re.compile(r"/desk/contracts/\d+$"))
    return page.url.removeprefix(officer.address)


def building(bureau: Bureau, contract: str) -> None:
    """Payments, delivery, permit, works, start and completion."""
    officer = bureau.officer
    page = officer.page
    for day in ("2018-06-08", "2018-07-20"):
        bureau.on(day, officer, f"{contract}/money")
        officer.press("登记缴款")
        write(page, **{"金额（万元）": "1500"})
        confirm(page, "登记缴款")
    bureau.stands("价款缴清")
    bureau.on("2018-08-01", officer, contract)
    act(officer, "交地", "确认交地")
    bureau.on("2018-11-01", officer, f"{contract}/works")
    officer.press("登记许可证")
    pick(sheet_of(page).get_by_label("许可证"), "建筑工程施工许可证")
    write(page, 证号="410100-901")
    confirm(page, "登记许可证")
    bureau.on("2018-12-20", officer, f"{contract}/works")
    officer.press("登记进度")
    pick(sheet_of(page).get_by_label("基础", exact=True), "其他")
    write(page, **{"基础完成（%）": "50"})
    confirm(page, "登记进度")
    act(officer, "动工", "确认动工")
    bureau.on("2021-06-01", officer, contract)
    act(officer, "竣工", "确认竣工")


def test_from_the_reserve_to_the_finished_building(bureau: Bureau) -> None:
    record(bureau, "2017-06-01", "入库储备")
    record(bureau, "2017-09-01", "确认净地")
    year = plan(bureau)
    scheme(bureau)
    lot = notice(bureau)
    bureau.stands("已公告")
    sale(bureau, lot)
    bureau.stands("已摘牌")
    contract = signing(bureau)
    bureau.stands("已签约")
    building(bureau, contract)
    bureau.stands("已竣工")
    page = bureau.on("2021-06-01", bureau.planner, f"{year}/progress")
    expect(page.get_by_text("100.0%").first).to_be_visible()
    for tab in ("overview", "money", "works", "standard", "idle", "history"):
        bureau.officer.open(f"{contract}/{tab}")
        bureau.officer.is_accessible()
    bureau.officer.open(lot)
    expect(bureau.officer.page.get_by_role("img", name=re.compile(CODE))).to_be_visible()
    bureau.officer.is_accessible()
