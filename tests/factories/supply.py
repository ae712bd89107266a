"""A supplied district in the tables, behind the service's back: lots, contracts and what happened to them."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import psycopg

# Two townships, parcels S-1 to S-12, of 1 ha each; ids from 1.
GROUND = """
SET session_replication_role = replica;
INSERT INTO jurisdiction (id, code, name, name_en) OVERRIDING SYSTEM VALUE
    VALUES (1, 'ZDXQ', '郑东新区', 'Zhengdong'), (2, 'GXQ', '高新区', 'High-tech');
INSERT INTO region (id, code, name, name_en, level, geom, jurisdiction_id) OVERRIDING SYSTEM VALUE
    SELECT n, '41010500' || n, '办事处' || n, 'Office', 'township',
        ST_Multi(ST_MakeEnvelope(113 + n, 34, 114 + n, 35, 4490)), n
    FROM generate_series(1, 2) AS n;
SET session_replication_role = origin;
INSERT INTO parcel (id, code, name, jurisdiction_id, region_id, geom, area_plane_m2, area_ellipsoid_m2, stage,
        stage_since)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'S-' || n, '地块' || n, 1 + n / 11, 1 + n / 11,
        ST_Multi(ST_MakeEnvelope(113.7 + n * 0.002, 34.7, 113.701 + n * 0.002, 34.701, 4490)), 10000, 10000, 'cleared',
        '2020-01-01'
    FROM generate_series(1, 12) AS n;
INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, hold, idle, actor)
    SELECT n, 'adopt', '2020-01-01', 'cleared', 'none', 'none', 'x' FROM generate_series(1, 12) AS n;
"""


def ground(connection: psycopg.Connection[Any]) -> None:
    """Fill places and parcels."""
    connection.execute(GROUND)


def lot(
    connection: psycopg.Connection[Any], number: int, parcels: list[int], *events: tuple[str, str], **money: int | None
) -> None:
    """Add a lot with its parcels and events (kind, day); start_yuan and price_yuan as given."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "INSERT INTO lot (id, notice_id, scheme_id, number, start_yuan, price_yuan) OVERRIDING SYSTEM VALUE"
            " VALUES (%s, 1, %s, %s, %s, %s)",
            (number, number, f"2022-{number}", money.get("start_yuan"), money.get("price_yuan")),
        )
        for parcel in parcels:
            connection.execute("INSERT INTO lot_parcel VALUES (%s, %s, false)", (number, parcel))
        for kind, day in events:
            fact = {"announce": "start_yuan", "publicise": "start_yuan", "sell": "price_yuan"}.get(kind)
            facts = {} if fact is None or fact not in money else {fact: f"{money[fact]}.00"}
            connection.execute(
                "INSERT INTO lot_event (lot_id, kind, effective_on, facts, actor) VALUES (%s, %s, %s, %s, 'x')",
                (number, kind, day, json.dumps(facts)),
            )
    connection.execute("UPDATE lot SET version = version + 1 WHERE id = -1")  # the revision grows


def contract(
    connection: psycopg.Connection[Any],
    number: int,
    parcels: list[int],
    *events: tuple[str, str],
    instalments: tuple[tuple[str, int], ...] = (),
    payments: tuple[tuple[str, int], ...] = (),
    **columns: Any,  # noqa: ANN401 - any column of a contract
) -> None:
    """Add a contract with its parcels, events (kind, day), instalments and payments (day, yuan)."""
    given = {"id": number, "lot_id": number, "jurisdiction_id": 1, "kind": "grant", "number": f"C-{number}"}
    given |= {"holder": "某公司", "signed_on": events[0][1], "price_yuan": 100, **columns}
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        places = ", ".join(["%s"] * len(given))
        connection.execute(
            f"INSERT INTO contract ({', '.join(given)}) OVERRIDING SYSTEM VALUE VALUES ({places})".encode(),
            list(given.values()),
        )
        for parcel in parcels:
            connection.execute("INSERT INTO contract_parcel VALUES (%s, %s, false)", (number, parcel))
        agreed = [{"due_on": day, "yuan": f"{yuan}.00"} for day, yuan in instalments]
        terms = {name: given.get(name) for name in ("price_yuan", "delivery_due_on", "start_due_on")}
        for kind, day in events:
            happened(connection, number, kind, day, {**terms, "instalments": agreed} if kind == "sign" else {})
        for place, (day, yuan) in enumerate(instalments, 1):
            connection.execute("INSERT INTO instalment VALUES (%s, %s, %s, %s)", (number, place, day, yuan))
        for day, yuan in payments:
            connection.execute(
                "INSERT INTO payment (contract_id, paid_on, yuan, actor) VALUES (%s, %s, %s, 'x')", (number, day, yuan)
            )
    connection.execute("UPDATE contract SET version = version + 1 WHERE id = -1")


def happened(
    connection: psycopg.Connection[Any],
    number: int,
    kind: str,
    day: str,
    facts: Mapping[str, Any],
    recorded_at: dt.datetime | None = None,
) -> None:
    """Add an event of a contract with what it set; known now, if it is not said since when."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "INSERT INTO contract_event (contract_id, kind, effective_on, facts, actor, recorded_at)"
            " VALUES (%s, %s, %s, %s, 'x', coalesce(%s, now()))",
            (number, kind, day, json.dumps(facts), recorded_at),
        )
