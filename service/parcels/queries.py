"""Parcels as rows of the session: what may be seen, what is to be changed, what events say. Reading: `reading.py`."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, Select, Text, any_, case, literal, or_, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import Conflict
from service.core.spelling import folded
from service.documents import queries as documents
from service.documents import subjects
from service.parcels import selection
from service.parcels.identifiers import normalise_lot_number
from service.parcels.lifecycle import Effect, EventKind, Happened, Hold, Idle, Stage
from service.parcels.lineage_models import LineageRevival
from service.parcels.models import Parcel, ParcelEvent, code_key
from service.parcels.reading import AmbiguousNumber, not_found
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions

_MAP_LOCK = 4_490_002  # advisory


def visible_parcels(actor: Actor) -> Select[Parcel]:
    """Return the parcels an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(Parcel)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(Parcel).where(Parcel.jurisdiction_id.in_(own))


def visible_codes(actor: Actor) -> Select[str]:
    """Return the codes of the parcels an actor may see, as they are compared."""
    return visible_parcels(actor).with_only_columns(code_key)


subjects.register("parcel", visible_codes)


def parcel_by_number(session: Session, actor: Actor, number: str, *, for_update: bool = False) -> Parcel:
    """Return one parcel by any of its numbers; `for_update`: locked until the transaction ends.

    Raises:
        NotFound: absent or not visible.
        AmbiguousNumber: several parcels have this lot number.

    """
    key, cadastral = folded(number), selection.cadastral_code_in(number) or ""
    lot = Parcel.lot_number == normalise_lot_number(number)
    rank = case((code_key == key, 0), (lot, 2), else_=1)
    named = or_(code_key == key, Parcel.cadastral_code == cadastral, lot)
    wanted = visible_parcels(actor).where(named).order_by(rank, Parcel.id).limit(2)
    if for_update:
        wanted = wanted.with_for_update(of=Parcel)
    found = session.scalars(wanted.execution_options(populate_existing=True)).all()
    if not found:
        raise not_found(number)
    if len(found) > 1 and folded(found[0].code) != key and found[0].cadastral_code != cadastral:
        raise AmbiguousNumber(facts={"codes": [parcel.code for parcel in found]})
    return found[0]


def parcel_for_update(session: Session, actor: Actor, number: str) -> Parcel:
    """Return one parcel by any of its numbers, locked until the transaction ends, if it isn't split or merged away.

    Raises:
        NotFound: absent or not visible.
        AmbiguousNumber: several parcels have this lot number.
        ParcelRetired: its successors stand for it.

    """
    parcel = parcel_by_number(session, actor, number, for_update=True)
    refuse_retired(session, parcel)
    return parcel


class ParcelRetired(Conflict):
    """A change to a parcel that is split or merged away; `successors` names those that stand for it."""

    code, title_zh, title_en = "parcel-retired", "地块已分割或合并", "Parcel split or merged away"


def refuse_retired(session: Session, parcel: Parcel) -> None:
    """Refuse to change what a split or merge has ended: it is history now."""
    if parcel.retired_by is None:
        return
    revived = select(LineageRevival.parcel_id).where(LineageRevival.operation_id == parcel.retired_by)
    stands = or_(Parcel.made_by == parcel.retired_by, Parcel.id.in_(revived))
    codes = list(session.scalars(select(Parcel.code).where(stands).order_by(Parcel.id)))
    raise ParcelRetired(
        f"地块 {parcel.code} 已分割或合并，现为 {'、'.join(codes)}，不能再修改。",
        f"Parcel {parcel.code} was split or merged; {', '.join(codes)} now stand for it.",
        facts={"successors": codes},
    )


def lock_map(session: Session) -> None:
    """Be the only writer of boundaries until the transaction ends: imports publish under the same lock."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MAP_LOCK})


def check_document(session: Session, actor: Actor, parcel: Parcel, document_id: int) -> None:
    """Demand a document that everybody who sees the parcel may see: its title stands in the history."""
    own = session.scalars(select(Jurisdiction.code).where(Jurisdiction.id == parcel.jurisdiction_id)).one()
    documents.refuse_unseen(session, actor, own, document_id)


def standing(session: Session, actor: Actor, codes: Sequence[str], *, locked: bool = False) -> dict[str, int]:
    """Return code as asked → id of those there, visible and standing; `locked`: until the end, in one order for all."""
    wanted = visible_parcels(actor).where(
        code_key == any_(literal([*map(folded, codes)], ARRAY(Text))), Parcel.retired_by.is_(None)
    )
    if locked:
        wanted = wanted.order_by(Parcel.id).with_for_update(of=Parcel)
    rows = session.execute(wanted.with_only_columns(code_key, Parcel.id))
    ids: dict[str, int] = {row[0]: row[1] for row in rows}
    return {code: ids[key] for code in codes if (key := folded(code)) in ids}


def events_of(session: Session, parcel_ids: Sequence[int]) -> dict[int, list[Happened]]:
    """Return the kept events of parcels, in order of effect."""
    event = ParcelEvent
    columns = (event.parcel_id, event.kind, event.stage, event.hold, event.idle, event.effective_on)
    wanted = (
        select(*columns)
        .where(event.parcel_id == any_(literal(list(parcel_ids), ARRAY(BigInteger))))
        .order_by(event.effective_on, event.id)
    )
    found: dict[int, list[Happened]] = {number: [] for number in parcel_ids}
    for number, kind, stage, hold, idle, effective_on in session.execute(wanted):
        effect = Effect(stage and Stage(stage), hold and Hold(hold), idle and Idle(idle))
        found[number].append(Happened(EventKind(kind), effect, effective_on))
    return found


class Deviation(NamedTuple):
    """A parcel whose kept state is not what its events say."""

    code: str
    kept: str
    by_events: str


_DEVIATIONS = f"""SELECT p.code, concat_ws(' ', p.stage, p.hold, p.idle, p.stage_since) AS kept,
    concat_ws(' ', t.stage, t.hold, t.idle, t.stage_since) AS by_events
FROM parcel AS p LEFT JOIN (
    SELECT parcel_id, {selection.LAST_SET} FROM parcel_event GROUP BY parcel_id) AS t ON t.parcel_id = p.id
WHERE (p.stage, p.hold, p.idle, p.stage_since) IS DISTINCT FROM (t.stage, t.hold, t.idle, t.stage_since)
ORDER BY p.code LIMIT :most"""  # noqa: S608 - our own columns


def deviations(session: Session, *, most: int = 100) -> list[Deviation]:
    """Return parcels whose kept state differs from what their events say: none, unless somebody wrote by hand."""
    return [Deviation(*row) for row in session.execute(text(_DEVIATIONS), {"most": most})]
