"""What can happen to an item in each state: the whole product of states and actions, and what an item waits for."""

import random
from collections.abc import Mapping

import pytest

from service.checklist.states import (
    ACTION_TITLES,
    REASONED,
    STATE_TITLES,
    SYSTEM,
    UNFINISHED,
    Action,
    ActionIncomplete,
    FourEyes,
    HardItem,
    IllegalItemAction,
    Standing,
    State,
    Stored,
    after,
    allowed,
    refuse_incomplete,
    standing,
    waiting_for,
)

# Reviewed by people: a line a state, a column an action, what is stored afterwards; "-": not possible.
TABLE = """
                start        submit     return    accept  reopen       waive   unwaive  expire    exclude         include
cannot_start    -            -          -         -       -            waived  -        -         not_applicable  -
ready           in_progress  -          -         -       -            waived  -        -         not_applicable  -
in_progress     -            submitted  -         done    -            waived  -        -         not_applicable  -
submitted       -            -          returned  done    -            waived  -        -         not_applicable  -
returned        -            submitted  -         -       -            waived  -        -         not_applicable  -
done            -            -          -         -       in_progress  -       -        returned  -               -
waived          -            -          -         -       -            -       open     -         not_applicable  -
not_applicable  -            -          -         -       -            -       -        -         -               open
"""  # noqa: E501 - a table
_HEAD, *_LINES = (line.split() for line in TABLE.strip().splitlines())
EXPECTED = {
    (State(state), Action(action)): None if result == "-" else Stored(result)
    for state, *results in _LINES
    for action, result in zip(_HEAD, results, strict=True)
}


def test_the_table_is_whole() -> None:
    assert EXPECTED.keys() == {(state, action) for state in State for action in Action}


REFUSED_BY_LAW = {(state, Action.waive) for state in State} | {(State.in_progress, Action.accept)}
"""What nobody may do with a hard item, and does with others."""


@pytest.mark.parametrize("rule", [None, "R42"])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_an_action_does_what_the_table_says(state: State, action: Action, rule: str | None) -> None:
    expected = EXPECTED[state, action]
    if expected is None:
        with pytest.raises(IllegalItemAction) as raised:
            after(state, action, rule=rule)
        assert str(state) not in raised.value.zh
        assert raised.value.facts["allowed"] == [each.value for each in allowed(state, hard=rule is not None)]
    elif rule is not None and (state, action) in REFUSED_BY_LAW:
        with pytest.raises(HardItem if action is Action.waive else FourEyes) as refused:
            after(state, action, rule=rule)
        assert "R42 考古前置" in refused.value.zh
        assert refused.value.facts == {"rule": "R42"}
    else:
        assert after(state, action, rule=rule) is expected


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("state", State)
def test_what_is_allowed_is_what_works_and_is_somebodys(state: State, hard: bool) -> None:  # noqa: FBT001
    for action in Action:
        possible = EXPECTED[state, action] is not None and action not in SYSTEM
        refused = hard and (state, action) in REFUSED_BY_LAW
        assert (action in allowed(state, hard=hard)) == (possible and not refused)
    assert allowed(state, hard=hard, follows=True) == ()


@pytest.mark.parametrize("action", Action)
def test_reasons_and_documents(action: Action) -> None:
    if action in REASONED:
        with pytest.raises(ActionIncomplete):
            refuse_incomplete(action, reason=" ", document=True)
    refuse_incomplete(action, reason="理由", document=True)
    if action is Action.waive:
        with pytest.raises(ActionIncomplete, match="document"):
            refuse_incomplete(action, reason="理由")
    else:
        refuse_incomplete(action, reason="理由")


def test_every_state_and_action_is_named() -> None:
    assert STATE_TITLES.keys() == set(State)
    assert ACTION_TITLES.keys() == set(Action)


def test_every_state_but_the_derived_ones_is_stored() -> None:
    assert {each.value for each in Stored} - {"open"} == {each.value for each in State} - {"cannot_start", "ready"}


def awaited(key: str, items: Mapping[str, Standing]) -> set[str]:
    found: set[str] = set()
    for need in items[key].needs:
        if need not in items or items[need].stored is Stored.done:
            continue
        passed_on = items[need].stored in {Stored.waived, Stored.not_applicable}
        found |= awaited(need, items) if passed_on else {need}
    return found


def test_an_item_waits_for_what_is_unfinished_before_it() -> None:
    chance = random.Random(8)
    for _ in range(500):
        items = {
            str(number): Standing(
                chance.choice([*Stored]), [str(need) for need in range(-1, number) if chance.random() < 0.4]
            )
            for number in range(7)
        }
        waits, states = waiting_for(items), standing(items)
        for key, item in items.items():
            assert set(waits[key]) == awaited(key, items)
            if item.stored is Stored.open:
                assert states[key] is (State.cannot_start if waits[key] else State.ready)
            else:
                assert states[key].value == item.stored.value
            assert (states[key] in UNFINISHED) == (item.stored not in {"done", "waived", "not_applicable"})


def test_what_is_waited_for_stands_in_the_order_of_the_needs() -> None:
    items = {
        "c": Standing(Stored.open, ("b", "a", "gone")),
        "a": Standing(Stored.open, ()),
        "b": Standing(Stored.waived, ("z", "y", "a")),
        "y": Standing(Stored.done, ()),
        "z": Standing(Stored.returned, ()),
    }
    assert waiting_for(items)["c"] == ("z", "a")
