"""How far a plan is: planned against supplied, what is due by now, and the pace the rest needs. Pure.

以月保季、以季保年: a month's land is due when the month is over; quarters and the year are the sums of their months.
Land is supplied when its contract or allocation decision takes effect (R35).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from service.plans.classes import MONTHS, Dimension

ZERO = Decimal("0.00")
_MONTHS = 12


class Row(NamedTuple):
    """Planned or supplied land of one member in one month; month None: planned without one."""

    member: str | None
    month: int | None
    planned: int
    planned_m2: Decimal
    supplied: int
    supplied_m2: Decimal


class Progress(NamedTuple):
    """How one member stands on a day. Areas in m²; None where it can't be said."""

    member: str | None
    planned: int
    planned_m2: Decimal
    supplied: int
    supplied_m2: Decimal
    due_m2: Decimal
    months_left: int

    @property
    def rate(self) -> Decimal | None:
        """Return supplied by planned, to four places; None when nothing is planned."""
        return None if not self.planned_m2 else (self.supplied_m2 / self.planned_m2).quantize(Decimal("0.0001"))

    @property
    def gap_m2(self) -> Decimal:
        """Return what is due and not supplied; below zero: ahead."""
        return self.due_m2 - self.supplied_m2

    @property
    def pace_m2(self) -> Decimal | None:
        """Return what has to be supplied in each month left; None when the year is over and something is left."""
        left = max(self.planned_m2 - self.supplied_m2, ZERO)
        if self.months_left == 0:
            return None if left else ZERO
        return (left / self.months_left).quantize(Decimal("0.01"))


def months_ended(year: int, day: dt.date) -> int:
    """Return how many months of a year are over at the end of a day.

    >>> [months_ended(2022, day) for day in (dt.date(2022, 11, 15), dt.date(2022, 11, 30), dt.date(2023, 2, 1))]
    [10, 11, 12]
    """
    if day.year != year:
        return 0 if day.year < year else _MONTHS
    return day.month if (day + dt.timedelta(days=1)).day == 1 else day.month - 1


def measured(rows: Iterable[Row], year: int, day: dt.date) -> list[Progress]:
    """Return how each member stands at the end of a day, in the order in which members first occur.

    Planned land without a month is due with the year's end. A month left is one that is not over.
    """
    ended = months_ended(year, day)
    found: dict[str | None, Progress] = {}
    for row in rows:
        before = found.get(row.member, Progress(row.member, 0, ZERO, 0, ZERO, ZERO, _MONTHS - ended))
        due = row.planned_m2 if (row.month or _MONTHS) <= ended else ZERO
        found[row.member] = before._replace(
            planned=before.planned + row.planned,
            planned_m2=before.planned_m2 + row.planned_m2,
            supplied=before.supplied + row.supplied,
            supplied_m2=before.supplied_m2 + row.supplied_m2,
            due_m2=before.due_m2 + due,
        )
    return list(found.values())


def by_time(rows: Sequence[Row], dimension: Dimension) -> list[Row]:
    """Give rows the month or quarter of each as their member, in order; land without a month stands last.

    A month's row keeps what was planned for it and what was supplied in it, whatever it was planned for.
    """
    ordered = sorted(rows, key=lambda row: row.month or _MONTHS + 1)
    return [row._replace(member=_period(row.month, dimension)) for row in ordered]


def _period(month: int | None, dimension: Dimension) -> str | None:
    if month is None:
        return None
    return str(month) if dimension is Dimension.month else str((month + 2) // 3)


def whole(rows: Iterable[Row], year: int, day: dt.date) -> Progress:
    """Return how the plan as a whole stands."""
    found = measured((row._replace(member=None) for row in rows), year, day)
    return found[0] if found else Progress(None, 0, ZERO, 0, ZERO, ZERO, _MONTHS - months_ended(year, day))


class Month(NamedTuple):
    """One month of the year: planned and supplied in it, and from January to its end."""

    month: int
    planned_m2: Decimal
    supplied_m2: Decimal
    planned_so_far_m2: Decimal
    supplied_so_far_m2: Decimal


def months(rows: Iterable[Row]) -> list[Month]:
    """Return the twelve months; land planned without a month belongs to none."""
    planned: dict[int, Decimal] = dict.fromkeys(map(int, MONTHS), ZERO)
    supplied = dict(planned)
    for row in rows:
        if row.month is not None:
            planned[row.month] += row.planned_m2
            supplied[row.month] += row.supplied_m2
    return [
        Month(month, planned[month], supplied[month], _until(planned, month), _until(supplied, month))
        for month in planned
    ]


def _until(areas: Mapping[int, Decimal], month: int) -> Decimal:
    return sum((area for each, area in areas.items() if each <= month), ZERO)
