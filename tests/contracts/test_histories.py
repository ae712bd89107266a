"""Whatever sequence of acts is accepted: everything agrees, and the events alone rebuild the contract byte for byte."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import idle_commands, performance_commands, queries, replaying
from service.contracts.checking import disagreements
from service.contracts.event_commands import take_event
from service.contracts.idle_orders import IdleStepOrder, SuspicionRaised
from service.contracts.lifecycle import ContractEventKind
from service.contracts.models import Contract, ContractEvent
from service.contracts.orders import EventOrder, PaymentMade, PaymentReversed
from service.contracts.payment_commands import record_payment, reverse_payment
from service.contracts.performance_orders import ExclusionProved, PermitIssued, WorksReported
from service.core.errors import GongdiError
from service.schemes.methods import Method
from tests.factories.contracts import PRICE, make_contract, make_lot

BEGINNING = dt.date(2018, 1, 2)
EVENTS = ["deliver", "register", "start", "complete", "suspend", "resume", "rescind"]
STEPS = ["notice", "answer", "publish", "pay_fee", "close"]
acts = st.one_of(
    st.sampled_from(EVENTS).map(lambda kind: ("event", {"kind": kind})),
    st.just(("event", {"kind": "reclaim", "ground": "idle"})),
    st.just(("event", {"kind": "reclaim", "ground": "public_interest"})),
    st.integers(1, 500).map(lambda n: ("extend", {"days": n})),
    st.text("abc", min_size=1, max_size=3).map(lambda name: ("event", {"kind": "amend", "change": {"holder": name}})),
    st.sampled_from([2, 4, 1]).map(lambda n: ("pay", {"yuan": PRICE / n})),
    st.integers(0, 3).map(lambda n: ("reverse", {"which": n})),
    st.just(("suspect", {})),
    st.sampled_from(STEPS).map(lambda name: ("step", {"step": name})),
    st.just(("step", {"step": "dispose", "disposal": "extend"})),
    st.sampled_from([("dismissed", None), ("fee", "holder"), ("disposal", "government"), ("recovery", "holder")]).map(
        lambda pair: ("step", {"step": "decide", "outcome": pair[0], "cause": pair[1]})
    ),
    st.just(("permit", {})),
    st.just(("works", {})),
    st.just(("exclude", {})),
)
# The course that most contracts take: a history begins with some of it, so that late acts are met too.
COURSE: list[tuple[str, dict[str, Any]]] = [
    ("event", {"kind": "deliver"}), ("pay", {"yuan": PRICE}), ("permit", {}), ("works", {}),
    ("event", {"kind": "start"}), ("event", {"kind": "complete"}),
]  # fmt: skip
DATED = {"deliver": "delivered_on", "register": "registered_on", "start": "started_on", "complete": "completed_on"}
ENDED = {"complete": "completed", "rescind": "rescinded", "reclaim": "reclaimed"}
# Mostly forward in time, sometimes entered late.
histories = st.lists(st.tuples(acts, st.integers(-30, 120)), min_size=3, max_size=16)


def carry_out(
    session: Session, actor: Actor, contract: Contract, act: tuple[str, dict[str, Any]], day: dt.date
) -> None:
    name, given_ = act
    number, version = contract.id, contract.version
    match name:
        case "event":
            take_event(session, actor, number, EventOrder(effective_on=day, **given_), version=version)
        case "extend":
            to_on = (contract.complete_due_on or day) + dt.timedelta(given_["days"])
            order = EventOrder(kind="extend", effective_on=day, milestone="completion", to_on=to_on)
            take_event(session, actor, number, order, version=version)
        case "pay":
            record_payment(session, actor, number, PaymentMade(paid_on=day, yuan=given_["yuan"]), version=version)
        case "reverse":
            made = queries.payments_of(session, number)
            which = made[given_["which"] % len(made)].id if made else 0
            reverse_payment(session, actor, number, which, PaymentReversed(note="x"), version=version)
        case "suspect":
            idle_commands.suspect_idle(session, actor, number, SuspicionRaised(effective_on=day), version=version)
        case "step":
            case = queries.open_case(session, number)
            order_ = IdleStepOrder(effective_on=day, **given_)
            idle_commands.take_idle_step(session, actor, number, case.id if case else 0, order_, version=version)
        case "permit":
            new = PermitIssued(kind="construction", number=str(day), issued_on=day)
            performance_commands.add_permit(session, actor, number, new, version=version)
        case "works":
            report = WorksReported(reported_on=day, foundation="piles", foundation_done=Decimal(1))
            performance_commands.report_works(session, actor, number, report, version=version)
        case "exclude":
            span = ExclusionProved(reason="force_majeure", begins_on=day, ends_on=day + dt.timedelta(30))
            performance_commands.prove_exclusion(session, actor, number, span, version=version)


def rebuilt(session: Session, contract: Contract) -> dict[str, str]:
    """The contract as its stored events alone make it, as text."""
    rows = session.execute(
        select(ContractEvent.kind, ContractEvent.effective_on, ContractEvent.facts)
        .where(ContractEvent.contract_id == contract.id)
        .order_by(ContractEvent.id)
    )
    standing = replaying.replay([replaying.Happened(ContractEventKind(kind), *row) for kind, *row in rows])
    return {name: str(getattr(standing, name)) for name in replaying.COLUMNS}


def naive(session: Session, contract: Contract) -> dict[str, str]:
    """Dates and stage by the kept events, without the code that replays them."""
    found = {**dict.fromkeys([*DATED.values(), "paid_on"], "None"), "stage": "in_force"}
    kept = select(ContractEvent).where(ContractEvent.contract_id == contract.id)
    for event in session.scalars(kept.order_by(ContractEvent.effective_on, ContractEvent.id)):
        found |= {DATED[event.kind]: str(event.effective_on)} if event.kind in DATED else {}
        found |= {"paid_on": event.facts["paid_on"]} if event.kind == "pay" else {}
        found["stage"] = ENDED.get(event.kind, found["stage"])
    return found


def broken(session: Session, contract: Contract) -> list[str]:
    """What a contract, its events and its parcels say differently; the database's own triggers are not asked."""
    session.flush()
    told, kept = naive(session, contract), {name: str(getattr(contract, name)) for name in replaying.COLUMNS}
    steps = ("completed", "started", "delivered", "paid")
    last = next((name for name in steps if told[f"{name}_on"] != "None"), "contracted")
    held = {str(each.stage) for each in queries.parcels_of(session, contract.id)}
    found = [f"{name}: {kept[name]}, by its events {said}" for name, said in told.items() if kept[name] != said]
    if kept != rebuilt(session, contract):
        found.append("replayed, it is another")
    if told["stage"] in {"in_force", "completed"} and held != {last}:
        found.append(f"its parcels are {held}, by its events {last}")
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.sampled_from([Method.listing, Method.agreement, Method.allocation]), st.integers(0, len(COURSE)))
def test_any_history_that_is_accepted_keeps_everything_true(
    session: Session, actor: Actor, history: list[tuple[tuple[str, dict[str, Any]], int]], method: Method, begun: int
) -> None:
    outer = session.begin_nested()
    price = None if method is Method.allocation else PRICE
    lot = make_lot(session, method=method, use="industrial", sold_on=BEGINNING, price=price, parcels=2)
    contract = make_contract(session, lot)
    day, accepted = contract.signed_on, 0
    assert broken(session, contract) == []
    for act, days in [*((each, 30) for each in COURSE[:begun]), *history]:
        day = max(day + dt.timedelta(days), contract.signed_on)
        try:
            with session.begin_nested():
                carry_out(session, actor, contract, act, day)
                # Our own invariants first: a fault of the service is not left for the database's triggers to find.
                assert broken(session, contract) == []
                session.execute(text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"))
            accepted += 1
        except GongdiError:
            session.expire_all()
    session.expire_all()
    assert disagreements(session) == []
    outer.rollback()


@pytest.mark.parametrize("kind", [ContractEventKind.deliver, ContractEventKind.start, ContractEventKind.complete])
def test_the_invariants_see_a_date_that_is_not_kept(
    session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch, kind: ContractEventKind
) -> None:
    """A planted fault: an event sets nothing, in the row as in the replay, so that both agree and are both wrong."""
    lot = make_lot(session, method=Method.listing, use="industrial", sold_on=BEGINNING, price=PRICE)
    contract = make_contract(session, lot)
    kept = {each: column for each, column in replaying._DATED.items() if each is not kind}
    monkeypatch.setattr(replaying, "_DATED", kept)
    for place, act in enumerate(COURSE):
        carry_out(session, actor, contract, act, contract.signed_on + dt.timedelta(30 * place))
    assert any(DATED[kind] in each for each in broken(session, contract))
