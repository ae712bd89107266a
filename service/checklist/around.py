"""What is told beside a checklist's own rows: people, documents, proofs, permits; one statement each."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.accounts.models import User
from service.checklist.describing import Around, Attached, Owner
from service.checklist.models import ChecklistItem, ChecklistOrigin
from service.checklist.picture import Picture
from service.checklist.record_models import ChecklistDocument
from service.contracts.models import ContractParcel
from service.contracts.performance_models import Permit
from service.documents.models import Document


def around(session: Session, seen: Picture) -> Around:
    """Return what is told beside a checklist."""
    rows = list(seen.items.values())
    owners, bureaus = _people(session, rows)
    return Around(
        owners,
        bureaus,
        titles(session, {row.document_id for row in rows if row.document_id is not None}),
        _proofs(session, seen.checklist.id),
        _permits(session, seen.checklist.parcel_id) if "contract_signed" in seen.mirrored else {},
    )


def _people(session: Session, rows: Sequence[ChecklistItem]) -> tuple[dict[int, Owner], dict[str, str | None]]:
    """Return the owners of items by id, and the bureaus of who waived by their name."""
    ids = {row.owner_id for row in rows if row.owner_id is not None}
    names = {row.waived_by for row in rows if row.waived_by is not None}
    if not ids and not names:
        return {}, {}
    columns = (User.id, User.username, User.display_name, User.lead_bureau)
    found = session.execute(select(*columns).where(or_(User.id.in_(ids), User.username.in_(names)))).all()
    owners = {row.id: Owner(row.username, row.display_name, row.lead_bureau) for row in found}
    return owners, {row.username: row.lead_bureau for row in found}


def titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return what documents are called, by id."""
    if not ids:
        return {}
    return {
        row.id: row.title for row in session.execute(select(Document.id, Document.title).where(Document.id.in_(ids)))
    }


def _proofs(session: Session, checklist_id: int) -> dict[str, list[Attached]]:
    wanted = (
        select(ChecklistDocument, Document.title)
        .join(Document, Document.id == ChecklistDocument.document_id)
        .where(ChecklistDocument.checklist_id == checklist_id)
        .order_by(ChecklistDocument.id)
    )
    found: dict[str, list[Attached]] = {}
    for proof, title in session.execute(wanted.execution_options(populate_existing=True)):
        found.setdefault(proof.item_key, []).append(Attached(proof, title))
    return found


def _permits(session: Session, parcel_id: int) -> dict[str, tuple[str, dt.date]]:
    """Return the first permit of each kind of the parcel's contract in force: number and day."""
    wanted = (
        select(Permit.kind, Permit.number, Permit.issued_on)
        .join(ContractParcel, ContractParcel.contract_id == Permit.contract_id)
        .where(ContractParcel.parcel_id == parcel_id, ContractParcel.live)
        .order_by(Permit.issued_on.desc(), Permit.id.desc())
    )
    return {row.kind: (row.number, row.issued_on) for row in session.execute(wanted)}


def origins(session: Session, checklist_id: int) -> tuple[list[int], list[int]]:
    """Return the checklists that one was made of, and those that were made of it."""
    here = or_(ChecklistOrigin.checklist_id == checklist_id, ChecklistOrigin.origin_id == checklist_id)
    rows = session.execute(select(ChecklistOrigin.checklist_id, ChecklistOrigin.origin_id).where(here)).all()
    made_of = sorted(row.origin_id for row in rows if row.checklist_id == checklist_id)
    return made_of, sorted(row.checklist_id for row in rows if row.origin_id == checklist_id)
