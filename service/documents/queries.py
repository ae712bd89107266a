"""Documents that an actor may see."""

import dataclasses
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.core.errors import FieldError, Invalid, NotFound
from service.core.spelling import folded
from service.documents.models import Document
from service.documents.subjects import KINDS


def visible_documents(actor: Actor) -> Select[Document]:
    """Return the documents of every subject that the actor may see."""
    return select(Document).where(or_(false(), *(_of_kind(actor, kind) for kind in KINDS)))


def _of_kind(actor: Actor, kind: str) -> ColumnElement[bool]:
    subjects = KINDS[kind](actor)
    return and_(
        Document.subject_type == kind, subjects.where(subjects.selected_columns[0] == Document.subject_id).exists()
    )


def sees_subject(session: Session, actor: Actor, subject_type: str, subject_id: str) -> bool:
    """Tell whether a subject is there and visible."""
    visible = KINDS.get(subject_type)
    if visible is None:
        return False
    subjects = visible(actor)
    return session.scalar(subjects.where(subjects.selected_columns[0] == folded(subject_id)).limit(1)) is not None


def document_by_id(session: Session, actor: Actor, document_id: int) -> Document:
    """Return one document; NotFound if it is absent or its subject is not visible."""
    found = session.scalar(visible_documents(actor).where(Document.id == document_id))
    if found is None:
        raise NotFound(f"没有编号为 {document_id} 的文件。", f"There is no document {document_id}.")
    return found


def refuse_unseen(
    session: Session, actor: Actor, jurisdiction: str, document_id: int, *, pointer: str = "/document_id"
) -> None:
    """Demand a document that everybody of the jurisdiction may see: its title stands beside what rests on it."""
    viewer = ROLE_PERMISSIONS[Role.VIEWER]
    reader = dataclasses.replace(actor, jurisdictions=frozenset({jurisdiction}), permissions=viewer)
    found = session.get(Document, document_id)
    if found is None or not sees_subject(session, reader, found.subject_type, found.subject_id):
        zh, en = f"没有编号为 {document_id} 的文件", f"There is no document {document_id}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError(pointer, "unknown-document", zh, en)])


def documents_page(
    session: Session, actor: Actor, *, subject_type: str, subject_id: str, before: int | None, limit: int
) -> Sequence[Document]:
    """Return the documents of a subject, newest first."""
    if subject_type not in KINDS:
        return []
    attached = select(Document).where(Document.subject_id == folded(subject_id))
    wanted = attached.where(_of_kind(actor, subject_type))
    if before is not None:
        wanted = wanted.where(Document.id < before)
    return session.scalars(wanted.order_by(Document.id.desc()).limit(limit)).all()


def known_hashes(session: Session, hashes: Sequence[str]) -> set[str]:
    """Return those of the hashes that a document names."""
    return set(session.scalars(select(Document.sha256).where(Document.sha256.in_(hashes))))
