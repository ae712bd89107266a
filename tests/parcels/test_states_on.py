"""States of the parcels in a box, on a day: the same as a list says."""

import itertools
from collections.abc import Callable
from typing import Any

import psycopg

from service.accounts.permissions import Role
from tests.caller import Caller
from tests.factories.supply import ground

BOX = "bbox=113.6,34.6,113.9,34.8"


def test_the_ids_are_those_that_a_list_of_each_state_holds(
    as_role: Callable[..., Caller], superuser: psycopg.Connection[Any]
) -> None:
    ground(superuser)
    add = (
        "INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, hold, actor)"
        " VALUES (%s, 'announce', %s, %s, %s, 'x')"
    )
    for number, day, stage, hold in ((2, "2021-03-01", "announced", None), (3, "2022-01-01", "sold", "suspended")):
        superuser.execute(add, (number, day, stage, hold))
    viewer = as_role(Role.VIEWER)
    for day, expected in (("2019-12-31", 0), ("2020-01-01", 1), ("2021-06-01", 2), ("2022-11-01", 3)):
        found = viewer.get(f"/api/v1/parcels/states?{BOX}&as_of={day}").json()["states"]
        assert len(found) == expected
        for each in found:
            asked = f"{BOX}&as_of={day}&stage={each['stage']}&hold={each['hold']}&idle={each['idle']}"
            listed = viewer.get(f"/api/v1/parcels?{asked}").json()["items"]
            assert list(itertools.accumulate(each["ids"])) == sorted(item["id"] for item in listed)
    assert viewer.get("/api/v1/parcels/states").status_code == 400
    other = as_role(Role.VIEWER, jurisdictions=["GXQ"]).get(f"/api/v1/parcels/states?{BOX}").json()["states"]
    assert sum(len(each["ids"]) for each in other) == 2
