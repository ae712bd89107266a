"""Who takes part in a lot, the deposits paid, and what was offered. Money is yuan; names are not for everybody."""

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
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.listings.models import Lot
from service.schemes.models import MONEY


class LotBidder(Base):
    """Who takes part in a lot, alone or jointly, and the deposit paid for it (竞买保证金)."""

    __tablename__ = "lot_bidder"
    __table_args__ = (
        CheckConstraint("deposit_yuan >= 0", name="deposit"),
        CheckConstraint("num_nonnulls(refunded_on, forfeited_on, credited_on) <= 1", name="one_end"),
        Index("ix_lot_bidder_lot", "lot_id", "id"),
        Index(
            "ix_lot_bidder_deposit",
            "lot_id",
            postgresql_where="paid_on IS NOT NULL AND num_nonnulls(refunded_on, forfeited_on, credited_on) = 0",
        ),
        UniqueConstraint("lot_id", "name", name="uq_lot_bidder_name"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id))
    name: Mapped[str] = mapped_column(Text, comment="personal or commercial data; visible by role")
    shares: Mapped[list[Decimal]] = mapped_column(
        ARRAY(Numeric(7, 6)), default=lambda: [Decimal(1)], server_default="{1}", comment="of a joint bid, sum 1 (R07)"
    )
    own_funds: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true", comment="R07")
    qualified: Mapped[bool | None] = mapped_column(Boolean, comment="null: not examined yet")
    deposit_yuan: Mapped[Decimal | None] = mapped_column(MONEY)
    paid_on: Mapped[dt.date | None]
    refunded_on: Mapped[dt.date | None]
    forfeited_on: Mapped[dt.date | None]
    credited_on: Mapped[dt.date | None] = mapped_column(comment="counted towards the price")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class LotBid(Base):
    """An offer (报价). Rows are only ever added."""

    __tablename__ = "lot_bid"
    __table_args__ = (
        CheckConstraint("yuan > 0", name="yuan"),
        Index("ix_lot_bid_lot", "lot_id", "yuan"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey(Lot.id))
    bidder_id: Mapped[int] = mapped_column(ForeignKey(LotBidder.id))
    yuan: Mapped[Decimal] = mapped_column(MONEY)
    offered_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
