"""Splitting and merging through the doors: what comes of it, and what everybody sees before and after."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from service.accounts.access import Actor
from service.core.db import Database
from service.geo import crs as geo_crs
from service.parcels import event_commands, queries
from service.parcels.changes import EventCreate, LandUse
from service.parcels.lifecycle import EventKind, Hold, Idle, Stage, State
from service.parcels.lineage_schemas import LineageAnswer, LineageRead
from service.parcels.models import ParcelEvent
from tests.factories.parcels import LAT, LON, make_parcel, make_regions, square

Caller = Any
Answer = Any  # the client's own type
Json = dict[str, Any]
URL = "/api/v1/parcels"
EAST = square()["coordinates"][0][1][0] - LON  # 100 m
SQUARE_M2 = 10010.6
NORTH = square()["coordinates"][0][2][1] - LAT
DAY = "2022-11-01"


@pytest.fixture
def parcels(database: Database, actor: Actor) -> None:
    """ZD-1 and ZD-2 side by side, 1 ha each, reserved; ZD-9 far off."""
    with database.write(actor) as session:
        make_regions(session)
        make_parcel(
            session,
            code="ZD-1",
            stage=Stage.reserved,
            name="龙湖金融岛",
            address="如意东路",
            geometry=square(),
            cadastral_code="410105003012GB00023",
            area_legal_m2=Decimal(10010),
            land_uses=[LandUse(code="0902", share=Decimal("0.6")), LandUse(code="0701", share=Decimal("0.4"))],
            planning={"far": {"min": 1.1, "min_inclusive": False, "max": 3}},
        )
        make_parcel(session, code="ZD-2", stage=Stage.reserved, geometry=square(LON + EAST))
        make_parcel(session, code="ZD-9", stage=Stage.reserved, geometry=square(LON + 10 * EAST))


@pytest.fixture
def registrar(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


@pytest.fixture
def approver(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("approver")


def cut(share: float = 0.5) -> Json:
    """A line from south to north that leaves this share of ZD-1 to its west."""
    return {"type": "LineString", "coordinates": [[LON + share * EAST, LAT - 0.001], [LON + share * EAST, LAT + 0.01]]}


def strip(west: float, east: float) -> Json:
    """A part of ZD-1 between two shares of its width."""
    part: Json = shapely.geometry.mapping(shapely.box(LON + west * EAST, LAT, LON + east * EAST, LAT + NORTH))
    return part


def split(caller: Caller, code: str = "ZD-1", *, version: int = 1, dry_run: bool = False, **order: object) -> Answer:
    order = {"effective_on": DAY} | ({} if "parts" in order else {"line": cut()}) | order
    query = "?dry_run=true" if dry_run else ""
    return caller.post(f"{URL}/{code}/split{query}", json=order, headers={"if-match": f'"{version}"'})


def merge(caller: Caller, *codes: str, dry_run: bool = False, **order: object) -> Answer:
    order = {"codes": list(codes), "versions": dict.fromkeys(codes, 1), "effective_on": DAY} | order
    return caller.post(f"{URL}/merge{'?dry_run=true' if dry_run else ''}", json=order)


def codes(answer: Answer) -> list[str]:
    return [item["code"] for item in answer.json()["items"]]


def finding_codes(answer: Answer) -> list[str]:
    return [found["code"] for found in answer.json()["findings"]]


def state(database: Database, actor: Actor, code: str, kind: EventKind, day: str) -> None:
    with database.write(actor) as session:
        event_commands.record_event(
            session, actor, code, EventCreate(kind=kind, effective_on=dt.date.fromisoformat(day))
        )


def test_a_parcel_is_split_along_a_line(registrar: Caller) -> None:
    answer = split(registrar, line=cut(0.3), codes=["ZD-W", "ZD-E"], note="分期建设")
    assert answer.status_code == 201, answer.text
    told = LineageAnswer.model_validate_json(answer.content)
    assert told.retired == ["ZD-1"]
    assert told.operation is not None
    assert (told.operation.kind, told.operation.note, str(told.operation.effective_on)) == ("split", "分期建设", DAY)
    west, east = told.parcels
    assert (west.code, east.code) == ("ZD-W", "ZD-E")
    assert (west.area_plane_m2, east.area_plane_m2) == pytest.approx((0.3 * SQUARE_M2, 0.7 * SQUARE_M2), rel=1e-4)
    assert {finding.code for finding in told.findings} == {"legal-area-unknown"}
    for part in told.parcels:
        assert (part.stage, str(part.stage_since), part.name, part.address) == (
            "reserved",
            DAY,
            "龙湖金融岛",
            "如意东路",
        )
        assert [(use.code, use.share) for use in part.land_uses] == [("0902", 0.6), ("0701", 0.4)]
        assert part.planning.far is not None
        assert (part.area_legal_m2, part.cadastral_code, part.survey) == (None, None, None)
        assert part.region is not None
    old = registrar.get(f"{URL}/ZD-1").json()
    assert (old["retired_on"], old["successors"], old["allowed_events"]) == (DAY, ["ZD-W", "ZD-E"], [])
    assert old["cadastral_code"] == "410105003012GB00023"


def test_each_part_of_a_line_takes_its_legal_area(registrar: Caller) -> None:
    answer = split(registrar, line=cut(0.3), areas_legal_m2=[3003.2, 7006.8])
    assert answer.status_code == 201, answer.text
    assert [part["area_legal_m2"] for part in answer.json()["parcels"]] == [3003.2, 7006.8]
    assert finding_codes(answer) == []


def test_legal_areas_of_parts_have_to_balance_and_to_be_counted(registrar: Caller) -> None:
    told = split(registrar, line=cut(0.3), areas_legal_m2=[3003.2, None], dry_run=True).json()
    assert [part["area_legal_m2"] for part in told["parts"]] == [3003.2, None]
    assert [found["code"] for found in told["findings"]] == ["legal-area-unknown"]
    # Within the tolerance of 5.005 m² (0.05 %) and beyond it.
    assert finding_codes(split(registrar, line=cut(0.3), areas_legal_m2=[3004.6, 7010.4], dry_run=True)) == []
    refused = split(registrar, line=cut(0.3), areas_legal_m2=[3004.6, 7010.8])
    assert (refused.status_code, finding_codes(refused)) == (409, ["legal-area-balance"])
    swapped = split(registrar, line=cut(0.3), areas_legal_m2=[7006.8, 3003.2], dry_run=True)
    assert finding_codes(swapped) == ["legal-area-differs", "legal-area-differs"], "right in sum, wrong in each"
    miscounted = split(registrar, line=cut(0.3), areas_legal_m2=[10010])
    assert miscounted.status_code == 422
    assert miscounted.json()["errors"][0]["pointer"] == "/areas_legal_m2"
    parts = [{"geometry": strip(0, 0.5)}, {"geometry": strip(0.5, 1)}]
    assert split(registrar, parts=parts, areas_legal_m2=[5005, 5005]).status_code == 422


def test_parts_share_every_point_of_their_border_and_leave_the_outer_one_alone(
    registrar: Caller, owner: psycopg.Connection[Any]
) -> None:
    (stored,) = owner.execute("SELECT ST_AsText(geom, 17) FROM parcel WHERE code = 'ZD-1'").fetchone() or ("",)
    before = shapely.from_wkt(stored)
    told = split(registrar, line=cut(1 / 3)).json()
    parts = np.array([shapely.geometry.shape(part["geometry"]) for part in told["parts"]])
    assert shapely.coverage_is_valid(parts)
    whole = shapely.coverage_union_all(parts)
    assert whole.symmetric_difference(before).area < 1e-16, "a ten-thousandth of a square millimetre"
    corners = {tuple(xy) for xy in shapely.get_coordinates(before)}
    assert corners < {tuple(xy) for xy in shapely.get_coordinates(whole)}


def test_a_dry_run_tells_the_same_and_saves_nothing(registrar: Caller) -> None:
    tried = split(registrar, dry_run=True)
    assert (tried.status_code, tried.json()["operation"], tried.json()["parcels"]) == (200, None, [])
    assert codes(registrar.get(URL)) == ["ZD-1", "ZD-2", "ZD-9"]
    done = split(registrar)
    assert done.json()["parts"] == tried.json()["parts"]
    assert done.json()["findings"] == tried.json()["findings"]


def test_lists_counts_places_and_tiles_show_what_stands(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    before = registrar.get(f"{URL}/facets").json()
    revision = owner.execute("SELECT value FROM revision WHERE name = 'parcels'").fetchone()
    split(registrar)
    assert codes(registrar.get(URL)) == ["ZD-1-1", "ZD-1-2", "ZD-2", "ZD-9"]
    after = registrar.get(f"{URL}/facets").json()
    assert after["total"] == before["total"] + 1
    assert after["area_m2"] == pytest.approx(before["area_m2"], abs=1)
    assert codes(registrar.get(f"{URL}/locate?lon={LON + 0.1 * EAST}&lat={LAT + 0.1 * NORTH}")) == ["ZD-1-1"]
    assert owner.execute("SELECT value FROM revision WHERE name = 'parcels'").fetchone() != revision
    tally = "SELECT sum(n), sum(area_m2)::numeric(14, 2) FROM parcel_tally WHERE z = 11"
    shown = owner.execute(tally).fetchone()
    owner.execute("SELECT parcel_tally_recount()")
    assert owner.execute(tally).fetchone() == shown
    assert shown == owner.execute("SELECT count(*), sum(area_m2) FROM parcel WHERE retired_by IS NULL").fetchone()
    row = owner.execute(
        "SELECT parcel_tile(14, 13367, 6502, NULL), ST_TileEnvelope(14, 13367, 6502) && geom_web FROM parcel"
        " WHERE code = 'ZD-1'"
    ).fetchone()
    tile, there = row or (b"", False)
    assert there
    labels = set(re.findall(rb"ZD-[0-9-]+", tile))
    assert labels == {b"ZD-1-1", b"ZD-1-2"}, "of four parcels two lie in this tile"


def test_each_day_has_its_parcels(registrar: Caller) -> None:
    split(registrar)
    for when, there in (("2022-10-31", ["ZD-1"]), (DAY, ["ZD-1-1", "ZD-1-2"])):
        listed = codes(registrar.get(f"{URL}?as_of={when}"))
        assert listed == [*there, "ZD-2", "ZD-9"]
        assert registrar.get(f"{URL}/facets?as_of={when}").json()["total"] == len(listed)
    assert registrar.get(f"{URL}/ZD-1?as_of=2022-10-31").json()["retired_on"] is None
    assert registrar.get(f"{URL}/ZD-1?as_of={DAY}").json()["retired_on"] == DAY
    assert registrar.get(f"{URL}/ZD-1-1?as_of=2022-10-31").status_code == 404
    # Before it was recorded nobody knew.
    assert codes(registrar.get(f"{URL}?known_at=2000-01-01")) == []
    then = registrar.get(f"{URL}/ZD-1-1").json()["created_at"]
    just_before = (dt.datetime.fromisoformat(then) - dt.timedelta(milliseconds=1)).isoformat().replace("+", "%2B")
    assert codes(registrar.get(f"{URL}?known_at={just_before}")) == ["ZD-1", "ZD-2", "ZD-9"]


def test_an_old_code_answers_with_its_successors(registrar: Caller) -> None:
    split(registrar)
    (status,) = registrar.post(f"{URL}/status", json={"codes": ["ZD-1"]}).json()["items"]
    assert (status["retired_on"], status["successors"]) == (DAY, ["ZD-1-1", "ZD-1-2"])
    (alive,) = registrar.post(f"{URL}/status", json={"codes": ["ZD-1-1"]}).json()["items"]
    assert (alive["retired_on"], alive["successors"]) == (None, [])
    event = {"kind": "clear", "effective_on": "2022-11-02"}
    for refused in (
        registrar.post(f"{URL}/ZD-1/events", json=event, headers={"if-match": '"2"'}),
        registrar.patch(f"{URL}/ZD-1", json={"name": "x"}, headers={"if-match": '"2"'}),
        split(registrar, version=2),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "parcel-retired")
        assert refused.json()["successors"] == ["ZD-1-1", "ZD-1-2"]


def in_4547(part: Json) -> Json:
    """A shape in metres, rounded to 0.1 mm as a survey is."""
    crs = geo_crs.recognise("4547")
    shape = shapely.geometry.shape(part)
    metres = shapely.transform(shape, lambda x, y: geo_crs.from_cgcs2000(crs, x, y), interleaved=False)
    rounded: Json = shapely.geometry.mapping(shapely.transform(metres, lambda xy: xy.round(4)))
    return rounded


def test_parts_are_given_as_shapes_in_a_crs_of_choice(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    parts = [
        {"code": code, "name": f"{code}地块", "area_legal_m2": 5005, "geometry": in_4547(strip(*shares))}
        for code, shares in (("A", (0, 0.5)), ("B", (0.5, 1)))
    ]
    answer = split(registrar, parts=parts, crs="4547")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [(part["name"], part["area_legal_m2"]) for part in told["parcels"]] == [("A地块", 5005), ("B地块", 5005)]
    assert sum(part["area_plane_m2"] for part in told["parts"]) == pytest.approx(SQUARE_M2, abs=0.1)
    assert told["parcels"][0]["survey"]["source_crs"] == 4547
    # The survey is what was delivered, to the last digit; the parcels fit to each other and to the old border.
    survey = "SELECT ST_AsText(ST_GeomFromWKB(geometry)) FROM parcel_survey ORDER BY id LIMIT 1"
    (kept,) = owner.execute(survey).fetchone() or ("",)
    assert shapely.from_wkt(kept).equals(shapely.MultiPolygon([shapely.geometry.shape(parts[0]["geometry"])]))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([strip(0, 0.4), strip(0.5, 1)], ["parts-gap"]),
        ([strip(0, 0.6), strip(0.5, 1)], ["parts-overlap"]),
        ([strip(-0.1, 0.5), strip(0.5, 1)], ["parts-outside"]),
        ([strip(0, 1), strip(1, 1.2)], ["parts-outside", "part-too-small"]),
    ],
)
def test_parts_that_do_not_cover_the_parcel_exactly_are_refused(
    registrar: Caller, parts: list[Json], found: list[str]
) -> None:
    refused = split(registrar, parts=[{"geometry": part} for part in parts])
    assert (refused.status_code, refused.json()["code"]) == (409, "lineage-refused")
    assert [code for code in finding_codes(refused) if code != "legal-area-unknown"] == found
    assert codes(registrar.get(URL)) == ["ZD-1", "ZD-2", "ZD-9"]


def test_a_line_that_misses_divides_nothing(registrar: Caller) -> None:
    refused = split(registrar, line=cut(1.5))
    assert refused.status_code == 409
    assert "not-divided" in finding_codes(refused)


def test_legal_areas_have_to_balance(registrar: Caller) -> None:
    parts = [
        {"geometry": strip(0, 0.5), "area_legal_m2": 5005},
        {"geometry": strip(0.5, 1), "area_legal_m2": 4900},
    ]
    refused = split(registrar, parts=parts)
    assert finding_codes(refused) == ["legal-area-differs", "legal-area-balance"]


def test_parcels_are_merged(registrar: Caller) -> None:
    answer = merge(registrar, "ZD-2", "ZD-1", code="ZD-12", name="合并地块", area_legal_m2=20021)
    assert answer.status_code == 201, answer.text
    told = LineageAnswer.model_validate_json(answer.content)
    assert told.retired == ["ZD-2", "ZD-1"]
    (whole,) = told.parcels
    assert (whole.code, whole.name, whole.area_legal_m2, whole.address) == ("ZD-12", "合并地块", 20021, None)
    assert whole.area_plane_m2 == pytest.approx(2 * SQUARE_M2, rel=1e-4)
    assert whole.land_uses == []
    assert len(whole.geometry["coordinates"]) == 1
    (found,) = [each for each in told.findings if each.code == "not-inherited"]
    assert {"address", "land_uses", "far"} <= set(found.figures["fields"])


def test_what_does_not_touch_is_merged_for_a_reason_only(registrar: Caller) -> None:
    refused = merge(registrar, "ZD-1", "ZD-9")
    assert refused.status_code == 409
    assert "not-touching" in finding_codes(refused)
    assert merge(registrar, "ZD-1", "ZD-9", override_reason="同一项目").status_code == 201


def test_parcels_in_different_states_are_not_merged(registrar: Caller, database: Database, actor: Actor) -> None:
    state(database, actor, "ZD-2", EventKind.clear, "2022-06-01")
    refused = merge(registrar, "ZD-1", "ZD-2", versions={"ZD-1": 1, "ZD-2": 2}, override_reason="x")
    assert "states-differ" in finding_codes(refused)


def test_jurisdictions_are_not_mixed(registrar: Caller, database: Database, actor: Actor) -> None:
    with database.write(actor) as session:
        make_parcel(session, code="GX-1", jurisdiction="GXQ", stage=Stage.reserved, geometry=square(LON, LAT + NORTH))
    assert "jurisdictions-differ" in finding_codes(merge(registrar, "ZD-1", "GX-1"))


def test_what_others_hold_is_split_by_an_approver_only(
    registrar: Caller, approver: Caller, database: Database, actor: Actor, owner: psycopg.Connection[Any]
) -> None:
    held = State(Stage.delivered, Hold.suspended, Idle.suspected)
    with database.write(actor) as session:
        make_parcel(session, code="ZD-5", stage=held, geometry=square(LON, LAT + 2 * NORTH))
    line = {"type": "LineString", "coordinates": [[LON + EAST / 2, LAT], [LON + EAST / 2, LAT + 4 * NORTH]]}
    row = owner.execute(
        "INSERT INTO document (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256, uploaded_by)"
        " VALUES ('parcel', 'ZD-5', '批复', 'a.pdf', 'application/pdf', 1, repeat('0', 64), 'test') RETURNING id"
    ).fetchone()
    assert row is not None
    order: Json = {"line": line, "override_reason": "经区政府同意", "document_id": row[0]}
    for refused in (
        split(registrar, "ZD-5", **order),
        split(approver, "ZD-5", **order | {"document_id": None}),
        split(approver, "ZD-5", **order | {"override_reason": None}),
    ):
        assert (refused.status_code, finding_codes(refused)) == (409, ["third-parties"])
    done = split(approver, "ZD-5", **order).json()
    assert [(part["stage"], part["hold"], part["idle"]) for part in done["parcels"]] == [tuple(held)] * 2
    begun = approver.get(f"{URL}/ZD-5-1/history").json()["items"]
    assert [(each["kind"], each["document"]["title"], each["override_reason"]) for each in begun] == [
        ("derive", "批复", "经区政府同意")
    ]


def test_nothing_takes_effect_before_the_newest_event(registrar: Caller, database: Database, actor: Actor) -> None:
    state(database, actor, "ZD-1", EventKind.clear, "2022-11-02")
    assert "later-events" in finding_codes(split(registrar, version=2))
    assert split(registrar, version=2, effective_on="2022-11-16").json()["code"] == "future-date"


def test_codes_are_issued_and_never_used_twice(registrar: Caller, database: Database, actor: Actor) -> None:
    with database.write(actor) as session:
        make_parcel(session, code="ZD-1-1")
    assert [part["code"] for part in split(registrar, dry_run=True).json()["parts"]] == ["ZD-1-2", "ZD-1-3"]
    split(registrar)
    for given in (["ZD-1", "X"], ["ZD-2", "X"], ["X", "X"]):
        refused = split(registrar, "ZD-1-2", line=cut(0.25), codes=given)
        assert (refused.status_code, refused.json()["code"]) == (409, "number-taken")
    assert split(registrar, "ZD-1-2", line=cut(0.25), codes=["X"]).status_code == 422
    assert split(registrar, "ZD-1-2", line=cut(0.25), codes=["X", "Y"]).status_code == 201
    with pytest.raises(Exception, match="split or merged away"), database.write(actor) as session:
        make_parcel(session, code="ZD-1")


def test_split_and_merged_again_the_shape_is_what_it_was(registrar: Caller) -> None:
    before = registrar.get(f"{URL}/ZD-1").json()
    split(registrar, line=cut(0.37))
    whole = merge(registrar, "ZD-1-1", "ZD-1-2").json()["parcels"][0]
    assert whole["code"] == "ZD-1-1-M1"
    assert whole["area_plane_m2"] == pytest.approx(before["area_plane_m2"], abs=0.01)
    assert whole["bbox"] == before["bbox"]


def test_the_lineage_is_a_graph(registrar: Caller) -> None:
    split(registrar)
    merge(registrar, "ZD-1-2", "ZD-2", code="M")
    told = LineageRead.model_validate_json(registrar.get(f"{URL}/ZD-1-2/lineage").content)
    assert {node.code: (node.relation, node.alive) for node in told.nodes} == {
        "ZD-1": ("ancestor", False),
        "ZD-1-1": ("other", True),
        "ZD-1-2": ("self", False),
        "ZD-2": ("other", False),
        "M": ("descendant", True),
    }
    assert {(edge.source, edge.target, str(edge.kind)) for edge in told.edges} == {
        ("ZD-1", "ZD-1-1", "split"),
        ("ZD-1", "ZD-1-2", "split"),
        ("ZD-1-2", "M", "merge"),
        ("ZD-2", "M", "merge"),
    }
    alone = registrar.get(f"{URL}/ZD-9/lineage").json()
    assert ([node["code"] for node in alone["nodes"]], alone["edges"]) == (["ZD-9"], [])


def test_of_two_who_split_at_once_one_wins(registrar: Caller) -> None:
    answers: list[Answer] = []
    shares = (0.3, 0.6)
    threads = [
        threading.Thread(target=lambda s=share: answers.append(split(registrar, line=cut(s)))) for share in shares
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = sorted(answers, key=lambda answer: int(answer.status_code))
    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) in {(412, "stale-version"), (409, "parcel-retired")}
    assert len(codes(registrar.get(URL))) == 4


def test_a_stale_version_is_refused(registrar: Caller) -> None:
    assert split(registrar, version=7).status_code == 412
    assert merge(registrar, "ZD-1", "ZD-2", versions={"ZD-1": 1, "ZD-2": 7}).status_code == 412
    assert merge(registrar, "ZD-1", "ZD-2", versions={"ZD-1": 1}).status_code == 422


def test_only_ones_own_parcels_are_seen(parcels: None, as_role: Callable[..., Caller]) -> None:
    stranger = as_role("registrar", jurisdictions=["GXQ"])
    assert split(stranger).status_code == 404
    assert merge(stranger, "ZD-1", "ZD-2").status_code == 404
    assert stranger.get(f"{URL}/ZD-1/lineage").status_code == 404


def test_everything_is_written_down(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    split(registrar)
    rows = owner.execute(
        "SELECT action, subject_id FROM audit_entry WHERE actor = %s ORDER BY seq", (registrar.username,)
    )
    assert rows.fetchall() == [
        ("parcel:registered", "ZD-1-1"),
        ("parcel:registered", "ZD-1-2"),
        ("parcel:split", "ZD-1"),
    ]


def test_the_kept_state_is_what_events_say(registrar: Caller, database: Database) -> None:
    split(registrar)
    merge(registrar, "ZD-1-2", "ZD-2")
    with database.read() as session:
        assert queries.deviations(session) == []
        assert session.query(ParcelEvent).filter_by(kind="derive").count() == 3


def test_no_parcel_descends_from_itself_and_none_is_split_twice_whatever_sql_says(
    registrar: Caller, superuser: psycopg.Connection[Any]
) -> None:
    split(registrar)
    (operation,) = superuser.execute("SELECT id FROM lineage_operation").fetchone() or (None,)
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_parcel_lineage"):
        superuser.execute("UPDATE parcel SET retired_by = %s WHERE code = 'ZD-1-1'", (operation,))
    (later,) = superuser.execute(
        "INSERT INTO lineage_operation (kind, effective_on, actor) VALUES ('merge', '2022-11-02', 'x') RETURNING id"
    ).fetchone() or (None,)
    for change in ("made_by = %s", "retired_by = %s", "retired_by = nullif(1, length(%s::text))"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
            superuser.execute(f"UPDATE parcel SET {change} WHERE code = 'ZD-1'", (later,))
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_parcel_lineage"):
        superuser.execute(
            "INSERT INTO parcel (code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since,"
            " made_by, retired_by) SELECT 'X', jurisdiction_id, geom, 1, 1, stage, stage_since, %s, %s FROM parcel"
            " WHERE code = 'ZD-2'",
            (later, operation),
        )
