"""Who may do what with an item: officers work at their bureau's, others run the whole, approvers waive. Pure."""

from collections.abc import Mapping

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.checklist.acts import Happening
from service.checklist.states import UNFINISHED, Action, State, allowed
from service.checklist.template import Item
from service.core.errors import Forbidden

ItemAct = Action | Happening

_NEEDED: Mapping[ItemAct, Permission] = {
    Action.return_: Permission.CHECKLIST_ACCEPT,
    Action.accept: Permission.CHECKLIST_ACCEPT,
    Action.reopen: Permission.CHECKLIST_ACCEPT,
    Action.waive: Permission.CHECKLIST_WAIVE,
    Action.unwaive: Permission.CHECKLIST_WAIVE,
}
"""What an action needs; the others are for whoever works at the item."""


class NotYours(Forbidden):
    """The item is another bureau's; `lead` is it."""

    code, title_zh, title_en = "checklist-not-yours", "不是本单位牵头的事项", "Another bureau's item"


def works_at(actor: Actor, lead: str) -> bool:
    """Tell whether an actor works at the items of a bureau: its own officers, and those who run checklists."""
    if Permission.CHECKLIST_OPEN in actor.permissions:
        return True
    return Permission.CHECKLIST_WORK in actor.permissions and actor.lead_bureau == lead


def may(actor: Actor, act: ItemAct, lead: str) -> bool:
    """Tell whether an actor may take an action on an item of a bureau at all."""
    needed = _NEEDED.get(act)
    return works_at(actor, lead) if needed is None else needed in actor.permissions


def refuse_foreign(actor: Actor, act: ItemAct, lead: str) -> None:
    """Raise NotYours, Forbidden."""
    if may(actor, act, lead):
        return
    if act in _NEEDED:
        raise Forbidden(f"当前账号没有该权限:{_NEEDED[act]}。", f"This account lacks the permission {_NEEDED[act]}.")
    raise NotYours(
        "只能办理本单位牵头的事项。", "Only items of your own bureau are yours to change.", facts={"lead": lead}
    )


def acts_for(
    actor: Actor, item: Item, state: State, *, lead: str, submitted_by: str | None, asked_by: str | None
) -> tuple[ItemAct, ...]:
    """Return what an actor may do with an item in a state, four eyes counted: nobody decides on what is their own."""
    follows = item.follows is not None or item.begins is not None
    found: list[ItemAct] = [each for each in allowed(state, hard=item.hard, follows=follows) if may(actor, each, lead)]
    if not follows and not item.hard and state in UNFINISHED and works_at(actor, lead):
        found.append(Happening.ask_waiver)
    own: Mapping[ItemAct, str | None] = {Action.accept: submitted_by, Action.waive: asked_by}
    found = [each for each in found if own.get(each) != actor.label or own.get(each) is None]
    return tuple(each for each in found if each is not Action.waive or asked_by is not None)
