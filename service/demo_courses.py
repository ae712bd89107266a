"""Which parcels of the demo are acted out through schemes, lots and contracts, and with what invented figures. Pure."""

import csv
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from service.codes.loader import GIS_DATA
from service.core import clock
from service.parcels.lifecycle import EventKind

EVENTS = GIS_DATA / "seed" / "events.csv"
_E = EventKind
_SINCE = dt.date(2018, 1, 1)
"""A parcel is acted out from its scheme on, if that was approved after this day."""
_MOST: Mapping[EventKind, int] = {
    _E.approve_scheme: 6, _E.contract: 6, _E.pay: 4, _E.deliver: 4, _E.start: 4, _E.complete: 2, _E.reclaim: 1,
    _E.suspect_idle: 3, _E.confirm_idle: 3, _E.dispose_idle: 2, _E.dismiss_idle: 2,
}  # fmt: skip
"""How many parcels of a last step; of what is not named here, all."""
_BESIDES = frozenset({"ZDLJ-019-02", "ZDBS-062-01"})
"""Industry sold as standard land, acted out besides: enough years for every consequence."""
_PRICES = {"residential": Decimal(9000), "commercial": Decimal(7500), "industrial": Decimal(600)}
_COMPANIES = ("示例置业", "示例实业", "示例城建", "示例科技", "示例物流", "示例商贸", "示例制造", "示例文旅")


class Happening(NamedTuple):
    """A line of the seed."""

    on: dt.date
    code: str
    kind: EventKind
    note: str | None


@cache
def histories() -> Mapping[str, Sequence[Happening]]:
    """Return every parcel's events, in order."""
    found: dict[str, list[Happening]] = {}
    with EVENTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = (dt.date.fromisoformat(row["effective_on"]), row["code"], _E(row["kind"]), row["note"] or None)
            found.setdefault(row["code"], []).append(Happening(*line))
    return found


@cache
def acted() -> frozenset[str]:
    """Return the parcels that are acted out: all in the market, and some of those supplied or idle since."""
    taken: dict[EventKind, int] = {}
    chosen = set()
    for code, events in sorted(histories().items(), reverse=True):
        kinds = [event.kind for event in events]
        approved = next((event.on for event in events if event.kind is _E.approve_scheme), None)
        if approved is None or approved < _SINCE:
            continue
        last = next(kind for kind in reversed(kinds) if kind not in {_E.suspend, _E.resume})
        taken[last] = taken.get(last, 0) + 1
        if taken[last] <= _MOST.get(last, len(histories())) or code in _BESIDES:
            chosen.add(code)
    return frozenset(chosen)


def entered(events: Sequence[Happening]) -> Sequence[Happening]:
    """Return the part of a parcel's past that is entered as events: all of it, or what comes before its scheme."""
    if events[0].code not in acted():
        return events
    return events[: [event.kind for event in events].index(_E.approve_scheme)]


def acts() -> Iterator[Happening]:
    """Yield what is acted out, day by day."""
    own = [event for code in acted() for event in histories()[code][len(entered(histories()[code])) :]]
    order = {kind: place for place, kind in enumerate(_E)}
    yield from sorted(own, key=lambda event: (event.on, order[event.kind], event.code))


def at(day: dt.date, hour: int) -> dt.datetime:
    """Return an hour of a day in China."""
    return dt.datetime.combine(day, dt.time(hour), clock.CHINA)


def following(event: Happening, *kinds: EventKind) -> dt.date | None:
    """Return the day on which the first of `kinds` follows in the same parcel's past; None: never."""
    events = histories()[event.code]
    later = events[events.index(event) + 1 :] if event in events else ()
    return next((each.on for each in later if each.kind in kinds), None)


def throw(code: str, what: str, sides: int) -> int:
    """Return a number below `sides`, always the same for a parcel and a purpose."""
    return int.from_bytes(hashlib.sha256(f"{what}/{code}".encode()).digest()[:6]) % sides


def benchmark(use: str) -> Decimal:
    """Return an invented benchmark price of a use, yuan per m² of land."""
    return _PRICES.get(use, Decimal(2400))


def floor(code: str, use: str, area_m2: Decimal) -> Decimal:
    """Return an invented floor price in whole 万元, as yuan: between 85 and 115 % of the benchmark."""
    share = Decimal(85 + throw(code, "floor", 31)) / 100
    return (benchmark(use) * share * area_m2 / 10_000).quantize(Decimal(1)) * 10_000


def premium(code: str) -> Decimal:
    """Return by how many increments (of 1 % of the start price) the best offer is above the start price."""
    return Decimal((0, 0, 0, 0, 1, 2, 4, 7, 12)[throw(code, "premium", 9)])


def company(code: str, nth: int = 0) -> str:
    """Return an invented company."""
    place = throw(code, "company", len(_COMPANIES)) + nth
    return f"{_COMPANIES[place % len(_COMPANIES)]}有限公司（示意{throw(code, 'number', 90) + 10}）"
