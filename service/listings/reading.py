"""Answers about notices and lots: rows put together into what is given out, now or as of a day."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.errors import NotFound
from service.listings import lot_pages, queries, timers
from service.listings.bidder_schemas import BidderRead, BidRead, Bids
from service.listings.lifecycle import LotStage
from service.listings.lot_pages import LotFilters
from service.listings.models import Lot, LotEvent, Notice
from service.listings.notice_commands import Prepared
from service.listings.notice_schemas import (
    CalendarEntry,
    EventTaken,
    LotCalendar,
    LotEventRead,
    LotEvents,
    LotFindings,
    NoticeDetail,
    NoticePublished,
    NoticeRead,
)
from service.listings.replaying import Projection, replay
from service.listings.schemas import DutyRead, LotDetail, LotParcelRead, LotRead, RoundRead, Sees, is_sealed
from service.parcels.selection import NOW, Moment
from service.rules.book import rulebook
from service.rules.finding import Finding
from service.rules.judgement import judge
from service.rules.schemas import LegalFinding
from service.workdays.queries import calendar_of


def lots(session: Session, actor: Actor, filters: LotFilters, *, before: int | None, limit: int) -> list[LotRead]:
    """Return a page of lots, as they are or were."""
    rows = lot_pages.lot_page(session, actor, filters, before=before, limit=limit)
    return _written(session, actor, rows, filters.moment)


def _written(session: Session, actor: Actor, rows: Sequence[Row[Any]], moment: Moment) -> list[LotRead]:
    sees = Sees.of(actor)
    if moment.is_now:
        return [LotRead.of(row, sees) for row in rows]
    events = queries.events_of(session, [row[0].id for row in rows])
    return [LotRead.of(row, sees, _then(events[row[0].id], moment)) for row in rows]


def _then(events: Sequence[LotEvent], moment: Moment) -> Projection:
    day = moment.as_of or clock.today()
    in_force = [
        each
        for each in events
        if each.effective_on <= day and (moment.known_at is None or each.recorded_at <= moment.known_at)
    ]
    return replay(queries.happened(in_force))


def lot_detail(session: Session, actor: Actor, lot: Lot, moment: Moment = NOW) -> LotDetail:
    """Return one lot whole; of the past without duties and rounds. Raises NotFound before its notice."""
    read = _written(session, actor, [lot_pages.lot_row(session, lot.id)], moment)[0]
    if not moment.is_now and read.stage is LotStage.draft:
        raise NotFound(f"宗地 {lot.id} 当日尚未公告。", f"Lot {lot.id} was not announced yet on that day.")
    wanted = queries.visible_lots(actor).where(Lot.id == lot.id)
    due = timers.duties(queries.timed(session, wanted)[0], rulebook(), calendar_of(session)) if moment.is_now else ()
    rounds = queries.rounds_of(session, lot.scheme_id) if moment.is_now else ()
    land = queries.parcels_of(session, [lot.id])[lot.id]
    return LotDetail(
        **read.model_dump(),
        land=[LotParcelRead.model_validate(each) for each in land],
        rounds=[RoundRead.model_validate(each) for each in rounds],
        duties=[DutyRead.model_validate(each) for each in due],
    )


def lot_events(session: Session, actor: Actor, lot: Lot, moment: Moment) -> LotEvents:
    """Return what happened to a lot."""
    sees, sold = Sees.of(actor), lot.sold_on is not None
    rows = lot_pages.titled_events(session, lot.id, moment)
    return LotEvents(items=[LotEventRead.of(row, sees, sold=sold) for row in rows])


def event_taken(session: Session, actor: Actor, lot: Lot, findings: Sequence[Finding], *, trial: bool) -> EventTaken:
    """Return a lot after an event, or before it in a trial."""
    read = _written(session, actor, [lot_pages.lot_row(session, lot.id)], NOW)[0]
    judged = judge(findings, overrides=False)
    return EventTaken(
        lot=read,
        findings=[LegalFinding.of(each) for each in judged.findings],
        trial=trial,
        blocked=trial and bool(judged.refused),
    )


def bidders(session: Session, actor: Actor, lot: Lot) -> list[BidderRead]:
    """Return who takes part in a lot."""
    sees = Sees.of(actor)
    return [BidderRead.of(each, lot, place, sees) for place, each in enumerate(queries.bidders_of(session, lot.id), 1)]


def bids(session: Session, actor: Actor, lot: Lot) -> Bids:
    """Return the offers for a lot."""
    if is_sealed(lot, queries.notice_by_id(session, actor, lot.notice_id), Sees.of(actor)):
        return Bids(items=[], sealed=True)
    known = {each.id: each for each in bidders(session, actor, lot)}
    return Bids(
        items=[BidRead.of(each, known[each.bidder_id]) for each in queries.bids_of(session, lot.id)], sealed=False
    )


def calendar(session: Session, actor: Actor, first: dt.date, last: dt.date) -> LotCalendar:
    """Return what was and is due on the days of a span."""
    days, book = calendar_of(session), rulebook()
    found = [
        entry
        for lot in queries.timed(session, lot_pages.lots_between(actor, first, last))
        for entry in [*_past(lot), *_due(lot, timers.duties(lot, book, days))]
        if first <= entry.on <= last
    ]
    return LotCalendar(first=first, last=last, items=sorted(found, key=lambda each: (each.on, each.lot_id, each.kind)))


def _past(lot: timers.Timed) -> Iterator[CalendarEntry]:
    begun = lot.stage not in {LotStage.announced, LotStage.publicised}
    days = {
        "notice": lot.notice_on,
        "open": clock.day_of(lot.opens_at) if lot.opens_at and begun else None,
        "end": lot.ended_on,
    }
    for kind, day in days.items():
        if day is not None:
            yield _entry(lot, kind, day, done=True)


def _due(lot: timers.Timed, due: Iterator[timers.Duty]) -> Iterator[CalendarEntry]:
    for each in due:
        yield _entry(lot, each.kind, each.due_on, done=each.done, provisional=each.provisional)


def _entry(lot: timers.Timed, kind: str, on: dt.date, *, done: bool, provisional: bool = False) -> CalendarEntry:
    return CalendarEntry(
        kind=kind,
        on=on,
        lot_id=lot.id,
        number=lot.number,
        round=lot.round,
        stage=lot.stage,
        done=done,
        provisional=provisional,
    )


def notices(session: Session, actor: Actor, filters: Any, *, before: int | None, limit: int) -> list[NoticeRead]:  # noqa: ANN401
    """Return a page of notices."""
    return [NoticeRead.of(row) for row in lot_pages.notice_page(session, actor, filters, before=before, limit=limit)]


def notice_detail(session: Session, actor: Actor, notice: Notice) -> NoticeDetail:
    """Return one notice whole."""
    read = notices(session, actor, {"id": [notice.id]}, before=None, limit=1)[0]
    shown = LotFilters(notice_id=notice.amends_id or notice.id)
    held = lots(session, actor, shown, before=None, limit=1000)[::-1]
    return NoticeDetail.whole(read, held, lot_pages.supplements_of(session, notice.id))


def notice_published(
    session: Session, actor: Actor, notice: Notice, prepared: Sequence[Prepared], *, trial: bool
) -> NoticePublished:
    """Return a notice after its publication, or before it in a trial."""
    told = [
        LotFindings(
            lot_id=each.lot.id, number=each.lot.number, findings=[LegalFinding.of(one) for one in each.findings]
        )
        for each in prepared
    ]
    refused = judge([one for each in prepared for one in each.findings], overrides=False).refused
    return NoticePublished(
        notice=notice_detail(session, actor, notice), lots=told, trial=trial, blocked=trial and bool(refused)
    )
