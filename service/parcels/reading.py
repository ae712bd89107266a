"""Ready statements of the busiest doors: a page, one parcel, the place under a point, the status of many.

They run on a psycopg connection (the pool's in autocommit, or a session's own), and their rows go to JSON as they are:
geometry as the text the database wrote, no response model on the way out (performance notes §5, §7). The pydantic
shapes in `schemas.py` document the answers; a test holds the two together.
"""

import datetime as dt
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import orjson
import psycopg
import shapely

from service.accounts.access import Actor
from service.codes import queries as codes
from service.core.errors import BadRequest, Conflict, NotFound
from service.core.spelling import folded
from service.geo import crs as geo_crs
from service.parcels import lifecycle, planning, selection
from service.parcels.lifecycle import Hold, Idle, Stage, State
from service.parcels.selection import CODE_KEY, CODE_KEY_OF, NOW, SUCCESSORS, Moment, Selection

Connection = psycopg.Connection[Any]
Row = tuple[Any, ...]
Json = dict[str, Any]

DEGREE_DIGITS = 7  # 1 cm
_GRID = 10.0**DEGREE_DIGITS  # `round` to digits writes the number out and reads it again: ten times the price
_METRE_DIGITS = 4


class AmbiguousNumber(Conflict):
    """A lot number that several parcels share; `codes` names them."""

    code, title_zh, title_en = "ambiguous-number", "编号对应多个地块", "Several parcels have this number"


class Found(NamedTuple):
    """One parcel as read: its version, and the members of the answer."""

    version: int
    members: Json


# summary() reads these by place.
_SUMMARY = """p.id, p.code, p.name, p.address, p.cadastral_code, p.lot_number, s.stage, s.hold, s.idle, s.stage_since,
    j.code, j.name, p.county_code, r.code, r.name, p.land_use_scheme, p.land_use_code,
    p.area_m2::float8, p.area_legal_m2::float8, p.area_plane_m2::float8, p.area_ellipsoid_m2::float8,
    ST_XMin(p.geom), ST_YMin(p.geom), ST_XMax(p.geom), ST_YMax(p.geom), ST_AsBinary(ST_Centroid(p.geom), 'NDR'),
    p.version, p.updated_at"""
_SUMMARY_WIDTH = 28
_VERSION, _UPDATED_AT = 26, 27
_PLACES = "JOIN jurisdiction AS j ON j.id = p.jurisdiction_id LEFT JOIN region AS r ON r.id = p.region_id"

_DETAIL = f"""p.registered_on, p.region_overridden, p.created_at, p.far, p.density_pct, p.green_pct, p.height_m,
    p.land_use_given, (SELECT json_agg(json_build_object('scheme', u.scheme, 'code', u.code, 'share', u.share,
                                       'max_term_years', u.max_term_years) ORDER BY u.ordinal)::text
     FROM parcel_land_use AS u WHERE u.parcel_id = p.id),
    (SELECT json_build_object(
        'source_crs', v.source_crs, 'zone_prefixed', v.zone_prefixed, 'document_id', v.document_id,
        'source_name', d.file_name, 'surveyed_on', v.surveyed_on,
        'replaced_on', CASE WHEN EXISTS (SELECT FROM parcel_survey AS w WHERE w.parcel_id = p.id AND w.id <> v.id)
            THEN coalesce(v.surveyed_on, (v.recorded_at AT TIME ZONE 'Asia/Shanghai')::date) END,
        'point_count', coalesce(jsonb_array_length(v.points), ST_NPoints(ST_GeomFromWKB(v.geometry))))::text
     FROM parcel_survey AS v LEFT JOIN document AS d ON d.id = v.document_id
     WHERE v.parcel_id = p.id ORDER BY v.recorded_at DESC, v.id DESC LIMIT 1),
     o.effective_on, {SUCCESSORS}"""  # noqa: S608 - our own fragments
# A list sorts short rows; only those on the page get all their columns.
SORTED = "SELECT p.id, p.code, p.area_m2, p.updated_at, s.stage, s.hold, s.idle, s.stage_since"
_GEOJSON, _WKB = "ST_AsGeoJSON(p.geom, 7, 0)", "ST_AsBinary(p.geom)"


class _Sort(NamedTuple):
    columns: Sequence[str]  # `{}` stands for the table
    after: str
    key: Callable[[Row], list[Any]]
    direction: str = ""

    def order(self, table: str) -> str:
        return ", ".join(f"{column.format(table)} {self.direction}" for column in self.columns)


def _code_key(row: Row) -> list[Any]:
    return [row[1]]


def _area_key(row: Row) -> list[Any]:
    return [row[17], row[0]]


def _time_key(row: Row) -> list[Any]:
    return [row[_UPDATED_AT], row[0]]


