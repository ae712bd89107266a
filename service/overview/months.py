"""Months of a span. Pure."""

import datetime as dt
from collections.abc import Iterator

_OVER_A_MONTH = dt.timedelta(days=32)


def months_of(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Give the first days of the months that a span touches.

    >>> [str(month) for month in months_of(dt.date(2021, 11, 30), dt.date(2022, 1, 1))]
    ['2021-11-01', '2021-12-01', '2022-01-01']
    """
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + _OVER_A_MONTH).replace(day=1)


def month_end(month: dt.date) -> dt.date:
    """Return the last day of a month.

    >>> str(month_end(dt.date(2024, 2, 1)))
    '2024-02-29'
    """
    return (month.replace(day=1) + _OVER_A_MONTH).replace(day=1) - dt.timedelta(days=1)
