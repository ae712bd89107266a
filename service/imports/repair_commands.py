"""Repairs of staged shapes: carried out when chosen, one or several at once, and kept with the import."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.errors import NotFound
from service.imports import workshop
from service.imports.acts import hand_over, staged_import
from service.imports.models import Import
from service.imports.repairable import Subject, subjects_of
from service.imports.repairs import OFFERED
from service.imports.snapping import Move


def repair(session: Session, actor: Actor, import_id: int, chosen: Mapping[int, str], *, version: int) -> Import:
    """Carry out repairs that were offered (finding → key), all or none; then the file is checked again.

    The shapes as delivered stay the surveys, the repaired ones are published. Of a row with several findings the
    repairs follow each other, and so do the rows (`together`). What was snapped is kept: how many points, how far, to
    which row or parcel.

    Raises:
        NotFound: no such import or finding, or nothing can be repaired there.
        PreconditionFailed, NotThere: as every act on an import under review.
        RepairFailed: it takes too long or doesn't lead to a valid polygon.

    """
    found = staged_import(session, actor, import_id, version)
    subjects = subjects_of(session, import_id, chosen)
    if any(one not in subjects or key not in OFFERED[subjects[one].finding.code] for one, key in chosen.items()):
        raise NotFound("所选检查结果中有一条没有这种修复。", "One of the findings has no such repair.")
    rows: dict[int | None, list[tuple[Subject, str]]] = defaultdict(list)
    for one, subject in subjects.items():
        rows[subject.finding.row].append((subject, chosen[one]))
    shapes = workshop.apply([(asked[0][0].work, [key for _, key in asked]) for asked in rows.values()])
    for (row, asked), made in zip(rows.items(), shapes, strict=True):
        done = [
            {
                "row": row,
                "code": subject.finding.code,
                "key": key,
                "by": actor.label,
                "wkb": made.wkb.hex(),
                "moves": [_told(move) for move in subject.named(moves)],
            }
            for (subject, key), moves in zip(asked, made.moves, strict=True)
        ]
        found.repairs = [*found.repairs, *done]
        before = {"wkb": asked[0][0].work.wkb.hex()}
        for each in done:
            record(session, Action.IMPORT_REPAIRED, "import", import_id, before=before, after=each)
    hand_over(session, found, "queued")
    return found


def _told(move: Move) -> dict[str, Any]:
    """How a shape was fitted to a neighbour, as it is kept."""
    told = move._asdict()
    del told["neighbour"]
    return told
