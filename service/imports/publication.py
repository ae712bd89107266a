"""Publishing staged rows, and taking a publication back: each in the caller's one transaction, by the database itself.

The caller keeps other writers of boundaries away (the map lock) and writes the audit entries from what is returned.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pyarrow as pa
import shapely

from service.checklist.holding import SOLD
from service.geo.crs import CGCS2000
from service.imports import queries, workshop
from service.imports.adjoining import check_neighbours
from service.imports.publish import Edition, add_events
from service.imports.report import Report
from service.parcels.built_on import Obstacle, pointing
from service.parcels.lifecycle import Hold, Stage
from service.parcels.lineage import FREE_STAGES

_OVERLAPS_AT_ONCE = 50_000  # rows whose shapes are looked at together
_BUREAUS_OWN = [str(each) for each in FREE_STAGES]  # stages in which a boundary concerns nobody else


class Changed(NamedTuple):
    """A parcel that a publication changed or an undoing put back: what differs, and whether its boundary does.

    `concerned`: its boundary moved by an approver's word, since others are concerned by it.
    """

    code: str
    changes: dict[str, list[Any]]
    resurveyed: bool
    concerned: bool


_CHANGED_SINCE = """
SELECT s.row, s.code FROM staged_parcel AS s LEFT JOIN parcel AS p ON p.id = s.parcel_id
WHERE s.import_id = %(import)s AND s.parcel_id IS NOT NULL AND s.action <> 'same'
  AND p.version IS DISTINCT FROM s.parcel_version
ORDER BY s.row
"""
_MADE_SINCE = """
SELECT s.row, s.code FROM staged_parcel AS s WHERE s.import_id = %(import)s AND s.parcel_id IS NULL
  AND EXISTS (SELECT FROM parcel AS p WHERE upper(p.code COLLATE "C") = upper(s.code COLLATE "C")) ORDER BY s.row
"""
_SOLD = """
SELECT s.row, s.code FROM staged_parcel AS s
WHERE s.import_id = %(import)s AND s.action = 'added' AND s.stage = ANY (%(sold)s)
  AND coalesce(s.stage_since, %(since)s) >= %(since)s ORDER BY s.row
