import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.parcels import lifecycle
from service.parcels.lifecycle import (
    Effect,
    EventKind,
    Happened,
    Hold,
    Idle,
    IllegalTransition,
    LaterEventBroken,
    Stage,
    State,
)

EVERY_STATE = [State(*parts) for parts in itertools.product(Stage, Hold, Idle)]

# Written from the domain notes, not from the code: stage → event → stage after ("=" leaves it).
COURSE = """
candidate        acquire         acquiring
acquiring        reserve         reserved
reclaimed        reserve         reserved
reserved         clear           cleared
cleared          approve_scheme  scheme_approved
scheme_approved  publicise       publicised
scheme_approved  announce        announced
announced        open_listing    listed
listed           sell            sold
listed           fail            scheme_approved
publicised       terminate       scheme_approved
announced        terminate       scheme_approved
listed           terminate       scheme_approved
sold             void_award      scheme_approved
sold             contract        contracted
publicised       contract        contracted
contracted       rescind         reserved
paid             rescind         reserved
delivered        rescind         reserved
contracted       pay             paid
delivered        pay             =
started          pay             =
contracted       deliver         delivered
paid             deliver         delivered
delivered        start           started
started          complete        completed
contracted       reclaim         reclaimed
paid             reclaim         reclaimed
delivered        reclaim         reclaimed
started          reclaim         reclaimed
completed        reclaim         reclaimed
"""
EXPECTED_COURSE = {(a, b): c for a, b, c in (line.split() for line in COURSE.split("\n") if line)}
WITH_GRANTEE = {"contracted", "paid", "delivered", "started"}
INTERRUPTIBLE = {"publicised", "announced", "listed", "sold"} | WITH_GRANTEE
IDLE_MOVES = {
    "suspect_idle": ("none", "suspected"),
    "dismiss_idle": ("suspected", "none"),
    "confirm_idle": ("suspected", "confirmed"),
    "dispose_idle": ("confirmed", "disposing"),
    "end_idle": ("disposing", "none"),
}


def expected(state: State, kind: EventKind) -> tuple[str, str, str] | None:
    """The state after, or None where the event is illegal."""
    stage, hold, idle = (str(part) for part in state)
    suspended = hold == "suspended"
    if kind in {"propose", "adopt"} or (suspended and kind not in {"resume", "terminate", "reclaim"}):
        return None
    if kind in {"suspend", "resume"}:
        legal = stage in INTERRUPTIBLE and suspended == (kind == "resume")
        return (stage, "suspended" if kind == "suspend" else "none", idle) if legal else None
    if kind in IDLE_MOVES:
        before, after = IDLE_MOVES[kind]
        return (stage, hold, after) if idle == before and stage in WITH_GRANTEE else None
    after_stage = EXPECTED_COURSE.get((stage, str(kind)))
    if after_stage is None or (kind == "start" and idle == "confirmed") or (kind == "complete" and idle != "none"):
        return None
    if kind in {"fail", "terminate", "void_award", "rescind", "reclaim"}:
        return (after_stage, "none", "none")
    return (stage if after_stage == "=" else after_stage, hold, idle)


@pytest.mark.parametrize("kind", EventKind)
def test_every_state_and_event_does_what_the_domain_notes_say(kind: EventKind) -> None:
    for state in EVERY_STATE:
        wanted = expected(state, kind)
        if wanted is None:
            with pytest.raises(IllegalTransition):
                lifecycle.advance(state, kind)
            assert kind not in lifecycle.allowed(state)
        else:
            assert tuple(map(str, lifecycle.advance(state, kind).on(state))) == wanted
            assert kind in lifecycle.allowed(state)


def test_at_most_one_rule_fits() -> None:
    for state, rules in itertools.product(EVERY_STATE, lifecycle.RULES.values()):
        assert sum(rule.fits(state) for rule in rules) <= 1


def reachable() -> dict[State, set[State]]:
    """Every state that a proposed parcel can come to, with those one event away."""
    found: dict[State, set[State]] = {}
    waiting = [State(Stage.candidate)]
    while waiting:
        state = waiting.pop()
        if state not in found:
            found[state] = {lifecycle.advance(state, kind).on(state) for kind in lifecycle.allowed(state)}
            waiting += found[state]
    return found


def test_every_possible_state_is_reached_and_no_other() -> None:
    assert set(reachable()) == {state for state in EVERY_STATE if lifecycle.is_possible(state)}


def test_no_state_is_a_dead_end() -> None:
    graph = reachable()
    assert all(graph[state] - {state} for state in graph)
    assert lifecycle.allowed(State(Stage.completed)) == (EventKind.reclaim,)
    assert lifecycle.allowed(State(Stage.reclaimed)) == (EventKind.reserve,)


