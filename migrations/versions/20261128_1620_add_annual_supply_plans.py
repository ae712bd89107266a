"""Add annual supply plans with their items, printed totals and monthly targets."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from service.core.migrate import run_script, script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "plan_plot",
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column(
            "carried_from",
            sa.UUID(),
            nullable=True,
            comment="the plot of an earlier year that was not sold then (结转)",
        ),
        sa.ForeignKeyConstraint(["carried_from"], ["plan_plot.key"], name=op.f("fk_plan_plot_carried_from_plan_plot")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_plan_plot_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_plot")),
    )
    op.create_index(
        "ix_plan_plot_carried_from",
        "plan_plot",
        ["carried_from"],
        unique=False,
        postgresql_where="carried_from IS NOT NULL",
    )
    op.create_index("ix_plan_plot_year", "plan_plot", ["jurisdiction_id", "year"], unique=False)
    op.create_table(
        "supply_plan",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="calendar year"),
        sa.Column("edition", sa.SmallInteger(), nullable=False, comment="版次, from 1"),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True, comment="the plan as a document"),
        sa.Column("based_on_id", sa.Integer(), nullable=True, comment="the edition it amends"),
        sa.Column("published_on", sa.Date(), nullable=True, comment="the day it was made public"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint(
            "(status IN ('published', 'amended')) = (published_on IS NOT NULL)",
            name=op.f("ck_supply_plan_published_on"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'approved', 'published', 'amended')", name=op.f("ck_supply_plan_status")
        ),
        sa.CheckConstraint("year BETWEEN 1990 AND 2099", name=op.f("ck_supply_plan_year")),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["supply_plan.id"], name=op.f("fk_supply_plan_based_on_id_supply_plan")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_supply_plan_document_id_document")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_supply_plan_jurisdiction_id_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_plan")),
        sa.UniqueConstraint("jurisdiction_id", "year", "edition", name="uq_supply_plan_edition"),
    )
    op.create_index("ix_supply_plan_year", "supply_plan", ["year", "id"], unique=False)
    op.create_index(
        "uq_supply_plan_in_force",
        "supply_plan",
        ["jurisdiction_id", "year"],
        unique=True,
        postgresql_where="status = 'published'",
    )
    op.create_index(
        "uq_supply_plan_open",
        "supply_plan",
        ["jurisdiction_id", "year"],
        unique=True,
        postgresql_where="status IN ('draft', 'submitted', 'approved')",
    )
    op.create_table(
        "plan_declared_total",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False, comment="code of the class, region, quarter …"),
        sa.Column("area_m2", sa.Numeric(precision=14, scale=2), nullable=False, comment="m², as printed"),
        sa.CheckConstraint(
            "dimension IN ('total', 'class', 'housing_class', 'district', 'quarter', 'month', 'source', 'method')",
            name=op.f("ck_plan_declared_total_dimension"),
        ),
        sa.CheckConstraint("area_m2 >= 0", name=op.f("ck_plan_declared_total_area")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["supply_plan.id"], name=op.f("fk_plan_declared_total_plan_id_supply_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "dimension", "member", name=op.f("pk_plan_declared_total")),
    )
    op.create_table(
        "plan_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="when it is true in law"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_plan_event_effective_on")
        ),
        sa.CheckConstraint(
            "kind IN ('create', 'submit', 'return', 'approve', 'publish', 'amend', 'replace')",
            name=op.f("ck_plan_event_kind"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_plan_event_document_id_document")),
        sa.ForeignKeyConstraint(["plan_id"], ["supply_plan.id"], name=op.f("fk_plan_event_plan_id_supply_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_event")),
    )
    op.create_index("ix_plan_event_plan", "plan_event", ["plan_id", "id"], unique=False)
    op.create_table(
        "plan_target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("baseline_month", sa.Date(), nullable=True, comment="null: a target without a month"),
        sa.Column("forecast_month", sa.Date(), nullable=True, comment="projection of the changes that took effect"),
        sa.Column(
            "fixed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="since when the baseline is published and stays",
        ),
        sa.Column("note", sa.Text(), nullable=True, comment="where the target comes from"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint(
            "kind IN ('siting', 'design', 'scheme', 'notice', 'listing', 'sale')", name=op.f("ck_plan_target_kind")
        ),
        sa.CheckConstraint(
            "extract(day FROM baseline_month) = 1 AND extract(day FROM forecast_month) = 1",
            name=op.f("ck_plan_target_first_days"),
        ),
        sa.ForeignKeyConstraint(["key"], ["plan_plot.key"], name=op.f("fk_plan_target_key_plan_plot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_target")),
        sa.UniqueConstraint("key", "kind", name="uq_plan_target_kind"),
    )
    op.create_table(
        "plan_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True, comment="null: not surveyed yet"),
        sa.Column("name", sa.Text(), nullable=True, comment="null: the parcel's own"),
        sa.Column(
            "geom",
            Geometry("MULTIPOLYGON", srid=4490, spatial_index=False),
            nullable=True,
            comment="sketch of a plot without a parcel",
        ),
        sa.Column("area_m2", sa.Numeric(precision=14, scale=2), nullable=False, comment="m², as planned"),
        sa.Column("use_class", sa.Text(), nullable=False, comment="code list plan_class"),
        sa.Column("housing_class", sa.Text(), nullable=True, comment="code list housing_class; of housing only"),
        sa.Column("land_use_scheme", sa.Text(), nullable=True),
        sa.Column("land_use_code", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True, comment="code list land_source"),
        sa.Column("method", sa.Text(), nullable=True, comment="code list supply_method"),
        sa.Column("quarter", sa.SmallInteger(), nullable=True, comment="planned, 1–4"),
        sa.Column("month", sa.SmallInteger(), nullable=True, comment="planned, 1–12, inside the quarter"),
        sa.Column("region_id", sa.Integer(), nullable=True, comment="the district it is counted to"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="changes so far, for If-Match"),
        sa.CheckConstraint(
            "housing_class IS NULL OR use_class = 'residential'", name=op.f("ck_plan_item_housing_class")
        ),
        sa.CheckConstraint("source IN ('new', 'stock')", name=op.f("ck_plan_item_source")),
        sa.CheckConstraint(
            "use_class IN ('commercial', 'industrial', 'residential', 'public', 'transport', 'water', 'special')",
            name=op.f("ck_plan_item_use_class"),
        ),
        sa.CheckConstraint("(land_use_scheme IS NULL) = (land_use_code IS NULL)", name=op.f("ck_plan_item_land_use")),
        sa.CheckConstraint(
            "ST_XMin(geom) >= 73 AND ST_XMax(geom) <= 136 AND ST_YMin(geom) >= 3 AND ST_YMax(geom) <= 54",
            name=op.f("ck_plan_item_inside_china"),
        ),
        sa.CheckConstraint("area_m2 > 0", name=op.f("ck_plan_item_area")),
        sa.CheckConstraint(
            "month IS NULL OR (quarter IS NOT NULL AND (month + 2) / 3 = quarter)", name=op.f("ck_plan_item_month")
        ),
        sa.CheckConstraint("parcel_id IS NOT NULL OR name IS NOT NULL", name=op.f("ck_plan_item_named")),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_plan_item_quarter")),
        sa.ForeignKeyConstraint(["key"], ["plan_plot.key"], name=op.f("fk_plan_item_key_plan_plot")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_plan_item_parcel_id_parcel")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["supply_plan.id"], name=op.f("fk_plan_item_plan_id_supply_plan"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_plan_item_region_id_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
        sa.UniqueConstraint("plan_id", "key", name="uq_plan_item_key"),
    )
    op.create_index("ix_plan_item_page", "plan_item", ["plan_id", "id"], unique=False)
    op.create_index(
        "ix_plan_item_parcel",
        "plan_item",
        ["parcel_id", "plan_id"],
        unique=False,
        postgresql_where="parcel_id IS NOT NULL",
    )
    op.create_index("ix_plan_item_plot", "plan_item", ["key"], unique=False)
    op.create_index("ix_plan_item_region", "plan_item", ["region_id"], unique=False)
    op.create_index(
        "uq_plan_item_parcel",
        "plan_item",
        ["plan_id", "parcel_id"],
        unique=True,
        postgresql_where="parcel_id IS NOT NULL",
    )
    op.create_table(
        "plan_target_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=True),
        sa.Column("to_month", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="code list target_change_reason"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False, comment="asked for inside the lock window"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"], ["plan_target.id"], name=op.f("fk_plan_target_change_target_id_plan_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_target_change")),
    )
    op.create_index("ix_plan_target_change_target", "plan_target_change", ["target_id", "id"], unique=False)
    op.create_table(
        "plan_target_decision",
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["plan_target_change.id"], name=op.f("fk_plan_target_decision_change_id_plan_target_change")
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_plan_target_decision")),
    )
    op.create_index(
        "ix_parcel_event_contract",
        "parcel_event",
        ["effective_on", "parcel_id"],
        unique=False,
        postgresql_where="kind = 'contract'",
    )
    run_script(script("0012_plans"))


def downgrade() -> None:
    op.drop_index("ix_parcel_event_contract", table_name="parcel_event")
    for table in (
        "plan_target_decision",
        "plan_target_change",
        "plan_target",
        "plan_item",
        "plan_event",
        "plan_declared_total",
        "supply_plan",
        "plan_plot",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION plan_target_keep_baseline(), plan_item_keep_drafts()")