"""
_CADASTRAL_TAKEN = """
SELECT s.row, s.cadastral_code FROM staged_parcel AS s JOIN parcel AS p ON p.cadastral_code = s.cadastral_code
WHERE s.import_id = %(import)s AND p.id IS DISTINCT FROM s.parcel_id ORDER BY s.row
"""

_MIDDLES = """
SELECT (ST_XMin(s.geom) + ST_XMax(s.geom)) / 2, (ST_YMin(s.geom) + ST_YMax(s.geom)) / 2
FROM staged_parcel AS s WHERE s.import_id = %(import)s AND s.row = ANY (%(rows)s) ORDER BY s.row
"""


def recheck(connection: psycopg.Connection[Any], import_id: int, jurisdiction_id: int, report: Report) -> None:
    """Look again at what may have changed since the rows were compared; parcels to be changed stay locked."""
    since = queries.checklists_asked_since(connection, jurisdiction_id)
    asked: dict[str, Any] = {"import": import_id, "sold": sorted(SOLD), "since": since}
    connection.execute(
        "SELECT FROM parcel WHERE id IN (SELECT parcel_id FROM staged_parcel WHERE import_id = %(import)s"
        " AND action IN ('geometry', 'attributes')) ORDER BY id FOR UPDATE",
        asked,
    )
    for code, field, query in (
        ("changed_since", "code", _CHANGED_SINCE),
        ("made_since", "code", _MADE_SINCE),
        ("cadastral_taken", "cadastral_code", _CADASTRAL_TAKEN),
        ("sold_without_checklist", "code", _SOLD),
    ):
        found = connection.execute(query, asked).fetchall()
        if found:
            rows, shown = zip(*found, strict=True)
            places = np.array(connection.execute(_MIDDLES, asked | {"rows": list(rows)}).fetchall())
            report.rows(code, np.array(rows), field=field, values=shown, places=places)
    if not report.errors:
        _recheck_overlaps(connection, import_id, report)


def _recheck_overlaps(connection: psycopg.Connection[Any], import_id: int, report: Report) -> None:
    query = "SELECT code FROM staged_parcel WHERE import_id = %s AND parcel_id IS NOT NULL"
    own = frozenset(code for (code,) in connection.execute(query, (import_id,)))
    with connection.cursor("staged_shapes", binary=True) as cursor:
        cursor.itersize = _OVERLAPS_AT_ONCE
        cursor.execute(
            "SELECT row, ST_AsBinary(geom), area_plane_m2::float8 FROM staged_parcel"
            " WHERE import_id = %s AND action IN ('added', 'geometry') ORDER BY row",
            (import_id,),
        )
        while some := cursor.fetchmany(_OVERLAPS_AT_ONCE):
            rows, wkb, areas = zip(*some, strict=True)
            bounds = shapely.bounds(shapely.from_wkb(np.array(wkb, dtype=object)))
            lon, lat = (bounds[:, :2] + bounds[:, 2:]).T / 2
            shapes = pa.array(wkb, pa.binary())
            read = pa.table({"row": rows, "geom_wkb": shapes, "area_plane_m2": areas, "lon": lon, "lat": lat})
            check_neighbours(
                partial(queries.neighbours, connection), read, bounds, report, measure=workshop.measured, but=own
            )


_KEEP_BEFORE = """
INSERT INTO import_change (import_id, parcel_id, version, before, land_uses, geom)
SELECT s.import_id, p.id, p.version + 1,
  jsonb_build_object('name', p.name, 'address', p.address, 'cadastral_code', p.cadastral_code,
    'lot_number', p.lot_number, 'registered_on', p.registered_on, 'area_legal_m2', p.area_legal_m2::text,
    'area_plane_m2', p.area_plane_m2::text,
    'area_ellipsoid_m2', p.area_ellipsoid_m2::text, 'land_use_scheme', p.land_use_scheme,
    'land_use_code', p.land_use_code, 'land_use_given', p.land_use_given,
    'far', p.far, 'density_pct', p.density_pct, 'green_pct', p.green_pct, 'height_m', p.height_m,
    'region_id', p.region_id, 'county_code', p.county_code),
  (SELECT coalesce(jsonb_agg(to_jsonb(u) ORDER BY u.ordinal), '[]') FROM parcel_land_use AS u WHERE u.parcel_id = p.id),
  CASE WHEN s.action = 'geometry' THEN p.geom END
FROM staged_parcel AS s JOIN parcel AS p ON p.id = s.parcel_id
WHERE s.import_id = %(import)s AND s.action IN ('geometry', 'attributes')
"""
_CHANGE = """
UPDATE parcel AS p SET
  name = coalesce(s.name, p.name), address = coalesce(s.address, p.address),
  cadastral_code = coalesce(s.cadastral_code, p.cadastral_code), lot_number = coalesce(s.lot_number, p.lot_number),
  registered_on = coalesce(s.registered_on, p.registered_on),
  area_legal_m2 = coalesce(s.area_legal_m2, p.area_legal_m2),
  land_use_scheme = CASE WHEN s.changes ? 'land_use' THEN s.land_use_scheme ELSE p.land_use_scheme END,
  land_use_code = CASE WHEN s.changes ? 'land_use' THEN s.land_use_code ELSE p.land_use_code END,
  land_use_given = coalesce(s.land_use_given, p.land_use_given),
  far = coalesce(s.far, p.far), density_pct = coalesce(s.density_pct, p.density_pct),
  green_pct = coalesce(s.green_pct, p.green_pct), height_m = coalesce(s.height_m, p.height_m),
  geom = CASE WHEN s.action = 'geometry' THEN s.geom ELSE p.geom END,
  area_plane_m2 = CASE WHEN s.action = 'geometry' THEN s.area_plane_m2 ELSE p.area_plane_m2 END,
  area_ellipsoid_m2 = CASE WHEN s.action = 'geometry' THEN s.area_ellipsoid_m2 ELSE p.area_ellipsoid_m2 END,
  region_id = CASE WHEN s.action = 'geometry' AND NOT p.region_overridden THEN s.region_id ELSE p.region_id END,
  county_code = CASE WHEN s.action = 'geometry' THEN s.county_code ELSE p.county_code END,
  version = p.version + 1, updated_at = now()
