"""Where a supply scheme (供地方案) stands, and what may be done with it there. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from service.core.errors import Conflict


class SchemeStatus(StrEnum):
    """Status of a scheme; `spent`: its land went back into the reserve, another supply needs another scheme."""

    draft = "draft"
    submitted = "submitted"
    approved = "approved"
    withdrawn = "withdrawn"
    spent = "spent"


class SchemeAction(StrEnum):
    """What can be done with a scheme; each but `edit` is a step that is kept."""

    edit = "edit"
    submit = "submit"
    return_ = "return"
    endorse = "endorse"
    approve = "approve"
    withdraw = "withdraw"
    spend = "spend"


class Level(StrEnum):
    """Who approves: the district, or the city after the district's opinion."""

    district = "district"
    city = "city"


class WrongStatus(Conflict):
    """The scheme's status does not allow it; `allowed` names what it does allow."""

    code, title_zh, title_en = "scheme-wrong-status", "方案当前状态不允许该操作", "Not possible in the scheme's status"


NAMES: Mapping[SchemeStatus, tuple[str, str]] = {
    SchemeStatus.draft: ("编制中", "draft"),
    SchemeStatus.submitted: ("已报审", "submitted"),
    SchemeStatus.approved: ("已批准", "approved"),
    SchemeStatus.withdrawn: ("已撤回", "withdrawn"),
    SchemeStatus.spent: ("已失效", "spent"),
}

_S, _A = SchemeStatus, SchemeAction

TRANSITIONS: Mapping[tuple[SchemeStatus, SchemeAction], SchemeStatus] = {
    (_S.draft, _A.edit): _S.draft,
    (_S.draft, _A.submit): _S.submitted,
    (_S.draft, _A.withdraw): _S.withdrawn,
    (_S.submitted, _A.return_): _S.draft,
    (_S.submitted, _A.endorse): _S.submitted,
    (_S.submitted, _A.approve): _S.approved,
    (_S.submitted, _A.withdraw): _S.withdrawn,
    (_S.approved, _A.spend): _S.spent,
}

LIVE = (SchemeStatus.draft, SchemeStatus.submitted, SchemeStatus.approved)
"""A scheme that holds its parcels: each parcel is in at most one of these."""


def allowed(status: SchemeStatus) -> tuple[SchemeAction, ...]:
    """Return what may be done, in a fixed order; `spend` happens by itself.

    >>> [str(each) for each in allowed(SchemeStatus.submitted)]
    ['return', 'endorse', 'approve', 'withdraw']
    """
    return tuple(each for each in SchemeAction if (status, each) in TRANSITIONS and each is not SchemeAction.spend)


def after(status: SchemeStatus, action: SchemeAction) -> SchemeStatus:
    """Return the status that an action leads to. Raises WrongStatus.

    >>> str(after(SchemeStatus.draft, SchemeAction.submit))
    'submitted'
    """
    found = TRANSITIONS.get((status, action))
    if found is None:
        zh, en = NAMES[status]
        raise WrongStatus(
            f"方案{zh}，不能进行该操作。",
            f"The scheme is {en}.",
            facts={"status": str(status), "allowed": [str(each) for each in allowed(status)]},
        )
    return found
