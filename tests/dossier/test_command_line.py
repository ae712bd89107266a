"""`gongdi plan`: the same plan without a browser."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from service import cli, cli_data
from service.accounts.access import Actor
from service.core.db import Database
from service.core.settings import Settings
from tests.dossier import paper
from tests.factories.parcels import make_parcel, square


@pytest.fixture
def parcel(database: Database, actor: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """One parcel of 1 ha, and the command line on the tests' database."""
    for name in ("home", "database_url", "app_url", "public_url", "today"):
        monkeypatch.setenv(f"GONGDI_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("GONGDI_DEMO", "true")
    with database.write(actor) as session:
        return make_parcel(session, code="ZD-1", geometry=square()).code


def test_a_plan_is_written_and_recorded(parcel: str, tmp_path: Path, owner: psycopg.Connection[Any]) -> None:
    target = tmp_path / "宗地图.pdf"
    shown = CliRunner().invoke(cli.app, ["plan", parcel, str(target), "--paper", "A3", "--lang", "en"])
    assert shown.exit_code == 0, shown.output
    assert "Scale  1:500" in paper.text_of(target.read_bytes())
    recorded = owner.execute("SELECT actor, subject_id FROM audit_entry WHERE action = 'parcel:printed'").fetchall()
    assert recorded == [(cli_data.COMMAND_LINE.label, parcel)]


def test_what_does_not_fit_leaves_no_file(parcel: str, tmp_path: Path) -> None:
    target = tmp_path / "plan.pdf"
    assert CliRunner().invoke(cli.app, ["plan", parcel, str(target), "--scale", "100"]).exit_code == 1
    assert not target.exists()
