"""Monthly targets of plots, and every change that was asked for and decided."""

import datetime as dt
import uuid

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base
from service.plans.models import PlanPlot, one_of
from service.plans.targets import TargetKind


class PlanTarget(Base):
    """A month in which a plot is to reach something; `baseline_month` stays as published, `forecast_month` moves.

    Months are first days. Once `fixed_at` is set, the database refuses another baseline.
    """

    __tablename__ = "plan_target"
    __table_args__ = (
        one_of("kind", TargetKind),
        CheckConstraint(
            "extract(day FROM baseline_month) = 1 AND extract(day FROM forecast_month) = 1", name="first_days"
        ),
        UniqueConstraint("key", "kind", name="uq_plan_target_kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[uuid.UUID] = mapped_column(ForeignKey(PlanPlot.key))
    kind: Mapped[TargetKind] = mapped_column(Text)
    baseline_month: Mapped[dt.date | None] = mapped_column(comment="null: a target without a month")
    forecast_month: Mapped[dt.date | None] = mapped_column(comment="projection of the changes that took effect")
    fixed_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="since when the baseline is published and stays"
    )
    note: Mapped[str | None] = mapped_column(Text, comment="where the target comes from")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class PlanTargetChange(Base):
    """A change of forecast that was asked for. Rows are only ever added."""

    __tablename__ = "plan_target_change"
    __table_args__ = (Index("ix_plan_target_change_target", "target_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey(PlanTarget.id))
    from_month: Mapped[dt.date | None]
    to_month: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Text, comment="code list target_change_reason")
    note: Mapped[str | None] = mapped_column(Text)
    needs_approval: Mapped[bool] = mapped_column(Boolean, comment="asked for inside the lock window")
    actor: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PlanTargetDecision(Base):
    """What an approver said to a change inside the lock window; none yet: it waits. Rows are only ever added."""

    __tablename__ = "plan_target_decision"

    change_id: Mapped[int] = mapped_column(ForeignKey(PlanTargetChange.id), primary_key=True)
    approved: Mapped[bool] = mapped_column(Boolean)
    actor: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
