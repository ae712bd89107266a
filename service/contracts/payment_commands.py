"""Payments towards the price: entered, taken back, and what follows when they reach it."""

import datetime as dt

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.contracts import arrears, queries
from service.contracts.holding import Fact, Taken, check_document, happen, living, touch
from service.contracts.judging import first_month
from service.contracts.lifecycle import ContractEventKind
from service.contracts.models import Contract, Payment
from service.contracts.orders import Act, PaymentMade, PaymentReversed
from service.contracts.replaying import Happened
from service.core.errors import Conflict, NotFound
from service.parcels.commands import refuse_future


class NothingToPay(Conflict):
    """The land was allocated without a price."""

    code, title_zh, title_en = "nothing-to-pay", "该合同无价款", "There is no price"


class NotReversible(Conflict):
    """The payment can't be taken back."""

    code, title_zh, title_en = "not-reversible", "该笔缴款不能冲销", "The payment can't be taken back"


def record_payment(session: Session, actor: Actor, contract_id: int, new: PaymentMade, *, version: int) -> Taken:
    """Enter a payment; what reaches the price pays it in full.

    Raises:
        NotFound, PreconditionFailed, IllegalContractEvent: the contract has ended.
        NothingToPay. FutureDate, Invalid.

    """
    contract = living(session, actor, contract_id, version=version)
    if not contract.price_yuan:
        raise NothingToPay("该合同无价款。", "Nothing is to be paid for this land.")
    made = _book(session, actor, contract, new)
    _changed(session, contract, Action.PAYMENT_RECORDED, made)
    recognise(session, actor, contract)
    return Taken(contract, tuple(first_month(session, actor, contract)))


def reverse_payment(
    session: Session, actor: Actor, contract_id: int, payment_id: int, order: PaymentReversed, *, version: int
) -> Taken:
    """Take a payment back as entered wrongly, and enter what should have been; nothing is erased.

    Raises:
        NotFound, PreconditionFailed, IllegalContractEvent.
        NotReversible: it was taken back already, or the price, paid in full as recorded, would no longer be.
        FutureDate, Invalid.

    """
    contract = living(session, actor, contract_id, version=version)
    payments = {each.id: each for each in queries.payments_of(session, contract.id)}
    wrong = payments.get(payment_id)
    if wrong is None:
        raise NotFound(f"该合同没有缴款 {payment_id}。", f"The contract has no payment {payment_id}.")
    if wrong.reverses_id is not None or any(each.reverses_id == wrong.id for each in payments.values()):
        raise NotReversible("该笔缴款已冲销。", "It was taken back already.")
    check_document(session, actor, contract.jurisdiction_id, order.document_id)
    back = Payment(contract_id=contract.id, paid_on=wrong.paid_on, yuan=-wrong.yuan, reverses_id=wrong.id)
    back.actor, back.note, back.document_id = actor.label, order.note, order.document_id
    session.add(back)
    session.flush()
    if order.replacement is not None:
        _book(session, actor, contract, order.replacement)
    if contract.paid_on is not None and _full_on(session, contract) is None:
        raise NotReversible(
            "价款已记为缴清；冲销须同时补记正确的缴款,且合计不少于价款。",
            "The price stands as paid in full: enter the right payment with it, so that it still is.",
        )
    _changed(session, contract, Action.PAYMENT_REVERSED, back)
    recognise(session, actor, contract)
    return Taken(contract, tuple(first_month(session, actor, contract)))


def _book(session: Session, actor: Actor, contract: Contract, new: PaymentMade) -> Payment:
    refuse_future("/paid_on", new.paid_on)
    check_document(session, actor, contract.jurisdiction_id, new.document_id)
    made = Payment(contract_id=contract.id, actor=actor.label, **new.model_dump())
    session.add(made)
    session.flush()
    return made


def _changed(session: Session, contract: Contract, action: Action, made: Payment) -> None:
    touch(contract)
    session.flush()
    after = {"payment": made.id, "paid_on": made.paid_on, "yuan": made.yuan, "reverses": made.reverses_id}
    record(session, action, "contract", contract.id, after=after)


def _full_on(session: Session, contract: Contract) -> dt.date | None:
    payments = arrears.standing(queries.booked(session, contract.id))
    return arrears.full_on(contract.price_yuan or arrears.CENT, payments)


def recognise(session: Session, actor: Actor, contract: Contract) -> None:
    """Record once that the price is paid in full; while the course is suspended, that waits until it goes on."""
    reached = _full_on(session, contract)
    if contract.paid_on is not None or reached is None:
        return
    events = queries.events_of(session, contract.id)
    day = running_on(events, max(reached, contract.signed_on))
    if day is None:
        return
    for_parcels = contract.completed_on is None or day < contract.completed_on
    fact = Fact(ContractEventKind.pay, day, {"paid_on": reached}, for_parcels)
    happen(session, actor, contract, fact, Act())


def running_on(events: list[Happened], day: dt.date) -> dt.date | None:
    """Return the first day from `day` on which the course is not suspended; None: it still is.

    >>> running_on([], dt.date(2022, 9, 1))
    datetime.date(2022, 9, 1)
    """
    suspended = False
    for event in sorted(events, key=lambda each: each.effective_on):
        if event.effective_on > day and not suspended:
            break
        if event.kind in {ContractEventKind.suspend, ContractEventKind.resume}:
            suspended = event.kind is ContractEventKind.suspend
            day = max(day, event.effective_on) if not suspended else day
    return None if suspended else day
