"""What commands on schemes begin with: the scheme locked and in a status that allows it, and the land it may take."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import Conflict, FieldError, Invalid, PreconditionFailed
from service.core.spelling import folded
from service.documents import queries as documents
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel, code_key
from service.parcels.queries import visible_parcels
from service.schemes import queries, states
from service.schemes.models import SchemeStep, SupplyScheme
from service.schemes.states import SchemeAction, SchemeStatus


class ParcelInScheme(Conflict):
    """Another scheme holds the land; `schemes` maps parcels to them."""

    code, title_zh, title_en = "parcel-in-scheme", "地块已在供地方案中", "The land is in a scheme"


class NumberTaken(Conflict):
    """Another scheme of the jurisdiction has this number; `scheme` is its id."""

    code, title_zh, title_en = "scheme-number-taken", "方案文号重复", "The number is taken"


def held(session: Session, actor: Actor, scheme_id: int, action: SchemeAction, *, version: int) -> SupplyScheme:
    """Lock a scheme for an action. Raises NotFound, PreconditionFailed, WrongStatus."""
    scheme = queries.scheme_by_id(session, actor, scheme_id, lock=True)
    if scheme.version != version:
        last = queries.last_change(session, scheme.id)
        raise PreconditionFailed(
            f"供地方案已被他人修改（现为第 {scheme.version} 次修改），请刷新后重试。",
            f"The scheme is at version {scheme.version} by now; reload and try again.",
            facts={"version": scheme.version, "status": str(scheme.status), "by": last},
        )
    states.after(SchemeStatus(scheme.status), action)
    return scheme


def touch(scheme: SupplyScheme) -> None:
    """Count a change."""
    scheme.version += 1


def check_document(
    session: Session, actor: Actor, scheme: SupplyScheme, document_id: int | None, pointer: str = "/document_id"
) -> None:
    """Demand a document that everybody who sees the scheme may see."""
    if document_id is not None:
        own = queries.jurisdiction_of(session, scheme).code
        documents.refuse_unseen(session, actor, own, document_id, pointer=pointer)


def land(session: Session, actor: Actor, codes: Sequence[str], scheme: SupplyScheme | None = None) -> list[Parcel]:
    """Return the parcels that a scheme may take, locked in the order of their ids.

    Raises:
        Invalid: a parcel is unknown, named twice, split or merged away, taken back, or of another jurisdiction.
        ParcelInScheme: another scheme holds it.

    """
    keys = [folded(code) for code in codes]
    wanted = visible_parcels(actor).where(code_key.in_(keys)).order_by(Parcel.id).with_for_update(of=Parcel)
    found = list(session.scalars(wanted.execution_options(populate_existing=True)))
    known = {folded(parcel.code): parcel for parcel in found}
    faults = [
        FieldError(f"/parcels/{at}", rule, zh, en)
        for at, key in enumerate(keys)
        for rule, zh, en in [_fault(codes[at], known.get(key), twice=key in keys[:at])]
        if rule
    ]
    if (
        not faults
        and len({parcel.jurisdiction_id for parcel in found} | ({scheme.jurisdiction_id} if scheme else set())) > 1
    ):
        faults = [FieldError("/parcels", "one-jurisdiction", "地块须属于同一管辖区", "The land is of one jurisdiction")]
    if faults:
        raise Invalid(f"{faults[0].zh}。", f"{faults[0].en}.", errors=faults)
    _refuse_taken(session, found, scheme)
    return found


def _fault(code: str, parcel: Parcel | None, *, twice: bool) -> tuple[str, str, str]:
    if parcel is None:
        return "unknown-parcel", f"没有地块 {code}", f"There is no parcel {code}"
    if twice:
        return "twice", f"地块 {parcel.code} 重复", f"Parcel {parcel.code} is named twice"
    if parcel.retired_by is not None:
        return "parcel-retired", f"地块 {parcel.code} 已分割或合并", f"Parcel {parcel.code} was split or merged"
    if parcel.stage == Stage.reclaimed:
        return "parcel-reclaimed", f"地块 {parcel.code} 已收回,须先入储备", f"Parcel {parcel.code} was taken back"
    return "", "", ""


def _refuse_taken(session: Session, land_: Sequence[Parcel], scheme: SupplyScheme | None) -> None:
    codes = {parcel.id: parcel.code for parcel in land_}
    taken = queries.live_schemes(session, codes)
    others = {codes[number]: each for number, each in taken.items() if scheme is None or each.id != scheme.id}
    if others:
        code, other = next(iter(others.items()))
        raise ParcelInScheme(
            f"地块 {code} 已在供地方案“{other.title}”中。",
            f"Parcel {code} is in the scheme “{other.title}”.",
            facts={"schemes": {code: each.id for code, each in others.items()}},
        )


def note(
    session: Session,
    actor: Actor,
    scheme: SupplyScheme,
    kind: str,
    day: dt.date,
    **told: Any,  # noqa: ANN401 - columns
) -> None:
    """Keep a step."""
    session.add(SchemeStep(scheme_id=scheme.id, kind=str(kind), effective_on=day, actor=actor.label, **told))
    session.flush()


def refuse_number(session: Session, scheme: SupplyScheme, number: str | None) -> None:
    """Refuse a number that another scheme of the jurisdiction has. Raises NumberTaken."""
    if number is None:
        return
    wanted = select(SupplyScheme.id).where(
        SupplyScheme.jurisdiction_id == scheme.jurisdiction_id,
        SupplyScheme.number == number,
        SupplyScheme.id != scheme.id,
    )
    if (other := session.scalar(wanted)) is not None:
        raise NumberTaken(f"已有方案用文号 {number}。", f"A scheme has the number {number}.", facts={"scheme": other})
