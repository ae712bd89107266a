"""What is known of checklists: those that an actor may see, locked or not, their items, proofs and history."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Select, Text, cast, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.models import User
from service.accounts.permissions import Role
from service.checklist.acts import ChecklistStatus
from service.checklist.models import Checklist, ChecklistItem, ChecklistPolicy, ChecklistTemplate
from service.checklist.record_models import ChecklistDocument, ChecklistEvent
from service.checklist.template import Template, from_json
from service.core.errors import NotFound
from service.documents import subjects
from service.listings.models import Lot
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions

_READ: dict[str, Template] = {}
"""Templates read so far, by hash: as many as there are versions."""


def visible_checklists(actor: Actor) -> Select[Checklist]:
    """The checklists an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(Checklist)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(Checklist).where(Checklist.jurisdiction_id.in_(own))


subjects.register("checklist", lambda actor: visible_checklists(actor).with_only_columns(cast(Checklist.id, Text)))


def lock_pointed(session: Session, checklist_ids: Collection[int]) -> None:
    """Lock the lots, then the parcels of checklists, each by id: the database looks for them when a row changes twice.

    Whoever changes these checklists locks them themselves after it.
    """
    for table, column in ((Lot, Checklist.lot_id), (Parcel, Checklist.parcel_id)):
        pointed = select(column).where(Checklist.id.in_(checklist_ids))
        locked = select(table.id).where(table.id.in_(pointed)).order_by(table.id)
        session.execute(locked.with_for_update(read=True, key_share=True))


def checklist_by_id(session: Session, actor: Actor, checklist_id: int, *, lock: bool = False) -> Checklist:
    """Return one checklist; `lock`: kept by us until the end.

    Whoever also locks lots or parcels does so before: lot, parcels by id, checklists by id.

    Raises:
        NotFound: absent or not visible.

    """
    wanted = visible_checklists(actor).where(Checklist.id == checklist_id)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if lock and found is not None:
        lock_pointed(session, [checklist_id])
        locked = wanted.with_for_update(of=Checklist, key_share=True)
        found = session.scalar(locked.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有编号为 {checklist_id} 的清单。", f"There is no checklist {checklist_id}.")
    return found


def running_on(session: Session, parcel_ids: Collection[int], *, lock: bool = False) -> Sequence[Checklist]:
    """Return the running checklists of parcels, by id; `lock`: kept by us until the end."""
    wanted = select(Checklist).where(Checklist.parcel_id.in_(parcel_ids), Checklist.status == ChecklistStatus.running)
    wanted = wanted.order_by(Checklist.id).execution_options(populate_existing=True)
    return session.scalars(wanted.with_for_update(key_share=True) if lock else wanted).all()


def items_of(session: Session, checklist_ids: Collection[int]) -> dict[int, dict[str, ChecklistItem]]:
    """Return the items of checklists, by key, as they are in the database."""
    found: dict[int, dict[str, ChecklistItem]] = {number: {} for number in checklist_ids}
    wanted = select(ChecklistItem).where(ChecklistItem.checklist_id.in_(checklist_ids))
    for item in session.scalars(wanted.order_by(ChecklistItem.key).execution_options(populate_existing=True)):
        found[item.checklist_id][item.key] = item
    return found


def documents_of(session: Session, checklist_id: int, key: str | None = None) -> Sequence[ChecklistDocument]:
    """Return the proofs in force of a checklist, or of one of its items, the oldest first."""
    wanted = select(ChecklistDocument).where(
        ChecklistDocument.checklist_id == checklist_id, ChecklistDocument.withdrawn_on.is_(None)
    )
    if key is not None:
        wanted = wanted.where(ChecklistDocument.item_key == key)
    return session.scalars(wanted.order_by(ChecklistDocument.id)).all()


def last_event(session: Session, checklist_id: int, key: str, kind: str | None = None) -> ChecklistEvent | None:
    """Return the newest event of an item, or its newest of a kind."""
    wanted = select(ChecklistEvent).where(ChecklistEvent.checklist_id == checklist_id, ChecklistEvent.item_key == key)
    if kind is not None:
        wanted = wanted.where(ChecklistEvent.kind == kind)
    return session.scalar(wanted.order_by(ChecklistEvent.id.desc()).limit(1))


def templates_of(session: Session, ids: Collection[int]) -> dict[int, Template]:
    """Return kept templates by id; each is read once in this process, known by its hash."""
    wanted = select(ChecklistTemplate.id, ChecklistTemplate.sha256).where(ChecklistTemplate.id.in_(ids))
    hashes = {row.id: row.sha256 for row in session.execute(wanted)}
    unread = select(ChecklistTemplate.sha256, ChecklistTemplate.content).where(
        ChecklistTemplate.sha256.in_(set(hashes.values()) - _READ.keys())
    )
    if hashes.values() - _READ.keys():
        _READ.update({row.sha256: from_json(row.content) for row in session.execute(unread)})
    return {number: _READ[sha256] for number, sha256 in hashes.items()}


def template_of(session: Session, checklist: Checklist) -> Template:
    """Return the template that a checklist follows."""
    return templates_of(session, [checklist.template_id])[checklist.template_id]


def policy_of(session: Session, jurisdiction_id: int, *, lock: bool = False) -> ChecklistPolicy | None:
    """Return the rule of a jurisdiction, if it has one."""
    wanted = select(ChecklistPolicy).where(ChecklistPolicy.jurisdiction_id == jurisdiction_id)
    return session.scalar(wanted.with_for_update() if lock else wanted)


def code_of(session: Session, checklist: Checklist) -> str:
    """Return the code of a checklist's jurisdiction."""
    return session.scalars(select(Jurisdiction.code).where(Jurisdiction.id == checklist.jurisdiction_id)).one()


def people(session: Session, jurisdiction: str, *, lead: str | None = None, role: Role | None = None) -> Sequence[int]:
    """Return the active users of a bureau, or of a role, who see a jurisdiction."""
    wanted = select(User.id).where(
        User.is_active, User.jurisdictions.is_(None) | (User.jurisdictions.any_() == jurisdiction)
    )
    if lead is not None:
        wanted = wanted.where(User.lead_bureau == lead)
    if role is not None:
        wanted = wanted.where(User.role == role)
    return session.scalars(wanted.order_by(User.id)).all()


# The items whose proofs of one kind have all run out by a day, though they count as done.
_EXPIRED = text("""
    SELECT DISTINCT c.id AS checklist_id, d.item_key FROM checklist c
    JOIN checklist_item i ON i.checklist_id = c.id AND i.state = 'done'
    JOIN checklist_document d ON d.checklist_id = i.checklist_id AND d.item_key = i.key AND d.withdrawn_on IS NULL
    JOIN parcel p ON p.id = c.parcel_id
    WHERE c.status = 'running' AND (CAST(:id AS int) IS NULL OR c.id = :id)
      AND p.stage NOT IN ('sold', 'contracted', 'paid', 'delivered', 'started', 'completed')
    GROUP BY c.id, d.item_key, d.evidence_key HAVING bool_and(coalesce(d.valid_until < :day, false))
    ORDER BY 1, 2
""")


def expired(session: Session, day: dt.date, checklist_id: int | None = None) -> dict[int, list[str]]:
    """Return the items of unsold land that were done on proofs which have run out before a day, by checklist."""
    found: dict[int, list[str]] = {}
    for row in session.execute(_EXPIRED, {"day": day, "id": checklist_id}):
        found.setdefault(row.checklist_id, []).append(row.item_key)
    return found
