"""What adds a document."""

import re

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.errors import FieldError, Invalid
from service.core.spelling import folded
from service.documents import queries
from service.documents.models import Document
from service.documents.storage import Kept

_LONGEST_NAME = 200


class UnknownSubject(Invalid):
    """A document for something that isn't there, or that the caller may not see."""

    code, title_zh, title_en = "unknown-subject", "所附对象不存在", "Unknown subject"


def attach(
    session: Session, actor: Actor, kept: Kept, *, file_name: str, title: str, subject_type: str, subject_id: str
) -> Document:
    """Attach a file that lies in the document folder to a subject that the actor sees.

    Raises:
        UnknownSubject: it doesn't.

    """
    if not queries.sees_subject(session, actor, subject_type, subject_id):
        zh, en = f"没有 {subject_type} {subject_id[:60]}", f"There is no {subject_type} {subject_id[:60]}"
        raise UnknownSubject(f"{zh}。", f"{en}.", errors=[FieldError("/subject_id", "unknown-subject", zh, en)])
    return add(session, actor, kept, file_name=file_name, title=title, subject_type=subject_type, subject_id=subject_id)


def add(
    session: Session, actor: Actor, kept: Kept, *, file_name: str, title: str, subject_type: str, subject_id: str
) -> Document:
    """Write the row of a file whose subject the calling command is just making (an import and its file)."""
    document = Document(
        subject_type=subject_type,
        subject_id=folded(subject_id),
        title=title,
        file_name=clean_name(file_name),
        uploaded_by=actor.label,
        **kept._asdict(),
    )
    session.add(document)
    session.flush()
    after = {"subject_type": subject_type, "subject_id": subject_id, "title": title, **kept._asdict()}
    record(session, Action.DOCUMENT_ADDED, "document", document.id, after=after)
    return document


def clean_name(name: str) -> str:
    r"""Return the last part of a sender's file name, without what can't be printed.

    >>> clean_name("C:\\报件\\宗地图.pdf"), clean_name("../../etc/passwd"), clean_name("\x00")
    ('宗地图.pdf', 'passwd', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(char for char in last if char.isprintable()).strip(" .")
    return printable[-_LONGEST_NAME:] or "file"
