"""What leaves the house on paper is written down."""

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.db import Database
from service.dossier.printing import TEMPLATE, Drawing
from service.dossier.typesetting import typeset


def print_plan(database: Database, actor: Actor, drawing: Drawing, *, request_id: str | None = None) -> bytes:
    """Return a plan as PDF and record who had it; while it is being set no connection is held.

    Raises:
        Unavailable: too many documents at once, or this one took too long.

    """
    document = typeset(TEMPLATE, drawing.data)
    with database.write(actor) as session:
        session.info["request_id"] = request_id
        record(session, Action.PARCEL_PRINTED, "parcel", drawing.code, after=drawing.order._asdict())
    return document
