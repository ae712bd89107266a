"""合同履约 /api/v1/contracts/…: permits, works, time that does not count, standard land, inquiries into idleness."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.access import ContractReader, ContractRunner
from service.contracts import idle_commands, performance_commands, queries, reading, standard_land_queries
from service.contracts.idle_orders import IdleStepOrder, SuspicionRaised
from service.contracts.models import Contract
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
from service.contracts.performance_schemas import (
    ConsequenceRead,
    ExclusionRead,
    Exclusions,
    ExtensionRead,
    Extensions,
    IdleCaseRead,
    IdleCases,
    IndicatorRead,
    MeasuredYear,
    Permits,
    StandardLandRead,
    WorksReportRead,
    WorksReports,
)
from service.contracts.queries import contract_by_id
from service.contracts.routes import ABOUT, ContractId
from service.contracts.schemas import ContractDetail, ContractTaken
from service.core.dependencies import IfMatch, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.schemas import Whole

router = APIRouter(**ABOUT, route_class=CommandRoute)
PartId = Annotated[int, Path(ge=1, lt=2**31), Whole]


@router.get("/{contract_id}/permits", summary="许可证 Permits")
def list_permits(contract_id: ContractId, actor: ContractReader, session: Read) -> Permits:
    """List the permits with their last days."""
    return Permits(items=reading.permits(session, contract_by_id(session, actor, contract_id)))


@router.post("/{contract_id}/permits", status_code=201, summary="登记许可证 Note a permit")
def add_permit(
    contract_id: ContractId,
    new: PermitIssued,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Note a permit; construction may be permitted in stages."""
    return _detail(
        session, actor, performance_commands.add_permit(session, actor, contract_id, new, version=version), response
    )


