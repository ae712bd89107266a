"""Signing, payments, events and what they make of contract, lot and parcels."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import idle_commands, performance_commands, queries, reading
from service.contracts.commands import LotConcluded, NumberTaken, sign_contract
from service.contracts.event_commands import NotRecoverable, take_event
from service.contracts.idle_orders import IdleStepOrder, SuspicionRaised
from service.contracts.lifecycle import IllegalContractEvent
from service.contracts.models import Contract
from service.contracts.orders import EventOrder, PaymentMade, PaymentReversed
from service.contracts.payment_commands import NothingToPay, NotReversible, record_payment, reverse_payment
from service.contracts.performance_orders import PermitIssued, WorksReported
from service.core.errors import Invalid, PreconditionFailed
from service.listings.models import Lot
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.governing import HeldElsewhere
from service.parcels.lifecycle import EventKind, IllegalTransition
from service.parcels.models import Parcel
from service.parcels.selection import Moment
from service.rules.judgement import LegalRefusal
from service.schemes.methods import Method
from service.schemes.models import SupplyScheme
from tests.factories.contracts import CONDITIONS, PRICE, SOLD, make_contract, make_lot, order_for

HALF = PRICE / 2
D = Decimal


def day(text_: str) -> dt.date:
    return dt.date.fromisoformat(text_)


def agree(session: Session) -> None:
    """Ask the database now what it asks at commit."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"))


def stages(session: Session, contract: Contract) -> set[tuple[str, str, str]]:
    return {(p.stage, p.hold, p.idle) for p in queries.parcels_of(session, contract.id)}


def pay(session: Session, actor: Actor, contract: Contract, on: str, yuan: Decimal) -> None:
    record_payment(session, actor, contract.id, PaymentMade(paid_on=day(on), yuan=yuan), version=contract.version)
    agree(session)


def happen(session: Session, actor: Actor, contract: Contract, kind: str, on: str, **more: Any) -> list[str]:  # noqa: ANN401 - any field
    order = EventOrder(kind=kind, effective_on=day(on), **more)
    taken = take_event(session, actor, contract.id, order, version=contract.version)
    agree(session)
    return [each.rule.id for each in taken.findings]


def rules(refused: pytest.ExceptionInfo[LegalRefusal]) -> list[str]:
    findings: Any = refused.value.facts["findings"]
    return [each["rule"] for each in findings]


def test_signing_concludes_the_lot_and_takes_its_price_and_parcels(session: Session, actor: Actor) -> None:
    lot = make_lot(session, parcels=3)
    contract = make_contract(session, lot)
    agree(session)
    assert (lot.stage, contract.price_yuan, contract.holder, contract.kind) == ("concluded", PRICE, "某某公司", "grant")
    assert stages(session, contract) == {("contracted", "none", "none")}
    assert len(queries.parcels_of(session, contract.id)) == 3
    assert [(each.ordinal, each.yuan) for each in queries.instalments_of(session, contract.id)] == [
        (1, HALF),
        (2, HALF),
    ]


def test_a_second_contract_is_told_of_the_first(session: Session, actor: Actor) -> None:
    lot = make_lot(session)
    contract = make_contract(session, lot)
    with pytest.raises(LotConcluded) as refused:
        make_contract(session, lot, number="HT-other")
    assert refused.value.facts["contract"] == contract.id
    with pytest.raises(NumberTaken):
        make_contract(session, number=contract.number)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"price_yuan": PRICE + 1}, "/price_yuan"),
        ({"instalments": []}, "/instalments"),
        ({"complete_due_on": day("2022-09-09")}, "/complete_due_on"),
        ({"indicators": [{"name": "nonsense", "target": 1}]}, "/indicators/0/name"),
        ({"document_id": 99}, "/document_id"),
    ],
)
def test_what_does_not_fit_the_sale_is_refused(session: Session, wrong: dict[str, Any], pointer: str) -> None:
    lot = make_lot(session)
    with pytest.raises(Invalid) as refused:
        make_contract(session, lot, **wrong)
    assert [each.pointer for each in refused.value.errors] == [pointer]


