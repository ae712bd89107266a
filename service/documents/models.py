"""Files attached to anything, by the subject's type and id; the bytes lie in the document folder under their hash."""

import datetime as dt

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base


class Document(Base):
    """One file as it came in."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    subject_type: Mapped[str] = mapped_column(Text, comment="parcel, import, …")
    subject_id: Mapped[str] = mapped_column(Text, comment="as ids are compared: Latin letters in upper case")
    title: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text, comment="as the sender called it")
    media_type: Mapped[str] = mapped_column(Text, comment="decided by content, not by the sender")
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    uploaded_by: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
