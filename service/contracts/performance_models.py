"""What happens under a contract: extensions, permits, works, standard land (标准地), inquiries into idleness."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.contracts.models import Contract
from service.core.db import Base
from service.documents.models import Document
from service.listings.indices import Sense
from service.parcels.models import AREA
from service.plans.models import one_of
from service.schemes.models import MONEY


class ContractExtension(Base):
    """Start or completion put off (R70). Rows are only ever added."""

    __tablename__ = "contract_extension"
    __table_args__ = (
        one_of("milestone", ("start", "completion")),
        CheckConstraint("to_on > from_on", name="dates"),
        Index("ix_contract_extension_contract", "contract_id", "milestone"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    milestone: Mapped[str] = mapped_column(Text)
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date]
    agreed_on: Mapped[dt.date]
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Permit(Base):
    """A permit on the way to building; construction may be permitted in stages (分阶段施工许可)."""

    __tablename__ = "permit"
    __table_args__ = (
        one_of("kind", ("land_planning", "works_planning", "construction")),
        one_of("part", ("whole", "excavation", "basement", "superstructure")),
        CheckConstraint("part = 'whole' OR kind = 'construction'", name="staged"),
        CheckConstraint("extensions >= 0", name="extensions"),
        UniqueConstraint("contract_id", "kind", "part", "number", name="uq_permit_number"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    kind: Mapped[str] = mapped_column(Text, comment="用地规划许可证, 工程规划许可证, 施工许可证")
    part: Mapped[str] = mapped_column(Text, default="whole", server_default="whole", comment="土方基坑, 地下, 地上")
    number: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[dt.date]
    extended_to: Mapped[dt.date | None]
    extensions: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    next_applied_on: Mapped[dt.date | None] = mapped_column(comment="the next step was applied for (R72)")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))


class WorksReport(Base):
    """How far works are on a day, as inspected (R61, R63). Rows are only ever added."""

    __tablename__ = "works_report"
    __table_args__ = (
        one_of("foundation", ("deep_pit", "piles", "other")),
        CheckConstraint("foundation_done >= 0 AND foundation_done <= 1", name="foundation_done"),
        CheckConstraint("built_m2 >= 0 AND invested_yuan >= 0 AND taxes_yuan >= 0", name="amounts"),
        Index("ix_works_report_contract", "contract_id", "reported_on"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    reported_on: Mapped[dt.date]
    foundation: Mapped[str | None] = mapped_column(Text)
    foundation_done: Mapped[Decimal | None] = mapped_column(Numeric(5, 4), comment="share, 0–1")
    built_m2: Mapped[Decimal] = mapped_column(
        AREA, default=Decimal(0), server_default="0", comment="已动工开发面积, m²"
    )
    invested_yuan: Mapped[Decimal] = mapped_column(
        MONEY, default=Decimal(0), server_default="0", comment="with price and taxes"
    )
    taxes_yuan: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0), server_default="0")
    stopped_on: Mapped[dt.date | None] = mapped_column(comment="the first day without work; null: works go on")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class StandardLandIndicator(Base):
    """One index of standard land as signed; another edition is signed, not written over."""

    __tablename__ = "standard_land_indicator"
    __table_args__ = (
        one_of("sense", ("at_least", "at_most")),
        UniqueConstraint("contract_id", "edition", "name", name="uq_standard_land_indicator"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    edition: Mapped[int] = mapped_column(SmallInteger, comment="版次, from 1")
    name: Mapped[str] = mapped_column(Text, comment="code list standard_land")
    sense: Mapped[Sense] = mapped_column(Text)
    target: Mapped[Decimal] = mapped_column(Numeric(18, 4), comment="in the unit of the code list")
    signed_on: Mapped[dt.date]
    from_year: Mapped[int | None] = mapped_column(SmallInteger, comment="达产 year, from which it is measured")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))


class StandardLandActual(Base):
    """What a year brought, by index; a correction is another row, the last one counts. Rows are only ever added."""

    __tablename__ = "standard_land_actual"
    __table_args__ = (Index("ix_standard_land_actual_contract", "contract_id", "year", "name", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    year: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    actual: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))


class StandardLandStep(Base):
    """What followed from a year: told to mend, mended, contract penalty, released. Rows are only ever added."""

    __tablename__ = "standard_land_step"
    __table_args__ = (
        one_of("state", ("met", "short", "rectifying", "rectified", "penalised", "released")),
        Index("ix_standard_land_step_contract", "contract_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    year: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text)
    due_on: Mapped[dt.date | None] = mapped_column(comment="until when to mend")
    effective_on: Mapped[dt.date]
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)


class IdleCase(Base):
    """An inquiry into idle land: suspicion → notice → answer → decision → fee, disposal or recovery (R60–R68)."""

    __tablename__ = "idle_case"
    __table_args__ = (
        one_of("cause", ("holder", "government")),
        one_of("outcome", ("dismissed", "fee", "disposal", "recovery")),
        CheckConstraint("fee_yuan >= 0", name="fee"),
        CheckConstraint("decided_on IS NULL OR outcome IS NOT NULL", name="decided"),
        Index("uq_idle_case_open", "contract_id", unique=True, postgresql_where="closed_on IS NULL"),
        Index("ix_idle_case_contract", "contract_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    suspected_on: Mapped[dt.date]
    notice_on: Mapped[dt.date | None] = mapped_column(comment="调查通知书 served")
    answered_on: Mapped[dt.date | None] = mapped_column(comment="the holder's answer")
    decided_on: Mapped[dt.date | None] = mapped_column(comment="认定书, or the dismissal")
    cause: Mapped[str | None] = mapped_column(Text, comment="whose cause, as decided")
    outcome: Mapped[str | None] = mapped_column(Text)
    fee_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="闲置费 decided (R64)")
    fee_paid_on: Mapped[dt.date | None]
    disposal: Mapped[str | None] = mapped_column(Text, comment="处置方式, code list idle_disposal")
    public: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false", comment="published as idle")
    closed_on: Mapped[dt.date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
