"""Parcels for tests: squares around 郑东, made through the command that everybody uses."""

import datetime as dt
import itertools
import math
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.geo.geojson import parse_polygon
from service.parcels.changes import ParcelCreate
from service.parcels.commands import create_parcel
from service.parcels.lifecycle import Stage, State
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction, Region

LON, LAT = 113.73, 34.77
_numbers = itertools.count(1)


def square(lon: float = LON, lat: float = LAT, side_m: float = 100) -> dict[str, Any]:
    """A GeoJSON square whose south-west corner is (lon, lat)."""
    north = side_m / 110_940
    east = side_m / (111_320 * math.cos(math.radians(lat)))
    ring = [[lon, lat], [lon + east, lat], [lon + east, lat + north], [lon, lat + north], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_jurisdiction(session: Session, code: str = "ZDXQ") -> Jurisdiction:
    """The jurisdiction of this code, made if need be."""
    found = session.scalar(select(Jurisdiction).where(Jurisdiction.code == code))
    if found is None:
        found = Jurisdiction(code=code, name=f"管辖区{code}", name_en=f"Jurisdiction {code}")
        session.add(found)
        session.flush()
    return found


def make_regions(session: Session, *, lon: float = LON, lat: float = LAT) -> tuple[Region, Region]:
    """A county of a degree around a point and, in it, a township of a tenth."""
    jurisdiction = make_jurisdiction(session)

    def area(size: float) -> Any:  # noqa: ANN401 - what the column takes
        return from_shape(MultiPolygon([box(lon - size, lat - size, lon + size, lat + size)]), srid=4490)

    county = Region(code="410105", name="金水区", name_en="Jinshui", level="county", geom=area(0.5))
    session.add(county)
    session.flush()
    township = Region(
        code="410105562", name="龙湖办事处", name_en="Longhu", level="township", geom=area(0.05), parent_id=county.id
    )
    township.jurisdiction_id = jurisdiction.id
    session.add(township)
    session.flush()
    return county, township


def make_parcel(
    session: Session,
    *,
    stage: Stage | State = Stage.candidate,
    effective_on: dt.date = dt.date(2022, 1, 10),
    jurisdiction: str = "ZDXQ",
    **overrides: Any,  # noqa: ANN401 - any field of a new parcel
) -> Parcel:
    """A parcel of 1 ha on a grid of 400 places within `make_regions`; neighbours don't touch."""
    number = next(_numbers)
    make_jurisdiction(session, jurisdiction)
    place = square(LON + number % 20 * 0.002, LAT + number // 20 % 20 * 0.002)
    fields = {"code": f"T-{number:05}", "geometry": place, "jurisdiction": jurisdiction, **overrides}
    state = stage if isinstance(stage, State) else State(stage)
    actor = session.info.setdefault("actor", system("test"))
    shape = parse_polygon(fields.pop("geometry"))
    return create_parcel(session, actor, ParcelCreate(**fields), shape, state=state, effective_on=effective_on)
