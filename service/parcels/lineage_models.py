"""Splits and merges (分割、合并): what ended parcels and what it made of them; and those that were taken back.

A parcel is made by at most one operation and ended by at most one later one (`parcel.made_by`, `parcel.retired_by`). A
later operation has a higher number, so no plot can descend from itself. An undoing is an operation too: it ends what
the undone one made, and the parcels that it had ended stand again (`LineageRevival`).
"""

import datetime as dt

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.parcels.lineage import OperationKind


class LineageOperation(Base):
    """One split, merge, or undoing of one. Rows are only ever added."""

    __tablename__ = "lineage_operation"
    __table_args__ = (
        CheckConstraint("kind IN ('split', 'merge', 'undo')", name="kind"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL) AND undoes < id", name="undoes"),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    kind: Mapped[OperationKind] = mapped_column(Text)
    undoes: Mapped[int | None] = mapped_column(
        ForeignKey("lineage_operation.id"), unique=True, comment="the split or merge that it takes back"
    )
    effective_on: Mapped[dt.date] = mapped_column(comment="from this day on the new parcels stand for the old")
    recorded_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), comment="when we knew"
    )
    actor: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why a blocking rule was set aside")


class LineageRevival(Base):
    """That a parcel stands again since an undoing; until then the operation undone had ended it. Only ever added."""

    __tablename__ = "lineage_revival"

    operation_id: Mapped[int] = mapped_column(ForeignKey(LineageOperation.id), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), primary_key=True, index=True)
