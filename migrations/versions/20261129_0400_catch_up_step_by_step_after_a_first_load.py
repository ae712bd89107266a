"""Catch up step by step on what a first load put off, and let no transaction end before it has."""

import re

from alembic import op

from service.core.migrate import run_script, script

revision = "0032"
down_revision = "0030"


_STAGES = ("reading", "checking", "staging", "publishing")


def _allow(stages: tuple[str, ...]) -> None:
    """Say what an import may be doing."""
    op.drop_constraint(op.f("ck_import_stage"), "import")
    op.create_check_constraint(op.f("ck_import_stage"), "import", f"stage IN {stages}")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow((*_STAGES, "indexing"))
    run_script(script("0032_load_in_steps"))


def downgrade() -> None:
    op.execute("UPDATE import SET stage = 'publishing' WHERE stage = 'indexing'")
    _allow(_STAGES)
    op.execute("DROP TRIGGER caught_up ON deferred_definition")
    op.execute("DROP FUNCTION parcel_load_caught_up(), parcel_load_step()")
    before = script("0022_township_counts")
    for name in ("parcel_load_begin", "parcel_load_end"):
        found = re.search(rf"CREATE OR REPLACE FUNCTION {name}\(.*?\nEND \$\$;\n", before, re.DOTALL)
        assert found is not None  # noqa: S101 - a released file is never edited
        run_script(found[0])
    op.execute("REVOKE EXECUTE ON FUNCTION parcel_load_end() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION parcel_load_end() TO gongdi_app")
