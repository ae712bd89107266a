"""The nine groups of a checklist in short: how each stands, what is open, who holds it up. Pure."""

from collections.abc import Collection
from typing import Any

from service.checklist.picture import Picture
from service.checklist.schedule import Schedule
from service.checklist.states import UNFINISHED, State

_ORDER = (State.returned, State.submitted, State.in_progress, State.ready, State.cannot_start)


def state_of(states: Collection[State]) -> State:
    """Return how a group stands: as its items that are furthest from resting, or as all of them.

    >>> state_of([State.done, State.ready]).value, state_of([State.done, State.waived]).value, state_of([]).value
    ('in_progress', 'done', 'not_applicable')
    """
    applying = [state for state in states if state is not State.not_applicable]
    if not applying:
        return State.not_applicable
    if all(state not in UNFINISHED for state in applying):
        return State.done
    worst = next(state for state in _ORDER if state in applying)
    begun = worst in {State.ready, State.cannot_start} and State.done in applying
    return State.in_progress if begun else worst


def summaries(picture: Picture, found: Schedule) -> list[dict[str, Any]]:
    """Return the groups as they are kept with a checklist; counts are of required items that apply."""
    return [_summary(picture, found, track.number) for track in picture.template.tracks]


def _summary(picture: Picture, found: Schedule, number: int) -> dict[str, Any]:
    items = [item for item in picture.template.items if item.track == number and item.key in picture.items]
    required = [item for item in items if item.required(picture.facts)]
    undone = [item for item in required if picture.states[item.key] in UNFINISHED]
    gate = frozenset(picture.open)
    last = max(undone, key=lambda item: found.timings[item.key].earliest_finish, default=None)
    return {
        "number": number,
        "state": state_of([picture.states[item.key] for item in required]).value,
        "done": len(required) - len(undone),
        "total": len(required),
        "open": sum(item.key in gate for item in items),
        "lead": None if last is None else picture.items[last.key].lead,
        "ready_on": None if last is None else found.timings[last.key].earliest_finish.isoformat(),
        "critical": any(item.key in found.critical_path for item in items),
    }
