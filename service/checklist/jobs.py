"""What checklists do by themselves: after midnight in China, proofs that ran out reopen their items."""

import procrastinate
import structlog

from service.accounts.access import system
from service.checklist import queries
from service.checklist.proof_commands import expire_proofs
from service.core import clock
from service.core.db import Database
from service.core.errors import GongdiError
from service.core.jobs import queue

log = structlog.get_logger()


@queue.periodic(cron="1 16 * * *")  # UTC: one minute past midnight in China
@queue.task(queueing_lock="checklist.expiry", pass_context=True, name="checklist.expiry")
def expire(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Reopen what rests on proofs that have run out."""
    run_expiry(context.additional_context["database"])


def run_expiry(database: Database) -> int:
    """Reopen items whose proofs have run out by today, each checklist in a transaction of its own; return how many."""
    actor = system("checklist.expiry", kind="job")
    with database.read() as session:
        found = queries.expired(session, clock.today())
    reopened = 0
    for checklist_id in found:
        try:
            with database.write(actor) as session:
                reopened += len(expire_proofs(session, actor, checklist_id))
        except GongdiError as refused:  # closed meanwhile
            log.warning("checklist not looked through", checklist=checklist_id, reason=refused.en)
    return reopened
