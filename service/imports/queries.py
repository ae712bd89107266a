"""What is known of imports, and what an import has to know of the parcels that are there."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Row, Select, Text, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.documents import subjects
from service.imports.map_models import SavedMap
from service.imports.models import Finding, Import
from service.regions.models import Jurisdiction, Region
from service.regions.queries import visible_jurisdictions


def checklists_asked_since(connection: psycopg.Connection[Any], jurisdiction_id: int) -> dt.date | None:
    """Return from which day on a sale of a jurisdiction needs a checklist if it is recorded now; None: no such rule."""
    found = connection.execute(
        "SELECT CASE WHEN recorded_from < now() THEN date '0001-01-01' ELSE required_from END FROM checklist_policy"
        " WHERE jurisdiction_id = %s AND required_from IS NOT NULL",
        (jurisdiction_id,),
    ).fetchone()
    return None if found is None else found[0]


def visible_imports(actor: Actor) -> Select[Import]:
    """The imports an actor may see: those into their jurisdictions."""
    if actor.jurisdictions is None:
        return select(Import)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(Import).where(Import.jurisdiction_id.in_(own))


def readable_import_ids(actor: Actor) -> Select[str]:
    """The ids of the imports whose files an actor may open: those they see, if they may read imports at all."""
    may = literal(Permission.IMPORT_READ in actor.permissions)
    return visible_imports(actor).where(may).with_only_columns(cast(Import.id, Text))


subjects.register("import", readable_import_ids)


def import_with_jurisdiction(session: Session, actor: Actor, import_id: int) -> Row[Import, str]:
    """Return an import and its jurisdiction's code; NotFound if absent or not visible."""
    row = session.execute(_with_code(visible_imports(actor)).where(Import.id == import_id)).one_or_none()
    if row is None:
        raise NotFound(f"没有导入 {import_id}。", f"No import {import_id}.")
    return row


def import_for_update(session: Session, actor: Actor, import_id: int) -> Import:
    """Return an import, locked; NotFound if absent or not visible."""
    wanted = visible_imports(actor).where(Import.id == import_id).with_for_update(of=Import)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"没有导入 {import_id}。", f"No import {import_id}.")
    return found


def visible_maps(actor: Actor) -> Select[SavedMap]:
    """The saved field maps an actor may see: shared ones and those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(SavedMap)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(SavedMap).where(or_(SavedMap.jurisdiction_id.is_(None), SavedMap.jurisdiction_id.in_(own)))


def maps_for(session: Session, jurisdiction_id: int) -> Sequence[SavedMap]:
    """Return the saved maps for files of a jurisdiction, the newest first."""
    usable = or_(SavedMap.jurisdiction_id.is_(None), SavedMap.jurisdiction_id == jurisdiction_id)
    return session.scalars(select(SavedMap).where(usable).order_by(SavedMap.id.desc())).all()


def import_page(session: Session, actor: Actor, *, before: int | None, limit: int) -> Sequence[Row[Import, str]]:
    """Return imports with their jurisdiction's code, the newest first, those older than id `before`."""
    statement = _with_code(visible_imports(actor)).order_by(Import.id.desc()).limit(limit)
    return session.execute(statement if before is None else statement.where(Import.id < before)).all()


def _with_code(statement: Select[Import]) -> Select[Import, str]:
    return statement.join(Jurisdiction, Jurisdiction.id == Import.jurisdiction_id).with_only_columns(
        Import, Jurisdiction.code
    )


def map_page(session: Session, actor: Actor, *, before: int | None, limit: int) -> Sequence[SavedMap]:
    """Return saved field maps, the newest first; those older than id `before`."""
    statement = visible_maps(actor).order_by(SavedMap.id.desc()).limit(limit)
    return session.scalars(statement if before is None else statement.where(SavedMap.id < before)).all()


class Only(NamedTuple):
    """Which findings are wanted; None: whatever it is."""

    severity: str | None = None
    code: str | None = None
    row: int | None = None


ANY = Only()


def finding_page(
    session: Session, import_id: int, only: Only = ANY, *, after: int | None, limit: int
) -> Sequence[Finding]:
    """Return findings of an import in the order they were kept, errors first; those after the id `after`."""
    statement = select(Finding).where(Finding.import_id == import_id).order_by(Finding.id).limit(limit)
    for name, value in only._asdict().items():
        if value is not None:
            statement = statement.where(getattr(Finding, name) == value)
    if after is not None:
        statement = statement.where(Finding.id > after)
    return session.scalars(statement).all()


def finished(session: Session, ids: Sequence[int]) -> Sequence[int]:
    """Return those of the imports that have ended."""
    return session.scalars(select(Import.id).where(Import.id.in_(ids), Import.finished_at.is_not(None))).all()


