"""`gongdi rules check FILE`: what somebody edited, before the service is given it."""

from pathlib import Path

from typer.testing import CliRunner

from service import cli
from service.rules.loader import FILE, BrokenRules


def test_a_sound_file_is_counted() -> None:
    shown = CliRunner().invoke(cli.app, ["rules", "check", str(FILE)])
    assert shown.exit_code == 0
    assert "law.toml: 58 条规则 rules" in shown.output


def test_a_broken_file_is_refused_with_every_fault(tmp_path: Path) -> None:
    file = tmp_path / "edited.toml"
    content = FILE.read_text(encoding="utf-8").replace("value = 20,", "value = -20,").replace('theme = "idle"', "", 1)
    file.write_text(content, encoding="utf-8")
    shown = CliRunner().invoke(cli.app, ["rules", "check", str(file)])
    assert isinstance(shown.exception, BrokenRules)
    assert [line.split(":")[2].strip() for line in shown.exception.en.splitlines()] == ["R01", "R01", "R60"]
