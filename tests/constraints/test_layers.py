"""Layers come in versions; results say what layers mean for parcels, and when they are out of date."""

from typing import Any

import psycopg
import pytest
import shapely
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.constraints import commands, jobs, overlaying, queries
from service.constraints.apart import Overlayer, TooComplex
from service.constraints.commands import NotInForce, UnknownParcels, check_parcel, start_run
from service.constraints.models import ControlLayer, ControlPiece, OverlayRun
from service.constraints.overlaying import Asked, Found
from service.constraints.schemas import ParcelConstraints
from service.core.db import Database
from service.core.errors import NotFound
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.lifecycle import EventKind
from service.parcels.lineage_commands import split_parcel
from service.parcels.lineage_schemas import SplitOrder
from tests.constraints.conftest import M_LAT, M_LON, Publish, as_dicts, at
from tests.factories.parcels import LAT, LON, make_jurisdiction, make_parcel, square

HERE = square(side_m=100)


def results(session: Session, parcel_id: int) -> list[tuple[str, str, bool, int, bool]]:
    rows = as_dicts(queries.results_of(session, parcel_id, shapes=False))
    return [(r["type"], r["rule"], r["inside"], round(r["area_m2"] / 100) * 100, r["stale"]) for r in rows]


def test_every_rule_is_told_with_area_and_the_gravest_first(session: Session, actor: Actor, publish: Publish) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    publish(session, "supply_area", [at(-500, -500, 500, 500)])
    publish(session, "buried_relics", [at(50, -10, 500, 500)], names=["遗址一"])
    publish(session, "permanent_farmland", [at(0, 90, 500, 500)])
    publish(session, "airport_clearance", [at(300, 300, 500, 500)])
    publish(session, "urban_growth_boundary", [at(-500, -500, 80, 500)])
    check_parcel(session, actor, "Z-1")
    assert results(session, parcel.id) == [
        ("urban_growth_boundary", "forbidden", False, 2000, False),
        ("permanent_farmland", "forbidden", True, 1000, False),
        ("buried_relics", "needs_procedure", True, 5000, False),
        ("supply_area", "allowed", True, 10000, False),
    ]
    relics = next(r for r in queries.results_of(session, parcel.id, shapes=True) if r.type == "buried_relics")
    assert (relics.features, relics.share) == (["遗址一"], pytest.approx(0.5, abs=0.01))
    assert shapely.from_geojson(relics.geojson).area > 0


def test_a_parcel_inside_the_boundary_that_it_must_lie_in_is_allowed(
    session: Session, actor: Actor, publish: Publish
) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    publish(session, "urban_growth_boundary", [at(-500, -500, 500, 500)])
    check_parcel(session, actor, "Z-1")
    assert results(session, parcel.id) == [("urban_growth_boundary", "allowed", True, 10000, False)]


def test_a_withdrawn_layer_says_nothing_any_more_and_what_it_said_is_out_of_date(
    session: Session, actor: Actor, publish: Publish
) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    publish(session, "permanent_farmland", [at(0, 0, 20, 100)])
    layer = publish(session, "permanent_farmland", [at(0, 0, 50, 100)])
    publish(session, "buried_relics", [at(0, 0, 50, 100)])
    check_parcel(session, actor, "Z-1")
    commands.withdraw_layer(session, actor, layer.id, "坐标系有误")
    assert layer.superseded_at is not None
    assert (layer.withdrawn_by, layer.withdrawal_reason) == (actor.label, "坐标系有误")
    assert queries.check_of(session, parcel.id).stale
    rows = as_dicts(queries.results_of(session, parcel.id, shapes=False))
    told = {row["type"]: (row["stale"], row["withdrawn"]) for row in rows}
    assert told == {"permanent_farmland": (True, True), "buried_relics": (False, False)}
    assert "permanent_farmland" in without_layer(session, parcel.id), "the version before doesn't come back"
    assert session.scalar(select(func.count()).where(ControlPiece.layer_id == layer.id)) == 0
    check_parcel(session, actor, "Z-1")
    assert [row[0] for row in results(session, parcel.id)] == ["buried_relics"]


def without_layer(session: Session, parcel_id: int) -> list[str]:
    return ParcelConstraints.of(queries.check_of(session, parcel_id), []).without_layer


def test_only_a_layer_in_force_is_withdrawn_and_a_new_version_may_follow(
    session: Session, actor: Actor, publish: Publish
) -> None:
    first = publish(session, "permanent_farmland", [at(0, 0, 20, 100)])
    second = publish(session, "permanent_farmland", [at(0, 0, 50, 100)])
    session.refresh(first)
    with pytest.raises(NotInForce):
        commands.withdraw_layer(session, actor, first.id, "旧版")
    commands.withdraw_layer(session, actor, second.id, "有误")
    with pytest.raises(NotInForce):
        commands.withdraw_layer(session, actor, second.id, "再撤")
    third = publish(session, "permanent_farmland", [at(0, 0, 30, 100)])
    assert (third.version, third.superseded_at) == (3, None)


