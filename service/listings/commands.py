"""What others do with lots: a contract concludes one. Notices and drafts: `notice_commands`; events: `lot_commands`."""

import datetime as dt

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.listings import holding, queries
from service.listings.lifecycle import LotEventKind
from service.listings.models import Lot
from service.listings.recording import Occurrence, record_lot_event


def conclude_lot(
    session: Session, actor: Actor, lot_id: int, *, effective_on: dt.date, document_id: int | None = None
) -> Lot:
    """Let a contract or allocation decision take over a lot's parcels; what happens to them, the contract records.

    The caller locks its contract before, and the parcels after this. The lot is sold or awarded; then it is concluded.

    Raises:
        NotFound: absent or not visible.
        IllegalLotEvent: it is neither sold nor awarded, or was not on that day.
        FutureDate, Invalid: the day, the document.

    """
    lot = queries.lot_by_id(session, actor, lot_id, lock="wait")
    if document_id is not None:
        notice = queries.notice_by_id(session, actor, lot.notice_id)
        holding.check_document(session, actor, notice, document_id, "/document_id")
    when = Occurrence(effective_on, document_id=document_id)
    return record_lot_event(session, actor, lot, LotEventKind.conclude, when, {})
