"""What is due: the deadlines of plans, lots and contracts in one list, and whom each concerns."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Role
from service.contracts import deadlines as contracts
from service.core.errors import BadRequest
from service.listings import queries as listings
from service.overview.duties import DUTIES, Due
from service.plans import due as plans


class Row(Protocol):
    """What the packages below say of a deadline."""

    @property
    def kind(self) -> str:
        """One of theirs; `DUTIES` knows it with the source's name before it."""
        ...

    @property
    def subject(self) -> str:
        """What kind of thing it belongs to."""
        ...

    @property
    def id(self) -> int:
        """Which one."""
        ...

    @property
    def title(self) -> str:
        """Its name or number."""
        ...

    @property
    def due_on(self) -> dt.date:
        """The last day in time."""
        ...

    @property
    def done(self) -> bool:
        """Whether it is met."""
        ...


Source = Callable[[Session, Actor, dt.date], Iterable[Row]]
SOURCES: dict[str, Source] = {
    "plan": plans.deadlines,
    "lot": listings.deadlines,
    "contract": contracts.deadlines,
}


def register(name: str, source: Source) -> None:
    """Make the deadlines of a package known that stands above this one."""
    SOURCES[name] = source


def found(session: Session, actor: Actor, until: dt.date) -> list[Due]:
    """Return what is due by a day and not done, the oldest first."""
    rows = [
        Due(f"{name}_{row.kind}", row.subject, row.id, row.title, row.due_on)
        for name, source in SOURCES.items()
        for row in source(session, actor, until)
        if not row.done
    ]
    return sorted(rows, key=lambda each: each.key)


def concerning(found: Iterable[Due], role: Role | None) -> list[Due]:
    """Return the deadlines that concern a role; None, or a role that only looks: all of them."""
    if role is None or not any(role in duty.roles for duty in DUTIES.values()):
        return list(found)
    return [each for each in found if role in DUTIES[each.kind].roles]


def after(found: Sequence[Due], key: Sequence[object] | None) -> Sequence[Due]:
    """Return the deadlines that follow one in the order. Raises BadRequest: a cursor of another list."""
    match key:
        case None:
            return found
        case [str() as day, str() as kind, str() as subject, int() as number]:
            return [each for each in found if each.key > (day, kind, subject, number)]
    raise BadRequest("分页游标 cursor 不属于该列表。", "The cursor is of another list.")
