"""Whether the service can do its work: read by load balancers, `gongdi doctor` and people."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parents[2] / "migrations"
WORKER_SILENT_AFTER = dt.timedelta(seconds=30)


def head_revision() -> str:
    """Return the newest migration of this code."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def readiness(connection: psycopg.Connection[Any], head: str) -> Mapping[str, bool]:
    """Ask the database, in one statement, whether migrations are at `head` and a worker is alive."""
    row = connection.execute(
        "SELECT (SELECT version_num FROM alembic_version) = %s,"
        " EXISTS (SELECT FROM jobs.procrastinate_workers WHERE last_heartbeat > now() - %s)",
        (head, WORKER_SILENT_AFTER),
    ).fetchone()
    migrated, worker = row or (False, False)
    return {"database": True, "migrations": bool(migrated), "worker": bool(worker)}
