"""Which checklists are asked for, and their rows as lists show them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist.models import Checklist, ChecklistItem, ChecklistTemplate
from service.checklist.queries import visible_checklists
from service.checklist.states import SETTLED
from service.core.spelling import folded
from service.listings.models import Lot
from service.parcels.models import Parcel, code_key
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions


@dataclass(frozen=True, slots=True)
class ChecklistFilters:
    """Which checklists: values of one filter are choices, an empty one is no filter. `template`: key or key/version."""

    readiness: Sequence[str] = ()
    track: Sequence[int] = ()
    lead: Sequence[str] = ()
    overdue: bool | None = None
    status: Sequence[str] = ("running",)
    jurisdiction: Sequence[str] = ()
    template: str | None = None
    q: str | None = None


def chosen(actor: Actor, filters: ChecklistFilters) -> Select[Checklist]:
    """Return the checklists asked for that an actor may see; parcel, jurisdiction and template are joined."""
    wanted = (
        visible_checklists(actor)
        .join(Parcel, Parcel.id == Checklist.parcel_id)
        .join(Jurisdiction, Jurisdiction.id == Checklist.jurisdiction_id)
        .join(ChecklistTemplate, ChecklistTemplate.id == Checklist.template_id)
    )
    columns = {
        "readiness": Checklist.readiness,
        "status": Checklist.status,
        "jurisdiction": Jurisdiction.code,
    }
    for name, column in columns.items():
        values = getattr(filters, name)
        if values:
            wanted = wanted.where(column.in_(values) if len(values) > 1 else column == values[0])
    if filters.overdue is not None:
        wanted = wanted.where((Checklist.overdue > 0) == filters.overdue)
    if filters.template is not None:
        key, _, version = filters.template.partition("/")
        wanted = wanted.where(ChecklistTemplate.key == key)
        if version:
            wanted = wanted.where(ChecklistTemplate.version == int(version))
    if filters.track or filters.lead:
        wanted = wanted.where(_open_item(filters))
    if filters.q:
        part = filters.q.strip()
        wanted = wanted.where(
            or_(
                code_key.contains(folded(part), autoescape=True),
                Parcel.name.contains(part, autoescape=True),
                Checklist.project_name.contains(part, autoescape=True),
            )
        )
    return wanted


def scope_of(session: Session, actor: Actor, jurisdictions: Sequence[str] = ()) -> list[int] | None:
    """Return the jurisdictions whose checklists are asked for and seen, for statements that are written out.

    None: all. It says in numbers what `visible_checklists` says in SQL.
    """
    if actor.jurisdictions is None and not jurisdictions:
        return None
    wanted = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return list(session.scalars(wanted.where(Jurisdiction.code.in_(jurisdictions)) if jurisdictions else wanted))


def _open_item(filters: ChecklistFilters) -> Any:  # noqa: ANN401 - a condition
    undone = (
        ChecklistItem.checklist_id == Checklist.id,
        ChecklistItem.required,
        ~ChecklistItem.dropped,
        ChecklistItem.state.not_in(SETTLED),
    )
    wanted = exists().where(*undone)
    if filters.track:
        wanted = wanted.where(ChecklistItem.track.in_(filters.track))
    return wanted.where(ChecklistItem.lead.in_(filters.lead)) if filters.lead else wanted


_COLUMNS = (
    Checklist.id,
    Checklist.version,
    Checklist.status,
    Checklist.project_name,
    Checklist.opened_on,
    Checklist.closed_on,
    Checklist.planned_listing_on,
    Checklist.planned_sale_on,
    Checklist.readiness,
    Checklist.blocking,
    Checklist.returned,
    Checklist.overdue,
    Checklist.ready_on,
    Checklist.ends_on,
    Checklist.provisional,
    Checklist.saved_workdays,
    Checklist.proof_until,
    Parcel.code.label("parcel"),
    Parcel.name.label("parcel_name"),
    Parcel.area_m2,
    Parcel.stage.label("parcel_stage"),
    Jurisdiction.code.label("jurisdiction"),
    Jurisdiction.name.label("jurisdiction_name"),
    ChecklistTemplate.key.label("template"),
    ChecklistTemplate.version.label("template_version"),
    ChecklistTemplate.content["title"].astext.label("template_title"),
    ChecklistTemplate.content["title_en"].astext.label("template_title_en"),
    Lot.id.label("lot_id"),
    Lot.number.label("lot_number"),
    Lot.stage.label("lot_stage"),
    Lot.closes_at.label("lot_closes_at"),
)


def summaries(
    session: Session, actor: Actor, filters: ChecklistFilters, *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return checklists as lists show them, the newest first, those older than id `before`."""
    wanted = _told(chosen(actor, filters)).order_by(Checklist.id.desc()).limit(limit)
    return session.execute(wanted if before is None else wanted.where(Checklist.id < before)).all()


