"""Items: who may do what, four eyes, proofs, waivers, two officers at once, who is told."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission, Role
from service.audit.record import _COLLECTED
from service.checklist.acting import NotYours
from service.checklist.changes import Answers, ChecklistChange, ChecklistClose, ChecklistItemChange, CommentCreate
from service.checklist.commands import ChecklistRunning, TooLateForChecklist, change_checklist, close_checklist
from service.checklist.deciding import BeforeNeed, NotAsked, ProofMissing, SamePerson
from service.checklist.holding import ChecklistEnded
from service.checklist.item_commands import MirroredItem, comment, plan_item
from service.checklist.models import Checklist
from service.checklist.picture import picture
from service.checklist.proof_commands import ProofNeeded, expire_proofs, withdraw_proof
from service.checklist.queries import documents_of, template_of
from service.checklist.record_models import ChecklistEvent, Notification
from service.checklist.states import ActionIncomplete, FourEyes, HardItem, IllegalItemAction, Stored
from service.core import clock
from service.core.errors import Forbidden, Invalid, PreconditionFailed
from service.parcels.lifecycle import Stage
from tests.factories.checklists import (
    act,
    acting,
    finish,
    first_open,
    make_checklist,
    make_document,
    make_person,
    parcel_of,
    prove,
    row_of,
)
from tests.factories.parcels import make_parcel

D = dt.date
LEGAL = "BT-C1"
"""Planning conditions, which the law asks for."""


@pytest.fixture
def checklist(session: Session) -> Checklist:
    return make_checklist(session)


@pytest.fixture
def officer(session: Session) -> Actor:
    return make_person(session, Role.LISTING_OFFICER)


@pytest.fixture
def planner(session: Session) -> Actor:
    return make_person(session, Role.PLANNER)


@pytest.fixture
def approver(session: Session) -> Actor:
    return make_person(session, Role.APPROVER)


def own_officer(session: Session, checklist: Checklist, key: str) -> Actor:
    return make_person(session, Role.TRACK_OFFICER, bureau=row_of(session, checklist, key).lead)


def kinds(session: Session, actor: Actor) -> list[str]:
    wanted = select(Notification.kind).where(Notification.user_id == actor.user_id).order_by(Notification.id)
    return [str(kind) for kind in session.scalars(wanted)]


def test_an_item_from_start_to_done(session: Session, checklist: Checklist, officer: Actor) -> None:
    key = first_open(session, checklist)
    mine = own_officer(session, checklist, key)
    before = checklist.blocking
    act(session, mine, checklist, key, "start", effective_on=D(2022, 9, 1))
    with pytest.raises(ProofMissing):
        act(session, officer, checklist, key, "accept")
    prove(session, mine, checklist, key)
    act(session, mine, checklist, key, "submit")
    row = act(session, officer, checklist, key, "accept", effective_on=D(2022, 11, 10))
    assert (row.state, row.started_on, row.finished_on) == ("done", D(2022, 9, 1), D(2022, 11, 10))
    assert checklist.blocking == before - 1
    told = session.scalars(
        select(ChecklistEvent.kind).where(ChecklistEvent.item_key == key).order_by(ChecklistEvent.id)
    ).all()
    assert [each for each in told if each != "document_added"] == ["start", "submit", "accept"]


def test_an_officer_changes_only_items_of_the_own_bureau(session: Session, checklist: Checklist) -> None:
    key = first_open(session, checklist)
    other = make_person(session, Role.TRACK_OFFICER, bureau="traffic_police")
    with pytest.raises(NotYours) as refused:
        act(session, other, checklist, key, "start")
    assert refused.value.facts["lead"] == row_of(session, checklist, key).lead
    with pytest.raises(NotYours):
        plan_item(session, other, checklist.id, key, ChecklistItemChange(days=1), version=1)
    mine = own_officer(session, checklist, key)
    act(session, mine, checklist, key, "start")
    with pytest.raises(Forbidden):
        act(session, mine, checklist, key, "accept")


def test_who_handed_it_in_does_not_accept_it(session: Session, checklist: Checklist, officer: Actor) -> None:
    key = first_open(session, checklist)
    act(session, officer, checklist, key, "start")
    prove(session, officer, checklist, key)
    act(session, officer, checklist, key, "submit")
    with pytest.raises(SamePerson):
        act(session, officer, checklist, key, "accept")


def test_what_the_law_asks_for_takes_two_people(
    session: Session, checklist: Checklist, officer: Actor, planner: Actor
) -> None:
    """Whoever they are: also those who run the whole checklist, and could do with any other item all by themselves."""
    finish(session, checklist, leaving=(LEGAL, "BT-A2"))
    for key in (LEGAL, "BT-A2"):
        act(session, planner, checklist, key, "start", effective_on=D(2022, 9, 5))
        prove(session, planner, checklist, key)
    act(session, planner, checklist, "BT-A2", "accept")
    with pytest.raises(FourEyes, match="R41, Planning conditions") as refused:
        act(session, planner, checklist, LEGAL, "accept")
    assert refused.value.facts == {"rule": "R41"}
    act(session, planner, checklist, LEGAL, "submit")
    with pytest.raises(SamePerson, match="R41, Planning conditions"):
        act(session, planner, checklist, LEGAL, "accept")
    row = act(session, officer, checklist, LEGAL, "accept")
    assert (row.state, row.submitted_by) == ("done", planner.label)
    act(session, officer, checklist, LEGAL, "reopen", reason="条件有变")
    with pytest.raises(FourEyes):
        act(session, officer, checklist, LEGAL, "accept")


def test_an_item_begins_no_earlier_than_what_it_needs_ended(
    session: Session, checklist: Checklist, planner: Actor
) -> None:
    finish(session, checklist, leaving=(LEGAL,), on=D(2022, 10, 8))
    with pytest.raises(BeforeNeed, match="area assessments") as refused:
        act(session, planner, checklist, LEGAL, "start", effective_on=D(2022, 10, 7))
    assert (refused.value.facts["need"], refused.value.facts["finished_on"]) == ("BT-B2", D(2022, 10, 8))
    assert "区域评估" in refused.value.zh
    assert refused.value.errors[0].pointer == "/effective_on"
    row = act(session, planner, checklist, LEGAL, "start", effective_on=D(2022, 10, 8))
    assert row.started_on == D(2022, 10, 8)


def test_a_day_entered_wrong_is_mended_where_it_stands(session: Session, checklist: Checklist, planner: Actor) -> None:
    """Accepted today instead of when it was: reopened and accepted as of its day, what needs it begins as it did."""
    finish(session, checklist, leaving=(LEGAL, "BT-B2"), on=D(2022, 9, 1))
    act(session, planner, checklist, "BT-B2", "start", effective_on=D(2022, 9, 1))
    prove(session, planner, checklist, "BT-B2")
    act(session, planner, checklist, "BT-B2", "accept")
    with pytest.raises(BeforeNeed):
        act(session, planner, checklist, LEGAL, "start", effective_on=D(2022, 9, 20))
    act(session, planner, checklist, "BT-B2", "reopen", reason="日期录错")
    act(session, planner, checklist, "BT-B2", "accept", effective_on=D(2022, 9, 12))
    assert act(session, planner, checklist, LEGAL, "start", effective_on=D(2022, 9, 20)).state == "in_progress"


def test_what_does_not_apply_begins_anew_when_it_does(session: Session, officer: Actor, planner: Actor) -> None:
    checklist = make_checklist(session, template="zhengdong")
    key = next(item.key for item in template_of(session, checklist).items if item.when == "rezoning")
    finish(session, checklist, only={"BT-A1", "BT-B1"})
    act(session, planner, checklist, key, "start", effective_on=D(2022, 9, 5))
    act(session, planner, checklist, key, "submit")
    for answer, state in ((False, "not_applicable"), (True, "open")):
        change = ChecklistChange(facts=Answers(rezoning=answer))
        change_checklist(session, officer, checklist.id, change, version=checklist.version)
        row = row_of(session, checklist, key)
        assert (row.state, row.started_on, row.submitted_by) == (state, None, None)


def test_a_waiver_needs_one_who_asks_and_another_who_grants(
    session: Session, checklist: Checklist, officer: Actor, approver: Actor
) -> None:
    key = first_open(session, checklist)
    document = make_document(session, parcel_of(session, checklist))
    with pytest.raises(Forbidden):
        act(session, officer, checklist, key, "waive", reason="会议纪要", document_id=document)
    with pytest.raises(NotAsked):
        act(session, approver, checklist, key, "waive", reason="会议纪要", document_id=document)
    with pytest.raises(ActionIncomplete):
        act(session, officer, checklist, key, "ask_waiver", reason="区里已有批示")
    act(session, officer, checklist, key, "ask_waiver", reason="区里已有批示", document_id=document)
    assert kinds(session, approver) == ["waiver_asked"]
    row = act(session, approver, checklist, key, "waive")
    assert (row.state, row.waived_by, row.document_id, row.reason) == (
        "waived", approver.label, document, "区里已有批示",
    )  # fmt: skip
    (entry,) = [each.row for each in session.info[_COLLECTED] if b"checklist_item:waived" in each.row]
    assert f'"approver":"{approver.label}"'.encode() in entry
    assert f'"document":{document}'.encode() in entry


def test_a_waiver_is_not_granted_before_it_was_asked_for(
    session: Session, checklist: Checklist, officer: Actor, approver: Actor
) -> None:
    key = first_open(session, checklist)
    document = make_document(session, parcel_of(session, checklist))
    order = {"reason": "项目特殊", "document_id": document, "effective_on": D(2022, 11, 14)}
    act(session, officer, checklist, key, "ask_waiver", **order)
    with pytest.raises(Invalid):
        act(session, approver, checklist, key, "waive", effective_on=D(2022, 11, 13))
    act(session, approver, checklist, key, "waive", effective_on=D(2022, 11, 14))


def test_nobody_grants_what_he_asked_for(session: Session, checklist: Checklist, approver: Actor) -> None:
    both = dataclasses.replace(approver, permissions=approver.permissions | {Permission.CHECKLIST_OPEN})
    key = first_open(session, checklist)
    document = make_document(session, parcel_of(session, checklist))
    act(session, both, checklist, key, "ask_waiver", reason="区里已有批示", document_id=document)
    with pytest.raises(SamePerson):
        act(session, both, checklist, key, "waive")


def test_a_hard_item_is_never_waived(session: Session, checklist: Checklist, officer: Actor, approver: Actor) -> None:
    key = first_open(session, checklist, hard=True)
    document = make_document(session, parcel_of(session, checklist))
    for actor, action in ((officer, "ask_waiver"), (approver, "waive")):
        with pytest.raises(HardItem):
            act(session, actor, checklist, key, action, reason="特事特办", document_id=document)
    row = row_of(session, checklist, key)
    row.state, row.finished_on, row.asked_by, row.waived_by = Stored.waived, D(2022, 11, 1), "a", "b"
    row.reason, row.document_id = "x", document
    with pytest.raises(IntegrityError, match="ck_checklist_item_hard"):
        session.flush()


def test_two_officers_on_one_item(session: Session, checklist: Checklist, officer: Actor, planner: Actor) -> None:
    key = first_open(session, checklist)
    act(session, officer, checklist, key, "start")
    with pytest.raises(PreconditionFailed) as late:
        plan_item(session, planner, checklist.id, key, ChecklistItemChange(days=3), version=1)
    assert late.value.facts["state"] == "in_progress"
    assert (late.value.facts["by"], late.value.facts["action"], late.value.facts["version"]) == (
        officer.label, "start", 2,
    )  # fmt: skip
    with pytest.raises(IllegalItemAction):
        act(session, planner, checklist, key, "start")


def test_an_expired_proof_reopens_the_item_that_day(session: Session, checklist: Checklist, officer: Actor) -> None:
    key = first_open(session, checklist)
    mine = own_officer(session, checklist, key)
    act(session, mine, checklist, key, "start", effective_on=D(2022, 9, 1))
    prove(session, mine, checklist, key, until=D(2022, 11, 15))
    act(session, officer, checklist, key, "accept")
    assert checklist.proof_until == D(2022, 11, 15)
    assert expire_proofs(session, session.info["actor"], checklist.id) == []
    clock.fix_today(D(2022, 11, 16))
    assert expire_proofs(session, session.info["actor"], checklist.id) == [key]
    row = row_of(session, checklist, key)
    assert (row.state, row.finished_on) == ("returned", None)
    assert kinds(session, mine) == ["expired"]
    assert expire_proofs(session, session.info["actor"], checklist.id) == []


def test_a_proof_that_an_item_was_done_on_stays(session: Session, checklist: Checklist, officer: Actor) -> None:
    key = first_open(session, checklist)
    act(session, officer, checklist, key, "start", effective_on=D(2022, 9, 1))
    prove(session, officer, checklist, key)
    (proof, *_) = documents_of(session, checklist.id, key)
    withdraw_proof(session, officer, checklist.id, key, proof.id, version=row_of(session, checklist, key).version)
    prove(session, officer, checklist, key)
    act(session, make_person(session, Role.PLANNER), checklist, key, "accept")
    (proof, *_) = documents_of(session, checklist.id, key)
    others = [each for each in documents_of(session, checklist.id, key) if each.evidence_key == proof.evidence_key]
    for each in others[:-1]:
        withdraw_proof(session, officer, checklist.id, key, each.id, version=row_of(session, checklist, key).version)
    with pytest.raises(ProofNeeded):
        withdraw_proof(
            session, officer, checklist.id, key, others[-1].id, version=row_of(session, checklist, key).version
        )


def test_a_proof_that_has_run_out_stands_in_for_none(session: Session, checklist: Checklist, officer: Actor) -> None:
    key = first_open(session, checklist)
    act(session, officer, checklist, key, "start", effective_on=D(2022, 9, 1))
    prove(session, officer, checklist, key, until=D(2022, 10, 1))
    prove(session, officer, checklist, key, until=D(2023, 10, 1))
    act(session, officer, checklist, key, "accept")
    proofs = documents_of(session, checklist.id, key)
    version = row_of(session, checklist, key).version
    with pytest.raises(ProofNeeded):
        withdraw_proof(session, officer, checklist.id, key, proofs[-1].id, version=version)
    withdraw_proof(session, officer, checklist.id, key, proofs[0].id, version=version)


def test_assigned_and_then_told(session: Session, checklist: Checklist, planner: Actor, officer: Actor) -> None:
    key = first_open(session, checklist)
    mine = own_officer(session, checklist, key)
    with acting(session, planner):
        with pytest.raises(Invalid):
            plan_item(session, planner, checklist.id, key, ChecklistItemChange(owner="nobody"), version=1)
        wrong = ChecklistItemChange(planned_start=D(2022, 12, 2), planned_finish=D(2022, 12, 1))
        with pytest.raises(Invalid):
            plan_item(session, planner, checklist.id, key, wrong, version=1)
        change = ChecklistItemChange(owner=mine.label, planned_finish=D(2022, 12, 1))
        plan_item(session, planner, checklist.id, key, change, version=row_of(session, checklist, key).version)
        comment(session, planner, checklist.id, key, CommentCreate(text="请抓紧"))
    act(session, mine, checklist, key, "start")
    act(session, mine, checklist, key, "submit")
    act(session, officer, checklist, key, "return", reason="缺附图")
    assert kinds(session, mine) == ["assigned", "comment", "returned"]
    assert row_of(session, checklist, key).reason == "缺附图"


def test_what_follows_other_records_is_not_set_by_hand(session: Session, checklist: Checklist, officer: Actor) -> None:
    followed = next(item.key for item in template_of(session, checklist).items if item.follows == "sold")
    with pytest.raises(MirroredItem):
        act(session, officer, checklist, followed, "start")


def test_facts_decide_which_items_apply(session: Session, checklist: Checklist, officer: Actor) -> None:
    seen = picture(session, checklist)
    conditional = next(item for item in seen.template.items if item.when is not None and "soil_risk" in item.when)
    assert row_of(session, checklist, conditional.key).binding
    change = ChecklistChange(facts=Answers(soil_risk=False))
    change_checklist(session, officer, checklist.id, change, version=checklist.version)
    left_out = row_of(session, checklist, conditional.key)
    asked = conditional.applies(picture(session, checklist).facts)
    assert (left_out.binding, left_out.state) == (asked, "open" if asked else "not_applicable")
    change = ChecklistChange(facts=Answers(soil_risk=None))
    change_checklist(session, officer, checklist.id, change, version=checklist.version)
    assert row_of(session, checklist, conditional.key).binding


def test_one_checklist_runs_on_a_parcel_and_none_begins_after_the_sale(
    session: Session, checklist: Checklist, officer: Actor
) -> None:
    with pytest.raises(ChecklistRunning):
        make_checklist(session, parcel_of(session, checklist))
    close_checklist(session, officer, checklist.id, ChecklistClose(reason="项目取消"), version=checklist.version)
    with pytest.raises(ChecklistEnded):
        act(session, officer, checklist, first_open(session, checklist), "start")
    assert make_checklist(session, parcel_of(session, checklist)).id != checklist.id
    with pytest.raises(TooLateForChecklist):
        make_checklist(session, make_parcel(session, stage=Stage.sold))
