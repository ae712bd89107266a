"""The contracts of a past day, as known at some time, are what a naive replay of what happened gives."""

import datetime as dt
from decimal import Decimal
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.accounts.access import system
from service.overview import queries
from service.overview.asked import span
from service.parcels.selection import Moment, Selection
from tests.factories.supply import contract, ground, happened

Super = psycopg.Connection[Any]
ACTOR, SIGNED = system("test"), dt.date(2022, 1, 1)
# Few days, so that things meet; the moment is among the last of them, so that most of it is in force and known.
DAYS, LATE = (st.integers(least, 12).map(lambda n: SIGNED + dt.timedelta(n)) for least in (1, 8))
YUAN = st.integers(1, 900)
PARTS = st.lists(st.tuples(DAYS, YUAN), min_size=1, max_size=3)
SET = st.fixed_dictionaries(
    {"start_due_on": st.none() | DAYS}, optional={"instalments": PARTS, "delivery_due_on": st.none() | DAYS}
)
EVENTS = st.lists(st.tuples(st.sampled_from(["amend", "deliver", "start"]), DAYS, DAYS, SET), min_size=2, max_size=6)
PAID = st.lists(st.tuples(DAYS, DAYS, YUAN), max_size=5)
Event = tuple[str, dt.date, dt.date, dict[str, Any]]


def at(day: dt.date) -> dt.datetime:
    """The noon of a day, when it is recorded."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def written(facts: dict[str, Any]) -> dict[str, Any]:
    parts = [{"due_on": str(day), "yuan": f"{yuan}.00"} for day, yuan in facts.get("instalments", ())]
    said = {name: value and str(value) for name, value in facts.items() if name != "instalments"}
    return said | ({"instalments": parts} if "instalments" in facts else {})


def naive(
    events: list[Event], paid: list[tuple[dt.date, dt.date, int]], day: dt.date, known: dt.datetime
) -> dict[str, Any]:
    """Walk through everything there is, in order of effect and then of entry."""
    agreed: dict[str, Any] = {"instalments": [(dt.date(2022, 1, 5), 100)], "start_due_on": None}
    agreed["delivery_due_on"] = None
    for _, on, entered, facts in sorted(events, key=lambda each: each[1]):
        if on <= day and at(entered) <= known:
            agreed |= facts
    due = sum(yuan for on, yuan in agreed["instalments"] if on <= day)
    got = sum(yuan for on, entered, yuan in paid if on <= day and at(entered) <= known)
    return {
        "due": Decimal(due),
        "paid": Decimal(got),
        "owed": Decimal(max(due - got, 0)),
        "delivery": agreed["delivery_due_on"],
        "start": agreed["start_due_on"],
        "started": any(e[0] == "start" and e[1] <= day and at(e[2]) <= known for e in events),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS, PAID, LATE, LATE)
def test_a_past_day_is_a_naive_replay(
    database: object, superuser: Super, events: list[Event], paid: list[Any], day: dt.date, known_on: dt.date
) -> None:
    known = at(known_on)
    with superuser.transaction(force_rollback=True):
        ground(superuser)
        contract(superuser, 1, [1], ("sign", str(SIGNED)), instalments=(("2022-01-05", 100),), price_yuan=100)
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute("UPDATE contract_event SET recorded_at = '2022-01-01+00'")
        for kind, on, entered, facts in events:
            happened(superuser, 1, kind, str(on), written(facts), recorded_at=at(entered))
        for on, entered, yuan in paid:
            superuser.execute(
                "INSERT INTO payment (contract_id, paid_on, yuan, actor, recorded_at) VALUES (1, %s, %s, 'x', %s)",
                (on, yuan, at(entered)),
            )
        asked = span(day, Selection(moment=Moment(as_of=day, known_at=known)), year=2022)
        ((*_, due, got, owed, delivery, start),) = queries.contracts(
            superuser, ACTOR, asked, "signed", after=None, limit=2
        )
        started = queries.contracts(superuser, ACTOR, asked, "started", after=None, limit=2)
        sums = queries.contract_sums(superuser, ACTOR, asked)
    told = {"due": due, "paid": got, "owed": owed, "delivery": delivery, "start": start, "started": bool(started)}
    assert told == naive(events, paid, day, known)
    assert (sums.due_yuan, sums.paid_yuan, sums.owed_yuan) == (due, got, owed)
