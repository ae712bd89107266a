"""What the figures of the dashboard are made of: lots and contracts as they stood, and the land that lies idle.

Ready statements on a psycopg connection. A lot or contract belongs to the places of its parcels; its area is that of
those which the caller may see and asks for.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from service.accounts.access import Actor
from service.listings.lifecycle import LotEventKind
from service.overview.asked import Asked
from service.parcels import reading, selection

Row = tuple[Any, ...]

TOLD = (
    LotEventKind.announce,
    LotEventKind.publicise,
    LotEventKind.sell,
    LotEventKind.award,
    LotEventKind.fail,
    LotEventKind.terminate,
    LotEventKind.void_award,
)
"""The events of lots that the trend counts."""

_AREA = """CROSS JOIN LATERAL (
    SELECT sum(p.area_m2) AS area_m2 FROM {table} AS link JOIN parcel AS p ON p.id = link.parcel_id
    WHERE link.{key} = {owner}.id AND {placed}) AS a"""
_KNOWN = "recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')"


def _last(fact: str) -> str:
    """Return the expression for a fact as the last of the events `e` set it, in the order in which they count."""
    every = f"array_agg(e.facts ->> '{fact}' ORDER BY e.effective_on DESC, e.id DESC)"
    return f"({every} FILTER (WHERE e.facts ? '{fact}'))[1]"


# What was offered and paid: the row says what holds now, the events what held then.
_PRICES_NOW = "CROSS JOIN LATERAL (SELECT l.start_yuan, l.price_yuan) AS t"
_PRICES_THEN = f"""CROSS JOIN LATERAL (
    SELECT {_last("start_yuan")}::numeric AS start_yuan, {_last("price_yuan")}::numeric AS price_yuan
    FROM lot_event AS e WHERE e.lot_id = l.id AND e.effective_on <= %(day)s AND e.{_KNOWN}) AS t"""  # noqa: S608 - our own fragments

# A sale that was made void by then is told as a sale, but its price is none.
_ACTS = """acts AS (
    SELECT e.id, e.kind, e.effective_on, l.id AS lot_id, l.number, l.round, t.start_yuan, a.area_m2,
        CASE WHEN e.kind = 'sell' AND NOT EXISTS (
            SELECT FROM lot_event AS v WHERE v.lot_id = l.id AND v.kind = 'void_award' AND v.effective_on <= %(day)s
                AND v.{known}) THEN t.price_yuan END AS price_yuan
    FROM lot_event AS e JOIN lot AS l ON l.id = e.lot_id {area} {prices}
    WHERE e.kind = ANY (%(kinds)s) AND e.effective_on BETWEEN %(first)s AND %(until)s AND e.{known}
        AND a.area_m2 IS NOT NULL)"""
_MONTHS = """SELECT date_trunc('month', effective_on)::date AS month, kind, count(*)::int, sum(area_m2)::float8,
    count(*) FILTER (WHERE price_yuan IS NOT NULL AND start_yuan > 0)::int,
    coalesce(sum(start_yuan) FILTER (WHERE price_yuan IS NOT NULL AND start_yuan > 0), 0.00),
    coalesce(sum(price_yuan) FILTER (WHERE price_yuan IS NOT NULL AND start_yuan > 0), 0.00),
    coalesce(sum(price_yuan), 0.00),
    count(*) FILTER (WHERE price_yuan = start_yuan)::int
    FROM acts GROUP BY 1, 2 ORDER BY 1, 2"""
_LOTS = """SELECT id, kind, effective_on, lot_id, number, round, area_m2::float8, start_yuan, price_yuan
    FROM acts WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"""


class MonthOfLots(NamedTuple):
    """Lots to which one kind of event happened in a month; of sales also what they brought. Money in yuan.

    `priced`: sold by price, with a start price; `start_yuan` and `price_yuan` are theirs. `proceeds_yuan`: of all.
    """

    month: dt.date
    kind: LotEventKind
    n: int
    area_m2: float
    priced: int
    start_yuan: Decimal
    price_yuan: Decimal
    proceeds_yuan: Decimal
    at_start: int


def months_of_lots(connection: reading.Connection, actor: Actor, asked: Asked) -> list[MonthOfLots]:
    """Return what happened to lots, by month and kind."""
    sql, params = _acts(actor, asked, TOLD)
    return [MonthOfLots(*row) for row in reading.run(connection, params, sql, _MONTHS)]


def lots(
    connection: reading.Connection,
    actor: Actor,
    asked: Asked,
    kinds: Sequence[LotEventKind],
    *,
    after: int | None,
    limit: int,
) -> list[Row]:
    """Return the lots behind such a figure, by the event that counts them."""
    sql, params = _acts(actor, asked, kinds)
    return reading.run(connection, params | {"after": after or 0, "limit": limit}, sql, _LOTS)


def _acts(actor: Actor, asked: Asked, kinds: Sequence[LotEventKind]) -> tuple[str, dict[str, Any]]:
    placed = selection.placed(asked.selected, actor)
    area = _AREA.format(table="lot_parcel", key="lot_id", owner="l", placed=placed.sql)
    days = {"first": asked.first, "until": asked.until, "day": asked.day, "known_at": asked.moment.known_at}
    prices = _PRICES_NOW if asked.moment.is_now else _PRICES_THEN
    return f"WITH {_ACTS.format(area=area, known=_KNOWN, prices=prices)}", placed.params | days | {
        "kinds": [str(each) for each in kinds]
    }


# What was agreed: the contract's row and instalments say what holds now, its events what held then.
_TERMS_NOW = """CROSS JOIN LATERAL (SELECT c.price_yuan, c.delivery_due_on, c.start_due_on) AS t
    CROSS JOIN LATERAL (
        SELECT sum(i.yuan) AS due_yuan FROM instalment AS i WHERE i.contract_id = c.id AND i.due_on <= %(day)s) AS d"""
_TERMS_THEN = f"""CROSS JOIN LATERAL (
        SELECT {_last("price_yuan")}::numeric AS price_yuan, {_last("delivery_due_on")}::date AS delivery_due_on,
            {_last("start_due_on")}::date AS start_due_on, {_last("instalments")}::jsonb AS parts
        FROM contract_event AS e
        WHERE e.contract_id = c.id AND e.effective_on <= %(day)s AND e.{_KNOWN}) AS t
    CROSS JOIN LATERAL (
        SELECT sum(i.yuan) AS due_yuan FROM jsonb_to_recordset(t.parts) AS i (due_on date, yuan numeric)
        WHERE i.due_on <= %(day)s) AS d"""  # noqa: S608 - our own fragments

# A contract stands as its events up to the day say. What it owes by then is what its instalments ask, less payments.
_HELD = """held AS (
    SELECT c.id, c.number, c.kind, c.signed_on, t.price_yuan, t.delivery_due_on, t.start_due_on, a.area_m2,
        coalesce(d.due_yuan, 0.00) AS due_yuan, y.paid_yuan,
        greatest(coalesce(d.due_yuan, 0.00) - y.paid_yuan, 0.00) AS owed_yuan,
        'deliver' = ANY (k.kinds) AS delivered, 'start' = ANY (k.kinds) AS started,
        'complete' = ANY (k.kinds) AS completed
    FROM contract AS c {area}
    CROSS JOIN LATERAL (
        SELECT array_agg(e.kind) AS kinds FROM contract_event AS e
        WHERE e.contract_id = c.id AND e.effective_on <= %(day)s AND e.{known}) AS k
    {terms}
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.yuan), 0.00) AS paid_yuan FROM payment AS m
        WHERE m.contract_id = c.id AND m.paid_on <= %(day)s AND m.{known}) AS y
    WHERE c.signed_on BETWEEN %(first)s AND %(until)s AND a.area_m2 IS NOT NULL
        AND 'sign' = ANY (k.kinds) AND NOT k.kinds && ARRAY['rescind', 'reclaim'])"""
STANDINGS = {
    "signed": "true",
    "owing": "owed_yuan > 0",
    "to_deliver": "NOT delivered",
    "deliver_late": "NOT delivered AND delivery_due_on < %(day)s",
    "delivered": "delivered",
    "to_start": "delivered AND NOT started",
    "start_late": "NOT started AND start_due_on < %(day)s",
    "started": "started",
    "completed": "completed",
}
"""How contracts are told apart: each a figure of the dashboard and a filter of its rows."""

_CONTRACTS_SUMMED = """SELECT {sums} coalesce(sum(price_yuan), 0.00), coalesce(sum(due_yuan), 0.00),
    coalesce(sum(paid_yuan), 0.00), coalesce(sum(owed_yuan), 0.00) FROM held"""
_CONTRACTS = """SELECT id, number, kind, signed_on, area_m2::float8, price_yuan, due_yuan, paid_yuan,
    owed_yuan, delivery_due_on, start_due_on FROM held
    WHERE {standing} AND id > %(after)s ORDER BY id LIMIT %(limit)s"""


class ContractSums(NamedTuple):
    """Contracts signed in the span and not ended since: (number, area in m²) by standing, and their money in yuan."""

    by_standing: dict[str, tuple[int, float]]
    price_yuan: Decimal
    due_yuan: Decimal
    paid_yuan: Decimal
    owed_yuan: Decimal


def contract_sums(connection: reading.Connection, actor: Actor, asked: Asked) -> ContractSums:
    """Return how the contracts of the span stand on the day."""
    sql, params = _held(actor, asked)
    each = "count(*) FILTER (WHERE {0})::int, coalesce(sum(area_m2) FILTER (WHERE {0}), 0)::float8, "
    sums = "".join(each.format(condition) for condition in STANDINGS.values())
    ((*counts, price, due, paid, owed),) = reading.run(connection, params, sql, _CONTRACTS_SUMMED.format(sums=sums))
    pairs = zip(counts[::2], counts[1::2], strict=True)
    return ContractSums(dict(zip(STANDINGS, pairs, strict=True)), price, due, paid, owed)


def contracts(
    connection: reading.Connection, actor: Actor, asked: Asked, standing: str, *, after: int | None, limit: int
) -> list[Row]:
    """Return the contracts behind such a figure, by id."""
    sql, params = _held(actor, asked)
    page = _CONTRACTS.format(standing=STANDINGS[standing])
    return reading.run(connection, params | {"after": after or 0, "limit": limit}, sql, page)


def _held(actor: Actor, asked: Asked) -> tuple[str, dict[str, Any]]:
    placed = selection.placed(asked.selected, actor)
    area = _AREA.format(table="contract_parcel", key="contract_id", owner="c", placed=placed.sql)
    days = {"first": asked.first, "until": asked.until, "day": asked.day, "known_at": asked.moment.known_at}
    terms = _TERMS_NOW if asked.moment.is_now else _TERMS_THEN
    return f"WITH {_HELD.format(area=area, known=_KNOWN, terms=terms)}", placed.params | days


# Few parcels were ever suspected of lying idle: those are looked at, not all.
_IDLE_LIST = f"""SELECT p.code, p.name, r.code, f.stage, f.idle, p.area_m2::float8, f.stage_since, w.idle_on, c.id,
    c.number, c.start_due_on
