"""What a file is, by its content; the ending of its name is never believed."""

import re
import sqlite3
from contextlib import closing
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from service.imports.findings import Problem, problem


class Format(StrEnum):
    """A format that parcels can come in."""

    GEOPACKAGE = "geopackage"
    SHAPEFILE = "shapefile"
    GEOJSON = "geojson"
    GEOPARQUET = "geoparquet"
    BOUNDARY_TXT = "boundary_txt"
    GEOJSON_LINES = "geojson_lines"
    FILE_GEODATABASE = "file_geodatabase"
    KML = "kml"
    DXF = "dxf"
    CSV = "csv"
    XLSX = "xlsx"
    GZIP = "gzip"
    ARCHIVE = "archive"


_HEAD = 1 << 16

_OURS = (
    (b"SQLite format 3\0", Format.GEOPACKAGE),
    (b"PAR1", Format.GEOPARQUET),
    (b"PK\x03\x04", Format.ARCHIVE),
    (b"PK\x05\x06", Format.ARCHIVE),
    (b"\x1f\x8b", Format.GZIP),
)
# What other files begin with: signature, offset, what it is, what to convert it to.
_KNOWN: tuple[tuple[bytes, int, str, str], ...] = (
    (b"mimetypeapplication/vnd.oasis", 30, "OpenDocument", "xlsx"),
    (b"7z\xbc\xaf\x27\x1c", 0, "7z", "ZIP"),
    (b"Rar!", 0, "RAR", "ZIP"),
    (b"BZh", 0, "bzip2", "ZIP"),
    (b"\xfd7zXZ", 0, "xz", "ZIP"),
    (b"ustar", 257, "tar", "ZIP"),
    (b"AC10", 0, "DWG", "GeoPackage"),
    (b"fgb\x03", 0, "FlatGeobuf", "GeoPackage"),
    (b"\x00\x01\x00\x00Standard ", 0, "Access MDB", "GeoPackage"),
    (b"AutoCAD Binary DXF", 0, "二进制 DXF", "ASCII DXF"),
    (b"\xd0\xcf\x11\xe0", 0, "Excel 97 / Word 97", "xlsx"),
    (b"OSMHeader", 6, "OSM PBF", "GeoPackage"),
)
# What can't hold parcels at all.
_USELESS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"MZ": "EXE",
}
# What other texts contain near their beginning.
_TEXTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"<OGRVRTDataSource\b"), "GDAL VRT", "GeoPackage"),
    (re.compile(r"<osm\b"), "OSM XML", "GeoPackage"),
    (re.compile(r"<[\w:]*FeatureCollection\b|<gml\b|opengis\.net/gml"), "GML", "GeoPackage"),
    (re.compile(r"^\s*<\??\w"), "XML", "GeoPackage"),
    (re.compile(r"HeadBegin"), "VCT", "GeoPackage"),
    (re.compile(r"\A\s*(?:PROJ|GEOG|GEOD)(?:CS|CRS)\["), ".prj", "ZIP（.shp .shx .dbf .prj）"),
    (re.compile(r'"type"\s*:\s*"Topology"'), "TopoJSON", "GeoJSON"),
    (re.compile(r'"(?:esriGeometry\w*|geometryType)"'), "Esri JSON", "GeoJSON"),
)
_GEOJSON = re.compile(
    r'"type"\s*:\s*"(?:FeatureCollection|Feature|(?:Multi)?(?:Polygon|Point|LineString)|GeometryCollection)"'
)
_WIDE = str.maketrans("，＠", ",@")
_SECTION = re.compile(r"[\[【［]\s{0,9}地块坐标\s{0,9}[\]】］]")
_ROOT = re.compile(r"<(?:\w+:)?(\w+)")  # of an XML document: declarations and comments begin otherwise
_HEAD_LINES = 12
_SHP_MAGIC = b"\x00\x00\x27\x0a"
_DBF = re.compile(rb"[\x03\x30\x31\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f]", re.DOTALL)

# Triggers that the GeoPackage standard and GDAL write themselves; any other is refused.
_OWN_TRIGGER = re.compile(
    r"rtree_.+_(?:insert|update\d?|delete)|trigger_(?:insert|delete)_feature_count_.+|gpkg_\w+_(?:insert|update)",
    re.IGNORECASE,
)
# Views that some writers add so that SpatiaLite's and SQL/MM's names work too: renamed columns, nothing else.
_OWN_VIEW = re.compile(r"(?:st_)?(?:spatial_ref_sys|geometry_columns)", re.IGNORECASE)
_COMPUTES = re.compile(r"\w\s?\(|\bunion\b|\bwith\b|\bselect\b.*\bselect\b", re.IGNORECASE)


