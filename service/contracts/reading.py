"""Answers about contracts: rows put together into what is given out."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.contracts import arrears, idle_queries, legal, listing, queries, replaying
from service.contracts.commands import terms_against
from service.contracts.deadlines import lapses_on
from service.contracts.holding import Case, Taken, case_of
from service.contracts.judging import first_month
from service.contracts.lifecycle import ContractStage, allowed
from service.contracts.models import Contract
from service.contracts.performance_schemas import ClockRead, PermitRead
from service.contracts.schemas import (
    ContractDetail,
    ContractEventRead,
    ContractEvents,
    ContractFindings,
    ContractRead,
    ContractTaken,
    ContractTerms,
    ContractThen,
    InstalmentRead,
    Money,
    PaymentRead,
)
from service.core import clock
from service.core.errors import NotFound
from service.parcels.lifecycle import Hold, Idle, Stage, State
from service.parcels.selection import Moment
from service.rules.finding import Finding
from service.rules.judgement import judge
from service.rules.schemas import LegalFinding
from service.workdays.queries import calendar_of


def reads_names(actor: Actor) -> bool:
    """Tell whether an actor may read who holds the land."""
    return Permission.PARTY_READ in actor.permissions


def contracts(
    session: Session,
    actor: Actor,
    filters: Mapping[str, Sequence[Any]],
    *,
    q: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[ContractRead]:
    """Return a page of contracts."""
    rows = listing.contract_page(session, actor, filters, today=clock.today(), q=q, after=after, limit=limit)
    return [ContractRead.of(row, names=reads_names(actor)) for row in rows]


def detail(session: Session, actor: Actor, contract: Contract) -> ContractDetail:
    """Return a contract with what may be done with it."""
    (row,) = listing.contract_page(session, actor, {"id": [contract.id]}, today=clock.today(), limit=1)
    parcels = queries.parcels_of(session, contract.id)
    land = State(Stage(parcels[0].stage), Hold(parcels[0].hold), Idle(parcels[0].idle)) if parcels else None
    signed = queries.events_of(session, contract.id)[0]
    return ContractDetail(
        **ContractRead.of(row, names=reads_names(actor)).model_dump(),
        conditions_items=signed.facts.get("conditions_items", []),
        actions=list(allowed(ContractStage(contract.stage), land, registered=contract.registered_on is not None)),
    )


def taken(session: Session, actor: Actor, found: Taken) -> ContractTaken:
    """Return what an act has made of a contract."""
    contract = None if found.contract is None else detail(session, actor, found.contract)
    return ContractTaken(contract=contract, findings=[LegalFinding.of(each) for each in found.findings])


def then(session: Session, actor: Actor, contract: Contract, moment: Moment) -> ContractThen:
    """Return a contract as it was on a day, as far as was known. Raises NotFound: it was not signed yet, or unknown."""
    standing = replaying.replay(queries.events_of(session, contract.id, moment))
    if standing is None:
        raise NotFound("该合同当时尚未签订或尚未登记。", "The contract was not signed then, or not known of.")
    own = {name: getattr(standing, name) for name in ContractTerms.model_fields if hasattr(standing, name)}
    names = reads_names(actor)
    return ContractThen(
        **{**own, "holder": standing.holder if names else None},
        holder_hidden=not names,
        id=contract.id,
        as_of=moment.as_of or clock.today(),
        known_at=moment.known_at,
        paid_yuan=arrears.total(arrears.standing(queries.booked(session, contract.id, moment))),
    )


def money(session: Session, contract: Contract) -> Money:
    """Return instalments and payments as they stand today, or stood when the contract ended."""
    day = min(contract.ended_on or clock.today(), clock.today())
    payments = queries.payments_of(session, contract.id)
    paid = arrears.standing(queries.booked(session, contract.id))
    agreed = [legal.Payment(each.due_on, each.yuan) for each in queries.instalments_of(session, contract.id)]
    lines = arrears.settle(agreed, paid, rate_permille=contract.late_rate_permille, today=day)
    return Money(
        as_of=day,
        price_yuan=contract.price_yuan,
        paid_yuan=arrears.total(paid),
        late_fee_yuan=sum((each.late_fee_yuan for each in lines), Decimal(0)),
        instalments=[InstalmentRead.model_validate(each) for each in lines],
        payments=[PaymentRead.model_validate(each) for each in payments],
    )


def history(session: Session, actor: Actor, contract: Contract) -> ContractEvents:
    """Return what happened to a contract."""
    names = reads_names(actor)
    rows = queries.history_of(session, contract.id)
    return ContractEvents(items=[ContractEventRead.of(event, title, names=names) for event, title in rows])


def permits(session: Session, contract: Contract) -> list[PermitRead]:
    """Return the permits, each with its last day."""
    calendar, today = calendar_of(session), clock.today()
    found = []
    for each in queries.permits_of(session, contract.id):
        until = lapses_on(each, calendar, today)
        done = contract.started_on if each.kind == "construction" else each.next_applied_on
        own = {name: getattr(each, name) for name in PermitRead.model_fields if hasattr(each, name)}
        found.append(PermitRead(**own, until=until, lapsed=until is not None and (done or today) > until))
    return found


def clock_of(session: Session, actor: Actor, contract: Contract, day: dt.date) -> ClockRead:
    """Return what the idle clock says on a day."""
    case = case_of(session, actor, contract, day)
    return ClockRead.of(idle_queries.reading(session, contract, case.law, day, case.calendar), day)


def findings(session: Session, actor: Actor, contract: Contract) -> ContractFindings:
    """Return everything that stands against a contract today; of one that has ended, what stood on its last day."""
    today = min(contract.ended_on or clock.today(), clock.today())
    case = case_of(session, actor, contract, today)
    parts = [legal.Payment(each.due_on, each.yuan) for each in queries.instalments_of(session, contract.id)]
    found = [
        *terms_against(case, tuple(parts), contract.delivery_due_on, contract.start_due_on, contract.complete_due_on),
        *first_month(session, actor, contract),
        *_permits_against(case, today),
        *idle_queries.reading(session, contract, case.law, today, case.calendar).findings,
    ]
    ordered = judge(found, overrides=False).findings
    return ContractFindings(as_of=today, findings=[LegalFinding.of(each) for each in ordered])


def _permits_against(case: Case, today: dt.date) -> Iterator[Finding]:
    """R72, R73: every permit that has lapsed before the next step."""
    law, calendar = case.law, case.calendar
    for each in queries.permits_of(case.session, case.contract.id):
        if each.kind == "construction":
            yield from law.check(
                "R73",
                legal.construction_permit,
                each.issued_on,
                extensions=each.extensions,
                started_on=case.contract.started_on,
                today=today,
                calendar=calendar,
            )
        else:
            yield from law.check(
                "R72",
                legal.planning_permit,
                each.issued_on,
                extended_to=each.extended_to,
                applied_on=each.next_applied_on,
                today=today,
                calendar=calendar,
            )
