"""The inquiry into idle land: suspicion, notice, answer, decision, fee or disposal (R60–R68)."""

import datetime as dt
from decimal import Decimal

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.codes import queries as codes
from service.contracts import idle, idle_queries, queries
from service.contracts.holding import (
    Case,
    Fact,
    Taken,
    carried_out,
    case_of,
    check_document,
    day_of,
    happen,
    living,
    touch,
)
from service.contracts.idle import ClockState
from service.contracts.idle_orders import IdleStepOrder, SuspicionRaised
from service.contracts.lifecycle import ContractEventKind
from service.contracts.performance_models import IdleCase
from service.core.errors import Conflict, FieldError, Invalid, NotFound

IDLE_DISPOSAL = "idle_disposal"


class InquiryExists(Conflict):
    """An inquiry goes on; `case` is its id."""

    code, title_zh, title_en = "idle-case-open", "已有闲置调查", "An inquiry goes on"


class OutOfTurn(Conflict):
    """The step does not follow from where the inquiry stands; `allowed` names those that do."""

    code, title_zh, title_en = "idle-step-out-of-turn", "调查阶段不符", "Not possible at this point of the inquiry"


class ClockNotThere(Conflict):
    """The clock does not say so yet; `state` is what it says."""

    code, title_zh, title_en = "idle-clock-not-there", "闲置期限未到", "The clock is not there yet"


def suspect_idle(session: Session, actor: Actor, contract_id: int, order: SuspicionRaised, *, version: int) -> Taken:
    """Begin an inquiry.

    Raises:
        NotFound, PreconditionFailed, IllegalContractEvent, IllegalTransition. InquiryExists. FutureDate, Invalid.

    """

    def do() -> Taken:
        contract = living(session, actor, contract_id, version=version)
        day = day_of(order)
        if (found := queries.open_case(session, contract.id)) is not None:
            raise InquiryExists("已有闲置调查正在进行。", "An inquiry goes on already.", facts={"case": found.id})
        session.add(IdleCase(contract_id=contract.id, suspected_on=day, document_id=order.document_id))
        session.flush()
        happen(session, actor, contract, Fact(ContractEventKind.suspect_idle, day, {}), order)
        return Taken(contract, _clock(case_of(session, actor, contract, day), day).findings)

    return carried_out(session, order, do)


def take_idle_step(
    session: Session, actor: Actor, contract_id: int, case_id: int, order: IdleStepOrder, *, version: int
) -> Taken:
    """Carry an inquiry on.

    Raises:
        NotFound, PreconditionFailed, IllegalContractEvent, IllegalTransition.
        OutOfTurn. ClockNotThere: a fee before the year, or recovery before the second, is over.
        FutureDate, Invalid.

    """

    def do() -> Taken:
        contract = living(session, actor, contract_id, version=version)
        inquiry = queries.open_case(session, contract.id)
        if inquiry is None or inquiry.id != case_id:
            raise NotFound(f"没有进行中的闲置调查 {case_id}。", f"There is no open inquiry {case_id}.")
        day = day_of(order)
        check_document(session, actor, contract.jurisdiction_id, order.document_id)
        case = case_of(session, actor, contract, day)
        _refuse_out_of_turn(inquiry, order, day)
        before = {name: getattr(inquiry, name) for name in _KEPT}
        kind = _do(case, inquiry, order, day)
        inquiry.document_id = order.document_id or inquiry.document_id
        if kind is None:
            touch(contract)
            session.flush()
        else:
            happen(session, actor, contract, Fact(kind, day, {"step": order.step}), order)
        after = {"case": inquiry.id, "step": order.step, **{name: getattr(inquiry, name) for name in _KEPT}}
        record(session, Action.IDLE_CASE_CHANGED, "contract", contract.id, before=before, after=after)
        return Taken(contract, _clock(case, day).findings)

    return carried_out(session, order, do)


