"""A contract as its events make it. Pure: the command writes an event and sets the row from what this returns.

Events count in order of effect; of one day, in order of entry. Whether land can go on is for its parcels' stages to
say (`parcels.lifecycle`); here stands what no parcel knows: a contract begins, is paid, registered and ended once.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from service.contracts.legal import Payment
from service.contracts.lifecycle import ENDS, EVENT_TITLES, LIVE, ContractEventKind, ContractStage, IllegalContractEvent

_K = ContractEventKind
_AMOUNTS: Mapping[str, Decimal] = {
    "price_yuan": Decimal("0.01"),
    "late_rate_permille": Decimal("0.0001"),
    "planned_investment_yuan": Decimal("0.01"),
    "built_due_m2": Decimal("0.01"),
}
_DAYS = frozenset({"signed_on", "delivery_due_on", "start_due_on", "complete_due_on", "paid_on"})
_TEXTS = frozenset({"number", "supervision_number", "holder"})
_DATED: Mapping[ContractEventKind, str] = {
    _K.deliver: "delivered_on",
    _K.register: "registered_on",
    _K.start: "started_on",
    _K.complete: "completed_on",
    _K.rescind: "ended_on",
    _K.reclaim: "ended_on",
}
_ONCE = frozenset({_K.sign, _K.pay, _K.register})


class Happened(NamedTuple):
    """A kept event as replay needs it."""

    kind: ContractEventKind
    effective_on: dt.date
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the events make of a contract: the columns of its row, and its instalments."""

    number: str
    holder: str
    signed_on: dt.date
    supervision_number: str | None = None
    price_yuan: Decimal | None = None
    late_rate_permille: Decimal | None = None
    delivery_due_on: dt.date | None = None
    start_due_on: dt.date | None = None
    complete_due_on: dt.date | None = None
    planned_investment_yuan: Decimal | None = None
    built_due_m2: Decimal | None = None
    paid_on: dt.date | None = None
    delivered_on: dt.date | None = None
    registered_on: dt.date | None = None
    started_on: dt.date | None = None
    completed_on: dt.date | None = None
    ended_on: dt.date | None = None
    stage: ContractStage = ContractStage.in_force
    instalments: tuple[Payment, ...] = ()


COLUMNS = tuple(name for name in Standing.__dataclass_fields__ if name != "instalments")


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event sets as it is kept: JSON, amounts to the places of their columns.

    >>> written({"price_yuan": Decimal("5"), "signed_on": dt.date(2022, 9, 1), "holder": "x"})
    {'price_yuan': '5.00', 'signed_on': '2022-09-01', 'holder': 'x'}
    """
    return {name: _written(name, value) for name, value in values.items()}


def _written(name: str, value: Any) -> Any:  # noqa: ANN401 - any kind of fact
    if name == "instalments":
        return [{"due_on": each.on.isoformat(), "yuan": f"{each.yuan:.2f}"} for each in value]
    match value:
        case Decimal():
            return str(value.quantize(_AMOUNTS[name]))
        case dt.date():
            return value.isoformat()
    return value


def read(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return those kept facts that are columns of the contract, or its instalments, as values."""
    return {name: _read(name, value) for name, value in facts.items() if name in _KNOWN}


_KNOWN = {*_AMOUNTS, *_DAYS, *_TEXTS, "instalments"}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - any kind of fact
    if name == "instalments":
        return tuple(Payment(dt.date.fromisoformat(each["due_on"]), Decimal(each["yuan"])) for each in value)
    if value is None or name in _TEXTS:
        return value
    return dt.date.fromisoformat(value) if name in _DAYS else Decimal(value)


def replay(events: Iterable[Happened]) -> Standing | None:
    """Return what the events make of the contract, None without any. Raises IllegalContractEvent."""
    found: Standing | None = None
    seen: set[ContractEventKind] = set()
    for event in sorted(events, key=lambda each: each.effective_on):
        found = _after(found, event, seen)
        seen.add(event.kind)
    return found


def _after(before: Standing | None, event: Happened, seen: set[ContractEventKind]) -> Standing:
    if (before is None) != (event.kind is _K.sign) or event.kind in seen & _ONCE:
        raise _illegal(event.kind)
    if before is None:
        return Standing(**read(event.facts))
    if before.stage not in LIVE:
        raise _illegal(event.kind)
    values = read(event.facts)
    if event.kind in _DATED:
        values[_DATED[event.kind]] = event.effective_on
    if event.kind in ENDS:
        values["stage"] = ENDS[event.kind]
    return replace(before, **values)


def enter(events: Sequence[Happened], new: Happened) -> Standing:
    """Return what the contract is with one more event, after those of the same day. Raises IllegalContractEvent.

    >>> enter([], Happened(_K.deliver, dt.date(2022, 1, 1), {}))
    Traceback (most recent call last):
    service.contracts.lifecycle.IllegalContractEvent: The contract can't take “Hand over” on that day.
    """
    found = replay([*events, new])
    if found is None:
        raise _illegal(new.kind)
    return found


def _illegal(kind: ContractEventKind) -> IllegalContractEvent:
    zh, en = EVENT_TITLES[kind]
    return IllegalContractEvent(
        f"合同在该日不能办理“{zh}”。", f"The contract can't take “{en}” on that day.", facts={"event": kind}
    )
