"""What a lot is, by its events: terms, dates, stage and outcome follow from them and from nothing else. Pure.

An event's `facts` are JSON: money and instants as text, as they were set. A lot without events is a draft, whose terms
are its own.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, NamedTuple

from service.core import clock
from service.core.errors import Conflict
from service.listings.lifecycle import EVENT_TITLES, IllegalLotEvent, LotEventKind, LotHold, LotStage, LotState, after


class LaterLotEventBroken(Conflict):
    """A late entry that a later event can't follow; `broken` names that event."""

    code, title_zh, title_en = "later-lot-event-broken", "与其后的事件冲突", "A later event would not stand"


class Happened(NamedTuple):
    """A kept event as replay needs it."""

    kind: LotEventKind
    effective_on: dt.date
    happened_at: dt.datetime | None
    facts: Mapping[str, Any]

    @property
    def instant(self) -> dt.datetime:
        """When it happened; where only the day is known, when that began."""
        return self.happened_at or dt.datetime.combine(self.effective_on, dt.time.min, clock.CHINA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Everything about a lot that its events decide; names are those of the table's columns."""

    stage: LotStage = LotStage.draft
    hold: LotHold = LotHold.none
    held_since: dt.datetime | None = None
    notice_on: dt.date | None = None
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    floor_yuan: Decimal | None = None
    start_yuan: Decimal | None = None
    increment_yuan: Decimal | None = None
    ceiling_yuan: Decimal | None = None
    deposit_yuan: Decimal | None = None
    indicators: list[dict[str, Any]] | None = None
    price_yuan: Decimal | None = None
    winner: str | None = None
    ended_on: dt.date | None = None
    sold_on: dt.date | None = None
    confirmed_on: dt.date | None = None
    result_on: dt.date | None = None


COLUMNS = tuple(each.name for each in fields(Projection))

_K = LotEventKind
_READ: Mapping[str, Callable[[Any], object]] = {
    "opens_at": dt.datetime.fromisoformat,
    "closes_at": dt.datetime.fromisoformat,
    "floor_yuan": Decimal,
    "start_yuan": Decimal,
    "increment_yuan": Decimal,
    "ceiling_yuan": Decimal,
    "deposit_yuan": Decimal,
    "price_yuan": Decimal,
    "indicators": list,
    "winner": str,
}
"""What an event may set by its facts, and how it is read; other facts tell only."""

_DAY_OF: Mapping[LotEventKind, Sequence[str]] = {
    _K.announce: ("notice_on",),
    _K.publicise: ("notice_on",),
    _K.sell: ("sold_on", "ended_on"),
    _K.award: ("ended_on",),
    _K.fail: ("ended_on",),
    _K.terminate: ("ended_on",),
    _K.confirm: ("confirmed_on",),
    _K.publish_result: ("result_on",),
}
"""The days that an event sets to its own."""


def written(facts: Mapping[str, object]) -> dict[str, Any]:
    """Write facts as JSON that reads back to the same.

    >>> written({"price_yuan": Decimal("5"), "winner": "甲"})
    {'price_yuan': '5.00', 'winner': '甲'}
    """
    return {name: _text(value) for name, value in facts.items()}


def _text(value: object) -> object:
    match value:
        case Decimal():
            return f"{value:.2f}"
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date():
            return value.isoformat()
    return value


def replay(events: Iterable[Happened]) -> Projection:
    """Return what a lot is after events, taken in order of effect; those of one day in the order given.

    Raises:
        IllegalLotEvent: an event can't follow those before it.

    """
    lot = Projection()
    for event in sorted(events, key=lambda each: each.effective_on):
        lot = _follow(lot, event)
    return lot


def _follow(lot: Projection, event: Happened) -> Projection:
    stage, hold = after(LotState(lot.stage, lot.hold), event.kind)
    values: dict[str, Any] = {
        name: None if value is None else _READ[name](value) for name, value in event.facts.items() if name in _READ
    }
    values |= dict.fromkeys(_DAY_OF.get(event.kind, ()), event.effective_on)
    if event.kind is _K.suspend:
        values["held_since"] = event.instant
    elif hold is LotHold.none:
        values["held_since"] = None
    return replace(lot, stage=stage, hold=hold, **values)


def enter(events: Sequence[Happened], new: Happened) -> Projection:
    """Return what a lot is with an event that is entered among kept ones, after those of the same day.

    Raises:
        IllegalLotEvent: it was not possible on that day.
        LaterLotEventBroken: it was, but then a later event was not.

    """
    ordered = sorted(events, key=lambda each: each.effective_on)
    earlier = [each for each in ordered if each.effective_on <= new.effective_on]
    lot = _follow(replay(earlier), new)
    for event in ordered[len(earlier) :]:
        try:
            lot = _follow(lot, event)
        except IllegalLotEvent as refused:
            day, (zh, en) = event.effective_on, EVENT_TITLES[event.kind]
            raise LaterLotEventBroken(
                f"补记后，{day} 的“{zh}”不再成立：{refused.zh}",
                f"With this event, “{en}” of {day} would no longer stand: {refused.en}",
                facts={"event": new.kind, "broken": {"kind": event.kind, "effective_on": day}},
            ) from refused
    return lot
