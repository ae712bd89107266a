"""Wire shapes of control layers and of what they mean for parcels."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import Field
from sqlalchemy import Row

from service.constraints.catalogue import Applies, Rule, control_types
from service.constraints.models import ControlLayer
from service.core.schemas import Input, Line, Note, Output

MOST_CODES = 1_000
Colour = Literal["danger", "warn", "accent", "ok"]
Pattern = Literal["dense", "sparse", "crossed", "outline"]


class LegalSource(Output):
    """Where a rule stands; not `verified`: nobody has compared it with the text yet."""

    document: str
    article: str
    verified: bool


class ControlTypeRead(Output):
    """A type of control layer: its rule holds `applies` inside or outside the layer."""

    key: str
    name: str
    name_en: str
    applies: Applies
    rule: Rule
    procedure: str
    procedure_en: str
    colour: Colour
    pattern: Pattern
    sources: list[LegalSource]


class ControlTypes(Output):
    """Every type."""

    items: list[ControlTypeRead]


class ControlLayerRead(Output):
    """One version of a control layer; `superseded_at` null: in force. A withdrawn one says by whom and why."""

    id: int
    jurisdiction: str
    type: str
    name: str
    version: int
    source: str
    dated_on: dt.date
    document_id: int
    import_id: int
    imported_by: str
    features: int
    published_at: dt.datetime
    superseded_at: dt.datetime | None
    withdrawn_by: str | None
    withdrawal_reason: str | None

    @classmethod
    def of(cls, found: ControlLayer, jurisdiction: str, **more: object) -> Self:
        """Describe a row; `jurisdiction` is the code of its jurisdiction."""
        own = {name: getattr(found, name) for name in ControlLayerRead.model_fields if name != "jurisdiction"}
        return cls(**own, jurisdiction=jurisdiction, **more)


class ControlLayerDetail(ControlLayerRead):
    """With the layer's extent: west, south, east, north in degrees."""

    bbox: list[float] | None


class ConstraintRead(Output):
    """What one version of a layer means for one parcel: `rule` on `area_m2` of its land, `share` of the whole (0–1).

    The land lies inside the layer; `inside` false: outside it. `stale`: shape or layer have changed since, or
    the layer was `withdrawn` and says nothing any more.
    """

    id: int
    parcel: str
    type: str
    layer_id: int
    layer: str
    version: int
    source: str
    dated_on: dt.date
    document_id: int
    rule: Rule
    inside: bool
    area_m2: float
    share: float
    features: list[str]
    computed_at: dt.datetime
    stale: bool
    withdrawn: bool


class Withdrawal(Input):
    """Why a version of a control layer is taken out of force."""

    reason: Annotated[Note, Field(min_length=2, max_length=500)]


class ParcelConstraint(ConstraintRead):
    """With the land itself, where it was asked for (GeoJSON, degrees)."""

    geometry: dict[str, Any] | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Describe a row of `queries.results_of`."""
        members = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        geojson = members.pop("geojson")
        return cls(**members, geometry=None if geojson is None else orjson.loads(geojson))


class ParcelConstraints(Output):
    """What the control layers say of a parcel, forbidden first.

    `computed_at` null: never compared. `stale`: compared with another shape or other layers than those of today.
    `without_layer` are the types of which no layer was imported: of them nothing is known.
    """

    computed_at: dt.datetime | None
    computed_by: str | None
    stale: bool
    without_layer: list[str]
    items: list[ParcelConstraint]

    @classmethod
    def of(cls, check: Row[Any], rows: list[ParcelConstraint]) -> Self:
        """Describe a check (`queries.check_of`) with its results."""
        missing = [key for key in control_types() if key not in check.types]
        return cls(
            computed_at=check.computed_at,
            computed_by=check.computed_by,
            stale=check.stale,
            without_layer=missing,
            items=rows,
        )


class RunCreate(Input):
    """Which parcels to compare: by code; null: every parcel that the caller may see."""

    codes: Annotated[list[Line] | None, Field(min_length=1, max_length=MOST_CODES)] = None


class RunRead(Output):
    """A bulk run: `done` of `total` parcels."""

    id: int
    status: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    problem: str | None
    created_by: str
    created_at: dt.datetime
    finished_at: dt.datetime | None
