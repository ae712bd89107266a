"""What changes the state of a parcel: events, one at a time or whole histories."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.db import driver_connection
from service.parcels import following, lifecycle, queries, selection
from service.parcels.changes import EventCreate
from service.parcels.commands import refuse_future, refuse_stale, touch
from service.parcels.governing import refuse_governed
from service.parcels.lifecycle import Effect, EventKind, Happened, State
from service.parcels.models import Parcel, ParcelEvent
from service.parcels.reading import not_found


def record_event(
    session: Session,
    actor: Actor,
    number: str,
    new: EventCreate,
    *,
    version: int | None = None,
    governed: bool = False,
) -> Parcel:
    """Record what happened to a parcel and bring its state up to date.

    An event that became known late is taken if the whole history stays legal with it. `version` is what the caller has
    seen; None where the caller holds a lock of its own on the matter (a listing's result). `governed`: the caller is
    what governs the parcel (`governing`).

    Raises:
        NotFound: the parcel is absent or not visible.
        PreconditionFailed: it has moved on from `version`.
        FutureDate: the event is after today.
        Invalid: no such document.
        IllegalTransition, LaterEventBroken: not possible in that state.
        HeldElsewhere: a scheme, lot or contract records it.

    """
    parcel = queries.parcel_for_update(session, actor, number)
    if not governed:
        refuse_governed(session, parcel, new.kind)
    if version is not None:
        refuse_stale(parcel, version)
    refuse_future("/effective_on", new.effective_on)
    if new.document_id is not None:
        queries.check_document(session, actor, parcel, new.document_id)
    events = queries.events_of(session, [parcel.id])[parcel.id]
    effect = lifecycle.enter(events, new.kind, new.effective_on)
    values = new.model_dump()
    session.add(ParcelEvent(parcel_id=parcel.id, actor=actor.label, **values, **effect._asdict()))
    before = _state_of(parcel)
    _project(parcel, [*events, Happened(new.kind, effect, new.effective_on)])
    touch(parcel)
    session.flush()
    after = {**_state_of(parcel), **{f"event_{name}": value for name, value in values.items() if value is not None}}
    record(session, Action.PARCEL_EVENT_RECORDED, "parcel", parcel.code, before=before, after=after)
    return parcel


def _state_of(parcel: Parcel) -> dict[str, object]:
    names = ("stage", "hold", "idle", "stage_since", "version")
    return {name: getattr(parcel, name) for name in names}


def _project(parcel: Parcel, events: Sequence[Happened]) -> None:
    """Set the kept state to what the events say; the newest of them stands last."""
    ordered = sorted(events, key=lambda event: event.effective_on)
    state = lifecycle.replay(ordered)
    if state is None:
        raise AssertionError("a parcel has at least one event")
    parcel.stage, parcel.hold, parcel.idle = state
    parcel.stage_since = max(event.effective_on for event in ordered if event.effect.stage is not None)


class Lived(NamedTuple):
    """One event of a history that is entered as a whole; `delivered` belongs to an `adopt`."""

    code: str
    kind: EventKind
    effective_on: dt.date
    note: str | None = None
    document_id: int | None = None
    delivered: State | None = None


def replay_events(session: Session, actor: Actor, lives: Sequence[Lived]) -> int:
    """Enter histories of many parcels at once, one audit entry for all; return how many events.

    Every chain is checked as one event at a time would be. Events of one parcel and day stand in the order given. Takes
    three statements whatever the number.

    Raises:
        NotFound: a parcel is absent or not visible.
        FutureDate: an event is after today.
        IllegalTransition, LaterEventBroken: a chain is not possible.

    """
    by_code: dict[str, list[Lived]] = {}
    for event in lives:
        by_code.setdefault(event.code, []).append(event)
    ids = queries.standing(session, actor, list(by_code), locked=True)
    for code in by_code.keys() - ids.keys():
        raise not_found(code)
    kept = queries.events_of(session, list(ids.values()))
    entered = {code: _enter_all(kept[ids[code]], events) for code, events in by_code.items()}
    _insert(session, actor, ids, by_code, entered)
    session.execute(text(_PROJECT), {"ids": list(ids.values())})
    following.note(session, ids.values())
    session.expire_all()
    after = {"parcels": len(by_code), "events": len(lives)}
    record(session, Action.PARCEL_EVENT_RECORDED, "parcel", "*", after=after)
    return len(lives)


def _enter_all(kept: Sequence[Happened], new: Sequence[Lived]) -> list[Effect]:
    """Return what each new event does, in the order given, once all of them stand among the kept ones."""
    refuse_future("/effective_on", max(event.effective_on for event in new))
    chain: list[tuple[dt.date, int, Happened | Lived]] = [(event.effective_on, -1, event) for event in kept]
    chain += [(event.effective_on, place, event) for place, event in enumerate(new)]
    effects: dict[int, Effect] = {}
    past: list[Happened] = []
    for day, place, event in sorted(chain, key=lambda item: item[:2]):
        if isinstance(event, Lived):
            effects[place] = lifecycle.advance(lifecycle.replay(past), event.kind, delivered=event.delivered)
            past.append(Happened(event.kind, effects[place], day))
        else:
            past.append(event)
    lifecycle.replay(past)
    return [effects[place] for place in range(len(new))]


_COPY = """COPY parcel_event (parcel_id, kind, effective_on, stage, hold, idle, actor, document_id, note) FROM STDIN"""
_PROJECT = f"""UPDATE parcel AS p
SET stage = t.stage, hold = t.hold, idle = t.idle, stage_since = t.stage_since,
    version = version + 1, updated_at = now()
FROM (SELECT parcel_id, {selection.LAST_SET} FROM parcel_event WHERE parcel_id = ANY (:ids) GROUP BY parcel_id) AS t
WHERE p.id = t.parcel_id"""  # noqa: S608 - our own columns


def _insert(
    session: Session,
    actor: Actor,
    ids: Mapping[str, int],
    by_code: Mapping[str, Sequence[Lived]],
    entered: Mapping[str, Sequence[Effect]],
) -> None:
    """Add the events in the order given, which is the order of their numbers."""
    session.flush()
    with driver_connection(session).cursor().copy(_COPY) as copy:
        for code, events in by_code.items():
            for event, effect in zip(events, entered[code], strict=True):
                values = (ids[code], event.kind, event.effective_on, *effect)
                copy.write_row((*values, actor.label, event.document_id, event.note))
