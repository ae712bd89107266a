"""Behind the service's back: raw SQL as the serving role, the importer, a hundred transactions at once."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist.changes import ChecklistClose, PolicySet
from service.checklist.commands import close_checklist
from service.checklist.holding import held
from service.checklist.models import Checklist
from service.checklist.queries import running_on
from service.checklist.template_commands import set_policy
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.core.errors import GongdiError
from service.core.settings import Settings
from service.listings.models import Lot
from service.listings.queries import parcels_of
from service.parcels.changes import EventCreate
from service.parcels.event_commands import Lived, record_event, replay_events
from service.parcels.lifecycle import EventKind, Stage
from service.parcels.models import Parcel
from tests.factories.checklists import act as act_on
from tests.factories.checklists import finish, make_checklist, make_person
from tests.factories.listings import FLOOR, act, bid, bidder, make_bid_for, make_draft, make_open, make_sold
from tests.factories.parcels import make_parcel

D = dt.date
ACTOR = system("test")
SELL = """
    UPDATE lot SET stage = 'sold', sold_on = '2022-11-02', ended_on = '2022-11-02', price_yuan = 1, winner = 'x'
    WHERE id = {lot};
    UPDATE parcel SET stage = 'sold', stage_since = '2022-11-02' WHERE id = {parcel}
"""


class Case:
    """A lot on offer, committed, whose parcel's checklist has one item open that the sale waits for."""

    def __init__(self, database: Database, *, leaving: tuple[str, ...] = ("BT-A2",)) -> None:
        with database.write(ACTOR) as session:
            lot, parcel = make_bid_for(session)
            checklist = make_checklist(session, parcel)
            finish(session, checklist, leaving=leaving)
            self.lot, self.parcel, self.checklist = lot.id, parcel.id, checklist.id

    def sell(self) -> str:
        """What sells the lot without asking anybody."""
        return SELL.format(lot=self.lot, parcel=self.parcel)


@pytest.fixture
def serving(urls: ClusterUrls) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as the serving role."""
    with psycopg.connect(urls.app_url, autocommit=True) as connection:
        yield connection


def constraint(wrong: IntegrityError) -> str:
    """The constraint that the database refused by."""
    cause = wrong.orig
    assert isinstance(cause, psycopg.Error)
    return str(cause.diag.constraint_name)


def refused(connection: psycopg.Connection[tuple[object, ...]], statements: str) -> str | None:
    """Run statements in a transaction; return the constraint that refused it."""
    try:
        with connection.transaction():
            connection.execute(statements)
    except psycopg.errors.CheckViolation as wrong:
        return wrong.diag.constraint_name
    return None


OPENLY = """
    INSERT INTO checklist_event (checklist_id, item_key, kind, effective_on, actor)
    VALUES ({0}, 'BT-A2', '{1}', now(), 'x');
