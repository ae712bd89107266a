"""Checklists follow what others record, at the end of the same transaction, whichever command it was.

When a scheme, lot, contract or permit changes, its parcels are forecast anew: items that mirror such records are read
there (`mirroring.py`), but what is kept of a forecast would else wait for the night. When the register says something
else of land (uses, stage, control layers), the items follow. Lots take the checklists of their land (`rounds.py`).

However much a transaction changes, it does no more than AT_ONCE checklists itself: beyond that it queues a run.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.checklist import rounds
from service.checklist.forecasting import moved_on
from service.checklist.models import Checklist
from service.checklist.record_models import ChecklistRun
from service.checklist.run_commands import start_run
from service.checklist.run_jobs import BATCH, forecast_all
from service.constraints.models import ControlLayer
from service.contracts.models import Contract
from service.contracts.performance_models import Permit
from service.listings.models import Lot
from service.parcels.following import KNOWN_OTHERWISE
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction
from service.schemes.models import SupplyScheme

AT_ONCE = BATCH
"""So many checklists are brought up to date within the transaction that concerns them, which takes about a second."""

_NOTED = "checklists_that_follow"
_SAYS: dict[type, tuple[str, ...]] = {
    SupplyScheme: ("status", "approved_on", "version"),
    Lot: ("stage", "notice_on", "opens_at", "sold_on"),
    Contract: ("stage", "signed_on", "registered_on", "started_on"),
    Permit: ("kind", "issued_on"),
    Parcel: ("stage", "version"),
    ControlLayer: ("type", "superseded_at"),
}
"""What of a record an item mirrors, or a condition goes by; a version stands for all that a command changes."""
_MIRRORING = text("""
    SELECT c.id FROM checklist c WHERE c.status = 'running' AND c.parcel_id IN (
      SELECT parcel_id FROM scheme_parcel WHERE scheme_id = ANY (:schemes)
      UNION SELECT parcel_id FROM lot_parcel WHERE lot_id = ANY (:lots)
      UNION SELECT parcel_id FROM contract_parcel WHERE contract_id = ANY (:contracts))
    ORDER BY c.id
""")
# A new or withdrawn layer says something else of all the land of its jurisdiction: what was compared counts no more.
_LYING = text("""
    SELECT c.id FROM checklist c WHERE c.status = 'running' AND (c.parcel_id = ANY (:parcels)
      OR c.jurisdiction_id IN (SELECT jurisdiction_id FROM control_layer WHERE id = ANY (:layers)))
""")


@event.listens_for(Session, "after_flush")
def note(session: Session, _: object) -> None:
    """Note which records have changed in something that checklists go by."""
    for each in (*session.new, *session.dirty):
        said = _SAYS.get(type(each))
        if said is not None and any(inspect(each).attrs[name].history.has_changes() for name in said):
            kind, number = (Contract, each.contract_id) if isinstance(each, Permit) else (type(each), each.id)
            session.info.setdefault(_NOTED, {}).setdefault(kind, set()).add(number)


@event.listens_for(Session, "before_flush")
def let_go(session: Session, _: object, __: object) -> None:
    """Give back the checklists of drafts that are dropped, before their rows are gone."""
    if gone := [each.id for each in session.deleted if isinstance(each, Lot)]:
        rounds.tie(session, gone, gone=gone)


# Ahead of the audit log's: what is done here is written there, and nobody waits for it with the log's head locked.
@event.listens_for(Session, "before_commit", insert=True)
def follow(session: Session) -> None:
    """Bring up to date what was noted; a checklist whose plan leads past the calendar keeps what it had."""
    if session.in_nested_transaction():  # the release of a savepoint: the real commit follows
        return
    session.flush()
    noted: dict[type, set[int]] = session.info.pop(_NOTED, {})
    parcels = session.info.pop(KNOWN_OTHERWISE, set()) | noted.get(Parcel, set())
    if not noted and not parcels:
        return
    if lots := noted.get(Lot):
        rounds.tie(session, lots)
    found = _concerned(session, noted, parcels)
    if len(found) > AT_ONCE:
        _queue(session, found)
    elif found:
        forecast_all(session, sorted(found))


def _concerned(session: Session, noted: dict[type, set[int]], parcels: Collection[int]) -> set[int]:
    """Return the checklists that mirror what was noted, and those of which the register says something else now."""
    kinds = {"schemes": SupplyScheme, "lots": Lot, "contracts": Contract}
    found = set(session.scalars(_MIRRORING, {name: list(noted.get(kind, ())) for name, kind in kinds.items()}))
    asked = {"parcels": list(parcels), "layers": list(noted.get(ControlLayer, ()))}
    lying = set(session.scalars(_LYING, asked)) - found if any(asked.values()) else set[int]()
    return found.union(moved_on(session, lying) if lying else ())


def _queue(session: Session, found: Collection[int]) -> None:
    """Queue a run of the jurisdictions concerned, unless one waits: our lock on it holds it back until the commit."""
    own = select(Checklist.jurisdiction_id).where(Checklist.id.in_(found))
    codes = sorted(session.scalars(select(Jurisdiction.code).where(Jurisdiction.id.in_(own))))
    waiting = select(ChecklistRun.id).where(ChecklistRun.status == "queued", ChecklistRun.jurisdictions == codes)
    if session.scalar(waiting.limit(1).with_for_update(key_share=True)) is None:
        start_run(session, replace(system("checklist.follow"), jurisdictions=frozenset(codes)))


@event.listens_for(Session, "after_rollback")
def forget(session: Session) -> None:
    """Forget what was not to be."""
    session.info.pop(_NOTED, None)
    session.info.pop(KNOWN_OTHERWISE, None)
