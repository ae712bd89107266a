"""Jobs: long work done by `gongdi worker`, queued in the command's own transaction (schema `jobs`).

A job may run twice (a killed worker's job is rescued), so every task is idempotent. A job that fails three times is
parked.
"""

from typing import Any

import orjson
import procrastinate
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.core import clock
from service.core.db import APP_ROLE, conninfo_for
from service.core.settings import Settings

STALLED_AFTER_SECONDS = 30
ATTEMPTS = 3


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
