"""Wire shapes of items, what became of them, and monthly targets."""

import datetime as dt
import uuid
from typing import Any, Literal, Self

from pydantic import AwareDatetime, Field
from sqlalchemy import Row

from service.codes import queries as codes
from service.core.schemas import Output
from service.parcels.land_use_schemas import UseRead
from service.parcels.lifecycle import Hold, Stage
from service.parcels.schemas import Named
from service.plans.target_models import PlanTargetChange, PlanTargetDecision
from service.plans.targets import TargetKind, TargetStanding, standing


class ItemRead(Output):
    """An item as lists show it. Areas in m²."""

    id: int
    key: uuid.UUID
    parcel: str | None
    name: str | None
    own_name: str | None = Field(description="the item's own; null: the parcel's")
    area_m2: float
    use_class: str
    housing_class: str | None
    land_use: UseRead | None
    source: str | None
    method: str | None
    quarter: int | None
    month: int | None
    region: Named | None
    note: str | None
    carried_from_year: int | None = Field(description="结转自 carried over from that year's plan")
    stage: Stage | None = Field(description="of the parcel; null: not surveyed yet")
    hold: Hold | None
    retired: bool = Field(description="the parcel was split or merged away")
    supplied_on: dt.date | None = Field(description="合同或划拨决定日期, within the plan's year")
    supplied_m2: float | None
    centre: tuple[float, float] | None
    version: int

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Write a row of `item_page`."""
        found = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy gives a row by name
        scheme, use = found.pop("land_use_scheme"), found.pop("land_use_code")
        region, name, lon, lat = (found.pop(each) for each in ("region", "region_name", "lon", "lat"))
        return cls(
            **found,
            land_use=use and UseRead(scheme=scheme, code=use, name=codes.name_of(scheme, use)),
            region=region and Named(code=region, name=name),
            centre=None if lon is None else (round(lon, 7), round(lat, 7)),
        )


class ItemSum(Output):
    """What a list of items holds in all."""

    items: int
    area_m2: float
    supplied_m2: float


class ItemList(Output):
    """One page of items, and the sums of all pages."""

    items: list[ItemRead]
    next: str | None
    total: ItemSum


class OutsideRead(Output):
    """A parcel supplied in the year without standing in the plan."""

    id: int
    parcel: str
    name: str | None
    use_class: str | None
    region: Named | None
    area_m2: float
    supplied_on: dt.date
    stage: Stage


class UnsoldRead(Output):
    """A plot of the year before that was not supplied in it."""

    key: uuid.UUID
    parcel: str | None
    name: str | None
    area_m2: float
    use_class: str
    quarter: int | None
    month: int | None
    stage: Stage | None


class UnsoldList(Output):
    """What can be carried over."""

    year: int
    items: list[UnsoldRead]


class Carried(Output):
    """How many plots came into the plan."""

    items: int


class SheetTakenRead(Output):
    """What a workbook changes, or changed."""

    trial: bool
    added: int
    changed: int
    removed: int
    same: int
    totals: int
    version: int


class OutlineProperties(Output):
    """What the map needs of an item."""

    key: uuid.UUID
    parcel: str | None
    name: str | None
    use_class: str
    quarter: int | None
    month: int | None
    stage: Stage | None
    supplied_on: dt.date | None


class OutlineFeature(Output):
    """An item's shape as a GeoJSON feature."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, Any]
    properties: OutlineProperties


class Outlines(Output):
    """Shapes of items in a box; not `complete`: there are more, look closer."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    complete: bool
    features: list[OutlineFeature]


def month_text(month: dt.date | None) -> str | None:
    """Write a month.

    >>> month_text(dt.date(2022, 11, 1))
    '2022-11'
    """
    return None if month is None else f"{month:%Y-%m}"


class WaitingChange(Output):
    """A change inside the lock window that waits for an approver."""

    id: int
    to_month: str | None
    reason: str
    actor: str


class TargetRead(Output):
    """A monthly target; months as YYYY-MM."""

    id: int
    kind: TargetKind
    key: uuid.UUID
    parcel: str | None
    name: str | None
    use_class: str
    area_m2: float
    stage: Stage | None
    baseline_month: str | None = Field(description="基线月份 as published")
    forecast_month: str | None = Field(description="预计月份 now")
    fixed: bool = Field(description="已公布 the baseline stays")
    note: str | None
    reached_on: dt.date | None
    standing: TargetStanding
    waiting: WaitingChange | None
    changes: int
    version: int

    @classmethod
    def of(cls, row: Row[Any], today: dt.date) -> Self:
        """Write a row of `target_rows`, as it stands on a day."""
        waiting = row.waiting_id and WaitingChange(
            id=row.waiting_id, to_month=month_text(row.waiting_month), reason=row.waiting_reason, actor=row.waiting_by
        )
        plain = ("id", "kind", "key", "parcel", "name", "use_class", "area_m2", "stage", "note", "reached_on")
        return cls(
            **{name: getattr(row, name) for name in (*plain, "changes", "version")},
            baseline_month=month_text(row.baseline_month),
            forecast_month=month_text(row.forecast_month),
            fixed=row.fixed_at is not None,
            standing=standing(row.forecast_month, row.reached_on, today),
            waiting=waiting,
        )


class TargetList(Output):
    """One page of targets, and from how many days before a month's end they are locked."""

    items: list[TargetRead]
    next: str | None
    lock_days: int


class TargetChangeRead(Output):
    """One change of a target and what was decided."""

    id: int
    from_month: str | None
    to_month: str | None
    reason: str
    note: str | None
    actor: str
    recorded_at: AwareDatetime
    needs_approval: bool
    approved: bool | None = Field(description="null: not needed, or it waits")
    decided_by: str | None
    decided_at: AwareDatetime | None
    decision_note: str | None

    @classmethod
    def of(cls, change: PlanTargetChange, decision: PlanTargetDecision | None) -> Self:
        """Write a change with its decision."""
        plain = ("id", "reason", "note", "actor", "recorded_at", "needs_approval")
        return cls(
            **{name: getattr(change, name) for name in plain},
            from_month=month_text(change.from_month),
            to_month=month_text(change.to_month),
            approved=decision and decision.approved,
            decided_by=decision and decision.actor,
            decided_at=decision and decision.recorded_at,
            decision_note=decision and decision.note,
        )


class TargetChanges(Output):
    """Every change of a target, the newest first."""

    items: list[TargetChangeRead]
