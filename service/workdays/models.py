"""The working-day calendar as it is kept: days that don't follow from the weekday, years known, orders in force."""

import datetime as dt

from sqlalchemy import ARRAY, Boolean, CheckConstraint, DateTime, ForeignKey, Identity, Index, Integer, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base

_IN_CALENDAR = "BETWEEN '1990-01-01' AND '2060-12-31'"


class CalendarDay(Base):
    """A day that is not worked, or not free, as its weekday says; or a weekend that belongs to a holiday."""

    __tablename__ = "workday_calendar"
    __table_args__ = (CheckConstraint(f"day {_IN_CALENDAR}", name="day"),)

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(Text, comment="the holiday it belongs to; may be empty")
    name_en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, comment="package and version, or the document an edit rests on")
    reason: Mapped[str | None] = mapped_column(Text, comment="why a person changed it; null: as seeded")
    edited_by: Mapped[str | None] = mapped_column(Text, comment="null: as seeded; seeding leaves an edited day alone")
    edited_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


class CalendarYear(Base):
    """A year whose calendar the State Council has issued; a year without a row is provisional."""

    __tablename__ = "workday_year"
    __table_args__ = (CheckConstraint("year BETWEEN 1990 AND 2060", name="year"),)

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    provisional: Mapped[bool] = mapped_column(Boolean, comment="true: taken back by a person")
    source: Mapped[str] = mapped_column(Text, comment="package and version, or number of the notice")
    reason: Mapped[str | None] = mapped_column(Text)
    edited_by: Mapped[str | None] = mapped_column(Text, comment="null: as seeded; seeding leaves an edited year alone")
    edited_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


class BlockedOrder(Base):
    """An order that stops kinds of works in an area for a time (封土, 重污染天气管控)."""

    __tablename__ = "blocked_period"
    __table_args__ = (
        CheckConstraint(f"first {_IN_CALENDAR} AND last {_IN_CALENDAR} AND last >= first", name="days"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
        Index("ix_blocked_period_jurisdiction", "jurisdiction"),
        Index("ix_blocked_period_last", "last"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    first: Mapped[dt.date] = mapped_column()
    last: Mapped[dt.date] = mapped_column(comment="still blocked")
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="codes of the list work_kind")
    jurisdiction: Mapped[str | None] = mapped_column(ForeignKey("jurisdiction.code"), comment="null: every one")
    regions: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="codes; empty: the whole of the jurisdiction")
    exempt: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="codes of the list exempt_class")
    source: Mapped[str] = mapped_column(Text, comment="the order: who issued it, with its number")
    verified: Mapped[bool] = mapped_column(Boolean, comment="somebody has compared it with the order's text")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
