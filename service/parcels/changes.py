"""Wire shapes of what is asked of parcels and what is to be changed."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from service.core.schemas import Input, Line, Note, Written
from service.parcels.lifecycle import EventKind

AreaM2 = Annotated[Decimal, Field(gt=0, lt=10**12, max_digits=14, decimal_places=2, allow_inf_nan=False)]
Day = Annotated[dt.date, Field(ge=dt.date(1949, 10, 1), le=dt.date(2100, 1, 1)), Written]
Scheme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$", examples=["land_use_2023"])]


class StatusQuery(Input):
    """Which parcels: codes, cadastral codes or lot numbers."""

    codes: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(min_length=1, max_length=1000)


class EventCreate(Input):
    """A change of state to record."""

    kind: EventKind
    effective_on: Day = Field(description="法律上生效之日 the day it is true in law; not after today")
    document_id: int | None = Field(None, ge=1, lt=2**31)
    note: Note | None = None


class LandUse(Input):
    """One land-use component."""

    scheme: Scheme = "land_use_2023"
    code: Annotated[str, Field(min_length=1, max_length=12)]
    share: Annotated[Decimal, Field(gt=0, le=1, decimal_places=4, allow_inf_nan=False)] = Decimal(1)
    max_term_years: Annotated[int, Field(ge=1, le=99)] | None = Field(
        None, description="出让最高年限 years; the law's maximum for the use if not given"
    )


Figure = Annotated[Decimal, Field(ge=0, lt=10**6, decimal_places=4, allow_inf_nan=False)]


class PlanningBound(Input):
    """A planning bound; leave an end out where it is open."""

    min: Figure | None = None
    min_inclusive: bool = True
    max: Figure | None = None
    max_inclusive: bool = True


class Planning(Input):
    """规划条件: an index left out stays as it is, null removes it."""

    far: PlanningBound | None = Field(None, description="容积率 floor area ratio")
    density_pct: PlanningBound | None = Field(None, description="建筑密度 building density, %")
    green_pct: PlanningBound | None = Field(None, description="绿地率 green ratio, %")
    height_m: PlanningBound | None = Field(None, description="建筑高度 building height, m")


class ParcelChange(Input):
    """Attributes to change: what is left out stays as it is, null removes it."""

    name: Line | None = None
    address: Line | None = None
    cadastral_code: Line | None = None
    lot_number: Line | None = None
    region_code: Line | None = Field(None, description="办事处代码 township; null: by geometry again")
    area_legal_m2: AreaM2 | None = None
    registered_on: Day | None = None
    land_uses: list[LandUse] = Field(default_factory=list, max_length=20)
    planning: Planning = Planning()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one attribute to change")
        return self


class ParcelCreate(Input):
    """A new parcel, without its shape."""

    code: Line
    jurisdiction: Line
    name: Line | None = None
    address: Line | None = None
    cadastral_code: Line | None = None
    lot_number: Line | None = None
    area_legal_m2: AreaM2 | None = None
    registered_on: Day | None = None
    land_uses: list[LandUse] = Field(default_factory=list, max_length=20)
    land_use_given: Line | None = Field(None, description="list:code as it was given")
    planning: Planning = Planning()
