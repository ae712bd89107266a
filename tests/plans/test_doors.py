"""Plans over HTTP: the course, two officers, targets with their lock, workbooks, visibility."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import psycopg
import pytest

from service.accounts.permissions import Role
from service.core import clock
from service.plans.layout import COLUMNS, ITEMS_SHEET, TOTALS_SHEET
from tests.caller import Caller
from tests.plans.conftest import People

PLANS = "/api/v1/plans"
As = Callable[..., Caller]


def tag(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def begin(people: People, *, year: int = 2022, items: int = 3) -> dict[str, Any]:
    plan: dict[str, Any] = people.planner.post(PLANS, json={"jurisdiction": "ZDXQ", "year": year}).json()
    for number in range(items):
        body = {"parcel": f"P-{number}", "month": number + 1, "source": "new", "method": "listing"}
        assert people.planner.post(f"{PLANS}/{plan['id']}/items", json=body).status_code == 201
    return plan


def items_of(people: People, plan: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = people.viewer.get(f"{PLANS}/{plan['id']}/items").json()["items"]
    return found


def publish(people: People, plan: dict[str, Any]) -> dict[str, Any]:
    path = f"{PLANS}/{plan['id']}"
    version = people.viewer.get(path).json()["version"]
    for who, step in ((people.planner, "submit"), (people.approver, "approve"), (people.planner, "publish")):
        answer = who.post(f"{path}/{step}", json={}, headers=tag(version))
        assert answer.status_code == 200, answer.text
        version = answer.json()["plan"]["version"]
    return dict(people.viewer.get(path).json())


def test_the_whole_course(people: People) -> None:
    plan = begin(people)
    assert plan["actions"] == ["edit", "submit"]
    done = publish(people, plan)
    assert (done["status"], done["published_on"]) == ("published", "2022-11-15")
    assert [step["kind"] for step in done["steps"]] == ["create", "submit", "approve", "publish"]
    path = f"{PLANS}/{plan['id']}"
    progress = people.viewer.get(f"{path}/progress?by=month").json()
    assert (progress["whole"]["planned"], progress["whole"]["rate"], progress["months_left"]) == (3, 0.0, 2)
    assert progress["whole"]["gap_m2"] == progress["whole"]["due_m2"] == progress["whole"]["planned_m2"] > 0
    assert people.planner.post(f"{path}/submit", json={}, headers=tag(done["version"])).json()["allowed"] == ["amend"]
    second = people.planner.post(f"{path}/amend", json={"note": "x"}, headers=tag(done["version"]))
    assert second.status_code == 201
    assert len(items_of(people, second.json())) == 3
    listed = people.viewer.get(f"{PLANS}?year=2022&status=draft&status=published").json()["items"]
    assert [(each["edition"], each["items"]) for each in listed] == [(2, 3), (1, 3)]


def test_the_slower_officer_is_told_what_changed(people: People) -> None:
    plan = begin(people, items=1)
    (item,) = items_of(people, plan)
    path = f"{PLANS}/{plan['id']}/items/{item['key']}"
    first = people.planner.patch(path, json={"month": 9, "note": "征收滞后"}, headers=tag(1))
    assert (first.status_code, first.json()["quarter"]) == (200, 3)
    late = people.planner.patch(path, json={"method": "allocation"}, headers=tag(1))
    assert late.status_code == 412
    told = late.json()
    assert (told["by"], told["version"]) == (people.planner.username, 2)
    assert told["changed"]["month"] == {"before": 1, "after": 9}
    assert set(told["changed"]) == {"month", "quarter", "note"}
    assert people.viewer.get(path).json()["method"] == "listing"
    assert people.planner.patch(path, json={"note": None}).status_code == 428


def test_targets_move_with_a_reason_and_behind_a_lock(people: People, owner: psycopg.Connection[Any]) -> None:
    plan = begin(people, items=1)
    (item,) = items_of(people, plan)
    path = f"{PLANS}/{plan['id']}"
    scheme = f"{path}/items/{item['key']}/targets/scheme"
    assert people.planner.put(scheme, json={"month": "2022-10"}).json()["fixed"] is False
    target = people.planner.put(scheme, json={"month": "2022-12"}).json()
    assert (target["baseline_month"], target["forecast_month"]) == ("2022-12", "2022-12")
    changes = f"{path}/targets/{target['id']}/changes"
    body = {"month": "2022-11", "reason": "earlier"}
    assert people.planner.post(changes, json=body, headers=tag(2)).json()["code"] == "target-not-fixed"
    publish(people, plan)
    assert people.planner.put(scheme, json={"month": "2022-01"}).json()["code"] == "target-fixed"
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE plan_target SET baseline_month = '2022-01-01'")

    moved = people.planner.post(changes, json=body, headers=tag(2)).json()
    assert (moved["baseline_month"], moved["forecast_month"], moved["standing"]) == ("2022-12", "2022-11", "due")
    clock.fix_today(dt.date(2022, 11, 28))
    asked = people.planner.post(changes, json={"month": "2023-01", "reason": "archaeology"}, headers=tag(3)).json()
    assert (asked["forecast_month"], asked["waiting"]["to_month"]) == ("2022-11", "2023-01")
    again = people.planner.post(changes, json={"month": "2023-02", "reason": "price"}, headers=tag(4))
    assert again.json()["code"] == "target-change-waiting"
    decision = f"{path}/targets/{target['id']}/decision"
    assert people.planner.post(decision, json={"approved": True}, headers=tag(4)).status_code == 403
    decided = people.approver.post(decision, json={"approved": True, "note": "同意"}, headers=tag(4)).json()
    assert (decided["forecast_month"], decided["waiting"], decided["version"]) == ("2023-01", None, 5)
    history = people.viewer.get(changes).json()["items"]
    assert [(each["to_month"], each["approved"], each["needs_approval"]) for each in history] == [
        ("2023-01", True, True),
        ("2022-11", None, False),
    ]
    assert people.viewer.get(f"{path}/targets?moved=true&month=2023-01").json()["lock_days"] == 5
    assert people.planner.post(changes, json={"month": None, "reason": "other"}, headers=tag(5)).status_code == 422


def workbook(people: People, plan: dict[str, Any]) -> bytes:
    answer = people.viewer.get(f"{PLANS}/{plan['id']}/sheet")
    assert answer.status_code == 200
    return bytes(answer.content)


def send(people: People, plan: dict[str, Any], content: bytes, *, trial: bool = False, version: int = 1) -> Any:  # noqa: ANN401 - the client's own type
    path = f"{PLANS}/{plan['id']}/sheet" + ("?trial=true" if trial else "")
    return people.planner.put(path, files={"file": ("计划.xlsx", content)}, headers=tag(version))


def changed(content: bytes, edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(field: str) -> int:
    return list(COLUMNS).index(field) + 1


def test_a_workbook_taken_in_again_is_the_same_plan(people: People) -> None:
    plan = begin(people)
    ring = [[113.7, 34.8], [113.701, 34.8], [113.701, 34.801], [113.7, 34.8]]
    sketch = {"name": "=未测地块", "area_m2": "12345.67", "use_class": "residential", "housing_class": "resettlement",
              "geometry": {"type": "Polygon", "coordinates": [ring]}, "note": "两行\n备注"}  # fmt: skip
    assert people.planner.post(f"{PLANS}/{plan['id']}/items", json=sketch).status_code == 201
    declared = {"items": [{"dimension": "class", "member": "residential", "area_m2": "12345.68"}]}
    assert people.planner.put(f"{PLANS}/{plan['id']}/totals", json=declared, headers=tag(1)).status_code == 200
    before, totals = items_of(people, plan), people.viewer.get(f"{PLANS}/{plan['id']}/totals").json()
    content = workbook(people, plan)
    taken = send(people, plan, content, version=2)
    assert taken.status_code == 200, taken.text
    assert {k: taken.json()[k] for k in ("added", "changed", "removed", "same", "totals")} == {
        "added": 0, "changed": 0, "removed": 0, "same": 4, "totals": 1
    }  # fmt: skip
    assert items_of(people, plan) == before
    assert people.viewer.get(f"{PLANS}/{plan['id']}/totals").json() == totals

    # An empty plan that takes it in says the same, but for keys and numbers.
    for item in before:
        people.planner.delete(f"{PLANS}/{plan['id']}/items/{item['key']}", headers=tag(item["version"]))
    without_keys = changed(content, lambda book: book[ITEMS_SHEET].delete_cols(column("key")))
    assert send(people, plan, without_keys, version=3).json()["added"] == 4
    own = {"id", "key", "version"}
    again = [{k: v for k, v in item.items() if k not in own} for item in items_of(people, plan)]
    assert again == [{k: v for k, v in item.items() if k not in own} for item in before]
    documents = people.viewer.get(f"/api/v1/documents?subject_type=plan&subject_id={plan['id']}").json()["items"]
    assert [each["file_name"] for each in documents] == ["计划.xlsx"] * 2


def test_wrong_rows_are_named_and_nothing_is_changed(people: People) -> None:
    plan = begin(people)
    before = items_of(people, plan)

    def spoil(book: openpyxl.Workbook) -> None:
        sheet = book[ITEMS_SHEET]
        sheet.cell(2, column("area_m2"), "很大")
        sheet.cell(3, column("use_class"), "其他用途")
        sheet.cell(3, column("month"), 13)
        sheet.cell(4, column("parcel"), "P-0")
        totals = book[TOTALS_SHEET]
        totals.cell(4, 4, -1)

    answer = send(people, plan, changed(workbook(people, plan), spoil))
    assert answer.status_code == 422
    told = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert told == [
        (f"/{ITEMS_SHEET}/2/面积(公顷)", "unreadable"),
        (f"/{ITEMS_SHEET}/3/用途类别", "unknown-code"),
        (f"/{ITEMS_SHEET}/3/月份", "month-range"),
        (f"/{ITEMS_SHEET}/4/地块编号", "repeated"),
        (f"/{TOTALS_SHEET}/4/文件所载面积(公顷)", "area-range"),
    ]
    assert "第 3 行“用途类别”" in answer.json()["errors"][1]["detail"]
    assert items_of(people, plan) == before
    assert people.viewer.get(f"{PLANS}/{plan['id']}").json()["version"] == 1


def test_a_trial_tells_and_changes_nothing(people: People) -> None:
    plan = begin(people)
    before = items_of(people, plan)

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book[ITEMS_SHEET]
        sheet.delete_rows(2)
        sheet.cell(2, column("month"), 12)
        sheet.cell(2, column("quarter"), "四季度")
        sheet.append([None, None, "P-7", None, None, None, None, None, None, None, "存量"])

    content = changed(workbook(people, plan), edit)
    taken = send(people, plan, content, trial=True).json()
    assert (taken["added"], taken["changed"], taken["removed"], taken["same"]) == (1, 1, 1, 1)
    assert items_of(people, plan) == before
    assert send(people, plan, content).status_code == 200
    assert {item["parcel"]: item["quarter"] for item in items_of(people, plan)} == {"P-1": 4, "P-2": 1, "P-7": None}


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"no workbook", "damaged"), (b"PK\x03\x04", "damaged")],
)
def test_what_is_no_workbook_is_refused(people: People, content: bytes, rule: str) -> None:
    answer = send(people, begin(people, items=0), content)
    assert (answer.status_code, answer.json()["rule"]) == (422, rule)


def test_a_workbook_of_something_else_is_refused(people: People) -> None:
    book = openpyxl.Workbook()
    book.active.append(["甲", "乙"])
    out = io.BytesIO()
    book.save(out)
    answer = send(people, begin(people, items=0), out.getvalue())
    assert (answer.status_code, answer.json()["rule"]) == (422, "no-heading")


def test_outlines_and_filters(people: People) -> None:
    plan = begin(people)
    path = f"{PLANS}/{plan['id']}"
    outlines = people.viewer.get(f"{path}/outlines?bbox=113,34,114,35").json()
    assert outlines["complete"] is True
    assert [each["properties"]["parcel"] for each in outlines["features"]] == ["P-0", "P-1", "P-2"]
    assert people.viewer.get(f"{path}/outlines?bbox=110,34,111,35").json()["features"] == []
    assert people.viewer.get(f"{path}/items?class=other").json()["total"]["items"] == 0
    assert people.viewer.get(f"{path}/items?class=commercial&month=2&q=p-1").json()["total"]["items"] == 1
    page = people.viewer.get(f"{path}/items?limit=2").json()
    assert [each["parcel"] for each in people.viewer.get(page["next"]).json()["items"]] == ["P-2"]
    assert people.viewer.get(f"{path}/items?missing=timing&colour=red").status_code == 400


def test_another_jurisdiction_sees_nothing(people: People, as_role: As) -> None:
    plan = begin(people, items=1)
    stranger = as_role(Role.PLANNER, jurisdictions=["GXQ"])
    assert stranger.get(PLANS).json()["items"] == []
    for path in ("", "/items", "/totals", "/progress", "/targets", "/sheet", "/outside", "/carry-over"):
        assert stranger.get(f"{PLANS}/{plan['id']}{path}").status_code == 404


def test_every_act_stands_in_the_audit_log(people: People, owner: psycopg.Connection[Any]) -> None:
    plan = begin(people, items=1)
    publish(people, plan)
    actions = [row[0] for row in owner.execute("SELECT action FROM audit_entry WHERE action LIKE 'plan%' ORDER BY seq")]
    assert actions == ["plan:created", "plan_item:added", "plan:submitted", "plan:approved", "plan:published"]
