"""Wire shapes of one checklist: its facts, tracks and items. Days of the schedule are of the present forecast."""

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from service.core.schemas import Output
from service.parcels.schemas import Named

Readiness = Literal["ready", "on_time", "late", "blocked"]
"""ready: nothing required is open. on_time: done by the planned day, or no day is planned. late: forecast for after it.
blocked: a required item stands returned, or the planned day has passed."""
ItemState = Literal["cannot_start", "ready", "in_progress", "submitted", "returned", "done", "waived", "not_applicable"]
ItemAction = Literal["start", "submit", "return", "accept", "reopen", "ask_waiver", "waive", "unwaive"]
Kind = Literal["G", "PRE", "real"]
Phase = Literal["pre", "sale", "after"]
Requirement = Literal["required", "optional", "conditional"]
Basis = Literal["statutory", "usual", "assumed"]
DayUnit = Literal["workday", "day"]
ChecklistStatus = Literal["running", "closed", "superseded"]


class Titled(Output):
    """A key with its name in both languages."""

    key: str
    title: str
    title_en: str


class Bureau(Output):
    """A lead bureau of the code list; `known` false: its code has left the list."""

    code: str
    title: str
    title_en: str
    known: bool = True


class ParcelRef(Output):
    """The parcel of a checklist."""

    code: str
    name: str | None
    area_m2: float
    stage: str


class LotRef(Output):
    """The round in which the parcel is offered."""

    id: int
    number: str
    stage: str
    closes_at: AwareDatetime | None


class TemplateRef(Output):
    """The version of the template that a checklist follows, and the newest one there is."""

    key: str
    version: int
    title: str
    title_en: str
    latest_version: int


class FactRead(Titled):
    """What conditions ask of a parcel. `value` null: nobody has answered, so what depends on it applies."""

    value: bool | str | list[str] | None
    derived: bool = Field(description="taken from parcel, scheme or control layers; else an officer answers")


class UnansweredFact(Titled):
    """The forecast includes `items` only because nobody has answered this; by `answer` they would not be done.

    Each fact is told for itself, the others staying unanswered.
    """

    derived: bool = Field(description="to be known from parcel, scheme or control layers; else an officer answers")
    answer: bool | None = Field(description="null: another use, or way of supply, than the items ask for")
    items: list[Titled]
    ready_on: dt.date = Field(description="the forecast by that answer")
    workdays: int = Field(description="working days by which the land would be ready earlier")
    start_workdays: int = Field(description="working days by which works would start earlier")


class Proof(Output):
    """A document that a badge rests on."""

    key: str = Field(description="item")
    title: str
    title_en: str
    document_id: int | None
    name: str | None
    valid_until: dt.date | None


class Badge(Output):
    """拿地即开工: everything required before the sale is there. `until`: the last day on which all proofs hold."""

    ready: bool
    until: dt.date | None
    proofs: list[Proof]


class TrackRead(Titled):
    """One of the eight tracks, or the start (9). Counts are of required items of the track that apply."""

    number: int
    state: ItemState
    done: int
    total: int
    open: int = Field(description="required before the sale and not done or waived")
    leads: list[str] = Field(description="codes of the bureaus with open items, the next to finish first")
    ready_on: dt.date | None = Field(description="forecast; null: nothing is open")
    days_left: int = Field(description="working days to ready_on")
    late_days: int = Field(description="working days by which ready_on misses what the planned day asks; 0: in time")
    critical: bool = Field(description="on the critical path")


class EvidenceDocument(Output):
    """A document handed in as evidence."""

    id: int
    document_id: int
    name: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    expired: bool
    withdrawn_on: dt.date | None


class EvidenceRead(Titled):
    """A kind of evidence that an item asks for."""

    valid_months: int | None
    documents: list[EvidenceDocument]


class PersonRead(Output):
    """A person who sees to an item."""

    username: str
    display_name: str


class RealPermit(Output):
    """The real permit that a shadow review has become after the contract."""

    title: str
    title_en: str
    kind: str | None = Field(description="permit kind of the contract")
    number: str | None
    issued_on: dt.date | None


class WaiverRead(Output):
    """Who waived an item, and on what document."""

    by: str | None = Field(description="null: a name that is kept from you")
    on: dt.date
    document_id: int
    document_name: str | None


