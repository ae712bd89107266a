"""The calendar in the database: seeded, edited, kept in memory by revision."""

import datetime as dt
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.accounts.bindings import UnknownCode
from service.accounts.permissions import Role
from service.audit.models import AuditEntry
from service.core.db import Database
from service.core.errors import Forbidden, NotFound, PreconditionFailed
from service.regions.models import Jurisdiction
from service.workdays import official
from service.workdays.blocking import Work
from service.workdays.calendar import OutsideCalendar
from service.workdays.commands import (
    OrderFields,
    change_day,
    change_order,
    change_year,
    create_order,
    remove_order,
    seed_calendar,
)
from service.workdays.models import CalendarDay, CalendarYear
from service.workdays.official import official_calendar
from service.workdays.queries import almanac, calendar_of

NATIONAL = dt.date(2022, 10, 7)
OWN = Actor("user", "zd", Role.PLANNER, frozenset(), frozenset({"ZDXQ"}))


def soil(**changes: object) -> OrderFields:
    fields: dict[str, object] = {
        "name": "封土",
        "name_en": "Dust control",
        "first": dt.date(2022, 11, 15),
        "last": dt.date(2023, 3, 15),
        "kinds": ["earthwork"],
        "jurisdiction": "ZDXQ",
        "regions": [],
        "exempt": ["school"],
        "source": "通告",
        "verified": False,
    }
    fields |= changes
    return cast("OrderFields", fields)


def add_jurisdictions(session: Session) -> None:
    session.add_all(Jurisdiction(code=code, name=code, name_en=code) for code in ("ZDXQ", "GXQ"))
    session.flush()


def test_the_seeded_calendar_is_the_packages(session: Session) -> None:
    found, expected = calendar_of(session), official_calendar()
    assert (found.marks, found.known) == (expected.marks, expected.known)


def test_seeding_again_changes_nothing_and_records_nothing(session: Session) -> None:
    assert sum(seed_calendar(session).values()) == 0
    assert not session.info.get("audit_entries")


def test_seeding_never_overwrites_an_edit(session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    change_day(session, actor, NATIONAL, 1, is_workday=True, name="国庆节", name_en="National Day", reason="通知")
    change_day(session, actor, dt.date(2022, 10, 17), 0, is_workday=False, name="停工", name_en="", reason="通知")
    session.get_one(CalendarDay, dt.date(2022, 10, 6)).name = "旧名"
    session.add(CalendarDay(day=dt.date(2022, 10, 18), is_workday=False, name="", name_en="", source="old"))
    session.flush()
    assert seed_calendar(session) == {"kept": 1, "changed": 1, "removed": 1, "years": 0}
    found = calendar_of(session)
    assert found.is_workday(NATIONAL)
    assert not found.is_workday(dt.date(2022, 10, 17))
    assert found.is_workday(dt.date(2022, 10, 18))
    assert found.marks[dt.date(2022, 10, 6)].name == "国庆节"


def test_a_new_edition_of_the_package_brings_its_years(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = {day: mark for day, mark in official.marks().items() if day.year < 2026}
    session.query(CalendarDay).filter(CalendarDay.day >= dt.date(2026, 1, 1)).delete()
    session.query(CalendarYear).filter(CalendarYear.year == 2026).delete()
    session.info["workdays_changed"] = True
    assert calendar_of(session).is_provisional(dt.date(2026, 5, 1))
    done = seed_calendar(session)
    assert done["added"] == len(official.marks()) - len(marks)
    assert done["years"] == 1
    assert not calendar_of(session).is_provisional(dt.date(2026, 5, 1))


def test_an_edit_is_versioned_and_recorded(database: Database, calendar_restored: None) -> None:
    actor = system("test")
    with database.write(actor) as session:
        found = change_day(
            session, actor, NATIONAL, 1, is_workday=True, name="国庆节", name_en="National Day", reason="通知"
        )
        assert (found.version, found.edited_by, found.reason) == (2, "system:test", "通知")
    with database.write(actor) as session, pytest.raises(PreconditionFailed):
        change_day(session, actor, NATIONAL, 1, is_workday=False, name="", name_en="", reason="旧版本")
    with database.write(actor) as session, pytest.raises(PreconditionFailed):
        change_day(session, actor, dt.date(2022, 10, 17), 1, is_workday=False, name="", name_en="", reason="无此行")
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "workday:changed")).one()
        assert (entry.subject_id, entry.before, entry.after) == (
            "2022-10-07",
            {"is_workday": False},
            {"is_workday": True, "reason": "通知"},
        )
        assert calendar_of(session).is_workday(NATIONAL)


def test_who_looks_after_a_commit_sees_it_and_nobody_reads_twice(
    database: Database, owner: psycopg.Connection[Any], calendar_restored: None
) -> None:
    with database.read() as session:
        first = almanac(session)
        assert almanac(session) is first
    owner.execute("UPDATE workday_calendar SET is_workday = true WHERE day = %s", [NATIONAL])  # raw SQL is covered
    with database.read() as session:
        second = almanac(session)
        assert second is not first
        assert second.calendar.is_workday(NATIONAL)
        assert not first.calendar.is_workday(NATIONAL)
        assert almanac(session, second.revision) is second


