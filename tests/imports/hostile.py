"""A seeded generator of hostile files: sections A to F of the catalogue (`reference/reliability.md` §4).

Each case has a name, a maker of its bytes and what must come of it: the codes that may refuse it, or none when it is to
be accepted. Addresses in the files are the tests' own, where a call would be heard.
"""

import gzip
import io
import json
import socket
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import shapely

SEED = 20221115
EAR = socket.create_server(("127.0.0.1", 0))  # every call of a file to its address is heard here
URL = f"http://127.0.0.1:{EAR.getsockname()[1]}/x"

NO_SHAPE = (
    *("geometry_missing", "geometry_unreadable", "geometry_type", "geometry_empty", "geometry_curved"),
    *("geometry_invalid", "self_crossing", "ring_open", "geometry_malformed"),
    *("coordinate_out_of_range", "coordinate_not_finite"),
)

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """One file: its name (section and number first), its bytes, the codes that may refuse it; none: it is accepted."""

    name: str
    make: Make
    refused: frozenset[str]
    declared: dict[str, str] = field(default_factory=dict)


CASES: dict[str, Case] = {}


def case(name: str, make: Make | bytes | str, *refused: str, **declared: str) -> None:
    """Add a case to the catalogue."""
    content = make.encode() if isinstance(make, str) else make
    assert name not in CASES
    CASES[name] = Case(name, (lambda: content) if isinstance(content, bytes) else content, frozenset(refused), declared)


# --- A. Archives ---------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """An entry of a ZIP whose headers may lie."""

    name: bytes
    data: bytes = b""
    method: int = 0
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    mode: int = 0
    packed: bytes | None = None
    offset: int | None = None


def zipped(*entries: Entry) -> bytes:
    """A ZIP byte by byte."""
    body, directory = bytearray(), bytearray()
    for each in entries:
        packed = each.packed if each.packed is not None else each.data
        crc = zlib.crc32(each.data) if each.crc is None else each.crc
        size = len(each.data) if each.size is None else each.size
        common = struct.pack(
            "<HHHHHLLLHH", 20, each.flags, each.method, 0, 33, crc, len(packed), size, len(each.name), 0
        )
        at = len(body) if each.offset is None else each.offset
        if each.offset is None:
            body += b"PK\x03\x04" + common + each.name + packed
        directory += b"PK\x01\x02" + struct.pack("<H", 0x314) + common
        directory += struct.pack("<HHHLL", 0, 0, 0, each.mode << 16, at) + each.name
    count = len(entries)
    return bytes(
        body + directory + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(body), 0)
    )


