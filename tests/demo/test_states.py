"""Every state of everything that supply is made of occurs in the demo, so that every page has something to show."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg
import pytest

from service.contracts.lifecycle import ContractEventKind, ContractStage
from service.contracts.standard_land import Consequence
from service.listings.lifecycle import LotEventKind, LotHold, LotStage
from service.plans.states import PlanAction, PlanStatus
from service.plans.targets import TargetKind
from service.schemes.methods import Method
from service.schemes.states import Level, SchemeAction, SchemeStatus
from tests.conftest import Demo

# What the column of a table, or an expression on it, should have a row of.
STATES: dict[str, tuple[str, Iterable[object]]] = {
    "plan": ("SELECT status FROM supply_plan", PlanStatus),
    "step of a plan": ("SELECT kind FROM plan_event", {*PlanAction} - {PlanAction.edit} | {"create"}),
    "target": ("SELECT kind FROM plan_target", TargetKind),
    "change of a target": (
        """SELECT coalesce(d.approved::text, 'waits') FROM plan_target_change AS c
        LEFT JOIN plan_target_decision AS d ON d.change_id = c.id""",
        ("waits", "true", "false"),
    ),
    "scheme": ("SELECT status FROM supply_scheme", SchemeStatus),
    "level of a scheme": ("SELECT level FROM supply_scheme", Level),
    "step of a scheme": ("SELECT kind FROM scheme_step", {*SchemeAction} - {SchemeAction.edit}),
    "method": ("SELECT method FROM supply_scheme", Method),
    "notice": (
        """SELECT CASE WHEN published_on IS NULL THEN 'draft' WHEN amends_id IS NULL THEN 'public'
        ELSE 'supplementary' END FROM notice""",
        ("draft", "public", "supplementary"),
    ),
    "lot": ("SELECT stage FROM lot", LotStage),
    "suspension of a lot": ("SELECT hold FROM lot", LotHold),
    "event of a lot": ("SELECT kind FROM lot_event", LotEventKind),
    "round of a lot": ("SELECT least(round, 2)::text FROM lot", ("1", "2")),
    "contract": ("SELECT stage FROM contract", ContractStage),
    "arrears of a contract": (
        """SELECT EXISTS (SELECT FROM instalment AS i WHERE i.contract_id = c.id AND i.due_on < '2022-11-15' HAVING
        sum(i.yuan) > (SELECT coalesce(sum(p.yuan), 0) FROM payment AS p WHERE p.contract_id = c.id))::text
        FROM contract AS c WHERE stage = 'in_force'""",
        ("true", "false"),
    ),
    "kind of contract": ("SELECT kind FROM contract", ("grant", "allocation")),
    "event of a contract": ("SELECT kind FROM contract_event", ContractEventKind),
    "outcome of an idle case": (
        "SELECT coalesce(outcome, 'open') FROM idle_case",
        ("open", "dismissed", "fee", "disposal", "recovery"),
    ),
    "open idle case": (
        """SELECT CASE WHEN decided_on IS NOT NULL THEN 'decided' WHEN answered_on IS NOT NULL THEN 'answered'
            WHEN notice_on IS NOT NULL THEN 'served' ELSE 'suspected' END FROM idle_case WHERE closed_on IS NULL""",
        ("suspected", "served", "answered", "decided"),
    ),
    "idle fee": (
        "SELECT CASE WHEN fee_paid_on IS NULL THEN 'owed' ELSE 'paid' END FROM idle_case WHERE fee_yuan > 0",
        ("owed", "paid"),
    ),
    "year of standard land": (
        "SELECT DISTINCT ON (contract_id, year) state FROM standard_land_step ORDER BY contract_id, year, id DESC",
        Consequence,
    ),
}


@pytest.fixture(scope="module")
def kept(new_demo: Callable[[], Demo]) -> Iterator[psycopg.Connection[Any]]:
    """A look into the demo as loaded."""
    with psycopg.connect(new_demo().urls.owner_url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("what", STATES)
def test_every_state_has_a_row(kept: psycopg.Connection[Any], what: str) -> None:
    statement, states = STATES[what]
    found = {str(row[0]) for row in kept.execute(statement.encode())}
    assert sorted({str(each) for each in states} - found) == []