def test_what_is_rolled_back_is_never_kept(database: Database) -> None:
    with database.write(system("test")) as session:
        change_day(session, system("test"), NATIONAL, 1, is_workday=True, name="", name_en="", reason="x")
        assert calendar_of(session).is_workday(NATIONAL), "one's own change is seen"
        session.rollback()
    with database.read() as session:
        assert not calendar_of(session).is_workday(NATIONAL)


def test_a_year_is_confirmed_and_taken_back(session: Session, actor: Actor) -> None:
    day = dt.date(2027, 2, 9)
    change_day(session, actor, day, 0, is_workday=False, name="春节", name_en="Spring Festival", reason="通知")
    assert calendar_of(session).is_provisional(day), "an edited day alone confirms no year"
    found = change_year(session, actor, 2027, 0, provisional=False, source="国办发明电〔2026〕1号", reason="已录入")
    assert not calendar_of(session).is_provisional(day)
    with pytest.raises(PreconditionFailed):
        change_year(session, actor, 2027, 0, provisional=True, source="x", reason="旧版本")
    change_year(session, actor, 2027, found.version, provisional=True, source="国办发明电〔2026〕1号", reason="有误")
    assert calendar_of(session).is_provisional(day)
    assert not calendar_of(session).is_workday(day)


def test_a_day_beyond_the_calendar_is_refused(session: Session, actor: Actor) -> None:
    with pytest.raises(OutsideCalendar):
        change_day(session, actor, dt.date(2061, 1, 1), 0, is_workday=False, name="", name_en="", reason="x")


def test_only_an_account_for_all_changes_the_calendar(session: Session) -> None:
    with pytest.raises(Forbidden):
        change_day(session, OWN, NATIONAL, 1, is_workday=True, name="", name_en="", reason="x")
    with pytest.raises(Forbidden):
        change_year(session, OWN, 2027, 0, provisional=False, source="x", reason="x")


def test_an_order_stops_works_from_its_commit_on(database: Database, places: None) -> None:
    actor, work = system("test"), Work("earthwork", frozenset({"ZDXQ"}))
    with database.write(actor) as session:
        order_id = create_order(session, actor, **soil()).id
    with database.read() as session:
        assert calendar_of(session).add_workdays(dt.date(2022, 11, 14), 1, work).day == dt.date(2023, 3, 16)
    with database.write(actor) as session:
        changed = change_order(session, actor, order_id, 1, **soil(last=dt.date(2022, 11, 30)))
        assert changed.version == 2
    with database.read() as session:
        assert calendar_of(session).add_workdays(dt.date(2022, 11, 14), 1, work).day == dt.date(2022, 12, 1)
    with database.write(actor) as session, pytest.raises(PreconditionFailed):
        remove_order(session, actor, order_id, 1)
    with database.write(actor) as session:
        remove_order(session, actor, order_id, 2)
    with database.read() as session:
        assert calendar_of(session).add_workdays(dt.date(2022, 11, 14), 1, work).day == dt.date(2022, 11, 15)
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
        assert actions == [f"blocked_period:{verb}" for verb in ("created", "changed", "removed")]


def test_an_unchanged_order_stays_at_its_version(session: Session, actor: Actor) -> None:
    add_jurisdictions(session)
    order = create_order(session, actor, **soil())
    assert change_order(session, actor, order.id, 1, **soil()).version == 1


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": ["dancing"]}, {"exempt": ["friend"]}, {"jurisdiction": "NOWHERE"}, {"regions": ["000000"]}],
    ids=str,
)
def test_an_order_names_only_what_is_there(session: Session, actor: Actor, wrong: dict[str, Any]) -> None:
    add_jurisdictions(session)
    with pytest.raises(UnknownCode) as refused:
        create_order(session, actor, **soil(**wrong))
    assert refused.value.errors[0].pointer.startswith(f"/{next(iter(wrong))}")


def test_nobody_reaches_beyond_their_jurisdictions(session: Session, actor: Actor) -> None:
    add_jurisdictions(session)
    own = create_order(session, OWN, **soil())
    other, everywhere = (
        create_order(session, actor, **soil(jurisdiction="GXQ")),
        create_order(session, actor, **soil(jurisdiction=None)),
    )
    for jurisdiction in ("GXQ", None):
        with pytest.raises(Forbidden):
            create_order(session, OWN, **soil(jurisdiction=jurisdiction))
    with pytest.raises(Forbidden):
        change_order(session, OWN, own.id, 1, **soil(jurisdiction=None))
    with pytest.raises(NotFound):
        remove_order(session, OWN, other.id, 1)
    with pytest.raises(Forbidden):
        remove_order(session, OWN, everywhere.id, 1)
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 23
