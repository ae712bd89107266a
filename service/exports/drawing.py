"""DXF of release 12, which every CAD program reads: closed outlines, and the code of each parcel as a text inside it.

GDAL's writer declares Western European text and makes hatches of polygons; the format as needed here is a few lines.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import shapely

from service.exports.formats import Target
from service.exports.rows import Batch

OUTLINES, CODES = "PARCEL", "PARCEL_CODE"
_COLOURS = {OUTLINES: 7, CODES: 3}
_TEXT_HEIGHT_M = 5.0
_EOL = "\r\n"

Pair = tuple[int, object]


def write_dxf(batches: Iterable[Batch], _: Target, path: Path) -> None:
    """Write one closed polyline a ring and one text a parcel; text is GB18030, declared as ANSI_936."""
    with path.open("w", encoding="gb18030", newline="") as file:
        file.write(_written(_head()))
        for batch in batches:
            file.writelines(_entities(batch))
        file.write(_written([(0, "ENDSEC"), (0, "EOF")]))


def _head() -> Iterator[Pair]:
    yield from [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009"), (9, "$DWGCODEPAGE"), (3, "ANSI_936")]
    yield from [(0, "ENDSEC"), (0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LAYER"), (70, len(_COLOURS))]
    for name, colour in _COLOURS.items():
        yield from [(0, "LAYER"), (2, name), (70, 0), (62, colour), (6, "CONTINUOUS")]
    yield from [(0, "ENDTAB"), (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")]


def _entities(batch: Batch) -> Iterator[str]:
    """Yield each parcel's rings as they are kept, then its code."""
    parts, owner = shapely.get_parts(batch.shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    ends = np.cumsum(shapely.get_num_coordinates(rings)).tolist()
    vertices = list(map(tuple, shapely.get_coordinates(rings).tolist()))
    last = np.searchsorted(owner[part], np.arange(len(batch.shapes)), "right").tolist()
    inside = shapely.get_coordinates(shapely.point_on_surface(batch.shapes)).tolist()
    ring = begin = 0
    for code, (x, y), until in zip(batch.columns["code"].to_pylist(), inside, last, strict=True):
        for end in ends[ring:until]:
            yield _RING
            yield from [_VERTEX % vertex for vertex in vertices[begin : end - 1]]
            yield _RING_END
            begin = end
        ring = until
        yield _CODE % (x, y, code)


def _written(pairs: Iterable[Pair]) -> str:
    return "".join(f"{group:3d}{_EOL}{value}{_EOL}" for group, value in pairs)


_RING = _written([(0, "POLYLINE"), (8, OUTLINES), (66, 1), (10, 0.0), (20, 0.0), (30, 0.0), (70, 1)])
_VERTEX = _written([(0, "VERTEX"), (8, OUTLINES), (10, "%r"), (20, "%r"), (30, 0.0)])
_RING_END = _written([(0, "SEQEND"), (8, OUTLINES)])
_CODE = _written([(0, "TEXT"), (8, CODES), (10, "%r"), (20, "%r"), (30, 0.0), (40, _TEXT_HEIGHT_M), (1, "%s")])
