"""Progress against the database: a naive recount gives the same, with splits and rescinded contracts."""

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.lifecycle import EventKind
from service.parcels.lineage_commands import split_parcel
from service.parcels.lineage_schemas import SplitOrder
from service.parcels.models import Parcel, ParcelEvent
from service.parcels.selection import Moment
from service.plans import item_queries, progress_queries, reading
from service.plans.classes import Dimension
from service.plans.models import PlanItem, SupplyPlan
from tests.factories.parcels import LAT, LON, make_parcel, square
from tests.factories.plans import make_item, make_plan, supply

USES = ("0902", "070102", "100101", "0804")
OLD = dt.date(2020, 1, 10)


@pytest.fixture
def plan(session: Session, planner: Actor) -> SupplyPlan:
    """Thirty items and ten parcels outside, some supplied in and around the year, one rescinded."""
    chance = random.Random(33)
    plan = make_plan(session)
    for number in range(40):
        parcel = make_parcel(session, effective_on=OLD, land_uses=[{"code": USES[number % 4]}])
        month = chance.choice([None, *range(1, 13)])
        if number < 30:
            make_item(session, plan, parcel=parcel.code, land_use=None, month=month, quarter=None if month else 2)
        if chance.random() < 0.7:
            on = dt.date(2021, 11, 1) + dt.timedelta(days=chance.randrange(370))
            supply(session, parcel.code, on)
            if number % 7 == 0:
                order = EventCreate(
                    kind=EventKind.rescind, effective_on=min(on + dt.timedelta(20), dt.date(2022, 11, 15))
                )
                record_event(session, planner, parcel.code, order)
    return plan


Recount = tuple[dict[int, dt.date], Decimal]


def naive(session: Session, plan: SupplyPlan, day: dt.date) -> Recount:
    """Item → its contract day, by walking through every event; and the area supplied outside."""
    items = {item.parcel_id: item.id for item in session.scalars(select(PlanItem).where(PlanItem.plan_id == plan.id))}
    supplied: dict[int, dt.date] = {}
    outside = Decimal(0)
    for parcel in session.scalars(select(Parcel)):
        own = select(ParcelEvent).where(ParcelEvent.parcel_id == parcel.id)
        on = None
        for event in session.scalars(own.order_by(ParcelEvent.effective_on, ParcelEvent.id)):
            if event.effective_on > day:
                continue
            if event.kind == EventKind.contract:
                on = event.effective_on
            if event.kind == EventKind.rescind:
                on = None
        if on is not None and on.year == plan.year:
            if parcel.id in items:
                supplied[items[parcel.id]] = on
            else:
                outside += parcel.area_m2
    return supplied, outside


def test_progress_is_the_recount_of_all_events(session: Session, plan: SupplyPlan) -> None:
    for day in (dt.date(2022, 3, 31), dt.date(2022, 7, 4), dt.date(2022, 11, 15)):
        recount = naive(session, plan, day)
        for by in Dimension:
            compare(session, plan, day, by, recount)


def compare(session: Session, plan: SupplyPlan, day: dt.date, by: Dimension, recount: Recount) -> None:
    """Hold the progress of a day, broken down one way, against a recount."""
    supplied, outside = recount
    items = session.scalars(select(PlanItem).where(PlanItem.plan_id == plan.id)).all()
    areas = {row[0]: row[1] for row in session.execute(select(Parcel.id, Parcel.area_m2))}
    found = reading.progress_of(session, plan, by, Moment(as_of=day))
    planned_m2 = sum(item.area_m2 for item in items)
    supplied_m2 = sum(areas[item.parcel_id] for item in items if item.id in supplied and item.parcel_id)
    assert Decimal(str(found.whole.planned_m2)) == planned_m2
    assert Decimal(str(found.whole.supplied_m2)) == supplied_m2
    assert Decimal(str(found.outside.area_m2)) == outside
    assert sum(line.planned for line in found.lines) == len(items)
    assert sum(line.supplied for line in found.lines) == len(supplied)
    column = {Dimension.use_class: "use_class", Dimension.source: "source", Dimension.method: "method"}.get(by)
    if column:
        by_member: dict[str, Decimal] = defaultdict(Decimal)
        for item in items:
            if item.id in supplied and item.parcel_id:
                by_member[getattr(item, column)] += areas[item.parcel_id]
        assert {line.member: Decimal(str(line.supplied_m2)) for line in found.lines if line.supplied} == by_member
    months: dict[int, Decimal] = defaultdict(Decimal)
    for item in items:
        if item.id in supplied and item.parcel_id:
            months[supplied[item.id].month] += areas[item.parcel_id]
    assert {month.month: Decimal(str(month.supplied_m2)) for month in found.months if month.supplied_m2} == months


def test_every_figure_opens_its_rows(session: Session, plan: SupplyPlan) -> None:
    now = Moment()
    for by, name in ((Dimension.use_class, "class"), (Dimension.quarter, "quarter"), (Dimension.district, "district")):
        for line in reading.progress_of(session, plan, by, now).lines:
            member = int(line.member) if by is Dimension.quarter and line.member else line.member
            total = item_queries.item_sum(session, plan, {name: [member]}, now)
            assert (total.items, float(total.area_m2)) == (line.planned, line.planned_m2)
    for month in reading.progress_of(session, plan, Dimension.month, now).months:
        total = item_queries.item_sum(session, plan, {"supplied_month": [month.month]}, now)
        assert float(total.supplied_m2) == month.supplied_m2
    outside = progress_queries.outside_page(session, plan, now, after=None, limit=99)
    told = reading.progress_of(session, plan, Dimension.total, now).outside
    assert (len(outside), float(sum(row.area_m2 for row in outside))) == (told.parcels, told.area_m2)


def test_what_was_entered_late_changes_as_of_but_not_as_known(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    parcel = make_parcel(session, effective_on=OLD, land_uses=[{"code": "0902"}])
    make_item(session, plan, parcel=parcel.code)
    known = session.scalar(text("SELECT clock_timestamp()"))
    supply(session, parcel.code, dt.date(2022, 5, 5))
    # Events of one transaction share its time: move the knowledge before it.
    before = known - dt.timedelta(hours=1) if known else None
    at = dt.date(2022, 6, 1)
    assert reading.progress_of(session, plan, Dimension.total, Moment(as_of=at)).whole.supplied == 1
    assert reading.progress_of(session, plan, Dimension.total, Moment(as_of=at, known_at=before)).whole.supplied == 0


def test_the_parts_of_a_split_parcel_count_for_its_item(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    place = square(LON + 0.05, LAT + 0.05, side_m=100)
    whole = make_parcel(session, effective_on=OLD, land_uses=[{"code": "0902"}], geometry=place)
    make_item(session, plan, parcel=whole.code)
    half = place["coordinates"][0]
    middle = (half[0][0] + half[1][0]) / 2
    line = {"type": "LineString", "coordinates": [[middle, half[0][1] - 0.001], [middle, half[2][1] + 0.001]]}
    order = SplitOrder.model_validate({"line": line, "effective_on": "2022-02-01", "note": "分期供应"})
    split_parcel(session, planner, whole.code, order, version=whole.version)
    parts = session.scalars(select(Parcel).where(Parcel.made_by.is_not(None)).order_by(Parcel.id)).all()
    supply(session, parts[0].code, dt.date(2022, 10, 10))
    found = reading.progress_of(session, plan, Dimension.total, Moment())
    assert (found.whole.supplied, found.outside.parcels) == (1, 0)
    assert Decimal(str(found.whole.supplied_m2)) == parts[0].area_m2
