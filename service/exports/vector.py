"""GIS files: by GDAL (GeoPackage, Shapefile, KML), by Arrow (GeoParquet), and GeoJSON, which is text.

All of them take a stream of batches and hold one at a time.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from service.core.errors import Conflict
from service.exports.fields import Field
from service.exports.formats import Target
from service.exports.rows import Batch
from service.geo.crs import WGS84

LAYER = "地块"
_SHAPE = "geometry"
_DBF_TEXT = 254  # bytes
_SHAPEFILE = "parcels"  # names in the archive are plain: old programs can't read others
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


class NotInGbk(Conflict):
    """A text that GBK has no characters for."""

    code, title_zh, title_en = "not-in-gbk", "GBK 编码无法表示", "Not in GBK"


def write_geopackage(batches: Iterator[Batch], fields: Sequence[Field], target: Target, path: Path) -> None:
    """Write one layer of multipolygons."""
    _gdal(batches, fields, target, path, driver="GPKG", layer=LAYER)


def write_shapefile(batches: Iterator[Batch], fields: Sequence[Field], target: Target, path: Path) -> None:
    """Write a zipped Shapefile with its .prj, its .cpg and a text that says what the columns are.

    A text of more than 254 bytes is cut; the text beside it says which.

    Raises:
        NotInGbk: a text that can't be written in the encoding asked for.

    """
    cuts: list[tuple[str, str]] = []
    kept = (_fitted(batch, fields, target, cuts) for batch in batches)
    shp = path.with_name(f"{_SHAPEFILE}.shp")
    _gdal(kept, fields, target, shp, driver="ESRI Shapefile", encoding=target.encoding.upper(), geometry_type="Polygon")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in _PARTS:
            archive.write(shp.with_suffix(suffix), f"{_SHAPEFILE}{suffix}")
        archive.writestr("readme.txt", _explanation(fields, target, cuts).encode("utf-8-sig"))


def write_kml(batches: Iterator[Batch], fields: Sequence[Field], target: Target, path: Path) -> None:
    """Write placemarks named by their code, with every column as extended data; dates as text."""
    dates = [each.title for each in fields if each.kind == "date"]

    def tables() -> Iterator[pa.Table]:
        for batch in batches:
            table = _table(batch, fields, target)
            for name in dates:
                table = table.set_column(table.column_names.index(name), name, pc.cast(table[name], pa.string()))
            yield table.add_column(0, "Name", batch.columns["code"])

    schema = pa.schema(
        [pa.field("Name", pa.string())]
        + [pa.field(each.title, pa.string() if each.kind == "date" else each.type) for each in fields]
        + [pa.field(_SHAPE, pa.binary())]
    )
    _write_stream(schema, tables(), path, target, driver="KML", layer=LAYER)


def write_parquet(batches: Iterator[Batch], fields: Sequence[Field], target: Target, path: Path) -> None:
    """Write GeoParquet 1.1 with WKB and the whole definition of the coordinate system."""
    column = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": json.loads(CRS.from_epsg(target.epsg).to_json()),
        "edges": "planar",
    }
    told = {"version": "1.1.0", "primary_column": _SHAPE, "columns": {_SHAPE: column}}
    schema = _schema(fields, target).with_metadata({"geo": json.dumps(told)})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_table(_table(batch, fields, target).cast(schema))


def write_geojson(batches: Iterator[Batch], fields: Sequence[Field], target: Target, path: Path) -> None:
    """Write RFC 7946 text, longitude first; CGCS2000 is stated by the older `crs` member, which others may skip."""
    head = {"type": "FeatureCollection", "name": LAYER}
    if target.epsg != WGS84:
        urn = f"urn:ogc:def:crs:EPSG::{target.epsg}"
        head |= {"crs": {"type": "name", "properties": {"name": urn}}}  # type: ignore[dict-item]
    with path.open("wb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"features":[\n')
        between = b""
        for batch in batches:
            shapes = shapely.to_geojson(shapely.orient_polygons(batch.shapes, exterior_cw=False))
            for properties, shape in zip(batch.columns.select(_names(fields)).to_pylist(), shapes, strict=True):
                feature = {"type": "Feature", "properties": properties, "geometry": orjson.Fragment(shape)}
                file.write(between + orjson.dumps(feature))
                between = b",\n"
        file.write(b"\n]}\n")


def _gdal(
    batches: Iterator[Batch],
    fields: Sequence[Field],
    target: Target,
    path: Path,
    **how: Any,  # noqa: ANN401 - the library's
) -> None:
    _write_stream(_schema(fields, target), (_table(each, fields, target) for each in batches), path, target, **how)


def _write_stream(
    schema: pa.Schema,
    tables: Iterator[pa.Table],
    path: Path,
    target: Target,
    *,
    geometry_type: str = "MultiPolygon",
    **how: Any,  # noqa: ANN401 - the library's
) -> None:
    """Hand tables to GDAL as one Arrow stream; what goes wrong on our side comes back as it was raised."""
    raised: list[Exception] = []

    def pulled() -> Iterator[pa.RecordBatch]:
        try:
            for table in tables:
                yield from table.cast(schema).to_batches()
        except Exception as error:
            raised.append(error)
            raise

    stream = pa.RecordBatchReader.from_batches(schema, pulled())
    try:
        pyogrio.write_arrow(
            stream, path, geometry_name=_SHAPE, geometry_type=geometry_type, crs=f"EPSG:{target.epsg}", **how
        )
    except Exception:
        if raised:
            raise raised[0] from None
        raise


def _schema(fields: Sequence[Field], target: Target) -> pa.Schema:
    columns = [pa.field(each.heading(target.format), each.type) for each in fields]
    return pa.schema([*columns, pa.field(_SHAPE, pa.binary())])


def _table(batch: Batch, fields: Sequence[Field], target: Target) -> pa.Table:
    named = batch.columns.select(_names(fields)).rename_columns([each.heading(target.format) for each in fields])
    return named.append_column(_SHAPE, pa.array(shapely.to_wkb(batch.shapes), pa.binary()))


def _names(fields: Sequence[Field]) -> list[str]:
    return [each.field for each in fields]


def _fitted(batch: Batch, fields: Sequence[Field], target: Target, cuts: list[tuple[str, str]]) -> Batch:
    """Cut texts to what a DBF file holds, noting code and column of each; refuse what the encoding can't say."""
    columns, codes = batch.columns, batch.columns["code"].to_pylist()
    for each in fields:
        if each.type != pa.string():
            continue
        texts = zip(columns[each.field].to_pylist(), codes, strict=True)
        fitted = pa.array([text and _cut(text, target.encoding, each, code) for text, code in texts], pa.string())
        changed = np.flatnonzero(pc.fill_null(pc.not_equal(columns[each.field], fitted), fill_value=False))
        cuts += [(codes[i], each.short) for i in changed.tolist()]
        columns = columns.set_column(columns.column_names.index(each.field), each.field, fitted)
    return Batch(columns, batch.shapes, batch.points)


