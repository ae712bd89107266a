"""The rules change while a checklist runs: a newer template, a bureau renamed, a bureau replaced."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist import beginning, holding, template_commands
from service.checklist.beginning import outdated
from service.checklist.changes import BureauReplacement, ChecklistItemChange, TemplateMove
from service.checklist.holding import TemplateChanged
from service.checklist.item_commands import plan_item
from service.checklist.models import Checklist
from service.checklist.picture import picture
from service.checklist.queries import template_of
from service.checklist.record_models import ChecklistEvent
from service.checklist.template import Requirement, Template
from service.checklist.template_commands import NoNewerTemplate, move_template, replace_bureau
from service.checklist.template_loader import templates
from service.codes import queries as codes
from service.core.errors import Invalid
from service.listings import gates
from service.listings.queries import parcels_of
from tests.factories.checklists import (
    act,
    acting,
    finish,
    make_checklist,
    make_document,
    make_person,
    parcel_of,
    row_of,
)
from tests.factories.listings import make_open

D = dt.date
ACTOR = system("test")
SHORT = "standard_land"


def shipped(monkeypatch: pytest.MonkeyPatch, template: Template) -> None:
    """Ship a template instead of its present version."""
    found: Mapping[str, Template] = MappingProxyType({**templates(), template.key: template})
    for module in (beginning, holding, template_commands):
        monkeypatch.setattr(module, "templates", lambda: found)


def second(monkeypatch: pytest.MonkeyPatch) -> Template:
    """A second version: one item gone, one new, one hard by law, one of another bureau."""
    old = templates()[SHORT]
    items = [item for item in old.items if item.key != "BT-A2"]
    new = dataclasses.replace(old.by_key["BT-A2"], key="BT-A9", title="新增事项", needs=())
    changed: dict[str, dict[str, Any]] = {
        "BT-E0": {"lead": "land_reserve", "days": 12},
        "BT-H1": {"rule": "R42", "requirement": Requirement.required},
    }
    kept = [
        dataclasses.replace(
            item, needs=tuple(key for key in item.needs if key != "BT-A2"), **changed.get(item.key, {})
        )
        for item in items
    ]  # fmt: skip
    newer = dataclasses.replace(old, version=old.version + 1, items=(*kept, new))
    shipped(monkeypatch, newer)
    return newer


def kinds(session: Session, checklist: Checklist, key: str) -> list[str]:
    wanted = select(ChecklistEvent.kind).where(
        ChecklistEvent.checklist_id == checklist.id, ChecklistEvent.item_key == key
    )
    return list(session.scalars(wanted.order_by(ChecklistEvent.id)))


def test_a_newer_template_in_the_middle(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    checklist = make_checklist(session)
    finish(session, checklist, only={"BT-A2", "BT-E0"})
    officer, approver = make_person(session, Role.LISTING_OFFICER), make_person(session, Role.APPROVER)
    document = make_document(session, parcel_of(session, checklist))
    act(session, officer, checklist, "BT-H1", "ask_waiver", reason="已有批示", document_id=document)
    act(session, approver, checklist, "BT-H1", "waive")
    with pytest.raises(NoNewerTemplate):
        move_template(session, ACTOR, checklist.id, TemplateMove())
    newer = second(monkeypatch)
    assert [(each.id, version) for each, version in outdated(session, ACTOR)] == [(checklist.id, newer.version)]
    assert template_of(session, checklist).version == newer.version - 1
    moved = move_template(session, ACTOR, checklist.id, TemplateMove(), version=checklist.version)
    assert (moved.added, moved.dropped) == (["BT-A9"], ["BT-A2"])
    assert template_of(session, checklist) == newer
    kept, gone, hard = (row_of(session, checklist, key) for key in ("BT-E0", "BT-A2", "BT-H1"))
    assert (kept.state, kept.finished_on, kept.lead) == ("done", D(2022, 9, 1), "land_reserve")
    assert (gone.dropped, gone.binding, gone.state) == (True, False, "done")
    assert kinds(session, checklist, "BT-A2") == ["accept", "dropped"]
    assert (hard.state, hard.hard, hard.waived_by) == ("open", True, None)
    assert kinds(session, checklist, "BT-H1") == ["ask_waiver", "waive", "unwaive", "moved"]
    assert "BT-A2" not in picture(session, checklist).items
    assert outdated(session, ACTOR) == []
    session.commit()


def test_the_gate_goes_by_the_newer_template(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    lot = make_open(session)
    (parcel,) = parcels_of(session, [lot.id])[lot.id]
    checklist = make_checklist(session, parcel)
    finish(session, checklist)
    assert gates.open_items(session, lot, D(2022, 11, 2)) == []
    second(monkeypatch)
    move_template(session, ACTOR, checklist.id, TemplateMove())
    assert [each.key for each in gates.open_items(session, lot, D(2022, 11, 2))] == ["BT-A9"]


def test_other_content_under_the_same_version_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    make_checklist(session)
    shipped(monkeypatch, dataclasses.replace(templates()[SHORT], title="改了内容"))
    with pytest.raises(TemplateChanged):
        make_checklist(session)


@pytest.fixture
def bureaus(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code list after a reform: one bureau renamed, another replaced by a new one."""
    old = codes.lists()["lead_bureau"]
    entries = dict(old.entries)
    committee = entries.pop("management_committee")
    entries["new_committee"] = dataclasses.replace(committee, code="new_committee", name="新区管委会")
    entries["natural_resources"] = dataclasses.replace(entries["natural_resources"], name="自然资源局(更名)")
    after = {**codes.lists(), "lead_bureau": dataclasses.replace(old, entries=entries)}
    monkeypatch.setattr(codes, "_LISTS", after)


def test_a_renamed_bureau_keeps_its_code_and_items(session: Session, bureaus: None) -> None:
    lot = make_open(session)
    (parcel,) = parcels_of(session, [lot.id])[lot.id]
    checklist = make_checklist(session, parcel)
    finish(session, checklist, leaving=("BT-C1",))
    (item,) = gates.open_items(session, lot, D(2022, 11, 2))
    assert (item.lead, item.lead_title) == ("natural_resources", "自然资源局(更名)")


def test_a_replaced_bureau_hands_its_items_over(session: Session, bureaus: None) -> None:
    checklist = make_checklist(session)
    lead = "management_committee"
    mine, theirs = (make_person(session, Role.TRACK_OFFICER, bureau=each) for each in (lead, "new_committee"))
    key = next(key for key, row in picture(session, checklist).items.items() if row.lead == lead and row.binding)
    with acting(session, mine):
        plan_item(session, mine, checklist.id, key, ChecklistItemChange(owner=mine.label), version=1)
    with pytest.raises(Invalid):
        replace_bureau(session, ACTOR, BureauReplacement(old=lead, new="nobody", reason="机构改革"))
    moved = replace_bureau(session, ACTOR, BureauReplacement(old=lead, new="new_committee", reason="机构改革"))
    assert moved > 0
    row = row_of(session, checklist, key)
    assert (row.lead, row.owner_id) == ("new_committee", None)
    assert kinds(session, checklist, key)[-1] == "reassigned"
    act(session, theirs, checklist, key, "start")
    assert replace_bureau(session, ACTOR, BureauReplacement(old=lead, new="new_committee", reason="再次")) == 0
    session.commit()
