"""Types of control layers read from `gis_data/constraints`: checked when first asked for, frozen afterwards."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.codes.loader import GIS_DATA

COLOURS = frozenset({"danger", "warn", "accent", "ok"})
PATTERNS = frozenset({"dense", "sparse", "crossed", "outline"})
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")


class Rule(StrEnum):
    """What a control layer says of land, the gravest first."""

    FORBIDDEN = "forbidden"
    NEEDS_PROCEDURE = "needs_procedure"
    ALLOWED = "allowed"


class Applies(StrEnum):
    """Where the rule holds: on land inside the layer, or on land outside it (which must lie inside: 城镇开发边界)."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class BrokenControlTypes(ValueError):
    """The control types can't be used; the message names file and fault, one a line."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands. Not `verified`: nobody has compared it with the text yet, so it is shown as unverified."""

    document: str
    article: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ControlType:
    """One type: its rule and where it holds, the procedure, the law. `colour` and `pattern` are tokens of the map."""

    key: str
    name: str
    name_en: str
    applies: Applies
    rule: Rule
    procedure: str
    procedure_en: str
    colour: str
    pattern: str
    sources: tuple[Source, ...]

    def rule_of(self, *, inside: bool) -> Rule:
        """Return what the layer says of land inside or outside it.

        >>> control_types()["urban_growth_boundary"].rule_of(inside=True).value
        'allowed'
        >>> control_types()["permanent_farmland"].rule_of(inside=True).value
        'forbidden'
        """
        return self.rule if inside == (self.applies is Applies.INSIDE) else Rule.ALLOWED


@cache
def control_types(folder: Path = GIS_DATA / "constraints") -> Mapping[str, ControlType]:
    """Read the types of every file of a folder, by key; raise BrokenControlTypes with all faults at once."""
    found: dict[str, ControlType] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("types", []):
            wrong = [f"{path.name}: {entry.get('key')}: {fault}" for fault in _faults(entry, found)]
            faults += wrong
            if not wrong:
                found[entry["key"]] = _type(entry)
    if faults:
        raise BrokenControlTypes("\n".join(faults))
    return MappingProxyType(found)


def _faults(entry: Mapping[str, Any], known: Mapping[str, ControlType]) -> Iterator[str]:
    fields = set(ControlType.__dataclass_fields__)
    if entry.keys() != fields:
        yield f"fields {', '.join(sorted(fields ^ entry.keys()))} missing or unknown"
        return
    choices: dict[str, Collection[str]] = {
        "applies": set(Applies),
        "rule": set(Rule),
        "colour": COLOURS,
        "pattern": PATTERNS,
    }
    yield from (f"{name} is {entry[name]!r}" for name, allowed in choices.items() if entry[name] not in allowed)
    texts = ("name", "name_en", "procedure", "procedure_en")
    yield from (f"{name} is empty" for name in texts if not str(entry[name]).strip())
    if not _KEY.fullmatch(entry["key"]) or entry["key"] in known:
        yield "key is no key, or stands twice"
    if not entry["sources"]:
        yield "no source"
    for source in entry["sources"]:
        if source.keys() != set(Source.__dataclass_fields__) or not isinstance(source.get("verified"), bool):
            yield "a source has document, article and verified"
        elif source["verified"] and not source["article"]:
            yield "a verified source names its article"


def _type(entry: Mapping[str, Any]) -> ControlType:
    sources = tuple(Source(**source) for source in entry["sources"])
    return ControlType(
        **{**entry, "applies": Applies(entry["applies"]), "rule": Rule(entry["rule"]), "sources": sources}
    )


control_types()  # a fault in the data stops the start
