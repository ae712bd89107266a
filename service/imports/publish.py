"""Publication: the rows of a checked file become parcels with survey and first event, in the caller's transaction.

Ids are taken beforehand: the survey needs them.
"""

import binascii
import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from service.geo.crs import CGCS2000
from service.imports import values
from service.imports.copying import Csv, ahead, copy_in, csv
from service.parcels.lifecycle import EventKind, Hold, Stage

BATCH = 50_000  # rows of one COPY
FIRST_LOAD = 20_000  # rows from which on a load may have its indexes built afterwards …
OUTWEIGHS = 10  # … if it brings so many times what is stored
FIELDS = (
    *("code", "name", "address", "cadastral_code", "lot_number", "registered_on", "area_legal_m2"),
    *("land_use_scheme", "land_use_code", "land_use_given", "far", "density_pct", "green_pct", "height_m"),
)
_COUNTY_DIGITS = 6
_BYTES, _NOTHING = pa.scalar("\\x", pa.large_string()), pa.scalar("", pa.large_string())


@dataclass(frozen=True, slots=True)
class Edition:
    """What all parcels of one import have in common."""

    import_id: int
    document_id: int
    jurisdiction_id: int
    actor: str
    today: dt.date
    source_crs: int | None
    zone_prefixed: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file, column by column: the reader's table, the mapped fields, township ids and county codes."""

    read: pa.Table
    fields: pa.Table
    region_id: pa.Array
    county_code: pa.Array

    def slice(self, start: int, length: int) -> "Rows":
        """Return some consecutive rows."""
        columns = (self.read, self.fields, self.region_id, self.county_code)
        return Rows(*(each.slice(start, length) for each in columns))


class Confirm(Protocol):
    """Raises if the rows have turned out to be wrong; told to wait, once that is known of all of them."""

    def __call__(self, *, wait: bool) -> None:
        """Raise, or return nothing."""


