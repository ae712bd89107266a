"""Wire shapes of what is asked of plans."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from service.core.schemas import Input, Line, Note
from service.parcels.changes import AreaM2, Day, Scheme
from service.plans.classes import Dimension
from service.plans.models import FIRST_YEAR, LAST_YEAR
from service.plans.settling import Proposed

DocumentId = Annotated[int, Field(ge=1, lt=2**31)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")]
MOST_KEYS = 10_000


class PlanCreate(Input):
    """A new plan year; its first edition is a draft."""

    jurisdiction: Line
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR, examples=[2022])
    title: Line | None = Field(None, description="名称; left out: made from jurisdiction and year")


class PlanChange(Input):
    """Title or document of a draft: what is left out stays."""

    title: Line | None = None
    document_id: DocumentId | None = Field(None, description="计划文件 the plan as a document; null: none")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set or ("title" in self.model_fields_set and self.title is None):
            raise ValueError("give a title or a document")
        return self


class StepOrder(Input):
    """A step of a plan: when it is true in law, by which document, why."""

    effective_on: Day | None = Field(None, description="生效日期 left out: today; not after today")
    document_id: DocumentId | None = None
    note: Note | None = None


class TotalDeclared(Input):
    """An area that the plan's document prints."""

    dimension: Dimension
    member: Annotated[str, Field(min_length=1, max_length=40)] = Field(description="code; all for the total")
    area_m2: Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=2, allow_inf_nan=False)]


class TotalsDeclared(Input):
    """All areas that the document prints; they replace those entered before."""

    items: list[TotalDeclared] = Field(max_length=500)


class LandUseChosen(Input):
    """A land use: always with its list."""

    scheme: Scheme = "land_use_2023"
    code: Annotated[str, Field(min_length=1, max_length=12)]


class ItemChange(Input):
    """What an item says. In a change, what is left out stays and null removes it; a parcel fills what is left out."""

    parcel: Line | None = Field(None, description="地块编号 code of the parcel; null: not surveyed yet")
    name: Line | None = None
    geometry: dict[str, Any] | None = Field(None, description="GeoJSON sketch, degrees, where there is no parcel")
    area_m2: AreaM2 | None = Field(None, description="计划面积 m²")
    use_class: Code | None = Field(None, description="用途类别: code list plan_class, without other")
    housing_class: Code | None = Field(None, description="住房类别: code list housing_class")
    land_use: LandUseChosen | None = None
    source: Code | None = Field(None, description="来源: code list land_source")
    method: Code | None = Field(None, description="供应方式: code list supply_method")
    quarter: Annotated[int, Field(ge=1, le=4)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    region: Line | None = Field(None, description="区域: code of a county or township")
    note: Note | None = None

    def proposed(self, geom: Any = None) -> Proposed:  # noqa: ANN401 - a shape, or none
        """Return what is said, to be settled."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name not in {"geometry", "land_use"}}
        use = None if self.land_use is None else (self.land_use.scheme, self.land_use.code)
        return Proposed(**values, geom=geom, land_use=use)


class ItemCreate(ItemChange):
    """A new item."""


class CarryOver(Input):
    """Which unsold plots of the year before come into this plan; null: all that are proposed."""

    keys: list[uuid.UUID] | None = Field(None, min_length=1, max_length=MOST_KEYS)


def first_of_month(month: str | None) -> dt.date | None:
    """Read YYYY-MM.

    >>> first_of_month("2022-11")
    datetime.date(2022, 11, 1)
    """
    return None if month is None else dt.date.fromisoformat(f"{month}-01")


MonthText = Annotated[str, Field(pattern=r"^(19[5-9]\d|20\d\d)-(0[1-9]|1[0-2])$", examples=["2022-11"])]


class TargetSet(Input):
    """A target before its plan is published."""

    month: MonthText | None = Field(description="目标月份; null: without a month")
    note: Note | None = Field(None, description="出处 where the target comes from")


class TargetChangeAsk(Input):
    """A new forecast of a published target."""

    month: MonthText | None
    reason: Code = Field(description="原因: code list target_change_reason")
    note: Note | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.reason == "other" and not self.note:
            raise ValueError("say in a note which other reason it is")
        return self


class TargetDecide(Input):
    """What an approver says to a change inside the lock window."""

    approved: bool
    note: Note | None = None
