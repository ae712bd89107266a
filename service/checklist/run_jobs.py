"""Forecasting all running checklists anew: every night, for a forecast moves on with the day, and when asked.

What the register says of their land is looked up with it.
"""

import datetime as dt
from collections.abc import Sequence

import procrastinate
import psycopg
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.checklist import queries
from service.checklist.acts import ChecklistStatus
from service.checklist.forecasting import follow_register, keep_forecast, moved_on, proofs_until
from service.checklist.models import Checklist
from service.checklist.picture import Picture, pictures
from service.checklist.record_models import ChecklistRun
from service.checklist.run_commands import FINISHED, RUN, finish_run, start_run
from service.core import clock
from service.core.db import Database
from service.core.jobs import RETRY, Frame, Progress, queue
from service.regions.models import Jurisdiction
from service.workdays.calendar import Calendar, OutsideCalendar
from service.workdays.queries import calendar_of

log = structlog.get_logger()

BATCH = 100  # checklists a transaction: whoever works at one of them waits for no longer than that takes
_FRAME = Frame(RUN, "run_id", "checklist_run", lock=4_490_006)
_ACTOR = system(RUN, kind="job")
_PROGRESS = """UPDATE checklist_run SET status = 'running', done = %(done)s, total = %(total)s, changed = %(changed)s
    WHERE id = %(id)s"""
_BROKEN = "重算多次中断，已停止，已完成的部分保留 · The run broke off repeatedly and was stopped; what is done stays."


@queue.task(name=RUN, pass_context=True, retry=RETRY)
def recompute(context: procrastinate.JobContext, *, run_id: int) -> None:
    """Carry out a queued run; it may run twice, for a forecast replaces a forecast."""
    run_now(context.additional_context["database"], run_id)


@queue.periodic(cron="10 16 * * *")  # UTC: ten past midnight in China, after proofs have run out
@queue.task(name="checklist.nightly", queueing_lock="checklist.nightly", pass_context=True)
def nightly(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Forecast all running checklists as of the new day."""
    database: Database = context.additional_context["database"]
    with database.write(_ACTOR) as session:
        run_id = start_run(session, _ACTOR, queue=False).id
    run_now(database, run_id)


@queue.periodic(cron="* * * * *")
@queue.task(name="checklist.sweep", queueing_lock="checklist.sweep", pass_context=True)
def sweep(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Report runs that nobody carries out any more as failed."""
    sweep_now(context.additional_context["database"])


def sweep_now(database: Database) -> None:
    """Do what `sweep` does, in this process."""

    def give_up(run_id: int) -> None:
        with database.write(_ACTOR) as session:
            finish_run(session, run_id, problem=_BROKEN)

    _FRAME.sweep(database, give_up)


def run_now(database: Database, run_id: int) -> None:
    """Carry out a run in this process; a finished one is left alone. Raises AlreadyRunning."""
    with _FRAME.alone(database, run_id) as connection:
        with database.read() as session:
            found = session.get_one(ChecklistRun, run_id)
            if found.status in FINISHED:
                return
            ids = _running(session, found.jurisdictions)
        _carry_out(database, connection, run_id, ids)
        with database.write(_ACTOR) as session:
            finish_run(session, run_id)


def _running(session: Session, jurisdictions: Sequence[str] | None) -> list[int]:
    wanted = select(Checklist.id).where(Checklist.status == ChecklistStatus.running).order_by(Checklist.id)
    if jurisdictions is not None:
        own = select(Jurisdiction.id).where(Jurisdiction.code.in_(jurisdictions))
        wanted = wanted.where(Checklist.jurisdiction_id.in_(own))
    return list(session.scalars(wanted))


def _carry_out(
    database: Database, connection: "psycopg.Connection[tuple[object, ...]]", run_id: int, ids: list[int]
) -> None:
    """Forecast batch by batch; how far it is shows at once, apart from the batches' own transactions."""
    progress, changed = Progress(connection, _PROGRESS), 0
    progress(at_once=True, id=run_id, done=0, total=len(ids), changed=0)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        with database.write(_ACTOR) as session:
            changed += forecast_all(session, batch)
        done = start + len(batch)
        progress(at_once=done == len(ids), id=run_id, done=done, total=len(ids), changed=changed)


def forecast_all(session: Session, ids: Sequence[int]) -> int:
    """Forecast checklists that still run as of today; return how many are forecast otherwise now.

    Where the register says something else of the land by now, the items follow before. They are locked by id, as
    whoever works at one of them does; those whose items may change after what their rows point to.
    """
    moved = moved_on(session, ids)
    if moved:
        queries.lock_pointed(session, moved)
    wanted = select(Checklist).where(Checklist.id.in_(ids), Checklist.status == ChecklistStatus.running)
    wanted = wanted.order_by(Checklist.id).with_for_update(key_share=True)
    checklists = session.scalars(wanted.execution_options(populate_existing=True)).all()
    calendar, day, whole = calendar_of(session), clock.today(), pictures(session, checklists)
    known = [each.checklist.id for each in whole]
    by_now = moved_on(session, moved.keys() & set(known)) if moved else {}
    whole = [
        follow_register(session, each, by_now[n]) if n in by_now else each for n, each in zip(known, whole, strict=True)
    ]
    proven = proofs_until(session, known)
    return sum([_forecast(seen, calendar, day, proven.get(seen.checklist.id)) for seen in whole])


def _forecast(seen: Picture, calendar: Calendar, day: dt.date, proof_until: dt.date | None) -> bool:
    """Forecast one; a plan that by now leads past the calendar's end keeps what it had, and stops no other."""
    try:
        return keep_forecast(seen, calendar, day, proof_until=proof_until)
    except OutsideCalendar as wrong:
        log.warning("checklist not forecast", checklist=seen.checklist.id, reason=wrong.en)
        return False
