"""Wire shapes of what is asked of an inquiry into idleness."""

from typing import Literal, Self

from pydantic import Field, model_validator

from service.contracts.orders import Act, Yuan
from service.plans.changes import Code

IdleStep = Literal["notice", "answer", "decide", "publish", "dispose", "pay_fee", "close"]
Outcome = Literal["dismissed", "fee", "disposal", "recovery"]


class SuspicionRaised(Act):
    """Land is suspected to lie idle."""


class IdleStepOrder(Act):
    """A step of an inquiry. `decide` says outcome and whose cause it is, `dispose` the way."""

    step: IdleStep
    outcome: Outcome | None = None
    cause: Literal["holder", "government"] | None = None
    fee_yuan: Yuan | None = Field(None, description="闲置费; left out: as the law has it")
    disposal: Code | None = Field(None, description="处置方式, code list idle_disposal")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.outcome is not None) != (self.step == "decide"):
            raise ValueError("a decision has an outcome, and only a decision")
        if (self.cause is not None) != (self.outcome in {"fee", "disposal", "recovery"}):
            raise ValueError("land found idle has a cause")
        if self.cause == "government" and self.outcome != "disposal":
            raise ValueError("for a cause of the government there is neither fee nor recovery without compensation")
        if self.fee_yuan is not None and self.outcome != "fee":
            raise ValueError("a fee belongs to the outcome fee")
        if (self.disposal is not None) != (self.step == "dispose"):
            raise ValueError("disposal has a way, and only disposal")
        return self
