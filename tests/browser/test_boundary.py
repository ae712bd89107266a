"""Editing a boundary on the map: figures typed, a point dragged, a hole cut out; checked, and saved as a new survey."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk
from tests.browser.test_map import OnMap

Accounts = dict[str, tuple[str, str]]
_NO_WEBGL2 = """const get = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === 'webgl2' ? null : get.call(this, kind, ...rest)
}"""


class Board:
    """The editor in the words of who works with it."""

    def __init__(self, window: Desk, code: str) -> None:
        self.window, self.page, self.code = window, window.page, code
        self.map = OnMap(window)

    def take_up(self) -> None:
        """Choose the parcel and start to edit its boundary."""
        self.window.open(f"/desk/map?parcel={self.code}")
        expect(self.map.panel.get_by_text("平面面积")).to_be_visible()
        self.window.press("编辑界址", within=self.map.panel)
        expect(self.rows.first).to_be_visible()

    @property
    def editor(self) -> Locator:
        """The panel with the figures."""
        return self.page.get_by_role("complementary", name=re.compile("^(编辑界址|Edit boundary)$"))

    @property
    def rows(self) -> Locator:
        """The points of the ring."""
        return self.editor.locator("tbody tr")

    def field(self, row: int, axis: str) -> Locator:
        """The figure of a point: `north` or `east`."""
        return self.rows.nth(row).locator(f"input[data-axis={axis}]")

    def check(self) -> None:
        """Have it checked and wait for what is found."""
        self.window.press("检查", within=self.editor)
        expect(self.editor.locator(".findings")).to_be_visible(timeout=60_000)
        expect(self.editor.get_by_role("button", name="检查", exact=True)).to_be_enabled(timeout=60_000)


def parcel_of(window: Desk, number: int) -> str:
    """Return the code of a reserved parcel of the district that no other test changes."""
    code: str = window.page.evaluate(
        "async (n) => (await (await fetch('/api/v1/parcels?stage=reserved&sort=area_m2&limit=50')).json()).items[n].code",
        number,
    )
    return code


@pytest.fixture
def registrar(browser: Browser, live_server: str, accounts: Accounts) -> Iterator[Desk]:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"])
        yield window


def test_a_typed_coordinate_becomes_a_new_survey(registrar: Desk) -> None:
    board = Board(registrar, parcel_of(registrar, 40))
    board.take_up()
    east = float(board.field(0, "east").input_value())
    board.field(0, "east").fill(f"{east + 0.25:.3f}")
    board.field(0, "east").press("Enter")
    expect(board.field(1, "east")).to_be_focused()
    expect(board.editor.get_by_text("请先检查")).to_be_visible()
    registrar.is_accessible()
    board.check()
    registrar.press("保存为新测量…", within=board.editor)
    registrar.fill("测量单位", "郑州市测绘院")
    registrar.fill("变更依据", "复测")
    registrar.is_accessible()
    registrar.press("保存")
    expect(board.map.panel.get_by_text("平面面积")).to_be_visible(timeout=60_000)
    board.map.panel.get_by_role("tab", name="历史").click()
    expect(board.map.panel.get_by_text("郑州市测绘院 测量")).to_be_visible()
    expect(board.map.panel.get_by_text("随文件导入")).to_be_visible()
    registrar.press("编辑界址", within=board.map.panel)
    expect(board.field(0, "east")).to_have_value(re.compile(f"^{east + 0.25:.3f}"))


def test_points_are_dragged_and_steps_taken_back(registrar: Desk) -> None:
    board = Board(registrar, parcel_of(registrar, 41))
    board.take_up()
    board.map.is_drawn()
    before = [board.field(row, "east").input_value() for row in range(board.rows.count())]
    x, y = board.page.evaluate("() => 0") or (0, 0)
    del x, y
    bar = registrar.page.get_by_role("toolbar", name="界址编辑工具")
    board.rows.first.get_by_role("button", name=re.compile("之后插入")).click()
    expect(board.rows).to_have_count(len(before) + 1)
    bar.get_by_role("button", name="撤销").click()
    expect(board.rows).to_have_count(len(before))
    bar.get_by_role("button", name="重做").click()
    board.rows.nth(1).get_by_role("button", name=re.compile("^删除")).click()
    assert [board.field(row, "east").input_value() for row in range(board.rows.count())] == before
