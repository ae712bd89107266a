"""The database: tables' base, engines by role, and the one place that commits.

A caller's connection runs as `gongdi_app` (no DDL; audit and events may only be added to). The role is set by a
start-up option of the connection, so that `RESET ROLE` can't leave it; production gives `gongdi_app` a login of its
own.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Session

from service.core.settings import Settings

APP_ROLE = "gongdi_app"
PUBLIC_ROLE = "gongdi_public"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Constraint names follow one convention, because error handling reads them."""

    metadata = MetaData(naming_convention=NAMING)


class Acting(Protocol):
    """Who a transaction is done for: written to the audit record and to the session setting `gongdi.actor`."""

    @property
    def label(self) -> str:
        """Name shown in the audit log, e.g. a user name, `key:…`, `job:…`."""
        ...

    @property
    def kind(self) -> str:
        """`user`, `api_key`, `job`, `system` or `anonymous`."""
        ...


def conninfo_for(settings: Settings, role: str, **options: object) -> str:
    """Return the libpq string that connects as `role` with the request's time limits.

    `options` are server settings (`statement_timeout="5s"`) for every transaction of the connection.
    """
    own = {APP_ROLE: settings.app_url, PUBLIC_ROLE: settings.public_url}.get(role)
    url = own or settings.database_url
    if url is None:
        msg = "no database: GONGDI_DATABASE_URL is unset and the private cluster was not started"
        raise RuntimeError(msg)
    given = conninfo_to_dict(url)
    wanted = {
        "timezone": "UTC",
        "search_path": "public,jobs",
        "lock_timeout": settings.lock_timeout_ms,
        "statement_timeout": settings.statement_timeout_ms,
        "idle_in_transaction_session_timeout": "60s",
        **options,
    }
    if given.get("user") != role:
        wanted["role"] = role
    flags = " ".join(f"-c {name}={value}" for name, value in wanted.items())
    return make_conninfo(
        url,
        options=f"{given.get('options') or ''} {flags}".strip(),
        application_name=f"gongdi:{role.removeprefix('gongdi_')}",
        connect_timeout=5,
    )


def engine_for(conninfo: str, *, pool_size: int) -> Engine:
    """Return an engine on psycopg 3 from a libpq string; the pool checks a connection before it lends it."""
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
    )


class Database:
    """The database as one process of the service sees it, as role `gongdi_app`.

    `write()` and `read()` give transactions; `pool` gives autocommit connections for the hot read doors, and `threads`
    are as many as its connections: who has a thread never waits for a connection.
    """

    def __init__(self, settings: Settings) -> None:
        """Prepare pools; nothing is connected until first used."""
        self.conninfo = conninfo_for(settings, APP_ROLE)
        self.engine = engine_for(self.conninfo, pool_size=settings.session_pool_size)
        self.reading = self.engine.execution_options(postgresql_readonly=True)
        self.pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            self.conninfo,
            min_size=1,
            max_size=settings.pool_size,
            timeout=5,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": 2},
        )
        self.threads = ThreadPoolExecutor(settings.pool_size, "reading")

    @contextmanager
    def write(self, actor: Acting) -> Iterator[Session]:
        """Open a transaction for `actor`; commit it when the block ends well, else roll it back."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.info["actor"] = actor
            session.execute(text("SELECT set_config('gongdi.actor', :actor, true)"), {"actor": actor.label})
            yield session
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read-only transaction."""
        with Session(self.reading) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.pool.close()
        self.engine.dispose()


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """Return the psycopg connection under a session: for COPY inside the session's own transaction."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - narrows the type; the engine is psycopg's
    return connection
