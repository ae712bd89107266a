"""Wire shapes of exports."""

import datetime as dt
from typing import Literal

from service.core.schemas import Output
from service.exports.models import Export
from service.parcels.answers import FileName

Status = Literal["queued", "running", "done", "failed", "expired"]


class ExportRead(Output):
    """One export in the background: `done` of `total` parcels; the file is the content of `document_id`."""

    id: int
    file_name: str
    format: FileName
    status: Status
    done: int
    total: int
    document_id: int | None
    problem: str | None
    created_by: str
    created_at: dt.datetime
    finished_at: dt.datetime | None

    @classmethod
    def of(cls, found: Export) -> "ExportRead":
        """Describe a row."""
        own = {name: getattr(found, name) for name in cls.model_fields if name != "format"}
        return cls(**own, format=found.order["format"])
