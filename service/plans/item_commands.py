"""What changes the items of a draft: added, changed, removed, carried over from the year before."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.core.errors import Conflict, FieldError, Invalid, PreconditionFailed
from service.core.plurals import Count
from service.geo.crs import CGCS2000
from service.geo.geojson import parse_polygon
from service.parcels.models import Parcel
from service.plans import item_queries, queries
from service.plans.changes import CarryOver, ItemChange, ItemCreate
from service.plans.holding import drop_plots, editable, known
from service.plans.models import PlanItem, PlanPlot, SupplyPlan
from service.plans.settling import Fault, Proposed, Values, settle
from service.regions.models import Region

RECORDED = (
    *("parcel_id", "name", "area_m2", "use_class", "housing_class", "land_use_scheme", "land_use_code"),
    *("source", "method", "quarter", "month", "region_id", "note", "version"),
)


class AlreadyPlanned(Conflict):
    """The plan has the parcel already; `key` is its item."""

    code, title_zh, title_en = "parcel-planned", "地块已在计划中", "The parcel is in the plan"


class NothingToCarry(Conflict):
    """The year before has no plan in force, or none of what was asked for is left unsold."""

    code, title_zh, title_en = "nothing-to-carry", "没有可结转的地块", "Nothing to carry over"


def add_item(session: Session, actor: Actor, plan_id: int, new: ItemCreate) -> PlanItem:
    """Put a plot into a draft.

    Raises:
        NotFound, WrongStatus.
        Invalid: a value is wrong; `errors` names it.
        AlreadyPlanned: the parcel is in the plan.

    """
    plan = editable(session, actor, plan_id)
    geom = None if new.geometry is None else parse_polygon(new.geometry)
    values = _settled(session, actor, plan, new.proposed(geom))
    _refuse_planned(session, plan, values, None)
    plot = PlanPlot(key=uuid.uuid4(), jurisdiction_id=plan.jurisdiction_id, year=plan.year)
    session.add(plot)
    session.flush()
    item = PlanItem(plan_id=plan.id, key=plot.key, geom=geom and from_shape(geom, srid=CGCS2000), **values)
    session.add(item)
    session.flush()
    record(session, Audited.PLAN_ITEM_ADDED, "plan_item", item.id, after=_recorded(item))
    return item


def change_item(
    session: Session, actor: Actor, plan_id: int, key: uuid.UUID, change: ItemChange, *, version: int
) -> PlanItem:
    """Change what is given of an item; what is left out stays.

    Raises:
        NotFound, WrongStatus.
        PreconditionFailed: somebody was faster; `changed` says what they changed, `by` and `at` who and when.
        Invalid, AlreadyPlanned: as for a new one.

    """
    plan = editable(session, actor, plan_id)
    item = item_queries.item_for_update(session, plan, key)
    _refuse_stale(session, item, version)
    given = change.model_fields_set
    geom = parse_polygon(change.geometry) if change.geometry is not None else None
    shape = geom if "geometry" in given else (item.geom is not None and to_shape(item.geom)) or None
    asked, kept = change.proposed(), _proposed(session, item)
    merged = {name: getattr(asked if name in given else kept, name) for name in Proposed.__slots__ if name != "geom"}
    if "month" in given and "quarter" not in given:
        merged["quarter"] = (change.month and (change.month + 2) // 3) or merged["quarter"]
    values = _settled(session, actor, plan, Proposed(**merged, geom=None if merged["parcel"] else shape))
    _refuse_planned(session, plan, values, item)
    before = _recorded(item)
    for name, value in values.items():
        setattr(item, name, value)
    item.geom = None if values["parcel_id"] or shape is None else from_shape(shape, srid=CGCS2000)
    item.version += 1
    session.flush()
    record(session, Audited.PLAN_ITEM_CHANGED, "plan_item", item.id, before=before, after=_recorded(item))
    return item


def remove_item(session: Session, actor: Actor, plan_id: int, key: uuid.UUID, *, version: int) -> None:
    """Take a plot out of a draft; its targets go with it unless they were published. Raises as a change does."""
    plan = editable(session, actor, plan_id)
    item = item_queries.item_for_update(session, plan, key)
    _refuse_stale(session, item, version)
    before = _recorded(item)
    session.delete(item)
    session.flush()
    drop_plots(session, [key])
    record(session, Audited.PLAN_ITEM_REMOVED, "plan_item", item.id, before=before)


def carry_over(session: Session, actor: Actor, plan_id: int, order: CarryOver) -> int:
    """Bring unsold plots of the year before into a draft, to be planned anew; return how many.

    Raises:
        NotFound, WrongStatus.
        NothingToCarry: there is no plan in force, or nothing of it is left.
        Invalid: a key that is not among what can be carried over.

    """
    plan = editable(session, actor, plan_id)
    before = queries.plan_in_force(session, plan.jurisdiction_id, plan.year - 1)
    found = {row.key: row for row in item_queries.unsold(session, before, plan)} if before else {}
    if unknown := [key for key in order.keys or () if key not in found]:
        zh, en = f"{len(unknown)} 宗不在可结转之列", f"{Count(len(unknown)):plot|plots} can't be carried over"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/keys", "not-unsold", zh, en)])
    keys = order.keys or list(found)
    if before is None or not keys:
        raise NothingToCarry(
            f"{plan.year - 1} 年度没有可结转的地块。", f"Nothing of {plan.year - 1} is left to carry over."
        )
    new = {old: uuid.uuid4() for old in dict.fromkeys(keys)}
    bound = {"plan": plan.id, "before": before.id, "old": list(new), "new": list(new.values())}
    session.execute(_CARRY_PLOTS, bound | {"jurisdiction": plan.jurisdiction_id, "year": plan.year})
    session.execute(_CARRY_ITEMS, bound)
    after = {"from": before.id, "items": len(new), "keys": [str(key) for key in new.values()][:1000]}
    record(session, Audited.PLAN_CARRIED_OVER, "plan", plan.id, after=after)
    return len(new)


_PAIRS = "unnest(CAST(:old AS uuid[]), CAST(:new AS uuid[])) AS pair (old, new)"
_CARRY_PLOTS = text(
    "INSERT INTO plan_plot (key, jurisdiction_id, year, carried_from) "  # noqa: S608 - our own fragment
    f"SELECT new, :jurisdiction, :year, old FROM {_PAIRS}"
)
_CARRY_ITEMS = text(f"""
    INSERT INTO plan_item (plan_id, key, parcel_id, name, geom, area_m2, use_class, housing_class, land_use_scheme,
        land_use_code, source, method, region_id, note)
    SELECT :plan, pair.new, i.parcel_id, i.name, i.geom, i.area_m2, i.use_class, i.housing_class, i.land_use_scheme,
        i.land_use_code, i.source, i.method, i.region_id, i.note
    FROM {_PAIRS} JOIN plan_item AS i ON i.plan_id = :before AND i.key = pair.old ORDER BY i.id
