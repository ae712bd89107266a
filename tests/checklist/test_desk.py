"""What the desk asks beside the checklists themselves: people to assign, versions of templates, runs."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist.holding import kept_template
from service.checklist.models import ChecklistTemplate
from service.checklist.run_commands import start_run
from service.checklist.template import digest, to_json
from service.checklist.template_loader import templates
from service.core.db import Database
from tests.caller import Caller
from tests.factories.checklists import make_checklist

As = Callable[..., Caller]
ACTOR = system("test")
AT = "/api/v1/checklists"
TEMPLATES = "/api/v1/checklist-templates"
LEAD, SHORT, LONG = "relics", "standard_land", "zhengdong"


@pytest.fixture
def place(database: Database, as_role: As) -> str:
    """The jurisdiction of a checklist."""
    with database.write(ACTOR) as session:
        number = make_checklist(session, planned_sale_on=dt.date(2023, 9, 1)).id
    code: str = as_role("viewer").get(f"{AT}/{number}").json()["jurisdiction"]["code"]
    return code


def names(caller: Caller, place: str, lead: str = LEAD) -> list[str]:
    answer = caller.get(f"{AT}/people", params={"lead": lead, "jurisdiction": place})
    assert answer.status_code == 200, answer.text
    return [one["username"] for one in answer.json()["items"]]


def test_an_item_is_given_to_somebody_of_its_bureau_or_who_runs_the_whole(as_role: As, place: str) -> None:
    own, away = as_role(Role.TRACK_OFFICER, bureau=LEAD), as_role(Role.TRACK_OFFICER, bureau=LEAD, jurisdictions=["X"])
    other, planner = as_role(Role.TRACK_OFFICER, bureau="ecology"), as_role(Role.PLANNER, jurisdictions=[place])
    outside = {as_role(role).username for role in (Role.VIEWER, Role.ADMINISTRATOR, Role.REGISTRAR, Role.APPROVER)}
    found = names(own, place)
    assert found == sorted(found)
    assert {own.username, planner.username} <= set(found)
    assert not {away.username, other.username, *outside} & set(found)
    assert names(planner, place) == found


def test_only_who_may_give_an_item_is_told_names(as_role: As, place: str) -> None:
    asked = {"lead": LEAD, "jurisdiction": place}
    foreign = as_role(Role.TRACK_OFFICER, bureau="ecology").get(f"{AT}/people", params=asked)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "checklist-not-yours")
    assert as_role(Role.VIEWER).get(f"{AT}/people", params=asked).status_code == 403
    unseen = as_role(Role.PLANNER, jurisdictions=["X"]).get(f"{AT}/people", params=asked)
    assert unseen.status_code == 404


def test_people_come_page_by_page(as_role: As, place: str) -> None:
    planner = as_role(Role.PLANNER)
    as_role(Role.TRACK_OFFICER, bureau=LEAD)
    everybody = names(planner, place)
    first = planner.get(f"{AT}/people", params={"lead": LEAD, "jurisdiction": place, "limit": 1}).json()
    second = planner.get(first["next"]).json()
    assert [first["items"][0]["username"], second["items"][0]["username"]] == everybody[:2]


def newer(database: Database, key: str) -> int:
    """Keep a next version of a template, as another release of the service would; return its number."""
    old = templates()[key]
    item = dataclasses.replace(old.items[0], days=old.items[0].days + 3)
    new = dataclasses.replace(old, version=old.version + 1, items=(item, *old.items[1:]))
    with database.write(ACTOR) as session:
        kept_template(session, key)
        content, sha256 = to_json(new), digest(new)
        session.add(ChecklistTemplate(key=key, version=new.version, content=content, sha256=sha256))
    return new.version


def test_versions_and_templates_are_compared(as_role: As, database: Database) -> None:
    caller, version = as_role("viewer"), newer(database, SHORT)
    old, long = version - 1, templates()[LONG].version
    told = caller.get(f"{TEMPLATES}/{SHORT}/{version}/diff", params={"base_version": old}).json()
    assert (told["base"], told["before"], told["key"], told["after"]) == (SHORT, old, SHORT, version)
    assert (told["added"], told["removed"], told["baseline_changed"]) == ([], [], False)
    (changed,) = told["changed"]
    (field,) = changed["changes"]
    assert (field["field"], field["after"] - field["before"]) == ("days", 3)
    whole = caller.get(f"{TEMPLATES}/{SHORT}/{old}/diff", params={"base": LONG, "base_version": long}).json()
    assert whole["base"] == LONG
    assert whole["removed"]
    assert not whole["added"]
    missing = caller.get(f"{TEMPLATES}/{SHORT}/{old}/diff", params={"base_version": 99})
    assert missing.status_code == 404


def test_checklists_are_asked_for_by_version(as_role: As, place: str) -> None:
    caller = as_role("viewer")
    (one,) = caller.get(AT).json()["items"]
    key, version = one["template"]["key"], one["template"]["version"]
    for asked, n in ((key, 1), (f"{key}/{version}", 1), (f"{key}/{version + 1}", 0), ("other", 0)):
        assert len(caller.get(AT, params={"template": asked}).json()["items"]) == n, asked
    assert caller.get(AT, params={"template": f"{key}/x"}).status_code == 400


def test_runs_are_listed_for_whoever_sees_their_land(as_role: As, database: Database, place: str) -> None:
    with database.write(ACTOR) as session:
        nightly = start_run(session, ACTOR, queue=False).id
    planner = as_role(Role.PLANNER, jurisdictions=[place])
    own = planner.post(f"{AT}/recompute").json()["id"]
    assert [one["id"] for one in planner.get(f"{AT}/recompute").json()["items"]] == [own]
    everywhere = as_role(Role.VIEWER)
    assert [one["id"] for one in everywhere.get(f"{AT}/recompute").json()["items"]] == [own, nightly]
    first = everywhere.get(f"{AT}/recompute", params={"limit": 1}).json()
    assert [one["id"] for one in everywhere.get(first["next"]).json()["items"]] == [nightly]
    assert as_role(Role.VIEWER, jurisdictions=["X"]).get(f"{AT}/recompute").json()["items"] == []
