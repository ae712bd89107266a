"""Answers about plans: rows put together into what is given out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.errors import Conflict
from service.parcels.selection import Moment
from service.plans import checking, comparing, item_queries, progress, progress_queries, queries
from service.plans.classes import ALL, Dimension, place_of
from service.plans.models import SupplyPlan
from service.plans.progress_schemas import OutsideSum, PlanProgress, ProgressLine, ProgressMonth
from service.plans.schemas import (
    Edition,
    PlanComparison,
    PlanDetail,
    PlanFinding,
    PlanRead,
    PlanTotals,
    PlotDifference,
    TotalLine,
)


class OtherYear(Conflict):
    """Two editions that are not of the same plan year can't be compared."""

    code, title_zh, title_en = "plan-other-year", "不是同一年度的计划", "Not of the same plan year"


def plans(
    session: Session, actor: Actor, filters: Mapping[str, Sequence[object]], *, before: int | None, limit: int
) -> list[PlanRead]:
    """Return a page of editions."""
    return [PlanRead.of(row) for row in queries.plan_page(session, actor, filters, before=before, limit=limit)]


def one(session: Session, actor: Actor, plan: SupplyPlan) -> PlanRead:
    """Return an edition as a list shows it."""
    return PlanRead.of(queries.plan_page(session, actor, {}, before=plan.id + 1, limit=1)[0])


def detail(session: Session, actor: Actor, plan: SupplyPlan) -> PlanDetail:
    """Return an edition with its events and siblings."""
    siblings = queries.editions(session, plan.jurisdiction_id, plan.year)
    return PlanDetail.whole(one(session, actor, plan), queries.events_of(session, plan.id), siblings)


def totals(session: Session, plan: SupplyPlan) -> PlanTotals:
    """Return the table of totals and the findings."""
    districts = queries.district_names(session)
    lines = [TotalLine.of(line, districts) for line in checking.lines(session, plan)]
    return PlanTotals(lines=lines, findings=[PlanFinding.of(each) for each in checking.findings(session, plan)])


def progress_lines(rows: Sequence[progress.Row], year: int, by: Dimension, day: dt.date) -> list[progress.Progress]:
    """Measure rows by member, or by month and quarter."""
    timed = by in {Dimension.month, Dimension.quarter}
    if timed:
        return progress.measured(progress.by_time(rows, by), year, day)
    found = progress.measured(rows, year, day)
    return sorted(found, key=lambda line: (line.member is None, *place_of(by, line.member or ALL)))


def progress_of(session: Session, plan: SupplyPlan, by: Dimension, moment: Moment) -> PlanProgress:
    """Return how far a plan is."""
    day = moment.as_of or clock.today()
    rows = progress_queries.progress_rows(session, plan, by, moment)
    districts = queries.district_names(session)
    outside = progress_queries.outside_by_class(session, plan, moment)
    whole = progress.whole(rows, plan.year, day)
    return PlanProgress(
        as_of=day,
        by=by,
        months_left=whole.months_left,
        whole=ProgressLine.of(whole, Dimension.total, districts),
        lines=[ProgressLine.of(each, by, districts) for each in progress_lines(rows, plan.year, by, day)],
        months=[ProgressMonth.of(each) for each in progress.months(rows)],
        outside=OutsideSum(parcels=sum(row[1] for row in outside), area_m2=sum(row[2] for row in outside)),
    )


_COMPARED = (
    *("name", "area_m2", "use_class", "housing_class", "land_use_scheme", "land_use_code"),
    *("source", "method", "quarter", "month", "note"),
)


def comparison(session: Session, before: SupplyPlan, after: SupplyPlan) -> PlanComparison:
    """Return which plots two editions of a year say other things of. Raises OtherYear."""
    if (before.jurisdiction_id, before.year) != (after.jurisdiction_id, after.year):
        raise OtherYear("只能比较同一管辖区同一年度的两个版本。", "Only two editions of the same year can be compared.")
    regions = {number: code for code, number in queries.region_ids(session).items()}
    found = comparing.differences(*(_said(session, plan.id, regions) for plan in (before, after)))
    editions = [Edition.model_validate(plan) for plan in (before, after)]
    return PlanComparison(before=editions[0], after=editions[1], items=[PlotDifference.of(each) for each in found])


def _said(session: Session, plan_id: int, regions: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    found = {}
    for item, parcel, _ in item_queries.items_of(session, plan_id):
        said = {"parcel": parcel, **{name: getattr(item, name) for name in _COMPARED}}
        said["region"] = None if item.region_id is None else regions.get(item.region_id)
        said["geometry"] = None if item.geom is None else to_shape(item.geom).wkt
        found[str(item.key)] = said
    return found
