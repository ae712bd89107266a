"""The accounts' own house-keeping."""

import datetime as dt

import procrastinate

from service.accounts.access import system
from service.accounts.commands import sweep as sweep_accounts
from service.core.jobs import queue


@queue.periodic(cron="17 * * * *")
@queue.task(queueing_lock="accounts.sweep", pass_context=True, name="accounts.sweep")
def sweep(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Delete sessions that are over and sign-in attempts older than a day."""
    settings = context.additional_context["settings"]
    with context.additional_context["database"].write(system("accounts.sweep", kind="job")) as session:
        sweep_accounts(session, idle=dt.timedelta(minutes=settings.session_idle_minutes))
