"""What was built on parcels since they were made: then they are not taken back."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import sql


class Obstacle(NamedTuple):
    """Why a parcel can't be taken back: its code, and what was built on it since."""

    code: str
    what: str


_WORDS = {
    "change": ("已被修改", "changed since"),
    "event": ("已有后续事件", "later events"),
    "survey": ("已有新的测量", "a later survey"),
    "document": ("已附资料", "documents"),
    "ended": ("已再次分割、合并或撤销", "split, merged or undone since"),
    "plan_item": ("已列入供应计划", "in a supply plan"),
    "checklist": ("八同步清单已有办理", "work on its checklist"),
}
# Whatever points to a parcel and would not go with it was built on it; but not its own events and lineage.
_POINTING = """
SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint AS c
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = 'parcel'::regclass AND c.confdeltype IN ('a', 'r')
  AND c.conrelid NOT IN ('parcel_event'::regclass, 'lineage_revival'::regclass)
  AND c.conrelid::regclass::text <> ALL (%s)
"""


def pointing(
    connection: psycopg.Connection[Any],
    ids: LiteralString,
    words: Mapping[str, Any],
    *,
    most: int,
    without: Sequence[str] = (),
) -> list[Obstacle]:
    """Return what points to parcels, by table: plans, schemes, lots. `ids` is the query that gives them."""
    found: list[Obstacle] = []
    for table, column in connection.execute(_POINTING, [list(without)]).fetchall():
        query = sql.SQL(
            "SELECT DISTINCT p.code, {name} FROM parcel AS p JOIN {table} AS t ON t.{column} = p.id"
            " WHERE p.id IN ({ids}) ORDER BY 1 LIMIT {most}"
        ).format(
            name=sql.Literal(table),
            table=sql.Identifier(table),
            column=sql.Identifier(column),
            ids=sql.SQL(ids),
            most=sql.Literal(most),
        )
        found += [Obstacle(*row) for row in connection.execute(query, words)]
    return found


def described(found: Sequence[Obstacle]) -> tuple[str, str]:
    """Name the first few in Chinese and English.

    >>> described([Obstacle("ZD-1", "survey")])
    ('ZD-1（已有新的测量）', 'ZD-1 (a later survey)')
    """
    shown = found[:5]
    more = "……" if len(found) > len(shown) else ""
    words = [(each.code, *_WORDS.get(each.what, (each.what, each.what))) for each in shown]
    zh = "、".join(f"{code}（{what}）" for code, what, _ in words)
    en = ", ".join(f"{code} ({what})" for code, _, what in words)
    return zh + more, en + more
