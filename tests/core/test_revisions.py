"""Revisions: never older than the asking, and cheap for many."""

import asyncio
from typing import Any

import psycopg

from service.core.db import APP_ROLE, conninfo_for
from service.core.revisions import Revisions, Snapshot
from service.core.settings import Settings


class Counted(Revisions):
    """Counts the looks at the table."""

    looks = 0

    async def _query(self) -> Snapshot:
        self.looks += 1
        return await super()._query()


def test_many_askers_share_a_look_and_each_sees_what_was_committed_before(
    settings: Settings, owner: psycopg.Connection[Any]
) -> None:
    async def run() -> tuple[int, int]:
        revisions = Counted(conninfo_for(settings, APP_ROLE))
        await asyncio.gather(*(revisions.read() for _ in range(100)))
        looks = revisions.looks
        stale = 0
        for _ in range(20):
            row = owner.execute("UPDATE revision SET value = value + 1 WHERE name = 'test' RETURNING value").fetchone()
            assert row is not None
            answers = await asyncio.gather(*(revisions.read() for _ in range(10)))
            stale += sum(answer["test"] < row[0] for answer in answers)
        await revisions.close()
        return looks, stale

    owner.execute("INSERT INTO revision (name) VALUES ('test') ON CONFLICT DO NOTHING")
    looks, stale = asyncio.run(run())
    owner.execute("DELETE FROM revision WHERE name = 'test'")
    assert looks == 1
    assert stale == 0


def test_a_lost_connection_is_made_again(settings: Settings, superuser: psycopg.Connection[Any]) -> None:
    async def run() -> Snapshot:
        revisions = Revisions(conninfo_for(settings, APP_ROLE))
        await revisions.read()
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT name, value%'"
        )
        await asyncio.sleep(0.1)
        answer = await revisions.read()
        await revisions.close()
        return answer

    assert isinstance(asyncio.run(run()), dict)
