"""What changes a scheme's contents: a new one, its data, land, uses, evidence; and its end. Steps: step_commands."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.errors import FieldError, Invalid, NotFound
from service.core.spelling import folded
from service.parcels.models import Parcel, ParcelLandUse
from service.plans.classes import USES, class_of
from service.rules.book import rulebook
from service.schemes import queries, states
from service.schemes.changes import SchemeChange, SchemeCreate, SchemeParcelSet, SchemeUseSet
from service.schemes.evidence import CONDITION_ITEMS
from service.schemes.holding import check_document, held, land, note, refuse_number, touch
from service.schemes.models import SchemeEvidence, SchemeParcel, SchemeUse, SupplyScheme
from service.schemes.states import SchemeAction, SchemeStatus
from service.schemes.uses import Component, shares

_DOCUMENTS = ("conditions_document_id", "price_document_id")


def create_scheme(session: Session, actor: Actor, new: SchemeCreate) -> SupplyScheme:
    """Begin a scheme for parcels, as a draft; its uses are those of the land.

    Raises:
        Invalid: a parcel is unknown or can't be supplied.
        ParcelInScheme: another scheme holds it.

    """
    parcels = land(session, actor, new.parcels)
    more = f"等{len(parcels)}宗" if len(parcels) > 1 else ""
    scheme = SupplyScheme(
        jurisdiction_id=parcels[0].jurisdiction_id,
        title=new.title or f"{parcels[0].name or parcels[0].code}{more}供地方案",
        method=new.method,
        level=new.level,
        status=SchemeStatus.draft,
        conditions_items=[],
    )
    session.add(scheme)
    session.flush()
    session.add_all(SchemeParcel(scheme_id=scheme.id, parcel_id=parcel.id) for parcel in parcels)
    session.add_all(_uses_of_land(session, scheme, parcels))
    note(session, actor, scheme, "create", clock.today())
    after = {
        "title": scheme.title, "method": scheme.method, "level": scheme.level,
        "parcels": [parcel.code for parcel in parcels],
    }  # fmt: skip
    record(session, Action.SCHEME_CREATED, "scheme", scheme.id, after=after)
    return scheme


def _uses_of_land(session: Session, scheme: SupplyScheme, parcels: Sequence[Parcel]) -> list[SchemeUse]:
    """Return the uses that the parcels' land uses say, with the longest term of the law; allocated land has none."""
    mixed: dict[int, list[ParcelLandUse]] = {}
    for row in session.scalars(select(ParcelLandUse).where(ParcelLandUse.parcel_id.in_([each.id for each in parcels]))):
        mixed.setdefault(row.parcel_id, []).append(row)
    components = []
    for parcel in parcels:
        own = [(row.scheme, row.code, row.share, row.max_term_years) for row in mixed.get(parcel.id, [])]
        if not own and parcel.land_use_scheme is not None and parcel.land_use_code is not None:
            own = [(parcel.land_use_scheme, parcel.land_use_code, Decimal(1), None)]
        for list_, code, share, term in own:
            use_class = class_of(list_, code)
            if use_class in USES:
                components.append(Component(use_class, parcel.area_m2 * share, term))
    longest = rulebook().at(clock.today(), "", method=scheme.method).find("R20")
    return [
        SchemeUse(
            scheme_id=scheme.id,
            use_class=use.use_class,
            share=use.share,
            term_years=None if longest is None else use.term or longest.number_of("longest", use.use_class),
        )
        for use in shares(components)
    ]


def change_scheme(
    session: Session, actor: Actor, scheme_id: int, change: SchemeChange, *, version: int
) -> SupplyScheme:
    """Change what a draft says.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        NumberTaken: another scheme has the number.
        Invalid: no such document, or a reserve below the floor.

    """
    scheme = held(session, actor, scheme_id, SchemeAction.edit, version=version)
    given = change.model_dump(exclude_unset=True)
    for name in _DOCUMENTS:
        check_document(session, actor, scheme, given.get(name), f"/{name}")
    if "conditions_items" in given:
        given["conditions_items"] = sorted(set(given["conditions_items"]))
        _refuse_unknown_items(given["conditions_items"])
    refuse_number(session, scheme, given.get("number"))
    before = {name: getattr(scheme, name) for name in given}
    for name, value in given.items():
        setattr(scheme, name, value)
    _refuse_prices(scheme)
    changed(session, scheme, before, given)
    return scheme


