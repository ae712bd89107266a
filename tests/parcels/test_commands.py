import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.models import AuditEntry
from service.core.db import Database
from service.core.errors import GongdiError, Invalid, NotFound, PreconditionFailed
from service.core.spelling import folded, tidied
from service.documents.models import Document
from service.imports.models import Import
from service.parcels import commands, event_commands, queries, reading
from service.parcels.changes import EventCreate, LandUse, ParcelChange
from service.parcels.lifecycle import EventKind, Idle, IllegalTransition, LaterEventBroken, Stage, State
from service.parcels.models import Parcel
from service.parcels.numbering import NumberTaken
from tests.factories.parcels import make_parcel, make_regions, square

Connection = psycopg.Connection[Any]
DAY = dt.date(2022, 6, 1)


def event(kind: EventKind, day: dt.date = DAY, **more: Any) -> EventCreate:  # noqa: ANN401 - any field
    return EventCreate(kind=kind, effective_on=day, **more)


def stranger(actor: Actor) -> Actor:
    """Somebody who sees another jurisdiction only."""
    return Actor("user", "stranger", actor.role, actor.permissions, frozenset({"GXQ"}))


def placed(parcel: Parcel) -> tuple[int | None, bool]:
    return parcel.region_id, parcel.region_overridden


def entries(session: Session) -> list[AuditEntry]:
    session.commit()
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def test_a_new_parcel_has_areas_region_and_a_first_event(
    session: Session, connection: Connection, actor: Actor
) -> None:
    make_regions(session)
    parcel = make_parcel(session, geometry=square(113.73, 34.77, 100))
    assert abs(parcel.area_plane_m2 - 10_000) < 20
    assert abs(parcel.area_ellipsoid_m2 - parcel.area_plane_m2) < 1
    found = reading.parcel(connection, actor, parcel.code).members
    assert found["region"] == {"code": "410105562", "name": "龙湖办事处"}
    assert found["county_code"] == "410105"
    assert [each["kind"] for each in reading.history(connection, actor, parcel.code)] == ["propose"]
    assert (found["version"], found["stage"], found["area_m2"]) == (1, "candidate", float(parcel.area_plane_m2))


