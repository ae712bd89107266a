"""What gives parcels out, each time with an entry in the log (数据导出日志): who, what, how many, by which filter."""

from pathlib import Path

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock, jobs
from service.core.db import driver_connection
from service.core.errors import TooLarge
from service.documents import commands as documents
from service.documents.models import Document
from service.documents.storage import Kept
from service.exports import files, rows
from service.exports.files import Order, Written
from service.exports.models import Export

RUN = "exports.run"
MOST_AT_ONCE = 10_000
"""Parcels that are answered at once; more are written in the background."""
UNHURRIED = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
"""For a transaction that writes a file of any size: packing it takes minutes after the last row."""
_MOST = 2**31 - 1
_FINISHED = ("done", "failed", "expired")


class TooManyParcels(TooLarge):
    """More parcels than are answered at once."""

    code, title_zh, title_en = "too-many-parcels", "地块数量过多", "Too many parcels"


def export_now(
    session: Session, actor: Actor, order: Order, folder: Path, *, most: int | None = MOST_AT_ONCE
) -> Written:
    """Write a file into a folder of the caller's; it may be given out once this transaction has committed.

    `most` is how many parcels may be in it; None: any number.

    Raises:
        TooManyParcels: more than are answered at once.
        CrsRefused, FormatCannot, BadRequest, NotInGbk: the order can't be carried out.

    """
    order.target()
    connection = driver_connection(session)
    if most is not None and rows.count(connection, actor, order.selection, most=most + 1) > most:
        raise TooManyParcels(
            f"超过 {most} 宗，请改为后台导出（POST /api/v1/exports）。",
            f"More than {most} parcels: ask for it in the background (POST /api/v1/exports).",
            facts={"limit": most},
        )
    written = files.write(connection, actor, order, folder)
    record(session, Action.PARCELS_EXPORTED, "export", "direct", after={"rows": written.rows, **order.told()})
    return written


def request_export(session: Session, actor: Actor, order: Order) -> Export:
    """Take an order for the background: row, log entry and job.

    Raises:
        CrsRefused, FormatCannot, BadRequest: the order can't be carried out.

    """
    name = files.file_name(order)
    total = rows.count(driver_connection(session), actor, order.selection, most=_MOST)
    export = Export(
        order=order.told(),
        reach=None if actor.jurisdictions is None else sorted(actor.jurisdictions),
        file_name=name,
        total=total,
        created_by=actor.label,
    )
    session.add(export)
    session.flush()
    session.refresh(export)
    record(session, Action.EXPORT_REQUESTED, "export", export.id, after={"rows": total, **order.told()})
    jobs.defer(session, RUN, export_id=export.id)
    return export


def start(session: Session, export_id: int) -> Export | None:
    """Mark an export as running and count the attempt; None if it is finished, which makes a second run harmless."""
    found = session.get_one(Export, export_id, with_for_update=True)
    if found.status in _FINISHED:
        return None
    found.status, found.done = "running", 0
    found.attempts += 1
    record(session, Action.EXPORT_STARTED, "export", export_id, after={"attempt": found.attempts})
    return found


def finish(session: Session, actor: Actor, export_id: int, kept: Kept, *, written: int) -> None:
    """Attach the file, which lies in the document folder; a second run's is left to be swept."""
    found = session.get_one(Export, export_id, with_for_update=True)
    if found.status != "running":
        return
    document = documents.add(
        session,
        actor,
        kept,
        file_name=found.file_name,
        title=found.file_name,
        subject_type="export",
        subject_id=str(export_id),
    )
    found.status, found.done, found.document_id, found.finished_at = "done", written, document.id, clock.now()
    after = {"rows": written, "sha256": kept.sha256, "for": found.created_by, **found.order}
    record(session, Action.PARCELS_EXPORTED, "export", export_id, after=after)


def fail(session: Session, export_id: int, problem: str) -> None:
    """Give an export up; `problem` tells a person why. A finished one is left alone."""
    found = session.get_one(Export, export_id, with_for_update=True)
    if found.status in _FINISHED:
        return
    found.status, found.problem, found.finished_at = "failed", problem, clock.now()
    record(session, Action.EXPORT_FAILED, "export", export_id, after={"problem": problem})


def expire(session: Session, export_id: int) -> None:
    """Take back the file of an export; the row stays, and the folder is swept of what no document names."""
    found = session.get_one(Export, export_id, with_for_update=True)
    if found.document_id is None:
        return
    document = session.get_one(Document, found.document_id)
    found.status, found.document_id = "expired", None
    session.flush()
    session.delete(document)
    record(session, Action.EXPORT_EXPIRED, "export", export_id, before={"sha256": document.sha256})
