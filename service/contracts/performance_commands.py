"""What is noted under a contract: permits, reports on works, time that does not count, standard land (标准地)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.contracts import queries, standard_land, standard_land_queries
from service.contracts.holding import case_of, check_document, living, touch
from service.contracts.indices import sign_indices
from service.contracts.models import Contract, ContractExclusion
from service.contracts.performance_models import Permit, StandardLandActual, StandardLandStep, WorksReport
from service.contracts.performance_orders import (
    ActualMeasured,
    ConsequenceTaken,
    EditionSigned,
    ExclusionEnded,
    ExclusionProved,
    PermitChange,
    PermitIssued,
    WorksReported,
)
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid, NotFound
from service.listings.indices import check_indices
from service.parcels.commands import refuse_future


class PermitExists(Conflict):
    """The contract has a permit of this number."""

    code, title_zh, title_en = "permit-exists", "该许可证已登记", "The permit is there already"


def add_permit(session: Session, actor: Actor, contract_id: int, new: PermitIssued, *, version: int) -> Contract:
    """Note a permit. Raises NotFound, PreconditionFailed, IllegalContractEvent, PermitExists, FutureDate, Invalid."""
    contract = living(session, actor, contract_id, version=version)
    refuse_future("/issued_on", new.issued_on)
    key = (new.kind, new.part, new.number)
    if any((each.kind, each.part, each.number) == key for each in queries.permits_of(session, contract.id)):
        raise PermitExists(f"许可证 {new.number} 已登记。", f"Permit {new.number} is there already.")
    permit = Permit(contract_id=contract.id, **new.model_dump())
    return _noted(session, actor, contract, permit, Action.PERMIT_ADDED)


def change_permit(
    session: Session, actor: Actor, contract_id: int, permit_id: int, change: PermitChange, *, version: int
) -> Contract:
    """Note what became of a permit. Raises NotFound, PreconditionFailed, IllegalContractEvent, FutureDate."""
    contract = living(session, actor, contract_id, version=version)
    permit = next((each for each in queries.permits_of(session, contract.id) if each.id == permit_id), None)
    if permit is None:
        raise NotFound(f"该合同没有许可证 {permit_id}。", f"The contract has no permit {permit_id}.")
    if change.next_applied_on is not None:
        refuse_future("/next_applied_on", change.next_applied_on)
    given = change.model_fields_set
    before = {name: getattr(permit, name) for name in given}
    for name in given:
        setattr(permit, name, getattr(change, name))
    after = {"permit": permit.id, **{name: getattr(permit, name) for name in given}}
    return _changed(session, contract, Action.PERMIT_CHANGED, before, after)


def report_works(session: Session, actor: Actor, contract_id: int, new: WorksReported, *, version: int) -> Contract:
    """Note how far works are. Raises NotFound, PreconditionFailed, IllegalContractEvent, FutureDate, Invalid."""
    contract = living(session, actor, contract_id, version=version)
    refuse_future("/reported_on", new.reported_on)
    report = WorksReport(contract_id=contract.id, actor=actor.label, **new.model_dump())
    return _noted(session, actor, contract, report, Action.WORKS_REPORTED)


def prove_exclusion(
    session: Session, actor: Actor, contract_id: int, new: ExclusionProved, *, version: int
) -> Contract:
    """Leave time out of the idle clock (R66). Raises NotFound, PreconditionFailed, FutureDate, Invalid."""
    contract = living(session, actor, contract_id, version=version)
    refuse_future("/begins_on", new.begins_on)
    rule = case_of(session, actor, contract, clock.today()).law.find("R66")
    reasons = rule.names("reasons") if rule else ()
    if new.reason not in reasons:
        zh, en = f"“{new.reason}”不是法定原因", f"{new.reason!r} is no reason in law"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/reason", "unknown-code", zh, en)])
    span = ContractExclusion(contract_id=contract.id, actor=actor.label, **new.model_dump())
    return _noted(session, actor, contract, span, Action.EXCLUSION_ADDED)


def end_exclusion(
    session: Session, actor: Actor, contract_id: int, exclusion_id: int, change: ExclusionEnded, *, version: int
) -> Contract:
    """Say when time that does not count was over. Raises NotFound, PreconditionFailed, Invalid."""
    contract = living(session, actor, contract_id, version=version)
    span = next((each for each in queries.exclusions_of(session, contract.id) if each.id == exclusion_id), None)
    if span is None:
        raise NotFound(f"该合同没有扣除时间 {exclusion_id}。", f"The contract has no exclusion {exclusion_id}.")
    if change.ends_on < span.begins_on:
        zh, en = f"早于起始日 {span.begins_on}", f"before its beginning, {span.begins_on}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/ends_on", "dates-order", zh, en)])
    before, span.ends_on = {"ends_on": span.ends_on}, change.ends_on
    after = {"exclusion": span.id, "ends_on": span.ends_on}
    return _changed(session, contract, Action.EXCLUSION_CHANGED, before, after)


def sign_edition(session: Session, actor: Actor, contract_id: int, new: EditionSigned, *, version: int) -> Contract:
    """Sign the indices of standard land anew; earlier editions stay. Raises as `add_permit`, and UnknownCode."""
    contract = living(session, actor, contract_id, version=version)
    refuse_future("/signed_on", new.signed_on)
    check_document(session, actor, contract.jurisdiction_id, new.document_id)
    check_indices(new.indicators)
    kept = standard_land_queries.indicators_of(session, contract.id)
    edition = 1 + max((each.edition for each in kept), default=0)
    sign_indices(session, contract, edition, new.indicators, new.signed_on, new.document_id)
    after = {"edition": edition, "indicators": [each.name for each in new.indicators], "signed_on": new.signed_on}
    return _changed(session, contract, Action.STANDARD_LAND_SIGNED, None, after)


def measure_actual(session: Session, actor: Actor, contract_id: int, new: ActualMeasured, *, version: int) -> Contract:
    """Enter what a year brought for one index. Raises as `add_permit`, and Invalid for an index that was not signed."""
    contract = living(session, actor, contract_id, version=version)
    signed = {each.name for each in standard_land_queries.indices_in(session, contract.id, new.year)}
    if new.name not in signed or new.year > clock.today().year:
        zh, en = f"{new.year} 年没有约定指标“{new.name}”", f"no index {new.name!r} is signed for {new.year}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/name", "not-signed", zh, en)])
    made = StandardLandActual(contract_id=contract.id, actor=actor.label, **new.model_dump())
    return _noted(session, actor, contract, made, Action.STANDARD_LAND_MEASURED)


def take_consequence(
    session: Session, actor: Actor, contract_id: int, new: ConsequenceTaken, *, version: int
) -> Contract:
    """Say what follows from a year. Raises as `add_permit`, and IllegalConsequence."""
    contract = living(session, actor, contract_id, version=version)
    day = new.effective_on or clock.today()
    refuse_future("/effective_on", day)
    year = standard_land_queries.year_of(session, contract.id, new.year)
    standard_land.refuse_illegal(year.state, year.verdict, new.state)
    values = {**new.model_dump(), "effective_on": day}
    step = StandardLandStep(contract_id=contract.id, actor=actor.label, **values)
    return _noted(session, actor, contract, step, Action.STANDARD_LAND_DECIDED)


Noted = Permit | WorksReport | ContractExclusion | StandardLandActual | StandardLandStep


def _noted(session: Session, actor: Actor, contract: Contract, row: Noted, action: Action) -> Contract:
    check_document(session, actor, contract.jurisdiction_id, row.document_id)
    session.add(row)
    session.flush()
    columns: Sequence[str] = row.__table__.columns.keys()
    after = {name: getattr(row, name) for name in columns if name not in {"contract_id", "recorded_at", "actor"}}
    return _changed(session, contract, action, None, after)


def _changed(
    session: Session, contract: Contract, action: Action, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Contract:
    touch(contract)
    session.flush()
    record(session, action, "contract", contract.id, before=before, after=after)
    return contract
