"""GeoJSON documents feature by feature, read by our own strict reader.

GDAL drops what it can't read, such as a broken inner ring, without a word in its stream, and follows a `crs` that is a
link. Here a feature that breaks RFC 7946 is a finding. The text is walked twice: for the columns, then for the rows.
"""

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import shapely

from service.geo.geojson import BadGeometry, read_polygon
from service.geo.validity import FILE_CAPS
from service.imports.findings import Finding, finding, problem
from service.imports.sources import MAX_FIELDS, Rows, row_numbers

MAX_BYTES = 300 << 20
BATCH_FEATURES = 4096  # Python objects of a feature take twenty times its text
_SPACE = re.compile(r"[ \t\n\r]*")
_BETWEEN = re.compile(r"[ \t\n\r\x1e]*")  # features of a sequence (RFC 8142)
_INT64 = range(-(2**63), 2**63)
_GEOMETRIES = {"Point", "MultiPoint", "LineString", "MultiLineString", "GeometryCollection"}
_POLYGONS = {"Polygon", "MultiPolygon"}

Feature = dict[str, Any]


@dataclass(slots=True)
class Document:
    """A GeoJSON text; `members` are its top-level members but the features, known after one walk."""

    text: str
    lines: bool = False  # a text sequence: one feature after the other, no document around them
    members: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, set[type]] = field(default_factory=dict)  # types of each property's values

    def features(self) -> Iterator[object]:
        """Walk the features in order; a lone feature or geometry is a document of one. Raises `Problem`."""
        return self._sequence() if self.lines else self._document()

    def _document(self) -> Iterator[object]:
        """Walk the members of the document, and its features one by one."""
        members: dict[str, Any] = {}
        at = self._expect(0, "{")
        while self.text[(at := self._skip(at)) : at + 1] != "}":
            key, at = self._value(at)
            at = self._expect(at, ":")
            if key in members or not isinstance(key, str):
                self._damaged(at, f"duplicate key {key}")
            if key == "features":
                members[key] = None
                at = yield from self._array(at)
            else:
                members[key], at = self._value(at)
            if self.text[(at := self._skip(at)) : at + 1] == ",":
                at += 1
            elif self.text[at : at + 1] != "}":
                self._damaged(at, "',' expected")
        if self._skip(at + 1) != len(self.text):
            self._damaged(at + 1, "text after the end")
        self.members = members
        if members.get("type") == "Feature":
            yield members
        elif members.get("type") in _POLYGONS | _GEOMETRIES:
            yield {"type": "Feature", "properties": None, "geometry": members}
        elif members.get("type") != "FeatureCollection" or "features" not in members:
            raise problem("unknown_format", seen="JSON")

    def _sequence(self) -> Iterator[object]:
        """Walk the features of a text sequence."""
        at = self._skip(0)
        while at < len(self.text):
            value, at = self._value(at)
            yield value
            at = self._skip(at)

    def survey(self) -> int:
        """Walk once: learn the columns, check the whole syntax; the number of features. Raises `Problem`."""
        count = 0
        for feature in self.features():
            count += 1
            for name, value in properties(feature).items():
                self.kinds.setdefault(name, set()).add(_kind(value))
            if len(self.kinds) > MAX_FIELDS:
                raise problem("too_many_fields", limit=MAX_FIELDS)
        return count

    def crs(self) -> str | None:
        """The name in the `crs` member (an older custom), None without one. Raises `Problem` for a link."""
        stated = self.members.get("crs")
        if stated is None:
            return None
        inner = stated.get("properties") if isinstance(stated, dict) else None
        if not isinstance(inner, dict) or stated.get("type") != "name" or not isinstance(inner.get("name"), str):
            raise problem("geojson_crs_link")
        name: str = inner["name"]
        return name

    def _array(self, at: int) -> Generator[object, None, int]:
        """Walk the members of an array; returns the place after it."""
        at = self._expect(at, "[")
        while self.text[(at := self._skip(at)) : at + 1] != "]":
            value, at = self._value(at)
            yield value
            if self.text[(at := self._skip(at)) : at + 1] == ",":
                at += 1
            elif self.text[at : at + 1] != "]":
                self._damaged(at, "',' expected")
        return at + 1

    def _value(self, at: int) -> tuple[Any, int]:
        """One JSON value and the place after it."""
        try:
            return _DECODER.raw_decode(self.text, self._skip(at))
        except RecursionError:
            self._damaged(at, "nested too deep")
        except ValueError as wrong:
            place = wrong.pos if isinstance(wrong, json.JSONDecodeError) else at
            self._damaged(place, wrong.msg if isinstance(wrong, json.JSONDecodeError) else str(wrong))

    def _skip(self, at: int) -> int:
        """The place of the next character that isn't space."""
        match = (_BETWEEN if self.lines else _SPACE).match(self.text, at)
        return match.end() if match else at

    def _expect(self, at: int, character: str) -> int:
        """The place after `character`."""
        at = self._skip(at)
        if self.text[at : at + 1] != character:
            self._damaged(at, f"'{character}' expected")
        return at + 1

    def _damaged(self, at: int, what: str) -> NoReturn:
        """Refuse the document for what is wrong at a place of its text."""
        line = self.text.count("\n", 0, at) + 1
        raise problem(
            "file_damaged", reason=f"JSON, line {line}, character {at - self.text.rfind(chr(10), 0, at)}: {what}"
        )