"""


def test_raw_sql_of_the_serving_role(database: Database, serving: psycopg.Connection[tuple[object, ...]]) -> None:
    case = Case(database)
    item = f"WHERE checklist_id = {case.checklist} AND key = 'BT-A2'"
    done = f"UPDATE checklist_item SET state = 'done', finished_on = '2022-11-01' {item}"
    assert refused(serving, case.sell()) == "checklist_gate"
    stage = f"UPDATE parcel SET stage = 'sold', stage_since = '2022-11-02' WHERE id = {case.parcel}"
    assert refused(serving, stage) in {"checklist_gate", "lot_agrees"}
    # Neither by an item that says so without its history, nor by one that binds nothing, nor without a checklist.
    assert refused(serving, f"{done}; {case.sell()}") == "checklist_item_told"
    assert refused(serving, f"UPDATE checklist_item SET binding = false {item}; {case.sell()}") == "checklist_item_told"
    assert (
        refused(serving, f"{OPENLY.format(case.checklist, 'comment')} {done}; {case.sell()}") == "checklist_item_told"
    )
    closed = f"UPDATE checklist SET status = 'closed', closed_on = now() WHERE id = {case.checklist}"
    assert refused(serving, closed) == "checklist_told"
    told = OPENLY.format(case.checklist, "closed")
    assert refused(serving, f"{told} {closed}") == "checklist_offered"
    assert refused(serving, f"{told} {closed}; {case.sell()}") in {"checklist_gate", "checklist_offered"}
    hard = f"UPDATE checklist_item SET state = 'waived' WHERE checklist_id = {case.checklist} AND hard"
    assert refused(serving, hard) in {"ck_checklist_item_hard", "ck_checklist_item_waiver"}
    assert refused(serving, f"UPDATE checklist_item SET state = 'waived', finished_on = now() {item}") == (
        "ck_checklist_item_waiver"
    )
    assert refused(serving, f"{OPENLY.format(case.checklist, 'accept')} {done}; {case.sell()}") is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM checklist_item",
        "DELETE FROM checklist",
        "DELETE FROM checklist_event",
        "UPDATE checklist_event SET actor = 'x'",
        "UPDATE checklist SET parcel_id = parcel_id",
        "UPDATE checklist_item SET key = 'x'",
        "UPDATE checklist_template SET content = '{}'",
        "DELETE FROM checklist_policy",
    ],
)
def test_what_the_serving_role_may_not(urls: ClusterUrls, statement: str) -> None:
    with psycopg.connect(urls.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_land_whose_checklist_was_closed_is_not_sold_without_another(
    database: Database,
    serving: psycopg.Connection[tuple[object, ...]],
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    """Closed while nothing held it, then sold: by its own events, and with a lot."""
    with database.write(ACTOR) as session:
        parcel = make_parcel(session, stage=Stage.listed)
        closed = make_checklist(session, parcel, opened_on=D(2022, 9, 1))
        close_checklist(session, ACTOR, closed.id, ChecklistClose(reason="不再出让"), version=closed.version)
        lot = make_open(session)
        (offered,) = parcels_of(session, [lot.id])[lot.id]
        numbers = {"lot": lot.id, "parcel": offered.id}
        other = parcel.id
    stage = f"UPDATE parcel SET stage = 'sold', stage_since = '2022-11-02' WHERE id = {other}"
    assert refused(serving, stage) == "checklist_gate"
    with superuser.transaction():  # as if it had been closed before the lot was there
        superuser.execute(
            f"SET LOCAL session_replication_role = replica;"
            f"INSERT INTO checklist (jurisdiction_id, parcel_id, template_id, status, opened_on, closed_on)"
            f" SELECT jurisdiction_id, {offered.id}, template_id, 'closed', opened_on, closed_on FROM checklist"
        )
    assert refused(serving, SELL.format(**numbers)) == "checklist_gate"


def test_the_rule_of_a_jurisdiction_is_not_got_round(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Neither by another rule that nobody has entered, nor by another day of the notice."""
    with database.write(ACTOR) as session:
        lot = make_open(session)
        (parcel,) = parcels_of(session, [lot.id])[lot.id]
        rule = PolicySet(template="standard_land", required_from=D(2022, 1, 1))
        set_policy(session, ACTOR, "ZDXQ", rule, version=0)
        sell = SELL.format(lot=lot.id, parcel=parcel.id)
    assert refused(serving, sell) == "checklist_gate"
    assert refused(serving, f"UPDATE lot SET notice_on = '2021-12-01'; {sell}") == "checklist_gate"
    assert refused(serving, f"UPDATE checklist_policy SET required_from = NULL; {sell}") == "checklist_policy_told"
    with database.write(ACTOR) as session:
        set_policy(session, ACTOR, "ZDXQ", rule.model_copy(update={"required_from": None}), version=1)
    assert refused(serving, sell) is None


def test_the_owner_meets_the_gate_too(database: Database, owner: psycopg.Connection[tuple[object, ...]]) -> None:
    case = Case(database)
    assert refused(owner, case.sell()) == "checklist_gate"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("DELETE FROM checklist_item")


