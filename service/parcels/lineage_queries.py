"""What splits and merges need to know of parcels, and the lineage of one."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import NotFound
from service.core.spelling import folded
from service.parcels import queries
from service.parcels.built_on import Obstacle, pointing
from service.parcels.lineage import MOST
from service.parcels.lineage_models import LineageOperation, LineageRevival
from service.parcels.lineage_schemas import LineageEdge, LineageNode, LineageRead, OperationRead
from service.parcels.models import Parcel, ParcelEvent, ParcelLandUse
from service.parcels.reading import Connection, not_found

LARGEST = 1_000
"""Parcels of a lineage that are told."""


def parcels_by_code(session: Session, actor: Actor, codes: Sequence[str]) -> list[Parcel]:
    """Return parcels in the order asked; NotFound for the first that is absent or not visible."""
    found = {
        parcel.code: parcel for parcel in session.scalars(queries.visible_parcels(actor).where(Parcel.code.in_(codes)))
    }
    for code in codes:
        if code not in found:
            raise not_found(code)
    return [found[code] for code in codes]


def lock(session: Session, parcels: Sequence[Parcel]) -> None:
    """Lock parcels, in one order for everybody, and read them anew."""
    wanted = select(Parcel).where(Parcel.id.in_([parcel.id for parcel in parcels])).order_by(Parcel.id)
    session.scalars(wanted.with_for_update(of=Parcel).execution_options(populate_existing=True)).all()


def codes_beginning(session: Session, stem: str) -> set[str]:
    """Return the codes, used now or ever, that begin with these characters, in either case."""
    # By the words of the search index: a comparison of beginnings would need an index of its own.
    held = session.scalars(select(Parcel.code).where(Parcel.search.contains(stem.lower(), autoescape=True)))
    return {code for code in held if folded(code).startswith(folded(stem))}


def taken(session: Session, codes: Collection[str]) -> set[str]:
    """Return those of the codes that a parcel has or had."""
    return set(session.scalars(select(Parcel.code).where(Parcel.code.in_(codes))))


def land_uses(session: Session, parcels: Sequence[Parcel]) -> dict[int, list[dict[str, Any]]]:
    """Return the land-use components of parcels by id; a single use with its usual term has none."""
    found: dict[int, list[dict[str, Any]]] = {parcel.id: [] for parcel in parcels}
    names = ("ordinal", "scheme", "code", "share", "max_term_years")
    wanted = select(ParcelLandUse).where(ParcelLandUse.parcel_id.in_(found)).order_by(ParcelLandUse.ordinal)
    for use in session.scalars(wanted):
        found[use.parcel_id].append({name: getattr(use, name) for name in names})
    return found


def last_events(session: Session, parcels: Sequence[Parcel]) -> dict[str, dt.date]:
    """Return the day of the newest event of each parcel, by code."""
    newest = select(ParcelEvent.parcel_id, func.max(ParcelEvent.effective_on)).group_by(ParcelEvent.parcel_id)
    rows = session.execute(newest.where(ParcelEvent.parcel_id.in_([each.id for each in parcels])))
    days = {row[0]: row[1] for row in rows}
    return {parcel.code: days[parcel.id] for parcel in parcels}


# What ended a parcel `p`, and what had ended it until that was undone.
_ENDINGS = """SELECT p.id, p.retired_by
    UNION ALL SELECT p.id, u.undoes FROM lineage_revival AS v JOIN lineage_operation AS u ON u.id = v.operation_id
        WHERE v.parcel_id = p.id"""
# From an operation on to the parcels it made and the ones that ended each of those; and back. Numbers of operations
# grow on the way, so both come to an end.
_RELATED = text(f"""
    WITH RECURSIVE
    up (parcel, operation) AS (
        SELECT id, made_by FROM parcel WHERE id = :id
        UNION SELECT p.id, p.made_by FROM up CROSS JOIN LATERAL (
            SELECT id, made_by FROM parcel WHERE retired_by = up.operation
            UNION ALL SELECT p.id, p.made_by FROM lineage_operation AS u
                JOIN lineage_revival AS v ON v.operation_id = u.id JOIN parcel AS p ON p.id = v.parcel_id
                WHERE u.undoes = up.operation) AS p),
    down (parcel, operation) AS (
        SELECT e.* FROM parcel AS p CROSS JOIN LATERAL ({_ENDINGS}) AS e WHERE p.id = :id
        UNION SELECT e.* FROM down JOIN parcel AS p ON p.made_by = down.operation CROSS JOIN LATERAL ({_ENDINGS}) AS e)
    SELECT parcel, operation, 'ancestor' AS relation FROM up UNION SELECT parcel, operation, 'descendant' FROM down
    LIMIT :most
