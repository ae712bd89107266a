"""The demo's contracts, from signing to the finished building or the idle land, by the days of the seed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.contracts.commands import sign_contract
from service.contracts.event_commands import take_event
from service.contracts.idle_commands import suspect_idle, take_idle_step
from service.contracts.idle_orders import IdleStepOrder, SuspicionRaised
from service.contracts.legal import Payment
from service.contracts.lifecycle import ContractStage
from service.contracts.models import Contract
from service.contracts.orders import EventOrder, InstalmentAgreed, PaymentMade, SignOrder
from service.contracts.payment_commands import record_payment
from service.contracts.performance_commands import add_permit, report_works
from service.contracts.performance_models import IdleCase
from service.contracts.performance_orders import PermitIssued, WorksReported
from service.contracts.queries import open_case
from service.core import clock
from service.demo_courses import Happening, following, throw
from service.listings.changes import LotEventOrder
from service.listings.lifecycle import LotEventKind, LotStage
from service.listings.lot_commands import take_event as take_lot_event
from service.listings.models import Lot
from service.parcels.lifecycle import EventKind
from service.schemes.evidence import CONDITION_ITEMS

OFFICER, NOTE = system("demo"), "示意"
_E, _ONE_DAY, _YEAR = EventKind, dt.timedelta(days=1), dt.timedelta(days=365)


class Kept:
    """The contracts made so far, by parcel."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.by_code: dict[str, Contract] = {}

    def __contains__(self, code: str) -> bool:
        return code in self.by_code

    def __len__(self) -> int:
        return len(self.by_code)

    def act(self, event: Happening, lot: Lot) -> None:
        """Do what happened to a parcel from its contract on."""
        if event.kind is _E.contract:
            self._sign(event, lot)
            return
        contract, day = self.by_code[event.code], event.on
        match event.kind:
            case _E.pay:
                self._pay(contract, day)
            case _E.start:
                self._permit_and_start(contract, event)
            case _E.suspect_idle:
                order = SuspicionRaised(effective_on=day, note=event.note)
                suspect_idle(self.session, OFFICER, contract.id, order, version=contract.version)
            case _E.confirm_idle | _E.dismiss_idle:
                self._decide(contract, event)
            case _E.dispose_idle:
                self._inquire(contract, day, "dispose", disposal="extend")
            case _:
                ground = {"ground": "public_interest"} if event.kind is _E.reclaim else {}
                self._event(contract, event.kind.value, day, note=event.note or NOTE, **ground)

    def surprise(self) -> None:
        """Rescind a contract that nobody paid, and take back land that lies idle for two years."""
        today = clock.today()
        unpaid = next(each for each in self.by_code.values() if each.price_yuan and each.paid_on is None)
        self._event(unpaid, "rescind", today, note="受让人逾期未缴清价款（示意）")
        suspected = [each for each in self.by_code.values() if self._just_suspected(each)]
        idle = min(suspected, key=lambda each: each.start_due_on or today)
        self._inquire(idle, today - 40 * _ONE_DAY, "notice")
        self._inquire(idle, today - 15 * _ONE_DAY, "answer")
        self._inquire(idle, today, "decide", outcome="recovery", cause="holder")
        self._event(idle, "reclaim", today, ground="idle", note="无偿收回决定书（示意）")

    def vary(self) -> None:
        """Do under some contracts what the seed has no example of; each is chosen by where it stands."""
        today = clock.today()
        own = [each for each in self.by_code.values() if each.stage == ContractStage.in_force]
        started = [each for each in own if each.started_on and each.paid_on]
        for each in started:
            self._event(each, "register", today - 30 * _ONE_DAY, note=NOTE)
        self._event(started[0], "suspend", today - 60 * _ONE_DAY, note="地下管线迁改（示意）")
        self._event(started[0], "resume", today - 20 * _ONE_DAY, note="迁改完成（示意）")
        waiting = [each for each in own if each.paid_on and each.started_on is None and not self._asked_of(each)]
        late, early = waiting[0], waiting[-1]
        change = {"delivery_due_on": today + 30 * _ONE_DAY}
        self._event(early, "amend", today - 5 * _ONE_DAY, note="补充协议：交地日期（示意）", change=change)
        to_on = (late.start_due_on or today) + 180 * _ONE_DAY
        self._event(late, "extend", today - 25 * _ONE_DAY, note=NOTE, milestone="start", to_on=to_on)
        self._inquire_again(own)

    def _inquire_again(self, own: Sequence[Contract]) -> None:
        """A fee paid, an inquiry closed, and land that was cleared of suspicion once and still waits."""
        today, cases = clock.today(), {each.id: self._asked_of(each) for each in own}
        fined, disposing, cleared = (
            [each for each in own if (case := cases[each.id]) and case.outcome == outcome and not each.started_on]
            for outcome in ("fee", "disposal", "dismissed")
        )
        self._inquire(fined[0], today - 200 * _ONE_DAY, "pay_fee")
        self._inquire(disposing[0], today - 10 * _ONE_DAY, "close")
        for contract, steps in zip(cleared, (("notice",), ("notice", "answer")), strict=False):
            order = SuspicionRaised(effective_on=today - 50 * _ONE_DAY, note="复查仍未动工（示意）")
            suspect_idle(self.session, OFFICER, contract.id, order, version=contract.version)
            for place, step in enumerate(steps):
                self._inquire(contract, today - (40 - 20 * place) * _ONE_DAY, step)

    def _asked_of(self, contract: Contract) -> IdleCase | None:
        cases = select(IdleCase).where(IdleCase.contract_id == contract.id).order_by(IdleCase.id.desc()).limit(1)
        return self.session.scalar(cases)

    def _just_suspected(self, contract: Contract) -> bool:
        case = open_case(self.session, contract.id)
        return case is not None and case.notice_on is None

    def _event(self, contract: Contract, kind: str, day: dt.date, **more: Any) -> None:  # noqa: ANN401 - of an order
        order = EventOrder.model_validate({"kind": kind, "effective_on": day, **more})
        take_event(self.session, OFFICER, contract.id, order, version=contract.version)

    def _sign(self, event: Happening, lot: Lot) -> None:
        day = event.on
        if lot.stage == LotStage.publicised:
            award = LotEventOrder(kind=LotEventKind.award, effective_on=day, note=NOTE)
            take_lot_event(self.session, OFFICER, lot.id, award, version=lot.version)
        price = lot.price_yuan
        delivery = following(event, _E.deliver) or day + 90 * _ONE_DAY
        late = following(event, _E.suspect_idle)
        start = min(late - _YEAR - 2 * _ONE_DAY, delivery + 300 * _ONE_DAY) if late else delivery + 300 * _ONE_DAY
        start = max(start, day + _ONE_DAY)
        order = SignOrder(
            lot_id=lot.id,
            number=f"豫(郑东)出让〔{day.year}〕第{len(self) + 1:03d}号（示意）",
            supervision_number=f"410100{day.year}B{len(self) + 1:05d}",
            effective_on=day,
            note=NOTE,
            late_rate_permille=Decimal(1),
            delivery_due_on=min(delivery, start),
            start_due_on=start,
            complete_due_on=start + 3 * _YEAR - 30 * _ONE_DAY,
            planned_investment_yuan=(price or Decimal(10_000_000)) * 3,
            built_due_m2=Decimal(20_000),
            instalments=[] if price is None else _parts(price, day, following(event, _E.pay)),
            conditions_items=sorted(CONDITION_ITEMS),
        )
        contract = sign_contract(self.session, OFFICER, order).contract
        if contract is None:
            raise AssertionError("only a trial signs nothing")
        self.by_code[event.code] = contract
        if price is not None and following(event, _E.pay) is None and day + 20 * _ONE_DAY < clock.today():
            in_arrears = throw(event.code, "arrears", 3) == 0
            self._paid(contract, day + 20 * _ONE_DAY, price / (4 if in_arrears else 2))

    def _pay(self, contract: Contract, day: dt.date) -> None:
        """Half within the month, the rest on the day that the seed has for it."""
        if contract.price_yuan is None:
            return
        first = min(contract.signed_on + 25 * _ONE_DAY, day)
        half = (contract.price_yuan / 2).quantize(Decimal("0.01"))
        self._paid(contract, first, half)
        self._paid(contract, day, contract.price_yuan - half)

    def _paid(self, contract: Contract, day: dt.date, yuan: Decimal) -> None:
        payment = PaymentMade(paid_on=day, yuan=yuan.quantize(Decimal("0.01")), note=NOTE)
        record_payment(self.session, OFFICER, contract.id, payment, version=contract.version)

    def _permit_and_start(self, contract: Contract, event: Happening) -> None:
        day = event.on
        for kind, part, back in (
            ("land_planning", "whole", 60), ("works_planning", "whole", 40), ("construction", "excavation", 25),
        ):  # fmt: skip
            on = max(day - back * _ONE_DAY, contract.signed_on)
            permit = PermitIssued.model_validate(
                {"kind": kind, "part": part, "number": f"示意{contract.id}-{kind}", "issued_on": on}
            )
            add_permit(self.session, OFFICER, contract.id, permit, version=contract.version)
        works = WorksReported(reported_on=day, foundation="deep_pit", foundation_done=Decimal(1))
        report_works(self.session, OFFICER, contract.id, works, version=contract.version)
        self._event(contract, "start", day, note=NOTE)

    def _decide(self, contract: Contract, event: Happening) -> None:
        """Notice and answer, then the decision: dismissed, the holder's fault (fee), or the government's (disposal)."""
        self._inquire(contract, event.on - 20 * _ONE_DAY, "notice")
        self._inquire(contract, event.on - 5 * _ONE_DAY, "answer")
        if event.kind is _E.dismiss_idle:
            self._inquire(contract, event.on, "decide", outcome="dismissed")
        elif following(event, _E.dispose_idle):
            self._inquire(contract, event.on, "decide", outcome="disposal", cause="government")
        else:
            self._inquire(contract, event.on, "decide", outcome="fee", cause="holder")
            self._inquire(contract, event.on, "publish")

    def _inquire(self, contract: Contract, day: dt.date, step: str, **more: Any) -> None:  # noqa: ANN401 - of an order
        case = open_case(self.session, contract.id)
        if case is None:
            raise AssertionError("an inquiry that was not begun")
        on = max(day, case.suspected_on)
        order = IdleStepOrder.model_validate({"step": step, "effective_on": on, "note": NOTE, **more})
        take_idle_step(self.session, OFFICER, contract.id, case.id, order, version=contract.version)


def _parts(price: Decimal, day: dt.date, paid_on: dt.date | None) -> list[InstalmentAgreed]:
    """Half in a month, the rest when the seed pays it, or in half a year."""
    half = (price / 2).quantize(Decimal("0.01"))
    rest = max(paid_on or day + 180 * _ONE_DAY, day + 28 * _ONE_DAY)
    parts = [Payment(day + 28 * _ONE_DAY, half), Payment(min(rest, day + 360 * _ONE_DAY), price - half)]
    return [InstalmentAgreed(due_on=each.on, yuan=each.yuan) for each in parts]
