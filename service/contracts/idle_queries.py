"""The idle clock, read for one contract or for all land that may lie idle."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import clock, idle, queries
from service.contracts.idle import ClockState, Reading
from service.contracts.models import Contract, ContractExclusion
from service.contracts.performance_models import IdleCase, WorksReport
from service.core import clock as days
from service.listings.models import Lot
from service.regions.models import Jurisdiction
from service.rules.book import Law, rulebook
from service.rules.calendar import Calendar
from service.schemes.models import SupplyScheme
from service.workdays.queries import calendar_of


class IdleLand(NamedTuple):
    """A contract in force whose clock has something to say."""

    contract: Contract
    reading: Reading
    case: IdleCase | None


def reading(session: Session, held: Contract, law: Law, day: dt.date, calendar: Calendar) -> Reading:
    """Read the clock of a contract on a day, with what is known of it now."""
    reports = [each for each in queries.reports_of(session, held.id) if each.reported_on <= day]
    cases = queries.cases_of(session, held.id)
    last = reports[-1] if reports else None
    inquiry = cases[-1] if cases and cases[-1].closed_on is None else None
    found = clock.holding(held, queries.exclusions_of(session, held.id), last, inquiry)
    return idle.read(law, found, day, calendar)


TROUBLE = frozenset({ClockState.idle, ClockState.recoverable})


def idle_land(session: Session, actor: Actor, day: dt.date | None = None) -> list[IdleLand]:
    """Return land that is idle by the clock, or inquired into: the longest overdue first. Five statements in all."""
    today = day or days.today()
    found = readings(session, actor, today)
    told = [each for each in found if each.case is not None or each.reading.state in TROUBLE]
    return sorted(told, key=lambda each: (each.contract.start_due_on or dt.date.max, each.contract.id))


def readings(session: Session, actor: Actor, today: dt.date) -> list[IdleLand]:
    """Read the clock of every contract in force that an actor may see."""
    contract = Contract
    wanted = (
        queries.visible_contracts(actor)
        .where(contract.stage == "in_force")
        .join(Lot, Lot.id == contract.lot_id)
        .join(SupplyScheme, SupplyScheme.id == Lot.scheme_id)
        .join(Jurisdiction, Jurisdiction.id == contract.jurisdiction_id)
        .with_only_columns(contract, SupplyScheme.method, Jurisdiction.code, queries.main_use_of(SupplyScheme.id))
    )
    rows = session.execute(wanted.order_by(contract.id)).all()
    ids = [row[0].id for row in rows]
    excluded, reports, cases = _parts(session, ids)
    laws: dict[Any, Law] = {}
    calendar = calendar_of(session)
    found = []
    for held, method, code, use in rows:
        key = (code, method, use)
        law = laws.get(key) or laws.setdefault(key, rulebook().at(today, code, method=method, use=use))
        case = cases.get(held.id)
        seen = clock.holding(held, excluded[held.id], reports.get(held.id), case)
        found.append(IdleLand(held, idle.read(law, seen, today, calendar), case))
    return found


def _parts(
    session: Session, ids: Sequence[int]
) -> tuple[dict[int, list[ContractExclusion]], dict[int, WorksReport], dict[int, IdleCase]]:
    excluded: dict[int, list[ContractExclusion]] = defaultdict(list)
    spans = select(ContractExclusion).where(ContractExclusion.contract_id.in_(ids))
    for span in session.scalars(spans.order_by(ContractExclusion.begins_on)):
        excluded[span.contract_id].append(span)
    report = WorksReport
    newest = (
        select(report)
        .where(report.contract_id.in_(ids))
        .ext(distinct_on(report.contract_id))
        .order_by(report.contract_id, report.reported_on.desc(), report.id.desc())
    )
    open_ = select(IdleCase).where(IdleCase.contract_id.in_(ids), IdleCase.closed_on.is_(None))
    reports = {each.contract_id: each for each in session.scalars(newest)}
    return excluded, reports, {each.contract_id: each for each in session.scalars(open_)}
