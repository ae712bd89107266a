"""What changes an import: submitted, started, published or refused, failed."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.constraints.commands import check_type
from service.core import clock, jobs
from service.core.errors import FieldError, Invalid
from service.documents import commands as documents
from service.documents.storage import Kept
from service.geo import crs as known_crs
from service.imports import findings
from service.imports.control_layers import Control
from service.imports.models import Finding, Import
from service.imports.publication import Changed
from service.imports.report import Report
from service.imports.states import AT_WORK
from service.parcels.commands import refuse_future
from service.regions.queries import jurisdiction_by_code

RUN = "imports.run"


class BadDeclaration(Invalid):
    """What the sender says of the file can't be: an encoding that doesn't exist."""

    code, title_zh, title_en = "bad-declaration", "声明有误", "Bad declaration"


class Declared(NamedTuple):
    """What the sender says of the file; None: the file tells itself."""

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None


UNDECLARED = Declared()


def create_import(  # noqa: PLR0913 - what the sender says of a file
    session: Session,
    actor: Actor,
    kept: Kept,
    *,
    file_name: str,
    jurisdiction: str,
    declared: Declared = UNDECLARED,
    control: Control | None = None,
    mode: str = "direct",
    queue: bool = True,
) -> Import:
    """Take in a file that lies in the document folder: import, document, audit entry and, with `queue`, the job.

    The file holds parcels or, with `control`, the areas of a control layer.

    Raises:
        NotFound: no such jurisdiction, or not the actor's.
        CrsRefused, BadDeclaration, UnknownControlType, FutureDate: what is declared can't be.

    """
    owner = jurisdiction_by_code(session, actor, jurisdiction)
    check_declared(declared)
    if control is not None:
        check_type(control.type)
        refuse_future("/dated_on", control.dated_on)
    import_id = session.scalar(select(func.nextval(func.pg_get_serial_sequence("import", "id"))))
    name = documents.clean_name(file_name)
    document = documents.add(
        session, actor, kept, file_name=name, title=name, subject_type="import", subject_id=str(import_id)
    )
    said = {key: value for key, value in declared._asdict().items() if value is not None}
    found = Import(
        id=import_id,
        jurisdiction_id=owner.id,
        document_id=document.id,
        file_name=name,
        declared=said,
        control=control and control.as_json(),
        mode=mode,
        created_by=actor.label,
    )
    session.add(found)
    session.flush()
    session.refresh(found)
    after = {"file_name": name, "sha256": kept.sha256, "jurisdiction": owner.code, "mode": mode, **said}
    after |= {} if control is None else {"control": control.as_json()}
    record(session, Action.IMPORT_SUBMITTED, "import", import_id, after=after)
    if queue:
        jobs.defer(session, RUN, import_id=import_id)
    return found


def check_declared(declared: Declared) -> None:
    """Refuse what can't be declared. Raises CrsRefused, BadDeclaration."""
    if declared.crs is not None:
        known_crs.recognise(declared.crs)
    try:
        "".encode(declared.encoding or "utf-8")
    except (LookupError, ValueError):
        zh, en = f"不认识的文字编码 {declared.encoding}", f"Unknown encoding {declared.encoding}"
        raise BadDeclaration(zh, en, errors=[FieldError("/encoding", "unknown-encoding", zh, en)]) from None


def start(session: Session, import_id: int) -> Import | None:
    """Count an attempt at an import; None if no work waits on it, which makes a second run harmless."""
    found = session.get_one(Import, import_id, with_for_update=True)
    if found.status not in AT_WORK:
        return None
    if found.status == "queued":
        found.status = "running"
    found.attempts += 1
    record(session, Action.IMPORT_STARTED, "import", import_id, after={"attempt": found.attempts})
    return found


def finish(
    session: Session, import_id: int, report: Report, *, sha256: str, nature: Mapping[str, object], rows: int
) -> None:
    """Write the outcome of a run with its findings: published, or refused when there are errors. Locks the row.

    `nature` are the columns that tell what the file was. The caller has added the parcels in this transaction.
    """
    status = "refused" if report.errors else "published"
    published = 0 if report.errors else rows
    counts = {"errors": report.errors, "warnings": report.warnings, "published": published}
    outcome = {
        "status": status,
        "total": rows,
        **nature,
        **counts,
        "finished_at": clock.now(),
        "version": Import.version + 1,
    }
    done = {} if report.errors else {"stage": "publishing", "done": rows}
    session.execute(update(Import).where(Import.id == import_id, Import.status == "running").values(**outcome, **done))
    session.execute(delete(Finding).where(Finding.import_id == import_id))
    _keep(session, import_id, report.closed())
    action = Action.IMPORT_REFUSED if report.errors else Action.IMPORT_PUBLISHED
    record(session, action, "import", import_id, after={"sha256": sha256, "rows": rows, **nature, **counts})


