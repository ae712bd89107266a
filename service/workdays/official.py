"""The State Council's calendars (国务院办公厅 放假安排) as the package `chinesecalendar` has them. Pure."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

import chinese_calendar

from service.workdays.calendar import Calendar, Mark
from service.workdays.reckoning import completed

PACKAGE = "chinesecalendar"


def source() -> str:
    """Say where these days come from: package and version."""
    return f"{PACKAGE} {version(PACKAGE)} (国务院办公厅放假安排)"


@cache
def years() -> frozenset[int]:
    """The years that the package has a calendar of: those with a holiday in October, which each one has."""
    return frozenset(day.year for day in chinese_calendar.holidays if day.month == 10)  # noqa: PLR2004 - October


@cache
def marks() -> Mapping[dt.date, Mark]:
    """The days of those years that are not as their weekday says, and the weekends within a holiday.

    >>> marks()[dt.date(2022, 10, 8)]
    Mark(is_workday=True, name='国庆节', name_en='National Day')
    """
    named = {each.value: each.chinese for each in chinese_calendar.Holiday}
    days = [(day, False, name) for day, name in chinese_calendar.holidays.items()]
    days += [(day, True, name) for day, name in chinese_calendar.workdays.items()]
    return {day: Mark(worked, named[name], name) for day, worked, name in days if day.year in years()}


def official_calendar() -> Calendar:
    """Return the calendar as the package alone has it: for tests, and where there is no database."""
    return Calendar(completed(marks(), years()), years())
