"""The audit table: added to, never changed. Its chain of hashes is made by a trigger (migrations/sql/audit.sql)."""

import datetime as dt

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base


class AuditEntry(Base):
    """One thing done: who, what, to what, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "seq"),
        Index("ix_audit_entry_actor", "actor", "seq"),
        Index("ix_audit_entry_action", "action", "seq"),
        Index("ix_audit_entry_recorded_at", "recorded_at"),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3 … without gaps; set by the trigger"
    )
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), comment="set by the trigger")
    actor: Mapped[str] = mapped_column(Text, comment="user name, key:<name>, job:<name>, system:<command>")
    actor_kind: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text, comment="subject:verb, see audit/actions.py")
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    request_id: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(
        LargeBinary, comment="SHA-256 over the entry and the hash before it; set by the trigger"
    )


class AuditHead(Base):
    """The last entry's number and hash: one row, so that a cut-off tail shows."""

    __tablename__ = "audit_head"

    id: Mapped[bool] = mapped_column(primary_key=True, default=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
