"""Wire shapes of legal rules and of findings against them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field

from service.core.schemas import Input, Line, Output
from service.rules.finding import FIGURES, Finding
from service.rules.rule import UNITS, Origin, Parameter, Rule, Severity, Theme, Verification


class Override(Input):
    """Why an approver answers for breaking a rule, and the document that says so."""

    reason: Line
    document_id: Annotated[int, Field(ge=1, lt=2**31)]


class RuleSource(Output):
    """Where a rule stands; not `verified`: nobody has read that passage yet (未核实)."""

    document: str
    document_en: str
    articles: str
    verified: bool


class RuleParameter(Output):
    """A figure of a rule. Numbers that need not be whole are text, exact ("0.20", "1/3"); a table is key → value."""

    name: str
    title: str
    title_en: str
    value: int | str | list[int] | list[str] | dict[str, str]
    unit: str
    unit_name: str
    unit_name_en: str
    origin: Origin = Field(description="所据 the source; not read there; set by the district; this system's own")

    @classmethod
    def of(cls, name: str, parameter: Parameter) -> Self:
        """Describe a parameter."""
        zh, en = UNITS[parameter.unit]
        return cls(
            name=name,
            title=parameter.title,
            title_en=parameter.title_en,
            value=_wire(parameter.value),
            unit=parameter.unit,
            unit_name=zh,
            unit_name_en=en,
            origin=parameter.origin,
        )


class LegalRule(Output):
    """One rule within one scope and one period. An empty scope means all; `valid_to` null: until further notice.

    `verification` sums up the sources: all of them read, some, none. `hard`: nobody may override it.
    """

    id: str
    theme: Theme
    title: str
    title_en: str
    text: str
    text_en: str
    severity: Severity
    hard: bool
    verification: Verification
    sources: list[RuleSource]
    jurisdictions: list[str]
    methods: list[str]
    uses: list[str]
    valid_from: dt.date
    valid_to: dt.date | None
    note: str | None
    note_en: str | None
    parameters: list[RuleParameter]

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Describe a rule."""
        told = {name: getattr(rule, name) for name in cls.model_fields if name not in {"sources", "parameters"}}
        return cls(
            **{**told, "note": rule.note or None, "note_en": rule.note_en or None},
            sources=[RuleSource.model_validate(source) for source in rule.sources],
            parameters=[RuleParameter.of(name, each) for name, each in rule.parameters.items()],
        )


class LegalRules(Output):
    """The rules in force on a day."""

    as_of: dt.date
    items: list[LegalRule]


class FindingFigure(Output):
    """A figure that a finding rests on; money and areas as exact text, dates as YYYY-MM-DD."""

    name: str
    title: str
    title_en: str
    value: str
    unit: str


class LegalFinding(Output):
    """A broken rule: how grave, by which source and figures, and what would satisfy it.

    `provisional`: a day in it leans on a year whose calendar of working days has not been issued yet.
    """

    rule: str
    severity: Severity
    hard: bool
    verified: bool
    provisional: bool
    title: str
    title_en: str
    message: str
    message_en: str
    source: str
    source_en: str
    figures: list[FindingFigure]
    satisfied_by: str
    satisfied_by_en: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Describe a finding."""
        rule = finding.rule
        figures = [
            FindingFigure(name=name, title=zh, title_en=en, value=_text(value), unit=unit)
            for name, value in finding.figures.items()
            for zh, en, unit in [FIGURES[name]]
        ]
        return cls(
            rule=rule.id,
            severity=finding.severity,
            hard=finding.hard,
            verified=finding.verified,
            provisional=finding.provisional,
            title=rule.title,
            title_en=rule.title_en,
            message=finding.message.zh,
            message_en=finding.message.en,
            source=rule.cited(),
            source_en=rule.cited(english=True),
            figures=figures,
            satisfied_by=finding.satisfied_by.zh,
            satisfied_by_en=finding.satisfied_by.en,
        )


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _wire(value: object) -> int | str | list[int] | list[str] | dict[str, str]:
    match value:
        case int():
            return value
        case tuple():
            return list(value)
        case Mapping():
            return {key: _text(each) for key, each in value.items()}
        case Decimal() | Fraction() | str():
            return _text(value)
    raise TypeError(value)
