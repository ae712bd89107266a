"""The two forms in which the law sets time: something lasts at least so long, or is done by a day. Pure.

The day of the event itself is not counted: ten days from 1 March end on 11 March.
"""

import datetime as dt

from service.core.plurals import Count
from service.rules.calendar import Reckoned
from service.rules.finding import Finding, Words, found
from service.rules.rule import Rule


def too_short(
    rule: Rule, what: Words, begins_on: dt.date, ends_on: dt.date, *, needed: int, earliest: Reckoned | None = None
) -> Finding | None:
    """Return a finding if less than `needed` days lie between two days; `earliest`: the end, in working days."""
    end = earliest.day if earliest else begins_on + dt.timedelta(days=needed)
    if ends_on >= end:
        return None
    days = (ends_on - begins_on).days
    zh, en = ("个工作日", "working day|working days") if earliest else ("日", "day|days")
    return found(
        rule,
        Words(
            f"{what.zh}{begins_on} 至 {ends_on}(相隔 {days} 日),不足 {needed} {zh}",
            f"{what.en}: {begins_on} to {ends_on} ({Count(days):day|days} apart), less than {Count(needed):{en}}",
        ),
        Words(f"不早于 {end}", f"{end} or later"),
        provisional=earliest is not None and earliest.provisional,
        begins_on=begins_on,
        ends_on=ends_on,
        days=days,
        due_on=end,
    )


def late(rule: Rule, what: Words, due: Reckoned | dt.date, day: dt.date) -> Finding | None:
    """Return a finding if `day`, when it was done or today, lies after the last day in time."""
    due_on, provisional = (due, False) if isinstance(due, dt.date) else (due.day, due.provisional)
    if day <= due_on:
        return None
    days = (day - due_on).days
    return found(
        rule,
        Words(f"{what.zh}期限 {due_on},已逾期 {days} 日", f"{what.en}: due on {due_on}, {Count(days):day|days} late"),
        Words(f"最迟 {due_on};已逾期的尽快补办", f"by {due_on}; once late, without delay"),
        provisional=provisional,
        due_on=due_on,
        days=days,
    )
