"""Editing a boundary on the map: figures typed, a point dragged, a hole cut out; checked, and saved as a new survey."""

import math
import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk
from tests.browser.test_map import NO_WEBGL2, OnMap

Accounts = dict[str, tuple[str, str]]
_TILE = 512  # pixels of the world at zoom 0


class Board:
    """The editor in the words of who works with it."""

    def __init__(self, window: Desk, number: int) -> None:
        """Take a reserved parcel of the district that no other test changes."""
        self.window, self.page, self.map = window, window.page, OnMap(window)
        self.code, self.bbox = window.page.evaluate(
            """async (n) => {
                const list = await (await fetch('/api/v1/parcels?stage=reserved&sort=area_m2&limit=60')).json()
                return [list.items[n].code, list.items[n].bbox]
            }""",
            number,
        )

    def take_up(self) -> None:
        """Choose the parcel and start to edit its boundary."""
        lon, lat = (self.bbox[0] + self.bbox[2]) / 2, (self.bbox[1] + self.bbox[3]) / 2
        self.window.open(f"/desk/map?parcel={self.code}&at=17/{lat:.6f}/{lon:.6f}")
        self.page.get_by_role("button", name=re.compile("^(编辑界址|Edit boundary)$")).click()
        expect(self.rows.first).to_be_visible()
        expect(self.bar.get_by_role("button").first).to_be_enabled()

    @property
    def editor(self) -> Locator:
        """The panel with the figures."""
        return self.page.get_by_role("complementary", name=re.compile("^(编辑界址|Edit boundary)$"))

    @property
    def bar(self) -> Locator:
        """The tools over the map."""
        return self.page.get_by_role("toolbar", name=re.compile("^(界址编辑工具|Boundary tools)$"))

    @property
    def rows(self) -> Locator:
        """The points of the ring."""
        return self.editor.locator("tbody tr")

    def field(self, row: int, axis: str) -> Locator:
        """The figure of a point: `north` or `east`."""
        return self.rows.nth(row).locator(f"input[data-axis={axis}]")

    def figures(self) -> list[tuple[str, str]]:
        """All points as shown."""
        return [
            (self.field(row, "north").input_value(), self.field(row, "east").input_value())
            for row in range(self.rows.count())
        ]

    def point(self, row: int) -> tuple[float, float]:
        """Where a point is on the screen; degrees must be shown."""
        lat, lon = (float(figure) for figure in self.figures()[row])
        return self.on_screen(lon, lat)

    def on_screen(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place is on the screen, by the page's address."""
        zoom, lat0, lon0 = (float(part) for part in self.map.address()["at"].split("/"))
        box = self.map.canvas.bounding_box()
        assert box is not None
        scale = _TILE * 2**zoom
        north, north0 = (math.asinh(math.tan(math.radians(each))) / math.tau for each in (lat, lat0))
        return (
            box["x"] + box["width"] / 2 + (lon - lon0) / 360 * scale,
            box["y"] + box["height"] / 2 - (north - north0) * scale,
        )

    @property
    def area(self) -> Locator:
        """The area of the shape as it is now."""
        return self.editor.locator(".area strong")

    def inside(self, share_x: float, share_y: float) -> tuple[float, float]:
        """Where a place by shares of the parcel's box is on the screen."""
        west, south, east, north = self.bbox
        return self.on_screen(west + share_x * (east - west), south + share_y * (north - south))

    def click(self, *places: tuple[float, float]) -> None:
        """Click places on the map one after the other, as slowly as a hand."""
        for x, y in places:
            self.page.mouse.move(x, y)
            self.page.wait_for_timeout(120)
            self.page.mouse.click(x, y)
            self.page.wait_for_timeout(120)

    def check(self) -> None:
        """Have it checked and wait for what is found."""
        self.editor.get_by_role("button", name=re.compile("^(检查|Check)$")).click()
        expect(self.editor.get_by_text(re.compile("检查通过|个错误|nothing found|errors,"))).to_be_visible(
            timeout=60_000
        )


def test_a_typed_coordinate_becomes_a_new_survey(registrar: Desk) -> None:
    board = Board(registrar, 40)
    board.take_up()
    before = board.figures()
    east = float(before[0][1])
    board.field(0, "east").fill(f"{east + 0.25:.3f}")
    board.field(0, "east").press("Enter")
    expect(board.field(1, "east")).to_be_focused()
    expect(board.editor.get_by_text("请先检查")).to_be_visible()
    board.check()
    registrar.is_accessible()
    registrar.press("保存为新测量…", within=board.editor)
    registrar.fill("测量单位", "郑州市测绘院")
    registrar.fill("变更依据", "复测")
    registrar.is_accessible()
    registrar.press("保存")
    expect(board.map.panel.get_by_role("rowheader", name="平面面积")).to_be_visible(timeout=60_000)
    board.map.panel.get_by_role("tab", name="历史").click()
    expect(board.map.panel.get_by_text("郑州市测绘院 测量")).to_be_visible()
    expect(board.map.panel.get_by_text("随文件导入")).to_be_visible()
    registrar.press("编辑界址", within=board.map.panel)
    expect(board.field(0, "east")).to_have_value(f"{east + 0.25:.3f}".rstrip("0"))
    assert board.figures()[1:] == before[1:], "the other points are what they were"


def test_a_dragged_point_moves_alone_and_steps_are_taken_back(registrar: Desk) -> None:
    board = Board(registrar, 41)
    board.take_up()
    board.map.is_drawn()
    board.editor.get_by_label("坐标系").select_option("4490")
    before = board.figures()
    x, y = board.point(0)
    board.page.mouse.move(x, y)
    board.page.mouse.down()
    for step in range(1, 9):
        board.page.mouse.move(x + 5 * step, y + 5 * step)
        board.page.wait_for_timeout(40)
    board.page.mouse.up()
    expect(board.field(0, "east")).not_to_have_value(before[0][1])
    after = board.figures()
    assert after[1:] == before[1:]
    assert board.point(0) == pytest.approx((x + 40, y + 40), abs=3)
    expect(board.area).to_contain_text("≈")
    board.bar.get_by_role("button", name="撤销").click()
    expect(board.field(0, "east")).to_have_value(before[0][1])
    expect(board.area).not_to_contain_text("≈")
    board.bar.get_by_role("button", name="重做").click()
    expect(board.field(0, "east")).to_have_value(after[0][1])
    _steps_by_keys(board, before[0][1], after[0][1])
    board.rows.first.get_by_role("button", name=re.compile("之后插入")).click()
    expect(board.rows).to_have_count(len(before) + 1)
    # What is not saved is not lost by a click on another parcel.
    board.window.press("取消", within=board.editor)
    board.window.press("继续填写")
    expect(board.rows).to_have_count(len(before) + 1)
    board.window.press("列表")
    board.page.locator(".parcel-list tbody tr").first.get_by_role("button").click()
    board.window.press("离开")
    expect(board.editor).to_have_count(0)


def _steps_by_keys(board: Board, before: str, after: str) -> None:
    """Back and again with Ctrl+Z and Ctrl+Y, also from a field; while a figure is written, its own letters go back."""
    field = board.field(0, "east")
    board.window.keys("Control+z")
    expect(field).to_have_value(before)
    field.focus()
    board.window.keys("Control+y")
    expect(field).to_have_value(after)
    board.window.keys("End", "5", "Control+z")
    expect(field).to_have_value(after)
    board.window.keys("Escape")


def _asks_first(board: Board, points: int) -> None:
    board.window.press("继续填写", within=board.page.get_by_role("dialog", name="还有未保存的内容"))
    expect(board.rows).to_have_count(points)
    assert board.map.address()["parcel"] == board.code


def test_what_is_not_saved_is_asked_about_whichever_way_one_leaves(registrar: Desk) -> None:
    board = Board(registrar, 46)
    registrar.open(f"/desk/map?at=16/{board.bbox[1]:.6f}/{board.bbox[0]:.6f}&open=list&q={board.code}")
    board.page.locator(".parcel-list tbody tr").first.get_by_role("button").click()
    registrar.press("编辑界址")
    expect(board.rows.first).to_be_visible()
    points = board.rows.count()
    board.rows.first.get_by_role("button", name=re.compile("之后插入")).click()
    board.page.go_back()
    _asks_first(board, points + 1)
    day = board.page.get_by_label("查看日期")
    day.fill("2022-06-01")
    day.press("Enter")
    _asks_first(board, points + 1)
    with board.page.expect_event("dialog") as asked:
        board.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(board.rows).to_have_count(points + 1)
    board.page.go_back()
    registrar.press("离开")
    expect(board.editor).to_have_count(0)


def test_a_hole_is_cut_out_and_a_piece_cut_off(registrar: Desk) -> None:
    board = Board(registrar, 42)
    board.take_up()
    board.map.is_drawn()
    before = board.figures()
    board.bar.get_by_role("button", name="挖除").click()
    corners = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4)]
    board.click(*(board.inside(*corner) for corner in corners))
    expect(board.editor.get_by_label("圈")).to_be_visible(timeout=60_000)
    assert board.figures() == before, "the outer ring is what it was"
    board.editor.get_by_label("圈").select_option(label="第 2 圈（内环）")
    expect(board.rows).to_have_count(4)
    board.check()
    expect(board.editor.get_by_text("图形有内环")).to_be_visible()
    board.window.press("删去此圈", within=board.editor)
    expect(board.editor.get_by_label("圈")).to_have_count(0)
    board.bar.get_by_role("button", name="切割").click()
    ends = (board.inside(0.25, -0.06), board.inside(0.25, 1.06))
    board.click(*ends, ends[1])
    pieces = board.editor.get_by_role("group", name=re.compile("^切成 2 块")).get_by_role("radio")
    expect(pieces).to_have_count(2, timeout=60_000)
    area = board.area.inner_text()
    pieces.last.check()
    expect(board.area).not_to_have_text(area)
    _is_told_one_area(board)


