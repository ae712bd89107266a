"""Whose names an actor is told: those of their own bureau; whoever runs or decides checklists, everybody's. Pure."""

from service.accounts.access import Actor
from service.accounts.permissions import Permission

_RUNNING = frozenset(
    {
        Permission.CHECKLIST_OPEN,
        Permission.CHECKLIST_ACCEPT,
        Permission.CHECKLIST_WAIVE,
        Permission.CHECKLIST_MANAGE,
    }
)


def sees_person(actor: Actor, bureau: str | None) -> bool:
    """Tell whether an actor is told the name of somebody of a bureau; None: of the land bureau itself."""
    return bureau is None or bureau == actor.lead_bureau or not _RUNNING.isdisjoint(actor.permissions)
