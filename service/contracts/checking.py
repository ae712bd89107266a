"""Whether everything kept of land supply still says the same: schemes, lots, contracts, parcels, and their events.

The database refuses disagreement at commit; this finds what got past it: rows written with triggers off, a restored
part, a fault of ours.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.contracts import arrears, queries, replaying
from service.contracts.legal import Payment
from service.contracts.lifecycle import ContractStage, IllegalContractEvent
from service.contracts.models import Contract
from service.contracts.replaying import COLUMNS, Happened, Standing
from service.listings import queries as lot_queries
from service.listings import replaying as lot_replaying
from service.listings.lifecycle import IllegalLotEvent
from service.listings.models import Lot, LotEvent
from service.parcels.queries import deviations

MOST = 1000
"""Disagreements of one kind that are told."""
_LOTS_AT_ONCE = 500


class Disagreement(NamedTuple):
    """What does not fit: the check, whose row it is, what is kept and what should be."""

    check: str
    subject: str
    id: str
    kept: str
    expected: str


_LOT_STAGE = """CASE l.stage WHEN 'announced' THEN 'announced' WHEN 'open' THEN 'listed' WHEN 'sold' THEN 'sold'
    ELSE 'publicised' END"""
_CONTRACT_STAGE = """CASE WHEN c.completed_on IS NOT NULL THEN 'completed' WHEN c.started_on IS NOT NULL THEN 'started'
    WHEN c.delivered_on IS NOT NULL THEN 'delivered' WHEN c.paid_on IS NOT NULL THEN 'paid' ELSE 'contracted' END"""
_BEFORE_SCHEME = "('candidate', 'acquiring', 'reserved', 'cleared', 'reclaimed')"

# Each gives: id, kept, expected.
_STATEMENTS: Sequence[tuple[str, str, str]] = (
    (
        "parcel-of-lot",
        "lot",
        f"""SELECT l.number, concat_ws(' ', p.code, p.stage, p.hold), concat_ws(' ', {_LOT_STAGE}, l.hold)
        FROM lot l JOIN lot_parcel lp ON lp.lot_id = l.id AND lp.live JOIN parcel p ON p.id = lp.parcel_id
        WHERE p.stage <> {_LOT_STAGE} OR (l.stage IN ('announced', 'open', 'publicised') AND p.hold <> l.hold)""",  # noqa: S608 - our own constants
    ),
    (
        "parcel-without-lot",
        "parcel",
        """SELECT p.code, concat_ws(' ', p.stage, p.hold), 'no live lot'
        FROM parcel p WHERE p.stage IN ('announced', 'listed', 'sold', 'publicised') AND EXISTS (
            SELECT FROM lot_parcel lp JOIN lot l ON l.id = lp.lot_id WHERE lp.parcel_id = p.id AND l.stage <> 'draft')
        AND NOT EXISTS (SELECT FROM lot_parcel lp WHERE lp.parcel_id = p.id AND lp.live)""",
    ),
    (
        "lot-holds",
        "lot",
        """SELECT l.number, concat_ws(' ', 'live', lp.live, 'parcel', lp.parcel_id), l.stage
        FROM lot l JOIN lot_parcel lp ON lp.lot_id = l.id
        WHERE l.stage <> 'draft' AND lp.live <> (l.stage IN ('announced', 'open', 'sold', 'publicised', 'awarded'))""",
    ),
    (
        "lot-concluded",
        "lot",
        """SELECT l.number, l.stage, CASE WHEN c.id IS NULL THEN 'no contract' ELSE 'contract ' || c.number END
        FROM lot l LEFT JOIN contract c ON c.lot_id = l.id WHERE (l.stage = 'concluded') <> (c.id IS NOT NULL)""",
    ),
    (
        "lot-of-scheme",
        "lot",
        """SELECT l.number, concat_ws(' ', 'scheme', s.id, s.status), 'approved'
        FROM lot l JOIN supply_scheme s ON s.id = l.scheme_id
        WHERE l.stage IN ('announced', 'open', 'sold', 'publicised', 'awarded') AND s.status <> 'approved'""",
    ),
    (
        "parcel-of-scheme",
        "scheme",
        f"""SELECT s.id, concat_ws(' ', p.code, p.stage), s.status
        FROM supply_scheme s JOIN scheme_parcel sp ON sp.scheme_id = s.id AND sp.live
            JOIN parcel p ON p.id = sp.parcel_id
        WHERE s.status = 'approved' AND p.stage IN {_BEFORE_SCHEME}""",  # noqa: S608 - our own constants
    ),
    (
        "scheme-holds",
        "scheme",
        """SELECT s.id, concat_ws(' ', 'live', sp.live, 'parcel', sp.parcel_id), s.status
        FROM supply_scheme s JOIN scheme_parcel sp ON sp.scheme_id = s.id
        WHERE sp.live <> (s.status IN ('draft', 'submitted', 'approved'))""",
    ),
    (
        "contract-holds",
        "contract",
        """SELECT c.number, concat_ws(' ', 'live', cp.live, 'parcel', cp.parcel_id), c.stage
        FROM contract c JOIN contract_parcel cp ON cp.contract_id = c.id
        WHERE cp.live <> (c.stage IN ('in_force', 'completed'))""",
    ),
    (
        "contract-land",
        "contract",
        """SELECT c.number, concat_ws(' ', 'parcel', lp.parcel_id), 'in the lot only'
        FROM contract c JOIN lot_parcel lp ON lp.lot_id = c.lot_id
        WHERE NOT EXISTS (SELECT FROM contract_parcel WHERE contract_id = c.id AND parcel_id = lp.parcel_id)
        UNION ALL SELECT c.number, concat_ws(' ', 'parcel', cp.parcel_id), 'not in the lot'
        FROM contract c JOIN contract_parcel cp ON cp.contract_id = c.id
        WHERE NOT EXISTS (SELECT FROM lot_parcel WHERE lot_id = c.lot_id AND parcel_id = cp.parcel_id)""",
    ),
    (
        "parcel-of-contract",
        "contract",
        f"""SELECT c.number, concat_ws(' ', p.code, p.stage), {_CONTRACT_STAGE}
        FROM contract c JOIN contract_parcel cp ON cp.contract_id = c.id AND cp.live
            JOIN parcel p ON p.id = cp.parcel_id
        WHERE p.stage <> {_CONTRACT_STAGE}""",  # noqa: S608 - our own constants
    ),
    (
        "parcel-idle",
        "contract",
        """SELECT c.number, concat_ws(' ', p.code, 'idle', p.idle), CASE WHEN i.id IS NULL THEN 'no inquiry'
            ELSE 'inquiry ' || i.id END
        FROM contract c JOIN contract_parcel cp ON cp.contract_id = c.id AND cp.live
            JOIN parcel p ON p.id = cp.parcel_id
            LEFT JOIN idle_case i ON i.contract_id = c.id AND i.closed_on IS NULL
        WHERE (p.idle <> 'none') <> (i.id IS NOT NULL)""",
    ),
    (
        "indices-signed",
        "contract",
        """SELECT c.number, 'no index ' || (a.index ->> 'name'), 'announced with lot ' || l.number
        FROM contract c JOIN lot l ON l.id = c.lot_id CROSS JOIN jsonb_array_elements(l.indicators) AS a(index)
        WHERE NOT EXISTS (SELECT FROM standard_land_indicator i
            WHERE i.contract_id = c.id AND i.edition = 1 AND i.name = a.index ->> 'name')""",
    ),
    (
        "instalments-sum",
        "contract",
        """SELECT c.number, coalesce(i.yuan, 0)::text, coalesce(c.price_yuan, 0)::text
        FROM contract c LEFT JOIN (SELECT contract_id, sum(yuan) AS yuan FROM instalment GROUP BY 1) i
            ON i.contract_id = c.id
        WHERE coalesce(i.yuan, 0) <> coalesce(c.price_yuan, 0)""",
    ),
)


def disagreements(session: Session) -> list[Disagreement]:
    """Return everything that does not fit, at most MOST of one kind; nothing: all is well."""
    found = [Disagreement("parcel-events", "parcel", *each) for each in deviations(session, most=MOST)]
    for check, subject, statement in _STATEMENTS:
        rows = session.execute(text(f"{statement} ORDER BY 1, 2 LIMIT :most"), {"most": MOST})
        found += [Disagreement(check, subject, *(str(value) for value in row)) for row in rows]
    return [*found, *islice(_lots(session), MOST), *islice(_contracts(session), MOST)]


def _lots(session: Session) -> Iterator[Disagreement]:
    """Rebuild every lot from its events; one without any is a draft."""
    last = 0
    while lots := session.scalars(select(Lot).where(Lot.id > last).order_by(Lot.id).limit(_LOTS_AT_ONCE)).all():
        events = lot_queries.events_of(session, [each.id for each in lots])
        for lot in lots:
            for kept, expected in _of_lot(lot, events[lot.id]):
                yield Disagreement("lot-events", "lot", lot.number, kept, expected)
        last = lots[-1].id


def _of_lot(lot: Lot, events: Sequence[LotEvent]) -> Iterator[tuple[str, str]]:
    if not events:
        if lot.stage != "draft":
            yield f"stage {lot.stage}", "stage draft"
        return
    try:
        rebuilt = lot_replaying.replay(lot_queries.happened(events))
    except IllegalLotEvent as refused:
        yield "kept", str(refused)
        return
    for name in lot_replaying.COLUMNS:
        kept, expected = getattr(lot, name), getattr(rebuilt, name)
        if kept != expected:
            yield f"{name} {kept}", f"{name} {expected}"


def _contracts(session: Session) -> Iterator[Disagreement]:
    """Rebuild every contract from its events, and what is paid from its payments."""
    for contract in session.scalars(select(Contract).order_by(Contract.id)):
        events = queries.events_of(session, contract.id)
        yield from _of_events(session, contract, events)
        yield from _of_payments(session, contract)


def _of_events(session: Session, contract: Contract, events: list[Happened]) -> Iterator[Disagreement]:
    try:
        standing = replaying.replay(events)
    except IllegalContractEvent as refused:
        yield Disagreement("contract-events", "contract", contract.number, "kept", str(refused))
        return
    if standing is None:
        yield Disagreement("contract-events", "contract", contract.number, "kept", "no event")
        return
    for name, kept, expected in _different(session, contract, standing):
        told = Disagreement("contract-events", "contract", contract.number, f"{name} {kept}", f"{name} {expected}")
        yield told


def _different(session: Session, contract: Contract, standing: Standing) -> Iterator[tuple[str, object, object]]:
    for name in COLUMNS:
        kept, expected = getattr(contract, name), getattr(standing, name)
        if kept != expected:
            yield name, kept, expected
    parts = tuple(Payment(each.due_on, each.yuan) for each in queries.instalments_of(session, contract.id))
    if parts != standing.instalments:
        yield "instalments", parts, standing.instalments


def _of_payments(session: Session, contract: Contract) -> Iterator[Disagreement]:
    payments = arrears.standing(queries.booked(session, contract.id))
    reached = arrears.full_on(contract.price_yuan or arrears.CENT, payments) if contract.price_yuan else None
    land = queries.parcels_of(session, contract.id)
    waits = contract.stage != ContractStage.in_force or any(each.hold == "suspended" for each in land)
    if (contract.paid_on is not None and reached is None) or (contract.paid_on is None and reached and not waits):
        kept, sum_ = contract.paid_on or "not paid", arrears.total(payments)
        yield Disagreement(
            "contract-paid", "contract", contract.number, f"paid_on {kept}", f"{sum_} of {contract.price_yuan}"
        )
