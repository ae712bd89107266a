"""The plan over HTTP: who may have it, what it is called, when it is the same, what is written down."""

import math
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import numpy as np
import psycopg
import pytest
import shapely

from service.accounts.access import Actor
from service.core.db import Database
from service.geo import crs as geo_crs
from service.parcels import commands
from service.parcels.changes import ParcelChange
from service.parcels.survey_models import ParcelSurvey
from tests.caller import Caller
from tests.dossier import paper
from tests.factories.parcels import LAT, LON, make_parcel, square

URL = "/api/v1/parcels/{}/plan.pdf"
LOT = "郑政东出〔2022〕5号(网)"
CODE = "郑东-2022(5)"
STEP = 110 / (111_320 * math.cos(math.radians(LAT)))  # degrees east: the next square

As = Callable[..., Caller]
Owner = psycopg.Connection[Any]


@pytest.fixture
def parcels(database: Database, actor: Actor) -> None:
    """Two neighbours of one jurisdiction, a third of another beside them; the first with a numbered survey."""
    with database.write(actor) as session:
        first = make_parcel(session, code=CODE, name="龙湖地块", lot_number=LOT, geometry=square())
        make_parcel(session, code="ZD-2", geometry=square(LON + STEP))
        make_parcel(session, code="GX-1", jurisdiction="GXQ", geometry=square(LON - STEP))
        lon, lat = np.array(square()["coordinates"][0]).T
        east, north = geo_crs.from_cgcs2000(geo_crs.recognise("4526"), lon, lat)
        points = [
            {"number": f"P{i % 4 + 7}", "ring": 1, "northing": f"{y:.3f}", "easting": f"{x:.3f}"}
            for i, (x, y) in enumerate(zip(east, north, strict=True))
        ]
        shape = shapely.to_wkb(shapely.Polygon(np.column_stack([east, north])))
        session.add(
            ParcelSurvey(parcel_id=first.id, source_crs=4526, zone_prefixed=True, geometry=shape, points=points)
        )


@pytest.fixture
def viewer(parcels: None, as_role: As) -> Caller:
    return as_role("viewer", jurisdictions=["ZDXQ"])


def words(answer: Any) -> str:  # noqa: ANN401 - the client's own type
    return paper.text_of(answer.content)


@pytest.mark.parametrize("number", [CODE, LOT, CODE.replace("(", "(")])
def test_a_plan_is_had_by_any_number(viewer: Caller, number: str) -> None:
    answer = viewer.get(URL.format(number))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert CODE in words(answer)


def test_the_file_is_named_after_the_parcel(viewer: Caller) -> None:
    for lang, name in (("zh", f"宗地图_{CODE}.pdf"), ("en", f"parcel-plan_{CODE}.pdf")):
        header = viewer.get(URL.format(CODE), params={"lang": lang}).headers["content-disposition"]
        assert header.isascii()
        assert header.startswith("inline; filename=\"parcel-plan.pdf\"; filename*=UTF-8''")
        assert unquote(header.split("''")[1]) == name


def test_the_surveys_numbers_and_coordinates_are_printed(viewer: Caller, owner: Owner) -> None:
    text = words(viewer.get(URL.format(CODE), params={"crs": "4526"}))
    ((points,),) = owner.execute("SELECT points FROM parcel_survey").fetchall()
    assert [each["number"] for each in points] == ["P7", "P8", "P9", "P10", "P7"]
    for each in points:
        assert f"1 {each['number']} {each['northing']} {each['easting']}" in text


def test_only_neighbours_that_may_be_seen_are_drawn(viewer: Caller, as_role: As) -> None:
    seen = words(viewer.get(URL.format(CODE)))
    assert "ZD-2" in seen
    assert "GX-1" not in seen
    assert "GX-1" in words(as_role("viewer").get(URL.format(CODE)))