def summary(session: Session, actor: Actor, checklist_id: int) -> Row[Any]:
    """Return one checklist as lists show it."""
    wanted = chosen(actor, ChecklistFilters(status=())).where(Checklist.id == checklist_id)
    return session.execute(_told(wanted)).one()


def _told(wanted: Select[Any]) -> Select[Any]:
    return wanted.outerjoin(Lot, Lot.id == Checklist.lot_id).with_only_columns(*_COLUMNS)


MATRIX_COLUMNS = (
    Checklist.id,
    Checklist.planned_sale_on,
    Parcel.code,
    Parcel.name,
    Parcel.area_m2,
    Jurisdiction.code.label("jurisdiction"),
    Lot.number.label("lot_number"),
    Lot.sold_on,
    Checklist.project_name,
    Checklist.readiness,
    Checklist.blocking,
    Checklist.ready_on,
    Checklist.planned_listing_on,
    Checklist.saved_workdays,
    Checklist.tracks,
)


def matrix_rows(
    session: Session, actor: Actor, filters: ChecklistFilters, *, after: tuple[dt.date | None, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return checklists with their tracks, the earliest planned sale first and those without one last."""
    return session.execute(matrix_statement(actor, filters, after=after, limit=limit)).all()


def matrix_statement(
    actor: Actor, filters: ChecklistFilters, *, after: tuple[dt.date | None, int] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """Return the statement of a page of the matrix."""
    wanted = (
        chosen(actor, filters)
        .outerjoin(Lot, Lot.id == Checklist.lot_id)
        .with_only_columns(*MATRIX_COLUMNS)
        .order_by(Checklist.planned_sale_on.asc().nulls_last(), Checklist.id)
        .limit(limit)
    )
    if after is not None:
        day, number = after
        later: ColumnElement[bool] = Checklist.planned_sale_on.is_(None) & (Checklist.id > number)
        if day is not None:
            same = (Checklist.planned_sale_on == day) & (Checklist.id > number)
            later = or_(Checklist.planned_sale_on > day, same, Checklist.planned_sale_on.is_(None))
        wanted = wanted.where(later)
    return wanted


def readiness_counts(session: Session, actor: Actor, filters: ChecklistFilters) -> dict[str, int]:
    """Return how many of what is asked for are how ready."""
    counted = chosen(actor, filters).with_only_columns(Checklist.readiness, func.count()).group_by(Checklist.readiness)
    return {row[0]: row[1] for row in session.execute(counted)}


def last_of_parcel(session: Session, actor: Actor, parcel_id: int) -> int | None:
    """Return the running checklist of a parcel, or else its last one."""
    wanted = visible_checklists(actor).where(Checklist.parcel_id == parcel_id).with_only_columns(Checklist.id)
    return session.scalar(wanted.order_by(Checklist.closed_on.is_not(None), Checklist.id.desc()).limit(1))


def template_versions(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return the kept versions of templates with the number of running checklists that an actor sees on each."""
    running = (
        visible_checklists(actor)
        .where(Checklist.status == "running", Checklist.template_id == ChecklistTemplate.id)
        .with_only_columns(func.count())
        .correlate(ChecklistTemplate)
        .scalar_subquery()
    )
    wanted = select(ChecklistTemplate.id, ChecklistTemplate.key, ChecklistTemplate.version, running.label("running"))
    return session.execute(wanted.order_by(ChecklistTemplate.key, ChecklistTemplate.version.desc())).all()
