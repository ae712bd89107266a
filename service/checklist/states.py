"""The state machine of a checklist's item, and what state each of them shows. Pure.

What is stored of an untouched item is `open`: whether it can start follows from its prerequisites and is never kept.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from service.core.errors import Conflict, Invalid
from service.rules.book import rulebook


class Stored(StrEnum):
    """What is kept of an item."""

    open = "open"
    in_progress = "in_progress"
    submitted = "submitted"
    returned = "returned"
    done = "done"
    waived = "waived"
    not_applicable = "not_applicable"


class State(StrEnum):
    """What an item shows: an open one either waits for others or can be begun."""

    cannot_start = "cannot_start"
    ready = "ready"
    in_progress = "in_progress"
    submitted = "submitted"
    returned = "returned"
    done = "done"
    waived = "waived"
    not_applicable = "not_applicable"


class Action(StrEnum):
    """What can happen to an item; the last three happen by themselves (`SYSTEM`).

    `expire`: a proof is out of date. `exclude`, `include`: by the parcel's facts it does not apply, or does again.
    """

    start = "start"
    submit = "submit"
    return_ = "return"
    accept = "accept"
    reopen = "reopen"
    waive = "waive"
    unwaive = "unwaive"
    expire = "expire"
    exclude = "exclude"
    include = "include"


STATE_TITLES: Mapping[State, tuple[str, str]] = {
    State.cannot_start: ("未具备", "Waiting"),
    State.ready: ("可办理", "Can begin"),
    State.in_progress: ("办理中", "In progress"),
    State.submitted: ("已报审", "Submitted"),
    State.returned: ("退回", "Returned"),
    State.done: ("完成", "Done"),
    State.waived: ("豁免", "Waived"),
    State.not_applicable: ("不适用", "n/a"),
}
"""What a state is called, in Chinese and English: the words of the desk, of summaries and of sheets."""

ACTION_TITLES: Mapping[Action, tuple[str, str]] = {
    Action.start: ("开始办理", "Start"),
    Action.submit: ("报审", "Submit"),
    Action.return_: ("退回", "Return"),
    Action.accept: ("通过", "Accept"),
    Action.reopen: ("重新打开", "Reopen"),
    Action.waive: ("豁免", "Waive"),
    Action.unwaive: ("撤销豁免", "Undo waiver"),
    Action.expire: ("材料到期", "Evidence expired"),
    Action.exclude: ("转为不适用", "No longer applies"),
    Action.include: ("转为适用", "Applies again"),
}
"""What an action is called, in Chinese and English."""


class IllegalItemAction(Conflict):
    """The action can't be taken on an item in this state; `allowed` names those that can."""

    code, title_zh, title_en = "illegal-item-action", "事项当前状态不允许该操作", "Not possible in the item's state"


class HardItem(Conflict):
    """The law asks for this item: nobody may waive it."""

    code, title_zh, title_en = "hard-item", "法定事项不得豁免", "Required by law, can't be waived"


class FourEyes(Conflict):
    """The law asks for this item: one hands it in, another accepts it; `rule` is the one that asks."""

    code, title_zh, title_en = (
        "checklist-four-eyes",
        "法定事项须由两人分别报审、通过",
        "Two people for what the law asks",
    )


class ActionIncomplete(Invalid):
    """The action needs a reason or a document."""

    code, title_zh, title_en = "action-incomplete", "缺少理由或文件", "A reason or a document is missing"


SYSTEM = frozenset({Action.expire, Action.exclude, Action.include})
"""Actions that nobody takes: they follow from dates and from the parcel's facts."""

REASONED = frozenset({Action.return_, Action.reopen, Action.waive, Action.unwaive})
"""Actions that need a reason; a waiver needs a document as well."""

UNFINISHED = (State.cannot_start, State.ready, State.in_progress, State.submitted, State.returned)
"""An item in these states is still to be done: it stops the sale where it is required before it."""

SETTLED = frozenset({Stored.done, Stored.waived, Stored.not_applicable})
"""What is stored of an item that nothing waits for any more."""

_MET = frozenset({Stored.done, Stored.waived})

_TRANSITIONS: Mapping[Action, Mapping[State, Stored]] = {
    Action.start: {State.ready: Stored.in_progress},
    Action.submit: dict.fromkeys((State.in_progress, State.returned), Stored.submitted),
    Action.return_: {State.submitted: Stored.returned},
    Action.accept: dict.fromkeys((State.in_progress, State.submitted), Stored.done),
    Action.reopen: {State.done: Stored.in_progress},
    Action.waive: dict.fromkeys(UNFINISHED, Stored.waived),
    Action.unwaive: {State.waived: Stored.open},
    Action.expire: {State.done: Stored.returned},
    Action.exclude: dict.fromkeys((*UNFINISHED, State.waived), Stored.not_applicable),
    Action.include: {State.not_applicable: Stored.open},
}


def allowed(state: State, *, hard: bool = False, follows: bool = False) -> tuple[Action, ...]:
    """Return the actions a person may take on an item in a state.

    A hard item is never waived, and accepted only once it was handed in; one that `follows` another package's record is
    changed there.

    >>> [action.value for action in allowed(State.submitted, hard=True)]
    ['return', 'accept']
    """
    if follows:
        return ()
    possible = (action for action in Action if action not in SYSTEM and state in _TRANSITIONS[action])
    return tuple(action for action in possible if not (hard and _by_law_refused(state, action)))


