"""The gate before a sale: refused in commands, left open by the clock, told in the inbox, warned of at the opening."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.checklist import queries
from service.checklist.changes import Answers, ChecklistChange, ChecklistClose, PolicySet, TemplateMove
from service.checklist.commands import StillOffered, change_checklist, close_checklist
from service.checklist.deadlines import due
from service.checklist.holding import PassedGate
from service.checklist.models import Checklist
from service.checklist.template_commands import move_template, set_policy
from service.core import clock
from service.core.db import Database
from service.core.errors import PreconditionFailed
from service.listings import gates
from service.listings.changes import LotEventOrder, NoticePublish, Terms
from service.listings.gates import ChecklistOpen
from service.listings.guards import TooEarly
from service.listings.jobs import run_clock
from service.listings.lifecycle import LotEventKind
from service.listings.lot_commands import take_event
from service.listings.models import Lot, Notice
from service.listings.notice_commands import publish_notice
from service.listings.queries import parcels_of
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.lifecycle import EventKind, Stage
from service.schemes.methods import Method
from tests.factories.checklists import finish, make_checklist, parcel_of, prove, row_of
from tests.factories.listings import (
    FLOOR,
    act,
    at,
    bid,
    bidder,
    make_announced,
    make_draft,
    make_notice,
    make_open,
    make_scheme,
    sale_terms,
)
from tests.factories.parcels import make_parcel

D = dt.date
ACTOR = system("test")
SOLD = {"effective_on": D(2022, 11, 2)}


def offered(session: Session, **terms: Any) -> tuple[Lot, Checklist]:  # noqa: ANN401 - any term
    """A lot that could be sold, and its parcel's checklist; nothing of that is done."""
    lot = make_open(session, **terms)
    who = bidder(session, lot)
    assert lot.opens_at is not None
    bid(session, lot, who, FLOOR, lot.opens_at)
    (parcel,) = parcels_of(session, [lot.id])[lot.id]
    return lot, make_checklist(session, parcel)


def told(refusal: ChecklistOpen) -> list[dict[str, Any]]:
    """The items that a refusal names."""
    found: Any = refusal.facts["items"]
    return list(found)


def test_the_refusal_names_each_item_its_lead_and_the_days_it_takes(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist, leaving=("BT-A2", "BT-C1"))
    with pytest.raises(ChecklistOpen) as refused:
        act(session, lot, "sell", **SOLD)
    items = {each["key"]: each for each in told(refused.value)}
    assert items.keys() == {"BT-A2", "BT-C1"}
    parcel = parcel_of(session, checklist)
    agreement = items["BT-A2"]
    assert (agreement["code"], agreement["title"], agreement["lead"], agreement["lead_title"]) == (
        parcel.code, "控制指标与投资（履约监管）协议", "management_committee", "管委会",
    )  # fmt: skip
    assert (agreement["days_left"], agreement["state"], agreement["waivable"]) == (5, "ready", True)
    assert items["BT-C1"]["waivable"] is False
    assert "管委会" in refused.value.zh
    assert (lot.stage, parcel.stage) == ("open", "listed")


def test_what_is_left_to_do_is_told_before_the_lot_closes(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist, leaving=("BT-A2",))
    with pytest.raises(ChecklistOpen):
        act(session, lot, "sell", effective_on=D(2022, 10, 30))
    finish(session, checklist)
    with pytest.raises(TooEarly):
        act(session, lot, "sell", effective_on=D(2022, 10, 30))


def test_what_is_done_can_be_sold(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist)
    assert (checklist.blocking, checklist.readiness) == (0, "ready")
    assert act(session, lot, "sell", **SOLD).stage == "sold"
    session.commit()


def test_what_the_sale_rested_on_stays_whatever_is_said_of_the_land_later(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist)
    act(session, lot, "sell", **SOLD)
    before = {
        key: (row.state, row.binding) for key, row in queries.items_of(session, [checklist.id])[checklist.id].items()
    }
    for answer in (True, False):
        change = ChecklistChange(facts=Answers(rezoning=answer, relics_found=answer, soil_risk=answer))
        change_checklist(session, ACTOR, checklist.id, change, version=checklist.version)
    rows = queries.items_of(session, [checklist.id])[checklist.id]
    assert {key: (row.state, row.binding) for key, row in rows.items()} == before
    with pytest.raises(PassedGate):
        move_template(session, ACTOR, checklist.id, TemplateMove())
    session.commit()


