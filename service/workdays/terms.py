"""A term as somebody asks for it: counted by the law's rules, over the orders that the asker may see."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import BadRequest, NotFound
from service.workdays import queries
from service.workdays.blocking import Work
from service.workdays.calendar import Calendar, Deadline, Unit, add
from service.workdays.reckoning import reckoning
from service.workdays.schemas import TermRead, described


class Site(NamedTuple):
    """A work whose days are asked for: its kind, where it lies, the classes of its project; all of them codes."""

    kind: str
    jurisdiction: str | None = None
    regions: Sequence[str] = ()
    exempt: Sequence[str] = ()


class Term(NamedTuple):
    """What is asked: so many units from a day; with a `site` the days on which its work is stopped are not counted."""

    start: dt.date
    days: int
    unit: Unit
    site: Site | None = None


def reckon(session: Session, actor: Actor, term: Term, revision: int | None = None) -> TermRead:
    """Work out a term. Counting backwards gives the day itself: only a term that runs forward can be prolonged.

    Raises BadRequest for a kind of work with another unit than working days, UnknownCode, OutsideCalendar, NotFound for
    a jurisdiction that is not the asker's.
    """
    calendar, work = queries.almanac(session, revision).calendar, _work(session, actor, term)
    found = _deadline(calendar, term, work)
    stopped = []
    if work is not None:
        span = min(term.start, found.day), max(term.start, found.day)
        meeting = queries.orders_between(session, actor, *span)
        stopped = [each for each in meeting if queries.period_of(each).stops(work)]
    return TermRead(
        start=term.start,
        days=term.days,
        unit=term.unit,
        day=found.day,
        counted_to=found.counted_to,
        provisional=found.provisional,
        stopped_by=described(stopped),
        rule=reckoning().source,
    )


def _deadline(calendar: Calendar, term: Term, work: Work | None) -> Deadline:
    if term.unit is Unit.WORKDAY:
        reached = calendar.add_workdays(term.start, term.days, work)
        return Deadline(reached.day, reached.day, reached.provisional)
    if term.days < 0:
        reached_day = add(term.start, term.days, term.unit)
        return Deadline(reached_day, reached_day, provisional=False)
    return calendar.deadline(term.start, term.days, term.unit, reckoning().roll)


def _work(session: Session, actor: Actor, term: Term) -> Work | None:
    site = term.site
    if site is None:
        return None
    if term.unit is not Unit.WORKDAY:
        raise BadRequest("kind 只用于工作日。", "`kind` goes with working days only.")
    queries.refuse_codes(session, [site.kind], site.exempt, site.jurisdiction, site.regions)
    if actor.jurisdictions is not None and site.jurisdiction not in {None, *actor.jurisdictions}:
        raise NotFound("没有该管辖区。", "No such jurisdiction.")
    areas = {*site.regions, *([site.jurisdiction] if site.jurisdiction else [])}
    return Work(site.kind, frozenset(areas), frozenset(site.exempt))