def test_a_new_version_replaces_the_old_whose_results_stay_and_are_stale(
    session: Session, actor: Actor, publish: Publish
) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    first = publish(session, "permanent_farmland", [at(0, 0, 50, 100)])
    check_parcel(session, actor, "Z-1")
    assert not queries.check_of(session, parcel.id).stale
    second = publish(session, "permanent_farmland", [at(0, 0, 20, 100)])
    assert (first.version, second.version) == (1, 2)
    session.refresh(first)
    assert first.superseded_at is not None
    assert second.superseded_at is None
    assert queries.check_of(session, parcel.id).stale
    assert results(session, parcel.id) == [("permanent_farmland", "forbidden", True, 5000, True)]
    check_parcel(session, actor, "Z-1")
    assert results(session, parcel.id) == [("permanent_farmland", "forbidden", True, 2000, False)]
    assert not queries.check_of(session, parcel.id).stale


def test_only_layers_in_force_keep_pieces(session: Session, publish: Publish) -> None:
    publish(session, "flood_river", [at(0, 0, 50, 100)])
    second = publish(session, "flood_river", [at(0, 0, 20, 100)])
    assert {each.layer_id for each in session.query(ControlPiece)} == {second.id}


def test_layers_of_other_names_live_side_by_side(session: Session, actor: Actor, publish: Publish) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    for name in ("甲", "乙"):
        publish(session, "flood_storage", [at(0, 0, 50, 100)], name=name)
    check_parcel(session, actor, "Z-1")
    assert len(results(session, parcel.id)) == 2


def test_a_first_layer_of_another_type_makes_an_empty_check_stale(
    session: Session, actor: Actor, publish: Publish
) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    assert not queries.check_of(session, parcel.id).stale
    check_parcel(session, actor, "Z-1")
    checked = queries.check_of(session, parcel.id)
    assert (checked.stale, checked.types, checked.computed_by) == (False, [], actor.label)
    publish(session, "flood_river", [at(5_000, 0, 6_000, 100)])
    assert queries.check_of(session, parcel.id).stale


def test_another_shape_makes_results_stale_but_another_stage_does_not(
    session: Session, actor: Actor, publish: Publish
) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    publish(session, "flood_river", [at(0, 0, 50, 100)])
    check_parcel(session, actor, "Z-1")
    record_event(session, actor, "Z-1", EventCreate(kind=EventKind.acquire, effective_on=parcel.stage_since), version=1)
    assert not queries.check_of(session, parcel.id).stale
    moved = "UPDATE parcel SET geom = ST_Translate(geom, 0.0001, 0) WHERE id = :id"
    session.execute(text(moved), {"id": parcel.id})
    assert queries.check_of(session, parcel.id).stale
    assert results(session, parcel.id)[0][-1] is True


def test_layers_of_another_jurisdiction_say_nothing(session: Session, actor: Actor, publish: Publish) -> None:
    make_jurisdiction(session, "OTHER")
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    layer = publish(session, "flood_river", [at(0, 0, 50, 100)], jurisdiction="OTHER")
    check_parcel(session, actor, "Z-1")
    assert results(session, parcel.id) == []
    stranger = Actor("user", "somebody", None, frozenset(), frozenset({"ZDXQ"}))
    with pytest.raises(NotFound):
        queries.layer_by_id(session, stranger, layer.id)
    assert queries.layer_page(session, stranger, type_=None, in_force=False, before=None, limit=9) == []


def test_results_are_listed_by_type_rule_and_age(session: Session, actor: Actor, publish: Publish) -> None:
    make_parcel(session, code="Z-1", geometry=HERE)
    make_parcel(session, code="Z-2", geometry=square(side_m=50))
    publish(session, "flood_river", [at(0, 0, 50, 100)])
    publish(session, "buried_relics", [at(0, 0, 90, 100)])
    for code in ("Z-1", "Z-2"):
        check_parcel(session, actor, code)
    publish(session, "flood_river", [at(0, 0, 40, 100)])
    check_parcel(session, actor, "Z-2")

    def found(**filters: object) -> list[tuple[str, str]]:
        return [(r.parcel, r.type) for r in queries.result_page(session, actor, filters, after=None, limit=9)]

    assert len(found()) == 4
    assert found(type=["flood_river"], stale=True) == [("Z-1", "flood_river")]
    assert found(rule=["forbidden"], stale=False) == [("Z-2", "flood_river")]
    nobody = Actor("user", "somebody", None, frozenset(), frozenset({"OTHER"}))
    assert queries.result_page(session, nobody, {}, after=None, limit=9) == []