def zeros(mib: int) -> bytes:
    """So many MiB of zeros, deflated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(mib)), packer.flush()])


def square(west: float = 113.7, south: float = 34.7, side: float = 0.001) -> list[list[float]]:
    """A closed ring in degrees."""
    return [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]


def polygon(*rings: Any) -> dict[str, Any]:  # noqa: ANN401 - rings may be anything here
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": list(rings)}


def document(*geometries: object, properties: object = None, **more: object) -> str:
    """A GeoJSON document of features with these geometries."""
    features = [{"type": "Feature", "properties": properties or {"code": "A"}, "geometry": g} for g in geometries]
    return json.dumps({"type": "FeatureCollection", **more, "features": features})


GOOD = document(polygon(square())).encode()
FILE = Entry(b"a.geojson", GOOD)


def archives() -> None:  # noqa: PLR0915 - a catalogue
    """Section A."""
    deep = zipped(Entry(b"b.zip", zipped(Entry(b"c.zip", zipped(FILE)))))
    case(
        "A01 zeros", lambda: zipped(Entry(b"a.dbf", size=64 << 20, crc=0, method=8, packed=zeros(64))), "archive_ratio"
    )

    def many() -> bytes:
        packed = zeros(8)
        return zipped(*(Entry(b"%d.dbf" % i, size=8 << 20, crc=0, method=8, packed=packed) for i in range(70)))

    case("A01 many zeros", many, "archive_too_large")
    case("A02 overlap", zipped(FILE, Entry(b"b.geojson", GOOD, offset=0)), "archive_damaged", "archive_overlap")
    inside = zipped(Entry(b"a.geojson", zipped(FILE)), Entry(b"b.shp", GOOD, offset=len(b"PK\x03\x04") + 35))
    case("A02 entry in an entry", inside, "archive_damaged", "archive_overlap")
    packed = zlib.compress(GOOD * 50, 9)[2:-4]
    case("A03 size lies", zipped(Entry(b"a.json", GOOD * 50, method=8, packed=packed, size=99)), "archive_damaged")
    case(
        "A03 size and checksum lie",
        zipped(Entry(b"a.json", GOOD, method=8, packed=packed, size=99, crc=1)),
        "archive_damaged",
    )
    case("A04 nested", deep, "archive_nested")
    case("A04 nested under another name", zipped(Entry(b"a.geojson", deep)), "archive_nested")
    case("A04 gzip in a ZIP", zipped(Entry(b"a.geojson", gzip.compress(GOOD))), "archive_nested")
    case("A05 201 entries", zipped(*(Entry(b"%d.txt" % i) for i in range(201))), "archive_too_many_entries")
    case("A05 60,000 entries", zipped(*(Entry(b"%d" % i) for i in range(60_000))), "archive_too_many_entries")
    for i, name in enumerate((b"../../x.shp", b"/etc/x.shp", b"C:/x.shp", b"a\\..\\x.shp", b"\\\\server\\x.shp")):
        case(f"A06 name {i}", zipped(Entry(name, GOOD), FILE), "archive_name")
    case("A07 link", zipped(Entry(b"a.shp", b"/etc/passwd", mode=0o120777)), "archive_link")
    case("A07 through a link", zipped(Entry(b"a", b"/etc", mode=0o120777), Entry(b"a/b.shp")), "archive_link")
    case("A07 device", zipped(Entry(b"a.shp", mode=0o060666)), "archive_link")
    case("A07 tar", b"a.shp".ljust(257, b"\0") + b"ustar\0" + bytes(500), "unsupported_format")
    case("A08 one name twice", zipped(FILE, Entry(b"A.GEOJSON", GOOD)), "archive_duplicate")
    case("A09 GBK name", zipped(Entry("地块.geojson".encode("gbk"), GOOD)))
    case(
        "A09 GBK under the UTF-8 flag",
        zipped(Entry("地块.geojson".encode("gbk"), GOOD, flags=0x800)),
        "archive_damaged",
    )
    case("A09 CP437", zipped(Entry(b"\xb0\xb1\xb2.geojson", GOOD)))
    odd = (b"a\0b.shp", b"a\nb.shp", "a\u202egpj.shp".encode(), b"a" * 300 + b".shp", b"CON.shp", b"a.shp.")
    for i, name in enumerate(odd):
        case(f"A10 name {i}", zipped(Entry(name, GOOD, flags=0x800), FILE), "archive_name", "archive_damaged")
    case("A11 encrypted", zipped(Entry(b"a.geojson", GOOD, flags=1)), "archive_encrypted")
    case("A11 strongly encrypted", zipped(Entry(b"a.geojson", GOOD, flags=0x41)), "archive_encrypted")
    for method in (9, 12, 14, 93, 99):
        case(f"A11 method {method}", zipped(Entry(b"a.geojson", GOOD, method=method)), "archive_method")
    whole = zipped(FILE)
    case("A13 cut in half", whole[: len(whole) // 2], "archive_damaged")
    case("A13 directory cut", whole[:-30], "archive_damaged")
    case("A13 wrong checksum", zipped(Entry(b"a.geojson", GOOD, crc=7)), "archive_damaged")
    case("A13 empty file", b"", "file_empty")
    case("A13 only folders", zipped(Entry(b"a/"), Entry(b"a/b/")), "archive_no_data")
    case("A13 directory only", zipped(), "archive_no_data", "archive_damaged")
    case("A14 RAR", b"Rar!\x1a\x07\x01\0" + bytes(99), "unsupported_format")
    case("A14 7z", b"7z\xbc\xaf\x27\x1c" + bytes(99), "unsupported_format")
    case("A14 tar.gz", gzip.compress(b"a".ljust(257, b"\0") + b"ustar\0" + bytes(500)), "unsupported_format")
    case("A14 gzip bomb", lambda: gzip.compress(bytes(64 << 20)), "archive_ratio")
    case("A14 gzip cut", gzip.compress(GOOD)[:-9], "archive_damaged")
    case("A14 ZIP called .shp", zipped(FILE))
    case("A15 a thousand folders", zipped(Entry(b"a/" * 1000 + b"a.geojson", GOOD)), "archive_name")
    case("A15 clutter of a Mac", zipped(Entry(b"__MACOSX/._a.geojson", b"x"), Entry(b".DS_Store", b"x"), FILE))
    case(
        "A16 ZIP64 marks",
        b"PK\x03\x04" + bytes(26) + b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18),
        "archive_damaged",
    )


# --- B. Shapefiles -------------------------------------------------------------------------------------------------

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def shapefile(
    *,
    shapes: list[shapely.Geometry] | None = None,
    texts: tuple[str, ...] = ("郑东新区", "龙湖"),
    encoding: str = "GBK",
    epsg: int | None = 4490,
    kind: str = "Polygon",
    fields: dict[str, list[Any]] | None = None,
) -> dict[str, bytes]:
    """The parts of a small Shapefile."""
    shapes = shapes or [shapely.Polygon(square(113.7 + i / 100)) for i in range(len(texts))]
    columns = fields or {"NAME": list(texts), "AREA": [1.5] * len(texts)}
    data = [np.array(v, dtype=object if isinstance(v[0], str) else None) for v in columns.values()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.shp"
        pyogrio.raw.write(
            path, np.array(shapely.to_wkb(np.array(shapes)), dtype=object), data, np.array(list(columns)),
            geometry_type=kind, crs=f"EPSG:{epsg}" if epsg else None, encoding=encoding,
        )  # fmt: skip
        return {p.suffix: p.read_bytes() for p in Path(folder).iterdir()}


def packed(parts: dict[str, bytes], *, without: str = "", folder: str = "") -> bytes:
    """The parts as a ZIP."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for suffix, content in parts.items():
            if suffix in PARTS and suffix != without:
                archive.writestr(f"{folder}a{suffix}", content)
    return made.getvalue()


def changed(suffix: str, at: int, value: bytes, **options: Any) -> Make:  # noqa: ANN401 - passed on
    """A Shapefile with some bytes of one part replaced."""

    def make() -> bytes:
        parts = shapefile(**options)
        content = bytearray(parts[suffix])
        content[at : at + len(value)] = value
        return packed(parts | {suffix: bytes(content)})

    return make