class Areas(NamedTuple):
    """Townships and counties, each in the order of code, with their shapes (EPSG:4490)."""

    township_ids: list[int]
    townships: list[shapely.Geometry]
    township_counties: list[str | None]
    county_codes: list[str]
    counties: list[shapely.Geometry]


def areas(session: Session) -> Areas:
    """Return the areas that parcels are placed in."""
    parent = select(Region.id, Region.code).where(Region.level == "county").subquery()
    rows = session.execute(
        select(
            Region.id,
            Region.code,
            Region.level,
            parent.c.code.label("county"),
            func.ST_AsBinary(Region.geom).label("wkb"),
        )
        .outerjoin(parent, parent.c.id == Region.parent_id)
        .order_by(Region.code)
    ).all()
    townships = [row for row in rows if row.level == "township"]
    counties = [row for row in rows if row.level == "county"]
    return Areas(
        [row.id for row in townships],
        [shapely.from_wkb(bytes(row.wkb)) for row in townships],
        [row.county for row in townships],
        [row.code for row in counties],
        [shapely.from_wkb(bytes(row.wkb)) for row in counties],
    )


def jurisdiction_area(session: Session, jurisdiction_id: int) -> tuple[shapely.Geometry, str, str] | None:
    """Return shape, name and English name of a jurisdiction; None without a shape."""
    row = session.execute(
        select(func.ST_AsBinary(Jurisdiction.geom).label("wkb"), Jurisdiction.name, Jurisdiction.name_en).where(
            Jurisdiction.id == jurisdiction_id
        )
    ).one()
    return None if row.wkb is None else (shapely.from_wkb(bytes(row.wkb)), row.name, row.name_en)


_ASKED = 20_000  # values of one statement


_KEYS = {"code": sql.SQL('upper(code COLLATE "C")'), "cadastral_code": sql.SQL("cadastral_code")}


def retired(connection: psycopg.Connection[Any], keys: Sequence[str]) -> set[str]:
    """Return those of the codes (as they are compared) that parcels had which are split or merged away."""
    query = sql.SQL("SELECT {0} FROM parcel WHERE {0} = ANY(%s) AND retired_by IS NOT NULL").format(_KEYS["code"])
    return {code for (code,) in connection.execute(query, (list(keys),))}


def taken(connection: psycopg.Connection[Any], column: str, values: pa.ChunkedArray) -> set[str]:
    """Return those of the values, codes in upper case, that parcels have in `column`."""
    if connection.execute("SELECT FROM parcel LIMIT 1").fetchone() is None:
        return set()
    query = sql.SQL("SELECT {0} FROM parcel WHERE {0} = ANY(%s)").format(_KEYS[column])
    slices = (values.slice(start, _ASKED).to_pylist() for start in range(0, len(values), _ASKED))
    return {code for some in slices for (code,) in connection.execute(query, (some,))}


def holders(connection: psycopg.Connection[Any], codes: Sequence[str]) -> dict[str, int]:
    """Return cadastral code → id of the parcels that have one of these."""
    query = "SELECT cadastral_code, id FROM parcel WHERE cadastral_code = ANY(%s)"
    slices = (codes[start : start + _ASKED] for start in range(0, len(codes), _ASKED))
    return {code: number for some in slices for code, number in connection.execute(query, (list(some),))}


_NEIGHBOURS = """
SELECT asked.n, p.code, ST_AsBinary(p.geom)
FROM unnest(%s::int[], %s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS asked (n, w, s, e, t)
JOIN parcel p ON p.geom_web && ST_MakeEnvelope(asked.w, asked.s, asked.e, asked.t, 3857) AND p.retired_by IS NULL
"""


def neighbours(
    connection: psycopg.Connection[Any], bounds: Sequence[NDArray[np.float64]], keys: NDArray[np.int64]
) -> Iterator[list[tuple[int, str, bytes]]]:
    """Yield, by slices, (key, code, WKB in EPSG:4490) of the parcels whose box meets the box `keys[k]`.

    `bounds` are four columns w, s, e, n in metres (EPSG:3857).
    """
    if not len(keys):
        return
    west, south, east, north = bounds
    around = tuple(map(float, (west.min(), south.min(), east.max(), north.max())))
    query = "SELECT FROM parcel WHERE geom_web && ST_MakeEnvelope(%s, %s, %s, %s, 3857) LIMIT 1"
    if connection.execute(query, around).fetchone() is None:
        return
    for start in range(0, len(keys), _ASKED // 10):
        asked = [side[start : start + _ASKED // 10].tolist() for side in (keys, *bounds)]
        yield connection.execute(_NEIGHBOURS, asked, binary=True).fetchall()
