"""Taking a split or merge back (撤销分割、合并) while nothing was built on it.

It was a mistake, so it is undone from its own day on: what it made never stood, what it ended always did. What was
known meanwhile stays told (`known_at`), and no code is used twice.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.db import driver_connection
from service.core.errors import Conflict, FieldError, Invalid
from service.parcels import built_on, following, lineage, lineage_queries, queries
from service.parcels.commands import touch
from service.parcels.governing import refuse_held
from service.parcels.lifecycle import Hold, Idle, Stage, State
from service.parcels.lineage import Finding, OperationKind
from service.parcels.lineage_commands import refuse_blocked
from service.parcels.lineage_models import LineageOperation, LineageRevival
from service.parcels.lineage_schemas import UndoOrder
from service.parcels.models import Parcel

MOST_OBSTACLES = 50


class NotUndoable(Conflict):
    """An undoing, or what was undone already."""

    code, title_zh, title_en = "lineage-not-undoable", "不能撤销", "Can't be undone"


class LineageBuiltOn(Conflict):
    """The parcels that a split or merge made have been used since; `obstacles` say by what."""

    code, title_zh, title_en = "lineage-built-on", "已有后续业务，不能撤销", "Built on since"


class Undoing(NamedTuple):
    """What taking an operation back means."""

    undone: LineageOperation
    made: Sequence[Parcel]
    ended: Sequence[Parcel]
    findings: Sequence[Finding]


def plan_undo(session: Session, actor: Actor, operation_id: int) -> Undoing:
    """Return what an undoing would do; the parcels are locked until the transaction ends.

    Raises:
        NotFound: no such operation, or none whose parcels the actor may see.
        NotUndoable: it is an undoing, or was undone.
        LineageBuiltOn: something was built on the parcels that it made.
        HeldElsewhere: a scheme, lot or contract holds one of them.

    """
    undone = lineage_queries.operation(session, actor, operation_id)
    if undone.undoes is not None:
        raise NotUndoable("撤销本身不能再撤销；请重新分割或合并。", "An undoing can't be undone; split or merge again.")
    made, ended = lineage_queries.made_and_ended(session, undone)
    lineage_queries.lock(session, [*made, *ended])
    if not ended or any(parcel.retired_by != undone.id for parcel in ended):
        raise NotUndoable("该分割或合并已经撤销。", "This split or merge has been undone already.")
    refuse_held(session, made)
    connection, without = driver_connection(session), following.tables()
    found = lineage_queries.obstacles(connection, undone.id, most=MOST_OBSTACLES, without=without)
    found += following.built_on(session, made)
    if found:
        zh, en = built_on.described(found)
        raise LineageBuiltOn(
            f"不能撤销：{zh}。",
            f"Can't be undone: {en}.",
            facts={"obstacles": [each._asdict() for each in found]},
        )
    states = {each.code: State(Stage(each.stage), Hold(each.hold), Idle(each.idle)) for each in made}
    return Undoing(undone, made, ended, [each for each in lineage.stage_findings(states) if each.severity == "block"])


def undo_operation(
    session: Session, actor: Actor, operation_id: int, order: UndoOrder
) -> tuple[LineageOperation, Undoing]:
    """Take a split or merge back: what it made ends, and what it ended stands again as it was.

    Raises:
        LineageRefused: others are concerned, and no approver gives reason and document.
        Invalid: no reason, or no such document. And what `plan_undo` raises.

    """
    if order.note is None:
        zh, en = "请填写撤销原因", "Say why it is undone"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/note", "required", zh, en)])
    undoing = plan_undo(session, actor, operation_id)
    if order.document_id is not None:
        queries.check_document(session, actor, undoing.ended[0], order.document_id)
    refuse_blocked(actor, undoing.findings, order)
    told = order.model_dump()
    since = undoing.undone.effective_on
    done = LineageOperation(
        kind=OperationKind.UNDO, undoes=undoing.undone.id, effective_on=since, actor=actor.label, **told
    )
    session.add(done)
    session.flush()
    session.add_all(LineageRevival(operation_id=done.id, parcel_id=parcel.id) for parcel in undoing.ended)
    session.flush()
    for parcel in (*undoing.ended, *undoing.made):
        parcel.retired_by = None if parcel in undoing.ended else done.id
        touch(parcel)
    session.flush()
    following.follow(session, actor, following.Change(done, undoing.made, undoing.ended))
    after = {"operation": done.id, "undoes": undoing.undone.id, **told}
    for parcel in undoing.made:
        record(session, Action.PARCEL_LINEAGE_UNDONE, "parcel", parcel.code, after=after)
    for parcel in undoing.ended:
        record(session, Action.PARCEL_REVIVED, "parcel", parcel.code, after=after)
    return done, undoing
