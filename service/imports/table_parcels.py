"""What the columns of a table mean, and the parcels in it: boundary points line by line, or a shape in WKT per line.

Boundary points (界址点表): 点号, X (northing), Y (easting), with 圈号 and 地块编号 where there are several rings or
parcels; longitude and latitude may stand for X and Y. The axes are told by magnitude, as in a boundary TXT.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from service.imports import boundary_rows
from service.imports.boundary_txt import NUMBER, Assembly, BoundaryFile, Parcel, Point
from service.imports.detect import Format
from service.imports.findings import finding, problem
from service.imports.sources import BATCH_ROWS, Request, Rows, Source, choose_crs, row_numbers

_NAMES = {
    "wkt": ("wkt", "wktgeom", "geometry", "geom", "thegeom", "shape", "图形", "几何", "几何图形"),
    "point": ("点号", "界址点号", "界址点", "点名", "点编号", "point", "pointno", "pointid"),
    "x": ("x", "x坐标", "坐标x", "纵坐标", "纵坐标x", "x纵坐标", "北坐标", "北坐标x", "x北", "northing"),
    "y": ("y", "y坐标", "坐标y", "横坐标", "横坐标y", "y横坐标", "东坐标", "东坐标y", "y东", "easting"),
    "lat": ("纬度", "纬度b", "lat", "latitude"),
    "lon": ("经度", "经度l", "lon", "lng", "long", "longitude"),
    "ring": ("圈号", "地块圈号", "环号", "ring", "ringno"),
    "parcel": ("地块编号", "地块号", "宗地编号", "宗地号", "宗地代码", "dkbh", "zddm", "parcel", "parcelcode", "code"),
}
_PROVINCIAL = ("序号", "地块编号", "圈号", "点号", "X", "Y")
_PROVINCIAL_LINE = re.compile(r"\d+,\d+,\d+,J?\d+,\d+\.?\d*,\d+\.?\d*", re.ASCII)
_MEANINGS = {name: meaning for meaning, names in _NAMES.items() for name in names}
_NOISE = re.compile(r"[\s_()（）\[\]【】:：/\-]|米")
_POLYGON = re.compile(r"\s*(?:SRID=(\d{4,6});)?\s*(?:MULTI)?POLYGON\b", re.IGNORECASE)
_KIND = re.compile(r"\s*(?:SRID=\d+;)?\s*([A-Z]{1,20})", re.IGNORECASE)


class Line(NamedTuple):
    """A line of a table, counted from 1 as the sender sees it."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """A table: names of its columns, the meaning of some (to their place), and the lines below them."""

    name: str
    header: list[str]
    meaning: dict[str, int]
    lines: Iterator[Line]


def meanings(cells: list[str]) -> dict[str, int]:
    """What the columns with these names mean, if they can hold shapes; else nothing.

    >>> meanings(["点号", "X坐标(m)", "Y坐标(m)", "边长"])
    {'point': 0, 'x': 1, 'y': 2}
    >>> meanings(["序号", "名称"])
    {}
    """
    found: dict[str, int] = {}
    for at, cell in enumerate(cells[:300]):
        name = _NOISE.sub("", cell[:20].lower())
        if meaning := _MEANINGS.get(name) or _MEANINGS.get(name.removesuffix("m")):  # the metre
            found.setdefault(meaning, at)
    told = "wkt" in found or {"x", "y"} <= found.keys() or {"lon", "lat"} <= found.keys()
    return found if told else {}


def without_names(lines: Iterator[Line]) -> Table | None:
    """A table of the provincial form: no names of columns, six fields 序号, 地块, 圈号, 点号, X, Y; else None."""
    first = next(lines, None)
    if first is None or len(first.cells) != len(_PROVINCIAL) or not _PROVINCIAL_LINE.match(",".join(first.cells)):
        return None
    meaning = {"parcel": 1, "ring": 2, "point": 3, "x": 4, "y": 5}
    return Table("CSV", list(_PROVINCIAL), meaning, chain([first], lines))


def source(request: Request, kind: Format, table: Table, encoding: str) -> Source:
    """The parcels of a table. Raises `Problem`."""
    if "wkt" in table.meaning:
        return _shapes(request, kind, table, encoding)
    file = _points(table, encoding)
    if not file.parcels:
        raise problem("no_rows")
    if not any(parcel.rows for parcel in file.parcels):
        raise problem("table_no_points")
    if all(parcel.rows == 1 for parcel in file.parcels):
        raise problem("table_single_points")
    return boundary_rows.source(kind, table.name, file, request.crs)


def _points(table: Table, encoding: str) -> BoundaryFile:
    """Parcels of a table of points: a new 地块编号 begins a parcel, an empty one goes on with the last."""
    where = table.meaning
    north, east = (where["x"], where["y"]) if "x" in where else (where["lat"], where["lon"])
    others = [i for i, name in enumerate(table.header) if name and i not in where.values()]
    assembly = Assembly(BoundaryFile(encoding, {}, [], []))
    code = None
    for number, cells in table.lines:
        values = cells + [""] * (len(table.header) - len(cells))
        told = values[where["parcel"]] if "parcel" in where else ""
        if assembly.parcel is None or (told and told != code):
            assembly.end_parcel()
            code = told
            attributes = {table.header[i]: values[i] for i in others}
            name = {table.header[where["parcel"]]: told} if "parcel" in where else {}
            assembly.parcel = Parcel(number, "面", "", "", name | attributes)
        x, y = values[north], values[east]
        if not (NUMBER.match(x) and NUMBER.match(y)):
            wrong = next(at for at, text in ((north, x), (east, y)) if not NUMBER.match(text))
            assembly.note("table_point", field=table.header[wrong], line=number, value=f"{x},{y}")
            continue
        ring = values[where["ring"]] if "ring" in where else ""
        assembly.add_point(ring, Point(values[where["point"]] if "point" in where else "", x, y, number))
    assembly.end_parcel()
    return assembly.file


def _shapes(request: Request, kind: Format, table: Table, encoding: str) -> Source:
    """A table with a shape in WKT on each line; the CRS is declared, or stands in front of the shapes (EWKT)."""
    first = next(table.lines, None)
    if first is None:
        raise problem("no_rows")
    stated = _POLYGON.match(_cell(first, table.meaning["wkt"]))
    own = f"EPSG:{stated[1]}" if stated and stated[1] else None
    chosen, remarks = choose_crs(own, request.crs)
    made = Source(kind, "gongdi", table.name, chosen, encoding, iter(()), remarks)
    made.batches = _batches(first, table, own)
    return made


def _batches(first: Line, table: Table, own: str | None) -> Iterator[Rows]:
    """The rows of a table of shapes."""
    batch, row = [first], 1
    for line in table.lines:
        if len(batch) == BATCH_ROWS:
            yield _rows(batch, table, row, own)
            batch, row = [], row + BATCH_ROWS
        batch.append(line)
    yield _rows(batch, table, row, own)


def _rows(lines: list[Line], table: Table, row: int, own: str | None) -> Rows:
    """One batch; text that is no polygon is never given to GEOS, which nested collections crash."""
    at = table.meaning["wkt"]
    texts: list[str | None] = []
    faults = {}
    for i, line in enumerate(lines):
        cell = _cell(line, at)
        start = _POLYGON.match(cell)
        texts.append(cell[cell.find(";") + 1 :] if start and start[1] else cell if start else None)
        kind = _KIND.match(cell)
        if start is None and kind:
            faults[i] = finding("geometry_type", row=row + i, field=table.header[at], value=kind[1].upper())
        elif start and (f"EPSG:{start[1]}" if start[1] else None) != own:
            raise problem("table_mixed_crs", row=row + i, field=table.header[at], line=line.number, value=cell[:20])
    shapes = shapely.from_wkt(np.array([None, *texts], dtype=object), on_invalid="ignore")[1:]
    for i, (text, made) in enumerate(zip(texts, shapes, strict=True)):
        if text is not None and made is None:
            faults[i] = finding("table_wkt", row=row + i, field=table.header[at], value=text[:60])
    names = {table.header[i]: i for i in range(len(table.header)) if i != at and table.header[i]}
    columns = {
        f"a_{name}": pa.array([_cell(line, i) or None for line in lines], pa.string()) for name, i in names.items()
    }
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    return Rows(row_numbers(row, len(lines)), wkb, columns, geometries=shapes, faults=faults)


def _cell(line: Line, at: int) -> str:
    return line.cells[at] if at < len(line.cells) else ""
