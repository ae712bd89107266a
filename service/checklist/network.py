"""From a template's items and what has happened to them to the activities of a schedule. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.checklist.schedule import Activity
from service.checklist.states import SETTLED, Stored
from service.checklist.template import Item, Phase
from service.checklist.template_facts import Facts
from service.workdays.blocking import Work


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an item is. `days` goes before the template's duration; `earliest` is its planned or supposed start.

    `started` is the day on which its present run began: an item that was reopened has begun anew on that day.
    """

    stored: Stored = Stored.open
    days: int | None = None
    started: dt.date | None = None
    finished: dt.date | None = None
    earliest: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the works lie and which exempt classes their project belongs to: codes, as in `workdays.blocking.Work`."""

    areas: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


UNTOUCHED, NOWHERE = Progress(), Place()


def network(
    items: Iterable[Item], facts: Facts, progress: Mapping[str, Progress], place: Place = NOWHERE
) -> tuple[Activity, ...]:
    """Return the activities of items, in their order.

    An item that does not apply, or is waived, takes no time. The sale waits for every item that must be done before it,
    whatever the template names; what follows the sale waits for the sale.
    """
    listed = tuple(items)
    sale = tuple(item.key for item in listed if item.phase is Phase.sale)
    gate = tuple(item.key for item in listed if item.gates and item.required(facts))
    return tuple(
        _activity(item, facts, progress.get(item.key, UNTOUCHED), place, _needs(item, gate, sale)) for item in listed
    )


def _needs(item: Item, gate: Sequence[str], sale: Sequence[str]) -> tuple[str, ...]:
    more = {Phase.pre: (), Phase.sale: gate, Phase.after: sale}[item.phase]
    return tuple(dict.fromkeys((*item.needs, *more)))


def _activity(item: Item, facts: Facts, progress: Progress, place: Place, needs: tuple[str, ...]) -> Activity:
    stored = progress.stored
    done = stored is Stored.done and progress.finished is not None
    begun = stored in {Stored.in_progress, Stored.submitted, Stored.returned}
    return Activity(
        item.key,
        item.days if progress.days is None else progress.days,
        item.unit,
        needs,
        None if item.work is None else Work(item.work, place.areas, place.classes),
        started=progress.started if done or begun else None,
        finished=progress.finished if done else None,
        earliest=progress.earliest,
        skipped=not done and (stored in SETTLED or not item.applies(facts)),
    )