def note_staged(
    session: Session,
    import_id: int,
    report: Report,
    *,
    nature: Mapping[str, object],
    mapping: list[dict[str, Any]],
    summary: dict[str, Any],
    rows: int,
) -> None:
    """Write down that an import waits for review, with its findings and what publishing would do."""
    found = session.get_one(Import, import_id, with_for_update=True)
    found.status, found.stage, found.done, found.total = "staged", None, rows, rows
    found.errors, found.warnings, found.mapping, found.summary = report.errors, report.warnings, mapping, summary
    for name, value in nature.items():
        setattr(found, name, value)
    found.version += 1
    session.execute(delete(Finding).where(Finding.import_id == import_id))
    _keep(session, import_id, report.closed())
    counts = {"errors": report.errors, "warnings": report.warnings}
    record(session, Action.IMPORT_STAGED, "import", import_id, after={**summary, **nature, **counts})


def note_stale(session: Session, import_id: int, report: Report) -> None:
    """Send an import back to review: what it was compared with has changed since."""
    found = session.get_one(Import, import_id, with_for_update=True)
    found.status, found.stage, found.errors = "staged", None, report.errors
    found.problem = (
        "比对之后库中地块有变化，没有入库。请在“字段对应”页重新检查 · "
        "Parcels have changed since the comparison; nothing was published. Check the file again on the mapping page."
    )
    found.version += 1
    _keep(session, import_id, report.closed())
    record(session, Action.IMPORT_STAGED, "import", import_id, after={"errors": report.errors, "stale": True})


def note_published(session: Session, import_id: int, changed: Iterable[Changed]) -> None:
    """Write down that staged rows were published: an entry for the import, and one for each changed parcel."""
    found = session.get_one(Import, import_id, with_for_update=True)
    count = 0
    for each in changed:
        count += 1
        before = {name: pair[0] for name, pair in each.changes.items()}
        after = {name: pair[1] for name, pair in each.changes.items()}
        action = Action.PARCEL_RESURVEYED if each.resurveyed else Action.PARCEL_CHANGED
        record(
            session,
            action,
            "parcel",
            each.code,
            before={**before, "import": None},
            after={**after, "import": import_id, **_word(each, found.override_reason, found.override_document_id)},
        )
    summary = found.summary or {}
    found.status, found.stage, found.finished_at = "published", "publishing", clock.now()
    found.published, found.version = summary.get("added", 0) + count, found.version + 1
    after = {"published": found.published, "asked_by": found.decided_by, **summary}
    record(session, Action.IMPORT_PUBLISHED, "import", import_id, after=after)


def _word(changed: Changed, reason: str | None, document_id: int | None) -> dict[str, Any]:
    """The approver's word by which a boundary moved that concerns others, as its parcel's entry shows it."""
    return {"override_reason": reason, "document": document_id} if changed.concerned and reason is not None else {}


def note_undone(session: Session, import_id: int, gone: int, restored: Iterable[Changed]) -> None:
    """Write down that a publication was taken back: an entry for the import, and one for each parcel put back."""
    found = session.get_one(Import, import_id, with_for_update=True)
    put_back = 0
    for each in restored:
        put_back += 1
        boundary = "restored" if each.resurveyed else "kept"
        after: dict[str, Any] = {**each.changes, "import_undone": import_id, "boundary": boundary}
        after |= _word(each, found.undo_reason, found.undo_document_id)
        record(session, Action.PARCEL_CHANGED, "parcel", each.code, after=after)
    found.status, found.stage, found.finished_at, found.version = "undone", None, clock.now(), found.version + 1
    told = {"removed": gone, "restored": put_back, "asked_by": found.undone_by}
    record(session, Action.IMPORT_UNDONE, "import", import_id, after=told)


def _keep(session: Session, import_id: int, found: Iterable[findings.Finding]) -> None:
    rows = [{"import_id": import_id, **each.as_dict()} for each in found]
    if rows:
        session.execute(insert(Finding), rows)


_BACK_TO = {"publishing": "staged", "undoing": "published"}  # where an act that failed leaves an import


def fail(session: Session, import_id: int, problem: str) -> None:
    """Give up what was being done: nothing of it stays, and `problem` tells a person why. At rest it is left alone."""
    found = session.get_one(Import, import_id, with_for_update=True)
    if found.status not in AT_WORK:
        return
    before = {"status": found.status}
    found.status, found.problem = _BACK_TO.get(found.status, "failed"), problem
    found.version += 1
    if found.status == "failed":
        found.finished_at = clock.now()
    after = {"status": found.status, "problem": problem}
    record(session, Action.IMPORT_FAILED, "import", import_id, before=before, after=after)
