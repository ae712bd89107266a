"""Lists of checklists go by an index, however many there are."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.checklist import selecting
from service.checklist.selecting import ChecklistFilters
from service.core.cluster import ClusterUrls
from service.core.settings import Settings
from tests.explained import filled
from tests.factories.checklists import make_checklist

ACTOR = system("test")
LATEST = "SELECT id FROM checklist WHERE parcel_id = 7 ORDER BY closed_on IS NOT NULL, id DESC LIMIT 1"
LEAD = "SELECT * FROM checklist_item WHERE lead = 'parks'"
HISTORY = "SELECT * FROM checklist_event WHERE checklist_id = 7 ORDER BY id DESC LIMIT 50"
FEED = """SELECT * FROM checklist_event WHERE (transaction, id) > (1, 1) ORDER BY transaction, id LIMIT 50"""
TOLD = "SELECT * FROM notification WHERE user_id = 7 ORDER BY id DESC LIMIT 50"
UNREAD = "SELECT count(*) FROM notification WHERE user_id = 7 AND read_at IS NULL"
READY = "SELECT id FROM checklist WHERE status = 'running' AND readiness = 'blocked' ORDER BY id DESC LIMIT 50"


def _fill(session: Session) -> None:
    """Three thousand closed checklists beside a running one, each with an item and an event."""
    one = make_checklist(session)
    session.execute(
        text("""
            WITH made AS (
              INSERT INTO checklist (jurisdiction_id, parcel_id, template_id, status, opened_on, closed_on, readiness)
              SELECT jurisdiction_id, parcel_id, template_id, 'closed', '2020-01-01', '2021-01-01', 'ready'
              FROM checklist, generate_series(1, 3000) WHERE id = :one RETURNING id
            ), items AS (
              INSERT INTO checklist_item (checklist_id, key, track, lead, phase, required, hard, binding)
              SELECT id, 'BT-A1', 1, 'lead' || id % 20, 'pre', true, false, true FROM made
            )
            INSERT INTO checklist_event (checklist_id, item_key, kind, effective_on, actor)
            SELECT id, 'BT-A1', 'opened', '2020-01-01', 'x' FROM made
        """),
        {"one": one.id},
    )
    session.execute(
        text("""
            WITH people AS (
              INSERT INTO user_account (username, display_name, role, password_hash)
              SELECT 'person' || n, 'x', 'viewer', 'none' FROM generate_series(1, 300) AS n RETURNING id
            )
            INSERT INTO notification (user_id, kind, event_id, read_at)
            SELECT p.id, 'comment', e.id, CASE WHEN e.id % 10 <> 0 THEN now() END
            FROM people AS p, (SELECT id FROM checklist_event LIMIT 10) AS e
        """)
    )


@pytest.fixture(scope="module")
def asking(new_database: Callable[[], ClusterUrls], settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    with filled(new_database(), settings, _fill) as connection:
        yield connection


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (LATEST, "ix_checklist_parcel"),
        (LEAD, "ix_checklist_item_lead"),
        (HISTORY, "ix_checklist_event_checklist"),
        (FEED, "ix_checklist_event_transaction"),
        (TOLD, "ix_notification_user"),
        (UNREAD, "ix_notification_unread"),
        (READY, "ix_checklist_readiness"),
    ],
)
def test_an_index_serves(asking: psycopg.Connection[Any], asked: str, index: str) -> None:
    assert index in _plan(asking, asked, "enable_bitmapscan")


def test_the_matrix_is_read_in_its_order(asking: psycopg.Connection[Any]) -> None:
    wanted = selecting.matrix_statement(ACTOR, ChecklistFilters(), after=None, limit=50)
    written = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    assert "ix_checklist_planned" in _plan(asking, str(written), "enable_sort")


def _plan(connection: psycopg.Connection[Any], asked: str, without: str) -> str:
    with connection.transaction():
        connection.execute(f"SET LOCAL {without} = off".encode())
        return "\n".join(row[0] for row in connection.execute(f"EXPLAIN {asked}".encode()))
