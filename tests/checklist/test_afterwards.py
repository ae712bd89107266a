"""What went past the gate all the same is found; what is due is told."""

import datetime as dt

import psycopg
import pytest
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist.changes import PolicySet
from service.checklist.checking import disagreements
from service.checklist.deadlines import due
from service.checklist.holding import PassedGate
from service.checklist.jobs import run_expiry
from service.checklist.models import Checklist
from service.checklist.proof_commands import withdraw_proof
from service.checklist.queries import documents_of
from service.checklist.template_commands import set_policy
from service.core import clock
from service.core.db import Database
from service.listings.models import Lot
from service.parcels.lifecycle import Stage
from tests.factories.checklists import act as act_on
from tests.factories.checklists import finish, make_checklist, make_person, prove, row_of
from tests.factories.listings import act, make_bid_for
from tests.factories.parcels import make_parcel

D = dt.date
ACTOR = system("test")


def sold(session: Session, *, checklist: bool = True) -> Checklist | None:
    lot, parcel = make_bid_for(session)
    found = make_checklist(session, parcel) if checklist else None
    if found is not None:
        finish(session, found)
    act(session, lot, "sell", effective_on=D(2022, 11, 15))
    return found


def test_what_the_sale_rested_on_is_not_undone(session: Session) -> None:
    checklist = sold(session)
    assert checklist is not None
    with pytest.raises(PassedGate):
        act_on(session, make_person(session, Role.PLANNER), checklist, "BT-A2", "reopen", reason="材料有误")


def test_nor_are_its_proofs_withdrawn(session: Session) -> None:
    checklist = sold(session)
    assert checklist is not None
    prove(session, ACTOR, checklist, "BT-A2")
    prove(session, ACTOR, checklist, "BT-A2")
    (first, *_) = documents_of(session, checklist.id, "BT-A2")
    version = row_of(session, checklist, "BT-A2").version
    with pytest.raises(PassedGate):
        withdraw_proof(session, ACTOR, checklist.id, "BT-A2", first.id, version=version)


def test_land_sold_past_its_checklist_is_found(database: Database, superuser: psycopg.Connection[object]) -> None:
    with database.write(ACTOR) as session:
        assert sold(session) is not None
        sold(session, checklist=False)
    with database.read() as session:
        assert disagreements(session) == []
    with database.write(ACTOR) as session:
        rule = PolicySet(template="standard_land", required_from=D(2022, 1, 1))
        set_policy(session, ACTOR, "ZDXQ", rule, version=0)
    superuser.execute(
        "SET session_replication_role = replica;"
        "UPDATE checklist_item SET state = 'returned', finished_on = NULL WHERE key = 'BT-A2';"
        "SET session_replication_role = origin"
    )
    with database.read() as session:
        found = disagreements(session)
    assert [(each.check, each.subject) for each in found] == [("sold-open", "lot"), ("sold-without-checklist", "lot")]
    assert "BT-A2" in found[0].kept


def test_the_night_reopens_what_has_run_out_and_the_inbox_told_it_before(database: Database) -> None:
    with database.write(ACTOR) as session:
        checklist = make_checklist(session, make_parcel(session, stage=Stage.cleared))
        prove(session, ACTOR, checklist, "BT-A2", until=D(2022, 11, 20))
        finish(session, checklist, only={"BT-A2"})
        other = make_person(session, Role.TRACK_OFFICER, bureau="parks")
    with database.read() as session:
        told = [(each.kind, each.due_on) for each in due(session, ACTOR, D(2022, 11, 30))]
        assert told == [("expiry", D(2022, 11, 20))] * 2
        assert list(due(session, other, D(2022, 11, 30))) == []
    assert run_expiry(database) == 0
    clock.fix_today(D(2022, 11, 21))
    assert run_expiry(database) == 1
    assert run_expiry(database) == 0
    with database.read() as session:
        assert row_of(session, checklist, "BT-A2").state == "returned"


def cell(checklist: Checklist, number: int) -> tuple[int, int]:
    """How many items of a track are done by the forecast that is kept, of how many."""
    (found,) = [each for each in checklist.tracks if each["number"] == number]
    return found["done"], found["total"]


def test_a_sale_forecasts_the_checklist_anew_in_its_own_transaction(database: Database) -> None:
    """The matrix need not wait for the night to tell that land is sold."""
    with database.write(ACTOR) as session:
        lot, parcel = make_bid_for(session)
        checklist = make_checklist(session, parcel)
        finish(session, checklist)
        numbers = checklist.id, lot.id
    with database.read() as session:
        done, total = cell(session.get_one(Checklist, numbers[0]), 5)
        assert done < total
    with database.write(ACTOR) as session:
        act(session, session.get_one(Lot, numbers[1]), "sell", effective_on=D(2022, 11, 15))
    with database.read() as session:
        assert cell(session.get_one(Checklist, numbers[0]), 5) == (total, total)