def test_r41_without_the_planning_conditions_there_is_no_contract_and_no_exception(
    session: Session, actor: Actor
) -> None:
    override = {"reason": "x", "document_id": 1}
    for items in ([], CONDITIONS[1:]):
        with pytest.raises(LegalRefusal) as refused, session.begin_nested():
            make_contract(session, make_lot(session), conditions_items=items, override=override)
        assert rules(refused) == ["R41"]
        assert refused.value.facts["overridable"] is False
    allocated = make_lot(session, method=Method.allocation, price=None)
    assert make_contract(session, allocated, conditions_items=[], instalments=[]).kind == "allocation"


@pytest.mark.parametrize(("signed_on", "found"), [("2022-09-16", []), ("2022-09-19", ["R10"])])
def test_r10_the_tenth_working_day(session: Session, signed_on: str, found: list[str]) -> None:
    """Sold on Thursday 1 September 2022; 中秋 (Mon 12) is no working day: the tenth one is Friday 16."""
    lot = make_lot(session)
    if found:
        with pytest.raises(LegalRefusal) as refused:
            make_contract(session, lot, signed_on=day(signed_on))
        assert rules(refused) == found
    else:
        assert make_contract(session, lot, signed_on=day(signed_on)).signed_on == day(signed_on)


def test_r10_is_only_a_warning_for_industry_and_asks_nothing_of_negotiated_land(session: Session, actor: Actor) -> None:
    late = day("2022-10-10")
    industry = order_for(make_lot(session, use="industrial"), signed_on=late)
    assert [each.rule.id for each in sign_contract(session, actor, industry).findings] == ["R10"]
    agreed = order_for(make_lot(session, method=Method.agreement), signed_on=late)
    assert sign_contract(session, actor, agreed).findings == ()


@pytest.mark.parametrize(("first", "found"), [(HALF, []), (HALF - D("0.01"), ["R12"])])
def test_r12_the_first_instalment_is_half(session: Session, actor: Actor, first: Decimal, found: list[str]) -> None:
    parts = [{"due_on": "2022-10-01", "yuan": first}, {"due_on": "2023-09-08", "yuan": PRICE - first}]
    order = order_for(make_lot(session, use="industrial"), instalments=parts)
    assert [each.rule.id for each in sign_contract(session, actor, order).findings] == found


def test_a_trial_says_what_stands_against_it_and_changes_nothing(session: Session, actor: Actor) -> None:
    lot = make_lot(session)
    taken = sign_contract(session, actor, order_for(lot, conditions_items=[], trial=True))
    assert taken.contract is None
    assert [(each.rule.id, each.hard) for each in taken.findings] == [("R41", True)]
    session.expire_all()
    assert (lot.stage, session.scalars(select(Contract)).all()) == ("sold", [])
    assert stages_of_lot(session, lot) == {"sold"}


def stages_of_lot(session: Session, lot: Lot) -> set[str]:
    wanted = text("SELECT p.stage FROM parcel p JOIN lot_parcel l ON l.parcel_id = p.id WHERE l.lot_id = :lot")
    return set(session.scalars(wanted, {"lot": lot.id}))


def test_the_whole_way_to_the_completed_building(session: Session, actor: Actor) -> None:
    contract = make_contract(session, make_lot(session, use="industrial"))
    pay(session, actor, contract, "2022-09-20", HALF)
    assert stages(session, contract) == {("contracted", "none", "none")}
    pay(session, actor, contract, "2022-09-30", HALF)
    assert (contract.paid_on, stages(session, contract)) == (day("2022-09-30"), {("paid", "none", "none")})
    assert happen(session, actor, contract, "register", "2022-10-01") == []
    assert {each.registered_on for each in queries.parcels_of(session, contract.id)} == {day("2022-10-01")}
    happen(session, actor, contract, "deliver", "2022-10-08")
    assert happen(session, actor, contract, "start", "2022-10-20", trial=True) == ["R63"]
    permit = PermitIssued(kind="construction", part="excavation", number="施-1", issued_on=day("2022-10-09"))
    performance_commands.add_permit(session, actor, contract.id, permit, version=contract.version)
    for reported_on, done in (("2022-10-18", "0.3333"), ("2022-10-19", "0.34")):
        report = WorksReported(reported_on=day(reported_on), foundation="other", foundation_done=D(done))
        performance_commands.report_works(session, actor, contract.id, report, version=contract.version)
    assert happen(session, actor, contract, "start", "2022-10-18", trial=True) == ["R63"]
    assert happen(session, actor, contract, "start", "2022-10-20") == []
    happen(session, actor, contract, "complete", "2022-11-10")
    assert (contract.stage, stages(session, contract)) == ("completed", {("completed", "none", "none")})
    kinds = [event.kind for event, _ in queries.history_of(session, contract.id)]
    assert kinds == ["sign", "pay", "register", "deliver", "start", "complete"]


