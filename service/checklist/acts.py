"""What can happen to a checklist and its items, as its history tells it. Pure."""

from enum import StrEnum

from service.checklist.states import Action


class ChecklistStatus(StrEnum):
    """`superseded`: its parcel was split or merged, and others stand for it."""

    running = "running"
    closed = "closed"
    superseded = "superseded"


class Happening(StrEnum):
    """What happens besides the actions on an item (`states.Action`): to the checklist, then to one of its items."""

    opened = "opened"
    changed = "changed"
    moved = "moved"
    closed = "closed"
    superseded = "superseded"
    revived = "revived"
    added = "added"
    dropped = "dropped"
    inherited = "inherited"
    planned = "planned"
    assigned = "assigned"
    reassigned = "reassigned"
    ask_waiver = "ask_waiver"
    document_added = "document_added"
    document_withdrawn = "document_withdrawn"
    comment = "comment"


class NotificationKind(StrEnum):
    """Why somebody is told."""

    assigned = "assigned"
    ready = "ready"
    returned = "returned"
    expired = "expired"
    waiver_asked = "waiver_asked"
    waived = "waived"
    comment = "comment"
    reassigned = "reassigned"


EVENT_KINDS = tuple(dict.fromkeys([*map(str, Happening), *map(str, Action)]))
"""Every kind of event that a history holds."""