def test_what_was_done_only_later_does_not_count(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist, on=D(2022, 11, 5))
    with pytest.raises(ChecklistOpen):
        act(session, lot, "sell", **SOLD)
    act(session, lot, "sell", effective_on=D(2022, 11, 5))
    session.commit()


def test_a_proof_that_has_run_out_counts_as_open_before_any_job_has_run(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist, leaving=("BT-A2",))
    prove(session, ACTOR, checklist, "BT-A2", until=D(2022, 11, 14))
    finish(session, checklist)
    with pytest.raises(ChecklistOpen) as refused:
        act(session, lot, "sell", effective_on=D(2022, 11, 15))
    assert [(each["key"], each["state"], each["days_left"]) for each in told(refused.value)] == [
        ("BT-A2", "expired", 5)
    ]
    act(session, lot, "sell", effective_on=D(2022, 11, 14))
    session.commit()


def test_a_proof_for_good_stands_in_for_one_that_has_run_out(session: Session) -> None:
    lot, checklist = offered(session)
    finish(session, checklist, leaving=("BT-A2",))
    prove(session, ACTOR, checklist, "BT-A2", until=D(2022, 11, 10))
    prove(session, ACTOR, checklist, "BT-A2")
    finish(session, checklist)
    assert queries.expired(session, D(2022, 11, 15), checklist.id) == {}
    act(session, lot, "sell", effective_on=D(2022, 11, 15))
    session.commit()


def test_a_jurisdiction_can_ask_for_a_checklist_of_every_parcel(session: Session) -> None:
    lot = make_open(session)
    bid(session, lot, bidder(session, lot), FLOOR, at(D(2022, 10, 22)))
    set_policy(session, ACTOR, "ZDXQ", PolicySet(template="standard_land", required_from=D(2022, 10, 1)), version=0)
    with pytest.raises(ChecklistOpen) as refused:
        act(session, lot, "sell", **SOLD)
    (missing,) = told(refused.value)
    assert (missing["key"], missing["state"]) == (None, "missing")
    with pytest.raises(PreconditionFailed):
        set_policy(session, ACTOR, "ZDXQ", PolicySet(template="standard_land"), version=0)
    set_policy(session, ACTOR, "ZDXQ", PolicySet(template="standard_land", required_from=D(2022, 10, 2)), version=1)
    assert act(session, lot, "sell", **SOLD).stage == "sold"
    session.commit()


def test_the_register_moves_on_and_the_gate_with_it(session: Session) -> None:
    """Before the land is clear its requisition is asked for; the scheme's uses decide on the soil."""
    parcel = make_parcel(session, stage=Stage.reserved)
    checklist = make_checklist(session, parcel, template="zhengdong")
    assert row_of(session, checklist, "BT-D4").binding
    for kind in (EventKind.clear, EventKind.approve_scheme):
        event = EventCreate(kind=kind, effective_on=D(2022, 9, 1))
        record_event(session, ACTOR, parcel.code, event, version=parcel.version)
    lot = make_announced(session, scheme=make_scheme(session, [parcel], uses=("industrial",)))
    keys = {each.key for each in gates.open_items(session, lot, D(2022, 11, 2))}
    assert "BT-C1" in keys
    assert "BT-D4" not in keys
    assert row_of(session, checklist, "BT-D4").state == "not_applicable"
    assert checklist.derived["uses"] == ["industrial"]


def test_r90_an_opening_warns(session: Session) -> None:
    lot = make_announced(session, opens_at=at(D(2022, 11, 14)), closes_at=at(D(2022, 11, 25)))
    (parcel,) = parcels_of(session, [lot.id])[lot.id]
    checklist = make_checklist(session, parcel)
    order = LotEventOrder(kind=LotEventKind.open, effective_on=D(2022, 11, 14))
    lot, findings = take_event(session, ACTOR, lot.id, order, version=lot.version)
    assert (lot.stage, [(each.rule.id, each.severity) for each in findings]) == ("open", [("R90", "warn")])
    assert str(checklist.ready_on) in findings[0].satisfied_by.zh


