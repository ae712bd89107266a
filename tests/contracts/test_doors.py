"""Contracts over HTTP: names by role, two officers, trials, exceptions, times, lists, deadlines."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from service.accounts.access import system
from service.accounts.permissions import Role
from service.contracts.deadlines import deadlines
from service.contracts.idle_queries import idle_land
from service.core.db import Database
from service.parcels.models import Parcel
from service.plans.due import Deadline
from service.schemes.methods import Method
from tests.caller import Caller
from tests.factories.contracts import PRICE, make_contract, make_lot, order_for

CONTRACTS = "/api/v1/contracts"


class People(NamedTuple):
    officer: Caller
    approver: Caller
    viewer: Caller


@pytest.fixture
def people(as_role: Callable[..., Caller]) -> People:
    return People(as_role(Role.LISTING_OFFICER), as_role(Role.APPROVER), as_role(Role.VIEWER))


def tag(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def lot_order(database: Database, **overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    with database.write(system("test")) as session:
        lot = make_lot(session, **overrides)
        return order_for(lot).model_dump(mode="json", exclude_none=True)


def signed(people: People, database: Database, **overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    answer = people.officer.post(CONTRACTS, json=lot_order(database, **overrides))
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["contract"])


def test_sign_and_see_by_role(people: People, database: Database) -> None:
    made = signed(people, database)
    assert (made["holder"], made["price_yuan"], made["stage"]) == ("某某公司", str(PRICE), "in_force")
    assert made["actions"] == [
        "amend",
        "deliver",
        "register",
        "extend",
        "suspend",
        "suspect_idle",
        "rescind",
        "reclaim",
    ]
    path = f"{CONTRACTS}/{made['id']}"
    seen = people.viewer.get(path)
    assert (seen.json()["holder"], seen.json()["holder_hidden"]) == (None, True)
    assert seen.headers["etag"] == f'"{made["version"]}"'
    (event,) = people.viewer.get(f"{path}/events").json()["items"]
    assert "holder" not in event["facts"]
    assert people.officer.get(f"{path}/events").json()["items"][0]["facts"]["holder"] == "某某公司"
    assert people.viewer.post(f"{path}/payments", json={}, headers=tag(1)).status_code == 403
    by_name = f"{CONTRACTS}?q=某某"
    assert [len(who.get(by_name).json()["items"]) for who in (people.officer, people.viewer)] == [1, 0]


def test_two_officers_sign_one_lot(people: People, database: Database) -> None:
    order = lot_order(database)
    orders = [{**order, "number": f"HT-{n}"} for n in range(6)]
    callers = [people.officer, people.approver] * 3
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda pair: pair[0].post(CONTRACTS, json=pair[1]), zip(callers, orders, strict=True)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409, 409]
    (won,) = [each.json()["contract"] for each in answers if each.status_code == 201]
    lost = [each.json() for each in answers if each.status_code == 409]
    assert {(each["code"], each["contract"], each["number"]) for each in lost} == {
        ("lot-concluded", won["id"], won["number"])
    }


def test_the_slower_officer_is_told_what_changed(people: People, database: Database) -> None:
    made = signed(people, database)
    path = f"{CONTRACTS}/{made['id']}"
    pay = {"paid_on": "2022-09-20", "yuan": "1.00"}
    assert people.officer.post(f"{path}/payments", json=pay, headers=tag(made["version"])).status_code == 201
    late = people.approver.post(f"{path}/payments", json=pay, headers=tag(made["version"]))
    assert (late.status_code, late.json()["version"]) == (412, made["version"] + 1)
    assert people.officer.post(f"{path}/payments", json=pay).status_code == 428


def test_a_payment_sent_twice_is_made_once(people: People, database: Database) -> None:
    made = signed(people, database)
    path = f"{CONTRACTS}/{made['id']}/payments"
    headers = {**tag(made["version"]), "idempotency-key": "once"}
    sent = [people.officer.post(path, json={"paid_on": "2022-09-20", "yuan": "5"}, headers=headers) for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 201]
    money = people.viewer.get(path).json()
    assert (money["paid_yuan"], len(money["payments"])) == ("5.00", 1)
    assert money["instalments"][0]["paid_yuan"] == "5.00"


def test_a_trial_and_an_exception(people: People, database: Database) -> None:
    order = {**lot_order(database), "effective_on": "2022-10-31"}
    tried = people.officer.post(CONTRACTS, json={**order, "trial": True})
    assert (tried.status_code, tried.json()["contract"]) == (201, None)
    assert [each["rule"] for each in tried.json()["findings"]] == ["R10"]
    refused = people.officer.post(CONTRACTS, json=order)
    assert (refused.status_code, refused.json()["code"], refused.json()["overridable"]) == (409, "legal-rule", True)
    file = {"file": ("x.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    with database.read() as session:
        code = session.query(Parcel.code).first()
    about = {"subject_type": "parcel", "subject_id": code[0] if code else "", "title": "例外批示"}
    document = people.approver.post("/api/v1/documents", data=about, files=file).json()["id"]
    override = {"reason": "疫情停办", "document_id": document}
    assert people.officer.post(CONTRACTS, json={**order, "override": override}).status_code == 409
    made = people.approver.post(CONTRACTS, json={**order, "override": override})
    assert made.status_code == 201, made.text
    (event,) = people.viewer.get(f"{CONTRACTS}/{made.json()['contract']['id']}/events").json()["items"]
    assert event["override_reason"] == "疫情停办"
    audited = people.approver.get("/api/v1/audit?action=law:overridden").json()["items"]
    assert [each["after"]["rule"] for each in audited] == ["R10"]


def test_what_was_entered_late_changes_as_of_and_not_as_known_at(people: People, database: Database) -> None:
    made = signed(people, database, use="industrial")
    path = f"{CONTRACTS}/{made['id']}"
    known = dt.datetime.now(dt.UTC).isoformat()
    order = {"kind": "deliver", "effective_on": "2022-10-01"}
    assert people.officer.post(f"{path}/events", json=order, headers=tag(made["version"])).status_code == 200
    asked = [{"as_of": "2022-09-30"}, {"as_of": "2022-10-01"}, {"as_of": "2022-10-01", "known_at": known}]
    assert [people.viewer.get(path, params=each).json()["delivered_on"] for each in asked] == [None, "2022-10-01", None]
    assert people.viewer.get(path, params={"as_of": "2022-09-01"}).status_code == 404


def test_the_list_is_filtered_and_paged(people: People, database: Database) -> None:
    with database.write(system("test")) as session:
        late = {"delivery_due_on": dt.date(2022, 11, 1)}
        numbers = [make_contract(session, make_lot(session, use="industrial"), **late).number for _ in range(3)]
        free = make_lot(session, method=Method.allocation, price=None)
        allocated = make_contract(session, free, conditions_items=[], delivery_due_on=None).number

    def asked(query: str) -> list[str]:
        answer = people.viewer.get(f"{CONTRACTS}?{query}")
        assert answer.status_code == 200, answer.text
        return [each["number"] for each in answer.json()["items"]]

    assert sorted(asked("overdue=delivery")) == sorted(numbers)
    assert asked("kind=allocation") == asked("method=allocation") == asked("use_class=residential") == [allocated]
    assert asked("overdue=payment") == [*reversed(numbers)]
    assert asked("signed_to=2022-09-01") == asked("idle=suspected") == asked("suspended=true") == []
    assert asked(f"q={numbers[1].lower()}") == [numbers[1]]
    pages, address = [], f"{CONTRACTS}?limit=2"
    while address:
        page = people.viewer.get(address).json()
        pages.append([each["number"] for each in page["items"]])
        address = page["next"]
    assert pages == [[allocated, numbers[2]], [numbers[1], numbers[0]]]
    assert people.viewer.get(f"{CONTRACTS}?cursor=x").status_code == 400
    assert people.viewer.get(f"{CONTRACTS}?nonsense=1").status_code == 400


def test_permits_works_standard_land_and_exclusions(people: People, database: Database) -> None:
    made = signed(people, database, use="industrial")
    path, version = f"{CONTRACTS}/{made['id']}", made["version"]

    def send(method: str, part: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        nonlocal version
        answer = people.officer.request(method, f"{path}/{part}", json=body, headers=tag(version))
        assert answer.status_code == status, answer.text
        version = int(answer.headers.get("etag", f'"{version}"').strip('"'))
        return dict(answer.json())

    permit = {"kind": "construction", "part": "excavation", "number": "施-1", "issued_on": "2022-09-20"}
    send("POST", "permits", permit)
    assert send("POST", "permits", permit, 409)["code"] == "permit-exists"
    (one,) = people.viewer.get(f"{path}/permits").json()["items"]
    assert (one["until"], one["lapsed"]) == ("2022-12-20", False)
    send("PATCH", f"permits/{one['id']}", {"extensions": 2}, 200)
    assert people.viewer.get(f"{path}/permits").json()["items"][0]["until"] == "2023-06-20"
    send(
        "POST", "permits", {"kind": "land_planning", "part": "basement", "number": "x", "issued_on": "2022-09-20"}, 422
    )
    send("POST", "works-reports", {"reported_on": "2022-11-01", "built_m2": "5", "stopped_on": "2022-11-02"}, 422)
    send("POST", "works-reports", {"reported_on": "2022-11-01", "built_m2": "5"})
    send("POST", "exclusions", {"reason": "holiday", "begins_on": "2022-10-01"}, 422)
    send("POST", "exclusions", {"reason": "force_majeure", "begins_on": "2022-10-01"})
    (span,) = people.viewer.get(f"{path}/exclusions").json()["items"]
    send("PATCH", f"exclusions/{span['id']}", {"ends_on": "2022-10-31"}, 200)
    assert people.viewer.get(f"{path}/clock?on=2023-06-01").json()["state"] == "overdue"
    indicators = [{"name": "tax_per_mu", "target": "50"}, {"name": "far", "target": "1.6", "from_year": 2023}]
    send("POST", "standard-land", {"signed_on": "2022-09-10", "indicators": indicators})
    send("POST", "standard-land/actuals", {"year": 2022, "name": "far", "actual": "1"}, 422)
    send("POST", "standard-land/actuals", {"year": 2022, "name": "tax_per_mu", "actual": "49"})
    send("POST", "standard-land/steps", {"year": 2022, "state": "met"}, 409)
    send("POST", "standard-land/steps", {"year": 2022, "state": "short"})
    send("POST", "standard-land/steps", {"year": 2022, "state": "rectifying", "due_on": "2023-06-30"})
    land = people.viewer.get(f"{path}/standard-land").json()
    assert [(each["state"], each["allowed"]) for each in land["years"]] == [("rectifying", ["rectified", "penalised"])]
    found = people.viewer.get(f"{path}/findings").json()["findings"]
    assert [each["rule"] for each in found] == ["R11"]
    with database.read() as session:
        due = deadlines(session, system("test"), dt.date(2030, 1, 1))
    kinds = {each.kind: str(each.due_on) for each in due}
    assert (kinds["permit"], kinds["rectification"]) == ("2023-06-20", "2023-06-30")


def test_deadlines_and_idle_land(people: People, database: Database) -> None:
    with database.write(system("test")) as session:
        lot = make_lot(session, sold_on=dt.date(2022, 11, 10))
        old = make_lot(session, use="industrial", sold_on=dt.date(2020, 1, 2))
        dates = {"delivery_due_on": dt.date(2020, 2, 1), "start_due_on": dt.date(2021, 6, 1)}
        contract = make_contract(session, old, complete_due_on=dt.date(2023, 1, 1), **dates)
        number, lot_id, lot_number = contract.id, lot.id, lot.number
    with database.read() as session:
        due = deadlines(session, system("test"), dt.date(2022, 12, 15))
        (idle,) = idle_land(session, system("test"))
        assert (idle.contract.id, str(idle.reading.state), idle.reading.fee_yuan) == (number, "idle", PRICE / 5)
    assert Deadline("signing", "lot", lot_id, lot_number, dt.date(2022, 11, 24), done=False) in due
    told = [(each.kind, str(each.due_on)) for each in due if each.subject == "contract"]
    assert told == [
        ("delivery", "2020-02-01"),
        ("instalment", "2020-02-06"),
        ("instalment", "2020-11-04"),
        ("start", "2021-06-01"),
        ("idle", "2022-06-01"),
        ("idle_alarm", "2022-12-01"),
    ]
    stranger = people.viewer.get(f"{CONTRACTS}?jurisdiction=GXQ")
    assert stranger.json()["items"] == []


def test_another_jurisdiction_sees_nothing(people: People, database: Database, as_role: Callable[..., Caller]) -> None:
    made = signed(people, database)
    stranger = as_role(Role.LISTING_OFFICER, jurisdictions=["GXQ"])
    assert stranger.get(CONTRACTS).json()["items"] == []
    assert stranger.get(f"{CONTRACTS}/{made['id']}").status_code == 404
    order = lot_order(database)
    assert stranger.post(CONTRACTS, json=order).status_code == 404
