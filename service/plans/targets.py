"""Monthly targets (供地方案月度目标): what a plot is to reach in which month, and when that may be moved. Pure."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from service.codes.loader import GIS_DATA
from service.parcels.lifecycle import EventKind

FILE = GIS_DATA / "rules" / "plan_targets.toml"
_MOST_DAYS = 27


class TargetKind(StrEnum):
    """What is to be reached."""

    siting = "siting"
    design = "design"
    scheme = "scheme"
    notice = "notice"
    listing = "listing"
    sale = "sale"


NAMES: Mapping[TargetKind, tuple[str, str]] = {
    TargetKind.siting: ("项目选址", "Siting"),
    TargetKind.design: ("方案设计", "Design"),
    TargetKind.scheme: ("供地方案", "Supply scheme"),
    TargetKind.notice: ("公告", "Notice"),
    TargetKind.listing: ("挂牌", "Listing"),
    TargetKind.sale: ("摘牌", "Sale"),
}

REACHED_BY: Mapping[TargetKind, EventKind] = {
    TargetKind.scheme: EventKind.approve_scheme,
    TargetKind.notice: EventKind.announce,
    TargetKind.listing: EventKind.open_listing,
    TargetKind.sale: EventKind.sell,
}
"""The event of the parcel that reaches a target; siting and design have none of their own."""


class TargetStanding(StrEnum):
    """How a target stands on a day."""

    undated = "undated"
    due = "due"
    later = "later"
    overdue = "overdue"
    met = "met"
    met_late = "met_late"


class Lock(NamedTuple):
    """From how many days before its end a month's targets are locked."""

    days_before_month_end: int
    source: str


class BrokenTargetRules(ValueError):
    """`gis_data/rules/plan_targets.toml` can't be used."""


@cache
def lock() -> Lock:
    """Return the rule in force. Raises BrokenTargetRules."""
    try:
        found = Lock(**tomllib.loads(FILE.read_text(encoding="utf-8"))["lock"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise BrokenTargetRules(f"{FILE.name}: {fault}") from fault
    if type(found.days_before_month_end) is not int or not 0 <= found.days_before_month_end <= _MOST_DAYS:
        raise BrokenTargetRules(f"{FILE.name}: days_before_month_end must be 0 to {_MOST_DAYS}")
    return found


lock()


def month_of(day: dt.date) -> dt.date:
    """Return the month of a day, as its first day.

    >>> month_of(dt.date(2022, 11, 15))
    datetime.date(2022, 11, 1)
    """
    return day.replace(day=1)


def end_of(month: dt.date) -> dt.date:
    """Return the last day of a month.

    >>> end_of(dt.date(2024, 2, 1))
    datetime.date(2024, 2, 29)
    """
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def is_locked(month: dt.date | None, today: dt.date, days: int) -> bool:
    """Whether a month's targets are locked: its last `days` days have begun, or it is past.

    >>> [is_locked(dt.date(2022, 11, 1), dt.date(2022, 11, day), 5) for day in (25, 26)]
    [False, True]
    """
    return month is not None and today > end_of(month) - dt.timedelta(days=days)


def needs_approval(before: dt.date | None, after: dt.date | None, today: dt.date, days: int) -> bool:
    """Whether moving a target out of one month into another needs an approver."""
    return is_locked(before, today, days) or is_locked(after, today, days)


def standing(month: dt.date | None, reached_on: dt.date | None, today: dt.date) -> TargetStanding:
    """Say how a target stands; a month is met until its last day.

    >>> str(standing(dt.date(2022, 11, 1), dt.date(2022, 12, 1), dt.date(2022, 12, 5)))
    'met_late'
    """
    if reached_on is not None and reached_on <= today:
        return TargetStanding.met if month is None or reached_on <= end_of(month) else TargetStanding.met_late
    if month is None:
        return TargetStanding.undated
    if today > end_of(month):
        return TargetStanding.overdue
    return TargetStanding.due if month_of(today) == month else TargetStanding.later
