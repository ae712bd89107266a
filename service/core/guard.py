"""The service refuses to start on settings that would lose or leak data (design §9, rule 8)."""

from typing import Any

import psycopg

from service.core.errors import Unavailable

# Each row: what must be true of the connection that serves requests, and what it says when it isn't.
CHECKS = (
    ("current_setting('fsync') = 'on'", "fsync is off: a power cut would lose acknowledged changes"),
    ("current_setting('full_page_writes') = 'on'", "full_page_writes is off"),
    ("current_setting('synchronous_commit') <> 'off'", "synchronous_commit is off"),
    ("current_user = 'gongdi_app'", "requests would not run as role gongdi_app"),
    (
        "NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)",
        "the request role is a superuser",
    ),
    ("NOT has_schema_privilege('public', 'CREATE')", "the request role may create tables"),
    ("NOT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE')", "the request role may change the audit log"),
    (
        "NOT has_table_privilege('parcel_event', 'UPDATE, DELETE, TRUNCATE')",
        "the request role may change parcel events",
    ),
    (
        "NOT has_table_privilege('lineage_operation', 'UPDATE, DELETE, TRUNCATE')",
        "the request role may change splits and merges",
    ),
)
DURABILITY = 3


class UnsafeDatabase(Unavailable):
    """The database is set up in a way that the service won't work on."""

    code = "unsafe-database"


def refuse_unsafe(connection: psycopg.Connection[Any], *, demo: bool) -> None:
    """Check a serving connection; in demo mode durability is not demanded, roles always are.

    Raises:
        UnsafeDatabase: naming every check that failed.

    """
    checks = CHECKS[DURABILITY:] if demo else CHECKS
    row = connection.execute("SELECT " + ", ".join(test for test, _ in checks)).fetchone() or ()
    failed = [words for (_, words), good in zip(checks, row, strict=True) if not good]
    if failed:
        raise UnsafeDatabase(
            f"数据库设置不安全,拒绝启动: {'; '.join(failed)}", f"unsafe database, not starting: {'; '.join(failed)}"
        )
