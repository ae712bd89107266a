"""What is known of regions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from service.accounts import bindings
from service.accounts.access import Actor
from service.core.errors import NotFound
from service.regions.models import Jurisdiction, Region


class Placement(NamedTuple):
    """Where a point lies: township, and county by its own outline or, without one, the township's."""

    region_id: int | None
    county_code: str | None


def visible_jurisdictions(actor: Actor) -> Select[Jurisdiction]:
    """The jurisdictions an actor may see."""
    found = select(Jurisdiction)
    return found if actor.jurisdictions is None else found.where(Jurisdiction.code.in_(actor.jurisdictions))


def visible_regions(actor: Actor) -> Select[Region]:
    """The regions an actor may see: those of their jurisdictions, and counties, which belong to none."""
    if actor.jurisdictions is None:
        return select(Region)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(Region).where(or_(Region.jurisdiction_id.is_(None), Region.jurisdiction_id.in_(own)))


def known_jurisdictions(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that a jurisdiction has, whoever may see it."""
    return set(session.scalars(select(Jurisdiction.code).where(Jurisdiction.code.in_(codes))))


def known_regions(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that a county or township has, whoever may see it."""
    return set(session.scalars(select(Region.code).where(Region.code.in_(codes))))


bindings.register("jurisdictions", known_jurisdictions)
bindings.register("jurisdiction", known_jurisdictions)
bindings.register("regions", known_regions)


def jurisdiction_by_code(session: Session, actor: Actor, code: str) -> Jurisdiction:
    """Return a jurisdiction; NotFound if it is absent or not the actor's."""
    found = session.scalar(visible_jurisdictions(actor).where(Jurisdiction.code == code))
    if found is None:
        raise NotFound(f"没有管辖区 {code[:60]}。", f"No jurisdiction {code[:60]}.")
    return found


def region_by_code(session: Session, actor: Actor, code: str) -> Region:
    """Return a county or township; NotFound if it is absent or not the actor's."""
    found = session.scalar(visible_regions(actor).where(Region.code == code))
    if found is None:
        raise NotFound(f"没有区域 {code[:60]}。", f"No region {code[:60]}.")
    return found


def jurisdiction_rows(session: Session, actor: Actor, *, shapes: bool) -> Sequence[Row[Any]]:
    """Rows of code, name, name_en, bbox corners (degrees) and, with `shapes`, GeoJSON text, by code."""
    statement = visible_jurisdictions(actor).with_only_columns(
        Jurisdiction.code, Jurisdiction.name, Jurisdiction.name_en, *_shape_columns(Jurisdiction.geom, shapes=shapes)
    )
    return session.execute(statement.order_by(Jurisdiction.code)).all()


def region_rows(session: Session, actor: Actor, *, level: str | None, shapes: bool) -> Sequence[Row[Any]]:
    """Rows of counties and townships, as of jurisdictions, with level and the codes they belong to."""
    county = aliased(Region)
    statement = (
        visible_regions(actor)
        .outerjoin(county, county.id == Region.parent_id)
        .outerjoin(Jurisdiction, Jurisdiction.id == Region.jurisdiction_id)
        .with_only_columns(
            Region.code,
            Region.name,
            Region.name_en,
            Region.level,
            county.code.label("parent_code"),
            Jurisdiction.code.label("jurisdiction"),
            *_shape_columns(Region.geom, shapes=shapes),
        )
        .order_by(Region.level, Region.code)
    )
    return session.execute(statement if level is None else statement.where(Region.level == level)).all()


def _shape_columns(geom: InstrumentedAttribute[Any], *, shapes: bool) -> list[ColumnElement[Any]]:
    columns: list[ColumnElement[Any]] = [
        func.ST_XMin(geom).label("west"),
        func.ST_YMin(geom).label("south"),
        func.ST_XMax(geom).label("east"),
        func.ST_YMax(geom).label("north"),
    ]
    return [*columns, func.ST_AsGeoJSON(geom, 7).label("geojson")] if shapes else columns


# One index probe a point. A border point lies in two areas: the one with the lower code has it.
_PLACEMENTS = text("""
    SELECT township.id AS region_id, coalesce(county.code, parent.code) AS county_code
    FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS asked (lon, lat, n)
    CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4490) AS point) AS at
    LEFT JOIN LATERAL (SELECT id, parent_id FROM region WHERE level = 'township' AND ST_Covers(geom, at.point)
                       ORDER BY code LIMIT 1) AS township ON true
    LEFT JOIN LATERAL (SELECT code FROM region WHERE level = 'county' AND ST_Covers(geom, at.point)
                       ORDER BY code LIMIT 1) AS county ON true
    LEFT JOIN region AS parent ON parent.id = township.parent_id
    ORDER BY asked.n
""")


def placements(session: Session, lons: Sequence[float], lats: Sequence[float]) -> list[Placement]:
    """Find township and county of many points in one statement (degrees, EPSG:4490), in the order asked.

    For a parcel ask with its point on surface: no overlay of foreign shapes ever runs in the database.
    """
    rows = session.execute(_PLACEMENTS, {"lons": list(lons), "lats": list(lats)})
    return [Placement(row.region_id, row.county_code) for row in rows]
