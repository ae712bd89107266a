"""Wire shapes of the inbox of deadlines."""

import datetime as dt
from collections.abc import Sequence
from typing import Self

from pydantic import Field

from service.accounts.permissions import Role
from service.core.schemas import Output
from service.overview.duties import DUTIES, Due


class DeadlineRead(Output):
    """Something that is due."""

    kind: str
    subject: str = Field(description="what kind of thing: plan, scheme, lot, contract …")
    id: int
    title: str
    due_on: dt.date
    days_left: int = Field(description="below zero: overdue")
    roles: list[Role]


class KindRead(Output):
    """A kind of deadline, and how many there are."""

    kind: str
    title: str
    title_en: str
    roles: list[Role]
    n: int
    overdue: int


class DeadlineList(Output):
    """What is due, the oldest first; counts are of everything but the filter on kinds."""

    today: dt.date
    n: int
    overdue: int
    kinds: list[KindRead]
    items: list[DeadlineRead]
    next: str | None

    @classmethod
    def of(cls, items: Sequence[Due], following: str | None, counted: Sequence[Due], today: dt.date) -> Self:
        """Write a page of deadlines and count all of them."""
        late = [each for each in counted if each.due_on < today]
        kinds = [
            KindRead(
                **duty._asdict(),
                n=sum(each.kind == duty.kind for each in counted),
                overdue=sum(each.kind == duty.kind for each in late),
            )
            for duty in DUTIES.values()
        ]
        read = [
            DeadlineRead(**each._asdict(), days_left=(each.due_on - today).days, roles=list(DUTIES[each.kind].roles))
            for each in items
        ]
        kinds = [each for each in kinds if each.n]
        return cls(today=today, n=len(counted), overdue=len(late), kinds=kinds, items=read, next=following)
