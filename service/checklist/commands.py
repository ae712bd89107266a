"""What changes a checklist as a whole: opened for a parcel, its facts and plan, closed. Items: `item_commands.py`."""

import datetime as dt

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.checklist import queries
from service.checklist.acts import ChecklistStatus, Happening
from service.checklist.beginning import begin
from service.checklist.changes import PLAN_FIELDS, ChecklistChange, ChecklistClose, ChecklistCreate
from service.checklist.forecasting import settle
from service.checklist.holding import SOLD, held, kept_template
from service.checklist.models import Checklist
from service.checklist.recording import note
from service.checklist.rounds import offering
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid, NotFound
from service.listings import queries as listings
from service.parcels.commands import refuse_future
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel
from service.parcels.queries import parcel_for_update

DEFAULT = "zhengdong"
"""The template of a jurisdiction that has not chosen one."""


class ChecklistRunning(Conflict):
    """The parcel has a checklist already; `checklist` is its id."""

    code, title_zh, title_en = "checklist-running", "地块已有清单", "The parcel has a checklist"


class TooLateForChecklist(Conflict):
    """The land is sold, or taken back."""

    code, title_zh, title_en = "checklist-too-late", "地块已成交或已收回", "Too late for a checklist"


class StillOffered(Conflict):
    """A lot holds the land: its checklist stays until a contract takes over or the round ends; `lot` is its number."""

    code, title_zh, title_en = "checklist-still-offered", "地块正在交易", "The land is being offered"


def open_checklist(session: Session, actor: Actor, new: ChecklistCreate) -> Checklist:
    """Open a checklist for a parcel; its items are those of the template, as far as they apply.

    Its round is the lot that is named, or else the one that offers the land or plans to.

    Raises:
        NotFound, AmbiguousNumber, ParcelRetired: the parcel.
        ChecklistRunning, TooLateForChecklist.
        Invalid: no such template or lot, not the jurisdiction's template, sale before listing; FutureDate.

    """
    parcel = parcel_for_update(session, actor, new.parcel)
    if parcel.stage in SOLD or parcel.stage == Stage.reclaimed:
        raise TooLateForChecklist("地块已成交或已收回，不能再建立清单。", "The land is sold or was taken back.")
    for running in queries.running_on(session, [parcel.id]):
        raise ChecklistRunning(
            f"地块 {parcel.code} 已有进行中的清单。",
            f"Parcel {parcel.code} has a running checklist.",
            facts={"checklist": running.id},
        )
    template_id, template = kept_template(session, _template_for(session, parcel, new.template))
    plan = {name: getattr(new, name) for name in PLAN_FIELDS}
    _refuse_lot(session, actor, parcel.id, plan["lot_id"])
    plan["lot_id"] = plan["lot_id"] or offering(session, parcel.id)
    _refuse_reversed(new.planned_listing_on, new.planned_sale_on)
    day = new.opened_on or clock.today()
    refuse_future("/opened_on", day)
    facts = new.facts.model_dump(exclude_none=True)
    checklist = begin(session, parcel, template_id, template, facts=facts, opened_on=day, **plan)
    told = {"answers": facts, "template": template.key, "version": template.version}
    note(session, checklist, Happening.opened, day=day, facts=told)
    settle(session, checklist)
    after = {"parcel": parcel.code, "template": f"{template.key} {template.version}", "facts": facts, **plan}
    record(session, Action.CHECKLIST_OPENED, "checklist", checklist.id, after=after)
    return checklist


def _template_for(session: Session, parcel: Parcel, wanted: str | None) -> str:
    """Return the template that a jurisdiction's rule names, or else the one that is asked for. Raises Invalid."""
    policy = queries.policy_of(session, parcel.jurisdiction_id)
    if policy is None or wanted in {None, policy.template_key}:
        return wanted or (DEFAULT if policy is None else policy.template_key)
    zh = f"本管辖区规定使用模板 {policy.template_key}，不能用 {wanted}；请留空，或先修改清单规定"
    en = (
        f"The jurisdiction's rule is the template {policy.template_key}, not {wanted}; leave it out, or change the rule"
    )
    raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/template", "not-the-rule", zh, en)])


def _refuse_lot(session: Session, actor: Actor, parcel_id: int, lot_id: int | None) -> None:
    """Demand a lot of the parcel. Raises Invalid."""
    if lot_id is None:
        return
    try:
        listings.lot_by_id(session, actor, lot_id)
        known = any(parcel.id == parcel_id for parcel in listings.parcels_of(session, [lot_id])[lot_id])
    except NotFound:
        known = False
    if not known:
        zh, en = f"地块不在交易宗地 {lot_id} 中", f"Lot {lot_id} does not have the parcel"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/lot_id", "unknown-lot", zh, en)])


def _refuse_reversed(listing_on: dt.date | None, sale_on: dt.date | None) -> None:
    """Refuse a sale that is planned for before the listing. Raises Invalid."""
    if listing_on is not None and sale_on is not None and sale_on < listing_on:
        zh, en = (
            f"计划摘牌不能早于计划挂牌 {listing_on}",
            f"The listing is planned for {listing_on}, the sale before it",
        )
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/planned_sale_on", "wrong-order", zh, en)])


def change_checklist(
    session: Session, actor: Actor, checklist_id: int, change: ChecklistChange, *, version: int
) -> Checklist:
    """Change what officers say of the parcel, the planned days, the project; items follow the facts.

    Raises:
        NotFound, ChecklistEnded, PreconditionFailed.
        Invalid: no such lot, sale before listing; OutsideCalendar.

    """
    checklist = held(session, actor, checklist_id, version=version)
    given = change.model_dump(exclude_unset=True, exclude={"facts"})
    _refuse_lot(session, actor, checklist.parcel_id, given.get("lot_id"))
    _refuse_reversed(*(given.get(name, getattr(checklist, name)) for name in ("planned_listing_on", "planned_sale_on")))
    answers = change.facts.model_dump(exclude_unset=True)
    if answers:
        merged = checklist.facts | answers
        given["facts"] = {name: value for name, value in merged.items() if value is not None}
    before = {name: getattr(checklist, name) for name in given}
    for name, value in given.items():
        setattr(checklist, name, value)
    checklist.version += 1
    note(session, checklist, Happening.changed, facts=given)
    settle(session, checklist)
    record(session, Action.CHECKLIST_CHANGED, "checklist", checklist.id, before=before, after=given)
    return checklist


def close_checklist(
    session: Session, actor: Actor, checklist_id: int, order: ChecklistClose, *, version: int
) -> Checklist:
    """Close a checklist; it stays to be read. Not while a lot holds its land.

    Raises NotFound, ChecklistEnded, PreconditionFailed, StillOffered.
    """
    checklist = held(session, actor, checklist_id, version=version)
    for _, lot in listings.live_lots_on(session, [checklist.parcel_id]):
        raise StillOffered(
            f"地块在交易宗地 {lot.number} 中，签订合同或本轮结束前清单不能关闭。",
            f"Lot {lot.number} holds the land; its checklist stays until the contract or the end of the round.",
            facts={"lot": lot.number},
        )
    checklist.status, checklist.closed_on = ChecklistStatus.closed, clock.today()
    checklist.version += 1
    note(session, checklist, Happening.closed, text=order.reason)
    session.flush()
    record(session, Action.CHECKLIST_CLOSED, "checklist", checklist.id, after={"reason": order.reason})
    return checklist
