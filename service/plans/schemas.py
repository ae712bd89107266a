"""Wire shapes of plans: editions, totals, findings, progress, differences."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import AwareDatetime, Field
from sqlalchemy import Row

from service.core.schemas import Output
from service.parcels.schemas import Named
from service.plans.classes import Dimension, name_of
from service.plans.comparing import Difference
from service.plans.findings import Finding, Severity
from service.plans.models import PlanEvent, SupplyPlan
from service.plans.reconcile import Line
from service.plans.states import PlanAction, PlanStatus, allowed


class PlanRead(Output):
    """One edition of a plan as lists show it."""

    id: int
    jurisdiction: Named
    year: int
    edition: int = Field(description="版次")
    status: PlanStatus
    title: str
    document_id: int | None
    based_on_id: int | None
    published_on: dt.date | None
    items: int = Field(description="宗数 plots")
    area_m2: float
    version: int

    @classmethod
    def of(cls, row: Row[SupplyPlan, str, str, int, Any]) -> Self:
        """Write a row of `plan_page`."""
        plan, code, name, items, area_m2 = row
        own = {field: getattr(plan, field) for field in cls.model_fields if hasattr(plan, field)}
        return cls(**own, jurisdiction=Named(code=code, name=name), items=items, area_m2=float(area_m2))


class PlanStep(Output):
    """What happened to an edition."""

    kind: str
    effective_on: dt.date
    recorded_at: AwareDatetime
    actor: str
    document_id: int | None
    document: str | None
    note: str | None


class Edition(Output):
    """Another edition of the same year."""

    id: int
    edition: int
    status: PlanStatus
    published_on: dt.date | None


class PlanDetail(PlanRead):
    """One edition with its history, the others of its year, and what may be done with it."""

    steps: list[PlanStep]
    editions: list[Edition]
    actions: list[PlanAction]

    @classmethod
    def whole(
        cls, found: PlanRead, events: Iterable[Row[PlanEvent, str | None]], editions: Iterable[SupplyPlan]
    ) -> Self:
        """Put an edition, its events and its siblings together."""
        steps = [PlanStep.model_validate({**_members(event), "document": title}) for event, title in events]
        others = [Edition.model_validate(each) for each in editions]
        return cls(**found.model_dump(), steps=steps, editions=others, actions=list(allowed(found.status)))


def _members(event: PlanEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in PlanStep.model_fields if name != "document"}


class PlanFigure(Output):
    """A value that a finding rests on."""

    value: str
    unit: str


class PlanFinding(Output):
    """Something against a plan, or worth a look; `where` is the filter that lists the items."""

    rule: str
    severity: Severity
    hard: bool
    title: str
    title_en: str
    message: str
    message_en: str
    source: str
    satisfied_by: str
    satisfied_by_en: str
    figures: dict[str, PlanFigure]
    where: dict[str, str]

    @classmethod
    def of(cls, found: Finding) -> Self:
        """Write a finding."""
        pairs = {"title": found.title, "message": found.message, "satisfied_by": found.satisfied_by}
        words = {
            f"{name}{suffix}": text
            for name, pair in pairs.items()
            for suffix, text in zip(("", "_en"), pair, strict=True)
        }
        figures = {name: PlanFigure(value=each.value, unit=each.unit) for name, each in found.figures.items()}
        own = {name: getattr(found, name) for name in ("rule", "severity", "hard", "source", "where")}
        return cls(**words, **own, figures=figures)


class TotalLine(Output):
    """One line of the table of totals."""

    dimension: Dimension
    member: str
    name: str
    name_en: str
    items: int
    summed_m2: float
    declared_m2: float | None = Field(description="文件所载 as printed; null: not printed")
    difference_m2: float | None

    @classmethod
    def of(cls, line: Line, districts: Mapping[str, str]) -> Self:
        """Write a line; `districts` is code → name."""
        names = [
            name_of(line.dimension, line.member, english=english) or districts.get(line.member, line.member)
            for english in (False, True)
        ]
        return cls(**line._asdict(), name=names[0], name_en=names[1], difference_m2=line.difference_m2)


class PlanTotals(Output):
    """The table of totals and all findings."""

    lines: list[TotalLine]
    findings: list[PlanFinding]


class StepTaken(Output):
    """An edition after a step, with what is worth a look."""

    plan: PlanRead
    findings: list[PlanFinding]


class FieldChange(Output):
    """A field's value before and after."""

    before: Any
    after: Any


class PlotDifference(Output):
    """A plot that is not the same in two editions."""

    key: str
    parcel: str | None
    name: str | None
    change: str
    area_m2: float
    fields: dict[str, FieldChange]

    @classmethod
    def of(cls, found: Difference) -> Self:
        """Write a difference."""
        fields = {name: FieldChange(before=old, after=new) for name, (old, new) in found.fields.items()}
        return cls(**found._replace(fields={})._asdict() | {"fields": fields})


class PlanComparison(Output):
    """What differs from another edition."""

    before: Edition
    after: Edition
    items: list[PlotDifference]
