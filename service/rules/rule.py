"""One legal rule within one scope and one period, as `gis_data/rules/law.toml` tells it. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar


class Severity(StrEnum):
    """What a broken rule does, the gravest first: refuses, tells, or is for reading only."""

    block = "block"
    warn = "warn"
    info = "info"


class Verification(StrEnum):
    """Which of a rule's sources somebody has read: all, some, none (未核实)."""

    full = "full"
    partial = "partial"
    none = "none"


class Origin(StrEnum):
    """Who says a figure: the rule's source, nobody who has read it there, the district for itself, or this system."""

    source = "source"
    unverified = "unverified"
    district = "district"
    own = "own"


class Theme(StrEnum):
    """Where in the course of supply a rule belongs, in order."""

    land = "land"
    plan = "plan"
    scheme = "scheme"
    listing = "listing"
    contract = "contract"
    building = "building"
    idle = "idle"
    district = "district"


METHODS = frozenset(
    {"tender", "auction", "listing", "agreement", "allocation", "lease", "capital_contribution", "authorised_operation"}
)
"""Ways of supply that a scope can name: codes of the list `supply_method`."""

USES = frozenset({"residential", "commercial", "industrial", "public", "transport", "water", "special"})
"""Uses that a scope can name: the classes of the annual plan, `plan_class` of the code lists."""

UNITS: Mapping[str, tuple[str, str]] = {
    "day": ("日", "days"),
    "workday": ("个工作日", "working days"),
    "month": ("个月", "months"),
    "year": ("年", "years"),
    "share": ("", ""),
    "ratio": ("", ""),
    "times": ("次", "times"),
    "ha": ("公顷", "ha"),
    "m2": ("m²", "m²"),
    "yuan": ("元", "yuan"),
    "yuan_per_m2": ("元/m²", "yuan/m²"),
    "date": ("", ""),
    "month_day": ("", ""),
    "month_of_year": ("月", "(month)"),
    "code": ("", ""),
}

Value = (
    int | Decimal | Fraction | tuple[int, ...] | tuple[str, ...] | Mapping[str, Decimal | Fraction] | Mapping[str, str]
)
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands. Not `verified`: nobody has read that passage yet."""

    document: str
    document_en: str
    articles: str
    verified: bool

    def cited(self, *, english: bool = False) -> str:
        """Name document and article.

        >>> Source("民法典", "Civil Code", "359", verified=False).cited()
        '民法典 第359条(未核实)'
        >>> Source("民法典", "Civil Code", "359", verified=True).cited(english=True)
        'Civil Code, art. 359'
        """
        if english:
            return (
                self.document_en
                + (f", art. {self.articles}" if self.articles else "")
                + ("" if self.verified else " (not verified)")
            )
        return (
            self.document
            + (f" 第{self.articles.replace(', ', '、')}条" if self.articles else "")
            + ("" if self.verified else "(未核实)")
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of a rule with its unit and what it measures."""

    value: Value
    unit: str
    title: str
    title_en: str
    origin: Origin = Origin.source


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. An empty scope means all; `valid_to` None: until further notice."""

    id: str
    theme: Theme
    title: str
    title_en: str
    text: str
    text_en: str
    sources: tuple[Source, ...]
    valid_from: dt.date
    severity: Severity
    valid_to: dt.date | None = None
    hard: bool = False
    jurisdictions: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def verification(self) -> Verification:
        """How far the sources have been read."""
        read = [source.verified for source in self.sources]
        if all(read):
            return Verification.full
        return Verification.partial if any(read) else Verification.none

    @property
    def figures_verified(self) -> bool:
        """Whether a source has been read, and no figure stands in one that has not."""
        unread = any(each.origin is Origin.unverified for each in self.parameters.values())
        return self.verification is not Verification.none and not unread

    def cited(self, *, english: bool = False) -> str:
        """Name all sources."""
        return ("; " if english else "；").join(source.cited(english=english) for source in self.sources)

    def in_force(self, day: dt.date) -> bool:
        """Whether it holds on a day; the first and last day are in it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def whole(self, name: str) -> int:
        """Return a whole number."""
        return self._value(name, int)

    def number(self, name: str) -> Decimal:
        """Return a number."""
        return self._value(name, Decimal)

    def fraction(self, name: str) -> Fraction:
        """Return an exact share, such as a third."""
        return self._value(name, Fraction)

    def wholes(self, name: str) -> tuple[int, ...]:
        """Return whole numbers."""
        return tuple(each for each in self._value(name, tuple) if isinstance(each, int))

    def names(self, name: str) -> tuple[str, ...]:
        """Return codes."""
        return tuple(map(str, self._value(name, tuple)))

    def number_of(self, name: str, key: str) -> Decimal | None:
        """Return one number of a table, None if it has no such key."""
        return self._entry(name, key, Decimal)

    def fraction_of(self, name: str, key: str) -> Fraction | None:
        """Return one exact share of a table, None if it has no such key."""
        return self._entry(name, key, Fraction)

    def text_of(self, name: str, key: str) -> str | None:
        """Return one word of a table, None if it has no such key."""
        return self._entry(name, key, str)

    def _entry(self, name: str, key: str, kind: type[_Kind]) -> _Kind | None:
        table = self.parameters[name].value
        found = table.get(key) if isinstance(table, Mapping) else None
        return found if isinstance(found, kind) else None

    def _value(self, name: str, kind: type[_Kind]) -> _Kind:
        value = self.parameters[name].value
        if not isinstance(value, kind):
            raise TypeError(f"{self.id}: {name} is no {kind.__name__}")
        return value
