"""The clock of idle land (闲置土地, R60–R68): from the facts of a contract and a day to state, dates, fee. Pure.

A period of n years after a day ends with the same day n years on; only the day after it is over (民法典 201–202). Time
that does not count (R66) pushes every date that it meets; while it lasts, no end of it is known.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from service.core.plurals import Count
from service.rules.book import Law
from service.rules.calendar import MONTHS_IN_YEAR, Calendar, add_years
from service.rules.finding import Finding, Words, found, plain
from service.rules.rule import Rule
from service.rules.terms import late

CENT = Decimal("0.01")
ONE_DAY = dt.timedelta(days=1)


class ClockState(StrEnum):
    """Where the clock stands."""

    unknown = "unknown"  # neither an agreed start nor a hand-over
    running = "running"  # the start is not due yet
    paused = "paused"  # time that does not count goes on
    overdue = "overdue"  # the start is due, for less than a year
    idle = "idle"  # R60, or R61 may be found
    recoverable = "recoverable"  # R65
    building = "building"
    completed = "completed"


class Milestone(StrEnum):
    """A date on the clock."""

    start = "start"
    alarm = "alarm"
    idle = "idle"
    recovery = "recovery"
    notice = "notice"
    answer = "answer"


@dataclass(frozen=True, slots=True)
class Excluded:
    """Time that does not count, by a reason code of R66; both days are in it, no end: it goes on."""

    reason: str
    begins_on: dt.date
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Works:
    """How far works are, for R61. `stopped_on`: the first day without work; investment as counted by `counted`."""

    stopped_on: dt.date | None
    built_m2: Decimal
    due_m2: Decimal
    invested_yuan: Decimal
    planned_yuan: Decimal


@dataclass(frozen=True, slots=True)
class Holding:
    """A contract as the clock sees it. `start_due` holds an agreed extension; the last three belong to an inquiry."""

    price_yuan: Decimal
    start_due: dt.date | None
    handed_over_on: dt.date | None
    started_on: dt.date | None = None
    completed_on: dt.date | None = None
    excluded: tuple[Excluded, ...] = ()
    works: Works | None = None
    suspected_on: dt.date | None = None
    notice_on: dt.date | None = None
    answered_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A date on the clock and the rule it comes from; `months` after the start was due, for an alarm."""

    milestone: Milestone
    rule: str
    on: dt.date
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock says on a day. `fee_yuan` is due once the land is found idle; None: none, or recovery instead."""

    state: ClockState
    dates: tuple[Due, ...]
    excluded_days: int
    fee_yuan: Decimal | None
    findings: tuple[Finding, ...]


def counted(total: Decimal, *, land_price: Decimal, taxes: Decimal) -> Decimal:
    """Return the investment that counts for R61: without land price and taxes (R62), never below 0.

    >>> counted(Decimal(900), land_price=Decimal(600), taxes=Decimal(50))
    Decimal('250')
    """
    return max(total - land_price - taxes, Decimal(0))


def read(law: Law, holding: Holding, today: dt.date, calendar: Calendar) -> Reading:
    """Read the clock; a rule that is not in force has no say."""
    due = _start_due(law, holding, calendar)
    inquiry = tuple(_inquiry(law, holding, today))
    if holding.completed_on is not None:
        return Reading(ClockState.completed, (), 0, None, ())
    if holding.started_on is not None:
        stopped = _stopped(law, holding.works, today, calendar)
        due_fee = fee(law, holding.price_yuan) if stopped else None
        dates = tuple(_inquiry_dates(law, holding))
        state = ClockState.idle if stopped else ClockState.building
        return Reading(state, dates, 0, due_fee, (*stopped, *inquiry))
    if due is None:
        return Reading(ClockState.unknown, (), 0, None, inquiry)
    return _not_started(law, holding, due, today, calendar)


def _not_started(law: Law, holding: Holding, due: dt.date, today: dt.date, calendar: Calendar) -> Reading:
    excluded = _excluded(law, holding.excluded, due, today)
    dates = tuple(_dates(law, due, excluded, calendar))
    days = sum((last - first).days + 1 for first, last in excluded)
    on = {each.milestone: each.on for each in dates if each.months is None}
    idle = Milestone.idle in on and today > on[Milestone.idle]
    gone = Milestone.recovery in on and today > on[Milestone.recovery]
    going_on = any(each.ends_on is None and each.begins_on <= today for each in _recognised(law, holding.excluded))
    state = (
        (gone and ClockState.recoverable)
        or (idle and ClockState.idle)
        or (going_on and ClockState.paused)
        or (today > due and ClockState.overdue)
        or ClockState.running
    )
    findings = (
        *_told(law, state, due, dates, today, days),
        *_inquiry(law, holding, today),
    )
    due_fee = fee(law, holding.price_yuan) if state is ClockState.idle else None
    return Reading(state, (*dates, *_inquiry_dates(law, holding)), days, due_fee, findings)


def _start_due(law: Law, holding: Holding, calendar: Calendar) -> dt.date | None:
    if holding.start_due is not None:
        return holding.start_due
    rule = law.find("R68")
    if rule is None or holding.handed_over_on is None:
        return None
    return add_years(calendar, holding.handed_over_on, rule.whole("years"))


def _recognised(law: Law, spans: Sequence[Excluded]) -> list[Excluded]:
    rule = law.find("R66")
    reasons = rule.names("reasons") if rule else ()
    return [span for span in spans if span.reason in reasons]


def _excluded(law: Law, spans: Sequence[Excluded], due: dt.date, today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the days after `due` and up to today that do not count, as spans apart from each other."""
    united: list[tuple[dt.date, dt.date]] = []
    for span in sorted(_recognised(law, spans), key=lambda each: each.begins_on):
        first = max(span.begins_on, due + ONE_DAY)
        last = min(span.ends_on or today, today)
        if united and first <= united[-1][1] + ONE_DAY:
            first, last = united[-1][0], max(last, united[-1][1])
            united.pop()
        if first <= last:
            united.append((first, last))
    return united


