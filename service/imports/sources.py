"""One shape for all formats: a source of row batches in the CRS of the file, attributes as plain columns."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.geo import crs
from service.geo.crs import CrsRefused, SourceCrs
from service.geo.validity import Geometries
from service.imports.findings import Finding, finding, problem

MAX_ROWS = 1_000_000
MAX_FIELDS = 300
BATCH_ROWS = 32_768
_LONGEST_FIELD_NAME = 100


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: the file, a private folder for unpacking and results, and what its sender declares."""

    path: Path
    folder: Path
    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch: row keys of the file, geometry as delivered (WKB), attribute columns, survey (JSON) of a TXT."""

    fid: pa.Array
    wkb: pa.Array
    columns: dict[str, pa.Array]
    survey: pa.Array | None = None
    geometries: Geometries | None = None  # decoded already, when the opener had them
    heights: int = 0  # shapes whose heights the opener has dropped already
    opened: Collection[int] = ()  # shapes whose open rings the opener has closed, by index
    faults: Mapping[int, Finding] = field(default_factory=dict)  # of shapes that could not be made, by index


@dataclass(slots=True)
class Source:
    """An opened file: what it is, its CRS, and its rows in file order. `findings` may grow while rows are read."""

    format: str
    driver: str
    layer: str
    crs: SourceCrs
    encoding: str
    batches: Iterator[Rows]
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # fields whose type can't be imported


def choose_crs(own: str | None, declared: str | None) -> tuple[SourceCrs, list[Finding]]:
    """The CRS of a file from what it states and what its sender declares. Raises `Problem`.

    Both given must agree; only WGS 84 degrees may be declared to be CGCS2000, which then needs no remark.
    """
    stated, said = _recognised(own), _recognised(declared)
    if stated is None and said is None:
        raise problem("crs_missing")
    if stated is not None and said is not None and not _agree(stated, said):
        raise problem("crs_conflict", declared=said.label, value=stated.label)
    chosen = said or stated
    assert chosen is not None  # noqa: S101 - one of the two is there
    if chosen.datum == "wgs84":
        return chosen, [finding("crs_taken_as_cgcs2000", value=chosen.label)]
    if chosen.datum == "other":
        accuracy = f"{chosen.accuracy_m:g}" if chosen.accuracy_m > 0 else "?"
        return chosen, [finding("crs_foreign", value=chosen.label, accuracy=accuracy)]
    return chosen, []


def choose_layer(names: Iterable[str], asked: str | None) -> str:
    """The one layer to read: the asked one, or the only one. Raises `Problem`."""
    names = list(names)
    shown = "、".join(names[:20])
    if asked is not None:
        if asked not in names:
            raise problem("layer_unknown", layer=asked, layers=shown)
        return asked
    if len(names) > 1:
        raise problem("layer_required", layers=shown)
    return names[0]


def plain_columns(names: Iterable[str], arrays: Iterable[pa.Array], left_out: dict[str, str]) -> dict[str, pa.Array]:
    """Attributes as string or number columns named `a_…`; other types go to `left_out` with the name of their type.

    Raises `Problem` for text that isn't UTF-8 and for too many fields.
    """
    columns: dict[str, pa.Array] = {}
    for name, array in zip(names, arrays, strict=True):
        plain = _plain(array)
        if plain is None:
            left_out[name] = str(array.type)
            continue
        label = unique = f"a_{name[:_LONGEST_FIELD_NAME]}"
        while unique in columns:
            unique = f"{label}_{len(columns)}"
        columns[unique] = plain
    if len(columns) > MAX_FIELDS:
        raise problem("too_many_fields", limit=MAX_FIELDS)
    return columns


def _plain(array: pa.Array) -> pa.Array | None:
    """One attribute as strings, whole numbers or floats; None when it is none of them."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        try:
            array.validate(full=True)
        except pa.ArrowInvalid:
            raise problem("encoding_wrong", encoding="UTF-8") from None
        return array.cast(pa.string())
    if pa.types.is_boolean(kind) or (pa.types.is_integer(kind) and kind != pa.uint64()):
        return array.cast(pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or kind == pa.uint64():
        return array.cast(pa.float64())
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        return _moments(array)
    return pa.nulls(len(array), pa.string()) if pa.types.is_null(kind) else None


def _moments(array: pa.Array) -> pa.Array:
    """Dates and times in ISO 8601; a moment without zone stays without."""
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if v is None else str(v) for v in pc.cast(array, pa.int64()).to_pylist()], pa.string())


def _recognised(text: str | None) -> SourceCrs | None:
    """`crs.recognise`, with its refusal as a finding."""
    if text is None or not text.strip():
        return None
    try:
        return crs.recognise(text)
    except CrsRefused as refused:
        raise problem(refused.reason, value=refused.value) from None


def _agree(stated: SourceCrs, declared: SourceCrs) -> bool:
    """Tell whether a declared CRS is the file's own, in other words.

    A zone may be declared with or without its number in front of the eastings: they show which is true.
    """
    zones = [each.zone and (each.zone.width, each.zone.number) for each in (stated, declared)]
    if zones[0] is not None and zones[0] == zones[1]:
        return True
    degrees = stated.is_geographic and declared.is_geographic
    return stated.label == declared.label or (degrees and {stated.datum, declared.datum} <= {"wgs84", "cgcs2000"})


def row_numbers(first: int, count: int) -> pa.Array:
    """Row numbers from `first` on, as keys of rows that have none."""
    return pa.array(np.arange(first, first + count, dtype=np.int64))


def without_path(wrong: Exception, path: Path) -> str:
    """Words of a failure without our folder names and without advice to programmers."""
    return str(wrong).split(".; ")[0].replace(str(path), "…").replace(str(path.parent), "…")[:200]
