"""What a survey is made from: the parcel with its last survey, and the parcels around it."""

from typing import Any, NamedTuple

import shapely

from service.accounts.access import Actor
from service.geo.bbox import Bbox
from service.geo.overlay_apart import TooComplex
from service.parcels import reading, selection
from service.parcels.reading import Connection

MOST_NEIGHBOURS = 2_000
_MOST_BYTES = 32 << 20
_MARGIN = 2e-6  # degrees, more than a gap may be wide

_SUBJECT = """SELECT ST_AsBinary(p.geom), v.source_crs, v.geometry, v.points FROM parcel AS p
LEFT JOIN LATERAL (SELECT source_crs, geometry, points FROM parcel_survey WHERE parcel_id = p.id
                   ORDER BY recorded_at DESC, id DESC LIMIT 1) AS v ON true
WHERE p.id = %(id)s"""
_NEAR = """SELECT p.code, p.version, ST_AsBinary(p.geom) FROM parcel AS p
WHERE p.geom_web && (SELECT ST_Transform(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490), 3857))
    AND p.id IS DISTINCT FROM %(id)s AND p.retired_by IS NULL"""


class Delivered(NamedTuple):
    """A survey: EPSG code, WKB in it, and its boundary points where it came with numbers."""

    crs: int
    wkb: bytes
    points: list[dict[str, Any]] | None


class Neighbour(NamedTuple):
    """A parcel near a boundary, as it is now: its shape as WKB in EPSG:4490."""

    code: str
    version: int
    wkb: bytes


def boundary(connection: Connection, parcel_id: int) -> tuple[shapely.MultiPolygon, Delivered | None]:
    """Return the shape of a parcel (EPSG:4490) and its last survey."""
    ((shape, crs, wkb, points),) = reading.run(connection, {"id": parcel_id}, _SUBJECT)
    return shapely.from_wkb(shape), None if crs is None else Delivered(crs, wkb, points)


def neighbours(
    connection: Connection, parcel_id: int | None, box: Bbox, *, seen_by: Actor | None = None
) -> list[Neighbour]:
    """Return the parcels but one that reach into a box (degrees), by code; `seen_by`: those an actor may see.

    Raises:
        TooComplex: there are too many.

    """
    around = {
        "west": box.west - _MARGIN,
        "south": box.south - _MARGIN,
        "east": box.east + _MARGIN,
        "north": box.north + _MARGIN,
    }
    allowed = None if seen_by is None else selection.visible(seen_by)
    visible = ("AND", allowed.sql) if allowed is not None else ()
    params = around | {"id": parcel_id, "most": MOST_NEIGHBOURS + 1} | (allowed.params if allowed is not None else {})
    rows = reading.run(connection, params, _NEAR, *visible, "ORDER BY p.code LIMIT %(most)s")
    found = [Neighbour(*row) for row in rows]
    if len(found) > MOST_NEIGHBOURS or sum(len(each.wkb) for each in found) > _MOST_BYTES:
        raise TooComplex(
            f"这个界线周围的地块超过 {MOST_NEIGHBOURS} 个或过于复杂，无法检查。",
            f"More than {MOST_NEIGHBOURS} parcels lie around this boundary, or they are too large to be checked.",
        )
    return found
