"""Rows of a new checklist, and which checklists a newer template waits for."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import mirroring, queries
from service.checklist.acts import ChecklistStatus
from service.checklist.forecasting import particulars
from service.checklist.holding import SOLD
from service.checklist.models import Checklist, ChecklistItem, ChecklistTemplate
from service.checklist.states import Stored
from service.checklist.template import Template
from service.checklist.template_facts import Facts
from service.checklist.template_loader import templates
from service.core import clock
from service.parcels.models import Parcel


def begin(
    session: Session,
    parcel: Parcel,
    template_id: int,
    template: Template,
    *,
    facts: dict[str, Any],
    opened_on: dt.date | None = None,
    **told: Any,  # noqa: ANN401 - columns
) -> Checklist:
    """Add a checklist with untouched items, opened today if no day is given; nothing is told of it yet."""
    derived = mirroring.derived(session, {parcel.id: parcel.stage})[parcel.id]
    checklist = Checklist(
        jurisdiction_id=parcel.jurisdiction_id, parcel_id=parcel.id, template_id=template_id, facts=facts,
        derived=derived, opened_on=opened_on or clock.today(), status=ChecklistStatus.running, **told,
    )  # fmt: skip
    session.add(checklist)
    session.flush()
    session.add_all(items_for(checklist, template))
    session.flush()
    return checklist


def items_for(checklist: Checklist, template: Template) -> list[ChecklistItem]:
    """Return the items of a template for a checklist, untouched; those that do not apply say so."""
    facts = Facts.of(checklist.facts | checklist.derived)
    return [
        ChecklistItem(
            checklist_id=checklist.id,
            key=item.key,
            state=Stored.open if item.applies(facts) else Stored.not_applicable,
            **particulars(item, facts),
        )
        for item in template.items
    ]


def outdated(session: Session, actor: Actor) -> list[tuple[Checklist, int]]:
    """Return the running checklists of unsold land whose template has a newer version, and that version."""
    wanted = queries.visible_checklists(actor).where(Checklist.status == ChecklistStatus.running)
    wanted = wanted.join(Parcel, Parcel.id == Checklist.parcel_id).where(Parcel.stage.not_in(SOLD))
    rows = session.execute(
        wanted.join(ChecklistTemplate, ChecklistTemplate.id == Checklist.template_id)
        .add_columns(ChecklistTemplate.key, ChecklistTemplate.version)
        .order_by(Checklist.id)
    ).all()
    newest = {key: template.version for key, template in templates().items()}
    return [(row[0], newest[row[1]]) for row in rows if newest.get(row[1], 0) > row[2]]
