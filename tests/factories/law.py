"""Legal rules as they stand for a case, and a calendar that knows weekends only."""

import datetime as dt
import re
from collections.abc import Iterable

from service.rules.book import Law, rulebook
from service.rules.calendar import Calendar
from service.rules.finding import Finding
from service.rules.rule import Rule
from service.workdays.calendar import Calendar as WorkingDays

TODAY = dt.date(2022, 11, 15)
HAN = re.compile("[一-鿿]")
WEEKDAYS: Calendar = WorkingDays({}, range(1990, 2061))


def law(method: str = "listing", use: str = "residential", day: dt.date = TODAY, jurisdiction: str = "ZDXQ") -> Law:
    return rulebook().at(day, jurisdiction, method=method, use=use)


def rule(id_: str, method: str = "listing", use: str = "residential", day: dt.date = TODAY) -> Rule:
    found = law(method, use, day).find(id_)
    assert found is not None, id_
    return found


def days_after(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)


def only(found: Finding | Iterable[Finding] | None) -> Finding:
    """The one finding, told in full: words in both languages, a source, what would satisfy it."""
    finding = found if isinstance(found, Finding) else next(iter(found or ()))
    for words in (finding.message, finding.satisfied_by):
        assert words.zh
        assert words.en
        assert not HAN.search(words.en)
    assert finding.rule.cited()
    return finding