def with_text(raw: bytes, cpg: bytes | None) -> Make:
    """A Shapefile whose first text is these bytes."""

    def make() -> bytes:
        parts = shapefile(texts=("x" * 20, "y"))
        parts[".dbf"] = parts[".dbf"].replace(b"x" * 20, raw.ljust(20)[:20])
        parts.pop(".cpg", None)
        return packed(parts | ({".cpg": cpg} if cpg is not None else {}))

    return make


def with_number(text: bytes) -> Make:
    """A Shapefile whose first number is this text."""

    def make() -> bytes:
        parts = shapefile()
        table = parts[".dbf"]
        at = table.index(b"1.5") - 24 + 3
        wide = bytearray(table)
        wide[max(0, table.index(b"1.5") + 3 - len(text)) : table.index(b"1.5") + 3] = text
        assert at < len(table)
        return packed(parts | {".dbf": bytes(wide)})

    return make


def no_heights() -> bytes:
    """A Shapefile whose heights are NaN."""
    high = shapely.force_3d(shapely.Polygon(square()), 7.25)
    parts = shapefile(shapes=[high], texts=("x",), kind="Polygon Z")
    number, nothing = struct.pack("<d", 7.25), struct.pack("<d", np.nan)
    return packed({suffix: content.replace(number, nothing) for suffix, content in parts.items()})


def shapefiles() -> None:  # noqa: PLR0915 - a catalogue
    """Section B."""
    for part, code in ((".shx", "shapefile_incomplete"), (".dbf", "shapefile_incomplete"), (".prj", "crs_missing")):
        case(f"B01 without {part}", lambda part=part: packed(shapefile(), without=part), code)  # type: ignore[misc]

    def two() -> bytes:
        parts = shapefile()
        return zipped(*(Entry(f"{n}{s}".encode(), c) for n in "ab" for s, c in parts.items()))

    case("B01 two sets", two, "layer_required")
    case("B01 in a folder", lambda: packed(shapefile(), folder="成果/"))
    case("B01 loose .shp", lambda: shapefile()[".shp"], "shapefile_loose")
    case("B02 length of the .shp", changed(".shp", 24, struct.pack(">I", 2**31)), "shapefile_damaged")
    damaged = ("shapefile_damaged", "file_damaged", "geometry_missing", "geometry_unreadable", "geometry_type")
    case("B02 negative record length", changed(".shp", 104, struct.pack(">i", -8)), *damaged)
    case("B02 negative index", changed(".shx", 104, struct.pack(">i", -8)), *damaged)
    case("B02 index beyond the file", changed(".shx", 100, struct.pack(">I", 2**30)), *damaged)
    case("B02 records of the .dbf", changed(".dbf", 4, struct.pack("<I", 2**32 - 1)), "shapefile_damaged")
    case("B03 parts", changed(".shp", 144, struct.pack("<I", 2**31 - 1)), *damaged)
    case("B03 points", changed(".shp", 148, struct.pack("<I", 2**31 - 1)), *damaged, "geometry_invalid")
    case("B03 part index", changed(".shp", 152, struct.pack("<I", 77)), *damaged, "geometry_invalid")
    gbk = "郑东新区".encode("gbk")
    for cpg in (b"GBK", b"936", b"UTF-8", b"nonsense", b"x" * 1_000_000, b"", None):
        label = "none" if cpg is None else cpg[:8].decode()
        case(f"B05 GBK text, .cpg {label}", with_text(gbk, cpg))
    case("B05 KOI8-R", with_text(gbk, b"KOI8-R"), "encoding_unknown")
    case("B05 no encoding", with_text(b"\xff\xfe\xff\xfe", None), "encoding_wrong")
    case("B06 GBK cut", with_text(("一" * 10).encode("gbk")[:19] + b" ", b"GBK"))
    case("B06 UTF-8 cut", with_text(("一" * 7).encode()[:20], b"UTF-8"))
    for text in (b"*****", b"NaN", b"1e400", b"   ", b"1,5"):
        case(f"B07 number {text.decode().strip()}", with_number(text))
    wide: dict[str, list[Any]] = {f"F{i}": ["x"] for i in range(255)}
    one = [shapely.Polygon(square())]
    case("B08 255 fields", lambda: packed(shapefile(shapes=one, fields=wide)))
    case(
        "B08 names equal in ten letters",
        lambda: packed(shapefile(shapes=one, fields={"ABCDEFGHIJ1": ["x"], "ABCDEFGHIJ2": ["y"]})),
    )
    case("B08 SQL as a name", lambda: packed(shapefile(shapes=one, fields={"a';DROP": ["x"], "<b>": ["y"]})))
    case("B09 another type inside", changed(".shp", 108, struct.pack("<I", 1)), *damaged)
    case("B09 MultiPatch", changed(".shp", 32, struct.pack("<I", 31)), "no_polygon_layer")
    case("B09 heights that are no numbers", no_heights)
    measured = [shapely.force_3d(shapely.Polygon(square()), -1e38)]
    case("B09 heights of no data", lambda: packed(shapefile(shapes=measured, texts=("x",), kind="Polygon Z")))
    metres = shapely.box(38475200, 3849100, 38475300, 3849200)
    swapped = shapely.transform(metres, lambda xy: xy[:, ::-1])
    case(
        "B11 northing first",
        lambda: packed(shapefile(shapes=[swapped], texts=("x",), epsg=4526)),
        "coordinates_swapped",
    )
    case("B11 zone beside", lambda: packed(shapefile(shapes=[metres], texts=("x",), epsg=4527)), "zone_mismatch")
    case("B11 degrees as metres", lambda: packed(shapefile(epsg=4526)), "zone_mismatch")
    case("B11 metres as degrees", lambda: packed(shapefile(shapes=[metres], texts=("x",))), "coordinates_not_degrees")
    latitude = shapely.Polygon([(y, x) for x, y in square()])
    case("B11 latitude first", lambda: packed(shapefile(shapes=[latitude], texts=("x",))), "coordinates_swapped")

    def unequal() -> bytes:
        return packed(shapefile() | {".dbf": shapefile(texts=("x",))[".dbf"]})

    case("B12 counts differ", unequal, "shapefile_damaged")

    def deleted() -> bytes:
        parts = shapefile()
        content = bytearray(parts[".dbf"])
        content[struct.unpack_from("<H", content, 8)[0]] = ord("*")
        return packed(parts | {".dbf": bytes(content)})

    case("B12 a deleted row", deleted, "shapefile_deleted_rows")


