"""供地方案 /api/v1/schemes: drafts with land, uses and evidence; their steps; what the law says against them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from service.accounts.access import Actor, SchemeApprover, SchemeEditor, SchemeReader
from service.core import clock
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import CalendarDay, Whole
from service.rules.schemas import LegalFinding
from service.schemes import commands, evidence_commands, reading, step_commands
from service.schemes.changes import (
    EvidenceSet,
    SchemeChange,
    SchemeCreate,
    SchemeParcelsSet,
    SchemeStepOrder,
    SchemeUsesSet,
)
from service.schemes.finding_schemas import SchemeFindings, SchemeStepTaken
from service.schemes.methods import Method
from service.schemes.models import SupplyScheme
from service.schemes.queries import scheme_by_id
from service.schemes.schemas import SchemeDetail, SchemeRead
from service.schemes.states import Level, SchemeAction, SchemeStatus

router = APIRouter(prefix="/api/v1/schemes", tags=["供地方案 schemes"], route_class=CommandRoute)

SchemeId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Order = SchemeStepOrder
On = Annotated[CalendarDay | None, Query(description="按哪一天的规定 by the law of that day; left out: today")]


async def filters(
    jurisdiction: Annotated[list[str] | None, Query(max_length=50)] = None,
    status: Annotated[list[SchemeStatus] | None, Query(max_length=5)] = None,
    method: Annotated[list[Method] | None, Query(max_length=5)] = None,
    level: Annotated[list[Level] | None, Query(max_length=2)] = None,
    parcel: Annotated[list[str] | None, Query(max_length=50, description="地块编号 codes")] = None,
    q: Annotated[str | None, Query(min_length=1, max_length=100, description="名称、文号、地块")] = None,
) -> dict[str, list[Any]]:
    """Read the filters of the list."""
    given = {"jurisdiction": jurisdiction, "status": status, "method": method, "level": level, "parcel": parcel}
    return {**{name: list(values or ()) for name, values in given.items()}, "q": [q] if q else []}


@router.get("", summary="供地方案列表 Schemes")
def list_schemes(
    actor: SchemeReader,
    session: Read,
    page: PageQuery,
    wanted: Annotated[dict[str, list[Any]], Depends(filters)],
) -> Page[SchemeRead]:
    """List schemes, the newest first; values of one filter are choices."""
    items = reading.schemes(session, actor, wanted, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([items[page.limit - 1].id]) if len(items) > page.limit else None
    return Page(items=items[: page.limit], next=following)


@router.post("", status_code=201, summary="编制供地方案 Begin a scheme")
def create_scheme(new: SchemeCreate, actor: SchemeEditor, session: Write, response: Response) -> SchemeDetail:
    """Begin a scheme for parcels as a draft; the land says its uses."""
    return _detail(session, actor, commands.create_scheme(session, actor, new), response)


@router.get("/{scheme_id}", summary="供地方案 One scheme")
def read_scheme(scheme_id: SchemeId, actor: SchemeReader, session: Read, response: Response) -> SchemeDetail:
    """Give a scheme with its land, uses, terms, evidence and steps; prices only to who may know them."""
    return _detail(session, actor, scheme_by_id(session, actor, scheme_id), response)


@router.get("/{scheme_id}/findings", summary="法定规则检查 Findings")
def read_findings(
    scheme_id: SchemeId,
    actor: SchemeReader,
    session: Read,
    on: On = None,
) -> SchemeFindings:
    """Say what a scheme lacks and what the law says against it, before any step is taken."""
    return reading.findings(session, actor, scheme_by_id(session, actor, scheme_id), on or clock.today())


@router.patch("/{scheme_id}", summary="修改供地方案 Change a draft")
def change_scheme(
    scheme_id: SchemeId, change: SchemeChange, actor: SchemeEditor, version: IfMatch, session: Write, response: Response
) -> SchemeDetail:
    """Change conditions, price or other data of a draft."""
    return _detail(session, actor, commands.change_scheme(session, actor, scheme_id, change, version=version), response)


@router.put("/{scheme_id}/parcels", summary="方案地块 Land of a draft")
def set_parcels(
    scheme_id: SchemeId,
    body: SchemeParcelsSet,
    actor: SchemeEditor,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeDetail:
    """Say which land a draft is about, and what it was before."""
    scheme = commands.set_parcels(session, actor, scheme_id, body.items, version=version)
    return _detail(session, actor, scheme, response)


@router.put("/{scheme_id}/uses", summary="方案用途年限 Uses of a draft")
def set_uses(
    scheme_id: SchemeId, uses: SchemeUsesSet, actor: SchemeEditor, version: IfMatch, session: Write, response: Response
) -> SchemeDetail:
    """Say which uses the land is supplied for, for how long, and their shares."""
    return _detail(session, actor, commands.set_uses(session, actor, scheme_id, uses.items, version=version), response)


@router.put("/{scheme_id}/evidence", summary="附证明 Show evidence")
def put_evidence(
    scheme_id: SchemeId, item: EvidenceSet, actor: SchemeEditor, version: IfMatch, session: Write, response: Response
) -> SchemeDetail:
    """Show one of the things the law asks for by a document."""
    scheme = evidence_commands.put_evidence(session, actor, scheme_id, item, version=version)
    return _detail(session, actor, scheme, response)


@router.delete("/{scheme_id}/evidence/{evidence_id}", summary="移除证明 Take evidence out")
def remove_evidence(
    scheme_id: SchemeId,
    evidence_id: Annotated[int, Path(ge=1, lt=2**63), Whole],
    actor: SchemeEditor,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeDetail:
    """Take evidence out of a draft; the audit log keeps it."""
    scheme = evidence_commands.remove_evidence(session, actor, scheme_id, evidence_id, version=version)
    return _detail(session, actor, scheme, response)


@router.post("/{scheme_id}/submit", summary="报审 Submit")
def submit_scheme(
    scheme_id: SchemeId,
    order: Order,
    actor: SchemeEditor,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeStepTaken:
    """Hand a complete draft in; it stays as it is from now on."""
    return _step(session, actor, scheme_id, SchemeAction.submit, order, version, response)


@router.post("/{scheme_id}/return", summary="退回 Return")
def return_scheme(
    scheme_id: SchemeId,
    order: Order,
    actor: SchemeApprover,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeStepTaken:
    """Give a scheme back for more work, with the reason."""
    return _step(session, actor, scheme_id, SchemeAction.return_, order, version, response)


@router.post("/{scheme_id}/endorse", summary="区级意见 Endorse")
def endorse_scheme(
    scheme_id: SchemeId,
    order: Order,
    actor: SchemeApprover,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeStepTaken:
    """Give the district's opinion on a scheme that the city approves."""
    return _step(session, actor, scheme_id, SchemeAction.endorse, order, version, response)