_AREA, _TIME = ("{}.area_m2", "{}.id"), ("{}.updated_at", "{}.id")
SORTS = {
    "code": _Sort([CODE_KEY_OF], f"{CODE_KEY} > %(after_0)s", _code_key),
    "-code": _Sort([CODE_KEY_OF], f"{CODE_KEY} < %(after_0)s", _code_key, "DESC"),
    "area_m2": _Sort(_AREA, "(p.area_m2, p.id) > (%(after_0)s, %(after_1)s)", _area_key),
    "-area_m2": _Sort(_AREA, "(p.area_m2, p.id) < (%(after_0)s, %(after_1)s)", _area_key, "DESC"),
    "updated_at": _Sort(_TIME, "(p.updated_at, p.id) > (%(after_0)s, %(after_1)s)", _time_key),
    "-updated_at": _Sort(_TIME, "(p.updated_at, p.id) < (%(after_0)s, %(after_1)s)", _time_key, "DESC"),
}


class ParcelPage(NamedTuple):
    """One page: its items, and the sort key of the last one if more follow."""

    items: list[Json]
    last: list[Any] | None


def page(
    connection: Connection,
    actor: Actor,
    selected: Selection,
    *,
    sort: str,
    after: Sequence[object] | None,
    limit: int,
    with_geometry: bool = False,
) -> ParcelPage:
    """Return one page of the visible parcels that the selection holds; with geometry, items are GeoJSON features."""
    how = SORTS[sort]
    chosen = selection.chosen(selected, actor)
    params = chosen.params | {"limit": limit + 1}
    columns = f"{_SUMMARY}, {_GEOJSON}" if with_geometry else _SUMMARY
    following = ""
    if after is not None:
        params |= _after(sort, after)
        following = f"AND {how.after}"
    inner = (SORTED, chosen.sql, following, "ORDER BY", how.order("p"), "LIMIT %(limit)s")
    statement = ("SELECT", columns, "FROM (", *inner, ") AS s JOIN parcel AS p ON p.id = s.id", _PLACES)
    # Which index is best depends on the values, so that a plan is not kept; only a narrow box knows its index.
    prepare = None if selected.is_narrow else False
    rows = run(connection, params, *statement, "ORDER BY", how.order("s"), prepare=prepare)
    last = how.key(rows[limit - 1]) if len(rows) > limit else None
    return ParcelPage([_feature(row) if with_geometry else summary(row) for row in rows[:limit]], last)


def _after(sort: str, key: Sequence[object]) -> dict[str, object]:
    """Bind a cursor's key; its types are checked, because a cursor comes from outside."""
    match sort.removeprefix("-"), list(key):
        case "code", [str() as code]:
            return {"after_0": folded(code)}
        case "area_m2", [int() | float() as area, int() as number]:
            return {"after_0": selection.numeric(float(area)), "after_1": number}
        case "updated_at", [str() as instant, int() as number]:
            try:
                return {"after_0": dt.datetime.fromisoformat(instant), "after_1": number}
            except ValueError:
                pass
    raise BadRequest(
        "分页游标 cursor 与排序不符，请从第一页重新开始。", "The cursor belongs to another order of the list."
    )


def parcel(
    connection: Connection, actor: Actor, number: str, *, moment: Moment = NOW, target: geo_crs.SourceCrs | None = None
) -> Found:
    """Return one parcel by its code, cadastral code or lot number, in its state at `moment`.

    `target` is the CRS of the geometry, easting or longitude first; None: CGCS2000 degrees, read as CRS84.

    Raises:
        NotFound: absent, not visible, or not yet there on that day.
        AmbiguousNumber: several parcels have this lot number.

    """
    asked, state = selection.asked([number], actor), moment.state
    columns = ", ".join((_SUMMARY, _DETAIL, _GEOJSON if target is None else _WKB))
    statement = ("SELECT", columns, "FROM", asked.sql, state.sql, moment.ended.sql, _PLACES)
    rows = run(connection, asked.params | state.params, *statement, "WHERE s.stage IS NOT NULL LIMIT 20")
    if len(rows) > 1:
        found = sorted(row[1] for row in rows)
        raise AmbiguousNumber(
            f"编号“{number}”对应 {len(found)} 个地块，请用地块编号查询。",
            f"{len(found)} parcels have this number; ask by code.",
            facts={"codes": found},
        )
    if not rows:
        raise not_found(number)
    return Found(rows[0][_VERSION], _detail(rows[0], moment, target))


def version(connection: Connection, actor: Actor, number: str) -> int | None:
    """Return the version of one parcel, without reading its shape; None if there isn't exactly one."""
    asked = selection.asked([number], actor)
    rows = run(connection, asked.params, "SELECT p.version FROM", asked.sql, "LIMIT 2")
    return rows[0][0] if len(rows) == 1 else None


