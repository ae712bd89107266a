"""The dashboard as it is given out: one snapshot of the database, figures with the addresses of their rows."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.db import driver_connection
from service.listings.lifecycle import LotEventKind
from service.overview import counts, queries
from service.overview.asked import Asked
from service.overview.months import month_end, months_of
from service.overview.queries import MonthOfLots
from service.overview.schemas import (
    ContractsRead,
    Counted,
    IdleRead,
    MonthRead,
    OverviewRead,
    PlanRate,
    Premium,
)
from service.parcels.tallies import tallies
from service.plans import progress, progress_queries
from service.plans.classes import Dimension
from service.plans.queries import plans_in_force

LOTS, CONTRACTS = "/api/v1/overview/lots", "/api/v1/overview/contracts"
MOST_IDLE = 50
NOTHING = Decimal("0.00")


def overview(session: Session, actor: Actor, asked: Asked) -> OverviewRead:
    """Return the dashboard; the session's transaction is one snapshot (REPEATABLE READ)."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    connection = driver_connection(session)
    lots = queries.months_of_lots(connection, actor, asked)
    return OverviewRead(
        day=asked.day,
        known_at=asked.moment.known_at,
        first=asked.first,
        last=asked.last,
        parcels=counts.parcel_counts(tallies(connection, actor, asked.selected), asked),
        months=_months(lots, asked),
        events=_events(lots, asked),
        proceeds_yuan=_proceeds(lots),
        premium=_premium(lots),
        plans=_plans(session, actor, asked),
        contracts=_contracts(queries.contract_sums(connection, actor, asked), asked),
        idle_land=[
            IdleRead.model_validate(each) for each in queries.idle_parcels(connection, actor, asked, limit=MOST_IDLE)
        ],
    )


def _months(lots: Sequence[MonthOfLots], asked: Asked) -> list[MonthRead]:
    """Return every month of the span up to the day, also those in which nothing happened."""
    found = []
    for month in months_of(asked.first, asked.until):
        own = [each for each in lots if each.month == month]
        days = {"from": max(month, asked.first), "to": min(month_end(month), asked.until)}
        events = {
            each.kind: Counted(n=each.n, area_m2=each.area_m2, rows=asked.rows(LOTS, event=each.kind, **days))
            for each in own
        }
        found.append(MonthRead(month=month, events=events, proceeds_yuan=_proceeds(own), premium=_premium(own)))
    return found


def _events(lots: Sequence[MonthOfLots], asked: Asked) -> dict[LotEventKind, Counted]:
    days = {"from": asked.first, "to": asked.until}
    found = {}
    for kind in queries.TOLD:
        own = [each for each in lots if each.kind == kind]
        area = round(sum(each.area_m2 for each in own), 2)
        found[kind] = Counted(n=sum(each.n for each in own), area_m2=area, rows=asked.rows(LOTS, event=kind, **days))
    return found


def _proceeds(lots: Sequence[MonthOfLots]) -> Decimal:
    return sum((each.proceeds_yuan for each in lots), NOTHING)


def _premium(lots: Sequence[MonthOfLots]) -> Premium:
    start, price = (sum((getattr(each, name) for each in lots), NOTHING) for name in ("start_yuan", "price_yuan"))
    return Premium(
        lots=sum(each.priced for each in lots),
        at_start=sum(each.at_start for each in lots),
        start_yuan=start,
        price_yuan=price,
        rate=round(float((price - start) / start), 4) if start else None,
    )


def _plans(session: Session, actor: Actor, asked: Asked) -> list[PlanRate]:
    """Measure the plans of the years that the span touches, as in force on the day, of the townships asked for."""
    found = []
    places = asked.selected.jurisdiction
    for plan, jurisdiction in plans_in_force(session, actor, asked.moment, jurisdictions=places, years=asked.years):
        rows = progress_queries.progress_rows(session, plan, Dimension.district, asked.moment)
        regions = asked.selected.region
        whole = progress.whole([row for row in rows if not regions or row.member in regions], plan.year, asked.day)
        found.append(
            PlanRate(
                plan_id=plan.id,
                year=plan.year,
                jurisdiction=jurisdiction,
                planned_m2=float(whole.planned_m2),
                supplied_m2=float(whole.supplied_m2),
                due_m2=float(whole.due_m2),
                gap_m2=float(whole.gap_m2),
                rate=None if whole.rate is None else float(whole.rate),
                rows=asked.rows(
                    f"/api/v1/plans/{plan.id}/items", jurisdiction=None, region=None, district=list(regions)
                ),
            )
        )
    return found


def _contracts(sums: queries.ContractSums, asked: Asked) -> ContractsRead:
    days = {"from": asked.first, "to": asked.last}
    standings = {
        name: Counted(n=n, area_m2=area, rows=asked.rows(CONTRACTS, standing=name, **days))
        for name, (n, area) in sums.by_standing.items()
    }
    return ContractsRead(
        standings=standings,
        price_yuan=sums.price_yuan,
        due_yuan=sums.due_yuan,
        paid_yuan=sums.paid_yuan,
        owed_yuan=sums.owed_yuan,
        paid_rate=round(float((sums.due_yuan - sums.owed_yuan) / sums.due_yuan), 4) if sums.due_yuan else None,
    )
