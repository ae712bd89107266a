"""Somebody with the serving role's password who wants land sold: what they write untold, or wrong, is refused."""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist import refusals
from service.checklist.changes import PolicySet
from service.checklist.models import Checklist
from service.checklist.template_commands import set_policy
from service.core.cluster import ClusterUrls
from service.core.db import Database
from service.parcels.lifecycle import Stage
from tests.factories.checklists import act as act_on
from tests.factories.checklists import finish, make_checklist, make_document, make_person, parcel_of, prove
from tests.factories.contracts import make_contract
from tests.factories.listings import make_bid_for
from tests.factories.parcels import make_parcel

D = dt.date
ACTOR = system("test")
SOLD_ON = D(2022, 11, 2)


@pytest.fixture
def serving(urls: ClusterUrls) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as the serving role."""
    with psycopg.connect(urls.app_url, autocommit=True) as connection:
        yield connection


class Insider:
    """A lot on offer whose checklist has one item open; what the insider runs, and by which constraint it fails."""

    wrong: psycopg.Error

    def __init__(self, database: Database, serving: psycopg.Connection[tuple[object, ...]], *leaving: str) -> None:
        self.serving = serving
        with database.write(ACTOR) as session:
            lot, parcel = make_bid_for(session)
            checklist = make_checklist(session, parcel, template="zhengdong")
            finish(session, checklist, leaving=leaving)
            self.lot, self.parcel, self.checklist = lot.id, parcel.id, checklist.id

    def told(self, kind: str, key: str | None = None, actor: str = "x") -> str:
        """An event that says so, forged."""
        item = "NULL" if key is None else f"'{key}'"
        return (
            "INSERT INTO checklist_event (checklist_id, item_key, kind, effective_on, actor)"
            f" VALUES ({self.checklist}, {item}, '{kind}', now(), '{actor}')"
        )

    def item(self, key: str, values: str) -> str:
        return f"UPDATE checklist_item SET {values} WHERE checklist_id = {self.checklist} AND key = '{key}'"

    def sell(self, day: dt.date = SOLD_ON) -> str:
        return (
            f"UPDATE lot SET stage = 'sold', sold_on = '{day}', ended_on = '{day}', price_yuan = 1, winner = 'x'"
            f" WHERE id = {self.lot}; UPDATE parcel SET stage = 'sold', stage_since = '{day}' WHERE id = {self.parcel}"
        )

    def refused(self, *statements: str) -> str | None:
        """Run statements in one transaction; the constraint that refused them."""
        try:
            with self.serving.transaction():
                for each in statements:
                    self.serving.execute(each)
        except psycopg.errors.CheckViolation as wrong:
            self.wrong = wrong
            return wrong.diag.constraint_name
        return None


A2, C1, F1 = "BT-A2", "BT-C1", "BT-F1"


def test_an_item_that_binds_nothing(database: Database, serving: psycopg.Connection[tuple[object, ...]]) -> None:
    """Whatever event is forged with it: what the template asks of all land binds, and what the law asks for is hard."""
    insider = Insider(database, serving, A2, C1)
    for kind in ("exclude", "moved", "dropped", "accept"):
        told = insider.told(kind, A2)
        assert insider.refused(told, insider.item(A2, "binding = false"), insider.sell()) == "checklist_as_template"
        assert insider.refused(
            told, insider.item(A2, "required = false, binding = false, state = 'not_applicable'")
        ) == ("checklist_as_template")
        assert insider.refused(told, insider.item(A2, "dropped = true, required = false, binding = false")) == (
            "checklist_as_template"
        )
        assert insider.refused(told, insider.item(A2, "phase = 'after', binding = false")) == "checklist_as_template"
    assert insider.refused(insider.told("moved", C1), insider.item(C1, "hard = false")) == "checklist_as_template"
    soft = "hard = false, state = 'waived', finished_on = '2022-11-01', asked_by = 'a', waived_by = 'b', reason = 'x'"
    with database.write(ACTOR) as session:
        document = make_document(session, parcel_of(session, session.get_one(Checklist, insider.checklist)))
    waived = insider.item(C1, f"{soft}, document_id = {document}")
    assert insider.refused(insider.told("waive", C1, "b"), waived) in {"checklist_waiver_told", "checklist_as_template"}


def test_no_event_is_written_for_a_change_to_come(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    insider = Insider(database, serving, A2)
    (now,) = serving.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
    assert isinstance(now, int)
    forged = insider.told("accept", A2).replace("actor)", "actor, transaction)").removesuffix(")")
    assert insider.refused(*(f"{forged}, {now + ahead})" for ahead in range(1, 6))) is None
    done = insider.item(A2, "state = 'done', finished_on = '2022-11-01'")
    assert insider.refused(done, insider.sell()) == "checklist_item_told"


def test_a_condition_that_binds_nothing_while_the_item_is_open(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    insider = Insider(database, serving, F1)
    told = insider.told("exclude", F1)
    assert insider.refused(told, insider.item(F1, "binding = false"), insider.sell()) == "checklist_as_template"


def test_facts_and_template_are_changed_openly(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    insider = Insider(database, serving, A2)
    which = f"WHERE id = {insider.checklist}"
    assert insider.refused(f"UPDATE checklist SET facts = '{{\"relics\": false}}' {which}") == "checklist_told"
    assert insider.refused(f"UPDATE checklist SET lot_id = NULL {which}") == "checklist_told"
    forged = (
        "INSERT INTO checklist_template (key, version, content, sha256)"
        " SELECT key, 99, jsonb_set(content, '{items}', '[]'), 'x' FROM checklist_template LIMIT 1 RETURNING id"
    )
    other = f"UPDATE checklist SET template_id = (SELECT max(id) FROM checklist_template) {which}"
    assert insider.refused(forged, other) == "checklist_told"


def test_a_checklist_that_nobody_opened(database: Database, serving: psycopg.Connection[tuple[object, ...]]) -> None:
    """Neither an empty one, nor one whose items are missing or were born done."""
    with database.write(ACTOR) as session:
        make_checklist(session)  # keeps the template
        parcel = make_parcel(session, stage=Stage.cleared)
        number = parcel.id
    insider = Insider(database, serving, A2)
    begin = (
        "INSERT INTO checklist (jurisdiction_id, parcel_id, template_id, opened_on)"
        f" SELECT p.jurisdiction_id, p.id, t.id, '2022-01-01' FROM parcel p, checklist_template t WHERE p.id = {number}"
        " ORDER BY t.id LIMIT 1"
    )
    told = (
        "INSERT INTO checklist_event (checklist_id, kind, effective_on, actor)"
        " SELECT max(id), 'opened', now(), 'x' FROM checklist"
    )
    assert insider.refused(begin) in {"checklist_told", "checklist_as_template"}
    assert insider.refused(begin, told) == "checklist_as_template"


def test_proofs_are_changed_openly(database: Database, serving: psycopg.Connection[tuple[object, ...]]) -> None:
    """An expired proof is neither made to hold, nor taken away, nor joined by one that nobody handed in."""
    insider = Insider(database, serving)
    with database.write(ACTOR) as session:
        checklist = session.get_one(Checklist, insider.checklist)
        prove(session, ACTOR, checklist, A2, until=D(2022, 10, 15))
    which = f"WHERE checklist_id = {insider.checklist} AND item_key = '{A2}'"
    assert insider.refused(insider.sell()) == "checklist_gate"
    longer = f"UPDATE checklist_document SET valid_until = NULL {which}"
    assert insider.refused(longer) == "checklist_document_told"
    another = (
        "INSERT INTO checklist_document (checklist_id, item_key, evidence_key, document_id, valid_from, added_by)"
        f" SELECT checklist_id, item_key, evidence_key, document_id, valid_from, 'x' FROM checklist_document {which}"
    )
    assert insider.refused(another) == "checklist_document_told"
    away = f"UPDATE checklist_document SET withdrawn_on = '2022-11-01' {which}"
    assert insider.refused(away) == "checklist_document_told"
    assert insider.refused(insider.told("document_withdrawn", A2), away, insider.sell()) == "checklist_gate"


def test_a_waiver_stands_in_the_audit_log(database: Database, serving: psycopg.Connection[tuple[object, ...]]) -> None:
    """With its approver and its document; the service's own does."""
    insider = Insider(database, serving, A2)
    with database.write(ACTOR) as session:
        checklist = session.get_one(Checklist, insider.checklist)
        document = make_document(session, parcel_of(session, checklist))
        planner, approver = make_person(session, Role.PLANNER), make_person(session, Role.APPROVER)
    granted = (
        f"state = 'waived', finished_on = '2022-11-01', asked_by = '{planner.label}', waived_by = '{approver.label}',"
        f" reason = 'x', document_id = {document}"
    )
    told = insider.told("waive", A2, approver.label)
    assert insider.refused(told, insider.item(A2, granted), insider.sell()) == "checklist_waiver_told"
    alone = granted.replace(approver.label, planner.label)
    assert insider.refused(told, insider.item(A2, alone)) == "ck_checklist_item_waiver"
    entry = (
        "INSERT INTO audit_entry (actor, actor_kind, action, subject_type, subject_id, after) VALUES"
        " ('{}', 'user', 'checklist_item:waived', 'checklist_item', '" + f"{insider.checklist}/{A2}" + "', '{}')"
    )
    for forged in (entry.format("somebody", f'{{"document": {document}}}'), entry.format(approver.label, "{}")):
        assert insider.refused(told, insider.item(A2, granted), forged, insider.sell()) == "checklist_waiver_told"
    with database.write(planner) as session:
        asked = session.get_one(Checklist, insider.checklist)
        act_on(
            session,
            planner,
            asked,
            A2,
            "ask_waiver",
            reason="已有会议纪要",
            document_id=document,
            effective_on=D(2022, 11, 1),
        )
    with database.write(approver) as session:
        act_on(
            session, approver, session.get_one(Checklist, insider.checklist), A2, "waive", effective_on=D(2022, 11, 1)
        )
    assert insider.refused(insider.sell()) is None


