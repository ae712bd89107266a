import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import BadRequest, NotFound
from service.geo import crs as geo_crs
from service.geo.bbox import parse_bbox
from service.parcels import facets, lifecycle, queries, reading
from service.parcels.changes import LandUse
from service.parcels.lifecycle import EventKind, Hold, Idle, Stage, State
from service.parcels.models import ParcelEvent
from service.parcels.selection import Moment, Selection
from tests.factories.parcels import LAT, LON, make_parcel, make_regions, square

Connection = psycopg.Connection[Any]


def sees(actor: Actor, *jurisdictions: str) -> Actor:
    return Actor("user", "scoped", actor.role, actor.permissions, frozenset(jurisdictions))


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Statements that the server was sent meanwhile."""
    seen: list[str] = []
    original = psycopg.Cursor.execute

    def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the driver's own
        seen.append(str(query))
        return original(self, query, *args, **kwargs)

    psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        psycopg.Cursor.execute = original  # type: ignore[method-assign]


def codes_of(connection: Connection, actor: Actor, **filters: Any) -> list[str]:  # noqa: ANN401 - any filter
    found = reading.page(connection, actor, Selection(**filters), sort="code", after=None, limit=1000)
    return [item["code"] for item in found.items]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["A-1", "A-2", "B-1", "B-2", "C-1"]),
        ({"stage": [Stage.listed]}, ["A-1", "A-2"]),
        ({"stage": [Stage.listed, Stage.delivered], "hold": [Hold.none]}, ["A-1", "B-1"]),
        ({"hold": [Hold.suspended]}, ["A-2"]),
        ({"idle": [Idle.suspected, Idle.confirmed]}, ["B-1"]),
        ({"jurisdiction": ["GXQ"]}, ["B-2"]),
        ({"region": ["410105562"]}, ["A-1", "A-2", "B-1", "C-1"]),
        ({"region": ["410105"]}, ["A-1", "A-2", "B-1", "C-1"]),
        ({"region": ["999"]}, []),
        ({"land_use": ["07"]}, ["A-1"]),
        ({"land_use": ["0701", "land_use_2023:09"]}, ["A-1", "A-2"]),
        ({"land_use": ["gbt_21010_2017:0701"]}, []),
        ({"area_min_m2": 40_000}, ["B-1"]),
        ({"area_max_m2": 40_000, "stage": [Stage.delivered]}, []),
        ({"bbox": parse_bbox("114.4,33.9,114.6,34.1")}, ["B-2"]),
        ({"bbox": parse_bbox("-180,-90,180,90")}, ["A-1", "A-2", "B-1", "B-2", "C-1"]),
        ({"bbox": parse_bbox("0,0,10,10")}, []),
        ({"bbox": parse_bbox("0,0,0.1,0.1")}, []),
        ({"q": "a-"}, ["A-1", "A-2"]),
        ({"q": "龙湖"}, ["A-1"]),
        ({"q": "号 金融"}, ["A-1"]),
        ({"q": "郑政东出[2022]5号（网）"}, ["B-2"]),
        ({"q": "[2022]5号"}, ["B-2"]),
        ({"q": "［2022】5号"}, ["B-2"]),
        ({"q": "（２０２２）５号(网)"}, ["B-2"]),
        ({"q": "郑政东出[2022] 5号"}, ["B-2"]),
        ({"q": "2022)5号"}, ["B-2"]),
        ({"q": "[2022]6号"}, []),
        ({"q": "(2022.5号"}, []),
        ({"q": "ｂ－２"}, ["B-2"]),
        ({"q": "[金水路]Ｅ区"}, ["C-1"]),
        ({"q": "(金水路)e区"}, []),
        ({"q": "410105003012gb00023"}, ["C-1"]),
        ({"q": "100%"}, ["C-1"]),
        ({"q": "_"}, []),
        ({"q": "\\"}, []),
    ],
)
def test_filters(
    session: Session, connection: Connection, actor: Actor, filters: dict[str, Any], expected: list[str]
) -> None:
    make_regions(session)
    make_parcel(session, code="A-1", stage=Stage.listed, name="龙湖金融岛 3 号", land_uses=[LandUse(code="0701")])
    make_parcel(session, code="A-2", stage=State(Stage.listed, Hold.suspended), land_uses=[LandUse(code="090101")])
    make_parcel(session, code="B-1", stage=State(Stage.delivered, idle=Idle.suspected), area_legal_m2=Decimal(50_000))
    make_parcel(
        session, code="B-2", jurisdiction="GXQ", lot_number="郑政东出〔2022〕5号(网)", geometry=square(114.5, 34.0)
    )
    make_parcel(
        session, code="C-1", address="金水东路 100% 北", name="（金水路）Ｅ区", cadastral_code="410105003012GB00023"
    )
    assert codes_of(connection, actor, **filters) == expected
    counts = facets.facets(connection, actor, Selection(**filters))
    assert counts["total"] == len(expected)


@pytest.mark.parametrize("prefix", ["", "07;", "x y:07", "0701%", "7" * 13])
def test_a_land_use_filter_that_is_no_code_is_refused(connection: Connection, actor: Actor, prefix: str) -> None:
    with pytest.raises(BadRequest):
        codes_of(connection, actor, land_use=[prefix])


def test_a_box_selects_by_shape_not_by_box_alone(session: Session, connection: Connection, actor: Actor) -> None:
    triangle = {"type": "Polygon", "coordinates": [[[113.7, 34.7], [113.71, 34.7], [113.7, 34.71], [113.7, 34.7]]]}
    make_parcel(session, code="T", geometry=triangle)
    assert codes_of(connection, actor, bbox=parse_bbox("113.708,34.708,113.709,34.709")) == []
    assert codes_of(connection, actor, bbox=parse_bbox("113.701,34.701,113.702,34.702")) == ["T"]


@pytest.mark.parametrize("sort", list(reading.SORTS))
def test_pages_hold_every_parcel_once_in_order(
    session: Session, connection: Connection, actor: Actor, sort: str
) -> None:
    for i in range(7):
        make_parcel(session, code=f"P-{i * 3 % 7}", area_legal_m2=Decimal(1000 + i % 3))
    whole = reading.page(connection, actor, Selection(), sort=sort, after=None, limit=100).items
    seen: list[Any] = []
    after = None
    while True:
        page = reading.page(connection, actor, Selection(), sort=sort, after=after, limit=2)
        seen += page.items
        if page.last is None:
            break
        after = [key.isoformat() if isinstance(key, dt.datetime) else key for key in page.last]
    assert seen == whole
    name = sort.removeprefix("-")
    values = [item[name] for item in whole]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("code", [1]),
        ("area_m2", ["x", 1]),
        ("-area_m2", [1.0, "1"]),
        ("updated_at", ["yesterday", 1]),
        ("code", [None]),
    ],
)
def test_a_cursor_of_another_order_is_refused(connection: Connection, actor: Actor, sort: str, key: list[Any]) -> None:
    with pytest.raises(BadRequest, match="cursor"):
        reading.page(connection, actor, Selection(), sort=sort, after=key, limit=2)


@pytest.mark.parametrize(
    "number",
    [
        "ZD-7",
        "410105003012GB00023",
        "410105003012 gb 00023",
        "410105003012GB00023W00000000",
        "郑政东出〔2022〕5号(网)",
        "郑政东出[2022]5号（网）",
    ],
)
def test_a_parcel_is_found_by_any_of_its_numbers(
    session: Session, connection: Connection, actor: Actor, number: str
) -> None:
    make_parcel(session)
    make_parcel(session, code="ZD-7", cadastral_code="410105003012GB00023", lot_number="郑政东出〔2022〕5号(网)")
    assert reading.parcel(connection, actor, number).members["code"] == "ZD-7"
    assert reading.version(connection, actor, number) == 1
    assert queries.parcel_for_update(session, actor, number).code == "ZD-7"
    assert reading.statuses(connection, actor, [number]).items[0]["code"] == "ZD-7"


def test_blanks_around_a_pasted_code_do_not_matter(session: Session, connection: Connection, actor: Actor) -> None:
    make_parcel(session, code="L-1")
    assert reading.parcel(connection, actor, " L-1 ").members["code"] == "L-1"
    found = reading.statuses(connection, actor, [" L-1", "L-2 "])
    assert ([item["asked"] for item in found.items], found.unknown) == ([" L-1"], ["L-2 "])


def test_a_shared_lot_number_is_ambiguous_for_one_and_gives_all_for_many(
    session: Session, connection: Connection, actor: Actor
) -> None:
    for code in ("L-1", "L-2"):
        make_parcel(session, code=code, lot_number="郑政东出〔2022〕5号(网)")
    lot = "郑政东出〔2022〕5号(网)"
    with pytest.raises(reading.AmbiguousNumber) as refused:
        reading.parcel(connection, actor, lot)
    assert refused.value.facts == {"codes": ["L-1", "L-2"]}
    with pytest.raises(reading.AmbiguousNumber):
        queries.parcel_for_update(session, actor, lot)
    assert [item["code"] for item in reading.statuses(connection, actor, [lot]).items] == ["L-1", "L-2"]


def test_scope_hides_everywhere_alike(session: Session, connection: Connection, actor: Actor) -> None:
    make_parcel(session, code="OURS", jurisdiction="ZDXQ", geometry=square(LON, LAT))
    make_parcel(session, code="THEIRS", jurisdiction="GXQ", geometry=square(LON, LAT))
    mine = sees(actor, "ZDXQ")
    assert codes_of(connection, mine) == ["OURS"]
    assert facets.facets(connection, mine, Selection())["total"] == 1
    assert [item["code"] for item in reading.at(connection, mine, LON + 1e-4, LAT + 1e-4)] == ["OURS"]
    assert reading.statuses(connection, mine, ["OURS", "THEIRS"]).unknown == ["THEIRS"]
    assert session.scalars(queries.visible_codes(mine)).all() == ["OURS"]
    assert reading.version(connection, mine, "THEIRS") is None
    for look in (reading.parcel, reading.history):
        with pytest.raises(NotFound):
            look(connection, mine, "THEIRS")
    assert codes_of(connection, sees(actor)) == []


def test_a_point_lies_in_the_parcels_that_cover_it(session: Session, connection: Connection, actor: Actor) -> None:
    make_parcel(session, code="W", geometry=square(113.70, 34.70, 100))
    east_edge = reading.parcel(connection, actor, "W").members["bbox"][2]
    make_parcel(session, code="E", geometry=square(east_edge, 34.70, 100))
    assert [item["code"] for item in reading.at(connection, actor, 113.7005, 34.7005)] == ["W"]
    assert reading.at(connection, actor, 113.69, 34.7005) == []
    assert reading.at(connection, actor, float("inf"), 34.7) == []
    assert reading.at(connection, actor, 113.7, 91.0) == []


def test_status_of_a_thousand_is_one_statement_in_the_order_asked(
    session: Session, connection: Connection, actor: Actor
) -> None:
    codes = [make_parcel(session).code for _ in range(30)]
    asked = [f"nobody-{i}" for i in range(970)]
    asked[::33] = codes[::-1]
    with counted(connection) as statements:
        found = reading.statuses(connection, actor, asked)
    assert len(statements) == 1
    assert [item["asked"] for item in found.items] == codes[::-1]
    assert found.unknown == [each for each in asked if each.startswith("nobody")]
    assert set(found.items[0]) == {
        "asked",
        "code",
        "stage",
        "hold",
        "idle",
        "stage_since",
        "version",
        "retired_on",
        "successors",
    }


def test_every_reading_is_one_statement(session: Session, connection: Connection, actor: Actor) -> None:
    make_parcel(session, code="ONE")
    doors: list[Callable[[], object]] = [
        lambda: reading.page(connection, actor, Selection(), sort="code", after=None, limit=50, with_geometry=True),
        lambda: reading.parcel(connection, actor, "ONE"),
        lambda: reading.parcel(connection, actor, "ONE", moment=Moment(as_of=dt.date(2022, 6, 1))),
        lambda: reading.history(connection, actor, "ONE"),
        lambda: reading.at(connection, actor, LON, LAT),
        lambda: facets.facets(connection, actor, Selection()),
        lambda: reading.version(connection, actor, "ONE"),
    ]
    for door in doors:
        with counted(connection) as statements:
            door()
        assert len(statements) == 1


def test_facets_count_and_sum_by_every_property(session: Session, connection: Connection, actor: Actor) -> None:
    make_regions(session)
    make_parcel(session, stage=Stage.listed, area_legal_m2=Decimal("1000.10"), land_uses=[LandUse(code="0701")])
    make_parcel(session, stage=Stage.listed, area_legal_m2=Decimal("2000.20"))
    make_parcel(session, stage=State(Stage.sold, Hold.suspended), area_legal_m2=Decimal(500), jurisdiction="GXQ")
    assert facets.facets(connection, actor, Selection()) == {
        "total": 3,
        "area_m2": 3500.3,
        "stage": {"listed": {"n": 2, "area_m2": 3000.3}, "sold": {"n": 1, "area_m2": 500.0}},
        "hold": {"none": {"n": 2, "area_m2": 3000.3}, "suspended": {"n": 1, "area_m2": 500.0}},
        "idle": {"none": {"n": 3, "area_m2": 3500.3}},
        "jurisdiction": {
            "ZDXQ": {"n": 2, "area_m2": 3000.3, "name": "管辖区ZDXQ"},
            "GXQ": {"n": 1, "area_m2": 500.0, "name": "管辖区GXQ"},
        },
        "region": {"410105562": {"n": 3, "area_m2": 3500.3, "name": "龙湖办事处"}},
        "land_use": {"land_use_2023:0701": {"n": 1, "area_m2": 1000.1, "name": "城镇住宅用地"}},
    }


def test_a_shape_comes_in_the_crs_asked_for(session: Session, connection: Connection, actor: Actor) -> None:
    make_parcel(session, code="X", geometry=square(113.73, 34.77))
    shape = reading.parcel(connection, actor, "X", target=geo_crs.recognise("4547")).members["geometry"]
    corner = orjson.loads(orjson.dumps(shape))["coordinates"][0][0][0]
    assert [round(value, 3) for value in corner] == [475283.393, 3849110.265]


# The state on a day, against a replay by hand.

BEGAN = dt.date(2022, 1, 1)


@st.composite
def histories(draw: st.DrawFn) -> list[lifecycle.Happened]:
    """Events in the order in which they became known, each legal when it was entered."""
    begin = lifecycle.advance(None, EventKind.adopt, delivered=State(Stage.scheme_approved))
    entered = [lifecycle.Happened(EventKind.adopt, begin, BEGAN)]
    for _ in range(draw(st.integers(1, 8))):
        day = BEGAN + dt.timedelta(draw(st.integers(0, 300)))
        chain = sorted(entered, key=lambda each: each.effective_on)
        before = lifecycle.replay(each for each in chain if each.effective_on <= day)
        kind = draw(st.sampled_from(lifecycle.allowed(before)))
        with contextlib.suppress(lifecycle.LaterEventBroken):
            entered.append(lifecycle.Happened(kind, lifecycle.enter(chain, kind, day), day))
    return entered


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.integers(-5, 320), st.integers(0, 9))
def test_the_state_on_a_day_is_what_a_replay_of_the_events_known_then_says(
    session: Session,
    connection: Connection,
    actor: Actor,
    history: list[lifecycle.Happened],
    days: int,
    known: int,
) -> None:
    undone = session.begin_nested()
    parcel = make_parcel(session, code="H", stage=Stage.scheme_approved, effective_on=BEGAN)
    recorded = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    for n, each in enumerate(history[1:], start=1):
        fields = {"kind": each.kind, "effective_on": each.effective_on, **each.effect._asdict()}
        event = ParcelEvent(parcel_id=parcel.id, actor="x", recorded_at=recorded + dt.timedelta(n), **fields)
        session.add(event)
        session.flush()
    as_of = BEGAN + dt.timedelta(days)
    moment = Moment(as_of=as_of, known_at=recorded + dt.timedelta(known, hours=1))
    chain = sorted(history[: known + 1], key=lambda each: each.effective_on)
    in_force = [each for each in chain if each.effective_on <= as_of]
    expected = lifecycle.replay(in_force)
    listed = reading.page(connection, actor, Selection(moment=moment), sort="code", after=None, limit=9).items
    if expected is None:
        assert listed == []
        with pytest.raises(NotFound):
            reading.parcel(connection, actor, "H", moment=moment)
    else:
        found = reading.parcel(connection, actor, "H", moment=moment).members
        assert tuple(expected) == (found["stage"], found["hold"], found["idle"])
        assert found["stage_since"] == max(each.effective_on for each in in_force if each.effect.stage)
        assert found["allowed_events"] == ()
        assert {name: listed[0][name] for name in ("stage", "hold", "idle")} == expected._asdict()
        counts = facets.facets(connection, actor, Selection(moment=moment, stage=[expected.stage]))
        assert counts["stage"][expected.stage]["n"] == 1
    undone.rollback()


def test_a_late_entry_changes_the_past_but_not_what_was_known_of_it(
    session: Session, connection: Connection, actor: Actor
) -> None:
    parcel = make_parcel(session, code="H", stage=Stage.listed)
    before = dt.datetime.now(dt.UTC)
    later = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    sold = {"kind": EventKind.sell, "effective_on": dt.date(2022, 5, 1), "stage": Stage.sold}
    session.add(ParcelEvent(parcel_id=parcel.id, actor="x", recorded_at=later, **sold))
    session.flush()
    may = Moment(as_of=dt.date(2022, 5, 2))
    assert reading.parcel(connection, actor, "H", moment=may).members["stage"] == "sold"
    then = Moment(as_of=dt.date(2022, 5, 2), known_at=before)
    assert reading.parcel(connection, actor, "H", moment=then).members["stage"] == "listed"