def publish(
    connection: psycopg.Connection[Any],
    rows: Rows,
    edition: Edition,
    *,
    progress: Callable[[str, int], None] = lambda _stage, _done: None,
    confirm: Confirm = lambda *, wait: None,  # noqa: ARG005 - by that name
) -> None:
    """Add all rows as parcels; `progress` hears a stage and how many rows have passed it.

    `confirm` is asked now and then, and to wait at the end: what it raises ends the transaction, as psycopg errors do.
    """
    ids = _take_ids(connection, len(rows.read))
    first_load = len(ids) >= FIRST_LOAD and not _holds(connection, max(1, len(ids) // OUTWEIGHS))
    if first_load:
        connection.execute("SELECT parcel_load_begin()")
    for done, some in enumerate(ahead(_csv_of(rows, ids, edition)), start=1):
        copy_in(connection, *some)
        progress("publishing", min(done * BATCH, len(ids)))
        confirm(wait=False)
    if len(ids):
        span = {"import": edition.import_id, "first": int(ids[0]), "last": int(ids[-1])}
        add_events(connection, edition, span)
    if first_load:
        for share in _caught_up(connection):
            progress("indexing", int(share * len(ids)))
            confirm(wait=False)
    confirm(wait=True)


def _caught_up(connection: psycopg.Connection[Any]) -> Iterator[float]:
    """Catch up on what a first load put off (migrations/sql/0032_load_in_steps.sql); yield the share that is done."""
    most = 0
    while True:
        (left,) = connection.execute("SELECT parcel_load_step()").fetchone() or (None,)
        if left is None:
            return
        most = max(most, left + 1)
        yield 1 - left / most


def _holds(connection: psycopg.Connection[Any], number: int) -> bool:
    """Whether at least so many parcels are stored."""
    return connection.execute("SELECT FROM parcel OFFSET %s LIMIT 1", (number - 1,)).fetchone() is not None


def _take_ids(connection: psycopg.Connection[Any], count: int) -> NDArray[np.int64]:
    """Take as many parcel ids as there are rows, in one round trip; rising, but others may take some in between."""
    # The sequence is looked up once (OFFSET 0), not for every id.
    query = """SELECT string_agg(int8send(nextval(own.sequence)), '') FROM generate_series(1, %s),
        (SELECT pg_get_serial_sequence('parcel', 'id')::regclass AS sequence OFFSET 0) AS own"""
    with connection.cursor(binary=True) as cursor:
        (ids,) = cursor.execute(query, (count,)).fetchone() or (b"",)
    return np.frombuffer(ids or b"", dtype=">i8").astype(np.int64)


def _csv_of(rows: Rows, ids: NDArray[np.int64], edition: Edition) -> Iterator[tuple[Csv, Csv]]:
    """Parcels and their surveys, some rows at a time."""
    for start in range(0, len(ids), BATCH):
        some, own = rows.slice(start, BATCH), ids[start : start + BATCH]
        yield csv("parcel", _parcels(some, own, edition)), csv("parcel_survey", _surveys(some, own, edition))


def _parcels(rows: Rows, ids: NDArray[np.int64], edition: Edition) -> pa.Table:
    count = len(ids)
    columns = attributes(rows)
    return pa.table(
        {
            "id": ids,
            **columns,
            "jurisdiction_id": pa.repeat(edition.jurisdiction_id, count),
            "stage": pc.fill_null(columns["stage"], str(Stage.candidate)),
            "stage_since": pc.fill_null(columns["stage_since"], edition.today),
            "hold": pc.fill_null(columns["hold"], str(Hold.none)),
            "import_id": pa.repeat(edition.import_id, count),
        }
    )


def attributes(rows: Rows) -> dict[str, pa.ChunkedArray]:
    """Return what the rows say of their parcels, by the parcel's own columns."""
    fields = rows.fields
    cadastral_county = pc.utf8_slice_codeunits(fields["cadastral_code"], 0, _COUNTY_DIGITS)
    return {
        **{name: fields[name] for name in (*FIELDS, "stage", "stage_since", "hold")},
        "region_id": rows.region_id,
        "county_code": pc.coalesce(rows.county_code, fields["county_code"], cadastral_county),
        "geom": hexadecimal(rows.read["geom_wkb"]),
        "area_plane_m2": rows.read["area_plane_m2"],
        "area_ellipsoid_m2": rows.read["area_ellipsoid_m2"],
    }


def _surveys(rows: Rows, ids: NDArray[np.int64], edition: Edition) -> pa.Table:
    count = len(ids)
    delivered, points = surveys(rows, edition)
    return pa.table(
        {
            "parcel_id": ids,
            "source_crs": pa.repeat(edition.source_crs or CGCS2000, count),
            "zone_prefixed": pa.repeat(edition.zone_prefixed, count),
            "geometry": delivered,
            "points": points,
            "document_id": pa.repeat(edition.document_id, count),
            "source_row": rows.read["row"],
            "surveyed_on": rows.fields["surveyed_on"],
        }
    )


def surveys(rows: Rows, edition: Edition) -> tuple[pa.ChunkedArray, pa.Array]:
    """Return shapes (hexadecimal WKB) and boundary points as delivered; shapes of a nameless CRS in EPSG:4490."""
    told = "geom_wkb" if edition.source_crs is None else "source_wkb"
    shapes = pc.binary_join_element_wise(_BYTES, hexadecimal(rows.read[told]), _NOTHING)
    return shapes, values.each(rows.read["survey"], boundary_points, pa.string())


def boundary_points(survey: str) -> str:
    """Return the boundary points (界址点) of a TXT's survey as one list, numbers and coordinates as delivered.

    >>> boundary_points('{"columns": ["northing", "easting"], "rings": [{"ring": 1, "points": [["J1", "3", "38"]]}]}')
    '[{"number": "J1", "ring": 1, "northing": "3", "easting": "38"}]'
    """
    told = json.loads(survey)
    first, second = told["columns"]
    points = (
        {"number": number, "ring": ring["ring"], first: x, second: y}
        for ring in told["rings"]
        for number, x, y in ring["points"]
    )
    return json.dumps(list(points), ensure_ascii=False)


def hexadecimal(column: pa.ChunkedArray) -> pa.ChunkedArray:
    r"""Write a column of bytes as hexadecimal text, a whole buffer at a time.

    >>> hexadecimal(pa.chunked_array([pa.array([b"\x00\xff", None, b"\x10"])])).to_pylist()
    ['00ff', None, '10']
    """
    return pa.chunked_array([_hexadecimal(chunk) for chunk in column.chunks], pa.large_string())


def _hexadecimal(chunk: pa.Array) -> pa.Array:
    chunk = pc.cast(chunk, pa.large_binary())
    offsets = np.frombuffer(chunk.buffers()[1], np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
    data = memoryview(chunk.buffers()[2] or b"")[offsets[0] : offsets[-1]] if len(chunk) else b""
    text = [None, pa.py_buffer((offsets - offsets[0]) * 2), pa.py_buffer(binascii.hexlify(data))]
    full = pa.LargeStringArray.from_buffers(len(chunk), text[1], text[2])
    return pc.if_else(chunk.is_valid(), full, None) if chunk.null_count else full


_EVENTS = """
INSERT INTO parcel_event (parcel_id, kind, effective_on, stage, hold, idle, actor, document_id)
SELECT id, CASE WHEN stage = %(candidate)s AND hold = %(free)s THEN %(propose)s ELSE %(adopt)s END,
       stage_since, stage, hold, idle, %(actor)s, %(document)s
FROM parcel WHERE id BETWEEN %(first)s AND %(last)s AND import_id = %(import)s
"""


def add_events(connection: psycopg.Connection[Any], edition: Edition, span: dict[str, int]) -> None:
    """Give every parcel of the import in a span of ids its first event: proposed by us, or adopted as it came in."""
    names = {"candidate": Stage.candidate, "free": Hold.none, "propose": EventKind.propose, "adopt": EventKind.adopt}
    words = {name: str(value) for name, value in names.items()}
    connection.execute(_EVENTS, {**words, **span, "actor": edition.actor, "document": edition.document_id})
