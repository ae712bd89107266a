"""Keep the land-use code of a parcel as it was delivered, and who withdrew a control layer and why."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = {"parcel": "list:code as delivered; never translated", "staged_parcel": None}

WITHDRAWAL = {"withdrawn_by": "who withdrew it; null: it was not withdrawn", "withdrawal_reason": None}
SUPERSEDED = "when a newer version replaced it"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, comment in TABLES.items():
        op.add_column(table, sa.Column("land_use_given", sa.Text(), nullable=True, comment=comment))
    # What came in before was kept as delivered; it is not translated afterwards.
    op.execute(
        "UPDATE parcel SET land_use_given = land_use_scheme || ':' || land_use_code"
        " WHERE import_id IS NOT NULL AND land_use_code IS NOT NULL"
    )
    for column, comment in WITHDRAWAL.items():
        op.add_column("control_layer", sa.Column(column, sa.Text(), nullable=True, comment=comment))
    op.create_check_constraint(
        op.f("ck_control_layer_withdrawal"),
        "control_layer",
        "(withdrawn_by IS NULL) = (withdrawal_reason IS NULL) AND (withdrawn_by IS NULL OR superseded_at IS NOT NULL)",
    )
    op.alter_column("control_layer", "superseded_at", comment=SUPERSEDED + ", or it was withdrawn; null: in force")


def downgrade() -> None:
    op.alter_column("control_layer", "superseded_at", comment=SUPERSEDED + "; null: in force")
    op.drop_constraint(op.f("ck_control_layer_withdrawal"), "control_layer")
    for column in WITHDRAWAL:
        op.drop_column("control_layer", column)
    for table in TABLES:
        op.drop_column(table, "land_use_given")
