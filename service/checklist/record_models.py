"""What belongs to a checklist beside its items: proofs, history, what people are told, forecasts in the background."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.accounts.models import User
from service.checklist.acts import EVENT_KINDS, NotificationKind
from service.checklist.models import Checklist
from service.core.db import Base
from service.documents.models import Document
from service.plans.models import one_of


class ChecklistDocument(Base):
    """A proof: a document that shows one of the kinds of evidence an item asks for, and how long it holds."""

    __tablename__ = "checklist_document"
    __table_args__ = (
        ForeignKeyConstraint(["checklist_id", "item_key"], ["checklist_item.checklist_id", "checklist_item.key"]),
        CheckConstraint("valid_until >= valid_from", name="valid"),
        Index("ix_checklist_document_item", "checklist_id", "item_key"),
        Index("ix_checklist_document_until", "valid_until", postgresql_where="withdrawn_on IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    checklist_id: Mapped[int]
    item_key: Mapped[str] = mapped_column(Text)
    evidence_key: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date | None] = mapped_column(comment="the last day on which it holds; null: for good")
    withdrawn_on: Mapped[dt.date | None]
    added_by: Mapped[str] = mapped_column(Text)


class ChecklistEvent(Base):
    """One thing that happened. Rows are only ever added; the feed follows `transaction` and `id`."""

    __tablename__ = "checklist_event"
    __table_args__ = (
        one_of("kind", EVENT_KINDS),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
        Index("ix_checklist_event_checklist", "checklist_id", "id"),
        Index("ix_checklist_event_transaction", "transaction", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey(Checklist.id))
    item_key: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    effective_on: Mapped[dt.date] = mapped_column(comment="when it is true in law")
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    transaction: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint"), comment="so that a feed skips nothing"
    )


class Notification(Base):
    """Something that a person is told: an event, and why it concerns them."""

    __tablename__ = "notification"
    __table_args__ = (
        one_of("kind", NotificationKind),
        Index("ix_notification_user", "user_id", "id"),
        Index("ix_notification_unread", "user_id", postgresql_where="read_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(Text)
    event_id: Mapped[int] = mapped_column(ForeignKey(ChecklistEvent.id), index=True, comment="what it tells of")
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    read_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class ChecklistRun(Base):
    """One forecast of all running checklists anew, in the background."""

    __tablename__ = "checklist_run"
    __table_args__ = (one_of("status", ("queued", "running", "done", "failed")),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), comment="codes that its asker sees; null: all")
    status: Mapped[str] = mapped_column(Text, default="queued", server_default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    total: Mapped[int | None]
    changed: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    problem: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
