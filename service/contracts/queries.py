"""What is known of contracts: those an actor may see, their events, payments and parcels, the land they hold."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, Text, cast, func, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.contracts.arrears import Booked
from service.contracts.lifecycle import EVENT_OF_PARCEL, ContractEventKind
from service.contracts.models import Contract, ContractEvent, ContractExclusion, ContractParcel, Instalment, Payment
from service.contracts.performance_models import ContractExtension, IdleCase, Permit, WorksReport
from service.contracts.replaying import Happened
from service.core.errors import NotFound
from service.documents import subjects
from service.documents.models import Document
from service.listings.models import Lot, LotParcel
from service.parcels import governing
from service.parcels.governing import Hold
from service.parcels.models import Parcel
from service.parcels.selection import Moment
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions
from service.schemes.models import SchemeUse, SupplyScheme


def visible_contracts(actor: Actor) -> Select[Contract]:
    """The contracts an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(Contract)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(Contract).where(Contract.jurisdiction_id.in_(own))


subjects.register("contract", lambda actor: visible_contracts(actor).with_only_columns(cast(Contract.id, Text)))


def _holds(session: Session, parcel_ids: Collection[int]) -> Sequence[Hold]:
    wanted = (
        select(ContractParcel.parcel_id, Contract.id, Contract.number)
        .join(Contract, Contract.id == ContractParcel.contract_id)
        .where(ContractParcel.live, ContractParcel.parcel_id.in_(parcel_ids))
    )
    governed = frozenset(EVENT_OF_PARCEL.values())
    return [
        Hold(parcel, "contract", number, f"合同 {name}", f"contract {name}", governed)
        for parcel, number, name in session.execute(wanted)
    ]


governing.register("contract", _holds)


def contract_by_id(session: Session, actor: Actor, contract_id: int, *, lock: bool = False) -> Contract:
    """Return one contract; `lock`: kept until the end of the transaction. Raises NotFound."""
    wanted = visible_contracts(actor).where(Contract.id == contract_id)
    if lock:
        wanted = wanted.with_for_update(of=Contract)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有编号为 {contract_id} 的合同。", f"There is no contract {contract_id}.")
    return found


def contract_of_lot(session: Session, lot_id: int) -> Contract | None:
    """Return the contract that was signed for a lot."""
    return session.scalar(select(Contract).where(Contract.lot_id == lot_id))


def scheme_of(session: Session, contract: Contract) -> SupplyScheme:
    """Return the scheme under which the land was supplied."""
    wanted = select(SupplyScheme).join(Lot, Lot.scheme_id == SupplyScheme.id).where(Lot.id == contract.lot_id)
    return session.scalars(wanted).one()


def main_use_of(scheme_id: Any) -> ScalarSelect[str]:  # noqa: ANN401 - a column, or an id
    """The use that takes the largest share of a scheme's land: the one that rules are chosen by."""
    wanted = select(SchemeUse.use_class).where(SchemeUse.scheme_id == scheme_id)
    return wanted.order_by(SchemeUse.share.desc(), SchemeUse.use_class).limit(1).scalar_subquery()


def main_use(session: Session, scheme_id: int) -> str | None:
    """Return the main use of a scheme's land."""
    return session.scalar(select(main_use_of(scheme_id)))


def parcels_of_lot(session: Session, lot_id: int) -> Sequence[int]:
    """Return the ids of a lot's parcels."""
    return session.scalars(select(LotParcel.parcel_id).where(LotParcel.lot_id == lot_id).order_by("parcel_id")).all()


def parcels_of(session: Session, contract_id: int) -> Sequence[Parcel]:
    """Return the parcels of a contract, in the order in which they are locked."""
    wanted = select(Parcel).join(ContractParcel, ContractParcel.parcel_id == Parcel.id)
    wanted = wanted.where(ContractParcel.contract_id == contract_id).order_by(Parcel.id)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _known(entered: Any, moment: Moment | None) -> list[Any]:  # noqa: ANN401 - a column
    return [] if moment is None or moment.known_at is None else [entered <= moment.known_at]


def events_of(session: Session, contract_id: int, moment: Moment | None = None) -> list[Happened]:
    """Return what happened to a contract, in order of entry; up to a day, and as far as was known."""
    event = ContractEvent
    wanted = select(event.kind, event.effective_on, event.facts).where(event.contract_id == contract_id)
    wanted = wanted.where(*_known(event.recorded_at, moment)).order_by(event.id)
    if moment is not None and moment.as_of is not None:
        wanted = wanted.where(event.effective_on <= moment.as_of)
    return [Happened(ContractEventKind(kind), day, facts) for kind, day, facts in session.execute(wanted)]


