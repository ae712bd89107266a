"""Parcels (地块/宗地) and the events that made them what they are; what they became: `lineage_models.py`.

Truth is `geom` (CGCS2000, EPSG:4490, longitude first); `geom_web` is its Web Mercator copy for tiles, kept by the
database. Three areas, never mixed: the legal one comes from a document and is never overwritten by a computed one.
"""

import datetime as dt
from decimal import Decimal

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import NUMRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.parcels.lifecycle import EventKind, Hold, Idle, Stage
from service.parcels.lineage_models import LineageOperation
from service.regions.models import Jurisdiction, Region

AREA = Numeric(14, 2)


def _one_of(column: str, values: type[Stage] | type[Hold] | type[Idle] | type[EventKind]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Parcel(Base):
    """A plot of land the bureau follows, from idea to completed building."""

    __tablename__ = "parcel"
    __table_args__ = (
        _one_of("stage", Stage),
        _one_of("hold", Hold),
        _one_of("idle", Idle),
        CheckConstraint(r"cadastral_code ~ '^\d{12}[GJZ][ABCDEFGHLNSWXY]\d{5}$'", name="cadastral_code"),
        CheckConstraint(
            "ST_XMin(geom) >= 73 AND ST_XMax(geom) <= 136 AND ST_YMin(geom) >= 3 AND ST_YMax(geom) <= 54",
            name="inside_china",
        ),
        CheckConstraint("area_plane_m2 > 0 AND area_ellipsoid_m2 > 0 AND area_legal_m2 > 0", name="areas_positive"),
        CheckConstraint(
            "lower(far) >= 0 AND lower(height_m) >= 0"
            " AND density_pct <@ numrange(0, 100, '[]') AND green_pct <@ numrange(0, 100, '[]')",
            name="planning_bounds",
        ),
        # Kept as written, compared regardless of case: one index for look-up, order and uniqueness.
        Index("uq_parcel_code", text('upper(code COLLATE "C")'), unique=True),
        CheckConstraint("made_by < retired_by", name="lineage"),
        # Columns of few values are indexed alone: small, cheap to keep, and joined with the others as a bitmap.
        Index("ix_parcel_geom_web", "geom_web", postgresql_using="gist"),
        Index("ix_parcel_stage", "stage"),
        Index("ix_parcel_region", "region_id"),
        Index("ix_parcel_land_use", "land_use_code", postgresql_ops={"land_use_code": "text_pattern_ops"}),
        Index("ix_parcel_area", "area_m2", "id"),
        Index("ix_parcel_updated_at", "updated_at", "id"),
        Index("uq_parcel_cadastral_code", "cadastral_code", unique=True, postgresql_where="cadastral_code IS NOT NULL"),
        Index("ix_parcel_lot_number", "lot_number", postgresql_where="lot_number IS NOT NULL"),
        Index("ix_parcel_made_by", "made_by", postgresql_where="made_by IS NOT NULL"),
        Index("ix_parcel_retired_by", "retired_by", postgresql_where="retired_by IS NOT NULL"),
        Index("ix_parcel_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, comment="the bureau's own stable parcel number")
    name: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text, comment="坐落")
    cadastral_code: Mapped[str | None] = mapped_column(Text, comment="宗地代码, 19 characters, once registered")
    lot_number: Mapped[str | None] = mapped_column(Text, comment="出让编号, e.g. 郑政东出〔2022〕5号(网)")
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    county_code: Mapped[str | None] = mapped_column(Text, comment="GB/T 2260, by geometry")
    region_id: Mapped[int | None] = mapped_column(ForeignKey(Region.id), comment="township; by geometry, or overridden")
    region_overridden: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")

    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False))
    geom_web: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
        Computed("ST_Transform(geom, 3857)", persisted=True),
        deferred=True,
    )
    area_legal_m2: Mapped[Decimal | None] = mapped_column(AREA, comment="m², from the document; never computed")
    area_plane_m2: Mapped[Decimal] = mapped_column(AREA, comment="m², plane area in the local 3° zone")
    area_ellipsoid_m2: Mapped[Decimal] = mapped_column(AREA, comment="m², on the CGCS2000 ellipsoid")
    area_m2: Mapped[Decimal] = mapped_column(
        AREA,
        Computed("coalesce(area_legal_m2, area_plane_m2)", persisted=True),
        comment="m², legal where known, else plane",
    )

    stage: Mapped[Stage] = mapped_column(Text, comment="projection of parcel_event")
    stage_since: Mapped[dt.date]
    hold: Mapped[Hold] = mapped_column(Text, default=Hold.none, server_default="none")
    idle: Mapped[Idle] = mapped_column(Text, default=Idle.none, server_default="none")
    registered_on: Mapped[dt.date | None] = mapped_column(comment="不动产登记 date")
    made_by: Mapped[int | None] = mapped_column(ForeignKey(LineageOperation.id), comment="split or merge that made it")
    retired_by: Mapped[int | None] = mapped_column(ForeignKey(LineageOperation.id), comment="the one that ended it")

    land_use_scheme: Mapped[str | None] = mapped_column(Text, comment="code list of the main use")
    land_use_code: Mapped[str | None] = mapped_column(Text, comment="main use: the component with the largest share")
    land_use_given: Mapped[str | None] = mapped_column(Text, comment="list:code as delivered; never translated")
    far: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE, comment="容积率; open and closed bounds as given")
    density_pct: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE, comment="建筑密度, percent")
    green_pct: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE, comment="绿地率, percent")
    height_m: Mapped[Range[Decimal] | None] = mapped_column(NUMRANGE, comment="建筑高度, m")

    search: Mapped[str] = mapped_column(
        Text,
        Computed(
            "lower(code || ' ' || coalesce(name, '') || ' ' || coalesce(lot_number, '')"
            " || ' ' || coalesce(cadastral_code, '') || ' ' || coalesce(address, ''))",
            persisted=True,
        ),
        deferred=True,
    )
    import_id: Mapped[int | None] = mapped_column(Integer, comment="the import that made it")
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


