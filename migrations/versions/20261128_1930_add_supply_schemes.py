"""Add supply schemes with conditions, price decision, evidence and steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.core.migrate import run_script, script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "supply_scheme",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True, comment="方案文号"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False, comment="code list supply_method"),
        sa.Column("level", sa.Text(), nullable=False, comment="who approves"),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("conditions_number", sa.Text(), nullable=True, comment="规划条件文号"),
        sa.Column("conditions_on", sa.Date(), nullable=True, comment="the day the planning conditions were issued"),
        sa.Column("conditions_document_id", sa.Integer(), nullable=True),
        sa.Column(
            "conditions_items",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="what the conditions state, names of rule R41",
        ),
        sa.Column(
            "benchmark_yuan_m2",
            sa.Numeric(precision=12, scale=2),
            nullable=True,
            comment="基准地价 of the grade, yuan/m²",
        ),
        sa.Column(
            "floor_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="出让最低价, yuan for the whole"
        ),
        sa.Column(
            "reserve_yuan",
            sa.Numeric(precision=18, scale=2),
            nullable=True,
            comment="保留底价, yuan; not public before the sale",
        ),
        sa.Column(
            "new_land_fee_yuan",
            sa.Numeric(precision=18, scale=2),
            nullable=True,
            comment="新增费, of a negotiated price (R46)",
        ),
        sa.Column("compensation_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="征地补偿 (R46)"),
        sa.Column("taxes_yuan", sa.Numeric(precision=18, scale=2), nullable=True, comment="税费 (R46)"),
        sa.Column(
            "stock_months",
            sa.Numeric(precision=5, scale=1),
            nullable=True,
            comment="商品住宅去化周期, months, on the day the price was decided (R32)",
        ),
        sa.Column(
            "revived_m2",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="housing land completed or reclaimed this year, m² (R32)",
        ),
        sa.Column("price_on", sa.Date(), nullable=True, comment="the day the price was decided"),
        sa.Column("price_document_id", sa.Integer(), nullable=True),
        sa.Column(
            "subsidy_linked",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="a subsidy or refund hangs on the price (R45)",
        ),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint(
            "(status IN ('approved', 'spent')) = (approved_on IS NOT NULL)", name=op.f("ck_supply_scheme_approved_on")
        ),
        sa.CheckConstraint("level IN ('district', 'city')", name=op.f("ck_supply_scheme_level")),
        sa.CheckConstraint(
            "method IN ('tender', 'auction', 'listing', 'agreement', 'allocation')",
            name=op.f("ck_supply_scheme_method"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'approved', 'withdrawn', 'spent')", name=op.f("ck_supply_scheme_status")
        ),
        sa.CheckConstraint(
            "floor_yuan >= 0 AND reserve_yuan >= floor_yuan AND benchmark_yuan_m2 > 0",
            name=op.f("ck_supply_scheme_prices"),
        ),
        sa.CheckConstraint(
            "new_land_fee_yuan >= 0 AND compensation_yuan >= 0 AND taxes_yuan >= 0", name=op.f("ck_supply_scheme_costs")
        ),
        sa.CheckConstraint("stock_months >= 0 AND revived_m2 >= 0", name=op.f("ck_supply_scheme_stock")),
        sa.ForeignKeyConstraint(
            ["conditions_document_id"], ["document.id"], name=op.f("fk_supply_scheme_conditions_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_supply_scheme_jurisdiction_id_jurisdiction")
        ),
        sa.ForeignKeyConstraint(
            ["price_document_id"], ["document.id"], name=op.f("fk_supply_scheme_price_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_scheme")),
    )
    op.create_index("ix_supply_scheme_status", "supply_scheme", ["status", "id"], unique=False)
    op.create_index(
        "uq_supply_scheme_number",
        "supply_scheme",
        ["jurisdiction_id", "number"],
        unique=True,
        postgresql_where="number IS NOT NULL",
    )
    op.create_table(
        "scheme_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="when it is true in law"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True, comment="why a blocking rule was set aside"),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_scheme_step_effective_on")
        ),
        sa.CheckConstraint(
            "kind IN ('create', 'submit', 'return', 'endorse', 'approve', 'withdraw', 'spend')",
            name=op.f("ck_scheme_step_kind"),
        ),
        sa.CheckConstraint("level IN ('district', 'city')", name=op.f("ck_scheme_step_level")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_scheme_step_document_id_document")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["supply_scheme.id"], name=op.f("fk_scheme_step_scheme_id_supply_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_step")),
    )
    op.create_index("ix_scheme_step_scheme", "scheme_step", ["scheme_id", "id"], unique=False)
    op.create_table(
        "scheme_use",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("use_class", sa.Text(), nullable=False, comment="code list plan_class"),
        sa.Column(
            "term_years", sa.Numeric(precision=4, scale=1), nullable=True, comment="null: allocated without a term"
        ),
        sa.Column("share", sa.Numeric(precision=5, scale=4), server_default="1", nullable=False, comment="of the area"),
        sa.CheckConstraint(
            "use_class IN ('commercial', 'industrial', 'residential', 'public', 'transport', 'water', 'special')",
            name=op.f("ck_scheme_use_use_class"),
        ),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_scheme_use_share")),
        sa.CheckConstraint("term_years > 0", name=op.f("ck_scheme_use_term")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["supply_scheme.id"], name=op.f("fk_scheme_use_scheme_id_supply_scheme")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "use_class", name=op.f("pk_scheme_use")),
    )
    op.create_table(
        "scheme_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True, comment="null: all parcels of the scheme"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('title', 'compensation', 'disputes', 'planning', 'site', 'archaeology', 'soil_survey', 'soil_review', 'conversion', 'expropriation')",
            name=op.f("ck_scheme_evidence_kind"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_scheme_evidence_document_id_document")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_scheme_evidence_parcel_id_parcel")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["supply_scheme.id"], name=op.f("fk_scheme_evidence_scheme_id_supply_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_evidence")),
    )
    op.create_index(
        "uq_scheme_evidence_kind",
        "scheme_evidence",
        ["scheme_id", "kind", "parcel_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "scheme_parcel",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("farmland", sa.Boolean(), server_default="false", nullable=False, comment="农用地 before"),
        sa.Column("collective", sa.Boolean(), server_default="false", nullable=False, comment="集体土地 before"),
        sa.Column("use_before", sa.Text(), nullable=True, comment="code list plan_class, for the soil (R43)"),
        sa.Column(
            "polluted",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="on the list of plots under remediation (R43)",
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_scheme_parcel_parcel_id_parcel")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["supply_scheme.id"], name=op.f("fk_scheme_parcel_scheme_id_supply_scheme")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "parcel_id", name=op.f("pk_scheme_parcel")),
    )
    op.create_index("ix_scheme_parcel_parcel", "scheme_parcel", ["parcel_id", "scheme_id"], unique=False)
    op.create_index("uq_scheme_parcel_live", "scheme_parcel", ["parcel_id"], unique=True, postgresql_where="live")
    run_script(script("0013_schemes"))


def downgrade() -> None:
    op.execute("DROP TRIGGER parcel_leaves_scheme ON parcel")
    op.drop_index("uq_scheme_parcel_live", table_name="scheme_parcel", postgresql_where="live")
    op.drop_index("ix_scheme_parcel_parcel", table_name="scheme_parcel")
    op.drop_table("scheme_parcel")
    op.drop_index("uq_scheme_evidence_kind", table_name="scheme_evidence", postgresql_nulls_not_distinct=True)
    op.drop_table("scheme_evidence")
    op.drop_table("scheme_use")
    op.drop_index("ix_scheme_step_scheme", table_name="scheme_step")
    op.drop_table("scheme_step")
    op.drop_index("uq_supply_scheme_number", table_name="supply_scheme", postgresql_where="number IS NOT NULL")
    op.drop_index("ix_supply_scheme_status", table_name="supply_scheme")
    op.drop_table("supply_scheme")
    op.execute(
        "DROP FUNCTION supply_scheme_release(), supply_scheme_keep_course(), scheme_part_keep_drafts(),"
        " scheme_parcel_keep_facts(), parcel_leaves_scheme(), scheme_agrees()"
    )
