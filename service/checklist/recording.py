"""How what happens to a checklist is written down, and who is told."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist.acts import Happening, NotificationKind
from service.checklist.models import Checklist
from service.checklist.record_models import ChecklistEvent, Notification
from service.checklist.states import Action
from service.core import clock


def note(
    session: Session,
    checklist: Checklist,
    kind: Happening | Action,
    key: str | None = None,
    *,
    day: dt.date | None = None,
    text: str | None = None,
    document_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> ChecklistEvent:
    """Add an event to a checklist's history: now, by who the session works for, true in law since `day` (or today).

    `facts` are what belongs to the kind; what is None is left out.
    """
    event = ChecklistEvent(
        checklist_id=checklist.id,
        item_key=key,
        kind=kind.value,
        effective_on=day or clock.today(),
        actor=session.info["actor"].label,
        note=text,
        document_id=document_id,
        facts={name: _told(value) for name, value in (facts or {}).items() if value is not None},
    )
    session.add(event)
    return event


def _told(value: Any) -> Any:  # noqa: ANN401 - whatever JSON takes
    return value.isoformat() if isinstance(value, dt.date) else value


def tell(
    session: Session, actor: Actor, users: Iterable[int | None], kind: NotificationKind, event: ChecklistEvent
) -> None:
    """Tell people of an event; nobody is told of what they did themselves."""
    session.flush()
    wanted = dict.fromkeys(user for user in users if user is not None and user != actor.user_id)
    session.add_all(Notification(user_id=user, kind=kind, event_id=event.id) for user in wanted)
