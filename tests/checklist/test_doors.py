"""Checklists over HTTP: opened, worked at by three roles, a sale refused and then made; what a refusal tells."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist.checking import disagreements
from service.checklist.models import Checklist
from service.core.db import Database
from service.listings.models import Lot
from service.parcels.lifecycle import Stage
from tests.caller import Caller
from tests.factories.checklists import finish
from tests.factories.listings import make_bid_for
from tests.factories.parcels import make_parcel

URL = "/api/v1/checklists"
ACTOR = system("test")
Json = dict[str, Any]


class People(NamedTuple):
    officer: Caller
    planner: Caller
    approver: Caller
    viewer: Caller
    administrator: Caller


@pytest.fixture
def people(as_role: Callable[..., Caller]) -> People:
    roles = (Role.LISTING_OFFICER, Role.PLANNER, Role.APPROVER, Role.VIEWER, Role.ADMINISTRATOR)
    return People(*map(as_role, roles))


def tag(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def lot_on_offer(session: Session) -> tuple[Lot, str]:
    lot, parcel = make_bid_for(session)
    return lot, parcel.code


def opened(caller: Caller, code: str) -> Json:
    answer = caller.post(URL, json={"parcel": code, "template": "standard_land", "planned_sale_on": "2023-03-01"})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def item_of(checklist: Json, key: str) -> Json:
    found: Json = next(each for each in checklist["items"] if each["key"] == key)
    return found


def test_from_the_opening_to_the_sale(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        lot, code = lot_on_offer(session)
        lot_id, version = lot.id, lot.version
    made = opened(people.planner, code)
    assert people.viewer.post(URL, json={"parcel": code}).status_code == 403
    sell = {"kind": "sell", "effective_on": "2022-11-02"}
    refused = people.officer.post(f"/api/v1/lots/{lot_id}/events", json=sell, headers=tag(version))
    assert (refused.status_code, refused.json()["code"]) == (409, "checklist-open")
    assert {"BT-A2", "BT-C1"} <= {each["key"] for each in refused.json()["items"]}
    assert all(each["lead_title"] and each["days_left"] >= 0 for each in refused.json()["items"])
    with database.write(ACTOR) as session:
        finish(session, session.get_one(Checklist, made["id"]), leaving=("BT-A2",))
    item = f"{URL}/{made['id']}/items/BT-A2"
    file = {"file": ("x.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    about = {"subject_type": "checklist", "subject_id": str(made["id"]), "title": "区政府会议纪要"}
    document = people.officer.post("/api/v1/documents", data=about, files=file).json()["id"]
    ask = {"action": "ask_waiver", "reason": "已有会议纪要", "document_id": document, "effective_on": "2022-11-01"}
    asked = people.planner.post(f"{item}/events", json=ask, headers=tag(1))
    assert asked.status_code == 201, asked.text
    late = people.officer.post(f"{item}/events", json={"action": "start"}, headers=tag(1))
    assert (late.status_code, late.json()["action"], late.json()["by"]) == (412, "ask_waiver", people.planner.username)
    assert people.officer.post(f"{item}/events", json={"action": "start"}).status_code == 428
    waive = {"action": "waive", "effective_on": "2022-11-01"}
    assert people.planner.post(f"{item}/events", json=waive, headers=tag(2)).status_code == 403
    waived = people.approver.post(f"{item}/events", json=waive, headers=tag(2))
    assert waived.status_code == 201, waived.text
    told = waived.json()
    assert (told["item"]["state"], told["item"]["waiver"]["by"]) == ("waived", people.approver.username)
    assert told["checklist"]["readiness"] == "ready"
    entries = people.approver.get("/api/v1/audit?action=checklist_item:waived").json()["items"]
    (entry,) = [each for each in entries if each["subject_id"] == f"{made['id']}/BT-A2"]
    assert (entry["after"]["approver"], entry["after"]["document"]) == (people.approver.username, document)
    sold = people.officer.post(f"/api/v1/lots/{lot_id}/events", json=sell, headers=tag(version))
    assert sold.status_code in {200, 201}, sold.text
    with database.read() as session:
        assert disagreements(session) == []


def test_a_parcel_without_a_lot_is_refused_in_words_too(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        code = make_parcel(session, stage=Stage.listed).code
    opened(people.planner, code)
    event = {"kind": "sell", "effective_on": "2022-11-02"}
    refused = people.officer.post(f"/api/v1/parcels/{code}/events", json=event, headers=tag(1))
    assert (refused.status_code, refused.json()["code"]) == (409, "checklist-open"), refused.text
    told = refused.json()
    assert "控制指标与投资（履约监管）协议（管委会，约 5 个工作日）" in told["detail"]
    (item,) = [each for each in told["items"] if each["key"] == "BT-A2"]
    assert (item["code"], item["lead_title"], item["days_left"], item["state"]) == (code, "管委会", 5, "ready")
    assert item["ready_on"] > "2022-11-15"


def test_work_at_an_item(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        code = make_parcel(session, stage=Stage.cleared).code
    made = opened(people.planner, code)
    item = f"{URL}/{made['id']}/items/BT-A2"
    started = people.planner.post(f"{item}/events", json={"action": "start"}, headers=tag(1))
    assert (started.json()["item"]["state"], started.headers["etag"]) == ("in_progress", '"2"')
    planned = people.planner.patch(item, json={"planned_finish": "2022-12-01", "days": 8}, headers=tag(2))
    assert planned.json()["item"]["overridden_days"] == 8
    assert people.planner.post(f"{item}/comments", json={"text": "等待会议"}).status_code == 201
    file = {"file": ("x.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    about = {"subject_type": "parcel", "subject_id": code, "title": "协议"}
    document = people.planner.post("/api/v1/documents", data=about, files=file).json()["id"]
    proof = {"evidence": "agreement", "document_id": document, "valid_from": "2022-11-01"}
    shown = people.planner.post(f"{item}/documents", json=proof, headers=tag(3))
    assert shown.status_code == 201, shown.text
    wrong = people.planner.post(f"{item}/documents", json={**proof, "evidence": "none"}, headers=tag(4))
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/evidence")
    (kind,) = [each for each in shown.json()["item"]["evidence"] if each["key"] == "agreement"]
    number = kind["documents"][0]["id"]
    assert people.planner.delete(f"{item}/documents/{number}", headers=tag(4)).status_code == 200


def test_facts_plan_and_end(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        code = make_parcel(session, stage=Stage.cleared).code
    made = opened(people.planner, code)
    path = f"{URL}/{made['id']}"
    change = {"facts": {"soil_risk": False}, "planned_sale_on": "2023-04-01", "project_name": "示例项目"}
    changed = people.planner.patch(path, json=change, headers=tag(made["version"]))
    assert changed.status_code == 200, changed.text
    assert (changed.json()["project_name"], changed.json()["planned_sale_on"]) == ("示例项目", "2023-04-01")
    assert people.planner.patch(path, json=change, headers=tag(made["version"])).status_code == 412
    none = people.planner.post(f"{path}/template", json={}, headers=tag(changed.json()["version"]))
    assert (none.status_code, none.json()["code"]) == (409, "checklist-no-newer-template")
    late = {"planned_listing_on": "2023-04-02"}
    reversed_ = people.planner.patch(path, json=late, headers=tag(changed.json()["version"]))
    assert (reversed_.status_code, reversed_.json()["errors"][0]["pointer"]) == (422, "/planned_sale_on")
    end = {"reason": "项目取消"}
    closed = people.planner.post(f"{path}/close", json=end, headers=tag(changed.json()["version"]))
    assert (closed.json()["status"], closed.json()["closed_on"]) == ("closed", str(dt.date(2022, 11, 15)))


def test_what_is_known_is_said_at_the_opening(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        code = make_parcel(session, stage=Stage.cleared).code
    new = {"parcel": code, "template": "zhengdong", "facts": {"rezoning": False, "soil_risk": None}}
    wrong = people.planner.post(URL, json={**new, "facts": {"cleared": True}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/facts/cleared"), wrong.text
    assert people.planner.post(URL, json={**new, "facts": {"rezoning": "无"}}).status_code == 422
    made = people.planner.post(URL, json=new).json()
    told = {fact["key"]: fact["value"] for fact in made["facts"]}
    assert (told["rezoning"], told["soil_risk"], told["relics_found"]) == (False, None, None)
    assert item_of(made, "BT-C6")["state"] == "not_applicable"


def test_a_forecast_names_what_nobody_has_answered(people: People, database: Database) -> None:
    """Excavation is in the forecast until somebody says that no relics were found; by how much, is told."""
    with database.write(ACTOR) as session:
        code = make_parcel(session, stage=Stage.cleared).code
    made = opened(people.planner, code)
    waiting = {each["key"]: each for each in made["unanswered"]}
    relics = waiting["relics_found"]
    assert (relics["title"], relics["answer"], relics["derived"]) == ("勘探发现文物,须考古发掘", False, False)
    assert {each["key"][:5] for each in relics["items"]} == {"BT-F5"}
    assert relics["ready_on"] < made["ready_on"]
    assert relics["workdays"] > 60
    schedule = people.planner.get(f"{URL}/{made['id']}/schedule").json()
    assert schedule["unanswered"] == made["unanswered"]
    change = {"facts": {"relics_found": False}}
    changed = people.planner.patch(f"{URL}/{made['id']}", json=change, headers=tag(made["version"])).json()
    assert changed["ready_on"] == relics["ready_on"]
    assert "relics_found" not in {each["key"] for each in changed["unanswered"]}


def test_the_rule_of_a_jurisdiction_decides_on_the_template(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        code = make_parcel(session, stage=Stage.cleared).code
    people.administrator.put("/api/v1/checklist-policies/ZDXQ", json={"template": "zhengdong"}, headers=tag(0))
    refused = people.planner.post(URL, json={"parcel": code, "template": "standard_land"})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (422, "/template", "not-the-rule")
    assert "zhengdong" in error["detail"]
    made = people.planner.post(URL, json={"parcel": code})
    assert (made.status_code, made.json()["template"]["key"]) == (201, "zhengdong")


def test_the_rule_of_a_jurisdiction(people: People, database: Database) -> None:
    with database.write(ACTOR) as session:
        make_parcel(session)
    path = "/api/v1/checklist-policies"
    assert people.viewer.get(path).json() == {"items": []}
    rule = {"template": "zhengdong", "required_from": "2023-01-01"}
    assert people.planner.put(f"{path}/ZDXQ", json=rule, headers=tag(0)).status_code == 403
    made = people.administrator.put(f"{path}/ZDXQ", json=rule, headers=tag(0))
    assert (made.status_code, made.json()["required_from"], made.json()["version"]) == (200, "2023-01-01", 1)
    assert people.administrator.put(f"{path}/ZDXQ", json=rule, headers=tag(0)).status_code == 412
    assert people.administrator.put(f"{path}/NONE", json=rule, headers=tag(0)).status_code == 404
    assert people.viewer.get(path).json()["items"][0]["template"] == "zhengdong"
    order = {"old": "parks", "new": "construction", "reason": "机构改革"}
    assert people.administrator.post(f"{URL}/reassign", json=order).json() == {"items": 0}
