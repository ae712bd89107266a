"""Land is split or merged while its checklist runs, and that is undone."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from service.accounts.access import Actor
from service.accounts.permissions import Role
from service.checklist.changes import ChecklistClose, CommentCreate
from service.checklist.commands import close_checklist
from service.checklist.item_commands import comment
from service.checklist.models import Checklist, ChecklistOrigin
from service.checklist.queries import documents_of, template_of
from service.core.db import Database
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel, ParcelEvent
from tests.caller import Caller
from tests.factories.checklists import (
    act,
    finish,
    first_open,
    make_checklist,
    make_document,
    make_person,
    parcel_of,
    prove,
    row_of,
)
from tests.factories.parcels import LON, make_parcel, make_regions, square
from tests.parcels.test_lineage_doors import EAST, merge, split
from tests.parcels.test_lineage_undo import undo, whats

D = dt.date
PRE, PLOT = "BT-A2", "BT-E0"
"""A shadow review, and a survey done for the plot."""


@pytest.fixture
def land(database: Database, actor: Actor) -> dict[str, int]:
    """ZD-1 with a checklist in the middle, ZD-2 beside it without one."""
    with database.write(actor) as session:
        make_regions(session)
        parcels = [
            make_parcel(session, code=f"ZD-{n}", stage=Stage.cleared, geometry=square(LON + (n - 1) * EAST))
            for n in (1, 2)
        ]
        return {each.code: each.id for each in parcels}


@pytest.fixture
def begun(land: dict[str, int], database: Database, actor: Actor) -> int:
    with database.write(actor) as session:
        checklist = make_checklist(
            session,
            session.get_one(Parcel, land["ZD-1"]),
            project_name="示例项目",
            planned_sale_on=D(2023, 3, 1),
            opened_on=D(2022, 8, 1),
        )
        prove(session, actor, checklist, PLOT, until=D(2023, 9, 1))
        finish(session, checklist, only={PRE, PLOT})
        return checklist.id


@pytest.fixture
def registrar(begun: int, as_role: Callable[..., Caller]) -> Caller:
    return as_role("registrar")


def on(database: Database, code: str) -> Checklist:
    with database.read() as session:
        wanted = select(Checklist).join(Parcel, Parcel.id == Checklist.parcel_id).where(Parcel.code == code)
        return session.scalars(wanted.order_by(Checklist.id.desc()).limit(1)).one()


def test_parts_inherit_what_was_done_for_the_plot(database: Database, registrar: Caller, begun: int) -> None:
    assert split(registrar).status_code == 201
    for code in ("ZD-1-1", "ZD-1-2"):
        part = on(database, code)
        assert (part.status, part.project_name, part.planned_sale_on) == ("running", "示例项目", D(2023, 3, 1))
        with database.read() as session:
            done, again = row_of(session, part, PLOT), row_of(session, part, PRE)
            assert (done.state, done.finished_on) == ("done", D(2022, 9, 1))
            assert {each.valid_until for each in documents_of(session, part.id, PLOT)} == {D(2023, 9, 1)}
            assert (again.state, again.finished_on) == ("returned", None)
            assert again.reason is not None
            assert session.get(ChecklistOrigin, (part.id, begun)) is not None
    ended = on(database, "ZD-1")
    assert (ended.status, ended.closed_on) == ("superseded", D(2022, 11, 15))


def test_a_waiver_ends_with_the_plot_it_was_granted_for(
    database: Database, registrar: Caller, begun: int, actor: Actor
) -> None:
    with database.write(actor) as session:
        officer, approver = make_person(session, Role.LISTING_OFFICER), make_person(session, Role.APPROVER)
        checklist = session.get_one(Checklist, begun)
        key = first_open(session, checklist)
        document = make_document(session, parcel_of(session, checklist))
        act(session, officer, checklist, key, "ask_waiver", reason="已有批示", document_id=document)
        act(session, approver, checklist, key, "waive")
    split(registrar)
    with database.read() as session:
        assert row_of(session, on(database, "ZD-1-1"), key).state == "open"


def test_merged_with_land_that_has_none_nothing_counts_as_done(database: Database, registrar: Caller) -> None:
    assert merge(registrar, "ZD-1", "ZD-2").status_code == 201
    with database.read() as session:
        whole = on(database, session.scalars(select(Parcel.code).where(Parcel.made_by.is_not(None))).one())
        assert row_of(session, whole, PLOT).state == "open"
        assert row_of(session, whole, PRE).state == "returned"


def test_merged_from_two_the_least_advanced_state_counts(
    database: Database, registrar: Caller, land: dict[str, int], actor: Actor
) -> None:
    with database.write(actor) as session:
        other = make_checklist(session, session.get_one(Parcel, land["ZD-2"]))
        finish(session, other, only={PLOT}, on=D(2022, 10, 1))
    assert merge(registrar, "ZD-1", "ZD-2").status_code == 201
    with database.read() as session:
        made = session.scalars(select(Parcel.code).where(Parcel.made_by.is_not(None))).one()
        row = row_of(session, on(database, made), PLOT)
        assert (row.state, row.finished_on) == ("done", D(2022, 10, 1))
        assert len(session.scalars(select(ChecklistOrigin)).all()) == 2


def test_a_merger_of_two_templates_keeps_the_one_that_asks_for_more(
    database: Database, registrar: Caller, land: dict[str, int], actor: Actor
) -> None:
    with database.write(actor) as session:
        make_checklist(session, session.get_one(Parcel, land["ZD-2"]), template="zhengdong")
    assert merge(registrar, "ZD-1", "ZD-2").status_code == 201
    with database.read() as session:
        made = session.scalars(select(Parcel.code).where(Parcel.made_by.is_not(None))).one()
        assert template_of(session, on(database, made)).key == "zhengdong"


def close(database: Database, actor: Actor, number: int) -> None:
    with database.write(actor) as session:
        checklist = session.get_one(Checklist, number)
        close_checklist(session, actor, number, ChecklistClose(reason="暂不出让"), version=checklist.version)


def test_what_was_done_is_not_forgotten_with_a_checklist_that_was_closed(
    database: Database, registrar: Caller, begun: int, actor: Actor
) -> None:
    """Parts of unsold land inherit from the last that was closed, though not its plan; they can't be sold without."""
    close(database, actor, begun)
    number = split(registrar).json()["operation"]["id"]
    part = on(database, "ZD-1-1")
    assert (part.status, part.project_name, part.planned_sale_on) == ("running", None, None)
    with database.read() as session:
        assert row_of(session, part, PLOT).state == "done"
        assert row_of(session, part, PRE).state == "returned"
        assert session.get(ChecklistOrigin, (part.id, begun)) is not None
    assert on(database, "ZD-1").status == "closed"
    assert undo(registrar, number).status_code == 201
    assert (on(database, "ZD-1").id, on(database, "ZD-1").status) == (begun, "closed")
    assert on(database, "ZD-1-1").status == "superseded"


