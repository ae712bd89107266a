"""What is known of working days. Each process keeps the calendar in memory while its revision stands still."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, Row, Select, or_, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.bindings import refuse_unknown
from service.core.errors import NotFound
from service.workdays.blocking import BlockedPeriod
from service.workdays.calendar import Calendar, Mark
from service.workdays.models import BlockedOrder, CalendarDay, CalendarYear
from service.workdays.reckoning import completed

REVISION = "workdays"
CHANGED = "workdays_changed"
"""Mark in a session's info: it has changed working days itself, so what others may keep is not its truth."""


@dataclass(frozen=True, slots=True)
class Almanac:
    """One state of the data: the calendar, and the rows that say of days and years where that comes from."""

    revision: int
    calendar: Calendar
    days: Mapping[dt.date, Row[Any]]
    years: Mapping[int, Row[Any]]


_kept: WeakKeyDictionary[Pool, Almanac] = WeakKeyDictionary()


def calendar_of(session: Session) -> Calendar:
    """Return the calendar as committed, with this session's own changes: at the price of looking up one number."""
    return almanac(session).calendar


def almanac(session: Session, revision: int | None = None) -> Almanac:
    """Return the present state; `revision` is what the request was told at the door (`core/revisions.py`), if known.

    Immutable and shared by all who ask in this process, until something is committed that changes it.
    """
    if session.info.get(CHANGED):
        return _read(session, 0)
    if revision is None:
        revision = session.scalar(text("SELECT value FROM revision WHERE name = :name"), {"name": REVISION}) or 0
    pool = session.get_bind().engine.pool
    kept = _kept.get(pool)
    if kept is None or kept.revision < revision:
        kept = _kept[pool] = _read(session, revision)
    return kept


def _read(session: Session, revision: int) -> Almanac:
    days = {row.day: row for row in session.execute(select(*CalendarDay.__table__.columns))}
    years = {row.year: row for row in session.execute(select(*CalendarYear.__table__.columns))}
    marks = {row.day: Mark(row.is_workday, row.name, row.name_en) for row in days.values()}
    known = {year for year, row in years.items() if not row.provisional}
    orders = [period_of(each) for each in session.scalars(select(BlockedOrder).order_by(BlockedOrder.id))]
    return Almanac(revision, Calendar(completed(marks, known), known, orders), days, years)


def period_of(order: BlockedOrder) -> BlockedPeriod:
    """Return an order as the calendar counts with it."""
    return BlockedPeriod(
        order.id,
        order.name,
        order.name_en,
        order.first,
        order.last,
        frozenset(order.kinds),
        order.jurisdiction,
        frozenset(order.regions),
        frozenset(order.exempt),
        order.source,
        order.verified,
    )


def visible_orders(actor: Actor) -> Select[BlockedOrder]:
    """The orders an actor may see: those for every jurisdiction, and those of their own."""
    found = select(BlockedOrder)
    if actor.jurisdictions is None:
        return found
    return found.where(or_(BlockedOrder.jurisdiction.is_(None), BlockedOrder.jurisdiction.in_(actor.jurisdictions)))


def orders_between(session: Session, actor: Actor, first: dt.date, last: dt.date) -> Sequence[BlockedOrder]:
    """Return the orders that block a day of a span, by their first day."""
    meets = (BlockedOrder.first <= last, BlockedOrder.last >= first)
    return session.scalars(visible_orders(actor).where(*meets).order_by(BlockedOrder.first, BlockedOrder.id)).all()


def order_by_id(session: Session, actor: Actor, order_id: int) -> BlockedOrder:
    """Return an order, locked; NotFound if it is absent or not the actor's."""
    found = session.scalar(visible_orders(actor).where(BlockedOrder.id == order_id).with_for_update())
    if found is None:
        raise NotFound(f"没有封控时段 {order_id}。", f"No blocked period {order_id}.")
    return found


def refuse_codes(
    session: Session,
    kinds: Iterable[str] = (),
    exempt: Iterable[str] = (),
    jurisdiction: str | None = None,
    regions: Iterable[str] = (),
) -> None:
    """Refuse a kind, class, jurisdiction or region that isn't there. Raises UnknownCode."""
    refuse_unknown(session, "kinds", list(kinds))
    refuse_unknown(session, "exempt", list(exempt))
    refuse_unknown(session, "jurisdiction", jurisdiction)
    refuse_unknown(session, "regions", list(regions))
