"""The document folder's own house-keeping."""

import procrastinate

from service.core.jobs import queue
from service.documents.sweep import sweep_orphans


@queue.periodic(cron="23 4 * * *")
@queue.task(queueing_lock="documents.sweep", pass_context=True, name="documents.sweep")
def sweep(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Remove files that no row knows: a command wrote them and then failed."""
    settings = context.additional_context["settings"]
    with context.additional_context["database"].read() as session:
        sweep_orphans(session, settings.documents_dir)
