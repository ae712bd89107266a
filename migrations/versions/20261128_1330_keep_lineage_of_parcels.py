"""Keep the lineage of parcels: splits and merges, what they ended and what they made."""

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0005"
down_revision = "0004"

BEGINNINGS = "'propose', 'adopt'"
COURSE = (
    "'acquire', 'reserve', 'clear', 'approve_scheme', 'publicise', 'announce', 'open_listing', 'suspend', 'resume', 'sell', "
    "'fail', 'terminate', 'void_award', 'contract', 'rescind', 'pay', 'deliver', 'start', 'complete', 'suspect_idle', "
    "'dismiss_idle', 'confirm_idle', 'dispose_idle', 'end_idle', 'reclaim'"
)
REPLACED = {
    "tally": ("parcel_tally_moved", "parcel_tally_updated"),
    "0002_first_load": ("parcel_tally_recount",),
    "tiles": ("parcel_tile_shapes",),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "lineage_operation",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "effective_on", sa.Date(), nullable=False, comment="from this day on the new parcels stand for the old"
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="when we knew",
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True, comment="why a blocking rule was set aside"),
        sa.CheckConstraint("kind IN ('split', 'merge')", name=op.f("ck_lineage_operation_kind")),
        sa.CheckConstraint(
            "effective_on BETWEEN '1949-10-01' AND '2100-01-01'", name=op.f("ck_lineage_operation_effective_on")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_lineage_operation_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineage_operation")),
    )
    for name, comment in (("made_by", "split or merge that made it"), ("retired_by", "the one that ended it")):
        op.add_column("parcel", sa.Column(name, sa.Integer(), nullable=True, comment=comment))
        op.create_foreign_key(
            op.f(f"fk_parcel_{name}_lineage_operation"), "parcel", "lineage_operation", [name], ["id"]
        )
        op.create_index(f"ix_parcel_{name}", "parcel", [name], postgresql_where=sa.text(f"{name} IS NOT NULL"))
    op.create_check_constraint(op.f("ck_parcel_lineage"), "parcel", "made_by < retired_by")
    _allow_events(f"{BEGINNINGS}, 'derive', {COURSE}")
    run_script(script("0005_lineage"))


def downgrade() -> None:
    for name, functions in REPLACED.items():
        for text in script(name).split("\nCREATE ")[1:]:
            if text.removeprefix("FUNCTION ").startswith(functions):
                run_script(f"CREATE OR REPLACE {text.partition('REVOKE')[0]}")
    op.execute("ALTER TABLE parcel_event DISABLE TRIGGER USER")  # events are only ever added
    op.execute("UPDATE parcel_event SET kind = 'adopt' WHERE kind = 'derive'")
    op.execute("ALTER TABLE parcel_event ENABLE TRIGGER USER")
    _allow_events(f"{BEGINNINGS}, {COURSE}")
    op.execute("DROP TRIGGER lineage_written_once ON parcel; DROP FUNCTION refuse_new_lineage()")
    op.drop_column("parcel", "made_by")
    op.drop_column("parcel", "retired_by")
    op.drop_table("lineage_operation")
    op.execute("SELECT parcel_tally_recount()")  # what was ended is there again


def _allow_events(kinds: str) -> None:
    op.drop_constraint(op.f("ck_parcel_event_kind"), "parcel_event", type_="check")
    op.create_check_constraint(op.f("ck_parcel_event_kind"), "parcel_event", f"kind IN ({kinds})")
