"""Facts of a parcel on which items depend, and conditions over them: a small closed language. Pure.

    condition := and-part {"or" and-part}       and-part := part {"and" part}
    part      := "not" part | "(" condition ")" | fact
    fact      := a yes-or-no fact of FACTS | "use:" plan_class | "method:" supply_method

A fact that nobody has answered is neither true nor false, and so may be the whole condition (Kleene's logic).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from service.codes.queries import lists


@dataclass(frozen=True, slots=True)
class FactKind:
    """What a fact is called. `derived`: the service knows it from parcel, scheme, control layers; else it is asked."""

    key: str
    title: str
    title_en: str
    derived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a parcel; None: not answered.

    `uses` are codes of the list `plan_class`, `method` one of `supply_method`; a class counts for its parents too.
    """

    uses: frozenset[str] | None = None
    method: str | None = None
    cleared: bool | None = None
    relics: bool | None = None
    relics_found: bool | None = None
    rezoning: bool | None = None
    separate_siting: bool | None = None
    soil_risk: bool | None = None
    energy_review: bool | None = None
    tender_required: bool | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Facts":
        """Read facts as `to_json` wrote them; what is not given is not answered."""
        known = {each.name for each in fields(cls)}
        given = {key: value for key, value in content.items() if key in known}
        uses = given.pop("uses", None)
        return cls(uses=None if uses is None else frozenset(uses), **given)

    def to_json(self) -> dict[str, Any]:
        """Return all facts, by their key."""
        found: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**found, "uses": None if self.uses is None else sorted(self.uses)}


FACTS: Mapping[str, FactKind] = {
    kind.key: kind
    for kind in (
        FactKind("uses", "规划用途", "Planned uses", derived=True),
        FactKind("method", "供应方式", "Way of supply", derived=True),
        FactKind("cleared", "已是净地", "Already clean land", derived=True),
        FactKind("relics", "可能有地下文物", "Relics may lie underground", derived=True),
        FactKind("relics_found", "勘探发现文物,须考古发掘", "Relics were found and must be excavated", derived=False),
        FactKind("rezoning", "须调整控制性详细规划", "The detailed plan must be amended", derived=False),
        FactKind("separate_siting", "单独选址项目", "Separately sited project", derived=False),
        FactKind("soil_risk", "有土壤污染风险", "The soil may be polluted", derived=False),
        FactKind("energy_review", "须进行节能审查", "Subject to an energy review", derived=False),
        FactKind("tender_required", "依法必须招标", "Procurement by tender is compulsory", derived=False),
    )
}
"""Every fact a condition may ask for, in the order in which they are asked."""


class BrokenCondition(ValueError):
    """A condition can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class _Fact:
    key: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Not:
    part: "_Node"


@dataclass(frozen=True, slots=True)
class _Several:
    parts: tuple["_Node", ...]
    any: bool


_Node = _Fact | _Not | _Several
_WORD = re.compile(r"\s*([()]|[a-z_]+(?::[a-z_]+)?)")
_LISTED = {"use": ("uses", "plan_class"), "method": ("method", "supply_method")}
_YES_NO = frozenset(FACTS) - {"uses", "method"}


def holds(condition: str, facts: Facts) -> bool | None:
    """Tell whether a condition is met; None where that hangs on a fact nobody has answered.

    >>> condition = "not cleared or use:residential"
    >>> holds(condition, Facts(cleared=True, uses=frozenset({"industrial"}))), holds(condition, Facts(cleared=True))
    (False, None)
    """
    return _value(_parsed(condition), facts)


def asked_by(condition: str) -> tuple[str, ...]:
    """Return the facts a condition hangs on, in their order. Raises BrokenCondition.

    >>> asked_by("use:residential or soil_risk")
    ('uses', 'soil_risk')
    """
    found = set(_facts(_parsed(condition)))
    return tuple(key for key in FACTS if key in found)


@cache
def _parsed(condition: str) -> _Node:
    words, at = [], 0
    while at < len(condition.rstrip()):
        match = _WORD.match(condition, at)
        if match is None:
            raise BrokenCondition(f"{condition[at:].strip()!r} is no fact")
        words.append(match[1])
        at = match.end()
    node = _any(words)
    if words:
        raise BrokenCondition(f"{words[0]!r} is one too many")
    return node


def _any(words: list[str]) -> _Node:
    parts = [_all(words)]
    while words[:1] == ["or"]:
        del words[0]
        parts.append(_all(words))
    return parts[0] if len(parts) == 1 else _Several(tuple(parts), any=True)


def _all(words: list[str]) -> _Node:
    parts = [_part(words)]
    while words[:1] == ["and"]:
        del words[0]
        parts.append(_part(words))
    return parts[0] if len(parts) == 1 else _Several(tuple(parts), any=False)


def _part(words: list[str]) -> _Node:
    word = words.pop(0) if words else ""
    if word == "not":
        return _Not(_part(words))
    if word == "(":
        inner = _any(words)
        if words[:1] != [")"]:
            raise BrokenCondition("a bracket is not closed")
        del words[0]
        return inner
    return _fact(word)


def _fact(word: str) -> _Fact:
    key, colon, code = word.partition(":")
    if not colon and key in _YES_NO:
        return _Fact(key)
    if colon and key in _LISTED:
        fact, list_ = _LISTED[key]
        if code not in lists()[list_].entries:
            raise BrokenCondition(f"{code} is no code of {list_}")
        return _Fact(fact, code)
    raise BrokenCondition(f"{word!r} is no fact" if word else "a fact is missing")


def _facts(node: _Node) -> Iterator[str]:
    match node:
        case _Fact():
            yield node.key
        case _Not():
            yield from _facts(node.part)
        case _Several():
            for part in node.parts:
                yield from _facts(part)


def _value(node: _Node, facts: Facts) -> bool | None:
    match node:
        case _Fact():
            return _told(node, facts)
        case _Not():
            inner = _value(node.part, facts)
            return None if inner is None else not inner
        case _Several():
            values = [_value(part, facts) for part in node.parts]
            if node.any in values:
                return node.any
            return None if None in values else not node.any


def _told(fact: _Fact, facts: Facts) -> bool | None:
    value = getattr(facts, fact.key)
    if value is None or isinstance(value, bool):
        return value
    list_, codes = ("plan_class", value) if fact.key == "uses" else ("supply_method", {value})
    return any(fact.code in _with_parents(list_, code) for code in codes)


def _with_parents(list_: str, code: str) -> Iterator[str]:
    entries = lists()[list_].entries
    at: str | None = code
    while at is not None:
        yield at
        at = entries[at].parent if at in entries else None
