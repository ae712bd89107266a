"""Wire shapes of parcels. The busiest doors write the same JSON straight from rows (`reading.py`)."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from service.core.schemas import Input, Line, Note
from service.parcels.lifecycle import EventKind, Hold, Idle, Stage

AreaM2 = Annotated[Decimal, Field(gt=0, lt=10**12, max_digits=14, decimal_places=2, allow_inf_nan=False)]
Day = Annotated[dt.date, Field(ge=dt.date(1949, 10, 1), le=dt.date(2100, 1, 1))]
Scheme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$", examples=["land_use_2023"])]
Version = Annotated[int, Field(ge=1)]


class Named(BaseModel):
    """A code with its name."""

    code: str
    name: str


class UseRead(BaseModel):
    """The main land use."""

    scheme: str
    code: str
    name: str | None


class LandUseRead(UseRead):
    """One land-use component."""

    share: float = Field(description="份额 share of the area, 0–1")
    max_term_years: int | None


class ParcelSummary(BaseModel):
    """A parcel as lists show it."""

    id: int
    code: str = Field(examples=["ZDXQ-2022-005"])
    name: str | None
    address: str | None
    cadastral_code: str | None
    lot_number: str | None
    stage: Stage
    hold: Hold
    idle: Idle
    stage_since: dt.date
    jurisdiction: Named
    county_code: str | None
    region: Named | None
    land_use: UseRead | None
    area_m2: float = Field(description="法定面积, 无则为平面面积 legal where known, else plane; m²")
    area_legal_m2: float | None
    area_plane_m2: float
    area_ellipsoid_m2: float
    bbox: tuple[float, float, float, float] = Field(description="西南东北 west, south, east, north in degrees")
    centre: tuple[float, float]
    version: Version
    updated_at: AwareDatetime


class BoundRead(BaseModel):
    """A planning bound; null is an open end."""

    min: float | None
    min_inclusive: bool
    max: float | None
    max_inclusive: bool


class PlanningRead(BaseModel):
    """规划条件: bounds as the document gives them."""

    far: BoundRead | None
    density_pct: BoundRead | None
    green_pct: BoundRead | None
    height_m: BoundRead | None


class SurveyRead(BaseModel):
    """The boundary as it was delivered."""

    source_crs: int
    zone_prefixed: bool
    document_id: int | None
    source_name: str | None
    point_count: int
    surveyed_on: dt.date | None


class ParcelRead(ParcelSummary):
    """A parcel with its shape and everything known of it."""

    geometry: dict[str, Any] = Field(description="GeoJSON MultiPolygon, CRS84 unless crs= asks for another")
    land_uses: list[LandUseRead]
    planning: PlanningRead
    survey: SurveyRead | None
    registered_on: dt.date | None
    region_overridden: bool
    created_at: AwareDatetime
    allowed_events: list[EventKind]


class ParcelFeature(BaseModel):
    """A parcel as a GeoJSON feature."""

    type: Literal["Feature"]
    id: int
    geometry: dict[str, Any]
    properties: ParcelSummary


class ParcelList(BaseModel):
    """One page of parcels."""

    items: list[ParcelSummary]
    next: str | None


class ParcelFeatures(BaseModel):
    """One page of parcels as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[ParcelFeature]
    next: str | None


class ParcelsHere(BaseModel):
    """The parcels under a point."""

    items: list[ParcelSummary]


class Count(BaseModel):
    """Parcels and land with one value."""

    n: int
    area_m2: float


class NamedCount(Count):
    """The same, for a value with a name."""

    name: str | None


class FacetsRead(BaseModel):
    """What a selection holds, by property."""

    total: int
    area_m2: float
    stage: dict[Stage, Count]
    hold: dict[Hold, Count]
    idle: dict[Idle, Count]
    jurisdiction: dict[str, NamedCount]
    region: dict[str, NamedCount]
    land_use: dict[str, NamedCount] = Field(description="scheme:code → count")


class StatusRead(BaseModel):
    """The state of one parcel; `asked` is the number it was asked by."""

    asked: str
    code: str
    stage: Stage
    hold: Hold
    idle: Idle
    stage_since: dt.date
    version: Version


class StatusesRead(BaseModel):
    """The states of many parcels, in the order asked."""

    items: list[StatusRead]
    unknown: list[str]


class StatusQuery(Input):
    """Which parcels: codes, cadastral codes or lot numbers."""

    codes: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(min_length=1, max_length=1000)


class EventDocument(BaseModel):
    """The document that an event rests on."""

    id: int
    title: str


class EventRead(BaseModel):
    """One change of state; null where the event left the value alone."""

    id: int
    kind: EventKind
    effective_on: dt.date
    recorded_at: AwareDatetime
    actor: str
    stage: Stage | None
    hold: Hold | None
    idle: Idle | None
    document: EventDocument | None
    note: str | None
    override_reason: str | None


class HistoryRead(BaseModel):
    """What happened to a parcel, in order of effect."""

    items: list[EventRead]


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
    """A new parcel."""

    model_config = ConfigDict(json_schema_extra={"required": ["code", "jurisdiction", "geometry"]})

    code: Line
    jurisdiction: Line
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon, degrees in EPSG:4490")
    name: Line | None = None
    address: Line | None = None
    cadastral_code: Line | None = None
    lot_number: Line | None = None
    area_legal_m2: AreaM2 | None = None
    registered_on: Day | None = None
    land_uses: list[LandUse] = Field(default_factory=list, max_length=20)
    planning: Planning = Planning()
