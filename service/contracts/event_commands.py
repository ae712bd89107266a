"""What happens to a signed contract, but for payments and idleness: dates, hand-over, works, amendments, its end."""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import arrears, legal, queries
from service.contracts.commands import check_terms, terms_against
from service.contracts.holding import Case, Fact, Taken, carried_out, case_of, day_of, happen, held, judged
from service.contracts.lifecycle import ContractEventKind, IllegalContractEvent
from service.contracts.orders import EventOrder
from service.contracts.payment_commands import recognise
from service.contracts.performance_models import ContractExtension
from service.core.errors import Conflict, FieldError, Invalid
from service.parcels.changes import ParcelChange
from service.parcels.commands import change_attributes
from service.parcels.lifecycle import Hold
from service.rules.finding import Finding
from service.schemes.commands import spend_scheme

_K = ContractEventKind
_DUE = {"start": "start_due_on", "completion": "complete_due_on"}


class NotRecoverable(Conflict):
    """Idle land is taken back after a decision on it, which needs two years without a start (R65)."""

    code, title_zh, title_en = "not-recoverable", "尚不具备收回条件", "Not to be taken back yet"


def take_event(session: Session, actor: Actor, contract_id: int, order: EventOrder, *, version: int) -> Taken:
    """Record what happened to a contract; return it with what was found.

    Raises:
        NotFound, PreconditionFailed.
        IllegalContractEvent, IllegalTransition, LaterEventBroken: not possible on that day.
        LegalRefusal: R14, R63, R70 or R71 stands against it.
        NotRecoverable: reclaiming idle land without a decision to that end.
        Invalid, FutureDate.

    """

    def do() -> Taken:
        contract = held(session, actor, contract_id, version=version)
        day = day_of(order)
        case = case_of(session, actor, contract, day)
        judgement = judged(_against(case, order, day), order, actor)
        fact = Fact(order.kind, day, _facts(case, order, day))
        happen(session, actor, contract, fact, order, judgement)
        _follow(case, order, day)
        return Taken(contract, judgement.findings)

    return carried_out(session, order, do)


def _facts(case: Case, order: EventOrder, day: dt.date) -> Mapping[str, Any]:
    """Return what an event sets besides its own day. Raises what stands against setting it."""
    match order.kind:
        case ContractEventKind.amend:
            return _amended(case, order)
        case ContractEventKind.extend:
            return _extended(case, order, day)
        case ContractEventKind.reclaim:
            return _reclaimed(case, order)
        case ContractEventKind.register:
            _refuse_suspended(case)
    return {}


def _amended(case: Case, order: EventOrder) -> Mapping[str, Any]:
    change, contract = order.change, case.contract
    assert change is not None  # noqa: S101 - the order's own check
    values = change.values()
    parts = values.get("instalments", _agreed(case))
    check_terms(
        contract.price_yuan,
        parts,
        values.get("start_due_on", contract.start_due_on),
        values.get("complete_due_on", contract.complete_due_on),
    )
    return values


def _agreed(case: Case) -> tuple[legal.Payment, ...]:
    kept = queries.instalments_of(case.session, case.contract.id)
    return tuple(legal.Payment(each.due_on, each.yuan) for each in kept)


def _extended(case: Case, order: EventOrder, day: dt.date) -> Mapping[str, Any]:
    contract, column = case.contract, _DUE[str(order.milestone)]
    from_on, to_on = _put_off(case, order)
    if column == "start_due_on" and contract.complete_due_on is not None and to_on > contract.complete_due_on:
        zh, en = (
            "延期后的动工晚于约定竣工,请先延期竣工",
            "the start would lie after completion: extend completion first",
        )
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/to_on", "dates-order", zh, en)])
    case.session.add(
        ContractExtension(
            contract_id=contract.id,
            milestone=order.milestone,
            from_on=from_on,
            to_on=to_on,
            agreed_on=day,
            document_id=order.document_id,
            actor=case.actor.label,
        )
    )
    return {column: to_on, "milestone": order.milestone, "from_on": from_on}