""")  # noqa: S608 - our own fragments


def lineage(session: Session, actor: Actor, number: str) -> LineageRead:
    """Return the lineage of a parcel, oldest first: ancestors, descendants, and what was made or ended with them.

    Raises:
        NotFound: absent or not visible.
        AmbiguousNumber: several parcels have this lot number.

    """
    asked = queries.parcel_by_number(session, actor, number)
    related = session.execute(_RELATED, {"id": asked.id, "most": LARGEST}).all()
    relation = {row.parcel: row.relation for row in related} | {asked.id: "self"}
    steps = {row.operation for row in related if row.operation is not None}
    undone = _undone(session, steps)
    revived = {row.parcel_id for row in undone}
    family = queries.visible_parcels(actor).where(
        or_(Parcel.id == asked.id, Parcel.id.in_(revived), Parcel.made_by.in_(steps), Parcel.retired_by.in_(steps))
    )
    parcels = session.scalars(family.order_by(Parcel.id).limit(LARGEST + MOST)).all()
    operations = {each.id: each for each in session.scalars(_operations_of(parcels, steps))}
    ended = {(each.id, each.retired_by) for each in parcels} | {(row.parcel_id, row.undoes) for row in undone}
    takes_back = {row.undoes: row.operation_id for row in undone}
    told = sorted(steps | set(takes_back.values()) & operations.keys())
    return LineageRead(
        nodes=[_node(parcel, relation.get(parcel.id, "other"), operations) for parcel in parcels],
        edges=[edge for step in sorted(steps) for edge in _edges(operations[step], parcels, ended)],
        operations=[
            OperationRead.model_validate(operations[step]).model_copy(update={"undone_by": takes_back.get(step)})
            for step in told
        ],
    )


def _undone(session: Session, steps: Collection[int]) -> Sequence[Any]:
    """Return which of the operations were taken back, by which, and the parcels that stand again since."""
    wanted = (
        select(LineageOperation.undoes, LineageRevival.operation_id, LineageRevival.parcel_id)
        .join(LineageRevival, LineageRevival.operation_id == LineageOperation.id)
        .where(LineageOperation.undoes.in_(steps))
    )
    return session.execute(wanted).all()


def _operations_of(parcels: Sequence[Parcel], steps: Collection[int]) -> Any:  # noqa: ANN401 - a select
    named = {number for parcel in parcels for number in (parcel.made_by, parcel.retired_by) if number is not None}
    return select(LineageOperation).where(LineageOperation.id.in_(named | set(steps)))


def _node(parcel: Parcel, relation: Any, operations: dict[int, LineageOperation]) -> LineageNode:  # noqa: ANN401 - a word
    made, ended = operations.get(parcel.made_by or 0), operations.get(parcel.retired_by or 0)
    return LineageNode(
        relation=relation,
        **{name: getattr(parcel, name) for name in ("code", "name", "stage", "hold", "idle")},
        **{name: getattr(parcel, name) for name in ("area_m2", "area_legal_m2", "area_plane_m2")},
        made_on=made and made.effective_on,
        retired_on=ended and ended.effective_on,
        alive=ended is None,
    )


def _edges(
    operation: LineageOperation, parcels: Sequence[Parcel], ended: Collection[tuple[int, int | None]]
) -> list[LineageEdge]:
    return [
        LineageEdge(
            source=old.code,
            target=new.code,
            operation_id=operation.id,
            kind=operation.kind,
            effective_on=operation.effective_on,
        )
        for old in parcels
        if (old.id, operation.id) in ended
        for new in parcels
        if new.made_by == operation.id
    ]


def operation(session: Session, actor: Actor, number: int) -> LineageOperation:
    """Return a split, merge or undoing. Raises NotFound: absent, or of parcels that the actor may not see."""
    touched = queries.visible_parcels(actor).where(
        or_(Parcel.made_by == LineageOperation.id, Parcel.retired_by == LineageOperation.id)
    )
    found = session.scalar(select(LineageOperation).where(LineageOperation.id == number, touched.exists()))
    if found is None:
        raise NotFound(f"没有编号为 {number} 的分割或合并。", f"There is no split or merge {number}.")
    return found


def made_and_ended(session: Session, done: LineageOperation) -> tuple[Sequence[Parcel], Sequence[Parcel]]:
    """Return the parcels that a split or merge made, and those that it has ended: none once it is undone."""
    made = session.scalars(select(Parcel).where(Parcel.made_by == done.id).order_by(Parcel.id)).all()
    return made, session.scalars(select(Parcel).where(Parcel.retired_by == done.id).order_by(Parcel.id)).all()


_MADE = "SELECT id FROM parcel WHERE made_by = %(operation)s"
# Ending and standing again count a change each: what else changed was done to the parcel itself.
_OBSTACLES = f"""
WITH made AS (SELECT * FROM parcel WHERE id IN ({_MADE}))
SELECT code, what FROM (
  SELECT code, 'ended' AS what FROM made WHERE retired_by IS NOT NULL
  UNION ALL SELECT code, 'change' FROM made WHERE retired_by IS NULL
    AND version <> 1 + 2 * (SELECT count(*) FROM lineage_revival WHERE parcel_id = made.id)
  UNION ALL SELECT code, 'event' FROM made WHERE (SELECT count(*) FROM parcel_event WHERE parcel_id = made.id) > 1
  UNION ALL SELECT code, 'survey' FROM made WHERE (SELECT count(*) FROM parcel_survey WHERE parcel_id = made.id) > 1
  UNION ALL SELECT code, 'document' FROM made
    JOIN document AS d ON d.subject_type = 'parcel' AND d.subject_id = upper(made.code COLLATE "C")
) AS found GROUP BY code, what ORDER BY code, what LIMIT %(most)s
"""  # noqa: S608 - our own words


def obstacles(connection: Connection, operation_id: int, *, most: int, without: Sequence[str]) -> list[Obstacle]:
    """Return what was built on the parcels that a split or merge made; at most `most`. `without`: tables left out."""
    words = {"operation": operation_id, "most": most}
    found = [Obstacle(*row) for row in connection.execute(_OBSTACLES.encode(), words)]
    return [*found, *pointing(connection, _MADE, words, most=most, without=without)][:most]
