"""Repairs of staged shapes: carried out when chosen, and kept with the import."""

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.errors import NotFound
from service.imports import workshop
from service.imports.acts import hand_over, staged_import
from service.imports.models import Import
from service.imports.repairable import subject_of
from service.imports.repairs import OFFERED


def repair(session: Session, actor: Actor, import_id: int, finding_id: int, key: str, *, version: int) -> Import:
    """Carry out a repair that was offered; the shape as delivered stays the survey, the repaired one is published.

    Raises:
        NotFound: no such import or finding, or nothing can be repaired there.
        PreconditionFailed, NotThere: as every act on an import under review.
        RepairFailed: it takes too long or doesn't lead to a valid polygon.

    """
    found = staged_import(session, actor, import_id, version)
    subject = subject_of(session, import_id, finding_id)
    if subject is None or key not in OFFERED[subject.finding.code]:
        raise NotFound("这一条没有可用的修复。", "There is no such repair for this finding.")
    made = workshop.apply(subject.wkb, key, subject.neighbours)
    done = {"row": subject.finding.row, "code": subject.finding.code, "key": key, "by": actor.label}
    found.repairs = [*found.repairs, {**done, "wkb": made.hex()}]
    record(
        session,
        Action.IMPORT_REPAIRED,
        "import",
        import_id,
        before={"wkb": subject.wkb.hex()},
        after={**done, "wkb": made.hex()},
    )
    hand_over(session, found, "queued")
    return found
