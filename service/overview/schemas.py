"""Wire shapes of the dashboard. `rows` is the address that opens what a figure counts.

Areas in m²; money in yuan, as exact text.
"""

import datetime as dt
from decimal import Decimal

from pydantic import AwareDatetime, Field

from service.core.schemas import Output
from service.listings.lifecycle import LotEventKind
from service.parcels.lifecycle import Hold, Idle, Stage


class Counted(Output):
    """Parcels, lots or contracts, and their land."""

    n: int
    area_m2: float
    rows: str | None = Field(description="打开明细的地址 null: no list has such a filter")


class StageCounted(Counted):
    """Parcels of one stage."""

    stage: Stage


class HoldCounted(Counted):
    """Parcels running or suspended."""

    hold: Hold


class IdleCounted(Counted):
    """Parcels of one state of idleness."""

    idle: Idle


class PlaceCounted(Counted):
    """Parcels of one township or jurisdiction, by stage; stages without any are left out."""

    code: str | None = Field(description="null: in no township")
    stages: list[StageCounted]


class ParcelCounts(Counted):
    """Parcels that stand on the day."""

    stages: list[StageCounted]
    regions: list[PlaceCounted]
    jurisdictions: list[PlaceCounted]
    holds: list[HoldCounted]
    idle: list[IdleCounted]


class Premium(Output):
    """溢价率 of lots sold by price and not made void: (price - start) / start, by money."""

    lots: int
    at_start: int = Field(description="底价成交 sold at the start price")
    start_yuan: Decimal
    price_yuan: Decimal
    rate: float | None = Field(description="null: nothing was sold by price")


class MonthRead(Output):
    """What happened to lots in one month."""

    month: dt.date
    events: dict[LotEventKind, Counted]
    proceeds_yuan: Decimal = Field(description="成交价款 prices of lots sold and not made void")
    premium: Premium


class PlanRate(Output):
    """How far the plan in force is on the day."""

    plan_id: int
    year: int
    jurisdiction: str
    planned_m2: float
    supplied_m2: float
    due_m2: float
    gap_m2: float
    rate: float | None
    rows: str


class ContractsRead(Output):
    """Contracts signed in the span and not ended since, as they stand on the day."""

    standings: dict[str, Counted]
    price_yuan: Decimal
    due_yuan: Decimal = Field(description="已到期 instalments due")
    paid_yuan: Decimal
    owed_yuan: Decimal = Field(description="逾期未缴 due and not paid, contract by contract")
    paid_rate: float | None = Field(description="paid by what is due")


class IdleRead(Output):
    """A parcel that lies idle."""

    code: str
    name: str | None
    region: str | None
    stage: Stage
    idle: Idle
    area_m2: float
    stage_since: dt.date
    suspected_on: dt.date | None
    contract_id: int | None
    contract_number: str | None
    start_due_on: dt.date | None


class OverviewRead(Output):
    """The dashboard."""

    day: dt.date
    known_at: AwareDatetime | None
    first: dt.date
    last: dt.date
    parcels: ParcelCounts
    months: list[MonthRead]
    events: dict[LotEventKind, Counted] = Field(description="of the whole span")
    proceeds_yuan: Decimal
    premium: Premium
    plans: list[PlanRate]
    contracts: ContractsRead
    idle_land: list[IdleRead] = Field(description="闲置最久的在前 the longest suspected first; at most 50")


class LotRow(Output):
    """A lot behind a figure, with the event that counts it."""

    kind: LotEventKind
    effective_on: dt.date
    lot_id: int
    number: str
    round: int
    area_m2: float
    start_yuan: Decimal | None
    price_yuan: Decimal | None


class ContractRow(Output):
    """A contract behind a figure."""

    id: int
    number: str
    kind: str
    signed_on: dt.date
    area_m2: float
    price_yuan: Decimal | None
    due_yuan: Decimal
    paid_yuan: Decimal
    owed_yuan: Decimal
    delivery_due_on: dt.date | None
    start_due_on: dt.date | None