def not_found(number: str) -> NotFound:
    """Say that there is no such parcel, or none that the caller may see: the two look the same."""
    return NotFound(f"没有编号为“{number[:60]}”的地块。", f"There is no parcel {number[:60]!r}.")


def at(connection: Connection, actor: Actor, lon: float, lat: float) -> list[Json]:
    """Return the visible parcels that cover a point (degrees, EPSG:4490), boundary included; normally one.

    A point outside China, or none at all (not finite), lies in no parcel.
    """
    west, south, east, north = selection.CHINA
    if not (west <= lon <= east and south <= lat <= north):
        return []
    allowed = selection.visible(actor)
    statement = ("SELECT", _SUMMARY, "FROM parcel AS p", selection.STATE_NOW, _PLACES, "WHERE", _UNDER_POINT)
    condition = ("AND p.retired_by IS NULL AND", allowed.sql, "ORDER BY p.code LIMIT 50")
    rows = run(connection, allowed.params | {"lon": lon, "lat": lat}, *statement, *condition)
    return [summary(row) for row in rows]


_UNDER_POINT = """p.geom_web && (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490), 3857))
    AND ST_Covers(p.geom, (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)))"""


class Statuses(NamedTuple):
    """What many numbers stand for: an item for each parcel found, in the order asked, and the numbers nobody has."""

    items: list[Json]
    unknown: list[str]


_STATUS = f"""a.asked, p.code, p.stage, p.hold, p.idle, p.stage_since, p.version,
    o.effective_on, {SUCCESSORS}"""
_STATUS_NAMES = ("asked", "code", "stage", "hold", "idle", "stage_since", "version", "retired_on", "successors")


def statuses(connection: Connection, actor: Actor, numbers: Sequence[str]) -> Statuses:
    """Return the present state of many parcels by any of their numbers; a shared lot number gives all its parcels."""
    asked = selection.asked(numbers, actor)
    rows = run(connection, asked.params, "SELECT", _STATUS, "FROM", asked.sql, NOW.ended.sql, "ORDER BY a.n, p.code")
    known = {row[0] for row in rows}
    unknown = [each for each in dict.fromkeys(numbers) if each not in known]
    return Statuses([dict(zip(_STATUS_NAMES, row, strict=True)) for row in rows], unknown)


# Why a parcel was formed stands with the operation that formed it.
_HISTORY = """e.id, e.kind, e.effective_on, e.recorded_at, e.actor, e.stage, e.hold, e.idle, d.id, d.title,
    coalesce(e.note, o.note), coalesce(e.override_reason, o.override_reason)"""
_EVENTS = """LEFT JOIN parcel_event AS e ON e.parcel_id = p.id
    LEFT JOIN lineage_operation AS o ON o.id = p.made_by AND e.kind = 'derive'
    LEFT JOIN document AS d ON d.id = coalesce(e.document_id, o.document_id)"""


def history(connection: Connection, actor: Actor, number: str) -> list[Json]:
    """Return what happened to a parcel, in order of effect.

    Raises:
        NotFound: absent or not visible.

    """
    asked = selection.asked([number], actor)
    statement = ("SELECT", _HISTORY, "FROM", asked.sql, _EVENTS, "ORDER BY e.effective_on, e.id")
    rows = run(connection, asked.params, *statement)
    if not rows:
        raise not_found(number)
    return [_event(row) for row in rows if row[0] is not None]


def _event(row: Row) -> Json:
    number, kind, effective_on, recorded_at, actor, stage, hold, idle, document, title, note, reason = row
    return {
        "id": number,
        "kind": kind,
        "effective_on": effective_on,
        "recorded_at": recorded_at,
        "actor": actor,
        "stage": stage,
        "hold": hold,
        "idle": idle,
        "document": document and {"id": document, "title": title},
        "note": note,
        "override_reason": reason,
    }


_SURVEYS = """SELECT v.id, v.surveyed_on, v.recorded_at, v.source_crs,
    coalesce(jsonb_array_length(v.points), ST_NPoints(ST_GeomFromWKB(v.geometry))), v.surveyor, v.reason, v.actor,
    v.override_reason, d.id, d.title, o.id, o.title
FROM parcel_survey AS v LEFT JOIN document AS d ON d.id = v.document_id
    LEFT JOIN document AS o ON o.id = v.override_document_id
WHERE v.parcel_id IN (SELECT p.id FROM"""
_SURVEY_NAMES = (
    "id",
    "surveyed_on",
    "recorded_at",
    "source_crs",
    "point_count",
    "surveyor",
    "reason",
    "actor",
    "override_reason",
)


def past(connection: Connection, actor: Actor, number: str) -> Json:
    """Return the events and the surveys of a parcel, as `history` does."""
    return {"items": history(connection, actor, number), "surveys": _surveys(connection, actor, number)}


