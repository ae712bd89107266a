"""Which round a checklist belongs to: tied by itself to the lot of its land, told and audited, in the lot's commit."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, text

from service.accounts.access import system
from service.checklist.changes import ChecklistChange
from service.checklist.commands import change_checklist
from service.checklist.models import Checklist
from service.checklist.rounds import tie
from service.core.db import Database
from service.listings.changes import NoticePublish
from service.listings.draft_commands import drop_lot
from service.listings.models import Lot, LotParcel, Notice
from service.listings.notice_commands import publish_notice
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel
from service.schemes.models import SupplyScheme
from tests.factories.checklists import make_checklist
from tests.factories.listings import NOTICE_ON, act, make_draft, make_notice, make_scheme
from tests.factories.parcels import make_parcel

D = dt.date
ACTOR = system("test")


class Case:
    """Land of an approved scheme with a running checklist that nobody has tied to a lot; all committed."""

    def __init__(self, database: Database, *, parcels: int = 1) -> None:
        self.database = database
        with database.write(ACTOR) as session:
            land = [make_parcel(session, stage=Stage.scheme_approved) for _ in range(parcels)]
            self.scheme = make_scheme(session, land).id
            self.parcels = [each.id for each in land]
            self.checklists = [make_checklist(session, each).id for each in land]

    @property
    def lots(self) -> list[int | None]:
        """The lot of each checklist, as committed."""
        with self.database.read() as session:
            return [session.get_one(Checklist, number).lot_id for number in self.checklists]

    def draft(self) -> tuple[int, int]:
        """Plan a lot of the land; return it and its notice."""
        with self.database.write(ACTOR) as session:
            lot = make_draft(session, make_notice(session), session.get_one(SupplyScheme, self.scheme))
            return lot.id, lot.notice_id

    def publish(self, notice_id: int) -> None:
        """Announce the lots of a notice."""
        with self.database.write(ACTOR) as session:
            version = session.get_one(Notice, notice_id).version
            publish_notice(session, ACTOR, notice_id, NoticePublish(effective_on=NOTICE_ON), version=version)

    def act(self, lot_id: int, kind: str, **order: Any) -> None:  # noqa: ANN401 - any part of an order
        """Let something happen to a lot."""
        with self.database.write(ACTOR) as session:
            act(session, session.get_one(Lot, lot_id), kind, **order)

    def drop(self, lot_id: int) -> None:
        """Take a draft back."""
        with self.database.write(ACTOR) as session:
            drop_lot(session, ACTOR, lot_id, version=session.get_one(Lot, lot_id).version)


TIED = """
    SELECT facts->>'lot_id', facts->>'lot', facts->>'lot_before', actor FROM checklist_event
    WHERE checklist_id = %s AND kind = 'changed' ORDER BY id
"""
AUDITED = "SELECT before, after FROM audit_entry WHERE action = 'checklist:changed' AND subject_id = %s ORDER BY seq"


def test_a_lot_takes_the_checklists_of_its_land_when_it_is_planned(database: Database, owner: Any) -> None:  # noqa: ANN401
    case = Case(database, parcels=2)
    assert case.lots == [None, None]
    lot, notice = case.draft()
    assert case.lots == [lot, lot]
    case.publish(notice)
    assert case.lots == [lot, lot]
    number = owner.execute("SELECT number FROM lot WHERE id = %s", (lot,)).fetchone()[0]
    for checklist in case.checklists:
        assert owner.execute(TIED, (checklist,)).fetchall() == [(str(lot), number, None, "system:test")]
        assert owner.execute(AUDITED, (str(checklist),)).fetchall() == [({"lot_id": None}, {"lot_id": lot})]


def test_a_round_without_a_sale_keeps_its_checklist_until_the_next_is_planned(database: Database) -> None:
    case = Case(database)
    first, notice = case.draft()
    case.publish(notice)
    case.act(first, "terminate", note="规划调整", effective_on=D(2022, 10, 10))
    assert case.lots == [first]
    second, _ = case.draft()
    assert case.lots == [second]
    case.drop(second)
    assert case.lots == [None], "a draft that is dropped gives it back"


def test_of_several_lots_the_one_that_holds_the_land(database: Database) -> None:
    """The service plans one at a time; whoever else writes lots, the plan made first has it until one is announced."""
    case = Case(database)
    first, _ = case.draft()
    other = Case(database)
    second, notice = other.draft()
    with database.write(ACTOR) as session:
        session.add(LotParcel(lot_id=second, parcel_id=case.parcels[0], live=False))
        session.get_one(Lot, second).notice_on = NOTICE_ON
    assert case.lots == [first], "the plan that was made first"
    other.publish(notice)
    assert (case.lots, other.lots) == ([second], [second]), "the lot that holds the land goes before a plan"
    case.drop(first)
    assert case.lots == [second]


def test_what_an_officer_chose_stands_until_a_lot_is_written_down(database: Database) -> None:
    case = Case(database)
    lot, notice = case.draft()
    with database.write(ACTOR) as session:
        version = session.get_one(Checklist, case.checklists[0]).version
        change_checklist(session, ACTOR, case.checklists[0], ChecklistChange(lot_id=None), version=version)
    assert case.lots == [None]
    case.publish(notice)
    assert case.lots == [lot]


def test_thousands_of_lots_are_looked_at_in_as_many_statements_as_one(database: Database) -> None:
    one, many = Case(database), Case(database, parcels=5)
    lots = [one.draft()[0], many.draft()[0]]

    def asked(lots: Sequence[int]) -> int:
        statements: list[str] = []
        with database.write(ACTOR) as session:
            session.execute(text("UPDATE checklist SET lot_id = NULL WHERE lot_id = ANY (:lots)"), {"lots": list(lots)})
            event.listen(session.connection(), "before_cursor_execute", lambda *said: statements.append(said[2]))
            tie(session, lots)
            session.flush()
        return len(statements)

    assert asked(lots[:1]) == asked([*lots, *range(10_000, 20_000)])
    assert (one.lots, many.lots) == (lots[:1], lots[1:] * 5)


@pytest.mark.parametrize("announced", [False, True])
def test_a_checklist_opened_later_belongs_to_the_lot_too(database: Database, announced: bool) -> None:  # noqa: FBT001
    with database.write(ACTOR) as session:
        parcel = make_parcel(session, stage=Stage.scheme_approved)
        lot = make_draft(session, make_notice(session), make_scheme(session, [parcel]))
        numbers = parcel.id, lot.id, lot.notice_id
    if announced:
        with database.write(ACTOR) as session:
            version = session.get_one(Notice, numbers[2]).version
            publish_notice(session, ACTOR, numbers[2], NoticePublish(effective_on=NOTICE_ON), version=version)
    with database.write(ACTOR) as session:
        checklist = make_checklist(session, session.get_one(Parcel, numbers[0]))
        assert checklist.lot_id == numbers[1]
