"""Whether land was sold past its checklist: what the gate refuses, found afterwards (triggers off, a restored part)."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.contracts.checking import MOST, Disagreement

# As the gate: open, or done or waived only after the sale, or by then on a proof that had run out. Not a checklist that
# was closed before. What was reopened since would be told: the service refuses that for sold land.
_SOLD_OPEN = text("""
    SELECT l.number, concat_ws(' ', p.code, k.key, i.state, i.finished_on), concat('done by ', l.sold_on)
    FROM lot l JOIN lot_parcel lp ON lp.lot_id = l.id JOIN parcel p ON p.id = lp.parcel_id
    JOIN checklist c ON c.parcel_id = p.id AND c.status <> 'superseded' AND c.opened_on <= l.sold_on
      AND coalesce(c.closed_on, l.sold_on) >= l.sold_on
    CROSS JOIN LATERAL checklist_open_keys(c.id, l.sold_on) k
    JOIN checklist_item i ON i.checklist_id = c.id AND i.key = k.key
    WHERE l.stage IN ('sold', 'concluded') AND l.sold_on IS NOT NULL
    ORDER BY 1, 2 LIMIT :most
""")
_SOLD_WITHOUT = text("""
    SELECT l.number, concat_ws(' ', p.code, 'sold', l.sold_on), concat('a checklist since ', pol.required_from)
    FROM lot l JOIN notice n ON n.id = l.notice_id
    JOIN checklist_policy pol ON pol.jurisdiction_id = n.jurisdiction_id
    JOIN lot_parcel lp ON lp.lot_id = l.id JOIN parcel p ON p.id = lp.parcel_id
    WHERE l.stage IN ('sold', 'concluded') AND l.sold_on IS NOT NULL AND lot_under_rule(l.id, l.notice_on)
      AND NOT EXISTS (SELECT FROM checklist c WHERE c.parcel_id = p.id AND c.opened_on <= l.sold_on)
    ORDER BY 1, 2 LIMIT :most
""")


def disagreements(session: Session) -> list[Disagreement]:
    """Return every lot that was sold though its checklists say otherwise, at most MOST of one kind."""
    found = []
    for check, statement in (("sold-open", _SOLD_OPEN), ("sold-without-checklist", _SOLD_WITHOUT)):
        rows = session.execute(statement, {"most": MOST})
        found += [Disagreement(check, "lot", *(str(value) for value in row)) for row in rows]
    return found
