"""KML documents placemark by placemark, read by our own strict reader.

GDAL's readers drop what they can't read without a word and know half of the attributes. Here a shape that can't be read
is a finding on its row. Document types and entities are refused (defusedxml); addresses in the file are never visited.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pyarrow as pa
import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from service.geo.crs import Floats
from service.imports.detect import Format
from service.imports.findings import Finding, finding, problem
from service.imports.sources import (
    MAX_FIELDS,
    MAX_ROWS,
    Request,
    Rows,
    Source,
    choose_crs,
    choose_layer,
    row_numbers,
)

_MAX_BYTES = 100 << 20
_MAX_DEPTH = 100
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"'](gb[k\d]+)[\"']", re.IGNORECASE)
_FOLDERS = ("Document", "Folder")


class _Unreadable(Exception):
    """A shape of a placemark can't be read; the reason in both languages."""


@dataclass(slots=True)
class _Placemark:
    """One placemark with areas: its attributes, and its shape or what is wrong with it."""

    attributes: dict[str, str]
    shape: shapely.Geometry | None
    reason: tuple[str, str, str] | None = None
    is_high: bool = False
    is_open: bool = False  # a ring had to be closed


@dataclass(slots=True)
class _Layer:
    """The placemarks of one folder; `others` counts those without areas."""

    placemarks: list[_Placemark] = field(default_factory=list)
    others: int = 0


def open_kml(request: Request, path: Path) -> Source:
    """The folder with areas of a KML document, or the named one; always longitude and latitude (KML 2.2 §6.2)."""
    if path.stat().st_size > _MAX_BYTES:
        raise problem("file_too_large", limit=_MAX_BYTES >> 20)
    layers, links = _read(path)
    usable = {name: layer for name, layer in layers.items() if layer.placemarks}
    if not usable:
        raise problem("kml_network_link" if links else "no_rows")
    layer = choose_layer(usable, request.layer)
    chosen, remarks = choose_crs(None if request.crs else "OGC:CRS84", request.crs)
    source = Source(Format.KML, "gongdi", layer, chosen, "UTF-8", iter(()), remarks)
    if links:
        source.findings.append(finding("kml_links_left", count=links))
    if others := layers[layer].others:
        source.findings.append(finding("not_polygons_left", layer=layer, count=others))
    source.batches = _batches(layers[layer].placemarks)
    return source


def _read(path: Path) -> tuple[dict[str, _Layer], int]:
    """Folders of the document by their path, and the number of network links. Raises `Problem`."""
    data = path.read_bytes()
    if _ENCODING.match(data):  # expat doesn't know the Chinese encodings
        try:
            data = re.sub(rb"\A\s*<\?xml[^>]*\?>", b"", data).decode("gb18030").encode()
        except UnicodeDecodeError:
            raise problem("encoding_wrong", encoding="GB18030") from None
    try:
        return _walk(BytesIO(data))
    except DefusedXmlException:
        raise problem("xml_doctype") from None
    except ParseError as wrong:
        raise problem("file_damaged", reason=f"XML: {wrong}") from None
    except (ValueError, LookupError):
        raise problem("encoding_wrong", encoding="UTF-8") from None


def _walk(stream: BytesIO) -> tuple[dict[str, _Layer], int]:
    """Walk the elements once; what has been taken is forgotten, so that memory stays flat."""
    walk = _Walk()
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            walk.enter(element)
        else:
            walk.leave(element)
    return walk.layers, walk.links


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: open elements and the names of open folders; and what was found so far."""

    layers: dict[str, _Layer] = field(default_factory=dict)
    links: int = 0
    count: int = 0
    stack: list[Element] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def enter(self, element: Element) -> None:
        """An element begins."""
        self.stack.append(element)
        if len(self.stack) > _MAX_DEPTH:
            raise problem("file_damaged", reason="XML: nested too deep")
        if _local(element) in _FOLDERS:
            self.folders.append("")

    def leave(self, element: Element) -> None:
        """An element is whole."""
        self.stack.pop()
        name = _local(element)
        if name == "name" and self.stack and _local(self.stack[-1]) in _FOLDERS:
            self.folders[-1] = (element.text or "").strip()
        elif name == "NetworkLink":
            self.links += 1
        elif name == "Placemark":
            self.place(element)
        elif name in _FOLDERS:
            self.folders.pop()

    def place(self, element: Element) -> None:
        """A placemark is whole; the document itself doesn't count as a folder."""
        self.count += 1
        if self.count > MAX_ROWS:
            raise problem("too_many_rows", limit=MAX_ROWS)
        _take(element, self.layers.setdefault("/".join(filter(None, self.folders[1:])) or "KML", _Layer()))
        if self.stack:
            self.stack[-1].clear()


