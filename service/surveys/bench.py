"""The child process that checks a boundary by hand: `python -m service.surveys.bench REQUEST.json`.

It limits itself, does what an import does with one row and the parcels around it, and leaves findings and the shape in
`result.json`. It never touches the database. Shapes come and go as hexadecimal WKB.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from service.core import child
from service.geo.area import areas_m2
from service.geo.crs import recognise
from service.geo.validity import faults
from service.imports import overlaps
from service.imports.adjoining import check_neighbours
from service.imports.batches import Made, worked_out
from service.imports.crossings import Budget
from service.imports.findings import Problem
from service.imports.overlaps import Size
from service.imports.remarks import Batch
from service.imports.report import Report
from service.imports.sources import Rows, row_numbers

SAME_DEGREES = 1e-9
"""0.1 mm: nearer than that is the same point."""

Shapes = list[tuple[str, bytes]]


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Check the boundary of a request: `crs`, `shape`, `survey` (its numbered points, or null), `neighbours`."""
    shape = shapely.from_wkb(request["shape"])
    survey = None if request["survey"] is None else pa.array([json.dumps(request["survey"])])
    columns: dict[str, pa.Array] = {}
    geometries = np.array([shape], dtype=object)
    rows = Rows(row_numbers(1, 1), pa.array([shapely.to_wkb(shape)], pa.binary()), columns, survey, geometries)
    report = Report()
    try:
        made = worked_out(rows, 1, recognise(request["crs"]))
    except Problem as ended:
        report.add([ended.finding])
        return {"findings": _told(report), "shape": None}
    batch, budget = Batch(rows, 1, made.shapes), Budget()
    report.add(found for fault in made.faults for found in batch.of_fault(fault, budget))
    report.add(map(batch.of_oddity, made.odd))
    if made.faults:
        return {"findings": _told(report), "shape": None}
    read = _fitted(made, [(code, bytes.fromhex(wkb)) for code, wkb in request["neighbours"]], report)
    (row,) = read.drop_columns("geom_wkb").to_pylist()
    return {"findings": _told(report), "shape": read["geom_wkb"][0].as_py().hex(), **row}


def _fitted(made: Made, neighbours: Shapes, report: Report) -> pa.Table:
    """Give the shape the very points of its neighbours where it has them to 0.1 mm, and look how it lies among them."""
    names = ["row", "geom_wkb", "area_plane_m2", "area_ellipsoid_m2", "lon", "lat", "west", "south", "east", "north"]
    read = pa.Table.from_batches([made.results]).select(names)
    shape = _adopted(shapely.from_wkb(read["geom_wkb"][0].as_py()), neighbours)
    areas = areas_m2(np.array([shape], dtype=object))
    for name, column in (
        ("geom_wkb", pa.array([shapely.to_wkb(shape)], pa.binary())),
        ("area_plane_m2", pa.array(areas.plane)),
        ("area_ellipsoid_m2", pa.array(areas.ellipsoid)),
    ):
        read = read.set_column(names.index(name), name, column)
    met = [(0, code, wkb) for code, wkb in neighbours]
    bounds = np.array([shape.bounds])
    check_neighbours(lambda _boxes, _keys: iter([met]), read, bounds, report, measure=_measured)
    return read


def _measured(first: Sequence[bytes], second: Sequence[bytes]) -> list[Size]:
    """Overlay, for this is a child already."""
    left, right = (shapely.from_wkb(np.array(each, dtype=object)) for each in (first, second))
    return overlaps.measured(left, right) if len(left) else []


def _adopted(shape: shapely.Geometry, neighbours: Shapes) -> shapely.Geometry:
    """Without it a point that two surveys share in metres would be two points in degrees, a micrometre apart."""
    if not neighbours:
        return shape
    targets = shapely.get_coordinates(shapely.from_wkb([wkb for _, wkb in neighbours]))
    xy = shapely.get_coordinates(shape)
    own, theirs = shapely.STRtree(shapely.points(targets)).query_nearest(
        shapely.points(xy), max_distance=SAME_DEGREES, all_matches=False
    )
    xy[own] = targets[theirs]
    adopted = shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(shape)), xy)
    return shape if faults(np.array([adopted], dtype=object)) else adopted


def _told(report: Report) -> list[dict[str, Any]]:
    return [found.as_dict() for found in report.closed()]


def main(request_path: str) -> None:
    """Serve one request file; memory that runs out is told apart from a crash by the exit status."""
    path = Path(request_path)
    request = json.loads(path.read_text("utf-8"))
    child.limit_self(request["limits"])
    try:
        made = answer(request)
    except (MemoryError, pa.ArrowMemoryError):
        os._exit(child.OUT_OF_MEMORY)
    (path.parent / "result.json").write_text(json.dumps(made), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
