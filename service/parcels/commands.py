"""What changes a parcel: making one, its attributes. For its state see `event_commands.py`."""

import datetime as dt
import operator
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.codes import queries as codes
from service.core import clock
from service.core.errors import FieldError, Invalid, PreconditionFailed
from service.geo.area import area_ellipsoid_m2, area_plane_m2, cents
from service.geo.crs import CGCS2000
from service.parcels import identifiers, lifecycle, planning, queries
from service.parcels.changes import LandUse, ParcelChange, ParcelCreate, Planning
from service.parcels.lifecycle import EventKind, Stage, State
from service.parcels.models import Parcel, ParcelEvent, ParcelLandUse
from service.parcels.numbering import cadastral_code, free_cadastral_code, free_code
from service.regions import queries as regions
from service.regions.queries import Placement

_SHARES_SLACK = Decimal("0.001")  # three thirds of four decimals
_PLAIN = ("name", "address", "area_legal_m2", "registered_on")


class FutureDate(Invalid):
    """A day after today on something that has happened."""

    code, title_zh, title_en = "future-date", "日期晚于今天", "Date in the future"


def create_parcel(
    session: Session,
    actor: Actor,
    new: ParcelCreate,
    shape: MultiPolygon,
    *,
    state: State = State(Stage.candidate),  # noqa: B008 - a constant tuple
    effective_on: dt.date | None = None,
    told: Mapping[str, object] | None = None,
) -> Parcel:
    """Register a parcel of a valid shape (EPSG:4490), in the state that its first event says.

    Areas and region are computed; `told` is what else the audit log keeps.

    Raises:
        Invalid: number, land use or planning bound is wrong.
        NotFound: the jurisdiction is absent or not the actor's.
        NumberTaken: another parcel has the code or cadastral code.

    """
    since = effective_on or clock.today()
    refuse_future("/effective_on", since)
    jurisdiction = regions.jurisdiction_by_code(session, actor, new.jurisdiction)
    placed = _place(session, shape)
    parcel = Parcel(
        code=free_code(session, new.code),
        jurisdiction_id=jurisdiction.id,
        county_code=placed.county_code,
        region_id=placed.region_id,
        geom=from_shape(shape, srid=CGCS2000),
        area_plane_m2=cents(area_plane_m2(shape)),
        area_ellipsoid_m2=cents(area_ellipsoid_m2(shape)),
        stage=state.stage,
        hold=state.hold,
        idle=state.idle,
        stage_since=since,
        lot_number=new.lot_number and identifiers.normalise_lot_number(new.lot_number),
        land_use_given=new.land_use_given,
        **{name: getattr(new, name) for name in _PLAIN},
    )
    _set_cadastral_code(session, parcel, new.cadastral_code)
    _set_planning(parcel, new.planning)
    session.add(parcel)
    session.flush()
    _set_land_uses(session, parcel, new.land_uses)
    kind = EventKind.propose if state == State(Stage.candidate) else EventKind.adopt
    effect = lifecycle.advance(None, kind, delivered=state)
    event = ParcelEvent(parcel_id=parcel.id, kind=kind, effective_on=since, actor=actor.label, **effect._asdict())
    session.add(event)
    session.flush()
    after = {
        "jurisdiction": jurisdiction.code,
        **state._asdict(),
        **_attributes(session, parcel, ParcelChange.model_fields),
        **(told or {}),
    }
    record(session, Action.PARCEL_REGISTERED, "parcel", parcel.code, after=after)
    return parcel


def change_attributes(session: Session, actor: Actor, number: str, change: ParcelChange, *, version: int) -> Parcel:
    """Change the attributes that are given; what is left out stays.

    Raises:
        NotFound: absent or not visible, or no such region.
        PreconditionFailed: the parcel has moved on from `version`.
        Invalid: a value is wrong; `errors` names it.
        NumberTaken: another parcel has the cadastral code.

    """
    parcel = queries.parcel_for_update(session, actor, number)
    refuse_stale(parcel, version)
    given = change.model_fields_set
    before = _attributes(session, parcel, given)
    for name in given.intersection(_PLAIN):
        setattr(parcel, name, getattr(change, name))
    if "registered_on" in given and change.registered_on is not None:
        refuse_future("/registered_on", change.registered_on)
    if "cadastral_code" in given:
        _set_cadastral_code(session, parcel, change.cadastral_code)
    if "lot_number" in given:
        parcel.lot_number = change.lot_number and identifiers.normalise_lot_number(change.lot_number)
    if "region_code" in given:
        _set_region(session, actor, parcel, change.region_code)
    if "land_uses" in given:
        _set_land_uses(session, parcel, change.land_uses)
    if "planning" in given:
        _set_planning(parcel, change.planning)
    touch(parcel)
    session.flush()
    after = _attributes(session, parcel, given)
    record(session, Action.PARCEL_CHANGED, "parcel", parcel.code, before=before, after=after)
    return parcel


