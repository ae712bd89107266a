"""Keep what stands in a township in one row of region_tally, by state as JSON."""

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0022"
down_revision = "0021"

_STATE = ("stage", "hold", "idle")
_REPLACED = ("parcel_tally_add", "parcel_tally_fold", "parcel_tally_recount", "parcel_history_recount", "parcel_load_")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'")
    op.execute("LOCK TABLE parcel IN SHARE ROW EXCLUSIVE MODE; DELETE FROM region_tally")
    for name in _STATE:
        op.drop_column("region_tally", name)
    op.add_column(
        "region_tally",
        sa.Column("states", sa.JSON(), nullable=False, comment="by 'stage hold idle': parcels, hundredths of m²"),
    )
    run_script(script("0022_township_counts"))
    op.execute("SELECT parcel_tally_recount()")


def downgrade() -> None:
    op.execute("LOCK TABLE parcel IN SHARE ROW EXCLUSIVE MODE; DELETE FROM region_tally")
    op.drop_column("region_tally", "states")
    for name in _STATE:
        op.add_column("region_tally", sa.Column(name, sa.Text(), nullable=False))
    text = script("0016_counts_over_time").replace("\nCREATE OR REPLACE ", "\nCREATE ")
    for each in text.split("\nCREATE FUNCTION ")[1:]:
        if each.startswith(_REPLACED):
            body, end, _ = each.partition("\n$$;" if "LANGUAGE sql" in each else "\nEND $$;")
            run_script(f"CREATE OR REPLACE FUNCTION {body}{end}")
    op.execute("SELECT parcel_tally_recount()")
