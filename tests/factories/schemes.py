"""Supply schemes for tests, taken through the commands that everybody uses."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.documents.models import Document
from service.parcels.models import Parcel
from service.schemes.changes import SchemeChange, SchemeCreate, SchemeParcelSet, SchemeParcelsSet, SchemeStepOrder
from service.schemes.commands import change_scheme, create_scheme, set_parcels
from service.schemes.evidence import CONDITION_ITEMS
from service.schemes.methods import COMPETITIVE, Method
from service.schemes.models import SupplyScheme
from service.schemes.queries import uses_of
from service.schemes.states import Level, SchemeAction
from service.schemes.step_commands import take_step
from tests.factories.plans import APPROVER

ON = dt.date(2022, 9, 1)


def _actor(session: Session) -> Actor:
    actor: Actor = session.info.setdefault("actor", system("test"))
    return actor


def make_document(session: Session, scheme: SupplyScheme, title: str = "依据文件") -> int:
    """A document of a scheme, without a file; return its id."""
    document = Document(
        subject_type="scheme",
        subject_id=str(scheme.id),
        title=title,
        file_name="a.pdf",
        media_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        uploaded_by="test",
    )
    session.add(document)
    session.flush()
    return document.id


def make_scheme(session: Session, parcels: Sequence[Parcel], **new: Any) -> SupplyScheme:  # noqa: ANN401 - any field
    """A draft for parcels, with nothing but what the land says; listed unless told otherwise."""
    order = SchemeCreate(**({"parcels": [each.code for each in parcels], "method": Method.listing} | new))
    return create_scheme(session, _actor(session), order)


def complete(session: Session, scheme: SupplyScheme, parcels: Sequence[Parcel], **change: Any) -> SupplyScheme:  # noqa: ANN401 - any field
    """Fill a draft so that the law has nothing that blocks: conditions, a price of 3,000 yuan/m², the use as before."""
    area = sum((parcel.area_m2 for parcel in parcels), Decimal(0))
    own: dict[str, Any] = {
        "conditions_number": "郑东规条〔2022〕1号",
        "conditions_on": dt.date(2022, 6, 1),
        "conditions_items": sorted(CONDITION_ITEMS),
    }
    if scheme.method != Method.allocation:
        own |= {"floor_yuan": area * 3000, "price_on": dt.date(2022, 8, 1)}
    if scheme.method in COMPETITIVE:
        own |= {"benchmark_yuan_m2": Decimal(3000), "reserve_yuan": area * 3200}
    actor = _actor(session)
    change_scheme(session, actor, scheme.id, SchemeChange(**(own | change)), version=scheme.version)
    uses = uses_of(session, scheme.id)
    items = [SchemeParcelSet(code=each.code, use_before=uses[0].use_class if uses else None) for each in parcels]
    land = SchemeParcelsSet(items=items)
    return set_parcels(session, actor, scheme.id, land.items, version=scheme.version)


def approve(
    session: Session, scheme: SupplyScheme, *, on: dt.date = ON, approver: Actor = APPROVER, number: str | None = None
) -> SupplyScheme:
    """Take a draft to its approval, by two people."""
    order = SchemeStepOrder(effective_on=on)
    take_step(session, _actor(session), scheme.id, SchemeAction.submit, order, version=scheme.version)
    if scheme.level == Level.city:
        take_step(session, approver, scheme.id, SchemeAction.endorse, order, version=scheme.version)
    decision = order.model_copy(update={"number": number})
    take_step(session, approver, scheme.id, SchemeAction.approve, decision, version=scheme.version)
    return scheme


def approved_scheme(
    session: Session,
    *parcels: Parcel,
    on: dt.date = ON,
    method: Method = Method.listing,
    level: Level = Level.district,
    **change: Any,  # noqa: ANN401 - any field of a change
) -> SupplyScheme:
    """An approved scheme for parcels that are cleared, or further on, and have a land use.

    The session's actor hands it in and another person approves it, whoever acts.
    """
    scheme = make_scheme(session, parcels, method=method, level=level)
    complete(session, scheme, parcels, **change)
    other = replace(APPROVER, label=f"{_actor(session).label}'s approver")
    return approve(session, scheme, on=on, approver=other)
