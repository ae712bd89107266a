"""The clock of lots: every minute, what is due by itself is done, each lot in a transaction of its own."""

import datetime as dt

import procrastinate
import structlog

from service.accounts.access import Actor, system
from service.core import clock
from service.core.db import Database
from service.core.errors import GongdiError
from service.core.jobs import queue
from service.listings import queries
from service.listings.lot_commands import advance_lot

_LONGEST = 4
"""How often a lot can move in one go: it opens and closes, if the clock stood still that long."""
log = structlog.get_logger()


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="listings.clock", pass_context=True, name="listings.clock")
def tick(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Open and close the lots whose time has come."""
    run_clock(context.additional_context["database"], clock.instant())


def run_clock(database: Database, now: dt.datetime) -> int:
    """Do everything that is due by `now`; return how many events that were. Run again, it does nothing more."""
    actor = system("listings.clock", kind="job")
    with database.read() as session:
        due = queries.due_lots(session, now)
    return sum(_advance(database, lot_id, now, actor) for lot_id in due)


def _advance(database: Database, lot_id: int, now: dt.datetime, actor: Actor) -> int:
    done = 0
    for _ in range(_LONGEST):
        try:
            with database.write(actor) as session:
                if advance_lot(session, actor, lot_id, now) is None:
                    break
        except GongdiError as refused:  # an officer has to look: the parcel is elsewhere
            log.warning("lot not moved", lot=lot_id, code=refused.code, reason=refused.en)
            break
        done += 1
    return done
