"""What waits for a person or a bureau, and what people are told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist.changes import ChecklistItemChange
from service.checklist.item_commands import plan_item
from service.checklist.models import Checklist
from service.core.db import Database
from tests.caller import Caller
from tests.factories.checklists import (
    act,
    first_open,
    make_checklist,
    make_document,
    make_person,
    parcel_of,
    row_of,
)

As = Callable[..., Caller]
D = dt.date
ACTOR = system("test")
INBOX = "/api/v1/checklists/inbox"


@pytest.fixture
def begun(database: Database) -> tuple[int, str, str]:
    """A checklist, its first item, and the bureau that leads it."""
    with database.write(ACTOR) as session:
        found = make_checklist(session, planned_sale_on=D(2023, 12, 1))
        key = first_open(session, found)
        return found.id, key, row_of(session, found, key).lead


def _items(caller: Caller, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    answer = caller.get(INBOX, params=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["n"] == len(told["items"])
    found: list[dict[str, Any]] = told["items"]
    return found


def test_a_bureau_sees_what_it_can_do_now(as_role: As, begun: tuple[int, str, str]) -> None:
    _, key, lead = begun
    officer = as_role("track_officer", bureau=lead)
    now = _items(officer)
    assert key in {item["key"] for item in now}
    assert {item["lead"] for item in now} == {lead}
    assert {item["state"] for item in now} == {"ready"}
    assert {item["waits_for"] for item in now} == {"work"}
    all_of_it = _items(officer, waiting="true")
    assert {item["state"] for item in all_of_it} <= {"ready", "cannot_start"}
    assert len(all_of_it) >= len(now)
    assert _items(as_role("viewer")) == []
    assert {item["key"] for item in _items(as_role("viewer"), lead=lead)} == {item["key"] for item in now}


def test_what_was_handed_in_waits_for_who_accepts(as_role: As, database: Database, begun: tuple[int, str, str]) -> None:
    number, key, lead = begun
    with database.write(ACTOR) as session:
        found = session.get_one(Checklist, number)
        officer = make_person(session, Role.TRACK_OFFICER, bureau=lead)
        act(session, officer, found, key, "start")
        act(session, officer, found, key, "submit")
    assert key not in {item["key"] for item in _items(as_role("track_officer", bureau=lead))}
    (item,) = _items(as_role("planner"))
    assert (item["key"], item["waits_for"], item["state"]) == (key, "acceptance", "submitted")


def test_a_waiver_waits_for_an_approver(as_role: As, database: Database, begun: tuple[int, str, str]) -> None:
    number, key, lead = begun
    with database.write(ACTOR) as session:
        found = session.get_one(Checklist, number)
        document = make_document(session, parcel_of(session, found))
        officer = make_person(session, Role.TRACK_OFFICER, bureau=lead)
        act(session, officer, found, key, "ask_waiver", reason="已由区政府承诺", document_id=document)
    (item,) = _items(as_role("approver"))
    assert (item["key"], item["waits_for"]) == (key, "waiver")
    whole = as_role("approver").get(f"/api/v1/checklists/{number}").json()
    asked = next(each for each in whole["items"] if each["key"] == key)
    assert asked["waiver_asked"]
    assert "waive" in asked["allowed"]


def test_what_is_overdue_comes_first(as_role: As, database: Database, begun: tuple[int, str, str]) -> None:
    number, key, lead = begun
    with database.write(ACTOR) as session:
        plan_item(session, ACTOR, number, key, ChecklistItemChange(planned_finish=D(2022, 11, 1)), version=1)
        make_checklist(session, planned_sale_on=D(2022, 12, 30))
    told = as_role("viewer").get(INBOX, params={"lead": lead, "waiting": "true", "limit": 1}).json()
    first = told["items"][0]
    assert told["overdue"] >= 1
    seen, address = [], told["next"]
    while address:
        page = as_role("viewer").get(address).json()
        seen += page["items"]
        address = page["next"]
    days = [item["due_on"] or "9999" for item in [first, *seen]]
    assert days == sorted(days)
    assert len(days) == told["n"]
    mine = next(item for item in [first, *seen] if (item["checklist_id"], item["key"]) == (number, key))
    assert (mine["overdue"], mine["days_left"]) == (True, -14)
    whole = as_role("viewer").get(f"/api/v1/checklists/{number}").json()
    assert next(item for item in whole["items"] if item["key"] == key)["overdue"]
    assert whole["overdue"] == 1
    listed = as_role("viewer").get("/api/v1/checklists", params={"overdue": "true"}).json()["items"]
    assert number in {each["id"] for each in listed}


def test_a_person_is_told_and_says_that_they_know(as_role: As, database: Database, begun: tuple[int, str, str]) -> None:
    number, key, lead = begun
    officer = as_role("track_officer", bureau=lead)
    assert officer.username is not None
    with database.write(ACTOR) as session:
        plan_item(session, ACTOR, number, key, ChecklistItemChange(owner=officer.username), version=1)
    told = officer.get("/api/v1/notifications").json()
    assert told["unread"] == 1
    (one,) = told["items"]
    assert (one["kind"], one["item_key"], one["checklist_id"]) == ("assigned", key, number)
    assert one["title"]
    assert _items(officer, mine="true")[0]["mine"]
    assert as_role("track_officer", bureau=lead).get("/api/v1/notifications").json()["items"] == []
    assert officer.post("/api/v1/notifications/read", json={"ids": [one["id"] + 1]}).json() == {"unread": 1}
    assert officer.post("/api/v1/notifications/read", json={}).json() == {"unread": 0}
    assert officer.get("/api/v1/notifications", params={"unread": "true"}).json()["items"] == []
    assert officer.get("/api/v1/notifications").json()["items"][0]["read_at"]


def test_nobody_reads_for_another(as_role: As, database: Database, begun: tuple[int, str, str]) -> None:
    number, key, lead = begun
    officer = as_role("track_officer", bureau=lead)
    with database.write(ACTOR) as session:
        plan_item(session, ACTOR, number, key, ChecklistItemChange(owner=officer.username), version=1)
    as_role("planner").post("/api/v1/notifications/read", json={})
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM notification WHERE read_at IS NULL")) == 1
