"""What the database refuses of checklists, in the words of the commands that refuse the same."""

import psycopg

from service.checklist.commands import StillOffered
from service.checklist.states import FourEyes
from service.core import problems


def one_person(_: psycopg.Error) -> FourEyes:
    """Return what `checklist_four_eyes` means: someone would be done alone with what the law asks for."""
    return FourEyes(
        "该事项为法律规定的前置条件，须先由一人报审，再由另一人通过。",
        "The law asks for this item: one hands it in, another accepts it.",
    )


def still_offered(_: psycopg.Error) -> StillOffered:
    """Return what `checklist_offered` means: a lot has taken the land meanwhile."""
    return StillOffered(
        "地块正在交易，签订合同或本轮结束前清单不能关闭。",
        "A lot holds the land; its checklist stays until the contract or the end of the round.",
    )


problems.CONSTRAINTS |= {"checklist_four_eyes": one_person, "checklist_offered": still_offered}