def test_r14_no_certificate_before_the_last_cent(session: Session, actor: Actor) -> None:
    contract = make_contract(session)
    pay(session, actor, contract, "2022-09-20", PRICE - D("0.01"))
    with pytest.raises(LegalRefusal) as refused:
        happen(session, actor, contract, "register", "2022-10-01")
    assert rules(refused) == ["R14"]
    pay(session, actor, contract, "2022-10-02", D("0.01"))
    happen(session, actor, contract, "register", "2022-10-02")
    with pytest.raises(IllegalContractEvent):
        happen(session, actor, contract, "register", "2022-10-03")


def test_a_payment_is_taken_back_only_with_what_keeps_the_price_paid(session: Session, actor: Actor) -> None:
    contract = make_contract(session)
    pay(session, actor, contract, "2022-09-20", PRICE)
    (made,) = queries.payments_of(session, contract.id)
    wrong = PaymentReversed(note="录错日期")
    right = PaymentReversed(note="录错日期", replacement=PaymentMade(paid_on=day("2022-09-21"), yuan=PRICE))
    with pytest.raises(NotReversible), session.begin_nested():
        reverse_payment(session, actor, contract.id, made.id, wrong, version=contract.version)
    session.refresh(contract)
    reverse_payment(session, actor, contract.id, made.id, right, version=contract.version)
    agree(session)
    assert [each.yuan for each in queries.payments_of(session, contract.id)] == [PRICE, -PRICE, PRICE]
    with pytest.raises(NotReversible):
        reverse_payment(session, actor, contract.id, made.id, right, version=contract.version)


def test_land_without_a_price_is_not_paid_for(session: Session, actor: Actor) -> None:
    contract = make_contract(session, make_lot(session, method=Method.allocation, price=None), conditions_items=[])
    with pytest.raises(NothingToPay):
        pay(session, actor, contract, "2022-10-01", D(1))
    happen(session, actor, contract, "deliver", "2022-10-08")
    assert stages(session, contract) == {("delivered", "none", "none")}


def test_the_balance_may_come_after_hand_over_and_is_recognised_when_the_course_goes_on(
    session: Session, actor: Actor
) -> None:
    contract = make_contract(session)
    happen(session, actor, contract, "deliver", "2022-09-20")
    happen(session, actor, contract, "suspend", "2022-09-25")
    pay(session, actor, contract, "2022-09-28", PRICE)
    assert reading.money(session, contract).paid_yuan == float(PRICE)
    with pytest.raises(IllegalContractEvent):
        happen(session, actor, contract, "register", "2022-10-01")
    happen(session, actor, contract, "resume", "2022-10-05")
    assert (contract.paid_on, stages(session, contract)) == (day("2022-09-28"), {("delivered", "none", "none")})


def test_r70_once_and_by_a_year(session: Session, actor: Actor) -> None:
    contract = make_contract(session, make_lot(session, use="industrial"))
    due = contract.complete_due_on
    assert due is not None
    too_far = due.replace(year=due.year + 1) + dt.timedelta(1)
    with pytest.raises(LegalRefusal) as refused:
        happen(session, actor, contract, "extend", "2022-11-01", milestone="completion", to_on=too_far)
    assert rules(refused) == ["R70"]
    happen(session, actor, contract, "extend", "2022-11-01", milestone="completion", to_on=due + dt.timedelta(100))
    assert contract.complete_due_on == due + dt.timedelta(100)
    with pytest.raises(LegalRefusal) as refused:
        happen(session, actor, contract, "extend", "2022-11-02", milestone="completion", to_on=due + dt.timedelta(101))
    assert rules(refused) == ["R70"]
    assert [each.from_on for each in queries.extensions_of(session, contract.id)] == [due]


