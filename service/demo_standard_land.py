"""Standard land (标准地) of the demo: indices as announced, what the years brought, and what followed from them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import system
from service.contracts.models import Contract
from service.contracts.performance_commands import measure_actual, sign_edition, take_consequence
from service.contracts.performance_orders import ActualMeasured, ConsequenceTaken, EditionSigned
from service.contracts.standard_land import Consequence as C  # noqa: N817 - said often here
from service.contracts.standard_land_queries import indicators_of
from service.core import clock
from service.demo_courses import Happening, following
from service.listings.indices import IndexAsked
from service.parcels.lifecycle import EventKind

OFFICER = system("demo")
_RAISED = {"output_per_mu": Decimal("1.1")}
_FIGURES = {"investment_intensity": "846", "output_per_mu": "1160", "far": "1.72"}
_ASKED = {"investment_intensity": "800", "tax_per_mu": "50", "output_per_mu": "1000", "far": "1.6"}


class Year(NamedTuple):
    """A year: taxes per mu, 万元, of which 50 are asked; what followed, step by step."""

    year: int
    taxes: str
    steps: Sequence[C]


COURSES: Mapping[str, Sequence[Year]] = {
    "ZDYX-030-02": (Year(2021, "50.4", (C.met,)), Year(2022, "43.5", (C.short, C.rectifying))),
    "ZDLJ-019-02": (
        Year(2020, "31.0", (C.short, C.rectifying, C.rectified)),
        Year(2021, "52.7", (C.met, C.released)),
        Year(2022, "47.1", (C.short,)),
    ),
    "ZDBS-062-01": (
        Year(2020, "38.2", (C.short, C.penalised, C.released)),
        Year(2021, "41.9", (C.short, C.rectifying, C.penalised)),
        Year(2022, "51.3", (C.met,)),
    ),
}
"""Parcels sold as standard land that are built on, and their years: every consequence is where some year stands."""
RAISED = "ZDYX-030-02"
"""Where a second edition of the indices was signed."""


def asked(announced: Happening) -> list[IndexAsked]:
    """Return the indices of an industrial plot sold as standard land, measured from the year of its start.

    The figures are those of Zhengzhou's High-tech Zone: domain notes §2.1.
    """
    started = following(announced, EventKind.start)
    year = None if started is None else started.year
    return [
        IndexAsked(name=name, target=Decimal(target), from_year=None if name == "far" else year)
        for name, target in _ASKED.items()
    ]


def measure(session: Session, contracts: Mapping[str, Contract]) -> None:
    """Report the years of standard land that is built on, and take what follows from each."""
    for code, years in COURSES.items():
        contract = contracts[code]
        for each in years:
            if code == RAISED and each is years[-1]:
                _raise(session, contract)
            for name, actual in {**_FIGURES, "tax_per_mu": each.taxes}.items():
                new = ActualMeasured(year=each.year, name=name, actual=Decimal(actual))
                measure_actual(session, OFFICER, contract.id, new, version=contract.version)
            for place, state in enumerate(each.steps):
                _follow(session, contract, each.year, state, place)


def _raise(session: Session, contract: Contract) -> None:
    """Sign another edition, which asks for more."""
    first = [IndexAsked.model_validate(each, from_attributes=True) for each in indicators_of(session, contract.id)]
    more = [each.model_copy(update={"target": each.target * _RAISED.get(each.name, 1)}) for each in first]
    edition = EditionSigned(signed_on=dt.date(clock.today().year, 1, 10), indicators=more)
    sign_edition(session, OFFICER, contract.id, edition, version=contract.version)


def _follow(session: Session, contract: Contract, year: int, state: C, place: int) -> None:
    """A verdict in March after the year, the steps after it three months apart; of this year, today."""
    on = min(dt.date(year + 1, 3 + 3 * place, 20), clock.today())
    more: dict[str, Any] = (
        {"due_on": dt.date(on.year + 1, 6, 30), "note": "责令整改（示意）"} if state is C.rectifying else {}
    )
    step = ConsequenceTaken(year=year, state=state, effective_on=on, **more)
    take_consequence(session, OFFICER, contract.id, step, version=contract.version)
