"""What splits and merges need to know of parcels, and the lineage of one."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.parcels import queries
from service.parcels.lineage import MOST
from service.parcels.lineage_models import LineageOperation
from service.parcels.lineage_schemas import LineageEdge, LineageNode, LineageRead, OperationRead
from service.parcels.models import Parcel, ParcelEvent, ParcelLandUse
from service.parcels.reading import not_found

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
    """Return the codes, used now or ever, that begin with these characters."""
    # By the words of the search index: a comparison of beginnings would need an index of its own.
    held = session.scalars(select(Parcel.code).where(Parcel.search.contains(stem.lower(), autoescape=True)))
    return {code for code in held if code.startswith(stem)}


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


# From an operation on to the parcels it made and the one that ended each of those; and back. Numbers of operations grow
# on the way, so both come to an end.
_RELATED = text("""
    WITH RECURSIVE
    up (parcel, operation) AS (
        SELECT id, made_by FROM parcel WHERE id = :id
        UNION SELECT p.id, p.made_by FROM up JOIN parcel AS p ON p.retired_by = up.operation),
    down (parcel, operation) AS (
        SELECT id, retired_by FROM parcel WHERE id = :id
        UNION SELECT p.id, p.retired_by FROM down JOIN parcel AS p ON p.made_by = down.operation)
    SELECT parcel, operation, 'ancestor' AS relation FROM up UNION SELECT parcel, operation, 'descendant' FROM down
    LIMIT :most
""")


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
    family = queries.visible_parcels(actor).where(
        or_(Parcel.id == asked.id, Parcel.made_by.in_(steps), Parcel.retired_by.in_(steps))
    )
    parcels = session.scalars(family.order_by(Parcel.id).limit(LARGEST + MOST)).all()
    operations = {each.id: each for each in session.scalars(_operations_of(parcels))}
    return LineageRead(
        nodes=[_node(parcel, relation.get(parcel.id, "other"), operations) for parcel in parcels],
        edges=[edge for step in sorted(steps) for edge in _edges(operations[step], parcels)],
        operations=[OperationRead.model_validate(operations[step]) for step in sorted(steps)],
    )


def _operations_of(parcels: Sequence[Parcel]) -> Any:  # noqa: ANN401 - a select
    named = {number for parcel in parcels for number in (parcel.made_by, parcel.retired_by) if number is not None}
    return select(LineageOperation).where(LineageOperation.id.in_(named))


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


def _edges(operation: LineageOperation, parcels: Sequence[Parcel]) -> list[LineageEdge]:
    return [
        LineageEdge(
            source=old.code,
            target=new.code,
            operation_id=operation.id,
            kind=operation.kind,
            effective_on=operation.effective_on,
        )
        for old in parcels
        if old.retired_by == operation.id
        for new in parcels
        if new.made_by == operation.id
    ]
