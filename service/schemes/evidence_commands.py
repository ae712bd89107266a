"""What changes the evidence of a draft."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import FieldError, Invalid, NotFound
from service.core.spelling import folded
from service.parcels.commands import refuse_future
from service.schemes import queries
from service.schemes.changes import EvidenceSet
from service.schemes.commands import changed
from service.schemes.holding import check_document, held
from service.schemes.models import SchemeEvidence, SupplyScheme
from service.schemes.states import SchemeAction


def put_evidence(session: Session, actor: Actor, scheme_id: int, item: EvidenceSet, *, version: int) -> SupplyScheme:
    """Show one of the things the law asks for, in place of what was shown for it before.

    Raises:
        NotFound, PreconditionFailed, WrongStatus, FutureDate.
        Invalid: no such document, or a parcel that is not in the scheme.

    """
    scheme = held(session, actor, scheme_id, SchemeAction.edit, version=version)
    refuse_future("/issued_on", item.issued_on)
    check_document(session, actor, scheme, item.document_id)
    parcel_id = None if item.parcel is None else _own_parcel(session, scheme, item.parcel)
    kept = session.scalar(
        select(SchemeEvidence).where(
            SchemeEvidence.scheme_id == scheme.id,
            SchemeEvidence.kind == item.kind,
            SchemeEvidence.parcel_id.is_not_distinct_from(parcel_id),
        )
    )
    told = item.model_dump(include={"issued_on", "document_id", "note"})
    before = None if kept is None else {"evidence": {name: getattr(kept, name) for name in told}}
    if kept is None:
        session.add(SchemeEvidence(scheme_id=scheme.id, parcel_id=parcel_id, kind=item.kind, **told))
    else:
        for name, value in told.items():
            setattr(kept, name, value)
    changed(session, scheme, before or {}, {"evidence": item.model_dump()})
    return scheme


def _own_parcel(session: Session, scheme: SupplyScheme, code: str) -> int:
    for _, parcel in queries.parcels_of(session, scheme.id):
        if folded(parcel.code) == folded(code):
            return parcel.id
    zh, en = f"方案中没有地块 {code}", f"The scheme has no parcel {code}"
    raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/parcel", "unknown-parcel", zh, en)])


def remove_evidence(session: Session, actor: Actor, scheme_id: int, evidence_id: int, *, version: int) -> SupplyScheme:
    """Take evidence out of a draft. Raises NotFound, PreconditionFailed, WrongStatus."""
    scheme = held(session, actor, scheme_id, SchemeAction.edit, version=version)
    wanted = select(SchemeEvidence).where(SchemeEvidence.scheme_id == scheme.id, SchemeEvidence.id == evidence_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound(f"方案没有证明 {evidence_id}。", f"The scheme has no evidence {evidence_id}.")
    before = {"evidence": {"kind": found.kind, "parcel_id": found.parcel_id, "document_id": found.document_id}}
    session.delete(found)
    changed(session, scheme, before, {})
    return scheme
