"""Users, keys and the audit log, as the administrator uses them."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.driver import desk

Accounts = dict[str, tuple[str, str]]
PASSWORD = "tall trees by the lake"


def test_a_new_user_signs_in_until_deactivated(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window, desk(browser, live_server) as theirs:
        window.sign_in(accounts["administrator"], then="/desk/admin/users")
        window.press("新增用户")
        window.fill("姓名", "周经办")
        window.press("保存")
        window.sees("请填写用户名")
        window.fill("用户名", "zhou")
        window.fill("密码", "passwordpassword1")
        window.keys("Enter")
        window.sees("过于常见")
        window.is_accessible()
        window.fill("密码", PASSWORD)
        window.keys("Enter")
        expect(window.row("zhou")).to_contain_text("正常")

        theirs.sign_in(("zhou", PASSWORD))
        window.press("停用", within=window.row("zhou"))
        window.is_accessible()
        window.press("停用", within=window.page.get_by_role("dialog"))
        expect(window.row("zhou")).to_contain_text("已停用")
        theirs.page.reload()
        expect(theirs.page).to_have_url(re.compile("/login"))


def test_leaving_a_filled_form_asks_first(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["administrator"], then="/desk/admin/users")
        window.press("新增用户")
        window.fill("姓名", "未保存")
        window.keys("Escape")
        window.press("继续填写")
        expect(window.page.get_by_label("姓名")).to_have_value("未保存")
        window.press("取消")
        window.press("离开")
        expect(window.page.get_by_label("姓名")).to_have_count(0)


def test_a_key_is_shown_once_and_ends_when_revoked(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["administrator"], then="/desk/admin/keys")
        window.press("新建密钥")
        window.fill("名称", "journey-key")
        window.keys("Enter")
        key = window.page.locator("[data-secret]").inner_text()
        window.is_accessible()
        request = window.page.context.request
        bearer = {"Authorization": f"Bearer {key}", "Cookie": ""}
        assert request.get(f"{live_server}/api/v1/jurisdictions", headers=bearer).status == 200
        window.press("我已保存")
        window.press("撤销", within=window.row("journey-key"))
        window.press("撤销", within=window.page.get_by_role("dialog"))
        expect(window.row("journey-key")).to_contain_text("已撤销")
        assert key not in window.page.content()
        assert request.get(f"{live_server}/api/v1/jurisdictions", headers=bearer).status == 401


def test_the_audit_log_shows_what_changed(browser: Browser, live_server: str, accounts: Accounts) -> None:
    with desk(browser, live_server) as window:
        window.sign_in(accounts["administrator"], then="/desk/admin/audit")
        window.sees("链条校验通过")
        action, subject = (window.page.get_by_role("combobox", name=name) for name in ("动作", "对象类型"))
        action.click()
        expect(window.page.get_by_role("option", name="登录被拒")).to_contain_text("登录与账户")
        action.fill("没有这种动作")
        window.sees("没有匹配的选项")
        action.fill("新建用")
        expect(window.page.get_by_role("option")).to_have_count(1)
        window.is_accessible()
        window.page.get_by_role("option", name="新建用户").click()
        subject.fill("api_k")
        expect(window.page.get_by_role("option", name="接口密钥")).to_be_visible()
        subject.fill("user")
        window.page.get_by_role("option", name="用户 登录与账户", exact=True).click()
        window.press("筛选")
        expect(window.page).to_have_url(re.compile("action=user(:|%3A)created&subject_type=user$"))
        rows = window.page.get_by_role("row").filter(has_text="新建用户")
        expect(rows.first).to_contain_text("用户")
        expect(window.page.get_by_role("row").filter(has_text="登录")).to_have_count(0)
        rows.first.get_by_role("button", name=re.compile("^查看")).click()
        window.sees("变更后")
        window.sees("user:created user")
        window.is_accessible()
        window.page.go_back()
        expect(window.page).to_have_url(re.compile("/desk/admin/audit$"))
        expect(window.page.get_by_role("button", name="清除筛选")).to_have_count(0)
