"""Add the working-day calendar and blocked periods; `gongdi db upgrade` fills the calendar afterwards."""

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "workday_calendar",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="the holiday it belongs to; may be empty"),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="package and version, or the document an edit rests on"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why a person changed it; null: as seeded"),
        sa.Column("edited_by", sa.Text(), nullable=True, comment="null: as seeded; seeding leaves an edited day alone"),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("day BETWEEN '1990-01-01' AND '2060-12-31'", name=op.f("ck_workday_calendar_day")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday_calendar")),
    )
    op.create_table(
        "workday_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False, comment="true: taken back by a person"),
        sa.Column("source", sa.Text(), nullable=False, comment="package and version, or number of the notice"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "edited_by", sa.Text(), nullable=True, comment="null: as seeded; seeding leaves an edited year alone"
        ),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("year BETWEEN 1990 AND 2060", name=op.f("ck_workday_year_year")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_workday_year")),
    )
    create_blocked_period()
    run_script(script("0009_workdays"))


def create_blocked_period() -> None:
    op.create_table(
        "blocked_period",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False, comment="still blocked"),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False, comment="codes of the list work_kind"),
        sa.Column("jurisdiction", sa.Text(), nullable=True, comment="null: every one"),
        sa.Column(
            "regions", sa.ARRAY(sa.Text()), nullable=False, comment="codes; empty: the whole of the jurisdiction"
        ),
        sa.Column("exempt", sa.ARRAY(sa.Text()), nullable=False, comment="codes of the list exempt_class"),
        sa.Column("source", sa.Text(), nullable=False, comment="the order: who issued it, with its number"),
        sa.Column("verified", sa.Boolean(), nullable=False, comment="somebody has compared it with the order's text"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "first BETWEEN '1990-01-01' AND '2060-12-31' AND last BETWEEN '1990-01-01' AND '2060-12-31' AND last >= first",
            name=op.f("ck_blocked_period_days"),
        ),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_blocked_period_kinds")),
        sa.ForeignKeyConstraint(
            ["jurisdiction"], ["jurisdiction.code"], name=op.f("fk_blocked_period_jurisdiction_jurisdiction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_period")),
    )
    op.create_index("ix_blocked_period_jurisdiction", "blocked_period", ["jurisdiction"])
    op.create_index("ix_blocked_period_last", "blocked_period", ["last"])


def downgrade() -> None:
    op.execute("DROP TABLE blocked_period, workday_year, workday_calendar")
    op.execute("DELETE FROM revision WHERE name = 'workdays'")
