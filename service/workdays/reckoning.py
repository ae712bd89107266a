"""How terms are counted and which holidays the law itself fixes: `gis_data/workdays`, checked at start. Pure."""

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.workdays.calendar import FIRST, LAST, Mark, Roll

FOLDER = Path(__file__).resolve().parents[2] / "gis_data" / "workdays"


class BrokenReckoning(ValueError):
    """The data can't be used; the message names file and fault."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the law says of a term's end; `source` is its text, `verified` whether somebody has read it there."""

    roll: Roll
    source: str
    verified: bool


@cache
def reckoning(folder: Path = FOLDER) -> Reckoning:
    """Read how terms are counted. Raises BrokenReckoning, also for a way of counting that the code doesn't know.

    >>> reckoning().roll.value, reckoning().verified
    ('next', True)
    """
    data = _read(folder / "reckoning.toml")
    try:
        if data["day_zero"]["counted"] is not False or data["month_end"]["rule"] != "clamp":
            raise BrokenReckoning("reckoning.toml: day zero is not counted and a month's end is clamped, else no code")
        parts = [data[name] for name in ("day_zero", "month_end", "end")]
        verified = all(part["verified"] is True for part in parts)
        return Reckoning(Roll(data["end"]["roll"]), ";".join(part["source"] for part in parts), verified)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenReckoning(f"reckoning.toml: {error!r}") from error


def completed(own: Mapping[dt.date, Mark], known: Collection[int]) -> dict[dt.date, Mark]:
    """Return what is said of days, with the holidays that the law itself fixes in the years that are not known.

    >>> sorted(day.isoformat() for day, mark in completed({}, range(2027)).items() if mark.name == "春节")[:4]
    ['2027-02-05', '2027-02-06', '2027-02-07', '2027-02-08']
    """
    return {**{day: mark for day, mark in _statutory().items() if day.year not in known}, **own}


@cache
def _statutory(folder: Path = FOLDER) -> Mapping[dt.date, Mark]:
    data = _read(folder / "statutory.toml")
    found: dict[dt.date, Mark] = {}
    try:
        for feast in data["fixed"]:
            for year in range(FIRST.year, LAST.year + 1):
                _mark(found, dt.date(year, feast["month"], feast["day"]), feast)
        for feast in data["moving"]:
            for date in feast["dates"]:
                _mark(found, date + dt.timedelta(feast["first"]), feast)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenReckoning(f"statutory.toml: {error!r}") from error
    return found


def _mark(found: dict[dt.date, Mark], first: dt.date, feast: Mapping[str, Any]) -> None:
    for n in range(feast["days"]):
        # Two feasts on one day (中秋 on 国庆): the first named keeps it.
        found.setdefault(first + dt.timedelta(n), Mark(is_workday=False, name=feast["name"], name_en=feast["name_en"]))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BrokenReckoning(f"{path.name}: {error}") from error


reckoning(), _statutory()  # a fault in the data stops the start
