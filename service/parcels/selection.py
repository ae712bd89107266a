"""Which parcels a request is about: filters, the caller's scope and the day, as SQL conditions with bound parameters.

Shared by every ready statement (`reading.py`, `facets.py`), so that a list, its counts and its exports never disagree.
In the fragments `p` is the parcel and `s` its state (stage, hold, idle, stage_since) now or on a day.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from service.accounts.access import Actor
from service.codes.queries import LAND_USE
from service.core import clock
from service.core.errors import BadRequest
from service.core.spelling import folded
from service.geo.bbox import Bbox
from service.parcels import identifiers, searching
from service.parcels.lifecycle import Hold, Idle, Stage

STATE_NOW = "CROSS JOIN LATERAL (SELECT p.stage, p.hold, p.idle, p.stage_since) AS s"

# What events in force leave behind: for each of the three the last value that was set.
LAST_SET = """
    (array_agg(stage ORDER BY effective_on DESC, id DESC) FILTER (WHERE stage IS NOT NULL))[1] AS stage,
    (array_agg(hold ORDER BY effective_on DESC, id DESC) FILTER (WHERE hold IS NOT NULL))[1] AS hold,
    (array_agg(idle ORDER BY effective_on DESC, id DESC) FILTER (WHERE idle IS NOT NULL))[1] AS idle,
    max(effective_on) FILTER (WHERE stage IS NOT NULL) AS stage_since"""

# In force on the day, as far as it was known: one index scan a parcel.
_IN_FORCE = """FROM parcel_event WHERE parcel_id = p.id AND effective_on <= %(as_of)s
    AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')"""
STATE_THEN = f"CROSS JOIN LATERAL (SELECT {LAST_SET} {_IN_FORCE}) AS s"

# What codes are compared and ordered by: an index holds it.
CODE_KEY_OF = 'upper({}.code COLLATE "C")'
CODE_KEY = CODE_KEY_OF.format("p")
# The split or merge that ended a parcel: `o`, null where none has by then.
_ENDED_NOW = "LEFT JOIN lineage_operation AS o ON o.id = p.retired_by"
# As far as it was known then: one that was taken back later had ended it.
ENDED_THEN = """LEFT JOIN lineage_operation AS o ON o.id = coalesce(
        (SELECT u.undoes FROM lineage_revival AS v JOIN lineage_operation AS u ON u.id = v.operation_id
         JOIN lineage_operation AS undone ON undone.id = u.undoes
         WHERE v.parcel_id = p.id AND undone.recorded_at <= %(known_at)s AND u.recorded_at > %(known_at)s),
        p.retired_by)
    AND o.effective_on <= %(as_of)s AND o.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')"""
# Codes of the parcels that stand for one that `o` ended: what it made, or what stands again since.
SUCCESSORS = """ARRAY(SELECT n.code FROM (
    SELECT id, code FROM parcel WHERE made_by = o.id
    UNION ALL SELECT p.id, p.code FROM lineage_revival AS v JOIN parcel AS p ON p.id = v.parcel_id
        WHERE v.operation_id = o.id) AS n ORDER BY n.id)"""

# Evaluated once a statement, and then an index condition like any other.
VISIBLE = "p.jurisdiction_id = ANY (ARRAY(SELECT id FROM jurisdiction WHERE code = ANY (%(scope)s)))"

# What a number may be: the code, else the cadastral code, else the lot number, which several parcels may share; each of
# a parcel that may be seen, for a stranger's code must not hide the own lot of that number. `coalesce` looks no further
# than it has to.
_OF_NUMBER = """AS a (asked, code, cadastral, lot, n) JOIN parcel AS p ON p.id = ANY (coalesce(
    (SELECT ARRAY[p.id] FROM parcel AS p WHERE {code_key} = a.code AND {visible}),
    (SELECT ARRAY[p.id] FROM parcel AS p WHERE p.cadastral_code = a.cadastral AND {visible}),
    (SELECT array_agg(p.id ORDER BY p.id) FROM parcel AS p WHERE p.lot_number = a.lot AND {visible})))"""
_MANY = "unnest(%(asked)s::text[], %(code)s::text[], %(cadastral)s::text[], %(lot)s::text[]) WITH ORDINALITY"
# A single number gets a text of its own: with an array, whose length counts, PostgreSQL plans every time anew (0.2 ms).
_ONE = "(VALUES (%(asked)s::text, %(code)s::text, %(cadastral)s::text, %(lot)s::text, 1))"

CHINA = Bbox(73, 3, 136, 54)
"""Where parcels can be, degrees; the table's constraint says the same."""

_LAND_USE = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9_]{0,40}):)?(?P<code>[0-9A-Za-z]{1,12})", re.ASCII)
_LAST_CHARACTER = "\U0010ffff"
_MOST_WORDS = 6