FROM staged_parcel AS s
WHERE s.import_id = %(import)s AND s.action IN ('geometry', 'attributes') AND p.id = s.parcel_id
"""
# A new main use stands for all of them: the components that said otherwise go, kept in import_change.
_DROP_USES = """
DELETE FROM parcel_land_use WHERE parcel_id IN (
  SELECT parcel_id FROM staged_parcel WHERE import_id = %(import)s AND action <> 'same' AND changes ? 'land_use')
"""
_SURVEY_COLUMNS = "parcel_id, source_crs, zone_prefixed, geometry, points, document_id, source_row, surveyed_on"
_SURVEY = "%(crs)s, %(prefixed)s, s.survey, s.points, %(document)s, s.row, s.surveyed_on"
# A boundary that concerns others bears the word of the approver who let it move.
_RESURVEY = f"""
WITH made AS (
  INSERT INTO parcel_survey ({_SURVEY_COLUMNS}, actor, override_reason, override_document_id)
  SELECT s.parcel_id, {_SURVEY}, word.decided_by, word.override_reason, word.override_document_id
  FROM staged_parcel AS s JOIN parcel AS p ON p.id = s.parcel_id
  LEFT JOIN import AS word
    ON word.id = s.import_id AND word.override_reason IS NOT NULL AND p.stage <> ALL (%(bureaus_own)s)
  WHERE s.import_id = %(import)s AND s.action = 'geometry'
  RETURNING id, parcel_id)
UPDATE import_change AS c SET survey_id = made.id FROM made
WHERE c.import_id = %(import)s AND c.parcel_id = made.parcel_id
"""  # noqa: S608 - our own columns
_ADD = f"""
WITH made AS (
  INSERT INTO parcel (code, name, address, cadastral_code, lot_number, registered_on, area_legal_m2, land_use_scheme,
    land_use_code, land_use_given, far, density_pct, green_pct, height_m, jurisdiction_id, region_id, county_code, geom,
    area_plane_m2, area_ellipsoid_m2, stage, stage_since, hold, import_id)
  SELECT code, name, address, cadastral_code, lot_number, registered_on, area_legal_m2, land_use_scheme,
    land_use_code, land_use_given, far, density_pct, green_pct, height_m, %(jurisdiction)s, region_id, county_code,
    geom, area_plane_m2, area_ellipsoid_m2, coalesce(stage, %(candidate)s), coalesce(stage_since, %(today)s),
    coalesce(hold, %(free)s), import_id
  FROM staged_parcel WHERE import_id = %(import)s AND action = 'added' ORDER BY row
  RETURNING id, code),
surveyed AS (
  INSERT INTO parcel_survey ({_SURVEY_COLUMNS})
  SELECT made.id, {_SURVEY} FROM made JOIN staged_parcel AS s ON s.import_id = %(import)s AND s.code = made.code)
SELECT min(id) AS first, max(id) AS last FROM made
"""  # noqa: S608 - our own columns
_TOLD = """
SELECT s.code, s.changes, s.action = 'geometry' AS resurveyed,
  s.action = 'geometry' AND p.stage <> ALL (%(bureaus_own)s) AS concerned
