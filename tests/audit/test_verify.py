"""Every way of changing the record behind the service's back is found, and named."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from service.accounts.access import system
from service.audit.actions import Action
from service.audit.record import record
from service.audit.verify import Checkpoint, Kind, Problem, Verification, verify
from service.core.db import Database

Superuser = psycopg.Connection[Any]
SIZE = 12


@pytest.fixture
def log(database: Database) -> Database:
    """A log of twelve entries, in transactions of three."""
    for start in range(1, SIZE, 3):
        with database.write(system("test")) as session:
            for number in range(start, start + 3):
                values = {"n": number, "text": '地块 "甲" \\ \u2028', "deep": {"b": 1.5, "a": [None, True]}}
                record(session, Action.PARCEL_CHANGED, "parcel", number, before={"n": 0}, after=values)
    return database


def tamper(superuser: Superuser, statements: str) -> None:
    superuser.execute(f"SET session_replication_role = replica; {statements}; SET session_replication_role = origin")


def check(database: Database, expect: Checkpoint | None = None) -> Verification:
    with database.read() as session:
        return verify(session, expect)


def found(database: Database, expect: Checkpoint | None = None) -> list[Problem]:
    return list(check(database, expect).problems)


def test_a_log_left_alone_is_sound(log: Database) -> None:
    outcome = check(log)
    assert outcome.ok
    assert (outcome.entries, outcome.head.seq, len(outcome.head.hash)) == (SIZE, SIZE, 32)
    assert check(log, outcome.head).ok


def test_an_empty_log_is_sound(database: Database) -> None:
    assert check(database) == Verification(0, Checkpoint(0, b""), ())


@pytest.mark.parametrize("seq", [1, 2, 7, SIZE])
@pytest.mark.parametrize(
    "change",
    [
        "recorded_at = recorded_at - interval '1 microsecond'",
        "recorded_at = 'infinity'",
        "actor = 'another'",
        "actor_kind = 'user'",
        "action = 'parcel:registered'",
        "subject_type = 'plan'",
        "subject_id = subject_id || ' '",
        "before = NULL",
        "before = '{}'",
        "after = NULL",
        "after = jsonb_set(after, '{n}', '99')",
        "after = jsonb_set(after, '{text}', 'null')",
        "request_id = 'forged'",
        "hash = sha256(hash)",
        "hash = ''",
    ],
)
def test_an_altered_column_is_found_where_it_is(log: Database, superuser: Superuser, seq: int, change: str) -> None:
    tamper(superuser, f"UPDATE audit_entry SET {change} WHERE seq = {seq}")
    assert found(log) == [Problem(seq, Kind.ALTERED)]


@pytest.mark.parametrize(
    ("removed", "gap"),
    [("= 1", 1), ("= 5", 5), ("= 12", 12), ("< 4", 1), ("BETWEEN 4 AND 8", 4), ("> 9", 10), ("> 0", 1)],
)
def test_a_removed_entry_is_found(log: Database, superuser: Superuser, removed: str, gap: int) -> None:
    tamper(superuser, f"DELETE FROM audit_entry WHERE seq {removed}")
    assert found(log) == [Problem(gap, Kind.REMOVED)]


def test_truncation_is_found(log: Database, superuser: Superuser) -> None:
    tamper(superuser, "TRUNCATE audit_entry")
    assert found(log) == [Problem(1, Kind.REMOVED)]


@pytest.mark.parametrize("seq", [-3, 0, SIZE + 1, SIZE + 5])
def test_a_forged_entry_outside_the_chain_is_found(log: Database, superuser: Superuser, seq: int) -> None:
    tamper(
        superuser,
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('seq', "
        f"{seq}))).* FROM audit_entry e WHERE seq = 5",
    )
    assert found(log) == [Problem(seq, Kind.INSERTED)]


def test_a_forged_entry_pushed_into_the_chain_is_found(log: Database, superuser: Superuser) -> None:
    tamper(
        superuser,
        "UPDATE audit_entry SET seq = -seq - 1 WHERE seq >= 5; UPDATE audit_entry SET seq = -seq WHERE seq < 0;"
        " INSERT INTO audit_entry SELECT (jsonb_populate_record(e, '{\"seq\": 5}')).* FROM audit_entry e WHERE seq = 4",
    )
    problems = found(log)
    assert problems[0] == Problem(5, Kind.ALTERED)
    assert problems[-1] == Problem(SIZE + 1, Kind.INSERTED)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 9), (11, 12)])
def test_swapped_entries_are_found(log: Database, superuser: Superuser, one: int, other: int) -> None:
    tamper(
        superuser,
        f"UPDATE audit_entry SET seq = 0 WHERE seq = {one}; UPDATE audit_entry SET seq = {one} WHERE seq = {other};"
        f" UPDATE audit_entry SET seq = {other} WHERE seq = 0",
    )
    problems = found(log)
    assert problems[0] == Problem(one, Kind.ALTERED)
    assert Problem(other, Kind.ALTERED) in problems


@pytest.mark.parametrize("change", ["SET hash = sha256('x')", "SET seq = seq - 1", "SET seq = seq + 1"])
def test_an_altered_head_is_found(log: Database, superuser: Superuser, change: str) -> None:
    tamper(superuser, f"UPDATE audit_head {change}")
    assert not check(log).ok


def test_a_missing_head_is_found(log: Database, superuser: Superuser) -> None:
    tamper(superuser, "DELETE FROM audit_head")
    assert found(log) == [Problem(SIZE, Kind.HEAD)]
    tamper(superuser, "INSERT INTO audit_head VALUES (true, 0, sha256('gongdi audit'))")


RECOMPUTE = """
UPDATE audit_entry SET after = '{"n": "forged"}' WHERE seq = 6;
DO $$ DECLARE e audit_entry; h bytea; BEGIN
  SELECT hash INTO h FROM audit_entry WHERE seq = 5;
  FOR e IN SELECT * FROM audit_entry WHERE seq > 5 ORDER BY seq LOOP
    h := audit_hash(h, e); UPDATE audit_entry SET hash = h WHERE seq = e.seq;
  END LOOP;
  UPDATE audit_head SET hash = h;
