"""What is done with notices and lots before they are published: drafted, changed, dropped."""

from typing import Any

import psycopg
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import problems
from service.core.errors import Conflict, FieldError, Invalid
from service.listings import checking, queries, terms
from service.listings.centres import centres
from service.listings.changes import LotChange, LotCreate, NoticeChange, NoticeCreate
from service.listings.holding import SchemeNotReady, check_document, held_lot, held_notice, ready_scheme, touch
from service.listings.indices import check_indices
from service.listings.lifecycle import LIVE, LotStage
from service.listings.models import Lot, LotParcel, Notice
from service.regions import queries as regions
from service.schemes.models import SchemeParcel
from service.schemes.queries import sells_market_housing

INDICES = "/terms/indicators"


class NoticePublished(Conflict):
    """The notice is out: a supplementary notice can change its lots."""

    code, title_zh, title_en = "notice-published", "公告已发布", "The notice is published"


class NumberTaken(Conflict):
    """Another notice has this number."""

    code, title_zh, title_en = "notice-number-taken", "公告文号已使用", "The number is taken"


def create_notice(session: Session, actor: Actor, new: NoticeCreate) -> Notice:
    """Draft a notice.

    Raises:
        NotFound: the jurisdiction, or the notice that it amends, is absent or not the actor's.
        NumberTaken, Invalid: the number; the trading centre or the document.
        NoticePublished: what it amends is not published yet, or is a supplementary notice itself.

    """
    values: dict[str, Any] = {"centre": new.centre, "method": new.method}
    if new.amends_id is not None:
        amended = queries.notice_by_id(session, actor, new.amends_id)
        if amended.published_on is None or amended.amends_id is not None:
            raise NoticePublished("只能补充已发布的原公告。", "Only a published original notice can be amended.")
        values = {"centre": amended.centre, "method": amended.method, "amends_id": amended.id}
        values["jurisdiction_id"] = amended.jurisdiction_id
    else:
        values["jurisdiction_id"] = regions.jurisdiction_by_code(session, actor, new.jurisdiction or "").id
    _refuse_centre(values["centre"])
    _refuse_number(session, values["jurisdiction_id"], new.number)
    notice = Notice(number=new.number, title=new.title, **values)
    session.add(notice)
    session.flush()
    if new.document_id is not None:
        check_document(session, actor, notice, new.document_id, "/document_id")
        notice.document_id = new.document_id
    after = {name: getattr(notice, name) for name in ("number", "title", "method", "centre", "amends_id")}
    record(session, Action.NOTICE_CREATED, "notice", notice.id, after=after)
    return notice


def _refuse_centre(key: str | None) -> None:
    if key is not None and key not in centres():
        zh, en = f"没有交易中心“{key[:60]}”", f"There is no trading centre {key[:60]!r}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/centre", "unknown-centre", zh, en)])


def _refuse_number(session: Session, jurisdiction_id: int, number: str) -> None:
    same = select(Notice.id).where(Notice.jurisdiction_id == jurisdiction_id, Notice.number == number)
    if (found := session.scalar(same)) is not None:
        raise NumberTaken(f"文号“{number}”已使用。", f"The number {number} is taken.", facts={"notice": found})


def refuse_published(notice: Notice) -> None:
    """Refuse to change a notice that is out. Raises NoticePublished."""
    if notice.published_on is not None:
        raise NoticePublished(
            f"公告已于 {notice.published_on} 发布，如须更改请发补充公告。",
            f"The notice was published on {notice.published_on}; a supplementary notice can change it.",
        )


def change_notice(session: Session, actor: Actor, notice_id: int, change: NoticeChange, *, version: int) -> Notice:
    """Change a draft.

    Raises:
        NotFound, PreconditionFailed, NoticePublished, NumberTaken.
        Invalid: the trading centre or the document.

    """
    notice = held_notice(session, actor, notice_id, version=version)
    refuse_published(notice)
    values = {name: getattr(change, name) for name in change.model_fields_set}
    values = {name: value for name, value in values.items() if value is not None or name in {"centre", "document_id"}}
    _refuse_centre(values.get("centre"))
    if "number" in values and values["number"] != notice.number:
        _refuse_number(session, notice.jurisdiction_id, values["number"])
    if values.get("document_id") is not None:
        check_document(session, actor, notice, values["document_id"], "/document_id")
    before = {name: getattr(notice, name) for name in values}
    for name, value in values.items():
        setattr(notice, name, value)
    touch(notice)
    record(session, Action.NOTICE_CHANGED, "notice", notice.id, before=before, after=values)
    return notice


