"""Status sheets of other bureaus: given out, filled in, taken in; all of it or nothing, with every wrong cell named."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from service.accounts.access import system
from service.checklist.models import Checklist
from service.checklist.states import Stored
from service.checklist.status_sheet import COLUMNS, SHEET, way
from service.core.db import Database
from tests.caller import Caller
from tests.factories.checklists import finish, first_open, make_checklist, parcel_of, prove, row_of

As = Callable[..., Caller]
D = dt.date
ACTOR = system("test")
AT = "/api/v1/checklists"


@pytest.fixture
def begun(database: Database) -> tuple[str, str, str]:
    """The parcel of a checklist, its first item, and the bureau that leads it."""
    with database.write(ACTOR) as session:
        found = make_checklist(session)
        key = first_open(session, found)
        return parcel_of(session, found).code, key, row_of(session, found, key).lead


def sheet(*rows: dict[str, Any], name: str = SHEET) -> dict[str, Any]:
    """A status sheet as a form's file; a row by field."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = name
    page.append(list(COLUMNS.values()))
    for row in rows:
        page.append([row.get(field) for field in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return {"file": ("status.xlsx", out.getvalue())}


def take(caller: Caller, file: dict[str, Any], *, trial: bool = False) -> Any:  # noqa: ANN401
    return caller.post(f"{AT}/status-import", params={"trial": str(trial).lower()}, files=file)


def state(database: Database, parcel: str, key: str) -> tuple[str, dt.date | None]:
    with database.read() as session:
        row = session.execute(
            text("""SELECT i.state, i.started_on FROM checklist_item i JOIN checklist c ON c.id = i.checklist_id
                JOIN parcel p ON p.id = c.parcel_id WHERE p.code = :code AND i.key = :key"""),
            {"code": parcel, "key": key},
        ).one()
    return row[0], row[1]


def test_a_sheet_is_given_out_and_taken_back_unchanged(as_role: As, begun: tuple[str, str, str]) -> None:
    _, _, lead = begun
    officer = as_role("track_officer", bureau=lead)
    given = officer.get(f"{AT}/status-sheet")
    assert given.status_code == 200, given.text
    page = openpyxl.load_workbook(io.BytesIO(given.content))[SHEET]
    assert [cell.value for cell in page[1]] == list(COLUMNS.values())
    assert page.max_row > 1
    taken = take(officer, {"file": ("back.xlsx", given.content)})
    assert taken.status_code == 200, taken.text
    told = taken.json()
    assert (told["changes"], told["faults"]) == ([], [])
    assert told["unchanged"] == told["rows"] == page.max_row - 1


def test_a_trial_tells_and_changes_nothing(as_role: As, database: Database, begun: tuple[str, str, str]) -> None:
    parcel, key, lead = begun
    file = sheet({"parcel": parcel.lower(), "key": key, "state": "已报审", "on": D(2022, 11, 10)})
    officer = as_role("track_officer", bureau=lead)
    told = take(officer, file, trial=True).json()
    (change,) = told["changes"]
    assert (change["action"], change["before"], change["after"]) == ("start+submit", "open", "submitted")
    assert (change["row"], change["key"], change["effective_on"]) == (2, key, "2022-11-10")
    assert told["faults"] == []
    assert state(database, parcel, key) == ("open", None)
    assert officer.post(f"{AT}/status-import", files=file).json()["trial"] is True
    assert take(officer, file).status_code == 200
    assert state(database, parcel, key) == ("submitted", D(2022, 11, 10))


def test_it_goes_through_the_commands(as_role: As, database: Database, begun: tuple[str, str, str]) -> None:
    """History, audit and forecast are as if every action had been taken by hand; four eyes hold as well."""
    parcel, key, lead = begun
    officer = as_role("track_officer", bureau=lead)
    row = {"parcel": parcel, "key": key, "reason": "纸质材料已交", "planned_finish": D(2022, 12, 9)}
    assert take(officer, sheet({**row, "state": "已报审"})).status_code == 200
    with database.read() as session:
        kinds = session.scalars(
            text("SELECT kind FROM checklist_event WHERE item_key = :key ORDER BY id"), {"key": key}
        )
        assert kinds.all() == ["start", "submit", "planned"]
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'checklist_sheet:taken'")) == 1
        found = session.scalars(text("SELECT id FROM checklist")).one()
        assert session.get_one(Checklist, found).forecast["due"][key] == "2022-12-09"
    accepted = take(officer, sheet({**row, "state": "完成"}))
    assert accepted.status_code == 422
    assert accepted.json()["errors"][0]["pointer"] == f"/{SHEET}/2/{COLUMNS['state']}"


def test_one_wrong_row_keeps_all_out(as_role: As, database: Database, begun: tuple[str, str, str]) -> None:
    parcel, key, _ = begun
    file = sheet(
        {"parcel": parcel, "key": key, "state": "办理中"},
        {"parcel": "NONE-1", "key": key, "state": "办理中"},
        {"parcel": parcel, "key": "BT-NONE", "state": "办理中"},
        {"parcel": parcel, "key": key, "state": "完成"},
        {"parcel": parcel, "key": "BT-E4", "state": "快好了"},
        {"parcel": parcel, "key": "BT-C3", "state": "办理中", "on": "去年"},
        {"parcel": None, "key": "BT-C3", "state": "办理中"},
    )
    planner = as_role("planner")
    trial = take(planner, file, trial=True).json()
    wrong = {fault["row"]: (fault["column"], fault["rule"]) for fault in trial["faults"]}
    assert wrong == {
        3: ("地块编号", "unknown-parcel"),
        4: ("事项编号", "unknown-item"),
        5: ("事项编号", "twice"),
        6: ("状态", "unknown-state"),
        7: ("日期", "not-a-day"),
        8: ("地块编号", "missing"),
    }
    assert all(fault["message"] and fault["message_en"] for fault in trial["faults"])
    refused = take(planner, file)
    assert (refused.status_code, refused.json()["code"]) == (422, "status-sheet-refused")
    assert len(refused.json()["errors"]) == 6
    assert state(database, parcel, key) == ("open", None)


def test_the_same_item_written_otherwise_is_the_same(as_role: As, begun: tuple[str, str, str]) -> None:
    """In another case or width; the later row is told, with the row it repeats."""
    parcel, key, _ = begun
    wide = parcel.replace("T", "Ｔ").replace("0", "０")
    rows = [{"parcel": each, "key": key, "state": "办理中"} for each in (parcel, parcel.lower(), wide)]
    faults = take(as_role("planner"), sheet(*rows), trial=True).json()["faults"]
    assert [(each["row"], each["column"], each["rule"]) for each in faults] == [
        (3, "事项编号", "twice"),
        (4, "事项编号", "twice"),
    ]
    assert all("第 2 行" in each["message"] for each in faults)


@pytest.mark.parametrize(
    ("cell", "day", "rule"),
    [
        (D(2022, 11, 10), D(2022, 11, 10), None),
        (dt.datetime(2022, 11, 10), D(2022, 11, 10), None),  # noqa: DTZ001 - as a cell has it
        ("2022-11-10", D(2022, 11, 10), None),
        ("2022/11/10", D(2022, 11, 10), None),
        ("2022.11.10", D(2022, 11, 10), None),
        ("2022年11月10日", D(2022, 11, 10), None),
        ("2022年11月", None, "not-a-day"),
        ("20221110", None, "not-a-day"),
        (44875, None, "not-a-day"),
        ("=TODAY()", None, "not-a-day"),
        ("2022-11-31", None, "not-a-day"),
    ],
    ids=str,
)
def test_a_day_as_cells_have_it(
    as_role: As, database: Database, begun: tuple[str, str, str], cell: object, day: dt.date | None, rule: str | None
) -> None:
    """A formula whose value the file does not hold is no day, rather than none: that would be today."""
    parcel, key, _ = begun
    taken = take(as_role("planner"), sheet({"parcel": parcel, "key": key, "state": "办理中", "on": cell}))
    if rule is None:
        assert taken.status_code == 200, taken.text
    else:
        (error,) = taken.json()["errors"]
        assert (error["pointer"], error["code"]) == (f"/{SHEET}/2/日期", rule)
    assert state(database, parcel, key) == (("open", None) if day is None else ("in_progress", day))


def test_formulas_are_no_states_nor_numbers(as_role: As, begun: tuple[str, str, str]) -> None:
    parcel, key, _ = begun
    rows = [{"parcel": '="ZD"&"-1"', "key": key, "state": "办理中"}, {"parcel": parcel, "key": key, "state": "=F2"}]
    faults = take(as_role("planner"), sheet(*rows), trial=True).json()["faults"]
    assert [(each["row"], each["rule"]) for each in faults] == [(2, "unknown-parcel"), (3, "unknown-state")]


def test_five_thousand_rows_of_which_one_is_wrong(as_role: As, begun: tuple[str, str, str]) -> None:
    """The largest sheet that is taken; beyond it, and beyond the changes of one sheet, it is refused in words."""
    parcel, key, _ = begun
    rows = [{"parcel": f"ZZ-{number}", "key": key, "state": "办理中"} for number in range(4_999)]
    planner = as_role("planner")
    told = take(planner, sheet({"parcel": parcel, "key": key, "state": "办理中"}, *rows), trial=True).json()
    assert (told["rows"], len(told["changes"]), len(told["faults"])) == (5_000, 1, 500)
    assert {each["rule"] for each in told["faults"]} == {"unknown-parcel"}
    refused = take(planner, sheet({"parcel": parcel, "key": key, "state": "办理中"}, *rows))
    assert (refused.json()["count"], "4999" in refused.json()["detail"]) == (4_999, True)
    most = take(planner, sheet(*({"parcel": parcel, "key": key, "state": "办理中"} for _ in range(5_100))))
    assert (most.status_code, most.json()["code"]) == (422, "status-sheet-unreadable")


def test_what_the_commands_refuse_is_told_of_the_row(as_role: As, begun: tuple[str, str, str]) -> None:
    parcel, key, lead = begun
    stranger = "parks" if lead != "parks" else "ecology"
    foreign = take(as_role("track_officer", bureau=stranger), sheet({"parcel": parcel, "key": key, "state": "办理中"}))
    assert foreign.json()["errors"][0]["code"] == "checklist-not-yours"
    planner = as_role("planner")
    tomorrow = take(planner, sheet({"parcel": parcel, "key": key, "state": "办理中", "on": D(2022, 11, 16)}))
    assert tomorrow.json()["errors"][0]["pointer"].endswith("/日期")
    waived = take(planner, sheet({"parcel": parcel, "key": key, "state": "豁免"}))
    assert waived.json()["errors"][0]["code"] == "no-way"
    mirrored = take(planner, sheet({"parcel": parcel, "key": "BT-E4", "state": "办理中"}))
    assert mirrored.json()["errors"][0]["code"] == "checklist-mirrored"
    assert as_role("viewer").post(f"{AT}/status-import", files=sheet()).status_code == 403


def test_what_the_law_asks_for_takes_two_senders(as_role: As, database: Database) -> None:
    with database.write(ACTOR) as session:
        found = make_checklist(session)
        finish(session, found, leaving=("BT-C1",))
        parcel = parcel_of(session, found).code
        prove(session, ACTOR, found, "BT-C1")
    row = {"parcel": parcel, "key": "BT-C1", "on": D(2022, 11, 10)}
    planner, officer = as_role("planner"), as_role("listing_officer")
    alone = take(planner, sheet({**row, "state": "完成"}), trial=True).json()["faults"]
    assert [(each["rule"], each["column"]) for each in alone] == [("checklist-four-eyes", "状态")]
    assert "R41 规划条件" in alone[0]["message"]
    assert take(planner, sheet({**row, "state": "已报审"})).status_code == 200
    again = take(planner, sheet({**row, "state": "完成"}))
    assert again.json()["errors"][0]["code"] == "checklist-same-person"
    assert take(officer, sheet({**row, "state": "完成"})).status_code == 200


def test_what_can_not_be_forecast_is_told_of_its_row(
    as_role: As, database: Database, begun: tuple[str, str, str]
) -> None:
    """A checklist is brought up to date once for all its rows; the row that makes it impossible is still told."""
    parcel, key, _ = begun
    first = {"parcel": parcel, "key": key, "state": "办理中", "on": D(2022, 11, 10)}
    far = {"parcel": parcel, "key": "BT-C1", "state": "未开始", "planned_start": D(2099, 12, 31)}
    last = {"parcel": parcel, "key": "BT-H1", "state": "未开始", "planned_finish": D(2023, 3, 1)}
    faults = take(as_role("planner"), sheet(first, far, last), trial=True).json()["faults"]
    assert [(each["row"], each["rule"]) for each in faults] == [(3, "outside-calendar")]
    assert take(as_role("planner"), sheet(first, last)).status_code == 200
    assert state(database, parcel, key)[0] == "in_progress"


def test_a_sheet_of_another_jurisdiction_finds_no_parcel(as_role: As, begun: tuple[str, str, str]) -> None:
    parcel, key, _ = begun
    other = as_role("planner", jurisdictions=["ELSE"])
    answer = take(other, sheet({"parcel": parcel, "key": key, "state": "办理中"}), trial=True)
    assert answer.json()["faults"][0]["rule"] == "unknown-parcel"


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        ({"file": ("x.xlsx", b"PK no workbook")}, "damaged"),
        (sheet(name="别的") | {}, None),
    ],
)
def test_what_is_no_sheet_is_refused(as_role: As, file: dict[str, Any], rule: str | None) -> None:
    answer = take(as_role("planner"), file, trial=True)
    if rule is None:  # a workbook of one sheet is taken whatever that is called
        assert answer.json()["rows"] == 0
    else:
        assert (answer.status_code, answer.json()["code"], answer.json()["rule"]) == (
            422, "status-sheet-unreadable", rule,
        )  # fmt: skip


def test_every_way_ends_where_it_says() -> None:
    """Whatever a sheet asks for is asked of the states' own table; a waiver is never a sheet's matter."""
    assert all(way(state, state) == () for state in Stored)
    for now in Stored:
        for settled in (Stored.waived, Stored.not_applicable, Stored.open):
            assert now is settled or way(now, settled) is None
