"""Signing a contract or allocation decision for a lot. What happens to it afterwards: `event_commands`."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.contracts import legal, queries
from service.contracts.holding import (
    Case,
    Fact,
    Taken,
    carried_out,
    check_document,
    day_of,
    happen,
    judged,
    law_of,
)
from service.contracts.indices import sign_indices, to_sign
from service.contracts.lifecycle import ContractEventKind
from service.contracts.models import Contract, ContractParcel
from service.contracts.orders import SignOrder
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid
from service.listings.commands import conclude_lot
from service.listings.lifecycle import LotStage
from service.listings.models import Lot
from service.listings.queries import lot_by_id
from service.rules.finding import Finding
from service.schemes.land_law import planning_conditions
from service.schemes.methods import COMPETITIVE, Method
from service.schemes.models import SupplyScheme
from service.workdays.queries import calendar_of


class LotConcluded(Conflict):
    """Another contract was signed for the lot; `contract` is its id."""

    code, title_zh, title_en = "lot-concluded", "该宗地已签约", "The lot has a contract"


class NumberTaken(Conflict):
    """Another contract has the number."""

    code, title_zh, title_en = "contract-number-taken", "合同编号已被使用", "Number taken"


def sign_contract(session: Session, actor: Actor, order: SignOrder) -> Taken:
    """Sign for a lot that is sold or awarded: the lot is concluded, the contract holds its parcels from now on.

    Raises:
        NotFound: the lot is absent or not visible.
        LotConcluded: somebody else was faster. NumberTaken.
        IllegalLotEvent: there is no buyer yet, or the round has ended without one.
        LegalRefusal: R10, R12, R41 or R71 stands against it.
        Invalid, FutureDate: price, instalments, dates, indices or a document is wrong.

    """
    return carried_out(session, order, lambda: _sign(session, actor, order))


def _sign(session: Session, actor: Actor, order: SignOrder) -> Taken:
    day = day_of(order)
    lot = lot_by_id(session, actor, order.lot_id, lock="wait")
    _refuse_concluded(session, lot)
    scheme = session.get_one(SupplyScheme, lot.scheme_id)
    if queries.number_taken(session, scheme.jurisdiction_id, order.number):
        raise NumberTaken(f"合同编号 {order.number} 已被使用。", f"There is a contract {order.number}.")
    check_document(session, actor, scheme.jurisdiction_id, order.document_id)
    price = _price(lot, scheme, order)
    check_terms(price, order.parts, order.start_due_on, order.complete_due_on)
    indices = to_sign(lot, order.indicators)
    contract = _begun(session, lot, scheme, order, price, day)
    case = Case(session, actor, contract, law_of(session, scheme, day), calendar_of(session))
    judgement = judged(_against(case, lot, scheme, order), order, actor)
    conclude_lot(session, actor, lot.id, effective_on=day, document_id=order.document_id)
    facts = {
        **order.values(),
        "number": order.number,
        "holder": contract.holder,
        "signed_on": day,
        "price_yuan": price,
        "instalments": order.parts,
        "conditions_items": sorted(order.conditions_items),
    }
    happen(session, actor, contract, Fact(ContractEventKind.sign, day, facts), order, judgement)
    sign_indices(session, contract, 1, indices, day, order.document_id)
    after = {
        "lot": lot.number,
        "number": contract.number,
        "kind": contract.kind,
        "price_yuan": price,
        "indicators": [each.name for each in indices],
    }
    record(session, Action.CONTRACT_SIGNED, "contract", contract.id, after=after)
    return Taken(contract, judgement.findings)


def _refuse_concluded(session: Session, lot: Lot) -> None:
    if lot.stage != LotStage.concluded:
        return
    found = queries.contract_of_lot(session, lot.id)
    told = found and {"contract": found.id, "number": found.number, "signed_on": found.signed_on}
    raise LotConcluded(
        f"宗地 {lot.number} 已签约。", f"There is a contract for lot {lot.number}.", facts=dict(told or {})
    )


def _price(lot: Lot, scheme: SupplyScheme, order: SignOrder) -> Decimal | None:
    """Return the price: a sold or negotiated lot's own, else what the order says."""
    settled = lot.price_yuan
    if settled is not None and order.price_yuan not in {None, settled}:
        zh, en = f"价款应为成交价 {settled:f} 元", f"the lot's price is {settled:f} yuan"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/price_yuan", "not-the-lots-price", zh, en)])
    price = order.price_yuan if settled is None and scheme.method not in COMPETITIVE else settled
    if price is None and scheme.method != Method.allocation:
        zh, en = "缺少价款", "a grant has a price"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/price_yuan", "price-required", zh, en)])
    return price


