"""Wire shapes of splits and merges."""

import datetime as dt
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from service.core.schemas import Input, Line, Note, Output
from service.parcels.changes import AreaM2, Day
from service.parcels.lifecycle import Hold, Idle, Stage
from service.parcels.lineage import MOST, OperationKind
from service.parcels.schemas import ParcelRead


class _Order(Input):
    effective_on: Day = Field(description="新地块取代原地块之日 from this day on; not after today")
    document_id: int | None = Field(None, ge=1, lt=2**31)
    note: Note | None = None
    override_reason: Note | None = Field(
        None, min_length=1, description="为何仍要办理 why a finding that blocks is set aside, where its `waiver` allows"
    )


class PartOrder(Input):
    """One part of a parcel that is split."""

    code: Line | None = None
    name: Line | None = None
    area_legal_m2: AreaM2 | None = None
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon in `crs`")


class SplitOrder(_Order):
    """How to split a parcel: along a line, or into parts."""

    line: dict[str, Any] | None = Field(None, description="GeoJSON LineString in `crs`, across the parcel")
    parts: list[PartOrder] | None = Field(None, min_length=2, max_length=MOST)
    codes: list[Line] | None = Field(
        None,
        max_length=MOST,
        description="of the parts in order; by line: west to east, north first. Issued if left out",
    )
    areas_legal_m2: list[AreaM2 | None] | None = Field(
        None, max_length=MOST, description="法定面积 of the parts that a line makes, in this order; null: not known yet"
    )
    crs: str | None = Field(None, max_length=100, description="坐标系 of line or parts; CRS84 if left out")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.line is None) == (self.parts is None):
            raise ValueError("give either line or parts")
        if self.parts is not None and self.areas_legal_m2 is not None:
            raise ValueError("parts have their own area_legal_m2")
        return self


class MergeOrder(_Order):
    """Which parcels to merge; `versions` says what was seen of each."""

    codes: list[Line] = Field(min_length=2, max_length=MOST)
    versions: dict[str, int] = Field(description="code → version (ETag) of every parcel of `codes`")
    code: Line | None = Field(None, description="of the new parcel; issued if left out")
    name: Line | None = None
    area_legal_m2: AreaM2 | None = None

    @model_validator(mode="after")
    def _all_seen(self) -> Self:
        if len(set(self.codes)) < len(self.codes):
            raise ValueError("a code stands twice")
        if set(self.versions) != set(self.codes):
            raise ValueError("give the version of every parcel of codes, and of no other")
        return self


class UndoOrder(Input):
    """Why a split or merge is taken back."""

    note: Note | None = Field(None, min_length=1, description="撤销原因 why; may be left out of a dry run")
    document_id: int | None = Field(None, ge=1, lt=2**31)
    override_reason: Note | None = Field(
        None, min_length=1, description="为何仍要办理 where others are concerned: an approver's, with a document"
    )


class UndoAnswer(BaseModel):
    """What an undoing did or, of a dry run, would do: then there is no operation."""

    operation: "OperationRead | None"
    ended: list[str] = Field(description="codes of the parcels that the undone operation had made")
    revived: list[str] = Field(description="codes of those that stand again, as they were")
    findings: list["LineageFinding"]


class OperationRead(Output):
    """One split or merge that is done, or the undoing of one."""

    id: int
    kind: OperationKind
    undoes: int | None = Field(description="of an undoing: the operation that it takes back")
    undone_by: int | None = Field(None, description="the operation that takes it back")
    effective_on: dt.date
    recorded_at: AwareDatetime
    actor: str
    document_id: int | None
    note: str | None
    override_reason: str | None


class PartRead(BaseModel):
    """What a new parcel is or would be."""

    code: str
    name: str | None
    area_legal_m2: float | None
    area_plane_m2: float
    area_ellipsoid_m2: float
    geometry: dict[str, Any] = Field(description="GeoJSON MultiPolygon, CRS84")


class LineageFinding(BaseModel):
    """What speaks against an operation, or should be known of it."""

    code: str
    severity: Literal["block", "warn"]
    waiver: Literal["none", "reason", "approver"] = Field(
        description="whose `override_reason` sets a block aside; an approver's needs a document too"
    )
    message: str
    message_en: str
    figures: dict[str, Any]


class LineageAnswer(BaseModel):
    """What an operation did or, of a dry run, would do: then there is no operation, and there are no parcels yet."""

    operation: OperationRead | None
    retired: list[str]
    parts: list[PartRead]
    parcels: list[ParcelRead]
    findings: list[LineageFinding]


class LineageNode(BaseModel):
    """A parcel of a lineage."""

    code: str
    name: str | None
    relation: Literal["self", "ancestor", "descendant", "other"]
    stage: Stage
    hold: Hold
    idle: Idle
    area_m2: float
    area_legal_m2: float | None
    area_plane_m2: float
    made_on: dt.date | None = Field(description="of a split or merge; null: from the beginning")
    retired_on: dt.date | None
    alive: bool


class LineageEdge(BaseModel):
    """That one parcel became (part of) another."""

    source: str
    target: str
    operation_id: int
    kind: OperationKind
    effective_on: dt.date


class LineageRead(BaseModel):
    """The lineage of a parcel: ancestors, descendants, and what was made or ended together with them."""

    nodes: list[LineageNode]
    edges: list[LineageEdge]
    operations: list[OperationRead]
