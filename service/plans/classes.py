"""Classes that a plan's land is counted by: the seven uses (编制规范), housing, source, method; from the code lists.

A printed table may count groups too: 其他用地 is the four uses without a line of their own, 保障性住房 all its kinds.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from service.codes import queries as codes


class Dimension(StrEnum):
    """What areas of a plan are summed by."""

    total = "total"
    use_class = "class"
    housing_class = "housing_class"
    district = "district"
    quarter = "quarter"
    month = "month"
    source = "source"
    method = "method"


NAMES: Mapping[Dimension, tuple[str, str]] = {
    Dimension.total: ("总量", "Total"),
    Dimension.use_class: ("用途", "Use"),
    Dimension.housing_class: ("住房", "Housing"),
    Dimension.district: ("区域", "District"),
    Dimension.quarter: ("季度", "Quarter"),
    Dimension.month: ("月份", "Month"),
    Dimension.source: ("来源", "Source"),
    Dimension.method: ("供应方式", "Method"),
}
LISTS: Mapping[Dimension, str] = {
    Dimension.use_class: "plan_class",
    Dimension.housing_class: "housing_class",
    Dimension.source: "land_source",
    Dimension.method: "supply_method",
}
"""The code list whose codes are a dimension's members."""

ALL = "all"
"""The one member of `total`."""
USES: tuple[str, ...] = tuple(code for code in codes.lists()["plan_class"].entries if code != "other")
RESIDENTIAL = "residential"
QUARTERS = ("1", "2", "3", "4")
MONTHS = tuple(str(month) for month in range(1, 13))


def place_of(dimension: Dimension, member: str) -> tuple[int, str]:
    """Return where a member stands among the others of its dimension: as in its code list, else by its code.

    >>> sorted(["10", "9"], key=lambda member: place_of(Dimension.month, member))
    ['9', '10']
    """
    if dimension in {Dimension.quarter, Dimension.month}:
        return int(member), ""
    known = list(codes.lists()[LISTS[dimension]].entries) if dimension in LISTS else []
    return known.index(member) if member in known else len(known), member


@cache
def counted(dimension: Dimension, member: str) -> frozenset[str]:
    """Return the codes whose land a member counts: its own and those below it.

    >>> sorted(counted(Dimension.use_class, "other"))
    ['other', 'public', 'special', 'transport', 'water']
    """
    if (name := LISTS.get(dimension)) is None:
        return frozenset({member})
    entries = codes.lists()[name].entries
    found = {member}
    while more := {code for code, entry in entries.items() if entry.parent in found and code not in found}:
        found |= more
    return frozenset(found)


def is_member(dimension: Dimension, member: str) -> bool:
    """Whether a dimension can have this member; districts are looked up elsewhere.

    >>> is_member(Dimension.quarter, "5"), is_member(Dimension.housing_class, "commodity")
    (False, True)
    """
    match dimension:
        case Dimension.total:
            return member == ALL
        case Dimension.quarter:
            return member in QUARTERS
        case Dimension.month:
            return member in MONTHS
        case Dimension.district:
            return True
    return member in codes.lists()[LISTS[dimension]].entries


def name_of(dimension: Dimension, member: str, *, english: bool = False) -> str | None:
    """Return what a member of a dimension is called; None for a district, whose name stands in its table.

    >>> name_of(Dimension.quarter, "3"), name_of(Dimension.use_class, "commercial", english=True)
    ('三季度', 'Commercial')
    """
    match dimension:
        case Dimension.total:
            return "Total" if english else "合计"
        case Dimension.quarter:
            return f"Q{member}" if english else f"{'一二三四'[int(member) - 1]}季度"
        case Dimension.month:
            return f"Month {member}" if english else f"{member}月"
        case Dimension.district:
            return None
    return codes.name_of(LISTS[dimension], member, english=english)


def class_of(scheme: str, code: str) -> str | None:
    """Return the class that a land use is planned under; None where it has none or is unknown.

    >>> class_of("land_use_2023", "0902"), class_of("gbt_21010_2017", "1001"), class_of("land_use_2023", "16")
    ('commercial', 'transport', None)
    """
    found = codes.code_of(scheme, code)
    return None if found is None else found.plan_class
