"""Wire shapes of the review of an import."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from service.core.schemas import Input, Line, Note, Output
from service.imports.map_models import SavedMap
from service.imports.mapping import Assignment
from service.imports.repairs import REPAIRS
from service.imports.schemas import Figure

FieldName = Literal[
    "code",
    "name",
    "address",
    "cadastral_code",
    "lot_number",
    "county_code",
    "registered_on",
    "surveyed_on",
    "stage_since",
    "land_use",
    "land_use_given",
    "area_legal_m2",
    "stage",
    "far",
    "density_pct",
    "green_pct",
    "height_m",
]
UseList = Literal["land_use_2023", "gbt_21010_2017", "gb_50137_2011"]
Unit = Literal["m2", "mu", "ha", "percent", "share", "m"]


class ReasonRead(Output):
    """Why a column is taken for a field."""

    confidence: Literal["high", "medium", "low"]
    zh: str
    en: str


class ProposalRead(Output):
    """What a column was taken for at first."""

    field: FieldName | None
    list: UseList | None
    unit: Unit | None
    bound: Literal["min", "max"] | None
    reason: ReasonRead | None


class ColumnRead(Output):
    """A column of the file: samples, and the field that it fills (null: none)."""

    column: str
    kind: str
    filled: int
    samples: list[str]
    field: FieldName | None
    list: UseList | None
    unit: Unit | None
    bound: Literal["min", "max"] | None
    proposed: ProposalRead


class MappingRead(Output):
    """The columns of a file under review."""

    columns: list[ColumnRead]


class ColumnAssign(Input):
    """What a column fills."""

    column: Annotated[str, Field(min_length=1, max_length=200)]
    field: FieldName | None = None
    list: UseList | None = None
    unit: Unit | None = None
    bound: Literal["min", "max"] | None = None

    def assignment(self) -> Assignment:
        """Return it as the mapping takes it."""
        return Assignment(self.column, self.field, self.list, self.unit, self.bound)


class MappingChange(Input):
    """What the columns fill; a column left out fills nothing."""

    columns: list[ColumnAssign] = Field(max_length=300)


class StagedRead(Output):
    """A staged row, or (`missing`, by id) a parcel that the file doesn't name: what publishing it would do."""

    row: int
    code: str | None
    name: str | None
    action: Literal["added", "geometry", "attributes", "same", "missing"]
    changes: dict[str, list[Any]] = Field(description="field → before and after")
    moved_m2: Figure | None
    area_m2: Figure | None
    area_before_m2: Figure | None
    errors: int
    repairs: list["RepairRead"]
    lon: Figure | None
    lat: Figure | None


class ShapesRead(Output):
    """The outlines of a staged row: of its parcel as it stands, and as delivered; GeoJSON in EPSG:4490."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None


class OutlinesRead(Output):
    """GeoJSON features with row, code and action; `complete` false: there are more than are given."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    complete: bool


class MapSave(Input):
    """Keep an import's mapping under a name."""

    import_id: Annotated[int, Field(ge=1, lt=2**31)]
    name: Line
    shared: bool = Field(False, description="for all jurisdictions, not only the import's")


class MapRead(Output):
    """A saved field map."""

    id: int
    name: str
    shared: bool
    columns: list[dict[str, Any]]
    created_by: str
    created_at: dt.datetime

    @classmethod
    def of(cls, found: SavedMap) -> "MapRead":
        """Describe a row."""
        own = {name: getattr(found, name) for name in cls.model_fields if name != "shared"}
        return cls(**own, shared=found.jurisdiction_id is None)


class MoveRead(Output):
    """How a shape is fitted to a neighbour: a row of the file, or (null) a parcel that the file doesn't speak of."""

    row: int | None
    code: str | None
    points: int = Field(description="吸附的界址点数")
    farthest_m: Figure = Field(description="最大移动距离")


class RepairRead(Output):
    """A repair that a row's shape went through."""

    key: str
    code: str = Field(description="of the finding it was for")
    label: str
    label_en: str
    by: str
    moves: list[MoveRead]

    @model_validator(mode="before")
    @classmethod
    def _labelled(cls, kept: dict[str, Any]) -> dict[str, Any]:
        known = REPAIRS[kept["key"]]
        return {"moves": [], **kept, "label": known.zh, "label_en": known.en}


class OfferRead(Output):
    """One repair: its name, the boundary before and after (GeoJSON; null: too large to show) and what it costs."""

    key: str
    label: str
    label_en: str
    area_before_m2: Figure
    area_after_m2: Figure
    points: list[tuple[Figure, Figure]]
    moves: list[MoveRead]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class FindingOffers(Output):
    """The repairs that would put a finding right; none where only a person can."""

    finding_id: int
    offers: list[OfferRead]
    cured: bool = Field(description="the repairs offered for those asked with it put it right")


class OffersRead(Output):
    """The repairs for each finding that was asked for."""

    items: list[FindingOffers]


class OverrideOrder(Input):
    """An approver's word where boundaries move, or move back, that concern others; else nothing need be said."""

    override_reason: Note = Field(min_length=1, description="为何仍要变更界线")
    document_id: Annotated[int, Field(ge=1, lt=2**31)]


class RepairChoice(Input):
    """A repair that was offered for a finding."""

    finding_id: Annotated[int, Field(ge=1, lt=2**63)]
    key: Annotated[str, Field(pattern="^[a-z_]{1,40}$")]


MOST_REPAIRS = 50


class RepairOrder(Input):
    """Repairs to be carried out together, each of another finding: all of them or none."""

    repairs: list[RepairChoice] = Field(min_length=1, max_length=MOST_REPAIRS)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({each.finding_id for each in self.repairs}) < len(self.repairs):
            raise ValueError("a finding stands twice")
        return self
