"""Merging and splitting at the desk: tried with areas and findings on the map, then done, then told everywhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import PHONE, Desk, desk

Accounts = dict[str, tuple[str, str]]
OLD = ["ZDLJ-018-01", "ZDLJ-018-02", "ZDLJ-018-03"]  # side by side, nobody concerned yet


@pytest.fixture
def window(browser: Browser, live_server: str, accounts: Accounts) -> Iterator[Desk]:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"])
        yield window


def work(window: Desk) -> Locator:
    """Return the panel in which parcels are merged or split."""
    return window.page.get_by_role("complementary", name=re.compile("^(合并|分割|Merge|Split)"))


def confirm(window: Desk, name: str) -> Locator:
    """Return the button that does it, once there is nothing against it."""
    button = work(window).get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=20_000)
    return button


def read(window: Desk, code: str) -> dict[str, Any]:
    """Read a parcel as the page could."""
    found: dict[str, Any] = window.page.evaluate(
        "async (code) => (await fetch(`/api/v1/parcels/${encodeURIComponent(code)}`)).json()", code
    )
    return found


def start_split(window: Desk, code: str) -> None:
    """Open a parcel and begin to split it."""
    window.open(f"/desk/map?parcel={code}&open=")
    expect(window.page.locator("[data-map-idle]")).to_be_visible(timeout=30_000)
    window.press("分割", within=window.page.get_by_role("complementary", name="地块详情"))
    expect(work(window).get_by_role("radio", name="画线")).to_be_checked()


def test_parcels_are_merged_and_everything_knows_it(window: Desk) -> None:
    window.open("/desk/map?open=list&q=ZDLJ-018")
    window.page.get_by_role("checkbox", name="选中列出的 3 宗").check()
    window.press("合并", within=window.page.get_by_role("region", name="已选地块"))
    panel = work(window)
    expect(panel.get_by_role("region", name="合并后")).to_contain_text("ZDLJ-018-01-M1", timeout=20_000)
    expect(panel).to_contain_text("平衡")
    expect(panel).to_contain_text("原地块的名称、坐落")
    for code in OLD:
        expect(panel.get_by_role("rowheader", name=code)).to_be_visible()
    window.is_accessible()
    panel.get_by_label("新编号").fill("LJ-合-01")
    expect(panel.get_by_role("region", name="合并后")).to_contain_text("LJ-合-01")
    panel.get_by_label("法定面积").fill("一百")
    expect(panel.get_by_role("button", name="合并", exact=True)).to_be_disabled()
    panel.get_by_label("法定面积").fill("")
    panel.get_by_label("原因").fill("整体供应")
    confirm(window, "合并").click()
    expect(panel.get_by_role("status")).to_contain_text("已合并")
    window.is_accessible()
    panel.get_by_role("button", name="打开 LJ-合-01").click()
    details = window.page.get_by_role("complementary", name="地块详情")
    expect(details.get_by_role("heading").first).to_contain_text("LJ-合-01")
    details.get_by_role("tab", name="历史").click()
    expect(details.locator(".lineage")).to_contain_text("整体供应")
    assert "chosen" not in window.page.url
    window.open(f"/desk/map?parcel={OLD[0]}")
    expect(details.get_by_role("status").filter(has_text="编号不再使用")).to_contain_text("LJ-合-01")


def give_legal_areas(window: Desk, code: str) -> list[float]:
    """Give both parts a legal area: first out of balance, which refuses the split, then as the old one has it."""
    whole = round(read(window, code)["area_legal_m2"], 2)
    parts = work(window).get_by_role("region", name="分割后")
    first, second = (parts.get_by_label(f"第 {n} 部分的法定面积") for n in (1, 2))
    given = [round(whole * 0.5, 2)]
    first.fill(str(given[0]))
    expect(parts).to_contain_text("1 块待填", timeout=20_000)
    second.fill(str(whole))
    expect(work(window)).to_contain_text("法定面积不平衡", timeout=20_000)
    expect(work(window).get_by_role("button", name="分割", exact=True)).to_be_disabled()
    given.append(round(whole - given[0], 2))
    second.fill(str(given[1]))
    expect(work(window)).not_to_contain_text("法定面积不平衡", timeout=20_000)
    window.is_accessible()
    return given


def test_a_parcel_is_split_by_a_line_drawn_on_the_map(window: Desk) -> None:
    start_split(window, "ZDBS-022-01")
    expect(work(window)).to_contain_text("请在地图上画分割线")
    expect(window.page.locator("[data-map-idle]")).to_be_visible(timeout=30_000)
    box = window.page.locator("canvas.maplibregl-canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    for share in (0.06, 0.5, 0.97, 0.97):
        window.page.mouse.move(middle, box["y"] + share * box["height"])
        window.page.mouse.click(middle, box["y"] + share * box["height"], delay=30)
    parts = work(window).get_by_role("region", name="分割后")
    expect(parts.get_by_role("row")).to_have_count(3, timeout=20_000)
    expect(parts).to_contain_text("平衡")
    window.is_accessible()
    work(window).get_by_label("第 1 部分的编号").fill("BS-西")
    legal = give_legal_areas(window, "ZDBS-022-01")
    confirm(window, "分割").click()
    receipt = work(window).get_by_role("status")
    expect(receipt).to_contain_text("已分割")
    expect(receipt.get_by_role("button", name="打开 ZDBS-022-01-2")).to_be_visible()
    receipt.get_by_role("button", name="打开 BS-西").click()
    details = window.page.get_by_role("complementary", name="地块详情")
    expect(details.get_by_role("heading").first).to_contain_text("BS-西")
    old = read(window, "ZDBS-022-01")
    assert (old["retired_on"], old["successors"]) == ("2022-11-15", ["BS-西", "ZDBS-022-01-2"])
    assert [read(window, code)["area_legal_m2"] for code in old["successors"]] == legal


def test_a_parcel_is_split_by_typed_coordinates_and_leaving_asks_first(window: Desk) -> None:
    start_split(window, "ZDLJ-020-02")
    west, south, east, north = read(window, "ZDLJ-020-02")["bbox"]
    work(window).get_by_text("坐标", exact=True).click()
    field = work(window).get_by_label("分割线的点")
    field.fill("甲乙")
    expect(work(window)).to_contain_text("第 1 行不是坐标")
    middle = (west + east) / 2
    # In metres the line is measured and drawn as it is typed, and written again it is the same line.
    field.fill("J1,3849110.265,38475283.393\nJ2,3849210.265,38475283.393")
    expect(work(window)).to_contain_text("2 个点，CGCS2000 3° 带，带号 38（EPSG:4526），长 100.00 m")
    field.fill(f"J1,1,{south - 0.0005},{middle}\nJ2,1,{north + 0.0005},{middle}")
    expect(work(window)).to_contain_text("2 个点，CGCS2000 经纬度")
    expect(work(window).get_by_role("region", name="分割后").get_by_role("row")).to_have_count(3, timeout=20_000)
    work(window).get_by_label("第 1 部分的编号").fill("ZDBS-001-01")
    expect(work(window).get_by_role("alert")).to_contain_text("编号已用过：ZDBS-001-01", timeout=20_000)
    expect(work(window).get_by_role("button", name="分割", exact=True)).to_be_disabled()
    work(window).get_by_label("第 1 部分的编号").fill("LJ-甲")
    expect(work(window).get_by_role("alert")).to_have_count(0, timeout=20_000)
    third = west + (east - west) / 3
    zigzag = [(south - 0.0005, middle), (north + 0.0005, middle), (north + 0.0005, third), (south - 0.0005, third)]
    field.fill("\n".join(f"{lat},{lon}" for lat, lon in zigzag))
    expect(work(window).get_by_role("region", name="分割后").get_by_role("row")).to_have_count(4, timeout=20_000)
    expect(work(window).get_by_label("第 1 部分的编号")).to_have_value("")
    window.press("关闭", within=work(window))
    window.page.get_by_role("dialog").get_by_role("button", name="继续填写").click()
    confirm(window, "分割").click()
    expect(work(window).get_by_role("status")).to_contain_text("已分割")


def test_a_parcel_is_split_into_the_parts_of_a_file(window: Desk, tmp_path: Path) -> None:
    code = "ZDBS-026-01"
    start_split(window, code)
    plot = shapely.geometry.shape(read(window, code)["geometry"])
    west, south, east, north = plot.bounds
    middle = (west + east) / 2
    halves = [plot & shapely.box(west, south, middle, north), plot & shapely.box(middle, south, east, north)]
    features = [
        {"type": "Feature", "properties": {"地块编号": f"BS-{at}"}, "geometry": shapely.geometry.mapping(half)}
        for at, half in enumerate(halves, 1)
    ]
    file = tmp_path / "分割成果.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features[:1]}), encoding="utf-8")
    work(window).get_by_text("文件", exact=True).click()
    window.page.set_input_files("aside input[type=file]:not([hidden])", file)
    expect(work(window)).to_contain_text("读到 1 个图形", timeout=30_000)
    expect(work(window).get_by_role("button", name="分割", exact=True)).to_be_disabled()
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    window.press("移除文件", within=work(window))
    window.page.set_input_files("aside input[type=file]:not([hidden])", file)
    expect(work(window)).to_contain_text("读到 2 个图形", timeout=30_000)
    expect(work(window).get_by_label("第 2 部分的编号")).to_have_value("BS-2", timeout=20_000)
    window.is_accessible()
    confirm(window, "分割").click()
    expect(work(window).get_by_role("status")).to_contain_text("BS-1")
    assert read(window, "BS-2")["survey"]["source_crs"] == 4326


def test_what_concerns_others_is_for_an_approver_with_reason_and_document(
    browser: Browser, live_server: str, accounts: Accounts, tmp_path: Path
) -> None:
    for role in ("registrar", "approver"):
        with desk(browser, live_server) as window:
            window.sign_in(accounts[role])
            listed = (
                "async () => (await (await fetch('/api/v1/parcels?stage=completed&hold=none&sort=code')).json()).items"
            )
            parcel = window.page.evaluate(listed)[0]
            start_split(window, parcel["code"])
            west, south, east, north = parcel["bbox"]
            work(window).get_by_text("坐标", exact=True).click()
            middle = (west + east) / 2
            work(window).get_by_label("分割线的点").fill(f"{middle},{south - 0.0005}\n{middle},{north + 0.0005}")
            expect(work(window)).to_contain_text("已建成，变更须经审批人同意", timeout=20_000)
            if role == "registrar":
                expect(work(window)).to_contain_text("须由审批人办理")
                expect(work(window).get_by_label("特批理由")).to_have_count(0)
                expect(work(window).get_by_role("button", name="分割", exact=True)).to_be_disabled()
                continue
            expect(work(window)).to_contain_text("请填写特批理由")
            work(window).get_by_label("特批理由").fill("按批复分期供应")
            expect(work(window)).to_contain_text("请附依据文件")
            order = tmp_path / "批复.txt"
            order.write_text("同意分割", encoding="utf-8")
            window.page.set_input_files("aside input[type=file][hidden]", order)
            confirm(window, "分割").click()
            expect(work(window).get_by_role("status")).to_contain_text("已分割")
            window.is_accessible()


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("zh", "light")])
def test_merging_fits_a_phone(
    browser: Browser, live_server: str, accounts: Accounts, language: str, theme: str
) -> None:
    with desk(browser, live_server, size=PHONE, language=language, theme=theme) as window:
        window.sign_in(accounts["registrar"], then="/desk/map?chosen=ZDBS-032-01,ZDBS-032-02&open=")
        window.page.get_by_role("button", name=re.compile("^(合并|Merge)$")).click()
        expect(work(window)).to_contain_text("ZDBS-032-01-M1", timeout=20_000)
        window.is_accessible()
