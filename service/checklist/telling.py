"""What happened, as it is given out: a checklist's history, the feed of changes, a person's notifications."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import queries, record_queries
from service.checklist.list_schemas import (
    ChecklistEventRead,
    ChecklistEvents,
    ChecklistHistory,
    NotificationRead,
    Notifications,
    NotificationsSeen,
    Unread,
)
from service.checklist.record_models import ChecklistEvent, Notification
from service.checklist.seeing import sees_person
from service.checklist.template import Template
from service.core import clock
from service.core.dependencies import PageRequest

_PERSONAL = frozenset({"owner_id", "by"})
"""Facts of an event that name somebody."""


def history(
    session: Session, actor: Actor, checklist_id: int, page: PageRequest, *, item: str | None
) -> ChecklistHistory:
    """Return what happened to a checklist or one of its items. Raises NotFound."""
    found = queries.checklist_by_id(session, actor, checklist_id)
    before = page.after_one(int)
    rows = record_queries.history(session, found.id, item=item, before=before, limit=page.limit + 1)
    items = _events(session, actor, rows[: page.limit])
    following = page.address_after([items[-1].id]) if len(rows) > page.limit else None
    return ChecklistHistory(items=items, next=following)


def events_after(session: Session, actor: Actor, after: str, *, limit: int) -> ChecklistEvents:
    """Return what happened since, in the order in which a reader can rely on it."""
    transaction, _, number = after.partition(".")
    place = int(transaction), int(number)
    rows = record_queries.feed(session, actor, after=place, limit=limit + 1)
    items = _events(session, actor, rows[:limit])
    if items:
        last: ChecklistEvent = rows[len(items) - 1][0]
        after = f"{last.transaction}.{last.id}"
    return ChecklistEvents(items=items, after=after, more=len(rows) > limit)


def _events(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> list[ChecklistEventRead]:
    templates = queries.templates_of(session, {row.template_id for row in rows}) if rows else {}
    return [_event(actor, row, templates[row.template_id]) for row in rows]


def _event(actor: Actor, row: Row[Any], template: Template) -> ChecklistEventRead:
    event: ChecklistEvent = row[0]
    seen = sees_person(actor, row.bureau) or event.actor == actor.label
    title, title_en = _titles(template, event.item_key)
    return ChecklistEventRead(
        id=event.id,
        checklist_id=event.checklist_id,
        parcel=row.parcel,
        item_key=event.item_key,
        title=title,
        title_en=title_en,
        kind=event.kind,
        effective_on=event.effective_on,
        recorded_at=event.recorded_at,
        actor=event.actor if seen else None,
        note=event.note,
        document_id=event.document_id,
        document_name=row.document_name,
        facts=_facts(event.facts),
    )


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in _PERSONAL}


def _titles(template: Template, key: str | None) -> tuple[str | None, str | None]:
    found = template.by_key.get(key or "")
    return (None, None) if found is None else (found.title, found.title_en)


def notifications(session: Session, actor: Actor, page: PageRequest, *, unread: bool) -> Notifications:
    """Return what a person was told."""
    before = page.after_one(int)
    rows = record_queries.notifications(session, actor, unread=unread, before=before, limit=page.limit + 1)
    shown = rows[: page.limit]
    templates = queries.templates_of(session, {row.template_id for row in shown}) if shown else {}
    items = [_notification(actor, row, templates[row.template_id]) for row in shown]
    following = page.address_after([items[-1].id]) if len(rows) > page.limit else None
    return Notifications(unread=record_queries.unread_count(session, actor), items=items, next=following)


def _notification(actor: Actor, row: Row[Any], template: Template) -> NotificationRead:
    told: Notification = row.Notification
    event = _event(actor, row, template)
    return NotificationRead(
        id=told.id,
        kind=told.kind,
        checklist_id=event.checklist_id,
        parcel=event.parcel,
        item_key=event.item_key,
        title=event.title,
        title_en=event.title_en,
        note=event.note,
        actor=event.actor,
        created_at=told.created_at,
        read_at=told.read_at,
    )


def mark_read(session: Session, actor: Actor, seen: NotificationsSeen) -> Unread:
    """Note that a person has read what they were told: these, all up to one, or all."""
    change = update(Notification).where(Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    if seen.ids is not None:
        change = change.where(Notification.id.in_(seen.ids))
    if seen.until is not None:
        change = change.where(Notification.id <= seen.until)
    session.execute(change.values(read_at=clock.now()))
    return Unread(unread=record_queries.unread_count(session, actor))
