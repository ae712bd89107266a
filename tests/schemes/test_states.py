"""The status machine of a scheme, over every status and action, and over every accepted sequence of them."""

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import Conflict, Invalid, PreconditionFailed
from service.parcels.lifecycle import Stage
from service.schemes import queries
from service.schemes.changes import SchemeChange, SchemeStepOrder
from service.schemes.commands import change_scheme, spend_scheme
from service.schemes.states import LIVE, TRANSITIONS, SchemeAction, SchemeStatus, WrongStatus, after, allowed
from service.schemes.step_commands import take_step
from tests.factories.parcels import make_parcel
from tests.factories.schemes import ON, complete, make_scheme

# Written out by hand, so that a change of the table is a change of two places.
POSSIBLE = {
    "draft edit": "draft",
    "draft submit": "submitted",
    "draft withdraw": "withdrawn",
    "submitted return": "draft",
    "submitted endorse": "submitted",
    "submitted approve": "approved",
    "submitted withdraw": "withdrawn",
    "approved spend": "spent",
}


@pytest.mark.parametrize(("status", "action"), list(itertools.product(SchemeStatus, SchemeAction)))
def test_every_action_in_every_status(status: SchemeStatus, action: SchemeAction) -> None:
    expected = POSSIBLE.get(f"{status} {action}")
    if expected is None:
        with pytest.raises(WrongStatus) as refused:
            after(status, action)
        assert refused.value.facts["allowed"] == [str(each) for each in allowed(status)]
    else:
        assert after(status, action) == expected
        assert (action in allowed(status)) == (action is not SchemeAction.spend)


def test_what_has_ended_stays_ended() -> None:
    assert allowed(SchemeStatus.withdrawn) == allowed(SchemeStatus.spent) == ()
    assert {target for (_, target) in TRANSITIONS.items()} == set(SchemeStatus)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["planner", "approver"]),
        st.sampled_from([*SchemeAction]),
        st.booleans(),  # by what was last seen
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, level=st.sampled_from(["district", "city"]))
def test_whatever_is_accepted_scheme_land_and_steps_agree(
    session: Session, planner: Actor, approver: Actor, acts: list[tuple[str, SchemeAction, bool]], level: str
) -> None:
    parcel = make_parcel(session, stage=Stage.cleared, land_uses=[{"code": "0902"}])
    scheme = complete(session, make_scheme(session, [parcel], level=level), [parcel])
    seen, people = scheme.version, {"planner": planner, "approver": approver}
    expected, kinds, submitter = SchemeStatus.draft, ["create"], None
    for who, action, fresh in acts:
        version, status = scheme.version if fresh else seen, SchemeStatus(scheme.status)
        try:
            with session.begin_nested():
                _act(session, people[who], scheme.id, action, version)
        except (Conflict, Invalid, PreconditionFailed):
            session.expire_all()
            assert (scheme.status, scheme.version) == (status, scheme.version)
            continue
        assert version == scheme.version - 1
        seen = scheme.version
        expected = after(expected, action)
        kinds += [] if action is SchemeAction.edit else [str(action)]
        submitter = who if action is SchemeAction.submit else submitter
        assert not (action in {SchemeAction.endorse, SchemeAction.approve} and who == submitter)
        _agree(session, scheme.id, expected, kinds)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def _act(session: Session, actor: Actor, scheme_id: int, action: SchemeAction, version: int) -> None:
    if action is SchemeAction.edit:
        change_scheme(session, actor, scheme_id, SchemeChange(note="x"), version=version)
    elif action is SchemeAction.spend:
        scheme = queries.scheme_by_id(session, actor, scheme_id)
        if scheme.status != SchemeStatus.approved or scheme.version != version:
            raise WrongStatus
        spend_scheme(session, actor, scheme_id, effective_on=ON)
    else:
        order = SchemeStepOrder(effective_on=dt.date(2022, 9, 1), note="说明")
        take_step(session, actor, scheme_id, action, order, version=version)


def _agree(session: Session, scheme_id: int, status: SchemeStatus, kinds: list[str]) -> None:
    session.expire_all()
    ((link, parcel),) = queries.parcels_of(session, scheme_id)
    row = session.execute(text("SELECT status, approved_on FROM supply_scheme WHERE id = :id"), {"id": scheme_id}).one()
    assert row.status == status
    assert (row.approved_on is not None) == (status in {SchemeStatus.approved, SchemeStatus.spent})
    assert link.live == (status in LIVE)
    assert (parcel.stage == Stage.scheme_approved) == ("approve" in kinds)
    assert [each[0].kind for each in queries.steps_of(session, scheme_id)] == kinds
