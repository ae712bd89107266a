"""What changes working days: seeding, a person's edit of a day or a year, orders that stop works."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.errors import Forbidden, PreconditionFailed
from service.workdays import official
from service.workdays.models import BlockedOrder, CalendarDay, CalendarYear
from service.workdays.queries import CHANGED, almanac, order_by_id, refuse_codes

BY_HAND = "人工修改 edited by hand"


class OrderFields(TypedDict):
    """What is said of an order."""

    name: str
    name_en: str
    first: dt.date
    last: dt.date
    kinds: list[str]
    jurisdiction: str | None
    regions: list[str]
    exempt: list[str]
    source: str
    verified: bool


def seed_calendar(session: Session) -> Mapping[str, int]:
    """Take over the official calendars that the package knows. What a person has edited stays; nothing new, no record.

    Returns how many days were added, changed, removed, how many years were added, and how many edited days differ.
    """
    _alone(session)
    wanted, source = official.marks(), official.source()
    days = {each.day: each for each in session.scalars(select(CalendarDay))}
    done: Counter[str] = Counter()
    for day, mark in wanted.items():
        found = days.get(day)
        said = {"is_workday": mark.is_workday, "name": mark.name, "name_en": mark.name_en}
        if found is None:
            session.add(CalendarDay(day=day, **said, source=source))
            done["added"] += 1
        elif any(getattr(found, name) != value for name, value in said.items()):
            done["kept" if found.edited_by else "changed"] += 1
            if not found.edited_by:
                _set(found, {**said, "source": source})
    for found in days.values():
        if found.day not in wanted and found.day.year in official.years() and not found.edited_by:
            session.delete(found)
            done["removed"] += 1
    done["years"] = _seed_years(session, source)
    if sum(done.values()) > done["kept"]:
        session.info[CHANGED] = True
        session.flush()
        record(session, Action.WORKDAYS_SEEDED, "workdays", "all", after={"source": source, **done})
    return done


def _seed_years(session: Session, source: str) -> int:
    known = set(session.scalars(select(CalendarYear.year)))
    new = official.years() - known
    session.add_all(CalendarYear(year=year, provisional=False, source=source) for year in sorted(new))
    return len(new)


def change_day(
    session: Session,
    actor: Actor,
    day: dt.date,
    version: int,
    *,
    is_workday: bool,
    name: str,
    name_en: str,
    reason: str,
) -> CalendarDay:
    """Say of a day that it is worked or free. `version` 0: nothing was said of it so far.

    Raises PreconditionFailed for another version, Forbidden for an actor of single jurisdictions, OutsideCalendar.
    """
    _refuse_partial(actor)
    _alone(session)
    now = almanac(session).calendar
    before = {"is_workday": now.is_workday(day), "name": "", "name_en": ""}
    found = session.get(CalendarDay, day)
    if (found.version if found else 0) != version:
        raise PreconditionFailed
    if found is None:
        mark = now.marks.get(day)
        before |= {"name": mark.name, "name_en": mark.name_en} if mark else {}
        found = CalendarDay(day=day, version=0)
        session.add(found)
    else:
        before = {name: getattr(found, name) for name in before}
    after = {"is_workday": is_workday, "name": name, "name_en": name_en}
    _set(found, {**after, "source": BY_HAND, **_edited(actor, reason)})
    _changed(session)
    record(session, Action.WORKDAY_CHANGED, "workday", day, before=before, after={**after, "reason": reason})
    return found


def change_year(
    session: Session, actor: Actor, year: int, version: int, *, provisional: bool, source: str, reason: str
) -> CalendarYear:
    """Say that a year's calendar is issued (`source`: the notice) or, where that was wrong, provisional again.

    Raises PreconditionFailed for another version, Forbidden for an actor of single jurisdictions.
    """
    _refuse_partial(actor)
    _alone(session)
    found = session.get(CalendarYear, year)
    if (found.version if found else 0) != version:
        raise PreconditionFailed
    before = {"provisional": True, "source": ""}
    if found is None:
        found = CalendarYear(year=year, version=0)
        session.add(found)
    else:
        before = {name: getattr(found, name) for name in before}
    after = {"provisional": provisional, "source": source}
    _set(found, {**after, **_edited(actor, reason)})
    _changed(session)
    record(session, Action.WORKDAY_YEAR_CHANGED, "workday_year", year, before=before, after={**after, "reason": reason})
    return found


def create_order(session: Session, actor: Actor, **fields: Unpack[OrderFields]) -> BlockedOrder:
    """Enter an order that stops works. Raises Forbidden beyond the actor's reach, UnknownCode."""
    _refuse_unfit(session, actor, fields)
    order = BlockedOrder(**fields, created_by=actor.label, version=1)
    session.add(order)
    _changed(session)
    session.refresh(order)
    record(session, Action.BLOCKED_PERIOD_CREATED, "blocked_period", order.id, after=dict(fields))
    return order


def change_order(
    session: Session, actor: Actor, order_id: int, version: int, **fields: Unpack[OrderFields]
) -> BlockedOrder:
    """Replace what is said of an order. Raises NotFound, PreconditionFailed, Forbidden, UnknownCode."""
    order = _locked(session, actor, order_id, version)
    _refuse_unfit(session, actor, fields)
    before = _facts(order)
    if before != fields:
        _set(order, fields)
        _changed(session)
        record(session, Action.BLOCKED_PERIOD_CHANGED, "blocked_period", order_id, before=before, after=dict(fields))
    return order


def remove_order(session: Session, actor: Actor, order_id: int, version: int) -> None:
    """Take an order out; the audit log keeps what it said. Raises NotFound, PreconditionFailed, Forbidden."""
    order = _locked(session, actor, order_id, version)
    session.delete(order)
    _changed(session)
    record(session, Action.BLOCKED_PERIOD_REMOVED, "blocked_period", order_id, before=_facts(order))


def _locked(session: Session, actor: Actor, order_id: int, version: int) -> BlockedOrder:
    order = order_by_id(session, actor, order_id)
    _refuse_foreign(actor, order.jurisdiction)
    if order.version != version:
        raise PreconditionFailed
    return order


def _facts(order: BlockedOrder) -> dict[str, Any]:
    return {name: getattr(order, name) for name in OrderFields.__annotations__}


def _refuse_unfit(session: Session, actor: Actor, fields: OrderFields) -> None:
    _refuse_foreign(actor, fields["jurisdiction"])
    refuse_codes(session, fields["kinds"], fields["exempt"], fields["jurisdiction"], fields["regions"])


def _refuse_foreign(actor: Actor, jurisdiction: str | None) -> None:
    if actor.jurisdictions is not None and jurisdiction not in actor.jurisdictions:
        raise Forbidden(
            "该封控时段不限于自己的管辖区,不能修改。",
            "The period reaches beyond your jurisdictions; you can't change it.",
        )


def _refuse_partial(actor: Actor) -> None:
    if actor.jurisdictions is not None:
        raise Forbidden(
            "工作日历适用于全部管辖区,只能由全局账号修改。",
            "The calendar holds for every jurisdiction; only an account for all of them changes it.",
        )


def _edited(actor: Actor, reason: str) -> dict[str, Any]:
    return {"edited_by": actor.label, "edited_at": clock.now(), "reason": reason}


def _set(row: CalendarDay | CalendarYear | BlockedOrder, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1


def _alone(session: Session) -> None:
    """One writer of the calendar at a time: a day of which nothing is said yet has no row that could be locked."""
    session.execute(text("SELECT pg_advisory_xact_lock(4490020)"))


def _changed(session: Session) -> None:
    session.info[CHANGED] = True
    session.flush()
