"""Undo splits and merges: the parcels that one had ended stand again, and what it made is ended.

And keep why an approver let a boundary change that others are concerned by.
"""

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "lineage_operation",
        sa.Column("undoes", sa.Integer(), nullable=True, comment="the split or merge that it takes back"),
    )
    op.create_foreign_key(
        op.f("fk_lineage_operation_undoes_lineage_operation"),
        "lineage_operation",
        "lineage_operation",
        ["undoes"],
        ["id"],
    )
    op.create_unique_constraint(op.f("uq_lineage_operation_undoes"), "lineage_operation", ["undoes"])
    _allow_kinds("'split', 'merge', 'undo'")
    op.create_check_constraint(
        op.f("ck_lineage_operation_undoes"),
        "lineage_operation",
        "(kind = 'undo') = (undoes IS NOT NULL) AND undoes < id",
    )
    op.create_table(
        "lineage_revival",
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["lineage_operation.id"], name=op.f("fk_lineage_revival_operation_id_lineage_operation")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_lineage_revival_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("operation_id", "parcel_id", name=op.f("pk_lineage_revival")),
    )
    op.create_index(op.f("ix_lineage_revival_parcel_id"), "lineage_revival", ["parcel_id"])
    run_script(script("0017_undo_lineage"))
    op.add_column(
        "parcel_survey",
        sa.Column(
            "override_reason",
            sa.Text(),
            nullable=True,
            comment="why an approver let the boundary change though others are concerned",
        ),
    )


def downgrade() -> None:
    """Take the possibility back. What was undone can't be told without it: such a database stays as it is.

    Raises:
        RuntimeError: a split or merge was undone.

    """
    undone = op.get_bind().execute(sa.text("SELECT count(*) FROM lineage_revival")).scalar_one()
    if undone:
        raise RuntimeError("splits or merges were undone; a schema without undoing would tell their lineage wrong")
    (before,) = (
        text for text in script("0005_lineage").split("\nCREATE ") if "FUNCTION refuse_new_lineage()" in text[:40]
    )
    run_script(f"CREATE OR REPLACE {before}")
    op.drop_column("parcel_survey", "override_reason")
    op.drop_table("lineage_revival")
    op.drop_column("lineage_operation", "undoes")
    _allow_kinds("'split', 'merge'")


def _allow_kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_lineage_operation_kind"), "lineage_operation", type_="check")
    op.create_check_constraint(op.f("ck_lineage_operation_kind"), "lineage_operation", f"kind IN ({kinds})")
