"""Wire shapes of lists over checklists: matrix, statistics, inbox, notifications, history, events, bulk status."""

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from service.checklist.read_schemas import Bureau, ChecklistStatus, ItemState, PersonRead, Readiness, Titled
from service.core.schemas import Input, Output

MOST_READ = 1_000


class MatrixCell(Output):
    """A track of a parcel's checklist; counts are of required items that apply."""

    number: int
    state: ItemState
    done: int
    total: int
    open: int
    days_left: int = Field(description="working days to the forecast end of what is open; 0: nothing is")
    late_days: int = Field(description="working days by which it misses what the planned day asks")
    lead: str | None = Field(description="bureau with the open item that ends last")
    critical: bool


class MatrixRow(Output):
    """A parcel with its eight tracks and the start."""

    checklist_id: int
    parcel: str
    parcel_name: str | None
    area_m2: float
    jurisdiction: str
    lot_number: str | None
    sold_on: dt.date | None = Field(description="of its lot")
    project_name: str | None
    readiness: Readiness
    blocking: int
    ready_on: dt.date | None
    planned_listing_on: dt.date | None
    planned_sale_on: dt.date | None
    float_days: int | None
    saved_workdays: int | None
    tracks: list[MatrixCell]


class Matrix(Output):
    """A page of the leader's view; counts by readiness are of all that is asked for but for that one filter."""

    as_of: dt.date
    tracks: list[Titled]
    n: int
    counts: dict[Readiness, int]
    rows: list[MatrixRow]
    next: str | None


class TrackStatistic(Titled):
    """How a track stands over all running checklists."""

    number: int
    done: int
    total: int
    open: int
    late: int = Field(description="checklists in which it is late")
    controls: int = Field(description="checklists of which it is the controlling track")
    overdue: int


class BureauStatistic(Output):
    """What a bureau has before it."""

    lead: Bureau
    open: int
    waiting: int = Field(description="could be begun or is at work, waits for nobody else")
    overdue: int
    returned: int
    median_days: float | None = Field(description="calendar days from start to finish of what it finished")


class SavedStatistic(Output):
    """Days saved over parcels."""

    parcels: int
    measured: int = Field(description="parcels whose start on site has happened")
    median_workdays: float | None
    least_workdays: int | None
    most_workdays: int | None
    total_workdays: int
    median_sale_to_start: float | None = Field(description="working days, measured ones only")
    promise_kept: int
    promise_broken: int


class Statistics(Output):
    """The portfolio."""

    as_of: dt.date
    n: int
    status: dict[ChecklistStatus, int]
    readiness: dict[Readiness, int]
    area_m2: dict[Readiness, float]
    tracks: list[TrackStatistic]
    bureaus: list[BureauStatistic]
    saved: SavedStatistic
    ready_by_month: dict[str, int] = Field(description="YYYY-MM: checklists forecast to be ready in it")


class InboxItem(Output):
    """An item that waits for somebody: to be done, to be accepted, or for a waiver to be decided on."""

    checklist_id: int
    parcel: str
    parcel_name: str | None
    jurisdiction: str
    key: str
    title: str
    title_en: str
    track: int
    lead: str
    state: ItemState
    state_reason: str | None
    waits_for: Literal["work", "acceptance", "waiver"]
    mine: bool = Field(description="assigned to you")
    owner: str | None
    owner_hidden: bool
    due_on: dt.date | None = Field(description="planned finish, or the latest that keeps the planned day")
    days_left: int | None = Field(description="calendar days; below zero: overdue")
    overdue: bool
    critical: bool
    blocking: bool = Field(description="the sale is refused while it is open")
    planned_sale_on: dt.date | None
    version: int


class Inbox(Output):
    """What waits for a person or bureau: overdue first, then by due day."""

    today: dt.date
    lead: str | None
    n: int
    overdue: int
    mine: int
    items: list[InboxItem]
    next: str | None


class NotificationRead(Output):
    """Something that a person should know."""

    id: int
    kind: str
    checklist_id: int
    parcel: str
    item_key: str | None
    title: str | None
    title_en: str | None
    note: str | None
    actor: str | None
    created_at: AwareDatetime
    read_at: AwareDatetime | None


class Notifications(Output):
    """The caller's notifications, the newest first."""

    unread: int
    items: list[NotificationRead]
    next: str | None


class NotificationsSeen(Input):
    """Which are read now: those named, or all up to one; neither: all."""

    ids: list[int] | None = Field(default=None, max_length=MOST_READ)
    until: int | None = Field(default=None, ge=1)


class Unread(Output):
    """What is left."""

    unread: int


class ChecklistEventRead(Output):
    """One thing that happened."""

    id: int
    checklist_id: int
    parcel: str
    item_key: str | None
    title: str | None
    title_en: str | None
    kind: str
    effective_on: dt.date
    recorded_at: AwareDatetime
    actor: str | None = Field(description="null: a person of another bureau, whose name is kept from you")
    note: str | None
    document_id: int | None
    document_name: str | None
    facts: dict[str, object]


class ChecklistHistory(Output):
    """What happened to a checklist, the newest first."""

    items: list[ChecklistEventRead]
    next: str | None


class ChecklistEvents(Output):
    """Changes in the order of their commits, for programs; ask again with `after`."""

    items: list[ChecklistEventRead]
    after: str = Field(description="give this as `after` the next time")
    more: bool


class SheetFault(Output):
    """What is wrong with a cell of a status sheet."""

    sheet: str
    row: int
    column: str | None
    rule: str
    message: str
    message_en: str


class SheetChange(Output):
    """What a row does."""

    sheet: str
    row: int
    checklist_id: int
    parcel: str
    key: str
    title: str
    title_en: str
    action: str
    before: str
    after: str
    effective_on: dt.date | None


class StatusSheetTaken(Output):
    """What a status sheet does or would do; with any fault nothing is applied."""

    trial: bool
    rows: int
    unchanged: int
    changes: list[SheetChange]
    faults: list[SheetFault]


class Assignee(PersonRead):
    """Somebody whom an item may be given to."""

    lead_bureau: str | None = Field(description="bureau whose officer they are; null: of the land bureau itself")


class RecomputeRun(Output):
    """The forecast of every running checklist anew: `done` of `total`."""

    id: int
    status: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    changed: int = Field(description="checklists whose forecast is another now")
    problem: str | None
    created_by: str
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
