"""What is due with checklists: lots whose sale will be refused, proofs that run out."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Role
from service.core import clock
from service.overview import deadlines
from service.plans.due import Deadline
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions

KINDS = ("gate", "expiry")


_GATE = text("""
    SELECT DISTINCT l.id, l.number, coalesce(l.closes_at, l.opens_at) AS ends_at
    FROM lot l JOIN notice n ON n.id = l.notice_id JOIN lot_parcel lp ON lp.lot_id = l.id AND lp.live
    LEFT JOIN checklist c ON c.parcel_id = lp.parcel_id AND c.status = 'running'
    WHERE l.stage IN ('announced', 'open') AND n.jurisdiction_id = ANY (:own)
      AND (c.blocking > 0 OR c.id IS NULL AND (
        lot_under_rule(l.id, l.notice_on) OR checklist_was_closed(lp.parcel_id, l.notice_on)))
""")
_EXPIRY = text("""
    SELECT c.id, p.code, d.item_key, max(d.valid_until) AS until
    FROM checklist c JOIN parcel p ON p.id = c.parcel_id
    JOIN checklist_item i ON i.checklist_id = c.id AND i.binding AND i.state = 'done'
    JOIN checklist_document d ON d.checklist_id = c.id AND d.item_key = i.key AND d.withdrawn_on IS NULL
    WHERE c.status = 'running' AND c.jurisdiction_id = ANY (:own) AND (CAST(:lead AS text) IS NULL OR i.lead = :lead)
    GROUP BY c.id, p.code, d.item_key, d.evidence_key
    HAVING bool_and(d.valid_until IS NOT NULL) AND max(d.valid_until) <= :until
""")


def due(session: Session, actor: Actor, until: dt.date) -> Iterator[Deadline]:
    """Give what is due by a day; an officer of a bureau is told of its own items' proofs."""
    own = list(session.scalars(visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)))
    for row in session.execute(_GATE, {"own": own}):
        if row.ends_at is not None and (day := clock.day_of(row.ends_at)) <= until:
            yield Deadline("gate", "lot", row.id, row.number, day, done=False)
    lead = actor.lead_bureau if actor.role is Role.TRACK_OFFICER else None
    for row in session.execute(_EXPIRY, {"own": own, "lead": lead, "until": until}):
        yield Deadline("expiry", "checklist", row.id, f"{row.code} {row.item_key}", row.until, done=False)


deadlines.register("checklist", due)
