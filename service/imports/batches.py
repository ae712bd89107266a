"""What becomes of a batch of rows as delivered: shapes in EPSG:4490, faults, oddities, areas. Pure, whole columns.

For a child process, since the shapes may be hostile: `reader` works out files, `service.surveys` a boundary by hand.
"""

from contextlib import suppress
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from service.geo import area, validity
from service.geo.crs import (
    Floats,
    SourceCrs,
    Zone,
    looks_latitude_first,
    looks_north_first,
    to_cgcs2000,
    zone_of_prefix,
    zone_prefixes,
)
from service.geo.validity import Fault, Geometries
from service.imports import wkb
from service.imports.findings import Problem, problem
from service.imports.sources import Rows, row_numbers
from service.imports.topology import Oddity, oddities

Mask = NDArray[np.bool_]
PLACE = ("west", "south", "east", "north", "lon", "lat")  # of a shape: its box, and a point inside it
_FARTHEST_DEGREE = 400  # beyond it no longitude is meant


class Made(NamedTuple):
    """What became of a batch: the columns for the parent, what is wrong and what is odd, and how many had heights."""

    results: pa.RecordBatch
    shapes: Geometries  # in EPSG:4490, where that could be told
    faults: list[Fault]
    odd: list[Oddity]
    with_z: int


def worked_out(rows: Rows, first: int, crs: SourceCrs) -> Made:
    """Results of one batch from row `first` on: rows with a fault keep their attributes and lose their geometry."""
    shapes, opened = _shapes(rows)
    faults = validity.form_faults(shapes)
    sound = np.ones(len(shapes), dtype=bool)
    sound[[fault.index for fault in faults]] = False
    shapes, high = _flat(shapes)
    moved = np.full(len(shapes), None, dtype=object)
    moved[sound] = in_degrees(shapes[sound], crs)
    far = sound & validity.outside(moved, -180, -90, 180, 90)
    faults += [Fault(int(i), "coordinate_out_of_range", _corner(shapes[i])) for i in np.flatnonzero(far)]
    sound &= ~far
    moved[~sound] = None
    odd = oddities(moved)
    opened &= sound
    faults += [Fault(int(i), "ring_open", place=_first_point(moved[i])) for i in np.flatnonzero(opened)]
    sound &= ~opened
    invalid = validity.validity_faults(moved, sound)
    sound[[fault.index for fault in invalid]] = False
    return Made(_results(rows, first, moved, sound), moved, [*faults, *invalid], odd, rows.heights + high)


def _shapes(rows: Rows) -> tuple[Geometries, Mask]:
    """Shapes of a batch, None for missing and for unreadable ones; marks those whose open rings had to be closed."""
    if rows.geometries is not None:
        return rows.geometries, np.isin(np.arange(len(rows.geometries)), list(rows.opened))
    shapes = wkb.decode(rows.wkb)
    opened = shapely.is_missing(shapes) & rows.wkb.is_valid().to_numpy(zero_copy_only=False)
    for i in np.flatnonzero(opened).tolist():
        delivered = rows.wkb[i].as_py()
        if wkb.is_flat(delivered):
            with suppress(shapely.GEOSException):  # no such file has many; `fix` raises where it can't
                shapes[i] = shapely.from_wkb(delivered, on_invalid="fix")
    return shapes, opened & ~shapely.is_missing(shapes)


def _first_point(shape: shapely.Geometry) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shape)[0].tolist()
    return x, y


def _flat(shapes: Geometries) -> tuple[Geometries, int]:
    """Shapes without heights, and how many had some."""
    high = shapely.has_z(shapes) | shapely.has_m(shapes)
    if not high.any():
        return shapes, 0
    shapes = shapes.copy()
    shapes[high] = shapely.force_2d(shapes[high])
    return shapes, int(np.count_nonzero(high))