def check_terms(
    price: Decimal | None, parts: tuple[legal.Payment, ...], start_due: dt.date | None, complete_due: dt.date | None
) -> None:
    """Demand instalments that sum to the price, and completion after the start. Raises Invalid."""
    errors = []
    agreed = sum((each.yuan for each in parts), Decimal(0))
    if agreed != (price or Decimal(0)):
        zh, en = (
            f"分期合计 {agreed:f} 元,价款 {price or 0:f} 元",
            f"{agreed:f} yuan of instalments, price {price or 0:f}",
        )
        errors.append(FieldError("/instalments", "instalments-sum", zh, en))
    if start_due and complete_due and complete_due < start_due:
        zh, en = "约定竣工早于约定动工", "completion is agreed on before the start"
        errors.append(FieldError("/complete_due_on", "dates-order", zh, en))
    if errors:
        raise Invalid(f"{errors[0].zh}。", f"{errors[0].en}.", errors=errors)


def _begun(
    session: Session, lot: Lot, scheme: SupplyScheme, order: SignOrder, price: Decimal | None, day: dt.date
) -> Contract:
    holder = order.holder or lot.winner
    if holder is None:
        zh, en = "缺少受让人", "who takes the land is missing"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/holder", "holder-required", zh, en)])
    kind = "allocation" if scheme.method == Method.allocation else "grant"
    contract = Contract(jurisdiction_id=scheme.jurisdiction_id, lot_id=lot.id, kind=kind, number=order.number)
    contract.holder, contract.signed_on, contract.price_yuan, contract.version = holder, day, price, 0
    session.add(contract)
    session.flush()
    parcels = queries.parcels_of_lot(session, lot.id)
    session.add_all(ContractParcel(contract_id=contract.id, parcel_id=each) for each in parcels)
    session.flush()
    return contract


def _against(case: Case, lot: Lot, scheme: SupplyScheme, order: SignOrder) -> Iterator[Finding]:
    law, calendar, signed_on, today = case.law, case.calendar, case.contract.signed_on, clock.today()
    if lot.sold_on is not None:
        yield from law.check("R10", legal.signing, lot.sold_on, signed_on, today=today, calendar=calendar)
    stated = {*order.conditions_items} & {*scheme.conditions_items} if scheme.conditions_number else set()
    yield from law.check("R41", planning_conditions, stated or None)
    yield from terms_against(case, order.parts, order.delivery_due_on, order.start_due_on, order.complete_due_on)


def terms_against(
    case: Case,
    parts: tuple[legal.Payment, ...],
    delivery_due: dt.date | None,
    start_due: dt.date | None,
    complete_due: dt.date | None,
) -> Iterator[Finding]:
    """What the law says to instalments (R12) and to the dates of housing (R71)."""
    contract, law, calendar = case.contract, case.law, case.calendar
    if contract.price_yuan and parts:
        yield from law.check(
            "R12", legal.instalments, contract.signed_on, contract.price_yuan, parts, calendar=calendar
        )
    if delivery_due and start_due and complete_due:
        yield from law.check("R71", legal.housing_dates, delivery_due, start_due, complete_due, calendar=calendar)
