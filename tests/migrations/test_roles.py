"""What each database role may not do, tried."""

from typing import Any

import psycopg
import pytest

from service.core.cluster import ClusterUrls

APP_FORBIDDEN = [
    "CREATE TABLE x (a int)",
    "CREATE TEMP VIEW v AS SELECT 1; DROP TABLE parcel",
    "ALTER TABLE parcel ADD COLUMN x int",
    "UPDATE audit_entry SET actor = 'x'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "UPDATE audit_head SET seq = 0",
    "INSERT INTO audit_head (id, seq, hash) VALUES (false, 0, '')",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "UPDATE parcel_event SET effective_on = '2020-01-01'",
    "DELETE FROM parcel_event",
    "TRUNCATE parcel_event",
    "UPDATE lineage_operation SET effective_on = '2020-01-01'",
    "DELETE FROM lineage_operation",
    "UPDATE lineage_revival SET parcel_id = 1",
    "DELETE FROM lineage_revival",
    "UPDATE plan_event SET actor = 'x'",
    "DELETE FROM plan_target_change",
    "DELETE FROM plan_target_decision",
    "DELETE FROM supply_plan",
    "UPDATE revision SET value = 1",
    "DELETE FROM parcel_tally",
    "INSERT INTO revision_touch (name) VALUES ('parcels')",
    "SET session_replication_role = replica",
    "SET ROLE gongdi_owner",
    "CREATE SCHEMA s",
    "CREATE EXTENSION hstore",
    "COPY parcel TO '/tmp/x'",
    "COPY parcel TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/hostname')",
    "SELECT lo_import('/etc/hostname')",
    "CREATE ROLE x",
    "UPDATE alembic_version SET version_num = 'x'",
]

PUBLIC_FORBIDDEN = [
    "SELECT * FROM parcel",
    "SELECT * FROM user_account",
    "SELECT * FROM audit_entry",
    "SELECT * FROM parcel_event",
    "SELECT * FROM revision",
    "SELECT * FROM jobs.procrastinate_jobs",
    "SELECT parcel_tile(0, 0, 0, NULL)",
    "SELECT parcel_tally_fold()",
    "INSERT INTO document (title) VALUES ('x')",
    "CREATE TABLE published.x (a int)",
    "CREATE TABLE x (a int)",
]


@pytest.mark.parametrize("statement", APP_FORBIDDEN)
def test_the_serving_role_may_not(urls: ClusterUrls, statement: str) -> None:
    with psycopg.connect(urls.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("statement", PUBLIC_FORBIDDEN)
def test_the_public_role_may_not(urls: ClusterUrls, statement: str) -> None:
    with psycopg.connect(urls.public_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_public_role_sees_what_is_published_and_nothing_is(
    urls: ClusterUrls, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("CREATE TABLE published.probe AS SELECT 1 AS a")
    with psycopg.connect(urls.public_url) as connection:
        assert connection.execute("SELECT a FROM published.probe").fetchone() == (1,)
    owner.execute("DROP TABLE published.probe")
    seen = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'published'"
    assert owner.execute(seen).fetchone() == (0,)


def test_not_even_the_owner_rewrites_the_record_by_a_plain_statement(owner: psycopg.Connection[Any]) -> None:
    for table in ("audit_entry", "parcel_event", "lineage_operation"):
        for statement in (f"UPDATE {table} SET actor = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(statement)
