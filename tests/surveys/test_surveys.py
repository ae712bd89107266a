"""A boundary by hand through the doors: checked as an import is, and recorded as a new survey."""

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
from service.geo.crs import from_cgcs2000, recognise
from service.parcels.approval import approval_for
from service.parcels.lifecycle import Stage
from tests.factories.parcels import LAT, LON, make_parcel, make_regions, square

Caller = Any
Answer = Any  # the client's own type
Json = dict[str, Any]
URL = "/api/v1/parcels"
EAST = square()["coordinates"][0][1][0] - LON  # 100 m
NORTH = square()["coordinates"][0][2][1] - LAT
FACTS = {"surveyed_on": "2022-11-10", "surveyor": "郑州市测绘院", "reason": "东侧界址点复测"}
METRES = "EPSG:4547"


@pytest.fixture
def parcels(database: Database, actor: Actor) -> None:
    """ZD-1 and, to its east with a common border, ZD-2; 1 ha each."""
    with database.write(actor) as session:
        make_regions(session)
        make_parcel(session, code="ZD-1", stage=Stage.reserved, geometry=square(), area_legal_m2=Decimal("10010.50"))
        make_parcel(session, code="ZD-2", stage=Stage.reserved, geometry=square(LON + EAST))


@pytest.fixture
def registrar(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


def ring(*corners: tuple[float, float]) -> Json:
    """A polygon of corners in shares of ZD-1's width and height, in metres of EPSG:4547, to 1 mm."""
    lon, lat = (list(each) for each in zip(*[(LON + x * EAST, LAT + y * NORTH) for x, y in corners], strict=True))
    east, north = from_cgcs2000(recognise(METRES), np.array(lon), np.array(lat))
    open_ring = [[round(x, 3), round(y, 3)] for x, y in zip(east, north, strict=True)]
    return {"type": "Polygon", "coordinates": [[*open_ring, open_ring[0]]]}


SMALLER = ((0, 0), (0.9, 0), (0.9, 1), (0, 1))
WIDER = ((0, 0), (1.2, 0), (1.2, 1), (0, 1))
BOW = ((0, 0), (0.9, 1), (0.9, 0), (0, 1))


def survey(caller: Caller, code: str = "ZD-1", *, version: int = 1, dry_run: bool = False, **order: object) -> Answer:
    order = {"geometry": ring(*SMALLER), "crs": METRES} | ({} if dry_run else {"survey": FACTS}) | order
    query = "?dry_run=true" if dry_run else ""
    return caller.post(f"{URL}/{code}/surveys{query}", json=order, headers={"if-match": f'"{version}"'})


def codes(answer: Answer) -> list[str]:
    return [found["code"] for found in answer.json()["findings"]]


def everything(owner: psycopg.Connection[Any]) -> list[object]:
    return [
        owner.execute(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} AS t").fetchone()
        for table in ("parcel", "parcel_survey", "parcel_event", "audit_entry", "parcel_tally")
    ]


def test_a_new_survey_becomes_the_boundary(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    sent = ring(*SMALLER)
    facts = FACTS | {"area_legal_m2": 9009.5}
    answer = survey(registrar, geometry=sent, survey=facts, numbers=[["J1", "J2", "J3", "J4"]])
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (answer.headers["etag"], told["version"], told["parcel"]["version"]) == ('"2"', 2, 2)
    assert told["before"]["area_plane_m2"] == pytest.approx(10010.6, abs=0.1)
    assert told["after"]["area_plane_m2"] == pytest.approx(9009.5, abs=0.2)
    assert told["parcel"]["area_legal_m2"] == told["after"]["area_legal_m2"] == 9009.5
    assert told["parcel"]["area_plane_m2"] == told["after"]["area_plane_m2"]
    assert told["parcel"]["survey"]["source_crs"] == 4547
    assert told["findings"] == []
    (geometry, crs) = owner.execute("SELECT geometry, source_crs FROM parcel_survey").fetchone() or (b"", 0)
    assert shapely.get_coordinates(shapely.from_wkb(geometry)).tolist() == sent["coordinates"][0]
    read = registrar.get(f"{URL}/ZD-1/boundary").json()
    assert read["geometry"] == {"type": "MultiPolygon", "coordinates": [sent["coordinates"]]}, "to the last digit"
    assert (read["crs"], read["as_delivered"], read["numbers"], read["version"]) == (
        crs, True, [["J1", "J2", "J3", "J4"]], 2,
    )  # fmt: skip


def test_the_history_keeps_every_survey(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    assert survey(registrar).status_code == 201
    again = survey(registrar, version=2, geometry=ring((0, 0), (0.8, 0), (0.8, 1), (0, 1)))
    assert again.status_code == 201, again.text
    kept = registrar.get(f"{URL}/ZD-1/history").json()["surveys"]
    assert [each["surveyor"] for each in kept] == [FACTS["surveyor"]] * 2
    assert kept[0]["id"] > kept[1]["id"]
    assert (kept[0]["reason"], kept[0]["surveyed_on"], kept[0]["point_count"]) == (
        FACTS["reason"], FACTS["surveyed_on"], 5,
    )  # fmt: skip
    audited = "SELECT before, after FROM audit_entry WHERE action = 'parcel:resurveyed' ORDER BY seq DESC LIMIT 1"
    told: tuple[Json, Json] = owner.execute(audited).fetchone() or ({}, {})
    before, after = told
    assert after["survey"] == kept[0]["id"]
    assert before["area_plane_m2"] > after["area_plane_m2"]


def test_a_day_before_is_told_that_the_boundary_is_a_later_one(registrar: Caller) -> None:
    assert survey(registrar).status_code == 201
    assert registrar.get(f"{URL}/ZD-1").json()["survey"]["replaced_on"] is None, "none was known before it"
    again = survey(registrar, version=2, survey=FACTS | {"surveyed_on": "2022-11-14"})
    assert again.status_code == 201, again.text
    then = registrar.get(f"{URL}/ZD-1?as_of=2022-11-12").json()
    assert then["survey"]["replaced_on"] == "2022-11-14"


def test_a_dry_run_tells_the_same_and_writes_nothing(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    before = everything(owner)
    told = survey(registrar, dry_run=True)
    assert told.status_code == 200
    assert codes(told) == ["area_differs"], "the legal area no longer fits"
    assert told.json()["after"]["area_plane_m2"] == pytest.approx(9009.5, abs=0.2)
    assert (told.json()["version"], told.json()["survey_id"], told.json()["parcel"]) == (1, None, None)
    assert codes(survey(registrar, geometry=ring(*WIDER), dry_run=True)) == ["overlap_existing", "area_differs"]
    assert everything(owner) == before


def test_what_is_wrong_is_told_with_ring_and_point(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    before = everything(owner)
    answer = survey(registrar, geometry=ring(*BOW), numbers=[["J1", "J2", "J3", "J4"]])
    assert answer.status_code == 422
    told = answer.json()
    assert (told["code"], told["errors"][0]["pointer"]) == ("survey-refused", "/geometry")
    (crossing,) = (found for found in told["findings"] if found["severity"] == "error")
    assert (crossing["code"], crossing["ring"], crossing["point"]) == ("self_crossing", 1, "J1–J2 × J3–J4")
    assert (crossing["lon"], crossing["lat"]) == pytest.approx((LON + 0.45 * EAST, LAT + 0.5 * NORTH), abs=1e-7)
    assert "J1–J2 × J3–J4" in told["detail"]
    assert everything(owner) == before


@pytest.mark.parametrize(
    ("corners", "code"),
    [
        (WIDER, "overlap_existing"),
        (((0, 0), (0.9, 0), (0.9, 1), (0, 1), (0, 0), (0.9, 0), (0.9, 1), (0, 1)), "self_crossing"),
        (((0, 0), (0.000001, 0), (0, 0.000001)), "geometry_invalid"),
    ],
)
def test_errors_block(registrar: Caller, corners: tuple[tuple[float, float], ...], code: str) -> None:
    answer = survey(registrar, geometry=ring(*corners))
    assert answer.status_code == 422, answer.text
    assert code in codes(answer)


def test_warnings_are_told_and_do_not_block(registrar: Caller) -> None:
    repeated = ring((0, 0), (0.9, 0), (0.9, 0), (0.9, 1), (0, 1))
    answer = survey(registrar, geometry=repeated)
    assert answer.status_code == 201, answer.text
    assert {"point_repeated", "area_differs"} == set(codes(answer))


def test_a_common_border_stays_common(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    taken_up = registrar.get(f"{URL}/ZD-1/boundary").json()
    assert (taken_up["crs"], taken_up["as_delivered"]) == (4490, False)
    (neighbour,) = taken_up["neighbours"]
    assert neighbour["code"] == "ZD-2"
    # Typed in metres to a tenth of a millimetre, the shared points are not the same degrees any more.
    east, north = from_cgcs2000(recognise(METRES), *np.array(taken_up["geometry"]["coordinates"][0][0]).T)
    typed = [[round(x, 4), round(y, 4)] for x, y in zip(east, north, strict=True)]
    answer = survey(registrar, geometry={"type": "Polygon", "coordinates": [typed]})
    assert (answer.status_code, codes(answer)) == (201, []), answer.text
    ((shared,),) = owner.execute(
        "SELECT ST_NPoints(ST_Intersection(ST_Points(a.geom), ST_Points(b.geom))) FROM parcel a, parcel b"
        " WHERE a.code = 'ZD-1' AND b.code = 'ZD-2'"
    ).fetchall()
    assert shared == 2, "to the last digit"


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({"survey": None}, 422, "invalid"),
        ({"survey": FACTS | {"surveyed_on": "2022-12-01"}}, 422, "future-date"),
        ({"survey": FACTS | {"document_id": 4711}}, 422, "invalid"),
        ({"survey": FACTS | {"reason": " "}}, 422, "invalid"),
        ({"numbers": [["J1", "J2"]]}, 422, "invalid"),
        ({"crs": "EPSG:4326"}, 422, "invalid"),
        ({"crs": "Xian 1980"}, 400, "crs-refused"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, 422, "bad-geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [7, 8]]]}}, 422, "bad-geometry"),
        ({"crs": "EPSG:4526"}, 422, "survey-refused"),
        ({"crs": "EPSG:4490"}, 422, "survey-refused"),
    ],
)
def test_what_can_not_be_read_is_refused(
    registrar: Caller, owner: psycopg.Connection[Any], order: Json, status: int, code: str
) -> None:
    before = everything(owner)
    answer = survey(registrar, **order)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert everything(owner) == before


def test_a_hostile_shape_costs_a_refusal(registrar: Caller) -> None:
    spokes = 2_000
    ends = [(0.5 + 0.5 * (i % 2), i / spokes) for i in range(spokes)]
    star = [*ends, *[(1 - x, 1 - y) for x, y in ends]]
    answer = survey(registrar, geometry=ring(*star), dry_run=True)
    assert answer.status_code == 200, answer.text
    assert "self_crossing" in codes(answer)


def test_only_registrars_and_approvers_may(parcels: None, as_role: Callable[..., Caller]) -> None:
    for role in ("planner", "viewer", "administrator", "listing_officer", "track_officer"):
        assert survey(as_role(role)).status_code == 403, role


def test_versions_guard(registrar: Caller) -> None:
    assert registrar.post(f"{URL}/ZD-1/surveys", json={"geometry": ring(*SMALLER), "crs": METRES}).status_code == 428
    assert survey(registrar).status_code == 201
    stale = survey(registrar)
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    assert survey(registrar, dry_run=True).status_code == 412


def test_of_two_edits_at_once_one_wins(registrar: Caller) -> None:
    shapes = (SMALLER, ((0, 0), (0.8, 0), (0.8, 1), (0, 1)))
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda s=s: answers.append(survey(registrar, geometry=ring(*s)).status_code))
        for s in shapes
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [201, 412]


def test_neighbours_that_grow_towards_each_other_do_not_overlap(registrar: Caller) -> None:
    for code, corners in (("ZD-1", SMALLER), ("ZD-2", ((1.1, 0), (2, 0), (2, 1), (1.1, 1)))):
        assert survey(registrar, code, geometry=ring(*corners)).status_code == 201
    answers: list[int] = []
    both = (("ZD-1", ((0, 0), (1.05, 0), (1.05, 1), (0, 1))), ("ZD-2", ((0.95, 0), (2, 0), (2, 1), (0.95, 1))))
    threads = [
        threading.Thread(
            target=lambda c=c, s=s: answers.append(survey(registrar, c, version=2, geometry=ring(*s)).status_code)
        )
        for c, s in both
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers.count(201) == 1
    assert set(answers) - {201} <= {409, 422}


def test_a_request_sent_twice_is_done_once(registrar: Caller, owner: psycopg.Connection[Any]) -> None:
    order = {"geometry": ring(*SMALLER), "crs": METRES, "survey": FACTS}
    headers = {"if-match": '"1"', "idempotency-key": "one"}
    first, second = (registrar.post(f"{URL}/ZD-1/surveys", json=order, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert owner.execute("SELECT count(*) FROM parcel_survey").fetchone() == (1,)


def test_a_boundary_is_cut_by_a_line(registrar: Caller) -> None:
    whole = ring((0, 0), (1, 0), (1, 1), (0, 1))
    ends = ring((0.25, -0.5), (0.25, 1.5), (0.3, 1.5))["coordinates"][0][:2]
    answer = registrar.post(
        f"{URL}/cut", json={"geometry": whole, "by": {"type": "LineString", "coordinates": ends}, "crs": METRES}
    )
    assert answer.status_code == 200, answer.text
    large, small = answer.json()["pieces"]
    assert (large["area_plane_m2"], small["area_plane_m2"]) == pytest.approx((7508, 2502.6), abs=2)
    sent = {tuple(xy) for xy in whole["coordinates"][0]}
    came = {tuple(xy) for piece in (large, small) for xy in piece["geometry"]["coordinates"][0][0]}
    assert sent <= came, "points that were not cut are what they were"
    assert len(came) == 6


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526", "EPSG:4508", "EPSG:4490"])
def test_a_piece_has_the_area_that_a_survey_of_it_will_have(registrar: Caller, crs: str) -> None:
    """Points that a cut makes are rounded; what is told is the area of the rounded shape, on the place's own plane."""
    corners = ((0, 0), (1, 0.004), (0.987, 1), (0.013, 0.991), (0, 0), (0.3337, -0.5), (0.2911, 1.5))
    degrees = np.array([(LON + x * EAST, LAT + y * NORTH) for x, y in corners])
    points = degrees if crs == "EPSG:4490" else np.column_stack(from_cgcs2000(recognise(crs), *degrees.T)).round(4)
    whole, line = points[:5].tolist(), points[5:].tolist()
    order = {"geometry": {"type": "Polygon", "coordinates": [whole]}, "crs": crs}
    cut = registrar.post(f"{URL}/cut", json=order | {"by": {"type": "LineString", "coordinates": line}})
    pieces = cut.json()["pieces"]
    assert len(pieces) == 2
    for piece in pieces:
        checked = survey(registrar, geometry=piece["geometry"], crs=crs, dry_run=True).json()
        assert piece["area_plane_m2"] == checked["after"]["area_plane_m2"]


def test_a_polygon_is_cut_out(registrar: Caller) -> None:
    whole, hole = ring((0, 0), (1, 0), (1, 1), (0, 1)), ring((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
    answer = registrar.post(f"{URL}/cut", json={"geometry": whole, "by": hole, "crs": METRES})
    (left,) = answer.json()["pieces"]
    ((outer, inner),) = left["geometry"]["coordinates"]
    assert {tuple(xy) for xy in outer} == {tuple(xy) for xy in whole["coordinates"][0]}
    assert {tuple(xy) for xy in inner} == {tuple(xy) for xy in hole["coordinates"][0]}
    nothing = registrar.post(f"{URL}/cut", json={"geometry": hole, "by": whole, "crs": METRES})
    assert nothing.json() == {"pieces": []}


@pytest.mark.parametrize("stage", Stage)
def test_whether_an_approver_decides_is_told_of_every_stage(stage: Stage) -> None:
    needed = approval_for(stage)
    free = {"candidate", "acquiring", "reserved", "cleared", "scheme_approved", "reclaimed"}
    assert (needed is None) == (stage in free), stage
    if needed is not None:
        assert needed.message_en.endswith("with reason and document")


def test_a_boundary_that_concerns_others_needs_an_approver(
    parcels: None, as_role: Callable[..., Caller], database: Database, actor: Actor, owner: psycopg.Connection[Any]
) -> None:
    with database.write(actor) as session:
        make_parcel(session, code="ZD-5", stage=Stage.announced, geometry=square(LON, LAT + 3 * NORTH))
    ((document,),) = owner.execute(
        "INSERT INTO document (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256, uploaded_by)"
        " VALUES ('parcel', 'ZD-5', '批复', 'a.pdf', 'application/pdf', 1, repeat('0', 64), 'test') RETURNING id"
    ).fetchall()
    registrar, approver = as_role("registrar"), as_role("approver")
    shape = ring(*((x, y + 3) for x, y in SMALLER))
    told = registrar.get(f"{URL}/ZD-5/boundary").json()["approval"]
    assert (told["stage"], told["message"]) == ("announced", "该地块已发布公告，变更界线须由审批人说明理由并附依据文件")
    tried = survey(registrar, "ZD-5", geometry=shape, dry_run=True)
    assert (tried.status_code, tried.json()["approval"]) == (200, told)
    backed = FACTS | {"override_reason": "公告已更正", "document_id": document}
    for caller, facts in (
        (registrar, backed),
        (approver, FACTS),
        (approver, backed | {"document_id": None}),
        (approver, backed | {"override_reason": None}),
    ):
        refused = survey(caller, "ZD-5", geometry=shape, survey=facts)
        assert (refused.status_code, refused.json()["code"]) == (409, "survey-needs-approval"), refused.text
    assert survey(approver, "ZD-5", geometry=shape, survey=backed).status_code == 201
    kept = approver.get(f"{URL}/ZD-5/history").json()["surveys"][0]
    assert (kept["override_reason"], kept["document"]["title"]) == ("公告已更正", "批复")
    ((after,),) = owner.execute("SELECT after FROM audit_entry WHERE action = 'parcel:resurveyed'").fetchall()
    assert (after["override_reason"], after["document"]) == ("公告已更正", document)
