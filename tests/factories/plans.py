"""Plans for tests, made through the commands that everybody uses."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.lifecycle import EventKind
from service.plans.changes import ItemCreate, PlanCreate, StepOrder
from service.plans.commands import create_plan, take_step
from service.plans.item_commands import add_item
from service.plans.models import PlanItem, SupplyPlan
from service.plans.states import PlanAction
from tests.factories.parcels import square

APPROVER = Actor("user", "approver", Role.APPROVER, ROLE_PERMISSIONS[Role.APPROVER], None)
TO_CONTRACT = ("acquire", "reserve", "clear", "approve_scheme", "announce", "open_listing", "sell", "contract")


def make_plan(session: Session, *, year: int = 2022, jurisdiction: str = "ZDXQ") -> SupplyPlan:
    """A draft without items."""
    return create_plan(session, session.info["actor"], PlanCreate(jurisdiction=jurisdiction, year=year))


def make_item(session: Session, plan: SupplyPlan, **fields: Any) -> PlanItem:  # noqa: ANN401 - any field of an item
    """An item that says all five attributes; a sketch unless it is given a parcel."""
    own = {"land_use": {"code": "0902"}, "quarter": 1, "source": "new", "method": "listing"}
    if "parcel" not in fields:
        own |= {"name": "示意地块", "area_m2": Decimal(10_000), "geometry": square()}
    return add_item(session, session.info["actor"], plan.id, ItemCreate(**(own | fields)))


def publish(session: Session, plan: SupplyPlan, *, on: dt.date | None = None) -> None:
    """Take a draft through all steps."""
    order = StepOrder(effective_on=on)
    take_step(session, session.info["actor"], plan.id, PlanAction.submit, order, version=plan.version)
    take_step(session, APPROVER, plan.id, PlanAction.approve, order, version=plan.version)
    take_step(session, session.info["actor"], plan.id, PlanAction.publish, order, version=plan.version)


def supply(session: Session, code: str, on: dt.date) -> None:
    """Take a candidate parcel to its contract, all on days before it."""
    actor = session.info["actor"]
    for steps_left, kind in zip(range(len(TO_CONTRACT) - 1, -1, -1), TO_CONTRACT, strict=True):
        day = on - dt.timedelta(days=30 * steps_left)
        record_event(session, actor, code, EventCreate(kind=EventKind(kind), effective_on=day))
