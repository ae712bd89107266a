"""WKB from a file, looked at before GEOS decodes it: 90 KB of collections in collections crash GEOS 3.14 (measured)."""

import struct

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from service.geo.validity import Geometries

_HARMLESS_BYTES = 16_384  # 1,800 levels at most, which GEOS survives
_FLAT = {1, 2, 3}  # points, lines and polygons hold nothing but coordinates
_POLYGON, _MULTIPOLYGON = 3, 6
_CURVES = {8, 9, 10, 11, 12, 13, 14}  # circular strings to surfaces of them (ISO 13249-3)
_COLLECTIONS = {4: "MultiPoint", 5: "MultiLineString", 7: "GeometryCollection", 15: "PolyhedralSurface", 16: "TIN"}


def decode(column: pa.Array) -> Geometries:
    """Shapes of a WKB column; None for missing and unreadable ones, and for long ones that may be nested."""
    values = column.to_numpy(zero_copy_only=False)
    lengths = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    nested = [i for i in np.flatnonzero(lengths > _HARMLESS_BYTES).tolist() if not is_flat(values[i])]
    if nested:
        values = values.copy()
        values[nested] = None
    try:
        shapes: Geometries = shapely.from_wkb(values, on_invalid="ignore")
    except NotImplementedError:  # a curve somewhere among them
        shapes = np.array([None, *map(_decode_one, values)], dtype=object)[1:]
    return shapes


def _decode_one(value: bytes | None) -> shapely.Geometry | None:
    """One shape; None for one that is curved or unreadable."""
    try:
        return shapely.from_wkb(value, on_invalid="ignore")
    except NotImplementedError:
        return None


def is_curved(wkb: bytes) -> bool:
    """Tell whether a shape is of a curved type, which can't be decoded.

    >>> is_curved(bytes.fromhex("010a00000000000000"))
    True
    """
    return _kind(wkb) in _CURVES


def collection_name(wkb: bytes) -> str | None:
    """Name of a shape that is a collection, but none of polygons."""
    return _COLLECTIONS.get(_kind(wkb))


def _kind(wkb: bytes) -> int:
    try:
        return _header(wkb, 0)[0]
    except struct.error:
        return 0


def is_flat(wkb: bytes) -> bool:
    """Tell whether a shape is simple or a plain list of polygons, by walking the counts without decoding."""
    try:
        kind, at, order, _ = _header(wkb, 0)
        if kind != _MULTIPOLYGON:
            return kind in _FLAT
        (polygons,) = struct.unpack_from(f"{order}I", wkb, at)
        at += 4
        for _ in range(polygons):
            kind, at, order, dimensions = _header(wkb, at)
            if kind != _POLYGON:
                return False
            (rings,) = struct.unpack_from(f"{order}I", wkb, at)
            at += 4
            for _ in range(rings):
                (points,) = struct.unpack_from(f"{order}I", wkb, at)
                at += 4 + 8 * dimensions * points
    except struct.error:  # the counts lead beyond the end
        return False
    return True


def _header(wkb: bytes, at: int) -> tuple[int, int, str, int]:
    """Type, place after the header, byte order and dimensions of the shape at a place; ISO and extended WKB."""
    order = "<" if wkb[at : at + 1] == b"\x01" else ">"
    (code,) = struct.unpack_from(f"{order}I", wkb, at + 1)
    flags, code = code >> 28, code & 0x0FFFFFFF
    thousands, kind = divmod(code, 1000)
    more = {0: 0, 1: 1, 2: 1, 3: 2}.get(thousands, 0) + (flags >> 3 & 1) + (flags >> 2 & 1)
    return kind, at + 5 + 4 * (flags >> 1 & 1), order, 2 + more