def _after(due: dt.date, months: int, excluded: Sequence[tuple[dt.date, dt.date]], calendar: Calendar) -> dt.date:
    """Return the last day of a period, pushed by the days in it that do not count."""
    last = calendar.add_months(due, months)
    for first, end in excluded:
        if first > last:
            break
        last += end - first + ONE_DAY
    return last


def _dates(law: Law, due: dt.date, excluded: Sequence[tuple[dt.date, dt.date]], calendar: Calendar) -> Iterator[Due]:
    yield Due(Milestone.start, "R60", due)
    if idle := law.find("R60"):
        yield Due(Milestone.idle, "R60", _after(due, idle.whole("years") * MONTHS_IN_YEAR, excluded, calendar))
    if recovery := law.find("R65"):
        for months in recovery.wholes("alarms"):
            yield Due(Milestone.alarm, "R65", _after(due, months, excluded, calendar), months)
        yield Due(Milestone.recovery, "R65", _after(due, recovery.whole("years") * MONTHS_IN_YEAR, excluded, calendar))


def _told(
    law: Law, state: ClockState, due: dt.date, dates: Sequence[Due], today: dt.date, days: int
) -> Iterator[Finding]:
    """Say what the state means: idle with its last alarm, or recoverable."""
    last = {each.milestone: each.on for each in dates if each.months is None}
    if state in {ClockState.idle, ClockState.recoverable} and (rule := law.find("R60")):
        years = rule.whole("years")
        what = Words(f"满 {years} 年未动工", f"not started for {years} year(s)")
        yield _not_in_time(rule, what, due, last[Milestone.idle], days)
    if (rule := law.find("R65")) is None:
        return
    passed = [each for each in dates if each.months is not None and each.on <= today]
    if state is ClockState.recoverable:
        years = rule.whole("years")
        what = Words(f"满 {years} 年未动工,可无偿收回", f"not started for {Count(years):year|years}: may be recovered")
    elif passed:
        months = passed[-1].months or 0
        what = Words(f"已满 {months} 个月未动工", f"{Count(months):month|months} without a start")
    else:
        return
    yield _not_in_time(rule, what, due, last[Milestone.recovery], days)


