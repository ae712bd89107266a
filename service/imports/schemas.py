"""Wire shapes of imports."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from service.core.schemas import Output
from service.imports.models import Import
from service.imports.repairs import OFFERED

Mode = Literal["direct", "review"]
Status = Literal[
    "queued", "running", "staged", "publishing", "published", "undoing", "undone", "refused", "failed", "discarded"
]
Stage = Literal["reading", "checking", "staging", "publishing", "indexing"]
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
    """One import: `done` of `total` rows of the present `stage`; `published` parcels made or changed, or areas.

    `target`: `parcels`, or `control:` and the type of the control layer that the file is.
    """

    id: int
    file_name: str
    target: str
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
    override_reason: str | None = Field(description="特批理由 an approver's, for boundaries that concern others")
    override_document_id: int | None
    undone_by: str | None
    undo_reason: str | None = Field(description="撤销特批理由 an approver's, where such boundaries went back")
    undo_document_id: int | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    document_id: int
    problem: str | None

    @classmethod
    def of(cls, found: Import, jurisdiction: str) -> "ImportRead":
        """Describe a row; `jurisdiction` is the code of its jurisdiction."""
        made = {"rows", "jurisdiction", "target"}
        own = {name: getattr(found, name) for name in cls.model_fields if name not in made}
        target = "parcels" if found.control is None else f"control:{found.control['type']}"
        return cls(**own, rows=found.total, jurisdiction=jurisdiction, target=target)


class ShapeFinding(Output):
    """What is wrong with a file, or should be known of it; `row` from 1, null: the whole file."""

    row: int | None
    code: str
    severity: Literal["error", "warning"]
    message: str
    message_en: str


class FileShapeRead(Output):
    """A row of a file: its shape in the CRS that the answer names, and what the file calls it."""

    row: int
    code: str | None
    name: str | None
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon, easting or longitude first")


class FileShapesRead(Output):
    """The shapes of a file; none where a finding is an error, and then no CRS."""

    format: str | None
    crs: str | None = Field(description="坐标系 EPSG number", examples=["4526"])
    shapes: list[FileShapeRead]
    findings: list[ShapeFinding]


class FindingRead(Output):
    """One finding: `row` of the file from 1 (null: the whole file), a place in degrees where there is one.

    `ring` counts the rings of the shape from 1; `point` is the boundary point's number (界址点号), or its position in
    the ring where the file has no numbers; two edges that cross read `J2–J3 × J7–J8`.
    """

    id: int
    row: int | None
    ring: int | None
    point: str | None
    field: str | None
    code: str
    severity: Literal["error", "warning"]
    message: str
    message_en: str
    value: str | None
    lon: float | None
    lat: float | None

    @computed_field(description="a repair may be offered while the import is under review")  # type: ignore[prop-decorator]
    @property
    def repairable(self) -> bool:
        """Whether there are repairs for this kind of finding."""
        return self.row is not None and self.code in OFFERED
