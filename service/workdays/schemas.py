"""Wire shapes of working days, terms and blocked periods."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from service.core.schemas import CalendarDay, Input, Line, Output
from service.workdays.calendar import DayKind, Unit
from service.workdays.models import BlockedOrder
from service.workdays.queries import Almanac

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
Codes = Annotated[list[Line], Field(max_length=50)]


class WorkdayRead(Output):
    """One day. `provisional`: its year has no State Council calendar yet. `version` 0: no row says anything of it."""

    day: dt.date
    is_workday: bool
    kind: DayKind
    name: str
    name_en: str
    provisional: bool
    source: str | None
    reason: str | None
    edited_by: str | None
    edited_at: dt.datetime | None
    version: int

    @classmethod
    def of(cls, almanac: Almanac, day: dt.date) -> Self:
        """Describe a day of the calendar."""
        calendar, row, mark = almanac.calendar, almanac.days.get(day), almanac.calendar.marks.get(day)
        return cls(
            day=day,
            is_workday=calendar.is_workday(day),
            kind=calendar.kind(day),
            name=mark.name if mark else "",
            name_en=mark.name_en if mark else "",
            provisional=calendar.is_provisional(day),
            source=row.source if row else None,
            reason=row.reason if row else None,
            edited_by=row.edited_by if row else None,
            edited_at=row.edited_at if row else None,
            version=row.version if row else 0,
        )


class YearRead(Output):
    """Whether a year's calendar is issued, by which source; `workdays` in all of it."""

    year: int
    provisional: bool
    workdays: int
    source: str | None
    reason: str | None
    edited_by: str | None
    edited_at: dt.datetime | None
    version: int

    @classmethod
    def of(cls, almanac: Almanac, year: int) -> Self:
        """Describe a year of the calendar."""
        row = almanac.years.get(year)
        before = dt.date(year, 1, 1)
        workdays = almanac.calendar.workdays_between(before, dt.date(year, 12, 31)).workdays
        workdays += almanac.calendar.is_workday(before)  # day zero is not counted
        return cls(
            year=year,
            provisional=row.provisional if row else True,
            workdays=workdays,
            source=row.source if row else None,
            reason=row.reason if row else None,
            edited_by=row.edited_by if row else None,
            edited_at=row.edited_at if row else None,
            version=row.version if row else 0,
        )


class Workdays(Output):
    """Days of a span and the years they lie in."""

    items: list[WorkdayRead]
    years: list[YearRead]


class DayChange(Input):
    """What a person says of a day, and why."""

    is_workday: bool
    name: Name = ""
    name_en: Name = ""
    reason: Line


class YearChange(Input):
    """That a year's calendar is issued (`source`: the notice and its number), or provisional again, and why."""

    provisional: bool
    source: Line
    reason: Line


class BlockedPeriodWrite(Input):
    """An order that stops works; `last` is still blocked. No jurisdiction: every one; no regions: all of it.

    `kinds` and `exempt` are codes of the lists `work_kind` and `exempt_class`.
    """

    name: Line
    name_en: Line
    first: CalendarDay
    last: CalendarDay
    kinds: Annotated[list[Line], Field(min_length=1, max_length=50)]
    jurisdiction: Line | None = None
    regions: Codes = Field(default_factory=list)
    exempt: Codes = Field(default_factory=list)
    source: Line
    verified: bool = False

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("order", "the last day lies before the first")
        return self


class BlockedPeriodRead(Output):
    """An order; not `verified`: nobody has compared it with its own text."""

    id: int
    name: str
    name_en: str
    first: dt.date
    last: dt.date
    kinds: list[str]
    jurisdiction: str | None
    regions: list[str]
    exempt: list[str]
    source: str
    verified: bool
    created_by: str
    created_at: dt.datetime
    version: int


class BlockedPeriods(Output):
    """Orders by their first day."""

    items: list[BlockedPeriodRead]


class TermRead(Output):
    """The last day of a term: `day`. By the count alone it would be `counted_to`; day zero (`start`) is not counted.

    `provisional`: it leans on a year without a State Council calendar. `stopped_by` are the orders whose days were not
    counted; `rule` the law by which a term ends that would end on a day off.
    """

    start: dt.date
    days: int
    unit: Unit
    day: dt.date
    counted_to: dt.date
    provisional: bool
    stopped_by: list[BlockedPeriodRead]
    rule: str


def described(orders: Iterable[BlockedOrder]) -> list[BlockedPeriodRead]:
    """Describe orders."""
    return [BlockedPeriodRead.model_validate(each) for each in orders]
