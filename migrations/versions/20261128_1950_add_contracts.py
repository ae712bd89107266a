"""Add contracts with payments, permits, works, standard land and inquiries into idleness."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.core.migrate import run_script, script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="出让合同 or 划拨决定书"),
        sa.Column("number", sa.Text(), nullable=False, comment="合同编号, 决定书文号"),
        sa.Column("supervision_number", sa.Text(), nullable=True, comment="电子监管号, as text"),
        sa.Column("holder", sa.Text(), nullable=False, comment="受让人; visible by role"),
        sa.Column("stage", sa.Text(), server_default="in_force", nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column(
            "price_yuan",
            sa.Numeric(precision=18, scale=2),
            nullable=True,
            comment="成交价款; null: allocated without a price",
        ),
        sa.Column(
            "late_rate_permille",
            sa.Numeric(precision=6, scale=4),
            nullable=True,
            comment="违约金, ‰ of the amount due a day, as agreed",
        ),
        sa.Column("delivery_due_on", sa.Date(), nullable=True, comment="约定交地"),
        sa.Column("start_due_on", sa.Date(), nullable=True, comment="约定动工, with an extension"),
        sa.Column("complete_due_on", sa.Date(), nullable=True, comment="约定竣工, with an extension"),
        sa.Column(
            "planned_investment_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="总投资额, for R61"
        ),
        sa.Column(
            "built_due_m2", sa.Numeric(precision=14, scale=2), nullable=True, comment="应动工开发面积, m², for R61"
        ),
        sa.Column("paid_on", sa.Date(), nullable=True, comment="缴清 date"),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True, comment="不动产登记 date"),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="rescinded or reclaimed"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint("kind <> 'grant' OR price_yuan IS NOT NULL", name=op.f("ck_contract_price")),
        sa.CheckConstraint("kind IN ('grant', 'allocation')", name=op.f("ck_contract_kind")),
        sa.CheckConstraint(
            "stage IN ('in_force', 'completed', 'rescinded', 'reclaimed')", name=op.f("ck_contract_stage")
        ),
        sa.CheckConstraint("complete_due_on >= start_due_on", name=op.f("ck_contract_due")),
        sa.CheckConstraint("late_rate_permille >= 0 AND late_rate_permille <= 10", name=op.f("ck_contract_late_rate")),
        sa.CheckConstraint(
            "price_yuan >= 0 AND planned_investment_yuan >= 0 AND built_due_m2 >= 0", name=op.f("ck_contract_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_contract_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_contract_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index("ix_contract_signed_on", "contract", ["signed_on", "id"], unique=False)
    op.create_index(
        "ix_contract_start_due_on",
        "contract",
        ["start_due_on"],
        unique=False,
        postgresql_where="stage = 'in_force' AND started_on IS NULL",
    )
    op.create_index("uq_contract_lot", "contract", ["lot_id"], unique=True)
    op.create_index("uq_contract_number", "contract", ["jurisdiction_id", "number"], unique=True)
    op.create_index(
        "uq_contract_supervision_number",
        "contract",
        ["supervision_number"],
        unique=True,
        postgresql_where="supervision_number IS NOT NULL",
    )
    op.create_table(
        "contract_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="when it is true in law"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="when we knew",
        ),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True, comment="why a blocking rule was set aside"),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_contract_event_effective_on")
        ),
        sa.CheckConstraint(
            "kind IN ('sign', 'amend', 'pay', 'deliver', 'register', 'start', 'complete', 'extend', 'suspend', 'resume', 'suspect_idle', 'dismiss_idle', 'confirm_idle', 'dispose_idle', 'end_idle', 'rescind', 'reclaim')",
            name=op.f("ck_contract_event_kind"),
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_event_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_contract_event_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_event")),
    )
    op.create_index("ix_contract_event_contract", "contract_event", ["contract_id", "id"], unique=False)
    op.create_table(
        "contract_exclusion",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="reason code of R66"),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the last day; null: it goes on"),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_contract_exclusion_dates")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_exclusion_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_contract_exclusion_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_exclusion")),
    )
    op.create_index("ix_contract_exclusion_contract", "contract_exclusion", ["contract_id", "begins_on"], unique=False)
    op.create_table(
        "contract_extension",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("milestone IN ('start', 'completion')", name=op.f("ck_contract_extension_milestone")),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_contract_extension_dates")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_extension_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_contract_extension_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_extension")),
    )
    op.create_index("ix_contract_extension_contract", "contract_extension", ["contract_id", "milestone"], unique=False)
    op.create_table(
        "contract_parcel",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_parcel_contract_id_contract")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_contract_parcel_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("contract_id", "parcel_id", name=op.f("pk_contract_parcel")),
    )
    op.create_index("ix_contract_parcel_parcel", "contract_parcel", ["parcel_id", "contract_id"], unique=False)
    op.create_index("uq_contract_parcel_live", "contract_parcel", ["parcel_id"], unique=True, postgresql_where="live")
    op.create_table(
        "idle_case",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("suspected_on", sa.Date(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True, comment="调查通知书 served"),
        sa.Column("answered_on", sa.Date(), nullable=True, comment="the holder's answer"),
        sa.Column("decided_on", sa.Date(), nullable=True, comment="认定书, or the dismissal"),
        sa.Column("cause", sa.Text(), nullable=True, comment="whose cause, as decided"),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("fee_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="闲置费 decided (R64)"),
        sa.Column("fee_paid_on", sa.Date(), nullable=True),
        sa.Column("disposal", sa.Text(), nullable=True, comment="处置方式, code list idle_disposal"),
        sa.Column("public", sa.Boolean(), server_default="false", nullable=False, comment="published as idle"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("cause IN ('holder', 'government')", name=op.f("ck_idle_case_cause")),
        sa.CheckConstraint(
            "outcome IN ('dismissed', 'fee', 'disposal', 'recovery')", name=op.f("ck_idle_case_outcome")
        ),
        sa.CheckConstraint("decided_on IS NULL OR outcome IS NOT NULL", name=op.f("ck_idle_case_decided")),
        sa.CheckConstraint("fee_yuan >= 0", name=op.f("ck_idle_case_fee")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_idle_case_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_idle_case_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idle_case")),
    )
    op.create_index("ix_idle_case_contract", "idle_case", ["contract_id", "id"], unique=False)
    op.create_index(
        "uq_idle_case_open", "idle_case", ["contract_id"], unique=True, postgresql_where="closed_on IS NULL"
    )
    op.create_table(
        "instalment",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("yuan > 0", name=op.f("ck_instalment_yuan")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_instalment_contract_id_contract")),
        sa.PrimaryKeyConstraint("contract_id", "ordinal", name=op.f("pk_instalment")),
    )
    op.create_index("ix_instalment_due_on", "instalment", ["due_on", "contract_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(yuan < 0) = (reverses_id IS NOT NULL)", name=op.f("ck_payment_reversal")),
        sa.CheckConstraint("yuan <> 0", name=op.f("ck_payment_yuan")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_payment_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_payment_document_id_document")),
        sa.ForeignKeyConstraint(["reverses_id"], ["payment.id"], name=op.f("fk_payment_reverses_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_contract", "payment", ["contract_id", "paid_on"], unique=False)
    op.create_index(
        "uq_payment_reverses", "payment", ["reverses_id"], unique=True, postgresql_where="reverses_id IS NOT NULL"
    )
    op.create_table(
        "permit",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="用地规划许可证, 工程规划许可证, 施工许可证"),
        sa.Column("part", sa.Text(), server_default="whole", nullable=False, comment="土方基坑, 地下, 地上"),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("extensions", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_applied_on", sa.Date(), nullable=True, comment="the next step was applied for (R72)"),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('land_planning', 'works_planning', 'construction')", name=op.f("ck_permit_kind")),
        sa.CheckConstraint("part = 'whole' OR kind = 'construction'", name=op.f("ck_permit_staged")),
        sa.CheckConstraint(
            "part IN ('whole', 'excavation', 'basement', 'superstructure')", name=op.f("ck_permit_part")
        ),
        sa.CheckConstraint("extensions >= 0", name=op.f("ck_permit_extensions")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_permit_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_permit_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint("contract_id", "kind", "part", "number", name="uq_permit_number"),
    )
    op.create_table(
        "standard_land_actual",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actual", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_standard_land_actual_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_standard_land_actual_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_land_actual")),
    )
    op.create_index(
        "ix_standard_land_actual_contract", "standard_land_actual", ["contract_id", "year", "name", "id"], unique=False
    )
    op.create_table(
        "standard_land_indicator",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False, comment="版次, from 1"),
        sa.Column("name", sa.Text(), nullable=False, comment="code list standard_land"),
        sa.Column("sense", sa.Text(), nullable=False),
        sa.Column("target", sa.Numeric(precision=18, scale=4), nullable=False, comment="in the unit of the code list"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("from_year", sa.SmallInteger(), nullable=True, comment="达产 year, from which it is measured"),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("sense IN ('at_least', 'at_most')", name=op.f("ck_standard_land_indicator_sense")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_standard_land_indicator_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_standard_land_indicator_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_land_indicator")),
        sa.UniqueConstraint("contract_id", "edition", "name", name="uq_standard_land_indicator"),
    )
    op.create_table(
        "standard_land_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True, comment="until when to mend"),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('met', 'short', 'rectifying', 'rectified', 'penalised', 'released')",
            name=op.f("ck_standard_land_step_state"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_standard_land_step_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_standard_land_step_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_land_step")),
    )
    op.create_index("ix_standard_land_step_contract", "standard_land_step", ["contract_id", "id"], unique=False)
    op.create_table(
        "works_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("foundation", sa.Text(), nullable=True),
        sa.Column("foundation_done", sa.Numeric(precision=5, scale=4), nullable=True, comment="share, 0–1"),
        sa.Column(
            "built_m2",
            sa.Numeric(precision=14, scale=2),
            server_default="0",
            nullable=False,
            comment="已动工开发面积, m²",
        ),
        sa.Column(
            "invested_yuan",
            sa.Numeric(precision=18, scale=2),
            server_default="0",
            nullable=False,
            comment="with price and taxes",
        ),
        sa.Column("taxes_yuan", sa.Numeric(precision=18, scale=2), server_default="0", nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True, comment="the first day without work; null: works go on"),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("foundation IN ('deep_pit', 'piles', 'other')", name=op.f("ck_works_report_foundation")),
        sa.CheckConstraint(
            "built_m2 >= 0 AND invested_yuan >= 0 AND taxes_yuan >= 0", name=op.f("ck_works_report_amounts")
        ),
        sa.CheckConstraint(
            "foundation_done >= 0 AND foundation_done <= 1", name=op.f("ck_works_report_foundation_done")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_works_report_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_works_report_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_report")),
    )
    op.create_index("ix_works_report_contract", "works_report", ["contract_id", "reported_on"], unique=False)
    run_script(script("0015_contracts"))


def downgrade() -> None:
    op.drop_index("ix_works_report_contract", table_name="works_report")
    op.drop_table("works_report")
    op.drop_index("ix_standard_land_step_contract", table_name="standard_land_step")
    op.drop_table("standard_land_step")
    op.drop_table("standard_land_indicator")
    op.drop_index("ix_standard_land_actual_contract", table_name="standard_land_actual")
    op.drop_table("standard_land_actual")
    op.drop_table("permit")
    op.drop_index("uq_payment_reverses", table_name="payment", postgresql_where="reverses_id IS NOT NULL")
    op.drop_index("ix_payment_contract", table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_instalment_due_on", table_name="instalment")
    op.drop_table("instalment")
    op.drop_index("uq_idle_case_open", table_name="idle_case", postgresql_where="closed_on IS NULL")
    op.drop_index("ix_idle_case_contract", table_name="idle_case")
    op.drop_table("idle_case")
    op.drop_index("uq_contract_parcel_live", table_name="contract_parcel", postgresql_where="live")
    op.drop_index("ix_contract_parcel_parcel", table_name="contract_parcel")
    op.drop_table("contract_parcel")
    op.drop_index("ix_contract_extension_contract", table_name="contract_extension")
    op.drop_table("contract_extension")
    op.drop_index("ix_contract_exclusion_contract", table_name="contract_exclusion")
    op.drop_table("contract_exclusion")
    op.drop_index("ix_contract_event_contract", table_name="contract_event")
    op.drop_table("contract_event")
    op.drop_index(
        "uq_contract_supervision_number", table_name="contract", postgresql_where="supervision_number IS NOT NULL"
    )
    op.drop_index("uq_contract_number", table_name="contract")
    op.drop_index("uq_contract_lot", table_name="contract")
    op.drop_index(
        "ix_contract_start_due_on", table_name="contract", postgresql_where="stage = 'in_force' AND started_on IS NULL"
    )
    op.drop_index("ix_contract_signed_on", table_name="contract")
    op.drop_table("contract")
    op.execute(
        "DROP FUNCTION contract_hold(), contract_agrees(), contract_part_agrees(), parcel_agrees_with_contract(), lot_agrees_with_contract(), refuse_contract_disagreement(int) CASCADE"
    )
