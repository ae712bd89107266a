"""Add checklists of the eight tracks with items, proofs, history and notifications, and the gate before a sale."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.core.migrate import run_script, script

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "checklist_run",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "jurisdictions", postgresql.ARRAY(sa.Text()), nullable=True, comment="codes that its asker sees; null: all"
        ),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_checklist_run_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_run")),
    )
    op.create_table(
        "checklist_template",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="as template.to_json writes it"
        ),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the content, template.digest"),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_template")),
    )
    op.create_index("uq_checklist_template_version", "checklist_template", ["key", "version"], unique=True)
    op.create_table(
        "checklist_policy",
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("template_key", sa.Text(), nullable=False),
        sa.Column("required_from", sa.Date(), nullable=True, comment="null: only checklists that were opened bind"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_checklist_policy_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_checklist_policy")),
    )
    op.create_table(
        "checklist",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True, comment="the round it was opened for, if known"),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="officers' answers",
        ),
        sa.Column(
            "derived",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="facts as last found in the register",
        ),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("project_name", sa.Text(), nullable=True),
        sa.Column("planned_listing_on", sa.Date(), nullable=True),
        sa.Column("planned_sale_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("operation_id", sa.Integer(), nullable=True, comment="the split or merge that ended it"),
        sa.Column("blocking", sa.Integer(), server_default="0", nullable=False, comment="required items still open"),
        sa.Column("returned", sa.Integer(), server_default="0", nullable=False, comment="of these, returned ones"),
        sa.Column("ready_on", sa.Date(), nullable=True, comment="forecast: nothing required before the sale is open"),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="forecast: the start on site"),
        sa.Column("saved_workdays", sa.Integer(), nullable=True, comment="forecast or measured, working days"),
        sa.Column("proof_until", sa.Date(), nullable=True, comment="the first day on which a proof in force runs out"),
        sa.Column("provisional", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "forecast",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="by item key",
        ),
        sa.Column(
            "tracks",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
            comment="the nine groups in short, as tracks.py writes them",
        ),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column(
            "revision",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="grows with every change of an item or proof (trigger)",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint("(status = 'running') = (closed_on IS NULL)", name=op.f("ck_checklist_closed_on")),
        sa.CheckConstraint("status IN ('running', 'closed', 'superseded')", name=op.f("ck_checklist_status")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_checklist_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_checklist_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["lineage_operation.id"], name=op.f("fk_checklist_operation_id_lineage_operation")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_checklist_parcel_id_parcel")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["checklist_template.id"], name=op.f("fk_checklist_template_id_checklist_template")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
    )
    op.create_index("ix_checklist_jurisdiction", "checklist", ["jurisdiction_id", "status", "id"], unique=False)
    op.create_index(op.f("ix_checklist_operation_id"), "checklist", ["operation_id"], unique=False)
    op.create_index("ix_checklist_parcel", "checklist", ["parcel_id", "id"], unique=False)
    op.create_index("ix_checklist_template", "checklist", ["template_id", "status"], unique=False)
    op.create_index("ix_checklist_lot", "checklist", ["lot_id"], unique=False, postgresql_where="lot_id IS NOT NULL")
    op.create_index(
        "ix_checklist_planned",
        "checklist",
        ["planned_sale_on", "id"],
        unique=False,
        postgresql_where="status = 'running'",
    )
    op.create_index(
        "uq_checklist_running", "checklist", ["parcel_id"], unique=True, postgresql_where="status = 'running'"
    )
    op.create_table(
        "checklist_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="when it is true in law"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
            comment="so that a feed skips nothing",
        ),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_checklist_event_effective_on")
        ),
        sa.CheckConstraint(
            "kind IN ('opened', 'changed', 'moved', 'closed', 'superseded', 'revived', 'added', 'dropped', 'inherited', 'planned', 'assigned', 'reassigned', 'ask_waiver', 'document_added', 'document_withdrawn', 'comment', 'start', 'submit', 'return', 'accept', 'reopen', 'waive', 'unwaive', 'expire', 'mirror', 'exclude', 'include')",
            name=op.f("ck_checklist_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_event_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_checklist_event_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_event")),
    )
    op.create_index("ix_checklist_event_checklist", "checklist_event", ["checklist_id", "id"], unique=False)
    op.create_index("ix_checklist_event_transaction", "checklist_event", ["transaction", "id"], unique=False)
    op.create_table(
        "checklist_item",
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="key of the template's item"),
        sa.Column("track", sa.SmallInteger(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False, comment="code list lead_bureau"),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False, comment="by template and facts"),
        sa.Column("hard", sa.Boolean(), nullable=False, comment="required by law: nobody may waive it"),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("dropped", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("days", sa.Integer(), nullable=True, comment="goes before the template's, in its unit"),
        sa.Column("planned_start", sa.Date(), nullable=True),
        sa.Column("planned_finish", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True, comment="the day it was done or waived"),
        sa.Column("submitted_by", sa.Text(), nullable=True, comment="who handed it in; somebody else accepts it"),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="why returned, reopened, waived, not applicable"),
        sa.Column("asked_by", sa.Text(), nullable=True, comment="who asked for a waiver"),
        sa.Column("waived_by", sa.Text(), nullable=True, comment="the approver"),
        sa.Column("document_id", sa.Integer(), nullable=True, comment="of the waiver, or of asking"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint(
            "(state IN ('done', 'waived')) = (finished_on IS NOT NULL)", name=op.f("ck_checklist_item_finished_on")
        ),
        sa.CheckConstraint(
            "NOT binding OR required AND phase = 'pre' AND state <> 'not_applicable'",
            name=op.f("ck_checklist_item_binding"),
        ),
        sa.CheckConstraint("phase IN ('pre', 'sale', 'after')", name=op.f("ck_checklist_item_phase")),
        sa.CheckConstraint("state <> 'waived' OR NOT hard", name=op.f("ck_checklist_item_hard")),
        sa.CheckConstraint(
            "state <> 'waived' OR num_nulls(asked_by, waived_by, document_id, reason) = 0 AND asked_by <> waived_by",
            name=op.f("ck_checklist_item_waiver"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'in_progress', 'submitted', 'returned', 'done', 'waived', 'not_applicable')",
            name=op.f("ck_checklist_item_state"),
        ),
        sa.CheckConstraint("days BETWEEN 0 AND 3650", name=op.f("ck_checklist_item_days")),
        sa.CheckConstraint("finished_on >= started_on", name=op.f("ck_checklist_item_order")),
        sa.CheckConstraint("planned_finish >= planned_start", name=op.f("ck_checklist_item_planned")),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_item_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_checklist_item_document_id_document")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_checklist_item_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("checklist_id", "key", name=op.f("pk_checklist_item")),
    )
    op.create_index("ix_checklist_item_lead", "checklist_item", ["lead", "checklist_id"], unique=False)
    op.create_index(
        "ix_checklist_item_owner", "checklist_item", ["owner_id"], unique=False, postgresql_where="owner_id IS NOT NULL"
    )
    op.create_table(
        "checklist_origin",
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_origin_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["checklist.id"], name=op.f("fk_checklist_origin_origin_id_checklist")),
        sa.PrimaryKeyConstraint("checklist_id", "origin_id", name=op.f("pk_checklist_origin")),
    )
    op.create_index(op.f("ix_checklist_origin_origin_id"), "checklist_origin", ["origin_id"], unique=False)
    op.create_table(
        "checklist_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("evidence_key", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="the last day on which it holds; null: for good"),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_checklist_document_valid")),
        sa.ForeignKeyConstraint(
            ["checklist_id", "item_key"],
            ["checklist_item.checklist_id", "checklist_item.key"],
            name=op.f("fk_checklist_document_checklist_id_item_key_checklist_item"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_checklist_document_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_document")),
    )
    op.create_index("ix_checklist_document_item", "checklist_document", ["checklist_id", "item_key"], unique=False)
    op.create_index(
        "ix_checklist_document_until",
        "checklist_document",
        ["valid_until"],
        unique=False,
        postgresql_where="withdrawn_on IS NULL",
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False, comment="what it tells of"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('assigned', 'ready', 'returned', 'expired', 'waiver_asked', 'waived', 'comment', 'reassigned')",
            name=op.f("ck_notification_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["checklist_event.id"], name=op.f("fk_notification_event_id_checklist_event")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(
        "ix_notification_unread", "notification", ["user_id"], unique=False, postgresql_where="read_at IS NULL"
    )
    op.create_index(op.f("ix_notification_event_id"), "notification", ["event_id"], unique=False)
    op.create_index("ix_notification_user", "notification", ["user_id", "id"], unique=False)
    run_script(script("0018_checklist"))


def downgrade() -> None:
    op.drop_table("notification")
    op.drop_table("checklist_document")
    op.drop_table("checklist_origin")
    op.drop_table("checklist_item")
    op.drop_table("checklist_event")
    op.drop_table("checklist")
    op.drop_table("checklist_policy")
    op.drop_table("checklist_template")
    op.drop_table("checklist_run")
    op.execute(
        "DROP FUNCTION lot_passes_gate(), parcel_passes_gate(), refuse_open_checklist(bigint, date), "
        "checklist_open_keys(int, date), checklist_was_closed(bigint, date), checklist_touch(), checklist_item_told(), "
        "checklist_policy_told(), checklist_ended() CASCADE"
    )