def test_an_amendment_changes_what_it_says_and_keeps_the_sum(session: Session, actor: Actor) -> None:
    contract = make_contract(session, make_lot(session, use="industrial"))
    change: dict[str, Any] = {"holder": "项目公司", "instalments": [{"due_on": "2022-12-01", "yuan": PRICE}]}
    happen(session, actor, contract, "amend", "2022-10-01", change=change)
    assert (contract.holder, [each.yuan for each in queries.instalments_of(session, contract.id)]) == (
        "项目公司",
        [PRICE],
    )
    with pytest.raises(Invalid):
        happen(session, actor, contract, "amend", "2022-10-02", change={"instalments": []})


def test_a_late_entry_takes_its_place_in_the_order_of_effect(session: Session, actor: Actor) -> None:
    contract = make_contract(session, make_lot(session, use="industrial"))
    happen(session, actor, contract, "deliver", "2022-11-01")
    happen(session, actor, contract, "amend", "2022-10-01", change={"holder": "项目公司"})
    then = reading.then(session, actor, contract, Moment(as_of=day("2022-10-15")))
    assert (then.holder, then.delivered_on) == ("项目公司", None)
    assert (contract.holder, contract.delivered_on) == ("项目公司", day("2022-11-01"))


def test_rescinding_returns_the_land_and_spends_the_scheme(session: Session, actor: Actor) -> None:
    lot = make_lot(session)
    contract = make_contract(session, lot)
    happen(session, actor, contract, "rescind", "2022-11-01")
    assert (contract.stage, contract.ended_on, lot.stage) == ("rescinded", day("2022-11-01"), "concluded")
    assert stages(session, contract) == {("reserved", "none", "none")}
    assert session.get_one(SupplyScheme, lot.scheme_id).status == "spent"
    with pytest.raises(IllegalContractEvent):
        pay(session, actor, contract, "2022-11-02", D(1))


def step(session: Session, actor: Actor, contract: Contract, name: str, on: str, **more: Any) -> None:  # noqa: ANN401 - any field
    (case,) = [each for each in queries.cases_of(session, contract.id) if each.closed_on is None]
    order = IdleStepOrder(step=name, effective_on=day(on), **more)
    idle_commands.take_idle_step(session, actor, contract.id, case.id, order, version=contract.version)
    agree(session)


def idle_contract(session: Session, start_due: str) -> Contract:
    lot = make_lot(session, use="industrial", sold_on=day("2019-01-02"))
    dates = {"delivery_due_on": day("2019-02-01"), "start_due_on": day(start_due), "complete_due_on": day("2021-06-01")}
    contract = make_contract(session, lot, signed_on=day("2019-01-10"), **dates)
    actor = session.info["actor"]
    pay(session, actor, contract, "2019-01-20", PRICE)
    happen(session, actor, contract, "deliver", "2019-02-01")
    return contract


def suspect(session: Session, actor: Actor, contract: Contract, on: str) -> list[str]:
    order = SuspicionRaised(effective_on=day(on))
    taken = idle_commands.suspect_idle(session, actor, contract.id, order, version=contract.version)
    agree(session)
    return [each.rule.id for each in taken.findings]


def test_from_suspicion_to_fee_to_building(session: Session, actor: Actor) -> None:
    contract = idle_contract(session, "2019-06-01")
    assert suspect(session, actor, contract, "2020-07-01") == ["R60"]
    assert stages(session, contract) == {("delivered", "none", "suspected")}
    with pytest.raises(idle_commands.OutOfTurn):
        step(session, actor, contract, "decide", "2020-07-02", outcome="fee", cause="holder")
    step(session, actor, contract, "notice", "2020-07-20")
    step(session, actor, contract, "answer", "2020-08-10")
    with pytest.raises(idle_commands.ClockNotThere):
        step(session, actor, contract, "decide", "2020-09-01", outcome="recovery", cause="holder")
    step(session, actor, contract, "decide", "2020-09-01", outcome="fee", cause="holder")
    (case,) = queries.cases_of(session, contract.id)
    assert (case.fee_yuan, stages(session, contract)) == (PRICE / 5, {("delivered", "none", "confirmed")})
    step(session, actor, contract, "dispose", "2020-09-10", disposal="fee")
    step(session, actor, contract, "pay_fee", "2020-09-12")
    step(session, actor, contract, "close", "2020-09-20")
    assert (case.closed_on, stages(session, contract)) == (day("2020-09-20"), {("delivered", "none", "none")})


