"""Control layers (管控图层) by version, and what they mean for parcels.

A layer is named by jurisdiction, type and name; each import makes a new version and supersedes the one before, which
stays as history, as a withdrawn one does. Only pieces of versions in force are kept: they are what an overlay reads.
"""

import datetime as dt
import uuid
from decimal import Decimal

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction

_RULES = "('forbidden', 'needs_procedure', 'allowed')"


class ControlLayer(Base):
    """One version of a control layer, as one document gave it."""

    __tablename__ = "control_layer"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "type", "name", "version", name="uq_control_layer_version"),
        Index(
            "uq_control_layer_current",
            "jurisdiction_id",
            "type",
            "name",
            unique=True,
            postgresql_where="superseded_at IS NULL",
        ),
        CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawal_reason IS NULL)"
            " AND (withdrawn_by IS NULL OR superseded_at IS NOT NULL)",
            name="withdrawal",
        ),
        Index("ix_control_layer_document", "document_id"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id), comment="whose parcels it governs")
    type: Mapped[str] = mapped_column(Text, comment="key of gis_data/constraints")
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, comment="from 1; counts the imports under this name")
    source: Mapped[str] = mapped_column(Text, comment="who issued it, with the number of the document")
    dated_on: Mapped[dt.date] = mapped_column(comment="of the data, as its document says")
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id), comment="the file it came in")
    import_id: Mapped[int] = mapped_column(Integer)
    imported_by: Mapped[str] = mapped_column(Text)
    features: Mapped[int] = mapped_column(Integer, comment="how many areas it has")
    published_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    superseded_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when a newer version replaced it, or it was withdrawn; null: in force"
    )
    withdrawn_by: Mapped[str | None] = mapped_column(Text, comment="who withdrew it; null: it was not withdrawn")
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)


class ControlFeature(Base):
    """One area of a control layer as delivered, with the file's own attributes."""

    __tablename__ = "control_feature"
    __table_args__ = (
        CheckConstraint(
            "ST_XMin(geom) >= 73 AND ST_XMax(geom) <= 136 AND ST_YMin(geom) >= 3 AND ST_YMax(geom) <= 54",
            name="inside_china",
        ),
        Index("ix_control_feature_layer", "layer_id", "row"),
        Index("ix_control_feature_geom_web", "geom_web", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey(ControlLayer.id, ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer, comment="row of the file, from 1")
    name: Mapped[str | None] = mapped_column(Text)
    attributes: Mapped[dict[str, object]] = mapped_column(JSONB, comment="the file's own columns")
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))
    geom_web: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
        Computed("ST_Transform(geom, 3857)", persisted=True),
        deferred=True,
    )


class ControlPiece(Base):
    """A feature of a layer in force, cut into small shapes (constraints/cutting.py) for fast overlays."""

    __tablename__ = "control_piece"
    __table_args__ = (
        Index("ix_control_piece_layer", "layer_id"),
        Index("ix_control_piece_feature", "feature_id"),
        Index("ix_control_piece_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey(ControlLayer.id, ondelete="CASCADE"))
    feature_id: Mapped[int] = mapped_column(ForeignKey(ControlFeature.id, ondelete="CASCADE"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))


class OverlayCheck(Base):
    """That a parcel was compared with control layers: with which, when, and in which shape.

    It is out of date when the parcel's shape or the layers in force are others now. So nothing has to be marked when a
    layer or a parcel changes, and no way of changing them can be forgotten; a new stage or name changes nothing.
    """

    __tablename__ = "overlay_check"

    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id, ondelete="CASCADE"), primary_key=True)
    shape: Mapped[uuid.UUID] = mapped_column(UUID(), comment="MD5 of the parcel's geometry that was compared")
    layers: Mapped[list[int]] = mapped_column(ARRAY(Integer), comment="the versions compared with, rising")
    computed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    computed_by: Mapped[str] = mapped_column(Text)


class OverlayResult(Base):
    """What one version of a control layer means for one parcel; no row: they share nothing."""

    __tablename__ = "overlay_result"
    __table_args__ = (
        CheckConstraint(f"rule IN {_RULES}", name="rule"),
        CheckConstraint("area_m2 > 0 AND share > 0 AND share <= 1", name="area"),
        UniqueConstraint("parcel_id", "layer_id", name="uq_overlay_result_parcel"),
        Index("ix_overlay_result_layer", "layer_id"),
        Index("ix_overlay_result_rule", "rule"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(OverlayCheck.parcel_id, ondelete="CASCADE"))
    layer_id: Mapped[int] = mapped_column(ForeignKey(ControlLayer.id))
    rule: Mapped[str] = mapped_column(Text, comment="as the type said on that day")
    inside: Mapped[bool] = mapped_column(Boolean, comment="the land lies inside the layer; false: outside it")
    area_m2: Mapped[Decimal] = mapped_column(Numeric(14, 2), comment="m², plane area of that land, local 3° zone")
    share: Mapped[float] = mapped_column(Double, comment="of the parcel's plane area, 0–1")
    features: Mapped[list[str]] = mapped_column(JSONB, comment="names of the areas touched")
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))


class OverlayRun(Base):
    """A bulk overlay on its way: of a selection, or of every parcel that its starter may see."""

    __tablename__ = "overlay_run"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed')", name="status"),
        Index("ix_overlay_run_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    parcel_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger), comment="null: every visible parcel")
    jurisdictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), comment="the starter's; null: all")
    status: Mapped[str] = mapped_column(Text, default="queued", server_default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="parcels so far")
    total: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(Text, comment="why a failed run failed, for a person")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
