"""Imports: a file on its way to becoming parcels, what was found in it, what it would change and what it changed."""

import datetime as dt
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, NUMRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.imports.states import MODES, STAGES, STATUSES
from service.parcels.models import AREA, Parcel
from service.parcels.survey_models import ParcelSurvey
from service.regions.models import Jurisdiction


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Import(Base):
    """One file brought in: published whole or not at all, at once or after review."""

    __tablename__ = "import"
    __table_args__ = (
        _one_of("status", STATUSES),
        _one_of("stage", STAGES),
        _one_of("mode", MODES),
        Index("ix_import_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    file_name: Mapped[str] = mapped_column(Text)
    declared: Mapped[dict[str, str]] = mapped_column(JSONB, comment="what the sender said: crs, encoding, layer")
    control: Mapped[dict[str, str] | None] = mapped_column(
        JSONB(none_as_null=True), comment="type, name, source, dated_on of a control layer; null: a file of parcels"
    )
    mode: Mapped[str] = mapped_column(
        Text, default="direct", server_default="direct", comment="direct: published at once; review: staged first"
    )
    mapping: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSONB(none_as_null=True), comment="what each column of the file fills; null: by the field maps"
    )
    repairs: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB,
        default=list,
        server_default="[]",
        comment="repairs that were chosen: row, code, key, the shape made",
    )
    summary: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="rows by what publishing does to their parcels, and the box they lie in"
    )
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="acts on it so far")
    status: Mapped[str] = mapped_column(Text, default="queued", server_default="queued")
    stage: Mapped[str | None] = mapped_column(Text, comment="what a running import is doing")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="rows of this stage so far")
    total: Mapped[int | None] = mapped_column(Integer, comment="rows of the file, once known")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    format: Mapped[str | None] = mapped_column(Text)
    layer: Mapped[str | None] = mapped_column(Text)
    source_crs: Mapped[int | None] = mapped_column(Integer)
    encoding: Mapped[str | None] = mapped_column(Text)
    published: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="parcels made or changed")
    errors: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    warnings: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    problem: Mapped[str | None] = mapped_column(Text, comment="why a failed import failed, for a person")
    created_by: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text, comment="who published or discarded it")
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why boundaries that concern others could move")
    override_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    undone_by: Mapped[str | None] = mapped_column(Text, comment="who undid it, or asked to")
    undo_reason: Mapped[str | None] = mapped_column(Text, comment="why boundaries that concern others could go back")
    undo_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
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


class StagedParcel(Base):
    """One row of a file that waits for review: the parcel it would make or change. Gone once its import has ended.

    A row that has errors may lack anything but its number.
    """

    __tablename__ = "staged_parcel"
    __table_args__ = (
        _one_of("action", ("added", "geometry", "attributes", "same")),
        Index("ix_staged_parcel_action", "import_id", "action", "row"),
        Index("ix_staged_parcel_geom", "geom", postgresql_using="gist"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, comment="of the file, from 1")
    action: Mapped[str] = mapped_column(Text, comment="what publishing does")
    parcel_id: Mapped[int | None] = mapped_column(BigInteger, comment="the parcel that has this code already")
    parcel_version: Mapped[int | None] = mapped_column(Integer, comment="as it was compared; a later one is refused")
    changes: Mapped[dict[str, list[Any]] | None] = mapped_column(
        JSONB(none_as_null=True), comment="field → before and after, of an existing parcel"
    )
    moved_m2: Mapped[float | None] = mapped_column(
        Double, comment="m² in one of the two shapes only; null: same shape, or too complex to tell"
    )
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))
    faulty: Mapped[bytes | None] = mapped_column(LargeBinary, comment="WKB (EPSG:4490) of a shape that has a fault")
    repair: Mapped[str | None] = mapped_column(Text, comment="keys of the repairs that were chosen for the shape")
    area_plane_m2: Mapped[Decimal | None] = mapped_column(AREA)
    area_ellipsoid_m2: Mapped[Decimal | None] = mapped_column(AREA)
    survey: Mapped[bytes | None] = mapped_column(LargeBinary, comment="WKB as delivered, easting first")
    points: Mapped[list[dict[str, object]] | None] = mapped_column(JSONB(none_as_null=True))
    surveyed_on: Mapped[dt.date | None]
    code: Mapped[str | None] = mapped_column(Text, comment="of the parcel, where it exists; else as the file has it")
    name: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    cadastral_code: Mapped[str | None] = mapped_column(Text)
    lot_number: Mapped[str | None] = mapped_column(Text)
    registered_on: Mapped[dt.date | None]
    area_legal_m2: Mapped[Decimal | None] = mapped_column(AREA)
    land_use_scheme: Mapped[str | None] = mapped_column(Text)
    land_use_code: Mapped[str | None] = mapped_column(Text)
    land_use_given: Mapped[str | None] = mapped_column(Text)
    far: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE)
    density_pct: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE)
    green_pct: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE)
    height_m: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE)
    region_id: Mapped[int | None] = mapped_column(Integer)
    county_code: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[str | None] = mapped_column(Text)
    stage_since: Mapped[dt.date | None]
    hold: Mapped[str | None] = mapped_column(Text)


class ImportChange(Base):
    """What a publication changed of a parcel that was there: how it was before, so that it can be undone."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_parcel", "parcel_id"), Index("ix_import_change_survey", "survey_id"))

    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id, ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, comment="of the parcel, as published")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the columns as they were, numbers as text")
    land_uses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="components as they were")
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), comment="as it was; null: not changed"
    )
    survey_id: Mapped[int | None] = mapped_column(ForeignKey(ParcelSurvey.id, ondelete="SET NULL"))
