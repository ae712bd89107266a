"""A parcel's plan, asked for in its panel."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import DESKTOP, PHONE, Desk, desk
from tests.dossier import paper

Accounts = dict[str, tuple[str, str]]
NAMES = {"zh": ("打印宗地图", "生成 PDF"), "en": ("Print parcel plan", "Make PDF")}
Opened = Callable[..., AbstractContextManager[tuple[Desk, Locator]]]


@pytest.fixture
def opened(browser: Browser, live_server: str, accounts: Accounts) -> Opened:
    """Open the sheet on a parcel of the demo, as a reader."""

    @contextmanager
    def open_sheet(
        *, language: str = "zh", theme: str = "light", size: tuple[int, int] = DESKTOP
    ) -> Iterator[tuple[Desk, Locator]]:
        with desk(browser, live_server, language=language, theme=theme, size=size) as window:
            window.come_in(accounts["viewer"])
            answer = window.page.request.get(f"{live_server}/api/v1/parcels?limit=1&sort=-area_m2")
            window.open(f"/desk/map?parcel={answer.json()['items'][0]['code']}")
            window.press(NAMES[language][0])
            yield window, window.page.get_by_role("dialog")

    return open_sheet


def test_the_plan_opens_as_pdf(opened: Opened) -> None:
    with opened() as (window, sheet):
        sheet.get_by_text("A3", exact=True).click()
        window.press(NAMES["zh"][1], within=sheet)
        expect(sheet.get_by_text("宗地图已生成")).to_be_visible()
        link = sheet.get_by_role("link", name="打开宗地图").get_attribute("href")
        assert link is not None
        answer = window.page.request.get(window.address + link)
        assert re.search(r"paper=A3&lang=zh$", link)
        assert "宗 地 图" in paper.text_of(answer.body())


def test_a_scale_that_does_not_fit_is_explained_in_the_sheet(opened: Opened) -> None:
    with opened() as (window, sheet):
        sheet.get_by_label("比例尺").select_option("1:200")
        window.press(NAMES["zh"][1], within=sheet)
        expect(sheet.get_by_role("alert")).to_contain_text("放不下 1:200")
        window.is_accessible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_sheet_is_for_everybody(opened: Opened, theme: str, size: tuple[int, int]) -> None:
    for language in ("zh", "en"):
        with opened(language=language, theme=theme, size=size) as (window, sheet):
            window.press(NAMES[language][1], within=sheet)
            expect(sheet.get_by_role("status")).to_be_visible()
            window.is_accessible()
