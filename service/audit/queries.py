"""The audit log as read: newest first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit.actions import Action, Subject
from service.audit.models import AuditEntry
from service.core.clock import CHINA


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; `first_day` and `last_day` are days in China, both included."""

    actor: str | None = None
    action: Action | None = None
    subject_type: Subject | None = None
    subject_id: str | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None


def entries_page(session: Session, chosen: Filter, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
    """Return up to `limit` entries, newest first, older than number `before`."""
    query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    for name in ("actor", "action", "subject_type", "subject_id"):
        wanted = getattr(chosen, name)
        if wanted is not None:
            query = query.where(getattr(AuditEntry, name) == wanted)
    if chosen.first_day is not None:
        query = query.where(AuditEntry.recorded_at >= _midnight(chosen.first_day))
    if chosen.last_day is not None:
        query = query.where(AuditEntry.recorded_at <= dt.datetime.combine(chosen.last_day, dt.time.max, tzinfo=CHINA))
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return session.scalars(query).all()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=CHINA)
