"""Wire shapes of contracts: head, money (yuan, as text), events. What goes on under them: `performance_schemas`."""

import datetime as dt
from decimal import Decimal
from typing import Any, Self

from pydantic import AwareDatetime, Field
from sqlalchemy import Row

from service.contracts.lifecycle import ContractEventKind, ContractStage
from service.contracts.models import ContractEvent
from service.core.schemas import Output
from service.parcels.lifecycle import Idle
from service.parcels.schemas import Named
from service.rules.schemas import LegalFinding
from service.schemes.methods import Method


class LotNamed(Output):
    """The lot that a contract was signed for."""

    id: int
    number: str


class ContractTerms(Output):
    """What is agreed and what has come true: as it is, or as it was on a day."""

    number: str = Field(description="合同编号, 决定书文号")
    supervision_number: str | None = Field(description="电子监管号")
    holder: str | None = Field(description="受让人; null without the right to read it")
    holder_hidden: bool
    stage: ContractStage
    signed_on: dt.date
    price_yuan: Decimal | None = Field(description="价款; null: allocated without a price")
    late_rate_permille: float | None
    delivery_due_on: dt.date | None
    start_due_on: dt.date | None
    complete_due_on: dt.date | None
    planned_investment_yuan: Decimal | None
    built_due_m2: float | None
    paid_on: dt.date | None
    delivered_on: dt.date | None
    registered_on: dt.date | None
    started_on: dt.date | None
    completed_on: dt.date | None
    ended_on: dt.date | None


class ContractRead(ContractTerms):
    """A contract as lists show it."""

    id: int
    jurisdiction: Named
    lot: LotNamed
    scheme_id: int
    kind: str = Field(description="grant 出让合同, allocation 划拨决定书")
    method: Method
    use_class: str | None
    parcels: list[str]
    area_m2: float
    paid_yuan: Decimal
    suspended: bool
    idle: Idle
    version: int

    @classmethod
    def of(cls, row: Row[Any], *, names: bool) -> Self:
        """Write a row of `contract_page`; `names`: the caller may read who holds the land."""
        contract, code, name, lot, method, use, parcels, area, suspended, idle, paid, scheme = tuple[Any, ...](row)
        own = {field: getattr(contract, field) for field in ContractTerms.model_fields if hasattr(contract, field)}
        return cls(
            **{**own, "holder": contract.holder if names else None},
            holder_hidden=not names,
            id=contract.id,
            jurisdiction=Named(code=code, name=name),
            lot=LotNamed(id=contract.lot_id, number=lot),
            scheme_id=scheme,
            kind=contract.kind,
            method=method,
            use_class=use,
            parcels=sorted(parcels or []),
            area_m2=area,
            paid_yuan=paid,
            suspended=suspended,
            idle=idle,
            version=contract.version,
        )


class InstalmentRead(Output):
    """A part of the price: agreed, paid, late."""

    ordinal: int
    due_on: dt.date
    yuan: Decimal
    paid_yuan: Decimal
    settled_on: dt.date | None
    late_days: int
    late_fee_yuan: Decimal = Field(description="违约金 by the agreed rate, until paid or until the day")


class PaymentRead(Output):
    """A payment, or its reversal (negative)."""

    id: int
    paid_on: dt.date
    yuan: Decimal
    reverses_id: int | None
    actor: str
    recorded_at: AwareDatetime
    document_id: int | None
    note: str | None


class Money(Output):
    """Instalments and payments, and what they come to on a day."""

    as_of: dt.date
    price_yuan: Decimal | None
    paid_yuan: Decimal
    late_fee_yuan: Decimal
    instalments: list[InstalmentRead]
    payments: list[PaymentRead]


class ContractDetail(ContractRead):
    """A contract with what may be done with it and what its conditions state; `version` is its ETag."""

    conditions_items: list[str] = Field(description="合同载明的规划条件")
    actions: list[ContractEventKind]


class ContractThen(ContractTerms):
    """A contract on a day, as far as was known then."""

    id: int
    as_of: dt.date
    known_at: AwareDatetime | None
    paid_yuan: Decimal


class ContractEventRead(Output):
    """What happened to a contract; `facts` are what it set."""

    id: int
    kind: ContractEventKind
    effective_on: dt.date
    recorded_at: AwareDatetime
    actor: str
    document_id: int | None
    document: str | None
    note: str | None
    override_reason: str | None
    facts: dict[str, Any]

    @classmethod
    def of(cls, event: ContractEvent, title: str | None, *, names: bool) -> Self:
        """Write an event; a holder's name only for who may read it."""
        own = {name: getattr(event, name) for name in cls.model_fields if name not in {"document", "facts"}}
        facts = {name: value for name, value in event.facts.items() if names or name != "holder"}
        return cls(**own, document=title, facts=facts)


class ContractEvents(Output):
    """The history of a contract in order of effect."""

    items: list[ContractEventRead]


class ContractFindings(Output):
    """Everything the law holds against a contract on a day, the gravest first."""

    as_of: dt.date
    findings: list[LegalFinding]


class ContractTaken(Output):
    """A contract after an act, with what was found; null: the act was only tried."""

    contract: ContractDetail | None
    findings: list[LegalFinding]
