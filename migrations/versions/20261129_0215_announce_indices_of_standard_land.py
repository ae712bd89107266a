"""Keep the indices of standard land that a lot is announced with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "lot",
        sa.Column("indicators", JSONB(), nullable=True, comment="标准地 indices as announced; null: not standard land"),
    )
    op.create_check_constraint(
        op.f("ck_lot_indicators"), "lot", "jsonb_typeof(indicators) = 'array' AND indicators <> '[]'"
    )


def downgrade() -> None:
    op.drop_column("lot", "indicators")
