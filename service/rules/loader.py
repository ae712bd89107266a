"""`gis_data/rules/law.toml`, read and checked: every fault names line, rule and what is wrong with it. Pure."""

import datetime as dt
import itertools
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.core.errors import GongdiError
from service.rules.parameters import NEEDED, parsed
from service.rules.rule import METHODS, UNITS, USES, Origin, Parameter, Rule, Severity, Source, Theme

FILE = Path(__file__).resolve().parents[2] / "gis_data" / "rules" / "law.toml"

_REQUIRED = {"id", "theme", "title", "title_en", "text", "text_en", "sources", "valid_from", "severity"}
_OPTIONAL = {"valid_to", "hard", "jurisdictions", "methods", "uses", "note", "note_en", "parameters"}
_TEXTS = ("title", "title_en", "text", "text_en", "note", "note_en")
_HEAD = {"title", "title_en", "version", "rules"}
_ID = re.compile(r"R[0-9]{2}")
_BEGINS = re.compile(r"\s*\[\[\s*rules\s*\]\]")


class BrokenRules(GongdiError):
    """The rules can't be used; the message names file, line, rule and fault, one a line."""

    code, title_zh, title_en = "broken-rules", "规则文件有误", "Broken rules"


Fault = tuple[str, str]
"""The key whose line it stands on, and what is wrong with it."""


def read(path: Path = FILE) -> tuple[Rule, ...]:
    """Read a file of rules, in its order; raise BrokenRules with all faults at once."""
    try:
        content = path.read_text(encoding="utf-8")
        document = tomllib.loads(content)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BrokenRules(en=f"{path.name}: {wrong}") from None
    entries = document.get("rules", [])
    if document.keys() != _HEAD or not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise BrokenRules(en=f"{path.name}:1: a file has {', '.join(sorted(_HEAD))} and nothing else")
    places = _Places(content)
    rules: list[Rule] = []
    faults: list[str] = []
    for number, entry in enumerate(entries):
        found = list(_faults(entry))
        if not found:
            rules.append(_rule(entry))
            found = list(_clashes(rules[-1], rules[:-1]))
        faults += [f"{path.name}:{places.line(number, key)}: {entry.get('id')}: {fault}" for key, fault in found]
    missing = NEEDED.keys() - {str(entry.get("id")) for entry in entries}
    faults += [f"{path.name}:{places.last}: {id_}: missing, a check needs it" for id_ in sorted(missing)]
    if faults:
        raise BrokenRules(en="\n".join(faults))
    return tuple(rules)


class _Places:
    """On which line of a file a rule begins, and its keys stand."""

    def __init__(self, content: str) -> None:
        self._lines = content.splitlines()
        self._begins = [number for number, line in enumerate(self._lines) if _BEGINS.match(line)]
        self.last = len(self._lines)

    def line(self, rule: int, key: str) -> int:
        begin, end = [*self._begins, self.last][rule : rule + 2]
        pattern = re.compile(rf"\s*(\[\S*)?{re.escape(key)}\b")
        found = (number for number in range(begin, end) if pattern.match(self._lines[number]))
        return next(found, begin) + 1


def _faults(entry: Mapping[str, Any]) -> Iterator[Fault]:
    yield from ((key, f"{key} is missing") for key in sorted(_REQUIRED - entry.keys()))
    yield from ((key, f"{key} is unknown") for key in sorted(entry.keys() - _REQUIRED - _OPTIONAL))
    if not entry.keys() >= _REQUIRED:
        return
    if not isinstance(entry["id"], str) or not _ID.fullmatch(entry["id"]):
        yield "id", "id is R and two digits"
        return
    texts = [name for name in _TEXTS if name in entry]
    yield from ((name, f"{name} is empty") for name in texts if not _is_text(entry[name]))
    if ("note" in entry) != ("note_en" in entry):
        yield "note", "a note is given in both languages"
    yield from _wrong_choices(entry)
    yield from _wrong_period(entry)
    yield from _wrong_sources(entry)
    yield from _wrong_severity(entry)
    yield from _wrong_parameters(entry)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _wrong_choices(entry: Mapping[str, Any]) -> Iterator[Fault]:
    for name, allowed in (("theme", [*Theme]), ("severity", [*Severity])):
        if entry[name] not in allowed:
            yield name, f"{name} is {entry[name]!r}, must be one of {', '.join(allowed)}"
    scopes: tuple[tuple[str, Collection[str] | None], ...] = (
        ("methods", METHODS),
        ("uses", USES),
        ("jurisdictions", None),
    )
    for name, known in scopes:
        chosen = entry.get(name, [])
        if not isinstance(chosen, list) or not all(_is_text(each) for each in chosen):
            yield name, f"{name} is a list of codes"
        elif known is not None and set(chosen) - set(known):
            yield name, f"{', '.join(sorted(set(chosen) - set(known)))} in {name} is unknown"
    if not isinstance(entry.get("hard", False), bool):
        yield "hard", "hard is true or false"


def _wrong_period(entry: Mapping[str, Any]) -> Iterator[Fault]:
    begin, end = entry["valid_from"], entry.get("valid_to")
    for name, value in (("valid_from", begin), ("valid_to", end)):
        if value is not None and type(value) is not dt.date:
            yield name, f"{name} is {value!r}, must be a date without quotation marks, such as 2021-09-01"
            return
    if end is not None and end < begin:
        yield "valid_to", f"valid_to {end} lies before valid_from {begin}"


