"""What is told of checklists over HTTP: whole, in lists, with a schedule; and to whom which names."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist import queries
from service.checklist.changes import ChecklistItemChange, CommentCreate
from service.checklist.item_commands import comment, plan_item
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.record_models import ChecklistEvent
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.caller import Caller
from tests.factories.checklists import act, acting, finish, first_open, make_checklist, make_person, row_of
from tests.factories.listings import act as sold
from tests.factories.listings import make_bid_for, make_scheme
from tests.factories.parcels import make_parcel

As = Callable[..., Caller]
D = dt.date
ACTOR = system("test")
AT = "/api/v1/checklists"


@pytest.fixture
def checklist(database: Database) -> int:
    """A checklist with planned days, nothing done."""
    with database.write(ACTOR) as session:
        return make_checklist(
            session, planned_listing_on=D(2023, 8, 1), planned_sale_on=D(2023, 9, 1), project_name="示范项目"
        ).id


def _rows(session: Session, found: Checklist) -> Sequence[ChecklistItem]:
    return [*queries.items_of(session, [found.id])[found.id].values()]


def test_a_checklist_is_told_whole(as_role: As, checklist: int) -> None:
    planner = as_role("planner")
    answer = planner.get(f"{AT}/{checklist}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert answer.headers["etag"] == f'"{told["version"]}"'
    numbers = [track["number"] for track in told["tracks"]]
    assert numbers == sorted(numbers)
    assert told["readiness"] in {"on_time", "late"}
    assert told["blocking"] > 0
    assert told["may_edit"]
    assert told["badge"] == {"ready": False, "until": None, "proofs": []}
    assert {item["key"] for item in told["items"]} >= set(told["critical_path"])
    assert planner.get(f"/api/v1/parcels/{told['parcel']['code']}/checklist").json() == told


def test_an_item_says_what_it_waits_for_and_what_one_may_do(as_role: As, checklist: int) -> None:
    items = as_role("planner").get(f"{AT}/{checklist}").json()["items"]
    first = next(item for item in items if item["state"] == "ready" and item["required"] and not item["follows"])
    assert first["waiting_for"] == []
    assert first["allowed"][0] == "start"
    assert first["editable"]
    later = next(item for item in items if item["state"] == "cannot_start" and not item["follows"])
    assert set(later["waiting_for"]) <= {item["key"] for item in items}
    assert later["waiting_for"]
    assert later["allowed"] == ([] if later["hard"] else ["ask_waiver"])
    mirrored = next(item for item in items if item["follows"])
    assert (mirrored["allowed"], mirrored["editable"]) == ([], False)


def test_what_the_template_rests_on_is_told_with_every_item(as_role: As, checklist: int) -> None:
    items = as_role("viewer").get(f"{AT}/{checklist}").json()["items"]
    assert all(item["source"] and item["lead_title"] and item["lead_title_en"] for item in items)
    assert {item["basis"] for item in items} <= {"statutory", "usual", "assumed"}
    assert any(item["kind"] == "PRE" and item["becomes"] for item in items)


def test_a_parcel_without_a_checklist_says_so(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        code = make_parcel(session).code
    answer = as_role("viewer").get(f"/api/v1/parcels/{code}/checklist")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-checklist")


def test_who_only_looks_may_do_nothing(as_role: As, checklist: int) -> None:
    told = as_role("viewer").get(f"{AT}/{checklist}").json()
    assert not told["may_edit"]
    assert not any(item["allowed"] or item["editable"] for item in told["items"])


def test_a_track_officer_may_do_their_own_items_only(as_role: As, checklist: int) -> None:
    told = as_role("track_officer", bureau="ecology").get(f"{AT}/{checklist}").json()
    assert {item["lead"] for item in told["items"] if item["allowed"] or item["editable"]} == {"ecology"}


def test_names_of_other_bureaus_are_kept_back(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        found = make_checklist(session)
        key = next(row.key for row in _rows(session, found) if row.lead == "ecology")
        officer = make_person(session, Role.TRACK_OFFICER, bureau="ecology")
        plan_item(session, ACTOR, found.id, key, ChecklistItemChange(owner=officer.label), version=1)
        with acting(session, officer):
            comment(session, officer, found.id, key, CommentCreate(text="已联系"))
        number = found.id
    callers = {
        True: (as_role("planner"), as_role("approver"), as_role("track_officer", bureau="ecology")),
        False: (as_role("viewer"), as_role("track_officer", bureau="parks")),
    }
    for seen, some in callers.items():
        for caller in some:
            item = next(each for each in caller.get(f"{AT}/{number}").json()["items"] if each["key"] == key)
            assert (item["owner"] is not None, item["owner_hidden"]) == (seen, not seen)
            remark = caller.get(f"{AT}/{number}/history", params={"item": key}).json()["items"][0]
            assert (remark["note"], remark["actor"] is not None) == ("已联系", seen)


def test_another_jurisdictions_checklist_is_absent(as_role: As, checklist: int) -> None:
    stranger = as_role("planner", jurisdictions=["ELSE"])
    for address in ("", "/schedule", "/history", "/template-diff"):
        assert stranger.get(f"{AT}/{checklist}{address}").status_code == 404
    assert stranger.get(AT).json()["items"] == []
    assert stranger.get(f"{AT}/matrix").json()["n"] == 0
    assert stranger.get(f"{AT}/statistics").json()["n"] == 0
    assert stranger.get(f"{AT}/inbox", params={"lead": "ecology", "waiting": "true"}).json()["n"] == 0
    assert stranger.get(f"{AT}/events").json()["items"] == []


def test_lists_filter_by_what_they_say(as_role: As, database: Database, checklist: int) -> None:
    with database.write(ACTOR) as session:
        land = make_parcel(session, stage=Stage.scheme_approved)
        make_scheme(session, [land])
        done = make_checklist(session, land)
        finish(session, done)
        ready = done.id
    viewer = as_role("viewer")

    def ids(**filters: object) -> list[int]:
        answer = viewer.get(AT, params=filters)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert ids() == [ready, checklist]
    assert ids(readiness="ready") == [ready]
    assert ids(readiness=["ready", "on_time", "late"]) == [ready, checklist]
    assert ids(q="示范") == [checklist]
    assert ids(lead="ecology") == [checklist]
    assert ids(track=6, lead="ecology") == []
    assert ids(overdue="false") == [ready, checklist]
    assert ids(status="closed") == []
    assert ids(template="zhengdong") == []
    first = viewer.get(AT, params={"limit": 1}).json()
    assert [item["id"] for item in viewer.get(first["next"]).json()["items"]] == [checklist]
    assert viewer.get(AT, params={"readyness": "ready"}).status_code == 400


def test_a_schedule_is_told_with_its_reasons(as_role: As, checklist: int) -> None:
    told = as_role("viewer").get(f"{AT}/{checklist}/schedule").json()
    bars = {item["key"]: item for item in told["items"]}
    assert told["trial"] is False
    assert [bars[key]["critical"] for key in told["critical_path"]] == [True] * len(told["critical_path"])
    assert {edge["before"] for edge in told["edges"]} <= bars.keys()
    assert (
        told["saving"]["saved_workdays"]
        == told["saving"]["overlapped"]["workdays"] - (told["saving"]["after_sale"]["workdays"])
    )
    assert {each["basis"] for each in told["saving"]["inputs"]} <= {"statutory", "usual", "assumed"}
    assert told["sale_to_start"]["promised_workdays"] == told["saving"]["promised"]["workdays"]
    assert told["sale_to_start"]["actual_workdays"] is None


def test_a_promise_that_is_over_is_told_before_works_start(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        lot, parcel = make_bid_for(session)
        checklist = make_checklist(session, parcel, template=None)
        finish(session, checklist)
        sold(session, lot, "sell", effective_on=D(2022, 11, 2))
        number = checklist.id
    told = as_role("viewer").get(f"{AT}/{number}/schedule").json()["sale_to_start"]
    assert (told["promised_workdays"], told["elapsed_workdays"], told["kept"]) == (8, 9, False)
    assert (told["sold_on"], told["started_on"], told["actual_workdays"]) == ("2022-11-02", None, None)


def test_what_if_changes_nothing(as_role: As, checklist: int) -> None:
    viewer = as_role("viewer")
    before = viewer.get(f"{AT}/{checklist}").json()
    now = viewer.get(f"{AT}/{checklist}/schedule").json()
    key = now["critical_path"][0]
    tried = viewer.post(f"{AT}/{checklist}/schedule", json={"days": {key: 200}}).json()
    assert tried["trial"]
    assert (tried["ends_on_now"], tried["ready_on_now"]) == (now["ends_on"], now["ready_on"])
    assert tried["ends_on"] > now["ends_on"]
    later = viewer.post(f"{AT}/{checklist}/schedule", json={"starts": {key: "2024-01-02"}}).json()
    assert next(each for each in later["items"] if each["key"] == key)["earliest_start"] == "2024-01-02"
    assert viewer.get(f"{AT}/{checklist}").json() == before


def test_what_if_of_an_item_that_is_not_open_is_refused(as_role: As, checklist: int) -> None:
    wrong = as_role("viewer").post(f"{AT}/{checklist}/schedule", json={"days": {"BT-NONE": 3}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/days/BT-NONE")


@pytest.mark.parametrize("day", ["0001-01-01", "2099-12-31", "9999-12-31"])
def test_what_if_of_a_day_outside_the_calendar_is_refused(as_role: As, checklist: int, day: str) -> None:
    viewer = as_role("viewer")
    (key, *_) = [each["key"] for each in viewer.get(f"{AT}/{checklist}").json()["items"] if each["state"] == "ready"]
    for trial in ({"starts": {key: day}}, {"planned_sale_on": day}):
        assert viewer.post(f"{AT}/{checklist}/schedule", json=trial).status_code == 422


def test_an_action_answers_with_what_it_made_of_the_checklist(as_role: As, database: Database, checklist: int) -> None:
    with database.read() as session:
        found = session.get_one(Checklist, checklist)
        key = first_open(session, found)
        version = row_of(session, found, key).version
    taken = as_role("planner").post(
        f"{AT}/{checklist}/items/{key}/events", json={"action": "start"}, headers={"If-Match": f'"{version}"'}
    )
    assert taken.status_code == 201, taken.text
    told = taken.json()
    assert (told["item"]["state"], told["item"]["started_on"]) == ("in_progress", "2022-11-15")
    assert told["checklist"]["id"] == checklist
    assert "submit" in told["item"]["allowed"]


def test_history_is_told_the_newest_first_page_by_page(as_role: As, database: Database, checklist: int) -> None:
    with database.write(ACTOR) as session:
        found = session.get_one(Checklist, checklist)
        key = first_open(session, found)
        act(session, make_person(session, Role.PLANNER), found, key, "start")
    viewer = as_role("viewer")
    first = viewer.get(f"{AT}/{checklist}/history", params={"limit": 1}).json()
    assert (first["items"][0]["kind"], first["items"][0]["item_key"]) == ("start", key)
    assert first["items"][0]["title"]
    rest = viewer.get(first["next"]).json()["items"]
    assert rest[-1]["kind"] == "opened"
    only = viewer.get(f"{AT}/{checklist}/history", params={"item": key}).json()["items"]
    assert [each["kind"] for each in only] == ["start"]


def waited(read: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - what is read
    """Read until it is enough: the feed waits for every older transaction of the cluster, other tests' as well."""
    for _ in range(600):
        if enough(found := read()):
            break
        time.sleep(0.1)
    return found


