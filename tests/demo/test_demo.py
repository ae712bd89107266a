"""The demo as loaded: through the import, with history and accounts; again without harm; never over real data."""

import datetime as dt
import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
from starlette.testclient import TestClient

from service import demo
from service.accounts.access import system
from service.accounts.permissions import Role
from service.audit.verify import verify
from service.checklist.states import Stored
from service.checklist.template_loader import templates
from service.contracts.checking import disagreements
from service.core import clock
from service.core.db import Database
from service.core.settings import Settings
from service.geo.geojson import parse_polygon
from service.main import create_app
from service.parcels.changes import ParcelCreate
from service.parcels.commands import create_parcel
from service.regions.models import Jurisdiction
from tests.caller import Caller
from tests.conftest import Demo

SQUARE = {"type": "Polygon", "coordinates": [[[113.5, 34.5], [113.501, 34.5], [113.501, 34.501], [113.5, 34.5]]]}


def figures(owner: psycopg.Connection[Any]) -> dict[str, int]:
    tables = (
        "parcel",
        "parcel_event",
        "parcel_survey",
        "import",
        "document",
        "backdrop_feature",
        "region",
        "user_account",
        "blocked_period",
        "supply_scheme",
        "lot",
        "contract",
    )
    return {table: owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # type: ignore[index]


class Mine(NamedTuple):
    """A demo that a test may change: its database, settings with its home, a look behind its back, what was told."""

    database: Database
    settings: Settings
    owner: psycopg.Connection[Any]
    told: list[str]


@pytest.fixture
def mine(new_demo: Callable[[], Demo]) -> Iterator[Mine]:
    """The demo as loaded."""
    clock.fix_today(demo.TODAY)
    urls, settings, told = new_demo()
    database = Database(settings)
    database.pool.open()
    with psycopg.connect(urls.owner_url, autocommit=True) as owner:
        yield Mine(database, settings, owner, told)
    database.close()


def test_the_district_comes_in_by_import_with_its_history(mine: Mine) -> None:
    database, _, owner, told = mine
    found = figures(owner)
    assert found["parcel"] == found["parcel_survey"] == 1_660
    assert (found["import"], found["region"]) == (11, 15)
    stages = Counter(dict(owner.execute("SELECT stage, count(*) FROM parcel GROUP BY 1").fetchall()))
    assert len(stages) == 15, "every stage is on the map"
    assert owner.execute("SELECT count(*) FROM parcel WHERE region_id IS NULL OR county_code IS NULL").fetchone() == (
        0,
    )
    assert owner.execute("SELECT max(effective_on) FROM parcel_event").fetchone() == (dt.date(2022, 11, 15),)
    crs = owner.execute("SELECT DISTINCT source_crs FROM parcel_survey ORDER BY 1").fetchall()
    assert crs == [(4490,), (4526,), (4547,)]
    said = ["区域", *["导入"] * 11, "管控分析", "地块历史", "封控时段", "供应计划", "供应", "八同步", "演示账号"]
    assert [line.partition(" ")[0] for line in told] == said
    rules = dict(owner.execute("SELECT rule, count(*) FROM overlay_result GROUP BY 1").fetchall())
    assert rules.keys() == {"forbidden", "needs_procedure", "allowed"}
    assert owner.execute("SELECT count(*) FROM overlay_check").fetchone() == (1_660,)
    with database.read() as session:
        assert demo.is_loaded(session)
        assert verify(session).ok
        assert not disagreements(session)
    assert {row[0] for row in owner.execute("SELECT state FROM checklist_item")} == {*Stored}
    assert {row[0] for row in owner.execute("SELECT readiness FROM checklist")} == {
        "ready",
        "on_time",
        "late",
        "blocked",
    }


def test_the_accounts_of_the_demo_open_the_door(mine: Mine) -> None:
    path = mine.settings.home / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = json.loads(path.read_text(encoding="utf-8"))
    assert {account["role"] for account in written["accounts"]} == set(Role)
    account = written["accounts"][0]
    with TestClient(create_app(mine.settings), base_url="http://127.0.0.1:8000") as client:
        signed_in = client.post("/api/v1/session", json={key: account[key] for key in ("username", "password")})
        assert signed_in.json()["user"]["role"] == account["role"]
        client.cookies.clear()
        program = Caller(client, {"authorization": f"Bearer {written['api_key']}"})
        assert program.get("/api/v1/jurisdictions").json()["items"][0]["code"] == demo.JURISDICTION
        assert program.post("/api/v1/imports").status_code == 403


def test_every_bureau_has_something_to_do_and_checklists_know_their_round(mine: Mine) -> None:
    owner = mine.owner
    accounts = json.loads((mine.settings.home / "demo.json").read_text(encoding="utf-8"))["accounts"]
    signs = {each["username"]: {key: each[key] for key in ("username", "password")} for each in accounts}
    with TestClient(create_app(mine.settings), base_url="http://127.0.0.1:8000") as client:
        assert client.post("/api/v1/session", json=signs["track"]).status_code == 200
        own = client.get("/api/v1/checklists/inbox", params={"mine": "true"}).json()["items"]
        assert {item["state"] for item in own} >= {"in_progress", "returned"}
        assert {item["lead"] for item in own} == {"cultural_relics"}
        client.cookies.clear()
        assert client.post("/api/v1/session", json=signs["planner"]).status_code == 200
        items = templates()["zhengdong"].items
        for lead in {item.lead for item in items if item.follows is None and item.begins is None}:
            assert client.get("/api/v1/checklists/inbox", params={"lead": lead}).json()["n"], lead
    days = owner.execute("""
        SELECT c.lot_id = l.id, c.planned_listing_on = (l.opens_at AT TIME ZONE 'Asia/Shanghai')::date,
          c.planned_sale_on = coalesce(l.sold_on,
            (coalesce(l.closes_at, l.opens_at) AT TIME ZONE 'Asia/Shanghai')::date)
        FROM checklist c JOIN lot_parcel lp ON lp.parcel_id = c.parcel_id AND (lp.live OR c.lot_id = lp.lot_id)
        JOIN lot l ON l.id = lp.lot_id""").fetchall()
    assert len(days) == 12
    assert all(all(row) for row in days)
    late = """SELECT count(*) FROM checklist c JOIN parcel p ON p.id = c.parcel_id
        WHERE planned_sale_on <= %s AND p.stage NOT IN ('sold', 'contracted')"""
    assert owner.execute(late, [demo.TODAY]).fetchone() == (0,)


def test_loading_again_changes_nothing(mine: Mine) -> None:
    database, settings, owner, told = mine
    before, accounts = figures(owner), (settings.home / "demo.json").read_text(encoding="utf-8")
    demo.load(database, settings, told.append)
    assert figures(owner) == before
    assert (settings.home / "demo.json").read_text(encoding="utf-8") == accounts


def test_lost_accounts_get_new_passwords(mine: Mine) -> None:
    path = mine.settings.home / "demo.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    demo.write_accounts(mine.database, mine.settings)
    after = json.loads(path.read_text(encoding="utf-8"))
    assert [each["username"] for each in after["accounts"]] == [each["username"] for each in before["accounts"]]
    assert after["accounts"][0]["password"] != before["accounts"][0]["password"]


def add_parcel(database: Database, code: str) -> None:
    with database.write(system("test")) as session:
        new = ParcelCreate(code=code, jurisdiction=demo.JURISDICTION)
        create_parcel(session, system("test"), new, parse_polygon(SQUARE))


def test_reset_puts_the_first_state_back_and_keeps_the_audit_log(mine: Mine) -> None:
    database, settings, owner, told = mine
    before = figures(owner)
    audited = owner.execute("SELECT count(*) FROM audit_entry").fetchone()
    owner.execute("UPDATE parcel SET name = 'changed' WHERE code = 'ZDRY-001-01'")
    add_parcel(database, "TRIED-OUT")
    demo.reset(database, settings, told.append)
    assert figures(owner) == before
    assert owner.execute("SELECT count(*) FROM parcel WHERE name = 'changed'").fetchone() == (0,)
    assert (owner.execute("SELECT count(*) FROM audit_entry").fetchone() or (0,)) > (audited or (0,))
    assert owner.execute("SELECT sum(n) FROM region_tally").fetchone() == (before["parcel"],)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("DELETE FROM parcel_event")


def test_the_demo_is_never_put_over_real_parcels(
    database: Database, settings: Settings, owner: psycopg.Connection[Any]
) -> None:
    with database.write(system("test")) as session:
        session.add(Jurisdiction(code=demo.JURISDICTION, name="新区", name_en="New"))
    add_parcel(database, "REAL-1")
    before = figures(owner)
    for act in (demo.load, demo.reset):
        with pytest.raises(demo.HoldsRealData, match="1 parcel from"):
            act(database, settings, print)
    assert figures(owner) == before


def test_a_file_that_clashes_is_refused_with_its_reason(mine: Mine) -> None:
    database, settings, owner, told = mine
    owner.execute("UPDATE import SET status = 'failed' WHERE file_name = 'parcels_new.txt'")
    before = owner.execute("SELECT count(*) FROM parcel").fetchone()
    with pytest.raises(demo.DemoImportRefused, match=r"parcels_new\.txt was not published: .*ZDBS-"):
        demo.load(database, settings, told.append)
    assert owner.execute("SELECT count(*) FROM parcel").fetchone() == before
