"""Control layers at the desk: what they mean for a parcel, a new version, and results that say they are out of date."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import DESKTOP, PHONE, desk

Accounts = dict[str, tuple[str, str]]
# Three rules at once: in the demo's invented tomb zones, inside its growth boundary.
PARCEL = "/desk/map?parcel=ZDJC-042-02&tab=constraints&layers=control"


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("zh", "light", DESKTOP), ("en", "dark", PHONE)],
    ids=["zh-light-desk", "en-dark-phone"],
)
def test_a_parcel_tells_its_constraints_the_gravest_first(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str, size: tuple[int, int]
) -> None:
    words = {"zh": ("禁止", "须办手续", "允许"), "en": ("Forbidden", "Needs procedure", "Allowed")}[language]
    with desk(browser, live_server, language=language, theme=theme, size=size) as window:
        window.sign_in(accounts["viewer"], then=PARCEL)
        items = window.page.get_by_role("tabpanel").get_by_role("listitem")
        expect(items).to_have_count(3)
        for item, word in zip(items.all(), words, strict=True):
            expect(item).to_contain_text(word)
        expect(items.first).to_contain_text(re.compile(r"14\.\d%"))
        expect(window.page.get_by_role("button", name=re.compile("分析|Compare"))).to_have_count(
            0
        )  # a viewer only looks
        window.is_accessible()


def test_a_new_version_makes_results_stale_until_they_are_made_again(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    ring = [[113.70, 34.80], [113.71, 34.80], [113.71, 34.81], [113.70, 34.80]]
    area = {"type": "Feature", "properties": {"名称": "新范围"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    file = tmp_path / "保护范围.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [area]}), encoding="utf-8")
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["registrar"], then="/desk/control-layers")
        expect(window.row("示意文物保护范围")).to_contain_text("现行")
        page.get_by_role("button", name="开始导入").click()
        expect(page.get_by_text("请选择类型")).to_be_visible()
        window.is_accessible()
        page.set_input_files("input[type=file]", file)
        window.choose("类型", "文物保护单位保护范围")
        window.fill("图层名称", "示意文物保护范围")
        window.fill("来源", "示意数据〔2022〕2号")
        page.get_by_label("数据日期").fill("2022-11-01")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="开始导入").click()
        expect(page.get_by_role("heading", name="保护范围.geojson")).to_be_visible()
        run_jobs()
        expect(page.get_by_text("管控图层已生效：1 个区域")).to_be_visible()

        window.open("/desk/control-layers")
        expect(window.row("示意文物保护范围")).to_contain_text("2022-11-01")
        page.get_by_text("显示历史版本").click()
        expect(window.row("示意文物保护范围")).to_have_count(2)
        expect(page.get_by_text(re.compile("被替换"))).to_have_count(1)
        window.is_accessible()

        window.open("/desk/constraints?stale=true&type=relic_protection")
        expect(window.row("ZDJC-042-02")).to_contain_text("已过期")
        window.is_accessible()
        window.open(PARCEL)
        panel = page.get_by_role("tabpanel")
        expect(panel.get_by_text("管控图层或地块图形在分析后有变化")).to_be_visible()
        expect(panel.get_by_role("listitem").first).to_contain_text("已过期")
        window.is_accessible()
        panel.get_by_role("button", name="重新分析").click()
        expect(panel.get_by_role("listitem")).to_have_count(2)
        expect(panel.get_by_text("已过期")).to_have_count(0)


def test_all_parcels_are_compared_by_a_job(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None]
) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"], then="/desk/control-layers")
        expect(window.page.get_by_role("form", name="导入管控图层")).to_have_count(0)  # a planner brings no layers in
        window.page.get_by_role("button", name="分析全部地块").click()
        bulk = window.page.get_by_role("main").get_by_role("region", name="批量分析")
        expect(bulk.get_by_text("等待处理")).to_be_visible()
        window.press("任务，1 项进行中")
        expect(window.page.get_by_role("tooltip").get_by_text("等待处理")).to_be_visible()
        run_jobs()
        expect(bulk.get_by_text(re.compile(r"分析完成：1,6\d\d 宗"))).to_be_visible()
        window.is_accessible()
        window.open("/desk/constraints")
        results = window.page.get_by_role("main").get_by_role("row")
        expect(results.nth(1)).to_contain_text(re.compile(r"（第 \d 版，2022-06-30）.*示意数据，不是法定界线"))
        window.is_accessible()


def test_a_layer_is_withdrawn_with_a_reason(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["registrar"], then="/desk/control-layers")
        page.get_by_role("button", name="撤回“示意近期供应片区”").click()
        sheet = page.get_by_role("dialog")
        window.press("撤回", within=sheet)
        expect(sheet.get_by_text("请写明撤回原因")).to_be_visible()
        window.is_accessible()
        window.fill("撤回原因", "范围有误")
        window.press("撤回", within=sheet)
        expect(window.row("示意近期供应片区")).to_have_count(0)
        page.get_by_text("显示历史版本").click()
        expect(window.row("示意近期供应片区")).to_contain_text("范围有误")
    with desk(browser, live_server, language="en", theme="dark", size=PHONE) as window:
        window.sign_in(accounts["registrar"], then="/desk/control-layers")
        window.is_accessible()
