"""What is due of annual plans: their publication (R34), and what their plots are to reach this month."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.parcels.selection import Moment
from service.plans import target_queries
from service.plans.legal import publication_due
from service.plans.models import SupplyPlan
from service.plans.queries import visible_plans
from service.plans.states import OPEN, PlanStatus
from service.plans.targets import NAMES, TargetKind, TargetStanding, end_of, standing
from service.regions.models import Jurisdiction
from service.rules.book import rulebook


class Deadline(NamedTuple):
    """Something due: what `subject` it belongs to, which one, its number or name; `done`, or still to do."""

    kind: str
    subject: str
    id: int
    title: str
    due_on: dt.date
    done: bool


_MOST_TARGETS = 10_000
_OPEN_TARGETS = (TargetStanding.due, TargetStanding.later, TargetStanding.overdue)


def deadlines(session: Session, actor: Actor, until: dt.date) -> Iterator[Deadline]:
    """Give what is due by a day."""
    yield from _publications(session, actor, until)
    yield from _targets(session, actor, until)


def _publications(session: Session, actor: Actor, until: dt.date) -> Iterator[Deadline]:
    """First editions on their way: the plan of their year is not published yet."""
    code = select(Jurisdiction.code).where(Jurisdiction.id == SupplyPlan.jurisdiction_id).scalar_subquery()
    wanted = visible_plans(actor).where(SupplyPlan.status.in_(OPEN), SupplyPlan.edition == 1)
    for plan, jurisdiction in session.execute(wanted.add_columns(code).order_by(SupplyPlan.id)):
        rule = rulebook().at(clock.today(), jurisdiction).find("R34")
        if rule is not None and (due_on := publication_due(rule, plan.year)) <= until:
            yield Deadline("publication", "plan", plan.id, plan.title, due_on, done=False)


def _targets(session: Session, actor: Actor, until: dt.date) -> Iterator[Deadline]:
    """Targets of the plans in force whose month ends by then."""
    in_force = visible_plans(actor).where(SupplyPlan.status == PlanStatus.published, SupplyPlan.year <= until.year)
    for plan in session.scalars(in_force.order_by(SupplyPlan.year.desc(), SupplyPlan.id).limit(20)).all():
        found = target_queries.target_rows(session, plan, {}, Moment(), after=None, limit=_MOST_TARGETS)
        for row in found:
            month = row.forecast_month
            if month is None or end_of(month) > until:
                continue
            done = standing(month, row.reached_on, clock.today()) not in _OPEN_TARGETS
            title = f"{row.name or row.parcel} · {NAMES[TargetKind(row.kind)][0]}"
            yield Deadline(f"target_{row.kind}", "plan", plan.id, title, end_of(month), done=done)