class Fragment(NamedTuple):
    """A piece of SQL and what is bound in it."""

    sql: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The day and the knowledge that a state is asked for; both None: now."""

    as_of: dt.date | None = None
    known_at: dt.datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether the kept state answers it."""
        return self.as_of is None and self.known_at is None

    @property
    def state(self) -> Fragment:
        """Return the join that gives `s`."""
        if self.is_now:
            return Fragment(STATE_NOW, {})
        return Fragment(STATE_THEN, {"as_of": self.as_of or clock.today(), "known_at": self.known_at})

    @property
    def ended(self) -> Fragment:
        """Return the join that gives `o`; what it binds, `state` binds too."""
        return Fragment(_ENDED_NOW if self.is_now else ENDED_THEN, {})


NOW = Moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Filters of a list; an empty one selects every parcel that the caller may see and that still stands.

    Values of one filter are choices. `land_use` is a prefix of the main use's code, of the list of 2023 unless it says
    `scheme:code`. `region` is a township or a county. `q` is words of which each must occur in code, name, lot number,
    cadastral code or address, in either case and width and with brackets of any kind. What is split or merged away
    stands no longer.
    """

    code: Sequence[str] = ()
    stage: Sequence[Stage] = ()
    hold: Sequence[Hold] = ()
    idle: Sequence[Idle] = ()
    jurisdiction: Sequence[str] = ()
    region: Sequence[str] = ()
    land_use: Sequence[str] = ()
    area_min_m2: float | None = None
    area_max_m2: float | None = None
    bbox: Bbox | None = None
    q: str | None = None
    moment: Moment = field(default=NOW)

    @property
    def is_narrow(self) -> bool:
        """Whether there is a box, no larger than a screen of some streets."""
        box = self.bbox and _cut(self.bbox)
        return box is not None and (box.east - box.west) * (box.north - box.south) <= _NARROW


def visible(actor: Actor) -> Fragment:
    """Return the condition that keeps an actor to its jurisdictions."""
    if actor.jurisdictions is None:
        return Fragment("true", {})
    return Fragment(VISIBLE, {"scope": sorted(actor.jurisdictions)})


def asked(numbers: Sequence[str], actor: Actor) -> Fragment:
    """Return the source of the visible parcels with these numbers: `p`, and `a` with number as asked and place `n`."""
    allowed = visible(actor)
    found = _OF_NUMBER.format(code_key=CODE_KEY, visible=allowed.sql)
    columns: dict[str, list[str] | list[str | None]] = {
        "asked": list(numbers),
        "code": [folded(each) for each in numbers],
        "cadastral": [cadastral_code_in(each) for each in numbers],
        "lot": [identifiers.normalise_lot_number(each) for each in numbers],
    }
    if len(numbers) == 1:
        one = {name: values[0] for name, values in columns.items()}
        return Fragment(f"{_ONE} {found}", allowed.params | one)
    return Fragment(f"{_MANY} {found}", allowed.params | columns)


def cadastral_code_in(text: str) -> str | None:
    """Return the cadastral code that a text is, or that a unit code begins with.

    >>> cadastral_code_in("410105003012gb00023W00000000")
    '410105003012GB00023'
    """
    if identifiers.looks_like(text) in {identifiers.Number.cadastral, identifiers.Number.unit}:
        return identifiers.without_spaces(text).upper()[:19]
    return None


def chosen(selection: Selection, actor: Actor) -> Fragment:
    """Return `FROM … WHERE …`, which gives the selected parcels as `p` and `s`.

    Raises:
        BadRequest: a land-use filter that is no code, or a search of too many words.

    """
    state = selection.moment.state
    parts = [visible(actor), *_conditions(selection)]
    if selection.moment.is_now:
        parts.append(Fragment("p.retired_by IS NULL", {}))
    else:
        parts.append(Fragment("s.stage IS NOT NULL AND o.id IS NULL", {}))
        state = Fragment(f"{state.sql} {selection.moment.ended.sql}", state.params)
    params = dict(state.params)
    for part in parts:
        params.update(part.params)
    conditions = " AND ".join(part.sql for part in parts)
    if selection.is_narrow:
        conditions = f"{_IN_SIGHT} AND ({conditions}) IS TRUE"
    return Fragment(f"FROM parcel AS p {state.sql} WHERE {conditions}", params)


def placed(selection: Selection, actor: Actor) -> Fragment:
    """Return the condition on where a parcel `p` lies: the caller's scope and the filters on place alone."""
    parts = [visible(actor), *_places(selection)]
    params: dict[str, Any] = {}
    for part in parts:
        params.update(part.params)
    return Fragment(" AND ".join(part.sql for part in parts), params)


def numeric(value: float) -> Decimal:
    """Write a float as PostgreSQL's cast to numeric does, which a kept plan would do again for every row.

    >>> numeric(1 / 3), numeric(3000)
    (Decimal('0.333333333333333'), Decimal('3000'))
    """
    return Decimal(f"{value:.15g}")


