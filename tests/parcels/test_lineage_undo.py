"""Taking a split or merge back: what stands again, what is told of it, and what stands in the way."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from service.accounts.access import Actor, system
from service.core.db import Database
from service.parcels import governing, queries
from service.parcels.governing import Hold
from service.parcels.lifecycle import EventKind, Stage
from service.parcels.selection import Moment, Selection
from service.parcels.tallies import tallies
from tests.factories.parcels import LON, make_parcel, make_regions, square
from tests.parcels.test_lineage_doors import DAY, EAST, NORTH, URL, codes, cut, merge, split, state

Caller = Any
Answer = Any  # the client's own type
Json = dict[str, Any]
WHY = {"note": "分割线有误"}


@pytest.fixture
def parcels(database: Database, actor: Actor) -> None:
    """ZD-1 and ZD-2 side by side, 1 ha each, reserved."""
    with database.write(actor) as session:
        make_regions(session)
        make_parcel(session, code="ZD-1", stage=Stage.reserved, name="龙湖金融岛", geometry=square())
        make_parcel(session, code="ZD-2", stage=Stage.reserved, geometry=square(LON + EAST))


@pytest.fixture
def registrar(parcels: None, as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


@pytest.fixture
def division(registrar: Caller) -> int:
    """The number of the split of ZD-1 into two."""
    number: int = split(registrar).json()["operation"]["id"]
    return number


def undo(caller: Caller, number: int, *, dry_run: bool = False, **order: object) -> Answer:
    return caller.post(f"{URL}/lineage/{number}/undo{'?dry_run=true' if dry_run else ''}", json=WHY | order)


def whats(answer: Answer) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (409, "lineage-built-on"), answer.text
    return [(each["code"], each["what"]) for each in answer.json()["obstacles"]]


def test_the_old_parcel_stands_again_as_it_was(
    registrar: Caller, division: int, owner: psycopg.Connection[Any]
) -> None:
    counted = "SELECT sum(n)::int, sum(area_m2)::int FROM parcel_tally WHERE z = 11"
    done = undo(registrar, division)
    assert done.status_code == 201, done.text
    told = done.json()
    assert (told["ended"], told["revived"], told["findings"]) == (["ZD-1-1", "ZD-1-2"], ["ZD-1"], [])
    assert told["operation"]["undoes"] == division
    assert told["operation"]["effective_on"] == DAY
    assert codes(registrar.get(URL)) == ["ZD-1", "ZD-2"]
    again = registrar.get(f"{URL}/ZD-1").json()
    assert (again["retired_on"], again["successors"], again["name"], again["stage"], again["version"]) == (
        None, [], "龙湖金融岛", "reserved", 3,
    )  # fmt: skip
    assert again["allowed_events"], "it goes on"
    part = registrar.get(f"{URL}/ZD-1-1").json()
    assert (part["retired_on"], part["successors"]) == (DAY, ["ZD-1"])
    assert owner.execute(counted).fetchone() == (2, 20021)
    with_change = registrar.patch(f"{URL}/ZD-1-1", json={"name": "x"}, headers={"if-match": '"2"'})
    assert (with_change.status_code, with_change.json()["successors"]) == (409, ["ZD-1"])


def test_what_a_merge_had_ended_stands_again(registrar: Caller) -> None:
    merged = merge(registrar, "ZD-1", "ZD-2").json()
    assert undo(registrar, merged["operation"]["id"]).json()["revived"] == ["ZD-1", "ZD-2"]
    assert codes(registrar.get(URL)) == ["ZD-1", "ZD-2"]


def test_each_day_and_each_knowledge_has_its_parcels(
    registrar: Caller, division: int, owner: psycopg.Connection[Any]
) -> None:
    undo(registrar, division)
    known = owner.execute("SELECT recorded_at FROM lineage_operation ORDER BY id").fetchall()
    split_at, undone_at = (each.isoformat() for (each,) in known)

    def standing(**moment: str) -> list[str]:
        return codes(registrar.get(URL, params=moment))

    assert standing(as_of="2022-11-10") == ["ZD-1", "ZD-2"], "by what is known now it never was divided"
    assert standing(as_of="2022-11-10", known_at=undone_at) == ["ZD-1", "ZD-2"]
    assert standing(as_of="2022-11-10", known_at=split_at) == ["ZD-1-1", "ZD-1-2", "ZD-2"], "what was known meanwhile"
    assert standing(as_of="2022-10-01", known_at=split_at) == ["ZD-1", "ZD-2"]
    then = registrar.get(f"{URL}/ZD-1", params={"as_of": "2022-11-10", "known_at": split_at}).json()
    assert (then["retired_on"], then["successors"]) == (DAY, ["ZD-1-1", "ZD-1-2"])


def test_the_counts_of_each_day_and_knowledge_follow(
    registrar: Caller, division: int, owner: psycopg.Connection[Any], database: Database
) -> None:
    undo(registrar, division)
    split_at, undone_at = (at for (at,) in owner.execute("SELECT recorded_at FROM lineage_operation ORDER BY id"))

    def counted(**moment: Any) -> int:  # noqa: ANN401 - a day, an instant
        selected = Selection(moment=Moment(as_of=dt.date(2022, 11, 10), **moment))
        with database.pool.connection() as connection:
            return sum(each.n for each in tallies(connection, system("test"), selected))

    assert (counted(), counted(known_at=undone_at), counted(known_at=split_at)) == (2, 2, 3)


def test_the_lineage_tells_both_and_stays_without_a_circle(registrar: Caller, division: int) -> None:
    undo(registrar, division)
    other = split(registrar, version=3, line=cut(0.25)).json()
    assert other["parts"][0]["code"] == "ZD-1-3", "no code is used twice"
    told = registrar.get(f"{URL}/ZD-1/lineage").json()
    assert [(each["kind"], each["undoes"], each["undone_by"] is not None) for each in told["operations"]] == [
        ("split", None, True), ("undo", division, False), ("split", None, False),
    ]  # fmt: skip
    edges = [(edge["source"], edge["target"]) for edge in told["edges"]]
    assert edges == [("ZD-1", f"ZD-1-{number}") for number in (1, 2, 3, 4)]
    of_part = registrar.get(f"{URL}/ZD-1-2/lineage").json()
    relations = {node["code"]: node["relation"] for node in of_part["nodes"]}
    assert relations["ZD-1"] == "ancestor"
    assert relations["ZD-1-2"] == "self"


def test_it_can_be_undone_again_and_again_but_each_once(registrar: Caller, division: int, database: Database) -> None:
    first = undo(registrar, division).json()["operation"]["id"]
    assert undo(registrar, division).json()["code"] == "lineage-not-undoable"
    assert undo(registrar, first).json()["code"] == "lineage-not-undoable"
    again = split(registrar, version=3).json()["operation"]["id"]
    assert undo(registrar, again).status_code == 201
    assert codes(registrar.get(URL)) == ["ZD-1", "ZD-2"]
    with database.read() as session:
        assert queries.deviations(session) == []


def test_a_part_that_was_divided_and_put_together_again_is_no_obstacle(registrar: Caller, division: int) -> None:
    further = split(registrar, "ZD-1-1", line=cut(0.25)).json()["operation"]["id"]
    assert whats(undo(registrar, division)) == [("ZD-1-1", "ended")]
    assert undo(registrar, further).status_code == 201
    assert undo(registrar, division).status_code == 201
    assert codes(registrar.get(URL)) == ["ZD-1", "ZD-2"]


def test_a_dry_run_tells_the_same_and_saves_nothing(registrar: Caller, division: int) -> None:
    told = undo(registrar, division, dry_run=True)
    assert (told.status_code, told.json()["operation"], told.json()["revived"]) == (200, None, ["ZD-1"])
    assert codes(registrar.get(URL)) == ["ZD-1-1", "ZD-1-2", "ZD-2"]


def test_what_was_built_on_a_part_stands_in_the_way(
    registrar: Caller, division: int, database: Database, actor: Actor, superuser: psycopg.Connection[Any]
) -> None:
    state(database, actor, "ZD-1-1", EventKind.clear, "2022-11-02")
    changed = registrar.patch(f"{URL}/ZD-1-2", json={"name": "东半"}, headers={"if-match": '"1"'})
    assert changed.status_code == 200, changed.text
    superuser.execute(
        "INSERT INTO document (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256, uploaded_by)"
        " VALUES ('parcel', 'ZD-1-2', '批复', 'a.pdf', 'application/pdf', 1, repeat('0', 64), 'test')"
    )
    refused = undo(registrar, division)
    assert whats(refused) == [
        ("ZD-1-1", "change"), ("ZD-1-1", "event"), ("ZD-1-2", "change"), ("ZD-1-2", "document"),
    ]  # fmt: skip
    assert "ZD-1-1（已有后续事件）" in refused.json()["detail"]


def test_a_table_that_points_to_a_part_stands_in_the_way(
    registrar: Caller, division: int, superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute(
        "SET session_replication_role = replica; INSERT INTO scheme_parcel (scheme_id, parcel_id)"
        " SELECT 1, id FROM parcel WHERE code = 'ZD-1-2'"
    )
    try:
        assert whats(undo(registrar, division)) == [("ZD-1-2", "scheme_parcel")]
    finally:
        superuser.execute("DELETE FROM scheme_parcel; SET session_replication_role = origin")


@pytest.fixture
def lot() -> Iterator[None]:
    """A lot that holds every parcel."""
    governing.register("probe", lambda _, ids: [Hold(each, "lot", 7, "宗地 7", "lot 7", frozenset()) for each in ids])
    yield
    governing.forget("probe")


def test_what_a_lot_holds_is_named(registrar: Caller, division: int, lot: None) -> None:
    refused = undo(registrar, division).json()
    assert (refused["code"], refused["holds"][0]["title"]) == ("parcel-held", "宗地 7")


def test_where_others_are_concerned_an_approver_decides(
    parcels: None, as_role: Callable[..., Caller], database: Database, actor: Actor, owner: psycopg.Connection[Any]
) -> None:
    with database.write(actor) as session:
        make_parcel(
            session,
            code="ZD-5",
            stage=Stage.announced,
            geometry=square(LON, square()["coordinates"][0][0][1] + 2 * NORTH),
        )
    ((document,),) = owner.execute(
        "INSERT INTO document (subject_type, subject_id, title, file_name, media_type, size_bytes, sha256, uploaded_by)"
        " VALUES ('parcel', 'ZD-5', '批复', 'a.pdf', 'application/pdf', 1, repeat('0', 64), 'test') RETURNING id"
    ).fetchall()
    approver, registrar = as_role("approver"), as_role("registrar")
    line = {"type": "LineString", "coordinates": [[LON + EAST / 2, 34], [LON + EAST / 2, 36]]}
    told = {"override_reason": "经区政府同意", "document_id": document}
    done = split(approver, "ZD-5", line=line, **told)
    assert done.status_code == 201, done.text
    number = done.json()["operation"]["id"]
    for refused in (undo(registrar, number, **told), undo(approver, number)):
        assert (refused.status_code, refused.json()["code"]) == (409, "lineage-refused")
    assert undo(approver, number, **told).status_code == 201


def test_only_ones_own_are_undone(registrar: Caller, division: int, as_role: Callable[..., Caller]) -> None:
    assert undo(as_role("registrar", jurisdictions=["GXQ"]), division).status_code == 404
    assert undo(as_role("viewer"), division).status_code == 403
    assert undo(registrar, 4711).status_code == 404
    assert undo(registrar, division, note=" ").status_code == 422
    assert undo(registrar, division, note=None).json()["errors"][0]["pointer"] == "/note"


def test_everything_is_written_down(registrar: Caller, division: int, owner: psycopg.Connection[Any]) -> None:
    undo(registrar, division)
    rows = owner.execute("SELECT action, subject_id, after ->> 'note' FROM audit_entry ORDER BY seq DESC LIMIT 3")
    assert rows.fetchall() == [
        ("parcel:revived", "ZD-1", WHY["note"]),
        ("parcel:lineage_undone", "ZD-1-2", WHY["note"]),
        ("parcel:lineage_undone", "ZD-1-1", WHY["note"]),
    ]


def test_no_sql_brings_a_parcel_back_without_an_undoing(
    registrar: Caller, division: int, superuser: psycopg.Connection[Any]
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
        superuser.execute("UPDATE parcel SET retired_by = NULL WHERE code = 'ZD-1'")
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_lineage_operation_undoes"):
        superuser.execute(
            "INSERT INTO lineage_operation (kind, effective_on, actor) VALUES ('undo', '2022-11-02', 'x')"
        )
    undo(registrar, division)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
        superuser.execute("UPDATE parcel SET retired_by = NULL WHERE code = 'ZD-1-1'")
    with pytest.raises(psycopg.errors.UniqueViolation):
        superuser.execute(
            "INSERT INTO lineage_operation (kind, effective_on, actor, undoes) VALUES ('undo', '2022-11-02', 'x', %s)",
            (division,),
        )
