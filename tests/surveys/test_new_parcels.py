"""A parcel by hand through the door: checked as a survey is, and there with its first survey and event."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import shapely

from service.accounts.access import Actor
from service.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.factories.parcels import LAT, LON, make_jurisdiction, make_parcel, make_regions, square
from tests.surveys.test_surveys import EAST, FACTS, METRES, NORTH, URL, codes, everything, ring

Caller = Any
Answer = Any  # the client's own type
Json = dict[str, Any]
Owner = psycopg.Connection[Any]

WEST_OF_IT = ((-1, 0), (-0.1, 0), (-0.1, 1), (-1, 1))
ON_IT = ((-0.5, 0), (0.5, 0), (0.5, 1), (-0.5, 1))
BOW = ((-1, 0), (0, 1), (0, 0), (-1, 1))


@pytest.fixture
def registrar(database: Database, actor: Actor, as_role: Callable[..., Caller]) -> Caller:
    """One that may, beside ZD-1 of 1 ha."""
    with database.write(actor) as session:
        make_regions(session)
        make_parcel(session, code="ZD-1", stage=Stage.reserved, geometry=square())
    return as_role("registrar")


def order(**more: object) -> Json:
    return {
        "jurisdiction": "ZDXQ",
        "name": "龙湖北地块",
        "geometry": ring(*WEST_OF_IT),
        "crs": METRES,
        "survey": FACTS,
    } | more


def register(caller: Caller, *, dry_run: bool = False, headers: Json | None = None, **more: object) -> Answer:
    query = "?dry_run=true" if dry_run else ""
    return caller.post(f"{URL}{query}", json=order(**more), headers=headers or {})


def test_a_parcel_is_there_with_its_first_survey_and_event(registrar: Caller, owner: Owner) -> None:
    sent = ring(*WEST_OF_IT)
    facts = FACTS | {"area_legal_m2": 9009.5}
    answer = register(
        registrar,
        code="ZD-北(一)",
        geometry=sent,
        numbers=[["J1", "J2", "J3", "J4"]],
        survey=facts,
        address="龙湖北路",
        cadastral_code="410105003012GB00023",
        lot_number="郑政东出[2022]5号（网）",
        land_use={"code": "070102"},
    )
    assert answer.status_code == 201, answer.text
    told = answer.json()
    parcel = told["parcel"]
    assert answer.headers["location"] == f"{URL}/ZD-%E5%8C%97%28%E4%B8%80%29"
    assert registrar.get(answer.headers["location"]).headers["etag"] == answer.headers["etag"] == '"1"'
    assert (told["code"], told["findings"]) == ("ZD-北(一)", [])
    assert (parcel["stage"], parcel["stage_since"], parcel["region"]["code"]) == (
        "candidate",
        "2022-11-15",
        "410105562",
    )
    assert (parcel["name"], parcel["address"], parcel["area_legal_m2"]) == ("龙湖北地块", "龙湖北路", 9009.5)
    assert (parcel["cadastral_code"], parcel["lot_number"]) == ("410105003012GB00023", "郑政东出〔2022〕5号(网)")
    assert parcel["land_uses"][0]["code"] == "070102"
    assert parcel["area_plane_m2"] == told["after"]["area_plane_m2"] == pytest.approx(9009.5, abs=0.2)
    boundary = registrar.get(f"{URL}/ZD-北(一)/boundary").json()
    assert boundary["geometry"] == {"type": "MultiPolygon", "coordinates": [sent["coordinates"]]}, "to the last digit"
    assert (boundary["crs"], boundary["as_delivered"], boundary["numbers"]) == (4547, True, [["J1", "J2", "J3", "J4"]])
    past = registrar.get(f"{URL}/ZD-北(一)/history").json()
    assert [(each["kind"], each["effective_on"]) for each in past["items"]] == [("propose", "2022-11-15")]
    (survey,) = past["surveys"]
    assert (survey["id"], survey["surveyor"], survey["reason"]) == (
        told["survey_id"], FACTS["surveyor"], FACTS["reason"],
    )  # fmt: skip
    ((action, after),) = owner.execute(
        "SELECT action, after FROM audit_entry WHERE subject_id = 'ZD-北(一)' ORDER BY seq"
    ).fetchall()
    assert (action, after["jurisdiction"], after["stage"], after["crs"], after["surveyor"]) == (
        "parcel:registered", "ZDXQ", "candidate", 4547, FACTS["surveyor"],
    )  # fmt: skip


def test_codes_are_issued_by_jurisdiction_and_year(registrar: Caller) -> None:
    assert register(registrar, dry_run=True).json()["code"] == "ZDXQ-2022-1"
    assert register(registrar, code="zdxq-2022-1").status_code == 201
    north = ring((-1, 2), (0, 2), (0, 3), (-1, 3))
    assert register(registrar, geometry=north).json()["code"] == "ZDXQ-2022-2", "taken in either case"


def test_a_dry_run_tells_what_is_found_and_writes_nothing(registrar: Caller, owner: Owner) -> None:
    before = everything(owner)
    clean = register(registrar, dry_run=True, survey=None)
    assert (clean.status_code, codes(clean)) == (200, []), clean.text
    assert (clean.json()["survey_id"], clean.json()["parcel"]) == (None, None)
    wrong = register(registrar, dry_run=True, geometry=ring(*ON_IT))
    assert codes(wrong) == ["overlap_existing"]
    (found,) = wrong.json()["findings"]
    assert "ZD-1" in found["message"]
    assert "ZD-1" in found["message_en"]
    apart = register(registrar, dry_run=True, geometry=ring((-1, 0), (-0.0005, 0), (-0.0005, 1), (-1, 1)))
    assert codes(apart) == ["gap_existing"]
    assert everything(owner) == before


@pytest.mark.parametrize(
    ("more", "status", "code", "pointer", "rule"),
    [
        ({"geometry": ring(*ON_IT)}, 422, "survey-refused", "/geometry", "overlap_existing"),
        ({"geometry": ring(*BOW)}, 422, "survey-refused", "/geometry", "self_crossing"),
        ({"crs": "EPSG:4526"}, 422, "survey-refused", "/geometry", "zone_mismatch"),
        ({"crs": "EPSG:4326"}, 422, "invalid", "/crs", "not-cgcs2000"),
        (
            {"geometry": {"type": "Point", "coordinates": [1, 2]}},
            422,
            "bad-geometry",
            "/geometry/type",
            "geometry-type",
        ),
        ({"numbers": [["J1"]]}, 422, "invalid", "/numbers", "numbers"),
        ({"code": "ZD/1"}, 422, "bad-identifier", "/code", "bad-identifier"),
        ({"code": "boundaries"}, 422, "bad-identifier", "/code", "bad-identifier"),
        ({"code": "zd-1"}, 409, "number-taken", "/code", "number-taken"),
        ({"cadastral_code": "410105"}, 422, "bad-identifier", "/cadastral_code", "bad-identifier"),
        ({"land_use": {"code": "9999"}}, 422, "invalid", "/land_use/code", "unknown-code"),
        (
            {"land_use": {"scheme": "supply_method", "code": "grant"}},
            422,
            "invalid",
            "/land_use/code",
            "unknown-code",
        ),
        ({"survey": None}, 422, "invalid", "/survey", "required"),
        ({"survey": FACTS | {"surveyed_on": "2022-11-16"}}, 422, "future-date", "/survey/surveyed_on", "future-date"),
        ({"survey": FACTS | {"document_id": 4711}}, 422, "invalid", "/survey/document_id", "unknown-document"),
        ({"stage": "listed"}, 422, "invalid", "/stage", "extra_forbidden"),
    ],
)
def test_what_is_wrong_is_refused_by_field_and_rule(
    registrar: Caller, owner: Owner, more: Json, status: int, code: str, pointer: str, rule: str
) -> None:
    before = everything(owner)
    answer = register(registrar, **more)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), answer.text
    assert (pointer, rule) in [(each["pointer"], each["code"]) for each in told["errors"]]
    assert everything(owner) == before


def test_the_code_of_a_parcel_that_was_split_is_not_given_again(registrar: Caller) -> None:
    line = {"type": "LineString", "coordinates": [[LON + EAST / 2, LAT - NORTH], [LON + EAST / 2, LAT + 2 * NORTH]]}
    split = registrar.post(
        f"{URL}/ZD-1/split", json={"line": line, "effective_on": "2022-11-15"}, headers={"if-match": '"1"'}
    )
    assert split.status_code == 201, split.text
    answer = register(registrar, code="ZD-1")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "number-retired")


def test_outside_the_jurisdiction_is_found(registrar: Caller, owner: Owner) -> None:
    area = shapely.MultiPolygon([shapely.box(LON, LAT, LON + 1, LAT + 1)])
    owner.execute("UPDATE jurisdiction SET geom = ST_GeomFromText(%s, 4490) WHERE code = 'ZDXQ'", (area.wkt,))
    told = register(registrar, dry_run=True)
    assert codes(told) == ["mostly_outside_jurisdiction", "outside_jurisdiction"], "error and place"
    answer = register(registrar)
    assert (answer.status_code, answer.json()["code"]) == (422, "survey-refused")


@pytest.mark.parametrize(
    ("given", "code", "finding"),
    [
        ({"scheme": "land_use_2023", "code": "070102"}, "070102", None),
        ({"scheme": "gb_50137_2011", "code": "R21"}, "070102", "land_use_translated"),
        ({"scheme": "gb_50137_2011", "code": "U15"}, None, "land_use_ambiguous"),
    ],
)
def test_a_use_of_an_older_list_is_translated_as_an_import_does(
    registrar: Caller, given: Json, code: str | None, finding: str | None
) -> None:
    answer = register(registrar, land_use=given)
    assert answer.status_code == 201, answer.text
    parcel = answer.json()["parcel"]
    assert codes(answer) == ([] if finding is None else [finding])
    assert (parcel["land_use"] and parcel["land_use"]["code"]) == code
    assert (parcel["land_use_given"]["scheme"], parcel["land_use_given"]["code"]) == (given["scheme"], given["code"])


def test_who_may_survey_may_and_nobody_else(registrar: Caller, as_role: Callable[..., Caller]) -> None:
    for role in Role:
        may = Permission.PARCEL_SURVEY in ROLE_PERMISSIONS[role]
        assert register(as_role(role), dry_run=True).status_code == (200 if may else 403), role


def test_another_jurisdiction_is_not_there(
    registrar: Caller, database: Database, actor: Actor, as_role: Callable[..., Caller]
) -> None:
    with database.write(actor) as session:
        make_jurisdiction(session, "GXQ")
    stranger = as_role("registrar", jurisdictions=["GXQ"])
    assert register(stranger).status_code == register(registrar, jurisdiction="NOWHERE").status_code == 404
    # What lies there is an obstacle for those too who can't see it; its shape isn't given to them.
    assert codes(register(stranger, jurisdiction="GXQ", geometry=ring(*ON_IT), dry_run=True)) == ["overlap_existing"]
    box = f"{LON - EAST},{LAT - NORTH},{LON + EAST},{LAT + NORTH}"
    assert stranger.get(f"{URL}/boundaries?bbox={box}").json() == {"neighbours": []}


def test_sent_twice_it_is_done_once(registrar: Caller, owner: Owner) -> None:
    first, second = (register(registrar, headers={"idempotency-key": "one"}) for _ in range(2))
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert second.headers["location"] == first.headers["location"]
    assert owner.execute("SELECT count(*) FROM parcel").fetchone() == (2,)


def test_of_two_on_the_same_land_one_is_registered(registrar: Caller, owner: Owner) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(register(registrar).status_code)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert min(answers) == 201
    assert max(answers) in {409, 422}
    assert owner.execute("SELECT count(*) FROM parcel").fetchone() == (2,)


def test_shapes_to_snap_to_are_given_to_the_last_digit(registrar: Caller, owner: Owner) -> None:
    ((wkb,),) = owner.execute("SELECT ST_AsBinary(geom) FROM parcel").fetchall()
    answer = registrar.get(f"{URL}/boundaries?bbox={LON - EAST},{LAT - NORTH},{LON + EAST},{LAT + NORTH}")
    (near,) = answer.json()["neighbours"]
    assert near["code"] == "ZD-1"
    assert near["geometry"]["coordinates"] == [
        [[list(xy) for xy in part.exterior.coords] for part in shapely.from_wkb(wkb).geoms]
    ]
    assert registrar.get(f"{URL}/boundaries").status_code == 400
    assert registrar.get(f"{URL}/boundaries?bbox=1,2,3").status_code == 400
