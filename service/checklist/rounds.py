"""Which listing round a checklist belongs to: by itself, of the lot that offers its land.

A lot that is drafted, announced or publicised takes the running checklists of its parcels that have none. Of several
lots the one that holds the land goes before plans, the one that a checklist has already before other plans, and the
plan that was made first before later ones. A round that has ended keeps its checklist until the land is planned anew;
a draft that is dropped gives it back. What an officer chooses stands until a lot of the land is next written down.
"""

from collections.abc import Collection

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.audit.actions import Action
from service.audit.record import record
from service.checklist.acts import Happening
from service.checklist.models import Checklist
from service.checklist.recording import note


def _offering(parcel: str, kept: str) -> str:
    """The lot that offers a parcel; that parcel, and the lot its checklist has, as columns or parameters."""
    return f"""
    SELECT l.id FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id
    WHERE lp.parcel_id = {parcel} AND (lp.live OR l.stage = 'draft') AND l.id <> ALL (:gone)
    ORDER BY lp.live DESC, l.id = {kept} DESC NULLS LAST, l.id LIMIT 1
    """  # noqa: S608 - our own words


_CONCERNED = text("""
    SELECT id FROM checklist c WHERE status = 'running' AND (lot_id = ANY (:lots) OR parcel_id IN (
      SELECT parcel_id FROM lot_parcel WHERE lot_id = ANY (:lots)))
    ORDER BY id FOR NO KEY UPDATE
""")
# Where no lot offers the land any more, the round that has ended stays; not one that is no more.
_TIE = text(f"""
    WITH now AS (
      SELECT c.id, c.lot_id AS before,
        coalesce(({_offering("c.parcel_id", "c.lot_id")}), CASE WHEN c.lot_id <> ALL (:gone) THEN c.lot_id END) AS lot
      FROM checklist c WHERE c.id = ANY (:ids))
    UPDATE checklist c SET lot_id = now.lot, version = version + 1 FROM now
    WHERE c.id = now.id AND now.before IS DISTINCT FROM now.lot
    RETURNING c.id, now.before, now.lot
""")  # noqa: S608 - our own fragment
_NUMBERS = text("SELECT id, number FROM lot WHERE id = ANY (:ids)")
_OFFERED = text(_offering(":parcel", "NULL"))


def offering(session: Session, parcel_id: int) -> int | None:
    """Return the lot that offers a parcel, or else the first that plans to."""
    found: int | None = session.scalar(_OFFERED, {"parcel": parcel_id, "gone": []})
    return found


def _words(number: str | None) -> str:
    if number is None:
        return "所关联的交易宗地草案已撤销 the draft of its lot was dropped"
    return f"关联交易宗地 {number} it belongs to this lot by now"


def tie(session: Session, lots: Collection[int], *, gone: Collection[int] = ()) -> list[int]:
    """Tie the running checklists of the land of lots to the lot that offers it now; return those that this changed.

    `gone` are lots that are about to be no more. The lots are locked by the caller; the checklists are, by id.
    """
    asked = {"lots": list(lots), "gone": list(gone)}
    ids = session.scalars(_CONCERNED, asked).all()
    if not ids:
        return []
    moved = session.execute(_TIE, asked | {"ids": list(ids)}).all()
    known = {number for row in moved for number in (row.before, row.lot) if number is not None}
    numbers = {row.id: row.number for row in session.execute(_NUMBERS, {"ids": list(known)})}
    lots_of = {row.id: row for row in moved}
    wanted = select(Checklist).where(Checklist.id.in_(lots_of)).order_by(Checklist.id)
    for checklist in session.scalars(wanted.execution_options(populate_existing=True)):
        row = lots_of[checklist.id]
        facts = {"lot_id": row.lot, "lot": numbers.get(row.lot), "lot_before": numbers.get(row.before)}
        note(session, checklist, Happening.changed, text=_words(numbers.get(row.lot)), facts=facts)
        before, after = {"lot_id": row.before}, {"lot_id": row.lot}
        record(session, Action.CHECKLIST_CHANGED, "checklist", row.id, before=before, after=after)
    return list(lots_of)
