"""What begins and ends a run that forecasts all running checklists anew."""

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.checklist.record_models import ChecklistRun
from service.core import clock, jobs

RUN = "checklist.recompute"
FINISHED = frozenset({"done", "failed"})


def start_run(session: Session, actor: Actor, *, queue: bool = True) -> ChecklistRun:
    """Begin to forecast every running checklist that an actor sees. With `queue` a job does it; else the caller."""
    seen = None if actor.jurisdictions is None else sorted(actor.jurisdictions)
    run = ChecklistRun(jurisdictions=seen, created_by=actor.label)
    session.add(run)
    session.flush()
    session.refresh(run)
    record(session, Action.CHECKLIST_RUN_STARTED, "checklist_run", run.id, after={"jurisdictions": seen or "all"})
    if queue:
        jobs.defer(session, RUN, run_id=run.id)
    return run


def finish_run(session: Session, run_id: int, *, problem: str | None = None) -> None:
    """Write how a run ended: done, or failed with a problem for a person. A finished one is left alone."""
    run = session.get_one(ChecklistRun, run_id, with_for_update=True)
    if run.status in FINISHED:
        return
    run.status = "done" if problem is None else "failed"
    run.problem, run.finished_at = problem, clock.now()
    after = {"status": run.status, "checklists": run.done, "changed": run.changed, "problem": problem}
    record(session, Action.CHECKLIST_RUN_FINISHED, "checklist_run", run_id, after=after)
