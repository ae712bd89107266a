"""Wire shapes of what happens under a contract: permits, works, time that does not count, standard land, idleness."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from service.contracts.standard_land import Consequence
from service.core.schemas import Input, Line, Note
from service.listings.indices import Figure, IndexAsked, Year
from service.parcels.changes import Day
from service.plans.changes import Code, DocumentId

Yuan = Annotated[Decimal, Field(ge=0, lt=10**15, decimal_places=2, allow_inf_nan=False)]
PermitKind = Literal["land_planning", "works_planning", "construction"]
PermitPart = Literal["whole", "excavation", "basement", "superstructure"]
Foundation = Literal["deep_pit", "piles", "other"]


class PermitIssued(Input):
    """A permit; construction may be permitted in parts."""

    kind: PermitKind
    part: PermitPart = "whole"
    number: Line
    issued_on: Day
    document_id: DocumentId | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.part != "whole" and self.kind != "construction":
            raise ValueError("only construction is permitted in parts")
        return self


class PermitChange(Input):
    """What became of a permit: extended, or the next step was applied for. What is left out stays."""

    extended_to: Day | None = Field(None, description="规划许可延期至")
    extensions: Annotated[int, Field(ge=0, le=9)] | None = Field(None, description="施工许可延期次数")
    next_applied_on: Day | None = Field(None, description="已申请下一步 (R72)")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set or (self.extensions is None and "extensions" in self.model_fields_set):
            raise ValueError("say what became of it")
        return self


class WorksReported(Input):
    """How far works are on a day, as inspected."""

    reported_on: Day
    foundation: Foundation | None = None
    foundation_done: Annotated[Decimal, Field(ge=0, le=1, decimal_places=4, allow_inf_nan=False)] | None = None
    built_m2: Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=2, allow_inf_nan=False)] = Decimal(0)
    invested_yuan: Yuan = Field(Decimal(0), description="已投资, with land price and taxes")
    taxes_yuan: Yuan = Decimal(0)
    stopped_on: Day | None = Field(None, description="停工首日; null: works go on")
    document_id: DocumentId | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.foundation is None) != (self.foundation_done is None):
            raise ValueError("a foundation has a kind and a share")
        if self.stopped_on is not None and self.stopped_on > self.reported_on:
            raise ValueError("works stopped on or before the day of the report")
        return self


class ExclusionProved(Input):
    """Time that does not count on the idle clock; no end: it goes on."""

    reason: Code = Field(description="原因, one of rule R66")
    begins_on: Day
    ends_on: Day | None = None
    document_id: DocumentId | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise ValueError("the end lies before the beginning")
        return self


class ExclusionEnded(Input):
    """The last day of time that does not count."""

    ends_on: Day


class EditionSigned(Input):
    """Another edition of the indices: all of them anew."""

    signed_on: Day
    document_id: DocumentId | None = None
    indicators: list[IndexAsked] = Field(min_length=1, max_length=30)


class ActualMeasured(Input):
    """What a year brought for one index; a correction is entered the same way."""

    year: Year
    name: Code
    actual: Figure
    document_id: DocumentId | None = None


class ConsequenceTaken(Input):
    """What follows from a year."""

    year: Year
    state: Consequence
    effective_on: Day | None = None
    due_on: Day | None = Field(None, description="整改期限, with rectifying")
    document_id: DocumentId | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.state is Consequence.rectifying) != (self.due_on is not None):
            raise ValueError("to be mended until a day, and only then")
        return self
