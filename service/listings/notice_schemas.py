"""Wire shapes of what happened to lots, of their days, and of notices."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Self

from pydantic import AwareDatetime, Field
from sqlalchemy import Row

from service.core.schemas import Output
from service.listings.centres import centre_of
from service.listings.indices import IndexRead
from service.listings.lifecycle import LotEventKind, LotStage
from service.listings.models import LotEvent, Notice
from service.listings.schemas import LotRead, NoticeRef, Sees
from service.parcels.schemas import Named
from service.rules.schemas import LegalFinding
from service.schemes.methods import Method


class LotEventRead(Output):
    """What happened to a lot. `facts`: what it set, names and floors only for those who may see them."""

    id: int
    kind: LotEventKind
    effective_on: dt.date
    happened_at: AwareDatetime | None
    recorded_at: AwareDatetime
    actor: str
    document_id: int | None
    document: str | None
    note: str | None
    override_reason: str | None
    facts: dict[str, str | int | bool | None]
    indicators: list[IndexRead] | None = Field(description="标准地指标 that it set")

    @classmethod
    def of(cls, row: Row[LotEvent, str | None], sees: Sees, *, sold: bool) -> Self:
        """Write a row of `titled_events`."""
        event, title = row
        hidden = set() if sees.parties else {"winner"}
        hidden |= set() if sees.floors or sold else {"floor_yuan"}
        names = [name for name in cls.model_fields if name not in {"document", "facts", "indicators"}]
        facts = {name: value for name, value in event.facts.items() if name not in hidden | {"bidder_id", "indicators"}}
        own = {name: getattr(event, name) for name in names}
        return cls(**own, document=title, facts=facts, indicators=event.facts.get("indicators"))


class LotEvents(Output):
    """What happened to a lot, in order of effect."""

    items: list[LotEventRead]


class EventTaken(Output):
    """A lot after an event, or in a trial as it is; with what the law says. `blocked`: it would be refused."""

    lot: LotRead
    findings: list[LegalFinding]
    trial: bool
    blocked: bool


class StageCounts(Output):
    """How many lots stand in each stage."""

    counts: dict[LotStage, int]


class CalendarEntry(Output):
    """Something on a day: what was, and what is due."""

    kind: str
    on: dt.date
    lot_id: int
    number: str
    round: int
    stage: LotStage
    done: bool
    provisional: bool


class LotCalendar(Output):
    """The days of a span that have something, in order."""

    first: dt.date
    last: dt.date
    items: list[CalendarEntry]


class NoticeRead(Output):
    """A notice as lists show it."""

    id: int
    jurisdiction: Named
    centre: str | None
    centre_name: str | None
    number: str
    method: Method
    title: str
    published_on: dt.date | None
    document_id: int | None
    amends_id: int | None
    lots: int
    version: int

    @classmethod
    def of(cls, row: Any) -> Self:  # noqa: ANN401 - four columns
        """Write a row of `notice_page`."""
        notice, code, name, lots = row
        names = ("id", "centre", "number", "method", "title", "published_on", "document_id", "amends_id", "version")
        own = {each: getattr(notice, each) for each in names}
        centre = None if notice.centre is None else centre_of(notice.centre).name
        return cls(**own, jurisdiction=Named(code=code, name=name), centre_name=centre, lots=lots)


class NoticeDetail(NoticeRead):
    """One notice with its lots (of a supplementary one: those of the notice it amends) and its supplements."""

    items: list[LotRead]
    supplements: list[NoticeRef]

    @classmethod
    def whole(cls, found: NoticeRead, lots: Sequence[LotRead], supplements: Sequence[Notice]) -> Self:
        """Put a notice together."""
        refs = [NoticeRef.model_validate(each) for each in supplements]
        return cls(**found.model_dump(), items=list(lots), supplements=refs)


class LotFindings(Output):
    """What the law says of publishing one lot."""

    lot_id: int
    number: str
    findings: list[LegalFinding]


class NoticePublished(Output):
    """A notice after its publication, or in a trial as it is. `blocked`: it would be refused."""

    notice: NoticeDetail
    lots: list[LotFindings]
    trial: bool
    blocked: bool