def test_results_of_land_that_was_divided_leave_the_list(session: Session, actor: Actor, publish: Publish) -> None:
    parcel = make_parcel(session, code="Z-1", geometry=HERE)
    publish(session, "flood_river", [at(0, 0, 50, 100)])
    check_parcel(session, actor, "Z-1")
    assert len(queries.result_page(session, actor, {}, after=None, limit=9)) == 1
    line = {
        "type": "LineString",
        "coordinates": [[LON + 60 * M_LON, LAT - M_LAT], [LON + 60 * M_LON, LAT + 120 * M_LAT]],
    }
    order = SplitOrder.model_validate({"effective_on": "2022-11-15", "line": line})
    split_parcel(session, actor, "Z-1", order, version=parcel.version)
    assert queries.result_page(session, actor, {}, after=None, limit=9) == []
    assert len(queries.results_of(session, parcel.id, shapes=False)) == 1, "of the old parcel itself it is still told"


def test_a_selection_with_unknown_codes_is_refused_and_names_them(session: Session, actor: Actor) -> None:
    make_parcel(session, code="Z-1")
    with pytest.raises(UnknownParcels) as raised:
        start_run(session, actor, ["Z-1", "Z-404"])
    assert raised.value.facts == {"codes": ["Z-404"]}


def test_a_bulk_run_says_what_single_looks_say(
    database: Database, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 7)
    actor = system("test")
    with database.write(actor) as session:
        ids = {make_parcel(session, geometry=square(113.73 + i * 0.0007, 34.77 + i % 5 * 0.001)).id for i in range(40)}
        publish(session, "flood_river", [at(0, -50, 1500, 120), at(100, 50, 2500, 300)])
        publish(session, "urban_growth_boundary", [at(-50, -50, 1300, 900)])
        codes = {row.id: row.code for row in queries.subjects(session, list(ids))}
    with database.write(actor) as session:
        for code in codes.values():
            check_parcel(session, actor, code)
        single = {each: results(session, each) for each in ids}
        session.execute(text("DELETE FROM overlay_check"))
        run = start_run(session, actor, None)
    jobs.run_now(database, run.id)
    with database.read() as session:
        assert {each: results(session, each) for each in ids} == single
        done = session.get_one(OverlayRun, run.id)
        assert (done.status, done.done, done.total, done.problem) == ("done", 40, 40, None)
    jobs.run_now(database, run.id)  # twice is harmless


def test_a_run_reaches_what_its_starter_may_see(database: Database, publish: Publish) -> None:
    actor = system("test")
    with database.write(actor) as session:
        mine = make_parcel(session, code="Z-1", geometry=HERE)
        theirs = make_parcel(session, code="Z-2", jurisdiction="OTHER", geometry=square(113.75))
        limited = Actor("user", "limited", None, frozenset(), frozenset({"ZDXQ"}))
        run = start_run(session, limited, None)
    jobs.run_now(database, run.id)
    with database.read() as session:
        assert queries.check_of(session, mine.id).computed_at is not None
        assert queries.check_of(session, theirs.id).computed_at is None
        assert queries.run_by_id(session, limited, run.id).total == 1
        with pytest.raises(NotFound):
            queries.run_by_id(session, Actor("user", "x", None, frozenset(), frozenset({"OTHER"})), run.id)


def test_a_parcel_that_cannot_be_overlaid_costs_only_itself(
    database: Database, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every child's answer about the bad one is too late."""
    actor = system("test")
    with database.write(actor) as session:
        good, bad = (
            make_parcel(session, code="Z-1", geometry=HERE),
            make_parcel(session, code="Z-BAD", geometry=square(113.74)),
        )
        publish(session, "flood_river", [at(0, 0, 50, 100)])
        run = start_run(session, actor, ["Z-1", "Z-BAD"])
    real = overlaying.overlay

    def slow(asked: Asked, child: Overlayer, **more: float) -> Found:
        if any(each.code == "Z-BAD" for each in asked.subjects):
            raise TooComplex
        return real(asked, child, **more)

    monkeypatch.setattr(overlaying, "overlay", slow)
    jobs.run_now(database, run.id)
    with database.read() as session:
        done = session.get_one(OverlayRun, run.id)
        assert done.status == "failed"
        assert "Z-BAD" in str(done.problem)
        assert results(session, good.id) == [("flood_river", "forbidden", True, 5000, False)]
        assert queries.check_of(session, bad.id).computed_at is None


def test_a_run_that_nobody_carries_out_is_reported_as_failed(
    database: Database, owner: psycopg.Connection[Any]
) -> None:
    with database.write(system("test")) as session:
        make_parcel(session, code="Z-1")
        lost = start_run(session, system("test"), None, queue=False)
        waiting = start_run(session, system("test"), None)
    jobs.sweep_now(database)
    assert owner.execute("SELECT DISTINCT status FROM overlay_run").fetchall() == [("queued",)]
    owner.execute("UPDATE overlay_run SET created_at = now() - interval '2 minutes'")
    jobs.sweep_now(database)
    found = dict(owner.execute("SELECT id, status FROM overlay_run").fetchall())
    assert found == {lost.id: "failed", waiting.id: "queued"}
    jobs.run_now(database, lost.id)  # left alone


def test_an_unknown_type_is_refused(session: Session) -> None:
    with pytest.raises(commands.UnknownControlType):
        commands.check_type("moon")
    assert session.query(ControlLayer).count() == 0
