"""Carrying out a bulk overlay: batches of neighbours, two children at work while the database reads and writes."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby

import procrastinate
import structlog
from sqlalchemy import text

from service.accounts.access import system
from service.constraints import commands, overlaying, queries
from service.constraints.apart import Overlayer, TooComplex
from service.constraints.commands import FINISHED, RUN
from service.constraints.models import OverlayRun
from service.constraints.overlaying import Asked, Found
from service.core.db import Database
from service.core.jobs import RETRY, Frame, queue

BATCH = 2_000  # parcels
CHILDREN = 2
_FRAME = Frame(RUN, "run_id", "overlay_run", lock=4_490_004)
_ACTOR = system(RUN, kind="job")
_PROGRESS = text("UPDATE overlay_run SET status = 'running', done = :done, total = :total WHERE id = :id")
_TOO_COMPLEX = (
    "地块 {codes} 的图形过于复杂，未能分析，其余已完成 · Too complex to overlay: {codes}. All other parcels are done."
)
_BROKEN = (
    "管控分析多次中断，已停止，已完成的结果保留 · The run broke off repeatedly and was stopped; what is done stays."
)
log = structlog.get_logger()


@queue.task(name=RUN, pass_context=True, retry=RETRY)
def run(context: procrastinate.JobContext, *, run_id: int) -> None:
    """Carry out a queued run; it may run twice, for results replace results."""
    run_now(context.additional_context["database"], run_id)


@queue.periodic(cron="* * * * *")
@queue.task(name="constraints.sweep", queueing_lock="constraints.sweep", pass_context=True)
def sweep(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Report runs that nobody carries out any more as failed."""
    sweep_now(context.additional_context["database"])


def sweep_now(database: Database) -> None:
    """Do what `sweep` does, in this process."""

    def give_up(run_id: int) -> None:
        with database.write(_ACTOR) as session:
            commands.finish_run(session, run_id, results=0, problem=_BROKEN)

    _FRAME.sweep(database, give_up)


def run_now(database: Database, run_id: int) -> None:
    """Carry out a run in this process; a finished one is left alone. Raises AlreadyRunning."""
    with _FRAME.alone(database, run_id):
        with database.read() as session:
            found = session.get_one(OverlayRun, run_id)
            if found.status in FINISHED:
                return
            parcels = queries.parcels_by_strip(session, found.jurisdictions, found.parcel_ids)
        batches = _batches([(row.id, row.jurisdiction_id) for row in parcels])
        results, left_out = _carry_out(database, run_id, batches, len(parcels), found.created_by)
        codes = "、".join(left_out[:20])
        with database.write(_ACTOR) as session:
            problem = _TOO_COMPLEX.format(codes=codes) if left_out else None
            commands.finish_run(session, run_id, results=results, problem=problem)


def _batches(parcels: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Cut into batches of one jurisdiction each.

    >>> _batches([(1, 7), (2, 7), (3, 8)])
    [[1, 2], [3]]
    """
    found: list[list[int]] = []
    for _, group in groupby(parcels, key=lambda each: each[1]):
        ids = [each[0] for each in group]
        found += [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    return found


def _carry_out(
    database: Database, run_id: int, batches: list[list[int]], total: int, actor: str
) -> tuple[int, list[str]]:
    """Overlay batch by batch; return the number of results, and the codes of parcels that could not be overlaid."""
    done = results = 0
    left_out: list[str] = []
    children = [Overlayer() for _ in range(CHILDREN)]
    try:
        for found, failed in _overlaid(database, batches, children):
            left_out += failed
            with database.write(_ACTOR) as session:
                session.execute(text("SET LOCAL statement_timeout = 0"))
                results += overlaying.keep(session, found, actor)
                done += len(found.asked.subjects) + len(failed)
                session.execute(_PROGRESS, {"id": run_id, "done": done, "total": total})
    finally:
        for child in children:
            child.close()
    return results, left_out


def _overlaid(
    database: Database, batches: list[list[int]], children: list[Overlayer]
) -> Iterator[tuple[Found, list[str]]]:
    """Yield each batch overlaid, in order; the next ones are at work meanwhile."""
    waiting: deque[Future[tuple[Found, list[str]]]] = deque()
    with ThreadPoolExecutor(len(children)) as pool:
        for i, ids in enumerate(batches):
            with database.read() as session:
                asked = overlaying.ask(session, queries.subjects(session, ids))
            waiting.append(pool.submit(_overlay, asked, children[i % len(children)]))
            if len(waiting) > len(children):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _overlay(asked: Asked, child: Overlayer) -> tuple[Found, list[str]]:
    """Overlay a batch; when it takes too long, its parcels one by one, leaving out those that are to blame."""
    with suppress(TooComplex):
        return overlaying.overlay(asked, child), []
    good, failed = [], []
    for subject in asked.subjects:
        try:
            overlaying.overlay(asked._replace(subjects=[subject]), child, seconds=2)
        except TooComplex:
            failed.append(subject.code)
        else:
            good.append(subject)
    log.warning("parcels too complex to overlay", codes=failed)
    return overlaying.overlay(asked._replace(subjects=good), child, seconds=10 * overlaying.SECONDS), failed
