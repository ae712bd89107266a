"""A new parcel on the map: typed or drawn, a finding seen and mended, saved, and there."""

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk
from tests.browser.test_boundary import Board
from tests.browser.test_map import NO_WEBGL2

Accounts = dict[str, tuple[str, str]]
Box = tuple[float, float, float, float]
_TITLE = re.compile("^(新建地块|New parcel)$")
# Beside a parcel, where no other lies: land for a new one of about 50 m by 50 m.
_FREE = """async (n) => {
    const list = await (await fetch(`/api/v1/parcels?stage=reserved&sort=area_m2&limit=200`)).json()
    const found = []
    for (const { bbox: [west, south, east, north] } of list.items) {
        const box = [east + 0.0001, south, east + 0.0006, south + 0.0005]
        const near = await (await fetch(`/api/v1/parcels/boundaries?bbox=${box}`)).json()
        if (near.neighbours.length === 0 && found.push([box, [west, south, east, north]]) > n) return found[n]
    }
}"""


class NewBoard(Board):
    """The editor of a parcel that isn't there yet."""

    def __init__(self, window: Desk, number: int) -> None:
        """Take a free place that no other test takes."""
        super().__init__(window, 0)
        self.free, self.bbox = window.page.evaluate(_FREE, number)

    @property
    def editor(self) -> Locator:
        """The panel with the figures."""
        return self.page.get_by_role("complementary", name=_TITLE)

    def begin(self) -> None:
        """Go near the free place and start a parcel by the key."""
        west, south, east, north = self.free
        self.window.open(f"/desk/map?at=18/{(south + north) / 2:.6f}/{(west + east) / 2:.6f}")
        self.map.is_drawn()
        self.window.keys("n")
        expect(self.editor).to_be_visible()
        expect(self.bar.get_by_role("button").nth(1)).to_be_enabled()

    def type_outline(self, box: Box, *, first: bool) -> None:
        """Type the corners of a box in degrees as the outline."""
        west, south, east, north = box
        self.window.press("输入坐标…", within=self.editor)
        if not first:
            self.editor.get_by_text("新外界", exact=True).click()
        corners = ((west, south), (west, north), (east, north), (east, south))
        self.editor.get_by_label("新外界的点").fill("\n".join(f"{lat:.9f},{lon:.9f}" for lon, lat in corners))
        self.window.press("以此为外界", within=self.editor)
        expect(self.editor.get_by_label("新外界的点")).to_have_count(0)


def test_a_parcel_is_typed_mended_and_saved(registrar: Desk) -> None:
    board = NewBoard(registrar, 0)
    board.begin()
    save = board.editor.get_by_role("button", name="保存地块…")
    expect(save).to_be_disabled()
    registrar.fill("名称.*", "龙湖北侧收储地块")
    west, south, east, north = board.free
    reaching = ((board.bbox[0] + board.bbox[2]) / 2, south, east, max(north, board.bbox[3]))
    board.type_outline(reaching, first=True)
    expect(board.rows).to_have_count(4)
    expect(board.rows.first.get_by_role("rowheader")).to_have_text("J1")
    board.check()
    expect(board.editor.locator(".findings li.error")).to_contain_text("重叠")
    expect(board.editor.get_by_text("请先改正错误")).to_be_visible()
    expect(save).to_be_disabled()
    wrong = board.figures()
    board.type_outline((west, south, east, north), first=False)
    mended = board.figures()
    assert mended != wrong
    board.bar.get_by_role("button", name="撤销").click()
    assert board.figures() == wrong
    board.bar.get_by_role("button", name="重做").click()
    assert board.figures() == mended
    board.check()
    expect(board.editor.locator(".findings li.error")).to_have_count(0)
    registrar.is_accessible()
    area = board.area.inner_text()
    save.click()
    registrar.fill("测量单位", "郑州市测绘院")
    registrar.fill("建立依据", "收储项目选址红线")
    registrar.is_accessible()
    registrar.press("保存")
    row = board.map.panel.get_by_role("row").filter(has_text="平面面积")
    expect(row).to_contain_text(area.removesuffix(" m²"), timeout=60_000)
    expect(board.map.panel.get_by_role("heading").first).to_have_text(re.compile(r"^\S+-2022-\d+$"))
    expect(board.map.panel.get_by_text("谋划", exact=True)).to_be_visible()
    expect(board.map.panel.get_by_text("龙湖北侧收储地块")).to_be_visible()
    board.map.panel.get_by_role("tab", name="历史").click()
    expect(board.map.panel.get_by_text("郑州市测绘院 测量")).to_be_visible()
    expect(board.editor).to_have_count(0)


def test_a_parcel_is_drawn_and_nothing_is_lost_unasked(registrar: Desk) -> None:
    board = NewBoard(registrar, 1)
    board.begin()
    west, south, east, north = board.free
    # The address that `on_screen` reads follows the map.
    corners = [board.on_screen(*corner) for corner in ((west, south), (west, north), (east, north), (east, south))]
    board.click(*corners[:2])
    board.bar.get_by_role("button", name="撤销").click()
    board.click(*corners[1:], corners[0])
    expect(board.rows).to_have_count(4)
    expect(board.area).to_contain_text("≈")
    registrar.keys("Control+z")
    expect(board.rows).to_have_count(0)
    expect(board.bar.get_by_role("button", name="画界")).to_have_attribute("aria-pressed", "true")
    registrar.keys("Control+y")
    expect(board.rows).to_have_count(4)
    registrar.press("取消", within=board.editor)
    registrar.press("继续填写")
    expect(board.rows).to_have_count(4)
    registrar.press("取消", within=board.editor)
    registrar.press("离开")
    expect(board.editor).to_have_count(0)


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "dark", DESKTOP), ("zh", "dark", PHONE)])
def test_a_new_parcel_is_accessible(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        window.sign_in(accounts["registrar"])
        window.open("/desk/map?at=17/34.775/113.745")
        window.page.get_by_role("button", name=_TITLE).click()
        expect(window.page.get_by_role("complementary", name=_TITLE)).to_be_visible()
        expect(window.page.get_by_role("toolbar", name=re.compile("^(界址编辑工具|Boundary tools)$"))).to_be_visible()
        window.is_accessible()


def test_without_a_map_it_is_typed(registrar: Desk) -> None:
    board = NewBoard(registrar, 2)
    registrar.page.add_init_script(NO_WEBGL2)
    registrar.open("/desk/map")
    registrar.press("新建地块")
    west, south, east, north = board.free
    corners = ((west, south), (west, north), (east, north))
    board.editor.get_by_label("新外界的点").fill("\n".join(f"{lat:.9f},{lon:.9f}" for lon, lat in corners))
    registrar.press("以此为外界", within=board.editor)
    expect(board.rows).to_have_count(3)


def test_only_who_may_survey_is_offered_it(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"])
        window.open("/desk/map")
        expect(window.page.get_by_role("button", name="列表")).to_be_visible()
        expect(window.page.get_by_role("button", name="新建地块")).to_have_count(0)
