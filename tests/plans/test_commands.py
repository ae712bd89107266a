"""Editions, steps, items and carry-over at the command level."""

import datetime as dt
import random
import uuid
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import GongdiError, Invalid, NotFound, PreconditionFailed
from service.parcels.selection import Moment
from service.plans import item_queries, queries, reading
from service.plans.changes import CarryOver, ItemChange, PlanCreate, StepOrder, TotalsDeclared
from service.plans.classes import ALL, USES, Dimension
from service.plans.commands import EditionExists, PlanIncomplete, SamePerson, amend_plan, create_plan, take_step
from service.plans.item_commands import AlreadyPlanned, NothingToCarry, carry_over, change_item, remove_item
from service.plans.models import PlanItem, PlanPlot, SupplyPlan
from service.plans.reconcile import sum_of, summed
from service.plans.states import PlanAction, PlanStatus, WrongStatus
from service.plans.total_commands import declare_totals
from tests.factories.parcels import make_jurisdiction, make_parcel, make_regions
from tests.factories.plans import make_item, make_plan, publish


def step(session: Session, actor: Actor, plan: SupplyPlan, action: PlanAction, **order: object) -> None:
    take_step(session, actor, plan.id, action, StepOrder(**order), version=plan.version)


def test_a_plan_goes_from_draft_to_its_second_edition(session: Session, planner: Actor, approver: Actor) -> None:
    plan = make_plan(session)
    make_item(session, plan)
    step(session, planner, plan, PlanAction.submit)
    step(session, approver, plan, PlanAction.return_, note="补充时序")
    step(session, planner, plan, PlanAction.submit)
    step(session, approver, plan, PlanAction.approve)
    step(session, planner, plan, PlanAction.publish, effective_on=dt.date(2022, 3, 30))
    assert (plan.status, plan.published_on) == (PlanStatus.published, dt.date(2022, 3, 30))
    second = amend_plan(session, planner, plan.id, StepOrder(note="新增地块"), version=plan.version)
    assert (second.edition, second.status, second.based_on_id) == (2, PlanStatus.draft, plan.id)
    with pytest.raises(EditionExists):
        amend_plan(session, planner, plan.id, StepOrder(), version=plan.version)
    added = make_item(session, second, name="新增")
    publish(session, second)
    assert (plan.status, second.status) == (PlanStatus.amended, PlanStatus.published)
    kinds = [event.kind for event, _ in queries.events_of(session, plan.id)]
    assert kinds == ["create", "submit", "return", "submit", "approve", "publish", "amend", "replace"]
    found = reading.comparison(session, plan, second)
    assert [(each.change, each.key) for each in found.items] == [("added", str(added.key))]


def test_one_plan_a_year(session: Session, planner: Actor) -> None:
    make_plan(session)
    with pytest.raises(EditionExists):
        create_plan(session, planner, PlanCreate(jurisdiction="ZDXQ", year=2022))