def _surveys(connection: Connection, actor: Actor, number: str) -> list[Json]:
    asked = selection.asked([number], actor)
    rows = run(connection, asked.params, _SURVEYS, asked.sql, ") ORDER BY v.recorded_at DESC, v.id DESC LIMIT 200")
    return [
        dict(zip(_SURVEY_NAMES, row[:9], strict=True))
        | {"document": row[9] and {"id": row[9], "title": row[10]}}
        | {"override_document": row[11] and {"id": row[11], "title": row[12]}}
        for row in rows
    ]


def run(connection: Connection, params: Mapping[str, Any], *parts: str, prepare: bool | None = None) -> list[Row]:
    """Return the rows of the statement that the parts make, values in binary."""
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(" ".join(parts).encode(), params, prepare=prepare).fetchall()


def summary(row: Row) -> Json:
    """Write the first columns of a row (`_SUMMARY`) as the members of a summary."""
    number, code, name, address, cadastral, lot, stage, hold, idle, since, *rest = row[:_SUMMARY_WIDTH]
    jurisdiction, jurisdiction_name, county, region, region_name, scheme, use, *rest = rest
    area, legal, plane, ellipsoid, west, south, east, north, centroid, revision, updated_at = rest
    lon, lat = struct.unpack_from("<dd", centroid, 5)  # after byte order and type
    return {
        "id": number,
        "code": code,
        "name": name,
        "address": address,
        "cadastral_code": cadastral,
        "lot_number": lot,
        "stage": stage,
        "hold": hold,
        "idle": idle,
        "stage_since": since,
        "jurisdiction": {"code": jurisdiction, "name": jurisdiction_name},
        "county_code": county,
        "region": region and {"code": region, "name": region_name},
        "land_use": use and {"scheme": scheme, "code": use, "name": codes.name_of(scheme, use)},
        "area_m2": area,
        "area_legal_m2": legal,
        "area_plane_m2": plane,
        "area_ellipsoid_m2": ellipsoid,
        "bbox": [round(value * _GRID) / _GRID for value in (west, south, east, north)],
        "centre": [round(lon * _GRID) / _GRID, round(lat * _GRID) / _GRID],
        "version": revision,
        "updated_at": updated_at,
    }


def _feature(row: Row) -> Json:
    return {
        "type": "Feature",
        "id": row[0],
        "geometry": orjson.Fragment(row[_SUMMARY_WIDTH]),
        "properties": summary(row),
    }


def _detail(row: Row, moment: Moment, target: geo_crs.SourceCrs | None) -> Json:
    registered_on, overridden, created_at, *bounds, given, uses, survey, retired_on, successors, shape = row[
        _SUMMARY_WIDTH:
    ]
    state = State(Stage(row[6]), Hold(row[7]), Idle(row[8]))
    main = {"scheme": row[15], "code": row[16], "share": 1, "max_term_years": codes.max_term_years(row[15], row[16])}
    land_uses = orjson.loads(uses) if uses else [main] if row[16] else []
    for use in land_uses:
        use["name"] = codes.name_of(use["scheme"], use["code"])
    return summary(row) | {
        "geometry": orjson.Fragment(shape if target is None else _in_crs(shape, target)),
        "land_uses": land_uses,
        "land_use_given": given and _given_use(given),
        "planning": {name: planning.to_json(name, kept) for name, kept in zip(planning.FIELDS, bounds, strict=True)},
        "survey": survey and orjson.Fragment(survey),
        "registered_on": registered_on,
        "region_overridden": overridden,
        "created_at": created_at,
        "retired_on": retired_on,
        "successors": successors,
        # The past is read only, and so is what is split or merged away.
        "allowed_events": lifecycle.allowed(state) if moment.is_now and retired_on is None else (),
    }


def _in_crs(wkb: bytes, target: geo_crs.SourceCrs) -> str:
    """Write a shape in another CRS as GeoJSON: to 0.1 mm in metres, 1 cm in degrees."""
    shape = shapely.transform(
        shapely.from_wkb(wkb), lambda x, y: geo_crs.from_cgcs2000(target, x, y), interleaved=False
    )
    digits = DEGREE_DIGITS if target.is_geographic else _METRE_DIGITS
    return str(shapely.to_geojson(shapely.transform(shape, lambda xy: xy.round(digits))))


def _given_use(text: str) -> Json:
    """Write a land-use code as delivered, with what it may mean in the list of 2023."""
    scheme, code = codes.split(text)
    known = ({"name": codes.name_of(codes.LAND_USE, each.code), **asdict(each)} for each in codes.matches(scheme, code))
    return {"scheme": scheme, "code": code, "name": codes.name_of(scheme, code), "matches": list(known)}
