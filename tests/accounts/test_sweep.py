from types import SimpleNamespace
from typing import Any, cast

import procrastinate
import psycopg

from service.accounts.jobs import sweep
from service.core.db import Database
from service.core.settings import Settings

Owner = psycopg.Connection[Any]


def run(database: Database, settings: Settings) -> None:
    context = SimpleNamespace(additional_context={"database": database, "settings": settings})
    sweep(cast("procrastinate.JobContext", context), 0)


def test_what_is_over_is_swept_and_what_lives_stays(database: Database, settings: Settings, owner: Owner) -> None:
    owner.execute(
        "WITH u AS (INSERT INTO user_account (username, display_name, role, password_hash)"
        " VALUES ('li.na', '李娜', 'viewer', 'none') RETURNING id)"
        " INSERT INTO user_session (token_hash, user_id, csrf_token, last_seen_at, expires_at)"
        " SELECT sha256(name::bytea), u.id, 'x', now() - seen, now() + left_ FROM u, (VALUES"
        " ('live', interval '29 min', interval '1 h'), ('idle', interval '31 min', interval '1 h'),"
        " ('old', interval '1 min', interval '-1 s')) AS s (name, seen, left_);"
        " INSERT INTO login_attempt (username, address, at) VALUES ('a', 'b', now() - interval '23 h'),"
        " ('a', 'b', now() - interval '25 h')"
    )
    run(database, settings)
    run(database, settings)
    assert owner.execute("SELECT token_hash = sha256('live') FROM user_session").fetchall() == [(True,)]
    assert owner.execute("SELECT count(*) FROM login_attempt").fetchone() == (1,)
    swept = owner.execute("SELECT actor, action, after FROM audit_entry").fetchall()
    assert swept == [("job:accounts.sweep", "session:swept", {"count": 2})], "nothing to sweep is nothing to record"
