"""Bringing a checklist up to date: what its facts ask for, what is open, when it will be ready."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.audit.actions import Action as Audited
from service.audit.record import record
from service.checklist import mirroring
from service.checklist.acts import Happening
from service.checklist.holding import SOLD, WAITING
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.outlook import keep_outlook
from service.checklist.picture import Picture, picture
from service.checklist.recording import note
from service.checklist.saving import Saving, saved
from service.checklist.schedule import Schedule, Timing
from service.checklist.states import Action, State, Stored
from service.checklist.template import Item, Phase
from service.checklist.template_facts import FACTS, Facts
from service.checklist.tracks import summaries
from service.core import clock
from service.workdays.calendar import Calendar
from service.workdays.queries import calendar_of

_STAYING = frozenset({Stored.done, Stored.not_applicable})


def settle(session: Session, checklist: Checklist) -> Picture:
    """Bring a checklist up to date after a change: facts, what they ask for, forecast; return it whole.

    The checklist is locked by the caller. Raises OutsideCalendar.
    """
    session.flush()
    seen = whole(session, checklist)
    waiting = session.info.get(WAITING)
    if waiting is not None:
        waiting[checklist.id] = seen
        return seen
    checklist.derived = mirroring.derived(session, {seen.parcel.id: seen.parcel.stage})[seen.parcel.id]
    now = as_facts_say(session, seen)
    proven = proofs_until(session, [checklist.id])
    keep_forecast(now, calendar_of(session), clock.today(), proof_until=proven.get(checklist.id))
    session.flush()
    return now


def as_facts_say(session: Session, seen: Picture) -> Picture:
    """Let the items of a checklist apply or not, as is said of its land by now; what a sale rested on stays."""
    checklist = seen.checklist
    facts = Facts.of(checklist.facts | checklist.derived)
    sold = seen.parcel.stage in SOLD
    for item in seen.template.items:
        if item.key in seen.items and not (sold and item.phase is Phase.pre):  # the sale rests on them as they stand
            apply(session, checklist, seen.items[item.key], item, facts)
    session.flush()
    return Picture(checklist, seen.parcel, seen.place, seen.template, facts, seen.items, seen.mirrored)


def moved_on(session: Session, checklist_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the running checklists of which the register says something else by now, with what it says."""
    rows = session.execute(_KNOWN, {"ids": list(checklist_ids)}).all()
    known = mirroring.derived(session, {row.parcel_id: row.stage for row in rows})
    return {row.id: known[row.parcel_id] for row in rows if row.derived != known[row.parcel_id]}


_KNOWN = text("""
    SELECT c.id, c.derived, c.parcel_id, p.stage FROM checklist c JOIN parcel p ON p.id = c.parcel_id
    WHERE c.id = ANY (:ids) AND c.status = 'running'
""")


def follow_register(session: Session, seen: Picture, derived: dict[str, Any]) -> Picture:
    """Take over what the register says of a checklist's land by now, and let the items follow. It is told."""
    before = seen.checklist.derived
    seen.checklist.derived = derived
    now = as_facts_say(session, seen)
    changed = sorted(name for name in before.keys() | derived.keys() if before.get(name) != derived.get(name))
    then, by_now = ({name: each.get(name) for name in changed} for each in (before, derived))
    told = {name: {"before": then[name], "after": by_now[name]} for name in changed}
    kinds = [FACTS[name] for name in changed]
    zh, en = "、".join(kind.title for kind in kinds), ", ".join(kind.title_en for kind in kinds)
    words = f"登记信息有变：{zh} the register says otherwise: {en}"
    note(session, seen.checklist, Happening.changed, text=words, facts={"register": told})
    record(session, Audited.CHECKLIST_CHANGED, "checklist", seen.checklist.id, before=then, after=by_now)
    return now


def whole(session: Session, checklist: Checklist) -> Picture:
    """Return a checklist whole, as the session has it; what is to be settled once is read once, for it is locked."""
    known: Picture | None = session.info.get(WAITING, {}).get(checklist.id)
    if known is None:
        return picture(session, checklist)
    return replace(known, facts=Facts.of(checklist.facts | checklist.derived))  # states follow from its rows anew


@contextmanager
def settled_once(session: Session) -> Iterator[None]:
    """Bring checklists that change many times up to date once, at the end: what lies between tells no forecast."""
    waiting: dict[int, Picture] = session.info.setdefault(WAITING, {})
    try:
        yield
    finally:
        del session.info[WAITING]
    for seen in waiting.values():
        settle(session, seen.checklist)


