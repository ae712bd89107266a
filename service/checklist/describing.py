"""A checklist's items, tracks and facts as they are given out, from its picture and forecast. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.accounts.access import Actor
from service.checklist import outlook
from service.checklist.acting import acts_for, works_at
from service.checklist.models import ChecklistItem
from service.checklist.picture import Picture
from service.checklist.read_schemas import (
    Badge,
    ChecklistItemRead,
    EvidenceDocument,
    EvidenceRead,
    FactRead,
    PersonRead,
    Proof,
    RealPermit,
    Titled,
    TrackRead,
    UnansweredFact,
    WaiverRead,
)
from service.checklist.record_models import ChecklistDocument
from service.checklist.schedule import Schedule
from service.checklist.seeing import sees_person
from service.checklist.states import UNFINISHED, State, Stored
from service.checklist.template import Item
from service.checklist.template_facts import FACTS
from service.checklist.tracks import summaries
from service.checklist.unanswered import Unanswered
from service.codes.queries import name_of
from service.workdays.calendar import Calendar

LEADS = "lead_bureau"


@dataclass(frozen=True, slots=True)
class Owner:
    """A person who sees to an item, and their bureau."""

    username: str
    display_name: str
    lead_bureau: str | None


@dataclass(frozen=True, slots=True)
class Attached:
    """A proof with what its document is called."""

    proof: ChecklistDocument
    title: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is told beside a picture: people, documents by id, proofs by item, permits of the contract by kind."""

    owners: Mapping[int, Owner]
    bureaus: Mapping[str, str | None]
    titles: Mapping[int, str]
    proofs: Mapping[str, Sequence[Attached]]
    permits: Mapping[str, tuple[str, dt.date]]


@dataclass(frozen=True, slots=True)
class Described:
    """A picture with its forecast as of a day, told to an actor."""

    actor: Actor
    seen: Picture
    found: Schedule
    due: Mapping[str, dt.date]
    around: Around
    day: dt.date
    running: bool


def items(told: Described) -> list[ChecklistItemRead]:
    """Return all items of the checklist, in the template's order."""
    return [item(told, each) for each in told.seen.template.items if each.key in told.seen.items]


def item(told: Described, each: Item) -> ChecklistItemRead:
    """Return one item."""
    row, state = told.seen.items[each.key], told.seen.states[each.key]
    started, finished = told.seen.dates(each.key)
    timing = told.found.timings[each.key]
    mirrors = each.follows or each.begins
    works = told.running and works_at(told.actor, row.lead)
    due = told.due.get(each.key)
    return ChecklistItemRead(
        **_template_part(each, row.lead),
        required=row.required,
        state=state.value,
        state_reason=row.reason,
        waiver=_waiver(told, row),
        waiver_asked=row.asked_by is not None and state in UNFINISHED,
        days=each.days if row.days is None else row.days,
        overridden_days=row.days,
        waiting_for=list(told.seen.waiting[each.key]) if state in UNFINISHED else [],
        evidence=_evidence(told, each),
        **_owner(told, row),
        planned_start=row.planned_start,
        planned_finish=row.planned_finish,
        started_on=started,
        finished_on=finished,
        earliest_start=timing.earliest_start,
        earliest_finish=timing.earliest_finish,
        latest_start=timing.latest_start,
        latest_finish=timing.latest_finish,
        float_days=timing.float_days,
        critical=timing.critical,
        due_on=due,
        overdue=due is not None and due < told.day,
        follows=mirrors,
        permit=_permit(told, each),
        allowed=[str(act) for act in _allowed(told, each, row, state)] if told.running else [],
        editable=works and mirrors is None,
        version=row.version,
    )


def _template_part(each: Item, lead: str) -> dict[str, Any]:
    return {
        "key": each.key,
        "title": each.title,
        "title_en": each.title_en,
        "track": each.track,
        "kind": each.kind.value,
        "phase": each.phase.value,
        "requirement": each.requirement.value,
        "hard": each.hard,
        **lead_words(lead),
        "template_days": each.days,
        "unit": each.unit.value,
        "basis": each.basis.value,
        "verified": each.verified,
        "source": each.source,
        "source_en": each.source_en or each.source,
        "work": each.work,
        "needs": list(each.needs),
        "becomes": None if each.becomes is None else Titled(
            key=each.becomes.permit or each.key, title=each.becomes.title, title_en=each.becomes.title_en
        ),
    }  # fmt: skip


def lead_words(lead: str) -> dict[str, Any]:
    """Return a lead bureau with its names; one that has left the code list is called by its code."""
    name = name_of(LEADS, lead)
    return {
        "lead": lead,
        "lead_title": name or lead,
        "lead_title_en": name_of(LEADS, lead, english=True) or lead,
        "lead_known": name is not None,
    }


def _allowed(told: Described, each: Item, row: ChecklistItem, state: State) -> Iterable[object]:
    return acts_for(
        told.actor, each, state, lead=row.lead, submitted_by=row.submitted_by, asked_by=row.asked_by
    )  # fmt: skip


def _owner(told: Described, row: ChecklistItem) -> dict[str, Any]:
    found = None if row.owner_id is None else told.around.owners.get(row.owner_id)
    seen = found is not None and sees_person(told.actor, found.lead_bureau)
    person = PersonRead(username=found.username, display_name=found.display_name) if found and seen else None
    return {"owner": person, "owner_hidden": found is not None and not seen}


