"""The indices of standard land (标准地) as they are signed, with a contract or after it."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.contracts.models import Contract
from service.contracts.performance_models import StandardLandIndicator
from service.listings.indices import IndexAsked, check_indices, refuse_weaker
from service.listings.models import Lot


def to_sign(lot: Lot, asked: Sequence[IndexAsked] | None) -> Sequence[IndexAsked]:
    """Return what is signed with a lot's contract: what was announced, or what is said, if that falls nowhere short.

    Raises:
        Invalid: an index is unknown, said twice, missing, or weaker than announced.

    """
    announced = [IndexAsked.model_validate(each) for each in lot.indicators or ()]
    if asked is None:
        return announced
    check_indices(asked)
    refuse_weaker(announced, asked)
    return asked


def sign_indices(
    session: Session,
    contract: Contract,
    edition: int,
    indicators: Sequence[IndexAsked],
    signed_on: dt.date,
    document_id: int | None,
) -> None:
    """Keep an edition of the indices of standard land; the caller audits."""
    session.add_all(
        StandardLandIndicator(
            contract_id=contract.id,
            edition=edition,
            signed_on=signed_on,
            document_id=document_id,
            **each.model_dump(),
        )
        for each in indicators
    )
    session.flush()
