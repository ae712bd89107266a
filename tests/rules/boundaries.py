"""The rule table: every legal rule with the boundaries that tests put to it, from the rule file and the tests.

    python -m tests.rules.boundaries

A test is about the rules that its name begins with (`test_r01_…`, `test_r60_r64_…`). Its cases are those it is
parametrized with, so that the table can't say what no test does.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from service.rules.book import rulebook
from service.rules.parameters import NEEDED
from service.rules.rule import Rule, Severity

CHECKABLE = (
    *(f"R{n:02}" for n in (*range(1, 8), *range(10, 13), *range(14, 17), 20, *range(30, 36), *range(40, 48))),
    *(f"R{n}" for n in (*range(50, 54), *range(60, 69), *range(70, 76), 90)),
)
"""Rules that software can check."""
MODULES = (
    *("listings.test_legal", "plans.test_legal", "plans.test_pure", "schemes.test_legal", "schemes.test_land_law"),
    *("contracts.test_legal", "contracts.test_idle", "listings.test_lots", "checklist.test_gate"),
)
_NAMED = re.compile(r"test((?:_r\d\d)+)_(.+)")
_OUTCOMES = ("breaks", "broken", "severity", "held", "stopped", "found", "verdict", "holds")


@dataclass(frozen=True)
class Tested:
    """A test of some rules, and its cases as told in the table."""

    rules: tuple[str, ...]
    says: str
    cases: str


def collected() -> list[Tested]:
    """Return the tests that are named after rules, in the order of the files, with the cases of their decorators."""
    modules = [importlib.import_module(f"tests.{name}") for name in MODULES]
    functions = [each for module in modules for each in vars(module).values() if inspect.isfunction(each)]
    return [_tested(each, named) for each in functions if (named := _NAMED.fullmatch(each.__name__))]


def _tested(function: Callable[..., None], named: re.Match[str]) -> Tested:
    rules = tuple(each.upper() for each in named[1].strip("_").split("_"))
    marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
    cases = " × ".join(f"({_put(mark.args[0])}) {'; '.join(_cases(*mark.args))}" for mark in marks)
    return Tested(rules, named[2].replace("_", " "), cases)


def _listed(names: str | Sequence[str]) -> list[str]:
    return [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)


def _put(names: str | Sequence[str]) -> str:
    return ", ".join(each.replace("_", " ") for each in _listed(names) if each not in _OUTCOMES)


def _cases(names: str | Sequence[str], values: Iterable[Any]) -> Iterator[str]:
    single = isinstance(names, str) and "," not in names
    listed = _listed(names)
    for value in values:
        given = dict(zip(listed, (value,) if single else value, strict=True))
        put = ", ".join(_told(each) for name, each in given.items() if name not in _OUTCOMES)
        yield " → ".join(filter(None, (put, ", ".join(_outcome(given[name]) for name in given if name in _OUTCOMES))))


def _outcome(value: object) -> str:
    return ("finding" if value else "fine") if isinstance(value, bool) else _told(value)


def _told(value: object) -> str:
    if value is None or value in ((), [], {}):
        return "–"
    if is_dataclass(value):
        return " ".join(f"{each.name} {_told(getattr(value, each.name))}" for each in fields(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_told(each)}" for key, each in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return " ".join(_told(each) for each in value)
    return str(value.value if isinstance(value, Enum) else value)


def table(tests: Iterable[Tested]) -> Iterator[str]:
    """Yield the lines of the table, a rule of the file a line, in the file's order of ids."""
    by_rule: dict[str, list[Tested]] = {}
    for each in tests:
        for id_ in each.rules:
            by_rule.setdefault(id_, []).append(each)
    yield "| Rule | What it asks | Boundaries tested | Source | Does | Verified |"
    yield "|---|---|---|---|---|---|"
    for rule in sorted(rulebook().rules, key=lambda each: each.id):
        told = "<br>".join(_line(each) for each in by_rule.get(rule.id, ()))
        cells = (rule.id, _asked(rule), told or "–", rule.cited(english=True), _does(rule), rule.verification.value)
        yield "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def _line(each: Tested) -> str:
    return each.says + (f": {each.cases}" if each.cases else "")


def _asked(rule: Rule) -> str:
    scope = [", ".join(each) for each in (rule.jurisdictions, rule.methods, rule.uses) if each]
    period = f"{rule.valid_from} – {rule.valid_to or ''}".strip()
    return f"{rule.text_en}<br>*{'; '.join([*scope, period])}*"


def _does(rule: Rule) -> str:
    if rule.severity is Severity.info or rule.id not in NEEDED:
        return "info"
    return "block, no exception" if rule.hard else rule.severity.value


if __name__ == "__main__":
    print("\n".join(table(collected())))
