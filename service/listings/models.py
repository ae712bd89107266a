"""Notices (公告), their lots, and what happened to each lot. Bidders and offers: `bidder_models.py`.

A lot is a projection of its events: terms, dates, stage and outcome are what the events say. Money is yuan; instants
are kept with their offset, dates are the law's. Floor prices and winners' names are not for everybody.
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
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.documents.models import Document
from service.listings.lifecycle import LIVE, LotEventKind, LotHold, LotStage
from service.parcels.models import Parcel
from service.plans.models import one_of
from service.regions.models import Jurisdiction
from service.schemes.methods import Method
from service.schemes.models import MONEY, SupplyScheme

_SOLD = "stage IN ('sold', 'concluded')"
_WITH_RESULT = "stage IN ('sold', 'failed', 'concluded')"
_LIVE = ", ".join(f"'{stage}'" for stage in LIVE)


class Notice(Base):
    """A notice (公告, 公示) with its lots; a supplementary one (补充公告) names the notice it amends."""

    __tablename__ = "notice"
    __table_args__ = (
        one_of("method", Method),
        Index("uq_notice_number", "jurisdiction_id", "number", unique=True),
        Index("ix_notice_published_on", "published_on", "id"),
        Index("ix_notice_amends", "amends_id", postgresql_where="amends_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    centre: Mapped[str | None] = mapped_column(Text, comment="trading centre, key of gis_data/trading_centres")
    number: Mapped[str] = mapped_column(Text, comment="公告文号, e.g. 郑国土资交易告字〔2022〕10号")
    method: Mapped[Method] = mapped_column(Text, comment="code list supply_method; the same for all its lots")
    title: Mapped[str] = mapped_column(Text)
    published_on: Mapped[dt.date | None] = mapped_column(comment="null: a draft")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), comment="补充公告: the notice it amends")
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class Lot(Base):
    """One round (轮次) in which a scheme's land is offered. Ended rounds stay with number and outcome."""

    __tablename__ = "lot"
    __table_args__ = (
        one_of("stage", LotStage),
        one_of("hold", LotHold),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint(
            "floor_yuan >= 0 AND start_yuan >= 0 AND increment_yuan >= 0 AND deposit_yuan >= 0 AND price_yuan >= 0",
            name="money",
        ),
        CheckConstraint("closes_at > opens_at", name="dates"),
        CheckConstraint("jsonb_typeof(indicators) = 'array' AND indicators <> '[]'", name="indicators"),
        CheckConstraint("hold = 'none' OR stage IN ('announced', 'open', 'publicised')", name="held"),
        CheckConstraint("stage NOT IN ('sold', 'void') OR num_nulls(sold_on, price_yuan) = 0", name="sold"),
        UniqueConstraint("scheme_id", "round", name="uq_lot_round"),
        # One live round of a scheme; a parcel has one live lot (lot_parcel).
        Index("uq_lot_live", "scheme_id", unique=True, postgresql_where=f"stage IN ({_LIVE})"),
        Index("ix_lot_notice", "notice_id", "id"),
        Index("ix_lot_stage", "stage", "id"),
        Index("ix_lot_number", "number"),
        # What the clock looks for: a lot that opens or closes by itself.
        Index("ix_lot_opens_at", "opens_at", postgresql_where="stage = 'announced' AND hold = 'none'"),
        Index("ix_lot_closes_at", "closes_at", postgresql_where="stage = 'open' AND hold = 'none'"),
        # What officers owe after the end of a round.
        Index("ix_lot_unpublished", "ended_on", postgresql_where="result_on IS NULL AND " + _WITH_RESULT),
        Index("ix_lot_unconfirmed", "sold_on", postgresql_where="confirmed_on IS NULL AND " + _SOLD),
        Index("ix_lot_sold_on", "sold_on", postgresql_where="sold_on IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey(Notice.id))
    scheme_id: Mapped[int] = mapped_column(ForeignKey(SupplyScheme.id))
    number: Mapped[str] = mapped_column(Text, comment="出让编号, e.g. 郑政东出〔2022〕5号(网)")
    round: Mapped[int] = mapped_column(
        SmallInteger, default=1, server_default="1", comment="轮次 of the scheme, from 1"
    )
    stage: Mapped[LotStage] = mapped_column(Text, default=LotStage.draft, server_default="draft")
    hold: Mapped[LotHold] = mapped_column(Text, default=LotHold.none, server_default="none")
    held_since: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="of the suspension in force"
    )
    notice_on: Mapped[dt.date | None] = mapped_column(comment="the day it was announced or publicised")
    opens_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="end of listing or publicity; null: an auction or tender is one session"
    )
    floor_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="底价 as decided by the scheme")
    start_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="起始价")
    increment_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="加价幅度")
    ceiling_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="熔断价; null: none")
    deposit_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="竞买保证金")
    indicators: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSONB(none_as_null=True), comment="标准地 indices as announced; null: not standard land"
    )
    price_yuan: Mapped[Decimal | None] = mapped_column(MONEY, comment="成交价; of negotiated supply the price agreed")
    winner: Mapped[str | None] = mapped_column(Text, comment="竞得人; visible by role")
    ended_on: Mapped[dt.date | None] = mapped_column(comment="the day the round ended, whatever its outcome")
    sold_on: Mapped[dt.date | None] = mapped_column(comment="摘牌 date; stays when the award is void")
    confirmed_on: Mapped[dt.date | None] = mapped_column(comment="成交确认书 date")
    result_on: Mapped[dt.date | None] = mapped_column(comment="the day the result was published")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class LotParcel(Base):
    """A parcel of a lot. `live` follows the lot's stage (trigger): at most one live lot holds a parcel."""

    __tablename__ = "lot_parcel"
    __table_args__ = (
        Index("uq_lot_parcel_live", "parcel_id", unique=True, postgresql_where="live"),
        Index("ix_lot_parcel_parcel", "parcel_id", "lot_id"),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id), primary_key=True)
    live: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")


class LotEvent(Base):
    """One thing that happened to a lot. Rows are only ever added; `facts` hold what it set, as replay reads them."""

    __tablename__ = "lot_event"
    __table_args__ = (
        one_of("kind", LotEventKind),
        CheckConstraint("effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name="effective_on"),
        Index("ix_lot_event_lot", "lot_id", "id"),
        Index("ix_lot_event_kind", "kind", "effective_on"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id))
    kind: Mapped[LotEventKind] = mapped_column(Text)
    effective_on: Mapped[dt.date] = mapped_column(comment="when it is true in law")
    happened_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), comment="to the minute, if known")
    recorded_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), comment="when we knew"
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    actor: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    note: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text, comment="why a blocking rule was set aside")
