"""Where the parcels of a file lie: in China, in their jurisdiction, in which township and county."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from service.imports.report import Report
from service.imports.values import Rows

CHINA = (73.0, 3.0, 136.0, 54.0)  # the table's own CHECK, degrees
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Places:
    """Of each row: bounds (n × 4), a point inside the shape (n × 2), index of township and of county (−1: none)."""

    bounds: Floats
    points: Floats
    township: NDArray[np.int64]
    county: NDArray[np.int64]


def locate(read: pa.Table, townships: Sequence[shapely.Geometry], counties: Sequence[shapely.Geometry]) -> Places:
    """Find the place of each row of the reader's table; a row without a shape has NaN and −1.

    The rule of `regions.queries.placements`, for many: a border point belongs to the first of the areas.
    """
    west, south, east, north, lon, lat = (
        read[name].to_numpy() for name in ("west", "south", "east", "north", "lon", "lat")
    )
    points = shapely.points(lon, lat)
    points[np.isnan(lon)] = None
    found = (_inside(shapely.STRtree(list(areas)), points) for areas in (townships, counties))
    return Places(np.column_stack([west, south, east, north]), np.column_stack([lon, lat]), *found)


def _inside(tree: shapely.STRtree, points: NDArray[np.object_]) -> NDArray[np.int64]:
    """Index of the first area that each point lies in, −1 for none."""
    point, area = tree.query(points, predicate="intersects")
    none = np.iinfo(np.int64).max
    found = np.full(len(points), none, dtype=np.int64)
    np.minimum.at(found, point, area)
    return np.where(found == none, -1, found)


def check_places(
    places: Places, rows: Rows, jurisdiction: tuple[shapely.Geometry, str, str] | None, report: Report
) -> None:
    """Refuse shapes outside China; warn of those outside the jurisdiction (shape, name, English name).

    A file most of whose parcels lie outside its jurisdiction is refused: a wrong CRS or the wrong file.
    """
    west, south, east, north = CHINA
    bounds = places.bounds
    abroad = (bounds[:, :2] < (west, south)).any(axis=1) | (bounds[:, 2:] > (east, north)).any(axis=1)
    report.rows("outside_china", rows[abroad], places=places.points[abroad])
    if jurisdiction is None or not len(rows):
        return
    shape, name, name_en = jurisdiction
    shapely.prepare(shape)
    known = np.isfinite(places.points[:, 0]) & ~abroad
    outside = np.zeros(len(rows), dtype=bool)
    outside[known] = ~shapely.intersects_xy(shape, places.points[known])
    names: dict[str, object] = {"name": name, "name_en": name_en}
    report.rows(
        "outside_jurisdiction", rows[outside], places=places.points[outside], facts=[names] * int(outside.sum())
    )
    if outside.sum() > len(rows) / 2:
        report.note("mostly_outside_jurisdiction", count=len(rows), outside=int(outside.sum()), **names)
