"""Wire shapes of the rules of jurisdictions, and of a bureau's replacement."""

import datetime as dt

from service.core.schemas import Output
from service.parcels.schemas import Named


class PolicyRead(Output):
    """Which template a jurisdiction uses, and from which notice day a sale needs a checklist."""

    jurisdiction: Named
    template: str
    required_from: dt.date | None
    version: int


class PolicyList(Output):
    """The rules of the jurisdictions that the caller may see."""

    items: list[PolicyRead]


class BureauReplaced(Output):
    """How many items went over to another bureau."""

    items: int