def particulars(item: Item, facts: Facts) -> dict[str, Any]:
    """Return what a template says of an item under a parcel's facts. What mirrors another package does not bind."""
    required = item.required(facts)
    binding = required and item.gates and item.follows is None
    told = {"track": item.track, "lead": item.lead, "phase": item.phase.value}
    return {**told, "required": required, "hard": item.hard, "binding": binding}


def apply(session: Session, checklist: Checklist, row: ChecklistItem, item: Item, facts: Facts) -> None:
    """Let an item apply or not, as the facts say; what was done stays done. A change is told."""
    wanted = {name: value for name, value in particulars(item, facts).items() if name in {"required", "binding"}}
    applies = item.applies(facts)
    state = Stored(row.state)
    if not applies and state not in _STAYING:
        wanted["state"] = Stored.not_applicable
    elif applies and state is Stored.not_applicable:
        wanted["state"] = Stored.open
    if all(getattr(row, name) == value for name, value in wanted.items()):
        return
    before = {"state": str(row.state)}
    for name, value in wanted.items():
        setattr(row, name, value)
    if "state" in wanted:
        row.started_on = row.finished_on = row.document_id = row.reason = None
        row.submitted_by = row.waived_by = row.asked_by = None
    row.version += 1
    kind = Action.include if applies else Action.exclude
    note(session, checklist, kind, row.key, facts={**before, "when": item.when})


def keep_forecast(seen: Picture, calendar: Calendar, day: dt.date, *, proof_until: dt.date | None) -> bool:
    """Keep when a checklist will be ready, as of a day; tell whether that is another day than before."""
    found = seen.forecast(calendar, day)
    ready_on, starts_on = seen.outcome(found)
    kept = seen.checklist
    before = kept.ready_on, kept.ends_on
    kept.blocking = len(seen.open)
    kept.returned = sum(seen.states[key] is State.returned for key in seen.open)
    kept.ready_on, kept.ends_on, kept.provisional = ready_on, starts_on, found.provisional
    saving = saving_of(seen, found, calendar, starts_on)
    kept.saved_workdays = None if saving is None else saving.saved_workdays
    kept.proof_until = proof_until
    kept.forecast = {
        "items": {key: _timing(timing) for key, timing in found.timings.items()},
        "path": list(found.critical_path),
        "track": seen.controlling_track(found, calendar),
    }
    kept.tracks, kept.forecast_on = summaries(seen, found), day
    keep_outlook(seen, found, calendar, day, saving)
    return before != (ready_on, starts_on)


def saving_of(seen: Picture, found: Schedule, calendar: Calendar, starts_on: dt.date) -> Saving | None:
    """Return the days saved by a forecast start; None where the template has no sale, or works began before it."""
    sale = next((item.key for item in seen.template.items if item.phase is Phase.sale), None)
    sold_on = seen.mirrored.get("sold") or (None if sale is None else found.timings[sale].earliest_finish)
    if sold_on is None or starts_on < sold_on:
        return None
    return saved(seen.template, calendar, sold_on, started_on=starts_on, place=seen.place)


def _timing(timing: Timing) -> list[object]:
    days = (timing.earliest_start, timing.earliest_finish, timing.latest_start, timing.latest_finish)
    return [*(day and day.isoformat() for day in days), timing.float_days, timing.critical]


# A kind of evidence holds as long as its longest proof; the first to run out decides.
_PROOF_UNTIL = text("""
    SELECT checklist_id, min(until) AS until FROM (
      SELECT d.checklist_id, max(d.valid_until) AS until FROM checklist_document d
      JOIN checklist_item i ON i.checklist_id = d.checklist_id AND i.key = d.item_key AND i.binding AND i.state = 'done'
      WHERE d.checklist_id = ANY (:ids) AND d.withdrawn_on IS NULL
      GROUP BY d.checklist_id, d.item_key, d.evidence_key HAVING bool_and(d.valid_until IS NOT NULL)) AS proofs
    GROUP BY checklist_id
""")


def proofs_until(session: Session, checklist_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return the first day on which a proof in force runs out, of the checklists that have such a day."""
    rows = session.execute(_PROOF_UNTIL, {"ids": list(checklist_ids)})
    return {row.checklist_id: row.until for row in rows}
