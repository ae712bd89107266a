"""The map's own house-keeping."""

import procrastinate

from service.core.jobs import queue


@queue.periodic(cron="*/10 * * * *")
@queue.task(queueing_lock="layers.fold", pass_context=True, name="layers.fold")
def fold(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Fold the counts of far zooms and of days together: what is shown stays the same, reading it stays cheap."""
    with context.additional_context["database"].pool.connection() as connection:
        connection.execute("SELECT parcel_tally_fold()")
        connection.execute("SELECT parcel_history_fold()")