def _by_law_refused(state: State, action: Action) -> bool:
    return action is Action.waive or (action is Action.accept and state is not State.submitted)


def law(rule: str) -> tuple[str, str]:
    """Return how a legal rule is called in a refusal, in Chinese and English.

    >>> law("R41")
    ('R41 规划条件', 'R41, Planning conditions')
    """
    title, title_en = next((each.title, each.title_en) for each in reversed(rulebook().rules) if each.id == rule)
    return f"{rule} {title}", f"{rule}, {title_en}"


def after(state: State, action: Action, *, rule: str | None = None) -> Stored:
    """Return what is stored of an item after an action; `rule` is the legal one that makes the item hard.

    Raises IllegalItemAction, HardItem, FourEyes.

    >>> after(State.ready, Action.start), after(State.done, Action.expire)
    (<Stored.in_progress: 'in_progress'>, <Stored.returned: 'returned'>)
    """
    found = _TRANSITIONS[action].get(state)
    if found is None:
        possible = allowed(state, hard=rule is not None)
        raise IllegalItemAction(
            f"事项现为“{STATE_TITLES[state][0]}”，不能“{ACTION_TITLES[action][0]}”。",
            f"The item is at “{STATE_TITLES[state][1]}”: “{ACTION_TITLES[action][1]}” is not possible.",
            facts={"state": state.value, "action": action.value, "allowed": [each.value for each in possible]},
        )
    if rule is not None and _by_law_refused(state, action):
        zh, en = law(rule)
        if action is Action.waive:
            raise HardItem(
                f"该事项为法律规定的前置条件（{zh}），不得豁免。",
                f"The law asks for this item ({en}); it can't be waived.",
                facts={"rule": rule},
            )
        raise four_eyes(rule)
    return found


def four_eyes(rule: str) -> FourEyes:
    """Return the refusal of one person's act on what a legal rule asks for."""
    zh, en = law(rule)
    return FourEyes(
        f"该事项为法律规定的前置条件（{zh}），须先由一人报审，再由另一人通过。",
        f"The law asks for this item ({en}): one hands it in, another accepts it.",
        facts={"rule": rule},
    )


def refuse_incomplete(action: Action, *, reason: str = "", document: bool = False) -> None:
    """Raise ActionIncomplete where an action lacks its reason, or a waiver its document."""
    if action in REASONED and not reason.strip():
        raise ActionIncomplete("该操作须填写理由。", "This action needs a reason.")
    if action is Action.waive and not document:
        raise ActionIncomplete("豁免须附批准文件。", "A waiver needs its document.")


class Standing(NamedTuple):
    """What is stored of an item, and which items it needs first."""

    stored: Stored
    needs: Collection[str]


def waiting_for(items: Mapping[str, Standing]) -> dict[str, tuple[str, ...]]:
    """Return, for each item, the unfinished items that must be done before it, in the order of its needs.

    A need that is waived or does not apply is looked through: what it needs itself is waited for instead. An item that
    is not among `items` is not waited for. The needs have no cycle (the template is checked).

    >>> items = {"A": Standing(Stored.open, ()), "B": Standing(Stored.waived, "A"), "C": Standing(Stored.open, "B")}
    >>> waiting_for(items)
    {'A': (), 'B': ('A',), 'C': ('A',)}
    """
    return {key: tuple(dict.fromkeys(_unfinished(item.needs, items))) for key, item in items.items()}


def met_needs(key: str, items: Mapping[str, Standing]) -> tuple[str, ...]:
    """Return what an item needs first and is done or waived; a need that is waived or does not apply is looked through.

    >>> items = {"A": Standing(Stored.done, ()), "B": Standing(Stored.waived, "A"), "C": Standing(Stored.open, "B")}
    >>> met_needs("C", items)
    ('B', 'A')
    """
    return tuple(need for need in _reached(items[key].needs, items) if items[need].stored in _MET)


def standing(items: Mapping[str, Standing]) -> dict[str, State]:
    """Return the state that each item shows.

    >>> items = {"A": Standing(Stored.done, ()), "B": Standing(Stored.open, "A"), "C": Standing(Stored.open, "B")}
    >>> [state.value for state in standing(items).values()]
    ['done', 'ready', 'cannot_start']
    """
    waits = waiting_for(items)
    return {
        key: State(item.stored) if item.stored is not Stored.open else _opened(waits[key])
        for key, item in items.items()
    }


def _opened(waits: Collection[str]) -> State:
    return State.cannot_start if waits else State.ready


def _unfinished(needs: Iterable[str], items: Mapping[str, Standing]) -> Iterator[str]:
    return (key for key in _reached(needs, items) if items[key].stored not in SETTLED)


def _reached(needs: Iterable[str], items: Mapping[str, Standing]) -> Iterator[str]:
    """Walk through what is waived or does not apply, without recursion and each item once."""
    todo, seen = list(needs)[::-1], set[str]()
    while todo:
        key = todo.pop()
        item = items.get(key)
        if item is None or key in seen:
            continue
        seen.add(key)
        yield key
        if item.stored in {Stored.waived, Stored.not_applicable}:
            todo += list(item.needs)[::-1]
