"""Schemes at the command level: their course, what refuses them, and the land they hold."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import Invalid, NotFound, PreconditionFailed
from service.parcels.changes import EventCreate
from service.parcels.commands import FutureDate
from service.parcels.event_commands import record_event
from service.parcels.governing import HeldElsewhere, refuse_held
from service.parcels.lifecycle import EventKind, IllegalTransition, Stage
from service.parcels.models import Parcel
from service.rules.judgement import LegalRefusal
from service.rules.schemas import Override
from service.schemes import queries
from service.schemes.changes import SchemeChange, SchemeCreate, SchemeParcelSet, SchemeStepOrder, SchemeUseSet
from service.schemes.commands import change_scheme, create_scheme, set_parcels, set_uses, spend_scheme
from service.schemes.completeness import SchemeIncomplete
from service.schemes.holding import NumberTaken, ParcelInScheme
from service.schemes.methods import Method
from service.schemes.models import SupplyScheme
from service.schemes.states import Level, SchemeAction, SchemeStatus, WrongStatus
from service.schemes.step_commands import NotEndorsed, NothingToEndorse, SameOfficer, take_step
from tests.factories.parcels import make_jurisdiction, make_parcel
from tests.factories.schemes import ON, approve, approved_scheme, complete, make_document, make_scheme

D = Decimal


def land(session: Session, stage: Stage = Stage.cleared, **fields: object) -> Parcel:
    return make_parcel(session, **({"stage": stage, "land_uses": [{"code": "0902"}]} | fields))  # type: ignore[arg-type]


def step(session: Session, actor: Actor, scheme: SupplyScheme, action: SchemeAction, **order: object) -> None:
    take_step(session, actor, scheme.id, action, SchemeStepOrder(**order), version=scheme.version)


def test_a_scheme_goes_from_draft_to_approval(session: Session, planner: Actor, approver: Actor) -> None:
    parcels = [land(session), land(session)]
    scheme = complete(session, make_scheme(session, parcels), parcels)
    step(session, planner, scheme, SchemeAction.submit)
    step(session, approver, scheme, SchemeAction.return_, note="补充界址")
    step(session, planner, scheme, SchemeAction.submit)
    step(session, approver, scheme, SchemeAction.approve, effective_on=ON, number="郑政东土〔2022〕8号")
    assert (scheme.status, scheme.approved_on, scheme.number) == (SchemeStatus.approved, ON, "郑政东土〔2022〕8号")
    assert [row[0].kind for row in queries.steps_of(session, scheme.id)] == [
        "create", "submit", "return", "submit", "approve",
    ]  # fmt: skip
    for parcel in parcels:
        assert (parcel.stage, parcel.stage_since) == (Stage.scheme_approved, ON)
    assert queries.scheme_in_force(session, approver, scheme.id) is scheme


def test_the_land_says_uses_shares_and_terms(session: Session, planner: Actor) -> None:
    homes = land(session, land_uses=[{"code": "070102", "share": "0.7"}, {"code": "0901", "share": "0.3"}])
    shops = land(session)
    uses = queries.uses_of(session, make_scheme(session, [homes, shops]).id)
    assert sum((use.share for use in uses), D(0)) == 1
    assert {use.use_class: use.term_years for use in uses} == {"commercial": 40, "residential": 70}
    free = make_scheme(session, [land(session)], method=Method.allocation)
    assert [use.term_years for use in queries.uses_of(session, free.id)] == [None]


def test_who_hands_in_does_not_decide(session: Session, planner: Actor, approver: Actor) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel], level=Level.city), [parcel])
    step(session, planner, scheme, SchemeAction.submit)
    for action in (SchemeAction.endorse, SchemeAction.approve):
        with pytest.raises(SameOfficer):
            step(session, planner, scheme, action)


def test_the_city_decides_after_the_district(session: Session, planner: Actor, approver: Actor) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel], level=Level.city), [parcel])
    step(session, planner, scheme, SchemeAction.submit)
    with pytest.raises(NotEndorsed):
        step(session, approver, scheme, SchemeAction.approve)
    step(session, approver, scheme, SchemeAction.endorse, note="同意上报")
    with pytest.raises(NothingToEndorse):
        step(session, approver, scheme, SchemeAction.endorse)
    # An opinion on what was handed in before is none on what is handed in now.
    step(session, approver, scheme, SchemeAction.return_, note="价格有误")
    step(session, planner, scheme, SchemeAction.submit)
    with pytest.raises(NotEndorsed):
        step(session, approver, scheme, SchemeAction.approve)
    step(session, approver, scheme, SchemeAction.endorse)
    step(session, approver, scheme, SchemeAction.approve)
    levels = [row[0].level for row in queries.steps_of(session, scheme.id) if row[0].level]
    assert levels == [Level.district, Level.district, Level.city]
    district = make_scheme(session, [land(session)])
    complete(session, district, [row[1] for row in queries.parcels_of(session, district.id)])
    step(session, planner, district, SchemeAction.submit)
    with pytest.raises(NothingToEndorse):
        step(session, approver, district, SchemeAction.endorse)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"floor_yuan": None, "reserve_yuan": None}, ["floor_yuan", "reserve_yuan"]),
        ({"price_on": None}, ["floor_yuan"]),
        ({"benchmark_yuan_m2": None}, ["benchmark_yuan_m2"]),
    ],
)
def test_a_scheme_that_leaves_something_unsaid_is_not_handed_in(
    session: Session, planner: Actor, change: dict[str, object], missing: list[str]
) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel], **change)
    with pytest.raises(SchemeIncomplete) as refused:
        step(session, planner, scheme, SchemeAction.submit)
    assert refused.value.facts["missing"] == missing


def test_shares_add_up_and_a_grant_has_terms(session: Session, planner: Actor) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel])
    half = SchemeUseSet(use_class="commercial", term_years=D(40), share=D("0.5"))
    for uses in ([half], [half, SchemeUseSet(use_class="public", share=D("0.5"))]):
        set_uses(session, planner, scheme.id, uses, version=scheme.version)
        with pytest.raises(SchemeIncomplete):
            step(session, planner, scheme, SchemeAction.submit)
    change_scheme(session, planner, scheme.id, SchemeChange(method=Method.allocation), version=scheme.version)
    step(session, planner, scheme, SchemeAction.submit)


def test_an_approver_answers_for_what_the_law_forbids_but_not_for_a_hard_stop(
    session: Session, planner: Actor, approver: Actor
) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel], floor_yuan=parcel.area_m2 * 2000)
    step(session, planner, scheme, SchemeAction.submit)
    with pytest.raises(LegalRefusal) as refused:
        step(session, approver, scheme, SchemeAction.approve)
    assert refused.value.facts["overridable"] is True
    override = Override(reason="市政府会议纪要", document_id=make_document(session, scheme))
    step(session, approver, scheme, SchemeAction.approve, override=override)
    last = queries.last_step(session, scheme.id, "approve")
    assert last is not None
    assert last.override_reason == "市政府会议纪要"
    other = land(session)
    bare = complete(session, make_scheme(session, [other]), [other], conditions_items=["far"])
    step(session, planner, bare, SchemeAction.submit)
    with pytest.raises(LegalRefusal) as refused:
        step(session, approver, bare, SchemeAction.approve, override=override)
    assert refused.value.facts["overridable"] is False


def test_only_cleared_land_is_approved(session: Session, planner: Actor, approver: Actor) -> None:
    parcel = land(session, Stage.reserved)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel])
    step(session, planner, scheme, SchemeAction.submit)
    with pytest.raises(IllegalTransition):
        step(session, approver, scheme, SchemeAction.approve)
    # Clearing is nobody's but the reserve's.
    record_event(session, planner, parcel.code, EventCreate(kind=EventKind.clear, effective_on=dt.date(2022, 9, 2)))
    with pytest.raises(IllegalTransition):
        step(session, approver, scheme, SchemeAction.approve, effective_on=ON)


@pytest.mark.parametrize("stage", [Stage.scheme_approved, Stage.contracted])
def test_land_that_was_approved_elsewhere_gets_its_scheme_on_record(
    session: Session, planner: Actor, stage: Stage
) -> None:
    parcel = land(session, stage)
    scheme = approved_scheme(session, parcel)
    assert (parcel.stage, parcel.version, scheme.status) == (stage, 1, SchemeStatus.approved)


def test_a_scheme_holds_its_land(session: Session, planner: Actor, approver: Actor) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel])
    with pytest.raises(ParcelInScheme) as taken:
        make_scheme(session, [parcel])
    assert taken.value.facts["schemes"] == {parcel.code: scheme.id}
    event = EventCreate(kind=EventKind.approve_scheme, effective_on=ON)
    with pytest.raises(HeldElsewhere):
        record_event(session, planner, parcel.code, event)
    with pytest.raises(HeldElsewhere):
        refuse_held(session, [parcel])
    approve(session, scheme)
    for kind in (EventKind.announce, EventKind.publicise):
        with pytest.raises(HeldElsewhere):
            record_event(session, planner, parcel.code, EventCreate(kind=kind, effective_on=ON))


def test_a_withdrawn_scheme_lets_go(session: Session, planner: Actor) -> None:
    parcel = land(session)
    scheme = make_scheme(session, [parcel])
    with pytest.raises(Invalid):
        step(session, planner, scheme, SchemeAction.withdraw)
    step(session, planner, scheme, SchemeAction.withdraw, note="另行编制")
    assert make_scheme(session, [parcel]).id != scheme.id
    with pytest.raises(WrongStatus):
        step(session, planner, scheme, SchemeAction.submit)


def test_land_that_went_back_needs_another_scheme(session: Session, planner: Actor, approver: Actor) -> None:
    parcel = land(session)
    scheme = approved_scheme(session, parcel)
    for kind in ("announce", "open_listing", "sell", "contract", "rescind"):
        record_event(session, planner, parcel.code, EventCreate(kind=EventKind(kind), effective_on=ON), governed=True)
    assert queries.live_schemes(session, [parcel.id]) == {}  # the database lets go, even where nobody says so
    spent = spend_scheme(session, planner, scheme.id, effective_on=ON)
    assert (spent.status, spend_scheme(session, planner, scheme.id, effective_on=ON)) == (SchemeStatus.spent, scheme)
    assert [row[0].kind for row in queries.steps_of(session, scheme.id)][-1] == "spend"
    with pytest.raises(WrongStatus):
        queries.scheme_in_force(session, approver, scheme.id)
    assert make_scheme(session, [parcel]).status == SchemeStatus.draft


def test_what_a_scheme_can_not_take(session: Session, planner: Actor) -> None:
    make_jurisdiction(session, "GXQ")
    own, other = land(session), land(session, jurisdiction="GXQ")
    reclaimed = land(session, Stage.reclaimed)
    for codes, rule in (
        (["NONE"], "unknown-parcel"),
        ([own.code, own.code.lower()], "twice"),
        ([own.code, other.code], "one-jurisdiction"),
        ([reclaimed.code], "parcel-reclaimed"),
    ):
        with pytest.raises(Invalid) as refused:
            create_scheme(session, planner, SchemeCreate(parcels=codes, method=Method.listing))
        assert [error.code for error in refused.value.errors] == [rule]
    stranger = replace(planner, jurisdictions=frozenset({"GXQ"}))
    scheme = make_scheme(session, [own])
    with pytest.raises(NotFound):
        queries.scheme_by_id(session, stranger, scheme.id)
    with pytest.raises(Invalid):
        set_parcels(session, planner, scheme.id, [SchemeParcelSet(code=other.code)], version=scheme.version)


def test_what_a_draft_can_not_say(session: Session, planner: Actor) -> None:
    parcel = land(session)
    scheme = complete(session, make_scheme(session, [parcel]), [parcel], number="1号")
    for change in ({"reserve_yuan": D(1)}, {"conditions_items": ["colour"]}, {"price_document_id": 99}):
        with pytest.raises(Invalid):
            change_scheme(session, planner, scheme.id, SchemeChange(**change), version=scheme.version)
        session.refresh(scheme)
    other = make_scheme(session, [land(session)])
    with pytest.raises(NumberTaken):
        change_scheme(session, planner, other.id, SchemeChange(number="1号"), version=other.version)
    with pytest.raises(PreconditionFailed) as stale:
        change_scheme(session, planner, other.id, SchemeChange(title="新"), version=9)
    assert stale.value.facts["version"] == 1
    with pytest.raises(FutureDate):
        step(session, planner, scheme, SchemeAction.submit, effective_on=dt.date(2022, 11, 16))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE supply_scheme SET floor_yuan = 1 WHERE id = {id}",
        "UPDATE supply_scheme SET approved_on = '2022-01-01' WHERE id = {id}",
        "UPDATE supply_scheme SET status = 'draft' WHERE id = {id}",
        "UPDATE supply_scheme SET number = 'x' WHERE id = {id}",
        "DELETE FROM scheme_parcel WHERE scheme_id = {id}",
        "UPDATE scheme_parcel SET farmland = true WHERE scheme_id = {id}",
        "UPDATE scheme_use SET term_years = 99 WHERE scheme_id = {id}",
        "INSERT INTO scheme_use (scheme_id, use_class) VALUES ({id}, 'public')",
        "INSERT INTO scheme_evidence (scheme_id, kind, issued_on) VALUES ({id}, 'title', '2022-01-01')",
        (
            "INSERT INTO supply_scheme (jurisdiction_id, title, method, level, status)"
            " SELECT jurisdiction_id, 'x', 'listing', 'city', 'approved' FROM supply_scheme"
        ),
        (
            "INSERT INTO scheme_parcel (scheme_id, parcel_id)"
            " SELECT {draft}, parcel_id FROM scheme_parcel WHERE scheme_id = {id}"
        ),
    ],
)
def test_sql_can_not_change_what_was_approved(session: Session, planner: Actor, statement: str) -> None:
    scheme, draft = approved_scheme(session, land(session)), make_scheme(session, [land(session)])
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(statement.format(id=scheme.id, draft=draft.id)))


def test_scheme_and_land_agree_at_commit(session: Session, planner: Actor) -> None:
    scheme = make_scheme(session, [land(session)])
    session.execute(text("UPDATE supply_scheme SET status = 'submitted' WHERE id = :id"), {"id": scheme.id})
    statement = "UPDATE supply_scheme SET status = 'approved', approved_on = '2022-09-01' WHERE id = :id"
    session.execute(text(statement), {"id": scheme.id})
    with pytest.raises(IntegrityError):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_steps_are_only_added(session: Session, planner: Actor) -> None:
    make_scheme(session, [land(session)])
    for statement in ("UPDATE scheme_step SET actor = 'x'", "DELETE FROM scheme_step"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(statement))