def test_who_submits_does_not_approve(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    make_item(session, plan)
    step(session, planner, plan, PlanAction.submit)
    with pytest.raises(SamePerson):
        step(session, planner, plan, PlanAction.approve)


def test_a_return_says_why(session: Session, planner: Actor, approver: Actor) -> None:
    plan = make_plan(session)
    make_item(session, plan)
    step(session, planner, plan, PlanAction.submit)
    with pytest.raises(Invalid):
        step(session, approver, plan, PlanAction.return_)


def test_nothing_is_published_without_the_five_attributes(session: Session, planner: Actor, approver: Actor) -> None:
    plan = make_plan(session)
    with pytest.raises(PlanIncomplete):
        step(session, planner, plan, PlanAction.submit)
    make_item(session, plan, quarter=None)
    make_item(session, plan, land_use=None, use_class="residential", geometry=None)
    step(session, planner, plan, PlanAction.submit)
    step(session, approver, plan, PlanAction.approve)
    with pytest.raises(PlanIncomplete) as refused:
        step(session, planner, plan, PlanAction.publish)
    told = refused.value.facts["findings"]
    assert [each["where"] for each in told] == [  # type: ignore[attr-defined]
        {"missing": each} for each in ("structure", "timing", "parcel", "use")
    ]
    assert plan.status == PlanStatus.approved


def test_submitted_items_stay(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    item = make_item(session, plan)
    step(session, planner, plan, PlanAction.submit)
    with pytest.raises(WrongStatus):
        make_item(session, plan)
    with pytest.raises(WrongStatus):
        change_item(session, planner, plan.id, item.key, ItemChange(quarter=2), version=1)
    for statement in (
        f"UPDATE plan_item SET area_m2 = 1 WHERE id = {item.id}",
        f"DELETE FROM plan_item WHERE id = {item.id}",
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(statement))


def test_history_is_only_added_to(session: Session, planner: Actor) -> None:
    make_plan(session)
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.execute(text("UPDATE plan_event SET actor = 'x'"))


def test_a_parcel_fills_what_is_left_out(session: Session, planner: Actor) -> None:
    parcel = make_parcel(session, land_uses=[{"code": "070102"}], area_legal_m2="9999.50")
    plan = make_plan(session)
    item = make_item(session, plan, parcel=parcel.code.lower(), land_use=None)
    assert (item.area_m2, item.use_class, item.land_use_code) == (Decimal("9999.50"), "residential", "070102")
    assert item.region_id == parcel.region_id is not None
    with pytest.raises(AlreadyPlanned):
        make_item(session, plan, parcel=parcel.code)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"parcel": "NONE"}, "unknown-parcel"),
        ({"housing_class": "commodity"}, "housing-only"),
        ({"use_class": "other"}, "unknown-code"),
        ({"land_use": {"code": "9999"}}, "unknown-code"),
        ({"method": "gift"}, "unknown-code"),
        ({"month": 7, "quarter": 2}, "month-outside-quarter"),
        ({"region": "nowhere"}, "unknown-code"),
        ({"name": None}, "name-required"),
        ({"area_m2": None}, "area-required"),
        ({"land_use": None}, "class-required"),
    ],
)
def test_what_an_item_can_not_say(session: Session, planner: Actor, fields: dict[str, object], rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_item(session, make_plan(session), **fields)
    assert rule in [error.code for error in refused.value.errors]


def test_a_parcel_of_another_jurisdiction_is_unknown(session: Session, planner: Actor) -> None:
    other = make_parcel(session, jurisdiction="GXQ", land_uses=[{"code": "0902"}])
    with pytest.raises(Invalid):
        make_item(session, make_plan(session), parcel=other.code)


def test_two_officers_on_one_item(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    item = make_item(session, plan)
    change_item(session, planner, plan.id, item.key, ItemChange(quarter=3), version=1)
    change_item(session, planner, plan.id, item.key, ItemChange(note="征收滞后", quarter=4), version=2)
    with pytest.raises(PreconditionFailed) as refused:
        change_item(session, planner, plan.id, item.key, ItemChange(quarter=2), version=1)
    assert refused.value.facts["version"] == 3


def test_what_is_not_visible_is_not_there(session: Session, planner: Actor, stranger: Actor) -> None:
    make_jurisdiction(session, "GXQ")
    plan = make_plan(session)
    item = make_item(session, plan)
    with pytest.raises(NotFound):
        queries.plan_by_id(session, stranger, plan.id)
    with pytest.raises(NotFound):
        change_item(session, stranger, plan.id, item.key, ItemChange(quarter=2), version=1)
    with pytest.raises(NotFound):
        create_plan(session, stranger, PlanCreate(jurisdiction="ZDXQ", year=2030))
    assert queries.plan_page(session, stranger, {}, before=None, limit=10) == []


def test_unsold_plots_are_carried_over_once(session: Session, planner: Actor) -> None:
    sold, kept = (make_parcel(session, land_uses=[{"code": "0902"}]) for _ in range(2))
    before = make_plan(session, year=2021)
    for parcel in (sold, kept):
        make_item(session, before, parcel=parcel.code, quarter=2, month=5)
    make_item(session, before, name="未测地块")
    with pytest.raises(NothingToCarry):
        carry_over(session, planner, make_plan(session, year=2022).id, CarryOver())
    publish(session, before)
    session.execute(
        text(
            "INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, actor)"
            " VALUES (:id, 'contract', '2021-12-31', 'contracted', 'x')"
        ),
        {"id": sold.id},
    )
    (plan,) = queries.editions(session, before.jurisdiction_id, 2022)
    proposed = [row.name or row.parcel for row in item_queries.unsold(session, before, plan)]
    assert proposed == [kept.code, "未测地块"]
    assert carry_over(session, planner, plan.id, CarryOver()) == 2
    rows = item_queries.item_page(session, plan, {"carried": True}, Moment(), after=None, limit=9)
    assert [(row.carried_from_year, row.quarter) for row in rows] == [(2021, None), (2021, None)]
    with pytest.raises(NothingToCarry):
        carry_over(session, planner, plan.id, CarryOver())
    with pytest.raises(Invalid):
        carry_over(session, planner, plan.id, CarryOver(keys=[uuid.uuid4()]))


def test_a_plot_that_no_edition_has_is_forgotten(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    item = make_item(session, plan)
    remove_item(session, planner, plan.id, item.key, version=1)
    assert session.scalar(select(func.count()).select_from(PlanPlot)) == 0


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "change", "remove", "declare"]),
        st.sampled_from(USES),
        st.integers(1, 12),
        st.decimals("0.01", 99999, places=2),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, seed=st.integers(0, 2**32))
