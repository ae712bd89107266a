"""The indices of standard land (标准地) as they are signed, with a contract or after it."""

import datetime as dt

from sqlalchemy.orm import Session

from service.codes import queries as codes
from service.contracts.models import Contract
from service.contracts.performance_models import StandardLandIndicator
from service.contracts.performance_orders import IndicatorSigned
from service.core.errors import FieldError, Invalid

STANDARD_LAND = "standard_land"


def check_indices(indicators: list[IndicatorSigned]) -> None:
    """Demand indices of the code list, each once. Raises Invalid."""
    known = codes.lists()[STANDARD_LAND].entries
    names = [each.name for each in indicators]
    errors = [
        FieldError(f"/indicators/{i}/name", "unknown-code", f"没有指标“{name}”", f"There is no index {name!r}")
        for i, name in enumerate(names)
        if name not in known or name in names[:i]
    ]
    if errors:
        raise Invalid(f"{errors[0].zh}。", f"{errors[0].en}.", errors=errors)


def sign_indices(
    session: Session,
    contract: Contract,
    edition: int,
    indicators: list[IndicatorSigned],
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
