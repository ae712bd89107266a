"""A first load sets indexes, foreign keys and counting aside and puts back exactly what stood there."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from service.core.cluster import ClusterUrls
from service.imports import publish
from tests.imports.test_run import BringIn, package

DEFINITIONS = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT conname || chr(32) || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT tgname || chr(32) || tgenabled::text FROM pg_trigger
  WHERE NOT tgisinternal AND tgrelid = ANY (%(tables)s::regclass[])
ORDER BY 1
"""
TABLES = {"tables": ["parcel", "parcel_event", "parcel_survey", "parcel_land_use", "parcel_tally"]}


def definitions(connection: psycopg.Connection[Any]) -> list[str]:
    return [text for (text,) in connection.execute(DEFINITIONS, TABLES)]


def test_what_is_set_aside_comes_back(urls: ClusterUrls) -> None:
    with psycopg.connect(urls.app_url) as connection:
        before = definitions(connection)
        connection.execute("SELECT parcel_load_begin()")
        meanwhile = definitions(connection)
        aside = ("FOREIGN KEY", "ix_parcel_search", "tally_inserted", "history_entered")
        assert not any(word in text for text in meanwhile for word in aside)
        while connection.execute("SELECT parcel_load_step()").fetchone() != (None,):
            pass
        assert definitions(connection) == before
        connection.rollback()
        assert definitions(connection) == before


def test_a_transaction_cannot_end_before_it_has_caught_up(urls: ClusterUrls) -> None:
    with psycopg.connect(urls.app_url) as connection:
        before = definitions(connection)
        connection.execute("SELECT parcel_load_begin()")
        connection.execute("SELECT parcel_load_step()")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.commit()
        assert definitions(connection) == before


def test_the_serving_role_cannot_slip_in_a_definition(urls: ClusterUrls) -> None:
    with psycopg.connect(urls.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("INSERT INTO deferred_definition (statement) VALUES ('DROP TABLE audit_entry')")


def test_a_first_load_leaves_what_any_load_leaves(
    tmp_path: Path, bring_in: BringIn, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "FIRST_LOAD", 1)
    before = definitions(owner)
    outcome = bring_in(package(tmp_path / "a.gpkg"))
    assert definitions(owner) == before
    caught_up = [done for stage, done, _ in outcome.heard if stage == "indexing"]
    assert len(caught_up) > 20
    assert caught_up == sorted(caught_up)
    assert caught_up[-1] == 6
    counted = owner.execute("SELECT count(DISTINCT z), sum(n), round(sum(area_m2)) FROM parcel_tally").fetchone()
    assert counted == owner.execute("SELECT 8, 8 * count(*), round(8 * sum(area_m2)::float8) FROM parcel").fetchone()
