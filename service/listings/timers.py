"""What is due with a lot and by when: what the clock will do, and what officers owe after the end of a round. Pure."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from service.core import clock
from service.listings import legal
from service.listings.lifecycle import LotHold, LotStage
from service.rules.book import RuleBook
from service.rules.calendar import Calendar, Reckoned
from service.rules.rule import Rule


class DutyKind(StrEnum):
    """What is due: opening, closing, the end of a publicity, the sale's confirmation, its result, deposits back."""

    open = "open"
    close = "close"
    publicity = "publicity"
    confirm = "confirm"
    result = "result"
    refund = "refund"


class Timed(NamedTuple):
    """A lot as its duties need it; `deposits_left`: losers' deposits that are not back yet."""

    id: int
    number: str
    round: int
    jurisdiction: str
    method: str
    stage: LotStage
    hold: LotHold
    notice_on: dt.date | None
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    ended_on: dt.date | None
    sold_on: dt.date | None
    confirmed_on: dt.date | None
    result_on: dt.date | None
    deposits_left: int


class Duty(NamedTuple):
    """Something due: `done`, or still to do; `provisional`: the day leans on a calendar that is not issued yet."""

    kind: DutyKind
    subject: str
    id: int
    title: str
    due_on: dt.date
    done: bool
    provisional: bool = False


_S = LotStage
_WITH_RESULT = (_S.sold, _S.failed, _S.concluded)


def duties(lot: Timed, book: RuleBook, calendar: Calendar) -> Iterator[Duty]:
    """Give what is due with a lot; a suspended round has no day until it is resumed."""
    if lot.hold is LotHold.none:
        yield from _running(lot)
    if lot.sold_on is not None and lot.stage in {_S.sold, _S.concluded}:
        yield _duty(lot, DutyKind.confirm, lot.sold_on, done=lot.confirmed_on is not None)
    rule = None if lot.ended_on is None else book.at(lot.ended_on, lot.jurisdiction, method=lot.method).find("R15")
    if rule is not None and lot.ended_on is not None:
        yield from _after_the_end(lot, rule, lot.ended_on, calendar)


def _running(lot: Timed) -> Iterator[Duty]:
    if lot.stage is _S.announced and lot.opens_at is not None:
        yield _duty(lot, DutyKind.open, clock.day_of(lot.opens_at))
    ends = lot.closes_at or lot.opens_at  # an auction or tender is one session
    if ends is not None and lot.stage in {_S.open, _S.publicised}:
        kind = DutyKind.close if lot.stage is _S.open else DutyKind.publicity
        yield _duty(lot, kind, clock.day_of(ends))


def _after_the_end(lot: Timed, rule: Rule, ended_on: dt.date, calendar: Calendar) -> Iterator[Duty]:
    if lot.stage in _WITH_RESULT:
        due = legal.publication_due(rule, ended_on, calendar)
        yield _reckoned(lot, DutyKind.result, due, done=lot.result_on is not None)
    due = legal.refund_due(rule, ended_on, calendar)
    yield _reckoned(lot, DutyKind.refund, due, done=lot.deposits_left == 0)


def _reckoned(lot: Timed, kind: DutyKind, due: Reckoned, *, done: bool) -> Duty:
    return _duty(lot, kind, due.day, done=done)._replace(provisional=due.provisional)


def _duty(lot: Timed, kind: DutyKind, due_on: dt.date, *, done: bool = False) -> Duty:
    title = lot.number if lot.round == 1 else f"{lot.number}（第 {lot.round} 轮）"
    return Duty(kind, "lot", lot.id, title, due_on, done)
