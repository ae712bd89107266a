"""Writes the broken files, one for each finding that a small file can cause: `python -m gis_data.broken.make_broken`.

The name of a file is the code of its finding. The same bytes come out on every machine.
"""

import io
import json
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

HERE = Path(__file__).parent
Ring = list[list[float]]
WEST, SOUTH = 113.73, 34.76  # 示意 (illustrative), near 郑东新区
SQUARE: Ring = [[113.73, 34.76], [113.731, 34.76], [113.731, 34.761], [113.73, 34.761], [113.73, 34.76]]
NAMED = {"地块编号": "ZD-001"}
STAMP = (2022, 11, 15, 0, 0, 0)

HEADER = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
[地块坐标]
"""
PARCEL = "5,1.0000,ZD-001,甲地块,面,,工业用地,,@\n"
POINTS = """J1,1,3849200.000,38475200.000
J2,1,3849200.000,38475300.000
J3,1,3849100.000,38475300.000
J4,1,3849100.000,38475200.000
J1,1,3849200.000,38475200.000
"""
TXT = HEADER + PARCEL + POINTS


def polygon(*rings: Ring) -> dict[str, Any]:
    """A polygon as GeoJSON."""
    return {"type": "Polygon", "coordinates": list(rings)}


def box(west: float, south: float, east: float, north: float) -> Ring:
    """A closed rectangle."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def geojson(*features: tuple[Any, dict[str, Any]] | Any, crs: str | None = None) -> bytes:  # noqa: ANN401 - JSON
    """A collection of geometries with properties, or of geometries alone."""
    pairs = [each if isinstance(each, tuple) else (each, NAMED) for each in features]
    lines = [
        json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}, ensure_ascii=False)
        for geometry, properties in pairs
    ]
    head = '{"type": "FeatureCollection", '
    if crs is not None:
        head += f'"crs": {{"type": "name", "properties": {{"name": "{crs}"}}}}, '
    return (head + '"features": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def parquet(wkb: bytes, *, geo: dict[str, Any] | None = None) -> bytes:
    """A GeoParquet of one row."""
    table = pa.table({"地块编号": ["ZD-001"], "geometry": pa.array([wkb], pa.binary())})
    column = {"encoding": "WKB", "geometry_types": ["Polygon"]}
    about = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column | (geo or {})}}
    sink = io.BytesIO()
    kept = table if geo == {} else table.replace_schema_metadata({"geo": json.dumps(about)})
    pa.parquet.write_table(kept, sink, compression="none")
    return sink.getvalue()


def wkb(points: Ring) -> bytes:
    """A polygon of one ring as it is, closed or not."""
    ring = b"".join(struct.pack("<dd", *point) for point in points)
    return struct.pack("<BIII", 1, 3, 1, len(points)) + ring


