"""An import under review: staged with what it would change, published whole, undone while nothing was built on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.checklist.changes import ChecklistCreate
from service.checklist.commands import open_checklist
from service.core.db import Database
from service.core.errors import Invalid, NotFound
from service.core.settings import Settings
from service.imports import acts, jobs, repair_commands, repairable, review_commands, review_queries
from service.imports.mapping import Assignment
from service.imports.models import Import
from service.parcels import commands as parcel_commands
from service.parcels.changes import ParcelChange
from tests.imports.conftest import Outcome, blocks, parcels
from tests.imports.test_run import package

CLERK = system("clerk")
Act = Callable[..., Outcome]
# Everything but what must move on: versions, times, ids that were used up.
PROJECTION = """
SELECT code, name, address, cadastral_code, lot_number, jurisdiction_id, region_id, county_code, ST_AsEWKB(geom),
  area_legal_m2, area_plane_m2, area_ellipsoid_m2, stage, stage_since, hold, idle, registered_on, land_use_scheme,
  land_use_code, far, density_pct, green_pct, height_m, import_id,
  (SELECT array_agg(md5(s.geometry) ORDER BY s.id) FROM parcel_survey s WHERE s.parcel_id = p.id),
  (SELECT array_agg(e.kind || e.effective_on::text ORDER BY e.id) FROM parcel_event e WHERE e.parcel_id = p.id),
  (SELECT jsonb_agg(to_jsonb(u) ORDER BY ordinal) FROM parcel_land_use u WHERE u.parcel_id = p.id)
