"""What commands on checklists begin with: the row locked, running, and as its caller saw it."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import queries
from service.checklist.acts import ChecklistStatus
from service.checklist.models import Checklist, ChecklistItem, ChecklistTemplate
from service.checklist.template import Template, digest, to_json
from service.checklist.template_loader import templates
from service.core.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from service.documents import queries as documents
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel

SOLD = frozenset(
    {Stage.sold, Stage.contracted, Stage.paid, Stage.delivered, Stage.started, Stage.completed},
)
"""Stages of land that has passed the gate."""

WAITING = "checklists_to_settle"
"""Name in a session's info of the checklists, by id, that are locked already and brought up to date once at the end."""


class ChecklistEnded(Conflict):
    """The checklist is closed, or others stand for it."""

    code, title_zh, title_en = "checklist-ended", "清单已结束", "The checklist has ended"


class PassedGate(Conflict):
    """The land was sold on this item: it is not undone any more."""

    code, title_zh, title_en = "checklist-passed", "地块已成交，该事项不能再撤回", "The land was sold on it"


class TemplateChanged(Conflict):
    """A template's file says something else than before under the same version."""

    code, title_zh, title_en = (
        "checklist-template-changed",
        "模板内容已变而版本未变",
        "A template changed without a version",
    )


def held(session: Session, actor: Actor, checklist_id: int, *, version: int | None = None) -> Checklist:
    """Lock a running checklist; `version` is what its caller has seen.

    Raises NotFound, ChecklistEnded, PreconditionFailed with what it is by now.
    """
    waiting = session.info.get(WAITING, {}).get(checklist_id)
    checklist: Checklist = (
        waiting.checklist if waiting else queries.checklist_by_id(session, actor, checklist_id, lock=True)
    )
    if checklist.status != ChecklistStatus.running:
        raise ChecklistEnded(
            "清单已关闭或已被替代。", "It is closed, or others stand for it.", facts={"status": str(checklist.status)}
        )
    if version is not None and checklist.version != version:
        raise PreconditionFailed(
            f"清单已被他人修改（现为第 {checklist.version} 次修改），请刷新后重试。",
            f"The checklist is at version {checklist.version} by now; reload and try again.",
            facts={"version": checklist.version},
        )
    return checklist


def held_item(
    session: Session, actor: Actor, checklist_id: int, key: str, *, version: int | None = None
) -> tuple[Checklist, ChecklistItem]:
    """Lock a running checklist for a change of one of its items; two officers are told what the other did.

    Raises NotFound, ChecklistEnded, PreconditionFailed.
    """
    checklist = held(session, actor, checklist_id)
    wanted = select(ChecklistItem).where(
        ChecklistItem.checklist_id == checklist.id, ChecklistItem.key == key, ~ChecklistItem.dropped
    )
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(f"清单中没有事项 {key}。", f"The checklist has no item {key}.")
    if version is not None and row.version != version:
        last = queries.last_event(session, checklist.id, key)
        told = (
            {} if last is None else {"by": last.actor, "action": last.kind, "at": last.recorded_at, "note": last.note}
        )
        raise PreconditionFailed(
            f"事项已被他人修改（现为第 {row.version} 次修改），请刷新后重试。",
            f"The item is at version {row.version} by now; reload and try again.",
            facts={"version": row.version, "state": str(row.state), **told},
        )
    return checklist, row


def refuse_passed(session: Session, checklist: Checklist, row: ChecklistItem) -> None:
    """Keep what a sale rested on. Raises PassedGate."""
    if row.binding:
        refuse_sold(session, checklist)


def refuse_sold(session: Session, checklist: Checklist) -> None:
    """Keep a checklist as it was when its land was sold. Raises PassedGate."""
    if session.get_one(Parcel, checklist.parcel_id).stage in SOLD:
        raise PassedGate("地块已成交，摘牌前事项不能再撤回。", "The land was sold; what the sale rested on stays.")


def check_document(
    session: Session, actor: Actor, checklist: Checklist, document_id: int | None, pointer: str = "/document_id"
) -> None:
    """Demand a document that everybody who sees the checklist may see."""
    if document_id is not None:
        own = queries.code_of(session, checklist)
        documents.refuse_unseen(session, actor, own, document_id, pointer=pointer)


def concerned(session: Session, checklist: Checklist, row: ChecklistItem) -> list[int]:
    """Return who sees to an item: its owner, or else its bureau's officers."""
    if row.owner_id is not None:
        return [row.owner_id]
    return list(queries.people(session, queries.code_of(session, checklist), lead=row.lead))


def kept_template(session: Session, key: str, pointer: str = "/template") -> tuple[int, Template]:
    """Return the newest version of a template and the id it is kept under; it is kept when it is first used.

    Raises:
        Invalid: there is no such template.
        TemplateChanged.

    """
    template = templates().get(key)
    if template is None:
        zh, en = f"没有模板 {key}", f"There is no template {key}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError(pointer, "unknown-template", zh, en)])
    wanted = select(ChecklistTemplate.id, ChecklistTemplate.sha256).where(
        ChecklistTemplate.key == key, ChecklistTemplate.version == template.version
    )
    sha256 = digest(template)
    found = session.execute(wanted).one_or_none()
    if found is None:
        insert = pg_insert(ChecklistTemplate).values(
            key=key, version=template.version, content=to_json(template), sha256=sha256
        )
        session.execute(insert.on_conflict_do_nothing())
        found = session.execute(wanted).one()
    if found.sha256 != sha256:
        raise TemplateChanged(
            f"模板 {key} 第 {template.version} 版的内容与正在使用的不同，请提高版本号。",
            f"Template {key} version {template.version} differs from the one in use; raise its version.",
        )
    return found.id, template