def archive(files: dict[str, bytes], *, method: int = zipfile.ZIP_STORED, mode: int = 0) -> bytes:
    """A ZIP; `mode` are the Unix type bits of its entries."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type, entry.external_attr = method, mode << 16
            made.writestr(entry, content)
    return sink.getvalue()


def changed(data: bytes, at: int, value: bytes) -> bytes:
    """Bytes with some of them overwritten."""
    return data[:at] + value + data[at + len(value) :]


def shapes() -> Iterator[tuple[str, bytes]]:
    """Findings on shapes."""
    east, north = 113.731, 34.761
    yield "geometry_missing.geojson", geojson(None)
    yield "geometry_empty.geojson", geojson(polygon())
    yield "geometry_malformed.geojson", geojson(polygon([*SQUARE[:2], [113.731], SQUARE[0]]))
    yield "geometry_type.geojson", geojson({"type": "Point", "coordinates": SQUARE[0]})
    yield "geometry_invalid.geojson", geojson(polygon(SQUARE, box(113.733, 34.76, 113.734, 34.761)))
    yield "geometry_unreadable.parquet", parquet(wkb(SQUARE)[:40])
    yield "coordinate_not_finite.parquet", parquet(wkb([*SQUARE[:1], [float("nan"), 34.76], *SQUARE[2:]]))
    yield "coordinate_out_of_range.geojson", geojson(polygon([SQUARE[0], [113.731, 91.0], *SQUARE[2:]]))
    yield "ring_open.geojson", geojson(polygon(SQUARE[:-1]))
    yield "self_crossing.geojson", geojson(polygon([SQUARE[k] for k in (0, 2, 1, 3, 0)]))
    yield "point_repeated.geojson", geojson(polygon([*SQUARE[:2], *SQUARE[1:]]))
    tip = [[113.7305, north], [113.7305002, 34.7615], [113.7305004, north]]
    yield "spike.geojson", geojson(polygon([*SQUARE[:3], *reversed(tip), *SQUARE[3:]]))
    yield "sliver.geojson", geojson(polygon(box(WEST, SOUTH, east, SOUTH + 0.00001)))
    yield "hole.geojson", geojson(polygon(SQUARE, box(113.7304, 34.7604, 113.7306, 34.7606)))
    yield "hole_tiny.geojson", geojson(polygon(SQUARE, box(113.7304, 34.7604, 113.730405, 34.760405)))
    beside = box(east + 0.0000005, SOUTH, 113.732, north)
    yield "gap_in_file.geojson", geojson((polygon(SQUARE), NAMED), (polygon(beside), {"地块编号": "ZD-002"}))
    yield "z_dropped.geojson", geojson(polygon([[*point, 88.0] for point in SQUARE]))


def files() -> Iterator[tuple[str, bytes]]:
    """Findings on files, their fields and their coordinate systems."""
    metres = box(475200, 3849100, 475300, 3849200)
    yield "file_empty.geojson", b""
    yield "file_damaged.geojson", geojson(polygon(SQUARE))[:-20]
    yield "unknown_format.bin", bytes(range(64))
    yield "no_rows.geojson", geojson()
    yield "encoding_wrong.geojson", geojson(polygon(SQUARE)).decode().encode("gbk")
    yield "too_many_fields.geojson", geojson((polygon(SQUARE), NAMED | {f"f{i}": 1 for i in range(300)}))
    link = b'"crs": {"type": "link", "properties": {"href": "http://example.org/crs"}}, "features"'
    yield "geojson_crs_link.geojson", geojson(polygon(SQUARE)).replace(b'"features"', link)
    yield "crs_unknown.geojson", geojson(polygon(SQUARE), crs="EPSG:99999")
    yield "crs_old_datum.geojson", geojson(polygon(SQUARE), crs="EPSG:4610")
    yield "crs_taken_as_cgcs2000.geojson", geojson(polygon(SQUARE))
    yield "coordinates_not_degrees.geojson", geojson(polygon(metres), crs="EPSG:4490")
    yield "coordinates_swapped.geojson", geojson(polygon([[y, x] for x, y in metres]), crs="EPSG:4547")
    yield "zone_mismatch.geojson", geojson(polygon(metres), crs="EPSG:4526")
    yield "parquet_not_geo.parquet", parquet(wkb(SQUARE), geo={})
    yield "parquet_encoding.parquet", parquet(wkb(SQUARE), geo={"encoding": "point"})


def archives() -> Iterator[tuple[str, bytes]]:
    """Findings on archives."""
    two = archive({"a.shp": b"x" * 100, "b.shp": b"x" * 100})
    yield "archive_overlap.zip", changed(two, two.rfind(b"PK\x01\x02") + 42, struct.pack("<L", 0))
    yield "archive_damaged.zip", two[:150]
    yield "archive_name.zip", archive({"../../a.shp": b""})
    yield "archive_link.zip", archive({"a.shp": b"/etc/passwd"}, mode=0o120777)
    one = archive({"a.shp": b"x"})
    yield "archive_encrypted.zip", changed(one, one.rfind(b"PK\x01\x02") + 8, b"\x01\x00")
    yield "archive_method.zip", archive({"a.shp": b"x"}, method=zipfile.ZIP_LZMA)
    yield "archive_nested.zip", archive({"inner.zip": b"PK"})
    yield "archive_duplicate.zip", archive({"a.shp": b"1", "A.SHP": b"2"})
    yield "archive_ratio.zip", archive({"a.dbf": bytes(20 << 20)}, method=zipfile.ZIP_DEFLATED)
    yield "archive_too_many_entries.zip", archive({f"{i}.txt": b"" for i in range(201)})
    yield "archive_no_data.zip", archive({"说明.docx": b"x"})
    yield "layer_required.zip", archive({"a.geojson": geojson(), "b.geojson": geojson()})
    yield "shapefile_incomplete.zip", archive({"a.shp": b"x" * 100})
    yield "shapefile_loose.shp", struct.pack(">l20xl", 9994, 50) + struct.pack("<2l", 1000, 5) + bytes(64)


def surveys() -> Iterator[tuple[str, bytes]]:
    """Findings on boundary-point TXT files."""
    first, *_, last = POINTS.splitlines(keepends=True)
    variants = {
        "txt_no_parcels": HEADER,
        "txt_point_line": TXT.replace("J3,1,3849100.000", "J3,1,三八"),
        "txt_point_outside": HEADER + first + PARCEL + POINTS,
        "txt_parcel_line": TXT + PARCEL.replace("面", "体"),
        "txt_not_polygon": TXT + "2,0,2,线路,线,,,,@\nJ1,1,3849200,38475200\nJ2,1,3849201,38475200\n",
        "txt_ring_short": HEADER + PARCEL + first + "J2,1,3849200.000,38475300.000\n" + last,
        "txt_point_repeated": TXT.replace("J3,", "J9,1,3849200.000,38475300.000\nJ3,"),
        "txt_ring_open": HEADER + PARCEL + POINTS[: -len(last)],
        "txt_count": TXT.replace("5,1.0", "99,1.0"),
        "txt_axes_swapped": HEADER
        + PARCEL
        + "".join(",".join([*line.split(",")[:2], *line.split(",")[:1:-1]]) + "\n" for line in POINTS.split()),
        "txt_axes_unclear": TXT.replace("38475", "99475"),
        "txt_zone_missing": TXT.replace(",38475", ",475").replace("带号=38", "带号="),
        "txt_zone_mixed": TXT.replace("J3,1,3849100.000,38", "J3,1,3849100.000,39"),
        "txt_zone_differs": TXT.replace("带号=38", "带号=39"),
        "txt_header_missing": "[地块坐标]\n" + PARCEL + POINTS,
        "txt_header_unknown": TXT.replace("精度=", "操作员=某\n精度="),
        "txt_unit": TXT.replace("计量单位=米", "计量单位=千米"),
        "txt_area_unit": TXT.replace("1.0000", "15.0000"),
        "crs_missing": TXT.replace("坐标系=2000国家大地坐标系\n", ""),
    }
    return ((f"{code}.txt", text.replace("\n", "\r\n").encode("gb18030")) for code, text in variants.items())


KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = (
    "<Placemark><name>ZD-001</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates>"
    "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
)
LINK = "<NetworkLink><Link><href>https://example.invalid/a.kml</href></Link></NetworkLink>"


def drawings() -> Iterator[tuple[str, bytes]]:
    """Findings on KML and DXF."""
    sound = PLACEMARK.format(" ".join(f"{x},{y}" for x, y in SQUARE))
    texts = {
        "kml_links_left.kml": KML.format(sound + LINK),
        "kml_network_link.kml": KML.format(LINK),
        "kml_shape.kml": KML.format(PLACEMARK.format("113.73,三十四 113.731,34.76")),
        "xml_doctype.kml": KML.format(sound).replace("<kml", '<!DOCTYPE kml [<!ENTITY a "a">]><kml', 1),
        "dxf_no_polygons.dxf": dxf([(0, 0), (100, 100)], closed=False, kind="LINE"),
        "dxf_line_open.dxf": dxf([(0, 0), (100, 0), (100, 100), (0, 100)], closed=True)
        + dxf([(200, 0), (300, 0), (300, 100), (200, 100)], closed=False),
    }
    texts["dxf_line_open.dxf"] = texts["dxf_line_open.dxf"].replace(DXF_END + DXF_START, "")
    return ((name, text.encode()) for name, text in texts.items())


DXF_START = "0\nSECTION\n2\nENTITIES\n"
DXF_END = "0\nENDSEC\n0\nEOF\n"


def dxf(points: list[tuple[int, int]], *, closed: bool, kind: str = "LWPOLYLINE") -> str:
    """A drawing of one line, in metres of the 38th zone (EPSG:4526)."""
    x0, y0 = 38_475_200, 3_849_100
    if kind == "LINE":
        (ax, ay), (bx, by) = points
        line = f"0\nLINE\n5\nA1\n8\nPARCEL\n10\n{x0 + ax}\n20\n{y0 + ay}\n11\n{x0 + bx}\n21\n{y0 + by}\n"
    else:
        line = f"0\nLWPOLYLINE\n5\n{x0 + points[0][0]:X}\n8\nPARCEL\n90\n{len(points)}\n70\n{int(closed)}\n"
        line += "".join(f"10\n{x0 + x}\n20\n{y0 + y}\n" for x, y in points)
    return DXF_START + line + DXF_END


def tables() -> Iterator[tuple[str, bytes]]:
    """Findings on CSV."""
    head = "地块编号,点号,X,Y\n"
    corners = ["3849200,38475200", "3849200,38475300", "3849100,38475300", "3849100,38475200"]
    rows = [f"ZD-001,J{i},{each}\n" for i, each in enumerate(corners, 1)]
    square = "POLYGON ((" + ", ".join(f"{x} {y}" for x, y in SQUARE) + "))"
    texts = {
        "table_point": head + rows[0] + rows[1] + "ZD-001,J3,三八,38475300\n" + rows[3],
        "table_no_points": head + "ZD-001,J1,一,二\nZD-001,J2,三,四\n",
        "table_no_shapes": "地块编号,备注\nZD-001,无图形\n",
        "table_wkt": f'地块编号,WKT\nZD-001,"{square}"\nZD-002,POLYGON 三角\n',
        "table_mixed_crs": f'地块编号,WKT\nZD-001,"SRID=4490;{square}"\nZD-002,"SRID=4326;{square}"\n',
        "table_single_points": "地块编号,经度,纬度\nZD-001,113.73,34.76\nZD-002,113.74,34.76\n",
    }
    return ((f"{code}.csv", text.encode()) for code, text in texts.items())


def land_uses() -> Iterator[tuple[str, bytes]]:
    """Findings on land-use codes of older lists."""
    codes = {
        "land_use_translated": {"DLBM": "0601"},  # 工业用地: the same land in the list of 2023
        "land_use_ambiguous": {"YDDM": "U15"},  # 通信用地: 通信 or 邮政
        "land_use_unmatched": {"YDDM": "H14"},  # 村庄建设用地: anything in a village
    }
    return ((f"{code}.geojson", geojson((polygon(SQUARE), NAMED | given))) for code, given in codes.items())


def all_files() -> dict[str, bytes]:
    """Every file by name."""
    return dict([*shapes(), *files(), *archives(), *surveys(), *drawings(), *tables(), *land_uses()])


if __name__ == "__main__":
    for name, content in all_files().items():
        (HERE / name).write_bytes(content)
