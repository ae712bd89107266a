"""Wire shapes of what is to be changed: checklists, their items, proofs, rules."""

from typing import Annotated, Literal

from pydantic import Field

from service.core.schemas import Input, Line, Note
from service.parcels.changes import Day

Number = Annotated[int, Field(ge=1, lt=2**31)]
Key = Annotated[str, Field(min_length=1, max_length=60)]
MOST_DAYS = 3_650


class Answers(Input):
    """What an officer says of the parcel; null: not known, so what depends on it applies. Left out stays as it is."""

    relics_found: bool | None = None
    rezoning: bool | None = None
    separate_siting: bool | None = None
    soil_risk: bool | None = None
    energy_review: bool | None = None
    tender_required: bool | None = None


class ChecklistCreate(Input):
    """A checklist to open for a parcel; its template is that of the jurisdiction's rule, without one that asked for.

    `facts` are what is known by now; what is left out counts as unanswered.
    """

    parcel: Line = Field(description="地块编号、宗地代码或出让编号")
    lot_id: Number | None = None
    template: Key | None = None
    opened_on: Day | None = Field(None, description="not after today; today if left out")
    facts: Answers = Answers()
    project_name: Line | None = None
    planned_listing_on: Day | None = None
    planned_sale_on: Day | None = None


class ChecklistChange(Input):
    """What to change; left out stays as it is, null removes."""

    facts: Answers = Answers()
    lot_id: Number | None = None
    project_name: Line | None = None
    planned_listing_on: Day | None = None
    planned_sale_on: Day | None = None


class ChecklistClose(Input):
    """Close a checklist: its land is built on, or is not to be sold."""

    reason: Note


class ItemEventOrder(Input):
    """Something that happened to an item. A waiver is asked for by one and granted by another person."""

    action: Literal["start", "submit", "return", "accept", "reopen", "ask_waiver", "waive", "unwaive"]
    effective_on: Day | None = Field(None, description="法律上生效之日 not after today; today if left out")
    reason: Note | None = None
    document_id: Number | None = None


class ChecklistItemChange(Input):
    """Who sees to an item, and when; left out stays as it is, null removes."""

    owner: Annotated[str, Field(min_length=2, max_length=40)] | None = Field(None, description="用户名 user name")
    planned_start: Day | None = None
    planned_finish: Day | None = None
    days: Annotated[int, Field(ge=0, le=MOST_DAYS)] | None = Field(None, description="goes before the template's")


class ProofCreate(Input):
    """A document as proof; `valid_until` follows from the template's months of validity if left out."""

    evidence: Key
    document_id: Number
    valid_from: Day
    valid_until: Day | None = None


class CommentCreate(Input):
    """A remark for the history."""

    text: Note


class TemplateMove(Input):
    """The version to move to; the newest if left out."""

    version: Annotated[int, Field(ge=1, lt=2**31)] | None = None


class PolicySet(Input):
    """Which template a jurisdiction uses; from which notice day a sale needs a checklist (null: opened ones bind)."""

    template: Key
    required_from: Day | None = None


class BureauReplacement(Input):
    """A bureau whose items go over to another."""

    old: Key
    new: Key
    reason: Note


PLAN_FIELDS = ("lot_id", "project_name", "planned_listing_on", "planned_sale_on")
ITEM_FIELDS = ("planned_start", "planned_finish", "days")
