"""Months of a span. Pure."""

import calendar
import datetime as dt
from collections.abc import Iterator


def months_of(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Give the first days of the months that a span touches.

    >>> [str(month) for month in months_of(dt.date(2021, 11, 30), dt.date(2022, 1, 1))]
    ['2021-11-01', '2021-12-01', '2022-01-01']
    >>> [str(month) for month in months_of(dt.date(9999, 12, 1), dt.date.max)]
    ['9999-12-01']
    """
    for year in range(first.year, last.year + 1):
        for number in range(first.month if year == first.year else 1, (last.month if year == last.year else 12) + 1):
            yield dt.date(year, number, 1)


def month_end(month: dt.date) -> dt.date:
    """Return the last day of a month.

    >>> [str(month_end(month)) for month in (dt.date(2024, 2, 1), dt.date(9999, 12, 1))]
    ['2024-02-29', '9999-12-31']
    """
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
