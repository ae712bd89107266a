"""The map page as the desk uses it: look, find, filter, choose, record; by pointer and keyboard, on desk and phone."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk

Accounts = dict[str, tuple[str, str]]
# In the middle of the demo district, near enough for codes on the parcels.
NEAR = "/desk/map?at=15.5/34.775/113.745"


class OnMap:
    """The map page in the words of who works with it."""

    def __init__(self, window: Desk) -> None:
        self.window = window
        self.page: Page = window.page

    def is_drawn(self) -> None:
        """Wait until the map has drawn what it was asked for."""
        expect(self.page.locator("[data-map-idle]")).to_be_visible(timeout=30_000)

    @property
    def canvas(self) -> Locator:
        """The map itself."""
        return self.page.locator("canvas.maplibregl-canvas")

    @property
    def panel(self) -> Locator:
        """Details of the chosen parcel."""
        return self.page.get_by_role("complementary", name="地块详情")

    @property
    def legend(self) -> Locator:
        """Stages with their counts."""
        return self.page.get_by_role("group", name="图例：勾选即筛选")

    @property
    def rows(self) -> Locator:
        """Rows of the list."""
        return self.page.locator(".parcel-list tbody tr")

    def chosen(self) -> str:
        """Code of the chosen parcel, once its details are there."""
        expect(self.panel.get_by_text("平面面积")).to_be_visible()
        return self.panel.get_by_role("heading").first.inner_text().split()[0]

    def click(self, share_x: float = 0.5, share_y: float = 0.5) -> None:
        """Click the map, by shares of its width and height."""
        box = self.canvas.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + share_x * box["width"], box["y"] + share_y * box["height"])

    def middle_colours(self) -> set[str]:
        """Colours around the middle of the map, as drawn (the label covers the very middle)."""
        box = self.canvas.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        shot = self.page.screenshot(clip={"x": x - 60, "y": y - 60, "width": 120, "height": 24})
        found: list[str] = self.page.evaluate(_COLOURS, list(shot))
        return set(found)

    def address(self) -> dict[str, str]:
        """What the address says."""
        return {
            name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query, keep_blank_values=True).items()
        }


NO_WEBGL2 = """const get = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === 'webgl2' ? null : get.call(this, kind, ...rest)
}"""

_COLOURS = """async (bytes) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const data = context.getImageData(0, 0, image.width, image.height).data, counts = {}
    for (let at = 0; at < data.length; at += 4) {
        const key = '#' + [...data.slice(at, at + 3)].map((one) => (one >> 4).toString(16)).join('')
        counts[key] = (counts[key] ?? 0) + 1
    }
    return Object.entries(counts).filter(([, n]) => n > data.length / 4 / 5).map(([key]) => key)
}"""


@pytest.fixture
def map_page(browser: Browser, live_server: str, accounts: Accounts) -> Callable[..., AbstractContextManager[OnMap]]:
    """Open a window on the map page, signed in; Chinese, light, at a desk unless said otherwise."""

    @contextmanager
    def start(
        path: str, role: str = "registrar", *, size: tuple[int, int] = DESKTOP, drawn: bool = True
    ) -> Iterator[OnMap]:
        with desk(browser, live_server, size=size) as window:
            window.come_in(accounts[role])
            window.open(path)
            page = OnMap(window)
            if drawn:
                page.is_drawn()
            yield page

    return start


MapPage = Callable[..., AbstractContextManager[OnMap]]


def test_the_district_is_drawn_with_a_legend_that_counts_it(map_page: MapPage) -> None:
    with map_page("/desk/map") as page:
        total = re.search(r"当前范围内 ([\d,]+) 宗", page.legend.inner_text())
        assert total
        assert int(total[1].replace(",", "")) > 1000
        expect(page.legend.get_by_role("checkbox", name=re.compile("挂牌中"))).to_be_checked()
        expect(page.page.locator(".maplibregl-ctrl-attrib")).to_contain_text("示意数据")
        assert page.address() == {}
        page.window.is_accessible()


def test_it_says_that_it_loads_until_it_is_drawn_and_then_no_more(map_page: MapPage) -> None:
    with map_page("/desk/account", drawn=False) as page:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.page.route("**/tiles/parcels/*/*/*", hold)
        page.page.goto(f"{page.window.address}{NEAR}")
        loading = page.page.get_by_role("status").filter(has_text="正在加载地图")
        busy = page.page.locator("[aria-busy=true]").filter(has=page.canvas)
        expect(loading).to_be_visible()
        expect(busy).to_have_count(1)
        page.page.wait_for_timeout(500)
        expect(loading).to_be_visible()
        page.window.is_accessible()
        for each in held:
            each.continue_()
        expect(loading).to_have_count(0)
        expect(busy).to_have_count(0)
        page.is_drawn()
        held.clear()
        page.canvas.focus()
        page.window.keys(*["ArrowRight"] * 12)
        for _ in range(10):
            page.page.wait_for_timeout(50)
            assert loading.count() == busy.count() == 0
        assert held
        for each in held:
            each.continue_()
        page.is_drawn()


def test_a_click_chooses_a_parcel_and_the_link_remembers_it(map_page: MapPage) -> None:
    with map_page(NEAR) as page:
        page.click()
        code = page.chosen()
        assert page.address()["parcel"] == code
        page.window.is_accessible()
        page.page.reload()
        page.is_drawn()
        assert page.chosen() == code
        page.page.get_by_role("tab", name="历史").click()
        expect(page.panel.locator("li time").first).to_be_visible()
        page.window.is_accessible()
        page.window.keys("Escape")
        expect(page.panel).to_have_count(0)
        assert "parcel" not in page.address()


def test_search_finds_a_code_and_goes_there(map_page: MapPage) -> None:
    with map_page("/desk/map") as page:
        page.window.keys("/")
        page.page.keyboard.type("ZDRY-0")
        options = page.page.get_by_role("listbox", name="搜索地块").get_by_role("option")
        expect(options.nth(1)).to_be_visible()
        wanted = options.nth(1).locator(".label").inner_text()
        page.window.keys("ArrowDown", "Enter")
        assert page.chosen() == wanted
        expect(page.page).to_have_url(re.compile(r"at=1[4-7]"))


def test_search_takes_coordinates(map_page: MapPage) -> None:
    with map_page("/desk/map") as page:
        page.window.keys("/")
        page.page.keyboard.type("113.7455,34.7752")
        page.page.get_by_role("option", name=re.compile("经纬度")).click()
        expect(page.page).to_have_url(re.compile(r"mark=113.7455%2C34.7752|mark=113.7455,34.7752"))
        expect(page.page).to_have_url(re.compile(r"at=16"))


def test_search_by_easting_and_northing_flies_there_off_any_parcel(map_page: MapPage) -> None:
    with map_page("/desk/map") as page:
        page.window.keys("/")
        page.page.keyboard.type("500000,3800000")
        page.page.get_by_role("option", name=re.compile("经纬度")).click()
        expect(page.page).to_have_url(re.compile(r"at=16(\.0)?/34\.3\d+/11[34]\.?\d*"))


def test_an_address_restores_the_whole_view(map_page: MapPage) -> None:
    path = "/desk/map?at=14/34.775/113.745&stage=market&layers=-roads&open=layers,list&sort=-area_m2"
    with map_page(path) as page:
        expect(page.rows.first).to_be_visible()
        words = page.rows.locator("td.stage").all_inner_texts()
        assert {word.split()[0] for word in words} <= {"已公告", "挂牌中"}
        areas = [float(text.replace(",", "")) for text in page.rows.locator("td.area").all_inner_texts()]
        assert areas == sorted(areas, reverse=True)
        expect(page.page.get_by_role("checkbox", name="道路")).not_to_be_checked()
        assert page.address()["at"] == "14/34.775/113.745"


def test_a_filter_narrows_list_and_legend_and_its_chip_undoes_it(map_page: MapPage) -> None:
    with map_page("/desk/map?open=layers,list") as page:
        heading = page.page.get_by_role("region", name="地块列表").locator(".total")
        expect(heading).to_contain_text("宗")
        everything = heading.inner_text()
        page.page.get_by_label("办事处", exact=True).select_option(index=1)
        expect(heading).not_to_have_text(everything)
        page.legend.get_by_role("checkbox", name=re.compile("^储备")).uncheck()
        expect(page.page).to_have_url(re.compile("stage="))
        expect(page.rows.first).to_be_visible()
        assert not {"谋划", "收储中", "已入储备", "净地"} & set(page.rows.locator("td.stage").all_inner_texts())
        page.is_drawn()
        page.window.is_accessible()
        page.page.get_by_role("button", name="清除全部").click()
        expect(heading).to_have_text(everything)


def test_row_and_map_point_at_each_other_by_keyboard(map_page: MapPage) -> None:
    with map_page(f"{NEAR}&open=list") as page:
        page.rows.first.get_by_role("button").focus()
        page.window.keys("ArrowDown", "Enter")
        code = page.chosen()
        expect(page.rows.nth(1)).to_have_class(re.compile("selected"))
        assert code in page.rows.nth(1).inner_text()
        page.window.keys("Escape")
        page.canvas.focus()
        page.window.keys("Enter")
        page.chosen()


def test_a_recorded_event_changes_the_colour_of_the_parcel(map_page: MapPage) -> None:
    with map_page("/desk/map?stage=delivered&idle=none&open=list", "listing_officer") as page:
        page.rows.first.get_by_role("button").click()
        page.chosen()
        page.is_drawn()
        page.window.press("清除全部")
        page.page.get_by_role("button", name="列表").click()
        page.window.press("在地图上定位")
        page.is_drawn()
        before = page.middle_colours()
        page.window.press("办理")
        sheet = page.page.get_by_role("dialog")
        expect(sheet.get_by_role("button", name="登记", exact=True)).to_be_disabled()
        expect(sheet).to_contain_text("请选择办理事项")
        page.window.is_accessible()
        sheet.get_by_text("动工").click()
        sheet.get_by_role("button", name="登记", exact=True).click()
        expect(sheet).to_contain_text("登记号")
        expect(sheet.locator("dd.mono")).to_have_text(re.compile(r"^\d+$"))
        page.window.is_accessible()
        page.window.press("关闭", within=sheet.locator(".receipt"))
        expect(page.panel).to_contain_text("已动工")
        page.is_drawn()
        assert page.middle_colours() != before


def test_who_may_only_read_is_offered_nothing_else(map_page: MapPage) -> None:
    with map_page(NEAR, "viewer") as page:
        page.click()
        page.chosen()
        expect(page.page.get_by_role("button", name="办理")).to_have_count(0)


def test_a_day_in_the_past_is_said_and_sent(map_page: MapPage) -> None:
    with map_page(f"{NEAR}&as_of=2020-06-30&open=list") as page:
        expect(page.page.get_by_text("正在查看 2020-06-30 的状态")).to_be_visible()
        expect(page.rows.first).to_be_visible()
        page.rows.first.get_by_role("button").click()
        expect(page.panel.get_by_text("状态起始")).to_be_visible()
        since = page.panel.locator("dt", has_text="状态起始").locator("+ dd").inner_text()
        assert since <= "2020-06-30"
        expect(page.page.get_by_role("button", name="办理")).to_have_count(0)


def test_without_webgl2_the_list_does_the_work(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.page.add_init_script(NO_WEBGL2)
        window.sign_in(accounts["viewer"], then="/desk/map")
        page = OnMap(window)
        window.sees("浏览器不支持 WebGL 2")
        page.rows.first.get_by_role("button").click()
        page.chosen()
        window.is_accessible()


def test_a_phone_shows_one_sheet_at_a_time(map_page: MapPage) -> None:
    with map_page(NEAR, size=PHONE) as page:
        tools = page.page.get_by_role("toolbar", name="地图工具")
        tools.get_by_role("button", name="图层").click()
        expect(page.legend).to_be_visible()
        page.window.is_accessible()
        tools_box = page.page.get_by_role("region", name="图层与图例").bounding_box()
        assert tools_box is not None
        assert tools_box["width"] == PHONE[0]
        page.window.keys("Escape")
        expect(page.legend).to_have_count(0)
        tools.get_by_role("button", name="列表").click()
        page.rows.first.get_by_role("button").click()
        page.chosen()
        expect(page.rows).to_have_count(0)
        page.window.is_accessible()


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("en", "light"), ("zh", "dark")])
def test_every_look_is_accessible(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str
) -> None:
    with desk(browser, live_server, language=language, theme=theme) as window:
        window.come_in(accounts["registrar"])
        window.open(f"{NEAR}&open=layers,list&stage=market,supplied")
        page = OnMap(window)
        page.is_drawn()
        page.rows.first.get_by_role("button").click()
        expect(page.page.get_by_role("tablist")).to_be_visible()
        window.page.wait_for_load_state("networkidle")
        window.is_accessible()
