"""Wire shapes of surveys by hand."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from service.core.schemas import Input, Line, Note, Output
from service.parcels.changes import AreaM2, Day, Scheme
from service.parcels.lifecycle import Stage
from service.parcels.schemas import ParcelRead

PointNumbers = list[Annotated[list[Annotated[Line, Field(max_length=20)]], Field(max_length=10_000)]]
CrsName = Annotated[str, Field(min_length=1, max_length=100, examples=["EPSG:4547"])]


class FirstSurveyFacts(Input):
    """Who measured a boundary, when, and what it rests on."""

    surveyed_on: Day = Field(description="测量日期 not after today")
    surveyor: Line = Field(description="测量单位 who measured")
    reason: Note = Field(min_length=1, description="变更依据 why the boundary changes; 建立依据 of a new parcel")
    document_id: int | None = Field(None, ge=1, lt=2**31)
    area_legal_m2: AreaM2 | None = Field(None, description="法定面积 if the document says one; else what it was")


class SurveyFacts(FirstSurveyFacts):
    """Who measured the boundary, when, and why it changes."""

    override_reason: Note | None = Field(
        None, min_length=1, description="为何仍要变更 an approver's, with a document, where `approval` demands it"
    )


class BoundaryOrder(Input):
    """A boundary as surveyed."""

    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon in `crs`, easting or longitude first")
    crs: CrsName = Field(description="坐标系 of CGCS2000: 4490 or a Gauss-Krüger zone such as 4526, 4547")
    numbers: PointNumbers | None = Field(
        None,
        max_length=1000,
        description="界址点号, ring by ring as in `geometry`, without the closing point",
    )


class SurveyOrder(BoundaryOrder):
    """A new boundary of a parcel."""

    survey: SurveyFacts | None = Field(None, description="may be left out of a dry run")


class UseOrder(Input):
    """A land use by its code list: of an older one it becomes the use of 2023 that it means beyond doubt."""

    scheme: Scheme = "land_use_2023"
    code: Annotated[str, Field(min_length=1, max_length=12)]


class ParcelOrder(BoundaryOrder):
    """A new parcel: a candidate with its boundary as surveyed."""

    code: Line | None = Field(None, description="地块编号 issued if left out: jurisdiction, year and the next number")
    jurisdiction: Line
    name: Line | None = None
    address: Line | None = None
    cadastral_code: Line | None = None
    lot_number: Line | None = None
    land_use: UseOrder | None = None
    survey: FirstSurveyFacts | None = Field(None, description="may be left out of a dry run")


class SurveyFinding(Output):
    """What is wrong with a boundary (error), or worth a look (warning), and where."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    message_en: str
    ring: int | None = Field(description="圈 from 1")
    point: str | None = Field(description="点号 number, else position in the ring from 1")
    value: str | None
    lon: float | None
    lat: float | None


class AreasRead(BaseModel):
    """The areas of a boundary."""

    area_legal_m2: float | None
    area_plane_m2: float
    area_ellipsoid_m2: float


class ApprovalRead(Output):
    """That an approver must give `override_reason` and a document for a new boundary, and why."""

    stage: Stage
    message: str
    message_en: str


class SurveyAnswer(BaseModel):
    """What a survey changed or, of a dry run, would change; `after` is null for a boundary with errors."""

    findings: list[SurveyFinding]
    approval: ApprovalRead | None
    before: AreasRead
    after: AreasRead | None
    version: int = Field(description="of the parcel, now")
    survey_id: int | None
    parcel: ParcelRead | None


class ParcelAnswer(BaseModel):
    """The parcel that was registered or, of a dry run, would be; `after` is null for a boundary with errors."""

    code: str = Field(description="of a dry run: what would be issued now")
    findings: list[SurveyFinding]
    after: AreasRead | None
    survey_id: int | None
    parcel: ParcelRead | None


class NeighbourRead(BaseModel):
    """A parcel nearby."""

    code: str
    geometry: dict[str, Any] = Field(description="GeoJSON MultiPolygon in the CRS of the boundary, not rounded")


class BoundariesRead(BaseModel):
    """The parcels in a box, for an editor to snap to."""

    neighbours: list[NeighbourRead] = Field(description="in EPSG:4490")


class BoundaryRead(BaseModel):
    """The boundary of a parcel as an editor takes it up, in the CRS it was surveyed in."""

    code: str
    version: int
    crs: int = Field(description="EPSG code; 4490 where no survey in a known CRS stands for the boundary")
    as_delivered: bool = Field(description="exactly the coordinates of the last survey")
    geometry: dict[str, Any] = Field(description="GeoJSON MultiPolygon in `crs`, not rounded")
    numbers: list[list[str]] | None = Field(description="界址点号 ring by ring, without the closing point")
    area_legal_m2: float | None
    area_plane_m2: float
    approval: ApprovalRead | None
    neighbours: list[NeighbourRead]


class CutOrder(Input):
    """A boundary and what it is cut by: a line across it, or a polygon to be taken out of it."""

    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon in `crs`")
    by: dict[str, Any] = Field(description="GeoJSON LineString or Polygon in `crs`")
    crs: CrsName


class PieceRead(BaseModel):
    """What is left of a boundary."""

    geometry: dict[str, Any]
    area_plane_m2: float


class CutAnswer(BaseModel):
    """The pieces, the largest first; points that were not cut are what they were."""

    pieces: list[PieceRead]
