"""How a notice goes out: its lots are announced or publicised, or, by a supplementary notice, amended; all or none."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.errors import Conflict
from service.listings import checking, gates, queries, terms
from service.listings.changes import Amendment, NoticePublish
from service.listings.draft_commands import refuse_published, refuse_reversed
from service.listings.holding import check_documents, held_notice, ready_scheme, touch
from service.listings.indices import check_indices
from service.listings.lifecycle import LotEventKind, LotStage
from service.listings.models import Lot, Notice
from service.listings.recording import Occurrence, entered, record_lot_event
from service.parcels.commands import refuse_future
from service.rules.finding import Finding
from service.rules.judgement import judge, record_override, refuse
from service.schemes.methods import COMPETITIVE, Method
from service.schemes.queries import sells_market_housing


class NothingToPublish(Conflict):
    """A notice without lots, or a supplementary one that changes none of those it amends."""

    code, title_zh, title_en = "notice-empty", "公告没有宗地", "The notice has no lots"


class Prepared(NamedTuple):
    """What publishing does to one lot, and what the law says of it."""

    lot: Lot
    kind: LotEventKind
    facts: Mapping[str, Any]
    findings: Sequence[Finding]


def publish_notice(
    session: Session, actor: Actor, notice_id: int, order: NoticePublish, *, version: int
) -> tuple[Notice, Sequence[Prepared]]:
    """Publish a draft with all its lots; return it with what was done to each. A trial changes nothing.

    Raises:
        NotFound, PreconditionFailed, NoticePublished, NothingToPublish, FutureDate.
        SchemeNotReady, LotIncomplete, MustBid, DatesBroughtForward, Invalid: of one of the lots.
        LegalRefusal: a rule blocks and is not overridden.
        IllegalLotEvent, IllegalTransition: a lot or parcel is elsewhere by now.

    """
    notice = held_notice(session, actor, notice_id, version=version)
    refuse_published(notice)
    day = order.effective_on or clock.today()
    refuse_future("/effective_on", day)
    check_documents(session, actor, notice, order)
    prepared = _amended(session, notice, order, day) if notice.amends_id else _announced(session, notice, day)
    if not prepared:
        raise NothingToPublish("公告没有宗地，不能发布。", "The notice has no lots to publish.")
    when = Occurrence(day, document_id=order.document_id or notice.document_id, note=order.note)
    for each in prepared:
        entered(session, each.lot, each.kind, when, each.facts)
    if not order.trial:
        _write(session, actor, notice, order, when, prepared)
    return notice, prepared


def _write(
    session: Session,
    actor: Actor,
    notice: Notice,
    order: NoticePublish,
    when: Occurrence,
    prepared: Sequence[Prepared],
) -> None:
    refuse([found for each in prepared for found in each.findings], order.override, actor=actor)
    for each in prepared:
        judgement = judge(each.findings, overrides=order.override is not None)
        own = when
        if judgement.overridden and order.override is not None:
            own = when._replace(override_reason=order.override.reason)
            record_override(session, judgement, order.override, "lot", each.lot.id)
        record_lot_event(session, actor, each.lot, each.kind, own, each.facts)
    notice.published_on = when.effective_on
    notice.document_id = when.document_id
    touch(notice)
    session.flush()
    after = {"number": notice.number, "published_on": when.effective_on, "lots": [each.lot.id for each in prepared]}
    record(session, Action.NOTICE_PUBLISHED, "notice", notice.id, after=after)


def _announced(session: Session, notice: Notice, day: dt.date) -> list[Prepared]:
    prepare = _sale if Method(notice.method) in COMPETITIVE else _publicity
    lots = queries.lots_of(session, notice.id, lock=True)
    queries.parcels_of(session, [lot.id for lot in lots], lock=True)  # of all lots before any checklist
    floors = {each: ready_scheme(session, notice, each).floor_yuan for each in sorted(lot.scheme_id for lot in lots)}
    return [prepare(session, notice, lot, day, floors[lot.scheme_id]) for lot in lots]


def _sale(session: Session, notice: Notice, lot: Lot, day: dt.date, floor: Decimal | None) -> Prepared:
    case = checking.case_of(session, notice, lot.scheme_id)
    values = checking.terms_of(lot) | {"floor_yuan": floor}
    terms.refuse_incomplete(lot.number, case.method, values)
    refuse_reversed(lot)
    facts = {name: value for name, value in values.items() if value is not None}
    found = checking.announcing(case, day, day, values)
    found += _unready(session, case, lot, day, values["closes_at"] or values["opens_at"])
    return Prepared(lot, LotEventKind.announce, facts | late_entry(values), found)


def _unready(
    session: Session, case: checking.Case, lot: Lot, day: dt.date, ends_at: dt.datetime
) -> tuple[Finding, ...]:
    """Return what warns of a sale that will be refused: no checklist, or one that is forecast to be done too late."""
    sale_on = clock.day_of(ends_at)
    return checking.sale_ahead(case, day, gates.open_items(session, lot, sale_on, notice_on=day), sale_on)


def _publicity(session: Session, notice: Notice, lot: Lot, day: dt.date, _: Decimal | None) -> Prepared:
    case = checking.case_of(session, notice, lot.scheme_id)
    values = checking.terms_of(lot) | {"floor_yuan": None}
    terms.refuse_incomplete(lot.number, case.method, values)
    parcels = [each.id for each in queries.parcels_of(session, [lot.id])[lot.id]]
    housing = sells_market_housing(session, parcels)
    terms.refuse_unbid(case.method, case.uses, market_housing=housing)
    facts = {name: value for name, value in values.items() if value is not None}
    found = checking.publicising(case, day, day, clock.day_of(values["closes_at"]))
    found += _unready(session, case, lot, day, values["closes_at"])
    return Prepared(lot, LotEventKind.publicise, facts, found)


def late_entry(values: Mapping[str, Any]) -> dict[str, bool]:
    """Tell whether a sale's end lies behind us when it is entered: the clock leaves such history to who enters it."""
    ends = values.get("closes_at") or values.get("opens_at")
    return {"entered_late": ends is not None and ends <= clock.instant()}