_KEPT = (
    "notice_on", "answered_on", "decided_on", "cause", "outcome", "fee_yuan", "fee_paid_on", "disposal", "public",
    "closed_on",
)  # fmt: skip


def allowed(case: IdleCase) -> tuple[str, ...]:
    """Return the steps that follow from where an inquiry stands."""
    if case.closed_on is not None:
        return ()
    if case.decided_on is None:
        first = ["notice"] if case.notice_on is None else ["answer"] if case.answered_on is None else []
        return (*first, *(["decide"] if case.notice_on is not None else []))
    steps = [] if case.public else ["publish"]
    if case.outcome == "fee" and case.fee_paid_on is None:
        steps.append("pay_fee")
    if case.disposal is None and case.outcome != "recovery":
        steps.append("dispose")
    if case.disposal is not None and (case.outcome != "fee" or case.fee_paid_on is not None):
        steps.append("close")
    return tuple(steps)


def _refuse_out_of_turn(case: IdleCase, order: IdleStepOrder, day: dt.date) -> None:
    can = allowed(case)
    if order.step not in can:
        raise OutOfTurn(
            "闲置调查的当前阶段不能办理该步骤。", "The inquiry does not stand there.", facts={"allowed": can}
        )
    known = [each for each in (case.suspected_on, case.notice_on, case.answered_on, case.decided_on) if each]
    if day < max(known):
        zh, en = f"早于前一步 {max(known)}", f"before the step that precedes it, {max(known)}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/effective_on", "dates-order", zh, en)])


def _do(case: Case, inquiry: IdleCase, order: IdleStepOrder, day: dt.date) -> ContractEventKind | None:
    """Note a step; return the event that it is for the contract, if it is one."""
    match order.step:
        case "notice":
            inquiry.notice_on = day
        case "answer":
            inquiry.answered_on = day
        case "publish":
            inquiry.public = True
        case "pay_fee":
            inquiry.fee_paid_on = day
        case "decide":
            return _decide(case, inquiry, order, day)
        case "dispose":
            return _dispose(inquiry, order)
        case "close":
            inquiry.closed_on = day
            return ContractEventKind.end_idle
    return None


def _decide(case: Case, inquiry: IdleCase, order: IdleStepOrder, day: dt.date) -> ContractEventKind:
    state = _clock(case, day).state
    enough = {"fee": {ClockState.idle, ClockState.recoverable}, "recovery": {ClockState.recoverable}}
    if state not in enough.get(str(order.outcome), {state}):
        raise ClockNotThere(
            "闲置时钟未到该处理的期限。", "The idle clock does not allow for that yet.", facts={"state": state}
        )
    fee = _fee(case, order) if order.outcome == "fee" else None
    inquiry.decided_on, inquiry.outcome, inquiry.cause, inquiry.fee_yuan = day, order.outcome, order.cause, fee
    if order.outcome != "dismissed":
        return ContractEventKind.confirm_idle
    inquiry.closed_on = day
    return ContractEventKind.dismiss_idle


def _fee(case: Case, order: IdleStepOrder) -> Decimal:
    most = idle.fee(case.law, case.contract.price_yuan or Decimal(0)) or Decimal(0)
    if order.fee_yuan is not None and order.fee_yuan > most:
        zh, en = f"超过法定上限 {most:f} 元", f"more than the law allows, {most:f} yuan"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/fee_yuan", "fee-too-high", zh, en)])
    return most if order.fee_yuan is None else order.fee_yuan


def _dispose(inquiry: IdleCase, order: IdleStepOrder) -> ContractEventKind:
    if order.disposal not in codes.lists()[IDLE_DISPOSAL].entries:
        zh, en = f"没有处置方式“{order.disposal}”", f"there is no way {order.disposal!r}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/disposal", "unknown-code", zh, en)])
    inquiry.disposal = order.disposal
    return ContractEventKind.dispose_idle


def _clock(case: Case, day: dt.date) -> idle.Reading:
    return idle_queries.reading(case.session, case.contract, case.law, day, case.calendar)
