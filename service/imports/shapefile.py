"""Shapefiles: whether the parts are all there and whole, and the encoding of the text.

Chinese deliveries often have no .cpg and a zero language byte; then the text is GBK or, lately, UTF-8. GDAL would read
either as Latin-1.
"""

import codecs
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from service.core.plurals import Count
from service.imports.findings import Finding, finding, problem

Bytes = NDArray[np.uint8]
REQUIRED = (".shp", ".shx", ".dbf")
SUFFIXES = (*REQUIRED, ".prj", ".cpg")
_POLYGON_TYPES = {5, 15, 25}  # Polygon, PolygonZ, PolygonM
_TYPE_NAMES = {0: "Null", 1: "Point", 3: "PolyLine", 8: "MultiPoint", 11: "PointZ", 13: "PolyLineZ", 31: "MultiPatch"}
_LANGUAGE_BYTES = {0x4D: "GB18030", 0x4F: "BIG5", 0x78: "BIG5", 0x7A: "GB18030"}  # dBASE language driver ids
_NAMES = {
    **dict.fromkeys(("utf-8", "utf8", "65001", "cp65001"), "UTF-8"),
    **dict.fromkeys(
        ("gbk", "gb2312", "gb18030", "936", "cp936", "ansi 936", "oem 936", "ms936", "windows-936"), "GB18030"
    ),
    **dict.fromkeys(("big5", "950", "cp950"), "BIG5"),
}
_UNSURE = {"iso8859-1", "cp1252", "ascii"}
_HEADER_BYTES = 100
_CPG_BYTES = 64
_PREVIEWED = 3  # texts shown in each encoding
_ASCII = 0x7F
_BLOCK = 20_000  # records looked at in one go


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a .dbf: raw name, type letter, place in the record, width."""

    name: bytes
    kind: str
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """Shape of a .dbf file."""

    records: int
    header_bytes: int
    record_bytes: int
    language: int
    columns: tuple[Column, ...]


def check_parts(parts: dict[str, Path], name: str) -> None:
    """Refuse a Shapefile whose files are missing, damaged, of unequal length, or hold no polygons.

    `parts` maps the endings to the files; `name` is for the words. Raises `Problem`.
    """
    for suffix in REQUIRED:
        if suffix not in parts:
            raise problem("shapefile_incomplete", name=name, missing=suffix)
    shapes = [_check_header(parts[suffix], name, suffix) for suffix in (".shp", ".shx")]
    if shapes[0] not in _POLYGON_TYPES:
        raise problem("no_polygon_layer", seen=_TYPE_NAMES.get(shapes[0], str(shapes[0])))
    indexed = (parts[".shx"].stat().st_size - _HEADER_BYTES) // 8
    _check_records(parts, name)
    table = read_table(parts[".dbf"], name)
    if indexed != table.records:
        raise problem(
            "shapefile_damaged",
            name=name,
            part=".dbf",
            reason=f"{Count(indexed):shape|shapes}, {Count(table.records):record|records}",
        )
    if deleted := _count_deleted(parts[".dbf"], table):
        raise problem("shapefile_deleted_rows", name=name, count=deleted)


def choose_encoding(parts: dict[str, Path], declared: str | None, name: str) -> tuple[str, list[Finding]]:
    """Encoding to read the .dbf with: the declared one, the .cpg's, the language byte's, else what the bytes allow.

    What the text contradicts isn't believed: bytes that make Chinese characters in UTF-8 are UTF-8, for in GBK they
    would be gibberish that happens to decode. Raises `Problem` for a declared encoding that can't read the text.
    """
    table = read_table(parts[".dbf"], name)
    texts = list(_texts(parts[".dbf"], table))
    if declared is not None:
        encoding = _NAMES.get(declared.strip().lower())
        if encoding is None:
            raise problem("encoding_unknown", value=declared)
        if not _reads(texts, encoding):
            raise problem("encoding_wrong", encoding=encoding)
        return encoding, []
    stated = _stated(parts.get(".cpg"), table.language)
    if stated not in (None, *_NAMES.values()):
        raise problem("encoding_unknown", value=stated)
    told = "UTF-8" if _is_chinese_utf8(texts) else None
    if stated and _reads(texts, stated) and told in (None, stated):
        return stated, []
    for encoding in filter(None, (told, "GB18030", "UTF-8")):
        if _reads(texts, encoding):
            foreign = [text for text in texts if not text.isascii()]
            shown = preview(foreign, encoding)
            return encoding, [finding("encoding_guessed", encoding=encoding, value=shown)] if foreign else []
    raise problem("encoding_wrong", encoding="UTF-8 / GB18030")


def preview(texts: list[bytes], chosen: str) -> str:
    """How some texts read in the chosen encoding, then in each other one that reads them all, for a person to judge.

    >>> preview(["模具厂".encode("gbk")], "GB18030")
    'GB18030：模具厂；BIG5：耀撿釦'
    """
    some = sorted(set(texts), key=lambda text: (-len(text), text))[:_PREVIEWED]
    others = (name for name in ("UTF-8", "GB18030", "BIG5") if name != chosen and _reads(texts, name))
    read = {name: "、".join(text.decode(name, "ignore").strip() for text in some) for name in (chosen, *others)}
    return "；".join(f"{name}：{words}" for name, words in read.items())


def mend(dbf: Path, encoding: str, name: str) -> list[Finding]:
    """Drop the half of a character that the width of a field left at the end of names and values of the unpacked .dbf.

    GDAL hands such text over broken.
    """
    table, cut = read_table(dbf, name), []
    with dbf.open("r+b") as file:
        for at, column in enumerate(table.columns):
            whole = _whole(column.name, encoding)
            if whole != column.name:
                file.seek(32 * (at + 1))
                file.write(whole.ljust(11, b"\0"))
                cut.append(whole.decode(encoding))
    found = [finding("field_names_cut", fields="、".join(cut))] if cut else []
    if count := sum(_mend_values(rows, column, encoding) for rows, column in _blocks(dbf, table, "r+")):
        found.append(finding("texts_cut", count=count))
    return found


def _mend_values(rows: Bytes, column: Column, encoding: str) -> int:
    """Mend the values of a column, in place; how many were cut: the last byte of such a one begins a character."""
    values, count = rows[:, column.start : column.start + column.width], 0
    last = column.width - 1 - np.argmax((values[:, ::-1] != ord(" ")) & (values[:, ::-1] != 0), axis=1)
    for i in np.flatnonzero(values[np.arange(len(values)), last] > _ASCII).tolist():
        text = values[i].tobytes().rstrip(b" \0")
        whole = _whole(text, encoding)
        if whole != text:
            values[i] = np.frombuffer(whole.ljust(column.width), np.uint8)
            count += 1
    return count


def _whole(text: bytes, encoding: str) -> bytes:
    """The text without the half of a character at its end."""
    try:
        text.decode(encoding)
    except UnicodeDecodeError as wrong:
        return text[: wrong.start] if wrong.start >= len(text) - 3 else text
    return text


def read_table(path: Path, name: str) -> Table:
    """Read the header of a .dbf. Raises `Problem` when it contradicts itself or the size of the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:  # noqa: PLR2004 - bytes of the fixed header
            raise problem("shapefile_damaged", name=name, part=".dbf", reason="header")
        records, header_bytes, record_bytes = struct.unpack_from("<IHH", head, 4)
        described = file.read(max(0, header_bytes - 32))
    columns, start = [], 1
    for at in range(0, len(described) - 31, 32):
        if described[at] == 0x0D:  # noqa: PLR2004 - the mark that ends the fields
            break
        width = described[at + 16]
        columns.append(Column(described[at : at + 11].split(b"\0")[0], chr(described[at + 11]), start, width))
        start += width
    if not columns or start > record_bytes or header_bytes + records * record_bytes > size + 1:
        raise problem("shapefile_damaged", name=name, part=".dbf", reason="header and size")
    return Table(records, header_bytes, record_bytes, head[29], tuple(columns))


