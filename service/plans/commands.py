"""What changes a plan as a whole: a new one, its printed totals, its steps, the next edition. Items: item_commands."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid
from service.parcels.commands import refuse_future
from service.plans import checking, queries, states
from service.plans.changes import PlanChange, PlanCreate, StepOrder
from service.plans.findings import Finding
from service.plans.holding import check_document, held, touch
from service.plans.models import PlanEvent, SupplyPlan
from service.plans.states import PlanAction, PlanStatus
from service.regions import queries as regions

_AUDITED: Mapping[PlanAction, Audited] = {
    PlanAction.submit: Audited.PLAN_SUBMITTED,
    PlanAction.return_: Audited.PLAN_RETURNED,
    PlanAction.approve: Audited.PLAN_APPROVED,
    PlanAction.publish: Audited.PLAN_PUBLISHED,
}


class EditionExists(Conflict):
    """The plan year has an edition already; `plan` is its id."""

    code, title_zh, title_en = "plan-exists", "该年度已有计划", "The year has a plan"


class SamePerson(Conflict):
    """Who submitted a plan can't approve it."""

    code, title_zh, title_en = "plan-same-person", "不能批准自己报审的计划", "Not by who submitted it"


class PlanIncomplete(Conflict):
    """Something stands against the step; `findings` say what, the blocking ones first."""

    code, title_zh, title_en = "plan-incomplete", "计划内容不全", "The plan is incomplete"


def create_plan(session: Session, actor: Actor, new: PlanCreate) -> SupplyPlan:
    """Begin the plan of a year: its first edition, a draft.

    Raises:
        NotFound: the jurisdiction is absent or not the actor's.
        EditionExists: the year has one; an edition in force is amended instead.

    """
    jurisdiction = regions.jurisdiction_by_code(session, actor, new.jurisdiction)
    _hold_year(session, jurisdiction.id, new.year)
    if found := queries.editions(session, jurisdiction.id, new.year):
        raise EditionExists(
            f"{new.year} 年度已有计划（第 {found[-1].edition} 版）。",
            f"There is a plan for {new.year} (edition {found[-1].edition}).",
            facts={"plan": found[-1].id},
        )
    title = new.title or f"{jurisdiction.name}{new.year}年度国有建设用地供应计划"
    plan = SupplyPlan(jurisdiction_id=jurisdiction.id, year=new.year, edition=1, title=title, status=PlanStatus.draft)
    session.add(plan)
    session.flush()
    _note(session, actor, plan, "create", StepOrder())
    after = {"jurisdiction": jurisdiction.code, "year": plan.year, "edition": 1, "title": title}
    record(session, Audited.PLAN_CREATED, "plan", plan.id, after=after)
    return plan


def _hold_year(session: Session, jurisdiction_id: int, year: int) -> None:
    """Let one caller at a time decide which edition of a year comes next."""
    session.execute(text("SELECT pg_advisory_xact_lock(4490021, :key)"), {"key": jurisdiction_id * 10_000 + year})


def change_plan(session: Session, actor: Actor, plan_id: int, change: PlanChange, *, version: int) -> SupplyPlan:
    """Change title or document of a draft.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        Invalid: no such document.

    """
    plan = held(session, actor, plan_id, PlanAction.edit, version=version)
    given = change.model_fields_set
    before = {name: getattr(plan, name) for name in given}
    if "document_id" in given and change.document_id is not None:
        check_document(session, actor, plan, change.document_id)
    for name in given:
        setattr(plan, name, getattr(change, name))
    touch(plan)
    record(
        session,
        Audited.PLAN_CHANGED,
        "plan",
        plan.id,
        before=before,
        after={name: getattr(plan, name) for name in given},
    )
    return plan