def _cut(text: str, encoding: str, field: Field, code: str) -> str:
    try:
        written = text.encode(encoding)
    except UnicodeEncodeError as error:
        sign = text[error.start]
        raise NotInGbk(
            f"地块 {code} 的{field.title}含有 GBK 没有的字“{sign}”，请改用 UTF-8。",
            f"{field.title_en} of parcel {code} has {sign!r}, which GBK lacks: use UTF-8.",
        ) from None
    return text if len(written) <= _DBF_TEXT else written[:_DBF_TEXT].decode(encoding, errors="ignore")


def _explanation(fields: Sequence[Field], target: Target, cuts: Sequence[tuple[str, str]]) -> str:
    """Say in words what the archive holds: coordinate system, encoding, columns, what was cut."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter="\t")
    lines.writerow(["坐标系 CRS", f"EPSG:{target.epsg} {CRS.from_epsg(target.epsg).name}"])
    lines.writerow(["文字编码 Encoding", target.encoding.upper()])
    lines.writerows([[each.short, each.title, each.title_en] for each in fields])
    if cuts:
        lines.writerow([f"超过 {_DBF_TEXT} 字节而截断的文字 Texts cut to {_DBF_TEXT} bytes"])
        lines.writerows(cuts)
    return text.getvalue()
