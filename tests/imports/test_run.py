"""An import is carried out once, whole or not at all, and says what it did."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
import shapely
from sqlalchemy import select

from service.accounts.access import system
from service.checklist.changes import PolicySet
from service.checklist.template_commands import set_policy
from service.core.db import Database
from service.core.jobs import AlreadyRunning, Progress
from service.core.settings import Settings
from service.imports import jobs
from service.imports.models import Import
from service.parcels import reading
from service.regions.models import Jurisdiction
from tests.imports.conftest import Outcome, blocks, geojson, parcels, square

BringIn = Callable[..., Outcome]
TABLES = ("parcel", "parcel_event", "parcel_survey")


def package(path: Path, **columns: list[Any]) -> Path:
    """Write a GeoPackage of six parcels with some columns replaced."""
    shapes = columns.pop("geometry", None)
    frame = parcels(6, 4547, **columns)
    if shapes is not None:
        frame = frame.set_geometry(shapes, crs=4547)
    pyogrio.write_dataframe(frame, path)
    return path


def counts(owner: psycopg.Connection[Any]) -> list[int]:
    return [owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]  # type: ignore[index]


def test_events_adopt_the_state_that_came_in(tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]) -> None:
    outcome = bring_in(package(tmp_path / "a.gpkg", 状态日期=["2022-03-01"] * 6))
    events = owner.execute(
        "SELECT e.kind, e.stage, e.hold, e.idle, e.effective_on, e.actor, e.document_id, p.stage_since"
        " FROM parcel_event e JOIN parcel p ON p.id = e.parcel_id ORDER BY p.code"
    ).fetchall()
    day = dt.date(2022, 3, 1)
    rest = ("none", "none", day, "system:clerk", outcome.row.document_id, day)
    assert events[:2] == [("propose", "candidate", *rest), ("adopt", "reserved", *rest)]


def test_without_a_date_the_state_counts_from_today(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    assert owner.execute("SELECT DISTINCT effective_on FROM parcel_event").fetchall() == [(dt.date(2022, 11, 15),)]


def test_the_main_use_is_read_as_one_component_with_its_longest_term(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    assert owner.execute("SELECT count(*) FROM parcel_land_use").fetchone() == (0,)
    codes = owner.execute("SELECT code FROM parcel ORDER BY id LIMIT 2").fetchall()
    uses = [reading.parcel(owner, system("test"), code).members["land_uses"] for (code,) in codes]
    assert [(use["code"], use["share"], use["max_term_years"]) for (use,) in uses] == [
        ("070102", 1, 70),
        ("0902", 1, 40),
    ]


def test_one_audit_entry_tells_file_hash_and_counts(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]
) -> None:
    outcome = bring_in(package(tmp_path / "a.gpkg"))
    rows = owner.execute(
        "SELECT action, actor, after FROM audit_entry WHERE subject_type = 'import' ORDER BY seq"
    ).fetchall()
    assert [row[:2] for row in rows] == [
        ("import:submitted", "system:clerk"),
        ("import:started", "job:imports.run"),
        ("import:published", "job:imports.run"),
    ]
    (sha256,) = owner.execute("SELECT sha256 FROM document").fetchone() or ("",)
    after = rows[2][2]
    assert (after["sha256"], after["published"], after["warnings"]) == (sha256, 6, outcome.row.warnings)


def test_a_dirty_file_is_refused_by_row_field_and_rule(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]
) -> None:
    dirt: dict[str, list[Any]] = {
        "地块编号": ["A", "B", None, "A", "E", "F"],
        "状态": ["谋划", "不知道", *["净地"] * 4],
    }
    outcome = bring_in(package(tmp_path / "a.gpkg", **dirt))
    assert outcome.row.status == "refused"
    assert outcome.errors == [
        (2, "状态", "stage_unknown"),
        (3, "地块编号", "code_missing"),
        (4, "地块编号", "code_duplicate"),
    ]
    assert counts(owner) == [0, 0, 0]


def test_overlapping_rows_are_refused_and_slivers_are_not(tmp_path: Path, bring_in: BringIn) -> None:
    shapes = blocks()
    shapes[3] = shapely.affinity.translate(shapes[2], 5, 0)
    shapes[1] = shapely.affinity.translate(shapes[0], 99.999, 0)
    area = [round(shape.area, 2) for shape in shapes]
    outcome = bring_in(package(tmp_path / "a.gpkg", geometry=shapes, 用地面积=area))
    assert outcome.errors == [(4, None, "overlap_in_file")]
    (overlap,) = [each for each in outcome.findings if each.code == "overlap_in_file"]
    assert "占本地块 95.00%" in overlap.message
    assert "95.00% of its own area" in overlap.message_en
    (sliver,) = [each for each in outcome.findings if each.code == "overlap_sliver"]
    assert (sliver.row, "第 1 行" in sliver.message) == (2, True)


def test_parcels_that_exist_are_named(tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    again = bring_in(package(tmp_path / "b.gpkg", 地块编号=[f"zd-{n:03d}" for n in range(1, 7)]))
    assert {error[2] for error in again.errors} == {"code_taken", "overlap_existing"}
    assert sum(error[2] == "code_taken" for error in again.errors) == 6
    assert counts(owner)[0] == 6


def test_land_that_was_sold_comes_in_while_no_rule_asks_for_checklists(
    tmp_path: Path, bring_in: BringIn, database: Database, superuser: psycopg.Connection[Any]
) -> None:
    """From the rule's day on, or if what is recorded late falls under it; the finding says what to do."""
    sold = {"状态": [*["已摘牌"] * 2, *["净地"] * 4], "状态日期": ["2022-03-01", "2022-11-12", *["2022-03-01"] * 4]}
    with database.write(system("test")) as session:
        code = session.scalars(select(Jurisdiction.code)).one()
        rule = PolicySet(template="zhengdong", required_from=dt.date(2022, 11, 10))
        set_policy(session, system("test"), code, rule, version=0)
    for recorded, rows in (("NULL", [2]), ("now()", [1, 2])):
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(f"UPDATE checklist_policy SET recorded_from = {recorded}")
        refused = bring_in(package(tmp_path / f"{len(rows)}.gpkg", **sold))
        assert [error[0] for error in refused.errors] == rows
        told = {(each.field, each.code, "先解除规定" in each.message) for each in refused.findings if each.row in rows}
        assert told == {("地块编号", "sold_without_checklist", True)}
    with database.write(system("test")) as session:
        set_policy(session, system("test"), code, rule.model_copy(update={"required_from": None}), version=1)
    assert bring_in(package(tmp_path / "lifted.gpkg", **sold)).errors == []