code_key = func.upper(Parcel.code.collate("C"))
"""What codes are compared by (`core/spelling.py`)."""


class ParcelLandUse(Base):
    """One of the components of a mixed use, 居住 70 years beside 商业 40 years; or a single use's unusual term."""

    __tablename__ = "parcel_land_use"
    __table_args__ = (CheckConstraint("share > 0 AND share <= 1", name="share"),)

    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id, ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    scheme: Mapped[str] = mapped_column(Text, comment="code list, e.g. land_use_2023: digits differ between lists")
    code: Mapped[str] = mapped_column(Text)
    share: Mapped[Decimal] = mapped_column(Numeric(5, 4), comment="of the parcel's area, 0–1")
    max_term_years: Mapped[int | None] = mapped_column(SmallInteger)


class ParcelEvent(Base):
    """One change of state. Valid time (`effective_on`) and record time (`recorded_at`) are kept apart.

    `stage`, `hold`, `idle` hold what the event set, null where it left the value alone: the state on a day is, for each
    of the three, the last value set by events in force on that day. Rows are only ever added.
    """

    __tablename__ = "parcel_event"
    __table_args__ = (
        _one_of("kind", EventKind),
        _one_of("stage", Stage),
        _one_of("hold", Hold),
        _one_of("idle", Idle),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
        Index("ix_parcel_event_parcel", "parcel_id", "effective_on", "id"),
        # What was not yet known at some time is what was recorded since; rows stand in the order of recording.
        Index("ix_parcel_event_recorded_at", "recorded_at", postgresql_using="brin"),
        # Few parcels were ever suspected of lying idle.
        Index("ix_parcel_event_idle", "parcel_id", postgresql_where="idle <> 'none'"),
        # Supply is counted by contract: of a year, whatever the parcel.
        Index("ix_parcel_event_contract", "effective_on", "parcel_id", postgresql_where="kind = 'contract'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id))
    kind: Mapped[EventKind] = mapped_column(Text)
    effective_on: Mapped[dt.date] = mapped_column(comment="when it is true in law")
    recorded_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), comment="when we knew"
    )
    stage: Mapped[Stage | None] = mapped_column(Text)
    hold: Mapped[Hold | None] = mapped_column(Text)
    idle: Mapped[Idle | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why a blocking rule was set aside")
