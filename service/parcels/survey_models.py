"""Surveys of parcels: each boundary as it was delivered."""

import datetime as dt

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Identity, Integer, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.parcels.models import Parcel


class ParcelSurvey(Base):
    """The boundary as it was delivered: never changed, so that an export gives back what came in."""

    __tablename__ = "parcel_survey"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id, ondelete="CASCADE"), index=True)
    source_crs: Mapped[int] = mapped_column(Integer, comment="EPSG code of the delivered coordinates")
    zone_prefixed: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default="false", comment="easting carried the zone number"
    )
    geometry: Mapped[bytes] = mapped_column(LargeBinary, comment="WKB in source_crs, easting first")
    points: Mapped[list[dict[str, object]] | None] = mapped_column(
        JSONB(none_as_null=True), comment="boundary points with number and ring, where the file had them"
    )
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    source_row: Mapped[int | None] = mapped_column(Integer, comment="row of the file, from 1")
    surveyed_on: Mapped[dt.date | None]
    surveyor: Mapped[str | None] = mapped_column(Text, comment="who measured; of a survey by hand")
    reason: Mapped[str | None] = mapped_column(Text, comment="why the boundary changed; of a survey by hand")
    override_reason: Mapped[str | None] = mapped_column(
        Text, comment="why an approver let the boundary change though others are concerned"
    )
    override_document_id: Mapped[int | None] = mapped_column(
        ForeignKey(Document.id), comment="of an import: the document that the approver's reason rests on"
    )
    actor: Mapped[str | None] = mapped_column(
        Text, comment="who recorded it; of a survey by hand, or one that an approver answers for"
    )
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