def test_codes_of_parcels_split_away_are_refused_and_their_land_is_free(
    tmp_path: Path, bring_in: BringIn, superuser: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    superuser.execute(
        "WITH o AS (INSERT INTO lineage_operation (kind, effective_on, actor) VALUES ('split', '2022-11-01', 'test')"
        " RETURNING id) UPDATE parcel SET retired_by = o.id FROM o"
    )
    again = bring_in(package(tmp_path / "b.gpkg"))
    assert [error[2] for error in again.errors] == ["code_retired"] * 6


def test_a_gap_to_a_parcel_that_exists_is_a_warning(tmp_path: Path, bring_in: BringIn) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    beside = [shapely.affinity.translate(shape, 0, shape.bounds[3] - shape.bounds[1] + 0.04) for shape in blocks()]
    outcome = bring_in(package(tmp_path / "b.gpkg", geometry=beside, 地块编号=[f"ZD-9{k}" for k in range(6)]))
    gap, *others = [each for each in outcome.findings if each.code == "gap_existing"]
    assert len(others) == 5
    assert (outcome.row.status, gap.row, gap.value, gap.severity) == ("published", 1, "ZD-001", "warning")
    assert "0.040 米" in gap.message


def test_a_row_that_crosses_itself_names_its_points(tmp_path: Path, bring_in: BringIn) -> None:
    shapes = blocks()
    west, south, east, north = shapes[1].bounds
    shapes[1] = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    outcome = bring_in(package(tmp_path / "a.gpkg", geometry=shapes))
    (crossing,) = [each for each in outcome.findings if each.code == "self_crossing"]
    assert (crossing.row, crossing.ring, crossing.point) == (2, 1, "1–2 × 3–4")
    assert outcome.row.status == "refused"


def test_a_file_from_elsewhere_is_refused(tmp_path: Path, bring_in: BringIn) -> None:
    far = geojson(tmp_path / "a.geojson", (square(112.0), {"code": "A"}), (square(113.9), {"code": "B"}))
    assert bring_in(far).row.status == "published", "half outside is a warning"
    further = geojson(tmp_path / "b.geojson", (square(112.1), {"code": "C"}))
    assert bring_in(further).errors == [(None, None, "mostly_outside_jurisdiction")]
    abroad = geojson(tmp_path / "c.geojson", (square(2.3), {"code": "D"}))
    assert bring_in(abroad).errors[0][2] == "outside_china"


def test_a_differing_legal_area_is_only_a_warning(tmp_path: Path, bring_in: BringIn) -> None:
    outcome = bring_in(package(tmp_path / "a.gpkg", 用地面积=[10_000.0, *[None] * 5]))
    (warning,) = [each for each in outcome.findings if each.code == "area_differs"]
    assert (outcome.row.status, warning.row, warning.severity) == ("published", 1, "warning")


def test_an_unknown_land_use_is_left_out(tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any]) -> None:
    outcome = bring_in(package(tmp_path / "a.gpkg", 地类编码=["9999", *["0701"] * 5]))
    assert "land_use_unknown" in outcome.codes
    assert owner.execute("SELECT count(land_use_code) FROM parcel").fetchone() == (5,)


