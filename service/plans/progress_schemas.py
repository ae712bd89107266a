"""Wire shapes of a plan's progress. Areas in m²."""

import datetime as dt
from collections.abc import Mapping
from typing import Self

from pydantic import Field

from service.core.schemas import Output
from service.plans.classes import Dimension, name_of
from service.plans.progress import Month, Progress


class ProgressLine(Output):
    """How one member stands; areas in m²."""

    member: str | None = Field(description="null: the items don't say")
    name: str | None
    name_en: str | None
    planned: int
    planned_m2: float
    supplied: int = Field(description="已签合同宗数 parcels supplied")
    supplied_m2: float
    rate: float | None
    due_m2: float = Field(description="应供 planned for months that are over")
    gap_m2: float = Field(description="应供未供 below zero: ahead")
    pace_m2: float | None = Field(description="此后每月须供 in each month left; null: no month is left")

    @classmethod
    def of(cls, found: Progress, dimension: Dimension, districts: Mapping[str, str]) -> Self:
        """Write a measure."""
        names = [_member_name(dimension, found.member, districts, english=english) for english in (False, True)]
        own = {name: getattr(found, name) for name in cls.model_fields if not name.startswith("name")}
        return cls(**own, name=names[0], name_en=names[1])


def _member_name(
    dimension: Dimension, member: str | None, districts: Mapping[str, str], *, english: bool
) -> str | None:
    if member is None:
        return None
    return name_of(dimension, member, english=english) or districts.get(member, member)


class ProgressMonth(Output):
    """One month: planned and supplied in it, and since January; m²."""

    month: int
    planned_m2: float
    supplied_m2: float
    planned_so_far_m2: float
    supplied_so_far_m2: float

    @classmethod
    def of(cls, found: Month) -> Self:
        """Write a month."""
        return cls.model_validate(found._asdict())


class OutsideSum(Output):
    """What was supplied without standing in the plan."""

    parcels: int
    area_m2: float


class PlanProgress(Output):
    """How far a plan is on a day."""

    as_of: dt.date
    by: Dimension
    months_left: int
    whole: ProgressLine
    lines: list[ProgressLine]
    months: list[ProgressMonth]
    outside: OutsideSum = Field(description="计划外供应 supplied in the year, not in the plan")
