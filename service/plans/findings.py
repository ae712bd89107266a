"""What is wrong with a plan, or worth a look: the rule, its source, the figures, and what would satisfy it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Self

from service.rules import finding as rules

Severity = Literal["block", "warn", "info"]


class Figure(NamedTuple):
    """A value that a finding rests on, with its unit."""

    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; texts in Chinese and English. A `block` refuses what was asked, the others are told."""

    rule: str
    severity: Severity
    hard: bool
    title: tuple[str, str]
    message: tuple[str, str]
    source: str
    satisfied_by: tuple[str, str]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    """The filter that lists the items in question."""

    @classmethod
    def legal(cls, found: rules.Finding) -> Self:
        """Take over what breaks a rule of the plan as a whole."""
        rule = found.rule
        return cls(
            rule.id,
            found.severity.value,
            hard=found.hard,
            title=(rule.title, rule.title_en),
            message=found.message,
            source=rule.cited(),
            satisfied_by=found.satisfied_by,
            figures={name: Figure(str(value), rules.FIGURES[name][2]) for name, value in found.figures.items()},
        )
