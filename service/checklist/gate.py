"""The gate before a sale, as officers meet it: which items of a lot's parcels are open, whose they are, how long."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.checklist import mirroring, queries
from service.checklist.forecasting import settle
from service.checklist.holding import held
from service.checklist.picture import Picture, pictures
from service.codes.queries import name_of
from service.core import clock
from service.listings import gates
from service.listings import queries as listings
from service.listings.models import Lot
from service.listings.waiting import OpenItem
from service.parcels.models import Parcel
from service.schemes.methods import COMPETITIVE
from service.workdays.queries import calendar_of

_REQUIRED = text("""
    SELECT method FROM notice WHERE id = :notice AND lot_under_rule(:lot, :notice_on)
""")
# As the database has it: `checklist_was_closed`.
_CLOSED = text("SELECT id FROM parcel WHERE id = ANY (:ids) AND checklist_was_closed(id, :day)")
_OPEN = text("SELECT key FROM checklist_open_keys(:id, :day)")


def open_items(session: Session, lot: Lot, day: dt.date, notice_on: dt.date | None) -> list[OpenItem]:
    """Return what a sale of a lot on a day waits for: open items, and checklists that are asked for of such notices.

    Checklists of which the register says something else by now are brought up to date before; the parcels are locked,
    as the sale will have them.
    """
    parcels = listings.parcels_of(session, [lot.id], lock=True)[lot.id]
    running = {each.parcel_id: each for each in queries.running_on(session, [parcel.id for parcel in parcels])}
    without = [parcel for parcel in parcels if parcel.id not in running]
    found = [_missing(parcel) for parcel in _in_want(session, lot, without, day, notice_on)]
    if not running:
        return found
    known = mirroring.derived(session, {parcel.id: parcel.stage for parcel in parcels})
    for parcel_id, checklist in running.items():
        if checklist.derived != known[parcel_id]:
            settle(session, held(session, system("checklist.gate"), checklist.id))
    for seen in pictures(session, list(running.values())):
        found += _of(session, seen, day)
    return found


def _in_want(
    session: Session, lot: Lot, without: list[Parcel], day: dt.date, notice_on: dt.date | None
) -> list[Parcel]:
    """Return the parcels that need a checklist: all if the jurisdiction asks for it, else where one was closed."""
    if not without or _required(session, lot, notice_on):
        return without
    closed = set(session.scalars(_CLOSED, {"ids": [parcel.id for parcel in without], "day": day}))
    return [parcel for parcel in without if parcel.id in closed]


def _required(session: Session, lot: Lot, notice_on: dt.date | None) -> bool:
    method = session.scalar(_REQUIRED, {"notice": lot.notice_id, "lot": lot.id, "notice_on": notice_on})
    return method in COMPETITIVE


def _missing(parcel: Parcel) -> OpenItem:
    zh, en = "未建立八同步清单", "it has no checklist"
    return OpenItem(parcel.code, None, zh, en, None, None, None, "missing", None, None, waivable=False)


def _of(session: Session, seen: Picture, day: dt.date) -> Iterator[OpenItem]:
    """Give the open items of a checklist: those that the database refuses for, and a scheme not approved."""
    rows = set(session.scalars(_OPEN, {"id": seen.checklist.id, "day": day})).union(seen.open)
    keys = [item.key for item in seen.template.items if item.key in rows]
    if not keys:
        return
    calendar, today = calendar_of(session), clock.today()
    timings = seen.forecast(calendar, today).timings
    for key in keys:
        item, row = seen.template.by_key[key], seen.items[key]
        # Done by then, so its proof has run out: it is to be done anew.
        expired = row.finished_on is not None and row.finished_on <= day
        anew = calendar.add_workdays(today, item.days if row.days is None else row.days).day
        ready_on = anew if expired else timings[key].earliest_finish
        yield OpenItem(
            seen.parcel.code,
            key,
            item.title,
            item.title_en,
            row.lead,
            name_of("lead_bureau", row.lead) or row.lead,
            name_of("lead_bureau", row.lead, english=True) or row.lead,
            "expired" if expired else seen.states[key].value,
            max(calendar.workdays_between(today, ready_on).workdays, 0),
            ready_on,
            waivable=not item.hard,
        )


gates.register("checklist", open_items)
