"""The dashboard: every figure is what its rows say, on the day and as known then; nobody sees what is not theirs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from service.accounts.permissions import Role
from tests.caller import Caller
from tests.factories.supply import contract, ground, happened, lot

Super = psycopg.Connection[Any]


@pytest.fixture
def viewer(as_role: Callable[..., Caller], superuser: Super) -> Caller:
    """A leader who looks at 2022: three lots sold, one of them void, one failed, one listed; three contracts."""
    ground(superuser)
    lot(
        superuser,
        1,
        [1, 2],
        ("announce", "2022-03-01"),
        ("open", "2022-03-21"),
        ("sell", "2022-04-01"),
        start_yuan=1000,
        price_yuan=1200,
    )
    lot(superuser, 2, [3], ("announce", "2022-03-02"), ("sell", "2022-04-20"), start_yuan=500, price_yuan=500)
    lot(superuser, 3, [4], ("announce", "2022-05-05"), ("fail", "2022-06-10"), start_yuan=300)
    lot(
        superuser,
        4,
        [5],
        ("announce", "2022-06-01"),
        ("sell", "2022-07-01"),
        ("void_award", "2022-08-01"),
        start_yuan=400,
        price_yuan=800,
    )
    lot(superuser, 5, [12], ("announce", "2022-11-01"), start_yuan=700)
    lot(superuser, 6, [6], ("publicise", "2021-01-05"), ("award", "2021-02-05"), price_yuan=0)
    contract(
        superuser,
        1,
        [1, 2],
        ("sign", "2022-04-10"),
        ("deliver", "2022-06-01"),
        ("start", "2022-09-01"),
        instalments=(("2022-05-10", 600), ("2022-10-10", 600)),
        payments=(("2022-05-09", 600),),
        price_yuan=1200,
        delivery_due_on="2022-06-30",
        start_due_on="2022-08-01",
    )
    contract(
        superuser,
        2,
        [3],
        ("sign", "2022-05-01"),
        instalments=(("2022-06-01", 500),),
        payments=(("2022-05-20", 200), ("2022-05-25", 400)),
        price_yuan=500,
        delivery_due_on="2022-09-01",
    )
    contract(superuser, 7, [7], ("sign", "2022-05-01"), ("rescind", "2022-10-01"), price_yuan=90)
    return as_role(Role.VIEWER)


def read(caller: Caller, query: str = "") -> dict[str, Any]:
    answer = caller.get(f"/api/v1/overview{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows(caller: Caller, address: str) -> list[dict[str, Any]]:
    answer = caller.get(address)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_the_months_tell_what_happened_and_each_figure_opens_its_rows(viewer: Caller) -> None:
    found = read(viewer)
    assert (found["first"], found["last"], found["day"]) == ("2022-01-01", "2022-12-31", "2022-11-15")
    assert [each["month"][5:7] for each in found["months"]] == [f"{n:02}" for n in range(1, 12)]
    told = {name: each["n"] for name, each in found["events"].items() if each["n"]}
    assert told == {"announce": 5, "sell": 3, "fail": 1, "void_award": 1}
    assert found["events"]["sell"]["area_m2"] == 40000
    for each in found["events"].values():
        assert len(rows(viewer, each["rows"])) == each["n"]
    for month in found["months"]:
        for each in month["events"].values():
            listed = rows(viewer, each["rows"])
            assert len(listed) == each["n"]
            assert sum(row["area_m2"] for row in listed) == each["area_m2"]
    april = found["months"][3]
    assert april["proceeds_yuan"] == "1700.00"
    premium = {"lots": 2, "at_start": 1, "start_yuan": "1500.00", "price_yuan": "1700.00", "rate": 0.1333}
    assert april["premium"] == premium
    assert found["months"][7]["proceeds_yuan"] == "0.00"
    assert found["premium"]["lots"] == 2  # what was made void brought nothing


def test_the_last_day_of_all_may_be_asked_for(viewer: Caller) -> None:
    assert read(viewer, "?as_of=9999-12-31")["months"][-1]["month"] == "9999-12-01"


def test_a_sale_counts_until_it_is_made_void(viewer: Caller) -> None:
    found = read(viewer, "?as_of=2022-07-15")
    assert found["events"]["void_award"]["n"] == 0
    assert found["premium"]["price_yuan"] == "2500.00"
    assert len(found["months"]) == 7


def test_contracts_stand_as_their_events_say_by_the_day(viewer: Caller) -> None:
    found = read(viewer)["contracts"]
    standings = {name: each["n"] for name, each in found["standings"].items()}
    assert standings == {
        "signed": 2,
        "owing": 1,
        "to_deliver": 1,
        "deliver_late": 1,
        "delivered": 1,
        "to_start": 0,
        "start_late": 0,
        "started": 1,
        "completed": 0,
    }
    assert (found["due_yuan"], found["paid_yuan"], found["owed_yuan"]) == ("1700.00", "1200.00", "600.00")
    assert found["paid_rate"] == 0.6471
    for each in found["standings"].values():
        assert len(rows(viewer, each["rows"])) == each["n"]
    (owing,) = rows(viewer, found["standings"]["owing"]["rows"])
    assert (owing["number"], owing["owed_yuan"]) == ("C-1", "600.00")
    then = read(viewer, "?as_of=2022-08-15")["contracts"]["standings"]
    assert (then["signed"]["n"], then["owing"]["n"], then["start_late"]["n"]) == (3, 0, 1)


def test_what_was_agreed_and_paid_is_that_of_the_day_and_as_known_then(viewer: Caller, superuser: Super) -> None:
    """An amendment of 1 August moves the second instalment and the start; a payment of July is entered late."""
    parts = [{"due_on": "2022-05-10", "yuan": "600.00"}, {"due_on": "2022-07-20", "yuan": "600.00"}]
    facts = {"instalments": parts, "start_due_on": "2022-10-01", "delivery_due_on": None}
    entered = dt.datetime(2022, 11, 1, tzinfo=dt.UTC)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute("UPDATE contract_event SET recorded_at = '2022-10-15+00'")
        superuser.execute("UPDATE payment SET recorded_at = '2022-10-15+00'")
        superuser.execute("UPDATE contract SET start_due_on = '2022-10-01', delivery_due_on = NULL WHERE id = 1")
    happened(superuser, 1, "amend", "2022-08-01", facts, recorded_at=entered)
    superuser.execute("UPDATE instalment SET due_on = '2022-07-20' WHERE (contract_id, ordinal) = (1, 2)")
    superuser.execute(
        "INSERT INTO payment (contract_id, paid_on, yuan, actor, recorded_at)"
        " VALUES (1, '2022-07-15', 100, 'x', '2022-11-01+00')"
    )

    def then(query: str) -> tuple[str, str, str]:
        sums = read(viewer, query)["contracts"]
        for each in sums["standings"].values():
            assert len(rows(viewer, each["rows"])) == each["n"], query
        (one,) = [row for row in rows(viewer, sums["standings"]["signed"]["rows"]) if row["id"] == 1]
        return one["due_yuan"], one["paid_yuan"], str(one["start_due_on"])

    assert then("?as_of=2022-07-31") == ("600.00", "700.00", "2022-08-01")
    assert then("?as_of=2022-08-01") == ("1200.00", "700.00", "2022-10-01")
    assert then("?as_of=2022-08-01&known_at=2022-10-31T00:00:00Z") == ("600.00", "600.00", "2022-08-01")
    assert then("") == then("?as_of=2022-11-15") == ("1200.00", "700.00", "2022-10-01")


def test_a_price_is_the_one_of_the_day(viewer: Caller, superuser: Super) -> None:
    """The start price of the lot on offer goes up on 10 November."""
    superuser.execute(
        "INSERT INTO lot_event (lot_id, kind, effective_on, facts, actor)"
        " VALUES (5, 'amend', '2022-11-10', '{\"start_yuan\": \"900.00\"}', 'x')"
    )
    superuser.execute("UPDATE lot SET start_yuan = 900 WHERE id = 5")
    for query, price in (("", "900.00"), ("?as_of=2022-11-10", "900.00"), ("?as_of=2022-11-09", "700.00")):
        announced = rows(viewer, read(viewer, query)["events"]["announce"]["rows"])
        assert {row["lot_id"]: row["start_yuan"] for row in announced}[5] == price
    for query in ("?as_of=2022-11-15", "?as_of=2022-07-15"):
        assert read(viewer, query)["months"][3] == {
            **read(viewer)["months"][3], "events": read(viewer, query)["months"][3]["events"]
        }  # fmt: skip


def test_the_plan_is_the_edition_in_force_on_the_day(viewer: Caller, superuser: Super) -> None:
    superuser.execute(
        "INSERT INTO supply_plan (id, jurisdiction_id, year, edition, status, title, published_on)"
        " OVERRIDING SYSTEM VALUE VALUES (1, 1, 2022, 1, 'amended', 'x', '2022-03-01'),"
        " (2, 1, 2022, 2, 'published', 'x', '2022-09-01'), (3, 1, 2022, 3, 'draft', 'x', NULL)"
    )
    superuser.execute(
        "INSERT INTO plan_event (plan_id, kind, effective_on, recorded_at, actor)"
        " VALUES (1, 'publish', '2022-03-01', '2022-03-01+00', 'x'), (2, 'publish', '2022-09-01', '2022-10-01+00', 'x')"
    )
    for query, plans in (
        ("", [2]), ("?as_of=2022-09-01", [2]), ("?as_of=2022-08-31", [1]), ("?as_of=2022-02-28", []),
        ("?as_of=2022-09-15&known_at=2022-09-15T00:00:00Z", [1]),
    ):  # fmt: skip
        assert [each["plan_id"] for each in read(viewer, query)["plans"]] == plans, query


def test_parcels_are_counted_where_they_lie_and_open_as_a_list(viewer: Caller, superuser: Super) -> None:
    superuser.execute(
        "INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, idle, actor)"
        " VALUES (3, 'suspect_idle', '2022-09-01', 'delivered', 'suspected', 'x')"
    )
    superuser.execute("UPDATE parcel SET stage = 'delivered', idle = 'suspected' WHERE id = 3")
    found = read(viewer)
    parcels = found["parcels"]
    assert (parcels["n"], parcels["area_m2"]) == (12, 120000)
    assert {each["stage"]: each["n"] for each in parcels["stages"]} == {"cleared": 11, "delivered": 1}
    assert {each["code"]: each["n"] for each in parcels["regions"]} == {"410105001": 10, "410105002": 2}
    for group in [parcels, *parcels["regions"], *parcels["jurisdictions"]]:
        assert len(rows(viewer, group["rows"])) == group["n"]
        for each in group["stages"]:
            assert len(rows(viewer, each["rows"])) == each["n"]
    (idle,) = found["idle_land"]
    assert (idle["code"], idle["suspected_on"], idle["contract_number"]) == ("S-3", "2022-09-01", "C-2")
    earlier = read(viewer, "?as_of=2022-08-31")
    assert earlier["idle_land"] == []
    assert [each["idle"] for each in earlier["parcels"]["idle"]] == ["none"]
    assert all("as_of=2022-08-31" in each["rows"] for each in earlier["parcels"]["stages"])


def test_places_narrow_every_figure(viewer: Caller, as_role: Callable[..., Caller]) -> None:
    for found in (
        read(viewer, "?region=410105002"),
        read(viewer, "?jurisdiction=GXQ"),
        read(as_role(Role.VIEWER, jurisdictions=["GXQ"])),
    ):
        assert found["parcels"]["n"] == 2
        assert {name for name, each in found["events"].items() if each["n"]} == {"announce"}
        assert found["contracts"]["standings"]["signed"]["n"] == 0
    assert read(as_role(Role.VIEWER, jurisdictions=["GXQ"]), "?jurisdiction=ZDXQ")["parcels"]["n"] == 0


def test_what_was_known_then(viewer: Caller) -> None:
    before = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat().replace("+", "%2B")
    found = read(viewer, f"?known_at={before}")
    assert found["parcels"]["n"] == 0
    assert found["contracts"]["standings"]["signed"]["n"] == 0
    assert not any(each["n"] for each in found["events"].values())


@pytest.mark.parametrize(
    "query", ["?year=2022&from=2022-01-01", "?from=2022-02-01&to=2022-01-01", "?from=2010-01-01&to=2022-01-01"]
)
def test_a_span_that_makes_no_sense_is_refused(viewer: Caller, query: str) -> None:
    assert viewer.get(f"/api/v1/overview{query}").status_code == 400


def test_an_answer_is_kept_until_anything_it_shows_is_changed(viewer: Caller, superuser: Super) -> None:
    first = viewer.get("/api/v1/overview")
    tag = first.headers["etag"]
    assert viewer.get("/api/v1/overview", headers={"If-None-Match": tag}).status_code == 304
    superuser.execute("INSERT INTO payment (contract_id, paid_on, yuan, actor) VALUES (1, '2022-10-01', 100, 'x')")
    second = viewer.get("/api/v1/overview", headers={"If-None-Match": tag})
    assert second.status_code == 200
    assert second.json()["contracts"]["owed_yuan"] == "500.00"
    superuser.execute("UPDATE parcel SET stage = 'reserved' WHERE id = 9")
    third = viewer.get("/api/v1/overview", headers={"If-None-Match": second.headers["etag"]})
    assert [each["n"] for each in third.json()["parcels"]["stages"]] == [1, 11]
    assert viewer.get("/api/v1/overview?year=2021").json()["events"]["award"]["n"] == 1
