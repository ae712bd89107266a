"""Keep on each checklist what lists, statistics and the map show of its forecast; a map layer by readiness."""

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0019"
down_revision = "0018"

_COLUMNS = ("readiness", "overdue", "controlling_track", "promised_workdays", "sale_to_start_workdays")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("checklist", sa.Column("readiness", sa.Text(), server_default="on_time", nullable=False))
    op.add_column(
        "checklist",
        sa.Column("overdue", sa.Integer(), server_default="0", nullable=False, comment="items that should be done"),
    )
    op.add_column("checklist", sa.Column("controlling_track", sa.SmallInteger(), nullable=True))
    op.add_column(
        "checklist",
        sa.Column("promised_workdays", sa.Integer(), nullable=True, comment="from the sale to the start, by template"),
    )
    op.add_column(
        "checklist",
        sa.Column("sale_to_start_workdays", sa.Integer(), nullable=True, comment="measured; null: not started"),
    )
    op.create_check_constraint(
        op.f("ck_checklist_readiness"), "checklist", "readiness IN ('ready', 'on_time', 'late', 'blocked')"
    )
    op.create_index(
        "ix_checklist_readiness",
        "checklist",
        ["readiness", "id"],
        postgresql_where=sa.text("status = 'running'"),
    )
    run_script(script("0019_readiness"))


def downgrade() -> None:
    op.execute("DROP TRIGGER touch_checklists_added ON checklist; DROP TRIGGER touch_checklists ON checklist")
    op.execute("DROP FUNCTION readiness_tile(int, int, int, int[])")
    op.drop_index("ix_checklist_readiness", table_name="checklist")
    for name in reversed(_COLUMNS):
        op.drop_column("checklist", name)