def load(path: Path, *, lines: bool = False) -> Document:
    """Read a document, or with `lines` a sequence of features; the text must be UTF-8 (RFC 8259). Raises `Problem`."""
    if path.stat().st_size > MAX_BYTES:
        raise problem("file_too_large", limit=MAX_BYTES >> 20)
    try:
        return Document(path.read_bytes().decode("utf-8-sig"), lines)
    except UnicodeDecodeError:
        raise problem("encoding_wrong", encoding="UTF-8") from None


def batches(document: Document, left_out: dict[str, str]) -> Iterator[Rows]:
    """The rows of a surveyed document; properties that hold lists or objects go to `left_out`."""
    columns = {name: _column_type(kinds) for name, kinds in document.kinds.items()}
    left_out.update({name: "object / array" for name, kind in columns.items() if kind is None})
    wanted = {name: kind for name, kind in columns.items() if kind is not None}
    rows: list[object] = []
    first = 1
    for feature in document.features():
        rows.append(feature)
        if len(rows) == BATCH_FEATURES:
            yield _rows(rows, wanted, first)
            first, rows = first + len(rows), []
    if rows:
        yield _rows(rows, wanted, first)


def properties(feature: object) -> dict[str, Any]:
    """Properties of a feature, with its id in front when that is text; none when there are none."""
    if not isinstance(feature, dict):
        return {}
    found = feature.get("properties")
    own = found if isinstance(found, dict) else {}
    return {"id": feature["id"], **own} if isinstance(feature.get("id"), str) else own


def _rows(features: list[object], columns: dict[str, pa.DataType], first: int) -> Rows:
    """One batch."""
    shapes = np.full(len(features), None, dtype=object)
    faults, opened = {}, set()
    for i, feature in enumerate(features):
        result = _shape(feature, first + i)
        if isinstance(result, Finding):
            closed = _closed(feature) if result.code == "geometry_malformed" else None
            if closed is None:
                faults[i] = result
                continue
            opened.add(i)
            result = closed
        shapes[i] = result
    values = [properties(feature) for feature in features]
    try:
        arrays = {f"a_{name}": _array([v.get(name) for v in values], kind) for name, kind in columns.items()}
    except UnicodeEncodeError:  # half a surrogate pair, which no text may hold
        raise problem("encoding_wrong", encoding="UTF-8") from None
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    return Rows(
        row_numbers(first, len(features)),
        wkb,
        arrays,
        geometries=shapes,
        heights=sum(map(_is_high, features)),
        opened=opened,
        faults=faults,
    )


def _shape(feature: object, row: int) -> shapely.MultiPolygon | Finding:
    """The shape of a feature, or why there is none."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return finding("geometry_malformed", row=row, reason="type ≠ Feature", reason_en="type is not Feature")
    geometry = feature.get("geometry")
    if geometry is None:
        return finding("geometry_missing", row=row)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if isinstance(kind, str) and kind in _GEOMETRIES:
        return finding("geometry_type", row=row, value=kind)
    if kind is not None and geometry.get("coordinates") == []:
        return finding("geometry_empty", row=row)
    try:
        return read_polygon(geometry, caps=FILE_CAPS)
    except BadGeometry as bad:
        (error,) = bad.errors
        return finding("geometry_malformed", row=row, value=error.pointer, reason=error.zh, reason_en=error.en)


def _closed(feature: Any) -> shapely.MultiPolygon | None:  # noqa: ANN401 - JSON
    """The shape of a feature once its rings are closed, where that is all that it lacks: a repair may do it."""
    try:
        geometry = feature["geometry"]
        if geometry["type"] not in _POLYGONS:
            return None
        parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        whole = [[ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings] for rings in parts]
        return read_polygon({"type": "MultiPolygon", "coordinates": whole}, caps=FILE_CAPS)
    except (BadGeometry, TypeError, LookupError):
        return None


def _is_high(feature: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell by its first position whether a feature has heights, which are dropped."""
    try:
        position = feature["geometry"]["coordinates"][0][0]
        if isinstance(position[0], list):
            position = position[0]
        return isinstance(position, list) and len(position) > 2  # noqa: PLR2004 - longitude, latitude
    except (TypeError, LookupError):
        return False


def _kind(value: object) -> type:
    """Type of a property's value; a whole number too large for a column counts as text."""
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INT64:
        return str
    return dict if isinstance(value, list) else type(value)


def _column_type(kinds: set[type]) -> pa.DataType | None:
    """Column type that holds all values: whole numbers, floats, else text; None for objects and lists."""
    held = kinds - {type(None)}
    if dict in held:
        return None
    if held and held <= {int, bool}:
        return pa.int64()
    return pa.float64() if held and held <= {int, float} else pa.string()


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """A column of properties."""
    if kind == pa.string():
        return pa.array([None if v is None else v if isinstance(v, str) else json.dumps(v) for v in values], kind)
    return pa.array([None if v is None else float(v) if kind == pa.float64() else int(v) for v in values], kind)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys occur once: readers differ in which of two they take."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate key")
    return made


def _no_number(name: str) -> NoReturn:
    """JSON has no NaN and no Infinity."""
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)
