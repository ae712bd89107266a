"""Runs migrations as the owner role. `gongdi db upgrade` calls this; there is no alembic.ini."""

import psycopg
from alembic import context
from sqlalchemy import Connection, create_engine, pool

import service.api  # noqa: F401 - loads every table
from service.core.db import Base

OURS = set(Base.metadata.tables)


def include(name: str | None, kind: str, _parents: object) -> bool:
    """Leave PostGIS's, the job queue's and the triggers' own tables alone."""
    return kind != "table" or name in OURS


def run(connection: Connection) -> None:
    """Upgrade within one transaction, with short locks."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.attributes["url"]
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        run(connection)