FROM staged_parcel AS s JOIN parcel AS p ON p.id = s.parcel_id
WHERE s.import_id = %(import)s AND s.action IN ('geometry', 'attributes') ORDER BY s.row
"""


def publish_staged(connection: psycopg.Connection[Any], edition: Edition) -> Iterator[Changed]:
    """Make and change the parcels of all staged rows, and tell which were changed; then nothing is staged any more."""
    words = {
        "import": edition.import_id,
        "document": edition.document_id,
        "jurisdiction": edition.jurisdiction_id,
        "today": edition.today,
        "crs": edition.source_crs or CGCS2000,
        "prefixed": edition.zone_prefixed,
        "candidate": str(Stage.candidate),
        "free": str(Hold.none),
        "bureaus_own": _BUREAUS_OWN,
    }
    for statement in (_KEEP_BEFORE, _CHANGE, _DROP_USES, _RESURVEY):
        connection.execute(statement, words)
    first, last = connection.execute(_ADD, words).fetchone() or (None, None)
    if first is not None and last is not None:
        add_events(connection, edition, {"import": edition.import_id, "first": first, "last": last})
    yield from _told(connection, _TOLD, words)
    unstage(connection, edition.import_id)


class Concerned(NamedTuple):
    """A parcel whose boundary would move, though others are concerned by it: its row (None: by an undoing)."""

    row: int | None
    code: str
    stage: str


_CONCERNED = """
SELECT s.row, p.code, p.stage FROM staged_parcel AS s JOIN parcel AS p ON p.id = s.parcel_id
WHERE s.import_id = %(import)s AND s.action = 'geometry' AND p.stage <> ALL (%(bureaus_own)s)
ORDER BY s.row LIMIT %(most)s
"""
_CONCERNED_BACK = """
SELECT NULL, p.code, p.stage FROM import_change AS c JOIN parcel AS p ON p.id = c.parcel_id
WHERE c.import_id = %(import)s AND c.geom IS NOT NULL AND p.stage <> ALL (%(bureaus_own)s)
ORDER BY p.id LIMIT %(most)s
"""


def concerned(connection: psycopg.Connection[Any], import_id: int, *, back: bool = False) -> list[Concerned]:
    """Return whose boundary publishing (`back`: undoing) would move without the bureau being free to; at most 50."""
    words = {"import": import_id, "bureaus_own": _BUREAUS_OWN, "most": MOST_OBSTACLES}
    return [Concerned(*row) for row in connection.execute(_CONCERNED_BACK if back else _CONCERNED, words)]


_CHANGING = """
SELECT parcel_id FROM staged_parcel WHERE import_id = %s AND action IN ('geometry', 'attributes')
"""
_CHANGING_BACK = "SELECT parcel_id FROM import_change WHERE import_id = %s"


def changing(connection: psycopg.Connection[Any], import_id: int, *, back: bool = False) -> list[int]:
    """Return the parcels that publishing (`back`: undoing) changes."""
    return [number for (number,) in connection.execute(_CHANGING_BACK if back else _CHANGING, (import_id,))]


def unstage(connection: psycopg.Connection[Any], import_id: int) -> None:
    """Remove the staged rows of an import that has ended."""
    connection.execute("DELETE FROM staged_parcel WHERE import_id = %s", (import_id,))


def _told(connection: psycopg.Connection[Any], query: str, words: dict[str, Any]) -> Iterator[Changed]:
    for row in connection.execute(query, words):
        yield Changed(*row)


_PUT_BACK = """
UPDATE parcel AS p SET
  name = b.name, address = b.address, cadastral_code = b.cadastral_code, lot_number = b.lot_number,
  registered_on = b.registered_on, area_legal_m2 = b.area_legal_m2, land_use_scheme = b.land_use_scheme,
  land_use_code = b.land_use_code, land_use_given = b.land_use_given, far = b.far, density_pct = b.density_pct,
  green_pct = b.green_pct, height_m = b.height_m,
  region_id = b.region_id, county_code = b.county_code, area_plane_m2 = b.area_plane_m2,
  area_ellipsoid_m2 = b.area_ellipsoid_m2, geom = coalesce(c.geom, p.geom), version = p.version + 1, updated_at = now()
