"""Name the ring and the boundary point that a finding is about."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("import_finding", sa.Column("ring", sa.Integer(), nullable=True, comment="ring of the shape, from 1"))
    op.add_column(
        "import_finding",
        sa.Column(
            "point",
            sa.Text(),
            nullable=True,
            comment="boundary point (界址点号), or its position in the ring; two edges: J2–J3 × J7–J8",
        ),
    )


def downgrade() -> None:
    op.drop_column("import_finding", "point")
    op.drop_column("import_finding", "ring")
