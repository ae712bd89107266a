"""The desk of templates and rules: whom an item is given to, a newer template, rules of a district, forecasts anew."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from service.accounts.access import system
from service.accounts.models import User
from service.accounts.permissions import Role
from service.checklist import template_loader
from service.checklist.models import ChecklistPolicy
from service.checklist.template_loader import templates
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.browser.driver import DESKTOP, PHONE, Desk, desk
from tests.factories.checklists import finish, make_checklist
from tests.factories.parcels import make_parcel

Accounts = dict[str, tuple[str, str]]
RELICS, SHORT, LONG = "BT-F4", "standard_land", "zhengdong"


def running(database: Database, code: str) -> int:
    """Return a checklist of the short template, opened while the district's rule was that one, with some items done."""
    with database.write(system("test")) as session:
        parcel = make_parcel(session, code=code, stage=Stage.cleared)
        rule = session.get_one(ChecklistPolicy, parcel.jurisdiction_id)
        before, rule.template_key = rule.template_key, SHORT
        checklist = make_checklist(session, parcel, planned_sale_on=dt.date(2023, 9, 1))
        rule.template_key = before
        finish(session, checklist, only={"BT-A2", "BT-A3", "BT-B1"})
        return checklist.id


def test_an_item_is_given_to_somebody_picked_from_a_list(
    browser: Browser, live_server: str, accounts: Accounts, district: Database
) -> None:
    number = running(district, "BTR-person")
    with district.write(system("test")) as session:
        name = "文物经办二号"
        session.add(
            User(
                username="relics2", display_name=name, role=Role.TRACK_OFFICER, lead_bureau="cultural_relics",
                password_hash="none",
            )
        )  # fmt: skip
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then=f"/desk/checklists/{number}/list?item={RELICS}")
        sheet = page.get_by_role("dialog")
        owner = sheet.get_by_label(re.compile("^经办人"))
        # The bureau's people and those who run the whole; nobody of another bureau.
        expect(owner.locator("optgroup")).to_have_count(2)
        expect(owner.locator("optgroup").first).to_have_attribute("label", "文物局")
        owner.select_option(label=f"{name} (relics2)")
        window.is_accessible()
        sheet.get_by_role("button", name="保存", exact=True).click()
        expect(page.locator("tr", has=page.get_by_role("button", name="打开 勘探结果处理意见"))).to_contain_text(name)


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the service ship a newer version of the short template, read and checked as at its start."""
    for path in template_loader.FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    path = tmp_path / f"{SHORT}.toml"
    head, *items = re.split(r"(?m)^(?=\[\[(?:items|traditional)\]\]$)", path.read_text(encoding="utf-8"))
    by_key = {match[1]: text for text in items if (match := re.search(r'(?m)^key = "([\w-]+)"', text))}
    changed = {
        "BT-B1": by_key["BT-B1"].replace("days = 10", "days = 12"),
        "BT-B3": by_key["BT-B3"].replace(" or use:public or soil_risk", " or not cleared"),
        "BT-C2": by_key["BT-C2"].replace('lead = "natural_resources"', 'lead = "management_committee"')
        .replace('needs = ["BT-B2"]', 'needs = ["BT-B2", "BT-C9"]'),
        "BT-C9": re.sub(r"(?m)^title = .*$", 'title = "方案专家评审"', re.sub(
            r"(?m)^title_en = .*$", 'title_en = "Review by experts"', by_key["BT-E0"].replace("BT-E0", "BT-C9"))),
    }  # fmt: skip
    assert all(text != by_key.get(key) for key, text in changed.items())
    texts = {key: text for key, text in by_key.items() if key != "BT-E0"} | changed
    rest = "".join(text for text in items if text.startswith("[[traditional"))
    head = re.sub(r"(?m)^version = \d+$", f"version = {templates()[SHORT].version + 1}", head, count=1)
    content = head + "".join(text for text in texts.values() if text.startswith("[[items"))
    path.write_text(content.replace(', "BT-E0"', "").replace('"BT-E0", ', "") + rest, encoding="utf-8")
    monkeypatch.setattr(template_loader, "FOLDER", tmp_path)
    template_loader.templates.cache_clear()
    yield
    monkeypatch.undo()
    template_loader.templates.cache_clear()


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_running_checklist_is_moved_to_a_newer_template(
    browser: Browser,
    live_server: str,
    accounts: Accounts,
    district: Database,
    size: tuple[int, int],
    theme: str,
    request: pytest.FixtureRequest,
) -> None:
    number = running(district, f"BTR-newer-{theme}")  # by the version before
    request.getfixturevalue("newer")
    version = templates()[SHORT].version
    with desk(browser, live_server, size=size, theme=theme) as window:
        page = window.page
        window.sign_in(accounts["planner"], then=f"/desk/checklists/{number}/list")
        window.press(f"更换为第 {version} 版")
        sheet = page.get_by_role("dialog")
        for word in (
            "新增事项 · 1",
            "+方案专家评审",
            "移除事项 · 1",
            "BT-E0",
            "未具备",
            "工期 10 → 12",
            "+ 方案专家评审",
        ):
            expect(sheet).to_contain_text(word)
        expect(sheet).to_contain_text("牵头单位 自然资源和规划局 → 管委会")
        expect(sheet).to_contain_text("住宅用地 或 非“已是净地”")
        window.is_accessible()
        sheet.get_by_role("button", name="更换", exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name=f"更换为第 {version} 版")).to_have_count(0)
        expect(page.locator(".about")).to_contain_text(f"第 {version} 版")
        window.open(f"/desk/checklists/templates/{SHORT}/{version}/differences")
        expect(page.get_by_text("BT-C9")).to_be_visible()
        window.is_accessible()


def test_a_district_is_given_its_rule(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["viewer"], then="/desk/checklists/rules")
        expect(page.get_by_role("button", name=re.compile("^设定规定"))).to_have_count(0)
        expect(page.get_by_role("button", name="全部重算")).to_have_count(0)
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["administrator"], then="/desk/checklists/rules")
        page.get_by_role("button", name=re.compile("^设定规定")).first.click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("模板").select_option(label="标准地简表（工业净地）")
        day = sheet.get_by_role("combobox", name="自公告日起")
        day.fill("2030-01-01")
        day.press("Enter")
        expect(sheet.get_by_text("2030-01-01 及以后公告的宗地")).to_be_visible()
        window.is_accessible()
        sheet.get_by_role("button", name="保存规定").click()
        expect(page.get_by_text("自 2030-01-01 公告起，每宗地须有清单")).to_be_visible()


def test_all_forecasts_are_started_and_watched(
    browser: Browser, live_server: str, accounts: Accounts, district: Database, run_jobs: Callable[[], None]
) -> None:
    running(district, "BTR-run")
    with desk(browser, live_server) as window:
        page = window.page
        window.sign_in(accounts["planner"], then="/desk/checklists/rules")
        panel = page.get_by_role("region", name="重算全部工期")
        panel.get_by_role("button", name="全部重算").click()
        expect(panel.get_by_text("等待执行")).to_be_visible()
        window.is_accessible()
        run_jobs()
        expect(panel.get_by_text(re.compile("已重算 [0-9,]+ 份")).first).to_be_visible()
        expect(panel.get_by_role("button", name="全部重算")).to_be_enabled()
        page.get_by_role("button", name=re.compile("^任务")).click()
        expect(page.locator(".task-tray").get_by_text(re.compile("已重算"))).to_be_visible()


@pytest.mark.parametrize(("size", "theme", "language"), [(DESKTOP, "dark", "en"), (PHONE, "light", "zh")])
def test_every_page_is_accessible(
    browser: Browser, live_server: str, accounts: Accounts, size: tuple[int, int], theme: str, language: str
) -> None:
    with desk(browser, live_server, size=size, theme=theme, language=language) as window:
        window.come_in(accounts["administrator"])
        whole = f"templates/{LONG}/{templates()[LONG].version}"
        for path in ("templates", f"{whole}/courses", f"{whole}/differences", "rules"):
            window.open(f"/desk/checklists/{path}")
            expect(window.page.get_by_role("heading", level=1)).to_be_visible()
            window.is_accessible()
        window.press({"en": "Reassign items", "zh": "改派事项"}[language])
        expect(window.page.get_by_role("dialog")).to_be_visible()
        window.is_accessible()


def printed(window: Desk, tmp_path: Path) -> PdfReader:
    """Print the page as it stands, on the paper that it asks for."""
    path = tmp_path / "print.pdf"
    window.page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    return PdfReader(path)


def test_paper_is_white_whatever_the_screen_is(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server, theme="dark") as window:
        window.sign_in(accounts["viewer"], then="/desk/checklists/matrix")
        ground = "getComputedStyle(document.documentElement).getPropertyValue('--surface').trim()"
        dark = window.page.evaluate(ground)
        window.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert window.page.evaluate(ground) in {"#fff", "#ffffff"} - {dark}
        window.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert window.page.evaluate(ground) == dark


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_matrix_prints_to_a3(
    browser: Browser, live_server: str, accounts: Accounts, tmp_path: Path, language: str
) -> None:
    with desk(browser, live_server, language=language) as window:
        window.sign_in(accounts["viewer"], then="/desk/checklists/matrix")
        rows = window.page.locator(".matrix tbody tr")
        expect(rows.first).to_be_visible()
        codes = [one.split()[0] for one in rows.locator(".parcel a").all_inner_texts()]
        paper = printed(window, tmp_path)
        pages = [one.extract_text() for one in paper.pages]
        width, height = (round(float(side) / 72 * 25.4) for side in paper.pages[0].mediabox[2:])
        assert (width, height) == (420, 297)
        whole = "".join(pages)
        assert [code for code in codes if code not in whole] == []
        # Every sheet has the whole head again, the names of the tracks too.
        track = {"zh": "项目选址", "en": "Siting"}[language]
        sheets = [text.replace(" ", "") for text in pages if any(code in text for code in codes)]
        assert sheets
        assert [text for text in sheets if track not in text] == []
