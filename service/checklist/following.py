"""Checklists follow what others record: when a scheme, lot, contract or permit changes, its parcels are forecast anew.

Items that mirror such records are read there (`mirroring.py`); what is kept of a forecast would else wait for the
night. It happens at the end of the same transaction, whichever command it was.
"""

from typing import Any

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import Session

from service.checklist.run_jobs import forecast_all
from service.contracts.models import Contract
from service.contracts.performance_models import Permit
from service.listings.models import Lot
from service.schemes.models import SupplyScheme

_NOTED = "checklists_that_follow"
_SAYS: dict[type, tuple[str, ...]] = {
    SupplyScheme: ("status", "approved_on"),
    Lot: ("stage", "notice_on", "opens_at", "sold_on"),
    Contract: ("stage", "signed_on", "registered_on", "started_on"),
    Permit: ("kind", "issued_on"),
}
"""What of a record an item mirrors."""
_CONCERNED = text("""
    SELECT c.id FROM checklist c WHERE c.status = 'running' AND c.parcel_id IN (
      SELECT parcel_id FROM scheme_parcel WHERE scheme_id = ANY (:schemes)
      UNION SELECT parcel_id FROM lot_parcel WHERE lot_id = ANY (:lots)
      UNION SELECT parcel_id FROM contract_parcel WHERE contract_id = ANY (:contracts))
    ORDER BY c.id
""")


@event.listens_for(Session, "after_flush")
def note(session: Session, _: object) -> None:
    """Note which records have changed in something that items mirror."""
    for each in (*session.new, *session.dirty):
        said = _SAYS.get(type(each))
        if said is not None and any(inspect(each).attrs[name].history.has_changes() for name in said):
            kind, number = (Contract, each.contract_id) if isinstance(each, Permit) else (type(each), each.id)
            session.info.setdefault(_NOTED, {}).setdefault(kind, set()).add(number)


@event.listens_for(Session, "before_commit")
def follow(session: Session) -> None:
    """Forecast the checklists of what was noted; one whose plan leads past the calendar keeps what it had."""
    session.flush()
    noted: dict[type, set[Any]] = session.info.pop(_NOTED, {})
    if not noted:
        return
    kinds = {"schemes": SupplyScheme, "lots": Lot, "contracts": Contract}
    found = session.scalars(_CONCERNED, {name: list(noted.get(kind, ())) for name, kind in kinds.items()}).all()
    if found:
        forecast_all(session, found)


@event.listens_for(Session, "after_rollback")
def forget(session: Session) -> None:
    """Forget what was not to be."""
    session.info.pop(_NOTED, None)
