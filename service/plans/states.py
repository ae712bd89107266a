"""Where an edition of an annual plan stands, and what may be done with it there. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from service.core.errors import Conflict


class PlanStatus(StrEnum):
    """PlanStatus of an edition (版次) of a plan; `amended`: a newer edition has replaced it."""

    draft = "draft"
    submitted = "submitted"
    approved = "approved"
    published = "published"
    amended = "amended"


class PlanAction(StrEnum):
    """What can be done with an edition."""

    edit = "edit"
    submit = "submit"
    return_ = "return"
    approve = "approve"
    publish = "publish"
    amend = "amend"
    replace_ = "replace"


class WrongStatus(Conflict):
    """The edition's status does not allow it; `allowed` names what it does allow."""

    code, title_zh, title_en = "plan-wrong-status", "计划当前状态不允许该操作", "Not possible in the plan's status"


NAMES: Mapping[PlanStatus, tuple[str, str]] = {
    PlanStatus.draft: ("编制中", "draft"),
    PlanStatus.submitted: ("已报审", "submitted"),
    PlanStatus.approved: ("已批准", "approved"),
    PlanStatus.published: ("已公布", "published"),
    PlanStatus.amended: ("已调整", "amended"),
}

_S, _A = PlanStatus, PlanAction

# `edit` is any change of items, totals or title; `amend` begins the next edition beside the one in force, and that one
# is replaced only when the next is published.
TRANSITIONS: Mapping[tuple[PlanStatus, PlanAction], PlanStatus] = {
    (_S.draft, _A.edit): _S.draft,
    (_S.draft, _A.submit): _S.submitted,
    (_S.submitted, _A.return_): _S.draft,
    (_S.submitted, _A.approve): _S.approved,
    (_S.approved, _A.return_): _S.draft,
    (_S.approved, _A.publish): _S.published,
    (_S.published, _A.amend): _S.published,
    (_S.published, _A.replace_): _S.amended,
}

OPEN = (PlanStatus.draft, PlanStatus.submitted, PlanStatus.approved)
"""An edition on its way; a plan year has at most one."""


def allowed(status: PlanStatus) -> tuple[PlanAction, ...]:
    """Return what may be done, in a fixed order; `replace` happens by itself.

    >>> [str(each) for each in allowed(PlanStatus.submitted)]
    ['return', 'approve']
    """
    return tuple(each for each in PlanAction if (status, each) in TRANSITIONS and each is not PlanAction.replace_)


def after(status: PlanStatus, action: PlanAction) -> PlanStatus:
    """Return the status that an action leads to. Raises WrongStatus.

    >>> str(after(PlanStatus.draft, PlanAction.submit))
    'submitted'
    """
    found = TRANSITIONS.get((status, action))
    if found is None:
        zh, en = NAMES[status]
        raise WrongStatus(
            f"计划{zh}，不能进行该操作。",
            f"The plan is {en}.",
            facts={"status": str(status), "allowed": [str(each) for each in allowed(status)]},
        )
    return found
