"""What becomes of checklists when their land is split or merged, or that is undone.

What was done for the plot (`G`, `real`) counts for its parts, and for what it was merged into where it was done for all
of it; of different states the least advanced one stands. A shadow review (`PRE`) was of one project on one plot: it
comes back. A waiver was granted for one plot and ends.

Land without a running checklist brings the last that was closed, unless it was sold since that was opened: closing is
no way to forget what was done, nor what the sale waits for. Its plan (project, days) ended with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.checklist import queries
from service.checklist.acts import ChecklistStatus, Happening
from service.checklist.beginning import begin
from service.checklist.forecasting import settle
from service.checklist.models import Checklist, ChecklistItem, ChecklistOrigin
from service.checklist.record_models import ChecklistDocument, ChecklistEvent
from service.checklist.recording import note
from service.checklist.states import Action, Stored
from service.checklist.template import Item, Kind
from service.core import clock
from service.parcels import following
from service.parcels.built_on import Obstacle
from service.parcels.following import Change, Follower
from service.parcels.lifecycle import EventKind
from service.parcels.lineage import OperationKind
from service.parcels.lineage_models import LineageOperation
from service.parcels.models import Parcel, ParcelEvent

RETURNED = "地块已分割或合并，须重新预审 the land was split or merged; review anew"
_RANKS = (Stored.open, Stored.returned, Stored.in_progress, Stored.submitted, Stored.done)
_BY_ITSELF = (Happening.inherited, Happening.opened, Action.include, Action.exclude, Action.expire)


def follow(session: Session, actor: Actor, change: Change) -> None:  # noqa: ARG001 - the session knows the actor
    """Let checklists follow their land: those of what ended are superseded, those of what stands inherit or go on."""
    numbers = [parcel.id for parcel in change.ended]
    ended = queries.running_on(session, numbers, lock=True)
    if change.operation.kind == OperationKind.UNDO:
        _supersede(session, ended, change.operation)
        _revive(session, change)
        return
    running = {each.parcel_id for each in ended}
    sources = [*ended, *_closed(session, [number for number in numbers if number not in running])]
    if sources:
        whole = len(sources) == len(numbers)
        for parcel in change.standing:
            _inherit(session, parcel, sources, whole=whole)
        _supersede(session, ended, change.operation)


def _closed(session: Session, parcel_ids: Sequence[int]) -> Sequence[Checklist]:
    """Return of each parcel the last checklist that was closed and that no sale has used up since, by id."""
    sold = exists().where(
        ParcelEvent.parcel_id == Checklist.parcel_id,
        ParcelEvent.kind.in_([EventKind.sell, EventKind.contract]),
        ParcelEvent.effective_on >= Checklist.opened_on,
    )
    wanted = select(Checklist).where(
        Checklist.parcel_id.in_(parcel_ids), Checklist.status == ChecklistStatus.closed, ~sold
    )
    found = session.scalars(wanted.order_by(Checklist.id)).all()
    return [*{each.parcel_id: each for each in found}.values()]


def _supersede(session: Session, ended: Sequence[Checklist], operation: LineageOperation) -> None:
    for checklist in ended:
        checklist.status, checklist.closed_on = ChecklistStatus.superseded, clock.today()
        checklist.operation_id = operation.id
        checklist.version += 1
        note(session, checklist, Happening.superseded, facts={"operation": operation.id})
        record(session, Audited.CHECKLIST_SUPERSEDED, "checklist", checklist.id, after={"operation": operation.id})
    session.flush()


def _revive(session: Session, change: Change) -> None:
    """Let the checklists that the undone operation ended go on."""
    wanted = select(Checklist).where(
        Checklist.operation_id == change.operation.undoes,
        Checklist.parcel_id.in_([parcel.id for parcel in change.standing]),
    )
    for checklist in session.scalars(wanted.order_by(Checklist.id).with_for_update(key_share=True)).all():
        checklist.status, checklist.closed_on, checklist.operation_id = ChecklistStatus.running, None, None
        checklist.version += 1
        note(session, checklist, Happening.revived, facts={"operation": change.operation.id})
        settle(session, checklist)
        after = {"operation": change.operation.id}
        record(session, Audited.CHECKLIST_REVIVED, "checklist", checklist.id, after=after)


def _inherit(session: Session, parcel: Parcel, sources: Sequence[Checklist], *, whole: bool) -> None:
    """Begin a checklist of a parcel with what its sources have. `whole`: they are of all the land it was made of."""
    templates = queries.templates_of(session, {each.template_id for each in sources})
    # Of different templates the one that asks for most before the sale: a merger sheds nothing.
    key = max((templates[each.template_id] for each in sources), key=lambda each: sum(map(_gates, each.items))).key
    same = [each.template_id for each in sources if templates[each.template_id].key == key]
    template_id = max(same, key=lambda number: templates[number].version)
    template = templates[template_id]
    checklist = begin(session, parcel, template_id, template, facts=_answers(sources), **_plan(sources))
    session.add_all(ChecklistOrigin(checklist_id=checklist.id, origin_id=each.id) for each in sources)
    origins = [each.id for each in sources]
    note(session, checklist, Happening.opened, facts={"origins": origins, "version": template.version})
    rows = queries.items_of(session, [checklist.id])[checklist.id]
    before = list(queries.items_of(session, origins).values())
    for item in template.items:
        parts = [each[item.key] for each in before if item.key in each]
        if rows[item.key].state != Stored.not_applicable and item.follows is None and item.begins is None and parts:
            _take_over(session, checklist, rows[item.key], item, parts, whole=whole and len(parts) == len(sources))
    settle(session, checklist)
    after = {"parcel": parcel.code, "origins": origins}
    record(session, Audited.CHECKLIST_INHERITED, "checklist", checklist.id, after=after)


def _plan(sources: Sequence[Checklist]) -> dict[str, Any]:
    """Return the project and the last planned days of those that still run."""
    running = [each for each in sources if each.status == ChecklistStatus.running]
    return {
        "project_name": running[0].project_name if running else None,
        "planned_listing_on": max(
            (each.planned_listing_on for each in running if each.planned_listing_on), default=None
        ),
        "planned_sale_on": max((each.planned_sale_on for each in running if each.planned_sale_on), default=None),
    }


def _gates(item: Item) -> bool:
    return item.gates


def _answers(sources: Sequence[Checklist]) -> dict[str, Any]:
    """Return what officers said of the land together: yes if of any of it, no only if of all of it."""
    keys = {key for each in sources for key in each.facts}
    said = {key: [each.facts.get(key) for each in sources] for key in keys}
    return {key: True in values for key, values in said.items() if True in values or None not in values}


def _take_over(
    session: Session,
    checklist: Checklist,
    row: ChecklistItem,
    item: Item,
    parts: Sequence[ChecklistItem],
    *,
    whole: bool,
) -> None:
    values = inherited(item, parts, whole=whole)
    for name, value in values.items():
        setattr(row, name, value)
    if row.state == Stored.open:
        return
    note(session, checklist, Happening.inherited, row.key, facts={"state": str(row.state)})
    if item.kind is not Kind.PRE and whole:
        session.add_all(
            ChecklistDocument(
                checklist_id=checklist.id, item_key=row.key, evidence_key=proof.evidence_key,
                document_id=proof.document_id, valid_from=proof.valid_from, valid_until=proof.valid_until,
                added_by=proof.added_by,
            )
            for part in parts for proof in queries.documents_of(session, part.checklist_id, part.key)
        )  # fmt: skip


def inherited(item: Item, parts: Sequence[ChecklistItem], *, whole: bool) -> Mapping[str, Any]:
    """Return what an item takes over from the same item of other checklists."""
    owners = {part.owner_id for part in parts}
    found: dict[str, Any] = {"owner_id": owners.pop() if len(owners) == 1 else None}
    found["days"] = max((part.days for part in parts if part.days is not None), default=None)
    states = [Stored(part.state) for part in parts]
    ranked = [state if state in _RANKS else Stored.open for state in states]
    if item.kind is Kind.PRE:
        return found | (
            {"state": Stored.returned, "reason": RETURNED} if any(each in _RANKS[1:] for each in ranked) else {}
        )
    least = min(ranked, key=_RANKS.index)
    if not whole or least is Stored.open:
        return found
    last = max(
        (part for part in parts if Stored(part.state) is least), key=lambda part: part.finished_on or clock.today()
    )
    if least is Stored.submitted and len({part.submitted_by for part in parts if part.state == least}) > 1:
        least = Stored.in_progress  # by several people: none of them could accept it, one hands all of it in
    submitted_by = None if least is Stored.in_progress else last.submitted_by
    found |= {"state": least, "submitted_by": submitted_by, "reason": last.reason}
    found["started_on"] = min((part.started_on for part in parts if part.started_on), default=None)
    if least is Stored.done:
        found["finished_on"] = max(part.finished_on for part in parts if part.finished_on is not None)
    return found


def built_on(session: Session, parcels: Sequence[Parcel]) -> list[Obstacle]:
    """Return the parcels on whose checklists somebody has worked since they were inherited."""
    worked = exists().where(
        ChecklistEvent.checklist_id == Checklist.id, ChecklistEvent.kind.not_in([each.value for each in _BY_ITSELF])
    )
    wanted = select(Parcel.code).join(Checklist, Checklist.parcel_id == Parcel.id)
    found = session.scalars(wanted.where(Parcel.id.in_([each.id for each in parcels]), worked).distinct())
    return [Obstacle(code, "checklist") for code in found]


following.register(Follower("checklist", follow, built_on))