def _not_in_time(rule: Rule, what: Words, due: dt.date, limit: dt.date, days: int) -> Finding:
    return found(
        rule,
        Words(f"约定动工 {due},{what.zh}(期限 {limit})", f"start agreed for {due}, {what.en} (limit {limit})"),
        Words("依法动工,或证明不计入的时间", "start in law, or prove time that does not count"),
        agreed_on=due,
        due_on=limit,
        excluded_days=days,
    )


def _stopped(law: Law, works: Works | None, today: dt.date, calendar: Calendar) -> tuple[Finding, ...]:
    """R61: too little built or invested, and no work for a year, of which the first day without work is one."""
    rule = law.find("R61")
    if rule is None or works is None or works.stopped_on is None:
        return ()
    years, least_built, least_invested = rule.whole("years"), rule.fraction("built"), rule.fraction("invested")
    if today < add_years(calendar, works.stopped_on, years):
        return ()
    built, invested = _ratio(works.built_m2, works.due_m2), _ratio(works.invested_yuan, works.planned_yuan)
    if built >= least_built and invested >= least_invested:
        return ()
    return (
        found(
            rule,
            Words(
                f"{works.stopped_on} 起中止建设满 {years} 年,已建 {_percent(built)}、已投资 {_percent(invested)}",
                f"no work since {works.stopped_on} ({years} y); {_percent(built)} built, {_percent(invested)} invested",
            ),
            Words(
                f"复工;建设面积达到 {least_built} 且投资达到 {_percent(least_invested)} 的不在此列",
                f"resume works; {least_built} built and {_percent(least_invested)} invested would be enough",
            ),
            begins_on=works.stopped_on,
            built_share=_rounded(built),
            invested_share=_rounded(invested),
        ),
    )


def _ratio(part: Decimal, whole: Decimal) -> Fraction:
    return Fraction(part) / Fraction(whole) if whole else Fraction(0)


def _percent(share: Fraction) -> str:
    return f"{plain(_rounded(share) * 100)}%"


def _rounded(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) / share.denominator).quantize(Decimal("0.0001"))


def fee(law: Law, price_yuan: Decimal) -> Decimal | None:
    """R64: the most that land found idle costs; None: the rule is not in force."""
    rule = law.find("R64")
    if rule is None:
        return None
    return (rule.number("share") * price_yuan).quantize(CENT, ROUND_HALF_UP)


def _inquiry_dates(law: Law, holding: Holding) -> Iterator[Due]:
    rule = law.find("R67")
    if rule is None:
        return
    if holding.suspected_on is not None:
        yield Due(Milestone.notice, rule.id, holding.suspected_on + dt.timedelta(days=rule.whole("notice")))
    if holding.notice_on is not None:
        yield Due(Milestone.answer, rule.id, holding.notice_on + dt.timedelta(days=rule.whole("answer")))


def _inquiry(law: Law, holding: Holding, today: dt.date) -> Iterator[Finding]:
    """R67: the notice follows the suspicion, the answer follows the notice."""
    rule = law.find("R67")
    if rule is None:
        return
    steps = {
        Milestone.notice: (Words("闲置土地调查通知书", "investigation notice"), holding.notice_on),
        Milestone.answer: (Words("使用权人书面说明", "the holder's answer"), holding.answered_on),
    }
    for each in _inquiry_dates(law, holding):
        what, done_on = steps[each.milestone]
        finding = late(rule, what, each.on, done_on or today)
        if finding is not None:
            yield finding
