"""What people do with an import under review: correct its mapping, publish, discard, undo; and saved field maps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.db import driver_connection
from service.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from service.core.plurals import Count
from service.documents import queries as documents
from service.imports import publication, queries
from service.imports.acts import NotThere, hand_over, staged_import
from service.imports.map_models import SavedMap
from service.imports.mapping import Assignment, assigned
from service.imports.models import Import
from service.parcels.approval import approval_for
from service.parcels.built_on import Obstacle, described
from service.parcels.lifecycle import Stage


class HasErrors(Conflict):
    """Rows with errors are not published."""

    code, title_zh, title_en = "import-has-errors", "还有错误，不能入库", "Errors stand in the way"


class BuiltOn(Conflict):
    """A publication whose parcels have been used since can't be taken back; `obstacles` say by what."""

    code, title_zh, title_en = "import-built-on", "已有后续业务，不能撤销", "Built on since"


class OwnImport(Forbidden):
    """Two people are needed."""

    code, title_zh, title_en = "four-eyes", "须由他人入库", "Another person must publish"


class ApprovalNeeded(Conflict):
    """A boundary would move that others are concerned by: an approver must answer; `parcels` say whose."""

    code, title_zh, title_en = "import-needs-approval", "变更界线须经审批人同意", "An approver has to agree"


class BadMapping(Invalid):
    """A mapping that can't be: an unknown column, field, list or unit."""

    code, title_zh, title_en = "bad-mapping", "字段对应有误", "Bad mapping"


class MapNameTaken(Conflict):
    """Another field map has this name."""

    code, title_zh, title_en = "name-taken", "名称已被使用", "Name taken"


def correct_mapping(
    session: Session, actor: Actor, import_id: int, assignments: Sequence[Assignment], *, version: int
) -> Import:
    """Say what the columns of a staged file fill; mapping, checks and comparison run again, without reading the file.

    Raises:
        NotFound, PreconditionFailed, NotThere: as every act on an import under review.
        BadMapping: a column that the file doesn't have, or an unknown field, list or unit.

    """
    found = staged_import(session, actor, import_id, version)
    known = {each["column"]: each for each in found.mapping or []}
    said = {each.column: each for each in assignments}
    if unknown := said.keys() - known.keys():
        raise _bad_mapping(
            f"文件没有这些列：{'、'.join(sorted(unknown))}", f"No such columns: {', '.join(sorted(unknown))}"
        )
    try:
        assigned(assignments)
    except ValueError as wrong:
        raise _bad_mapping(f"字段或单位有误：{wrong}", f"Wrong field or unit: {wrong}") from None
    before = _mapped(known.values())
    found.mapping = [{**each, **_members(said.get(name) or Assignment(name))} for name, each in known.items()]
    record(session, Action.IMPORT_MAPPED, "import", import_id, before=before, after=_mapped(found.mapping))
    hand_over(session, found, "queued")
    return found


def _bad_mapping(zh: str, en: str) -> BadMapping:
    return BadMapping(f"{zh}。", f"{en}.", errors=[FieldError("/columns", "bad-mapping", zh, en)])


def _members(said: Assignment) -> dict[str, str | None]:
    return {"field": said.field, "list": said.list, "unit": said.unit, "bound": said.bound}


