"""The desk as a person uses it: pages, fields and buttons by the words on them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
DESKTOP, PHONE = (1440, 900), (390, 844)
_VIOLATIONS = """async () => (await axe.run()).violations.map(
    (rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).slice(0, 5).join(' | ')}`)"""
_OVERFLOW = """() => ['html', 'main'].flatMap((name) => [...document.querySelectorAll(name)])
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.tagName} ${one.scrollWidth}`)"""


@dataclass(slots=True)
class Desk:
    """One browser window."""

    page: Page
    address: str
    outside: list[str]
    errors: list[str]

    def open(self, path: str) -> None:
        """Go to an address of the service and wait until it has what it asked for."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def come_in(self, account: tuple[str, str]) -> None:
        """Begin a session without opening a page; the form at the door has tests of its own."""
        answer = self.page.request.post(
            f"{self.address}/api/v1/session", data={"username": account[0], "password": account[1]}
        )
        assert answer.ok, answer.text()

    def sign_in(self, account: tuple[str, str], *, then: str = "/desk/account") -> None:
        """Begin a session and open a page."""
        self.come_in(account)
        self.open(then)
        assert "/login" not in self.page.url

    def fill(self, label: str, text: str) -> None:
        """Write into the field with this label (a pattern for the whole label)."""
        self.page.get_by_label(re.compile(f"^({label})$")).fill(text)

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button with this name."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def choose(self, label: str, option: str, *, within: Locator | None = None) -> None:
        """Pick from a list by keyboard and name."""
        (within or self.page).get_by_role("combobox", name=label).press("Enter")
        self.page.get_by_role("option", name=option).click()

    def keys(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def row(self, text: str) -> Locator:
        """Return the table row that holds a text."""
        return self.page.get_by_role("row").filter(has_text=text)

    def sees(self, text: str) -> None:
        """Wait until a text is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def is_accessible(self) -> None:
        """Hold the page as it stands to axe's rules and to its own width."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(_VIOLATIONS)
        assert found == [], found
        wide: list[str] = self.page.evaluate(_OVERFLOW)
        assert wide == []


@contextmanager
def desk(
    browser: Browser, address: str, *, language: str = "zh", theme: str = "light", size: tuple[int, int] = DESKTOP
) -> Iterator[Desk]:
    """Open a window of its own, with no one signed in; afterwards nothing may have gone out or broken."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(15_000)
    remembered = json.dumps({"language": language, "theme": theme})
    context.add_init_script(
        f"for (const [name, value] of Object.entries({remembered})) "
        "if (localStorage.getItem(name) === null) localStorage.setItem(name, value)"
    )
    page = context.new_page()
    window = Desk(page, address, [], [])
    page.on("request", lambda request: _note_outside(window, request.url))
    page.on("pageerror", lambda error: window.errors.append(str(error)))
    try:
        yield window
        assert window.outside == []
        assert window.errors == []
    finally:
        context.close()


def _note_outside(window: Desk, url: str) -> None:
    if not url.startswith((window.address, "data:", "blob:")):
        window.outside.append(url)


def local_storage(window: Desk, name: str) -> str | None:
    """Return what the browser remembers under a name."""
    found: str | None = window.page.evaluate("(name) => localStorage.getItem(name)", name)
    return found
