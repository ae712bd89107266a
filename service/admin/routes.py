"""The audit log over HTTP: for reading only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.accounts.access import Actor, AuditReader
from service.admin.schemas import AuditEntryRead, AuditProblem, AuditVerification
from service.audit.actions import Action, Subject
from service.audit.models import AuditEntry
from service.audit.queries import Filter, entries_page
from service.audit.verify import verify
from service.core.dependencies import PageQuery, Read
from service.core.errors import Forbidden
from service.core.paging import Page
from service.core.schemas import CalendarDay

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

Word = Annotated[str | None, Query(max_length=200)]


def _filter(
    actor: Word = None,
    action: Action | None = None,
    subject_type: Subject | None = None,
    subject_id: Word = None,
    first_day: Annotated[CalendarDay | None, Query(alias="from", description="首日 first day, China")] = None,
    last_day: Annotated[CalendarDay | None, Query(alias="to", description="末日(含) last day, included")] = None,
) -> Filter:
    return Filter(actor, action, subject_type, subject_id, first_day, last_day)


Chosen = Annotated[Filter, Depends(_filter)]


@router.get("", summary="审计日志 Audit log")
def list_entries(actor: AuditReader, chosen: Chosen, page: PageQuery, session: Read) -> Page[AuditEntryRead]:
    """List what was done, newest first."""
    _refuse_limited(actor)
    found = entries_page(session, chosen, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([found[page.limit - 1].seq]) if len(found) > page.limit else None
    return Page(items=[_entry_read(each) for each in found[: page.limit]], next=following)


@router.get("/verification", summary="校验审计日志 Verify the audit log")
def verification(actor: AuditReader, session: Read) -> AuditVerification:
    """Compute every hash again and name what was altered, removed or inserted."""
    _refuse_limited(actor)
    outcome = verify(session)
    return AuditVerification(
        ok=outcome.ok,
        entries=outcome.entries,
        head_hash=outcome.head.hash.hex(),
        problems=[AuditProblem.model_validate(each) for each in outcome.problems],
    )


def _refuse_limited(actor: Actor) -> None:
    if actor.jurisdictions is not None:
        raise Forbidden(
            "审计日志涉及所有管辖区,当前账号只限部分管辖区。",
            "The audit log covers all jurisdictions; this account is limited to some.",
        )


def _entry_read(entry: AuditEntry) -> AuditEntryRead:
    facts = {name: getattr(entry, name) for name in AuditEntryRead.model_fields}
    return AuditEntryRead(**{**facts, "hash": entry.hash.hex()})
