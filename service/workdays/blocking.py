"""Blocked periods: orders that stop kinds of works in an area for a time (封土, 重污染天气管控). Pure."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """A work whose days are counted: its kind, the areas it lies in, the classes its project belongs to.

    `kind` and `classes` are codes of the lists `work_kind` and `exempt_class`; `areas` are the codes of the work's own
    jurisdiction, county and township, as many as are known.
    """

    kind: str
    areas: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BlockedPeriod:
    """One order. `last` is still blocked. No jurisdiction: every one; no regions: the whole of the jurisdiction.

    Not `verified`: nobody has compared it with the order's own text, so it is shown as unverified.
    """

    id: int
    name: str
    name_en: str
    first: dt.date
    last: dt.date
    kinds: frozenset[str]
    jurisdiction: str | None = None
    regions: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()
    source: str = ""
    verified: bool = False

    def stops(self, work: Work) -> bool:
        """Tell whether the order is meant for a work at all, whatever the day.

        >>> soil = BlockedPeriod(1, "封土", "Dust control", dt.date(2022, 11, 15), dt.date(2023, 3, 15),
        ...                      frozenset({"earthwork"}), "ZDXQ", exempt=frozenset({"school"}))
        >>> soil.stops(Work("earthwork", frozenset({"ZDXQ"}))), soil.stops(Work("structure", frozenset({"ZDXQ"})))
        (True, False)
        >>> soil.stops(Work("earthwork", frozenset({"ZDXQ"}), frozenset({"school"})))
        False
        """
        here = self.jurisdiction is None or self.jurisdiction in work.areas
        within = not self.regions or not self.regions.isdisjoint(work.areas)
        return here and within and work.kind in self.kinds and self.exempt.isdisjoint(work.classes)

    def covers(self, day: dt.date) -> bool:
        """Tell whether a day lies in it."""
        return self.first <= day <= self.last