def test_an_announcement_warns_of_what_will_not_be_ready(session: Session) -> None:
    """No checklist where the rule asks for one; one that is forecast too late; not one that will be in time."""

    def announced(lot: Lot) -> list[tuple[str, str, str]]:
        notice = session.get_one(Notice, lot.notice_id)
        order = NoticePublish(effective_on=D(2022, 11, 15), trial=True)
        _, (prepared,) = publish_notice(session, ACTOR, notice.id, order, version=notice.version)
        return [(each.rule.id, each.severity, each.message.zh) for each in prepared.findings if each.rule.id == "R90"]

    terms = {"opens_at": at(D(2022, 12, 6)), "closes_at": at(D(2022, 12, 16), 15)}
    draft = make_draft(session, make_notice(session), make_scheme(session), sale_terms(**terms))
    assert announced(draft) == []
    set_policy(session, ACTOR, "ZDXQ", PolicySet(template="standard_land", required_from=D(2022, 11, 15)), version=0)
    ((_, severity, missing),) = announced(draft)
    assert severity == "warn"
    assert "未建立八同步清单" in missing
    (parcel,) = parcels_of(session, [draft.id])[draft.id]
    checklist = make_checklist(session, parcel)
    ((_, _, late),) = announced(draft)
    assert "2022-12-16" in late
    finish(session, checklist, leaving=("BT-A2",), on=D(2022, 11, 10))
    assert checklist.ready_on is not None
    assert checklist.ready_on < D(2022, 12, 16)
    assert announced(draft) == []
    finish(session, checklist, on=D(2022, 11, 10))
    prove(session, ACTOR, checklist, "BT-A2", until=D(2022, 12, 1))
    ((_, _, expiring),) = announced(draft)
    assert "协议" in expiring


def test_an_award_is_refused_too(session: Session) -> None:
    notice = make_notice(session, method=Method.allocation)
    scheme = make_scheme(session, method=Method.allocation, uses=("public",), floor=None)
    lot = make_draft(session, notice, scheme, Terms(closes_at=at(D(2022, 11, 1), 15), taker="示例中学"))
    publish_notice(session, ACTOR, notice.id, NoticePublish(effective_on=D(2022, 10, 1)), version=notice.version)
    (parcel,) = parcels_of(session, [lot.id])[lot.id]
    checklist = make_checklist(session, parcel)
    with pytest.raises(ChecklistOpen):
        act(session, lot, "award", **SOLD)
    finish(session, checklist)
    assert act(session, lot, "award", **SOLD).stage == "awarded"
    session.commit()


def test_its_checklist_stays_while_land_is_offered(session: Session) -> None:
    _, checklist = offered(session)
    with pytest.raises(StillOffered):
        close_checklist(session, ACTOR, checklist.id, ChecklistClose(reason="不需要了"), version=checklist.version)


def test_the_clock_leaves_such_a_lot_open_and_the_inbox_tells_it(database: Database) -> None:
    closes_at = at(D(2022, 11, 20), 15)
    with database.write(ACTOR) as session:
        lot, checklist = offered(session, opens_at=at(D(2022, 11, 10)), closes_at=closes_at)
        lot_id = lot.id
    clock.fix_today(D(2022, 11, 21))
    assert run_clock(database, at(D(2022, 11, 21))) == 0
    with database.read() as session:
        assert session.get_one(Lot, lot_id).stage == "open"
        told = [each for each in due(session, ACTOR, D(2022, 11, 21)) if each.kind == "gate"]
    assert [(each.subject, each.id, each.due_on) for each in told] == [("lot", lot_id, D(2022, 11, 20))]
    with database.write(ACTOR) as session:
        finish(session, session.get_one(Checklist, checklist.id), on=D(2022, 11, 18))
    assert run_clock(database, at(D(2022, 11, 21))) == 1
    with database.read() as session:
        assert (session.get_one(Lot, lot_id).stage, list(due(session, ACTOR, D(2022, 11, 21)))) == ("sold", [])


def test_land_whose_checklist_was_closed_needs_another_to_be_sold(session: Session) -> None:
    draft = make_draft(session, make_notice(session), make_scheme(session))
    (parcel,) = parcels_of(session, [draft.id])[draft.id]
    assert gates.open_items(session, draft, D(2022, 11, 15)) == []
    closed = make_checklist(session, parcel)
    close_checklist(session, ACTOR, closed.id, ChecklistClose(reason="不再出让"), version=closed.version)
    (missing,) = gates.open_items(session, draft, D(2022, 11, 15))
    assert (missing.code, missing.state) == (parcel.code, "missing")
    another = make_checklist(session, parcel)
    finish(session, another)
    assert gates.open_items(session, draft, D(2022, 11, 15)) == []
