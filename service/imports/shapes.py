"""The shapes of a file, for an act that asks for some (the parts of a parcel to be split): read, told, not kept."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
import pyarrow as pa
import shapely

from service.core.errors import Unavailable
from service.documents import storage
from service.geo import crs
from service.geo.overlay_apart import TooComplex
from service.geo.validity import HAND_CAPS, Geometries
from service.imports import sandbox, values
from service.imports.commands import Declared
from service.imports.findings import Finding, finding
from service.imports.mapping import ATTRIBUTE
from service.imports.proposing import profiles
from service.imports.sandbox import Reading
from service.parcels.lineage import MOST

_LIMIT_MIB = 20
_WALL_SECONDS = 30
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10


class ReaderBusy(Unavailable):
    """Others' files are being read."""

    code, title_zh, title_en = "reader-busy", "正在读取其他文件", "Other files are being read"


class FileShape(NamedTuple):
    """A row of the file: its shape as GeoJSON in the file's CRS, and what it says of code and name."""

    row: int
    code: str | None
    name: str | None
    geometry: dict[str, Any]


class FileShapes(NamedTuple):
    """What a file holds; where an error was found there are no shapes. `crs` is what `shapes` are in."""

    format: str | None
    crs: str | None
    shapes: list[FileShape]
    findings: list[Finding]


def read_shapes(stream: BinaryIO, declared: Declared) -> FileShapes:
    """Read a file in the sandbox, as an import would, while its sender waits.

    Raises:
        TooLarge, EmptyFile: of the file. ReaderBusy: others are waiting already.
        TooComplex: more points than can be overlaid while somebody waits.

    """
    with _turn(), tempfile.TemporaryDirectory(prefix="gongdi-shapes-") as made:
        folder = Path(made).resolve()
        kept = storage.keep(folder / "file", stream, limit=_LIMIT_MIB << 20)
        (folder / "read").mkdir()
        path = storage.path_of(folder / "file", kept.sha256)
        said = declared._asdict()
        return _told(sandbox.read_file(path, folder / "read", wall_seconds=_WALL_SECONDS, **said))


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise ReaderBusy(headers={"Retry-After": "10"})
    try:
        yield
    finally:
        _AT_ONCE.release()


def _told(reading: Reading) -> FileShapes:
    found = list(reading.findings)
    if reading.rows > MOST:
        found = [finding("too_many_rows", limit=MOST)]
    if any(each.severity == "error" for each in found):
        return FileShapes(reading.format, None, [], found)
    table = pa.Table.from_batches(list(reading.batches()))
    epsg = crs.recognise(reading.source_crs or "").epsg
    # As delivered where that has a number to name it by: it is kept as the survey.
    delivered = table["geom_wkb" if epsg is None else "source_wkb"].to_numpy(zero_copy_only=False)
    shapes = shapely.force_2d(shapely.from_wkb(delivered))
    if (vertices := int(shapely.get_num_coordinates(shapes).sum())) > HAND_CAPS.vertices:
        raise TooComplex(
            f"这些图形共有 {vertices} 个点，最多 {HAND_CAPS.vertices} 个。",
            f"The shapes have {vertices} points together, at most {HAND_CAPS.vertices} can be taken.",
        )
    return FileShapes(reading.format, str(epsg or crs.CGCS2000), _shapes(table, shapes), found)


def _shapes(table: pa.Table, shapes: Geometries) -> list[FileShape]:
    fields = {each.assignment.field: ATTRIBUTE + each.column for each in profiles(table)}
    nothing: list[str | None] = [None] * len(table)

    def column(field: str) -> list[str | None]:
        return values.text(table[fields[field]].combine_chunks()).to_pylist() if field in fields else nothing

    geometries = map(orjson.loads, shapely.to_geojson(shapes))
    rows = zip(table["row"].to_pylist(), column("code"), column("name"), geometries, strict=True)
    return [FileShape(*row) for row in rows]
