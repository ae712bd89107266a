"""Proofs of items: handed in, withdrawn, run out."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.checklist import queries
from service.checklist.acting import refuse_foreign
from service.checklist.acts import Happening, NotificationKind
from service.checklist.changes import ProofCreate
from service.checklist.forecasting import settle
from service.checklist.holding import check_document, concerned, held, held_item, refuse_passed
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.record_models import ChecklistDocument
from service.checklist.recording import note, tell
from service.checklist.states import Action, Stored
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid, NotFound
from service.parcels.commands import refuse_future
from service.workdays.calendar import add_months

EXPIRED = "证明已过有效期 a proof has run out"


class ProofNeeded(Conflict):
    """The item was done on this proof: reopen it first, or hand another in."""

    code, title_zh, title_en = "checklist-proof-needed", "事项凭该证明完成", "The item was done on this proof"


def add_proof(
    session: Session, actor: Actor, checklist_id: int, key: str, new: ProofCreate, *, version: int
) -> tuple[Checklist, ChecklistItem]:
    """Hand in a document as proof of an item.

    Raises:
        NotFound, ChecklistEnded, PreconditionFailed, NotYours, FutureDate.
        Invalid: no such document or kind of evidence, or it would hold longer than the template lets it.

    """
    checklist, row = held_item(session, actor, checklist_id, key, version=version)
    refuse_foreign(actor, Happening.document_added, row.lead)
    check_document(session, actor, checklist, new.document_id)
    refuse_future("/valid_from", new.valid_from)
    until = _until(session, checklist, row, new)
    told = {"evidence_key": new.evidence, "document_id": new.document_id, "valid_from": new.valid_from}
    proof = ChecklistDocument(
        checklist_id=checklist.id, item_key=key, valid_until=until, added_by=actor.label, **told
    )  # fmt: skip
    session.add(proof)
    row.version += 1
    days = {"evidence": new.evidence, "valid_from": new.valid_from, "valid_until": until}
    note(session, checklist, Happening.document_added, key, document_id=new.document_id, facts=days)
    settle(session, checklist)
    after = told | {"valid_until": until, "proof": proof.id}
    record(session, Audited.CHECKLIST_PROOF_ADDED, "checklist_item", f"{checklist.id}/{key}", after=after)
    return checklist, row


def _until(session: Session, checklist: Checklist, row: ChecklistItem, new: ProofCreate) -> dt.date | None:
    """Return the last day on which a proof holds. Raises Invalid."""
    template = queries.template_of(session, checklist)
    kinds = {each.key: each for each in template.by_key[row.key].evidence}
    if new.evidence not in kinds:
        zh, en = f"该事项没有证明类别 {new.evidence}", f"The item asks for no evidence {new.evidence!r}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/evidence", "unknown-evidence", zh, en)])
    months = kinds[new.evidence].valid_months
    most = None if months is None else add_months(new.valid_from, months)
    until = most if new.valid_until is None else new.valid_until
    if until is not None and (until < new.valid_from or (most is not None and until > most)):
        zh, en = "有效期不符", "It can't hold until then"
        zh, en = (zh, en) if most is None else (f"{zh}，最迟 {most}", f"{en}: {most} at the latest")
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/valid_until", "wrong-validity", zh, en)])
    return until


def withdraw_proof(
    session: Session, actor: Actor, checklist_id: int, key: str, proof_id: int, *, version: int
) -> tuple[Checklist, ChecklistItem]:
    """Withdraw a proof; it stays in the history. Not the last in force that an item was done on, nor after the sale.

    Raises NotFound, ChecklistEnded, PreconditionFailed, NotYours, ProofNeeded, PassedGate.
    """
    checklist, row = held_item(session, actor, checklist_id, key, version=version)
    refuse_foreign(actor, Happening.document_withdrawn, row.lead)
    proofs = {each.id: each for each in queries.documents_of(session, checklist.id, key)}
    proof = proofs.get(proof_id)
    if proof is None:
        raise NotFound(f"没有证明 {proof_id}。", f"There is no proof {proof_id}.")
    refuse_passed(session, checklist, row)
    others = [each for each in proofs.values() if each is not proof and each.evidence_key == proof.evidence_key]
    if row.state == Stored.done and not any(_holds_as_long(each, proof) for each in others):
        raise ProofNeeded(
            "事项凭该证明完成，须先退回事项或补交证明。", "Reopen the item first, or hand another proof in."
        )
    proof.withdrawn_on = clock.today()
    row.version += 1
    facts = {"evidence": proof.evidence_key}
    note(session, checklist, Happening.document_withdrawn, key, document_id=proof.document_id, facts=facts)
    settle(session, checklist)
    before = {"proof": proof.id, "document_id": proof.document_id, "evidence_key": proof.evidence_key}
    record(session, Audited.CHECKLIST_PROOF_WITHDRAWN, "checklist_item", f"{checklist.id}/{key}", before=before)
    return checklist, row


def _holds_as_long(other: ChecklistDocument, proof: ChecklistDocument) -> bool:
    """Tell whether another proof stands in for one: it is in force today, or was no shorter."""
    least = clock.today() if proof.valid_until is None else min(clock.today(), proof.valid_until)
    return other.valid_until is None or other.valid_until >= least


def expire_proofs(session: Session, actor: Actor, checklist_id: int) -> list[str]:
    """Reopen the items of a checklist whose proofs have run out by today; return their keys. Their people are told.

    Run again, it does nothing more. Raises NotFound, ChecklistEnded.
    """
    checklist = held(session, actor, checklist_id)
    keys = queries.expired(session, clock.today(), checklist_id).get(checklist_id, [])
    rows = session.scalars(
        select(ChecklistItem).where(ChecklistItem.checklist_id == checklist_id, ChecklistItem.key.in_(keys))
    ).all()
    events = []
    for row in rows:
        before = {"state": row.state, "finished_on": row.finished_on}
        row.state, row.finished_on, row.submitted_by, row.reason = Stored.returned, None, None, EXPIRED
        row.version += 1
        events.append((row, note(session, checklist, Action.expire, row.key, text=EXPIRED)))
        subject = f"{checklist.id}/{row.key}"
        record(
            session,
            Audited.CHECKLIST_ITEM_EXPIRED,
            "checklist_item",
            subject,
            before=before,
            after={"state": row.state},
        )
    settle(session, checklist)
    for row, event in events:
        tell(session, actor, concerned(session, checklist, row), NotificationKind.expired, event)
    return list(keys)
