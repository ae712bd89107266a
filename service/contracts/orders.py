"""Wire shapes of what is asked of contracts: signing, events, payments. What goes on under them: performance_orders."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from service.contracts.legal import Payment
from service.contracts.lifecycle import ContractEventKind
from service.core.schemas import Input, Line, Note
from service.listings.indices import IndexAsked
from service.parcels.changes import Day
from service.plans.changes import Code, DocumentId
from service.rules.schemas import Override

Yuan = Annotated[Decimal, Field(ge=0, lt=10**15, decimal_places=2, allow_inf_nan=False)]
AreaDue = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=2, allow_inf_nan=False)]
Rate = Annotated[Decimal, Field(ge=0, le=10, decimal_places=4, allow_inf_nan=False)]
Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
_K = ContractEventKind


class Act(Input):
    """An act of law on a contract: when it is true, by which document; `trial`: only say what stands against it."""

    effective_on: Day | None = Field(None, description="生效日期 left out: today; not after today")
    document_id: DocumentId | None = None
    note: Note | None = None
    override: Override | None = Field(None, description="例外 of who may set a blocking rule aside")
    trial: bool = Field(False, description="试算 only tell the findings, change nothing")


class InstalmentAgreed(Input):
    """A part of the price and the day it is due."""

    due_on: Day
    yuan: Annotated[Decimal, Field(gt=0, lt=10**15, decimal_places=2, allow_inf_nan=False)]


class Terms(Input):
    """What a contract agrees on. In an amendment, what is left out stays and null removes it."""

    supervision_number: Number | None = Field(None, description="电子监管号, as text")
    holder: Line | None = Field(None, description="受让人; left out at signing: the winner of the lot")
    late_rate_permille: Rate | None = Field(None, description="违约金 ‰ a day of what is due")
    delivery_due_on: Day | None = Field(None, description="约定交地")
    start_due_on: Day | None = Field(None, description="约定动工")
    complete_due_on: Day | None = Field(None, description="约定竣工")
    planned_investment_yuan: Yuan | None = Field(None, description="总投资额")
    built_due_m2: AreaDue | None = Field(None, description="应动工开发面积 m²")
    instalments: list[InstalmentAgreed] | None = Field(
        None, max_length=60, description="分期价款; they sum to the price"
    )

    @property
    def parts(self) -> tuple[Payment, ...]:
        """The instalments in order of their due days."""
        return tuple(sorted(Payment(each.due_on, each.yuan) for each in self.instalments or ()))

    def values(self) -> dict[str, Any]:
        """Return what is said, by column, as events keep it."""
        said = {name: getattr(self, name) for name in Terms.model_fields if name in self.model_fields_set}
        return {**said, "instalments": self.parts} if "instalments" in said else said


class SignOrder(Act, Terms):
    """A contract or allocation decision for a lot that is sold, or whose publicity is over; `effective_on`: signed."""

    lot_id: Annotated[int, Field(ge=1, lt=2**31)]
    number: Line = Field(description="合同编号, 决定书文号")
    price_yuan: Yuan | None = Field(None, description="价款; a sold lot gives its own")
    conditions_items: list[Code] = Field(
        default_factory=list,
        max_length=50,
        description="合同载明的规划条件 what the contract states, names of rule R41",
    )
    indicators: list[IndexAsked] | None = Field(
        None,
        max_length=30,
        description="标准地指标, signed as the first edition; left out: as announced with the lot, and never weaker",
    )


class Amendment(Terms):
    """What an amendment changes."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say what is changed")
        if "holder" in self.model_fields_set and self.holder is None:
            raise ValueError("a contract has a holder")
        return self


class EventOrder(Act):
    """An event of a contract. `extend` says milestone and day, `amend` the change, `reclaim` the ground."""

    kind: Literal[
        _K.amend, _K.deliver, _K.register, _K.start, _K.complete, _K.extend, _K.suspend, _K.resume, _K.rescind,
        _K.reclaim,
    ]  # fmt: skip
    milestone: Literal["start", "completion"] | None = None
    to_on: Day | None = None
    change: Amendment | None = None
    ground: Literal["idle", "public_interest"] | None = Field(None, description="收回依据")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        needed = {_K.extend: {"milestone", "to_on"}, _K.amend: {"change"}, _K.reclaim: {"ground"}}.get(self.kind, set())
        given = {name for name in ("milestone", "to_on", "change", "ground") if getattr(self, name) is not None}
        if given != needed:
            raise ValueError(f"{self.kind} takes {', '.join(sorted(needed)) or 'nothing more'}")
        return self


class PaymentMade(Input):
    """A payment towards the price."""

    paid_on: Day
    yuan: Annotated[Decimal, Field(gt=0, lt=10**15, decimal_places=2, allow_inf_nan=False)]
    document_id: DocumentId | None = None
    note: Note | None = None


class PaymentReversed(Input):
    """A payment taken back because it was entered wrongly, and what should have been entered."""

    note: Line = Field(description="原因 why it is taken back")
    document_id: DocumentId | None = None
    replacement: PaymentMade | None = None
