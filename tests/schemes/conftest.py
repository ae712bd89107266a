"""A jurisdiction, and the people who make and decide on its schemes."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.caller import Caller
from tests.factories.parcels import make_parcel, make_regions


class People(NamedTuple):
    """Callers by what they do."""

    planner: Caller
    approver: Caller
    viewer: Caller


def person(role: Role, name: str) -> Actor:
    """An actor of a role who sees everything."""
    return Actor("user", name, role, ROLE_PERMISSIONS[role], None)


@pytest.fixture
def planner(session: Session) -> Actor:
    """Who makes schemes; the session acts for them, in 郑东新区."""
    make_regions(session)
    actor = person(Role.PLANNER, "planner")
    session.info["actor"] = actor
    return actor


@pytest.fixture
def approver() -> Actor:
    """Who decides on them."""
    return person(Role.APPROVER, "approver")


@pytest.fixture
def people(database: Database, as_role: Callable[..., Caller]) -> People:
    """Callers over HTTP, in a district with five cleared parcels, S-0 to S-4, of 1 ha of commercial land each."""
    with database.write(system("test")) as session:
        make_regions(session)
        for number in range(5):
            make_parcel(session, code=f"S-{number}", stage=Stage.cleared, land_uses=[{"code": "0902"}])
    return People(as_role(Role.PLANNER), as_role(Role.APPROVER), as_role(Role.VIEWER))