def test_the_legal_area_goes_before_the_computed_one(session: Session, connection: Connection, actor: Actor) -> None:
    parcel = make_parcel(session, area_legal_m2=Decimal("12345.67"))
    found = reading.parcel(connection, actor, parcel.code).members
    assert (found["area_m2"], found["area_legal_m2"]) == (12345.67, 12345.67)
    assert found["area_plane_m2"] == float(parcel.area_plane_m2)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "a/b"}, "bad-identifier"),
        ({"cadastral_code": "410105"}, "bad-identifier"),
        ({"geometry": {"type": "Point", "coordinates": [113, 34]}}, "bad-geometry"),
        ({"land_uses": [LandUse(code="9999")]}, "invalid"),
        ({"land_uses": [LandUse(code="0701", share=Decimal("0.5"))]}, "invalid"),
        ({"planning": {"far": {"min": 2, "max": 1}}}, "impossible-bound"),
        ({"effective_on": dt.date(2022, 11, 16)}, "future-date"),
    ],
)
def test_a_wrong_parcel_is_refused(session: Session, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(GongdiError) as refused:
        make_parcel(session, **wrong)
    assert refused.value.code == code
    assert refused.value.errors


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_codes_are_folded_here_as_in_the_index(session: Session, code: str) -> None:
    in_database = session.scalar(text('SELECT upper(CAST(:code AS text) COLLATE "C")'), {"code": tidied(code)})
    assert folded(code) == in_database


def test_a_code_is_given_once(session: Session) -> None:
    make_parcel(session, code="ZD-1", cadastral_code="410105003012GB00023")
    for code in ("ZD-1", "zd-1", "ｚｄ－１"):
        with pytest.raises(NumberTaken):
            make_parcel(session, code=code)
    with pytest.raises(NumberTaken):
        make_parcel(session, cadastral_code="410105003012gb00023")


def test_an_event_moves_the_parcel_and_is_audited(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.listed)
    changed = event_commands.record_event(session, actor, parcel.code, event(EventKind.sell, note="一号厅"), version=1)
    assert (changed.stage, changed.stage_since, changed.version) == (Stage.sold, DAY, 2)
    last = entries(session)[-1]
    assert (last.action, last.subject_type, last.subject_id) == ("parcel:event_recorded", "parcel", parcel.code)
    assert last.before == {"stage": "listed", "stage_since": "2022-01-10", "version": 1}
    assert last.after == {
        "stage": "sold",
        "stage_since": "2022-06-01",
        "version": 2,
        "event_kind": "sell",
        "event_effective_on": "2022-06-01",
        "event_note": "一号厅",
    }


def test_an_illegal_event_leaves_everything_alone(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.cleared)
    with pytest.raises(IllegalTransition):
        event_commands.record_event(session, actor, parcel.code, event(EventKind.sell), version=1)
    session.refresh(parcel)
    assert (parcel.stage, parcel.version) == ("cleared", 1)


def test_a_stale_version_is_refused_with_the_present_one(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.listed)
    with pytest.raises(PreconditionFailed) as refused:
        event_commands.record_event(session, actor, parcel.code, event(EventKind.sell), version=7)
    assert refused.value.facts == {"version": 1}


def test_an_event_after_today_is_refused(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.listed)
    with pytest.raises(commands.FutureDate):
        event_commands.record_event(
            session, actor, parcel.code, event(EventKind.sell, dt.date(2022, 11, 16)), version=1
        )
    event_commands.record_event(session, actor, parcel.code, event(EventKind.sell, dt.date(2022, 11, 15)), version=1)


def test_an_event_before_the_parcel_began_is_refused(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.listed)
    with pytest.raises(IllegalTransition, match="not yet there"):
        event_commands.record_event(session, actor, parcel.code, event(EventKind.sell, dt.date(2021, 1, 1)), version=1)


def test_a_late_entry_takes_its_place(session: Session, connection: Connection, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.contracted)
    for kind, month in ((EventKind.deliver, 5), (EventKind.start, 7), (EventKind.suspect_idle, 6)):
        event_commands.record_event(session, actor, parcel.code, event(kind, dt.date(2022, month, 1)))
    assert (parcel.stage, parcel.idle, parcel.stage_since) == ("started", "suspected", dt.date(2022, 7, 1))
    kinds = [each["kind"] for each in reading.history(connection, actor, parcel.code)]
    assert kinds == ["adopt", "deliver", "suspect_idle", "start"]
    assert queries.deviations(session) == []


def test_a_late_entry_that_breaks_a_later_event_is_refused(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.delivered)
    event_commands.record_event(session, actor, parcel.code, event(EventKind.start, dt.date(2022, 7, 1)))
    event_commands.record_event(session, actor, parcel.code, event(EventKind.complete, dt.date(2022, 9, 1)))
    with pytest.raises(LaterEventBroken) as refused:
        event_commands.record_event(session, actor, parcel.code, event(EventKind.suspect_idle, dt.date(2022, 8, 1)))
    assert refused.value.facts["broken"] == {"kind": "complete", "effective_on": dt.date(2022, 9, 1)}
    session.refresh(parcel)
    assert (parcel.stage, parcel.idle) == ("completed", "none")


def test_a_document_that_other_readers_of_the_parcel_may_not_see_is_refused(session: Session, actor: Actor) -> None:
    parcel, elsewhere = make_parcel(session, stage=Stage.listed), make_parcel(session, jurisdiction="JB")
    document = Document(
        subject_type="parcel",
        subject_id=elsewhere.code,
        title="他区批文",
        file_name="a.pdf",
        media_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        uploaded_by="x",
    )
    session.add(document)
    session.flush()
    sold = event(EventKind.sell, document_id=document.id)
    file = Import(
        jurisdiction_id=parcel.jurisdiction_id, document_id=document.id, file_name="a", declared={}, created_by="x"
    )
    session.add(file)
    session.flush()
    for subject in (("parcel", elsewhere.code), ("import", str(file.id))):
        document.subject_type, document.subject_id = subject
        session.flush()
        with pytest.raises(Invalid) as refused:
            event_commands.record_event(session, actor, parcel.code, sold)
        assert [each.code for each in refused.value.errors] == ["unknown-document"]
    document.subject_type, document.subject_id = "parcel", parcel.code
    session.flush()
    event_commands.record_event(session, actor, parcel.code, sold)
    assert parcel.stage == "sold"


def test_an_unknown_document_is_a_wrong_field(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.listed)
    with pytest.raises(Invalid) as refused:
        event_commands.record_event(session, actor, parcel.code, event(EventKind.sell, document_id=99), version=1)
    assert [each.pointer for each in refused.value.errors] == ["/document_id"]


def test_nobody_changes_what_they_cannot_see(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, stage=Stage.listed)
    with pytest.raises(NotFound):
        event_commands.record_event(session, stranger(actor), parcel.code, event(EventKind.sell), version=1)
    with pytest.raises(NotFound):
        commands.change_attributes(session, stranger(actor), parcel.code, ParcelChange(name="x"), version=1)
    lives = [event_commands.Lived(parcel.code, EventKind.sell, DAY)]
    with pytest.raises(NotFound):
        event_commands.replay_events(session, stranger(actor), lives)


def test_attributes_change_alone_and_are_audited_before_and_after(
    session: Session, connection: Connection, actor: Actor
) -> None:
    parcel = make_parcel(session, name="旧名", address="金水东路")
    change = ParcelChange.model_validate(
        {
            "name": "新名",
            "lot_number": "郑政东出[2022]5号（网）",
            "cadastral_code": "410105 003012 gb 00023",
            "land_uses": [{"code": "0902", "share": 0.3}, {"code": "0701", "share": 0.7}],
            "planning": {"far": {"min": 1.1, "min_inclusive": False, "max": 1.8}, "density_pct": {"max": 30}},
        }
    )
    commands.change_attributes(session, actor, parcel.code, change, version=1)
    found = reading.parcel(connection, actor, "郑政东出〔2022〕5号(网)").members
    assert (found["name"], found["address"], found["version"]) == ("新名", "金水东路", 2)
    assert found["cadastral_code"] == "410105003012GB00023"
    assert found["land_use"]["code"] == "0701"
    assert [(use["code"], use["share"], use["max_term_years"]) for use in found["land_uses"]] == [
        ("0902", 0.3, 40),
        ("0701", 0.7, 70),
    ]
    assert found["planning"] == {
        "far": {"min": 1.1, "min_inclusive": False, "max": 1.8, "max_inclusive": True},
        "density_pct": {"min": None, "min_inclusive": True, "max": 30.0, "max_inclusive": True},
        "green_pct": None,
        "height_m": None,
    }
    last = entries(session)[-1]
    assert last.action == "parcel:changed"
    assert last.before is not None
    assert last.after is not None
    assert (last.before["name"], last.after["name"]) == ("旧名", "新名")
    assert "address" not in last.after


def test_null_removes_a_value(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session, name="名", cadastral_code="410105003012GB00023", planning={"far": {"max": 2}})
    change = ParcelChange.model_validate({"name": None, "cadastral_code": None, "planning": {"far": None}})
    commands.change_attributes(session, actor, parcel.code, change, version=1)
    assert (parcel.name, parcel.cadastral_code, parcel.far) == (None, None, None)


def test_a_township_set_by_hand_stays_until_it_is_removed(session: Session, actor: Actor) -> None:
    _, township = make_regions(session)
    parcel = make_parcel(session, geometry=square(114.1, 34.77))
    assert placed(parcel) == (None, False)
    commands.change_attributes(session, actor, parcel.code, ParcelChange(region_code="410105562"), version=1)
    assert placed(parcel) == (township.id, True)
    commands.change_attributes(session, actor, parcel.code, ParcelChange(region_code=None), version=2)
    assert placed(parcel) == (None, False)
    with pytest.raises(Invalid, match="not a township"):
        commands.change_attributes(session, actor, parcel.code, ParcelChange(region_code="410105"), version=3)


def test_an_empty_change_is_no_change() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ParcelChange()


def test_whole_histories_are_entered_in_a_few_statements(
    session: Session, connection: Connection, actor: Actor
) -> None:
    codes = [make_parcel(session).code for _ in range(20)]
    course = [EventKind.acquire, EventKind.reserve, EventKind.clear, EventKind.approve_scheme, EventKind.announce]
    lives = [
        event_commands.Lived(code, kind, dt.date(2022, 2, 1) + dt.timedelta(days=30 * i))
        for code in codes
        for i, kind in enumerate(course)
    ]
    before = len(entries(session))
    assert event_commands.replay_events(session, actor, lives) == 100
    found = reading.statuses(connection, actor, codes)
    assert {(each["stage"], each["stage_since"], each["version"]) for each in found.items} == {
        ("announced", dt.date(2022, 6, 1), 2)
    }
    assert queries.deviations(session) == []
    assert [entry.after for entry in entries(session)[before:]] == [{"parcels": 20, "events": 100}]


def test_one_impossible_chain_refuses_all(session: Session, actor: Actor) -> None:
    parcel = make_parcel(session)
    lived = event_commands.Lived
    with pytest.raises(IllegalTransition):
        event_commands.replay_events(
            session, actor, [lived(parcel.code, EventKind.acquire, DAY), lived(parcel.code, EventKind.sell, DAY)]
        )
    with pytest.raises(NotFound):
        event_commands.replay_events(session, actor, [lived("nobody", EventKind.acquire, DAY)])
    many = [lived(f"nobody-{i}", EventKind.acquire, DAY) for i in range(70_000)]  # more than a statement has parameters
    with pytest.raises(NotFound):
        event_commands.replay_events(session, actor, many)
    assert parcel.stage == "candidate"


def test_a_state_written_by_hand_is_found(session: Session) -> None:
    parcel, _ = make_parcel(session), make_parcel(session)
    assert queries.deviations(session) == []
    parcel.stage = Stage.sold
    session.flush()
    assert [(each.code, each.kept.split()[0], each.by_events.split()[0]) for each in queries.deviations(session)] == [
        (parcel.code, "sold", "candidate")
    ]


def test_an_adopted_state_may_be_idle(session: Session) -> None:
    parcel = make_parcel(session, stage=State(Stage.delivered, idle=Idle.confirmed))
    assert (parcel.stage, parcel.idle) == ("delivered", "confirmed")
    with pytest.raises(IllegalTransition):
        make_parcel(session, stage=State(Stage.reserved, idle=Idle.confirmed))


def test_of_two_writers_one_waits_and_is_told(database: Database, actor: Actor) -> None:
    with database.write(actor) as session:
        code = make_parcel(session, stage=Stage.listed).code
    waiting = threading.Event()

    def second() -> int:
        with database.write(actor) as session:
            session.execute(text("SET LOCAL lock_timeout = '20s'"))
            waiting.set()
            return event_commands.record_event(session, actor, code, event(EventKind.fail), version=1).version

    with ThreadPoolExecutor() as threads:
        with database.write(actor) as session:
            event_commands.record_event(session, actor, code, event(EventKind.sell), version=1)
            later = threads.submit(second)
            waiting.wait()
            with pytest.raises(TimeoutError):
                later.result(timeout=0.3)
        with pytest.raises(PreconditionFailed) as refused:
            later.result()
    assert refused.value.facts == {"version": 2}
    with database.read() as session:
        assert session.scalars(select(Parcel.stage).where(Parcel.code == code)).one() == "sold"
        assert queries.deviations(session) == []
