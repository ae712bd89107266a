"""What commands on contracts share: the contract locked, the law of its case, an event with all that follows."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.audit.actions import Action
from service.audit.record import record
from service.contracts import queries, replaying
from service.contracts.lifecycle import EVENT_OF_PARCEL, LIVE, ContractEventKind, IllegalContractEvent
from service.contracts.models import Contract, ContractEvent, Instalment
from service.contracts.orders import Act
from service.contracts.replaying import COLUMNS, Happened, Standing
from service.core import clock
from service.core.errors import PreconditionFailed
from service.documents import queries as documents
from service.parcels.changes import EventCreate
from service.parcels.commands import refuse_future
from service.parcels.event_commands import record_event
from service.rules.book import Law, rulebook
from service.rules.calendar import Calendar
from service.rules.finding import Finding
from service.rules.judgement import Judgement, judge, record_override, refuse
from service.schemes.models import SupplyScheme
from service.workdays.queries import calendar_of


class Taken(NamedTuple):
    """A contract after an act, with what was found; None: the act was only tried."""

    contract: Contract | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A contract, who acts, and the law that holds for it on the day of the act."""

    session: Session
    actor: Actor
    contract: Contract
    law: Law
    calendar: Calendar


def held(session: Session, actor: Actor, contract_id: int, *, version: int) -> Contract:
    """Lock a contract. Raises NotFound, PreconditionFailed with who changed it last."""
    contract = queries.contract_by_id(session, actor, contract_id, lock=True)
    if contract.version != version:
        last = queries.last_change(session, contract.id)
        raise PreconditionFailed(
            f"合同已被他人修改（现为第 {contract.version} 次修改），请刷新后重试。",
            f"The contract is at version {contract.version} by now; reload and try again.",
            facts={"version": contract.version, "stage": str(contract.stage), "last": last and last._asdict()},
        )
    return contract


def living(session: Session, actor: Actor, contract_id: int, *, version: int) -> Contract:
    """Lock a contract that has not ended. Raises NotFound, PreconditionFailed, IllegalContractEvent."""
    contract = held(session, actor, contract_id, version=version)
    if contract.stage not in LIVE:
        raise IllegalContractEvent("合同已终止。", "The contract has ended.", facts={"stage": str(contract.stage)})
    return contract


def law_of(session: Session, scheme: SupplyScheme, day: dt.date) -> Law:
    """Return the rules for land of a scheme on a day."""
    code = queries.jurisdiction_of(session, scheme.jurisdiction_id).code
    return rulebook().at(day, code, method=scheme.method, use=queries.main_use(session, scheme.id))


def case_of(session: Session, actor: Actor, contract: Contract, day: dt.date) -> Case:
    """Return what an act on a day is judged by."""
    law = law_of(session, queries.scheme_of(session, contract), day)
    return Case(session, actor, contract, law, calendar_of(session))


def touch(contract: Contract) -> None:
    """Count a change."""
    contract.version += 1


def check_document(
    session: Session, actor: Actor, jurisdiction_id: int, document_id: int | None, pointer: str = "/document_id"
) -> None:
    """Demand a document that everybody who sees the contract may see."""
    if document_id is None:
        return
    own = queries.jurisdiction_of(session, jurisdiction_id).code
    documents.refuse_unseen(session, actor, own, document_id, pointer=pointer)


def day_of(act: Act) -> dt.date:
    """Return the day of an act, today if it says none. Raises FutureDate."""
    day = act.effective_on or clock.today()
    refuse_future("/effective_on", day)
    return day


def judged(findings: Iterable[Finding], act: Act, actor: Actor) -> Judgement:
    """Judge an act; a trial is refused nothing. Raises LegalRefusal."""
    if act.trial:
        may = Permission.LAW_OVERRIDE in actor.permissions
        return judge(findings, overrides=may and act.override is not None)
    return refuse(findings, act.override, actor=actor)


def carried_out(session: Session, act: Act, do: Callable[[], Taken]) -> Taken:
    """Do it; a trial is done and undone, so that whatever else would refuse it is told too."""
    if not act.trial:
        return do()
    with session.begin_nested() as attempt:
        taken = do()
        session.flush()
        attempt.rollback()
    session.expire_all()
    return Taken(None, taken.findings)


class Fact(NamedTuple):
    """An event that is to be recorded: what it sets, and whether its parcels are told."""

    kind: ContractEventKind
    day: dt.date
    facts: Mapping[str, Any]
    for_parcels: bool = True


def happen(
    session: Session, actor: Actor, contract: Contract, fact: Fact, act: Act, judgement: Judgement | None = None
) -> None:
    """Record an event of a contract: the event, what it makes of the contract, and its parcels' events.

    Raises:
        IllegalContractEvent, IllegalTransition, LaterEventBroken: not possible on that day.
        Invalid: no such document.

    """
    check_document(session, actor, contract.jurisdiction_id, act.document_id)
    facts = replaying.written(fact.facts)
    standing = replaying.enter(queries.events_of(session, contract.id), Happened(fact.kind, fact.day, facts))
    overridden = act.override if judgement is not None and judgement.overridden else None
    if overridden is not None and judgement is not None:
        check_document(session, actor, contract.jurisdiction_id, overridden.document_id, "/override/document_id")
        record_override(session, judgement, overridden, "contract", contract.id)
    event = ContractEvent(contract_id=contract.id, kind=fact.kind, effective_on=fact.day, facts=facts)
    event.actor, event.document_id, event.note = actor.label, act.document_id, act.note
    event.override_reason = overridden.reason if overridden else None
    session.add(event)
    before = {name: getattr(contract, name) for name in COLUMNS}
    project(session, contract, standing)
    if fact.for_parcels:
        _tell_parcels(session, actor, contract, fact, act)
    touch(contract)
    session.flush()
    after = {name: getattr(contract, name) for name in COLUMNS}
    told = {"event": str(fact.kind), "effective_on": fact.day, "document_id": act.document_id}
    record(session, Action.CONTRACT_EVENT_RECORDED, "contract", contract.id, before=before, after={**after, **told})


def project(session: Session, contract: Contract, standing: Standing) -> None:
    """Set a contract's row and its instalments to what its events say."""
    for name in COLUMNS:
        setattr(contract, name, getattr(standing, name))
    kept = session.scalars(select(Instalment).where(Instalment.contract_id == contract.id).order_by(Instalment.ordinal))
    if [(each.due_on, each.yuan) for each in kept] == list(standing.instalments):
        return
    session.execute(delete(Instalment).where(Instalment.contract_id == contract.id))
    session.add_all(
        Instalment(contract_id=contract.id, ordinal=ordinal, due_on=each.on, yuan=each.yuan)
        for ordinal, each in enumerate(standing.instalments, 1)
    )


def _tell_parcels(session: Session, actor: Actor, contract: Contract, fact: Fact, act: Act) -> None:
    kind = EVENT_OF_PARCEL.get(fact.kind)
    if kind is None:
        return
    new = EventCreate(kind=kind, effective_on=fact.day, document_id=act.document_id, note=act.note)
    for parcel in queries.parcels_of(session, contract.id):
        record_event(session, actor, parcel.code, new, governed=True)
