"""Repaired shapes take the place of delivered ones in what was read of a file, before it is checked again. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from service.geo import area
from service.imports.findings import Finding
from service.imports.remarks import said_of
from service.imports.topology import oddities

_MEASURED = ("west", "south", "east", "north", "lon", "lat", "area_plane_m2", "area_ellipsoid_m2")


def mended(read: pa.Table, repairs: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return the reader's table with the shapes that came of repairs (the last one of a row counts), measured anew."""
    made = {each["row"]: bytes.fromhex(each["wkb"]) for each in repairs}
    numbers = read["row"].to_numpy()
    at = np.flatnonzero(np.isin(numbers, list(made)))
    if not len(at):
        return read
    wkb = [made[int(number)] for number in numbers[at]]
    shapes = shapely.from_wkb(np.array(wkb, dtype=object))
    inside = shapely.point_on_surface(shapes)
    figures = (*shapely.bounds(shapes).T, shapely.get_x(inside), shapely.get_y(inside), *area.areas_m2(shapes))
    for name, figure in zip(_MEASURED, figures, strict=True):
        column = read[name].to_numpy().copy()
        column[at] = figure
        read = _with(read, name, pa.array(column, pa.float64(), mask=np.isnan(column)))
    mask = np.zeros(len(numbers), dtype=bool)
    mask[at] = True
    repaired = pa.array(wkb, read["geom_wkb"].type)
    return _with(read, "geom_wkb", pc.replace_with_mask(read["geom_wkb"].combine_chunks(), mask, repaired))


def _with(read: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return read.set_column(read.schema.get_field_index(name), name, column)


_OF_THE_FORM = {
    *("self_crossing", "geometry_invalid"),
    *("point_repeated", "spike", "sliver", "hole", "hole_tiny"),
}
"""What the reader says of a shape's form; that a ring is open stands until closing it is chosen."""


def still_true(found: Iterable[Finding], repairs: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Give what the reader found, but of repaired shapes what was put right left out, and what is odd told anew."""
    gone = {(each["row"], each["code"]) for each in repairs}
    made = {each["row"]: bytes.fromhex(each["wkb"]) for each in repairs}
    for each in found:
        if (each.row, each.code) not in gone and not (each.row in made and each.code in _OF_THE_FORM):
            yield each
    rows = list(made)
    for odd in oddities(shapely.from_wkb(np.array(list(made.values()), dtype=object))):
        yield said_of(odd, rows[odd.at], str(odd.vertex) if odd.vertex else None)