FROM parcel p ORDER BY code
"""
COUNTED = "SELECT stage, sum(n), round(sum(area_m2)) FROM parcel_tally GROUP BY stage HAVING sum(n) <> 0 ORDER BY stage"


def projection(owner: psycopg.Connection[Any]) -> list[Any]:
    return [owner.execute(query).fetchall() for query in (PROJECTION, COUNTED)]


@pytest.fixture
def review(
    database: Database,
    settings: Settings,
    submit: Callable[..., Import],
    outcome_of: Callable[[int], Outcome],
) -> Act:
    """Bring a file in for review, here and now."""

    def carry_out(path: Path, **declared: str) -> Outcome:
        row = submit(path, mode="review", **declared)
        jobs.run_now(database, settings, row.id, attempts=1)
        return outcome_of(row.id)

    return carry_out


@pytest.fixture
def act(database: Database, settings: Settings, outcome_of: Callable[[int], Outcome]) -> Act:
    """Do something with an import and carry out the work that it leaves."""

    def carry_out(what: Callable[..., Import], import_id: int, **more: object) -> Outcome:
        version = outcome_of(import_id).row.version
        with database.write(CLERK) as session:
            what(session, CLERK, import_id, version=version, **more)
        jobs.run_now(database, settings, import_id, attempts=1)
        return outcome_of(import_id)

    return carry_out


def publish(
    session: Session, actor: Actor, import_id: int, *, version: int, answer: review_commands.Answer | None = None
) -> Import:
    return review_commands.ask_publication(session, actor, import_id, version=version, four_eyes=False, answer=answer)


def staged(owner: psycopg.Connection[Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    found = owner.execute("SELECT code, action, coalesce(changes, '{}') FROM staged_parcel ORDER BY row")
    return {code: (action, changes) for code, action, changes in found}


def test_nothing_is_published_before_a_person_says_so(
    tmp_path: Path, review: Act, owner: psycopg.Connection[Any]
) -> None:
    outcome = review(package(tmp_path / "a.gpkg"))
    assert (outcome.row.status, outcome.row.errors, outcome.row.finished_at) == ("staged", 0, None)
    assert owner.execute("SELECT count(*) FROM parcel").fetchone() == (0,)
    assert {action for action, _ in staged(owner).values()} == {"added"}
    summary = outcome.row.summary or {}
    assert {name: summary[name] for name in ("added", "geometry", "attributes", "same", "missing")} == {
        "added": 6, "geometry": 0, "attributes": 0, "same": 0, "missing": 0,
    }  # fmt: skip


def test_a_reviewed_file_leaves_what_a_direct_one_leaves(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    path = package(tmp_path / "a.gpkg")
    direct = bring_in(path)
    first = projection(owner)
    act(review_commands.ask_undo, direct.row.id)
    assert projection(owner) == [[], []]
    done = act(publish, review(path).row.id)
    assert (done.row.status, done.row.published, staged(owner)) == ("published", 6, {})
    mine = [[(*row[:23], *row[24:]) for row in rows] for rows in (first[0], projection(owner)[0])]
    assert mine[0] == mine[1]


def test_the_same_file_again_changes_nothing(
    tmp_path: Path, review: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    outcome = review(package(tmp_path / "b.gpkg"))
    assert outcome.row.errors == 0
    assert {action for action, _ in staged(owner).values()} == {"same"}


@pytest.mark.parametrize("crs", [4526, 4490, 4547])
def test_a_file_in_another_crs_means_the_same_boundaries(
    tmp_path: Path, review: Act, bring_in: Act, owner: psycopg.Connection[Any], crs: int
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    frame = parcels(6).to_crs(crs)
    turned = [shapely.Polygon(np.roll(shapely.get_coordinates(each)[:-1], 1, axis=0)) for each in frame.geometry]
    pyogrio.write_dataframe(frame.set_geometry(turned, crs=crs), tmp_path / "b.gpkg")
    review(tmp_path / "b.gpkg")
    assert {action for action, _ in staged(owner).values()} == {"same"}


def test_each_row_says_what_it_changes(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    shapes = blocks()
    shapes[1] = shapely.affinity.translate(shapes[1], 0, 3)
    frame = parcels(6, 地块名称=["改名", *[None] * 5], 限高=[60.0, 60.0, 80.0, 60.0, 60.0, 60.0]).set_geometry(
        shapes, crs=4547
    )
    frame["地块编号"] = ["ZD-001", "ZD-002", "ZD-003", " ZD-004 ", "ZD-005", "ZD-NEW"]
    frame.loc[5, "geometry"] = shapely.affinity.translate(shapes[5], 500, 0)
    pyogrio.write_dataframe(frame, tmp_path / "b.gpkg")
    outcome = review(tmp_path / "b.gpkg")
    found = staged(owner)
    assert {code: action for code, (action, _) in found.items()} == {
        "ZD-001": "attributes", "ZD-002": "geometry", "ZD-003": "attributes", "ZD-004": "same", "ZD-005": "same",
        "ZD-NEW": "added",
    }  # fmt: skip
    assert found["ZD-001"][1] == {"name": ["龙湖北路以东1号地块", "改名"]}
    assert list(found["ZD-003"][1]) == ["height_m"]
    (moved,) = owner.execute("SELECT moved_m2 FROM staged_parcel WHERE code = 'ZD-002'").fetchone() or (0,)
    assert moved == pytest.approx(2 * 3 * 100, rel=1e-3)
    assert (outcome.row.summary or {})["missing"] == 1, "ZD-006 lies where the file does, and the file doesn't name it"
    events = owner.execute("SELECT count(*) FROM parcel_event").fetchone()
    done = act(publish, outcome.row.id)
    assert (done.row.status, done.row.published) == ("published", 4)
    assert owner.execute("SELECT count(*) FROM parcel").fetchone() == (7,), "what is missing stays"
    assert owner.execute("SELECT count(*) FROM parcel_event").fetchone() == ((events or (0,))[0] + 1,)
    versions = dict(owner.execute("SELECT code, version FROM parcel").fetchall())
    assert versions == {"ZD-001": 2, "ZD-002": 2, "ZD-003": 2, "ZD-004": 1, "ZD-005": 1, "ZD-006": 1, "ZD-NEW": 1}
    surveys = owner.execute(
        "SELECT count(*), max(ST_YMin(ST_GeomFromWKB(geometry))) - min(ST_YMin(ST_GeomFromWKB(geometry)))"
        " FROM parcel_survey WHERE parcel_id = (SELECT id FROM parcel WHERE code = 'ZD-002')"
    ).fetchone()
    assert surveys == (2, pytest.approx(3)), "the new survey stands beside the one before"
    told = owner.execute(
        "SELECT action, subject_id, before, after FROM audit_entry WHERE subject_type = 'parcel' ORDER BY seq"
    ).fetchall()
    assert [row[:2] for row in told] == [
        ("parcel:changed", "ZD-001"), ("parcel:resurveyed", "ZD-002"), ("parcel:changed", "ZD-003"),
    ]  # fmt: skip
    assert (told[0][2]["name"], told[0][3]["name"]) == ("龙湖北路以东1号地块", "改名")


USES = "SELECT code, land_use_scheme, land_use_code, land_use_given FROM parcel ORDER BY code"


def test_a_land_use_of_an_older_list_is_kept_as_delivered_and_unsettled_only_by_another(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    first = ["R21", "U15", "U15", "G1", "G1", "H14"]
    bring_in(package(tmp_path / "a.gpkg", 地类编码=[f"gb_50137_2011:{code}" for code in first]))
    new, old = "land_use_2023", "gb_50137_2011"
    uses = [(new, "070102"), (None, None), (None, None), (new, "1401"), (new, "1401"), (None, None)]
    codes = [f"ZD-00{i}" for i in range(1, 7)]
    assert owner.execute(USES).fetchall() == [
        (code, *use, f"{old}:{given}") for code, use, given in zip(codes, uses, first, strict=True)
    ]
    with database.write(CLERK) as session:  # a person decides
        decided = ParcelChange.model_validate({"land_uses": [{"scheme": new, "code": "1306", "share": 1}]})
        parcel_commands.change_attributes(session, CLERK, "ZD-002", decided, version=1)
    before = projection(owner), owner.execute(USES).fetchall()
    again = ["R21", "U15", "U16", "U15", "G1", "H14"]
    outcome = review(package(tmp_path / "b.gpkg", 地类编码=[f"gb_50137_2011:{code}" for code in again]))
    assert {code: changes for code, (_, changes) in staged(owner).items() if changes} == {
        "ZD-003": {"land_use": [None, f"{new}:1308"], "land_use_given": [f"{old}:U15", f"{old}:U16"]},
        "ZD-004": {"land_use": [f"{new}:1401", None], "land_use_given": [f"{old}:G1", f"{old}:U15"]},
    }
    act(publish, outcome.row.id)
    now = {code: rest for code, *rest in owner.execute(USES).fetchall()}
    assert now["ZD-002"] == [new, "1306", f"{old}:U15"], "what a person decided stays"
    assert now["ZD-003"] == [new, "1308", f"{old}:U16"]
    assert now["ZD-004"] == [None, None, f"{old}:U15"]
    act(review_commands.ask_undo, outcome.row.id)
    assert (projection(owner), owner.execute(USES).fetchall()) == before


def test_a_parcel_changed_meanwhile_is_refused_with_words(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    waiting = review(package(tmp_path / "b.gpkg", 地块名称=["新名"] * 6)).row.id
    with database.write(CLERK) as session:
        parcel_commands.change_attributes(session, CLERK, "ZD-003", ParcelChange(address="龙湖路"), version=1)
    before = projection(owner)
    refused = act(publish, waiting)
    assert (refused.row.status, refused.errors) == ("staged", [(3, "地块编号", "changed_since")])
    assert all(each.lon and each.lat for each in refused.findings if each.row), "each has its place"
    assert "重新" in (refused.row.problem or "")
    assert projection(owner) == before
    again = act(review_commands.correct_mapping, waiting, assignments=jobs._assignments(refused.row.mapping or []))
    assert (again.row.status, again.row.errors) == ("staged", 0)
    assert act(publish, waiting).row.status == "published"


def test_a_code_or_place_taken_meanwhile_is_refused(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    waiting = review(package(tmp_path / "a.gpkg")).row.id
    bring_in(package(tmp_path / "b.gpkg", 地块编号=["ZD-001", *[f"N{i}" for i in range(5)]]))
    before = projection(owner)
    assert act(publish, waiting).errors == [(1, "地块编号", "made_since")]
    assert projection(owner) == before


def test_overlap_with_what_came_meanwhile_is_refused(tmp_path: Path, review: Act, act: Act, bring_in: Act) -> None:
    waiting = review(package(tmp_path / "a.gpkg")).row.id
    bring_in(package(tmp_path / "b.gpkg", 地块编号=[f"N{i}" for i in range(6)]))
    assert {code for _, _, code in act(publish, waiting).errors} == {"overlap_existing"}


def test_errors_stand_in_the_way_until_the_mapping_is_right(
    tmp_path: Path, review: Act, act: Act, settings: Settings
) -> None:
    frame = parcels(6).rename(columns={"地块编号": "甲", "用地面积": "乙"})
    frame["甲"] = [f"ZD/{i}" for i in range(6)]
    frame["丙"] = [f"ZD-{i}" for i in range(6)]
    pyogrio.write_dataframe(frame, tmp_path / "a.gpkg")
    outcome = review(tmp_path / "a.gpkg")
    columns = {each["column"]: each for each in outcome.row.mapping or []}
    assert (columns["丙"]["field"], columns["丙"]["proposed"]["reason"]["confidence"]) == ("code", "low")
    assert (columns["乙"]["field"], columns["乙"]["unit"]) == ("area_legal_m2", "m2")
    assert columns["甲"]["field"] is None
    said = [Assignment("甲", "code"), Assignment("丙", "name")]
    wrong = act(review_commands.correct_mapping, outcome.row.id, assignments=said)
    assert {code for _, _, code in wrong.errors} == {"code_invalid"}
    with pytest.raises(review_commands.HasErrors):
        act(publish, outcome.row.id)
    (settings.home / "documents").rename(settings.home / "moved")  # the file itself is not read again
    try:
        right = act(review_commands.correct_mapping, outcome.row.id, assignments=[Assignment("丙", "code")])
    finally:
        (settings.home / "moved").rename(settings.home / "documents")
    assert (right.row.status, right.row.errors) == ("staged", 0)
    assert act(publish, outcome.row.id).row.published == 6
    assert not (settings.home / "imports" / str(outcome.row.id)).exists()


def test_a_discarded_import_leaves_nothing(
    tmp_path: Path, review: Act, act: Act, database: Database, settings: Settings, owner: psycopg.Connection[Any]
) -> None:
    number = review(package(tmp_path / "a.gpkg")).row.id
    assert act(review_commands.discard, number).row.status == "discarded"
    jobs.sweep_now(database, settings)
    assert (staged(owner), (settings.home / "imports" / str(number)).exists()) == ({}, False)
    with pytest.raises(acts.NotThere):
        act(publish, number)


def test_a_second_pair_of_eyes_can_be_asked_for(tmp_path: Path, review: Act, database: Database) -> None:
    row = review(package(tmp_path / "a.gpkg")).row
    with pytest.raises(review_commands.OwnImport), database.write(CLERK) as session:
        review_commands.ask_publication(session, CLERK, row.id, version=row.version, four_eyes=True)
    with database.write(system("approver")) as session:
        review_commands.ask_publication(session, system("approver"), row.id, version=row.version, four_eyes=True)


_ONE = "FROM parcel WHERE code = 'ZD-002'"
BUILT = {
    "change": "UPDATE parcel SET version = version + 1 WHERE code = 'ZD-002'",
    "survey": f"INSERT INTO parcel_survey (parcel_id, source_crs, geometry) SELECT id, 4490, '' {_ONE}",
    "event": "INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, actor)"
    f" SELECT id, 'acquire', '2022-11-15', 'acquiring', 'x' {_ONE}",
    "document": "INSERT INTO document"
    " (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256, uploaded_by)"
    " VALUES ('parcel', 'ZD-002', 'x', 'x', 'x', 1, 'x', 'x')",
    "later_link": "CREATE TABLE later_link (parcel_id bigint REFERENCES parcel);"
    f" GRANT SELECT ON later_link TO gongdi_app; INSERT INTO later_link SELECT id {_ONE}",
}


@pytest.mark.parametrize("what", BUILT)
def test_what_was_built_on_a_publication_stands_in_the_way_of_undoing_it(
    tmp_path: Path, bring_in: Act, act: Act, owner: psycopg.Connection[Any], what: str
) -> None:
    number = bring_in(package(tmp_path / "a.gpkg")).row.id
    try:
        owner.execute(BUILT[what])
        with pytest.raises(review_commands.BuiltOn) as refused:
            act(review_commands.ask_undo, number)
    finally:
        owner.execute("DROP TABLE IF EXISTS later_link")
    assert refused.value.facts["obstacles"] == [{"code": "ZD-002", "what": what}]
    assert "ZD-002" in refused.value.zh


def test_the_serving_role_withdraws_only_what_is_being_undone(
    tmp_path: Path, bring_in: Act, database: Database
) -> None:
    number = bring_in(package(tmp_path / "a.gpkg")).row.id
    with database.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT parcel_withdraw(%s)", (number,))


def test_a_chosen_repair_is_checked_published_and_leaves_the_survey_as_delivered(
    tmp_path: Path, review: Act, act: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    shapes = blocks()
    west, south, east, north = shapes[2].bounds
    # The boundary crosses itself: the last two corners are exchanged.
    shapes[2] = shapely.Polygon([(west, south), (east, south), (west, north), (east, north)])
    outcome = review(package(tmp_path / "a.gpkg", geometry=shapes))
    (found,) = [each for each in outcome.findings if each.severity == "error"]
    assert (found.row, found.code) == (3, "self_crossing")
    with database.read() as session:
        made = {
            one: offered.offers
            for one, offered in repairable.offers(session, outcome.row.id, [found.id, outcome.findings[-1].id]).items()
        }
        assert made[outcome.findings[-1].id] == []
        offered = {each.key: each for each in made[found.id]}
    assert "make_valid" in offered
    done = act(repair_commands.repair, outcome.row.id, chosen={found.id: "make_valid"})
    assert (done.row.status, done.row.errors) == ("staged", 0)
    assert owner.execute("SELECT row, repair FROM staged_parcel WHERE repair IS NOT NULL").fetchall() == [
        (3, "make_valid")
    ]
    delivered = owner.execute("SELECT md5(survey) FROM staged_parcel WHERE row = 3").fetchone()
    assert act(publish, outcome.row.id).row.status == "published"
    kept = owner.execute(
        "SELECT ST_IsValid(p.geom), md5(s.geometry), round(p.area_plane_m2) FROM parcel p"
        " JOIN parcel_survey s ON s.parcel_id = p.id WHERE p.code = 'ZD-003'"
    ).fetchone()
    assert kept == (True, (delivered or ("",))[0], round(offered["make_valid"].area_after_m2))
    told = owner.execute("SELECT actor, after ->> 'key' FROM audit_entry WHERE action = 'import:repaired'").fetchall()
    assert told == [("system:clerk", "make_valid")]


def test_several_repairs_are_carried_out_together_or_none(
    tmp_path: Path, review: Act, act: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    shapes = blocks()
    for at in (1, 3):
        west, south, east, north = shapes[at].bounds
        shapes[at] = shapely.Polygon([(west, south), (east, south), (west, north), (east, north)])
    outcome = review(package(tmp_path / "a.gpkg", geometry=shapes))
    errors = [each for each in outcome.findings if each.severity == "error"]
    assert [each.row for each in errors] == [2, 4]
    chosen = {errors[0].id: "make_valid", errors[1].id: "fill_holes"}
    with database.write(CLERK) as session, pytest.raises(NotFound):
        repair_commands.repair(session, CLERK, outcome.row.id, chosen, version=outcome.row.version)
    done = act(repair_commands.repair, outcome.row.id, chosen={each.id: "make_valid" for each in errors})
    assert (done.row.status, done.row.errors) == ("staged", 0)
    mended = owner.execute("SELECT row, repair FROM staged_parcel WHERE repair IS NOT NULL ORDER BY row").fetchall()
    assert mended == [(2, "make_valid"), (4, "make_valid")]
    assert [each.code for each in outcome.findings if each.row == 2] == ["self_crossing", "sliver"]
    assert "sliver" not in {each.code for each in done.findings}, "nor what the crossing made odd"
    (told,) = owner.execute("SELECT count(*) FROM audit_entry WHERE action = 'import:repaired'").fetchone() or (0,)
    assert told == 2


def test_what_was_snapped_is_kept_by_row_how_far_and_to_which_neighbour(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    """Two rows at once: one fits itself to a parcel that the file doesn't name, the other to a row of its file."""
    bring_in(package(tmp_path / "a.gpkg"))
    west, south, _, north = blocks()[0].bounds
    apart, far = west - 500, blocks()[5].bounds[2]
    shapes = [
        shapely.box(far + 0.03, south, far + 50, north),
        shapely.box(apart, south, apart + 50, north),
        shapely.box(apart + 50.04, south, apart + 90, north),
    ]
    frame = parcels(3, 地块编号=["ZD-901", "ZD-902", "ZD-903"]).set_geometry(shapes, crs=4547)
    pyogrio.write_dataframe(frame, tmp_path / "b.gpkg")
    outcome = review(tmp_path / "b.gpkg")
    gaps = {each.row: each.id for each in outcome.findings if each.code.startswith("gap_")}
    with database.read() as session:
        shown = repairable.offers(session, outcome.row.id, [*gaps.values()])
    done = act(repair_commands.repair, outcome.row.id, chosen=dict.fromkeys(gaps.values(), "snap"))
    assert [each.code for each in done.findings if each.code.startswith(("gap_", "overlap_"))] == []
    later, other = (3, (2, "ZD-902")) if 3 in gaps else (2, (3, "ZD-903"))
    wanted = {1: (None, "ZD-006", 0.03), later: (*other, 0.04)}
    kept = owner.execute("SELECT after FROM audit_entry WHERE action = 'import:repaired'").fetchall()
    assert {each["row"] for (each,) in kept} == gaps.keys() == wanted.keys()
    for told in [*(each for (each,) in kept), *done.row.repairs]:
        row, code, farthest = wanted[told["row"]]
        distance: Any = pytest.approx(farthest, abs=0.001)
        assert told["moves"] == [{"row": row, "code": code, "points": 2, "farthest_m": distance}]
        ((offer,), _) = shown[gaps[told["row"]]]
        assert [(each.row, each.code, each.farthest_m) for each in offer.moves] == [(row, code, distance)]
    with database.pool.connection() as connection:
        rows = review_queries.row_page(connection, outcome.row.id, action=None, after=None, limit=10)
    told = {row["row"]: row["repairs"] for row in rows if row["repairs"]}
    assert [told[row][0]["moves"][0]["code"] for row in wanted] == [code for _, code, _ in wanted.values()]
    assert all("wkb" not in each for kept in told.values() for each in kept)


