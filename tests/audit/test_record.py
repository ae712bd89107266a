"""What gets into the audit log, and when."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from service.accounts.access import Actor, system
from service.audit.actions import Action
from service.audit.record import record
from service.audit.verify import verify
from service.core.db import Database

Owner = psycopg.Connection[Any]


def entries(owner: Owner) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT seq, actor, actor_kind, subject_id, before, after FROM audit_entry ORDER BY seq"
    ).fetchall()


def test_an_entry_tells_who_and_only_what_changed(database: Database, owner: Owner) -> None:
    before = {"area": Decimal("10.50"), "day": dt.date(2022, 11, 15), "name": "甲", "gone": 1}
    after = {
        "area": Decimal("11.00"),
        "day": dt.date(2022, 11, 16),
        "name": "甲",
        "at": dt.datetime(2022, 1, 1, tzinfo=dt.UTC),
    }
    with database.write(system("imports.run", kind="job")) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", 7, before=before, after=after)
    assert entries(owner) == [
        (
            1, "job:imports.run", "job", "7",
            {"area": "10.50", "day": "2022-11-15", "gone": 1},
            {"area": "11.00", "day": "2022-11-16", "at": "2022-01-01T00:00:00+00:00"},
        )
    ]  # fmt: skip


def test_values_without_a_json_form_get_one_or_are_refused_where_they_are_recorded(
    database: Database, owner: Owner
) -> None:
    with database.write(system("test")) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", 1, after={"hash": b"\x01\xff", "codes": frozenset({"b", "a"})})
        with pytest.raises(TypeError):
            record(session, Action.PARCEL_CHANGED, "parcel", 2, after={"what": object()})
    assert [row[5] for row in entries(owner)] == [{"hash": "01ff", "codes": ["a", "b"]}]


def test_entries_follow_the_order_of_recording(database: Database, owner: Owner) -> None:
    with database.write(system("test")) as session:
        for number in range(500):
            record(session, Action.PARCEL_CHANGED, "parcel", number)
    assert [(row[0], row[3]) for row in entries(owner)] == [(number + 1, str(number)) for number in range(500)]


def test_what_was_recorded_is_as_it_was_then(database: Database, owner: Owner) -> None:
    facts = {"name": "before"}
    with database.write(system("test")) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", 1, after=facts)
        facts["name"] = "changed later"
    assert entries(owner)[0][5] == {"name": "before"}


def fail_in_a_transaction(database: Database, actor: Actor) -> None:
    with database.write(actor) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", 1)
        session.execute(text("SELECT 1 / 0"))


def test_a_failed_transaction_leaves_no_entry(database: Database, owner: Owner) -> None:
    with pytest.raises(Exception, match="division by zero"):
        fail_in_a_transaction(database, system("test"))
    assert entries(owner) == []


def test_an_undone_savepoint_takes_its_entries_along(database: Database, owner: Owner) -> None:
    with database.write(system("test")) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", "outside")
        with session.begin_nested():
            record(session, Action.PARCEL_CHANGED, "parcel", "kept")
        outer = session.begin_nested()
        record(session, Action.PARCEL_CHANGED, "parcel", "undone")
        with session.begin_nested():
            record(session, Action.PARCEL_CHANGED, "parcel", "undone inside")
        outer.rollback()
        record(session, Action.PARCEL_CHANGED, "parcel", "after")
    assert [row[3] for row in entries(owner)] == ["outside", "kept", "after"]


def test_the_head_is_free_while_a_command_computes(database: Database, owner: Owner) -> None:
    with database.write(system("slow")) as slow:
        record(slow, Action.PARCEL_CHANGED, "parcel", "slow")
        with slow.begin_nested():
            record(slow, Action.PARCEL_CHANGED, "parcel", "slow")
        with database.write(system("quick")) as quick:
            quick.execute(text("SET LOCAL lock_timeout = '200ms'"))
            record(quick, Action.PARCEL_CHANGED, "parcel", "quick")
        assert [row[3] for row in entries(owner)] == ["quick"]
    assert [row[3] for row in entries(owner)] == ["quick", "slow", "slow"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'another'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_append",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION audit_hash(bytea, audit_entry) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
        "DROP TRIGGER audit_append ON audit_entry",
    ],
)
def test_the_service_can_only_add(database: Database, statement: str) -> None:
    with database.write(system("test")) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", 1)
    with database.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_number_time_and_hash_are_the_databases_own_even_if_given(database: Database, owner: Owner) -> None:
    with database.pool.connection() as connection:
        connection.execute(
            "INSERT INTO audit_entry (seq, recorded_at, actor, actor_kind, action, subject_type, subject_id, hash)"
            " VALUES (99, '2001-01-01Z', 'x', 'user', 'a:b', 'c', 'd', 'forged')"
        )
    row = owner.execute(
        "SELECT seq, recorded_at > now() - interval '1 minute', length(hash) FROM audit_entry"
    ).fetchone()
    assert row == (1, True, 32)


def test_writers_at_once_make_one_chain_without_gaps(database: Database, owner: Owner) -> None:
    def work(worker: int) -> None:
        for number in range(10):
            with database.write(system(f"worker {worker}")) as session:
                record(session, Action.PARCEL_CHANGED, "parcel", number)
                record(session, Action.PARCEL_CHANGED, "parcel", number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert [row[0] for row in entries(owner)] == list(range(1, 81))
    with database.read() as session:
        assert verify(session).ok


def test_several_statements_of_one_transaction_are_chained(database: Database, owner: Owner) -> None:
    values = "('x', 'user', 'a:b', 'c', 'd')"
    insert = f"INSERT INTO audit_entry (actor, actor_kind, action, subject_type, subject_id) VALUES {values}, {values}"
    with database.pool.connection() as connection, connection.transaction():
        connection.execute(insert)
        connection.execute(insert)
    with database.read() as session:
        outcome = verify(session)
    assert (outcome.ok, outcome.head.seq) == (True, 4)
