"""What stands in the way of a lot's sale: open items of the checklists of its parcels.

Checklists stand above this package, so they say here, when they are loaded, how their open items are found. The
database refuses the same (constraint `checklist_gate`): that is for every writer, this tells officers in time.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from service.codes.queries import name_of
from service.core import problems
from service.core.errors import Conflict
from service.core.plurals import Count
from service.listings.models import Lot
from service.listings.waiting import OpenItem, told

Find = Callable[[Session, Lot, dt.date, dt.date | None], Sequence[OpenItem]]
"""Gives what is open for a sale on a day, of a lot whose notice is from another day (None: not announced)."""

_GATES: dict[str, Find] = {}


class ChecklistOpen(Conflict):
    """Required items of the checklist are open; `items` name each, its lead and how long it still takes."""

    code, title_zh, title_en = "checklist-open", "摘牌前清单未完成", "The checklist is open"


def register(name: str, find: Find) -> None:
    """Make a gate known."""
    _GATES[name] = find


def forget(name: str) -> None:
    """Take back a `register`."""
    del _GATES[name]


def open_items(session: Session, lot: Lot, day: dt.date, *, notice_on: dt.date | None = None) -> list[OpenItem]:
    """Return what stands in the way of selling a lot on a day; `notice_on`: as if it were announced on that day."""
    return [item for find in _GATES.values() for item in find(session, lot, day, notice_on or lot.notice_on)]


def refuse_open(session: Session, lot: Lot, day: dt.date) -> None:
    """Refuse a sale or award that something stands in the way of. Raises ChecklistOpen."""
    found = open_items(session, lot, day)
    if found:
        raise _open(found)


def _open(found: Sequence[OpenItem]) -> ChecklistOpen:
    zh, en = told(found)
    return ChecklistOpen(
        f"还有 {len(found)} 项未完成：{zh}。",
        f"{Count(len(found)):item is|items are} open: {en}.",
        facts={"items": [each._asdict() for each in found]},
    )


def refused_by_database(cause: psycopg.Error) -> ChecklistOpen:
    """Return what a refusal of the database means: a change in the last moment, or a way around the lot."""
    items: list[Any] = json.loads(cause.diag.message_detail or "[]")
    codes = sorted({item["code"] for item in items})
    if items and not any(item["key"] for item in items):
        return ChecklistOpen(
            f"地块 {'、'.join(codes)} 未建立清单，不能成交；规定施行后补录的成交，无论生效日期，也须有清单。",
            f"{', '.join(codes)} has no checklist and can't be sold; while the rule is in force that holds for what is"
            " recorded late too, whatever its day.",
            facts={"items": items},
        )
    return _open([_item(item) for item in items if item["key"]])


def _item(said: Mapping[str, Any]) -> OpenItem:
    """Return an item as the database tells it: with the days it takes, and the day that was forecast last."""
    lead, ready_on = said["lead"], said["ready_on"]
    names = (name_of("lead_bureau", lead) or lead, name_of("lead_bureau", lead, english=True) or lead)
    known = {name: said[name] for name in ("code", "key", "title", "title_en", "state", "days_left", "waivable")}
    day = None if ready_on is None else dt.date.fromisoformat(ready_on)
    return OpenItem(**known, lead=lead, lead_title=names[0], lead_title_en=names[1], ready_on=day)


problems.CONSTRAINTS["checklist_gate"] = refused_by_database