def _is_told_one_area(board: Board) -> None:
    """The piece that is kept, the editor, its check and the parcel once it is saved tell the same area to the cent."""
    area = board.area.inner_text()
    assert area[0].isdigit(), "a figure of the service, not one that the page worked out"
    expect(board.editor.get_by_role("radio", checked=True).last.locator("..")).to_contain_text(area)
    board.check()
    expect(board.area).to_have_text(area)
    board.window.press("保存为新测量…", within=board.editor)
    board.window.fill("测量单位", "郑州市测绘院")
    board.window.fill("变更依据", "分出一块")
    board.window.press("保存")
    row = board.map.panel.get_by_role("row").filter(has_text="平面面积")
    expect(row).to_contain_text(area.removesuffix(" m²"), timeout=60_000)


def _cut_by_figures(board: Board) -> None:
    """Type a line that cuts nothing, then one through the middle; keep the smaller piece."""
    board.window.press("输入坐标…", within=board.editor)
    west, south, east, north = board.bbox
    middle = (west + east) / 2
    line = board.editor.get_by_label("切割线的点")
    line.fill("J1,甲")
    expect(board.editor.get_by_text("第 1 行不是坐标")).to_be_visible()
    expect(board.editor.get_by_role("button", name="按此线切割")).to_be_disabled()
    line.fill(f"{north + 0.001},{west}\n{north + 0.001},{east}")
    board.window.press("按此线切割", within=board.editor)
    expect(board.editor.get_by_role("alert").filter(has_text="这条线没有切开地块")).to_be_visible(timeout=60_000)
    line.fill(f"J1,{south - 0.0005},{middle}\nJ2,{north + 0.0005},{middle}")
    expect(board.editor.get_by_text(re.compile("2 个点，CGCS2000 经纬度"))).to_be_visible()
    board.window.is_accessible()
    board.window.press("按此线切割", within=board.editor)
    expect(board.editor.get_by_role("radio")).to_have_count(2, timeout=60_000)
    expect(line).to_have_count(0)
    area = board.editor.locator(".area strong").inner_text()
    board.editor.get_by_role("radio").last.check()
    expect(board.editor.locator(".area strong")).not_to_have_text(area)


