"""`gongdi import` and `gongdi review`: what a clerk reads at a terminal, and an approver's word given there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyogrio
import pytest
from typer.testing import CliRunner

from service import cli
from service.core.settings import Settings
from service.imports.review_commands import ApprovalNeeded
from tests.imports.conftest import Outcome, geojson, square
from tests.imports.test_review import answered, resurveyed
from tests.imports.test_run import package

Gongdi = Callable[..., Any]


@pytest.fixture
def gongdi(settings: Settings, district: str, monkeypatch: pytest.MonkeyPatch) -> Gongdi:
    """The command line on the tests' database, where there is one district."""
    assert district
    for name in ("home", "database_url", "app_url", "public_url", "today"):
        monkeypatch.setenv(f"GONGDI_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("GONGDI_DEMO", "true")
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


def faulty(tmp_path: Path) -> Path:
    """Nine rows: seven days that are none, each another, and two names that are too long."""
    fields = [
        {"地块编号": f"A-{i}", "登记日期": f"[/b] {i}" if i < 8 else None, "地块名称": "长" * 201 if i > 7 else "甲"}
        for i in range(1, 10)
    ]
    rows = [(square(113.72 + i / 100), each) for i, each in enumerate(fields)]
    return geojson(tmp_path / "成果.geojson", *rows)


def test_what_says_the_same_is_one_line_and_of_what_is_alike_the_first_few_are_shown(
    gongdi: Gongdi, tmp_path: Path
) -> None:
    shown = gongdi("import", faulty(tmp_path))
    assert shown.exit_code == 1, shown.exception
    lines = shown.output.splitlines()
    assert [line for line in lines if "第 8、9 行：文字超过 200 个字符 · The text is longer" in line] != []
    days = [line for line in lines if "不是日期" in line]
    assert len(days) == 5, "of seven"
    assert "第 1 行：“[/b] 1”不是日期 · [/b] 1 is not a date" in days[0], "brackets are text, not colour"
    assert "  … 另有同类 2 条 · 2 more of this kind (date_unreadable)" in lines
    assert any(line.strip().startswith("全部逐条 All of them: gongdi review findings") for line in lines)


def test_the_whole_list_is_there_for_the_asking_also_as_a_file(
    gongdi: Gongdi, tmp_path: Path, owner: psycopg.Connection[Any]
) -> None:
    gongdi("import", faulty(tmp_path))
    (number, errors, warnings) = owner.execute("SELECT id, errors, warnings FROM import").fetchone() or (0, 0, 0)
    lines = gongdi("review", "findings", number).output.splitlines()
    assert len([line for line in lines if line.startswith(("✗", "!"))]) == errors + warnings
    assert lines[-1] == f"检查结果 Findings: {errors + warnings}"
    for name in ("问题.xlsx", "问题.gpkg"):
        assert gongdi("review", "findings", number, "--to", tmp_path / name, "--lang", "en").exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "问题.xlsx").active
    assert sheet is not None
    assert sheet.max_row == errors + warnings + 1
    assert len(pyogrio.read_dataframe(tmp_path / "问题.gpkg")) == errors + warnings
    assert gongdi("review", "findings", number, "--to", tmp_path / "问题.doc").exit_code == 2


def test_an_approvers_word_is_given_at_the_terminal_to_publish_and_to_undo(
    gongdi: Gongdi, tmp_path: Path, bring_in: Callable[..., Outcome], owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    assert gongdi("import", "--review", resurveyed(tmp_path, "ZD-005")).exit_code == 0
    (number,) = owner.execute("SELECT max(id) FROM import").fetchone() or (0,)
    for act, done in (("publish", "published"), ("undo", "undone")):
        said = answered(owner, "ZD-005")
        word = ("--reason", said.reason, "--document", said.document_id)
        refused = gongdi("review", act, number)
        assert isinstance(refused.exception, ApprovalNeeded), refused.output
        assert gongdi("review", act, number, *word[:2]).exit_code == 2
        assert gongdi("review", act, number, "--reason", " ", *word[2:]).exit_code == 2
        shown = gongdi("review", act, number, *word)
        assert (shown.exit_code, done in shown.output) == (0, True), shown.output
    kept = owner.execute(
        "SELECT override_reason, override_document_id, undo_reason, undo_document_id FROM import WHERE id = %s",
        (number,),
    ).fetchone()
    assert kept == (said.reason, said.document_id - 1, said.reason, said.document_id)
