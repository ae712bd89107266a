"""Migrations make exactly what the models say, and the newest can be taken back."""

from collections.abc import Callable

import psycopg
from alembic import command

from service.core.cluster import ClusterUrls
from service.core.migrate import configuration, upgrade


def test_models_and_migrations_agree(urls: ClusterUrls) -> None:
    command.check(configuration(urls.owner_url))


def test_down_and_up_again(new_database: Callable[[], ClusterUrls]) -> None:
    urls = new_database()
    command.downgrade(configuration(urls.owner_url), "base")
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS pg_trgm")
    upgrade(urls.owner_url)
    command.check(configuration(urls.owner_url))


def test_every_foreign_key_that_is_followed_backwards_has_an_index(urls: ClusterUrls) -> None:
    """A delete or a join from the other side must not scan the table."""
    unindexed = """
        SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint c JOIN pg_attribute a
          ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
          AND a.attname NOT LIKE '%document_id'  -- a document stays as long as anything rests on it
    """
    small = {  # few rows, or never looked up from the other side
        "parcel.jurisdiction_id",
        "import.jurisdiction_id",
        "supply_plan.based_on_id",
        "scheme_evidence.parcel_id",
        "lot_bid.bidder_id",
    }
    with psycopg.connect(urls.owner_url) as connection:
        found = {name for (name,) in connection.execute(unindexed)}
    assert found == small
