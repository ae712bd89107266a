"""Which reader opens which format, and what is taken out of an archive.

Runs in the sandboxed child only (`reader`): files from outside are hostile.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from service.imports import archive, boundary_rows, boundary_txt, detect, geojson_file, kml_file, shapefile, tables
from service.imports.archive import Member
from service.imports.detect import Format
from service.imports.findings import problem
from service.imports.gdal_formats import drawing, geodatabase, geopackage, unpacked_shapefile
from service.imports.sources import (
    BATCH_ROWS,
    MAX_ROWS,
    Request,
    Rows,
    Source,
    choose_crs,
    choose_layer,
    plain_columns,
    row_numbers,
    without_path,
)

_DATA_SUFFIXES = {".gpkg", ".geojson", ".json", ".geojsonl", ".parquet", ".geoparquet", ".txt", ".kml", ".dxf", ".csv"}
_NOTES = {"readme.txt", "license.txt", "说明.txt"}
_MAX_TXT_BYTES = 200 << 20


def open_source(request: Request) -> Source:
    """Open the file by its content. Raises `Problem` with the finding that tells the sender what to do."""
    kind = detect.detect(request.path)
    if kind is Format.GZIP:
        unpacked = request.folder / "unpacked"
        archive.gunzip(request.path, unpacked)
        return _single(request, unpacked, request.path.name)
    return _archive(request) if kind is Format.ARCHIVE else _OPENERS[kind](request, request.path)


def _single(request: Request, path: Path, name: str) -> Source:
    """The file that came out of an archive, which may not be one itself."""
    kind = detect.detect(path)
    if kind in (Format.ARCHIVE, Format.GZIP):
        raise problem("archive_nested", name=name)
    return _OPENERS[kind](request, path)


def _archive(request: Request) -> Source:
    """One data set of an archive: a Shapefile, a File Geodatabase, a workbook's own parts, or a single file."""
    members = archive.members(request.path)
    if any(m.name == "[Content_Types].xml" for m in members):
        return _workbook(request, members)
    sets = {m.stem: PurePosixPath(m.name).stem for m in members if m.suffix == ".shp"}
    bases = {base: PurePosixPath(base).stem for m in members if (base := archive.geodatabase_of(m.name))}
    files = {m.name: PurePosixPath(m.name).name for m in members if _is_data(m)}
    if "doc.kml" in files:  # a KMZ; its other documents are pictures' and links' frames
        files = {name: shown for name, shown in files.items() if not shown.lower().endswith(".kml")} | {
            "doc.kml": "doc.kml"
        }
    if not (sets or bases or files):
        raise problem("archive_no_data", seen="、".join(m.name for m in members[:10]) or "—")
    chosen, request = _chosen({**sets, **bases, **files}, request)
    if chosen in bases:
        return geodatabase(request, archive.extract_folder(request.path, members, chosen, request.folder))
    if chosen in files:
        (member,) = (m for m in members if m.name == chosen)
        target = request.folder / f"unpacked{member.suffix}"
        archive.extract(request.path, [(member, target)])
        return _single(request, target, chosen)
    parts = {m.suffix: m for m in members if m.stem == chosen and m.suffix in shapefile.SUFFIXES}
    targets = {suffix: request.folder / f"unpacked{suffix}" for suffix in parts}
    archive.extract(request.path, [(parts[suffix], targets[suffix]) for suffix in parts])
    return unpacked_shapefile(request, targets, sets[chosen])


def _is_data(member: Member) -> bool:
    """Tell a file that may hold parcels from notes and from the inner files of a File Geodatabase."""
    name = PurePosixPath(member.name).name.lower()
    return member.suffix in _DATA_SUFFIXES and name not in _NOTES and archive.geodatabase_of(member.name) is None


def _chosen(data_sets: dict[str, str], request: Request) -> tuple[str, Request]:
    """The data set to read, and the request for it: of several, `name` or `name/layer` of the request says which.

    `data_sets` maps keys to the names that a person sees. Raises `Problem`.
    """
    if len(data_sets) == 1:
        (key,) = data_sets
        return key, replace(request, layer=None) if request.layer == data_sets[key] else request
    asked, _, layer = (request.layer or "").partition("/")
    shown = choose_layer(data_sets.values(), asked or None)
    key = next(key for key, name in data_sets.items() if name == shown)
    return key, replace(request, layer=layer or None)


