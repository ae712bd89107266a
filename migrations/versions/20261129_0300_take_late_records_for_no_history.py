"""Let a rule that asks for checklists also go by when a sale was recorded, not only by the day it is said to be from."""

import re

import sqlalchemy as sa
from alembic import op

from service.core.migrate import run_script, script

revision = "0027"
down_revision = "0024"

_REPLACED = ("parcel_lacks_checklist", "parcel_passes_gate")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    comment = "what is recorded later is no history and needs a checklist, whatever its day; null: not in force"
    op.add_column(
        "checklist_policy", sa.Column("recorded_from", sa.DateTime(timezone=True), nullable=True, comment=comment)
    )
    run_script(script("0027_history"))


def downgrade() -> None:
    op.execute(
        "DROP TRIGGER lot_event_recorded_now ON lot_event; DROP TRIGGER checklist_policy_told ON checklist_policy"
    )
    before = script("0020_gate")
    for name in _REPLACED:
        found = re.search(rf"CREATE (OR REPLACE )?FUNCTION {name}\(.*?\n(END )?\$\$;\n", before, re.DOTALL)
        assert found is not None  # noqa: S101 - a released file is never edited
        run_script(re.sub(r"^CREATE (OR REPLACE )?", "CREATE OR REPLACE ", found[0]))
    op.execute("DROP FUNCTION lot_under_rule(bigint, date), lot_event_recorded_now()")
    trigger = re.search(r"CREATE CONSTRAINT TRIGGER checklist_policy_told.*?;\n", script("0018_checklist"), re.DOTALL)
    assert trigger is not None  # noqa: S101 - a released file is never edited
    run_script(trigger[0])
    op.drop_column("checklist_policy", "recorded_from")
