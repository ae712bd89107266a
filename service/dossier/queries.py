"""What a parcel plan is drawn from: the parcel with its shape and survey, and what lies around it."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import shapely

from service.accounts.access import Actor
from service.geo import crs as geo_crs
from service.geo.bbox import Bbox
from service.parcels import reading, selection
from service.parcels.reading import Connection, Json

MOST_NEIGHBOURS = 300

_SURVEY = """SELECT ST_AsBinary(p.geom), j.name_en, v.source_crs, v.surveyed_on, v.points
FROM parcel AS p JOIN jurisdiction AS j ON j.id = p.jurisdiction_id
LEFT JOIN LATERAL (SELECT source_crs, surveyed_on, points FROM parcel_survey WHERE parcel_id = p.id
                   ORDER BY recorded_at DESC, id DESC LIMIT 1) AS v ON true
WHERE p.id = %(id)s"""

# Of a parcel that was split or merged away: what stood beside it until then, so not its own successors. Numbers of
# operations grow; what an undoing brought back did not stand before it.
_NEAR = """SELECT p.code, ST_AsBinary(p.geom) FROM parcel AS p CROSS JOIN
    (SELECT retired_by AS ended FROM parcel WHERE id = %(id)s) AS own
WHERE p.geom_web && (SELECT ST_Transform(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490), 3857))
    AND p.id <> %(id)s
    AND CASE WHEN own.ended IS NULL THEN p.retired_by IS NULL ELSE coalesce(p.made_by < own.ended, true)
        AND coalesce(p.retired_by >= own.ended, true) AND NOT EXISTS (
            SELECT FROM lineage_revival AS v WHERE v.operation_id = own.ended AND v.parcel_id = p.id) END"""
_NEAREST = "ORDER BY p.geom_web <-> (SELECT geom_web FROM parcel WHERE id = %(id)s), p.code LIMIT %(most)s"


class Subject(NamedTuple):
    """The parcel of a plan: its members as read (`parcels.reading`), its shape (EPSG:4490) and its survey.

    `numbers` and `places` (degrees, two columns) are the survey's points where it came with numbers, else empty.
    """

    members: Json
    shape: shapely.MultiPolygon
    issuer_en: str
    surveyed_on: dt.date | None
    numbers: list[str]
    places: geo_crs.Floats


class Neighbour(NamedTuple):
    """A parcel in sight: its code and its shape (EPSG:4490)."""

    code: str
    shape: shapely.Geometry


def subject(connection: Connection, actor: Actor, number: str) -> Subject:
    """Return the parcel to be drawn, by any of its numbers.

    Raises:
        NotFound: absent or not visible.
        AmbiguousNumber: several parcels have this lot number.

    """
    members = reading.parcel(connection, actor, number).members
    ((wkb, issuer_en, source, surveyed_on, points),) = reading.run(connection, {"id": members["id"]}, _SURVEY)
    numbers, places = _points(source, points or [])
    return Subject(members, shapely.from_wkb(wkb), issuer_en, surveyed_on, numbers, places)


def _points(source: int | None, points: list[Json]) -> tuple[list[str], geo_crs.Floats]:
    """Return numbers and places of a survey's points, each place once: a ring's closing row repeats its first."""
    once: dict[tuple[float, float], str] = {}
    for each in points:
        once.setdefault((float(each["easting"]), float(each["northing"])), str(each["number"]))
    if not once:
        return [], np.empty((0, 2))
    east, north = np.array(list(once)).T
    lon, lat = geo_crs.to_cgcs2000(geo_crs.recognise(f"EPSG:{source}"), east, north)
    return list(once.values()), np.column_stack([lon, lat])


def neighbours(connection: Connection, actor: Actor, parcel_id: int, box: Bbox) -> list[Neighbour]:
    """Return the other parcels that may be seen and may reach into a box of degrees, the nearest first.

    At most `MOST_NEIGHBOURS` and one more, which tells that there are too many.
    """
    allowed = selection.visible(actor)
    params = {**allowed.params, "id": parcel_id, **box._asdict(), "most": MOST_NEIGHBOURS + 1}
    rows = reading.run(connection, params, _NEAR, "AND", allowed.sql, _NEAREST)
    return [Neighbour(code, shapely.from_wkb(wkb)) for code, wkb in rows]
