"""Days saved: the traditional way from the sale to the start of works, against what happened or is forecast. Pure.

    saved = length of the traditional network from the sale − (start − sale)

The length is that of the network, not the sum of its parts; the serial way stands beside it as the other baseline.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from service.checklist.network import NOWHERE, Place, network
from service.checklist.schedule import Activity, Schedule, schedule
from service.checklist.template import Basis, Item, Phase, Step, Template
from service.checklist.template_facts import Facts
from service.workdays.calendar import Calendar, Unit


class Way(StrEnum):
    """How one gets from the sale to the start: in a row, with the usual overlaps, or with all prepared (八同步)."""

    serial = "serial"
    overlapped = "overlapped"
    after_sale = "after_sale"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the sale (not counted) to `ends_on`, in working and in calendar days."""

    ends_on: dt.date
    workdays: int
    days: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class Input:
    """A duration that a figure rests on, labelled; `critical`: it lies on the way's critical path."""

    way: Way
    key: str
    title: str
    title_en: str
    days: int
    unit: Unit
    basis: Basis
    verified: bool
    source: str
    source_en: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Saving:
    """What a parcel saves; negative: it takes longer than the traditional way.

    `promised` is the template's way after the sale, `taken` the one to the start that was asked for, or the promised
    one. What is saved is measured against the overlapped way, `saved_serial_*` against the serial one.
    """

    sold_on: dt.date
    serial: Stretch
    overlapped: Stretch
    promised: Stretch
    taken: Stretch
    saved_workdays: int
    saved_days: int
    saved_serial_workdays: int
    saved_serial_days: int
    provisional: bool
    inputs: tuple[Input, ...]


def serial(template: Template, calendar: Calendar, sold_on: dt.date) -> Schedule:
    """Put the traditional steps one after the other, in the template's order."""
    steps = template.traditional
    befores = ((), *((step.key,) for step in steps[:-1]))
    return schedule((_activity(step, before) for step, before in zip(steps, befores, strict=True)), calendar, sold_on)


def overlapped(template: Template, calendar: Calendar, sold_on: dt.date) -> Schedule:
    """Put the traditional steps in time as far as each needs others."""
    return schedule((_activity(step, step.needs) for step in template.traditional), calendar, sold_on)


def after_sale(template: Template, calendar: Calendar, sold_on: dt.date, place: Place = NOWHERE) -> Schedule:
    """Put what is left for after the sale in time, all else being done; `place`: whose orders stop works."""
    items = (item for item in template.items if item.phase is Phase.after)
    return schedule(network(items, Facts(), {}, place), calendar, sold_on)


def saved(
    template: Template,
    calendar: Calendar,
    sold_on: dt.date,
    *,
    started_on: dt.date | None = None,
    place: Place = NOWHERE,
) -> Saving:
    """Return what is saved by a start on `started_on`, actual or forecast; None: by the promised one.

    >>> from service.checklist.template_loader import templates
    >>> from service.workdays.official import official_calendar
    >>> found = saved(templates()["zhengdong"], official_calendar(), dt.date(2024, 3, 1))
    >>> found.serial.workdays, found.overlapped.workdays, found.promised.workdays, found.saved_workdays
    (254, 151, 8, 143)
    """
    in_row = serial(template, calendar, sold_on)
    usual = overlapped(template, calendar, sold_on)
    promise = after_sale(template, calendar, sold_on, place)
    rows, ways, promised = (_stretch(calendar, sold_on, each.ends_on) for each in (in_row, usual, promise))
    taken = promised if started_on is None else _stretch(calendar, sold_on, started_on)
    return Saving(
        sold_on,
        rows,
        ways,
        promised,
        taken,
        ways.workdays - taken.workdays,
        (ways.ends_on - taken.ends_on).days,
        rows.workdays - taken.workdays,
        (rows.ends_on - taken.ends_on).days,
        any(each.provisional for each in (rows, ways, taken)),
        (
            *_inputs(Way.overlapped, template.traditional, usual),
            *_inputs(Way.after_sale, (item for item in template.items if item.phase is Phase.after), promise),
        ),
    )


def _activity(step: Step, needs: tuple[str, ...]) -> Activity:
    return Activity(step.key, step.days, step.unit, needs)


def _stretch(calendar: Calendar, sold_on: dt.date, ends_on: dt.date) -> Stretch:
    counted = calendar.workdays_between(sold_on, ends_on)
    return Stretch(ends_on, counted.workdays, (ends_on - sold_on).days, counted.provisional)


def _inputs(way: Way, parts: Iterable[Step | Item], found: Schedule) -> Iterator[Input]:
    path = frozenset(found.critical_path)
    for part in parts:
        about = part.key, part.title, part.title_en, part.days, part.unit, part.basis, part.verified
        sources = part.source, part.source_en or part.source
        yield Input(way, *about, *sources, critical=part.key in path)