def _conditions(selection: Selection) -> Iterator[Fragment]:
    yield from _exact(selection)
    yield from _places(selection)
    if selection.land_use:
        yield _land_use(selection.land_use)
    for name, sign in (("area_min_m2", ">="), ("area_max_m2", "<=")):
        if (area := getattr(selection, name)) is not None:
            yield Fragment(f"p.area_m2 {sign} %({name})s", {name: numeric(area)})
    if selection.bbox is not None:
        yield _in_box(_cut(selection.bbox), _IN_NARROW_BOX if selection.is_narrow else _IN_WIDE_BOX)
    if selection.q:
        yield from _search(selection.q)


def _places(selection: Selection) -> Iterator[Fragment]:
    if selection.jurisdiction:
        wanted = "SELECT id FROM jurisdiction WHERE code = ANY (%(jurisdiction)s)"
        yield Fragment(f"p.jurisdiction_id = ANY (ARRAY({wanted}))", {"jurisdiction": list(selection.jurisdiction)})
    if selection.region:
        yield Fragment(_IN_REGION, {"region": list(selection.region)})


def _exact(selection: Selection) -> Iterator[Fragment]:
    if selection.code:
        yield Fragment(f"{CODE_KEY} = ANY (%(code)s)", {"code": [*map(folded, selection.code)]})
    for name in ("stage", "hold", "idle"):
        if values := getattr(selection, name):
            yield Fragment(f"s.{name} = ANY (%({name})s)", {name: [str(value) for value in values]})


_IN_REGION = """p.region_id = ANY (ARRAY(
    SELECT region.id FROM region LEFT JOIN region AS county ON county.id = region.parent_id
    WHERE region.code = ANY (%(region)s) OR county.code = ANY (%(region)s)))"""

# The index is on the Mercator copy, where a box of degrees is a box too. Only shapes on its edge are tested themselves,
# by a function whose low price keeps the planner from reading a whole attribute index first (migrations/sql).
# Of a wide box the planner is told what it holds: the box is a constant when a list is planned. A narrow one, a
# screen's usual case, hides behind a subselect: it passes for very selective, so its index goes before the order's; and
# `IS TRUE` keeps the other filters from their indexes. That is best whatever the filters, so the plan can be kept.
_BOX = "ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 4490)"
_BOX_WEB = f"ST_Transform({_BOX}, 3857)"
_ON_SHAPE = "(p.geom @ {box} OR shape_meets(p.geom, {box}))"
_IN_WIDE_BOX = f"p.geom_web && {_BOX_WEB} AND {_ON_SHAPE.format(box=_BOX)}"
_IN_NARROW_BOX = _ON_SHAPE.format(box=f"(SELECT {_BOX})")
_IN_SIGHT = f"p.geom_web && (SELECT {_BOX_WEB})"
_NARROW = 0.02  # square degrees: 200 km² here


def _cut(box: Bbox) -> Bbox | None:
    """Cut a box to where parcels can be: Web Mercator has no poles. None: nothing is left."""
    west, south = max(box.west, CHINA.west), max(box.south, CHINA.south)
    east, north = min(box.east, CHINA.east), min(box.north, CHINA.north)
    return None if west > east or south > north else Bbox(west, south, east, north)


def _in_box(box: Bbox | None, condition: str) -> Fragment:
    return Fragment("false", {}) if box is None else Fragment(condition, box._asdict())


def _land_use(prefixes: Sequence[str]) -> Fragment:
    """Compare by the operators of `text_pattern_ops`: unlike LIKE, they use the index with a bound parameter."""
    parts: list[str] = []
    params: dict[str, str] = {}
    for i, prefix in enumerate(prefixes):
        match = _LAND_USE.fullmatch(prefix)
        if match is None:
            raise BadRequest(f"用地代码筛选“{prefix[:60]}”无效。", f"{prefix[:60]!r} is no land-use code.")
        parts.append(
            f"p.land_use_scheme = %(scheme_{i})s"
            f" AND p.land_use_code ~>=~ %(use_{i})s AND p.land_use_code ~<~ %(use_end_{i})s"
        )
        code = match["code"]
        params |= {f"scheme_{i}": match["scheme"] or LAND_USE, f"use_{i}": code, f"use_end_{i}": code + _LAST_CHARACTER}
    return Fragment("(" + " OR ".join(parts) + ")", params)


def _search(q: str) -> Iterator[Fragment]:
    kind = identifiers.looks_like(q)
    if (code := cadastral_code_in(q)) is not None:
        yield Fragment(f"(p.cadastral_code = %(q)s OR {CODE_KEY} = %(q)s)", {"q": code})
        return
    words = [identifiers.normalise_lot_number(q)] if kind is identifiers.Number.lot else q.split()
    if len(words) > _MOST_WORDS:
        raise BadRequest(f"搜索词不能超过 {_MOST_WORDS} 个。", f"A search has at most {_MOST_WORDS} words.")
    for i, word in enumerate(words):
        # The trigram index serves both; LIKE is the cheaper one.
        if searching.is_plain(word):
            yield Fragment(f"p.search LIKE %(q_{i})s", {f"q_{i}": searching.pattern(word)})
        else:
            yield Fragment(f"p.search ~ %(q_{i})s", {f"q_{i}": searching.expression(word)})
