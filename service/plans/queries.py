"""What is known of annual plans: editions that an actor may see, their items, sums, gaps and history."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Row, Select, Text, cast, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from service.accounts.access import Actor
from service.audit.models import AuditEntry
from service.codes import queries as codes
from service.core import clock
from service.core.errors import NotFound
from service.documents import subjects
from service.documents.models import Document
from service.parcels.selection import Moment
from service.plans.attributes import Gaps
from service.plans.classes import Dimension
from service.plans.models import PlanDeclaredTotal, PlanEvent, PlanItem, PlanPlot, SupplyPlan
from service.plans.reconcile import Tally
from service.plans.states import OPEN, PlanStatus
from service.regions.models import Jurisdiction, Region
from service.regions.queries import visible_jurisdictions


def visible_plans(actor: Actor) -> Select[SupplyPlan]:
    """The plans an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(SupplyPlan)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(SupplyPlan).where(SupplyPlan.jurisdiction_id.in_(own))


subjects.register("plan", lambda actor: visible_plans(actor).with_only_columns(cast(SupplyPlan.id, Text)))


def plan_by_id(
    session: Session, actor: Actor, plan_id: int, *, lock: Literal["update", "share"] | None = None
) -> SupplyPlan:
    """Return one edition; `lock`: kept by us ("update"), or kept from being acted upon ("share"), until the end.

    Raises:
        NotFound: absent or not visible.

    """
    wanted = visible_plans(actor).where(SupplyPlan.id == plan_id)
    if lock is not None:
        wanted = wanted.with_for_update(of=SupplyPlan, read=lock == "share")
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有编号为 {plan_id} 的计划。", f"There is no plan {plan_id}.")
    return found


def jurisdiction_of(session: Session, plan: SupplyPlan) -> Jurisdiction:
    """Return whose plan it is."""
    return session.get_one(Jurisdiction, plan.jurisdiction_id)


_SIZE = (
    select(func.count().label("items"), func.coalesce(func.sum(PlanItem.area_m2), 0).label("area_m2"))
    .where(PlanItem.plan_id == SupplyPlan.id)
    .lateral("size")
)


def plan_page(
    session: Session, actor: Actor, filters: Mapping[str, Sequence[object]], *, before: int | None, limit: int
) -> Sequence[Row[SupplyPlan, str, str, int, Any]]:
    """Return editions with jurisdiction, number of items and area, the newest first, those older than id `before`.

    `filters` (`jurisdiction` codes, `year`, `status`): values of one are choices.
    """
    columns = {"jurisdiction": Jurisdiction.code, "year": SupplyPlan.year, "status": SupplyPlan.status}
    wanted = (
        visible_plans(actor)
        .join(Jurisdiction, Jurisdiction.id == SupplyPlan.jurisdiction_id)
        .join(_SIZE, text("true"))
        .with_only_columns(SupplyPlan, Jurisdiction.code, Jurisdiction.name, _SIZE.c["items"], _SIZE.c.area_m2)
        .order_by(SupplyPlan.id.desc())
        .limit(limit)
    )
    for name, values in filters.items():
        if values:
            wanted = wanted.where(columns[name].in_(values))
    return session.execute(wanted if before is None else wanted.where(SupplyPlan.id < before)).all()


def editions(session: Session, jurisdiction_id: int, year: int) -> Sequence[SupplyPlan]:
    """Return all editions of a plan year, the first one first."""
    wanted = select(SupplyPlan).where(SupplyPlan.jurisdiction_id == jurisdiction_id, SupplyPlan.year == year)
    return session.scalars(wanted.order_by(SupplyPlan.edition)).all()


def plan_in_force(session: Session, jurisdiction_id: int, year: int, *, lock: bool = False) -> SupplyPlan | None:
    """Return the edition of a plan year that is published and not replaced."""
    wanted = select(SupplyPlan).where(
        SupplyPlan.jurisdiction_id == jurisdiction_id,
        SupplyPlan.year == year,
        SupplyPlan.status == PlanStatus.published,
    )
    return session.scalar(wanted.with_for_update() if lock else wanted)


def plans_in_force(
    session: Session, actor: Actor, moment: Moment, *, jurisdictions: Sequence[str], years: Collection[int]
) -> Sequence[Row[SupplyPlan, str]]:
    """Return what was in force of some years at a moment, with the jurisdiction: the last edition made public by then.

    `jurisdictions`: codes; none is all that the actor sees.
    """
    wanted = (
        visible_plans(actor)
        .join(Jurisdiction, Jurisdiction.id == SupplyPlan.jurisdiction_id)
        .with_only_columns(SupplyPlan, Jurisdiction.code)
        .where(SupplyPlan.year.in_(years), SupplyPlan.published_on <= (moment.as_of or clock.today()))
        .ext(distinct_on(SupplyPlan.year, Jurisdiction.code))
        .order_by(SupplyPlan.year, Jurisdiction.code, SupplyPlan.edition.desc())
    )
    if jurisdictions:
        wanted = wanted.where(Jurisdiction.code.in_(jurisdictions))
    if moment.known_at is not None:
        told = select(PlanEvent.plan_id).where(PlanEvent.kind == "publish", PlanEvent.recorded_at <= moment.known_at)
        wanted = wanted.where(told.where(PlanEvent.plan_id == SupplyPlan.id).exists())
    return session.execute(wanted).all()


def open_plan(session: Session, jurisdiction_id: int, year: int) -> SupplyPlan | None:
    """Return the edition of a plan year that is on its way."""
    return session.scalar(
        select(SupplyPlan).where(
            SupplyPlan.jurisdiction_id == jurisdiction_id, SupplyPlan.year == year, SupplyPlan.status.in_(OPEN)
        )
    )


