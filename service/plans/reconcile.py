"""Totals of a plan: what its items add up to, compared with what its document prints. Pure.

A difference is a finding, however small: it is shown, never smoothed.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from service.plans.classes import ALL, NAMES, USES, Dimension, counted, name_of, place_of
from service.plans.findings import Figure, Finding

ZERO = Decimal("0.00")
_HECTARE = Decimal(10_000)


class Tally(NamedTuple):
    """Items of one combination of properties, summed; None where the items don't say."""

    use_class: str
    housing_class: str | None
    district: str | None
    quarter: int | None
    month: int | None
    source: str | None
    method: str | None
    items: int
    area_m2: Decimal


class Sum(NamedTuple):
    """How many items a member has, and how much land."""

    items: int = 0
    area_m2: Decimal = ZERO


Sums = Mapping[Dimension, Mapping[str, Sum]]


def summed(tallies: Iterable[Tally]) -> Sums:
    """Sum up by every dimension; what an item doesn't say is left out of that dimension only.

    >>> row = Tally("commercial", None, "410105", 2, 5, "new", "listing", 3, Decimal("4.00"))
    >>> summed([row])[Dimension.quarter]["2"].area_m2
    Decimal('4.00')
    """
    found: dict[Dimension, dict[str, Sum]] = {each: {} for each in Dimension}
    for tally in tallies:
        for dimension, member in _members(tally):
            before = found[dimension].get(member, Sum())
            found[dimension][member] = Sum(before.items + tally.items, before.area_m2 + tally.area_m2)
    return found


def _members(tally: Tally) -> Iterator[tuple[Dimension, str]]:
    yield Dimension.total, ALL
    values = (
        (Dimension.use_class, tally.use_class),
        (Dimension.housing_class, tally.housing_class),
        (Dimension.district, tally.district),
        (Dimension.quarter, tally.quarter),
        (Dimension.month, tally.month),
        (Dimension.source, tally.source),
        (Dimension.method, tally.method),
    )
    yield from ((dimension, str(member)) for dimension, member in values if member is not None)


def sum_of(sums: Sums, dimension: Dimension, member: str) -> Sum:
    """Return what a member adds up to, with those below it."""
    parts = [sums[dimension].get(code, Sum()) for code in counted(dimension, member)]
    return Sum(sum(part.items for part in parts), sum((part.area_m2 for part in parts), ZERO))


class Line(NamedTuple):
    """One line of the table of totals; `declared_m2` None: the document prints none."""

    dimension: Dimension
    member: str
    items: int
    summed_m2: Decimal
    declared_m2: Decimal | None

    @property
    def difference_m2(self) -> Decimal | None:
        """Return printed minus summed."""
        return None if self.declared_m2 is None else self.declared_m2 - self.summed_m2


def lines(sums: Sums, declared: Mapping[tuple[Dimension, str], Decimal]) -> list[Line]:
    """Return the total, the seven uses, and every other member that the items or the document have, in order."""
    members = {dimension: set(sums[dimension]) for dimension in Dimension}
    members[Dimension.total].add(ALL)
    members[Dimension.use_class].update(USES)
    for dimension, member in declared:
        members[dimension].add(member)
    asked = [
        (dimension, member)
        for dimension, own in members.items()
        for member in sorted(own, key=lambda member, dimension=dimension: place_of(dimension, member))  # type: ignore[misc]
    ]
    return [Line(*each, *sum_of(sums, *each), declared.get(each)) for each in asked]


def differences(found: Iterable[Line], names: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each line whose printed figure is not the sum of its items; `names` are the districts'."""
    return [_difference(line, names) for line in found if line.difference_m2]


def _difference(line: Line, names: Mapping[str, str]) -> Finding:
    declared, summed_up, apart = line.declared_m2 or ZERO, line.summed_m2, line.difference_m2 or ZERO
    zh, en = (_name(line, names, english=english) for english in (False, True))
    figures = {
        "declared": Figure(str(declared), "m²"),
        "summed": Figure(str(summed_up), "m²"),
        "difference": Figure(str(apart), "m²"),
    }
    printed, added, more = (f"{value / _HECTARE:f}" for value in (declared, summed_up, apart))
    return Finding(
        "plan_total",
        "warn",
        hard=False,
        title=("合计不符", "Totals differ"),
        message=(
            f"{zh}：文件所载 {printed} 公顷，明细合计 {added} 公顷，相差 {more} 公顷。",
            f"{en}: the document prints {printed} ha, the items add up to {added} ha, {more} ha apart.",
        ),
        source="国有建设用地供应计划编制规范(试行) 国土资发〔2010〕117号 [未核实]",
        satisfied_by=("核对明细或更正文件所载面积。", "Check the items, or correct the printed figure."),
        figures=figures,
        where={} if line.dimension is Dimension.total else {str(line.dimension): line.member},
    )


def _name(line: Line, names: Mapping[str, str], *, english: bool) -> str:
    member = name_of(line.dimension, line.member, english=english) or names.get(line.member, line.member)
    return member if line.dimension is Dimension.total else f"{NAMES[line.dimension][english]} {member}"