def _results(rows: Rows, first: int, shapes: Geometries, sound: Mask) -> pa.RecordBatch:
    """The columns of a batch: row number, key, geometry, its place, areas, geometry as delivered, attributes.

    `faulty_wkb` is the shape (EPSG:4490) that has a fault, for a repair to start from; no database may ever open it.
    """
    measured = {name: np.full(len(shapes), np.nan) for name in (*PLACE, "area_plane_m2", "area_ellipsoid_m2")}
    good = shapes[sound]
    kept, faulty = shapes.copy(), shapes.copy()
    kept[~sound], faulty[sound] = None, None
    inside = shapely.point_on_surface(good)
    place = (*shapely.bounds(good).reshape(-1, 4).T, shapely.get_x(inside), shapely.get_y(inside))
    for column, figure in zip(measured.values(), (*place, *area.areas_m2(good)), strict=True):
        column[sound] = figure
    empty = pa.nulls(len(shapes), pa.string())
    columns: dict[str, pa.Array] = {
        "row": row_numbers(first, len(shapes)),
        "fid": rows.fid,
        "geom_wkb": pa.array(shapely.to_wkb(validity.as_multipolygons(kept)), pa.binary()),
        "faulty_wkb": pa.array(shapely.to_wkb(faulty), pa.binary()),
        **{name: pa.array(column, pa.float64(), mask=~sound) for name, column in measured.items()},
        "source_wkb": rows.wkb.cast(pa.binary()),
        "survey": rows.survey if rows.survey is not None else empty,
        **rows.columns,
    }
    return pa.RecordBatch.from_pydict(columns)


def in_degrees(shapes: Geometries, source: SourceCrs) -> Geometries:
    """Shapes moved to EPSG:4490. Raises `Problem` when the coordinates of all of them contradict their CRS."""
    xy = shapely.get_coordinates(shapes)
    _check_magnitude(xy[:, 0], xy[:, 1], source)
    if source.is_geographic and source.datum != "other":
        return shapes
    lon, lat = to_cgcs2000(source, xy[:, 0], xy[:, 1])
    # Coordinates that PROJ can't place come back infinite; GEOS wants finite ones, and these are out of range.
    lon, lat = np.nan_to_num(lon, posinf=1e3, neginf=-1e3), np.nan_to_num(lat, posinf=1e3, neginf=-1e3)
    moved: Geometries = shapely.set_coordinates(shapes.copy(), np.column_stack([lon, lat]))
    return moved


def _check_magnitude(x: Floats, y: Floats, source: SourceCrs) -> None:
    """Refuse a CRS that no coordinate of a batch can be in: metres for degrees, exchanged axes, another zone."""
    if not len(x):
        return
    if source.is_geographic:
        if np.all(np.abs(x) > _FARTHEST_DEGREE) or np.all(np.abs(y) > _FARTHEST_DEGREE):
            raise problem("coordinates_not_degrees", value=source.label)
        if looks_latitude_first(x, y):
            raise problem("coordinates_swapped")
        return
    if source.zone is None:
        return
    if looks_north_first(x, y):
        raise problem("coordinates_swapped")
    prefixes = zone_prefixes(x)
    if len(prefixes) == 1 and prefixes != {source.zone.number if source.zone.prefixed else 0}:
        raise _zone_mismatch(source, source.zone, prefixes.pop())


def _zone_mismatch(source: SourceCrs, zone: Zone, found: int) -> Problem:
    """Eastings with the prefix of another zone, without the one that their CRS has, or with one that it hasn't."""
    likely = zone_of_prefix(found) if found else Zone(zone.width, zone.number, prefixed=False)
    zh, en = (f"带有带号 {found}", f"zone prefix {found}") if found else ("没有带号前缀", "no zone prefix")
    named = ("其他坐标系", "another CRS") if likely is None else (f"EPSG:{likely.epsg}",) * 2
    told = {"prefix": zh, "prefix_en": en, "likely": named[0], "likely_en": named[1]}
    return problem("zone_mismatch", value=source.label, **told)


def _corner(shape: shapely.Geometry) -> str:
    """The outermost coordinates of a shape in its own CRS."""
    return ", ".join(f"{value:.10g}" for value in shape.bounds)
