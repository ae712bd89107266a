"""Wire shapes of the audit log."""

import datetime as dt

from service.audit.verify import Kind
from service.core.schemas import Output


class AuditEntryRead(Output):
    """One thing done."""

    seq: int
    recorded_at: dt.datetime
    actor: str
    actor_kind: str
    action: str
    subject_type: str
    subject_id: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    request_id: str | None
    hash: str


class AuditProblem(Output):
    """Something wrong with the log, and at which entry."""

    seq: int
    kind: Kind


class AuditVerification(Output):
    """Whether the log still says what was written."""

    ok: bool
    entries: int
    head_hash: str
    problems: list[AuditProblem]
