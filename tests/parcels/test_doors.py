import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from fastapi import FastAPI

from service.accounts.access import Actor
from service.core.db import Database
from service.parcels import commands
from service.parcels.changes import LandUse, ParcelChange
from service.parcels.facets import FacetsRead
from service.parcels.lifecycle import Stage
from service.parcels.schemas import (
    HistoryRead,
    ParcelFeatures,
    ParcelList,
    ParcelRead,
    ParcelsHere,
    StatusesRead,
)
from service.parcels.survey_models import ParcelSurvey
from tests.factories.parcels import LAT, LON, make_parcel, make_regions, square

Caller = Any
URL = "/api/v1/parcels"
LOT = "郑政东出〔2022〕5号(网)"


@pytest.fixture
def parcels(database: Database, actor: Actor) -> None:
    """ZD-1 with everything a parcel can have; ZD-2 … ZD-5 plain; GX-1 of another jurisdiction."""
    with database.write(actor) as session:
        make_regions(session)
        first = make_parcel(
            session,
            code="ZD-1",
            stage=Stage.listed,
            name="龙湖金融岛",
            address="如意东路",
            lot_number=LOT,
            cadastral_code="410105003012GB00023",
            area_legal_m2=Decimal("10000.5"),
            registered_on=dt.date(2022, 3, 1),
            geometry=square(LON, LAT),
            land_uses=[LandUse(code="0902", share=Decimal("0.6")), LandUse(code="0701", share=Decimal("0.4"))],
            planning={"far": {"min": 1.1, "min_inclusive": False, "max": 3}, "green_pct": {"min": 35}},
        )
        point = bytes.fromhex("0101000000000000000000F03F000000000000F03F")
        session.add(ParcelSurvey(parcel_id=first.id, source_crs=4526, zone_prefixed=True, geometry=point))
        for i in range(2, 6):
            make_parcel(session, code=f"ZD-{i}", stage=Stage.reserved)
        make_parcel(session, code="GX-1", jurisdiction="GXQ")
        commands.change_attributes(session, actor, "ZD-5", ParcelChange(name="改过"), version=1)