def test_the_day_of_a_sale(database: Database, serving: psycopg.Connection[tuple[object, ...]]) -> None:
    """Neither earlier than what it waits for was done, nor moved there afterwards."""
    insider = Insider(database, serving)
    assert insider.refused(insider.sell(D(2022, 8, 1))) == "checklist_gate"
    assert insider.refused(insider.sell()) is None
    moved = f"UPDATE lot SET sold_on = '2022-08-01' WHERE id = {insider.lot}"
    assert insider.refused(moved) == "checklist_gate"
    assert insider.refused(f"UPDATE lot SET price_yuan = 2, winner = 'y' WHERE id = {insider.lot}") is None


def test_what_a_sale_rested_on_is_not_undone(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    insider = Insider(database, serving)
    undone = insider.item(A2, "state = 'in_progress', finished_on = NULL")
    told = insider.told("reopen", A2)
    assert insider.refused(insider.sell()) is None
    assert insider.refused(told, undone) == "checklist_passed"
    assert insider.refused(told, insider.item(A2, "finished_on = '2022-11-10'")) == "checklist_passed"
    refusal = refusals.passed(insider.wrong)
    assert "“控制指标与投资（履约监管）协议”（BT-A2）" in refusal.zh
    assert (refusal.code, refusal.facts["key"]) == ("checklist-passed", A2)


def test_the_refusal_of_one_person_names_the_item_and_the_rule(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    insider = Insider(database, serving, C1)
    alone = insider.item(C1, "state = 'done', finished_on = '2022-11-01', submitted_by = 'x'")
    assert insider.refused(insider.told("accept", C1), alone) == "checklist_four_eyes"
    refusal = refusals.one_person(insider.wrong)
    assert "“规划条件”（BT-C1）为法定事项（R41" in refusal.zh
    assert "“Planning conditions” (BT-C1)" in refusal.en
    assert (refusal.facts["key"], refusal.facts["rule"]) == (C1, "R41")


def test_a_checklist_that_is_said_to_be_superseded(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Land that stands needs another one, however its checklist ended."""
    with database.write(ACTOR) as session:
        parcel = make_parcel(session, stage=Stage.listed)
        checklist = make_checklist(session, parcel, opened_on=D(2022, 9, 1))
        land, number = parcel.id, checklist.id
    insider = Insider(database, serving)
    insider.checklist = number
    ended = f"UPDATE checklist SET status = 'superseded', closed_on = now() WHERE id = {number}"
    assert insider.refused(insider.told("superseded"), ended) is None
    stage = f"UPDATE parcel SET stage = 'sold', stage_since = '2022-11-02' WHERE id = {land}"
    assert insider.refused(stage) == "checklist_gate"


def test_a_rule_is_not_got_round_by_another_notice_or_other_land(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Neither by a notice of a district without a rule, nor by land that enters the register sold."""
    with database.write(ACTOR) as session:
        lot, parcel = make_bid_for(session)
        numbers = lot.id, parcel.id, parcel.code
        make_parcel(session, jurisdiction="OTHER")
        set_policy(session, ACTOR, "ZDXQ", PolicySet(template="zhengdong", required_from=D(2022, 1, 1)), version=0)
    insider = Insider(database, serving)
    insider.lot, insider.parcel = numbers[:2]
    elsewhere = (
        "INSERT INTO notice (jurisdiction_id, number, method, title, published_on)"
        " SELECT id, 'x', 'listing', 'x', '2022-10-01' FROM jurisdiction WHERE code = 'OTHER'"
    )
    point = f"UPDATE lot SET notice_id = (SELECT max(id) FROM notice) WHERE id = {insider.lot}"
    assert insider.refused(elsewhere, point, insider.sell()) == "checklist_gate"
    enters = (
        "INSERT INTO parcel (code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since)"
        " SELECT 'SOLD-1', jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, '{}', '2022-11-02' FROM parcel"
        f" WHERE id = {insider.parcel}"
    )
    for stage in ("sold", "contracted", "completed"):
        assert insider.refused(enters.format(stage)) == "checklist_gate"
    assert insider.refused(enters.format("listed")) is None


def test_a_contract_takes_no_land_past_the_gate(
    database: Database, serving: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Land whose checklist is open is not joined to what was signed for other land."""
    insider = Insider(database, serving, A2)
    with database.write(ACTOR) as session:
        contract = make_contract(session).id
    join = f"INSERT INTO contract_parcel (contract_id, parcel_id) VALUES ({contract}, {insider.parcel})"
    assert insider.refused(join) in {"checklist_gate", "contract_agrees"}
    alike = f"UPDATE parcel SET stage = 'contracted', stage_since = '2022-11-10' WHERE id = {insider.parcel}"
    assert insider.refused(join, alike) in {"checklist_gate", "lot_agrees"}
