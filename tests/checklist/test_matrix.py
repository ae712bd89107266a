"""The leader's view: parcels by tracks, the portfolio, forecasts anew in the background, the map by readiness."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.accounts.permissions import Role
from service.checklist import outlook
from service.checklist.models import Checklist
from service.checklist.picture import picture
from service.checklist.record_models import ChecklistRun
from service.checklist.run_commands import start_run
from service.checklist.run_jobs import forecast_all, run_now, sweep_now
from service.core import clock
from service.core.db import Database
from service.core.jobs import AlreadyRunning
from service.parcels.lifecycle import Stage
from service.workdays.queries import calendar_of
from tests.caller import Caller
from tests.factories.checklists import act, finish, first_open, make_checklist, make_person, row_of
from tests.factories.listings import make_scheme
from tests.factories.parcels import make_parcel

As = Callable[..., Caller]
D = dt.date
ACTOR = system("test")
AT = "/api/v1/checklists"


def make_ready(session: Session, **fields: object) -> Checklist:
    """A checklist of which nothing is open."""
    land = make_parcel(session, stage=Stage.scheme_approved)
    make_scheme(session, [land])
    found = make_checklist(session, land, **fields)
    finish(session, found)
    return found


@pytest.fixture
def four(database: Database) -> dict[str, int]:
    """One checklist of each readiness, by it."""
    with database.write(ACTOR) as session:
        stuck = make_checklist(session, planned_sale_on=D(2024, 3, 1))
        key, officer = first_open(session, stuck), make_person(session, Role.PLANNER)
        act(session, officer, stuck, key, "start")
        act(session, officer, stuck, key, "submit")
        act(session, make_person(session, Role.PLANNER), stuck, key, "return", reason="材料不全")
        return {
            "ready": make_ready(session, planned_sale_on=D(2022, 12, 30)).id,
            "on_time": make_checklist(session, planned_sale_on=D(2024, 1, 5)).id,
            "late": make_checklist(session, planned_sale_on=D(2022, 12, 1)).id,
            "blocked": stuck.id,
        }


def test_the_matrix_tells_every_parcel_and_track(as_role: As, four: dict[str, int]) -> None:
    told = as_role("viewer").get(f"{AT}/matrix").json()
    assert told["n"] == 4
    assert told["counts"] == dict.fromkeys(four, 1)
    assert {row["readiness"]: row["checklist_id"] for row in told["rows"]} == four
    assert [row["planned_sale_on"] for row in told["rows"]] == ["2022-12-01", "2022-12-30", "2024-01-05", "2024-03-01"]
    assert [track["key"] for track in told["tracks"]][-1] == "start"
    late, ready, on_time, _ = told["rows"]
    assert late["float_days"] < 0 < on_time["float_days"]
    assert max(cell["late_days"] for cell in late["tracks"]) == -late["float_days"]
    assert {cell["late_days"] for cell in on_time["tracks"]} == {0}
    assert sum(cell["open"] for cell in ready["tracks"]) == 0
    assert sum(cell["open"] for cell in late["tracks"]) == late["blocking"]
    assert all(cell["lead"] for cell in late["tracks"] if cell["open"])


def test_the_matrix_says_what_each_checklist_says(as_role: As, four: dict[str, int]) -> None:
    viewer = as_role("viewer")
    rows = {row["checklist_id"]: row for row in viewer.get(f"{AT}/matrix").json()["rows"]}
    for number in four.values():
        whole = viewer.get(f"{AT}/{number}").json()
        for cell, track in zip(rows[number]["tracks"], whole["tracks"], strict=True):
            same = ("number", "state", "done", "total", "open", "days_left", "late_days", "critical")
            assert {name: cell[name] for name in same} == {name: track[name] for name in same}
        assert rows[number]["float_days"] == whole["float_days"]


def test_the_matrix_is_read_page_by_page(as_role: As, database: Database, four: dict[str, int]) -> None:
    with database.write(ACTOR) as session:
        undated = [make_checklist(session).id for _ in range(2)]
    viewer, address = as_role("viewer"), f"{AT}/matrix?limit=1"
    seen = []
    while address:
        page = viewer.get(address).json()
        seen += [row["checklist_id"] for row in page["rows"]]
        address = page["next"]
    assert seen == [four["late"], four["ready"], four["on_time"], four["blocked"], *undated]
    assert viewer.get(f"{AT}/matrix?cursor=WzFd").status_code == 400
    blocked = viewer.get(f"{AT}/matrix", params={"readiness": "blocked"}).json()
    assert (blocked["n"], [row["checklist_id"] for row in blocked["rows"]]) == (1, [four["blocked"]])
    assert blocked["counts"] == viewer.get(f"{AT}/matrix").json()["counts"]  # what else could be chosen


@pytest.mark.parametrize("case", ["ready", "on_time", "late", "blocked"])
def test_readiness_is_the_same_wherever_it_is_asked(as_role: As, four: dict[str, int], case: str) -> None:
    assert as_role("viewer").get(f"{AT}/{four[case]}").json()["readiness"] == case


def test_the_portfolio_sums_up_what_lists_show(as_role: As, four: dict[str, int]) -> None:
    viewer = as_role("viewer")
    told, matrix = viewer.get(f"{AT}/statistics").json(), viewer.get(f"{AT}/matrix").json()
    assert (told["n"], told["readiness"]) == (4, dict.fromkeys(four, 1))
    for track in told["tracks"]:
        cells = [cell for row in matrix["rows"] for cell in row["tracks"] if cell["number"] == track["number"]]
        for name in ("done", "total", "open"):
            assert track[name] == sum(cell[name] for cell in cells)
        assert track["late"] == sum(cell["late_days"] > 0 for cell in cells)
    assert sum(track["controls"] for track in told["tracks"]) == 4
    assert sum(each["returned"] for each in told["bureaus"]) == 1
    assert told["saved"]["parcels"] == 4
    assert told["saved"]["total_workdays"] == sum(row["saved_workdays"] for row in matrix["rows"])
    assert sum(told["ready_by_month"].values()) == 3
    other = viewer.get(f"{AT}/statistics", params={"jurisdiction": "ELSE"}).json()
    assert (other["n"], other["bureaus"], other["saved"]["median_workdays"]) == (0, [], None)


def test_no_day_is_due_that_the_planned_day_does_not_ask_for(session: Session) -> None:
    """In time, nothing is due before it can be done; late by n working days, what lies on the path is due n earlier."""
    calendar, day = calendar_of(session), clock.today()
    for planned in (D(2024, 6, 3), D(2022, 12, 1)):
        seen = picture(session, make_checklist(session, planned_sale_on=planned))
        found = seen.forecast(calendar, day)
        needed = outlook.needed_by(seen, calendar, day)
        missed = max(
            calendar.workdays_between(needed[key], found.timings[key].earliest_finish).workdays for key in needed
        )
        assert max(needed.values()) <= planned
        late = calendar.workdays_between(planned, found.reached(seen.gate)).workdays
        assert missed == late if late > 0 else missed <= 0


def test_all_forecasts_are_made_anew_in_the_background(as_role: As, database: Database, four: dict[str, int]) -> None:
    planner = as_role("planner")
    with database.write(ACTOR) as session:
        session.execute(text("UPDATE checklist SET ready_on = NULL, readiness = 'ready', tracks = '[]'"))
    queued = planner.post(f"{AT}/recompute")
    assert queued.status_code == 202, queued.text
    run = queued.json()["id"]
    run_now(database, run)
    told = planner.get(f"{AT}/recompute/{run}").json()
    assert (told["status"], told["done"], told["total"], told["changed"]) == ("done", 4, 4, 4)
    counts = planner.get(f"{AT}/matrix").json()["counts"]
    assert counts == dict.fromkeys(four, 1)
    run_now(database, run)
    with database.write(ACTOR) as session:
        again = start_run(session, ACTOR, queue=False).id
    run_now(database, again)
    assert planner.get(f"{AT}/recompute/{again}").json()["changed"] == 0
    assert as_role("planner", jurisdictions=["ELSE"]).get(f"{AT}/recompute/{run}").status_code == 404
    assert as_role("viewer").post(f"{AT}/recompute").status_code == 403


def test_a_run_is_carried_out_once_at_a_time_and_never_forgotten(database: Database, four: dict[str, int]) -> None:
    with database.write(ACTOR) as session:
        run = start_run(session, ACTOR, queue=False).id
        session.execute(text("UPDATE checklist_run SET created_at = now() - interval '1 hour'"))
    with database.write(ACTOR) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(4490006, :run)"), {"run": run})
        with pytest.raises(AlreadyRunning):
            run_now(database, run)
    sweep_now(database)
    with database.read() as session:
        found = session.get_one(ChecklistRun, run)
        assert (found.status, found.problem is not None) == ("failed", True)


def test_a_forecast_moves_on_with_the_day(session: Session) -> None:
    found = make_checklist(session, planned_sale_on=D(2023, 12, 1))
    before = found.ready_on
    assert before is not None
    clock.fix_today(D(2022, 12, 15))
    try:
        assert forecast_all(session, [found.id]) == 1
    finally:
        clock.fix_today(D(2022, 11, 15))
    assert found.ready_on is not None
    assert found.ready_on > before
    assert found.forecast_on == D(2022, 12, 15)


def test_a_plan_past_the_calendar_stops_no_other(session: Session) -> None:
    """Planned up to the calendar's end, it can't be forecast a year later; the others are."""
    far, other = make_checklist(session), make_checklist(session)
    item = row_of(session, far, first_open(session, far))
    item.planned_start, before = D(2060, 12, 1), far.ready_on
    session.flush()
    clock.fix_today(D(2022, 12, 15))
    try:
        assert forecast_all(session, [far.id, other.id]) == 1
    finally:
        clock.fix_today(D(2022, 11, 15))
    assert (far.ready_on, other.forecast_on) == (before, D(2022, 12, 15))


def test_a_closed_checklist_is_not_forecast(session: Session) -> None:
    found = make_checklist(session)
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    found.status, found.closed_on = "closed", D(2022, 11, 15)  # type: ignore[assignment]
    session.flush()
    assert forecast_all(session, [found.id]) == 0


def test_the_map_shows_who_is_ready(as_role: As, four: dict[str, int]) -> None:
    viewer = as_role("viewer")
    first = viewer.get("/tiles/readiness/4/13/6")
    assert first.status_code == 200
    for name in (b"readiness_point", b"blocked", b"on_time"):
        assert name in first.content
    again = viewer.get("/tiles/readiness/4/13/6", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert as_role("viewer", jurisdictions=["ELSE"]).get("/tiles/readiness/4/13/6").status_code == 204
    assert viewer.get("/tiles/readiness.json").json()["vector_layers"][0]["id"] == "readiness"


def test_a_change_of_readiness_makes_new_tiles(as_role: As, database: Database, four: dict[str, int]) -> None:
    viewer = as_role("viewer")
    before = viewer.get("/tiles/readiness/4/13/6").headers["etag"]
    with database.write(ACTOR) as session:
        finish(session, session.get_one(Checklist, four["late"]))
    assert viewer.get("/tiles/readiness/4/13/6").headers["etag"] != before