def take_step(
    session: Session, actor: Actor, plan_id: int, action: PlanAction, order: StepOrder, *, version: int
) -> tuple[SupplyPlan, Sequence[Finding]]:
    """Submit, return, approve or publish an edition; return it with what is worth a look.

    Publishing replaces the edition in force, and fixes the baseline of every target of the plan's plots.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        SamePerson: an approval by who submitted it.
        PlanIncomplete: publishing without the five attributes (R33), or a step with an empty plan.
        FutureDate, Invalid: the day, the document, or a return without a reason.

    """
    plan = held(session, actor, plan_id, action, version=version)
    refuse_future("/effective_on", order.effective_on or clock.today())
    if order.document_id is not None:
        check_document(session, actor, plan, order.document_id)
    if action is PlanAction.return_ and not order.note:
        zh, en = "退回须说明原因", "Say why it is returned"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/note", "note-required", zh, en)])
    if action is PlanAction.approve and queries.last_actor(session, plan.id, "submit") == actor.label:
        raise SamePerson("报审人不能批准同一计划。", "Who submitted the plan can't approve it.")
    found = _checked(session, plan, action)
    before = {"status": plan.status, "version": plan.version}
    if action is PlanAction.publish:
        _replace(session, actor, plan, order)
        plan.published_on = order.effective_on or clock.today()
    plan.status = states.after(PlanStatus(plan.status), action)
    touch(plan)
    session.flush()
    if action is PlanAction.publish:
        session.execute(_FIX, {"plan": plan.id, "now": clock.now()})
    _note(session, actor, plan, action, order)
    after = {"status": plan.status, "version": plan.version, "warnings": [each.message[0] for each in found]}
    record(session, _AUDITED[action], "plan", plan.id, before=before, after=after)
    return plan, found


_FIX = text("""
    UPDATE plan_target SET fixed_at = :now
    WHERE fixed_at IS NULL AND key IN (SELECT key FROM plan_item WHERE plan_id = :plan)
""")


def _checked(session: Session, plan: SupplyPlan, action: PlanAction) -> list[Finding]:
    """Return the findings that don't stand against a step. Raises PlanIncomplete."""
    if action is PlanAction.return_:
        return []
    found = checking.findings(session, plan)
    blocking = [each for each in found if each.severity == "block"]
    if action is not PlanAction.publish:  # an incomplete draft may be looked at, an empty one has nothing to look at
        blocking = [each for each in blocking if not each.where]
    if blocking:
        raise PlanIncomplete(
            "".join(each.message[0] for each in blocking),
            " ".join(each.message[1] for each in blocking),
            facts={"findings": [dataclasses.asdict(each) for each in blocking]},
        )
    return [each for each in found if each.severity != "block"]


def _replace(session: Session, actor: Actor, plan: SupplyPlan, order: StepOrder) -> None:
    """Let an edition take the place of the one in force."""
    before = queries.plan_in_force(session, plan.jurisdiction_id, plan.year, lock=True)
    if before is None:
        return
    before.status = states.after(PlanStatus(before.status), PlanAction.replace_)
    touch(before)
    session.flush()
    _note(session, actor, before, PlanAction.replace_, order)
    after = {"status": before.status, "by": plan.id}
    record(session, Audited.PLAN_AMENDED, "plan", before.id, before={"status": "published"}, after=after)


def amend_plan(session: Session, actor: Actor, plan_id: int, order: StepOrder, *, version: int) -> SupplyPlan:
    """Begin the next edition of a published plan: a draft with the same items; return it.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        EditionExists: one is on its way.

    """
    plan = held(session, actor, plan_id, PlanAction.amend, version=version)
    _hold_year(session, plan.jurisdiction_id, plan.year)
    if (found := queries.open_plan(session, plan.jurisdiction_id, plan.year)) is not None:
        raise EditionExists(
            f"第 {found.edition} 版正在编制。", f"Edition {found.edition} is on its way.", facts={"plan": found.id}
        )
    following = SupplyPlan(
        jurisdiction_id=plan.jurisdiction_id,
        year=plan.year,
        edition=queries.editions(session, plan.jurisdiction_id, plan.year)[-1].edition + 1,
        title=plan.title,
        status=PlanStatus.draft,
        based_on_id=plan.id,
    )
    session.add(following)
    session.flush()
    session.execute(_COPY, {"from": plan.id, "to": following.id})
    _note(session, actor, plan, PlanAction.amend, order)
    _note(session, actor, following, "create", order)
    after = {"year": plan.year, "edition": following.edition, "based_on": plan.id}
    record(session, Audited.PLAN_CREATED, "plan", following.id, after=after)
    return following


_COLUMNS = """key, parcel_id, name, geom, area_m2, use_class, housing_class, land_use_scheme, land_use_code, source,
    method, quarter, month, region_id, note"""
_COPY = text(
    f"INSERT INTO plan_item (plan_id, {_COLUMNS}) "  # noqa: S608 - our own columns
    f"SELECT :to, {_COLUMNS} FROM plan_item WHERE plan_id = :from ORDER BY id"
)


def _note(session: Session, actor: Actor, plan: SupplyPlan, kind: str, order: StepOrder) -> None:
    day: dt.date = order.effective_on or clock.today()
    session.add(
        PlanEvent(
            plan_id=plan.id,
            kind=str(kind),
            effective_on=day,
            actor=actor.label,
            document_id=order.document_id,
            note=order.note,
        )
    )
    session.flush()
