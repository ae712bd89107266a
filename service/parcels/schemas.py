"""Wire shapes of parcels as they are given out. The busiest doors write the same JSON from rows (`reading.py`)."""

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from service.parcels.land_use_schemas import GivenUseRead, LandUseRead, UseRead
from service.parcels.lifecycle import EventKind, Hold, Idle, Stage


class Named(BaseModel):
    """A code with its name."""

    code: str
    name: str


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
    version: int
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
    replaced_on: dt.date | None = Field(
        description="the day since which it is the boundary, where there was another before; `as_of` an earlier day"
        " gives this one all the same: past states are told, past shapes are not"
    )


class ParcelRead(ParcelSummary):
    """A parcel with its shape and everything known of it."""

    geometry: dict[str, Any] = Field(description="GeoJSON MultiPolygon, CRS84 unless crs= asks for another")
    land_uses: list[LandUseRead]
    land_use_given: GivenUseRead | None = Field(description="原编码 the land-use code as an import delivered it")
    planning: PlanningRead
    survey: SurveyRead | None
    registered_on: dt.date | None
    region_overridden: bool
    created_at: AwareDatetime
    retired_on: dt.date | None = Field(description="分割、合并之日 from when successors stand for it; null: it stands")
    successors: list[str] = Field(description="codes of the parcels that a split or merge made of it")
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
    """A point and the parcels under it."""

    point: tuple[float, float] | None = Field(
        description="所查之点的经纬度 longitude, latitude of the point (CRS84); null: nowhere on Earth"
    )
    items: list[ParcelSummary]


class StatusRead(BaseModel):
    """The state of one parcel; `asked` is the number it was asked by."""

    asked: str
    code: str
    stage: Stage
    hold: Hold
    idle: Idle
    stage_since: dt.date
    version: int
    retired_on: dt.date | None = Field(description="分割、合并之日; null: it stands")
    successors: list[str]


class StatusesRead(BaseModel):
    """The states of many parcels, in the order asked."""

    items: list[StatusRead]
    unknown: list[str]


class EventDocument(BaseModel):
    """The document that an event or a survey rests on."""

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


class SurveyKept(BaseModel):
    """One survey of a parcel: of an import, or by hand, which tells who measured and why.

    Where others were concerned, `actor` approved it for `override_reason`; of an import by `override_document`.
    """

    id: int
    surveyed_on: dt.date | None
    recorded_at: AwareDatetime
    source_crs: int
    point_count: int
    surveyor: str | None
    reason: str | None
    actor: str | None
    override_reason: str | None
    document: EventDocument | None
    override_document: EventDocument | None


class HistoryRead(BaseModel):
    """What happened to a parcel, in order of effect; its surveys, the newest first."""

    items: list[EventRead]
    surveys: list[SurveyKept]