@router.patch("/{contract_id}/permits/{permit_id}", summary="许可证延续 What became of a permit")
def change_permit(
    contract_id: ContractId,
    permit_id: PartId,
    change: PermitChange,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Note that a permit was extended, or the next step applied for."""
    found = performance_commands.change_permit(session, actor, contract_id, permit_id, change, version=version)
    return _detail(session, actor, found, response)


@router.get("/{contract_id}/works-reports", summary="施工进度 Works")
def list_works_reports(contract_id: ContractId, actor: ContractReader, session: Read) -> WorksReports:
    """List the reports on works."""
    found = queries.reports_of(session, contract_by_id(session, actor, contract_id).id)
    return WorksReports(items=[WorksReportRead.model_validate(each) for each in found])


@router.post("/{contract_id}/works-reports", status_code=201, summary="登记施工进度 Report works")
def report_works(
    contract_id: ContractId,
    new: WorksReported,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Note how far works are, as inspected."""
    found = performance_commands.report_works(session, actor, contract_id, new, version=version)
    return _detail(session, actor, found, response)


@router.get("/{contract_id}/extensions", summary="延期 Extensions")
def list_extensions(contract_id: ContractId, actor: ContractReader, session: Read) -> Extensions:
    """List how start and completion were put off; the event `extend` does it."""
    found = queries.extensions_of(session, contract_by_id(session, actor, contract_id).id)
    return Extensions(items=[ExtensionRead.model_validate(each) for each in found])


@router.get("/{contract_id}/exclusions", summary="不计入时间 Time left out")
def list_exclusions(contract_id: ContractId, actor: ContractReader, session: Read) -> Exclusions:
    """List the time that does not count on the idle clock."""
    found = queries.exclusions_of(session, contract_by_id(session, actor, contract_id).id)
    return Exclusions(items=[ExclusionRead.model_validate(each) for each in found])


@router.post("/{contract_id}/exclusions", status_code=201, summary="登记不计入时间 Leave time out")
def prove_exclusion(
    contract_id: ContractId,
    new: ExclusionProved,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Leave time out of the idle clock, by a reason of law (R66)."""
    found = performance_commands.prove_exclusion(session, actor, contract_id, new, version=version)
    return _detail(session, actor, found, response)


@router.patch("/{contract_id}/exclusions/{exclusion_id}", summary="结束不计入时间 End time left out")
def end_exclusion(
    contract_id: ContractId,
    exclusion_id: PartId,
    change: ExclusionEnded,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Say when time that does not count was over."""
    found = performance_commands.end_exclusion(session, actor, contract_id, exclusion_id, change, version=version)
    return _detail(session, actor, found, response)


@router.get("/{contract_id}/standard-land", summary="标准地 Standard land")
def read_standard_land(contract_id: ContractId, actor: ContractReader, session: Read) -> StandardLandRead:
    """Give editions, years and steps of standard land."""
    number = contract_by_id(session, actor, contract_id).id
    indicators = standard_land_queries.indicators_of(session, number)
    return StandardLandRead(
        indicators=[IndicatorRead.model_validate(each) for each in indicators],
        years=[MeasuredYear.of(each) for each in standard_land_queries.years_of(session, number)],
        steps=[ConsequenceRead.model_validate(each) for each in standard_land_queries.steps_of(session, number)],
    )


@router.post("/{contract_id}/standard-land", status_code=201, summary="签订标准地指标 Sign another edition")
def sign_standard_land(
    contract_id: ContractId,
    new: EditionSigned,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Sign all indices anew; earlier editions stay."""
    found = performance_commands.sign_edition(session, actor, contract_id, new, version=version)
    return _detail(session, actor, found, response)


@router.post("/{contract_id}/standard-land/actuals", status_code=201, summary="登记年度实绩 Enter a year's figure")
def measure_actual(
    contract_id: ContractId,
    new: ActualMeasured,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Enter what a year brought for one index; a correction is entered the same way."""
    found = performance_commands.measure_actual(session, actor, contract_id, new, version=version)
    return _detail(session, actor, found, response)


@router.post("/{contract_id}/standard-land/steps", status_code=201, summary="标准地处理 What follows")
def take_consequence(
    contract_id: ContractId,
    new: ConsequenceTaken,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractDetail:
    """Say what follows from a year."""
    found = performance_commands.take_consequence(session, actor, contract_id, new, version=version)
    return _detail(session, actor, found, response)


@router.get("/{contract_id}/idle-cases", summary="闲置调查 Inquiries")
def list_idle_cases(contract_id: ContractId, actor: ContractReader, session: Read) -> IdleCases:
    """List the inquiries into idleness."""
    found = queries.cases_of(session, contract_by_id(session, actor, contract_id).id)
    return IdleCases(items=[IdleCaseRead.of(each, idle_commands.allowed(each)) for each in found])


@router.post("/{contract_id}/idle-cases", status_code=201, summary="疑似闲置 Begin an inquiry")
def suspect_idle(
    contract_id: ContractId,
    order: SuspicionRaised,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractTaken:
    """Suspect that land lies idle."""
    found = idle_commands.suspect_idle(session, actor, contract_id, order, version=version)
    if found.contract is not None:
        response.headers["ETag"] = etag(found.contract.version)
    return reading.taken(session, actor, found)


@router.post("/{contract_id}/idle-cases/{case_id}/steps", status_code=201, summary="闲置调查步骤 Carry it on")
def take_idle_step(
    contract_id: ContractId,
    case_id: PartId,
    order: IdleStepOrder,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractTaken:
    """Carry an inquiry on: notice, answer, decision, publication, disposal, fee, end."""
    found = idle_commands.take_idle_step(session, actor, contract_id, case_id, order, version=version)
    if found.contract is not None:
        response.headers["ETag"] = etag(found.contract.version)
    return reading.taken(session, actor, found)


def _detail(session: Write, actor: ContractRunner, contract: Contract, response: Response) -> ContractDetail:
    response.headers["ETag"] = etag(contract.version)
    return reading.detail(session, actor, contract)
