"""The idle clock of a contract as it is kept: its rows as the facts that `idle` reads. Pure."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from service.contracts.idle import Excluded, Holding, Works, counted

_NOTHING = Decimal(0)


class Held(Protocol):
    """A contract, as it is or as it was on a day."""

    price_yuan: Decimal | None
    start_due_on: dt.date | None
    planned_investment_yuan: Decimal | None
    built_due_m2: Decimal | None
    delivered_on: dt.date | None
    started_on: dt.date | None
    completed_on: dt.date | None


class Reported(Protocol):
    """A report on works."""

    built_m2: Decimal
    invested_yuan: Decimal
    taxes_yuan: Decimal
    stopped_on: dt.date | None


class Inquired(Protocol):
    """An inquiry."""

    suspected_on: dt.date
    notice_on: dt.date | None
    answered_on: dt.date | None


class LeftOut(Protocol):
    """Time that does not count."""

    reason: str
    begins_on: dt.date
    ends_on: dt.date | None


def works(held: Held, last: Reported | None) -> Works | None:
    """Return how far works are by the last report; what was never agreed on can't fall short."""
    if last is None:
        return None
    price = held.price_yuan or _NOTHING
    invested = counted(last.invested_yuan, land_price=price, taxes=last.taxes_yuan)
    due, planned = held.built_due_m2, held.planned_investment_yuan
    return Works(
        stopped_on=last.stopped_on,
        built_m2=last.built_m2 if due else Decimal(1),
        due_m2=due or Decimal(1),
        invested_yuan=invested if planned else Decimal(1),
        planned_yuan=planned or Decimal(1),
    )


def holding(
    held: Held, excluded: Sequence[LeftOut], last: Reported | None = None, inquiry: Inquired | None = None
) -> Holding:
    """Return the contract as the clock sees it."""
    return Holding(
        price_yuan=held.price_yuan or _NOTHING,
        start_due=held.start_due_on,
        handed_over_on=held.delivered_on,
        started_on=held.started_on,
        completed_on=held.completed_on,
        excluded=tuple(Excluded(each.reason, each.begins_on, each.ends_on) for each in excluded),
        works=works(held, last),
        suspected_on=inquiry.suspected_on if inquiry else None,
        notice_on=inquiry.notice_on if inquiry else None,
        answered_on=inquiry.answered_on if inquiry else None,
    )
