"""Jobs: long work done by `gongdi worker`, queued in the command's own transaction (schema `jobs`).

A job may run twice (a killed worker's job is rescued), so every task is idempotent. A job that fails three times is
parked.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
import procrastinate
import psycopg
import structlog
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.core import clock
from service.core.db import APP_ROLE, Database, conninfo_for, driver_connection
from service.core.errors import Conflict
from service.core.settings import Settings

STALLED_AFTER_SECONDS = 30
ATTEMPTS = 3
RETRY = procrastinate.RetryStrategy(max_attempts=ATTEMPTS, wait=5)
_EVERY_S = 0.2  # between two notes of progress
_ABANDONED = sql.SQL("""
    SELECT id FROM {table} WHERE status = ANY (%(at_work)s) AND created_at < now() - interval '1 minute'
      AND NOT EXISTS (SELECT FROM procrastinate_jobs AS job WHERE job.task_name = %(task)s
                      AND job.status IN ('todo', 'doing') AND (job.args ->> %(argument)s)::int = {table}.id)
""")
log = structlog.get_logger()


class AlreadyRunning(Conflict):
    """Another process is at this work."""

    code, title_zh, title_en = "already-running", "任务正在进行", "Already running"


def connector(settings: Settings) -> procrastinate.PsycopgConnector:
    """Return the worker's way to the queue, as role gongdi_app."""
    return procrastinate.PsycopgConnector(
        conninfo=conninfo_for(settings, APP_ROLE, statement_timeout=0), min_size=1, max_size=4
    )


queue = procrastinate.App(connector=procrastinate.PsycopgConnector())


def defer(session: Session, task: str, **arguments: object) -> int:
    """Queue a task in the session's own transaction, so that it exists exactly if that commits. Return the job's id."""
    registered = queue.tasks[task]
    queued = session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args) "
            "VALUES (:queue, :task, 0, :lock, CAST(:args AS jsonb)) RETURNING id"
        ),
        {
            "queue": registered.queue,
            "task": task,
            "lock": registered.lock,
            "args": orjson.dumps(arguments).decode(),
        },
    )
    return int(queued.scalar_one())


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="rescue", pass_context=True, name="core.rescue_stalled")
async def rescue_stalled(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - told the time
    """Put the jobs of dead workers back in the queue; park a job that had its tries."""
    manager: Any = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        if job.attempts + 1 >= ATTEMPTS:
            await manager.finish_job(job, status=procrastinate.jobs.Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job, retry_at=clock.now())


@queue.periodic(cron="41 3 * * *")
@queue.task(queueing_lock="core.forget", pass_context=True, name="core.forget_answers")
def forget_answers(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - told the time
    """Delete the kept answers of repeatable requests after a day."""
    with context.additional_context["database"].pool.connection() as connection:
        connection.execute("DELETE FROM idempotency_key WHERE created_at < now() - interval '1 day'")


@dataclass(frozen=True, slots=True)
class Frame:
    """What long work has in common whose state is a row of its own: done once at a time, and never forgotten.

    `at_work` are the statuses of a row of `table` that `task` has to do with, told its id as `argument`; `lock` is the
    first half of the advisory lock of each.
    """

    task: str
    argument: str
    table: str
    lock: int
    at_work: tuple[str, ...] = ("queued", "running")

    @contextmanager
    def alone(self, database: Database, number: int) -> Iterator["psycopg.Connection[Any]"]:
        """Hold the work's lock on a connection of its own; the lock ends with the process, however that ends.

        Raises:
            AlreadyRunning: another process holds it.

        """
        with psycopg.connect(database.conninfo, autocommit=True) as connection:
            locked = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (self.lock, number)).fetchone()
            if locked != (True,):
                raise AlreadyRunning(f"{self.task} {number} 正在进行。", f"{self.task} {number} is being carried out.")
            yield connection
            # At once: a server under load takes its time to notice that a connection has gone.
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (self.lock, number))

    @contextmanager
    def last_attempt_told(
        self, number: int, attempt: int, attempts: int, give_up: Callable[[Exception], None]
    ) -> Iterator[None]:
        """Raise again what the block raises, until `attempts` are spent: then `give_up` tells a person."""
        try:
            yield
        except Exception as error:
            log.exception("work broke off", task=self.task, number=number, attempt=attempt)
            if attempt < attempts:
                raise
            give_up(error)

    def sweep(self, database: Database, give_up: Callable[[int], None]) -> None:
        """Give up what is unfinished though no job waits for it or is at it, as after a worker was killed thrice."""
        told = {"at_work": list(self.at_work), "task": self.task, "argument": self.argument}
        with database.read() as session:
            statement = _ABANDONED.format(table=sql.Identifier(self.table))
            left = driver_connection(session).execute(statement, told).fetchall()
        for (number,) in left:
            with suppress(AlreadyRunning), self.alone(database, number):
                give_up(number)


@dataclass(slots=True)
class Progress:
    """Writes how far a run has come by a statement, a few times a second; everybody sees it at once."""

    connection: "psycopg.Connection[Any]"
    statement: str
    written: float = 0.0

    def __call__(self, *, at_once: bool = False, **told: object) -> None:
        """Write what is told, unless something was written just before and this can wait."""
        if at_once or time.monotonic() - self.written >= _EVERY_S:
            self.written = time.monotonic()
            self.connection.execute(self.statement.encode(), told)
