"""Contracts for tests: a sold or awarded lot as listings leave it, and a contract signed for it."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import system
from service.contracts.commands import sign_contract
from service.contracts.legal import Payment
from service.contracts.models import Contract
from service.contracts.orders import InstalmentAgreed, SignOrder
from service.listings.lifecycle import LotStage
from service.listings.models import Lot, LotEvent, LotParcel, Notice
from service.parcels.lifecycle import Stage
from service.rules.book import rulebook
from service.schemes.methods import COMPETITIVE, Method
from service.schemes.models import SchemeParcel, SchemeUse, SupplyScheme
from service.schemes.states import Level, SchemeStatus
from tests.factories.parcels import make_jurisdiction, make_parcel

SOLD = dt.date(2022, 9, 1)
PRICE = Decimal("1000000.00")
_LAW = rulebook().at(SOLD, "ZDXQ", method="listing", use="residential").find("R41")
CONDITIONS = list(_LAW.names("items")) if _LAW else []
_numbers = itertools.count(1)


def make_lot(
    session: Session,
    *,
    method: Method = Method.listing,
    use: str = "residential",
    sold_on: dt.date = SOLD,
    price: Decimal | None = PRICE,
    parcels: int = 1,
    indicators: list[dict[str, Any]] | None = None,
) -> Lot:
    """A lot that waits for its contract, with scheme, notice and parcels in the stage that goes with it."""
    number, jurisdiction = next(_numbers), make_jurisdiction(session)
    competitive = method in COMPETITIVE
    stage = Stage.sold if competitive else Stage.publicised
    land = [make_parcel(session, stage=stage, effective_on=sold_on) for _ in range(parcels)]
    scheme = SupplyScheme(jurisdiction_id=jurisdiction.id, title=f"方案{number}", method=method, level=Level.district)
    scheme.conditions_number, scheme.conditions_items = f"规条{number}", CONDITIONS
    session.add(scheme)
    session.flush()
    session.add_all(SchemeParcel(scheme_id=scheme.id, parcel_id=each.id) for each in land)
    session.add(SchemeUse(scheme_id=scheme.id, use_class=use, term_years=Decimal(50)))
    session.flush()
    scheme.status = SchemeStatus.submitted
    session.flush()
    scheme.status, scheme.approved_on = SchemeStatus.approved, sold_on - dt.timedelta(60)
    notice = Notice(jurisdiction_id=jurisdiction.id, number=f"告字{number}", method=method, title=f"公告{number}")
    session.add(notice)
    session.flush()
    lot = Lot(notice_id=notice.id, scheme_id=scheme.id, number=f"郑政东出〔2022〕{number}号(网)", winner="某某公司")
    session.add(lot)
    session.flush()
    session.add_all(LotParcel(lot_id=lot.id, parcel_id=each.id) for each in land)
    session.flush()
    lot.price_yuan, lot.sold_on, lot.ended_on = price, sold_on if competitive else None, sold_on
    lot.notice_on, lot.indicators = sold_on - dt.timedelta(40), indicators
    lot.stage = LotStage.sold if competitive else LotStage.awarded
    facts = {"price_yuan": None if price is None else f"{price:.2f}", "winner": lot.winner}
    course = ("announce", "open", "sell") if competitive else ("publicise", "award")
    session.add_all(
        LotEvent(
            lot_id=lot.id,
            kind=kind,
            effective_on=sold_on if kind in {"sell", "award"} else lot.notice_on,
            facts=facts if kind in {"sell", "award"} else {"indicators": indicators} if kind == "announce" else {},
            actor="test",
        )
        for kind in course
    )
    session.flush()
    return lot


def in_halves(price: Decimal, signed_on: dt.date) -> list[Payment]:
    """Half within a month, the rest within a year."""
    half = (price / 2).quantize(Decimal("0.01"))
    return [Payment(signed_on + dt.timedelta(28), half), Payment(signed_on + dt.timedelta(300), price - half)]


def order_for(lot: Lot, *, signed_on: dt.date | None = None, **overrides: Any) -> SignOrder:  # noqa: ANN401 - any field
    """A contract that nothing stands against."""
    day = signed_on or (lot.sold_on or SOLD) + dt.timedelta(7)
    parts = in_halves(lot.price_yuan, day) if lot.price_yuan else []
    fields: dict[str, Any] = {
        "lot_id": lot.id,
        "number": f"HT-{lot.id}",
        "effective_on": day,
        "conditions_items": CONDITIONS,
        "instalments": [InstalmentAgreed(due_on=each.on, yuan=each.yuan) for each in parts],
        "late_rate_permille": Decimal(1),
        "delivery_due_on": day + dt.timedelta(60),
        "start_due_on": day + dt.timedelta(240),
        "complete_due_on": day + dt.timedelta(1000),
        "planned_investment_yuan": Decimal(5_000_000),
        "built_due_m2": Decimal(20_000),
    }
    return SignOrder(**{**fields, **overrides})


def make_contract(session: Session, lot: Lot | None = None, **overrides: Any) -> Contract:  # noqa: ANN401 - any field
    """A contract signed through the command that everybody uses."""
    actor = session.info.setdefault("actor", system("test"))
    found = sign_contract(session, actor, order_for(lot or make_lot(session), **overrides)).contract
    assert found is not None
    return found
