"""What a survey by hand would make of a parcel; nothing is written."""

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.db import driver_connection
from service.geo.area import cents
from service.geo.bbox import Bbox
from service.geo.crs import SourceCrs
from service.geo.geojson import read_polygon
from service.imports.queries import jurisdiction_area
from service.parcels import queries as parcels
from service.parcels.commands import refuse_future, refuse_stale
from service.parcels.models import Parcel
from service.surveys import delivery, queries
from service.surveys.checking import Checked, box_of, check
from service.surveys.schemas import AreasRead, SurveyFacts, SurveyOrder


class Plan(NamedTuple):
    """A boundary that was checked: what it was before and would be, and the neighbours it was checked against."""

    parcel: Parcel
    before: AreasRead
    delivered: shapely.MultiPolygon
    source: SourceCrs
    checked: Checked
    box: Bbox | None
    neighbours: list[queries.Neighbour]


def plan_survey(session: Session, actor: Actor, number: str, order: SurveyOrder, *, version: int) -> Plan:
    """Check a boundary for a parcel; nothing is written.

    Raises:
        NotFound: absent or not visible. ParcelRetired: it was split or merged.
        PreconditionFailed: it has moved on from `version`. FutureDate: it is surveyed after today.
        BadGeometry, CrsRefused, Invalid: geometry, CRS or numbers can't be read.
        TooComplex: it can't be checked in time. Busy: others are being checked.

    """
    parcel = parcels.parcel_by_number(session, actor, number)
    parcels.refuse_retired(session, parcel)
    refuse_stale(parcel, version)
    source = delivery.known_crs(order.crs)
    delivered = read_polygon(order.geometry)
    points = None if order.numbers is None else delivery.points_of(delivered, order.numbers)
    box = box_of(delivery.in_degrees(delivered, source))
    neighbours = [] if box is None else queries.neighbours(driver_connection(session), parcel.id, box)
    legal = parcel.area_legal_m2
    if order.survey is not None:
        refuse_future("/survey/surveyed_on", order.survey.surveyed_on)
        legal = order.survey.area_legal_m2 or legal
    checked = check(
        delivered,
        source.label,
        None if points is None else _survey_of(points),
        neighbours,
        area_legal_m2=None if legal is None else float(legal),
        jurisdiction=jurisdiction_area(session, parcel.jurisdiction_id),
    )
    return Plan(parcel, areas(parcel), delivered, source, checked, box, neighbours)


def areas(parcel: Parcel) -> AreasRead:
    """Return the areas of a parcel."""
    legal = parcel.area_legal_m2
    return AreasRead(
        area_legal_m2=None if legal is None else float(legal),
        area_plane_m2=float(parcel.area_plane_m2),
        area_ellipsoid_m2=float(parcel.area_ellipsoid_m2),
    )


def areas_after(plan: Plan, facts: SurveyFacts | None) -> AreasRead | None:
    """Return the areas that a checked boundary gives its parcel."""
    sound = plan.checked.sound
    if sound is None:
        return None
    legal = plan.before.area_legal_m2 if facts is None or facts.area_legal_m2 is None else float(facts.area_legal_m2)
    return AreasRead(
        area_legal_m2=legal,
        area_plane_m2=float(cents(sound.plane_m2)),
        area_ellipsoid_m2=float(cents(sound.ellipsoid_m2)),
    )


def _survey_of(points: Sequence[dict[str, object]]) -> dict[str, object]:
    """Write numbered points as the checks read a survey's."""
    rings: dict[object, list[list[object]]] = {}
    for each in points:
        rings.setdefault(each["ring"], []).append([each["number"], each["northing"], each["easting"]])
    listed = [{"ring": ring, "points": some} for ring, some in rings.items()]
    return {"columns": ["northing", "easting"], "rings": listed}
