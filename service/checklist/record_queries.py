"""What happened to checklists, and what people are told, as lists show it; an event's author by their bureau."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select, text, tuple_
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.models import User
from service.checklist.models import Checklist
from service.checklist.queries import visible_checklists
from service.checklist.record_models import ChecklistEvent, ChecklistRun, Notification
from service.core.errors import NotFound
from service.documents.models import Document
from service.parcels.models import Parcel


def _told(wanted: Select[Any]) -> Select[*tuple[Any, ...]]:
    """Add to events (checklists joined) the parcel, the document's title and the author's bureau."""
    return (
        wanted.join(Parcel, Parcel.id == Checklist.parcel_id)
        .outerjoin(Document, Document.id == ChecklistEvent.document_id)
        .outerjoin(User, User.username == ChecklistEvent.actor)
        .with_only_columns(
            ChecklistEvent,
            Parcel.code.label("parcel"),
            Document.title.label("document_name"),
            User.lead_bureau.label("bureau"),
            Checklist.template_id,
        )
    )


def history(
    session: Session, checklist_id: int, *, item: str | None, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return the events of a checklist, or of one of its items, the newest first, those older than id `before`."""
    wanted = _told(select(ChecklistEvent).join(Checklist, Checklist.id == ChecklistEvent.checklist_id))
    wanted = wanted.where(ChecklistEvent.checklist_id == checklist_id)
    if item is not None:
        wanted = wanted.where(ChecklistEvent.item_key == item)
    if before is not None:
        wanted = wanted.where(ChecklistEvent.id < before)
    return session.execute(wanted.order_by(ChecklistEvent.id.desc()).limit(limit)).all()


# A row is told once no transaction that began before it can still commit: a sequence's numbers come out of order.
_SETTLED = text("checklist_event.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def feed(session: Session, actor: Actor, *, after: tuple[int, int] | None, limit: int) -> Sequence[Row[Any]]:
    """Return the events of all checklists that an actor may see, those after a transaction and id."""
    wanted = _told(visible_checklists(actor).join(ChecklistEvent, ChecklistEvent.checklist_id == Checklist.id))
    wanted = wanted.where(_SETTLED)
    if after is not None:
        wanted = wanted.where(tuple_(ChecklistEvent.transaction, ChecklistEvent.id) > tuple_(*after))
    return session.execute(wanted.order_by(ChecklistEvent.transaction, ChecklistEvent.id).limit(limit)).all()


def notifications(
    session: Session, actor: Actor, *, unread: bool, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return what an actor was told, the newest first, those older than id `before`."""
    wanted = (
        _told(visible_checklists(actor).join(ChecklistEvent, ChecklistEvent.checklist_id == Checklist.id))
        .join(Notification, Notification.event_id == ChecklistEvent.id)
        .add_columns(Notification)
        .where(Notification.user_id == actor.user_id)
    )
    if unread:
        wanted = wanted.where(Notification.read_at.is_(None))
    if before is not None:
        wanted = wanted.where(Notification.id < before)
    return session.execute(wanted.order_by(Notification.id.desc()).limit(limit)).all()


def unread_count(session: Session, actor: Actor) -> int:
    """Return how much of what an actor was told they have not read."""
    wanted = select(func.count()).where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    return session.scalar(wanted) or 0


def run_by_id(session: Session, actor: Actor, run_id: int) -> ChecklistRun:
    """Return a run whose asker saw no more than an actor does. Raises NotFound."""
    found = session.get(ChecklistRun, run_id)
    if found is None or not _within(actor, found.jurisdictions):
        raise NotFound(f"没有重算任务 {run_id}。", f"There is no run {run_id}.")
    return found


def runs(session: Session, actor: Actor, *, before: int | None, limit: int) -> Sequence[ChecklistRun]:
    """Return the runs whose asker saw no more than an actor does, the newest first, those older than id `before`."""
    wanted = select(ChecklistRun)
    if actor.jurisdictions is not None:
        wanted = wanted.where(ChecklistRun.jurisdictions.contained_by(sorted(actor.jurisdictions)))
    if before is not None:
        wanted = wanted.where(ChecklistRun.id < before)
    return session.scalars(wanted.order_by(ChecklistRun.id.desc()).limit(limit)).all()


def _within(actor: Actor, asked: Sequence[str] | None) -> bool:
    return actor.jurisdictions is None or (asked is not None and set(asked) <= actor.jurisdictions)
