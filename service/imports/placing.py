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
_AT_ONCE = 50_000  # points asked for
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
    points = np.column_stack([lon, lat])
    found = (_inside(shapely.STRtree(list(areas)), points) for areas in (townships, counties))
    return Places(np.column_stack([west, south, east, north]), points, *found)


def _inside(tree: shapely.STRtree, points: Floats) -> NDArray[np.int64]:
    """Index of the first area that each point (lon, lat; NaN: none) lies in, −1 for none; asked in slices."""
    none = np.iinfo(np.int64).max
    found = np.full(len(points), none, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(points[:, 0]))
    for start in range(0, len(known) if len(tree) else 0, _AT_ONCE):
        some = known[start : start + _AT_ONCE]
        point, area = tree.query(shapely.points(points[some]), predicate="intersects")
        np.minimum.at(found, some[point], area)
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
