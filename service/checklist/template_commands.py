"""What changes checklists when their rules change: a newer template, another bureau, a jurisdiction's policy."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.models import User
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.checklist import queries
from service.checklist.acts import ChecklistStatus, Happening, NotificationKind
from service.checklist.beginning import items_for
from service.checklist.changes import BureauReplacement, PolicySet, TemplateMove
from service.checklist.forecasting import particulars, settle
from service.checklist.holding import held, kept_template, refuse_sold
from service.checklist.models import Checklist, ChecklistItem, ChecklistPolicy, ChecklistTemplate
from service.checklist.recording import note, tell
from service.checklist.states import Action, Stored
from service.checklist.template import Item, Template
from service.checklist.template_facts import Facts
from service.checklist.template_loader import templates
from service.codes.queries import lists
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions

UNWAIVED = "新版模板规定为法定事项 by law in the newer template"


class NoNewerTemplate(Conflict):
    """The checklist follows this version already, or a newer one."""

    code, title_zh, title_en = "checklist-no-newer-template", "没有更新的模板版本", "No newer template"


class Moved(NamedTuple):
    """What moving a checklist to another version did, by item key."""

    checklist: Checklist
    added: Sequence[str]
    dropped: Sequence[str]
    changed: Sequence[str]


def move_template(
    session: Session, actor: Actor, checklist_id: int, order: TemplateMove, *, version: int | None = None
) -> Moved:
    """Move a running checklist to a newer version of its template: what has been done moves with the items' keys.

    An item that the newer version no longer has is dropped: it binds nothing, and its row, proofs and history stay. A
    waiver of what has become a legal hard stop ends.

    Raises:
        NotFound, ChecklistEnded, PreconditionFailed, NoNewerTemplate, TemplateChanged.
        PassedGate: the land was sold.

    """
    checklist = held(session, actor, checklist_id, version=version)
    refuse_sold(session, checklist)
    old = queries.template_of(session, checklist)
    checklist.template_id, new = _newer(session, old, order.version)
    rows = queries.items_of(session, [checklist.id])[checklist.id]
    facts = Facts.of(checklist.facts | checklist.derived)
    fresh = [each for each in items_for(checklist, new) if each.key not in rows]
    session.add_all(fresh)
    for row in fresh:
        note(session, checklist, Happening.added, row.key)
    dropped = [row for key, row in rows.items() if key not in new.by_key and not row.dropped]
    for row in dropped:
        note(session, checklist, Happening.dropped, row.key, facts={"state": str(row.state)})
        row.dropped, row.required, row.binding, row.hard = True, False, False, False
        row.version += 1
    kept = [key for key in rows if key in new.by_key and _move(session, checklist, rows[key], new.by_key[key], facts)]
    checklist.version += 1
    told = {"added": [row.key for row in fresh], "dropped": [row.key for row in dropped], "changed": kept}
    note(session, checklist, Happening.moved, facts={"before": old.version, "after": new.version, **told})
    settle(session, checklist)
    before, after = {"version": old.version}, {"version": new.version, **told}
    record(session, Audited.CHECKLIST_MOVED, "checklist", checklist.id, before=before, after=after)
    return Moved(checklist, told["added"], told["dropped"], told["changed"])


def _newer(session: Session, old: Template, version: int | None) -> tuple[int, Template]:
    """Return a newer version of a template, the shipped one or one in use, and its id."""
    shipped = templates().get(old.key)
    if shipped is not None and version in {None, shipped.version} and shipped.version > old.version:
        return kept_template(session, old.key)
    wanted = select(ChecklistTemplate.id).where(ChecklistTemplate.key == old.key, ChecklistTemplate.version == version)
    found = session.scalar(wanted) if version is not None and version > old.version else None
    if found is None:
        raise NoNewerTemplate(
            f"清单已使用模板 {old.key} 第 {old.version} 版，没有所选的更新版本。",
            f"The checklist follows {old.key} version {old.version}; there is no such newer version.",
            facts={"version": old.version},
        )
    return found, queries.templates_of(session, [found])[found]


def _move(session: Session, checklist: Checklist, row: ChecklistItem, item: Item, facts: Facts) -> bool:
    """Let a row follow its item as the newer version has it; tell whether that changes it."""
    wanted: dict[str, Any] = particulars(item, facts) | {"dropped": False}
    if row.state == Stored.waived and item.hard:
        wanted |= {"state": Stored.open, "finished_on": None, "waived_by": None, "asked_by": None, "document_id": None}
        note(session, checklist, Action.unwaive, row.key, text=UNWAIVED)
    if row.state == Stored.not_applicable and wanted["binding"]:
        wanted["state"] = Stored.open
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.version += 1
        note(session, checklist, Happening.moved, row.key, facts={"fields": sorted(changed)})
    return bool(changed)


def replace_bureau(session: Session, actor: Actor, order: BureauReplacement) -> int:
    """Give the items of a bureau that is no more to another, on all running checklists; return how many.

    Who saw to them and does not belong to the other bureau is released, and the other bureau's officers are told. A
    bureau that is only renamed keeps its code, and nothing is to be done.

    Raises:
        Invalid: no such new bureau.

    """
    if order.new not in lists()["lead_bureau"].entries:
        zh, en = f"没有单位 {order.new}", f"There is no bureau {order.new}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/new", "unknown-code", zh, en)])
    wanted = (
        queries.visible_checklists(actor)
        .where(Checklist.status == ChecklistStatus.running)
        .where(Checklist.id.in_(select(ChecklistItem.checklist_id).where(ChecklistItem.lead == order.old)))
    )
    ids = session.scalars(wanted.with_only_columns(Checklist.id).order_by(Checklist.id)).all()
    moved = sum(_give(session, actor, held(session, actor, number), order) for number in ids)
    after = {"new": order.new, "items": moved, "reason": order.reason}
    record(session, Audited.CHECKLIST_BUREAU_REPLACED, "lead_bureau", order.old, after=after)
    return moved


def _give(session: Session, actor: Actor, checklist: Checklist, order: BureauReplacement) -> int:
    rows = [row for row in queries.items_of(session, [checklist.id])[checklist.id].values() if row.lead == order.old]
    staying = set(session.scalars(select(User.id).where(User.lead_bureau == order.new)))
    event = None
    for row in rows:
        row.lead = order.new
        row.owner_id = row.owner_id if row.owner_id in staying else None
        row.version += 1
        event = note(session, checklist, Happening.reassigned, row.key, text=order.reason, facts=order.model_dump())
    settle(session, checklist)
    if event is not None:
        officers = queries.people(session, queries.code_of(session, checklist), lead=order.new)
        tell(session, actor, officers, NotificationKind.reassigned, event)
    return len(rows)


def set_policy(session: Session, actor: Actor, code: str, order: PolicySet, *, version: int) -> ChecklistPolicy:
    """Say which template a jurisdiction uses, and from which notice day its sales need checklists.

    Once that day has come, what is recorded late needs one too; history is brought in while there is no such day.
    `version` is 0 where there is no rule yet.

    Raises:
        NotFound: no such jurisdiction.
        PreconditionFailed.
        Invalid: no such template.

    """
    found = session.scalar(visible_jurisdictions(actor).where(Jurisdiction.code == code).with_for_update())
    if found is None:
        raise NotFound(f"没有管辖区 {code}。", f"There is no jurisdiction {code}.")
    if order.template not in templates():
        zh, en = f"没有模板 {order.template}", f"There is no template {order.template}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/template", "unknown-template", zh, en)])
    policy = queries.policy_of(session, found.id, lock=True)
    now = 0 if policy is None else policy.version
    if now != version:
        raise PreconditionFailed(
            "规定已被他人修改，请刷新后重试。", "The rule was changed; reload and try again.", facts={"version": now}
        )
    before = None if policy is None else {"template": policy.template_key, "required_from": policy.required_from}
    if policy is None:
        policy = ChecklistPolicy(jurisdiction_id=found.id, version=0)
        session.add(policy)
    policy.recorded_from = _in_force(policy, order.required_from)
    policy.template_key, policy.required_from = order.template, order.required_from
    policy.version += 1
    session.flush()
    after = {"template": order.template, "required_from": order.required_from}
    record(session, Audited.CHECKLIST_POLICY_SET, "jurisdiction", code, before=before, after=after)
    return policy


def _in_force(policy: ChecklistPolicy, required_from: dt.date | None) -> Any:  # noqa: ANN401 - an instant, or SQL for now
    """Return since when a rule is in force; None: it is not, or a fixed day (the demo's) never gets to its own."""
    if required_from is None:
        return None
    if required_from <= clock.today():
        known = policy.recorded_from
        return func.now() if known is None or known > clock.now() else known
    if clock.today() != clock.day_of(clock.now()):
        return None
    return dt.datetime.combine(required_from, dt.time(), clock.CHINA)
