"""Wire shapes of regions."""

from typing import Any, Literal

from sqlalchemy import Row

from service.core.schemas import Output

Bbox = tuple[float, float, float, float]


class JurisdictionRead(Output):
    """A jurisdiction; `bbox` is west, south, east, north in degrees, null without an outline."""

    code: str
    name: str
    name_en: str
    bbox: Bbox | None


class RegionRead(Output):
    """A county or township and what it belongs to."""

    code: str
    name: str
    name_en: str
    level: Literal["county", "township"]
    parent_code: str | None
    jurisdiction: str | None
    bbox: Bbox | None


class Jurisdictions(Output):
    """All jurisdictions the caller may see."""

    items: list[JurisdictionRead]


class Regions(Output):
    """All regions the caller may see."""

    items: list[RegionRead]


class Feature(Output):
    """One area as GeoJSON, CGCS2000 degrees, longitude first."""

    type: Literal["Feature"] = "Feature"
    id: str
    bbox: Bbox | None
    properties: dict[str, str | None]
    geometry: dict[str, Any] | None


class FeatureCollection(Output):
    """Areas as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]


def bbox_of(row: Row[Any]) -> Bbox | None:
    """Return the box of a row with corners, to about 0.1 m."""
    if row.west is None:
        return None
    return round(row.west, 6), round(row.south, 6), round(row.east, 6), round(row.north, 6)