def _check_header(path: Path, name: str, part: str) -> int:
    """Shape type by the header of a .shp or .shx, which must be whole."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if len(head) < _HEADER_BYTES or head[:4] != b"\x00\x00\x27\x0a":
        raise problem("shapefile_damaged", name=name, part=part, reason="header")
    if struct.unpack_from(">I", head, 24)[0] * 2 != path.stat().st_size:
        raise problem("shapefile_damaged", name=name, part=part, reason="length")
    return int(struct.unpack_from("<I", head, 32)[0])


def _check_records(parts: dict[str, Path], name: str) -> None:
    """Refuse an index that leads out of the .shp, or to a record that is longer than what is left of it."""
    index = np.fromfile(parts[".shx"], ">i4", offset=_HEADER_BYTES).astype(np.int64)
    places = 2 * index[: len(index) // 2 * 2 : 2]
    size = parts[".shp"].stat().st_size
    wrong = (places < _HEADER_BYTES) | (places + 8 > size)
    if not wrong.any() and len(places):
        words = np.memmap(parts[".shp"], ">i4", "r")
        lengths = words[places // 4 + 1].astype(np.int64) * 2 if not (places % 4).any() else np.zeros_like(places)
        wrong = (lengths < 0) | (places + 8 + lengths > size)
    if wrong.any():
        row = int(np.argmax(wrong)) + 1
        raise problem("shapefile_damaged", name=name, part=".shp", reason=f"{row}: length")


def _stated(cpg: Path | None, language: int) -> str | None:
    """The encoding that the files state; Latin-1 is what programs write when they don't know, nonsense is no answer."""
    if cpg is not None:
        with cpg.open("rb") as file:
            text = file.read(_CPG_BYTES).decode("ascii", "ignore").strip("\ufeff \r\n\t\0").lower()
        if text in _NAMES:
            return _NAMES[text]
        with suppress(LookupError, ValueError):
            known = codecs.lookup(text or "?").name
            return None if known in _UNSURE else known
    return _LANGUAGE_BYTES.get(language)