def changed(session: Session, scheme: SupplyScheme, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Count and audit a change of a draft."""
    touch(scheme)
    session.flush()
    record(session, Action.SCHEME_CHANGED, "scheme", scheme.id, before=before, after=after)


def _refuse_unknown_items(items: Sequence[str]) -> None:
    unknown = [item for item in items if item not in CONDITION_ITEMS]
    if unknown:
        zh, en = f"没有规划条件“{unknown[0]}”", f"There is no condition {unknown[0]!r}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/conditions_items", "unknown-code", zh, en)])


def _refuse_prices(scheme: SupplyScheme) -> None:
    if scheme.floor_yuan is not None and scheme.reserve_yuan is not None and scheme.reserve_yuan < scheme.floor_yuan:
        zh, en = "保留底价不能低于出让最低价", "The reserve can't be below the floor"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/reserve_yuan", "below-floor", zh, en)])


def set_parcels(
    session: Session, actor: Actor, scheme_id: int, items: Sequence[SchemeParcelSet], *, version: int
) -> SupplyScheme:
    """Say which land a draft is about, and what it was before; evidence for land that leaves goes with it.

    Raises:
        NotFound, PreconditionFailed, WrongStatus, ParcelInScheme.
        Invalid: a parcel is unknown or can't be supplied; an unknown use.

    """
    scheme = held(session, actor, scheme_id, SchemeAction.edit, version=version)
    for at, item in enumerate(items):
        _refuse_use(item.use_before, f"/items/{at}/use_before")
    parcels = {folded(each.code): each.id for each in land(session, actor, [item.code for item in items], scheme)}
    before = {"parcels": [_told(link, parcel.code) for link, parcel in queries.parcels_of(session, scheme.id)]}
    mine = SchemeEvidence.scheme_id == scheme.id
    gone = SchemeEvidence.parcel_id.is_not(None) & SchemeEvidence.parcel_id.not_in(parcels.values())
    session.execute(delete(SchemeEvidence).where(mine, gone))
    session.execute(delete(SchemeParcel).where(SchemeParcel.scheme_id == scheme.id))
    session.expire_all()
    for item in items:
        facts = item.model_dump(exclude={"code"})
        session.add(SchemeParcel(scheme_id=scheme.id, parcel_id=parcels[folded(item.code)], **facts))
    changed(session, scheme, before, {"parcels": [item.model_dump() for item in items]})
    return scheme


def _told(link: SchemeParcel, code: str) -> dict[str, Any]:
    return {
        "code": code,
        **{name: getattr(link, name) for name in ("farmland", "collective", "use_before", "polluted")},
    }


def _refuse_use(use: str | None, pointer: str) -> None:
    if use is not None and use not in USES:
        zh, en = f"没有用途“{use}”", f"There is no use {use!r}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError(pointer, "unknown-code", zh, en)])


def set_uses(
    session: Session, actor: Actor, scheme_id: int, items: Sequence[SchemeUseSet], *, version: int
) -> SupplyScheme:
    """Say which uses the land of a draft is supplied for, for how long, and their shares.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        Invalid: an unknown use, or one named twice.

    """
    scheme = held(session, actor, scheme_id, SchemeAction.edit, version=version)
    for at, item in enumerate(items):
        _refuse_use(item.use_class, f"/items/{at}/use_class")
        if item.use_class in [each.use_class for each in items[:at]]:
            zh, en = "用途重复", "A use is named twice"
            raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError(f"/items/{at}/use_class", "twice", zh, en)])
    names = ("use_class", "term_years", "share")
    before = {"uses": [{name: getattr(use, name) for name in names} for use in queries.uses_of(session, scheme.id)]}
    session.execute(delete(SchemeUse).where(SchemeUse.scheme_id == scheme.id))
    session.expire_all()
    session.add_all(SchemeUse(scheme_id=scheme.id, **item.model_dump()) for item in items)
    changed(session, scheme, before, {"uses": [item.model_dump() for item in items]})
    return scheme


def spend_scheme(
    session: Session,
    actor: Actor,
    scheme_id: int,
    *,
    effective_on: dt.date,
    document_id: int | None = None,
    note_: str | None = None,
) -> SupplyScheme:
    """Note that a scheme's land went back: its contract was rescinded, or the land taken back.

    Part of that act: the caller has checked that the actor may do it, and holds contract and lot. The scheme lets go of
    its parcels; another supply needs another scheme. One that is spent already stays as it is.

    Raises:
        NotFound: absent.
        WrongStatus: it was never approved.

    """
    scheme = session.get(SupplyScheme, scheme_id, with_for_update=True, populate_existing=True)
    if scheme is None:
        raise NotFound(f"没有编号为 {scheme_id} 的供地方案。", f"There is no scheme {scheme_id}.")
    if scheme.status == SchemeStatus.spent:
        return scheme
    before = {"status": scheme.status, "version": scheme.version}
    scheme.status = states.after(SchemeStatus(scheme.status), SchemeAction.spend)
    touch(scheme)
    session.flush()
    note(session, actor, scheme, SchemeAction.spend, effective_on, document_id=document_id, note=note_)
    after = {"status": scheme.status, "version": scheme.version}
    record(session, Action.SCHEME_SPENT, "scheme", scheme.id, before=before, after=after)
    return scheme