def test_raw_sql_takes_two_people_for_what_the_law_asks(
    database: Database, serving: psycopg.Connection[tuple[object, ...]], owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    case = Case(database, leaving=("BT-C1",))
    item = f"WHERE checklist_id = {case.checklist} AND key = 'BT-C1'"
    accepted = OPENLY.format(case.checklist, "accept").replace("BT-A2", "BT-C1")
    done = f"{accepted} UPDATE checklist_item SET state = 'done', finished_on = '2022-11-01'"
    for connection in (serving, owner):
        assert refused(connection, f"{done} {item}") == "checklist_four_eyes"
        assert refused(connection, f"{done}, submitted_by = 'x' {item}; {case.sell()}") == "checklist_four_eyes"
    assert refused(serving, f"{done}, submitted_by = 'y' {item}; {case.sell()}") is None


def test_an_old_sale_is_no_way_past_the_rule(
    database: Database,
    serving: psycopg.Connection[tuple[object, ...]],
    owner: psycopg.Connection[tuple[object, ...]],
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    """Land neither joins a lot that was announced, nor passes with one that was sold on another day."""
    with database.write(ACTOR) as session:
        old = make_sold(session)
        parcel = make_parcel(session, stage=Stage.listed)
        rule = PolicySet(template="standard_land", required_from=D(2022, 11, 5))
        set_policy(session, ACTOR, "ZDXQ", rule, version=0)
        lot, land, sold_on = old.id, parcel.id, old.sold_on
    assert sold_on is not None
    join = f"INSERT INTO lot_parcel (lot_id, parcel_id, live) VALUES ({lot}, {land}, false)"
    pass_ = "UPDATE parcel SET stage = 'sold', stage_since = '{}' WHERE id = {}"
    for connection in (serving, owner):
        assert refused(connection, pass_.format("2022-11-10", land)) == "checklist_gate"
        assert refused(connection, f"{join}; {pass_.format('2022-11-10', land)}") == "lot_parcel_fixed"
        move = f"UPDATE lot_parcel SET parcel_id = {land} WHERE lot_id = {lot}"
        assert refused(connection, move) == "lot_parcel_fixed"
    # An old round that did have the land.
    with superuser.transaction():
        superuser.execute(f"SET LOCAL session_replication_role = replica; {join}")
        superuser.execute(f"UPDATE lot SET stage = 'concluded', sold_on = '2022-11-06' WHERE id = {lot}")
    for connection in (serving, owner):
        assert refused(connection, pass_.format("2022-11-10", land)) == "checklist_gate"
        stage = f"UPDATE parcel SET stage = 'contracted', stage_since = '2022-11-06' WHERE id = {land}"
        assert refused(connection, stage) == "checklist_gate"
    assert refused(serving, pass_.format("2022-11-06", land)) is None


def test_land_that_joins_a_lot_without_a_history_passes_the_gate(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    """A lot that says it was sold though nothing ever happened to it."""
    case = Case(database)
    with database.write(ACTOR) as session:
        draft = make_draft(session)
        (other,) = parcels_of(session, [draft.id])[draft.id]
        forged = SELL.format(lot=draft.id, parcel=other.id)
        join = f"INSERT INTO lot_parcel (lot_id, parcel_id, live) VALUES ({draft.id}, {case.parcel}, false)"
    assert refused(serving, forged) is None
    assert refused(serving, join) == "checklist_gate"


def test_land_goes_no_other_way_past_the_gate(database: Database) -> None:
    """No lot, only the parcel's own events: one at a time, and as histories are brought in."""
    with database.write(ACTOR) as session:
        parcel = make_parcel(session, stage=Stage.listed)
        code, version = parcel.code, parcel.version
        make_checklist(session, parcel)
    sold = EventCreate(kind=EventKind.sell, effective_on=D(2022, 11, 2))
    with pytest.raises(IntegrityError, match="checklist") as one, database.write(ACTOR) as session:
        record_event(session, ACTOR, code, sold, version=version)
    assert constraint(one.value) == "checklist_gate"
    with pytest.raises(IntegrityError, match="checklist"), database.write(ACTOR) as session:
        replay_events(session, ACTOR, [Lived(code, EventKind.sell, D(2022, 11, 2))])
    with database.read() as session:
        assert by_code(session, code).stage == "listed"
    with database.write(ACTOR) as session:
        finish(session, running_on(session, [by_code(session, code).id])[0])
    with database.write(ACTOR) as session:
        record_event(session, ACTOR, code, sold, version=version)


def by_code(session: Session, code: str) -> Parcel:
    return session.scalars(select(Parcel).where(Parcel.code == code)).one()


@pytest.fixture
def crowd(new_database: Callable[[], ClusterUrls]) -> Iterator[Database]:
    """A database of its own, for 25 sellers and somebody else at once."""
    made = new_database()
    database = Database(
        Settings(
            database_url=made.owner_url, app_url=made.app_url, public_url=made.public_url, session_pool_size=26,
            lock_timeout_ms=60_000, statement_timeout_ms=60_000,
        )
    )  # fmt: skip
    yield database
    database.close()


CROWD = 100


def test_a_hundred_sales_at_once_are_all_refused(crowd: Database) -> None:
    """Half of them through the command, half with raw SQL; meanwhile the open item comes and goes uncommitted."""
    case = Case(crowd)
    start = threading.Barrier(26)

    def sell(number: int) -> str:
        if number < 25:
            start.wait()
        try:
            with crowd.write(ACTOR) as session:
                if number % 2:
                    session.connection().exec_driver_sql(case.sell())
                else:
                    act(session, session.get_one(Lot, case.lot), "sell", effective_on=D(2022, 11, 2))
        except GongdiError as wrong:
            return wrong.code
        except IntegrityError as wrong:
            return constraint(wrong)
        return "sold"

    def come_and_go() -> None:
        start.wait()
        for _ in range(20):
            with crowd.write(ACTOR) as session:
                finish(session, held(session, ACTOR, case.checklist))
                session.rollback()

    other = threading.Thread(target=come_and_go)
    with ThreadPoolExecutor(25) as pool:
        other.start()
        found = list(pool.map(sell, range(CROWD)))
        other.join()
    assert len(found) == CROWD
    assert set(found) <= {"checklist-open", "checklist_gate"}
    with crowd.read() as session:
        assert session.get_one(Lot, case.lot).stage == "open"


def test_a_sale_and_a_reopening_at_once_end_in_one_order(crowd: Database) -> None:
    """Ten times: either the sale came first and the item stays done, or the reopening did and the sale is refused."""
    with crowd.write(ACTOR) as session:
        planner = make_person(session, Role.PLANNER)
    ends = set()
    for _ in range(10):
        case = Case(crowd, leaving=())
        start = threading.Barrier(2)

        def sell(case: Case = case, start: threading.Barrier = start) -> bool:
            start.wait()
            try:
                with crowd.write(ACTOR) as session:
                    act(session, session.get_one(Lot, case.lot), "sell", effective_on=D(2022, 11, 2))
            except (GongdiError, IntegrityError):
                return False
            return True

        def reopen(case: Case = case, start: threading.Barrier = start) -> bool:
            start.wait()
            try:
                with crowd.write(planner) as session:
                    checklist = session.get_one(Checklist, case.checklist)
                    act_on(session, planner, checklist, "BT-A2", "reopen", reason="材料有误")
            except GongdiError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(sell), pool.submit(reopen)]
            sold, reopened = (each.result() for each in both)
        ends.add((sold, reopened))
    # Sold first: the reopening waited for it, and what the sale rested on is not undone.
    assert ends <= {(True, False), (False, True)}


def test_an_early_day_is_no_way_past_the_rule(
    database: Database,
    serving: psycopg.Connection[tuple[object, ...]],
    owner: psycopg.Connection[tuple[object, ...]],
) -> None:
    """What is recorded once a rule is in force needs a checklist, whatever day it is said to be of."""
    with database.write(ACTOR) as session:
        before = make_open(session)
        (offered,) = parcels_of(session, [before.id])[before.id]
        known = SELL.format(lot=before.id, parcel=offered.id)
    rule = PolicySet(template="standard_land", required_from=D(2022, 11, 10))
    with database.write(ACTOR) as session:
        set_policy(session, ACTOR, "ZDXQ", rule, version=0)
    with database.write(ACTOR) as session:
        late = make_open(session)
        (other,) = parcels_of(session, [late.id])[late.id]
        assert late.notice_on is not None
        assert late.opens_at is not None
        bid(session, late, bidder(session, late), FLOOR, late.opens_at)
        assert late.notice_on < D(2022, 11, 1)
        parcel = make_parcel(session, stage=Stage.listed)
        code, version, number = parcel.code, parcel.version, late.id
        entered = SELL.format(lot=late.id, parcel=other.id)
        stage = f"UPDATE parcel SET stage = 'sold', stage_since = '2022-11-02' WHERE id = {parcel.id}"
    for connection in (serving, owner):
        assert refused(connection, stage) == "checklist_gate"
        assert refused(connection, entered) == "checklist_gate"
        event = "(lot_id, kind, effective_on, recorded_at, actor)"
        forged = f"INSERT INTO lot_event {event} VALUES ({number}, 'announce', '2022-10-01', '2022-10-01', 'x')"
        assert refused(connection, f"{forged}; {entered}") == "checklist_gate", "the database says when it was recorded"
    silent = "UPDATE checklist_policy SET recorded_from = NULL"
    assert refused(serving, f"{silent}; {stage}") == "checklist_policy_told"
    with pytest.raises(GongdiError, match="has no checklist"), database.write(ACTOR) as session:
        act(session, session.get_one(Lot, number), "sell", effective_on=D(2022, 11, 2))
    sold = EventCreate(kind=EventKind.sell, effective_on=D(2022, 11, 2))
    with pytest.raises(IntegrityError) as wrong, database.write(ACTOR) as session:
        record_event(session, ACTOR, code, sold, version=version)
    assert constraint(wrong.value) == "checklist_gate"
    # A notice that was recorded before stays under what was the rule then.
    assert refused(serving, known) is None


def test_history_is_brought_in_while_the_rule_is_lifted_and_the_audit_has_both(
    database: Database, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    rule = PolicySet(template="standard_land", required_from=D(2022, 11, 10))
    with database.write(ACTOR) as session:
        parcel = make_parcel(session, stage=Stage.listed)
        code, version = parcel.code, parcel.version
        set_policy(session, ACTOR, "ZDXQ", rule, version=0)
    with database.write(ACTOR) as session:
        set_policy(session, ACTOR, "ZDXQ", rule.model_copy(update={"required_from": None}), version=1)
    with database.write(ACTOR) as session:
        sold = EventCreate(kind=EventKind.sell, effective_on=D(2022, 11, 2))
        record_event(session, ACTOR, code, sold, version=version)
    with database.write(ACTOR) as session:
        set_policy(session, ACTOR, "ZDXQ", rule, version=2)
    audited = owner.execute("SELECT count(*) FROM audit_entry WHERE action = 'checklist_policy:set'").fetchone()
    assert audited == (3,)
