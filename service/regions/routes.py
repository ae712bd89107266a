"""Jurisdictions, counties and townships over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query
from sqlalchemy import Row

from service.accounts.access import RegionReader
from service.core.dependencies import Read
from service.regions import queries
from service.regions.schemas import (
    Feature,
    FeatureCollection,
    JurisdictionRead,
    Jurisdictions,
    RegionRead,
    Regions,
    bbox_of,
)

router = APIRouter(prefix="/api/v1", tags=["regions"])

Form = Annotated[Literal["json", "geojson"], Query(description="json, or geojson with the outlines")]
_SHAPE = {"west", "south", "east", "north", "geojson"}


@router.get("/jurisdictions")
def read_jurisdictions(actor: RegionReader, session: Read, f: Form = "json") -> Jurisdictions | FeatureCollection:
    """管辖区 jurisdictions whose land supply the caller may see."""
    rows = queries.jurisdiction_rows(session, actor, shapes=f == "geojson")
    if f == "geojson":
        return _collection(rows)
    return Jurisdictions(items=[JurisdictionRead(**_words(row), bbox=bbox_of(row)) for row in rows])


@router.get("/regions")
def read_regions(
    actor: RegionReader,
    session: Read,
    level: Annotated[Literal["county", "township"] | None, Query(description="县级 or 乡镇、办事处; both")] = None,
    f: Form = "json",
) -> Regions | FeatureCollection:
    """县级行政区与乡镇办事处 counties and townships."""
    rows = queries.region_rows(session, actor, level=level, shapes=f == "geojson")
    if f == "geojson":
        return _collection(rows)
    return Regions(items=[RegionRead(**_words(row), bbox=bbox_of(row)) for row in rows])


def _words(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in _SHAPE}  # noqa: SLF001 - public in SQLAlchemy


def _collection(rows: Sequence[Row[Any]]) -> FeatureCollection:
    return FeatureCollection(
        features=[
            Feature(
                id=row.code,
                bbox=bbox_of(row),
                properties=_words(row),
                geometry=None if row.geojson is None else orjson.loads(row.geojson),
            )
            for row in rows
        ]
    )
