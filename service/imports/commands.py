"""What changes an import: submitted, started, published or refused, failed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock, jobs
from service.core.errors import FieldError, Invalid
from service.documents import commands as documents
from service.documents.storage import Kept
from service.geo import crs as known_crs
from service.imports import findings
from service.imports.models import Finding, Import
from service.imports.report import Report
from service.imports.states import AT_WORK
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


def create_import(
    session: Session,
    actor: Actor,
    kept: Kept,
    *,
    file_name: str,
    jurisdiction: str,
    declared: Declared = UNDECLARED,
    mode: str = "direct",
    queue: bool = True,
) -> Import:
    """Take in a file that lies in the document folder: import, document, audit entry and, with `queue`, the job.

    Raises:
        NotFound: no such jurisdiction, or not the actor's.
        CrsRefused, BadDeclaration: what is declared can't be.

    """
    owner = jurisdiction_by_code(session, actor, jurisdiction)
    _check(declared)
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
        mode=mode,
        created_by=actor.label,
    )
    session.add(found)
    session.flush()
    session.refresh(found)
    after = {"file_name": name, "sha256": kept.sha256, "jurisdiction": owner.code, "mode": mode, **said}
    record(session, Action.IMPORT_SUBMITTED, "import", import_id, after=after)
    if queue:
        jobs.defer(session, RUN, import_id=import_id)
    return found


def _check(declared: Declared) -> None:
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
    keep_findings(session, import_id, report.closed())
    action = Action.IMPORT_REFUSED if report.errors else Action.IMPORT_PUBLISHED
    record(session, action, "import", import_id, after={"sha256": sha256, "rows": rows, **nature, **counts})


def keep_findings(session: Session, import_id: int, found: Iterable[findings.Finding]) -> None:
    """Keep what was found in a file; the outcome that it belongs to is what is audited."""
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
