"""The inbox: what is due, for whom, in order; every kind has a name and somebody it concerns."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from service.accounts.permissions import Role
from service.checklist.deadlines import KINDS as CHECKLIST_KINDS
from service.contracts.deadlines import KINDS as CONTRACT_KINDS
from service.listings.timers import DutyKind
from service.overview import duties
from service.overview.deadlines import concerning
from service.overview.duties import DUTIES, BrokenDuties, Due
from service.plans.targets import TargetKind
from tests.caller import Caller
from tests.factories.supply import ground

PLANS = """
SET session_replication_role = replica;
INSERT INTO supply_plan (id, jurisdiction_id, year, edition, status, title, published_on) OVERRIDING SYSTEM VALUE VALUES
    (1, 1, 2022, 1, 'published', '2022 年计划', '2022-03-01'), (2, 2, 2022, 1, 'draft', '高新区 2022 年计划', NULL),
    (3, 1, 2022, 2, 'draft', '调整', NULL), (4, 1, 2023, 1, 'draft', '2023 年计划', NULL);
INSERT INTO plan_plot (key, jurisdiction_id, year) SELECT md5(n::text)::uuid, 1, 2022 FROM generate_series(1, 4) AS n;
INSERT INTO plan_item (plan_id, key, parcel_id, area_m2, use_class)
    SELECT 1, md5(n::text)::uuid, n, 10000, 'commercial' FROM generate_series(1, 4) AS n;
INSERT INTO plan_target (key, kind, baseline_month, forecast_month) VALUES
    (md5('1')::uuid, 'scheme', '2022-09-01', '2022-09-01'), (md5('2')::uuid, 'listing', '2022-10-01', '2022-11-01'),
    (md5('3')::uuid, 'siting', '2022-10-01', '2022-10-01'), (md5('4')::uuid, 'scheme', '2022-10-01', '2022-10-01');
INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, actor)
    VALUES (4, 'approve_scheme', '2022-10-20', 'scheme_approved', 'x');
SET session_replication_role = origin;
"""


@pytest.fixture
def plans(as_role: Callable[..., Caller], superuser: psycopg.Connection[Any]) -> Callable[..., Caller]:
    """A district whose plan is behind."""
    ground(superuser)
    superuser.execute(PLANS)
    return as_role


def read(caller: Caller, query: str = "") -> dict[str, Any]:
    answer = caller.get(f"/api/v1/deadlines{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_is_overdue_and_what_falls_due_soon(plans: Callable[..., Caller]) -> None:
    planner = plans(Role.PLANNER)
    found = read(planner)
    assert [(each["kind"], each["due_on"], each["days_left"]) for each in found["items"]] == [
        ("plan_publication", "2022-03-31", -229),
        ("plan_target_scheme", "2022-09-30", -46),
        ("plan_target_siting", "2022-10-31", -15),
    ]
    assert (found["n"], found["overdue"]) == (3, 3)
    later = read(planner, "?within=15&overdue=false")
    assert [(each["kind"], each["title"]) for each in later["items"]] == [("plan_target_listing", "地块2 · 挂牌")]
    assert read(planner, "?overdue=false")["items"] == []
    assert [each["kind"] for each in read(planner, "?kind=plan_target_scheme")["items"]] == ["plan_target_scheme"]
    assert {each["kind"]: each["n"] for each in read(planner, "?kind=x")["kinds"]} == {
        "plan_publication": 1,
        "plan_target_scheme": 1,
        "plan_target_siting": 1,
    }


def test_each_role_sees_what_concerns_it_and_may_look_at_the_rest(plans: Callable[..., Caller]) -> None:
    kinds = {
        role: {each["kind"] for each in read(plans(role))["items"]} for role in (Role.LISTING_OFFICER, Role.APPROVER)
    }
    assert kinds == {Role.LISTING_OFFICER: {"plan_target_scheme"}, Role.APPROVER: {"plan_publication"}}
    assert read(plans(Role.VIEWER))["n"] == 3
    assert read(plans(Role.APPROVER), "?role=all")["n"] == 3
    assert read(plans(Role.VIEWER), "?role=planner")["n"] == 3
    assert read(plans(Role.PLANNER, jurisdictions=["GXQ"]))["n"] == 1


def test_pages_follow_one_another(plans: Callable[..., Caller]) -> None:
    planner = plans(Role.PLANNER)
    address, seen = "/api/v1/deadlines?limit=1&within=30", []
    while address:
        page = planner.get(address).json()
        seen += [each["kind"] for each in page["items"]]
        address = page["next"]
    assert len(seen) == 4
    assert planner.get("/api/v1/deadlines?cursor=WzFd").status_code == 400


def test_every_kind_that_the_packages_know_has_a_name_and_concerns_somebody() -> None:
    known = {f"plan_target_{kind}" for kind in TargetKind} | {"plan_publication"}
    known |= {f"checklist_{kind}" for kind in CHECKLIST_KINDS}
    known |= {f"lot_{kind}" for kind in DutyKind} | {f"contract_{kind}" for kind in CONTRACT_KINDS}
    assert set(DUTIES) == known
    assert all(duty.roles and duty.title and duty.title_en for duty in DUTIES.values())
    due = [Due(kind, "plan", 1, "x", dt.date(2022, 1, 1)) for kind in DUTIES]
    for role in Role:
        assert concerning(due, role)


def test_a_fault_in_the_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401
    path = tmp_path / "duties.toml"
    path.write_text('[[duties]]\nkind = "a"\ntitle = "甲"\ntitle_en = "A"\nroles = ["mayor"]\n', encoding="utf-8")
    monkeypatch.setattr(duties, "FILE", path)
    with pytest.raises(BrokenDuties, match="mayor"):
        duties._read()
