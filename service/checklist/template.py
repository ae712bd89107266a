"""The template of a checklist: eight tracks and the start, their items, and the way things were done before. Pure.

`gis_data/tracks/*.toml` tell it (`template_loader.py`); a running checklist keeps its version as JSON.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from pydantic import TypeAdapter

from service.checklist.template_facts import Facts, holds
from service.workdays.calendar import Unit

START = 9
"""The number of the group that follows the eight tracks: the start of works (开工)."""


class Kind(StrEnum):
    """What an item is worth.

    `G` is done for the plot and counts for any winner; `PRE` a shadow review that gives no right (预审、模拟审批);
    `real` a real act of law.
    """

    G = "G"
    PRE = "PRE"
    real = "real"


class Basis(StrEnum):
    """Where a duration comes from: the law, what is usual, an assumption of this template."""

    statutory = "statutory"
    usual = "usual"
    assumed = "assumed"


class Requirement(StrEnum):
    """Whether an item must be done: always, if it likes, or where the parcel's facts say so (`Item.when`)."""

    required = "required"
    optional = "optional"
    conditional = "conditional"


class Phase(StrEnum):
    """When an item is done: before the sale, by the sale itself, after it."""

    pre = "pre"
    sale = "sale"
    after = "after"


FOLLOWS: Mapping[str, tuple[str, str]] = {
    "scheme_approved": ("供地方案批复", "the supply scheme is approved"),
    "announced": ("出让公告发布", "the notice is published"),
    "opened": ("挂牌开始", "the listing is open"),
    "sold": ("成交", "the lot is sold"),
    "contract_signed": ("合同签订", "the contract is signed"),
    "permit:land_planning": ("建设用地规划许可证核发", "the land planning permit is issued"),
    "permit:works_planning": ("建设工程规划许可证核发", "the works planning permit is issued"),
    "permit:construction": ("施工许可证核发", "the construction permit is issued"),
    "registered": ("不动产登记完成", "the right is registered"),
    "started": ("动工", "works have started"),
}
"""What happens in other packages and an item can mirror, in Chinese and English."""

GATED_BY = frozenset({None, "scheme_approved"})
"""What an item before the sale may follow and still stop it; notice and listing come about by the sale's own course."""


@dataclass(frozen=True, slots=True)
class Track:
    """One of the eight tracks, or the start (number 9)."""

    number: int
    key: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proof an item needs. `valid_months`: it runs out so many months after its date, by `source`; None: never."""

    key: str
    title: str
    title_en: str
    valid_months: int | None = None
    source: str = ""
    source_en: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a PRE item turns into after the contract; `permit` is the kind of permit, None where it is another act."""

    title: str
    title_en: str
    permit: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be done.

    `days` in `unit` (working or calendar days), by `basis` and `source`; not `verified`: nobody has read the source.
    `needs` are items that must be done first, of any track. `work` is a code of the list `work_kind`: blocked periods
    of that work stop it. `when` is a condition on the parcel's facts (`template_facts.py`). `rule` is the legal rule
    that makes it a hard stop. `begins` and `follows` are what it mirrors of other packages (`FOLLOWS`): by the one it
    is begun, by the other done, and nobody sets it by hand.
    """

    key: str
    track: int
    title: str
    title_en: str
    kind: Kind
    lead: str
    days: int
    unit: Unit
    basis: Basis
    verified: bool
    source: str
    requirement: Requirement
    phase: Phase
    needs: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    when: str | None = None
    work: str | None = None
    rule: str | None = None
    begins: str | None = None
    follows: str | None = None
    becomes: Becomes | None = None
    source_en: str = field(default="", compare=False)

    @property
    def hard(self) -> bool:
        """Whether the law makes it a hard stop, which nobody may waive."""
        return self.rule is not None

    def applies(self, facts: Facts) -> bool:
        """Tell whether it is to be done for a parcel: a condition that nobody has answered counts as met."""
        return self.when is None or holds(self.when, facts) is not False

    def required(self, facts: Facts) -> bool:
        """Tell whether it must be done for a parcel."""
        return self.requirement is not Requirement.optional and self.applies(facts)

    @property
    def gates(self) -> bool:
        """Whether it stops the sale while it is open, where it is required."""
        return self.phase is Phase.pre and self.follows in GATED_BY


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the traditional way after the sale: serial takes all in order, overlapped goes by `needs`."""

    key: str
    title: str
    title_en: str
    days: int
    unit: Unit
    basis: Basis
    verified: bool
    source: str
    needs: tuple[str, ...] = ()
    source_en: str = field(default="", compare=False)


@dataclass(frozen=True)
class Template:
    """A template. Its items stand in the file's order; `traditional` is what it is compared with.

    `source_en` says the same as `source`, here and in its parts, so it makes no difference between versions. Those that
    were kept before there was any have none.
    """

    key: str
    version: int
    title: str
    title_en: str
    source: str
    tracks: tuple[Track, ...]
    items: tuple[Item, ...]
    traditional: tuple[Step, ...]
    source_en: str = field(default="", compare=False)

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """Every item by its key."""
        return {item.key: item for item in self.items}

    @cached_property
    def gate(self) -> tuple[Item, ...]:
        """The items that can stop the sale."""
        return tuple(item for item in self.items if item.gates)


def to_json(template: Template) -> dict[str, Any]:
    """Return a template as it is kept in the database: `from_json` gives it back exactly."""
    found: dict[str, Any] = _adapter().dump_python(template, mode="json")
    return found


def from_json(content: Mapping[str, Any]) -> Template:
    """Read a template that `to_json` wrote."""
    return _adapter().validate_python(dict(content))


def digest(template: Template) -> str:
    """Return the SHA-256 of a template's content, the same for the same content."""
    text = json.dumps(to_json(template), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _adapter() -> TypeAdapter[Template]:
    return TypeAdapter(Template)
