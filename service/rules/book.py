"""The rules in force: for a day, a jurisdiction, a way of supply and a use. Pure; read once, when this is loaded."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from service.rules.finding import Finding
from service.rules.loader import read
from service.rules.rule import Rule

Facts = ParamSpec("Facts")


@dataclass(frozen=True, slots=True)
class Law:
    """The rules for one case: at most one of each id."""

    day: dt.date
    jurisdiction: str
    rules: Mapping[str, Rule]

    def find(self, id_: str) -> Rule | None:
        """Return a rule; None where it is not in force or not for this case."""
        return self.rules.get(id_)

    def check(
        self,
        id_: str,
        check: Callable[Concatenate[Rule, Facts], Finding | Iterable[Finding] | None],
        *args: Facts.args,
        **kwargs: Facts.kwargs,
    ) -> tuple[Finding, ...]:
        """Return what a check finds by a rule; nothing where the rule is not in force or not for this case."""
        rule = self.find(id_)
        found = None if rule is None else check(rule, *args, **kwargs)
        if found is None:
            return ()
        return (found,) if isinstance(found, Finding) else tuple(found)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every dated version of every rule, in the file's order."""

    rules: Sequence[Rule]

    def in_force(self, day: dt.date) -> tuple[Rule, ...]:
        """Return what holds on a day, anywhere and for whatever."""
        return tuple(rule for rule in self.rules if rule.in_force(day))

    def at(self, day: dt.date, jurisdiction: str, *, method: str | None = None, use: str | None = None) -> Law:
        """Return what holds for one case; a rule of the jurisdiction goes before one for all.

        `method` is a code of the list `supply_method`, `use` a class of the annual plan (`plan_class`). None: not
        decided yet, and rules for particular methods or uses are left out.

        >>> rulebook().at(dt.date(2022, 11, 15), "ZDXQ", method="listing").find("R01").whole("days")
        20
        """
        fitting = [
            rule
            for rule in self.in_force(day)
            if (not rule.jurisdictions or jurisdiction in rule.jurisdictions)
            and (not rule.methods or method in rule.methods)
            and (not rule.uses or use in rule.uses)
        ]
        fitting.sort(key=lambda rule: bool(rule.jurisdictions))  # the later one stays
        return Law(day, jurisdiction, {rule.id: rule for rule in fitting})


_BOOK = RuleBook(read())  # a fault in the data stops the start


def rulebook() -> RuleBook:
    """Return the rules that come with the service."""
    return _BOOK
