"""Exports too large to be answered at once: made by the worker, kept for some days."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document


class Export(Base):
    """One file that somebody asked for. `order` is what was asked, as `files.Order.told` writes it."""

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'expired')", name="status"),
        Index("ix_export_created_by", "created_by", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    order: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="format, crs, encoding, fields, filter, sort")
    reach: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), comment="codes of the jurisdictions that the asker sees; null: all"
    )
    file_name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="queued", server_default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="parcels written so far")
    total: Mapped[int] = mapped_column(Integer, comment="parcels selected when it was asked for")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    problem: Mapped[str | None] = mapped_column(Text, comment="why a failed export failed, for a person")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