class ChecklistItemRead(Titled):
    """One item. `state` counts with its prerequisites; `days` is what the schedule takes, `template_days` the rule."""

    track: int
    kind: Kind
    phase: Phase
    requirement: Requirement
    required: bool = Field(description="asked for of this parcel, by its facts")
    hard: bool = Field(description="by law; cannot be waived")
    lead: str
    lead_title: str
    lead_title_en: str
    lead_known: bool
    state: ItemState
    state_reason: str | None = Field(description="why it was returned, reopened, waived")
    waiver: WaiverRead | None
    waiver_asked: bool = Field(description="somebody has asked for a waiver, which an approver may grant")
    days: int
    template_days: int
    overridden_days: int | None
    unit: DayUnit
    basis: Basis
    verified: bool
    source: str
    source_en: str
    work: str | None = Field(description="kind of work that blocked periods stop")
    needs: list[str]
    waiting_for: list[str] = Field(description="keys of prerequisites that are not done")
    evidence: list[EvidenceRead]
    owner: PersonRead | None
    owner_hidden: bool = Field(description="there is one, whose name is kept from you")
    planned_start: dt.date | None
    planned_finish: dt.date | None
    started_on: dt.date | None
    finished_on: dt.date | None
    earliest_start: dt.date | None
    earliest_finish: dt.date | None
    latest_start: dt.date | None
    latest_finish: dt.date | None
    float_days: int | None
    critical: bool
    due_on: dt.date | None = Field(description="of what is open: as planned, or else for the planned day to be kept")
    overdue: bool = Field(description="open, and its day has passed")
    follows: str | None = Field(description="what it mirrors of scheme, lot, contract; nobody sets it by hand")
    becomes: Titled | None = Field(description="the real permit that a shadow review turns into")
    permit: RealPermit | None
    allowed: list[ItemAction] = Field(description="what you may do now")
    editable: bool = Field(description="you may set owner, planned days and documents")
    version: int


class ChecklistSummary(Output):
    """A checklist as lists show it."""

    id: int
    version: int
    status: ChecklistStatus
    parcel: ParcelRef
    jurisdiction: Named
    lot: LotRef | None
    template: TemplateRef
    project_name: str | None
    opened_on: dt.date
    closed_on: dt.date | None
    planned_listing_on: dt.date | None
    planned_sale_on: dt.date | None
    readiness: Readiness
    blocking: int = Field(description="required items that are still open")
    returned: int = Field(description="of these, returned ones")
    overdue: int = Field(description="items that are overdue")
    ready_on: dt.date | None = Field(description="forecast: nothing required is open; of a ready one: since when")
    ends_on: dt.date | None = Field(description="forecast of the start on site")
    float_days: int | None = Field(description="working days from ready_on to the planned day; below zero: late")
    provisional: bool = Field(description="the forecast leans on a year without a State Council calendar")
    saved_workdays: int | None
    badge_until: dt.date | None


class ChecklistRead(ChecklistSummary):
    """One checklist whole."""

    facts: list[FactRead]
    unanswered: list[UnansweredFact] = Field(
        description="what the forecast includes because nobody has answered a fact"
    )
    badge: Badge | None
    tracks: list[TrackRead]
    items: list[ChecklistItemRead]
    critical_path: list[str]
    controlling_track: int | None
    may_edit: bool = Field(description="you may change facts, plan dates, template; close it")
    supersedes: list[int] = Field(description="checklists of the parcels that this one was made of")
    superseded_by: list[int]


class ItemTaken(Output):
    """An item after a change, with what that made of its checklist."""

    item: ChecklistItemRead
    checklist: ChecklistSummary
    tracks: list[TrackRead]


class TemplateRead(Output):
    """A template as lists show it."""

    key: str
    version: int
    title: str
    title_en: str
    source: str
    source_en: str
    items: int
    tracks: int
    latest: bool
    running: int = Field(description="running checklists that follow this version and that you may see")


class TemplateList(Output):
    """Every template and version, shipped or in use."""

    items: list[TemplateRead]


class TemplateTrack(Titled):
    """A track of a template."""

    number: int


class TemplateEvidence(Titled):
    """A kind of evidence."""

    valid_months: int | None


class TemplateItem(Titled):
    """An item of a template."""

    track: int
    kind: Kind
    phase: Phase
    requirement: Requirement
    when: str | None = Field(description="the condition, as the template has it")
    asks: list[Titled] = Field(description="facts that it hangs on")
    hard: bool
    lead: str
    lead_title: str
    lead_title_en: str
    days: int
    unit: DayUnit
    basis: Basis
    verified: bool
    source: str
    source_en: str
    work: str | None
    needs: list[str]
    evidence: list[TemplateEvidence]
    follows: str | None
    becomes: Titled | None


class BaselineStep(Output):
    """A step of a traditional course."""

    key: str
    title: str
    title_en: str
    days: int
    unit: DayUnit
    basis: Basis
    verified: bool
    source: str
    source_en: str
    needs: list[str]


class BaselineRead(Titled):
    """A traditional course: one after the other, or with the usual overlaps."""

    steps: list[BaselineStep]


class TemplateDetail(TemplateRead):
    """A template whole."""

    track_list: list[TemplateTrack]
    item_list: list[TemplateItem]
    baselines: list[BaselineRead]


class VersionFieldChange(Output):
    """What a newer version says otherwise of an item."""

    field: str
    before: str | int | bool | list[str] | None
    after: str | int | bool | list[str] | None


class VersionItemChange(Titled):
    """An item that a newer version changes."""

    changes: list[VersionFieldChange]


class TemplateDiffRead(Output):
    """What another version of a template, or another template, says otherwise."""

    base: str = Field(description="key of the template compared with; of another version, the same key")
    before: int = Field(description="version compared with")
    key: str
    after: int
    added: list[Titled]
    removed: list[Titled]
    changed: list[VersionItemChange]
    baseline_changed: bool = Field(description="the traditional way, which days saved are reckoned from, is another")
