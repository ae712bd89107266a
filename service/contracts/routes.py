"""合同 /api/v1/contracts: list, sign, one contract, its events, payments, findings and idle clock."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from service.accounts.access import ContractReader, ContractRunner
from service.contracts import commands, event_commands, payment_commands, reading
from service.contracts.holding import Taken
from service.contracts.lifecycle import ContractStage
from service.contracts.orders import EventOrder, PaymentMade, PaymentReversed, SignOrder
from service.contracts.performance_schemas import ClockRead
from service.contracts.queries import contract_by_id
from service.contracts.schemas import (
    ContractDetail,
    ContractEvents,
    ContractFindings,
    ContractRead,
    ContractTaken,
    ContractThen,
    Money,
)
from service.core import clock
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag
from service.core.errors import BadRequest
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import CalendarDay, Whole
from service.parcels.lifecycle import Idle
from service.parcels.routes import AsOf
from service.schemes.methods import Method

ABOUT: dict[str, Any] = {"prefix": "/api/v1/contracts", "tags": ["合同 contracts"]}
router = APIRouter(**ABOUT, route_class=CommandRoute)

ContractId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Overdue = Literal["payment", "delivery", "start", "completion"]


@router.get("", summary="合同列表 Contracts")
def list_contracts(  # noqa: PLR0913 - one parameter a filter
    actor: ContractReader,
    session: Read,
    page: PageQuery,
    *,
    jurisdiction: Annotated[list[str] | None, Query(max_length=50)] = None,
    stage: Annotated[list[ContractStage] | None, Query(max_length=4)] = None,
    kind: Annotated[list[Literal["grant", "allocation"]] | None, Query(max_length=2)] = None,
    method: Annotated[list[Method] | None, Query(max_length=5)] = None,
    use_class: Annotated[list[str] | None, Query(max_length=20)] = None,
    idle: Annotated[list[Idle] | None, Query(max_length=4)] = None,
    overdue: Annotated[list[Overdue] | None, Query(max_length=4, description="逾期未办 due and not done")] = None,
    suspended: Annotated[bool | None, Query(description="中止")] = None,
    signed_from: CalendarDay | None = None,
    signed_to: CalendarDay | None = None,
    q: Annotated[str | None, Query(max_length=200, description="编号 number, lot, parcel, holder")] = None,
) -> Page[ContractRead]:
    """List contracts, the last signed first; values of one filter are choices."""
    filters: dict[str, list[Any]] = {
        "jurisdiction": jurisdiction or [],
        "stage": stage or [],
        "kind": kind or [],
        "method": method or [],
        "use_class": use_class or [],
        "idle": idle or [],
        "overdue": overdue or [],
        "suspended": [] if suspended is None else [suspended],
        "signed_from": [signed_from] if signed_from else [],
        "signed_to": [signed_to] if signed_to else [],
    }
    items = reading.contracts(session, actor, filters, q=q, after=_after(page.after(2)), limit=page.limit + 1)
    last = items[page.limit - 1] if len(items) > page.limit else None
    following = None if last is None else page.address_after([last.signed_on, last.id])
    return Page(items=items[: page.limit], next=following)


def _after(cursor: list[str | int | float | None] | None) -> list[Any] | None:
    if cursor is None:
        return None
    day, number = cursor
    try:
        return [dt.date.fromisoformat(str(day)).isoformat(), int(str(number))]
    except ValueError:
        raise BadRequest("分页游标 cursor 不属于该列表。", "The cursor is of another list.") from None


@router.post("", status_code=201, summary="签订合同 Sign")
def sign_contract(order: SignOrder, actor: ContractRunner, session: Write, response: Response) -> ContractTaken:
    """Sign a contract or allocation decision for a lot; with `trial`, only say what stands against it."""
    return _answer(session, actor, commands.sign_contract(session, actor, order), response)


@router.get("/{contract_id}", summary="合同 One contract")
def read_contract(
    contract_id: ContractId, actor: ContractReader, session: Read, at: AsOf, response: Response
) -> ContractDetail | ContractThen:
    """Give a contract; with `as_of` or `known_at`, as it was, as far as was known."""
    contract = contract_by_id(session, actor, contract_id)
    if not at.is_now:
        return reading.then(session, actor, contract, at)
    response.headers["ETag"] = etag(contract.version)
    return reading.detail(session, actor, contract)


@router.get("/{contract_id}/events", summary="合同历程 History")
def list_contract_events(contract_id: ContractId, actor: ContractReader, session: Read) -> ContractEvents:
    """List what happened to a contract in order of effect."""
    return reading.history(session, actor, contract_by_id(session, actor, contract_id))


@router.post("/{contract_id}/events", summary="办理合同事项 Record an event")
def record_contract_event(
    contract_id: ContractId,
    order: EventOrder,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractTaken:
    """Record what happened to a contract, and to its parcels with it."""
    found = event_commands.take_event(session, actor, contract_id, order, version=version)
    return _answer(session, actor, found, response)


@router.get("/{contract_id}/findings", summary="合同检查 Findings")
def list_contract_findings(contract_id: ContractId, actor: ContractReader, session: Read) -> ContractFindings:
    """Say everything that the law holds against a contract today."""
    return reading.findings(session, actor, contract_by_id(session, actor, contract_id))


@router.get("/{contract_id}/clock", summary="闲置时钟 Idle clock")
def read_idle_clock(
    contract_id: ContractId,
    actor: ContractReader,
    session: Read,
    on: Annotated[CalendarDay | None, Query(description="日期; today if left out")] = None,
) -> ClockRead:
    """Say where the idle clock stands on a day, by what is known now."""
    return reading.clock_of(session, actor, contract_by_id(session, actor, contract_id), on or clock.today())


@router.get("/{contract_id}/payments", summary="价款 Payments")
def list_payments(contract_id: ContractId, actor: ContractReader, session: Read) -> Money:
    """List instalments and payments, with what is late."""
    return reading.money(session, contract_by_id(session, actor, contract_id))


@router.post("/{contract_id}/payments", status_code=201, summary="登记缴款 Enter a payment")
def record_payment(
    contract_id: ContractId,
    new: PaymentMade,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractTaken:
    """Enter a payment; one that reaches the price pays it in full."""
    found = payment_commands.record_payment(session, actor, contract_id, new, version=version)
    return _answer(session, actor, found, response)


@router.post("/{contract_id}/payments/{payment_id}/reversal", status_code=201, summary="冲销缴款 Reverse")
def reverse_payment(
    contract_id: ContractId,
    payment_id: Annotated[int, Path(ge=1, lt=2**63), Whole],
    order: PaymentReversed,
    actor: ContractRunner,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ContractTaken:
    """Take a payment back as entered wrongly, and enter the right one with it; nothing is erased."""
    found = payment_commands.reverse_payment(session, actor, contract_id, payment_id, order, version=version)
    return _answer(session, actor, found, response)


def _answer(session: Write, actor: ContractRunner, found: Taken, response: Response) -> ContractTaken:
    if found.contract is not None:
        response.headers["ETag"] = etag(found.contract.version)
    return reading.taken(session, actor, found)
