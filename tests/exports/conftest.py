"""Parcels as an import leaves them, with the survey in the delivered system; and a way to write files."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.db import driver_connection
from service.exports import files
from service.exports.files import Order, Written
from service.geo import crs
from service.geo.area import areas_m2
from service.geo.validity import as_multipolygons
from tests.factories.parcels import make_jurisdiction

WEST, SOUTH = 475_200.0, 3_849_100.0  # EPSG:4547, metres

Write = Callable[..., Written]

_PARCEL = """INSERT INTO parcel (code, name, address, cadastral_code, lot_number, jurisdiction_id, county_code, geom,
    area_legal_m2, area_plane_m2, area_ellipsoid_m2, stage, hold, stage_since, registered_on, land_use_scheme,
    land_use_code, land_use_given, far, density_pct, green_pct, height_m)
    VALUES (%(code)s, %(name)s, %(address)s, %(cadastral_code)s, %(lot_number)s, %(jurisdiction)s, %(county_code)s,
    ST_GeomFromWKB(%(geom)s, 4490), %(area_legal_m2)s, %(plane)s, %(ellipsoid)s, %(stage)s, %(hold)s, %(stage_since)s,
    %(registered_on)s, %(land_use_scheme)s, %(land_use_code)s, %(land_use_given)s, %(far)s::numrange,
    %(density_pct)s::numrange,
    %(green_pct)s::numrange, %(height_m)s::numrange) RETURNING id"""
_SURVEY = """INSERT INTO parcel_survey (parcel_id, source_crs, zone_prefixed, geometry, points, surveyed_on)
    VALUES (%s, %s, %s, %s, %s, %s)"""
_ABSENT = dict.fromkeys(
    [
        *("name", "address", "cadastral_code", "lot_number", "county_code", "area_legal_m2", "registered_on"),
        *("land_use_scheme", "land_use_code", "land_use_given", "far", "density_pct", "green_pct", "height_m"),
    ]
)


def keep_parcel(
    connection: psycopg.Connection[Any],
    shape: shapely.Geometry,
    *,
    delivered: int = 4547,
    points: list[dict[str, object]] | None = None,
    surveyed: bool = True,
    **attributes: Any,  # noqa: ANN401 - any column
) -> str:
    """Keep a parcel whose shape was delivered in a system (easting first); return its code."""
    source = crs.recognise(str(delivered))
    degrees = shapely.transform(shape, lambda x, y: crs.to_cgcs2000(source, x, y), interleaved=False)
    kept = as_multipolygons(np.array([degrees], dtype=object))
    areas = areas_m2(kept)
    (jurisdiction,) = connection.execute("SELECT id FROM jurisdiction WHERE code = 'ZDXQ'").fetchone() or (0,)
    row = {
        **_ABSENT,
        "stage": "candidate",
        "hold": "none",
        "stage_since": dt.date(2022, 1, 10),
        **attributes,
        "jurisdiction": jurisdiction,
        "geom": shapely.to_wkb(kept[0]),
        "plane": round(float(areas.plane[0]), 2),
        "ellipsoid": round(float(areas.ellipsoid[0]), 2),
    }
    (parcel_id,) = connection.execute(_PARCEL, row).fetchone() or (0,)
    if surveyed:
        zone = source.zone
        told = None if points is None else json.dumps(points)
        survey = (parcel_id, delivered, bool(zone and zone.prefixed), shapely.to_wkb(shape), told, None)
        connection.execute(_SURVEY, survey)
    return str(row["code"])


@pytest.fixture
def connection(session: Session) -> psycopg.Connection[Any]:
    """The session's own connection, with a jurisdiction to keep parcels in; all is rolled back."""
    make_jurisdiction(session)
    return driver_connection(session)


@pytest.fixture
def write(connection: psycopg.Connection[Any], actor: Actor, tmp_path: Path) -> Write:
    """Write what is kept as a file; `Order`'s members by name."""

    def carry_out(**order: Any) -> Written:  # noqa: ANN401 - any member
        return files.write(connection, actor, Order(**order), tmp_path)

    return carry_out
