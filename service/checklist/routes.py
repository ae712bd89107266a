"""八同步: opening checklists, actions on items, proofs, waivers, templates, rules of jurisdictions."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.access import (
    ChecklistManager,
    ChecklistOpener,
    ChecklistReader,
    ChecklistWorker,
)
from service.checklist import commands, item_commands, policies, proof_commands, reading, template_commands
from service.checklist.changes import (
    BureauReplacement,
    ChecklistChange,
    ChecklistClose,
    ChecklistCreate,
    ChecklistItemChange,
    CommentCreate,
    ItemEventOrder,
    PolicySet,
    ProofCreate,
    TemplateMove,
)
from service.checklist.models import Checklist
from service.checklist.policy_schemas import BureauReplaced, PolicyList, PolicyRead
from service.checklist.read_schemas import ChecklistRead, ItemTaken
from service.core.dependencies import IfMatch, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.schemas import Whole

TAGS = ["八同步 checklists"]
writes = APIRouter(prefix="/api/v1/checklists", tags=[*TAGS], route_class=CommandRoute)
rules = APIRouter(prefix="/api/v1/checklist-policies", tags=[*TAGS], route_class=CommandRoute)

ChecklistId = Annotated[int, Path(ge=1, lt=2**31), Whole]
ItemKey = Annotated[str, Path(max_length=60, description="事项 key of an item")]
Code = Annotated[str, Path(max_length=60, description="管辖区 code of a jurisdiction")]


@writes.post("", status_code=201, summary="建立清单 Open a checklist")
def open_checklist(new: ChecklistCreate, actor: ChecklistOpener, session: Write, response: Response) -> ChecklistRead:
    """Open a checklist for a parcel; its items are those of the template, as far as the parcel's facts ask for them."""
    return _whole(session, actor, commands.open_checklist(session, actor, new).id, response)


@writes.post("/reassign", summary="牵头单位变更 Replace a bureau")
def replace_bureau(order: BureauReplacement, actor: ChecklistManager, session: Write) -> BureauReplaced:
    """Give the items of a bureau that is no more to another, on all running checklists."""
    return BureauReplaced(items=template_commands.replace_bureau(session, actor, order))


@writes.patch("/{checklist_id}", summary="修改清单 Change a checklist")
def change_checklist(
    checklist_id: ChecklistId,
    change: ChecklistChange,
    actor: ChecklistOpener,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ChecklistRead:
    """Change facts, planned days, project; items apply or not as the facts say."""
    commands.change_checklist(session, actor, checklist_id, change, version=version)
    return _whole(session, actor, checklist_id, response)


@writes.post("/{checklist_id}/close", summary="关闭清单 Close a checklist")
def close_checklist(
    checklist_id: ChecklistId,
    order: ChecklistClose,
    actor: ChecklistOpener,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ChecklistRead:
    """Close a checklist with a reason; not while its land is being offered."""
    commands.close_checklist(session, actor, checklist_id, order, version=version)
    return _whole(session, actor, checklist_id, response)


@writes.post("/{checklist_id}/template", summary="换用新版模板 Move to a newer template")
def move_template(
    checklist_id: ChecklistId,
    order: TemplateMove,
    actor: ChecklistOpener,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ChecklistRead:
    """Move to a newer version of the template; what was done stays with the items' keys."""
    template_commands.move_template(session, actor, checklist_id, order, version=version)
    return _whole(session, actor, checklist_id, response)


@writes.post("/{checklist_id}/items/{key}/events", status_code=201, summary="办理事项 Take an action")
def take_action(
    checklist_id: ChecklistId,
    key: ItemKey,
    order: ItemEventOrder,
    actor: ChecklistWorker,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ItemTaken:
    """Begin, hand in, accept, return, reopen an item, or ask for a waiver, which an approver grants."""
    checklist, _ = item_commands.take_action(session, actor, checklist_id, key, order, version=version)
    return _item(session, actor, checklist, key, response)


@writes.patch("/{checklist_id}/items/{key}", summary="安排事项 Plan an item")
def plan_item(
    checklist_id: ChecklistId,
    key: ItemKey,
    change: ChecklistItemChange,
    actor: ChecklistWorker,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ItemTaken:
    """Say who sees to an item, when, and how long it takes."""
    checklist, _ = item_commands.plan_item(session, actor, checklist_id, key, change, version=version)
    return _item(session, actor, checklist, key, response)


@writes.post("/{checklist_id}/items/{key}/documents", status_code=201, summary="提交证明 Hand in a proof")
def add_proof(
    checklist_id: ChecklistId,
    key: ItemKey,
    new: ProofCreate,
    actor: ChecklistWorker,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ItemTaken:
    """Hand in a document as proof, and say how long it holds."""
    checklist, _ = proof_commands.add_proof(session, actor, checklist_id, key, new, version=version)
    return _item(session, actor, checklist, key, response)


@writes.delete("/{checklist_id}/items/{key}/documents/{proof_id}", summary="撤回证明 Withdraw a proof")
def withdraw_proof(
    checklist_id: ChecklistId,
    key: ItemKey,
    proof_id: Annotated[int, Path(ge=1, lt=2**63), Whole],
    actor: ChecklistWorker,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ItemTaken:
    """Withdraw a proof; it stays in the history."""
    checklist, _ = proof_commands.withdraw_proof(session, actor, checklist_id, key, proof_id, version=version)
    return _item(session, actor, checklist, key, response)


@writes.post("/{checklist_id}/items/{key}/comments", status_code=201, summary="备注 Remark")
def add_comment(
    checklist_id: ChecklistId,
    key: ItemKey,
    new: CommentCreate,
    actor: ChecklistWorker,
    session: Write,
    response: Response,
) -> ItemTaken:
    """Add a remark to an item's history; whoever sees to the item is told."""
    checklist = item_commands.comment(session, actor, checklist_id, key, new)
    return _item(session, actor, checklist, key, response)


@rules.get("", summary="清单规定 Rules of jurisdictions")
def list_policies(actor: ChecklistReader, session: Read) -> PolicyList:
    """Say which template each jurisdiction uses, and from which notice day its sales need checklists."""
    return policies.policies(session, actor)


@rules.put("/{jurisdiction}", summary="设定清单规定 Set a jurisdiction's rule")
def set_policy(
    jurisdiction: Code,
    order: PolicySet,
    actor: ChecklistManager,
    version: IfMatch,
    session: Write,
    response: Response,
) -> PolicyRead:
    """Set the rule; `If-Match: "0"` where there is none yet."""
    policy = template_commands.set_policy(session, actor, jurisdiction, order, version=version)
    response.headers["ETag"] = etag(policy.version)
    return policies.one(session, policy)


def _whole(session: Write, actor: ChecklistReader, checklist_id: int, response: Response) -> ChecklistRead:
    found = reading.checklist(session, actor, checklist_id)
    response.headers["ETag"] = etag(found.version)
    return found


def _item(session: Write, actor: ChecklistReader, checklist: Checklist, key: str, response: Response) -> ItemTaken:
    found = reading.item_taken(session, actor, checklist, key)
    response.headers["ETag"] = etag(found.item.version)
    return found