def all_told(viewer: Caller, database: Database) -> str:
    """Wait until all that happened so far is told; return where the feed goes on."""
    with database.read() as session:
        newest = session.scalar(select(func.count()).select_from(ChecklistEvent))

    def page() -> dict[str, Any]:
        found: dict[str, Any] = viewer.get(f"{AT}/events", params={"limit": 1000}).json()
        return found

    return str(waited(page, lambda told: len(told["items"]) == newest)["after"])


def test_the_feed_tells_everything_once(as_role: As, database: Database, checklist: int) -> None:
    viewer = as_role("viewer")
    all_told(viewer, database)
    seen, after = [], "0.0"
    while True:
        page = viewer.get(f"{AT}/events", params={"after": after, "limit": 2}).json()
        seen += [each["id"] for each in page["items"]]
        after = page["after"]
        if not page["more"]:
            break
    assert len(seen) == len(set(seen)) > 0
    with database.write(ACTOR) as session:
        found = session.get_one(Checklist, checklist)
        act(session, make_person(session, Role.PLANNER), found, first_open(session, found), "start")
    fresh = waited(lambda: viewer.get(f"{AT}/events", params={"after": after}).json(), lambda page: bool(page["items"]))
    assert [each["kind"] for each in fresh["items"]] == ["start"]
    assert viewer.get(f"{AT}/events", params={"after": "x"}).status_code == 400


