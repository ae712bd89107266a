"""What GDAL opens: GeoPackage, Shapefile, File Geodatabase and DXF drawings, handed over as Arrow batches.

Runs in the sandboxed child only (`reader`): files from outside are hostile. GDAL is told the driver's data set, never a
name from the file, and only the drivers named here are loaded.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from service.geo.crs import SourceCrs, place_of
from service.imports import detect, shapefile
from service.imports.detect import Format
from service.imports.findings import finding, problem
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

DRIVERS = frozenset({"GPKG", "ESRI Shapefile", "OpenFileGDB", "DXF"})  # GDAL loads these and no other in the child
_POLYGON_LAYERS = (
    "Polygon",
    "MultiPolygon",
    "Unknown",
    "CurvePolygon",
    "MultiSurface",
    "Surface",
    "GeometryCollection",
)
_FAILURES = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pa.ArrowInvalid,
    OSError,
    RuntimeError,
    ValueError,
)
_DXF_ENTITIES = "entities"
_DXF_COLUMNS = ["Layer", "EntityHandle"]
_CLOSED_M = 1e-3  # ends of a line this near to each other meet, in drawing units taken as metres
_CAD_OPTIONS = {
    "DXF_INLINE_BLOCKS": "FALSE",
    "OGR_ARC_STEPSIZE": "1",
}  # nested blocks are a bomb; arcs in whole degrees


def geopackage(request: Request, path: Path) -> Source:
    """The one polygon layer of a GeoPackage, or the named one."""
    detect.check_geopackage(path)
    return _layered(request, path, Format.GEOPACKAGE, "GPKG")


def geodatabase(request: Request, folder: Path) -> Source:
    """The one polygon layer of a File Geodatabase (a `.gdb` folder that has been unpacked), or the named one."""
    return _layered(request, folder, Format.FILE_GEODATABASE, "OpenFileGDB")


def unpacked_shapefile(request: Request, parts: dict[str, Path], name: str) -> Source:
    """A Shapefile whose parts have been unpacked; `name` is for the words."""
    choose_layer([name], request.layer)
    shapefile.check_parts(parts, name)
    encoding, remarks = shapefile.choose_encoding(parts, request.encoding, name)
    remarks += shapefile.mend(parts[".dbf"], encoding, name)
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


def drawing(request: Request, path: Path) -> Source:
    """One layer of a DXF drawing: its closed lines and hatches are parcels, open lines are faults, the rest is left.

    A drawing has no CRS, so that its sender must declare one. Blocks are not resolved.
    """
    named = request.folder / "unpacked.dxf"  # GDAL tells a drawing without header by the ending alone
    if path != named:
        named.symlink_to(path)
    path = named
    pyogrio.set_gdal_config_options(_CAD_OPTIONS)
    table = _gdal(pyogrio.read_arrow, path, layer=_DXF_ENTITIES, columns=_DXF_COLUMNS, return_fids=False)[1]
    if table.num_rows > MAX_ROWS:
        raise problem("too_many_rows", limit=MAX_ROWS)
    shapes = shapely.force_2d(shapely.from_wkb(table.column("wkb_geometry").to_numpy(), on_invalid="ignore"))
    lines = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    ends = shapely.distance(shapely.get_point(shapes, 0), shapely.get_point(shapes, -1))
    closed = lines & (shapely.get_num_points(shapes) > 3) & (ends <= _CLOSED_M)  # noqa: PLR2004 - a triangle
    areas = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    names = table.column("Layer").to_numpy()
    usable = sorted({str(name) for name in names[closed | areas]})
    if not usable:
        seen = "、".join(sorted({str(name) for name in names})[:10])
        raise problem("dxf_no_polygons", seen=seen or "—")
    layer = choose_layer(usable, request.layer)
    chosen, remarks = choose_crs(None, request.crs)
    source = Source(Format.DXF, "DXF", layer, chosen, "UTF-8", iter(()), remarks)
    here = names == layer
    rows = here & (lines | areas)
    for i in np.flatnonzero(rows & closed):
        ring = shapely.get_coordinates(shapes[i])
        shapes[i] = shapely.Polygon(np.vstack([ring[:-1], ring[:1]]))
    if left := int(np.count_nonzero(here & ~rows)):
        source.findings.append(finding("not_polygons_left", layer=layer, count=left))
    source.batches = _drawn(shapes[rows], table.filter(pa.array(rows)), lines[rows] & ~closed[rows], chosen)
    return source


def _drawn(shapes: Any, table: pa.Table, still_open: Any, crs: SourceCrs) -> Iterator[Rows]:  # noqa: ANN401 - NumPy
    """The rows of a drawing, one batch; an open line is a fault of its row."""
    faults = {}
    for i in np.flatnonzero(still_open).tolist():
        handle = table.column("EntityHandle")[i].as_py()
        gap = float(shapely.distance(shapely.get_point(shapes[i], 0), shapely.get_point(shapes[i], -1)))
        x, y = shapely.get_coordinates(shapes[i])[-1].tolist()
        place = place_of(x, y, crs)
        faults[i] = finding("dxf_line_open", row=i + 1, value=handle, gap=f"{gap:.3f}", place=place)
    columns = plain_columns(_DXF_COLUMNS, [table.column(name) for name in _DXF_COLUMNS], {})
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    yield Rows(row_numbers(1, len(shapes)), wkb, columns, geometries=shapes, faults=faults)


def _layered(request: Request, path: Path, kind: Format, driver: str) -> Source:
    """The one polygon layer of a data set of layers, or the named one."""
    # Without locks nothing is written beside the file, which a read-only view of it would refuse.
    layers = dict(_gdal(pyogrio.list_layers, path).tolist())
    usable = [name for name, kind in layers.items() if kind and kind.split(" ")[0].removesuffix("Z") in _POLYGON_LAYERS]
    if not usable:
        seen = "、".join(f"{name}: {kind or '—'}" for name, kind in list(layers.items())[:10])
        raise problem("no_polygon_layer", seen=seen or "—")
    return _by_gdal(request, path, kind, driver, choose_layer(usable, request.layer))


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
    if kind is not Format.SHAPEFILE and info["crs"] and "undefined" not in info["crs"].lower():
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
    except _FAILURES as wrong:
        raise problem("file_damaged", reason=without_path(wrong, path)) from wrong


def _gdal(function: Any, path: Path, **options: Any) -> Any:  # noqa: ANN401 - pyogrio has no annotations
    """Call GDAL; what it can't open is a finding."""
    try:
        return function(path, **{name: value for name, value in options.items() if value is not None})
    except _FAILURES as wrong:
        raise problem("file_damaged", reason=without_path(wrong, path)) from wrong
