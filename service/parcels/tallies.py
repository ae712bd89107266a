"""How many parcels stand in each state and township, and how much land: from counts kept beforehand, on any day.

Now is a row a township, and those added since it was folded. A past day is a sum over spans of days
(`tally_models.py`). What was known at some time is that day's count put right for the parcels of which something was
recorded since: the cost grows with their number.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import add
from typing import NamedTuple

import orjson

from service.accounts.access import Actor
from service.core import clock
from service.parcels import reading, selection
from service.parcels.lifecycle import Hold, Idle, Stage
from service.parcels.selection import Fragment, Selection


class Tally(NamedTuple):
    """Parcels of one township (or none) in one state."""

    jurisdiction: str
    region: str | None
    stage: Stage
    hold: Hold
    idle: Idle
    n: int
    area_m2: float


_NOW = """SELECT j.code, r.code, p.states::text FROM region_tally AS p
JOIN jurisdiction AS j ON j.id = p.jurisdiction_id LEFT JOIN region AS r ON r.id = p.region_id WHERE {placed}"""
_KEY = "p.jurisdiction_id, p.region_id, {state}.stage, {state}.hold, {state}.idle"
_SUMMED = """SELECT j.code, r.code, t.stage, t.hold, t.idle, t.n::int, t.area_m2::float8 FROM (
    SELECT jurisdiction_id, region_id, stage, hold, idle, sum(n) AS n, sum(area_m2) AS area_m2
    FROM ({rows}) AS c GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0) AS t
JOIN jurisdiction AS j ON j.id = t.jurisdiction_id LEFT JOIN region AS r ON r.id = t.region_id"""

# The spans before a day, from the longest: decades, then years of its decade, months of its year, days of its month.
_UNTIL = """(p.span = 0 AND p.begins_on < %(decade)s
    OR p.span = 1 AND p.begins_on >= %(decade)s AND p.begins_on < %(year)s
    OR p.span = 2 AND p.begins_on >= %(year)s AND p.begins_on < %(month)s
    OR p.span = 3 AND p.begins_on >= %(month)s AND p.begins_on <= %(as_of)s)"""

# Of whom something was recorded later that was true by that day: counted out as known now, and in as known then.
_LATE = """SELECT parcel_id FROM parcel_event WHERE recorded_at > %(known_at)s AND effective_on <= %(as_of)s
    UNION SELECT p.id FROM lineage_operation AS o JOIN parcel AS p ON p.retired_by = o.id
    WHERE o.recorded_at > %(known_at)s AND o.effective_on <= %(as_of)s
    UNION SELECT v.parcel_id FROM lineage_operation AS o JOIN lineage_revival AS v ON v.operation_id = o.id
    WHERE o.recorded_at > %(known_at)s AND o.effective_on <= %(as_of)s"""
# One parcel after another by its key (OFFSET 0 keeps the planner, which can't know how few they are, from reading all).
_CORRECTED = """SELECT {key}, {sign}, {sign} * p.area_m2 FROM late CROSS JOIN LATERAL (
    SELECT id, jurisdiction_id, region_id, area_m2, retired_by FROM parcel WHERE id = late.parcel_id OFFSET 0) AS p
    {state} {ended} WHERE {placed} AND s.stage IS NOT NULL AND o.id IS NULL"""


def tallies(connection: reading.Connection, actor: Actor, selected: Selection) -> Sequence[Tally]:
    """Return the visible parcels counted by township and state; of the filters those on place and the day count."""
    found = statement(actor, selected)
    rows = reading.run(connection, found.params, found.sql)
    return [*(_by_state(rows) if selected.moment.is_now else map(Tally._make, rows))]


def statement(actor: Actor, selected: Selection) -> Fragment:
    """Return the statement of `tallies`."""
    placed, moment = selection.placed(selected, actor), selected.moment
    if moment.is_now:
        return Fragment(_NOW.format(placed=placed.sql), placed.params)
    day = moment.as_of or clock.today()
    params = placed.params | _spans(day) | {"known_at": moment.known_at}
    key, late = _KEY.format(state="p"), ""
    rows = f"SELECT {key}, p.n, p.area_m2 FROM parcel_history_tally AS p WHERE {_UNTIL} AND {placed.sql}"  # noqa: S608 - our own fragments
    if moment.known_at is not None:
        late = f"WITH late AS ({_LATE}) "
        rows = " UNION ALL ".join((rows, _corrected(-1, placed, known=False), _corrected(1, placed, known=True)))
    return Fragment(late + _SUMMED.format(rows=rows), params)


def _by_state(rows: Iterable[tuple[str, str | None, str]]) -> Iterator[Tally]:
    """Give the states of the townships; several rows of one are summed, in integers."""
    places: dict[tuple[str, str | None], dict[str, list[int]]] = {}
    for jurisdiction, region, text in rows:
        states: dict[str, list[int]] = orjson.loads(text)
        kept = places.setdefault((jurisdiction, region), states)
        if kept is not states:
            for name, counted in states.items():
                kept[name] = [*map(add, kept.get(name, (0, 0)), counted)]
    for (jurisdiction, region), states in places.items():
        for name, (n, hundredths_m2) in states.items():
            if n:
                yield Tally(jurisdiction, region, *_state(name), n, hundredths_m2 / 100)


@cache
def _state(name: str) -> tuple[Stage, Hold, Idle]:
    """Return the state that `region_tally` writes so.

    >>> _state("sold none suspected")
    (<Stage.sold: 'sold'>, <Hold.none: 'none'>, <Idle.suspected: 'suspected'>)
    """
    stage, hold, idle = name.split()
    return Stage(stage), Hold(hold), Idle(idle)


def _spans(day: dt.date) -> dict[str, dt.date]:
    year = day.replace(month=1, day=1)
    decade = year.replace(year=day.year - day.year % 10)
    return {"as_of": day, "month": day.replace(day=1), "year": year, "decade": decade}


def _corrected(sign: int, placed: Fragment, *, known: bool) -> str:
    state, ended = selection.STATE_THEN, selection.ENDED_THEN
    if not known:
        state, ended = (each.replace("%(known_at)s", "NULL") for each in (state, ended))
    key = _KEY.format(state="s")
    return _CORRECTED.format(key=key, sign=sign, state=state, ended=ended, placed=placed.sql)
