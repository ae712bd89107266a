"""What is wrong with a plan, or worth a look: the rule, its source, the figures, and what would satisfy it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

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
