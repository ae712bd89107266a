"""Write down who did what: collected during a command, stored at its commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import event, text
from sqlalchemy.orm import Session, SessionTransaction

from service.audit.actions import Action, Subject

_COLLECTED = "audit_entries"

# One round trip for all entries of a transaction; jsonb_to_recordset turns JSON null into SQL NULL.
_INSERT = text("""
    INSERT INTO audit_entry (actor, actor_kind, action, subject_type, subject_id, before, after, request_id)
    SELECT actor, actor_kind, action, subject_type, subject_id, before, after, request_id
    FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS entry (
        actor text, actor_kind text, action text, subject_type text, subject_id text,
        before jsonb, after jsonb, request_id text)
""")


@dataclass(frozen=True, slots=True)
class _Entry:
    row: bytes
    savepoints: tuple[SessionTransaction, ...]


def record(
    session: Session,
    action: Action,
    subject_type: Subject,
    subject_id: object,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record one act by the session's actor; it becomes a row if, and only if, the transaction commits.

    `before` and `after` are column → value; where both are given, only what differs is kept. Values are made JSON-safe
    (Decimal → text, dates → ISO 8601). Never pass a secret.

    Entries wait in the session and are inserted just before COMMIT: the trigger that chains their hashes locks the one
    row `audit_head`, and every audited transaction of the service queues for that lock, so it must be held for the
    moment of the commit only, not while a command computes. What was recorded inside a savepoint that is rolled back
    is forgotten with it.
    """
    if before is not None and after is not None:
        same = {key for key in before.keys() & after.keys() if before[key] == after[key]}
        before = {key: value for key, value in before.items() if key not in same}
        after = {key: value for key, value in after.items() if key not in same}
    actor = session.info["actor"]
    row = {
        "actor": actor.label,
        "actor_kind": actor.kind,
        "action": action,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "before": before,
        "after": after,
        "request_id": session.info.get("request_id"),
    }
    entry = _Entry(orjson.dumps(row, default=_json_safe, option=orjson.OPT_NON_STR_KEYS), _open_savepoints(session))
    session.info.setdefault(_COLLECTED, []).append(entry)


def _json_safe(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case bytes():
            return value.hex()
        case frozenset() | set():
            return sorted(value)
    raise TypeError(f"no audit form for {type(value).__name__}")


def _open_savepoints(session: Session) -> tuple[SessionTransaction, ...]:
    chain = []
    current = session.get_nested_transaction()
    while current is not None and current.nested:
        chain.append(current)
        current = current.parent
    return tuple(chain)


@event.listens_for(Session, "before_commit")
def _store(session: Session) -> None:
    # Fires for a savepoint's release too; the entries wait for the real commit.
    if session.in_nested_transaction() or not session.info.get(_COLLECTED):
        return
    session.flush()  # everything else first: from here on the head row is locked
    entries = b",".join(entry.row for entry in session.info.pop(_COLLECTED))
    session.execute(_INSERT, {"entries": f"[{entries.decode()}]"})


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    if undone.nested or undone.parent is None:
        collected = session.info.pop(_COLLECTED, [])
        session.info[_COLLECTED] = [entry for entry in collected if undone.nested and undone not in entry.savepoints]
