"""Checklists (八同步) of parcels and their items. Proofs, history, notifications: `record_models.py`.

An item that follows another package's record (`Item.follows`) stays `open` here: what it mirrors is read there.
"""

import datetime as dt
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
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.accounts.models import User
from service.checklist.acts import ChecklistStatus
from service.checklist.states import Stored
from service.core.db import Base
from service.documents.models import Document
from service.listings.models import Lot
from service.parcels.lineage_models import LineageOperation
from service.parcels.models import Parcel
from service.plans.models import one_of
from service.regions.models import Jurisdiction


class ChecklistTemplate(Base):
    """A version of a template as checklists follow it; kept when it is first used, never changed."""

    __tablename__ = "checklist_template"
    __table_args__ = (Index("uq_checklist_template_version", "key", "version", unique=True),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="as template.to_json writes it")
    sha256: Mapped[str] = mapped_column(Text, comment="of the content, template.digest")
    loaded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ChecklistPolicy(Base):
    """Which template a jurisdiction uses, and from which notice day a sale needs a checklist for every parcel."""

    __tablename__ = "checklist_policy"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id), primary_key=True)
    template_key: Mapped[str] = mapped_column(Text)
    required_from: Mapped[dt.date | None] = mapped_column(comment="null: only checklists that were opened bind")
    recorded_from: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True),
        comment="what is recorded later is no history and needs a checklist, whatever its day; null: not in force",
    )
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class Checklist(Base):
    """The checklist of a parcel. `forecast` and what is counted of its items are as of `forecast_on`."""

    __tablename__ = "checklist"
    __table_args__ = (
        one_of("status", ChecklistStatus),
        one_of("readiness", ("ready", "on_time", "late", "blocked")),
        CheckConstraint("(status = 'running') = (closed_on IS NULL)", name="closed_on"),
        Index("uq_checklist_running", "parcel_id", unique=True, postgresql_where="status = 'running'"),
        Index("ix_checklist_parcel", "parcel_id", "id"),
        Index("ix_checklist_jurisdiction", "jurisdiction_id", "status", "id"),
        Index("ix_checklist_template", "template_id", "status"),
        Index("ix_checklist_lot", "lot_id", postgresql_where="lot_id IS NOT NULL"),
        Index("ix_checklist_planned", "planned_sale_on", "id", postgresql_where="status = 'running'"),
        Index("ix_checklist_readiness", "readiness", "id", postgresql_where="status = 'running'"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey(Jurisdiction.id))
    parcel_id: Mapped[int] = mapped_column(ForeignKey(Parcel.id))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey(Lot.id), comment="the round it was opened for, if known")
    template_id: Mapped[int] = mapped_column(ForeignKey(ChecklistTemplate.id))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}", comment="officers' answers")
    derived: Mapped[dict[str, Any]] = mapped_column(
        JSONB, default=dict, server_default="{}", comment="facts as last found in the register"
    )
    status: Mapped[ChecklistStatus] = mapped_column(Text, default=ChecklistStatus.running, server_default="running")
    project_name: Mapped[str | None] = mapped_column(Text)
    planned_listing_on: Mapped[dt.date | None]
    planned_sale_on: Mapped[dt.date | None]
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date | None]
    operation_id: Mapped[int | None] = mapped_column(
        ForeignKey(LineageOperation.id), index=True, comment="the split or merge that ended it"
    )
    blocking: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="required items still open")
    returned: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="of these, returned ones")
    ready_on: Mapped[dt.date | None] = mapped_column(comment="forecast: nothing required before the sale is open")
    ends_on: Mapped[dt.date | None] = mapped_column(comment="forecast: the start on site")
    saved_workdays: Mapped[int | None] = mapped_column(Integer, comment="forecast or measured, working days")
    proof_until: Mapped[dt.date | None] = mapped_column(comment="the first day on which a proof in force runs out")
    provisional: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    forecast: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}", comment="by item key")
    tracks: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]", comment="the nine groups in short, as tracks.py writes them"
    )
    forecast_on: Mapped[dt.date | None]
    readiness: Mapped[str] = mapped_column(Text, default="on_time", server_default="on_time")
    overdue: Mapped[int] = mapped_column(Integer, default=0, server_default="0", comment="items that should be done")
    controlling_track: Mapped[int | None] = mapped_column(SmallInteger)
    promised_workdays: Mapped[int | None] = mapped_column(comment="from the sale to the start, by template")
    sale_to_start_workdays: Mapped[int | None] = mapped_column(comment="measured; null: not started")
    revision: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0", comment="grows with every change of an item or proof (trigger)"
    )
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")


class ChecklistOrigin(Base):
    """Which checklists a checklist was made of, by a split or merge of the land."""

    __tablename__ = "checklist_origin"

    checklist_id: Mapped[int] = mapped_column(ForeignKey(Checklist.id), primary_key=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey(Checklist.id), primary_key=True, index=True)


class ChecklistItem(Base):
    """An item of a checklist. What a template says of it stands there; here is what is particular.

    `binding`: the sale is refused while it is open. `dropped`: a newer template no longer has it.
    """

    __tablename__ = "checklist_item"
    __table_args__ = (
        one_of("state", Stored),
        one_of("phase", ("pre", "sale", "after")),
        CheckConstraint("(state IN ('done', 'waived')) = (finished_on IS NOT NULL)", name="finished_on"),
        CheckConstraint("finished_on >= started_on", name="order"),
        CheckConstraint("planned_finish >= planned_start", name="planned"),
        CheckConstraint("days BETWEEN 0 AND 3650", name="days"),
        CheckConstraint(
            "state <> 'waived' OR num_nulls(asked_by, waived_by, document_id, reason) = 0 AND asked_by <> waived_by",
            name="waiver",
        ),
        CheckConstraint("state <> 'waived' OR NOT hard", name="hard"),
        CheckConstraint("NOT binding OR required AND phase = 'pre' AND state <> 'not_applicable'", name="binding"),
        Index("ix_checklist_item_lead", "lead", "checklist_id"),
        Index("ix_checklist_item_owner", "owner_id", postgresql_where="owner_id IS NOT NULL"),
    )

    checklist_id: Mapped[int] = mapped_column(ForeignKey(Checklist.id), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True, comment="key of the template's item")
    track: Mapped[int] = mapped_column(SmallInteger)
    lead: Mapped[str] = mapped_column(Text, comment="code list lead_bureau")
    phase: Mapped[str] = mapped_column(Text)
    required: Mapped[bool] = mapped_column(comment="by template and facts")
    hard: Mapped[bool] = mapped_column(comment="required by law: nobody may waive it")
    binding: Mapped[bool]
    dropped: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    state: Mapped[Stored] = mapped_column(Text, default=Stored.open, server_default="open")
    days: Mapped[int | None] = mapped_column(comment="goes before the template's, in its unit")
    planned_start: Mapped[dt.date | None]
    planned_finish: Mapped[dt.date | None]
    started_on: Mapped[dt.date | None]
    finished_on: Mapped[dt.date | None] = mapped_column(comment="the day it was done or waived")
    submitted_by: Mapped[str | None] = mapped_column(Text, comment="who handed it in; somebody else accepts it")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str | None] = mapped_column(Text, comment="why returned, reopened, waived, not applicable")
    asked_by: Mapped[str | None] = mapped_column(Text, comment="who asked for a waiver")
    waived_by: Mapped[str | None] = mapped_column(Text, comment="the approver")
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), comment="of the waiver, or of asking")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", comment="changes so far, for If-Match")
