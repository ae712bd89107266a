"""The states of the parcels in a box on a day, small enough to be asked for month by month: for the map's slider."""

from typing import Any

from pydantic import BaseModel, Field

from service.accounts.access import Actor
from service.core.errors import BadRequest
from service.parcels import reading, selection
from service.parcels.lifecycle import Hold, Idle, Stage
from service.parcels.selection import Selection

MOST = 20_000


class StateOn(BaseModel):
    """Parcels of one state."""

    stage: Stage
    hold: Hold
    idle: Idle
    ids: list[int] = Field(description="递增,除首个外为与前一个之差 ascending; each but the first less the one before")


class StatesOn(BaseModel):
    """Parcels of a box by their state on a day; who isn't named was not there yet, or no longer."""

    states: list[StateOn]


_BY_STATE = """SELECT s.stage, s.hold, s.idle, p.id"""


def states(connection: reading.Connection, actor: Actor, selected: Selection) -> dict[str, Any]:
    """Return the ids of the selected parcels by state, written as differences.

    Raises:
        BadRequest: without a box, or with more than 20,000 parcels in it.

    """
    if selected.bbox is None:
        raise BadRequest("请给出范围 bbox。", "Give a `bbox`.")
    chosen = selection.chosen(selected, actor)
    rows = reading.run(connection, chosen.params | {"most": MOST + 1}, _BY_STATE, chosen.sql, "LIMIT %(most)s")
    if len(rows) > MOST:
        raise BadRequest(f"范围内的地块超过 {MOST} 个，请放大后再看。", f"More than {MOST} parcels: zoom in.")
    found: dict[tuple[str, str, str], list[int]] = {}
    for stage, hold, idle, number in rows:
        found.setdefault((stage, hold, idle), []).append(number)
    keys = sorted(found)
    return {
        "states": [{"stage": key[0], "hold": key[1], "idle": key[2], "ids": differences(found[key])} for key in keys]
    }


def differences(ids: list[int]) -> list[int]:
    """Write ascending numbers as differences.

    >>> differences([7, 3, 12])
    [3, 4, 5]
    """
    ordered = sorted(ids)
    return [after - before for before, after in zip([0, *ordered], ordered, strict=False)]