def answered(owner: psycopg.Connection[Any], code: str) -> review_commands.Answer:
    """An approver's word on a document of a parcel."""
    (document,) = owner.execute(
        "INSERT INTO document (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256, uploaded_by)"
        " VALUES ('parcel', %s, '复测报告', 'a.pdf', 'application/pdf', 1, repeat('0', 64), 'x') RETURNING id",
        (code,),
    ).fetchone() or (0,)
    return review_commands.Answer("原测绘点有误", document)


def resurveyed(tmp_path: Path, *codes: str) -> Path:
    """The six parcels again, some of them three metres farther north."""
    shapes = [
        shapely.affinity.translate(shape, 0, 3) if f"ZD-{i:03}" in codes else shape
        for i, shape in enumerate(blocks(), 1)
    ]
    return package(tmp_path / "again.gpkg", geometry=shapes)


def test_a_boundary_that_concerns_others_moves_by_an_approvers_word_only(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))  # ZD-004 is up for sale, ZD-005 is won
    outcome = review(resurveyed(tmp_path, "ZD-002", "ZD-005"))
    (told,) = [each for each in outcome.findings if each.code == "boundary_concerns_others"]
    assert (told.row, told.value, told.severity) == (5, "ZD-005", "warning")
    assert told.message == "地块“ZD-005”已有竞得人，新界线须由审批人说明理由并附依据文件，才能入库"
    assert told.message_en.startswith("Parcel ZD-005: it has been won; an approver has to publish")
    answer = answered(owner, "ZD-005")
    registrar, approver = (
        Actor("user", str(role), role, ROLE_PERMISSIONS[role], None) for role in (Role.REGISTRAR, Role.APPROVER)
    )

    def ask(actor: Actor, answer: review_commands.Answer | None) -> None:
        with database.write(actor) as session:
            number, version = outcome.row.id, outcome.row.version
            review_commands.ask_publication(session, actor, number, version=version, four_eyes=False, answer=answer)

    for actor, said in ((registrar, answer), (approver, None)):
        with pytest.raises(review_commands.ApprovalNeeded) as refused:
            ask(actor, said)
        assert refused.value.facts["parcels"] == [{"row": 5, "code": "ZD-005", "stage": "sold"}]
    with pytest.raises(Invalid):
        ask(approver, answer._replace(document_id=answer.document_id + 1))
    done = act(publish, outcome.row.id, answer=answer)
    assert (done.row.status, done.row.published, done.row.total) == ("published", 2, 6)
    (kept,) = owner.execute("SELECT after FROM audit_entry WHERE action = 'import:publication_asked'").fetchall()
    assert [kept[0][name] for name in ("override_reason", "document", "concerned")] == [*answer, ["ZD-005"]]
    assert (done.row.override_reason, done.row.override_document_id) == answer
    words = """SELECT p.code, v.actor, v.override_reason, v.override_document_id FROM parcel_survey AS v
        JOIN parcel AS p ON p.id = v.parcel_id WHERE v.document_id = %s ORDER BY p.code"""
    told_with_surveys = owner.execute(words, (done.row.document_id,)).fetchall()
    assert told_with_surveys == [("ZD-002", None, None, None), ("ZD-005", done.row.decided_by, *answer)]


