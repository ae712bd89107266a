"""Which version of the data a request sees, without asking once per request.

Every request that arrives while a look at the `revision` table is under way waits for the next look, and all of them
share it. So what a request is told is never older than its own arrival: a tile, a 304 or a cached sign-in is right
the moment a change has been committed, in every worker, at the price of one tiny query for many requests.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import TupleRow

QUERY = "SELECT name, value FROM revision"
Snapshot = Mapping[str, int]


class Revisions:
    """Shared, never stale look at the revision numbers; one per event loop."""

    def __init__(self, conninfo: str) -> None:
        """Take the way to the database; connects at the first look."""
        self._conninfo = conninfo
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None
        self._next: asyncio.Future[Snapshot] | None = None
        self._task: asyncio.Task[None] | None = None

    async def read(self) -> Snapshot:
        """Return name → number, read after this call began."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            if self._task is None:
                self._task = asyncio.create_task(self._look())
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _look(self) -> None:
        try:
            while (waiting := self._next) is not None:
                self._next = None
                try:
                    snapshot = await self._query()
                except Exception as error:  # noqa: BLE001 - handed to those who wait
                    waiting.set_exception(error)
                    waiting.exception()
                else:
                    waiting.set_result(snapshot)
        finally:
            self._task = None

    async def _query(self) -> Snapshot:
        try:
            return await self._ask()
        except psycopg.OperationalError:
            self._connection = None
            return await self._ask()

    async def _ask(self) -> Snapshot:
        connection: Any = self._connection
        if connection is None or connection.closed:
            connection = self._connection = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, prepare_threshold=0
            )
        rows = await (await connection.execute(QUERY)).fetchall()
        return dict(rows)