def _mapped(columns: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Column → what it fills, as the audit log shows it."""
    return {
        each["column"]: " ".join(str(each[name]) for name in ("field", "list", "unit", "bound") if each[name])
        for each in columns
        if each["field"]
    }


class Answer(NamedTuple):
    """Why an approver lets boundaries move that concern others, and the document that says so."""

    reason: str
    document_id: int


def ask_publication(
    session: Session, actor: Actor, import_id: int, *, version: int, four_eyes: bool, answer: Answer | None = None
) -> Import:
    """Have a staged import published by a job.

    A parcel that changes afterwards sends the import back to review, so that nobody's stage moves on unseen.

    Raises:
        NotFound, PreconditionFailed, NotThere: as every act on an import under review.
        HasErrors: rows have errors.
        OwnImport: with `four_eyes`, the actor brought it in.
        ApprovalNeeded: boundaries move that concern others, and no approver answers for it. Invalid: no such document.

    """
    found = staged_import(session, actor, import_id, version)
    if found.errors:
        raise HasErrors(
            f"还有 {found.errors} 处错误，改正后才能入库。",
            f"{Count(found.errors):error has|errors have} to be put right first.",
        )
    if four_eyes and actor.label == found.created_by:
        raise OwnImport("本系统要求由上传人以外的人入库。", "Here, another person than the sender publishes an import.")
    told = dict(found.summary or {})
    word, told_of_it = _word_for(session, actor, import_id, answer)
    found.override_reason, found.override_document_id = word
    told |= told_of_it
    found.decided_by = actor.label
    record(session, Action.IMPORT_PUBLICATION_ASKED, "import", import_id, after=told)
    hand_over(session, found, "publishing")
    return found


def _word_for(
    session: Session, actor: Actor, import_id: int, answer: Answer | None, *, back: bool = False
) -> tuple[Answer | tuple[None, None], dict[str, Any]]:
    """Demand an approver's word where boundaries move (`back`: go back) that concern others; and what audit is told.

    Where none does, no word is kept. Raises ApprovalNeeded, Invalid.
    """
    concerned = publication.concerned(driver_connection(session), import_id, back=back)
    if not concerned:
        return (None, None), {}
    if answer is None or Permission.PARCEL_OVERRIDE not in actor.permissions:
        raise _needs_approval(concerned)
    jurisdiction = queries.import_with_jurisdiction(session, actor, import_id)[1]
    documents.refuse_unseen(session, actor, jurisdiction, answer.document_id)
    return answer, {
        "override_reason": answer.reason,
        "document": answer.document_id,
        "concerned": [each.code for each in concerned],
    }


def _needs_approval(concerned: Sequence[publication.Concerned]) -> ApprovalNeeded:
    """Name the parcels, the first few in words and all that were found as facts."""
    named = [(each.code, approval_for(Stage(each.stage))) for each in concerned]
    zh = "；".join(f"{code}：{needed.message}" for code, needed in named[:3] if needed)
    en = "; ".join(f"{code}: {needed.message_en}" for code, needed in named[:3] if needed)
    return ApprovalNeeded(f"{zh}。", f"{en}.", facts={"parcels": [each._asdict() for each in concerned]})


def discard(session: Session, actor: Actor, import_id: int, *, version: int) -> Import:
    """End a staged import without publishing anything.

    Raises:
        NotFound, PreconditionFailed, NotThere: as every act on an import under review.

    """
    found = staged_import(session, actor, import_id, version)
    publication.unstage(driver_connection(session), import_id)
    found.status, found.finished_at, found.decided_by = "discarded", clock.now(), actor.label
    found.version += 1
    record(session, Action.IMPORT_DISCARDED, "import", import_id, before=found.summary)
    return found


def ask_undo(session: Session, actor: Actor, import_id: int, *, version: int, answer: Answer | None = None) -> Import:
    """Have a publication taken back by a job, if nothing was built on it.

    Raises:
        NotFound, PreconditionFailed, NotThere: as every act on an import.
        BuiltOn: something was.
        ApprovalNeeded: boundaries go back that concern others, and no approver answers for it.
        Invalid: no such document.

    """
    found = staged_import(session, actor, import_id, version, "published")
    refuse_built_on(publication.obstacles(driver_connection(session), import_id))
    word, told = _word_for(session, actor, import_id, answer, back=True)
    found.undo_reason, found.undo_document_id = word
    found.undone_by = actor.label
    record(session, Action.IMPORT_UNDO_ASKED, "import", import_id, after=told or None)
    hand_over(session, found, "undoing")
    return found


def refuse_built_on(found: Sequence[Obstacle]) -> None:
    """Refuse when something stands in the way of an undoing, naming parcels and what."""
    if not found:
        return
    zh, en = described(found)
    raise BuiltOn(
        f"不能撤销：{zh}。",
        f"Can't be undone: {en}.",
        facts={"obstacles": [each._asdict() for each in found]},
    )


def save_map(session: Session, actor: Actor, import_id: int, *, name: str, shared: bool) -> SavedMap:
    """Keep the mapping of an import as a field map of its jurisdiction, or (`shared`) of all.

    Raises:
        NotFound: no such import.
        NotThere: the import has no mapping.
        MapNameTaken: another map has the name.

    """
    found, _ = queries.import_with_jurisdiction(session, actor, import_id)
    columns = [
        {"column": each["column"], **{key: each[key] for key in ("field", "list", "unit", "bound")}}
        for each in found.mapping or []
        if each["field"]
    ]
    if not columns:
        raise NotThere("该导入没有字段对应可保存。", "This import has no mapping to save.")
    if session.scalar(select(SavedMap.id).where(SavedMap.name == name)) is not None:
        raise MapNameTaken(f"已有名为“{name}”的对照表。", f"There is a field map named {name} already.")
    owner = None if shared else found.jurisdiction_id
    made = SavedMap(name=name, jurisdiction_id=owner, columns=columns, created_by=actor.label)
    session.add(made)
    session.flush()
    session.refresh(made)
    after = {"name": name, "shared": shared, **_mapped(columns)}
    record(session, Action.FIELD_MAP_SAVED, "field_map", made.id, after=after)
    return made


def remove_map(session: Session, actor: Actor, map_id: int) -> None:
    """Remove a saved field map.

    Raises:
        NotFound: absent or not visible.

    """
    found = session.scalar(queries.visible_maps(actor).where(SavedMap.id == map_id).with_for_update(of=SavedMap))
    if found is None:
        raise NotFound(f"没有对照表 {map_id}。", f"No field map {map_id}.")
    record(
        session, Action.FIELD_MAP_REMOVED, "field_map", map_id, before={"name": found.name, **_mapped(found.columns)}
    )
    session.delete(found)
