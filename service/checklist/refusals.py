"""What the database refuses of checklists, in the words of the commands that refuse the same."""

import json
from typing import Any

import psycopg

from service.checklist.commands import StillOffered
from service.checklist.holding import PassedGate
from service.checklist.states import FourEyes, law
from service.core import problems


def one_person(cause: psycopg.Error) -> FourEyes:
    """Return what `checklist_four_eyes` means: someone would be done alone with what the law asks for."""
    item = _item(cause)
    zh, en = law(item["rule"]) if item.get("rule") else ("法定前置条件", "a precondition of law")
    return FourEyes(
        f"{_named(item)}为法定事项（{zh}），须先由一人报审，再由另一人通过。",
        f"The law asks for {_named(item, english=True)} ({en}): one hands it in, another accepts it.",
        facts=_told(item),
    )


def passed(cause: psycopg.Error) -> PassedGate:
    """Return what `checklist_passed` means: the land was sold on the item meanwhile."""
    item = _item(cause)
    return PassedGate(
        f"地块已凭{_named(item)}成交，该事项不能再改动。",
        f"The land was sold on {_named(item, english=True)}; it stays as it was.",
        facts=_told(item),
    )


def still_offered(_: psycopg.Error) -> StillOffered:
    """Return what `checklist_offered` means: a lot has taken the land meanwhile."""
    return StillOffered(
        "地块正在交易，签订合同或本轮结束前清单不能关闭。",
        "A lot holds the land; its checklist stays until the contract or the end of the round.",
    )


def _item(cause: psycopg.Error) -> dict[str, Any]:
    """Read the item that a refusal is about, as the database's `checklist_item_named` tells it."""
    found: dict[str, Any] = json.loads(cause.diag.message_detail or "{}")
    return found


def _named(item: dict[str, Any], *, english: bool = False) -> str:
    if not item:
        return "the item" if english else "该事项"
    title = item["title_en" if english else "title"]
    return (
        f"“{title}” ({item['key']}) of {item['code']}"
        if english
        else f"地块 {item['code']} 的“{title}”（{item['key']}）"
    )


def _told(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("code", "key", "title", "title_en", "rule") if name in item}


problems.CONSTRAINTS |= {
    "checklist_four_eyes": one_person,
    "checklist_offered": still_offered,
    "checklist_passed": passed,
}
