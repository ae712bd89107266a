from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session

from service.core.db import driver_connection


@pytest.fixture
def connection(session: Session) -> psycopg.Connection[Any]:
    """The driver's connection of the test's transaction: for the ready statements."""
    return driver_connection(session)
