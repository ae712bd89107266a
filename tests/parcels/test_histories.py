"""Whatever events a parcel accepts, in order or late: what is kept of it is what its events say, at every step."""

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import GongdiError
from service.parcels import lifecycle
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.lifecycle import EventKind, Happened, Hold, Idle, Stage, State
from service.parcels.models import Parcel, ParcelEvent
from service.parcels.queries import deviations, events_of
from tests.factories.parcels import make_parcel

BEGIN, TODAY = dt.date(2015, 1, 1), dt.date(2022, 11, 15)
KEPT = ("stage", "hold", "idle", "stage_since")
# Which of the events that can follow, or any at all; so many days later than the last one, or earlier.
MOVES = st.lists(
    st.tuples(st.one_of(st.integers(0, 9), st.sampled_from(EventKind)), st.integers(-60, 200)), min_size=4, max_size=24
)


def replayed(session: Session, parcel: Parcel) -> dict[str, str]:
    """The parcel as its stored events alone make it: each value by the last event that set it."""
    rows = session.scalars(
        select(ParcelEvent)
        .where(ParcelEvent.parcel_id == parcel.id)
        .order_by(ParcelEvent.effective_on, ParcelEvent.id)
        .execution_options(populate_existing=True)
    ).all()
    found: dict[str, Any] = {}
    for row in rows:
        found |= {name: value for name in ("stage", "hold", "idle") if (value := getattr(row, name)) is not None}
        found |= {"stage_since": row.effective_on} if row.stage is not None else {}
    return {name: str(value) for name, value in found.items()}


def chosen(what: int | EventKind, events: list[Happened]) -> EventKind:
    if isinstance(what, EventKind):
        return what
    state = lifecycle.replay(sorted(events, key=lambda each: each.effective_on))
    possible = lifecycle.allowed(state)
    return possible[what % len(possible)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sampled_from([Stage.candidate, Stage.cleared, Stage.listed, Stage.delivered]), moves=MOVES)
def test_every_accepted_history_rebuilds_the_parcel(
    session: Session, actor: Actor, first: Stage, moves: list[tuple[int | EventKind, int]]
) -> None:
    outer = session.begin_nested()
    parcel = make_parcel(session, stage=first, effective_on=BEGIN)
    day = BEGIN
    for what, days in moves:
        events = list(events_of(session, [parcel.id])[parcel.id])
        day = min(max(day + dt.timedelta(days), BEGIN), TODAY)
        before, version = replayed(session, parcel), parcel.version
        order = EventCreate(kind=chosen(what, events), effective_on=day)
        try:
            with session.begin_nested():
                record_event(session, actor, parcel.code, order, governed=True)
            accepted = 1
        except GongdiError:
            session.expire_all()
            accepted = 0
        session.refresh(parcel)
        after = replayed(session, parcel)
        assert {name: str(getattr(parcel, name)) for name in KEPT} == after
        assert lifecycle.is_possible(State(Stage(parcel.stage), Hold(parcel.hold), Idle(parcel.idle)))
        assert parcel.version == version + accepted
        assert accepted or after == before
        assert len(events_of(session, [parcel.id])[parcel.id]) == len(events) + accepted
    assert deviations(session) == []
    outer.rollback()
