"""Count parcels by state and township, now and day by day of law."""

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0016"
down_revision = "0015"

REPLACED = {
    "tally": ("parcel_tally_add", "parcel_tally_fold"),
    "0002_first_load": ("parcel_load_",),
    "0005_lineage": ("parcel_tally_moved", "parcel_tally_updated", "parcel_tally_recount"),
}


WATCHED = (
    *("supply_plan", "plan_item", "lot", "lot_parcel", "lot_event", "contract", "contract_parcel", "contract_event"),
    *("instalment", "payment", "parcel_event", "lineage_operation"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.execute("LOCK TABLE parcel, parcel_event IN SHARE ROW EXCLUSIVE MODE")
    op.execute("DELETE FROM region_tally")
    for name in ("hold", "idle"):
        op.add_column("region_tally", sa.Column(name, sa.Text(), nullable=False))
    op.alter_column("region_tally", "region_id", nullable=True)
    op.alter_column("region_tally", "area_m2", type_=sa.Numeric(18, 2))
    op.create_table(
        "parcel_history_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("span", sa.SmallInteger(), nullable=False, comment="0: decade, 1: year, 2: month, 3: day"),
        sa.Column("begins_on", sa.Date(), nullable=False, comment="first day of the span"),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("idle", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("folded", sa.Boolean(), nullable=False, comment="one of its key, but for rows added since"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_history_tally")),
    )
    op.create_index("ix_parcel_history_tally_span", "parcel_history_tally", ["span", "begins_on"])
    op.create_index(
        "ix_parcel_history_tally_fresh",
        "parcel_history_tally",
        ["span", "begins_on"],
        postgresql_where=sa.text("NOT folded"),
    )
    op.create_index("ix_parcel_event_recorded_at", "parcel_event", ["recorded_at"], postgresql_using="brin")
    op.create_index("ix_parcel_event_idle", "parcel_event", ["parcel_id"], postgresql_where=sa.text("idle <> 'none'"))
    run_script(script("0016_counts_over_time"))
    op.execute("SELECT parcel_tally_recount(); SELECT parcel_history_recount()")


def downgrade() -> None:
    op.execute("DROP TRIGGER history_moved ON parcel; DROP TRIGGER history_entered ON parcel_event")
    op.execute(
        "DROP FUNCTION parcel_history_moved(), parcel_history_entered(), parcel_history_recount(), parcel_history_fold(),"
        " parcel_history_add(parcel_turn[]), parcel_turns(parcel_place[], bigint[]), parcel_spells(bigint[], bigint[]),"
        " parcel_tally_add(parcel_count[])"
    )
    op.execute("DROP AGGREGATE last_set(text); DROP FUNCTION last_set_step(text, text)")
    op.execute("DROP TYPE parcel_turn; DROP TYPE parcel_place; DROP TYPE parcel_count")
    op.drop_table("parcel_history_tally")
    op.drop_index("ix_parcel_event_recorded_at", table_name="parcel_event")
    op.drop_index("ix_parcel_event_idle", table_name="parcel_event")
    for table in WATCHED:
        op.execute(f"DROP TRIGGER touch_supply ON {table}")
    op.execute("DELETE FROM region_tally")
    for name in ("hold", "idle"):
        op.drop_column("region_tally", name)
    op.alter_column("region_tally", "region_id", nullable=False)
    op.alter_column("region_tally", "area_m2", type_=sa.Double())
    op.execute(
        "CREATE TYPE parcel_count AS (i int, j int, jurisdiction_id int, region_id int, stage text, n bigint, area_m2 float8)"
    )
    for name, functions in REPLACED.items():
        for text in script(name).replace("\nCREATE OR REPLACE ", "\nCREATE ").split("\nCREATE ")[1:]:
            if text.removeprefix("FUNCTION ").startswith(functions):
                run_script(
                    f"CREATE OR REPLACE {text.partition('REVOKE')[0].partition('SELECT parcel_tally_recount()')[0]}"
                )
    op.execute("SELECT parcel_tally_recount()")
