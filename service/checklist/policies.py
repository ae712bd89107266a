"""Answers about the rules of jurisdictions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist.models import ChecklistPolicy
from service.checklist.policy_schemas import PolicyList, PolicyRead
from service.parcels.schemas import Named
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions


def policies(session: Session, actor: Actor) -> PolicyList:
    """Return the rules of the jurisdictions that an actor sees."""
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    wanted = (
        select(ChecklistPolicy, Jurisdiction)
        .join(Jurisdiction, Jurisdiction.id == ChecklistPolicy.jurisdiction_id)
        .where(ChecklistPolicy.jurisdiction_id.in_(own))
        .order_by(Jurisdiction.code)
    )
    return PolicyList(items=[_read(policy, owner) for policy, owner in session.execute(wanted)])


def one(session: Session, policy: ChecklistPolicy) -> PolicyRead:
    """Return one rule."""
    return _read(policy, session.get_one(Jurisdiction, policy.jurisdiction_id))


def _read(policy: ChecklistPolicy, owner: Jurisdiction) -> PolicyRead:
    return PolicyRead(
        jurisdiction=Named(code=owner.code, name=owner.name),
        template=policy.template_key,
        required_from=policy.required_from,
        version=policy.version,
    )