def _put_off(case: Case, order: EventOrder) -> tuple[dt.date, dt.date]:
    """Return the agreed day and the later one. Raises IllegalContractEvent, Invalid."""
    from_on, to_on = getattr(case.contract, _DUE[str(order.milestone)]), order.to_on
    if from_on is None or to_on is None:
        raise IllegalContractEvent("合同没有约定该日期,不能延期。", "No such day was agreed on: nothing to put off.")
    if to_on <= from_on:
        zh, en = f"须晚于原约定 {from_on}", f"later than the agreed {from_on}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/to_on", "not-later", zh, en)])
    return from_on, to_on


def _reclaimed(case: Case, order: EventOrder) -> Mapping[str, Any]:
    if order.ground == "idle":
        inquiry = queries.open_case(case.session, case.contract.id)
        if inquiry is None or inquiry.outcome != "recovery":
            raise NotRecoverable("尚无认定闲置并收回的决定。", "There is no decision to take the idle land back.")
    return {"ground": order.ground}


def _refuse_suspended(case: Case) -> None:
    if any(each.hold != Hold.none for each in queries.parcels_of(case.session, case.contract.id)):
        raise IllegalContractEvent("合同中止期间不办理登记。", "Nothing is registered while the course is suspended.")


def _against(case: Case, order: EventOrder, day: dt.date) -> Iterator[Finding]:
    contract, law, calendar = case.contract, case.law, case.calendar
    match order.kind:
        case _K.register if contract.price_yuan:
            payments = arrears.standing(queries.booked(case.session, contract.id))
            paid = arrears.total(each for each in payments if each.on <= day)
            yield from law.check("R14", legal.certificate, contract.price_yuan, paid)
        case _K.start:
            yield from _start_against(case, day)
        case _K.extend:
            agreed_on, to_on = _put_off(case, order)
            earlier = sum(
                each.milestone == order.milestone for each in queries.extensions_of(case.session, contract.id)
            )
            yield from law.check("R70", legal.extension, agreed_on, to_on, earlier=earlier, calendar=calendar)
        case _K.amend if order.change is not None:
            values = order.change.values()
            dates = (
                values.get(n, getattr(contract, n)) for n in ("delivery_due_on", "start_due_on", "complete_due_on")
            )
            yield from terms_against(case, values.get("instalments", _agreed(case)), *dates)


def _start_against(case: Case, day: dt.date) -> Iterator[Finding]:
    """R63 by the last report until the day; R73 for every construction permit that it could rest on."""
    session, contract, law = case.session, case.contract, case.law
    permits = [
        each
        for each in queries.permits_of(session, contract.id)
        if each.kind == "construction" and each.issued_on <= day
    ]
    reports = [each for each in queries.reports_of(session, contract.id) if each.foundation and each.reported_on <= day]
    last = reports[-1] if reports else None
    kind = last.foundation if last else "other"
    done = Fraction(last.foundation_done or 0) if last else Fraction(0)
    yield from law.check("R63", legal.legal_start, kind, done, permitted=bool(permits))  # type: ignore[arg-type]
    for each in permits[-1:]:
        yield from law.check(
            "R73",
            legal.construction_permit,
            each.issued_on,
            extensions=each.extensions,
            started_on=day,
            today=day,
            calendar=case.calendar,
        )


def _follow(case: Case, order: EventOrder, day: dt.date) -> None:
    """Do what an event brings with it: the certificate's date, a payment seen late, the end of scheme and inquiry."""
    session, actor, contract = case.session, case.actor, case.contract
    match order.kind:
        case _K.register:
            for parcel in queries.parcels_of(session, contract.id):
                change = ParcelChange(registered_on=day)
                change_attributes(session, actor, parcel.code, change, version=parcel.version)
        case _K.resume:
            recognise(session, actor, contract)
        case _K.rescind | _K.reclaim:
            inquiry = queries.open_case(session, contract.id)
            if inquiry is not None:
                inquiry.closed_on = day
            scheme = queries.scheme_of(session, contract)
            spend_scheme(session, actor, scheme.id, effective_on=day, document_id=order.document_id)
