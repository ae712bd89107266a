"""What happens to an item: actions on it, who sees to it and when, remarks."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor, person
from service.accounts.models import User
from service.accounts.permissions import Role
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.checklist import queries
from service.checklist.acting import ItemAct, refuse_foreign, works_at
from service.checklist.acts import Happening, NotificationKind
from service.checklist.changes import ChecklistItemChange, CommentCreate, ItemEventOrder
from service.checklist.deciding import decided
from service.checklist.forecasting import settle, whole
from service.checklist.holding import check_document, concerned, held_item, refuse_passed
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.picture import Picture
from service.checklist.record_models import ChecklistEvent
from service.checklist.recording import note, tell
from service.checklist.states import Action, State, after
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid
from service.parcels.commands import refuse_future

_UNDOING = frozenset({Action.reopen, Action.unwaive, Action.return_})
_STATE = ("state", "started_on", "finished_on", "reason", "asked_by", "waived_by", "document_id", "submitted_by")


class MirroredItem(Conflict):
    """The item follows what is recorded elsewhere; `follows` says what."""

    code, title_zh, title_en = "checklist-mirrored", "该事项随业务登记自动更新", "It follows another record"


def take_action(
    session: Session, actor: Actor, checklist_id: int, key: str, order: ItemEventOrder, *, version: int
) -> tuple[Checklist, ChecklistItem]:
    """Record what happened to an item, and bring its checklist up to date.

    Raises:
        NotFound, ChecklistEnded, PreconditionFailed.
        Forbidden, NotYours, SamePerson, NotAsked: not by this actor.
        MirroredItem, IllegalItemAction, HardItem, FourEyes, ProofMissing, PassedGate: not possible as it stands.
        ActionIncomplete, FutureDate, Invalid: reason, document or day.

    """
    checklist, row = held_item(session, actor, checklist_id, key, version=version)
    act: ItemAct = Happening.ask_waiver if order.action == "ask_waiver" else Action(order.action)
    refuse_foreign(actor, act, row.lead)
    check_document(session, actor, checklist, order.document_id)
    day = order.effective_on or clock.today()
    refuse_future("/effective_on", day)
    seen = whole(session, checklist)
    _refuse_state(seen, row, act)
    if act in _UNDOING:
        refuse_passed(session, checklist, row)
    before = {name: getattr(row, name) for name in _STATE}
    values = decided(session, actor, seen, row, act, order, day)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    reason, document_id = values.get("reason", order.reason), values.get("document_id", order.document_id)
    event = note(session, checklist, act, key, day=day, text=reason, document_id=document_id)
    now = settle(session, checklist)
    _tell(session, actor, seen, now, row, act, event)
    changed = {name: getattr(row, name) for name in _STATE}
    told: dict[str, Any] = {"action": act.value, "effective_on": day}
    if act is Action.waive:  # named as what they are, whatever they were before
        told |= {"approver": row.waived_by, "document": row.document_id}
    audited = Audited.CHECKLIST_ITEM_WAIVED if act is Action.waive else Audited.CHECKLIST_ITEM_CHANGED
    record(session, audited, "checklist_item", f"{checklist.id}/{key}", before=before, after=changed | told)
    return checklist, row


def _refuse_state(seen: Picture, row: ChecklistItem, act: ItemAct) -> None:
    item, state = seen.template.by_key[row.key], seen.states[row.key]
    if item.follows is not None or item.begins is not None:
        raise MirroredItem(
            "该事项随方案、公告、合同等登记自动更新，不能手工办理。",
            "It follows what is recorded of scheme, lot or contract; nobody sets it by hand.",
            facts={"follows": item.follows or item.begins},
        )
    after(state, Action.waive if act is Happening.ask_waiver else Action(act), rule=item.rule)


def _tell(
    session: Session,
    actor: Actor,
    before: Picture,
    now: Picture,
    row: ChecklistItem,
    act: ItemAct,
    event: ChecklistEvent,
) -> None:
    """Tell who it concerns: whose item was returned, who is to decide, whose items can begin by it."""
    kinds = {
        Action.return_: NotificationKind.returned,
        Action.reopen: NotificationKind.returned,
        Action.unwaive: NotificationKind.returned,
        Action.waive: NotificationKind.waived,
    }
    if act is Happening.ask_waiver:
        deciding = queries.people(session, queries.code_of(session, now.checklist), role=Role.APPROVER)
        tell(session, actor, deciding, NotificationKind.waiver_asked, event)
    elif isinstance(act, Action) and act in kinds:
        tell(session, actor, concerned(session, now.checklist, row), kinds[act], event)
    freed = [key for key, state in now.states.items() if state is State.ready and before.states[key] is not state]
    tell(session, actor, [now.items[key].owner_id for key in freed], NotificationKind.ready, event)


def plan_item(
    session: Session, actor: Actor, checklist_id: int, key: str, change: ChecklistItemChange, *, version: int
) -> tuple[Checklist, ChecklistItem]:
    """Say who sees to an item, when, and how long it takes; whoever is assigned is told.

    Raises:
        NotFound, ChecklistEnded, PreconditionFailed, NotYours.
        Invalid: no such person of the bureau, or it would end before it begins.

    """
    checklist, row = held_item(session, actor, checklist_id, key, version=version)
    refuse_foreign(actor, Happening.planned, row.lead)
    given: dict[str, Any] = change.model_dump(exclude_unset=True)
    if "owner" in given:
        given["owner_id"] = _person(session, checklist, row.lead, given.pop("owner"))
    before = {name: getattr(row, name) for name in given}
    begins, ends = (given.get(name, getattr(row, name)) for name in ("planned_start", "planned_finish"))
    if begins is not None and ends is not None and ends < begins:
        zh, en = "计划完成不能早于计划开始", "It is planned to end before it begins"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/planned_finish", "wrong-order", zh, en)])
    for name, value in given.items():
        setattr(row, name, value)
    row.version += 1
    assigned = given.get("owner_id") is not None and given["owner_id"] != before["owner_id"]
    event = note(session, checklist, Happening.assigned if assigned else Happening.planned, key, facts=given)
    settle(session, checklist)
    if assigned:
        tell(session, actor, [row.owner_id], NotificationKind.assigned, event)
    subject = f"{checklist.id}/{key}"
    record(session, Audited.CHECKLIST_ITEM_PLANNED, "checklist_item", subject, before=before, after=given)
    return checklist, row


def _person(session: Session, checklist: Checklist, lead: str, username: str | None) -> int | None:
    """Return an active user who works at a bureau's items and sees the checklist. Raises Invalid."""
    if username is None:
        return None
    user = session.scalar(select(User).where(User.username == username, User.is_active))
    own = queries.code_of(session, checklist)
    if user is None or not works_at(person(user), lead) or own not in (user.jurisdictions or [own]):
        zh, en = f"{username} 不能办理该事项", f"{username} doesn't work at this item"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/owner", "unknown-person", zh, en)])
    return user.id


def comment(session: Session, actor: Actor, checklist_id: int, key: str, new: CommentCreate) -> Checklist:
    """Add a remark to an item's history; whoever sees to it is told. Raises NotFound, ChecklistEnded."""
    checklist, row = held_item(session, actor, checklist_id, key)
    event = note(session, checklist, Happening.comment, key, text=new.text)
    tell(session, actor, [row.owner_id], NotificationKind.comment, event)
    record(
        session, Audited.CHECKLIST_ITEM_COMMENTED, "checklist_item", f"{checklist.id}/{key}", after={"text": new.text}
    )
    return checklist
