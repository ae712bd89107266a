"""The status machine of a plan, over every status and action."""

import itertools

import pytest

from service.plans.states import TRANSITIONS, PlanAction, PlanStatus, WrongStatus, after, allowed

# Written out by hand, so that a change of the table is a change of two places.
POSSIBLE = {
    "draft edit": "draft",
    "draft submit": "submitted",
    "submitted return": "draft",
    "submitted approve": "approved",
    "approved return": "draft",
    "approved publish": "published",
    "published amend": "published",
    "published replace": "amended",
}


@pytest.mark.parametrize(("status", "action"), list(itertools.product(PlanStatus, PlanAction)))
def test_every_action_in_every_status(status: PlanStatus, action: PlanAction) -> None:
    expected = POSSIBLE.get(f"{status} {action}")
    if expected is None:
        with pytest.raises(WrongStatus) as refused:
            after(status, action)
        assert refused.value.facts["allowed"] == [str(each) for each in allowed(status)]
    else:
        assert after(status, action) == expected
        assert (action in allowed(status)) == (action is not PlanAction.replace_)


def test_a_plan_that_was_replaced_is_history() -> None:
    assert allowed(PlanStatus.amended) == ()
    assert {target for (_, target) in TRANSITIONS.items()} == set(PlanStatus)