# --- C. GeoJSON ----------------------------------------------------------------------------------------------------


def geojsons() -> None:  # noqa: PLR0915 - a catalogue
    """Section C."""
    good = polygon(square())
    link = {"type": "link", "properties": {"href": URL, "type": "proj4"}}
    case("C01 crs link", lambda: document(good, crs=link).encode(), "geojson_crs_link")

    def named(name: str) -> dict[str, Any]:
        return {"type": "name", "properties": {"name": name}}

    case("C01 crs of 1 MB", document(good, crs=named("x" * 1_000_000)), "crs_unknown")
    case("C01 Xian 1980", document(good, crs=named("EPSG:2362")), "crs_old_datum")
    case("C01 GCJ-02", document(good, crs=named("GCJ02")), "crs_encrypted")
    case("C01 a number as crs", document(good, crs=4490), "geojson_crs_link")
    for depth in (1_000, 100_000):
        text = '{"type":"Polygon","coordinates":' + "[" * depth + "]" * depth + "}"
        case(f"C02 arrays {depth} deep", text, "file_damaged", "geometry_malformed")
    for depth in (50, 200, 10_000):
        text = '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth
        feature = (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{text}}}]}}'
        )
        case(f"C02 collections {depth} deep", feature, "geometry_type", "file_damaged")
    text = document(good)
    for i, number in enumerate(("NaN", "Infinity", "1e999", "9" * 5000, '"113.7"', "null", "1e308")):
        refused = (
            "file_damaged",
            "geometry_malformed",
            "coordinate_out_of_range",
            "coordinate_not_finite",
            "geometry_invalid",
        )
        case(f"C03 number {i}", text.replace("113.7,", f"{number},").encode(), *refused)
    case("C03 minus zero", document(polygon(square(0, 0))).replace("0,", "-0,").encode())
    case("C04 NUL in a text", document(good, properties={"code": "a\0b"}))
    case("C04 half a pair", text.replace('"A"', '"\\ud800"').encode(), "encoding_wrong")
    case(
        "C04 not UTF-8", document(good, properties={"code": "?"}).encode().replace(b'"?"', b'"\xff"'), "encoding_wrong"
    )
    case("C04 GBK", '{"type":"FeatureCollection","名":"郑东","features":[]}'.encode("gbk"), "encoding_wrong")
    case("C04 UTF-16", text.encode("utf-16"), "encoding_wrong")
    case("C04 UTF-32", text.encode("utf-32"), "encoding_wrong", "unknown_format")
    case("C04 mark", b"\xef\xbb\xbf" + text.encode())
    rings: list[Any] = [[], [[113, 34], [113, 34]], square()[:4], [[113], [114], [113]], [[113, 34, 1, 2, 3]] * 4]
    case("C06 some with height", document(polygon([[113, 34], [114, 34, 1], [114, 35], [113, 34]])))
    rings += [None, "x", [["a", "b"]] * 4, {"a": 1}, [[True, False]] * 4]
    for i, ring in enumerate(rings):
        case(f"C06 ring {i}", document(polygon(ring)), *NO_SHAPE)
    case("C06 no coordinates", document({"type": "Polygon", "coordinates": []}), "geometry_empty")

    def long() -> bytes:
        turn = np.linspace(0, 2 * np.pi, 200_001)
        ring = np.column_stack([113.7 + np.cos(turn) / 100, 34.7 + np.sin(turn) / 100])
        ring[-1] = ring[0]
        return document(polygon(ring.tolist())).encode()

    case("C07 200,001 corners", long, "geometry_too_complex", "geometry_malformed")
    case("C07 a text of 10 MB", document(good, properties={"code": "x" * 10_000_000}))
    case("C07 100,000 names", document(good, properties={f"p{i}": 1 for i in range(100_000)}), "too_many_fields")
    for i, odd_id in enumerate(({"a": 1}, 2**63, -1, "x" * 1_000_000, 2**200)):
        numbered = {"type": "Feature", "id": odd_id, "properties": {"n": odd_id}, "geometry": good}
        case(f"C08 id {i}", json.dumps({"type": "FeatureCollection", "features": [numbered, numbered]}))
    case("C09 bare geometry", json.dumps(good))
    case("C09 TopoJSON", '{"type":"Topology","objects":{},"arcs":[]}', "unsupported_format")
    case("C09 Esri JSON", '{"geometryType":"esriGeometryPolygon","features":[]}', "unsupported_format")
    lines = "\n".join(json.dumps({"type": "Feature", "properties": {}, "geometry": good}) for _ in range(3))
    case("C09 lines", lines)
    case("C09 lines with a broken one", lines + '\n{"type":"Feature",', "file_damaged")
    case("C09 text after the end", text + "x", "file_damaged")
    case("C09 two documents", text + text, "file_damaged")
    case("C09 one key twice", text.replace('"type":', '"type": "x", "type":', 1).encode(), "file_damaged")
    case("C09 one key twice inside", text.replace('"code":', '"code": "B", "code":').encode(), "file_damaged")
    case("C09 no features", '{"type":"FeatureCollection","features":[]}', "no_rows")
    case("C09 features is an object", '{"type":"FeatureCollection","features":{"a":1}}', "file_damaged")