def detect(path: Path) -> Format:
    """Tell the format of the file at `path`. Raises `Problem` for what can't be imported, naming what was seen."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise problem("file_empty")
    for signature, kind in _OURS:
        if head.startswith(signature) and not head.startswith(b"mimetype", 30):
            return kind
    if head.startswith(_SHP_MAGIC) or _DBF.match(head):
        raise problem("shapefile_loose")
    for signature, at, seen, instead in _KNOWN:
        if head.startswith(signature, at):
            raise problem("unsupported_format", seen=seen, instead=instead)
    for signature, seen in _USELESS.items():
        if head.startswith(signature):
            raise problem("unknown_format", seen=seen)
    return _text(head)


def _text(head: bytes) -> Format:
    """Tell text formats apart by their beginning."""
    text = _decoded(head)
    if text is None:
        raise problem("unknown_format", seen=f"{head[:8].hex(' ')}…")
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if lines and lines[0].lstrip().upper().startswith("@TXT"):
        raise problem("unsupported_format", seen="进出平衡 TXT（@TXT）", instead="勘测定界界址点 TXT")
    if _SECTION.search(text) or any(map(_is_parcel_line, lines)):
        return Format.BOUNDARY_TXT
    if kind := _plain_text(text, lines):
        return kind
    for pattern, seen, instead in _TEXTS:
        if pattern.search(text):
            raise problem("unsupported_format", seen=seen, instead=instead)
    if text.lstrip().startswith(("{", "[")):
        if _GEOJSON.search(text):
            return Format.GEOJSON
        raise problem("unknown_format", seen="JSON")
    if _has_columns(lines[:_HEAD_LINES], alone=len(head) < _HEAD and text[-1] not in "\r\n"):
        return Format.CSV
    first_line = lines[0].strip() if lines else ""
    raise problem("unknown_format", seen=f"“{first_line[:40]}”")


def _is_parcel_line(line: str) -> bool:
    """Tell the line of a boundary TXT that begins a parcel: …,面,…,@."""
    fields = line.rstrip().translate(_WIDE).split(",")
    return fields[-1].strip() == "@" and any(each.strip() in ("面", "线", "点") for each in fields[2:])


def _plain_text(text: str, lines: list[str]) -> Format | None:
    """Tell the texts that are ours by their very beginning."""
    if lines[:1] and lines[0].lstrip().startswith("<"):
        root = _ROOT.search(text)
        return Format.KML if root and root[1] == "kml" else None
    tags = [line.strip() for line in lines[:_HEAD_LINES]]
    while tags[:1] == ["999"]:  # comments of a drawing
        tags = tags[2:]
    if tags[:2] == ["0", "SECTION"]:
        return Format.DXF
    one_each = len(tags) > 1 and tags[0].endswith("}") and tags[1].lstrip("\x1e").startswith("{")
    if (one_each or text.startswith("\x1e")) and tags[0].lstrip("\x1e").startswith("{") and _GEOJSON.search(text):
        return Format.GEOJSON_LINES
    return None


def _has_columns(lines: list[str], *, alone: bool) -> bool:
    """Tell a table by separators in its first line, or under a heading by two lines with as many, two or more.

    One line without an end is no table: `alone`.
    """
    counts = [[line.count(separator) for line in lines] for separator in ",\t;"]
    if not lines or alone >= len(lines):
        return False
    first = lines[0][:1] not in "{[<"
    return any(
        (first and each[0] and (len(each) == 1 or each[1])) or any(a == b > 1 for a, b in pairwise(each))
        for each in counts
    )


def _decoded(head: bytes) -> str | None:
    """The beginning of a text in whatever encoding is in use here; None for binary data."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    if b"\0" in head:
        return None
    try:
        # The last character may be cut by the limit of reading.
        return head.decode("utf-8") if len(head) < _HEAD else head[: head.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("gb18030", "replace")
    odd = text.count("\N{REPLACEMENT CHARACTER}") + sum(not c.isprintable() and not c.isspace() for c in text)
    return text if odd <= len(text) // 50 else None


def check_geopackage(path: Path) -> None:
    """Refuse an SQLite file that isn't a GeoPackage, or that could run something when it is read.

    Views, foreign triggers and virtual tables other than the spatial index are active content: an endless recursive
    view hangs every reader. Only `sqlite_master` is read here.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            rows = database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as wrong:
        raise problem("file_damaged", reason=wrong) from None
    for kind, name, sql in rows:
        if active := _active(kind, name, sql):
            raise active
    tables = {name.lower() for kind, name, _ in rows if kind == "table"}
    if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tables:
        raise problem("gpkg_not_spatial")


def _active(kind: str, name: str, sql: str) -> Problem | None:
    """The refusal of one schema entry, if it is active."""
    if kind == "view" and not (_OWN_VIEW.fullmatch(name) and not _COMPUTES.search(" ".join(sql.split()))):
        return problem("gpkg_active_content", kind="视图", kind_en="view", name=name)
    if kind == "trigger" and not _OWN_TRIGGER.fullmatch(name):
        return problem("gpkg_active_content", kind="触发器", kind_en="trigger", name=name)
    if re.match(r"\s*create\s+virtual\s+table", sql, re.IGNORECASE) and not re.search(
        r"\busing\s+rtree\b", sql, re.IGNORECASE
    ):
        return problem("gpkg_active_content", kind="虚拟表", kind_en="virtual table", name=name)
    return None
