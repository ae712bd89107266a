"""How each format is opened: GDAL for GeoPackage and Shapefile, pyarrow for GeoParquet, our own for the texts.

Runs in the sandboxed child only (`reader`): files from outside are hostile.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from service.geo.area import areas_m2
from service.geo.validity import Geometries
from service.imports import archive, boundary_rings, boundary_txt, detect, geojson_file, shapefile
from service.imports.boundary_rings import Frame
from service.imports.boundary_txt import BoundaryFile, Parcel
from service.imports.detect import Format
from service.imports.findings import problem
from service.imports.sources import (
    BATCH_ROWS,
    MAX_ROWS,
    Rows,
    Source,
    choose_crs,
    choose_layer,
    plain_columns,
    row_numbers,
)

DRIVERS = frozenset({"GPKG", "ESRI Shapefile"})  # GDAL loads these and no other in the child
_POLYGON_LAYERS = (
    "Polygon",
    "MultiPolygon",
    "Unknown",
    "CurvePolygon",
    "MultiSurface",
    "Surface",
    "GeometryCollection",
)
_DATA_SUFFIXES = {".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".txt"}
_NOTES = {"readme.txt", "license.txt", "说明.txt"}
_MAX_TXT_BYTES = 200 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: the file, a private folder for unpacking and results, and what its sender declares."""

    path: Path
    folder: Path
    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None


def open_source(request: Request) -> Source:
    """Open the file by its content. Raises `Problem` with the finding that tells the sender what to do."""
    kind = detect.detect(request.path)
    if kind is Format.ARCHIVE:
        return _archive(request)
    return _OPENERS[kind](request, request.path)


def _archive(request: Request) -> Source:
    """The one data set of an archive: a Shapefile, or a single file of another format."""
    members = archive.members(request.path)
    sets = {m.stem: PurePosixPath(m.name).stem for m in members if m.suffix == ".shp"}
    files = [m for m in members if m.suffix in _DATA_SUFFIXES and PurePosixPath(m.name).name.lower() not in _NOTES]
    if not sets and not files:
        raise problem("archive_no_data", seen="、".join(m.name for m in members[:10]) or "空")
    if sets:
        name = choose_layer(sets.values(), request.layer)
        stem = next(stem for stem, shown in sets.items() if shown == name)
        parts = {m.suffix: m for m in members if m.stem == stem and m.suffix in shapefile.SUFFIXES}
        targets = {suffix: request.folder / f"unpacked{suffix}" for suffix in parts}
        archive.extract(request.path, [(parts[suffix], targets[suffix]) for suffix in parts])
        return _shapefile(request, targets, name)
    if len(files) > 1:
        raise problem("archive_several", layers="、".join(m.name for m in files[:20]))
    target = request.folder / f"unpacked{files[0].suffix}"
    archive.extract(request.path, [(files[0], target)])
    kind = detect.detect(target)
    if kind is Format.ARCHIVE:
        raise problem("archive_nested", name=files[0].name)
    return _OPENERS[kind](request, target)


def _geopackage(request: Request, path: Path) -> Source:
    """The one polygon layer of a GeoPackage, or the named one."""
    detect.check_geopackage(path)
    # Without locks nothing is written beside the file, which a read-only view of it would refuse.
    layers = dict(_gdal(pyogrio.list_layers, path).tolist())
    usable = [name for name, kind in layers.items() if kind and kind.split(" ")[0].removesuffix("Z") in _POLYGON_LAYERS]
    if not usable:
        seen = "、".join(f"{name}: {kind or '表'}" for name, kind in list(layers.items())[:10])
        raise problem("no_polygon_layer", seen=seen or "空")
    layer = choose_layer(usable, request.layer)
    return _by_gdal(request, path, Format.GEOPACKAGE, "GPKG", layer)


def _shapefile(request: Request, parts: dict[str, Path], name: str) -> Source:
    """A Shapefile whose parts have been unpacked."""
    shapefile.check_parts(parts, name)
    encoding, remarks = shapefile.choose_encoding(parts, request.encoding, name)
    prj = parts.get(".prj")
    own = prj.read_text("utf-8", "replace").strip("\ufeff \0\r\n\t") if prj else None
    # GDAL believes a .cpg before it believes us.
    if ".cpg" in parts:
        parts[".cpg"].unlink()
    source = _by_gdal(
        request, parts[".shp"], Format.SHAPEFILE, "ESRI Shapefile", None, own=own or None, encoding=encoding
    )
    source.layer, source.encoding = name, encoding
    source.findings.extend(remarks)
    return source


def _geojson(request: Request, path: Path) -> Source:
    """A GeoJSON document; without a `crs` member it is longitude and latitude by definition (RFC 7946)."""
    document = geojson_file.load(path)
    if document.survey() > MAX_ROWS:
        raise problem("too_many_rows", limit=MAX_ROWS)
    chosen, remarks = choose_crs(document.crs() or (None if request.crs else "OGC:CRS84"), request.crs)
    source = Source(Format.GEOJSON, "gongdi", "features", chosen, "UTF-8", iter(()), remarks)
    source.batches = geojson_file.batches(document, source.left_out)
    return source