FROM ({{found}}) AS f JOIN parcel AS p ON p.id = f.id LEFT JOIN region AS r ON r.id = p.region_id
LEFT JOIN LATERAL (
    SELECT max(e.effective_on) AS idle_on FROM parcel_event AS e
    WHERE e.parcel_id = p.id AND e.idle = 'suspected' AND e.effective_on <= %(day)s
        AND e.{_KNOWN}) AS w ON true
LEFT JOIN LATERAL (
    SELECT c.id, c.number, {_last("start_due_on")}::date AS start_due_on
    FROM contract_parcel AS k JOIN contract AS c ON c.id = k.contract_id
    JOIN contract_event AS e ON e.contract_id = c.id
    WHERE k.parcel_id = p.id AND e.effective_on <= %(day)s AND e.{_KNOWN}
    GROUP BY c.id ORDER BY c.signed_on DESC, c.id DESC LIMIT 1) AS c ON true
ORDER BY w.idle_on, p.code LIMIT %(limit)s"""  # noqa: S608 - our own fragments
_IDLE_FOUND = "SELECT p.id, s.stage, s.idle, s.stage_since"
_EVER_IDLE = "AND s.idle <> 'none' AND p.id = ANY (ARRAY(SELECT parcel_id FROM parcel_event WHERE idle <> 'none'))"


class IdleParcel(NamedTuple):
    """A parcel that lies idle, with the contract it was last supplied under."""

    code: str
    name: str | None
    region: str | None
    stage: str
    idle: str
    area_m2: float
    stage_since: dt.date
    suspected_on: dt.date | None
    contract_id: int | None
    contract_number: str | None
    start_due_on: dt.date | None


def idle_parcels(connection: reading.Connection, actor: Actor, asked: Asked, *, limit: int) -> list[IdleParcel]:
    """Return idle land, the longest suspected first."""
    chosen = selection.chosen(asked.selected, actor)
    found = _IDLE_LIST.format(found=f"{_IDLE_FOUND} {chosen.sql} {_EVER_IDLE}")
    days = {"day": asked.day, "known_at": asked.moment.known_at}
    rows = reading.run(connection, chosen.params | days | {"limit": limit}, found)
    return [IdleParcel(*row) for row in rows]
