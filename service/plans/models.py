"""Annual supply plans: editions with what happened to them, the plots they name, and the totals their document prints.

A plot (`plan_plot`) is the same in every edition of its year; an item is what one edition says of it.
"""

import datetime as dt
import uuid
from decimal import Decimal

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.parcels.models import Parcel
from service.plans.classes import USES, Dimension
from service.plans.states import PlanAction, PlanStatus
from service.regions.models import Jurisdiction, Region

AREA = Numeric(14, 2)
FIRST_YEAR, LAST_YEAR = 1990, 2099
_OPEN = "status IN ('draft', 'submitted', 'approved')"


def one_of(column: str, values: object) -> CheckConstraint:
    """Say which words a column may hold."""
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class SupplyPlan(Base):
    """One edition (版次) of a jurisdiction's plan for a calendar year."""

    __tablename__ = "supply_plan"
    __table_args__ = (
        one_of("status", PlanStatus),
        CheckConstraint(f"year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}", name="year"),
        CheckConstraint("(status IN ('published', 'amended')) = (published_on IS NOT NULL)", name="published_on"),
        UniqueConstraint("jurisdiction_id", "year", "edition", name="uq_supply_plan_edition"),
        # At most one edition in force, and at most one on its way.
        Index(
            "uq_supply_plan_in_force", "jurisdiction_id", "year", unique=True, postgresql_where="status = 'published'"
        ),
        Index("uq_supply_plan_open", "jurisdiction_id", "year", unique=True, postgresql_where=_OPEN),
        Index("ix_supply_plan_year", "year", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    year: Mapped[int] = mapped_column(SmallInteger, comment="calendar year")
    edition: Mapped[int] = mapped_column(SmallInteger, comment="版次, from 1")
    status: Mapped[PlanStatus] = mapped_column(Text, default=PlanStatus.draft, server_default="draft")
    title: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), comment="the plan as a document")
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("supply_plan.id"), comment="the edition it amends")
    published_on: Mapped[dt.date | None] = mapped_column(comment="the day it was made public")
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class PlanEvent(Base):
    """One step of an edition: who, when, by which document. Rows are only ever added."""

    __tablename__ = "plan_event"
    __table_args__ = (
        one_of("kind", ["create", *(each for each in PlanAction if each is not PlanAction.edit)]),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
        Index("ix_plan_event_plan", "plan_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(SupplyPlan.id))
    kind: Mapped[str] = mapped_column(Text)
    effective_on: Mapped[dt.date] = mapped_column(comment="when it is true in law")
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)


class PlanPlot(Base):
    """A plot of a plan year, the same through all its editions; what targets belong to."""

    __tablename__ = "plan_plot"
    __table_args__ = (
        Index("ix_plan_plot_carried_from", "carried_from", postgresql_where="carried_from IS NOT NULL"),
        Index("ix_plan_plot_year", "jurisdiction_id", "year"),
    )

    key: Mapped[uuid.UUID] = mapped_column(UUID(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    year: Mapped[int] = mapped_column(SmallInteger)
    carried_from: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("plan_plot.key"), comment="the plot of an earlier year that was not sold then (结转)"
    )


class PlanItem(Base):
    """What one edition says of a plot: a parcel, or a place that is not surveyed yet."""

    __tablename__ = "plan_item"
    __table_args__ = (
        one_of("use_class", USES),
        one_of("source", ("new", "stock")),
        CheckConstraint("area_m2 > 0", name="area"),
        CheckConstraint("housing_class IS NULL OR use_class = 'residential'", name="housing_class"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        CheckConstraint("month IS NULL OR (quarter IS NOT NULL AND (month + 2) / 3 = quarter)", name="month"),
        CheckConstraint("(land_use_scheme IS NULL) = (land_use_code IS NULL)", name="land_use"),
        CheckConstraint("parcel_id IS NOT NULL OR name IS NOT NULL", name="named"),
        CheckConstraint(
            "ST_XMin(geom) >= 73 AND ST_XMax(geom) <= 136 AND ST_YMin(geom) >= 3 AND ST_YMax(geom) <= 54",
            name="inside_china",
        ),
        UniqueConstraint("plan_id", "key", name="uq_plan_item_key"),
        Index("uq_plan_item_parcel", "plan_id", "parcel_id", unique=True, postgresql_where="parcel_id IS NOT NULL"),
        Index("ix_plan_item_page", "plan_id", "id"),
        Index("ix_plan_item_parcel", "parcel_id", "plan_id", postgresql_where="parcel_id IS NOT NULL"),
        Index("ix_plan_item_plot", "key"),
        Index("ix_plan_item_region", "region_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(SupplyPlan.id, ondelete="CASCADE"))
    key: Mapped[uuid.UUID] = mapped_column(ForeignKey(PlanPlot.key))
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey(Parcel.id), comment="null: not surveyed yet")
    name: Mapped[str | None] = mapped_column(Text, comment="null: the parcel's own")
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), comment="sketch of a plot without a parcel"
    )
    area_m2: Mapped[Decimal] = mapped_column(AREA, comment="m², as planned")
    use_class: Mapped[str] = mapped_column(Text, comment="code list plan_class")
    housing_class: Mapped[str | None] = mapped_column(Text, comment="code list housing_class; of housing only")
    land_use_scheme: Mapped[str | None] = mapped_column(Text)
    land_use_code: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text, comment="code list land_source")
    method: Mapped[str | None] = mapped_column(Text, comment="code list supply_method")
    quarter: Mapped[int | None] = mapped_column(SmallInteger, comment="planned, 1–4")
    month: Mapped[int | None] = mapped_column(SmallInteger, comment="planned, 1–12, inside the quarter")
    region_id: Mapped[int | None] = mapped_column(ForeignKey(Region.id), comment="the district it is counted to")
    note: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class PlanDeclaredTotal(Base):
    """An area as the plan's document prints it; compared with the items, never made to fit them."""

    __tablename__ = "plan_declared_total"
    __table_args__ = (one_of("dimension", Dimension), CheckConstraint("area_m2 >= 0", name="area"))

    plan_id: Mapped[int] = mapped_column(ForeignKey(SupplyPlan.id, ondelete="CASCADE"), primary_key=True)
    dimension: Mapped[Dimension] = mapped_column(Text, primary_key=True)
    member: Mapped[str] = mapped_column(Text, primary_key=True, comment="code of the class, region, quarter …")
    area_m2: Mapped[Decimal] = mapped_column(AREA, comment="m², as printed")
