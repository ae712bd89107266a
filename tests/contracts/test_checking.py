"""`gongdi doctor --data` sees what was written behind the service's back."""

from typing import Any

import psycopg
import pytest

from service.accounts.access import Actor, system
from service.contracts.checking import Disagreement, disagreements
from service.contracts.orders import PaymentMade
from service.contracts.payment_commands import record_payment
from service.core.db import Database
from tests.factories.contracts import PRICE, SOLD, make_contract, make_lot

Owner = psycopg.Connection[Any]


@pytest.fixture
def kept(database: Database, actor: Actor) -> Database:
    """A paid contract over two parcels, and a sold lot; all of one mind."""
    with database.write(system("test")) as session:
        contract = make_contract(session, make_lot(session, parcels=2))
        record_payment(session, actor, contract.id, PaymentMade(paid_on=SOLD, yuan=PRICE), version=contract.version)
        make_lot(session)
    assert found(database) == []
    return database


def found(database: Database) -> list[Disagreement]:
    with database.read() as session:
        return disagreements(session)


@pytest.mark.parametrize(
    ("broken", "checks"),
    [
        (
            "UPDATE parcel SET stage = 'delivered' WHERE id = (SELECT min(parcel_id) FROM contract_parcel)",
            {"parcel-events", "parcel-of-contract"},
        ),
        (
            "UPDATE parcel SET idle = 'suspected' WHERE id = (SELECT min(parcel_id) FROM contract_parcel)",
            {"parcel-events", "parcel-idle"},
        ),
        ("UPDATE contract SET holder = 'x'", {"contract-events"}),
        ("UPDATE contract SET paid_on = NULL", {"contract-events", "contract-paid", "parcel-of-contract"}),
        ("UPDATE instalment SET yuan = yuan + 1 WHERE ordinal = 1", {"contract-events", "instalments-sum"}),
        ("DELETE FROM payment", {"contract-paid"}),
        ("DELETE FROM contract_event WHERE kind = 'sign'", {"contract-events"}),
        ("DELETE FROM contract_event", {"contract-events"}),
        (
            "DELETE FROM contract_parcel WHERE parcel_id = (SELECT max(parcel_id) FROM contract_parcel)",
            {"contract-land"},
        ),
        ("UPDATE contract_parcel SET live = false", {"contract-holds"}),
        ("UPDATE lot_parcel SET live = false", {"lot-holds", "parcel-without-lot"}),
        ("UPDATE scheme_parcel SET live = false", {"scheme-holds"}),
        ("UPDATE supply_scheme SET status = 'spent'", {"lot-of-scheme", "scheme-holds"}),
        ("UPDATE lot SET winner = 'x', price_yuan = 1 WHERE stage = 'sold'", {"lot-events"}),
        ("DELETE FROM lot_event WHERE kind = 'open'", {"lot-events"}),
        ("DELETE FROM lot_event", {"lot-events"}),
        (
            "UPDATE parcel SET stage = 'listed' WHERE stage = 'sold'",
            {"parcel-events", "parcel-of-lot"},
        ),
        (
            "UPDATE parcel SET stage = 'reserved' WHERE stage = 'sold'",
            {"parcel-events", "parcel-of-lot", "parcel-of-scheme"},
        ),
        (
            "UPDATE lot SET stage = 'concluded' WHERE stage = 'sold'",
            {"lot-concluded", "lot-events", "lot-holds", "parcel-of-lot"},
        ),
    ],
)
def test_each_kind_of_disagreement_is_found(kept: Database, superuser: Owner, broken: str, checks: set[str]) -> None:
    superuser.execute(f"SET session_replication_role = replica; {broken}; SET session_replication_role = origin")
    told = found(kept)
    assert {each.check for each in told} == checks
    assert all(each.id and each.kept != each.expected for each in told)
