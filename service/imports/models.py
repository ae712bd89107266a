"""Imports: a file on its way to becoming parcels, and what was found in it."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Double, ForeignKey, Identity, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.regions.models import Jurisdiction


class Import(Base):
    """One file brought in: published whole or not at all."""

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'published', 'refused', 'failed')", name="status"),
        CheckConstraint("stage IN ('reading', 'checking', 'publishing')", name="stage"),
        Index("ix_import_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    file_name: Mapped[str] = mapped_column(Text)
    declared: Mapped[dict[str, str]] = mapped_column(JSONB, comment="what the sender said: crs, encoding, layer")
    status: Mapped[str] = mapped_column(Text, default="queued", server_default="queued")
    stage: Mapped[str | None] = mapped_column(Text, comment="what a running import is doing")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="rows of this stage so far")
    total: Mapped[int | None] = mapped_column(Integer, comment="rows of the file, once known")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    format: Mapped[str | None] = mapped_column(Text)
    layer: Mapped[str | None] = mapped_column(Text)
    source_crs: Mapped[int | None] = mapped_column(Integer)
    encoding: Mapped[str | None] = mapped_column(Text)
    published: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="parcels made")
    errors: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    warnings: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    problem: Mapped[str | None] = mapped_column(Text, comment="why a failed import failed, for a person")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Finding(Base):
    """One thing found in a file: where it is and what is wrong. Codes: imports/findings.py."""

    __tablename__ = "import_finding"
    __table_args__ = (
        CheckConstraint("severity IN ('error', 'warning')", name="severity"),
        Index("ix_import_finding_import", "import_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"))
    row: Mapped[int | None] = mapped_column(Integer, comment="row of the file, from 1; null: the whole file")
    field: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    message_en: Mapped[str] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text, comment="the offending value, cut to 200")
    lon: Mapped[float | None] = mapped_column(Double, comment="degrees, where on the map")
    lat: Mapped[float | None] = mapped_column(Double)
    ring: Mapped[int | None] = mapped_column(Integer, comment="ring of the shape, from 1")
    point: Mapped[str | None] = mapped_column(
        Text, comment="boundary point (界址点号), or its position in the ring; two edges: J2–J3 × J7–J8"
    )
