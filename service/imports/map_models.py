"""Field maps that people saved."""

import datetime as dt
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Identity, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.regions.models import Jurisdiction


class SavedMap(Base):
    """A field map (字段对照表) that somebody saved: proposed for files with the same columns."""

    __tablename__ = "field_map"
    __table_args__ = (Index("ix_field_map_jurisdiction", "jurisdiction_id"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey(Jurisdiction.id), comment="null: for all")
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="column of the file → field, as mapping.py")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
