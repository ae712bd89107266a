"""Wire shapes of a schedule, of what-if, and of the days saved."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from service.checklist.read_schemas import Basis, DayUnit, UnansweredFact
from service.core.schemas import Input, Output, Whole
from service.parcels.changes import Day

MOST_CHANGES = 200


class WhatIf(Input):
    """A trial: other durations or starts by item key; nothing is saved."""

    days: dict[str, Annotated[int, Whole, Field(ge=0, le=3650)]] = Field(default={}, max_length=MOST_CHANGES)
    starts: dict[str, Day] = Field(
        default={}, max_length=MOST_CHANGES, description="not before this day; of an open item"
    )
    planned_sale_on: Day | None = None


class ScheduledItem(Output):
    """One bar. `baseline_*`: as it was planned when the checklist was opened or last planned."""

    key: str
    earliest_start: dt.date
    earliest_finish: dt.date
    latest_start: dt.date | None
    latest_finish: dt.date | None
    float_days: int | None = Field(description="null: finished, or takes no time")
    critical: bool
    skipped: bool = Field(description="waived or not applicable: takes no time")
    finished: bool
    days: int
    unit: DayUnit
    baseline_start: dt.date | None
    baseline_finish: dt.date | None


class BlockedRead(Output):
    """Days on which an order stops works."""

    first: dt.date
    last: dt.date
    name: str
    name_en: str
    kinds: list[str]


class Edge(Output):
    """A prerequisite: `before` has to be done first."""

    before: str
    after: str
    critical: bool


class Length(Output):
    """How long a course takes from a day on."""

    workdays: int
    days: int
    starts_on: dt.date
    ends_on: dt.date
    path: list[str] = Field(description="titles along the critical path")
    path_en: list[str]


class SavingInput(Output):
    """One duration that a figure rests on."""

    course: str = Field(description="serial, overlapped or after_sale")
    key: str
    title: str
    title_en: str
    days: int
    unit: DayUnit
    basis: Basis
    verified: bool
    source: str
    source_en: str
    critical: bool


class Saving(Output):
    """Days saved = the traditional course from the sale - what is needed after it (domain reference 7.1)."""

    sale_on: dt.date
    measured: bool = Field(description="the start on site has happened; else a forecast")
    serial: Length = Field(description="strictly one after the other")
    overlapped: Length = Field(description="with the overlaps usual before; what the saving is counted against")
    after_sale: Length = Field(description="as it was, or is forecast; else as promised")
    promised: Length = Field(description="by the template, with all prepared before the sale")
    saved_workdays: int
    saved_days: int
    saved_workdays_serial: int
    saved_days_serial: int
    provisional: bool
    inputs: list[SavingInput]


class SaleToStart(Output):
    """The promise and what came of it."""

    promised_workdays: int
    sold_on: dt.date | None
    started_on: dt.date | None
    actual_workdays: int | None
    actual_days: int | None
    elapsed_workdays: int | None = Field(description="working days since the sale; null: not sold, or started")
    kept: bool | None = Field(description="null: not started yet, and the promised days are not over")


class ScheduleRead(Output):
    """The forecast of a checklist."""

    checklist_id: int
    as_of: dt.date
    trial: bool
    ready_on: dt.date = Field(description="nothing required before the sale is open; of a ready one: since when")
    ends_on: dt.date
    ready_on_now: dt.date | None = Field(description="of a trial: the forecast without it")
    ends_on_now: dt.date | None
    planned_listing_on: dt.date | None
    planned_sale_on: dt.date | None
    float_days: int | None = Field(description="working days from ready_on to the planned day")
    provisional: bool
    critical_path: list[str]
    controlling_track: int | None
    unanswered: list[UnansweredFact] = Field(
        description="what the forecast includes because nobody has answered a fact"
    )
    items: list[ScheduledItem]
    blocked: list[BlockedRead]
    edges: list[Edge]
    saving: Saving | None
    sale_to_start: SaleToStart | None
