"""What the law holds against a contract by how it has been kept."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts import arrears, legal, queries
from service.contracts.holding import case_of
from service.contracts.models import Contract
from service.core import clock
from service.rules.finding import Finding


def first_month(session: Session, actor: Actor, contract: Contract) -> Iterator[Finding]:
    """R11 as it stood when the contract was signed; an allocation without a price owes nothing."""
    if not contract.price_yuan:
        return
    case = case_of(session, actor, contract, contract.signed_on)
    paid = arrears.standing(queries.booked(session, contract.id))
    today = min(contract.ended_on or clock.today(), clock.today())
    yield from case.law.check(
        "R11", legal.first_payment, contract.signed_on, contract.price_yuan, paid, today=today, calendar=case.calendar
    )
