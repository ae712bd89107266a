"""Whose word a new boundary needs (变更界线须经谁同意), by the stage of its parcel. Pure.

As for a split: once the public was told of this very plot, or somebody bids for it, holds it or builds on it, its
boundary is theirs too. Then an approver gives a reason and the document that it rests on.
"""

from typing import NamedTuple

from service.parcels.lifecycle import Stage
from service.parcels.lineage import CONCERNED, FREE_STAGES


class Approval(NamedTuple):
    """That an approver must answer for a new boundary, and why."""

    stage: Stage
    message: str
    message_en: str


def approval_for(stage: Stage) -> Approval | None:
    """Return why an approver decides on a new boundary in a stage; None where the bureau is free to correct it.

    >>> approval_for(Stage.reserved) is None, approval_for(Stage.listed).message_en
    (True, 'It is up for sale: a new boundary needs an approver, with reason and document')
    """
    if stage in FREE_STAGES:
        return None
    zh, en = CONCERNED[stage]
    return Approval(
        stage,
        f"该地块{zh}，变更界线须由审批人说明理由并附依据文件",
        f"{en[0].upper()}{en[1:]}: a new boundary needs an approver, with reason and document",
    )