def _waiver(told: Described, row: ChecklistItem) -> WaiverRead | None:
    if row.state != Stored.waived or row.waived_by is None or row.finished_on is None or row.document_id is None:
        return None
    name = told.around.titles.get(row.document_id)
    seen = sees_person(told.actor, told.around.bureaus.get(row.waived_by))
    return WaiverRead(
        by=row.waived_by if seen else None, on=row.finished_on, document_id=row.document_id, document_name=name
    )


def _evidence(told: Described, each: Item) -> list[EvidenceRead]:
    given = told.around.proofs.get(each.key, ())
    return [
        EvidenceRead(
            key=kind.key,
            title=kind.title,
            title_en=kind.title_en,
            valid_months=kind.valid_months,
            documents=[_document(one, told.day) for one in given if one.proof.evidence_key == kind.key],
        )
        for kind in each.evidence
    ]


def _document(one: Attached, day: dt.date) -> EvidenceDocument:
    proof = one.proof
    return EvidenceDocument(
        id=proof.id,
        document_id=proof.document_id,
        name=one.title,
        valid_from=proof.valid_from,
        valid_until=proof.valid_until,
        expired=proof.valid_until is not None and proof.valid_until < day,
        withdrawn_on=proof.withdrawn_on,
    )


def _permit(told: Described, each: Item) -> RealPermit | None:
    """Return the real permit that a shadow review became, or that an item after the sale stands for."""
    kind = each.becomes.permit if each.becomes else (each.follows or "").removeprefix("permit:")
    issued = told.around.permits.get(kind or "")
    if issued is None:
        return None
    words = each.becomes or each
    return RealPermit(title=words.title, title_en=words.title_en, kind=kind, number=issued[0], issued_on=issued[1])


def tracks(told: Described, calendar: Calendar, needed: dict[str, dt.date]) -> list[TrackRead]:
    """Return the tracks as they stand now."""
    late = outlook.late_days(told.seen, told.found, needed, calendar)
    return [_track(told, calendar, each, late.get(each["number"], 0)) for each in summaries(told.seen, told.found)]


def _track(told: Described, calendar: Calendar, each: Mapping[str, Any], late: int) -> TrackRead:
    track = next(one for one in told.seen.template.tracks if one.number == each["number"])
    keys = [one.key for one in told.seen.template.items if one.track == track.number and one.key in told.seen.items]
    undone = [key for key in keys if told.seen.items[key].required and told.seen.states[key] in UNFINISHED]
    undone.sort(key=lambda key: told.found.timings[key].earliest_finish)
    ready_on = told.found.timings[undone[-1]].earliest_finish if undone else None
    return TrackRead(
        number=track.number,
        key=track.key,
        title=track.title,
        title_en=track.title_en,
        state=each["state"],
        done=each["done"],
        total=each["total"],
        open=each["open"],
        leads=list(dict.fromkeys(told.seen.items[key].lead for key in undone)),
        ready_on=ready_on,
        days_left=days_left(calendar, told.day, ready_on),
        late_days=late,
        critical=each["critical"],
    )


def days_left(calendar: Calendar, day: dt.date, ready_on: dt.date | None) -> int:
    """Return the working days to a forecast; 0: nothing is open."""
    return 0 if ready_on is None else max(calendar.workdays_between(day, ready_on).workdays, 0)


def facts(seen: Picture) -> list[FactRead]:
    """Return what is known of the parcel, in the order in which it is asked for."""
    values = seen.facts.to_json()
    return [
        FactRead(key=each.key, title=each.title, title_en=each.title_en, value=values[each.key], derived=each.derived)
        for each in FACTS.values()
    ]


def unanswered(found: Iterable[Unanswered]) -> list[UnansweredFact]:
    """Return what the forecast includes because nobody has answered a fact."""
    return [
        UnansweredFact(
            key=each.fact.key,
            title=each.fact.title,
            title_en=each.fact.title_en,
            derived=each.fact.derived,
            answer=each.answer,
            items=[Titled(key=one.key, title=one.title, title_en=one.title_en) for one in each.items],
            ready_on=each.ready_on,
            workdays=each.workdays,
            start_workdays=each.start_workdays,
        )
        for each in found
    ]


def badge(told: Described) -> Badge:
    """Return whether works can start with the land, what shows it, and the last day on which all that holds."""
    gate = [told.seen.template.by_key[key] for key in told.seen.gate]
    done = [each for each in gate if told.seen.states[each.key] is State.done]
    proofs = [
        Proof(
            key=each.key,
            title=kind.title,
            title_en=kind.title_en,
            document_id=one.proof.document_id,
            name=one.title,
            valid_until=one.proof.valid_until,
        )
        for each in done
        for kind in each.evidence
        if (one := _longest(told.around.proofs.get(each.key, ()), kind.key)) is not None
    ]
    ends = [each.valid_until for each in proofs if each.valid_until is not None]
    return Badge(ready=not told.seen.open, until=min(ends, default=None), proofs=proofs)


def _longest(proofs: Sequence[Attached], kind: str) -> Attached | None:
    """Return the proof of a kind that holds longest."""
    given = [one for one in proofs if one.proof.evidence_key == kind and one.proof.withdrawn_on is None]
    return max(given, key=lambda one: one.proof.valid_until or dt.date.max, default=None)
