"""What is known of land changes in the middle: another use, a layer of relics imported later; the items follow."""

import datetime as dt
import itertools
from typing import Any

import pytest
import shapely
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.checklist import following
from service.checklist.models import Checklist
from service.checklist.record_models import ChecklistEvent, ChecklistRun
from service.checklist.run_jobs import run_now
from service.constraints.commands import Area, LayerEdition, check_parcel, publish_layer, withdraw_layer
from service.core.db import Database
from service.documents.models import Document
from service.parcels import following as land
from service.parcels.changes import LandUse, ParcelChange
from service.parcels.commands import change_attributes
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel
from tests.factories.checklists import finish, make_checklist, row_of
from tests.factories.parcels import LAT, LON, make_jurisdiction, make_parcel, square

D = dt.date
ACTOR = system("test")
RELICS = ("BT-F1", "BT-F2", "BT-F3", "BT-F4")
SOIL = "BT-B3"
_numbers = itertools.count(1)


def use(code: str) -> LandUse:
    return LandUse(scheme="land_use_2023", code=code)


def relics(session: Session, *, over: bool) -> int:
    """Put a layer of buried relics in force, over the test parcels or well apart from them."""
    shape = shapely.MultiPolygon([shapely.box(LON - 0.01, LAT - 0.01, LON + 0.05, LAT + 0.05)])
    shape = shape if over else shapely.affinity.translate(shape, 0.5)
    number = next(_numbers)
    document = Document(
        subject_type="import", subject_id=str(number), title="图层", file_name="x.gpkg", media_type="application/x",
        size_bytes=1, sha256=f"{number:064x}", uploaded_by="test",
    )  # fmt: skip
    session.add(document)
    session.flush()
    owner = make_jurisdiction(session).id
    edition = LayerEdition("buried_relics", "地下文物", "文件", D(2022, 6, 1), owner, document.id, number, "test")
    return publish_layer(session, edition, [Area(1, None, "{}", shape.wkb, [shape.wkb])]).id


def made(database: Database, *, code: str = "100101", compared: bool = True) -> tuple[int, str]:
    """Commit cleared land of a use with a checklist, compared with a layer of relics that lies elsewhere."""
    with database.write(ACTOR) as session:
        parcel = make_parcel(session, stage=Stage.cleared, land_uses=[use(code)])
        number = parcel.code
        if compared:
            relics(session, over=False)
    with database.write(ACTOR) as session:
        if compared:
            check_parcel(session, ACTOR, number)
        parcel = session.scalars(select(Parcel).where(Parcel.code == number)).one()
        return make_checklist(session, parcel, template="zhengdong", facts={"soil_risk": False}).id, number


def states(database: Database, checklist: int, *keys: str) -> set[tuple[str, bool]]:
    """What is stored of items, and whether the sale waits for them."""
    with database.read() as session:
        rows = (row_of(session, session.get_one(Checklist, checklist), key) for key in keys)
        return {(str(row.state), row.binding) for row in rows}


def change_use(database: Database, number: str, code: str) -> None:
    with database.write(ACTOR) as session:
        version = session.scalars(select(Parcel.version).where(Parcel.code == number)).one()
        change_attributes(session, ACTOR, number, ParcelChange(land_uses=[use(code)]), version=version)


def test_housing_on_land_that_was_industrial_asks_for_the_soil_survey_at_once(database: Database, owner: Any) -> None:  # noqa: ANN401
    checklist, number = made(database)
    assert states(database, checklist, SOIL) == {("not_applicable", False)}
    change_use(database, number, "070101")
    assert states(database, checklist, SOIL) == {("open", True)}
    with database.read() as session:
        events = session.scalars(select(ChecklistEvent).where(ChecklistEvent.checklist_id == checklist)).all()
        (told,) = [each for each in events if each.kind == "changed"]
        assert told.note == "登记信息有变：规划用途 the register says otherwise: Planned uses"
        assert told.facts == {"register": {"uses": {"before": ["industrial"], "after": ["residential"]}}}
        assert [each.item_key for each in events if each.kind == "include"] == [SOIL]
        assert session.get_one(Checklist, checklist).blocking > 0
    audited = "SELECT before, after FROM audit_entry WHERE action = 'checklist:changed' AND subject_id = %s"
    assert owner.execute(audited, (str(checklist),)).fetchall() == [
        ({"uses": ["industrial"]}, {"uses": ["residential"]})
    ]
    change_use(database, number, "100101")
    assert states(database, checklist, SOIL) == {("not_applicable", False)}


