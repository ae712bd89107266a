"""The whole way of a dirty file: findings on the map, a repair, publication, a split, and the plan on paper."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.driver import Desk, desk
from tests.dossier import paper

Accounts = dict[str, tuple[str, str]]
# Open country of the demo district, CGCS2000 degrees.
WEST, SOUTH, SIDE = 113.8440, 34.8220, 0.0010


def feature(code: str, step: int, *inserted: tuple[float, float]) -> dict[str, Any]:
    """Return a square plot; `inserted` are points of its northern border, in shares of its side."""
    west = WEST + step * 2 * SIDE
    ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), *inserted, (0.0, 1.0), (0.0, 0.0)]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"全程地块 {code}", "land_use": "100101"},
        "geometry": {"type": "Polygon", "coordinates": [[[west + x * SIDE, SOUTH + y * SIDE] for x, y in ring]]},
    }


def answer(window: Desk, path: str) -> dict[str, Any]:
    """Read from the API as the page could."""
    found: dict[str, Any] = window.page.evaluate("async (path) => (await fetch(path)).json()", path)
    return found


def test_a_dirty_file_is_repaired_published_split_and_printed(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    # Borders that cross themselves in a loop, all but the last.
    loop = ((0.3, 1.5), (0.7, 1.5))
    features = [*(feature(f"QC-0{n}", n - 1, *loop) for n in (1, 2, 3)), feature("QC-04", 3)]
    file = tmp_path / "带自相交的地块.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then="/desk/imports")
        window.page.set_input_files("input[type=file]", file)
        window.press("开始导入")
        expect(window.page).to_have_url(re.compile(r"/desk/imports/\d+$"))
        run_jobs()
        repair(window)
        run_jobs()
        repair_the_others(window)
        run_jobs()
        publish(window)
        run_jobs()
        window.sees("已入库：4 宗地块新增或变更")
        split(window)
        print_plan(window)


def repair(window: Desk) -> None:
    """Open the error on the map, look at the repair before and after, and take it."""
    window.page.get_by_role("link", name="检查结果").click()
    findings = window.page.get_by_role("region", name="检查结果")
    error = findings.get_by_role("row").filter(has_text="self_crossing").first
    expect(error).to_contain_text("错误")
    error.get_by_role("button", name="在地图上看第 1 行").click()
    expect(window.page).to_have_url(re.compile(r"finding=\d+"))
    expect(window.page.get_by_test_id("map")).to_have_attribute("data-map-idle", "true", timeout=30_000)
    offers = window.page.get_by_role("region", name="可用的修复")
    offers.get_by_role("button", name="看前后").first.click()
    window.is_accessible()
    offers.get_by_role("button", name="采用").first.click()
    window.sees("检查完成后，结果会逐条列在这里")


def repair_the_others(window: Desk) -> None:
    """Choose all errors that are left, look at their repairs together, and take them in one step."""
    findings = window.page.get_by_role("region", name="检查结果")
    findings.get_by_role("checkbox", name="选中可修复的 2 处").check(timeout=20_000)
    batch = window.page.get_by_role("region", name="一并修复")
    expect(batch.get_by_role("listitem")).to_have_count(2)
    expect(batch.get_by_role("listitem").first).to_contain_text("重建为有效图形", timeout=20_000)
    window.is_accessible()
    batch.get_by_role("button", name="采用 2 处修复").click()
    window.sees("检查完成后，结果会逐条列在这里")


def publish(window: Desk) -> None:
    """Publish what was reviewed."""
    button = window.page.get_by_role("button", name="入库…")
    expect(button).to_be_enabled(timeout=20_000)
    button.click()
    with window.page.expect_response(re.compile(r"/publication$")):
        window.press("确认入库")


def split(window: Desk) -> None:
    """Cut the repaired parcel in two by typed coordinates."""
    window.open("/desk/map?parcel=QC-01&open=")
    expect(window.page.locator("[data-map-idle]")).to_be_visible(timeout=30_000)
    window.press("分割", within=window.page.get_by_role("complementary", name="地块详情"))
    work = window.page.get_by_role("complementary", name=re.compile("^分割"))
    work.get_by_text("坐标", exact=True).click()
    middle = WEST + 0.2 * SIDE
    work.get_by_label("分割线的点").fill(f"J1,1,{SOUTH - SIDE},{middle}\nJ2,1,{SOUTH + 2 * SIDE},{middle}")
    # The repair made the loop a part of its own, so that a line makes three of them.
    expect(work.get_by_role("region", name="分割后").get_by_role("row")).to_have_count(4, timeout=20_000)
    work.get_by_label("第 1 部分的编号").fill("QC-甲")
    button = work.get_by_role("button", name="分割", exact=True)
    expect(button).to_be_enabled(timeout=20_000)
    button.click()
    expect(work.get_by_role("status")).to_contain_text("已分割")
    old = answer(window, "/api/v1/parcels/QC-01")
    assert "QC-甲" in old["successors"]
    work.get_by_role("button", name="打开 QC-甲").click()


def print_plan(window: Desk) -> None:
    """Print the plan of a part; it names the part."""
    window.press("打印宗地图")
    sheet = window.page.get_by_role("dialog")
    window.press("生成 PDF", within=sheet)
    expect(sheet.get_by_text("宗地图已生成")).to_be_visible(timeout=30_000)
    link = sheet.get_by_role("link", name="打开宗地图").get_attribute("href")
    assert link is not None
    text = paper.text_of(window.page.request.get(window.address + link).body())
    assert "宗 地 图" in text
    assert "QC-甲" in text
