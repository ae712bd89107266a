from collections.abc import Callable

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.accounts.permissions import Role
from service.audit.models import AuditEntry
from service.core.db import Database
from service.core.errors import NotFound
from service.regions import queries
from service.regions.commands import load_regions
from service.regions.loader import Level, Outline
from service.regions.models import Jurisdiction, Region
from service.regions.queries import Placement, placements
from tests.caller import Caller


def box(
    level: Level, code: str, w: float, e: float, parent: str | None = None, jurisdiction: str | None = None
) -> Outline:
    shape = shapely.MultiPolygon([shapely.box(w, 34.0, e, 34.1)])
    return Outline(level, code, f"名{code}", f"Name {code}", parent, jurisdiction, shape)


OUTLINES = [
    box("township", "410105560", 113.0, 113.1, "410105", "ZDXQ"),
    box("township", "410104202", 113.1, 113.2, "410104", "ZDXQ"),
    box("county", "410105", 113.0, 113.1),
    box("county", "410104", 113.1, 113.15),
    box("jurisdiction", "ZDXQ", 113.0, 113.2),
    box("jurisdiction", "GXQ", 113.3, 113.4),
]


def region_id(session: Session, code: str) -> int:
    return session.scalars(select(Region.id).where(Region.code == code)).one()


def test_points_find_their_township_and_county_in_the_order_asked(session: Session) -> None:
    load_regions(session, OUTLINES)
    first, second = region_id(session, "410105560"), region_id(session, "410104202")
    found = placements(session, [113.12, 113.05, 113.18, 114.0, 113.1], [34.05] * 5)
    assert found == [
        Placement(second, "410104"),
        Placement(first, "410105"),
        Placement(second, "410104"),  # beyond the county's outline: the township says which county
        Placement(None, None),
        Placement(second, "410104"),  # on the border: the lower code has it
    ]


def test_no_points_have_no_places(session: Session) -> None:
    assert placements(session, [], []) == []


def test_loading_again_changes_names_and_shapes_but_adds_nothing(session: Session) -> None:
    load_regions(session, OUTLINES)
    before = region_id(session, "410105560")
    renamed = Outline("township", "410105560", "新名", "New", "410105", "ZDXQ", OUTLINES[1].geom)
    load_regions(session, [*OUTLINES[1:], renamed])
    assert session.scalar(select(func.count()).select_from(Region)) == 4
    region = session.get_one(Region, before)
    assert (region.name, region.parent_id) == ("新名", region_id(session, "410105"))
    assert placements(session, [113.05], [34.05]) == [Placement(None, "410105")]


def test_loading_is_audited(database: Database) -> None:
    with database.write(system("test")) as session:
        loaded = load_regions(session, OUTLINES)
    assert loaded == {"township": 2, "county": 2, "jurisdiction": 2}
    with database.read() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.actor, entry.after) == ("regions:loaded", "system:test", loaded)


def test_an_actor_of_one_jurisdiction_sees_only_that(session: Session) -> None:
    load_regions(session, OUTLINES)
    stranger = Actor("user", "gx", Role.VIEWER, frozenset(), frozenset({"GXQ"}))
    assert [found.code for found in session.scalars(queries.visible_jurisdictions(stranger))] == ["GXQ"]
    assert {row.code for row in queries.region_rows(session, stranger, level=None, shapes=False)} == {
        "410104",
        "410105",
    }
    with pytest.raises(NotFound):
        queries.jurisdiction_by_code(session, stranger, "ZDXQ")
    with pytest.raises(NotFound):
        queries.region_by_code(session, stranger, "410105560")
    assert queries.jurisdiction_by_code(session, system("test"), "ZDXQ").name == "名ZDXQ"
    assert queries.region_by_code(session, system("test"), "410105560").level == "township"


def test_regions_over_http(as_role: Callable[..., Caller], database: Database) -> None:
    with database.write(system("test")) as session:
        load_regions(session, OUTLINES)
        session.add(Jurisdiction(code="NEW", name="新区", name_en="New"))
    caller = as_role(Role.VIEWER)
    jurisdictions = caller.get("/api/v1/jurisdictions").json()["items"]
    assert jurisdictions[1] == {"code": "NEW", "name": "新区", "name_en": "New", "bbox": None}
    assert jurisdictions[2]["bbox"] == [113.0, 34.0, 113.2, 34.1]
    townships = caller.get("/api/v1/regions?level=township").json()["items"]
    assert townships[1] == {
        "code": "410105560",
        "name": "名410105560",
        "name_en": "Name 410105560",
        "level": "township",
        "parent_code": "410105",
        "jurisdiction": "ZDXQ",
        "bbox": [113.0, 34.0, 113.1, 34.1],
    }
    outlines = caller.get("/api/v1/regions?f=geojson").json()
    assert (outlines["type"], len(outlines["features"])) == ("FeatureCollection", 4)
    assert outlines["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert caller.get("/api/v1/jurisdictions?f=geojson").json()["features"][1]["geometry"] is None
    assert caller.get("/api/v1/regions?level=province").status_code == 400
