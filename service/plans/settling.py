"""What an item of a plan may say: proposed values checked, and filled up from the parcel where left out. Pure.

A form and a row of a sheet are judged alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import shapely

from service.codes import queries as codes
from service.core.spelling import folded
from service.plans.classes import LISTS, RESIDENTIAL, USES, Dimension, class_of

_MOST_M2 = Decimal(10) ** 12


class KnownParcel(NamedTuple):
    """A parcel of the plan's jurisdiction, as far as an item needs it."""

    id: int
    code: str
    area_m2: Decimal
    region_id: int | None
    scheme: str | None
    use: str | None
    retired: bool


class Known(NamedTuple):
    """Parcels by code as it is compared, and regions by code and by name."""

    parcels: Mapping[str, KnownParcel]
    regions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody says of an item; None: not said."""

    parcel: str | None = None
    name: str | None = None
    geom: shapely.MultiPolygon | None = None
    area_m2: Decimal | None = None
    use_class: str | None = None
    housing_class: str | None = None
    land_use: tuple[str, str] | None = None
    source: str | None = None
    method: str | None = None
    quarter: int | None = None
    month: int | None = None
    region: str | None = None
    note: str | None = None


class Fault(NamedTuple):
    """What is wrong with a field: its name, the rule, words in both languages."""

    field: str
    rule: str
    zh: str
    en: str


Values = dict[str, Any]
"""Column → value of an item, without its shape."""


def settle(said: Proposed, known: Known) -> tuple[Values, list[Fault]]:
    """Return an item's columns and what is wrong with what was said; the columns are good only without faults.

    >>> none = Known({}, {})
    >>> values, faults = settle(Proposed(name="A", area_m2=Decimal(5), use_class="commercial", month=5), none)
    >>> values["quarter"], faults
    (2, [])
    >>> [fault.rule for fault in settle(Proposed(parcel="Z-1", use_class="water"), none)[1]]
    ['unknown-parcel']
    """
    parcel = known.parcels.get(folded(said.parcel)) if said.parcel else None
    land_use = said.land_use or (parcel and parcel.scheme and parcel.use and (parcel.scheme, parcel.use)) or None
    use_class = said.use_class or (land_use and class_of(*land_use)) or None
    values: Values = {
        "parcel_id": parcel and parcel.id,
        "name": said.name,
        "area_m2": said.area_m2 if said.area_m2 is not None else parcel and parcel.area_m2,
        "use_class": use_class,
        "housing_class": said.housing_class,
        "land_use_scheme": land_use and land_use[0],
        "land_use_code": land_use and land_use[1],
        "source": said.source,
        "method": said.method,
        "quarter": said.quarter if said.quarter is not None else said.month and (said.month + 2) // 3,
        "month": said.month,
        "region_id": known.regions.get(said.region) if said.region else parcel and parcel.region_id,
        "note": said.note,
    }
    return values, [*_of_parcel(said, parcel), *_of_classes(said, use_class, land_use), *_of_rest(said, values, known)]


def _of_parcel(said: Proposed, parcel: KnownParcel | None) -> Iterator[Fault]:
    if said.parcel and parcel is None:
        yield Fault(
            "parcel",
            "unknown-parcel",
            f"管辖区内没有地块 {said.parcel}",
            f"The jurisdiction has no parcel {said.parcel}",
        )
    elif parcel is not None and parcel.retired:
        yield Fault(
            "parcel", "parcel-retired", f"地块 {parcel.code} 已分割或合并", f"Parcel {parcel.code} was split or merged"
        )
    if said.parcel and said.geom is not None:
        yield Fault("geometry", "sketch-and-parcel", "已有地块，不能再画示意范围", "A parcel has its own shape")
    if not said.parcel and not said.name:
        yield Fault("name", "name-required", "没有地块编号时须填名称", "Without a parcel a name is needed")
    if not said.parcel and said.area_m2 is None:
        yield Fault("area_m2", "area-required", "没有地块编号时须填面积", "Without a parcel an area is needed")
    if said.area_m2 is not None and not 0 < said.area_m2 < _MOST_M2:
        yield Fault("area_m2", "area-range", "面积须大于 0", "The area must be more than 0")


def _of_classes(said: Proposed, use_class: str | None, land_use: tuple[str, str] | None) -> Iterator[Fault]:
    if use_class is None and not (said.parcel and not land_use):
        yield Fault(
            "use_class", "class-required", "须填用途类别或用地代码", "Say the class, or a land use that has one"
        )
    elif use_class is None:
        yield Fault(
            "use_class", "class-required", "地块没有用地性质，须填用途类别", "The parcel has no land use: say the class"
        )
    elif use_class not in USES:
        yield _unknown("use_class", use_class)
    if said.housing_class is not None:
        if said.housing_class not in codes.lists()["housing_class"].entries:
            yield _unknown("housing_class", said.housing_class)
        elif use_class != RESIDENTIAL:
            yield Fault(
                "housing_class", "housing-only", "只有住宅用地分住房类别", "Only housing land has a kind of housing"
            )
    if said.land_use is not None and codes.code_of(*said.land_use) is None:
        yield _unknown("land_use", " ".join(said.land_use))


def _of_rest(said: Proposed, values: Values, known: Known) -> Iterator[Fault]:
    for dimension in (Dimension.source, Dimension.method):
        member = values[dimension]
        if member is not None and member not in codes.lists()[LISTS[dimension]].entries:
            yield _unknown(dimension, member)
    quarter, month = values["quarter"], values["month"]
    if quarter is not None and not 1 <= quarter <= 4:  # noqa: PLR2004 - quarters of a year
        yield Fault("quarter", "quarter-range", "季度为 1 至 4", "A quarter is 1 to 4")
    if month is not None and not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        yield Fault("month", "month-range", "月份为 1 至 12", "A month is 1 to 12")
    elif month is not None and (month + 2) // 3 != quarter:
        yield Fault(
            "month", "month-outside-quarter", f"{month} 月不在第 {quarter} 季度", f"Month {month} is not in Q{quarter}"
        )
    if said.region and said.region not in known.regions:
        yield _unknown("region", said.region)


def _unknown(field: str, value: str) -> Fault:
    return Fault(field, "unknown-code", f"没有“{value[:60]}”", f"There is no {value[:60]!r}")