def events_of(session: Session, plan_id: int) -> Sequence[Row[PlanEvent, str | None]]:
    """Return what happened to an edition, in order, with the title of the document each step rests on."""
    wanted = (
        select(PlanEvent, Document.title)
        .outerjoin(Document, Document.id == PlanEvent.document_id)
        .where(PlanEvent.plan_id == plan_id)
    )
    return session.execute(wanted.order_by(PlanEvent.id)).all()


def last_actor(session: Session, plan_id: int, kind: str) -> str | None:
    """Return who last took a step of this kind."""
    wanted = select(PlanEvent.actor).where(PlanEvent.plan_id == plan_id, PlanEvent.kind == kind)
    return session.scalar(wanted.order_by(PlanEvent.id.desc()).limit(1))


_TALLIES = text("""
    SELECT i.use_class, i.housing_class, r.code, i.quarter, i.month, i.source, i.method, count(*), sum(i.area_m2)
    FROM plan_item AS i LEFT JOIN region AS r ON r.id = i.region_id
    WHERE i.plan_id = :plan GROUP BY 1, 2, 3, 4, 5, 6, 7
""")


def tallies(session: Session, plan_id: int) -> list[Tally]:
    """Return the items of an edition, summed by every combination of properties that occurs."""
    return [Tally(*row) for row in session.execute(_TALLIES, {"plan": plan_id})]


_GAPS = text("""
    SELECT count(*),
           count(*) FILTER (WHERE i.use_class = 'residential' AND i.housing_class IS NULL),
           count(*) FILTER (WHERE i.quarter IS NULL),
           count(*) FILTER (WHERE i.parcel_id IS NULL AND i.geom IS NULL),
           count(*) FILTER (WHERE i.land_use_code IS NULL),
           count(*) FILTER (WHERE c.class <> i.use_class)
    FROM plan_item AS i LEFT JOIN unnest(CAST(:schemes AS text[]), CAST(:codes AS text[]), CAST(:classes AS text[]))
        AS c (scheme, code, class) ON (c.scheme, c.code) = (i.land_use_scheme, i.land_use_code)
    WHERE i.plan_id = :plan
""")


def class_table() -> dict[str, list[str]]:
    """Return the classes of all land uses, as three arrays for a statement: schemes, codes, classes."""
    known = [
        (scheme, entry.code, entry.plan_class)
        for scheme, found in codes.lists().items()
        for entry in found.entries.values()
        if entry.plan_class
    ]
    return {
        "schemes": [row[0] for row in known],
        "codes": [row[1] for row in known],
        "classes": [row[2] for row in known],
    }


def gaps(session: Session, plan_id: int) -> Gaps:
    """Return how many items leave one of the five attributes unsaid."""
    return Gaps(*session.execute(_GAPS, {"plan": plan_id, **class_table()}).one())


def declared_totals(session: Session, plan_id: int) -> dict[tuple[Dimension, str], Any]:
    """Return the areas that an edition's document prints, m²."""
    total = PlanDeclaredTotal
    rows = session.execute(select(total.dimension, total.member, total.area_m2).where(total.plan_id == plan_id))
    return {(Dimension(dimension), member): area for dimension, member, area in rows}


def district_names(session: Session) -> dict[str, str]:
    """Return the names of all counties and townships by code."""
    return {row[0]: row[1] for row in session.execute(select(Region.code, Region.name))}


def audited(session: Session, subject_type: str, subject_id: object, *, last: int) -> Sequence[AuditEntry]:
    """Return the last so many changes of something, the newest first."""
    wanted = (
        select(AuditEntry)
        .where(AuditEntry.subject_type == subject_type, AuditEntry.subject_id == str(subject_id))
        .order_by(AuditEntry.seq.desc())
        .limit(last)
    )
    return session.scalars(wanted).all()


def year_of(plan: SupplyPlan) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a plan's year."""
    return dt.date(plan.year, 1, 1), dt.date(plan.year, 12, 31)


def region_ids(session: Session) -> dict[str, int]:
    """Return the ids of all counties and townships by code."""
    return {row[0]: row[1] for row in session.execute(select(Region.code, Region.id))}


def plot_years(session: Session, plan_id: int) -> dict[uuid.UUID, int]:
    """Return the plan years of the plots that a plan's items were carried over from."""
    own, old = aliased(PlanPlot), aliased(PlanPlot)
    wanted = (
        select(old.key, old.year)
        .join(own, own.carried_from == old.key)
        .join(PlanItem, PlanItem.key == own.key)
        .where(PlanItem.plan_id == plan_id)
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


def plots_of_year(session: Session, jurisdiction_id: int, year: int, keys: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the keys that are plots of a plan year."""
    wanted = select(PlanPlot.key).where(PlanPlot.key.in_(keys))
    return set(session.scalars(wanted.where(PlanPlot.jurisdiction_id == jurisdiction_id, PlanPlot.year == year)))


def plots_by_parcel(
    session: Session, jurisdiction_id: int, years: Collection[int]
) -> dict[tuple[int | None, int | None], uuid.UUID]:
    """Return the plots of the plans in force of some years, by year and parcel."""
    wanted = (
        select(SupplyPlan.year, PlanItem.parcel_id, PlanItem.key)
        .join(PlanItem, PlanItem.plan_id == SupplyPlan.id)
        .where(SupplyPlan.jurisdiction_id == jurisdiction_id, SupplyPlan.year.in_(years))
        .where(SupplyPlan.status == PlanStatus.published, PlanItem.parcel_id.is_not(None))
    )
    return {(row[0], row[1]): row[2] for row in session.execute(wanted)}