def _count_deleted(path: Path, table: Table) -> int:
    """Rows marked as deleted: GDAL leaves them out with their shapes, others show them."""
    if not table.records:
        return 0
    data = np.memmap(path, np.uint8, "r", table.header_bytes, (table.records * table.record_bytes,))
    return int(np.count_nonzero(data[:: table.record_bytes] == ord("*")))


def _texts(path: Path, table: Table) -> Iterator[bytes]:
    """Names of the fields and the distinct texts with anything but ASCII in them."""
    yield from (column.name for column in table.columns)
    for rows, column in _blocks(path, table, "r"):
        block = rows[:, column.start : column.start + column.width]
        foreign = np.ascontiguousarray(block[(block > _ASCII).any(axis=1)])
        values = np.unique(foreign.view(f"S{column.width}"))
        yield from (bytes(value).rstrip(b" \0") for value in values)


def _blocks(path: Path, table: Table, mode: Literal["r", "r+"]) -> Iterator[tuple[Bytes, Column]]:
    """The records in blocks, once for each column of text."""
    columns = [c for c in table.columns if c.kind in "CM" and c.width]
    if not columns or not table.records:
        return
    data = np.memmap(path, np.uint8, mode, table.header_bytes, (table.records * table.record_bytes,))
    rows = data.reshape(table.records, table.record_bytes)
    for first in range(0, table.records, _BLOCK):
        for column in columns:
            yield rows[first : first + _BLOCK], column


def _reads(texts: list[bytes], encoding: str) -> bool:
    """Tell whether all texts can be read; a character cut in half by the width of its field is forgiven."""
    return all(_reads_one(text, encoding) for text in texts)


def _is_chinese_utf8(texts: list[bytes]) -> bool:
    """Tell whether texts are UTF-8 beyond doubt; short GBK words can pass for accented Latin letters in UTF-8."""
    if not _reads(texts, "UTF-8"):
        return False
    return any(character >= "\u2e80" for text in texts for character in text.decode("utf-8", "ignore"))


def _reads_one(text: bytes, encoding: str) -> bool:
    """Tell whether one text can be read, but for up to three bytes of a cut character at its end."""
    try:
        text.decode(encoding)
    except UnicodeDecodeError as wrong:
        return wrong.start >= len(text) - 3 and wrong.start > 0 and wrong.reason in _CUT
    return True


_CUT = ("unexpected end of data", "incomplete multibyte sequence")
