"""Every rule that software can check is put to its boundaries by a test that bears its name, and the table shows it."""

from itertools import chain

from service.rules.book import rulebook
from service.rules.rule import Severity
from tests.rules.boundaries import CHECKABLE, collected, table


def test_every_checkable_rule_is_tested_and_told() -> None:
    tests = collected()
    assert {*CHECKABLE} - {*chain.from_iterable(each.rules for each in tests)} == set()
    lines = [*table(tests)][2:]
    assert len(lines) == len(rulebook().rules)
    untested = {line.split(" | ")[0].strip("| ") for line in lines if line.split(" | ")[2] == "–"}
    assert all(rule.severity is Severity.info for rule in rulebook().rules if rule.id in untested)
    notice = next(line for line in lines if line.startswith("| R01 "))
    assert "(method) listing; auction; tender × (days) 0 → finding; 19 → finding; 20 → fine; 21 → fine" in notice