def test_totals_are_the_sums_of_rows_whatever_was_edited(
    session: Session, planner: Actor, acts: list[tuple[str, str, int, Decimal]], seed: int
) -> None:
    chance = random.Random(seed)
    with session.begin_nested() as undone:
        plan = make_plan(session, year=2031)
        printed: dict[tuple[Dimension, str], Decimal] = {}
        for act, use, month, area in acts:
            items = session.scalars(select(PlanItem).where(PlanItem.plan_id == plan.id).order_by(PlanItem.id)).all()
            if act == "add" or not items:
                make_item(session, plan, use_class=use, month=month, quarter=None, area_m2=area)
                continue
            item = chance.choice(items)
            if act == "change":
                change = ItemChange(use_class=use, month=month, area_m2=area)
                change_item(session, planner, plan.id, item.key, change, version=item.version)
            elif act == "remove":
                remove_item(session, planner, plan.id, item.key, version=item.version)
            else:
                printed = {(Dimension.use_class, use): area}
                told = [{"dimension": "class", "member": use, "area_m2": area}]
                declare_totals(
                    session, planner, plan.id, TotalsDeclared.model_validate({"items": told}), version=plan.version
                )
        rows = session.scalars(select(PlanItem).where(PlanItem.plan_id == plan.id)).all()
        sums = summed(queries.tallies(session, plan.id))
        assert sum_of(sums, Dimension.total, ALL) == (len(rows), sum((row.area_m2 for row in rows), Decimal(0)))
        for dimension, name in (
            (Dimension.use_class, "use_class"),
            (Dimension.quarter, "quarter"),
            (Dimension.month, "month"),
        ):
            naive: dict[str, Decimal] = {}
            for row in rows:
                member = str(getattr(row, name))
                naive[member] = naive.get(member, Decimal(0)) + row.area_m2
            assert {member: found.area_m2 for member, found in sums[dimension].items()} == naive
        told_apart = [each for each in reading.totals(session, plan).findings if each.rule == "plan_total"]
        expected = [
            area - sum((row.area_m2 for row in rows if row.use_class == member), Decimal(0))
            for (_, member), area in printed.items()
        ]
        assert [each.figures["difference"].value for each in told_apart] == [f"{gap:.2f}" for gap in expected if gap]
        undone.rollback()


def test_a_plan_that_is_not_out_by_spring_is_told_so(session: Session) -> None:
    """R34; an amendment in autumn is not late if the plan itself was out in time."""
    make_regions(session)
    plan = make_plan(session, year=2022)
    told = [each for each in reading.totals(session, plan).findings if each.rule == "R34"]
    assert [(each.severity, each.figures["due_on"].value) for each in told] == [("warn", "2022-03-31")]
    plan.status, plan.published_on = PlanStatus.published, dt.date(2022, 3, 31)
    session.flush()
    assert not [each for each in reading.totals(session, plan).findings if each.rule == "R34"]


def test_the_seven_class_table_of_zhengzhou_2014_reproduces_its_totals(session: Session) -> None:
    """2005.47 公顷: 住宅 903.03 (商品 705.38, 保障 197.65), 商服 223.80, 工矿仓储 231.58, 其他 647.06."""
    make_regions(session)
    planner = session.info["actor"]
    plan = make_plan(session, year=2014)
    rows = [
        ("commercial", None, "223.80"),
        ("industrial", None, "231.58"),
        ("residential", "commodity", "705.38"),
        ("residential", "resettlement", "150.00"),
        ("residential", "public_rental", "47.65"),
        ("public", None, "300.00"),
        ("transport", None, "300.00"),
        ("water", None, "40.00"),
        ("special", None, "7.06"),
    ]
    for use, housing, hectares in rows:
        area = Decimal(hectares) * 10_000
        make_item(session, plan, name=use, use_class=use, housing_class=housing, area_m2=area, land_use=None)
    printed = {
        ("total", "all"): "2005.47",
        ("class", "residential"): "903.03",
        ("housing_class", "commodity"): "705.38",
        ("housing_class", "affordable"): "197.65",
        ("class", "commercial"): "223.80",
        ("class", "industrial"): "231.58",
        ("class", "other"): "647.06",
    }
    items = [
        {"dimension": dimension, "member": member, "area_m2": Decimal(area) * 10_000}
        for (dimension, member), area in printed.items()
    ]
    declare_totals(session, planner, plan.id, TotalsDeclared.model_validate({"items": items}), version=plan.version)
    found = reading.totals(session, plan)
    assert [each for each in found.findings if each.rule == "plan_total"] == []
    lines = {(line.dimension, line.member): line for line in found.lines}
    for (dimension, member), hectares in printed.items():
        line = lines[Dimension(dimension), member]
        assert Decimal(str(line.summed_m2)) == Decimal(hectares) * 10_000
        assert line.difference_m2 == 0


def test_an_unknown_printed_member_is_refused(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    told = {"items": [{"dimension": "quarter", "member": "5", "area_m2": 1}]}
    with pytest.raises(GongdiError) as refused:
        declare_totals(session, planner, plan.id, TotalsDeclared.model_validate(told), version=plan.version)
    assert refused.value.errors[0].pointer == "/items/0/member"


def test_a_published_plan_has_one_edition_in_force_in_the_database_too(session: Session, planner: Actor) -> None:
    plan = make_plan(session)
    make_item(session, plan)
    publish(session, plan)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO supply_plan (jurisdiction_id, year, edition, status, title, published_on)"
                " VALUES (:j, 2022, 9, 'published', 'x', '2022-01-01')"
            ),
            {"j": plan.jurisdiction_id},
        )