def test_idle_for_two_years_the_land_is_taken_back(session: Session, actor: Actor) -> None:
    contract = idle_contract(session, "2019-06-01")
    with pytest.raises(NotRecoverable):
        happen(session, actor, contract, "reclaim", "2021-07-01", ground="idle")
    suspect(session, actor, contract, "2021-06-02")
    step(session, actor, contract, "notice", "2021-06-10")
    step(session, actor, contract, "decide", "2021-07-20", outcome="recovery", cause="holder")
    happen(session, actor, contract, "reclaim", "2021-08-01", ground="idle")
    (case,) = queries.cases_of(session, contract.id)
    assert (contract.stage, case.closed_on) == ("reclaimed", day("2021-08-01"))
    assert stages(session, contract) == {("reclaimed", "none", "none")}


def test_dismissed_suspicion_leaves_nothing(session: Session, actor: Actor) -> None:
    contract = idle_contract(session, "2019-06-01")
    suspect(session, actor, contract, "2020-07-01")
    step(session, actor, contract, "notice", "2020-07-02")
    step(session, actor, contract, "decide", "2020-07-03", outcome="dismissed")
    assert stages(session, contract) == {("delivered", "none", "none")}


def test_the_contract_alone_records_what_it_governs(session: Session, actor: Actor) -> None:
    contract = make_contract(session)
    (parcel,) = queries.parcels_of(session, contract.id)
    with pytest.raises(HeldElsewhere):
        record_event(
            session, actor, parcel.code, EventCreate(kind=EventKind.deliver, effective_on=SOLD + dt.timedelta(9))
        )


def test_who_has_seen_another_version_is_told(session: Session, actor: Actor) -> None:
    contract = make_contract(session)
    order = EventOrder(kind="deliver", effective_on=day("2022-10-01"))
    with pytest.raises(PreconditionFailed) as refused:
        take_event(session, actor, contract.id, order, version=contract.version + 1)
    assert refused.value.facts["version"] == contract.version


def test_an_event_out_of_turn_is_refused(session: Session, actor: Actor) -> None:
    contract = make_contract(session)
    with pytest.raises(IllegalTransition):
        happen(session, actor, contract, "start", "2022-11-01")


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE parcel SET stage = 'delivered' WHERE id IN (SELECT parcel_id FROM contract_parcel)",
        "UPDATE parcel SET idle = 'suspected' WHERE id IN (SELECT parcel_id FROM contract_parcel)",
        "UPDATE contract SET delivered_on = '2022-10-01'",
        "UPDATE contract SET stage = 'completed'",
        "UPDATE lot SET stage = 'sold'",
        "INSERT INTO idle_case (contract_id, suspected_on) SELECT id, '2022-10-01' FROM contract",
    ],
)
def test_raw_sql_can_not_make_contract_lot_and_parcel_disagree(session: Session, broken: str) -> None:
    make_contract(session)
    agree(session)
    session.execute(text(broken))
    with pytest.raises(IntegrityError, match="disagree"):
        agree(session)


@pytest.mark.parametrize("table", ["contract_event", "payment", "works_report", "standard_land_step"])
def test_what_is_only_added_to_stays(session: Session, table: str) -> None:
    with pytest.raises(Exception, match=r"denied|append|only"), session.begin_nested():
        session.execute(text(f"DELETE FROM {table}"))


def test_a_parcel_has_one_live_contract(session: Session, actor: Actor) -> None:
    contract = make_contract(session)
    parcels = [each.id for each in queries.parcels_of(session, contract.id)]
    assert [each.subject for each in queries._holds(session, parcels)] == ["contract"]
    happen(session, actor, contract, "rescind", "2022-11-01")
    assert queries._holds(session, parcels) == []
    assert session.scalar(select(Parcel.stage).where(Parcel.id == parcels[0])) == "reserved"
