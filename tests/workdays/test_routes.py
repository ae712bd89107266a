"""Working days over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from service.accounts.permissions import Role
from service.core.db import Database
from tests.caller import Caller

As = Callable[..., Caller]
SOIL = {
    "name": "冬季封土",
    "name_en": "Winter ban on earthwork",
    "first": "2022-11-15",
    "last": "2023-03-15",
    "kinds": ["earthwork"],
    "jurisdiction": "ZDXQ",
    "source": "示意",
}


def add(caller: Caller, query: str) -> Any:  # noqa: ANN401 - JSON
    answer = caller.get(f"/api/v1/workdays/add?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_days_of_a_span(as_role: As) -> None:
    found = as_role(Role.VIEWER).get("/api/v1/workdays?from=2022-10-07&to=2022-10-10").json()
    assert [(each["day"], each["is_workday"], each["kind"], each["name"]) for each in found["items"]] == [
        ("2022-10-07", False, "holiday", "国庆节"),
        ("2022-10-08", True, "makeup", "国庆节"),
        ("2022-10-09", True, "makeup", "国庆节"),
        ("2022-10-10", True, "workday", ""),
    ]
    assert found["items"][3]["version"] == 0
    assert found["items"][0]["source"].startswith("chinesecalendar")
    (year,) = found["years"]
    assert (year["year"], year["provisional"], year["workdays"]) == (2022, False, 249)


def test_a_provisional_year_says_so(as_role: As) -> None:
    found = as_role(Role.VIEWER).get("/api/v1/workdays?from=2026-12-31&to=2027-01-01").json()
    assert [each["provisional"] for each in found["items"]] == [False, True]
    assert found["items"][1]["name"] == "元旦"
    assert [(each["provisional"], each["source"], each["version"]) for each in found["years"]][1] == (True, None, 0)


@pytest.mark.parametrize(
    "query",
    [
        "from=2022-10-10&to=2022-10-07",
        "from=2004-01-01&to=2022-10-07",
        "from=1980-01-01&to=1980-02-01",
        "from=2022-10-10",
        "from=20221010&to=2022-10-11",
    ],
)
def test_a_span_that_makes_no_sense_is_refused(as_role: As, query: str) -> None:
    assert as_role(Role.VIEWER).get(f"/api/v1/workdays?{query}").status_code == 400
    assert as_role(Role.VIEWER).get(f"/api/v1/blocked-periods?{query}").status_code == 400


def test_terms(as_role: As) -> None:
    caller = as_role(Role.VIEWER)
    found = add(caller, "from=2022-10-01&days=10")
    assert (found["day"], found["unit"], found["provisional"]) == ("2022-10-19", "workday", False)
    found = add(caller, "from=2022-09-11&days=20&unit=day")
    assert (found["counted_to"], found["day"]) == ("2022-10-01", "2022-10-08")
    assert "民法典 203" in found["rule"]
    assert add(caller, "from=2024-01-31&days=1&unit=month")["day"] == "2024-02-29"
    assert add(caller, "from=2022-10-08&days=-7&unit=day")["day"] == "2022-10-01", "backwards nothing is prolonged"
    assert add(caller, "from=2022-10-08&days=-1")["day"] == "2022-09-30"
    assert add(caller, "from=2026-12-30&days=2")["provisional"] is True


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2022-10-01&days=1.5", 400),
        ("from=2022-10-01&days=99999", 400),
        ("from=2022-10-01&days=1&unit=year", 400),
        ("from=2022-10-01&days=1&unit=day&kind=earthwork", 400),
        ("from=2022-10-01&days=1&region=410105", 400),
        ("from=2022-10-01&days=1&kind=dancing", 422),
        ("from=2022-10-01&days=1&kind=earthwork&jurisdiction=NOWHERE", 422),
        ("from=2022-10-01&days=20000", 422),
        ("from=2022-10-01&days=20000&unit=month", 422),
    ],
)
def test_a_term_that_cannot_be_counted_is_refused(as_role: As, query: str, status: int) -> None:
    assert as_role(Role.VIEWER).get(f"/api/v1/workdays/add?{query}").status_code == status


def test_a_day_is_changed_once_by_two(as_role: As, calendar_restored: None) -> None:
    caller = as_role(Role.PLANNER)
    change = {"is_workday": True, "name": "国庆节", "name_en": "National Day", "reason": "通知"}
    assert caller.request("PUT", "/api/v1/workdays/2022-10-07", json=change).status_code == 428
    answer = caller.request("PUT", "/api/v1/workdays/2022-10-07", json=change, headers={"if-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["kind"]) == (200, '"2"', "workday")
    assert answer.json()["edited_by"] == caller.username
    again = caller.request("PUT", "/api/v1/workdays/2022-10-07", json=change, headers={"if-match": '"1"'})
    assert again.status_code == 412
    assert add(caller, "from=2022-09-30&days=1")["day"] == "2022-10-07", "at once, from memory too"
    nameless = caller.request("PUT", "/api/v1/workdays/2022-10-17", json={"is_workday": False, "reason": ""})
    assert nameless.status_code in {422, 428}
    beyond = caller.request("PUT", "/api/v1/workdays/2061-01-01", json=change, headers={"if-match": '"0"'})
    assert beyond.status_code == 400


def test_a_year_is_confirmed(as_role: As, calendar_restored: None) -> None:
    caller = as_role(Role.ADMINISTRATOR)
    change = {"provisional": False, "source": "国办发明电〔2026〕1号", "reason": "已录入全部调休"}
    answer = caller.request("PUT", "/api/v1/workdays/years/2027", json=change, headers={"if-match": '"0"'})
    assert (answer.status_code, answer.json()["provisional"], answer.json()["version"]) == (200, False, 1)
    assert add(caller, "from=2026-12-30&days=2")["provisional"] is False


def test_blocked_periods(as_role: As, places: None) -> None:
    caller, own = as_role(Role.PLANNER), as_role(Role.PLANNER, jurisdictions=["GXQ"])
    made = caller.post("/api/v1/blocked-periods", json=SOIL, headers={"idempotency-key": "one"})
    assert (made.status_code, made.json()["verified"], made.json()["regions"]) == (201, False, [])
    assert caller.post("/api/v1/blocked-periods", json=SOIL, headers={"idempotency-key": "one"}).json() == made.json()
    span = "/api/v1/blocked-periods?from=2022-01-01&to=2022-12-31"
    assert [each["name"] for each in caller.get(span).json()["items"]] == ["冬季封土"]
    assert own.get(span).json()["items"] == []

    query = "from=2022-11-14&days=1&kind=earthwork&jurisdiction=ZDXQ"
    found = add(caller, query)
    assert (found["day"], [each["name"] for each in found["stopped_by"]]) == ("2023-03-16", ["冬季封土"])
    assert add(caller, "from=2022-11-14&days=1&kind=structure&jurisdiction=ZDXQ")["stopped_by"] == []

    assert own.get(f"/api/v1/workdays/add?{query}").status_code == 404, "nor what an order of others does"

    address = f"/api/v1/blocked-periods/{made.json()['id']}"
    tag = {"if-match": made.headers["etag"]}
    assert own.request("DELETE", address, headers=tag).status_code == 404
    assert own.post("/api/v1/blocked-periods", json=SOIL).status_code == 403
    changed = caller.request("PUT", address, json={**SOIL, "exempt": ["school"]}, headers=tag)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert add(caller, f"{query}&exempt=school")["day"] == "2022-11-15"
    assert caller.request("DELETE", address, headers=tag).status_code == 412
    assert caller.request("DELETE", address, headers={"if-match": '"2"'}).status_code == 204
    assert add(caller, query)["day"] == "2022-11-15"


@pytest.mark.parametrize(
    "wrong",
    [{"last": "2022-11-14"}, {"kinds": []}, {"kinds": ["dancing"]}, {"name": ""}, {"first": "1980-01-01"}, {"x": 1}],
    ids=str,
)
def test_an_order_that_makes_no_sense_is_refused(
    as_role: As, database: Database, places: None, wrong: dict[str, Any]
) -> None:
    assert as_role(Role.PLANNER).post("/api/v1/blocked-periods", json={**SOIL, **wrong}).status_code == 422