def refuse_stale(parcel: Parcel, version: int) -> None:
    """Refuse a change that is based on another version than the present one; the problem names that one."""
    if parcel.version != version:
        raise PreconditionFailed(
            f"地块 {parcel.code} 已被他人修改(现为第 {parcel.version} 版),请刷新后重试。",
            f"Parcel {parcel.code} is at version {parcel.version} by now; reload and try again.",
            facts={"version": parcel.version},
        )


def refuse_future(pointer: str, day: dt.date) -> None:
    """Refuse a day after today."""
    if day > clock.today():
        zh, en = f"{day} 晚于今天 {clock.today()}", f"{day} is after today, {clock.today()}"
        raise FutureDate(f"{zh}。", f"{en}.", errors=[FieldError(pointer, "future-date", zh, en)])


def touch(parcel: Parcel) -> None:
    """Count a change: the ETag that others hold is no longer good."""
    parcel.version += 1
    parcel.updated_at = clock.now()


def _place(session: Session, shape: MultiPolygon) -> Placement:
    inside = shape.representative_point()
    return regions.placements(session, [inside.x], [inside.y])[0]


def _set_region(session: Session, actor: Actor, parcel: Parcel, code: str | None) -> None:
    """Put the parcel into a township by hand, or (None) let its shape decide again."""
    parcel.region_overridden = code is not None
    if code is None:
        inside = func.ST_PointOnSurface(Parcel.geom)
        lon, lat = session.execute(select(func.ST_X(inside), func.ST_Y(inside)).where(Parcel.id == parcel.id)).one()
        parcel.region_id = regions.placements(session, [lon], [lat])[0].region_id
        return
    region = regions.region_by_code(session, actor, code)
    if region.level != "township":
        zh, en = f"“{region.name}”不是办事处(乡镇)", f"{region.name_en} is not a township"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/region_code", "not-a-township", zh, en)])
    parcel.region_id = region.id


def _set_cadastral_code(session: Session, parcel: Parcel, text: str | None) -> None:
    if text is None:
        parcel.cadastral_code = None
        return
    if cadastral_code(text) != parcel.cadastral_code:
        parcel.cadastral_code = free_cadastral_code(session, text)


def _set_planning(parcel: Parcel, given: Planning) -> None:
    for name in planning.FIELDS:
        if name in given.model_fields_set:
            bound = getattr(given, name)
            setattr(parcel, name, bound and planning.to_range(name, planning.Bound(**bound.model_dump())))


def _set_land_uses(session: Session, parcel: Parcel, uses: Sequence[LandUse]) -> None:
    """Replace the components; the one with the largest share is the main use.

    A single use with its usual term has no component of its own: the parcel's main use says it all.
    """
    _check_land_uses(uses)
    session.execute(delete(ParcelLandUse).where(ParcelLandUse.parcel_id == parcel.id))
    if len(uses) == 1 and uses[0].max_term_years in {None, codes.max_term_years(uses[0].scheme, uses[0].code)}:
        parcel.land_use_scheme, parcel.land_use_code = uses[0].scheme, uses[0].code
        return
    for ordinal, use in enumerate(uses, start=1):
        term = use.max_term_years or codes.max_term_years(use.scheme, use.code)
        values = use.model_dump(exclude={"max_term_years"})
        session.add(ParcelLandUse(parcel_id=parcel.id, ordinal=ordinal, max_term_years=term, **values))
    main = sorted(uses, key=operator.attrgetter("share"), reverse=True)[:1]
    parcel.land_use_scheme, parcel.land_use_code = (main[0].scheme, main[0].code) if main else (None, None)


def _check_land_uses(uses: Sequence[LandUse]) -> None:
    errors = [
        FieldError(
            f"/land_uses/{i}/code",
            "unknown-code",
            f"代码表 {use.scheme} 中没有 {use.code}",
            f"{use.code} is not in the code list {use.scheme}",
        )
        for i, use in enumerate(uses)
        if codes.code_of(use.scheme, use.code) is None
    ]
    total = sum((use.share for use in uses), Decimal(0))
    if uses and abs(total - 1) > _SHARES_SLACK:
        errors.append(
            FieldError("/land_uses", "shares", f"份额之和应为 1,现为 {total}", f"Shares sum to {total}, not 1")
        )
    if errors:
        raise Invalid(errors[0].zh + "。", errors[0].en + ".", errors=errors)


def _attributes(session: Session, parcel: Parcel, names: Iterable[str]) -> dict[str, Any]:
    """Return attributes as the audit log keeps them."""
    values: dict[str, Any] = {}
    for name in names:
        if name == "land_uses":
            uses = select(ParcelLandUse).where(ParcelLandUse.parcel_id == parcel.id).order_by(ParcelLandUse.ordinal)
            values[name] = [f"{use.scheme}:{use.code} {use.share:.4f}" for use in session.scalars(uses)]
            if not values[name] and parcel.land_use_code:
                values[name] = [f"{parcel.land_use_scheme}:{parcel.land_use_code} {1:.4f}"]
        elif name == "planning":
            values |= {bound: planning.to_json(bound, getattr(parcel, bound)) for bound in planning.FIELDS}
        elif name == "region_code":
            values |= {"region_id": parcel.region_id, "region_overridden": parcel.region_overridden}
        else:
            values[name] = getattr(parcel, name)
    return values
