"""What the checks need of a calendar, without knowing where its working days come from."""

import datetime as dt
from typing import Protocol

MONTHS_IN_YEAR = 12


class Calendar(Protocol):
    """Date arithmetic of the law: the day of the event itself is not counted."""

    def add_workdays(self, day: dt.date, n: int) -> dt.date:
        """Return the `n`-th working day after a day."""
        ...

    def add_months(self, day: dt.date, n: int) -> dt.date:
        """Return the same day `n` months on, or the last of that month if it has no such day."""
        ...


def add_years(calendar: Calendar, day: dt.date, n: int) -> dt.date:
    """Return the same day `n` years on; 29 February becomes the 28th."""
    return calendar.add_months(day, n * MONTHS_IN_YEAR)