""")  # noqa: S608 - our own fragment


def _settled(session: Session, actor: Actor, plan: SupplyPlan, said: Proposed) -> Values:
    values, faults = settle(said, known(session, actor, plan, [said.parcel] if said.parcel else []))
    if faults:
        raise Invalid("内容有误。", "Some values are wrong.", errors=[_field_error(fault) for fault in faults])
    return values


def _field_error(fault: Fault) -> FieldError:
    return FieldError(f"/{fault.field}", fault.rule, fault.zh, fault.en)


def _refuse_planned(session: Session, plan: SupplyPlan, values: Values, own: PlanItem | None) -> None:
    if (parcel := values["parcel_id"]) is None:
        return
    wanted = select(PlanItem.key, PlanItem.id).where(PlanItem.plan_id == plan.id, PlanItem.parcel_id == parcel)
    row = session.execute(wanted).first()
    if row is not None and (own is None or row.id != own.id):
        raise AlreadyPlanned("该地块已列入本计划。", "The plan has this parcel already.", facts={"key": str(row.key)})


def _refuse_stale(session: Session, item: PlanItem, version: int) -> None:
    if item.version == version:
        return
    entries = queries.audited(session, "plan_item", item.id, last=max(1, min(100, item.version - version)))
    changed: dict[str, dict[str, Any]] = {}
    for entry in entries:  # the newest first: what it says last holds, what the oldest says was before
        for name in (entry.after or {}).keys() | (entry.before or {}).keys():
            now = changed.setdefault(name, {"after": (entry.after or {}).get(name)})
            now["before"] = (entry.before or {}).get(name)
    changed.pop("version", None)
    last = entries[0] if entries else None
    by = last.actor if last else "?"
    raise PreconditionFailed(
        f"该地块已被 {by} 修改：{'、'.join(sorted(changed)) or '—'}。请核对后重试。",
        f"{by} has changed this item: {', '.join(sorted(changed)) or '—'}. Look at it and try again.",
        facts={
            "version": item.version,
            "by": by,
            "at": last.recorded_at.isoformat() if last else None,
            "changed": changed,
        },
    )


def _proposed(session: Session, item: PlanItem) -> Proposed:
    """Return what an item says now, as if it were said anew."""
    parcel = session.scalar(select(Parcel.code).where(Parcel.id == item.parcel_id)) if item.parcel_id else None
    region = session.scalar(select(Region.code).where(Region.id == item.region_id)) if item.region_id else None
    plain: Mapping[str, Any] = {
        name: getattr(item, name)
        for name in ("name", "area_m2", "use_class", "housing_class", "source", "method", "quarter", "month", "note")
    }
    use = (item.land_use_scheme, item.land_use_code)
    return Proposed(**plain, parcel=parcel, region=region, land_use=use if use[0] and use[1] else None)  # type: ignore[arg-type]


def _recorded(item: PlanItem) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in RECORDED}
    return {"plan": item.plan_id, **values, "area_m2": Decimal(item.area_m2)}
