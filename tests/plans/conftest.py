"""A jurisdiction with regions, and the people who work on its plan."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.core.db import Database
from tests.caller import Caller
from tests.factories.parcels import make_parcel, make_regions


class People(NamedTuple):
    """Callers by what they do."""

    planner: Caller
    approver: Caller
    viewer: Caller


@pytest.fixture
def district(session: Session) -> Session:
    """The session, with 郑东新区 and its regions."""
    make_regions(session)
    return session


def person(role: Role, name: str) -> Actor:
    """An actor of a role who sees everything."""
    return Actor("user", name, role, ROLE_PERMISSIONS[role], None)


@pytest.fixture
def planner(district: Session) -> Actor:
    """Who makes the plan; the session acts for them."""
    actor = person(Role.PLANNER, "planner")
    district.info["actor"] = actor
    return actor


@pytest.fixture
def approver() -> Actor:
    """Who approves it."""
    return person(Role.APPROVER, "approver")


@pytest.fixture
def stranger(planner: Actor) -> Actor:
    """A planner of another jurisdiction."""
    return replace(planner, jurisdictions=frozenset({"GXQ"}))


@pytest.fixture
def people(database: Database, as_role: Callable[..., Caller]) -> People:
    """Callers over HTTP, in a district with ten parcels, P-0 to P-9, of 1 ha each."""
    with database.write(system("test")) as session:
        make_regions(session)
        for number in range(10):
            make_parcel(session, code=f"P-{number}", land_uses=[{"code": "0902"}])
    return People(as_role(Role.PLANNER), as_role(Role.APPROVER), as_role(Role.VIEWER))