@pytest.fixture
def planner(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("planner")


@pytest.fixture
def registrar(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


SHAPES: list[tuple[str, Any]] = [
    ("?limit=3", ParcelList),
    ("?limit=3&sort=-area_m2&as_of=2022-06-01", ParcelList),
    ("?limit=3&sort=-updated_at&f=geojson", ParcelFeatures),
    ("/facets?stage=listed&stage=reserved", FacetsRead),
    (f"/locate?lon={LON + 1e-4}&lat={LAT + 1e-4}", ParcelsHere),
    ("/ZD-1", ParcelRead),
    ("/ZD-2?crs=4547", ParcelRead),
    ("/ZD-1?as_of=2022-06-01&known_at=2100-01-01", ParcelRead),
    ("/ZD-1/history", HistoryRead),
]


def test_the_json_of_a_door_is_exactly_its_documented_shape(planner: Caller) -> None:
    for path, shape in SHAPES:
        answer = planner.get(URL + path)
        assert answer.status_code == 200, answer.text
        assert shape.model_validate_json(answer.content, strict=True).model_dump(mode="json") == answer.json(), path


def test_the_status_door_too(planner: Caller) -> None:
    answer = planner.post(f"{URL}/status", json={"codes": ["ZD-2", "nobody", LOT, "ZD-2"]})
    assert StatusesRead.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
    assert [(item["asked"], item["code"]) for item in answer.json()["items"]] == [
        ("ZD-2", "ZD-2"),
        (LOT, "ZD-1"),
        ("ZD-2", "ZD-2"),
    ]
    assert answer.json()["unknown"] == ["nobody"]


@pytest.mark.parametrize("number", ["郑政东出〔２０２２〕５号（网）", "４１０１０５003012gb００023"])
def test_a_number_typed_in_full_width_is_understood(planner: Caller, number: str) -> None:
    assert planner.get(f"{URL}/{quote(number, safe='')}").json()["code"] == "ZD-1"
    assert [item["code"] for item in planner.get(f"{URL}?q={quote(number)}").json()["items"]] == ["ZD-1"]


@pytest.mark.parametrize("number", ["zd-12a", "ZD-12A", "Zd-12a", " ｚｄ－１２ａ "])
def test_a_code_is_found_in_any_case_and_shown_as_written(
    registrar: Caller, database: Database, actor: Actor, number: str
) -> None:
    with database.write(actor) as session:
        make_parcel(session, code="Zd-12a", stage=Stage.listed)
    address = f"{URL}/{quote(number, safe='')}"
    assert registrar.get(address).json()["code"] == "Zd-12a"
    assert len(registrar.get(f"{address}/history").json()["items"]) == 1
    assert registrar.post(f"{URL}/status", json={"codes": [number, number]}).json()["items"][1]["code"] == "Zd-12a"
    assert registrar.post(f"{address}/events", json=SELL, headers={"if-match": '"1"'}).json()["code"] == "Zd-12a"
    assert registrar.patch(address, json={"name": "新名"}, headers={"if-match": '"2"'}).json()["code"] == "Zd-12a"


def test_doors_are_documented_with_their_shapes(app: FastAPI) -> None:
    document = app.openapi()
    jsonschema.Draft202012Validator.check_schema(document["components"]["schemas"]["ParcelRead"])
    ok = document["paths"]["/api/v1/parcels/{number}"]["get"]["responses"]["200"]
    assert ok["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ParcelRead"}


def test_everything_known_of_a_parcel_is_in_its_answer(planner: Caller) -> None:
    found = planner.get(f"{URL}/{quote(LOT, safe='')}").json()
    assert (found["code"], found["stage"], found["area_m2"]) == ("ZD-1", "listed", 10000.5)
    assert found["region"]["name"] == "龙湖办事处"
    assert [use["share"] for use in found["land_uses"]] == [0.6, 0.4]
    assert found["survey"] == {
        "source_crs": 4526,
        "zone_prefixed": True,
        "document_id": None,
        "source_name": None,
        "point_count": 1,
        "surveyed_on": None,
        "replaced_on": None,
    }
    assert found["geometry"]["type"] == "MultiPolygon"
    assert found["allowed_events"] == ["suspend", "sell", "fail", "terminate"]


def pages(caller: Caller, address: str) -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        answer = caller.get(following)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        following = answer.json()["next"]


def test_next_leads_through_every_page(planner: Caller) -> None:
    for sort in ("code", "-code", "area_m2", "-area_m2", "updated_at", "-updated_at"):
        address = f"{URL}?sort={sort}&limit=2&stage=reserved&stage=listed&q=zd-"
        found = [[item["code"] for item in page["items"]] for page in pages(planner, address)]
        assert [len(page) for page in found] == [2, 2, 1]
        assert sorted(code for page in found for code in page) == ["ZD-1", "ZD-2", "ZD-3", "ZD-4", "ZD-5"]


def test_an_unchanged_parcel_is_not_sent_again(planner: Caller) -> None:
    first = planner.get(f"{URL}/ZD-5")
    assert first.headers["etag"] == '"2"'
    again = planner.get(f"{URL}/ZD-5", headers={"if-none-match": '"2"'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", '"2"')
    assert planner.get(f"{URL}/ZD-5", headers={"if-none-match": 'W/"1", "12"'}).status_code == 200
    assert planner.get(f"{URL}/nobody", headers={"if-none-match": '"2"'}).status_code == 404


def test_a_point_may_be_given_in_a_plane(planner: Caller) -> None:
    here = planner.get(f"{URL}/locate?lon=38475300&lat=3849130&crs=4526").json()
    assert [item["code"] for item in here["items"]] == ["ZD-1"]
    assert here["point"] == pytest.approx([LON, LAT], abs=0.01)
    assert planner.get(f"{URL}/locate?lon=1&lat=2").json() == {"point": [1, 2], "items": []}
    assert planner.get(f"{URL}/locate?lon=475300&lat=3849130").json() == {"point": None, "items": []}
    assert planner.get(f"{URL}/locate?lon=475300&lat=3849130&crs=4526").json()["items"] == []


BAD_QUESTIONS = [
    ("?stage=sleeping", 400, "bad-request"),
    ("?limit=0", 400, "bad-request"),
    ("?limit=1001", 400, "bad-request"),
    ("?colour=red", 400, "bad-request"),
    ("?cursor=!!", 400, "bad-request"),
    ("?cursor=WzFd", 400, "bad-request"),
    ("?bbox=1,2,3", 400, "bad-bbox"),
    ("?area_min_m2=nan", 400, "bad-request"),
    ("?land_use=07%25", 400, "bad-request"),
    ("?q=a+b+c+d+e+f+g", 400, "bad-request"),
    ("?as_of=2022-02-30", 400, "bad-request"),
    ("?known_at=2022-02-03T08:00:00", 400, "bad-request"),
    ("?known_at=20221115", 400, "bad-request"),
    ("?as_of=1668470400", 400, "bad-request"),
    ("?limit=1_0", 400, "bad-request"),
    ("?limit=1&limit=2", 400, "bad-request"),
    ("?area_min_m2=1_0", 400, "bad-request"),
    ("?sort=area_m2&cursor=WzEuMCx0cnVlXQ", 400, "bad-request"),
    ("?sort=updated_at&cursor=WyIyMDIyLTAxLTAxIix0cnVlXQ", 400, "bad-request"),
    ("/locate?lon=inf&lat=1", 400, "bad-request"),
    ("/locate?lon=1", 400, "bad-request"),
    ("/locate?lon=1&lat=1&crs=2362", 400, "crs-refused"),
    ("/ZD-1?crs=nowhere", 400, "crs-refused"),
    ("/nobody", 404, "not-found"),
    ("/nobody/history", 404, "not-found"),
    ("/ZD-1?as_of=2000-01-01", 404, "not-found"),
]


def test_a_bad_question_is_refused_as_a_problem(planner: Caller) -> None:
    for path, status, code in BAD_QUESTIONS:
        answer = planner.get(URL + path)
        assert (answer.status_code, answer.json().get("code")) == (status, code), path
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_parameter_is_named_as_the_caller_wrote_it(planner: Caller) -> None:
    problem = planner.get(f"{URL}?known_at=yesterday").json()
    assert problem["detail"].endswith("/query/known_at")
    assert {each["pointer"] for each in problem["errors"]} == {"/query/known_at"}


def test_a_day_known_counts_to_its_end_up_to_the_last_day_of_all(planner: Caller) -> None:
    assert len(planner.get(f"{URL}?known_at=9999-12-31&as_of=9999-12-31").json()["items"]) == 6
    assert planner.get(f"{URL}?known_at=0001-01-01").json()["items"] == []


def test_another_jurisdiction_does_not_exist(parcels: None, as_role: Callable[..., Caller]) -> None:
    theirs = as_role("planner", jurisdictions=["GXQ"])
    assert [item["code"] for item in theirs.get(URL).json()["items"]] == ["GX-1"]
    assert theirs.get(f"{URL}/ZD-1").status_code == 404
    assert theirs.get(f"{URL}/facets").json()["total"] == 1
    assert theirs.post(f"{URL}/status", json={"codes": ["ZD-1"]}).json()["unknown"] == ["ZD-1"]
    event = {"kind": "sell", "effective_on": "2022-06-01"}
    assert theirs.post(f"{URL}/ZD-1/events", json=event, headers={"if-match": '"1"'}).status_code == 404


@pytest.mark.parametrize(("number", "etag"), [(LOT, '"1"'), ("410105003012GB00023", '"1"')])
def test_a_strangers_code_does_not_hide_the_own_parcel_of_that_number(
    parcels: None, database: Database, actor: Actor, as_role: Callable[..., Caller], number: str, etag: str
) -> None:
    with database.write(actor) as session:
        make_parcel(session, code=number, jurisdiction="GXQ")
    ours = as_role("registrar", jurisdictions=["ZDXQ"])
    address = f"{URL}/{quote(number, safe='')}"
    assert ours.get(address).json()["code"] == "ZD-1"
    assert ours.get(address, headers={"if-none-match": etag}).status_code == 304
    assert len(ours.get(f"{address}/history").json()["items"]) == 1
    statuses = ours.post(f"{URL}/status", json={"codes": [number, "ZD-2"]}).json()
    assert ([item["code"] for item in statuses["items"]], statuses["unknown"]) == (["ZD-1", "ZD-2"], [])
    assert ours.post(f"{URL}/{number}/events", json=SELL, headers={"if-match": etag}).json()["code"] == "ZD-1"
    assert ours.patch(address, json={"name": "新名"}, headers={"if-match": '"2"'}).json()["code"] == "ZD-1"
    everybody = as_role("registrar")
    assert everybody.get(address).json()["jurisdiction"]["code"] == "GXQ", "of two visible ones the code goes first"


SELL = {"kind": "sell", "effective_on": "2022-06-01", "note": "一号厅"}


def test_an_event_changes_the_parcel_and_its_etag(planner: Caller) -> None:
    answer = planner.post(f"{URL}/ZD-1/events", json=SELL, headers={"if-match": '"1"'})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["stage"], answer.json()["stage_since"], answer.headers["etag"]) == (
        "sold",
        "2022-06-01",
        '"2"',
    )
    assert planner.get(f"{URL}/ZD-1").json() == answer.json()
    history = planner.get(f"{URL}/ZD-1/history").json()["items"]
    assert [(each["kind"], each["actor"], each["note"]) for each in history[1:]] == [
        ("sell", planner.username, "一号厅")
    ]


def test_an_event_sent_twice_with_one_key_happens_once(planner: Caller) -> None:
    headers = {"if-match": '"1"', "idempotency-key": "k-1"}
    first, second = (planner.post(f"{URL}/ZD-1/events", json=SELL, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["etag"] == '"2"'


BAD_EVENTS: list[tuple[dict[str, Any], dict[str, str], int, str]] = [
    (SELL, {}, 428, "if-match-required"),
    (SELL, {"if-match": "soon"}, 400, "bad-request"),
    (SELL, {"if-match": '"9"'}, 412, "stale-version"),
    ({**SELL, "kind": "contract"}, {"if-match": '"1"'}, 409, "illegal-transition"),
    ({**SELL, "kind": "adopt"}, {"if-match": '"1"'}, 409, "illegal-transition"),
    ({**SELL, "effective_on": "2022-11-16"}, {"if-match": '"1"'}, 422, "future-date"),
    ({**SELL, "effective_on": 1654041600}, {"if-match": '"1"'}, 422, "invalid"),
    ({**SELL, "effective_on": "1000-01-01"}, {"if-match": '"1"'}, 422, "invalid"),
    ({**SELL, "document_id": 9}, {"if-match": '"1"'}, 422, "invalid"),
    ({**SELL, "stage": "sold"}, {"if-match": '"1"'}, 422, "invalid"),
    ({**SELL, "kind": "vanish"}, {"if-match": '"1"'}, 422, "invalid"),
]


def test_a_bad_event_is_refused_as_a_problem(planner: Caller) -> None:
    for body, headers, status, code in BAD_EVENTS:
        answer = planner.post(f"{URL}/ZD-1/events", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert planner.get(f"{URL}/ZD-1").json()["version"] == 1


def test_a_stale_change_is_told_the_present_version(planner: Caller) -> None:
    answer = planner.post(f"{URL}/ZD-1/events", json=SELL, headers={"if-match": '"9"'})
    assert answer.json()["version"] == 1


def test_attributes_are_patched(registrar: Caller) -> None:
    change = {"name": "新名", "land_uses": [{"code": "0701"}], "planning": {"far": None}}
    answer = registrar.patch(f"{URL}/ZD-1", json=change, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.headers["etag"]) == ("新名", '"2"')
    assert answer.json()["land_use"] == {"scheme": "land_use_2023", "code": "0701", "name": "城镇住宅用地"}
    assert answer.json()["planning"]["far"] is None
    assert answer.json()["planning"]["green_pct"]["min"] == 35
    assert registrar.get(f"{URL}/ZD-1").json() == answer.json()


BAD_CHANGES: list[tuple[dict[str, Any], int, str | None]] = [
    ({}, 422, "/"),
    ({"code": "new"}, 422, "/code"),
    ({"area_legal_m2": -1}, 422, "/area_legal_m2"),
    ({"cadastral_code": "410105"}, 422, "/cadastral_code"),
    ({"planning": {"density_pct": {"max": 101}}}, 422, "/planning/density_pct"),
    ({"land_uses": [{"code": "zz"}]}, 422, "/land_uses/0/code"),
    ({"registered_on": "2022-12-01"}, 422, "/registered_on"),
    ({"region_code": "nowhere"}, 404, None),
]


def test_a_bad_change_names_its_field(registrar: Caller) -> None:
    for change, status, pointer in BAD_CHANGES:
        answer = registrar.patch(f"{URL}/ZD-1", json=change, headers={"if-match": '"1"'})
        assert answer.status_code == status, answer.text
        if pointer is not None:
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_number_of_another_parcel_is_a_conflict(registrar: Caller) -> None:
    change = {"cadastral_code": "410105003012GB00023"}
    answer = registrar.patch(f"{URL}/ZD-2", json=change, headers={"if-match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "number-taken")


def test_a_reader_changes_nothing(parcels: None, as_role: Callable[..., Caller]) -> None:
    viewer = as_role("viewer")
    assert viewer.post(f"{URL}/ZD-1/events", json=SELL, headers={"if-match": '"1"'}).status_code == 403
    assert viewer.patch(f"{URL}/ZD-1", json={"name": "x"}, headers={"if-match": '"1"'}).status_code == 403


def test_too_many_codes_are_refused(planner: Caller) -> None:
    answer = planner.post(f"{URL}/status", json={"codes": ["x"] * 1001})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/codes")
    assert planner.post(f"{URL}/status", json={"codes": ["x"] * 1000}).json()["unknown"] == ["x"]
