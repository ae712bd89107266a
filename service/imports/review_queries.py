"""What a reviewer looks at: staged rows with their differences, the parcels a file misses, outlines for the map."""

from collections.abc import Sequence
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from service.core.errors import NotFound
from service.geo.bbox import Bbox
from service.imports.staging import MISSING

Action = Literal["added", "geometry", "attributes", "same", "missing"]
Json = dict[str, Any]
MOST_OUTLINES = 3_000

_ERRORS = """(SELECT count(*) FROM import_finding AS f
  WHERE f.import_id = s.import_id AND f.row = s.row AND f.severity = 'error')"""
_REPAIRS = """CASE WHEN s.repair IS NULL THEN '[]'::jsonb ELSE (SELECT jsonb_agg(r.one - 'wkb' - 'row' ORDER BY r.at)
  FROM import AS i, jsonb_array_elements(i.repairs) WITH ORDINALITY AS r (one, at)
  WHERE i.id = s.import_id AND (r.one ->> 'row')::int = s.row) END"""
_ROW = f"""
SELECT s.row, s.code, s.name, s.action, coalesce(s.changes, '{{}}') AS changes, s.moved_m2,
  s.area_plane_m2::float8 AS area_m2, p.area_plane_m2::float8 AS area_before_m2, {_ERRORS}::int AS errors,
  {_REPAIRS} AS repairs,
  ST_X(ST_Centroid(Box2D(s.geom))) AS lon, ST_Y(ST_Centroid(Box2D(s.geom))) AS lat
"""
_FROM = "FROM staged_parcel AS s LEFT JOIN parcel AS p ON p.id = s.parcel_id WHERE s.import_id = %(import)s"


def row_page(
    connection: psycopg.Connection[Any], import_id: int, *, action: str | None, after: int | None, limit: int
) -> Sequence[Json]:
    """Return staged rows in the order of the file, those after a row; `action` None: every row."""
    only = "" if action is None else "AND s.action = %(action)s"
    query = f"{_ROW} {_FROM} {only} AND s.row > %(after)s ORDER BY s.row LIMIT %(limit)s"
    with connection.cursor(row_factory=dict_row) as cursor:
        asked = {"import": import_id, "action": action, "after": after or 0, "limit": limit}
        return cursor.execute(query, asked).fetchall()


def missing_page(
    connection: psycopg.Connection[Any], import_id: int, jurisdiction_id: int, *, after: int | None, limit: int
) -> Sequence[Json]:
    """Return parcels of the jurisdiction where the file lies that it doesn't speak of, by id; those after an id."""
    query = f"""SELECT p.id AS row, p.code, p.name, 'missing' AS action, '{{}}'::jsonb AS changes,
        NULL::float8 AS moved_m2,
        p.area_plane_m2::float8 AS area_m2, p.area_plane_m2::float8 AS area_before_m2, 0 AS errors,
        '[]'::jsonb AS repairs,
        ST_X(ST_Centroid(Box2D(p.geom))) AS lon, ST_Y(ST_Centroid(Box2D(p.geom))) AS lat
        {MISSING} AND p.id > %(after)s ORDER BY p.id LIMIT %(limit)s"""
    with connection.cursor(row_factory=dict_row) as cursor:
        asked = {"import": import_id, "jurisdiction": jurisdiction_id, "after": after or 0, "limit": limit}
        return cursor.execute(query, asked).fetchall()


def shapes(connection: psycopg.Connection[Any], import_id: int, row: int) -> Json:
    """Return the outline of a staged row, and that of its parcel as it stands, as GeoJSON; NotFound: no such row."""
    found = connection.execute(
        f"SELECT ST_AsGeoJSON(p.geom, 9)::jsonb, ST_AsGeoJSON(s.geom, 9)::jsonb {_FROM} AND s.row = %(row)s",
        {"import": import_id, "row": row},
    ).fetchone()
    if found is None:
        raise NotFound(f"导入 {import_id} 没有待审的第 {row} 行。", f"Import {import_id} has no staged row {row}.")
    return {"before": found[0], "after": found[1]}


_OUTLINES = """
SELECT jsonb_build_object('type', 'Feature', 'id', row, 'geometry', ST_AsGeoJSON(geom, 7)::jsonb,
  'properties', jsonb_build_object('row', row, 'code', code, 'action', action)) FROM (
  SELECT s.row, s.code, s.action, s.geom FROM staged_parcel AS s WHERE s.import_id = %(import)s
    AND s.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490) LIMIT %(most)s) AS staged
"""
_MISSING_OUTLINES = f"""
SELECT jsonb_build_object('type', 'Feature', 'id', -id, 'geometry', ST_AsGeoJSON(geom, 7)::jsonb,
  'properties', jsonb_build_object('row', -id, 'code', code, 'action', 'missing')) FROM (
  SELECT p.id, p.code, p.geom {MISSING}
    AND p.geom_web && ST_Transform(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490), 3857)
  LIMIT %(most)s) AS missed
"""  # noqa: S608 - our own words


def outlines(connection: psycopg.Connection[Any], import_id: int, jurisdiction_id: int, box: Bbox) -> Json:
    """Return the staged rows and missed parcels in a box as GeoJSON features, at most MOST_OUTLINES of either."""
    asked = {"import": import_id, "jurisdiction": jurisdiction_id, "most": MOST_OUTLINES, **box._asdict()}
    staged = [feature for (feature,) in connection.execute(_OUTLINES, asked)]
    missed = [feature for (feature,) in connection.execute(_MISSING_OUTLINES, asked)]
    complete = max(len(staged), len(missed)) < MOST_OUTLINES
    return {"type": "FeatureCollection", "features": [*missed, *staged], "complete": complete}
