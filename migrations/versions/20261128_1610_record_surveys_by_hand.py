"""Record surveys by hand: who measured, why the boundary changed, who recorded it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

COLUMNS = {
    "surveyor": "who measured; of a survey by hand",
    "reason": "why the boundary changed; of a survey by hand",
    "actor": "who recorded it; of a survey by hand",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, comment in COLUMNS.items():
        op.add_column("parcel_survey", sa.Column(name, sa.Text(), nullable=True, comment=comment))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("parcel_survey", name)