def test_findings_beyond_the_limit_are_counted(
    tmp_path: Path, bring_in: BringIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.imports.report.KEPT", 3)
    outcome = bring_in(package(tmp_path / "a.gpkg", 状态=["?"] * 6))
    assert (outcome.row.errors, len(outcome.findings)) == (6, 4)
    last = outcome.findings[-1]
    assert last.code == "more_findings"
    assert last.message.startswith(f"另有 {outcome.row.errors + outcome.row.warnings - 3} 条")


def test_a_failure_in_the_middle_leaves_nothing(
    tmp_path: Path,
    submit: Callable[..., Import],
    outcome_of: Callable[[int], Outcome],
    database: Database,
    settings: Settings,
    owner: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.imports.publish.BATCH", 2)
    owner.execute("ALTER TABLE parcel_survey ADD CONSTRAINT broken CHECK (source_row <> 5)")
    try:
        row = submit(package(tmp_path / "a.gpkg"))
        for _ in range(2):
            with pytest.raises(psycopg.errors.CheckViolation):
                jobs.run_now(database, settings, row.id)
            assert outcome_of(row.id).row.status == "running"
        jobs.run_now(database, settings, row.id)
    finally:
        owner.execute("ALTER TABLE parcel_survey DROP CONSTRAINT broken")
    outcome = outcome_of(row.id).row
    assert (outcome.status, outcome.attempts, f"导入 {row.id}" in (outcome.problem or "")) == ("failed", 3, True)
    assert counts(owner) == [0, 0, 0]
    assert not (settings.home / "imports" / str(row.id)).exists()


def test_run_twice_is_run_once(
    tmp_path: Path, bring_in: BringIn, database: Database, settings: Settings, owner: psycopg.Connection[Any]
) -> None:
    outcome = bring_in(package(tmp_path / "a.gpkg"))
    before = owner.execute("SELECT count(*) FROM audit_entry").fetchone()
    jobs.run_now(database, settings, outcome.row.id)
    assert counts(owner) == [6, 6, 6]
    assert owner.execute("SELECT count(*) FROM audit_entry").fetchone() == before


def test_two_workers_never_carry_out_one_import(
    tmp_path: Path, submit: Callable[..., Import], database: Database, settings: Settings
) -> None:
    row = submit(package(tmp_path / "a.gpkg"))
    with jobs._FRAME.alone(database, row.id), pytest.raises(AlreadyRunning):
        jobs.run_now(database, settings, row.id)


def test_progress_goes_through_the_stages_and_never_back(
    tmp_path: Path,
    bring_in: BringIn,
    database: Database,
    owner: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.imports.publish.BATCH", 2)
    outcome = bring_in(package(tmp_path / "a.gpkg"))
    news = [each for each in outcome.heard if each[0] != "reading" or not each[1]]  # the reader tells when it is asked
    assert news == [
        ("reading", 0, None),
        ("checking", 0, 6),
        ("publishing", 0, 6),
        *(("publishing", done, 6) for done in (2, 4, 6)),
    ]
    owner.execute("UPDATE import SET status = 'running'")
    with jobs._FRAME.alone(database, outcome.row.id) as connection:
        again = jobs._Progress(Progress(connection, jobs._FURTHER), outcome.row.id, None)
        again("reading")
        again("checking")
    assert owner.execute("SELECT stage, done FROM import").fetchone() == ("publishing", 6)


def test_an_import_that_nobody_works_on_is_reported(
    tmp_path: Path,
    submit: Callable[..., Import],
    outcome_of: Callable[[int], Outcome],
    database: Database,
    settings: Settings,
    owner: psycopg.Connection[Any],
) -> None:
    row = submit(package(tmp_path / "a.gpkg"))
    folder = settings.home / "imports" / str(row.id)
    folder.mkdir(parents=True)
    jobs.sweep_now(database, settings)
    assert outcome_of(row.id).row.status == "queued", "young: its command may be about to begin"
    owner.execute("UPDATE import SET created_at = now() - interval '1 hour', status = 'running'")
    with jobs._FRAME.alone(database, row.id):
        jobs.sweep_now(database, settings)
        assert outcome_of(row.id).row.status == "running", "somebody works on it"
    jobs.sweep_now(database, settings)
    assert outcome_of(row.id).row.status == "failed"
    assert not folder.exists()
