"""Whom an item of a bureau may be given to."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.models import User
from service.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from service.checklist.acting import refuse_foreign
from service.checklist.acts import Happening
from service.regions.queries import jurisdiction_by_code


def _roles_with(permission: Permission) -> list[Role]:
    return [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]


def assignees(
    session: Session, actor: Actor, jurisdiction: str, lead: str, *, after: str | None, limit: int
) -> Sequence[User]:
    """Return who works at a bureau's items in a jurisdiction, by user name, those after `after`.

    The bureau's own officers, and those of the land bureau who run checklists (`acting.works_at`).

    Raises:
        NotFound: no such jurisdiction.
        NotYours: who may not give items of this bureau to anybody is told nobody's name.

    """
    refuse_foreign(actor, Happening.planned, lead)
    place = jurisdiction_by_code(session, actor, jurisdiction)
    own = (User.lead_bureau == lead) & User.role.in_(_roles_with(Permission.CHECKLIST_WORK))
    running = User.lead_bureau.is_(None) & User.role.in_(_roles_with(Permission.CHECKLIST_OPEN))
    reach = User.jurisdictions.is_(None) | (User.jurisdictions.any_() == place.code)
    wanted = select(User).where(User.is_active, reach, own | running)
    if after is not None:
        wanted = wanted.where(User.username > after)
    return session.scalars(wanted.order_by(User.username).limit(limit)).all()
