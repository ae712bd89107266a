"""What holds a parcel: a supply scheme, a lot, a contract. While it does, it alone records the events it governs.

Those packages stand above this one, so they say here, when they are loaded, how their hold is found.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from service.core.errors import Conflict
from service.parcels.lifecycle import EVENT_TITLES, EventKind
from service.parcels.models import Parcel


class Hold(NamedTuple):
    """That something holds a parcel: what it is (`lot`), its id, how it is called, and the events it governs."""

    parcel_id: int
    subject: str
    id: int
    title_zh: str
    title_en: str
    events: frozenset[EventKind]


Find = Callable[[Session, Collection[int]], Sequence[Hold]]
"""Gives the holds on some parcels, by id; one statement."""

_FINDERS: dict[str, Find] = {}


class HeldElsewhere(Conflict):
    """Something else decides over the parcel; `holds` name it."""

    code, title_zh, title_en = "parcel-held", "须在方案、宗地或合同中办理", "Held by a scheme, lot or contract"


def register(subject: str, find: Find) -> None:
    """Make a kind of hold known."""
    _FINDERS[subject] = find


def forget(subject: str) -> None:
    """Take back a `register`."""
    del _FINDERS[subject]


def holds_on(session: Session, parcel_ids: Collection[int]) -> list[Hold]:
    """Return everything that holds any of the parcels."""
    return [hold for find in _FINDERS.values() for hold in find(session, parcel_ids)]


def refuse_governed(session: Session, parcel: Parcel, kind: EventKind) -> None:
    """Refuse an event that something else is to record. Raises HeldElsewhere."""
    found = [hold for hold in holds_on(session, [parcel.id]) if kind in hold.events]
    if found:
        zh, en = EVENT_TITLES[kind]
        raise HeldElsewhere(
            f"“{zh}”须在{found[0].title_zh}中办理。",
            f"“{en}” is recorded with {found[0].title_en}.",
            facts=_facts(found),
        )


def refuse_held(session: Session, parcels: Sequence[Parcel]) -> None:
    """Refuse to end parcels that something holds. Raises HeldElsewhere."""
    found = holds_on(session, [parcel.id for parcel in parcels])
    if found:
        raise HeldElsewhere(
            f"地块在{found[0].title_zh}中，不能分割或合并。",
            f"The land is in {found[0].title_en}: it can't be split or merged.",
            facts=_facts(found),
        )


def _facts(found: Sequence[Hold]) -> dict[str, Any]:
    return {"holds": [{"subject": hold.subject, "id": hold.id, "title": hold.title_zh} for hold in found]}