def _wrong_sources(entry: Mapping[str, Any]) -> Iterator[Fault]:
    fields = set(Source.__dataclass_fields__)
    sources = entry["sources"]
    if not isinstance(sources, list) or not sources:
        yield "sources", "no source"
        return
    for source in sources:
        if not isinstance(source, dict) or source.keys() != fields or not isinstance(source["verified"], bool):
            yield "sources", f"a source has {', '.join(sorted(fields))}; verified is true or false"
        elif not (_is_text(source["document"]) and _is_text(source["document_en"])):
            yield "sources", "a source names its document in both languages"
        elif not isinstance(source["articles"], str):
            yield "sources", "articles is a text, empty where the document has none"


def _wrong_severity(entry: Mapping[str, Any]) -> Iterator[Fault]:
    sources, blocks = entry["sources"], entry["severity"] == Severity.block
    if blocks and isinstance(sources, list) and not any(isinstance(s, dict) and s.get("verified") for s in sources):
        yield "severity", "a rule without a verified source does not block"
    if entry.get("hard") and not blocks:
        yield "hard", "only what blocks is hard"
    if entry["id"] not in NEEDED and entry["severity"] != Severity.info:
        yield "severity", "no check knows this rule: its severity is info"


def _wrong_parameters(entry: Mapping[str, Any]) -> Iterator[Fault]:
    given = entry.get("parameters", {})
    needed = NEEDED.get(entry["id"])
    if not isinstance(given, dict):
        yield "parameters", "parameters is a table"
        return
    if needed is not None:
        yield from (("parameters", f"parameter {name} is missing") for name in sorted(needed.keys() - given.keys()))
        yield from ((f"parameters.{name}", f"no check reads {name}") for name in sorted(given.keys() - needed.keys()))
    for name, parameter in given.items():
        yield from _wrong_parameter(entry, name, parameter)


def _wrong_parameter(entry: Mapping[str, Any], name: str, parameter: Mapping[str, Any]) -> Iterator[Fault]:
    key, needed, fields = f"parameters.{name}", NEEDED.get(entry["id"]), set(Parameter.__dataclass_fields__)
    if not isinstance(parameter, dict) or parameter.keys() | {"origin"} != fields:
        yield key, f"{name} has {', '.join(sorted(fields - {'origin'}))}, and may have origin"
    elif parameter.get("origin", Origin.source) not in [*Origin]:
        yield key, f"origin of {name} is {parameter['origin']!r}, must be one of {', '.join(Origin)}"
    elif parameter.get("origin") == Origin.unverified and entry["severity"] == Severity.block:
        yield key, f"a rule does not block by {name}, which nobody has read"
    elif not (_is_text(parameter["title"]) and _is_text(parameter["title_en"])):
        yield key, f"{name} is titled in both languages"
    elif parameter["unit"] not in list(UNITS):
        yield key, f"unit {parameter['unit']!r} of {name} is unknown"
    elif needed is None and not isinstance(parameter["value"], int | str):
        yield key, f"{name} of a rule that no check reads is a whole number or a text"
    elif needed is not None and name in needed:
        yield from _wrong_value(key, name, parameter, needed[name])


def _wrong_value(key: str, name: str, parameter: Mapping[str, Any], needed: Sequence[Any]) -> Iterator[Fault]:
    kind, unit = needed
    if parameter["unit"] != unit:
        yield key, f"{name} is in {parameter['unit']}, the check counts in {unit}"
    try:
        parsed(kind, parameter["value"])
    except ValueError:
        yield key, f"{name} is {parameter['value']!r}, must be a {kind}"


def _clashes(rule: Rule, others: Sequence[Rule]) -> Iterator[Fault]:
    """Find entries that would leave two answers for one case; one for a jurisdiction goes before one for all."""
    for other in others:
        same_reach = bool(rule.jurisdictions) == bool(other.jurisdictions)
        if (
            rule.id == other.id
            and same_reach
            and _meet(rule.jurisdictions, other.jurisdictions)
            and _meet(rule.methods, other.methods)
            and _meet(rule.uses, other.uses)
            and rule.valid_from <= (other.valid_to or dt.date.max)
            and other.valid_from <= (rule.valid_to or dt.date.max)
        ):
            yield (
                "valid_from",
                f"stands already for the same scope from {other.valid_from} to {other.valid_to or 'now'}",
            )


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or any(a == b for a, b in itertools.product(one, other))


def _rule(entry: Mapping[str, Any]) -> Rule:
    needed = NEEDED.get(entry["id"], {})
    parameters = {
        name: Parameter(
            **{
                **raw,
                "value": parsed(needed[name][0], raw["value"]) if name in needed else raw["value"],
                "origin": Origin(raw.get("origin", Origin.source)),
            }
        )
        for name, raw in entry.get("parameters", {}).items()
    }
    scopes = {name: tuple(entry.get(name, ())) for name in ("jurisdictions", "methods", "uses")}
    own = {
        "theme": Theme(entry["theme"]),
        "severity": Severity(entry["severity"]),
        "sources": tuple(Source(**source) for source in entry["sources"]),
        "parameters": MappingProxyType(parameters),
    }
    return Rule(**{**entry, **scopes, **own})
