"""What an action makes of an item: the columns it sets, once nothing speaks against it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import queries
from service.checklist.acting import ItemAct
from service.checklist.acts import Happening
from service.checklist.changes import ItemEventOrder
from service.checklist.models import ChecklistItem
from service.checklist.picture import Picture
from service.checklist.record_models import ChecklistDocument
from service.checklist.states import Action, after, four_eyes, law, met_needs, refuse_incomplete
from service.checklist.template import Item
from service.core.errors import Conflict, FieldError, Invalid


class SamePerson(Conflict):
    """Who handed an item in does not accept it, and who asked for a waiver does not grant it."""

    code, title_zh, title_en = "checklist-same-person", "不能由同一人办理", "Not by the same person"


class NotAsked(Conflict):
    """Nobody has asked for the waiver: one asks, another grants."""

    code, title_zh, title_en = "waiver-not-asked", "须先有豁免申请", "No waiver was asked for"


class ProofMissing(Conflict):
    """Proofs are missing or have run out; `evidence` names their kinds."""

    code, title_zh, title_en = "checklist-proof-missing", "缺少有效证明", "Proofs are missing"


class BeforeNeed(Invalid):
    """The item would begin before what it needs had ended; `need` is that item, `finished_on` its day."""

    code, title_zh, title_en = "checklist-before-need", "早于前置事项的完成日期", "Before what it needs had ended"


_AFRESH: dict[str, Any] = {
    "finished_on": None, "waived_by": None, "asked_by": None, "document_id": None, "submitted_by": None
}  # fmt: skip


def decided(
    session: Session,
    actor: Actor,
    seen: Picture,
    row: ChecklistItem,
    act: ItemAct,
    order: ItemEventOrder,
    day: dt.date,
) -> dict[str, Any]:
    """Return what to set of an item.

    Raises SamePerson, FourEyes, NotAsked, ProofMissing, BeforeNeed, ActionIncomplete, Invalid.
    """
    if act is Happening.ask_waiver:
        refuse_incomplete(Action.waive, reason=order.reason or "", document=order.document_id is not None)
        return {"asked_by": actor.label, "document_id": order.document_id}
    action = Action(act)
    item, state = seen.template.by_key[row.key], seen.states[row.key]
    found: dict[str, Any] = {"state": after(state, action, rule=item.rule)}
    if action is Action.waive:
        return found | _waiver(session, actor, row, order, day)
    refuse_incomplete(action, reason=order.reason or "")
    if action is Action.start:
        _refuse_before_needs(seen, row.key, day)
        return found | {"started_on": day}
    _refuse_day(row, day)
    if row.started_on is None and action in {Action.submit, Action.accept}:  # a review that came back begins by that
        _refuse_before_needs(seen, row.key, day)
    if action is Action.submit:
        return found | {"submitted_by": actor.label, "reason": None, "started_on": row.started_on or day}
    if action is Action.accept:
        if row.submitted_by == actor.label:
            raise _same_person(item)
        if item.rule is not None and row.submitted_by is None:  # taken over from before two people were asked for
            raise four_eyes(item.rule)
        refuse_gaps(item, queries.documents_of(session, row.checklist_id, row.key), day)
        return found | {"finished_on": day, "started_on": row.started_on or day, "reason": None}
    begun = {} if action is not Action.unwaive else {"started_on": None}
    return found | _AFRESH | begun | {"reason": order.reason}


def _same_person(item: Item) -> SamePerson:
    by_law, by_law_en = "", ""
    if item.rule is not None:
        zh, en = law(item.rule)
        by_law, by_law_en = f"（法定事项，{zh}）", f" (the law asks for it: {en})"
    return SamePerson(
        f"报审人不能通过自己报审的事项{by_law}，须由另一人通过。",
        f"Who handed it in can't accept it{by_law_en}; another person does.",
    )


def _waiver(session: Session, actor: Actor, row: ChecklistItem, order: ItemEventOrder, day: dt.date) -> dict[str, Any]:
    if row.asked_by is None:
        raise NotAsked("须先由经办人提出豁免申请，再由审批人批准。", "One asks for a waiver, another grants it.")
    if row.asked_by == actor.label:
        raise SamePerson("申请人不能批准自己的豁免申请。", "Who asked for a waiver can't grant it.")
    asked = queries.last_event(session, row.checklist_id, row.key, Happening.ask_waiver)
    reason = order.reason or (asked and asked.note) or ""
    document_id = order.document_id or row.document_id
    refuse_incomplete(Action.waive, reason=reason, document=document_id is not None)
    _refuse_day(row, day)
    if asked is not None and day < asked.effective_on:
        zh, en = f"不能早于申请日期 {asked.effective_on}", f"It was asked for on {asked.effective_on}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/effective_on", "before-asked", zh, en)])
    return {"waived_by": actor.label, "finished_on": day, "reason": reason, "document_id": document_id}


def _refuse_day(row: ChecklistItem, day: dt.date) -> None:
    if row.started_on is not None and day < row.started_on:
        zh, en = f"不能早于开始日期 {row.started_on}", f"It was begun on {row.started_on}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/effective_on", "before-start", zh, en)])


def _refuse_before_needs(seen: Picture, key: str, day: dt.date) -> None:
    """Demand that an item begins no earlier than what it needs first has ended; a waiver counts from its day on.

    A need that doesn't apply is looked through. Raises BeforeNeed.
    """
    ends = {need: seen.dates(need)[1] for need in met_needs(key, seen.standings)}
    late = {need: end for need, end in ends.items() if end is not None and end > day}
    if late:
        need = max(late, key=lambda each: late[each])
        item, end = seen.template.by_key[need], late[need]
        raise BeforeNeed(
            f"前置事项“{item.title}”（{need}）于 {end} 完成，本事项不能早于该日开始；如该日期有误，请先更正前置事项。",
            f"It needs “{item.title_en}” ({need}), which ended on {end}, and can't begin before; if that day is wrong, "
            "correct it there first.",
            errors=[FieldError("/effective_on", "before-need", f"不能早于 {end}", f"Not before {end}")],
            facts={"need": need, "title": item.title, "title_en": item.title_en, "finished_on": end},
        )


def refuse_gaps(item: Item, proofs: Sequence[ChecklistDocument], day: dt.date) -> None:
    """Demand a proof in force on a day of every kind of evidence. Raises ProofMissing."""
    holding = (each for each in proofs if each.valid_from <= day)
    shown = {each.evidence_key for each in holding if each.valid_until is None or each.valid_until >= day}
    missing = [each for each in item.evidence if each.key not in shown]
    if missing:
        raise ProofMissing(
            f"缺少有效证明：{'、'.join(each.title for each in missing)}。",
            f"Proofs are missing or have run out: {', '.join(each.title_en for each in missing)}.",
            facts={"evidence": [each.key for each in missing]},
        )
