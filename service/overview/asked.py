"""What a dashboard is asked for: a span of days, a place, and the day and knowledge it is seen from. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from service.core.errors import BadRequest
from service.parcels.selection import Moment, Selection

MOST_YEARS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """Days `first` to `last`, both counted, seen from the end of `day`; `selected` holds place and moment."""

    first: dt.date
    last: dt.date
    day: dt.date
    selected: Selection

    @property
    def until(self) -> dt.date:
        """The last day of which anything can have happened yet."""
        return min(self.last, self.day)

    @property
    def moment(self) -> Moment:
        """The day and the knowledge."""
        return self.selected.moment

    @property
    def years(self) -> range:
        """The plan years that the span touches."""
        return range(self.first.year, self.last.year + 1)

    def rows(self, address: str, **filters: object) -> str:
        """Return the address that opens the rows of a figure: the same place and moment, and what the figure counts.

        >>> asked = span(dt.date(2022, 11, 15), Selection(region=["410105562"]))
        >>> asked.rows("/api/v1/parcels", stage="sold")
        '/api/v1/parcels?stage=sold&region=410105562'
        """
        given: dict[str, object] = {
            **filters,
            "jurisdiction": filters.get("jurisdiction", self.selected.jurisdiction),
            "region": filters.get("region", self.selected.region),
            "as_of": self.moment.as_of,
            "known_at": self.moment.known_at and self.moment.known_at.isoformat(),
        }
        return f"{address}?{urlencode(_pairs(given))}".rstrip("?")


def _pairs(given: Mapping[str, object]) -> Sequence[tuple[str, Any]]:
    many = {name: value if isinstance(value, (list, tuple)) else [value] for name, value in given.items()}
    return [(name, each) for name, values in many.items() for each in values if each is not None]


def span(
    day: dt.date,
    selected: Selection,
    *,
    year: int | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Asked:
    """Return what is asked for: a year, or the days from one to another; by default the year of `day`.

    Raises:
        BadRequest: both a year and days, an end before its start, or more than five years.

    >>> asked = span(dt.date(2022, 11, 15), Selection())
    >>> str(asked.first), str(asked.last), str(asked.until)
    ('2022-01-01', '2022-12-31', '2022-11-15')
    """
    if year is not None and (first or last):
        raise BadRequest("year 与 from、to 只能给一种。", "Give either `year`, or `from` and `to`.")
    begin, end = (
        first or dt.date(year or (last or day).year, 1, 1),
        last or dt.date(year or (first or day).year, 12, 31),
    )
    if end < begin or end.year - begin.year >= MOST_YEARS:
        raise BadRequest(
            f"时间段应在 {MOST_YEARS} 个年度以内，且不早于起始日结束。",
            f"The span ends on or after its first day and touches at most {MOST_YEARS} years.",
        )
    return Asked(begin, end, day, selected)