def test_a_boundary_that_concerns_others_goes_back_by_an_approvers_word_only(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, database: Database, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    before = projection(owner)
    answer = answered(owner, "ZD-005")
    moved = review(resurveyed(tmp_path, "ZD-002", "ZD-005"))
    done = act(publish, moved.row.id, answer=answer)
    back = answered(owner, "ZD-005")._replace(reason="复测报告撤回")  # what its documents say is no obstacle
    registrar, approver = (
        Actor("user", str(role), role, ROLE_PERMISSIONS[role], None) for role in (Role.REGISTRAR, Role.APPROVER)
    )

    def ask(actor: Actor, answer: review_commands.Answer | None) -> None:
        with database.write(actor) as session:
            review_commands.ask_undo(session, actor, done.row.id, version=done.row.version, answer=answer)

    for actor, said in ((registrar, None), (registrar, back), (approver, None)):
        with pytest.raises(review_commands.ApprovalNeeded) as refused:
            ask(actor, said)
        assert refused.value.facts["parcels"] == [{"row": None, "code": "ZD-005", "stage": "sold"}]
    with pytest.raises(Invalid):
        ask(approver, back._replace(document_id=back.document_id + 1))
    undone = act(review_commands.ask_undo, done.row.id, answer=back)
    assert (undone.row.status, undone.row.undo_reason, undone.row.undo_document_id) == ("undone", *back)
    assert (undone.row.override_reason, undone.row.override_document_id) == answer
    assert projection(owner) == before
    kept = owner.execute(
        "SELECT subject_id, after ->> 'override_reason', (after ->> 'document')::int, after -> 'concerned'"
        " FROM audit_entry WHERE action = 'import:undo_asked' OR after ? 'import_undone' ORDER BY seq"
    ).fetchall()
    assert kept == [
        (str(done.row.id), *back, ["ZD-005"]),
        ("ZD-002", None, None, None),
        ("ZD-005", *back, None),
    ]


def test_no_word_is_asked_or_kept_where_only_the_bureau_is_concerned(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    done = act(publish, review(resurveyed(tmp_path, "ZD-002")).row.id)
    undone = act(review_commands.ask_undo, done.row.id, answer=answered(owner, "ZD-002"))
    assert (undone.row.status, undone.row.undo_reason, undone.row.undo_document_id) == ("undone", None, None)


def test_a_stage_that_moves_on_before_the_undoing_leaves_the_import_published(
    tmp_path: Path, review: Act, act: Act, bring_in: Act
) -> None:
    """Nobody was asked for a word then: what moved on was built on the publication."""
    bring_in(package(tmp_path / "a.gpkg"))
    done = act(publish, review(resurveyed(tmp_path, "ZD-003")).row.id)

    def overtaken(session: Session, actor: Actor, import_id: int, *, version: int) -> Import:
        found = review_commands.ask_undo(session, actor, import_id, version=version)
        session.execute(text("UPDATE parcel SET version = version + 1 WHERE code = 'ZD-003'"))
        return found

    left = act(overtaken, done.row.id)
    assert (left.row.status, left.row.problem) == (
        "published", "不能撤销：ZD-003（已被修改）。 · Can't be undone: ZD-003 (changed since).",
    )  # fmt: skip


def test_a_stage_that_moves_on_after_the_word_sends_the_import_back(
    tmp_path: Path, review: Act, act: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    bring_in(package(tmp_path / "a.gpkg"))
    outcome = review(resurveyed(tmp_path, "ZD-003"))
    assert [each.code for each in outcome.findings if each.code == "boundary_concerns_others"] == []

    def overtaken(session: Session, actor: Actor, import_id: int, *, version: int) -> Import:
        found = publish(session, actor, import_id, version=version)
        session.execute(text("UPDATE parcel SET version = version + 1 WHERE code = 'ZD-003'"))
        return found

    done = act(overtaken, outcome.row.id)
    assert (done.row.status, [each.code for each in done.findings if each.severity == "error"]) == (
        "staged",
        ["changed_since"],
    )


ROW = st.fixed_dictionaries(
    {
        "n": st.integers(0, 7),
        "name": st.sampled_from([None, "甲", "乙"]),
        "far": st.sampled_from([None, "<=2", ">1.1,<=1.8"]),
        "use": st.sampled_from([None, "0701", "0902"]),
        "shift": st.sampled_from([0.0, 1e-5, 2.5]),
    }
)


@hypothesis_settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row["n"]))
def test_undoing_a_publication_gives_the_projection_back(
    tmp_path: Path, rows: list[dict[str, Any]], review: Act, act: Act, bring_in: Act, owner: psycopg.Connection[Any]
) -> None:
    if owner.execute("SELECT FROM parcel LIMIT 1").fetchone() is None:
        bring_in(package(tmp_path / "a.gpkg"))
        owner.execute(
            "INSERT INTO parcel_land_use SELECT id, 1, 'land_use_2023', '0701', 1, 60 FROM parcel WHERE code = 'ZD-001'"
        )
    before = projection(owner)
    shapes = [shapely.affinity.translate(blocks(8)[row["n"]], 0, row["shift"]) for row in rows]
    frame = parcels(
        len(rows),
        地块编号=[f"ZD-{row['n'] + 1:03d}" for row in rows],
        地块名称=[row["name"] for row in rows],
        容积率=[row["far"] for row in rows],
        地类编码=[row["use"] for row in rows],
    ).set_geometry(shapes, crs=4547)
    pyogrio.write_dataframe(frame, tmp_path / "b.gpkg")
    number = review(tmp_path / "b.gpkg").row.id
    moved = {code for code, (action, _) in staged(owner).items() if action == "geometry"}
    assert moved == {f"ZD-{row['n'] + 1:03d}" for row in rows if row["shift"] > 1 and row["n"] < 6}
    answer = answered(owner, "ZD-001")
    assert act(publish, number, answer=answer).row.status == "published"
    assert act(review_commands.ask_undo, number, answer=answer).row.status == "undone"
    assert projection(owner) == before


def test_a_file_takes_no_land_past_the_gate(
    tmp_path: Path, database: Database, review: Act, bring_in: Act, act: Act, owner: psycopg.Connection[Any]
) -> None:
    """It says that the land is sold; its checklist has not begun."""
    bring_in(package(tmp_path / "a.gpkg"))
    with database.write(CLERK) as session:
        open_checklist(session, CLERK, ChecklistCreate(parcel="ZD-003"))
    sold = package(tmp_path / "b.gpkg", 状态=["已摘牌"] * 6, 地块名称=["新名称"] * 6)
    done = act(publish, review(sold).row.id)
    assert (done.row.status, done.row.published) == ("published", 6)
    assert owner.execute("SELECT name, stage FROM parcel WHERE code = 'ZD-003'").fetchone() == ("新名称", "cleared")