FROM import_change AS c, jsonb_to_record(c.before) AS b (
  name text, address text, cadastral_code text, lot_number text, registered_on date, area_legal_m2 numeric,
  area_plane_m2 numeric, area_ellipsoid_m2 numeric, land_use_scheme text, land_use_code text, land_use_given text,
  far numrange, density_pct numrange, green_pct numrange, height_m numrange, region_id int, county_code text)
WHERE c.import_id = %(import)s AND p.id = c.parcel_id
"""
_PUT_USES_BACK = """
INSERT INTO parcel_land_use (parcel_id, ordinal, scheme, code, share, max_term_years)
SELECT c.parcel_id, u.ordinal, u.scheme, u.code, u.share, u.max_term_years
FROM import_change AS c, jsonb_to_recordset(c.land_uses)
  AS u (ordinal smallint, scheme text, code text, share numeric, max_term_years smallint)
WHERE c.import_id = %(import)s ON CONFLICT DO NOTHING
"""
_BEFORE = """
SELECT p.code, c.before AS changes, c.geom IS NOT NULL AS resurveyed,
  c.geom IS NOT NULL AND p.stage <> ALL (%(bureaus_own)s) AS concerned
FROM import_change AS c JOIN parcel AS p ON p.id = c.parcel_id WHERE c.import_id = %(import)s ORDER BY p.id
"""


def take_back(connection: psycopg.Connection[Any], import_id: int) -> tuple[int, list[Changed]]:
    """Remove what an import added and put back what it changed; return how many went, and which were put back."""
    words = {"import": import_id, "bureaus_own": _BUREAUS_OWN}
    restored = list(_told(connection, _BEFORE, words))
    connection.execute(
        "DELETE FROM parcel_survey WHERE id IN (SELECT survey_id FROM import_change WHERE import_id = %(import)s)",
        words,
    )
    connection.execute(_PUT_BACK, words)
    connection.execute(_PUT_USES_BACK, words)
    connection.execute("DELETE FROM import_change WHERE import_id = %(import)s", words)
    (gone,) = connection.execute("SELECT parcel_withdraw(%(import)s)", words).fetchone() or (0,)
    return gone, restored


# Documents of a parcel that the import only changed stay with it: one may say why its boundary goes back.
_OBSTACLES = """
WITH touched AS (
  SELECT id, code, version <> 1 AS changed, true AS made FROM parcel WHERE import_id = %(import)s
  UNION ALL
  SELECT p.id, p.code, p.version <> c.version, false FROM import_change AS c JOIN parcel AS p ON p.id = c.parcel_id
  WHERE c.import_id = %(import)s)
SELECT code, what FROM (
  SELECT code, 'change' AS what FROM touched WHERE changed
  UNION ALL SELECT code, 'event' FROM touched
    WHERE made AND (SELECT count(*) FROM parcel_event WHERE parcel_id = touched.id) > 1
  UNION ALL SELECT code, 'survey' FROM touched
    WHERE made AND (SELECT count(*) FROM parcel_survey WHERE parcel_id = touched.id) > 1
  UNION ALL SELECT code, 'document' FROM touched
    JOIN document AS d ON d.subject_type = 'parcel' AND d.subject_id = upper(touched.code COLLATE "C")
    WHERE made AND d.uploaded_at > (SELECT finished_at FROM import WHERE id = %(import)s)
) AS found GROUP BY code, what ORDER BY code, what LIMIT %(most)s
"""
MOST_OBSTACLES = 50


def obstacles(connection: psycopg.Connection[Any], import_id: int) -> list[Obstacle]:
    """Return what was built on the parcels of a publication, by parcel; at most MOST_OBSTACLES."""
    words = {"import": import_id, "most": MOST_OBSTACLES}
    found = [Obstacle(*row) for row in connection.execute(_OBSTACLES, words)]
    made = "SELECT id FROM parcel WHERE import_id = %(import)s"
    found += pointing(connection, made, words, most=MOST_OBSTACLES)
    return found[:MOST_OBSTACLES]
