"""What happens in other packages and items mirror: the scheme's approval, the lot's course, contract, permits, start.

And what the register knows of a parcel that conditions ask for. Both are read, never kept as truth here.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel, ParcelLandUse
from service.plans.classes import USES, class_of
from service.schemes.models import SchemeParcel, SchemeUse, SupplyScheme
from service.schemes.queries import may_hold_relics

Mirrored = Mapping[str, dt.date]
"""The day of each thing of `template.FOLLOWS` that has happened."""

_NOT_CLEARED = frozenset({Stage.candidate, Stage.acquiring, Stage.reserved, Stage.reclaimed})

# Of the lots of a parcel the newest that holds it, or that its contract in force has taken over.
_MIRRORED = text("""
    SELECT c.id, s.approved_on AS scheme_approved, l.notice_on AS announced, l.sold_on AS sold,
      CASE WHEN l.stage <> 'announced' THEN (l.opens_at AT TIME ZONE 'Asia/Shanghai')::date END AS opened,
      k.signed_on AS contract_signed, coalesce(k.registered_on, p.registered_on) AS registered,
      k.started_on AS started, m.land_planning, m.works_planning, m.construction
    FROM checklist c JOIN parcel p ON p.id = c.parcel_id
    LEFT JOIN scheme_parcel sp ON sp.parcel_id = p.id AND sp.live
    LEFT JOIN supply_scheme s ON s.id = sp.scheme_id AND s.status = 'approved'
    LEFT JOIN contract_parcel kp ON kp.parcel_id = p.id AND kp.live
    LEFT JOIN contract k ON k.id = kp.contract_id
    LEFT JOIN LATERAL (
      SELECT o.* FROM lot o JOIN lot_parcel lp ON lp.lot_id = o.id
      WHERE lp.parcel_id = p.id AND o.stage <> 'draft' AND (lp.live OR o.id = k.lot_id) ORDER BY o.id DESC LIMIT 1
    ) l ON true
    LEFT JOIN LATERAL (
      SELECT min(issued_on) FILTER (WHERE kind = 'land_planning') AS land_planning,
        min(issued_on) FILTER (WHERE kind = 'works_planning') AS works_planning,
        min(issued_on) FILTER (WHERE kind = 'construction') AS construction
      FROM permit WHERE contract_id = k.id
    ) m ON true
    WHERE c.id = ANY (:ids)
""")
_PERMITS = ("land_planning", "works_planning", "construction")


def mirrored(session: Session, checklist_ids: Collection[int]) -> dict[int, Mirrored]:
    """Return what has happened elsewhere, by checklist; one statement."""
    found: dict[int, Mirrored] = {}
    for row in session.execute(_MIRRORED, {"ids": list(checklist_ids)}).mappings():
        days = {f"permit:{name}" if name in _PERMITS else name: day for name, day in row.items() if name != "id"}
        found[row["id"]] = {name: day for name, day in days.items() if day is not None}
    return found


def derived(session: Session, stages: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """Return the facts that the register knows of parcels, by parcel: uses, way of supply, 净地, relics.

    `stages` are the parcels, by id, with where they stand. What nobody has said is left out: then what depends on it
    applies.
    """
    ids = list(stages)
    relics = may_hold_relics(session, ids)
    schemes = _schemes(session, ids)
    uses = _uses_of_land(session, [number for number in ids if number not in schemes])
    found: dict[int, dict[str, Any]] = {}
    for number, stage in stages.items():
        method, planned = schemes.get(number, (None, uses.get(number, ())))
        facts: dict[str, Any] = {"cleared": stage not in _NOT_CLEARED, "relics": relics.get(number), "method": method}
        facts["uses"] = sorted(planned) or None
        found[number] = {key: value for key, value in facts.items() if value is not None}
    return found


def _schemes(session: Session, ids: Collection[int]) -> dict[int, tuple[str, set[str]]]:
    wanted = (
        select(SchemeParcel.parcel_id, SupplyScheme.method, SchemeUse.use_class)
        .join(SupplyScheme, SupplyScheme.id == SchemeParcel.scheme_id)
        .join(SchemeUse, SchemeUse.scheme_id == SupplyScheme.id, isouter=True)
        .where(SchemeParcel.parcel_id.in_(ids), SchemeParcel.live)
    )
    found: dict[int, tuple[str, set[str]]] = {}
    for parcel_id, method, use in session.execute(wanted):
        found.setdefault(parcel_id, (str(method), set()))[1].update({use} - {None})
    return found


def _uses_of_land(session: Session, ids: Collection[int]) -> dict[int, set[str]]:
    parts = select(ParcelLandUse.parcel_id, ParcelLandUse.scheme, ParcelLandUse.code).where(
        ParcelLandUse.parcel_id.in_(ids)
    )
    main = select(Parcel.id, Parcel.land_use_scheme, Parcel.land_use_code).where(
        Parcel.id.in_(ids), Parcel.land_use_code.is_not(None)
    )
    found: dict[int, set[str]] = {}
    for parcel_id, list_, code in session.execute(parts.union(main)):
        use = class_of(list_, code)
        if use in USES:
            found.setdefault(parcel_id, set()).add(use)
    return found
