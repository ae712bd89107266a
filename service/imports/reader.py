"""The child process that opens a file from outside: `python -m service.imports.reader REQUEST.json`.

It reads the request, limits itself, opens the file, and leaves two files in the folder of the request:
`result.json` (what the file is, findings) and `rows.arrow` (the rows, EPSG:4490); while it reads, `progress.txt` says
how many rows are done. It never touches the database.
"""

import json
import os
import sys
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from service.core import child
from service.geo import area, validity
from service.geo.crs import Floats, SourceCrs, looks_latitude_first, looks_north_first, to_cgcs2000, zone_prefixes
from service.geo.validity import Fault, Geometries
from service.imports import wkb
from service.imports.crossings import Budget
from service.imports.findings import Finding, Problem, finding, problem
from service.imports.formats import open_source
from service.imports.gdal_formats import DRIVERS
from service.imports.remarks import Batch
from service.imports.sources import MAX_ROWS, Request, Rows, Source, row_numbers
from service.imports.topology import Oddity, oddities

MAX_FINDINGS = 2_000  # of a severity: warnings must not crowd out errors
Mask = NDArray[np.bool_]
PLACE = ("west", "south", "east", "north", "lon", "lat")  # of a shape: its box, and a point inside it
_AT_WORK = 2  # batches worked on at once
_FARTHEST_DEGREE = 400  # beyond it no longitude is meant


class Made(NamedTuple):
    """What became of a batch: the columns for the parent, what is wrong and what is odd, and how many had heights."""

    results: pa.RecordBatch
    shapes: Geometries  # in EPSG:4490, where that could be told
    faults: list[Fault]
    odd: list[Oddity]
    with_z: int


class Reading:
    """Rows on their way from the source to the file of results, and what was found on the way."""

    def __init__(self, source: Source, target: Path) -> None:
        """Read from `source`, write to `target`."""
        self.source, self.target = source, target
        self.rows = 0
        self.with_z = 0
        self.findings: list[Finding] = []
        self.left_out = 0
        self.room = {"error": MAX_FINDINGS, "warning": MAX_FINDINGS}
        self.budget = Budget()
        self.fields: dict[str, str] = {}

    def run(self) -> None:
        """Read, transform, measure and write all rows. Raises `Problem`."""
        writer: pa.RecordBatchFileWriter | None = None
        try:
            for rows, made in self.worked():
                if writer is None:
                    self.fields = {name[2:]: str(rows.columns[name].type) for name in rows.columns}
                    writer = pa.ipc.new_file(str(self.target), made.results.schema)
                writer.write_batch(made.results)
                self.with_z += made.with_z
                self.note(Batch(rows, self.rows + 1, made.shapes), made)
                self.rows += len(rows.fid)
                self.tell()
        finally:
            if writer is not None:
                writer.close()
        if not self.rows:
            raise problem("no_rows")

    def tell(self) -> None:
        """Leave word for the parent how many rows are done, as a file that is always whole."""
        draft = self.target.with_name("progress.new")
        draft.write_text(str(self.rows), "ascii")
        draft.replace(self.target.with_name("progress.txt"))

    def worked(self) -> Iterator[tuple[Rows, Made]]:
        """Batches in file order, worked on while the next ones are read: GDAL, GEOS and NumPy leave Python's lock."""
        first = 1
        waiting: deque[tuple[Rows, Future[Made]]] = deque()
        with ThreadPoolExecutor(_AT_WORK) as pool:
            for rows in self.source.batches:
                if first + len(rows.fid) > MAX_ROWS + 1:
                    raise problem("too_many_rows", limit=MAX_ROWS)
                waiting.append((rows, pool.submit(worked_out, rows, first, self.source.crs)))
                first += len(rows.fid)
                if len(waiting) > _AT_WORK:
                    yield _done(*waiting.popleft())
            yield from (_done(*each) for each in waiting)

    def note(self, batch: Batch, made: Made) -> None:
        """Turn what was seen in a batch into findings in the order of rows, as many as a person would read."""
        faults = sorted(made.faults, key=lambda fault: fault.index)
        wrong = (found for fault in faults[: self.room["error"]] for found in batch.of_fault(fault, self.budget))
        odd = map(batch.of_oddity, made.odd[: self.room["warning"]])
        found = [*islice(wrong, self.room["error"]), *islice(odd, self.room["warning"])]
        self.left_out += max(0, len(faults) - self.room["error"]) + max(0, len(made.odd) - self.room["warning"])
        for each in found:
            self.room[each.severity] -= 1
        self.findings += sorted(found, key=lambda each: each.row or 0)

    def all_findings(self) -> list[Finding]:
        """Findings of the file, then of its rows in order."""
        about_file = [finding("field_unusable", field=n, field_name=n, kind=k) for n, k in self.source.left_out.items()]
        if self.with_z:
            about_file.append(finding("z_dropped", count=self.with_z))
        if self.left_out:
            about_file.append(finding("too_many_findings", limit=MAX_FINDINGS))
        return [*self.source.findings, *about_file, *self.findings]


def _done(rows: Rows, made: Future[Made]) -> tuple[Rows, Made]:
    return rows, made.result()


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
        return rows.geometries, np.zeros(len(rows.geometries), dtype=bool)
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
        raise problem("zone_mismatch", value=source.label, found=prefixes.pop() or "无")


def _corner(shape: shapely.Geometry) -> str:
    """The outermost coordinates of a shape in its own CRS."""
    return ", ".join(f"{value:.10g}" for value in shape.bounds)


def read(request: Request) -> dict[str, Any]:
    """Read the file of a request into `rows.arrow`; the answer tells what it is and what was found.

    A problem that ends reading is a finding too; then `rows` is 0.
    """
    try:
        with warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            source = open_source(request)
            reading = Reading(source, request.folder / "rows.arrow")
            reading.run()
    except Problem as ended:
        return {"rows": 0, "findings": [ended.finding.as_dict()]}
    found = [*_remarks(remarks, request.path), *reading.all_findings()]
    return {
        "format": source.format,
        "driver": source.driver,
        "layer": source.layer,
        "source_crs": source.crs.label,
        "encoding": source.encoding,
        "fields": reading.fields,
        "rows": reading.rows,
        "findings": [one.as_dict() for one in found],
    }


def _remarks(remarks: list[warnings.WarningMessage], path: Path) -> list[Finding]:
    """What GDAL said in passing, once each; not of the name, which is ours: files are kept under their hash."""
    said = dict.fromkeys(str(one.message).replace(str(path), "…") for one in remarks if "pyogrio" in one.filename)
    told = (text for text in said if "file extension" not in text)
    return [finding("driver_remark", reason=text) for text in islice(told, 20)]


def main(request_path: str) -> None:
    """Serve one request file; memory that runs out is told apart from a crash by the exit status 3."""
    request = json.loads(Path(request_path).read_text("utf-8"))
    child.limit_self(request.pop("limits", {}))
    if not set(pyogrio.list_drivers()) <= DRIVERS:
        sys.exit("GDAL must be started with the allowed drivers only (GDAL_SKIP)")
    folder = Path(request["folder"])
    try:
        answer = read(Request(**request | {"path": Path(request["path"]), "folder": folder}))
    except (MemoryError, pa.ArrowMemoryError):
        os._exit(child.OUT_OF_MEMORY)
    (folder / "result.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
