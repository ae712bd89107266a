"""From a file on the desk to parcels on the map, or to findings a clerk understands."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas
import pandas as pd
import shapely
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driver import Desk, desk

Accounts = dict[str, tuple[str, str]]
SEED = Path(__file__).parents[2] / "gis_data" / "seed"
# Open country of the demo district, CGCS2000 degrees.
FREE_LON, FREE_LAT = 113.8440, 34.8140


def _square(code: str, step: int) -> dict[str, object]:
    west, south, side = FREE_LON + step * 0.0012, FREE_LAT, 0.0008
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"测试地块 {code}", "land_use": "100101"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _submit(window: Desk, file: Path, *, at_once: bool = False) -> None:
    window.page.set_input_files("input[type=file]", file)
    if at_once:
        window.page.get_by_text("直接入库：没有错误就入库").click()
    window.press("开始导入")
    expect(window.page).to_have_url(re.compile(r"/desk/imports/\d+$"))


def test_a_clean_file_is_published_and_leads_to_the_map(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    features = [_square("WEB-IMPORT-01", 0), _square("WEB-IMPORT-02", 1)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    file = tmp_path / "新增地块.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then="/desk/imports")
        _submit(window, file, at_once=True)
        expect(window.page.get_by_role("heading", level=1)).to_have_text("新增地块.geojson")
        window.page.reload()
        expect(window.page.get_by_role("button", name="任务，1 项进行中")).to_be_visible()
        window.is_accessible()
        run_jobs()
        window.sees("入库 2 宗地块")
        expect(window.page.get_by_role("button", name="任务", exact=True)).to_be_visible()
        window.is_accessible()
        window.press("在地图上查看")
        expect(window.page).to_have_url(re.compile(r"/desk/map\?.*jurisdiction=ZDXQ"))


def test_a_file_of_known_parcels_is_refused_row_by_row(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None]
) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then="/desk/imports")
        _submit(window, SEED / "parcels_new.txt", at_once=True)
        run_jobs()
        window.sees("没有入库")
        findings = window.page.get_by_role("region", name="检查结果")
        expect(findings.get_by_role("row").nth(1)).to_contain_text("错误")
        window.is_accessible()
        window.page.get_by_text(re.compile(r"^提醒 \d+$")).click()
        expect(findings.get_by_text("错误", exact=True)).to_have_count(0)
        window.open("/desk/imports")
        expect(window.row("parcels_new.txt").filter(has_text="已退回")).to_be_visible()


def test_what_is_missing_is_said_at_the_field(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then="/desk/imports")
        window.press("开始导入")
        window.sees("请选择文件")
        window.is_accessible()


def test_who_may_only_read_sees_results_and_no_upload(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["planner"], then="/desk/imports")
        expect(window.page.get_by_role("heading", name="导入记录")).to_be_visible()
        expect(window.page.get_by_role("button", name="开始导入")).to_have_count(0)
        expect(window.row("parcels_west.gpkg")).to_contain_text("已入库")


def _changed_delivery(path: Path) -> None:
    """A piece of the demo district, delivered again: one moved, one renamed, one left out, one new.

    A piece that no other journey changes: they share the district. The land that moves is in reserve, so that nobody
    else has a say in its boundary.
    """
    frame = geopandas.read_file(SEED / "parcels_west.gpkg", rows=40)
    frame.geometry = [
        shapely.affinity.translate(shape, 0, 0.4) if i == 2 else shape for i, shape in enumerate(frame.geometry)
    ]
    frame.loc[12, "地块名称"] = "改名后的地块"
    frame = frame.drop(index=[3])
    new = frame.iloc[[0]].assign(地块编号="WEB-REVIEW-01", 地块名称="新增的地块", 宗地代码=None, 法定面积=None)
    here = geopandas.GeoSeries([shapely.box(113.8440, 34.8180, 113.8448, 34.8188)], crs=4490).to_crs(frame.crs)
    new = new.set_geometry(here.to_numpy())
    pd.concat([frame, new.set_crs(frame.crs)]).to_file(path)


def test_a_second_delivery_is_reviewed_published_and_taken_back(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    _changed_delivery(tmp_path / "西区再次交付.gpkg")
    with desk(browser, live_server) as window:
        window.sign_in(accounts["registrar"], then="/desk/imports")
        _submit(window, tmp_path / "西区再次交付.gpkg")
        run_jobs()
        window.sees("待审：尚未入库")
        mapping = window.page.get_by_role("region", name="文件的列填入哪些字段")
        expect(mapping.get_by_role("combobox", name="地块编号 填入")).to_have_value("code")
        window.is_accessible()
        window.page.get_by_role("link", name="检查结果").click()
        expect(window.page.get_by_role("region", name="检查结果")).to_be_visible()
        window.is_accessible()
        window.page.get_by_role("link", name="变更比对").click()
        # What the file misses is counted in its box, where the demo district has parcels of its own.
        for word, count in (("新增", "1"), ("界线变化", "1"), ("属性变化", "1"), ("文件中没有", r"[1-9][\d,]*")):
            expect(window.page.get_by_text(re.compile(f"^{word} {count}$"))).to_be_visible()
        window.page.get_by_text(re.compile(r"^属性变化 1$")).click()
        expect(window.row("改名后的地块")).to_be_visible()
        window.page.get_by_text(re.compile(r"^界线变化 1$")).click()
        expect(window.row("改名后的地块")).to_have_count(0)
        window.page.get_by_role("button", name=re.compile("^在地图上看")).click()
        expect(window.page).to_have_url(re.compile(r"/changes\?action=geometry&row=3$"))
        expect(window.page.get_by_test_id("map")).to_have_attribute("data-map-idle", "true", timeout=20_000)
        window.is_accessible()
        window.press("入库…")
        window.sees("1 宗地块有新的界线测量，原测量保留")
        window.is_accessible()
        window.press("确认入库")
        main = window.page.get_by_role("main")
        expect(main.get_by_text("正在入库").first).to_be_visible()  # the order has arrived
        run_jobs()
        window.sees("已入库：3 宗地块新增或变更")
        window.press("撤销入库…")
        window.press("撤销入库", within=window.page.get_by_role("dialog", name="撤销入库"))
        expect(main.get_by_text("正在撤销").first).to_be_visible()
        run_jobs()
        window.sees("已撤销：库中恢复到入库之前")
        window.is_accessible()


def _moved_though_it_concerns_others(window: Desk, path: Path) -> str:
    """One piece of the demo district that is built on by now, 0.4 m farther north, with nothing near; its code."""
    frame = geopandas.read_file(SEED / "parcels_west.gpkg")
    query = "/api/v1/parcels?stage=completed&sort=-area_m2&limit=1000"
    codes = {each["code"] for each in window.page.request.get(window.address + query).json()["items"]}
    for at in frame.index[frame["地块编号"].isin(codes)]:
        if frame.drop(index=at).distance(frame.geometry[at]).min() > 1:
            break
    one = frame.loc[[at]]
    one.geometry = one.translate(0, 0.4)
    one.to_file(path)
    return str(frame["地块编号"][at])


def _answers(window: Desk, form: Locator, reason: str, tmp_path: Path) -> None:
    """Give the reason and the document that an approver is asked for."""
    act = form.get_by_role("button", name=re.compile("^(确认入库|撤销入库)$"))
    act.click()
    asked = form.get_by_role("alert")
    expect(asked).to_contain_text("须由审批人说明理由并附依据文件")
    expect(act).to_be_disabled()
    form.get_by_label("理由", exact=True).fill(reason)
    expect(act).to_be_disabled()
    file = tmp_path / f"{reason}.txt"
    file.write_text(reason, encoding="utf-8")
    window.page.set_input_files("input[type=file][aria-label='上传文件']", file)
    expect(act).to_be_enabled()
    window.is_accessible()
    act.click()


def _clerk_is_asked_for_an_approver(window: Desk, run_jobs: Callable[[], None], file: Path) -> tuple[str, str]:
    """Bring the file in and try to publish it; the code of its parcel, and where the import is read."""
    code = _moved_though_it_concerns_others(window, file)
    _submit(window, file)
    run_jobs()
    window.sees("待审：尚未入库")
    window.press("入库…")
    sheet = window.page.get_by_role("dialog", name="入库")
    window.press("确认入库", within=sheet)
    expect(sheet.get_by_role("alert")).to_contain_text(code)
    expect(sheet.get_by_role("button", name="确认入库")).to_be_disabled()
    expect(sheet.get_by_text("须由审批人办理")).to_be_visible()
    expect(sheet.get_by_label("理由", exact=True)).to_have_count(0)
    return code, window.page.url.removeprefix(window.address)


def _history(window: Desk, code: str) -> Locator:
    """Open the parcel's history and return what was surveyed."""
    window.open(f"/desk/map?parcel={code}")
    window.page.get_by_role("tab", name="历史").click()
    surveys = window.page.get_by_role("listitem").filter(has_text="EPSG:")
    expect(surveys.first).to_be_visible()
    return surveys


