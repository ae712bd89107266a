"""Keep the land-use code of a parcel as it was delivered, beside the one of today's list."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"

TABLES = {"parcel": "list:code as delivered; never translated", "staged_parcel": None}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, comment in TABLES.items():
        op.add_column(table, sa.Column("land_use_given", sa.Text(), nullable=True, comment=comment))
    # What came in before was kept as delivered; it is not translated afterwards.
    op.execute(
        "UPDATE parcel SET land_use_given = land_use_scheme || ':' || land_use_code"
        " WHERE import_id IS NOT NULL AND land_use_code IS NOT NULL"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "land_use_given")