def _amended(session: Session, notice: Notice, order: NoticePublish, day: dt.date) -> list[Prepared]:
    lots = {lot.id: lot for lot in queries.lots_of(session, notice.amends_id or 0, lock=True)}
    changes = {each.lot_id: each for each in order.amendments}
    for place, each in enumerate(order.amendments):
        check_indices(each.terms.indicators or (), f"/amendments/{place}/terms/indicators")
    if foreign := changes.keys() - lots.keys():
        raise NothingToPublish(
            "补充公告只能更改原公告的宗地。", "Only lots of the notice that it amends.", facts={"lots": sorted(foreign)}
        )
    return [_amendment(session, notice, lots[number], changes[number], day) for number in sorted(changes)]


def _amendment(session: Session, notice: Notice, lot: Lot, change: Amendment, day: dt.date) -> Prepared:
    case, changed = checking.case_of(session, notice, lot.scheme_id), terms.given(change.terms)
    before = checking.terms_of(lot)
    terms.refuse_earlier(lot.number, before, changed, begun=lot.stage == LotStage.open)
    values = before | changed
    facts: dict[str, Any] = {**changed, "notice": notice.number}
    if case.method not in COMPETITIVE:
        values["floor_yuan"] = None
        terms.refuse_incomplete(lot.number, case.method, values)
        notice_on = lot.notice_on or day
        found = checking.publicising(case, day, notice_on, clock.day_of(values["closes_at"]))
        return Prepared(lot, LotEventKind.amend, facts, found)
    terms.refuse_incomplete(lot.number, case.method, values | {"winner": None, "price_yuan": None})
    found = checking.announcing(case, day, lot.notice_on or day, values)
    return Prepared(lot, LotEventKind.amend, facts | late_entry(values), found)
