"""What can be wrong with a template: within one entry, and between entries. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from service.checklist.schedule import Activity, Cycle, in_order
from service.checklist.template import FOLLOWS, START, Basis, Kind, Phase, Requirement
from service.checklist.template_facts import BrokenCondition, asked_by
from service.codes.queries import lists
from service.rules.book import rulebook

_ITEM_KEY = re.compile(r"[A-Z]{2}-[A-Z][0-9]{1,2}[A-Z]?")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 1000
"""Days no item takes: a slip of the finger."""

Complaint = tuple[str, str]
"""The key whose line it stands on, and what is wrong with it."""


_Check = Callable[[object], str | None]


class Fault(NamedTuple):
    """A fault: in which entry of which table (the file's head: ""), at which key."""

    table: str
    number: int
    key: str
    text: str


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "is empty or no text"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "is true or false"


def _whole(last: int) -> _Check:
    return lambda value: (
        None if type(value) is int and 1 <= value <= last else f"is {value!r}, must be a whole number from 1 to {last}"
    )


def _one_of(*known: str) -> _Check:
    return lambda value: (
        None if isinstance(value, str) and value in known else f"is {value!r}, must be one of {', '.join(known)}"
    )


def _code_of(list_: str) -> _Check:
    entries = lists()[list_].entries
    return lambda value: None if isinstance(value, str) and value in entries else f"{value!r} is no code of {list_}"


def _like(pattern: re.Pattern[str], what: str) -> _Check:
    return lambda value: (
        None if isinstance(value, str) and pattern.fullmatch(value) else f"is {value!r}, must be {what}"
    )


def _needs(value: object) -> str | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return "is a list of keys"
    return "names one twice" if len(set(value)) < len(value) else None


def _condition(value: object) -> str | None:
    try:
        asked_by(value if isinstance(value, str) else "")
    except BrokenCondition as wrong:
        return f"is no condition: {wrong}"
    return None


def _rule(value: object) -> str | None:
    hard = sorted({rule.id for rule in rulebook().rules if rule.hard})
    return (
        None
        if isinstance(value, str) and value in hard
        else f"is {value!r}, must be a legal rule that nobody may override: {', '.join(hard)}"
    )


def _part_of(required: Mapping[str, _Check], optional: Mapping[str, _Check]) -> _Check:
    def check(value: object) -> str | None:
        if not isinstance(value, dict):
            return f"has {', '.join(required)}"
        return next((f"{key} {text}" for key, text in _wrong_fields(value, required, optional)), None)

    return check


def _evidence(value: object) -> str | None:
    if not isinstance(value, list) or not value:
        return "is a list of proofs, one at least"
    found = next((text for text in map(_PROOF, value) if text), None)
    if found:
        return f"has a proof whose {found}"
    if any(len(_VALIDITY & proof.keys()) not in {0, len(_VALIDITY)} for proof in value):
        return "has a proof with valid_months but no source or source_en, or the other way round"
    keys = [proof["key"] for proof in value]
    return "names a proof twice" if len(set(keys)) < len(keys) else None


def _wrong_fields(
    entry: Mapping[str, Any], required: Mapping[str, _Check], optional: Mapping[str, _Check]
) -> Iterator[Complaint]:
    yield from ((key, "is missing") for key in required if key not in entry)
    yield from ((key, "is unknown") for key in entry if key not in required and key not in optional)
    for key, check in (*required.items(), *optional.items()):
        if key in entry and (wrong := check(entry[key])):
            yield key, wrong


_TITLES: Mapping[str, _Check] = {"title": _text, "title_en": _text}
_DURATION: Mapping[str, _Check] = {
    "days": _whole(_LONGEST),
    "unit": _one_of("workday", "day"),
    "basis": _one_of(*Basis),
    "verified": _flag,
    "source": _text,
    "source_en": _text,
}
_WORD = _like(_KEY, "a word in small letters")
_PERMIT = "permit:"
_VALIDITY = frozenset({"valid_months", "source", "source_en"})
_PROOF = _part_of({"key": _WORD, **_TITLES}, {"valid_months": _whole(_LONGEST), "source": _text, "source_en": _text})
_BECOMES = _part_of(
    _TITLES, {"permit": _one_of(*(key.removeprefix(_PERMIT) for key in FOLLOWS if key.startswith(_PERMIT)))}
)

_FIELDS: Mapping[str, tuple[Mapping[str, _Check], Mapping[str, _Check]]] = {
    "tracks": ({"number": _whole(START), "key": _WORD, **_TITLES}, {}),
    "items": (
        {
            "key": _like(_ITEM_KEY, "such as BT-A1"),
            "track": _whole(START),
            **_TITLES,
            "kind": _one_of(*Kind),
            "phase": _one_of(*Phase),
            "requirement": _one_of(*Requirement),
            "lead": _code_of("lead_bureau"),
            **_DURATION,
            "evidence": _evidence,
        },
        {
            "needs": _needs,
            "when": _condition,
            "work": _code_of("work_kind"),
            "rule": _rule,
            "begins": _one_of(*FOLLOWS),
            "follows": _one_of(*FOLLOWS),
            "becomes": _BECOMES,
        },
    ),
    "traditional": ({"key": _WORD, **_TITLES, **_DURATION}, {"needs": _needs}),
}


def faults_of(table: str, entry: Mapping[str, Any]) -> Iterator[Complaint]:
    """Find what is wrong with one entry of a table, whatever the others say."""
    wrong = [(key, f"{key} {text}") for key, text in _wrong_fields(entry, *_FIELDS[table])]
    yield from wrong
    if wrong or table == "tracks":
        return
    if entry["basis"] == Basis.assumed and entry["verified"]:
        yield "verified", "what is assumed is not verified"
    if table == "items":
        yield from _contradictions(entry)


def _contradictions(entry: Mapping[str, Any]) -> Iterator[Complaint]:
    conditional = entry["requirement"] == Requirement.conditional
    if conditional and "when" not in entry:
        yield "requirement", "a conditional item has a condition (when)"
    if not conditional and "when" in entry:
        yield "when", "only a conditional item has a condition"
    if "rule" in entry and (entry["requirement"] == Requirement.optional or entry["phase"] != Phase.pre):
        yield "rule", "a hard stop is not optional and stands before the sale"
    if "work" in entry and entry["unit"] != "workday":
        yield "work", "blocked periods are left out of working days only"
    if "begins" in entry and "follows" not in entry:
        yield "begins", "what begins by itself is done by itself (follows)"
    if "becomes" in entry and entry["kind"] != Kind.PRE:
        yield "becomes", "only a PRE item becomes another"
    if entry["phase"] == Phase.after and (entry["track"] != START or entry["kind"] == Kind.PRE):
        yield "phase", f"what follows the sale stands in group {START} and is no PRE item"


def faults_between(document: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Fault]:
    """Find what is wrong between entries that are sound each for itself."""
    yield from _wrong_tracks(document["tracks"])
    items = document["items"]
    yield from _twice("items", items)
    yield from _wrong_needs(items)
    yield from _wrong_course(items)
    steps = document["traditional"]
    yield from _twice("traditional", steps)
    for number, step in enumerate(steps):
        before = {each["key"] for each in steps[:number]}
        for need in step.get("needs", ()):
            if need not in before:
                yield Fault(
                    "traditional", number, "needs", f"{step['key']}: needs {need}, which does not stand before it"
                )


def _wrong_tracks(tracks: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    yield from _twice("tracks", tracks)
    numbers = [track["number"] for track in tracks]
    if numbers != list(range(1, START + 1)):
        yield Fault("tracks", 0, "number", f"the tracks are {numbers}, must be 1 to {START} in order")


def _twice(table: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry["key"] in seen:
            yield Fault(table, number, "key", f"{entry['key']}: stands twice")
        seen.add(entry["key"])


def _wrong_needs(items: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    order = list(Phase)
    phases = {item["key"]: Phase(item["phase"]) for item in items}
    for number, item in enumerate(items):
        for need in item.get("needs", ()):
            if need not in phases:
                yield Fault("items", number, "needs", f"{item['key']}: needs {need}, which is unknown")
            elif order.index(phases[need]) > order.index(phases[item["key"]]):
                yield Fault("items", number, "needs", f"{item['key']}: needs {need}, which comes after it")
    try:
        in_order(Activity(item["key"], item["days"], needs=tuple(item.get("needs", ()))) for item in items)
    except Cycle as circle:
        number = next(number for number, item in enumerate(items) if item["key"] == circle.keys[0])
        yield Fault("items", number, "needs", f"{circle.keys[0]}: a circle of needs: {circle}")
    except ValueError:  # one key twice: told above
        return


def _wrong_course(items: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    sales = [number for number, item in enumerate(items) if item["phase"] == Phase.sale]
    if len(sales) != 1 or items[sales[0]].get("follows") != "sold":
        place = sales[-1] if sales else len(items) - 1
        yield Fault("items", place, "phase", "one item is the sale (phase sale) and follows sold")
    if not any(item["phase"] == Phase.after for item in items):
        yield Fault("items", len(items) - 1, "phase", "no item follows the sale (phase after)")
    followed = {item.get("follows") for item in items}
    for number, item in enumerate(items):
        permit = item.get("becomes", {}).get("permit")
        if permit is not None and f"{_PERMIT}{permit}" not in followed:
            yield Fault("items", number, "becomes", f"{item['key']}: no item follows {_PERMIT}{permit}")
