"""Wire shapes of imports."""

import datetime as dt
from typing import Literal

from service.core.schemas import Output
from service.imports.models import Import

Status = Literal["queued", "running", "published", "refused", "failed"]
Stage = Literal["reading", "checking", "publishing"]


class ImportRead(Output):
    """One import: `done` of `total` rows of the present `stage`; `published` parcels at the end."""

    id: int
    file_name: str
    format: str | None
    layer: str | None
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
    created_by: str
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
