"""What a reader relies on is written down."""

from pathlib import Path

import pytest

from service.core.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_stands_in_the_readme_with_its_default(readme: str) -> None:
    text = (ROOT / readme).read_text()
    for name, field in Settings.model_fields.items():
        default = {None: "–", "": "–", True: "`true`", False: "`false`"}.get(field.default, f"`{field.default}`")
        assert f"| `GONGDI_{name.upper()}` | {default} |" in text, name


def test_every_decision_is_listed() -> None:
    folder = ROOT / "service" / "decisions"
    listed = (folder / "README.md").read_text()
    for page in folder.glob("0*.md"):
        title = page.read_text().splitlines()[0].removeprefix("# ")
        number, _, words = title.partition(" · ")
        assert f"- [{number}]({page.name}) {words}" in listed


def test_every_package_stands_on_the_map_of_packages() -> None:
    text = (ROOT / "service" / "README.md").read_text()
    for package in (path.parent.name for path in (ROOT / "service").glob("*/__init__.py")):
        assert f"`{package}`" in text, package
