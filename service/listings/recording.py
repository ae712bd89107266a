"""How an event of a lot is written down: the event, the lot as its events make it, its parcels, all in one."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.listings import queries
from service.listings.holding import touch
from service.listings.lifecycle import EVENT_OF_PARCEL, EVENT_TITLES, LotEventKind
from service.listings.models import Lot, LotEvent
from service.listings.replaying import COLUMNS, Happened, Projection, enter, written
from service.parcels.changes import EventCreate
from service.parcels.commands import refuse_future
from service.parcels.event_commands import record_event


class Occurrence(NamedTuple):
    """When something happened, by which document, and what is said of it."""

    effective_on: dt.date
    happened_at: dt.datetime | None = None
    document_id: int | None = None
    note: str | None = None
    override_reason: str | None = None


def entered(
    session: Session, lot: Lot, kind: LotEventKind, when: Occurrence, facts: Mapping[str, object]
) -> Projection:
    """Return what a lot would be with an event; nothing is written. Raises IllegalLotEvent, LaterLotEventBroken."""
    new = Happened(kind, when.effective_on, when.happened_at, written(facts))
    return enter(queries.happened(queries.events_of(session, [lot.id])[lot.id]), new)


def record_lot_event(
    session: Session, actor: Actor, lot: Lot, kind: LotEventKind, when: Occurrence, facts: Mapping[str, object]
) -> Lot:
    """Record an event of a lot that the caller keeps locked, and move its parcels with it.

    Raises:
        FutureDate: it is after today.
        IllegalLotEvent, LaterLotEventBroken: not possible in that state.
        IllegalTransition, LaterEventBroken, NotFound: not possible for one of the parcels.

    """
    refuse_future("/effective_on", when.effective_on)
    after = entered(session, lot, kind, when, facts)
    told = written(facts)
    session.add(LotEvent(lot_id=lot.id, kind=kind, facts=told, actor=actor.label, **when._asdict()))
    before = _state_of(lot)
    for name in COLUMNS:
        setattr(lot, name, getattr(after, name))
    touch(lot)
    session.flush()
    _move_parcels(session, actor, lot, kind, when)
    known = {name: value for name, value in (told | when._asdict()).items() if value is not None and name != "winner"}
    seen = {**_state_of(lot), **{f"event_{name}": value for name, value in known.items()}}
    record(session, Action.LOT_EVENT_RECORDED, "lot", lot.id, before=before, after={**seen, "event": kind})
    return lot


def _move_parcels(session: Session, actor: Actor, lot: Lot, kind: LotEventKind, when: Occurrence) -> None:
    if (event := EVENT_OF_PARCEL.get(kind)) is None:
        return
    note = when.note or f"{EVENT_TITLES[kind][0]}：{lot.number}"
    new = EventCreate(kind=event, effective_on=when.effective_on, document_id=when.document_id, note=note)
    for parcel in queries.parcels_of(session, [lot.id])[lot.id]:
        record_event(session, actor, parcel.code, new, governed=True)


def _state_of(lot: Lot) -> dict[str, object]:
    return {name: getattr(lot, name) for name in ("stage", "hold", "opens_at", "closes_at", "price_yuan", "version")}
