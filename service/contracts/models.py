"""Contracts (出让合同) and allocation decisions (划拨决定书): what was agreed, and every event since. Money is yuan.

The contract's dates and stage are projections of its events. Payments, permits, indicators: `performance_models.py`.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

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
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.contracts.lifecycle import ContractEventKind, ContractStage
from service.core.db import Base
from service.documents.models import Document
from service.listings.models import Lot
from service.parcels.models import AREA, Parcel
from service.plans.models import one_of
from service.regions.models import Jurisdiction
from service.schemes.models import MONEY


class Contract(Base):
    """One contract or allocation decision over the parcels of a lot; a lot has at most one."""

    __tablename__ = "contract"
    __table_args__ = (
        one_of("kind", ("grant", "allocation")),
        one_of("stage", ContractStage),
        CheckConstraint("price_yuan >= 0 AND planned_investment_yuan >= 0 AND built_due_m2 >= 0", name="amounts"),
        CheckConstraint("kind <> 'grant' OR price_yuan IS NOT NULL", name="price"),
        CheckConstraint("late_rate_permille >= 0 AND late_rate_permille <= 10", name="late_rate"),
        CheckConstraint("complete_due_on >= start_due_on", name="due"),
        Index("uq_contract_number", "jurisdiction_id", "number", unique=True),
        Index("uq_contract_lot", "lot_id", unique=True),
        Index(
            "uq_contract_supervision_number",
            "supervision_number",
            unique=True,
            postgresql_where="supervision_number IS NOT NULL",
        ),
        Index("ix_contract_signed_on", "signed_on", "id"),
        Index("ix_contract_start_due_on", "start_due_on", postgresql_where="stage = 'in_force' AND started_on IS NULL"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id))
    kind: Mapped[str] = mapped_column(Text, comment="出让合同 or 划拨决定书")
    number: Mapped[str] = mapped_column(Text, comment="合同编号, 决定书文号")
    supervision_number: Mapped[str | None] = mapped_column(Text, comment="电子监管号, as text")
    holder: Mapped[str] = mapped_column(Text, comment="受让人; visible by role")
    stage: Mapped[ContractStage] = mapped_column(Text, default=ContractStage.in_force, server_default="in_force")
    signed_on: Mapped[dt.date]
    price_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="成交价款; null: allocated without a price")
    late_rate_permille: Mapped[Decimal | None] = mapped_column(
        Numeric(6, 4), comment="违约金, ‰ of the amount due a day, as agreed"
    )
    delivery_due_on: Mapped[dt.date | None] = mapped_column(comment="约定交地")
    start_due_on: Mapped[dt.date | None] = mapped_column(comment="约定动工, with an extension")
    complete_due_on: Mapped[dt.date | None] = mapped_column(comment="约定竣工, with an extension")
    planned_investment_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="总投资额, for R61")
    built_due_m2: Mapped[Decimal | None] = mapped_column(AREA, comment="应动工开发面积, m², for R61")
    paid_on: Mapped[dt.date | None] = mapped_column(comment="缴清 date")
    delivered_on: Mapped[dt.date | None]
    registered_on: Mapped[dt.date | None] = mapped_column(comment="不动产登记 date")
    started_on: Mapped[dt.date | None]
    completed_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None] = mapped_column(comment="rescinded or reclaimed")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class ContractParcel(Base):
    """A parcel of a contract. `live` follows the contract's stage (trigger): one live contract holds a parcel."""

    __tablename__ = "contract_parcel"
    __table_args__ = (
        Index("uq_contract_parcel_live", "parcel_id", unique=True, postgresql_where="live"),
        Index("ix_contract_parcel_parcel", "parcel_id", "contract_id"),
    )

    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id), primary_key=True)
    live: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")


class ContractEvent(Base):
    """One thing that happened to a contract. Rows are only ever added; `facts` hold what it set."""

    __tablename__ = "contract_event"
    __table_args__ = (
        one_of("kind", ContractEventKind),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
        Index("ix_contract_event_contract", "contract_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    kind: Mapped[ContractEventKind] = mapped_column(Text)
    effective_on: Mapped[dt.date] = mapped_column(comment="when it is true in law")
    recorded_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), comment="when we knew"
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    actor: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why a blocking rule was set aside")


class Instalment(Base):
    """A part of the price and the day it is due, as agreed."""

    __tablename__ = "instalment"
    __table_args__ = (CheckConstraint("yuan > 0", name="yuan"), Index("ix_instalment_due_on", "due_on", "contract_id"))

    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id), primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    due_on: Mapped[dt.date]
    yuan: Mapped[Decimal] = mapped_column(MONEY)


class Payment(Base):
    """A payment towards the price, or its reversal (negative). Rows are only ever added."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("yuan <> 0", name="yuan"),
        CheckConstraint("(yuan < 0) = (reverses_id IS NOT NULL)", name="reversal"),
        Index("uq_payment_reverses", "reverses_id", unique=True, postgresql_where="reverses_id IS NOT NULL"),
        Index("ix_payment_contract", "contract_id", "paid_on"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    paid_on: Mapped[dt.date]
    yuan: Mapped[Decimal] = mapped_column(MONEY)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)


class ContractExclusion(Base):
    """Time that does not count on the idle clock (R66), by reason."""

    __tablename__ = "contract_exclusion"
    __table_args__ = (
        CheckConstraint("ends_on >= begins_on", name="dates"),
        Index("ix_contract_exclusion_contract", "contract_id", "begins_on"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    reason: Mapped[str] = mapped_column(Text, comment="reason code of R66")
    begins_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None] = mapped_column(comment="the last day; null: it goes on")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
