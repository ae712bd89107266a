"""Wire shapes of imports."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from service.core.schemas import Input, Line, Output
from service.imports.mapping import Assignment
from service.imports.models import Import, SavedMap

Mode = Literal["direct", "review"]
Status = Literal[
    "queued", "running", "staged", "publishing", "published", "undoing", "undone", "refused", "failed", "discarded"
]
Stage = Literal["reading", "checking", "staging", "publishing"]
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
    "area_legal_m2",
    "stage",
    "far",
    "density_pct",
    "green_pct",
    "height_m",
]
UseList = Literal["land_use_2023", "gbt_21010_2017", "gb_50137_2011"]
Unit = Literal["m2", "mu", "ha", "percent", "share", "m"]
Figure = Annotated[float, Field(allow_inf_nan=False)]


class SummaryRead(Output):
    """What publishing does, by rows; `missing`: parcels of the jurisdiction in the file's box that it doesn't name."""

    added: int
    geometry: int
    attributes: int
    same: int
    missing: int
    box: list[Figure] | None = Field(description="west, south, east, north in degrees")


class ImportRead(Output):
    """One import: `done` of `total` rows of the present `stage`; `published` parcels made or changed at the end."""

    id: int
    file_name: str
    format: str | None
    layer: str | None
    mode: Mode
    version: int = Field(description="of the import: for If-Match")
    status: Status
    stage: Stage | None
    done: int
    total: int | None
    rows: int | None
    published: int
    errors: int
    warnings: int
    jurisdiction: str
    source_crs: int | None
    encoding: str | None
    summary: SummaryRead | None
    created_by: str
    decided_by: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    document_id: int
    problem: str | None

    @classmethod
    def of(cls, found: Import, jurisdiction: str) -> "ImportRead":
        """Describe a row; `jurisdiction` is the code of its jurisdiction."""
        own = {name: getattr(found, name) for name in cls.model_fields if name not in {"rows", "jurisdiction"}}
        return cls(**own, rows=found.total, jurisdiction=jurisdiction)


class FindingRead(Output):
    """One finding: `row` of the file from 1 (null: the whole file), a place in degrees where there is one."""

    id: int
    row: int | None
    field: str | None
    code: str
    severity: Literal["error", "warning"]
    message: str
    message_en: str
    value: str | None
    lon: float | None
    lat: float | None


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