def test_an_outline_and_a_hole_are_typed(registrar: Desk) -> None:
    board = Board(registrar, 47)
    board.take_up()
    west, south, east, north = board.bbox
    x, y = (east - west) / 4, (north - south) / 4
    middle = [(west + x, south + y), (east - x, south + y), (east - x, north - y), (west + x, north - y)]
    inner = [((lon + (west + east) / 2) / 2, (lat + (south + north) / 2) / 2) for lon, lat in middle]
    for what, corners, label, act in (
        ("新外界", middle, "新外界的点", "以此为外界"),
        ("挖除", inner, "挖除部分的点", "挖去这一块"),
    ):
        registrar.press("输入坐标…", within=board.editor)
        board.editor.get_by_text(what, exact=True).click()
        text = board.editor.get_by_label(label)
        text.fill("\n".join(f"{lat:.9f},{lon:.9f}" for lon, lat in corners[:2]))
        expect(board.editor.get_by_text("至少三个不同的点")).to_be_visible()
        expect(board.editor.get_by_role("button", name=act)).to_be_disabled()
        text.fill("\n".join(f"J{n},{lat:.9f},{lon:.9f}" for n, (lon, lat) in enumerate([*corners, corners[0]], 1)))
        registrar.is_accessible()
        registrar.press(act, within=board.editor)
        expect(text).to_have_count(0, timeout=60_000)
    expect(board.rows).to_have_count(4)
    expect(board.editor.get_by_label("圈").locator("option")).to_have_count(2)


