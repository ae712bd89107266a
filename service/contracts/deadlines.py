"""What falls due under contracts and for lots that wait for one: for the inbox of deadlines.

What is due until a day and not done is there however long it is overdue; what is done already, only while its day lies
ahead.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import arrears, idle_queries, legal, queries
from service.contracts.arrears import Booked
from service.contracts.idle import ClockState, Milestone
from service.contracts.idle_queries import IdleLand
from service.contracts.models import Contract, Instalment, Payment
from service.contracts.performance_models import Permit, StandardLandStep
from service.core import clock
from service.listings.models import Lot
from service.plans.due import Deadline
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions
from service.rules.book import rulebook
from service.rules.calendar import Calendar
from service.schemes.methods import COMPETITIVE
from service.schemes.models import SupplyScheme
from service.workdays.queries import calendar_of

KINDS = (
    "signing", "instalment", "delivery", "start", "completion", "permit", "idle_notice", "idle_answer", "idle_alarm",
    "idle", "idle_recovery", "rectification",
)  # fmt: skip


def deadlines(session: Session, actor: Actor, until: dt.date) -> list[Deadline]:
    """Return what is due until a day, the longest overdue first; a fixed number of statements."""
    today = clock.today()
    lands = idle_queries.readings(session, actor, today)
    by_id = {each.contract.id: each.contract for each in lands}
    calendar = calendar_of(session)
    found = [
        *_signing(session, actor, calendar),
        *_instalments(session, by_id, today),
        *(each for land in lands for each in _dates(land.contract)),
        *_permits(session, by_id, calendar, today),
        *(each for land in lands for each in _idle(land, today)),
        *_rectification(session, by_id),
    ]
    due = [each for each in found if each.due_on <= until and (not each.done or each.due_on >= today)]
    return sorted(due, key=lambda each: (each.due_on, each.kind, each.id))


def _of(kind: str, contract: Contract, due_on: dt.date, *, done: bool) -> Deadline:
    return Deadline(kind, "contract", contract.id, contract.number, due_on, done)


def _signing(session: Session, actor: Actor, calendar: Calendar) -> Iterator[Deadline]:
    """R10: lots that are sold and have no contract."""
    wanted = (
        select(Lot, SupplyScheme.method, Jurisdiction.code, queries.main_use_of(SupplyScheme.id))
        .join(SupplyScheme, SupplyScheme.id == Lot.scheme_id)
        .join(Jurisdiction, Jurisdiction.id == SupplyScheme.jurisdiction_id)
        .where(Lot.stage == "sold", Lot.sold_on.is_not(None), SupplyScheme.method.in_(COMPETITIVE))
    )
    if actor.jurisdictions is not None:
        own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
        wanted = wanted.where(SupplyScheme.jurisdiction_id.in_(own))
    for lot, method, code, use in session.execute(wanted):
        sold_on = lot.sold_on or dt.date.max
        rule = rulebook().at(sold_on, code, method=method, use=use).find("R10")
        if rule is not None:
            due_on = legal.signing_due(rule, sold_on, calendar).day
            yield Deadline("signing", "lot", lot.id, lot.number, due_on, done=False)


def _instalments(session: Session, contracts: dict[int, Contract], today: dt.date) -> Iterator[Deadline]:
    agreed: dict[int, list[legal.Payment]] = defaultdict(list)
    for part in session.scalars(select(Instalment).where(Instalment.contract_id.in_(contracts))):
        agreed[part.contract_id].append(legal.Payment(part.due_on, part.yuan))
    paid: dict[int, list[Booked]] = defaultdict(list)
    for each in session.scalars(select(Payment).where(Payment.contract_id.in_(contracts))):
        paid[each.contract_id].append(Booked(each.id, each.paid_on, each.yuan, each.reverses_id))
    for number, parts in agreed.items():
        lines = arrears.settle(parts, arrears.standing(paid[number]), rate_permille=None, today=today)
        for line in lines:
            yield _of("instalment", contracts[number], line.due_on, done=line.settled_on is not None)


def _dates(contract: Contract) -> Iterator[Deadline]:
    dates = (
        ("delivery", contract.delivery_due_on, contract.delivered_on),
        ("start", contract.start_due_on, contract.started_on),
        ("completion", contract.complete_due_on, contract.completed_on),
    )
    for kind, due_on, done_on in dates:
        if due_on is not None:
            yield _of(kind, contract, due_on, done=done_on is not None)


def _permits(
    session: Session, contracts: dict[int, Contract], calendar: Calendar, today: dt.date
) -> Iterator[Deadline]:
    """R72, R73: the day a permit lapses unless the next step is taken."""
    for permit in session.scalars(select(Permit).where(Permit.contract_id.in_(contracts))):
        contract = contracts[permit.contract_id]
        lapse = lapses_on(permit, calendar, today)
        if lapse is not None:
            done = contract.started_on if permit.kind == "construction" else permit.next_applied_on
            yield _of("permit", contract, lapse, done=done is not None)


def lapses_on(permit: Permit, calendar: Calendar, today: dt.date) -> dt.date | None:
    """Return the last day of a permit by R72 or R73; None: no rule is in force."""
    rules = {each.id: each for each in rulebook().in_force(today)}
    if permit.kind == "construction":
        rule = rules.get("R73")
        return legal.construction_until(rule, permit.issued_on, permit.extensions, calendar) if rule else None
    rule = rules.get("R72")
    return legal.planning_until(rule, permit.issued_on, permit.extended_to, calendar) if rule else None


_ALARMS = {Milestone.alarm: "idle_alarm", Milestone.idle: "idle", Milestone.recovery: "idle_recovery"}


def _idle(land: IdleLand, today: dt.date) -> Iterator[Deadline]:
    """The steps of an inquiry; without one, the dates on which the clock strikes."""
    case, contract = land.case, land.contract
    done = {
        Milestone.notice: case is not None and case.notice_on is not None,
        Milestone.answer: case is not None and (case.answered_on is not None or case.decided_on is not None),
    }
    for each in land.reading.dates:
        if each.milestone in done:
            yield _of(f"idle_{each.milestone}", contract, each.on, done=done[each.milestone])
        elif each.milestone in _ALARMS and land.reading.state is not ClockState.completed:
            struck = case is not None or (each.milestone is Milestone.alarm and each.on < today)
            yield _of(_ALARMS[each.milestone], contract, each.on, done=struck)


def _rectification(session: Session, contracts: dict[int, Contract]) -> Iterator[Deadline]:
    """Standard land that is to be mended until a day: where that is a year's last step."""
    row = StandardLandStep
    newest = (
        select(row)
        .where(row.contract_id.in_(contracts))
        .ext(distinct_on(row.contract_id, row.year))
        .order_by(row.contract_id, row.year, row.id.desc())
    )
    steps: Sequence[StandardLandStep] = session.scalars(newest).all()
    for step in steps:
        if step.state == "rectifying" and step.due_on is not None:
            yield _of("rectification", contracts[step.contract_id], step.due_on, done=False)