def test_a_boundary_that_concerns_others_moves_and_goes_back_by_an_approvers_word(
    browser: Browser, live_server: str, accounts: Accounts, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    with desk(browser, live_server) as clerk:
        clerk.sign_in(accounts["registrar"], then="/desk/imports")
        code, address = _clerk_is_asked_for_an_approver(clerk, run_jobs, tmp_path / "竣工复测.gpkg")
    with desk(browser, live_server) as window:
        window.sign_in(accounts["approver"], then=address)
        window.page.get_by_role("link", name="检查结果").click()
        expect(window.row("新界线须由审批人说明理由并附依据文件")).to_contain_text(code)
        window.press("入库…")
        _answers(window, window.page.get_by_role("dialog", name="入库"), "竣工复测发现原点有误", tmp_path)
        main = window.page.get_by_role("main")
        expect(main.get_by_text("正在入库").first).to_be_visible()
        run_jobs()
        window.sees("已入库：1 宗地块新增或变更")
        who = accounts["approver"][0]
        receipt = main.get_by_role("status").filter(has_text="已入库")
        expect(receipt).to_contain_text(f"{who} 同意变更涉及他人的界线： 竣工复测发现原点有误")
        expect(receipt.get_by_role("link", name="依据文件")).to_have_attribute("href", re.compile("/documents/"))
        window.is_accessible()
        kept = _history(window, code).filter(has_text="特批理由 竣工复测发现原点有误")
        expect(kept).to_contain_text(who)
        expect(kept.get_by_role("link", name="竣工复测发现原点有误")).to_be_visible()
        window.is_accessible()
        window.open(address)
        window.press("撤销入库…")
        _answers(window, window.page.get_by_role("dialog", name="撤销入库"), "复测报告撤回", tmp_path)
        expect(main.get_by_text("正在撤销").first).to_be_visible()
        run_jobs()
        window.sees("已撤销：库中恢复到入库之前")
        expect(main.get_by_role("status").filter(has_text="已撤销")).to_contain_text(
            f"{who} 同意恢复涉及他人的界线： 复测报告撤回"
        )
        window.is_accessible()
        expect(_history(window, code).filter(has_text="竣工复测发现原点有误")).to_have_count(0)