def test_a_piece_is_cut_off_by_a_typed_line(registrar: Desk) -> None:
    board = Board(registrar, 45)
    board.take_up()
    before = board.figures()
    _cut_by_figures(board)
    kept = set(board.figures()) & set(before)
    assert kept, "what the line did not touch is what it was"
    registrar.press("撤销", within=board.bar)
    assert board.figures() == before


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "dark", DESKTOP), ("zh", "dark", PHONE)])
def test_the_editor_is_accessible(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str, size: tuple[int, int]
) -> None:
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        window.sign_in(accounts["registrar"])
        board = Board(window, 43)
        if size == PHONE:
            window.open(f"/desk/map?parcel={board.code}")
            window.press("编辑界址")
            expect(board.rows.first).to_be_visible()
            expect(board.bar).to_be_visible()
        else:
            board.take_up()
            board.field(0, "north").fill("x")
            board.field(0, "north").press("Enter")
            window.sees("is no coordinate")
        window.is_accessible()


def test_without_a_map_there_are_the_figures(registrar: Desk) -> None:
    board = Board(registrar, 44)
    registrar.page.add_init_script(NO_WEBGL2)
    registrar.open(f"/desk/map?parcel={board.code}")
    registrar.press("编辑界址")
    expect(board.rows.first).to_be_visible()
    registrar.sees("可在下表中逐点修改")
    _cut_by_figures(board)


def test_only_who_may_change_a_parcel_is_offered_it(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"])
        board = Board(window, 45)
        window.open(f"/desk/map?parcel={board.code}")
        expect(board.map.panel.get_by_text("平面面积")).to_be_visible()
        expect(window.page.get_by_role("button", name="编辑界址")).to_have_count(0)
