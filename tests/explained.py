"""The plan that PostgreSQL makes for what a function asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.core import clock
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.core.settings import Settings

Asking = Callable[[Session], Any]


def explained(database: Database, ask: Asking, *, but: str | None = None) -> str:
    """Return the plan of the one statement that `ask` sends, besides those with the words of `but`."""
    with database.write(system("test")) as session:
        said: list[tuple[str, Any]] = []

        def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:  # noqa: ANN401
            said.append((statement, parameters))

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            ask(session)
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        own = [each for each in said if but is None or but not in each[0]]
        assert len(own) == 1
        connection = session.connection().connection.driver_connection
        assert connection is not None
        return "\n".join(row[0] for row in connection.execute("EXPLAIN " + own[0][0], own[0][1]).fetchall())


@contextmanager
def filled(urls: ClusterUrls, settings: Settings, fill: Callable[[Session], None]) -> Iterator[psycopg.Connection[Any]]:
    """Fill a fresh database and give a connection to it that reads no table whole where an index will do.

    In a database that others use what they rolled back stays in the indexes, and a plan goes by how large these are.
    """
    clock.fix_today(settings.today)
    database = Database(settings.model_copy(update=urls.settings()))
    with database.write(system("test")) as session:
        fill(session)
    database.close()
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("SET enable_seqscan = off")
        yield connection


def read_whole(plan: str, tables: tuple[str, ...]) -> list[str]:
    """Return which of the tables a plan reads from beginning to end."""
    lines = [line.strip().removeprefix("->").strip() for line in plan.splitlines()]
    return [table for table in tables if any(line.startswith(f"Seq Scan on {table} ") for line in lines)]