def draft_lot(session: Session, actor: Actor, notice_id: int, new: LotCreate, *, version: int) -> Lot:
    """Add a lot to a draft notice: the next round of an approved scheme, with the floor that the scheme decided.

    Raises:
        NotFound, PreconditionFailed, NoticePublished.
        SchemeNotReady: the scheme is not approved, of another jurisdiction or method, or offered already.
        MustBid: its use can't be given to a known taker.
        Invalid: an index of standard land is unknown.

    """
    notice = held_notice(session, actor, notice_id, version=version)
    refuse_published(notice)
    if notice.amends_id is not None:
        raise NoticePublished("补充公告不能增加宗地。", "A supplementary notice adds no lots.")
    scheme = ready_scheme(session, notice, new.scheme_id)
    rounds = queries.rounds_of(session, scheme.id)
    if busy := [each for each in rounds if each.stage in {LotStage.draft, *LIVE}]:
        raise SchemeNotReady(
            f"该方案已在宗地 {busy[0].number} 中。",
            f"The scheme is in the lot {busy[0].number}.",
            facts={"lot": busy[0].id},
        )
    parcels = session.scalars(select(SchemeParcel.parcel_id).where(SchemeParcel.scheme_id == scheme.id)).all()
    case = checking.case_of(session, notice, scheme.id)
    housing = sells_market_housing(session, parcels)
    terms.refuse_unbid(case.method, case.uses, market_housing=housing)
    number = max((each.round for each in rounds), default=0) + 1
    check_indices(new.terms.indicators or (), INDICES)
    values = {**terms.given(new.terms), "floor_yuan": scheme.floor_yuan}
    lot = Lot(notice_id=notice.id, scheme_id=scheme.id, number=new.number, round=number, **values)
    session.add(lot)
    session.flush()
    session.add_all([LotParcel(lot_id=lot.id, parcel_id=each, live=False) for each in sorted(parcels)])
    touch(notice)
    session.flush()
    after = {"notice": notice.id, "scheme": scheme.id, "number": lot.number, "round": lot.round}
    record(session, Action.LOT_DRAFTED, "lot", lot.id, after=after)
    return lot


def change_lot(session: Session, actor: Actor, lot_id: int, change: LotChange, *, version: int) -> Lot:
    """Change number or terms of a draft lot.

    Raises:
        NotFound, PreconditionFailed, NoticePublished.
        Invalid: it would end before it begins, or an index of standard land is unknown.

    """
    lot = _draft(session, actor, lot_id, version)
    check_indices(change.terms.indicators or (), INDICES)
    values = terms.given(change.terms) | ({} if change.number is None else {"number": change.number})
    before = {name: getattr(lot, name) for name in values}
    for name, value in values.items():
        setattr(lot, name, value)
    refuse_reversed(lot)
    touch(lot)
    session.flush()
    seen = [name for name in values if name != "winner"]  # a taker's name stays out of the log
    record(
        session,
        Action.LOT_CHANGED,
        "lot",
        lot.id,
        before={name: before[name] for name in seen},
        after={name: values[name] for name in seen},
    )
    return lot


def refuse_reversed(lot: Lot) -> None:
    """Refuse an end before the beginning. Raises Invalid."""
    if lot.opens_at is not None and lot.closes_at is not None and lot.closes_at <= lot.opens_at:
        zh, en = "截止时间应晚于开始时间", "The end lies after the start"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/terms/closes_at", "dates-reversed", zh, en)])


def drop_lot(session: Session, actor: Actor, lot_id: int, *, version: int) -> None:
    """Take a draft lot out of its notice; its round number is free again. Raises as `change_lot` does."""
    lot = _draft(session, actor, lot_id, version)
    before = {"notice": lot.notice_id, "scheme": lot.scheme_id, "number": lot.number, "round": lot.round}
    session.execute(delete(LotParcel).where(LotParcel.lot_id == lot.id))
    session.delete(lot)
    session.flush()
    record(session, Action.LOT_DROPPED, "lot", lot.id, before=before)


def _draft(session: Session, actor: Actor, lot_id: int, version: int) -> Lot:
    lot = held_lot(session, actor, lot_id, version=version)
    if lot.stage != LotStage.draft:
        raise NoticePublished("宗地已公告，如须更改请发补充公告。", "The lot is announced; amend its notice.")
    return lot


def _land_is_fixed(_: psycopg.Error) -> NoticePublished:
    return NoticePublished(
        "宗地已公告，其地块不能再增减或更换；如需调整，请终止本轮后重新出让。",
        "The lot is announced: its land is fixed. To change it, end the round and offer the land anew.",
    )


problems.CONSTRAINTS["lot_parcel_fixed"] = _land_is_fixed