def _take(element: Element, layer: _Layer) -> None:
    """Add a placemark to its folder."""
    polygons = [each for each in element.iter() if _local(each) == "Polygon"]
    if not polygons:
        layer.others += 1
        return
    made = _Placemark(_attributes(element), None)
    try:
        shapes = [_polygon(each, made) for each in polygons]
        made.shape = shapes[0] if len(shapes) == 1 else shapely.MultiPolygon(shapes)
    except _Unreadable as wrong:
        made.reason = wrong.args
    made.is_high = made.shape is not None and bool(shapely.has_z(made.shape))
    layer.placemarks.append(made)


def _polygon(element: Element, made: _Placemark) -> shapely.Polygon:
    """An area: its outer and inner boundaries; the placemark is told of a ring that had to be closed."""
    outer = [r for each in element if _local(each) == "outerBoundaryIs" for r in _rings(each, made)]
    inner = [r for each in element if _local(each) == "innerBoundaryIs" for r in _rings(each, made)]
    if len(outer) != 1:
        raise _Unreadable("外边界应有且只有一个", "there must be one outer boundary", str(len(outer)))
    return shapely.Polygon(outer[0], inner)


def _rings(boundary: Element, made: _Placemark) -> Iterator[Floats]:
    """The rings of a boundary: longitude, latitude and, where every point has one, height."""
    for each in boundary.iter():
        if _local(each) != "coordinates":
            continue
        tuples = [text.split(",") for text in (each.text or "").split()]
        try:
            ring = np.array([[_number(text) for text in point] for point in tuples])
        except ValueError:
            raise _Unreadable("坐标读不通", "coordinates can't be read", _first_odd(tuples)) from None
        if ring.ndim != 2 or ring.shape[1] not in (2, 3):  # noqa: PLR2004 - degrees, and a height
            raise _Unreadable("坐标读不通", "coordinates can't be read", _first_odd(tuples))
        if not np.array_equal(ring[0], ring[-1]):
            ring, made.is_open = np.vstack([ring, ring[:1]]), True
        if len(ring) < 4:  # noqa: PLR2004 - a closed triangle
            raise _Unreadable("环不足 3 点", "the ring has fewer than three points", ",".join(tuples[0]))
        yield ring


def _number(text: str) -> float:
    """A coordinate; Python would also read `1_0`."""
    if "_" in text:
        raise ValueError(text)
    return float(text)


def _first_odd(tuples: list[list[str]]) -> str:
    """The first point that isn't two or three numbers, as far as that tells."""
    odd = (",".join(each) for each in tuples if len(each) != len(tuples[0]) or len(each) not in (2, 3))
    return next(odd, ",".join(tuples[0]) if tuples else "")


def _attributes(element: Element) -> dict[str, str]:
    """Name, description and extended data of a placemark, as text."""
    found = {}
    for each in element:
        if _local(each) in ("name", "description") and (text := (each.text or "").strip()):
            found[_local(each)] = text
        elif _local(each) == "ExtendedData":
            found |= _extended(each)
    return found


def _extended(element: Element) -> dict[str, str]:
    """`Data` with their values, and `SimpleData` of schemas."""
    found = {}
    for each in element.iter():
        key = each.get("name", "").strip()
        if _local(each) == "SimpleData":
            found[key] = (each.text or "").strip()
        elif _local(each) == "Data":
            found[key] = next(((v.text or "").strip() for v in each if _local(v) == "value"), "")
    return {key: value for key, value in found.items() if key}


def _local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _batches(placemarks: list[_Placemark]) -> Iterator[Rows]:
    """The rows of a folder, one batch."""
    names = dict.fromkeys(name for each in placemarks for name in each.attributes)
    if len(names) > MAX_FIELDS:
        raise problem("too_many_fields", limit=MAX_FIELDS)
    columns = {
        f"a_{name}": pa.array([p.attributes.get(name) or None for p in placemarks], pa.string()) for name in names
    }
    shapes = np.array([None, *(each.shape for each in placemarks)], dtype=object)[1:]
    faults = {i: _fault(each, i + 1) for i, each in enumerate(placemarks) if each.reason}
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    high = sum(each.is_high for each in placemarks)
    opened = [i for i, each in enumerate(placemarks) if each.is_open and each.shape is not None]
    flat = shapely.force_2d(shapes)
    yield Rows(row_numbers(1, len(shapes)), wkb, columns, geometries=flat, heights=high, opened=opened, faults=faults)


def _fault(placemark: _Placemark, row: int) -> Finding:
    zh, en, value = placemark.reason or ("", "", "")
    name = placemark.attributes.get("name", "")
    return finding("kml_shape", row=row, value=value, name=name, reason=zh, reason_en=en)