def test_the_feed_waits_for_who_began_earlier(as_role: As, database: Database, checklist: int) -> None:
    """An event that commits late must not be passed over: nothing later is told before it can."""
    viewer = as_role("viewer")
    after = all_told(viewer, database)
    with database.write(ACTOR) as slow:
        found = slow.get_one(Checklist, checklist)
        act(slow, make_person(slow, Role.PLANNER), found, first_open(slow, found), "start")
        with database.write(ACTOR) as quick:
            other = make_checklist(quick).id
        assert viewer.get(f"{AT}/events", params={"after": after}).json()["items"] == []
    told = waited(
        lambda: viewer.get(f"{AT}/events", params={"after": after}).json()["items"], lambda items: len(items) > 1
    )
    assert {each["checklist_id"] for each in told} == {checklist, other}


def test_templates_are_told_with_who_follows_them(as_role: As, checklist: int) -> None:
    viewer = as_role("viewer")
    listed = viewer.get("/api/v1/checklist-templates").json()["items"]
    assert {(each["key"], each["running"]) for each in listed} == {("standard_land", 1), ("zhengdong", 0)}
    assert all(each["latest"] for each in listed)
    whole = viewer.get("/api/v1/checklist-templates/zhengdong/2").json()
    assert len(whole["item_list"]) == whole["items"]
    assert [track["number"] for track in whole["track_list"]] == [*range(1, 10)]
    serial, overlapped = whole["baselines"]
    assert sum(step["days"] for step in serial["steps"] if step["unit"] == "workday") > 0
    assert [step["key"] for step in serial["steps"]] == [step["key"] for step in overlapped["steps"]]
    assert viewer.get("/api/v1/checklist-templates/zhengdong/9").status_code == 404
    same = viewer.get(f"{AT}/{checklist}/template-diff").json()
    assert (same["added"], same["removed"], same["changed"]) == ([], [], [])
    assert viewer.get(f"{AT}/{checklist}/template-diff", params={"version": 7}).status_code == 404
