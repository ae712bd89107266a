"""What commands on lots begin with: the row locked and as its caller saw it; and how a lot holds its parcels."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import Conflict, PreconditionFailed
from service.documents import queries as documents
from service.listings import queries
from service.listings.changes import Act
from service.listings.lifecycle import EVENT_OF_PARCEL, LotStage
from service.listings.models import Lot, Notice
from service.parcels import governing
from service.parcels.governing import Hold
from service.parcels.lifecycle import EventKind
from service.regions.models import Jurisdiction
from service.schemes.models import SupplyScheme
from service.schemes.states import SchemeStatus

_ALL = frozenset({*EVENT_OF_PARCEL.values(), EventKind.contract})
# What is sold or awarded waits for its contract; a court may still stop that.
_GOVERNED = dict.fromkeys((LotStage.announced, LotStage.open, LotStage.publicised), _ALL)
_GOVERNED |= dict.fromkeys((LotStage.sold, LotStage.awarded), _ALL - {EventKind.suspend, EventKind.resume})


class SchemeNotReady(Conflict):
    """The scheme is not approved, not this jurisdiction's or method's, or its land is offered already."""

    code, title_zh, title_en = "scheme-not-ready", "供地方案不能上市", "The scheme can't be offered"


def _holds(session: Session, parcel_ids: Collection[int]) -> Sequence[Hold]:
    return [
        Hold(
            parcel_id,
            "lot",
            lot.id,
            f"交易宗地 {lot.number}（第 {lot.round} 轮）",
            f"the lot {lot.number} (round {lot.round})",
            _GOVERNED[LotStage(lot.stage)],
        )
        for parcel_id, lot in queries.live_lots_on(session, parcel_ids)
    ]


governing.register("lot", _holds)


def held_lot(session: Session, actor: Actor, lot_id: int, *, version: int) -> Lot:
    """Lock a lot that its caller has seen. Raises NotFound, PreconditionFailed with what it is by now."""
    lot = queries.lot_by_id(session, actor, lot_id, lock="wait")
    if lot.version != version:
        raise PreconditionFailed(
            f"宗地已被他人修改（现为第 {lot.version} 次修改），请刷新后重试。",
            f"The lot is at version {lot.version} by now; reload and try again.",
            facts={"version": lot.version, "stage": str(lot.stage), "hold": str(lot.hold)},
        )
    return lot


def held_notice(session: Session, actor: Actor, notice_id: int, *, version: int) -> Notice:
    """Lock a notice that its caller has seen. Raises NotFound, PreconditionFailed."""
    notice = queries.notice_by_id(session, actor, notice_id, lock=True)
    if notice.version != version:
        raise PreconditionFailed(
            f"公告已被他人修改（现为第 {notice.version} 次修改），请刷新后重试。",
            f"The notice is at version {notice.version} by now; reload and try again.",
            facts={"version": notice.version, "published_on": notice.published_on},
        )
    return notice


def ready_scheme(session: Session, notice: Notice, scheme_id: int) -> SupplyScheme:
    """Return a scheme that a notice can offer, locked until the end. Raises SchemeNotReady."""
    wanted = select(SupplyScheme).where(SupplyScheme.id == scheme_id)
    scheme = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if scheme is None or scheme.jurisdiction_id != notice.jurisdiction_id:
        raise SchemeNotReady(f"本管辖区没有方案 {scheme_id}。", f"The jurisdiction has no scheme {scheme_id}.")
    if scheme.status != SchemeStatus.approved or scheme.method != notice.method:
        raise SchemeNotReady(
            "方案须已批准，且供应方式与公告一致。",
            "The scheme has to be approved, and of the notice's way of supply.",
            facts={"status": str(scheme.status), "method": str(scheme.method)},
        )
    return scheme


def touch(row: Lot | Notice) -> None:
    """Count a change."""
    row.version += 1


def check_document(session: Session, actor: Actor, notice: Notice, document_id: int, pointer: str) -> None:
    """Demand a document that everybody who sees the notice and its lots may see."""
    own = session.scalars(select(Jurisdiction.code).where(Jurisdiction.id == notice.jurisdiction_id)).one()
    documents.refuse_unseen(session, actor, own, document_id, pointer=pointer)


def check_documents(session: Session, actor: Actor, notice: Notice, order: Act) -> None:
    """Demand that an act's document, and that of its override, are there and may be seen."""
    if order.document_id is not None:
        check_document(session, actor, notice, order.document_id, "/document_id")
    if order.override is not None:
        check_document(session, actor, notice, order.override.document_id, "/override/document_id")
