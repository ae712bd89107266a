"""What of a forecast hangs on facts that nobody has answered: until somebody does, all that depends on it counts. Pure.

Whether relics were found is unanswered, so the excavation is in the forecast; a "no" would bring it forward by so many
working days.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.checklist.acts import ChecklistStatus
from service.checklist.holding import SOLD
from service.checklist.picture import Picture
from service.checklist.schedule import Activity, schedule
from service.checklist.states import UNFINISHED
from service.checklist.template import Item
from service.checklist.template_facts import FACTS, FactKind, Facts, asked_by, holds
from service.workdays.calendar import Calendar

Acts = Callable[[Picture], Sequence[Activity]]
"""Gives the activities of a forecast, with what a trial supposes."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A fact that nobody has answered: the items that count only therefore, and what the answer without them means.

    `answer` None: none of the uses, or not the way of supply, that the items ask for. By that answer nothing before the
    sale would be open on `ready_on`, so many `workdays` earlier, and works would start `start_workdays` earlier.
    """

    fact: FactKind
    answer: bool | None
    items: tuple[Item, ...]
    ready_on: dt.date
    workdays: int
    start_workdays: int


def unanswered(seen: Picture, calendar: Calendar, day: dt.date, acts: Acts) -> list[Unanswered]:
    """Return the unanswered facts that undone items hang on, in the order in which they are asked for.

    Each is told for itself, the others staying unanswered; of two answers that both take items out, the one by which
    the land is ready first. Land that was sold, or whose checklist has ended, waits for no answer.
    """
    if seen.checklist.status != ChecklistStatus.running or seen.parcel.stage in SOLD:
        return []
    ready_on, starts_on = seen.outcome(schedule(acts(seen), calendar, day))
    found: dict[str, Unanswered] = {}
    for fact in FACTS.values():
        for answer, facts, items in _answers(seen, fact.key):
            supposed = replace(seen, facts=facts)
            ready, start = supposed.outcome(schedule(acts(supposed), calendar, day))
            earlier = calendar.workdays_between(ready, ready_on).workdays
            sooner = calendar.workdays_between(start, starts_on).workdays
            if fact.key not in found or ready < found[fact.key].ready_on:
                found[fact.key] = Unanswered(fact, answer, items, ready, earlier, sooner)
    return [*found.values()]


def _answers(seen: Picture, fact: str) -> Iterator[tuple[bool | None, Facts, tuple[Item, ...]]]:
    """Yield the answers to an unanswered fact that take undone items out of the forecast, and these items."""
    if getattr(seen.facts, fact) is not None:
        return
    waiting = [item for item in seen.template.items if _hangs_on(seen, item, fact)]
    others: dict[str, object] = {"uses": [], "method": ""}
    for answer in (None,) if fact in others else (False, True):
        facts = Facts.of(seen.facts.to_json() | {fact: others.get(fact, answer)})
        items = tuple(item for item in waiting if holds(item.when or "", facts) is False)
        if items:
            yield answer, facts, items


def _hangs_on(seen: Picture, item: Item, fact: str) -> bool:
    undone = item.key in seen.items and seen.states[item.key] in UNFINISHED
    return undone and item.when is not None and fact in asked_by(item.when) and holds(item.when, seen.facts) is None
