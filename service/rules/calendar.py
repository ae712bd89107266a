"""What the checks need of a calendar, without knowing where its working days come from (`service.workdays`)."""

import datetime as dt
from typing import Protocol

MONTHS_IN_YEAR = 12


class Reckoned(Protocol):
    """A day that was worked out; `provisional`: it leans on a year whose calendar has not been issued yet."""

    @property
    def day(self) -> dt.date:
        """The day itself."""
        ...

    @property
    def provisional(self) -> bool:
        """Whether the calendar of a year in between may still change it."""
        ...


class Calendar(Protocol):
    """Date arithmetic of the law: the day of the event itself is not counted."""

    def add_workdays(self, day: dt.date, workdays: int, /) -> Reckoned:
        """Return the n-th working day after a day."""
        ...

    def add_months(self, day: dt.date, months: int, /) -> dt.date:
        """Return the same day `months` months on, or the last of that month if it has no such day."""
        ...


def add_years(calendar: Calendar, day: dt.date, n: int) -> dt.date:
    """Return the same day `n` years on; 29 February becomes the 28th."""
    return calendar.add_months(day, n * MONTHS_IN_YEAR)