def test_what_may_not_be_seen_is_not_printed(viewer: Caller) -> None:
    answer = viewer.get(URL.format("GX-1"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_plan_that_is_the_same_is_not_sent_again(viewer: Caller, database: Database, actor: Actor) -> None:
    tag = viewer.get(URL.format(CODE)).headers["etag"]

    def status(**params: object) -> int:
        return int(viewer.get(URL.format(CODE), params=params, headers={"if-none-match": tag}).status_code)

    assert status() == 304
    assert [status(paper="A3"), status(scale=5000), status(crs="4526"), status(lang="en")] == [200] * 4
    with database.write(actor) as session:
        commands.change_attributes(session, actor, CODE, ParcelChange(name="改名"), version=1)
    assert status() == 200


def test_a_new_neighbour_makes_a_new_plan(viewer: Caller, database: Database, actor: Actor) -> None:
    tag = viewer.get(URL.format(CODE)).headers["etag"]
    with database.write(actor) as session:
        make_parcel(session, code="ZD-9", geometry=square(LON, LAT + 0.00095))
    answer = viewer.get(URL.format(CODE), headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert "ZD-9" in words(answer)


def test_each_print_is_written_down_and_only_prints(viewer: Caller, owner: Owner) -> None:
    answer = viewer.get(URL.format(LOT), params={"paper": "A3", "lang": "en"})
    viewer.get(URL.format(CODE), params={"scale": 100})
    viewer.get(URL.format(LOT), params={"paper": "A3", "lang": "en"}, headers={"if-none-match": answer.headers["etag"]})
    rows = owner.execute(
        "SELECT actor, subject_id, after, request_id IS NOT NULL FROM audit_entry WHERE action = 'parcel:printed'"
    ).fetchall()
    wanted = {"paper": "A3", "scale": 500, "crs": "EPSG:4547", "language": "en"}
    assert rows == [(viewer.username, CODE, wanted, True)]


def test_a_scale_that_does_not_fit_is_refused_with_the_one_that_does(viewer: Caller) -> None:
    answer = viewer.get(URL.format(CODE), params={"scale": 200})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["largest_scale"]) == (409, "plan-does-not-fit", 1000)
    assert "1:200" in problem["detail"]


@pytest.mark.parametrize(
    "params",
    [
        {"paper": "A0"},
        {"scale": "0"},
        {"scale": "-500"},
        {"scale": "550"},
        {"scale": "1e3"},
        {"scale": "99999999999999999999"},
        {"lang": "fr"},
        {"crs": "4490"},
        {"crs": "火星坐标"},
        {"size": "A4"},
    ],
    ids=str,
)
def test_a_wrong_option_is_refused(viewer: Caller, params: dict[str, str]) -> None:
    answer = viewer.get(URL.format(CODE), params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_are_only_words(database: Database, actor: Actor, as_role: As, language: str) -> None:
    name = '#panic("x") $1/0$ 🏗 שלום'
    with database.write(actor) as session:
        make_parcel(session, code="H-1", name=name, address=name * 5)
    answer = as_role("viewer").get(URL.format("H-1"), params={"lang": language})
    assert answer.status_code == 200
    assert '#panic("x") $1/0$' in words(answer)


def test_what_was_divided_is_drawn_among_the_neighbours_of_its_time(parcels: None, as_role: As) -> None:
    registrar = as_role("registrar")
    for code, at in ((CODE, 0.4), ("ZD-2", 0.5)):
        west = LON + (STEP if code == "ZD-2" else 0) + at * (square()["coordinates"][0][1][0] - LON)
        line = {"type": "LineString", "coordinates": [[west, LAT - 0.0001], [west, LAT + 0.002]]}
        order = {"effective_on": "2022-11-15", "line": line}
        answer = registrar.post(f"/api/v1/parcels/{code}/split", json=order, headers={"if-match": '"1"'})
        assert answer.status_code == 201, answer.text
    old = words(registrar.get(URL.format(CODE)))
    assert "已被取代" in old
    assert f"{CODE}-1、{CODE}-2" in "".join(old.split())
    assert "ZD-2" in old, "it stood beside it until then"
    assert "ZD-2-1" not in old
    now = words(registrar.get(URL.format(f"{CODE}-2")))
    assert {"ZD-2-1", f"{CODE}-1"} <= set(now.split())
    assert "已被取代" not in now
