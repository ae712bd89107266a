"""Answers about one checklist: its picture, forecast and what stands around it, put together for an actor."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.checklist import describing, outlook, queries, selecting
from service.checklist.acts import ChecklistStatus
from service.checklist.around import around, origins
from service.checklist.describing import Described
from service.checklist.models import Checklist
from service.checklist.picture import picture
from service.checklist.read_schemas import (
    ChecklistRead,
    ChecklistSummary,
    ItemTaken,
    LotRef,
    ParcelRef,
    TemplateRef,
)
from service.checklist.scheduling import float_days
from service.checklist.template_loader import templates
from service.checklist.unanswered import unanswered
from service.core import clock
from service.core.db import driver_connection
from service.core.errors import NotFound
from service.parcels import reading as parcels
from service.parcels.schemas import Named
from service.workdays.calendar import Calendar
from service.workdays.queries import calendar_of


class NoChecklist(NotFound):
    """The parcel has none."""

    code, title_zh, title_en = "no-checklist", "该地块尚无清单", "The parcel has no checklist"


def checklist(session: Session, actor: Actor, checklist_id: int) -> ChecklistRead:
    """Return one checklist whole. Raises NotFound."""
    return _whole(session, actor, queries.checklist_by_id(session, actor, checklist_id))


def checklist_of_parcel(session: Session, actor: Actor, number: str) -> ChecklistRead:
    """Return the running checklist of a parcel, or else its last one. Raises NotFound, AmbiguousNumber, NoChecklist."""
    parcel = parcels.parcel(driver_connection(session), actor, number).members
    found = selecting.last_of_parcel(session, actor, parcel["id"])
    if found is None:
        raise NoChecklist(
            f"地块 {parcel['code']} 尚未建立八同步清单。", f"No checklist was opened for parcel {parcel['code']}."
        )
    return checklist(session, actor, found)


def item_taken(session: Session, actor: Actor, checklist: Checklist, key: str) -> ItemTaken:
    """Return an item after a change, with what that made of its checklist."""
    told, calendar, needed = _told(session, actor, checklist)
    return ItemTaken(
        item=describing.item(told, told.seen.template.by_key[key]),
        checklist=summary(selecting.summary(session, actor, checklist.id), calendar),
        tracks=describing.tracks(told, calendar, needed),
    )


def _whole(session: Session, actor: Actor, found: Checklist) -> ChecklistRead:
    told, calendar, needed = _told(session, actor, found)
    made_of, became = origins(session, found.id)
    return ChecklistRead(
        **summary(selecting.summary(session, actor, found.id), calendar).model_dump(),
        facts=describing.facts(told.seen),
        unanswered=describing.unanswered(unanswered(told.seen, calendar, told.day, lambda seen: seen.activities)),
        badge=describing.badge(told),
        tracks=describing.tracks(told, calendar, needed),
        items=describing.items(told),
        critical_path=list(told.found.critical_path),
        controlling_track=told.seen.controlling_track(told.found, calendar),
        may_edit=told.running and Permission.CHECKLIST_OPEN in actor.permissions,
        supersedes=made_of,
        superseded_by=became,
    )


def _told(session: Session, actor: Actor, found: Checklist) -> tuple[Described, Calendar, dict[str, Any]]:
    seen, calendar, day = picture(session, found), calendar_of(session), clock.today()
    needed = outlook.needed_by(seen, calendar, day)
    running = found.status == ChecklistStatus.running
    forecast = seen.forecast(calendar, day)
    due = outlook.due_days(seen, forecast, needed, calendar)
    return Described(actor, seen, forecast, due, around(session, seen), day, running), calendar, needed


def summary(row: Row[Any], calendar: Calendar) -> ChecklistSummary:
    """Write a row of `selecting.summaries`."""
    told = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    own = {name: told[name] for name in ChecklistSummary.model_fields if name in told and name not in _MADE}
    newest = templates().get(row.template)
    lot = None
    if row.lot_id is not None:
        lot = LotRef(id=row.lot_id, number=row.lot_number, stage=row.lot_stage, closes_at=row.lot_closes_at)
    return ChecklistSummary(
        **own,
        parcel=ParcelRef(code=row.parcel, name=row.parcel_name, area_m2=row.area_m2, stage=row.parcel_stage),
        jurisdiction=Named(code=row.jurisdiction, name=row.jurisdiction_name),
        lot=lot,
        template=TemplateRef(
            key=row.template,
            version=row.template_version,
            title=row.template_title,
            title_en=row.template_title_en,
            latest_version=max(row.template_version, newest.version if newest else 0),
        ),
        float_days=float_days(calendar, row.ready_on, row.planned_sale_on or row.planned_listing_on),
        badge_until=row.proof_until if row.blocking == 0 else None,
    )


_MADE = frozenset({"parcel", "jurisdiction", "lot", "template", "float_days", "badge_until"})
