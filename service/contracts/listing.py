"""The list of contracts: one statement, whatever is asked of it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, func, literal, or_, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.contracts.models import Contract, ContractParcel, Instalment, Payment
from service.contracts.queries import main_use_of, visible_contracts
from service.core.spelling import folded
from service.listings.models import Lot
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction
from service.schemes.models import SupplyScheme

_LAND = (
    select(
        func.array_agg(Parcel.code.distinct()).label("codes"),
        func.coalesce(func.sum(Parcel.area_m2), 0).label("area_m2"),
        func.coalesce(func.bool_or(Parcel.hold == "suspended").filter(ContractParcel.live), False).label("suspended"),
        func.coalesce(func.max(Parcel.idle).filter(ContractParcel.live), "none").label("idle"),
    )
    .select_from(ContractParcel)
    .join(Parcel, Parcel.id == ContractParcel.parcel_id)
    .where(ContractParcel.contract_id == Contract.id)
    .lateral("land")
)
_PAID = (
    select(func.coalesce(func.sum(Payment.yuan), 0).label("yuan"))
    .where(Payment.contract_id == Contract.id)
    .lateral("paid")
)
COLUMNS = (
    Contract, Jurisdiction.code, Jurisdiction.name, Lot.number, SupplyScheme.method, main_use_of(SupplyScheme.id),
    _LAND.c.codes, _LAND.c.area_m2, _LAND.c.suspended, _LAND.c.idle, _PAID.c.yuan, SupplyScheme.id,
)  # fmt: skip


def contract_page(
    session: Session,
    actor: Actor,
    filters: Mapping[str, Sequence[Any]],
    *,
    today: dt.date,
    q: str | None = None,
    after: Sequence[Any] | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return contracts as `COLUMNS`, the last signed first, those after a (signed_on, id); values are choices."""
    wanted = (
        visible_contracts(actor)
        .join(Jurisdiction, Jurisdiction.id == Contract.jurisdiction_id)
        .join(Lot, Lot.id == Contract.lot_id)
        .join(SupplyScheme, SupplyScheme.id == Lot.scheme_id)
        .join(_LAND, text("true"))
        .join(_PAID, text("true"))
        .with_only_columns(*COLUMNS)
        .order_by(Contract.signed_on.desc(), Contract.id.desc())
        .limit(limit)
    )
    for name, values in filters.items():
        if values:
            wanted = wanted.where(_condition(name, values, today))
    if q:
        wanted = wanted.where(*(_named(word, actor) for word in q.split()))
    if after is not None:
        day, number = dt.date.fromisoformat(str(after[0])), after[1]
        wanted = wanted.where(or_(Contract.signed_on < day, (Contract.signed_on == day) & (Contract.id < number)))
    return session.execute(wanted).all()


def _condition(name: str, values: Sequence[Any], today: dt.date) -> ColumnElement[bool]:
    columns: dict[str, Any] = {
        "id": Contract.id,
        "jurisdiction": Jurisdiction.code,
        "stage": Contract.stage,
        "kind": Contract.kind,
        "method": SupplyScheme.method,
        "use_class": main_use_of(SupplyScheme.id),
        "idle": _LAND.c.idle,
    }
    if name == "overdue":
        return or_(*(_overdue(each, today) for each in values))
    if name in {"signed_from", "signed_to"}:
        signed, day = Contract.signed_on, literal(values[0], Date)
        return signed >= day if name == "signed_from" else signed <= day
    if name == "suspended":
        return _LAND.c.suspended.is_(values[0])
    found: ColumnElement[bool] = columns[name].in_(values)
    return found


def _overdue(what: str, today: dt.date) -> ColumnElement[bool]:
    """Whether something of a contract in force is due and not done."""
    due = select(func.coalesce(func.sum(Instalment.yuan), 0)).where(
        Instalment.contract_id == Contract.id, Instalment.due_on < today
    )
    late: dict[str, Any] = {
        "payment": due.scalar_subquery() > _PAID.c.yuan,
        "delivery": (Contract.delivery_due_on < today) & Contract.delivered_on.is_(None),
        "start": (Contract.start_due_on < today) & Contract.started_on.is_(None),
        "completion": (Contract.complete_due_on < today) & Contract.completed_on.is_(None),
    }
    found: ColumnElement[bool] = (Contract.stage == "in_force") & late[what]
    return found


def _named(word: str, actor: Actor) -> ColumnElement[bool]:
    """Whether a word stands in a number of the contract; in the holder's name only for who may read it."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", folded(word)) + "%"
    columns: list[Any] = [
        Contract.number, Contract.supervision_number, Lot.number, func.array_to_string(_LAND.c.codes, " "),
    ]  # fmt: skip
    if Permission.PARTY_READ in actor.permissions:
        columns.append(Contract.holder)
    return or_(*(func.upper(each).like(pattern) for each in columns))