def _workbook(request: Request, members: list[Member]) -> Source:
    """An Excel workbook; other Office files are refused, and so is one that holds more than cells."""
    if not any(m.name == "xl/workbook.xml" for m in members):
        raise problem("unsupported_format", seen="Word / PowerPoint / xlsb", instead="xlsx")
    return tables.workbook(request, members)


def _geojson(request: Request, path: Path) -> Source:
    """A GeoJSON document; without a `crs` member it is longitude and latitude by definition (RFC 7946)."""
    return _features(request, Format.GEOJSON, geojson_file.load(path))


def _geojson_lines(request: Request, path: Path) -> Source:
    """A GeoJSON text sequence: one feature a line (RFC 8142, or newline-delimited)."""
    return _features(request, Format.GEOJSON_LINES, geojson_file.load(path, lines=True))


def _features(request: Request, kind: Format, document: geojson_file.Document) -> Source:
    """The features of a document that has been read."""
    if document.survey() > MAX_ROWS:
        raise problem("too_many_rows", limit=MAX_ROWS)
    chosen, remarks = choose_crs(document.crs() or (None if request.crs else "OGC:CRS84"), request.crs)
    source = Source(kind, "gongdi", "features", chosen, "UTF-8", iter(()), remarks)
    source.batches = geojson_file.batches(document, source.left_out)
    return source


def _geoparquet(request: Request, path: Path) -> Source:
    """A GeoParquet file with WKB geometry."""
    try:
        file = pq.ParquetFile(path)
        geo = json.loads((file.schema_arrow.metadata or {})[b"geo"])
        primary = geo["primary_column"]
        column = geo["columns"][primary]
        at = file.schema_arrow.get_field_index(primary)
    except KeyError:
        raise problem("parquet_not_geo") from None
    except (pa.ArrowException, ValueError, TypeError, OSError) as wrong:
        raise problem("file_damaged", reason=without_path(wrong, path)) from wrong
    if column.get("encoding") != "WKB" or at < 0:
        raise problem("parquet_encoding", encoding=column.get("encoding"))
    # Absent means longitude and latitude, null means unknown (GeoParquet 1.1).
    stated = column.get("crs", "OGC:CRS84")
    own = json.dumps(stated) if isinstance(stated, dict) else stated
    chosen, remarks = choose_crs(own, request.crs)
    source = Source(Format.GEOPARQUET, "pyarrow", primary, chosen, "UTF-8", iter(()), remarks)
    source.batches = _parquet_batches(file, path, at, source.left_out)
    return source


def _parquet_batches(file: pq.ParquetFile, path: Path, geometry: int, left_out: dict[str, str]) -> Iterator[Rows]:
    """Batches of a GeoParquet file; rows have no key but their number."""
    first = 1
    try:
        for batch in file.iter_batches(BATCH_ROWS):
            others = [i for i in range(batch.num_columns) if i != geometry]
            columns = plain_columns(
                [batch.schema.names[i] for i in others], [batch.column(i) for i in others], left_out
            )
            wkb = batch.column(geometry).cast(pa.binary())
            yield Rows(row_numbers(first, batch.num_rows), wkb, columns)
            first += batch.num_rows
    except (pa.ArrowException, OSError) as wrong:
        raise problem("file_damaged", reason=without_path(wrong, path)) from wrong


def _boundary_txt(request: Request, path: Path) -> Source:
    """A boundary-point TXT, one batch."""
    if path.stat().st_size > _MAX_TXT_BYTES:
        raise problem("file_too_large", limit=_MAX_TXT_BYTES >> 20)
    text, encoding = boundary_txt.decode(path.read_bytes())
    file = boundary_txt.parse(text, encoding)
    return boundary_rows.source(Format.BOUNDARY_TXT, "地块坐标", file, request.crs)


_OPENERS = {
    Format.GEOPACKAGE: geopackage,
    Format.GEOJSON: _geojson,
    Format.GEOJSON_LINES: _geojson_lines,
    Format.GEOPARQUET: _geoparquet,
    Format.BOUNDARY_TXT: _boundary_txt,
    Format.KML: kml_file.open_kml,
    Format.DXF: drawing,
    Format.CSV: tables.text_table,
}