def test_of_a_running_checklist_and_a_closed_one_both_count(
    database: Database, registrar: Caller, land: dict[str, int], actor: Actor
) -> None:
    with database.write(actor) as session:
        other = make_checklist(session, session.get_one(Parcel, land["ZD-2"]), project_name="已取消的项目")
        finish(session, other, only={PLOT}, on=D(2022, 10, 1))
    close(database, actor, other.id)
    assert merge(registrar, "ZD-1", "ZD-2").status_code == 201
    with database.read() as session:
        whole = on(database, session.scalars(select(Parcel.code).where(Parcel.made_by.is_not(None))).one())
        row = row_of(session, whole, PLOT)
        assert (whole.project_name, row.state, row.finished_on) == ("示例项目", "done", D(2022, 10, 1))


def test_a_checklist_that_a_sale_has_used_up_says_nothing_any_more(
    database: Database, registrar: Caller, begun: int, actor: Actor, land: dict[str, int]
) -> None:
    close(database, actor, begun)
    with database.write(actor) as session:
        for kind, stage, day in (("sell", "sold", D(2022, 10, 1)), ("reclaim", "cleared", D(2022, 10, 20))):
            session.add(ParcelEvent(parcel_id=land["ZD-1"], kind=kind, stage=stage, effective_on=day, actor="x"))
    assert split(registrar).status_code == 201
    with database.read() as session:
        assert session.scalars(select(Checklist.id)).all() == [begun]


def test_undone_the_old_checklist_goes_on(database: Database, registrar: Caller, begun: int) -> None:
    number = split(registrar).json()["operation"]["id"]
    assert undo(registrar, number).status_code == 201
    assert (on(database, "ZD-1").id, on(database, "ZD-1").status) == (begun, "running")
    assert on(database, "ZD-1-1").status == "superseded"


def test_work_on_a_part_stands_in_the_way_of_undoing(database: Database, registrar: Caller, actor: Actor) -> None:
    number = split(registrar).json()["operation"]["id"]
    with database.write(actor) as session:
        comment(session, actor, on(database, "ZD-1-2").id, PRE, CommentCreate(text="重新预审"))
    assert whats(undo(registrar, number)) == [("ZD-1-2", "checklist")]