def test_what_was_done_stays_done_when_it_is_not_asked_for_any_more(database: Database) -> None:
    checklist, number = made(database, code="070101")
    with database.write(ACTOR) as session:
        finish(session, session.get_one(Checklist, checklist), only=[SOIL])
    change_use(database, number, "100101")
    assert states(database, checklist, SOIL) == {("done", False)}
    change_use(database, number, "070101")
    assert states(database, checklist, SOIL) == {("done", True)}


def test_a_layer_of_relics_that_is_imported_later(database: Database) -> None:
    """Land that was compared needs it no more than before; with a newer layer nobody knows, and that counts as yes."""
    checklist, number = made(database)
    assert states(database, checklist, *RELICS) == {("not_applicable", False)}
    with database.write(ACTOR) as session:
        layer = relics(session, over=True)
    assert states(database, checklist, *RELICS) == {("open", True)}
    with database.write(ACTOR) as session:
        check_parcel(session, ACTOR, number)
    assert states(database, checklist, *RELICS) == {("open", True)}
    with database.write(ACTOR) as session:
        withdraw_layer(session, ACTOR, layer, "误发布")
    with database.write(ACTOR) as session:
        relics(session, over=False)
    assert states(database, checklist, *RELICS) == {("open", True)}, "not compared with it yet"
    with database.write(ACTOR) as session:
        check_parcel(session, ACTOR, number)
    assert states(database, checklist, *RELICS) == {("not_applicable", False)}


def test_what_was_sold_stays_as_it_was_sold(database: Database) -> None:
    checklist, number = made(database)
    with database.write(ACTOR) as session:
        parcel = session.scalars(select(Parcel).where(Parcel.code == number)).one()
        finish(session, session.get_one(Checklist, checklist))
        parcel.stage, parcel.stage_since = Stage.sold, D(2022, 11, 1)
    change_use(database, number, "070101")
    assert states(database, checklist, SOIL) == {("not_applicable", False)}


def test_of_many_at_once_a_run_takes_care(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many a transaction only queues a run, and no second one while that waits."""
    monkeypatch.setattr(following, "AT_ONCE", 2)
    with database.write(ACTOR) as session:
        numbers = []
        for place in range(3):
            shape = square(LON + 0.002 * place)
            parcel = make_parcel(session, stage=Stage.cleared, land_uses=[use("100101")], geometry=shape)
            numbers.append(parcel.code)
        relics(session, over=False)
    with database.write(ACTOR) as session:
        for number in numbers:
            check_parcel(session, ACTOR, number)
    with database.write(ACTOR) as session:
        land_of = session.scalars(select(Parcel).where(Parcel.code.in_(numbers))).all()
        checklists = [make_checklist(session, each, template="zhengdong").id for each in land_of]
    for _ in range(2):
        with database.write(ACTOR) as session:
            relics(session, over=True)
    assert states(database, checklists[0], *RELICS) == {("not_applicable", False)}
    with database.read() as session:
        (run,) = session.scalars(select(ChecklistRun)).all()
        assert (run.jurisdictions, run.status, run.created_by) == (["ZDXQ"], "queued", "system:checklist.follow")
    run_now(database, run.id)
    for each in checklists:
        assert states(database, each, *RELICS) == {("open", True)}


def test_looking_whether_anything_follows_takes_a_fixed_number_of_statements(database: Database) -> None:
    """A publication that moves thousands of boundaries asks once for all, not once a parcel."""
    with database.write(ACTOR) as session:
        parcels = [make_parcel(session, stage=Stage.cleared, geometry=square(LON + 0.002 * n)) for n in range(3)]
        numbers = [make_checklist(session, each).parcel_id for each in parcels]

    def asked(*parcels: int) -> int:
        statements: list[str] = []
        with database.write(ACTOR) as session:
            land.note(session, parcels)
            event.listen(session.connection(), "before_cursor_execute", lambda *said: statements.append(said[2]))
        return len(statements)

    assert asked(numbers[0]) == asked(*range(numbers[0], numbers[0] + 5_000)) <= 6
