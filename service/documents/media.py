"""What a file is, told by its content; the sender's word and the file's name don't count."""

import re
import zipfile
from pathlib import Path

OTHER = "application/octet-stream"
_HEAD = 4096

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_OFFICE = {
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|\w+:svg)\b", re.IGNORECASE)
_GEOJSON = re.compile(r'"type"\s*:\s*"(?:Feature|FeatureCollection|(?:Multi)?(?:Point|LineString|Polygon))"')

# What a browser may show in place; everything else is saved.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
# What would run in a browser: given out as bytes only.
ACTIVE = frozenset({"text/html", "image/svg+xml", "text/xml"})


def media_type_of(path: Path) -> str:
    """Return the media type of a file by its content.

    Text is told from bytes by being valid UTF-8, UTF-16 with a mark, or GB18030, without control characters.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"SQLite format 3\x00"):
        return (
            "application/geopackage+sqlite3"
            if head[68:72] in {b"GPKG", b"GP10", b"GP11"}
            else "application/vnd.sqlite3"
        )
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(path)
    return _of_text(head)


def _of_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return OTHER
    if "[Content_Types].xml" in names:
        for folder, media_type in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return media_type
    return "application/zip"


def _of_text(head: bytes) -> str:
    if _MARKUP.search(head):
        return "image/svg+xml" if re.search(rb"<(?:\w+:)?svg\b", head, re.IGNORECASE) else "text/html"
    text = _decoded(head)
    if text is None:
        return OTHER
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<?xml"):
        return "text/xml"
    if start.startswith("{"):
        return "application/geo+json" if _GEOJSON.search(text) else "application/json"
    return "text/plain"


def _decoded(head: bytes) -> str | None:
    encodings = ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "gb18030")
    for encoding in encodings:
        for cut in range(4):  # the head may end inside a character
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return (
                text
                if all(char.isprintable() or char in "\r\n\t\ufeff\u3000\x0c" or char.isspace() for char in text)
                else None
            )
    return None
