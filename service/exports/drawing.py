"""DXF of release 12, which every CAD program reads: closed outlines, and the code of each parcel as a text inside it.

GDAL's writer declares Western European text and makes hatches of polygons; the format as needed here is a few lines.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

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
            inside = shapely.point_on_surface(batch.shapes)
            for code, shape, place in zip(batch.columns["code"].to_pylist(), batch.shapes, inside, strict=True):
                file.write(_written(_entities(code, shape, place)))
        file.write(_written([(0, "ENDSEC"), (0, "EOF")]))


def _head() -> Iterator[Pair]:
    yield from [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009"), (9, "$DWGCODEPAGE"), (3, "ANSI_936")]
    yield from [(0, "ENDSEC"), (0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LAYER"), (70, len(_COLOURS))]
    for name, colour in _COLOURS.items():
        yield from [(0, "LAYER"), (2, name), (70, 0), (62, colour), (6, "CONTINUOUS")]
    yield from [(0, "ENDTAB"), (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")]


def _entities(code: str, shape: shapely.MultiPolygon, place: shapely.Point) -> Iterator[Pair]:
    for polygon in shape.geoms:
        for ring in (polygon.exterior, *polygon.interiors):
            yield from [(0, "POLYLINE"), (8, OUTLINES), (66, 1), (10, 0.0), (20, 0.0), (30, 0.0), (70, 1)]
            for x, y in shapely.get_coordinates(ring)[:-1].tolist():
                yield from [(0, "VERTEX"), (8, OUTLINES), (10, x), (20, y), (30, 0.0)]
            yield from [(0, "SEQEND"), (8, OUTLINES)]
    yield from [(0, "TEXT"), (8, CODES), (10, place.x), (20, place.y), (30, 0.0), (40, _TEXT_HEIGHT_M), (1, code)]


def _written(pairs: Iterable[Pair]) -> str:
    return "".join(f"{group:3d}{_EOL}{value}{_EOL}" for group, value in pairs)
