"""What leaves the house as a weekly summary is written down."""

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core.db import Database


def record_weekly(database: Database, actor: Actor, *, form: str, parcels: int, request_id: str | None) -> None:
    """Record who had a summary, in which form and of how many parcels."""
    with database.write(actor) as session:
        session.info["request_id"] = request_id
        after = {"form": form, "parcels": parcels}
        record(session, Action.CHECKLIST_WEEKLY_PRINTED, "checklist_weekly", form, after=after)