END $$
"""


def test_a_chain_computed_anew_shows_against_a_checkpoint_kept_elsewhere(log: Database, superuser: Superuser) -> None:
    before = check(log).head
    tamper(superuser, RECOMPUTE)
    assert check(log).ok, "without a checkpoint this can't be seen"
    assert found(log, before) == [Problem(SIZE, Kind.REWRITTEN)]


def test_a_tail_cut_off_with_its_head_shows_against_a_checkpoint(log: Database, superuser: Superuser) -> None:
    before = check(log).head
    tamper(
        superuser,
        "DELETE FROM audit_entry WHERE seq > 8;"
        " UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_entry WHERE seq = 8)",
    )
    assert check(log).ok, "without a checkpoint this can't be seen"
    assert found(log, before) == [Problem(SIZE, Kind.REMOVED)]


def test_a_checkpoint_stays_good_while_the_log_grows(log: Database) -> None:
    before = check(log).head
    with log.write(system("test")) as session:
        record(session, Action.PARCEL_CHANGED, "parcel", "more")
    assert check(log, before).ok


@pytest.mark.parametrize(
    "setting",
    [
        "TimeZone = 'America/St_Johns'",
        "TimeZone = 'Asia/Shanghai'",
        "DateStyle = 'German, DMY'",
        "DateStyle = 'SQL, MDY'",
        "IntervalStyle = 'sql_standard'",
        "extra_float_digits = -15",
        "bytea_output = 'escape'",
        "lc_monetary = 'C'",
    ],
)
def test_hashes_do_not_depend_on_a_sessions_settings(log: Database, setting: str) -> None:
    with log.read() as session:
        session.execute(text(f"SET LOCAL {setting}"))
        assert verify(session).ok


def test_many_problems_are_cut_at_a_thousand(database: Database, superuser: Superuser) -> None:
    with database.write(system("test")) as session:
        for number in range(1200):
            record(session, Action.PARCEL_CHANGED, "parcel", number)
    tamper(superuser, "UPDATE audit_entry SET actor = 'another'")
    outcome = check(database)
    assert (outcome.entries, len(outcome.problems)) == (1200, 1000)
