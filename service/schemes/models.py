"""Supply schemes (供地方案): which parcels, under which conditions, at which price, and the steps to their approval.

Money is yuan, prices by area are yuan per m² of land.
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.parcels.models import Parcel
from service.plans.classes import USES
from service.plans.models import one_of
from service.regions.models import Jurisdiction
from service.schemes.evidence import EvidenceKind
from service.schemes.methods import Method
from service.schemes.states import Level, SchemeAction, SchemeStatus

MONEY = Numeric(18, 2)


class SupplyScheme(Base):
    """How a parcel, or parcels together, are to be supplied."""

    __tablename__ = "supply_scheme"
    __table_args__ = (
        one_of("method", Method),
        one_of("level", Level),
        one_of("status", SchemeStatus),
        CheckConstraint("floor_yuan >= 0 AND reserve_yuan >= floor_yuan AND benchmark_yuan_m2 > 0", name="prices"),
        CheckConstraint("new_land_fee_yuan >= 0 AND compensation_yuan >= 0 AND taxes_yuan >= 0", name="costs"),
        CheckConstraint("stock_months >= 0 AND revived_m2 >= 0", name="stock"),
        CheckConstraint("(status IN ('approved', 'spent')) = (approved_on IS NOT NULL)", name="approved_on"),
        Index(
            "uq_supply_scheme_number", "jurisdiction_id", "number", unique=True, postgresql_where="number IS NOT NULL"
        ),
        Index("ix_supply_scheme_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    number: Mapped[str | None] = mapped_column(Text, comment="方案文号")
    title: Mapped[str] = mapped_column(Text)
    method: Mapped[Method] = mapped_column(Text, comment="code list supply_method")
    level: Mapped[Level] = mapped_column(Text, comment="who approves")
    status: Mapped[SchemeStatus] = mapped_column(Text, default=SchemeStatus.draft, server_default="draft")
    conditions_number: Mapped[str | None] = mapped_column(Text, comment="规划条件文号")
    conditions_on: Mapped[dt.date | None] = mapped_column(comment="the day the planning conditions were issued")
    conditions_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    conditions_items: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default="{}", comment="what the conditions state, names of rule R41"
    )
    benchmark_yuan_m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 2), comment="基准地价 of the grade, yuan/m²")
    floor_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="出让最低价, yuan for the whole")
    reserve_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="保留底价, yuan; not public before the sale")
    new_land_fee_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="新增费, of a negotiated price (R46)")
    compensation_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="征地补偿 (R46)")
    taxes_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="税费 (R46)")
    stock_months: Mapped[Decimal | None] = mapped_column(
        Numeric(5, 1), comment="商品住宅去化周期, months, on the day the price was decided (R32)"
    )
    revived_m2: Mapped[Decimal | None] = mapped_column(
        Numeric(14, 2), comment="housing land completed or reclaimed this year, m² (R32)"
    )
    price_on: Mapped[dt.date | None] = mapped_column(comment="the day the price was decided")
    price_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    subsidy_linked: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default="false", comment="a subsidy or refund hangs on the price (R45)"
    )
    approved_on: Mapped[dt.date | None]
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class SchemeParcel(Base):
    """A parcel of a scheme, and what the land was before (R42–R44). `live`: the scheme still holds it."""

    __tablename__ = "scheme_parcel"
    __table_args__ = (
        Index("uq_scheme_parcel_live", "parcel_id", unique=True, postgresql_where="live"),
        Index("ix_scheme_parcel_parcel", "parcel_id", "scheme_id"),
    )

    scheme_id: Mapped[int] = mapped_column(ForeignKey(SupplyScheme.id), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id), primary_key=True)
    live: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    farmland: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false", comment="农用地 before")
    collective: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false", comment="集体土地 before")
    use_before: Mapped[str | None] = mapped_column(Text, comment="code list plan_class, for the soil (R43)")
    polluted: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default="false", comment="on the list of plots under remediation (R43)"
    )


class SchemeUse(Base):
    """A use that the land is supplied for, and for how long (R20)."""

    __tablename__ = "scheme_use"
    __table_args__ = (
        one_of("use_class", USES),
        CheckConstraint("term_years > 0", name="term"),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
    )

    scheme_id: Mapped[int] = mapped_column(ForeignKey(SupplyScheme.id), primary_key=True)
    use_class: Mapped[str] = mapped_column(Text, primary_key=True, comment="code list plan_class")
    term_years: Mapped[Decimal | None] = mapped_column(Numeric(4, 1), comment="null: allocated without a term")
    share: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=Decimal(1), server_default="1", comment="of the area")


class SchemeEvidence(Base):
    """A document that shows one of the things the law asks for before land is supplied."""

    __tablename__ = "scheme_evidence"
    __table_args__ = (
        one_of("kind", EvidenceKind),
        Index(
            "uq_scheme_evidence_kind", "scheme_id", "kind", "parcel_id", unique=True, postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey(SupplyScheme.id))
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey(Parcel.id), comment="null: all parcels of the scheme")
    kind: Mapped[EvidenceKind] = mapped_column(Text)
    issued_on: Mapped[dt.date]
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)


class SchemeStep(Base):
    """One step of a scheme: who, at which level, when, by which document. Rows are only ever added."""

    __tablename__ = "scheme_step"
    __table_args__ = (
        one_of("kind", ["create", *(each for each in SchemeAction if each is not SchemeAction.edit)]),
        one_of("level", Level),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
        Index("ix_scheme_step_scheme", "scheme_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey(SupplyScheme.id))
    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[Level | None] = mapped_column(Text)
    effective_on: Mapped[dt.date] = mapped_column(comment="when it is true in law")
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why a blocking rule was set aside")
