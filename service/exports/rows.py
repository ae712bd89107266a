"""The selected parcels, some thousands at a time: attributes as Arrow columns, shapes in the target's own coordinates.

Where the latest survey was delivered in that system its coordinates are given back as they came; otherwise the kept
shape is transformed, to 0.01 mm.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely

from service.accounts.access import Actor
from service.exports import fields
from service.exports.formats import Target
from service.geo import crs
from service.geo.crs import Floats, Zone
from service.geo.validity import Geometries, as_multipolygons
from service.parcels import selection
from service.parcels.reading import SORTED, SORTS
from service.parcels.selection import Selection

BATCH_ROWS = 2_000
_DEGREE_DIGITS, _METRE_DIGITS = 10, 5  # 0.01 mm, for what is computed
_SHIFTED_DIGITS = 6  # a million more or less leaves no more of a float's digits

Points = list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some parcels: their columns by field, multipolygons in the target's system, and boundary points as delivered.

    `points` is None for a parcel whose shape here is not the delivered one, or that came without point numbers.
    """

    columns: pa.Table
    shapes: Geometries
    points: list[Points]


_COLUMNS = """p.code, p.name, p.address, p.cadastral_code, p.lot_number, j.name AS jurisdiction, p.county_code,
    r.name AS township, p.land_use_scheme, p.land_use_code, p.land_use_given,
    (SELECT json_agg(json_build_object('scheme', u.scheme, 'code', u.code, 'share', u.share,
        'max_term_years', u.max_term_years) ORDER BY u.ordinal) FROM parcel_land_use AS u WHERE u.parcel_id = p.id)
        AS components,
    p.area_legal_m2::float8, p.area_plane_m2::float8, p.area_ellipsoid_m2::float8,
    p.far, p.density_pct, p.green_pct, p.height_m, s.stage, s.hold, s.idle, s.stage_since, p.registered_on,
    v.surveyed_on, CASE WHEN v.source_crs = ANY (%(delivered)s) THEN v.source_crs END AS delivered,
    CASE WHEN v.source_crs = ANY (%(delivered)s) THEN v.geometry ELSE ST_AsBinary(p.geom) END AS shape,
    CASE WHEN %(with_points)s AND v.source_crs = ANY (%(delivered)s) THEN v.points END AS points"""
_SOURCE = f"""SELECT {_COLUMNS} FROM ({{chosen}}) AS s JOIN parcel AS p ON p.id = s.id
JOIN jurisdiction AS j ON j.id = p.jurisdiction_id LEFT JOIN region AS r ON r.id = p.region_id
LEFT JOIN LATERAL (SELECT source_crs, geometry, points, surveyed_on FROM parcel_survey
                   WHERE parcel_id = p.id ORDER BY recorded_at DESC, id DESC LIMIT 1) AS v ON true"""  # noqa: S608


def count(connection: psycopg.Connection[Any], actor: Actor, selected: Selection, *, most: int) -> int:
    """Count the visible parcels of a selection, `most` at the highest."""
    chosen = selection.chosen(selected, actor)
    statement = f"SELECT count(*) FROM (SELECT {chosen.sql} LIMIT %(most)s) AS found"  # noqa: S608
    row = connection.execute(statement.encode(), {**chosen.params, "most": most}, prepare=False).fetchone()
    return 0 if row is None else int(row[0])


def batches(
    connection: psycopg.Connection[Any], actor: Actor, selected: Selection, target: Target, *, sort: str = "code"
) -> Generator[Batch]:
    """Yield the visible parcels of a selection in the order of `sort`, through a cursor: memory holds one batch.

    The connection must be in a transaction; everything is read as it stood when the statement began.
    """
    chosen = selection.chosen(selected, actor)
    params = {**chosen.params, "delivered": _same_coordinates(target), "with_points": target.format.name == "txt"}
    statement = f"{_SOURCE.format(chosen=f'{SORTED} {chosen.sql}')} ORDER BY {SORTS[sort].order('s')}"
    with connection.cursor("export", binary=True) as cursor:
        cursor.execute(statement.encode(), params)
        names = [column.name for column in cursor.description or ()]
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield _batch([dict(zip(names, row, strict=True)) for row in rows], target)


def _same_coordinates(target: Target) -> list[int]:
    """EPSG codes of systems whose coordinates are the target's own, the zone number in front of the easting apart."""
    zone = target.crs.zone
    if zone is None:
        return [target.epsg]
    return [Zone(zone.width, zone.number, prefixed=prefixed).epsg for prefixed in (True, False)]


def _batch(rows: Sequence[dict[str, Any]], target: Target) -> Batch:
    worded = target.format.headings != "field"
    told = [row | fields.values(row, worded=worded) for row in rows]
    columns = {each.field: pa.array([row[each.field] for row in told], each.type) for each in fields.fields()}
    return Batch(pa.table(columns), _shapes(rows, target), [row["points"] for row in rows])


def _shapes(rows: Sequence[dict[str, Any]], target: Target) -> Geometries:
    shapes = as_multipolygons(shapely.from_wkb([row["shape"] for row in rows]))
    delivered = np.array([row["delivered"] or 0 for row in rows])
    computed = delivered == 0
    if computed.any():
        shapes[computed] = _transformed(shapes[computed], target)
    zone = target.crs.zone
    if zone is not None:
        other = ~computed & (delivered != target.epsg)
        shift = zone.false_easting - Zone(zone.width, zone.number, prefixed=not zone.prefixed).false_easting
        shapes[other] = shapely.transform(shapes[other], lambda xy: np.add(xy, (shift, 0)).round(_SHIFTED_DIGITS))
    return shapes


def _transformed(shapes: Geometries, target: Target) -> Geometries:
    digits = _DEGREE_DIGITS if target.crs.is_geographic else _METRE_DIGITS

    def transform(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = crs.from_cgcs2000(target.crs, lon, lat)
        return x.round(digits), y.round(digits)

    if target.crs.is_geographic:  # kept in degrees: nothing is computed
        return shapes
    moved: Geometries = shapely.transform(shapes, transform, interleaved=False)
    return moved
