"""Standard land as it is kept: editions, actual figures, and where each year stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.contracts.performance_models import StandardLandActual, StandardLandIndicator, StandardLandStep
from service.contracts.standard_land import Consequence, Index, judged


@dataclass(frozen=True, slots=True)
class Year:
    """A year: the indices in force for it, what it brought, what the figures say, and the last step."""

    year: int
    edition: int
    indices: tuple[Index, ...]
    actuals: Mapping[str, Decimal]
    verdict: Consequence | None
    last: StandardLandStep | None

    @property
    def state(self) -> Consequence | None:
        """What came of it."""
        return Consequence(self.last.state) if self.last else None


def indicators_of(session: Session, contract_id: int) -> Sequence[StandardLandIndicator]:
    """Return every edition's indices."""
    row = StandardLandIndicator
    return session.scalars(select(row).where(row.contract_id == contract_id).order_by(row.edition, row.id)).all()


def steps_of(session: Session, contract_id: int) -> Sequence[StandardLandStep]:
    """Return what followed, in order."""
    row = StandardLandStep
    return session.scalars(select(row).where(row.contract_id == contract_id).order_by(row.id)).all()


def actuals_of(session: Session, contract_id: int) -> dict[int, dict[str, Decimal]]:
    """Return the figures that count, by year and index: the last one entered."""
    row = StandardLandActual
    newest = select(func.max(row.id)).where(row.contract_id == contract_id).group_by(row.year, row.name)
    found: dict[int, dict[str, Decimal]] = {}
    for year, name, actual in session.execute(select(row.year, row.name, row.actual).where(row.id.in_(newest))):
        found.setdefault(year, {})[name] = actual
    return found


def _edition(indicators: Sequence[StandardLandIndicator], year: int) -> int:
    """Return the edition for a year: the last one signed by its end."""
    signed = [each.edition for each in indicators if each.signed_on.year <= year]
    return max(signed, default=0)


def _indices(indicators: Sequence[StandardLandIndicator], year: int) -> tuple[Index, ...]:
    edition = _edition(indicators, year)
    return tuple(
        Index(each.name, each.sense, each.target, each.from_year)
        for each in indicators
        if each.edition == edition and (each.from_year is None or each.from_year <= year)
    )


def indices_in(session: Session, contract_id: int, year: int) -> tuple[Index, ...]:
    """Return what a year is measured by."""
    return _indices(indicators_of(session, contract_id), year)


def years_of(session: Session, contract_id: int) -> list[Year]:
    """Return every year with figures or steps, the first one first."""
    indicators, actuals = indicators_of(session, contract_id), actuals_of(session, contract_id)
    steps = {each.year: each for each in steps_of(session, contract_id)}  # the last one stays
    return [
        _year(year, indicators, actuals.get(year, {}), steps.get(year))
        for year in sorted(actuals.keys() | steps.keys())
    ]


def year_of(session: Session, contract_id: int, year: int) -> Year:
    """Return where a year stands, with or without figures."""
    found = {each.year: each for each in years_of(session, contract_id)}
    return found.get(year) or _year(year, indicators_of(session, contract_id), {}, None)


def _year(
    year: int,
    indicators: Sequence[StandardLandIndicator],
    actuals: Mapping[str, Decimal],
    last: StandardLandStep | None,
) -> Year:
    indices = _indices(indicators, year)
    return Year(year, _edition(indicators, year), indices, actuals, judged(indices, actuals, year), last)