def history_of(session: Session, contract_id: int) -> Sequence[Row[ContractEvent, str | None]]:
    """Return the events of a contract in order of effect, with the title of the document each rests on."""
    wanted = (
        select(ContractEvent, Document.title)
        .outerjoin(Document, Document.id == ContractEvent.document_id)
        .where(ContractEvent.contract_id == contract_id)
    )
    return session.execute(wanted.order_by(ContractEvent.effective_on, ContractEvent.id)).all()


def payments_of(session: Session, contract_id: int) -> Sequence[Payment]:
    """Return payments and reversals in order of their days."""
    wanted = select(Payment).where(Payment.contract_id == contract_id)
    return session.scalars(wanted.order_by(Payment.paid_on, Payment.id)).all()


def booked(session: Session, contract_id: int, moment: Moment | None = None) -> list[Booked]:
    """Return payments as they are reckoned with; up to a day, and as far as was known."""
    row = Payment
    wanted = select(row.id, row.paid_on, row.yuan, row.reverses_id).where(row.contract_id == contract_id)
    wanted = wanted.where(*_known(row.recorded_at, moment))
    if moment is not None and moment.as_of is not None:
        wanted = wanted.where(row.paid_on <= moment.as_of)
    return [Booked(*each) for each in session.execute(wanted)]


def instalments_of(session: Session, contract_id: int) -> Sequence[Instalment]:
    """Return the instalments as agreed."""
    wanted = select(Instalment).where(Instalment.contract_id == contract_id)
    return session.scalars(wanted.order_by(Instalment.ordinal)).all()


def extensions_of(session: Session, contract_id: int) -> Sequence[ContractExtension]:
    """Return what was put off, in order."""
    wanted = select(ContractExtension).where(ContractExtension.contract_id == contract_id)
    return session.scalars(wanted.order_by(ContractExtension.id)).all()


def permits_of(session: Session, contract_id: int) -> Sequence[Permit]:
    """Return the permits in order of issue."""
    wanted = select(Permit).where(Permit.contract_id == contract_id)
    return session.scalars(wanted.order_by(Permit.issued_on, Permit.id)).all()


def reports_of(session: Session, contract_id: int) -> Sequence[WorksReport]:
    """Return the reports on works, the first one first."""
    wanted = select(WorksReport).where(WorksReport.contract_id == contract_id)
    return session.scalars(wanted.order_by(WorksReport.reported_on, WorksReport.id)).all()


def exclusions_of(session: Session, contract_id: int) -> Sequence[ContractExclusion]:
    """Return the time that does not count, the first one first."""
    wanted = select(ContractExclusion).where(ContractExclusion.contract_id == contract_id)
    return session.scalars(wanted.order_by(ContractExclusion.begins_on, ContractExclusion.id)).all()


def cases_of(session: Session, contract_id: int) -> Sequence[IdleCase]:
    """Return the inquiries into idleness, the first one first."""
    wanted = select(IdleCase).where(IdleCase.contract_id == contract_id)
    return session.scalars(wanted.order_by(IdleCase.id)).all()


def open_case(session: Session, contract_id: int) -> IdleCase | None:
    """Return the inquiry that goes on."""
    wanted = select(IdleCase).where(IdleCase.contract_id == contract_id, IdleCase.closed_on.is_(None))
    return session.scalar(wanted)


def jurisdiction_of(session: Session, jurisdiction_id: int) -> Jurisdiction:
    """Return whose contract it is."""
    return session.get_one(Jurisdiction, jurisdiction_id)


def last_change(session: Session, contract_id: int) -> Row[str, str, dt.datetime] | None:
    """Return who entered the newest event, its kind, and when."""
    event = ContractEvent
    wanted = select(event.actor, event.kind, event.recorded_at).where(event.contract_id == contract_id)
    return session.execute(wanted.order_by(event.id.desc()).limit(1)).first()


def number_taken(session: Session, jurisdiction_id: int, number: str) -> bool:
    """Tell whether another contract has the number."""
    wanted = select(func.count()).where(Contract.jurisdiction_id == jurisdiction_id, Contract.number == number)
    return bool(session.scalar(wanted))
