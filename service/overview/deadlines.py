"""What is due: the deadlines of plans, lots and contracts in one list, and whom each concerns."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Role
from service.core.errors import BadRequest
from service.overview.duties import DUTIES, Due
from service.plans import due as plans

Row = tuple[str, str, int, str, dt.date, bool]
"""Kind, subject, its id, title, the day it is due, whether it is done."""

SOURCES: tuple[Callable[[Session, Actor, dt.date], Iterable[Row]], ...] = (plans.deadlines,)


def found(session: Session, actor: Actor, until: dt.date) -> list[Due]:
    """Return what is due by a day and not done, the oldest first."""
    rows = [Due(*row[:5]) for source in SOURCES for row in source(session, actor, until) if not row[5]]
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