def test_a_life_begins_once() -> None:
    assert lifecycle.allowed(None) == (EventKind.propose, EventKind.adopt, EventKind.derive)
    assert lifecycle.advance(None, EventKind.propose).on(None) == State(Stage.candidate)
    with pytest.raises(IllegalTransition):
        lifecycle.advance(None, EventKind.sell)


@pytest.mark.parametrize("state", EVERY_STATE, ids="-".join)
def test_a_delivered_state_is_adopted_only_if_possible(state: State) -> None:
    if lifecycle.is_possible(state):
        assert lifecycle.advance(None, EventKind.adopt, delivered=state).on(None) == state
    else:
        with pytest.raises(IllegalTransition):
            lifecycle.advance(None, EventKind.adopt, delivered=state)


def test_a_refusal_names_what_is_allowed_in_both_languages() -> None:
    with pytest.raises(IllegalTransition) as refused:
        lifecycle.advance(State(Stage.announced), EventKind.sell)
    error = refused.value
    assert error.facts["allowed"] == ("open_listing", "suspend", "terminate")
    assert error.facts["state"] == {"stage": "announced", "hold": "none", "idle": "none"}
    assert "已公告" in error.zh
    assert "开始挂牌" in error.zh
    assert "Open the listing" in error.en


@st.composite
def lives(draw: st.DrawFn) -> list[Happened]:
    """A random legal course from its beginning."""
    first = draw(st.sampled_from([State(stage) for stage in Stage]))
    effect = lifecycle.advance(None, EventKind.adopt, delivered=first)
    day = dt.date(2020, 1, 1)
    events, state = [Happened(EventKind.adopt, effect, day)], first
    for _ in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(lifecycle.allowed(state)))
        effect = lifecycle.advance(state, kind)
        day += dt.timedelta(draw(st.integers(0, 3)))
        events.append(Happened(kind, effect, day))
        state = effect.on(state)
    return events


def last_set(events: list[Happened]) -> State:
    """The state as a query reads it: for each of the three, the last value that was set."""

    def last(index: int) -> object:
        return next(event.effect[index] for event in reversed(events) if event.effect[index] is not None)

    return State(*(last(index) for index in range(3)))  # type: ignore[arg-type]


@given(lives())
def test_the_last_values_set_are_the_replayed_state_at_every_step(events: list[Happened]) -> None:
    for length in range(1, len(events) + 1):
        assert last_set(events[:length]) == lifecycle.replay(events[:length])


@given(lives())
def test_a_random_life_never_leaves_the_possible_states(events: list[Happened]) -> None:
    state = lifecycle.replay(events)
    assert state is not None
    assert lifecycle.is_possible(state)


def test_replay_refuses_an_event_that_would_now_do_something_else() -> None:
    paid = [
        Happened(EventKind.adopt, Effect(*State(Stage.contracted)), dt.date(2022, 1, 1)),
        Happened(EventKind.deliver, Effect(Stage.delivered), dt.date(2022, 2, 1)),
        Happened(EventKind.pay, Effect(Stage.paid), dt.date(2022, 3, 1)),
    ]
    with pytest.raises(IllegalTransition):
        lifecycle.replay(paid)


@given(lives(), st.sampled_from(EventKind), st.integers(-1, 100))
def test_a_late_entry_is_taken_exactly_if_the_whole_life_stays_legal(
    events: list[Happened], kind: EventKind, days: int
) -> None:
    day = dt.date(2020, 1, 1) + dt.timedelta(days)
    place = sum(event.effective_on <= day for event in events)
    try:
        effect = lifecycle.enter(events, kind, day)
    except IllegalTransition:
        assert place == 0 or kind not in lifecycle.allowed(lifecycle.replay(events[:place]))
    except LaterEventBroken:
        effect = lifecycle.advance(lifecycle.replay(events[:place]), kind)
        with pytest.raises(IllegalTransition):
            lifecycle.replay([*events[:place], Happened(kind, effect, day), *events[place:]])
    else:
        assert lifecycle.replay([*events[:place], Happened(kind, effect, day), *events[place:]]) is not None


def test_replay_of_nothing_is_no_state() -> None:
    assert lifecycle.replay([]) is None


def test_everything_has_a_title_in_both_languages_and_one_family() -> None:
    for titles, members in (
        (lifecycle.STAGE_TITLES, Stage),
        (lifecycle.HOLD_TITLES, Hold),
        (lifecycle.IDLE_TITLES, Idle),
        (lifecycle.EVENT_TITLES, EventKind),
    ):
        assert set(titles) == set(members)
        assert len(set(titles.values())) == len(titles)
    assert sorted(itertools.chain(*lifecycle.FAMILIES.values())) == sorted(Stage)
