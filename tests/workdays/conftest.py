from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from service.accounts.access import system
from service.core.db import Database
from service.regions.models import Jurisdiction
from service.workdays.commands import seed_calendar


@pytest.fixture
def places(database: Database) -> None:
    """Two jurisdictions."""
    with database.write(system("test")) as session:
        session.add_all(Jurisdiction(code=code, name=code, name_en=code) for code in ("ZDXQ", "GXQ"))


@pytest.fixture
def calendar_restored(database: Database, owner: psycopg.Connection[Any]) -> Iterator[None]:
    """Put the calendar back as seeded after the test: every other test counts on it."""
    yield
    owner.execute("DELETE FROM workday_calendar")
    owner.execute("DELETE FROM workday_year")
    with database.write(system("test")) as session:
        seed_calendar(session)
