"""Wire shapes of what goes on under a contract: permits, works, standard land, idle clock and inquiries."""

import datetime as dt
from decimal import Decimal
from typing import Self

from pydantic import AwareDatetime, Field

from service.contracts.idle import ClockState, Milestone, Reading
from service.contracts.performance_models import IdleCase
from service.contracts.performance_orders import Foundation, PermitKind, PermitPart
from service.contracts.standard_land import Consequence, allowed, satisfied
from service.contracts.standard_land_queries import Year
from service.core.schemas import Output
from service.listings.indices import Sense
from service.rules.schemas import LegalFinding


class PermitRead(Output):
    """A permit and its last day."""

    id: int
    kind: PermitKind
    part: PermitPart
    number: str
    issued_on: dt.date
    extended_to: dt.date | None
    extensions: int
    next_applied_on: dt.date | None
    document_id: int | None
    until: dt.date | None = Field(description="失效日 R72, R73: unless the next step is taken")
    lapsed: bool


class Permits(Output):
    """All permits."""

    items: list[PermitRead]


class WorksReportRead(Output):
    """How far works were."""

    id: int
    reported_on: dt.date
    foundation: Foundation | None
    foundation_done: float | None
    built_m2: float
    invested_yuan: Decimal
    taxes_yuan: Decimal
    stopped_on: dt.date | None
    document_id: int | None
    actor: str
    recorded_at: AwareDatetime


class WorksReports(Output):
    """All reports, the first one first."""

    items: list[WorksReportRead]


class ExtensionRead(Output):
    """Start or completion put off."""

    id: int
    milestone: str
    from_on: dt.date
    to_on: dt.date
    agreed_on: dt.date
    document_id: int | None
    actor: str
    recorded_at: AwareDatetime


class Extensions(Output):
    """All extensions."""

    items: list[ExtensionRead]


class ExclusionRead(Output):
    """Time that does not count."""

    id: int
    reason: str
    begins_on: dt.date
    ends_on: dt.date | None
    document_id: int | None
    actor: str
    recorded_at: AwareDatetime


class Exclusions(Output):
    """All time that does not count."""

    items: list[ExclusionRead]


class IndicatorRead(Output):
    """An index as signed."""

    edition: int
    name: str
    sense: Sense
    target: float
    signed_on: dt.date
    from_year: int | None
    document_id: int | None


class YearFigure(Output):
    """An index in a year."""

    name: str
    sense: Sense
    target: float
    actual: float | None
    met: bool | None


class ConsequenceRead(Output):
    """What followed from a year."""

    year: int
    state: Consequence
    due_on: dt.date | None
    effective_on: dt.date
    actor: str
    recorded_at: AwareDatetime
    document_id: int | None
    note: str | None


class MeasuredYear(Output):
    """A year: figures against indices, where it stands, what may follow."""

    year: int
    edition: int
    verdict: Consequence | None = Field(description="met or short by the figures; null: not known yet")
    state: Consequence | None = Field(description="the last step")
    allowed: list[Consequence]
    figures: list[YearFigure]

    @classmethod
    def of(cls, found: Year) -> Self:
        """Write a year."""
        figures = [
            YearFigure(
                name=each.name,
                sense=each.sense,
                target=float(each.target),
                actual=None if (actual := found.actuals.get(each.name)) is None else float(actual),
                met=None if actual is None else satisfied(each, actual),
            )
            for each in found.indices
        ]
        return cls(
            year=found.year,
            edition=found.edition,
            verdict=found.verdict,
            state=found.state,
            allowed=list(allowed(found.state, found.verdict)),
            figures=figures,
        )


class StandardLandRead(Output):
    """Editions, years and steps of standard land."""

    indicators: list[IndicatorRead]
    years: list[MeasuredYear]
    steps: list[ConsequenceRead]


class ClockDate(Output):
    """A date on the idle clock and its rule."""

    milestone: Milestone
    rule: str
    on: dt.date
    months: int | None


class ClockRead(Output):
    """What the idle clock says on a day."""

    as_of: dt.date
    state: ClockState
    dates: list[ClockDate]
    excluded_days: int
    fee_yuan: Decimal | None = Field(description="闲置费 if found idle by then")
    findings: list[LegalFinding]

    @classmethod
    def of(cls, found: Reading, day: dt.date) -> Self:
        """Write a reading."""
        return cls(
            as_of=day,
            state=found.state,
            dates=[ClockDate.model_validate(each) for each in found.dates],
            excluded_days=found.excluded_days,
            fee_yuan=found.fee_yuan,
            findings=[LegalFinding.of(each) for each in found.findings],
        )


class IdleCaseRead(Output):
    """An inquiry into idleness."""

    id: int
    suspected_on: dt.date
    notice_on: dt.date | None
    answered_on: dt.date | None
    decided_on: dt.date | None
    cause: str | None
    outcome: str | None
    fee_yuan: Decimal | None
    fee_paid_on: dt.date | None
    disposal: str | None
    public: bool
    closed_on: dt.date | None
    document_id: int | None
    steps: list[str] = Field(description="what may follow")

    @classmethod
    def of(cls, case: IdleCase, steps: tuple[str, ...]) -> Self:
        """Write an inquiry."""
        own = {name: getattr(case, name) for name in cls.model_fields if name != "steps"}
        return cls(**own, steps=list(steps))


class IdleCases(Output):
    """All inquiries."""

    items: list[IdleCaseRead]
