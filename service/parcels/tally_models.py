"""Parcels counted beforehand: by township and state now, and what each day of law brought. Kept by triggers.

Rows are only added, with minus counts for what left, so that writers never wait for one another; a sum of rows is exact
at every commit, and the worker folds rows of one key together (migrations/sql/0016_counts_over_time.sql).
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, Boolean, Identity, Index, Integer, Numeric, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base

_SUM = Numeric(18, 2)


class RegionTally(Base):
    """Parcels that stand in a township (null: in none), and how they divide by state: a row a township once folded.

    The states are kept together because the dashboard asks for all of them; `n` and `area_m2`, their sums, are what a
    far map asks for.
    """

    __tablename__ = "region_tally"
    __table_args__ = (Index("ix_region_tally_region", "region_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_id: Mapped[int | None] = mapped_column(Integer)
    jurisdiction_id: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)
    area_m2: Mapped[Decimal] = mapped_column(_SUM)
    states: Mapped[dict[str, list[int]]] = mapped_column(
        JSON, comment="by 'stage hold idle': parcels, hundredths of m²"
    )


class ParcelHistoryTally(Base):
    """What a span of days of law brought to a township and state, by all events known now.

    Every event counts in four spans: its decade, year, month and day. What stood at the end of a day is a sum over the
    spans before it (`tallies.py`). A parcel's whole history counts where the parcel lies now.
    """

    __tablename__ = "parcel_history_tally"
    __table_args__ = (
        Index("ix_parcel_history_tally_span", "span", "begins_on"),
        Index("ix_parcel_history_tally_fresh", "span", "begins_on", postgresql_where="NOT folded"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    span: Mapped[int] = mapped_column(SmallInteger, comment="0: decade, 1: year, 2: month, 3: day")
    begins_on: Mapped[dt.date] = mapped_column(comment="first day of the span")
    jurisdiction_id: Mapped[int] = mapped_column(Integer)
    region_id: Mapped[int | None] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(Text)
    hold: Mapped[str] = mapped_column(Text)
    idle: Mapped[str] = mapped_column(Text)
    n: Mapped[int] = mapped_column(Integer)
    area_m2: Mapped[Decimal] = mapped_column(_SUM)
    folded: Mapped[bool] = mapped_column(Boolean, comment="one of its key, but for rows added since")