@router.post("/{scheme_id}/approve", summary="批准 Approve")
def approve_scheme(
    scheme_id: SchemeId,
    order: Order,
    actor: SchemeApprover,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeStepTaken:
    """Approve a scheme, if the law allows it or may be set aside; its cleared land is then ready to be offered."""
    return _step(session, actor, scheme_id, SchemeAction.approve, order, version, response)


@router.post("/{scheme_id}/withdraw", summary="撤回 Withdraw")
def withdraw_scheme(
    scheme_id: SchemeId,
    order: Order,
    actor: SchemeEditor,
    version: IfMatch,
    session: Write,
    response: Response,
) -> SchemeStepTaken:
    """Give a scheme up before it is approved, with the reason; its land is free again."""
    return _step(session, actor, scheme_id, SchemeAction.withdraw, order, version, response)


def _step(
    session: Write,
    actor: Actor,
    scheme_id: int,
    action: SchemeAction,
    order: Order,
    version: int,
    response: Response,
) -> SchemeStepTaken:
    scheme, judgement = step_commands.take_step(session, actor, scheme_id, action, order, version=version)
    response.headers["ETag"] = etag(scheme.version)
    found = [LegalFinding.of(each) for each in judgement.findings]
    return SchemeStepTaken(scheme=reading.one(session, actor, scheme), findings=found)


def _detail(session: Read, actor: Actor, scheme: SupplyScheme, response: Response) -> SchemeDetail:
    response.headers["ETag"] = etag(scheme.version)
    return reading.detail(session, actor, scheme)