def _by_gdal(
    request: Request,
    path: Path,
    kind: Format,
    driver: str,
    layer: str | None,
    *,
    own: str | None = None,
    encoding: str | None = None,
) -> Source:
    """Rows by GDAL, which hands them over as Arrow batches."""
    info = _gdal(pyogrio.read_info, path, layer=layer, encoding=encoding)
    if kind is Format.GEOPACKAGE and info["crs"] and "undefined" not in info["crs"].lower():
        own = info["crs"]
    chosen, remarks = choose_crs(own, request.crs)
    source = Source(kind, driver, layer or info["layer_name"], chosen, "UTF-8", iter(()), remarks)
    source.batches = _gdal_batches(path, layer, encoding, source.left_out)
    return source


def _gdal_batches(path: Path, layer: str | None, encoding: str | None, left_out: dict[str, str]) -> Iterator[Rows]:
    """Batches of a layer; text comes as UTF-8."""
    options: dict[str, Any] = {"layer": layer, "encoding": encoding, "return_fids": True, "batch_size": BATCH_ROWS}
    try:
        with pyogrio.open_arrow(path, use_pyarrow=True, **options) as (meta, stream):
            shape_column = meta["geometry_name"] or "wkb_geometry"
            for batch in stream:
                names = batch.schema.names
                fid_column = meta.get("fid_column") or names[0]
                others = [i for i, name in enumerate(names) if name not in (shape_column, fid_column)]
                columns = plain_columns([names[i] for i in others], [batch.column(i) for i in others], left_out)
                yield Rows(batch.column(fid_column).cast(pa.int64()), batch.column(shape_column), columns)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pa.ArrowInvalid,
        OSError,
        RuntimeError,
    ) as wrong:
        raise problem("file_damaged", reason=_without_path(wrong, path)) from wrong


def _gdal(function: Any, path: Path, **options: Any) -> Any:  # noqa: ANN401 - pyogrio has no annotations
    """Call GDAL; what it can't open is a finding."""
    try:
        return function(path, **{name: value for name, value in options.items() if value is not None})
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as wrong:
        raise problem("file_damaged", reason=_without_path(wrong, path)) from wrong


def _without_path(wrong: Exception, path: Path) -> str:
    """Words of a failure without our folder names and without advice to programmers."""
    return str(wrong).split(".; ")[0].replace(str(path), "…").replace(str(path.parent), "…")[:200]


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
        raise problem("file_damaged", reason=_without_path(wrong, path)) from wrong
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
        raise problem("file_damaged", reason=_without_path(wrong, path)) from wrong


def _boundary_txt(request: Request, path: Path) -> Source:
    """A boundary-point TXT, one batch."""
    if path.stat().st_size > _MAX_TXT_BYTES:
        raise problem("file_too_large", limit=_MAX_TXT_BYTES >> 20)
    text, encoding = boundary_txt.decode(path.read_bytes())
    file = boundary_txt.parse(text, encoding)
    frame = boundary_rings.find_frame(file, request.crs)
    chosen, remarks = choose_crs(None, frame.source.definition)
    source = Source(Format.BOUNDARY_TXT, "gongdi", "地块坐标", chosen, encoding, iter(()))
    source.findings.extend([*file.findings, *frame.findings, *remarks])
    source.batches = _txt_batches(file, frame, source)
    return source


def _txt_batches(file: BoundaryFile, frame: Frame, source: Source) -> Iterator[Rows]:
    """The parcels of a boundary TXT with their survey, one batch: no such file is large."""
    shapes = np.array([boundary_rings.shape(parcel, frame) for parcel in file.parcels], dtype=object)
    columns = _txt_columns(file.parcels, shapes, source)
    surveys = [json.dumps(boundary_rings.survey(p, file, frame), ensure_ascii=False) for p in file.parcels]
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    yield Rows(row_numbers(1, len(shapes)), wkb, columns, pa.array(surveys), shapes)


def _txt_columns(parcels: list[Parcel], shapes: Geometries, source: Source) -> dict[str, pa.Array]:
    """Fields of the `@` lines, and the stated area brought to m²."""
    measured = areas_m2(shapes).ellipsoid if source.crs.is_geographic else np.nan_to_num(shapely.area(shapes))
    stated = []
    for row, (parcel, measured_m2) in enumerate(zip(parcels, measured.tolist(), strict=True), start=1):
        area_m2, remarks = boundary_rings.stated_area_m2(parcel, measured_m2, row)
        stated.append(area_m2)
        source.findings.extend(remarks)
    keys = dict.fromkeys(key for parcel in parcels for key in parcel.attributes)
    columns = {f"a_{key}": pa.array([p.attributes.get(key) or None for p in parcels], pa.string()) for key in keys}
    return columns | {
        "a_地块面积": pa.array([p.stated_area or None for p in parcels], pa.string()),
        "a_地块面积_m2": pa.array(stated, pa.float64()),
    }


_OPENERS = {
    Format.GEOPACKAGE: _geopackage,
    Format.GEOJSON: _geojson,
    Format.GEOPARQUET: _geoparquet,
    Format.BOUNDARY_TXT: _boundary_txt,
}
