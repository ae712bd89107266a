"""Indices of standard land (标准地): announced with a lot (明标供地), signed with its contract. Pure.

Source: domain notes §2.1 (DB41/T 2428—2023: 按标做地, 明标供地, 履标用地).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from service.codes import queries as codes
from service.core.errors import FieldError, Invalid
from service.core.schemas import Input, Output
from service.plans.changes import Code

STANDARD_LAND = "standard_land"
Sense = Literal["at_least", "at_most"]
Year = Annotated[int, Field(ge=1990, le=2100)]
Figure = Annotated[Decimal, Field(ge=-(10**13), lt=10**13, decimal_places=4, allow_inf_nan=False)]


class IndexAsked(Input):
    """An index of standard land (标准地)."""

    name: Code = Field(description="code list standard_land")
    sense: Sense = "at_least"
    target: Figure = Field(description="in the unit of the code list")
    from_year: Year | None = Field(None, description="达产年度; null: from the start")


class IndexRead(Output):
    """An index as announced; the target is exact text."""

    name: str
    sense: Sense
    target: Decimal
    from_year: int | None


def check_indices(indices: Sequence[IndexAsked], at: str = "/indicators") -> None:
    """Demand indices of the code list, each once; `at`: where they stand in what was sent. Raises Invalid."""
    known = codes.lists()[STANDARD_LAND].entries
    names = [each.name for each in indices]
    errors = [
        FieldError(f"{at}/{i}/name", "unknown-code", f"没有指标“{name}”", f"There is no index {name!r}")
        for i, name in enumerate(names)
        if name not in known or name in names[:i]
    ]
    if errors:
        raise Invalid(f"{errors[0].zh}。", f"{errors[0].en}.", errors=errors)


def weaker(announced: IndexAsked, signed: IndexAsked) -> bool:
    """Tell whether what is to be signed asks less than what was announced: a lower bound, or from a later year.

    >>> tax = IndexAsked(name="tax_per_mu", target=Decimal(50), from_year=2025)
    >>> weaker(tax, tax.model_copy(update={"target": Decimal("49.9999")})), weaker(tax, tax)
    (True, False)
    """
    if announced.sense != signed.sense:
        return True
    short = signed.target < announced.target if announced.sense == "at_least" else signed.target > announced.target
    return short or (signed.from_year or 0) > (announced.from_year or 0)


def refuse_weaker(announced: Sequence[IndexAsked], signed: Sequence[IndexAsked]) -> None:
    """Demand of a contract every index that its lot was announced with, no weaker. Raises Invalid."""
    known = {each.name: (i, each) for i, each in enumerate(signed)}
    titles = codes.lists()[STANDARD_LAND].entries
    errors = []
    for each in announced:
        at, own = known.get(each.name, (None, None))
        if own is None or weaker(each, own):
            title = titles[each.name]
            errors.append(
                FieldError(
                    "/indicators" if at is None else f"/indicators/{at}",
                    "index-weaker-than-announced",
                    f"指标“{title.name}”低于出让公告",
                    f"The index {title.name_en!r} falls short of what was announced",
                )
            )
    if errors:
        raise Invalid(f"{errors[0].zh}。", f"{errors[0].en}.", errors=errors)