# --- D. KML and other XML ------------------------------------------------------------------------------------------


def kml(inner: str = "", *, head: str = "", more: str = "") -> bytes:
    """A KML with one good placemark."""
    ring = " ".join(f"{x},{y}" for x, y in square())
    line = f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    area = f"<Polygon><outerBoundaryIs>{line}</outerBoundaryIs></Polygon>"
    place = f"<Placemark><name>a</name>{area}</Placemark>"
    return (
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2" {more}><Document>{inner}{place}</Document></kml>'.encode()
    )


def xmls() -> None:
    """Section D."""
    laughs = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    doctypes = {
        "file": '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "address": f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{URL}">]>',
        "parameter": f'<!DOCTYPE kml [<!ENTITY % x SYSTEM "{URL}"> %x;]>',
        "outside": f'<!DOCTYPE kml SYSTEM "{URL}">',
        "laughs": f'<!DOCTYPE kml [<!ENTITY a0 "ha">{laughs}<!ENTITY x "&a9;">]>',
        "quadratic": f'<!DOCTYPE kml [<!ENTITY x "{"y" * 50_000}">]>',
    }
    for name, head in doctypes.items():
        case(f"D01 entity {name}", lambda head=head: kml("<name>" + "&x;" * 1000 + "</name>", head=head), "xml_doctype")  # type: ignore[misc]
    case("D01 entity in an attribute", lambda: kml('<a b="&x;"/>', head=doctypes["file"]), "xml_doctype")
    links = f"<NetworkLink><Link><href>{URL}</href></Link></NetworkLink>"
    case("D03 network link beside data", lambda: kml(links))
    case("D03 network link alone", f"<kml><Document>{links}</Document></kml>", "kml_network_link")
    case("D03 icon", lambda: kml(f"<Style><IconStyle><Icon><href>{URL}</href></Icon></IconStyle></Style>"))
    case(
        "D03 schemaLocation",
        lambda: kml(more=f'xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="a {URL}"'),
    )
    case("D03 XInclude", lambda: kml(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{URL}"/>'))
    case("D03 XSLT", lambda: kml(head=f'<?xml-stylesheet type="text/xsl" href="{URL}"?>'))
    case("D05 script", lambda: kml("<description><![CDATA[<script>alert(1)</script>]]></description>"))
    case("D06 deep", lambda: kml("<a>" * 100_000 + "</a>" * 100_000), "file_damaged")
    case("D06 cut", lambda: kml()[:-20], "file_damaged")
    case("D06 GML", '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>', "unsupported_format")
    case("D07 doc.kml twice", lambda: zipped(Entry(b"doc.kml", kml()), Entry(b"doc.kml", kml())), "archive_duplicate")
    case("D07 no document", zipped(Entry(b"icon.png", b"x")), "archive_no_data")
    case("D07 doc.kml above", lambda: zipped(Entry(b"../doc.kml", kml())), "archive_name")
    case("D07 KMZ", lambda: zipped(Entry(b"doc.kml", kml()), Entry(b"files/icon.png", b"x")))


# --- E. GeoPackage, drawings, tables, others -----------------------------------------------------------------------


def geopackage(shapes: list[bytes], *statements: str) -> bytes:
    """A GeoPackage of shapes in WKB, written as they are; then the statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        ones = shapely.to_wkb(np.array([shapely.Polygon(square())] * max(1, len(shapes))))
        options = {"geometry_type": "Polygon", "crs": "EPSG:4490", "layer": "a"}
        pyogrio.raw.write(path, ones, [np.arange(len(ones))], np.array(["n"]), **options)
        with sqlite3.connect(path) as database:
            database.create_function("ST_IsEmpty", 1, lambda _: 0)
            for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                database.create_function(name, 1, lambda _: 0.0)
            for i, wkb in enumerate(shapes, start=1):
                blob = b"GP\x00\x01" + struct.pack("<i", 4490) + wkb
                database.execute("UPDATE a SET geom = ? WHERE fid = ?", (blob, i))
            for statement in statements:
                database.execute(statement)
        database.close()
        return path.read_bytes()


def workbook(parts: dict[str, bytes] | None = None, *, cells: list[list[Any]] | None = None) -> bytes:
    """A workbook of boundary points, with some of its parts replaced or added."""
    book = openpyxl.Workbook()
    for row in cells or [
        ["点号", "X", "Y"],
        ["J1", 3849200, 38475200],
        ["J2", 3849200, 38475300],
        ["J3", 3849100, 38475300],
    ]:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as whole:
        found = {name: whole.read(name) for name in whole.namelist()} | (parts or {})
    return zipped(
        *(
            Entry(name.encode(), b"", method=8, size=len(c), crc=zlib.crc32(c), packed=zlib.compress(c, 9)[2:-4])
            for name, c in found.items()
        )
    )


def sheet(rows: str, head: str = "") -> dict[str, bytes]:
    """The XML of the first sheet."""
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return {"xl/worksheets/sheet1.xml": f"{head}{start}<sheetData>{rows}</sheetData></worksheet>".encode()}


POINTS = "点号,X,Y\nJ1,3849200,38475200\nJ2,3849200,38475300\nJ3,3849100,38475300\n"
CELL = '<c r="{0}" t="inlineStr"><is><t>{1}</t></is></c>'


def blocks(depth: int) -> str:
    """A drawing with one insertion of a block of ten blocks of ten blocks …, of a parcel."""
    at = "10\n475200\n20\n3849100\n"
    parcel = f"0\nLWPOLYLINE\n8\na\n90\n3\n70\n1\n{at}10\n475300\n20\n3849100\n10\n475300\n20\n3849200\n"
    origin = "10\n0\n20\n0\n"
    bodies = [parcel, *(f"0\nINSERT\n8\na\n2\nB{i}\n{origin}" * 10 for i in range(depth))]
    named = "".join(f"0\nBLOCK\n8\na\n2\nB{i}\n70\n0\n{origin}{body}0\nENDBLK\n8\na\n" for i, body in enumerate(bodies))
    used = f"0\nINSERT\n8\na\n2\nB{depth}\n{origin}"
    head = "0\nSECTION\n2\nHEADER\n0\nENDSEC\n"
    return f"{head}0\nSECTION\n2\nBLOCKS\n{named}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{used}0\nENDSEC\n0\nEOF\n"


def others() -> None:  # noqa: PLR0915 - a catalogue
    """Section E."""
    endless = "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    case("E01 endless view", lambda: geopackage([], endless), "gpkg_active_content")
    case(
        "E01 trigger",
        lambda: geopackage([], "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END"),
        "gpkg_active_content",
    )
    case("E01 virtual table", lambda: geopackage([], "CREATE VIRTUAL TABLE w USING fts5(a)"), "gpkg_active_content")
    case(
        "E01 two layers",
        lambda: geopackage(
            [], "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('gone', 'features', 4490)"
        ),
    )
    case("E01 cut", lambda: geopackage([])[:50_000], "file_damaged")
    case("E01 plain SQLite", lambda: b"SQLite format 3\0" + bytes(4000), "file_damaged", "gpkg_not_spatial")
    vrt = (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{URL}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    )
    for name in ("alone", "a.kml", "a.geojson", "a.txt", "a.gpkg", "a.dxf", "a.csv"):
        content = vrt.encode() if name == "alone" else zipped(Entry(name.encode(), vrt.encode()))
        case(f"E04 VRT {name}", content, "unsupported_format")
    case("E04 VRT as .shp", lambda: packed(shapefile() | {".shp": vrt.encode()}), "shapefile_damaged")
    case("E04 WFS", f"<OGRWFSDataSource><URL>{URL}</URL></OGRWFSDataSource>", "unsupported_format")
    case("E04 OAPIF", json.dumps({"links": [{"href": URL, "rel": "data"}]}), "unknown_format")
    case("E04 PG", "PG:host=127.0.0.1 dbname=gongdi", "unknown_format")
    case(
        "E04 GDALG",
        json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector read {URL}"}),
        "unknown_format",
    )
    case("E04 FlatGeobuf", b"fgb\x03fgb\x00" + bytes(99), "unsupported_format")
    case(
        "E05 DXF without end",
        "0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\na\n90\n4\n",
        "dxf_no_polygons",
        "file_damaged",
        "crs_missing",
    )
    case("E05 DXF of blocks 8 deep", blocks(8), "dxf_no_polygons", crs="EPSG:4547")
    case("E05 binary DXF", b"AutoCAD Binary DXF\r\n\x1a\0" + bytes(99), "unsupported_format")
    case("E05 DWG", b"AC1032" + bytes(99), "unsupported_format")
    case(
        "E06 a million columns",
        (POINTS.splitlines()[0] + ",x" * 1_000_000 + "\n1" + ",2" * 1_000_000).encode,
        "too_many_fields",
    )
    case("E06 one long line", lambda: b"a,b,wkt\n1,2," + b"x" * 20_000_000, "table_line", crs="4490")
    case("E06 open quote", POINTS + '"J4,1,2\n' + "J5,1,2\n" * 1000, "table_line", crs="4526")
    case("E06 NUL", POINTS + "J4\0,1,2\n", "unknown_format", "table_line", crs="4526")
    case("E06 NUL far behind", POINTS + "J4,3849100,38475200\n" * 9000 + "J\0,1,2\n", "table_line", crs="4526")
    case("E06 formulas", POINTS + "=1+1,=A1,=HYPERLINK()\n", "table_point", crs="4526")
    bomb = "GEOMETRYCOLLECTION(" * 200_000 + "POINT(0 0)" + ")" * 200_000
    case("E06 WKT of nested collections", f'n,wkt\n1,"{bomb}"\n', "geometry_type", crs="4490")
    case("E06 WKT of nested brackets", 'n,wkt\n1,"POLYGON' + "(" * 500_000 + '"\n', "table_wkt", crs="4490")
    case("E06 WKT of multipolygons", 'n,wkt\n1,"MULTIPOLYGON' + "(" * 500_000 + '"\n', "table_wkt", crs="4490")
    shared = b"<sst>" + b"<si><t>x</t></si>" * 3_000_000 + b"</sst>"
    case("E07 shared strings", lambda: workbook({"xl/sharedStrings.xml": shared}), "archive_ratio", crs="4526")
    far = '<row r="1048576">' + CELL.format("XFD1048576", "x") + "</row>"
    case("E07 far cell", lambda: workbook(sheet(far)), "table_no_shapes", crs="4526")
    dimension = b'<dimension ref="A1:XFD1048576"/>'
    stated = {name: xml.replace(b"<sheetData>", dimension + b"<sheetData>") for name, xml in sheet("").items()}
    case("E07 dimension", lambda: workbook(stated), "table_no_shapes", crs="4526")
    dde = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    case("E07 DDE", lambda: workbook({"xl/externalLinks/externalLink1.xml": dde}), "xlsx_active_content", crs="4526")
    case("E07 macro", lambda: workbook({"xl/vbaProject.bin": b"x"}), "xlsx_active_content", crs="4526")
    case("E07 object", lambda: workbook({"xl/embeddings/oleObject1.bin": b"x"}), "xlsx_active_content", crs="4526")
    case("E07 connection", lambda: workbook({"xl/connections.xml": b"<a/>"}), "xlsx_active_content", crs="4526")
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{URL}">]>'
    case("E07 entity", lambda: workbook(sheet(CELL.format("A1", "&x;"), entity)), "xml_doctype", crs="4526")
    case(
        "E07 laughs", lambda: workbook(sheet(CELL.format("A1", "&x;"), doctype_of_laughs())), "xml_doctype", crs="4526"
    )
    case("E07 Word", zipped(Entry(b"[Content_Types].xml", b"<a/>"), Entry(b"word/document.xml")), "unsupported_format")
    case(
        "E07 no sheets",
        lambda: workbook({"xl/workbook.xml": b"<workbook/>"}),
        "file_damaged",
        "table_no_shapes",
        crs="4526",
    )
    texts = [
        ["点号", "X ", "Y"],
        ["J1", "3849200 ", "38475200"],
        ["J2", " 3849200", "38475300 "],
        ["J3", "3849100", "38475300"],
    ]
    case("E07 numbers as text", lambda: workbook(cells=texts), crs="4526")
    case("E08 SVG", '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "unsupported_format")
    case("E08 PDF", b"%PDF-1.7 /JavaScript", "unknown_format")
    case("E08 HTML", "<html><body onload=x></body></html>", "unsupported_format", "unknown_format")
    case(
        "E08 test virus", r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "unknown_format"
    )
    case("E08 program", b"MZ" + bytes(200), "unknown_format")
    case(
        "E08 PNG of 60,000 pixels",
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 60_000, 60_000),
        "unknown_format",
    )
    case("E08 OLE", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "unsupported_format")
    case("E08 noise", lambda: np.random.default_rng(SEED).bytes(100_000), "unknown_format")


def doctype_of_laughs() -> str:
    """A document type that grows by the tenth power."""
    return (
        '<!DOCTYPE a [<!ENTITY a0 "ha">'
        + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
        + '<!ENTITY x "&a9;">]>'
    )


# --- F. Geometry ---------------------------------------------------------------------------------------------------


def star(corners: int) -> list[list[float]]:
    """A star whose edges all cross each other: repairing it takes minutes."""
    turn = np.arange(corners) * (2 * np.pi * (corners // 2 - 1) / corners)
    points = np.column_stack([113.7 + np.cos(turn) / 100, 34.7 + np.sin(turn) / 100]).tolist()
    return [*points, points[0]]


def comb(teeth: int, *, turned: bool) -> list[list[float]]:
    """A valid comb; two of them, one turned, cross in a million places."""
    step = 0.01 / teeth
    points = [
        p
        for i in range(teeth)
        for p in (
            (i * step, 0.01),
            (i * step + step / 2, 0.01),
            (i * step + step / 2, 0.0001),
            ((i + 1) * step, 0.0001),
        )
    ]
    ring = np.array([(0, 0), *points, (0.01, 0), (0, 0)])
    return (ring[:, ::-1] if turned else ring).__add__([113.7, 34.7]).tolist()  # type: ignore[no-any-return]


def wkb_of(kind: int, *inner: bytes, order: str = "<") -> bytes:
    """A collection in WKB."""
    return bytes([order == "<"]) + struct.pack(f"{order}II", kind, len(inner)) + b"".join(inner)


def nested(kind: int, depth: int) -> bytes:
    """Collections in collections."""
    return struct.pack("<BII", 1, kind, 1) * depth + struct.pack("<BII", 1, 3, 0)


def geometries() -> None:
    """Section F."""
    for corners in (100, 200, 1_000, 20_000):
        case(f"F01 star of {corners}", document(polygon(star(corners))), "self_crossing", "geometry_invalid")
    case("F02 combs", lambda: document(polygon(comb(1000, turned=False)), polygon(comb(1000, turned=True))).encode())
    holes = [square(113.7 + i * 1e-4, 34.7 + j * 1e-4, 5e-5) for i in range(1, 140) for j in range(1, 140)]
    case("F04 19,321 holes", document(polygon(square(side=0.1), *holes)), "geometry_too_complex", "geometry_malformed")
    bad = ("geometry_invalid", "geometry_malformed", "self_crossing")
    case("F04 hole outside", document(polygon(square(), square(114))), *bad)
    case("F04 hole is the shell", document(polygon(square(), square())), *bad)
    shells = {"type": "MultiPolygon", "coordinates": [[square(side=0.01)], [square(113.701, 34.701)]]}
    case("F04 shell in a shell", document(shells), *bad)
    touching = [[113.7, 34.7], [113.7005, 34.7002], [113.7005, 34.7004], [113.7, 34.7]]
    case("F04 hole touches in a point", document(polygon(square(), touching)))
    bow = [[113.7, 34.7], [113.71, 34.71], [113.71, 34.7], [113.7, 34.71], [113.7, 34.7]]
    spike = [*square()[:4], [113.7, 34.705], [113.7, 34.7]]
    flat = [[113.7, 34.7], [113.71, 34.7], [113.72, 34.7], [113.7, 34.7]]
    for name, ring in {"bow": bow, "flat": flat, "point": [[113.7, 34.7]] * 4, "spike": spike}.items():
        case(f"F05 {name}", document(polygon(ring)), *bad)
    case(
        "F05 120,000 times one point",
        document(polygon([*square()[:1] * 120_000, *square()])),
        "geometry_too_complex",
        "geometry_malformed",
    )
    turn = np.linspace(0, 2 * np.pi, 150_001)[:-1]
    round_one = shapely.Polygon(np.column_stack([113.7 + np.cos(turn) / 100, 34.7 + np.sin(turn) / 100]))
    case("F05 WKB of 150,000 corners", lambda: geoparquet(shapely.to_wkb(round_one)), "geometry_too_complex")
    case(
        "F06 latitude 91", document(polygon(square(113.7, 90.5, 1.0))), "coordinate_out_of_range", "geometry_malformed"
    )
    case(
        "F06 longitude 181",
        document(polygon(square(180.5, 34.7, 1.0))),
        "coordinate_out_of_range",
        "geometry_malformed",
    )
    whole = shapely.to_wkb(shapely.Polygon(square()))
    curves = {
        "circular string": (wkb_of(8), "geometry_curved"),
        "curve polygon": (wkb_of(10), "geometry_curved"),
        "multi surface": (wkb_of(12), "geometry_curved"),
        "TIN": (wkb_of(16), "geometry_type"),
        "polyhedral surface": (wkb_of(15), "geometry_type"),
        "line": (shapely.to_wkb(shapely.LineString(square())), "geometry_type"),
        "empty": (shapely.to_wkb(shapely.Polygon()), "geometry_empty"),
        "unknown type": (wkb_of(99), "geometry_unreadable"),
        "2^32 - 1 rings": (struct.pack("<BII", 1, 3, 2**32 - 1), "geometry_unreadable"),
        "2^32 - 1 points": (struct.pack("<BIII", 1, 3, 1, 2**32 - 1), "geometry_unreadable"),
        "2^32 - 1 polygons": (struct.pack("<BII", 1, 6, 2**32 - 1), "geometry_unreadable"),
        "10,000 multipolygons deep": (nested(6, 10_000), "geometry_unreadable"),
        "100,000 collections deep": (nested(7, 100_000), "geometry_type"),
        "cut": (whole[:-9], "geometry_unreadable"),
    }
    for name, (wkb, code) in curves.items():
        case(f"F07 GeoPackage, {name}", partial(geopackage, [wkb]), *NO_SHAPE)
        case(f"F12 GeoParquet, {name}", partial(geoparquet, wkb), code)
    flipped = wkb_of(6, shapely.to_wkb(shapely.Polygon(square()), byte_order=0))
    case("F12 GeoParquet, byte order flips inside", lambda: geoparquet(flipped))
    case("F07 measures", lambda: geoparquet(shapely.to_wkb(shapely.force_3d(shapely.Polygon(square()), 7.0))))
    case("F08 clockwise", document(polygon(square()[::-1])))
    case("F08 another start", document(polygon([*square()[2:], *square()[1:3]])))


def geoparquet(wkb: bytes) -> bytes:
    """A GeoParquet file with one shape."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    geo = {"version": "1.1.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    table = pa.table({"code": ["A"], "g": pa.array([wkb], pa.binary())}).replace_schema_metadata(
        {"geo": json.dumps(geo)}
    )
    made = io.BytesIO()
    pq.write_table(table, made)
    return made.getvalue()


for section in (archives, shapefiles, geojsons, xmls, others, geometries):
    section()


def written(folder: Path) -> Iterator[tuple[Case, Path]]:
    """Write all files, under names that tell nothing, as they are kept."""
    for number, each in enumerate(CASES.values()):
        path = folder / f"{number}.file"
        path.write_bytes(each.make())
        yield each, path
