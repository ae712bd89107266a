"""ZIP archives from outside: looked through by our own rules before a byte is unpacked.

Limits are those of DESIGN §9.2. Python's `zipfile` accepts overlapping entries, cuts names at NUL and follows what
the directory claims, so the directory is judged here and the data is streamed to names of our own choosing.
"""

import gzip
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from service.imports.findings import Problem, problem

MAX_ENTRIES = 200  # the tables of a File Geodatabase apart
_MAX_TABLE_FILES = 2_000  # of File Geodatabases: each table is half a dozen files
MAX_UNPACKED_BYTES = 500 << 20
MAX_RATIO = 50
RATIO_FREE_BYTES = 8 << 20  # entries up to this size may be packed as tightly as they like
_MAX_DIRECTORY_BYTES = 1 << 20
_MAX_NAME = 255
_MAX_DEPTH = 16
_CHUNK = 1 << 20

_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_UTF8_FLAG = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".kmz", ".jar")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_GEODATABASE = re.compile(r"(?:.*/)?[^/]+\.gdb(?=/)", re.IGNORECASE)
_CLUTTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_REASONS = {
    "empty": "空名称",
    "absolute": "绝对路径",
    "..": "含上级目录 ..",
    "\\": "含反斜杠",
    "drive": "含冒号（盘符）",
    "control character": "含控制字符",
    "too long": "过长或目录过深",
    "device name": "系统保留名",
    "trailing dot": "以点或空格结尾",
}
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name in readable characters, and the directory entry to read it by."""

    name: str
    entry: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        """Ending of the name, lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """Path without the ending, lower case: what the files of one Shapefile share."""
        return str(PurePosixPath(self.name).with_suffix("")).lower()


def members(path: Path) -> list[Member]:
    """List the files of the archive at `path`, folders and system clutter left out.

    Raises `Problem` with an `archive_*` finding for whatever isn't a plain, honest ZIP within the limits.
    """
    with _damage_named(), path.open("rb") as file:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            found = [Member(_readable_name(entry), entry) for entry in entries]
            if sum(geodatabase_of(member.name) is None for member in found) > MAX_ENTRIES:
                raise problem("archive_too_many_entries", limit=MAX_ENTRIES)
            for member in found:
                _check_entry(member)
            _check_together(found, file, archive.start_dir)
    return [m for m in found if not m.entry.is_dir() and not _CLUTTER.search(m.name)]


def geodatabase_of(name: str) -> str | None:
    """The File Geodatabase that an entry belongs to: the path of its `.gdb` folder; None outside one.

    >>> geodatabase_of("成果/宗地.gdb/a00000001.gdbtable"), geodatabase_of("宗地.shp")
    ('成果/宗地.gdb', None)
    """
    match = _GEODATABASE.match(name)
    return match[0] if match else None


def extract_folder(path: Path, listed: Iterable[Member], base: str, folder: Path) -> Path:
    """Unpack the files that lie in the folder `base` of the archive into a new one in `folder`, which is returned."""
    target = folder / "unpacked.gdb"
    target.mkdir()
    inside = [m for m in listed if geodatabase_of(m.name) == base and "/" not in m.name[len(base) + 1 :]]
    extract(path, [(m, target / m.name[len(base) + 1 :].lower()) for m in inside])
    return target


def gunzip(path: Path, target: Path) -> None:
    """Unpack a gzip file within the limits of an archive. Raises `Problem`."""
    packed, unpacked = path.stat().st_size, 0
    with _damage_named(), gzip.open(path) as source, target.open("xb") as sink:
        while chunk := source.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > MAX_UNPACKED_BYTES:
                raise problem("archive_too_large", limit=MAX_UNPACKED_BYTES >> 20)
            if unpacked > RATIO_FREE_BYTES and unpacked > MAX_RATIO * packed:
                raise problem("archive_ratio", name="gzip", limit=MAX_RATIO)
            sink.write(chunk)


def extract(path: Path, wanted: Iterable[tuple[Member, Path]]) -> None:
    """Unpack each member to its target file, never beyond the size it declares. Raises `Problem` for damaged data."""
    with _damage_named(), zipfile.ZipFile(path) as archive:
        for member, target in wanted:
            with archive.open(member.entry) as source, target.open("xb") as sink:
                while chunk := source.read(_CHUNK):
                    sink.write(chunk)
            if target.stat().st_size != member.entry.file_size:
                raise problem("archive_damaged", reason=f"{member.name}: size")


@contextmanager
def _damage_named() -> Iterator[None]:
    """Turn what `zipfile` raises for a damaged archive into a finding."""
    try:
        yield
    except Problem:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, OSError, NotImplementedError) as wrong:
        raise problem("archive_damaged", reason=wrong) from wrong


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a directory too large to parse at leisure, and ZIP64, which no file within the limits needs."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_OF_DIRECTORY.size - 65_535 - 20))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_OF_DIRECTORY.size:
        raise problem("archive_damaged", reason="end of central directory")
    _, disk, start_disk, here, total, directory_bytes, _, _ = _END_OF_DIRECTORY.unpack_from(tail, at)
    if total > MAX_ENTRIES + _MAX_TABLE_FILES or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise problem("archive_too_many_entries", limit=MAX_ENTRIES)
    if disk or start_disk or here != total or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise problem("archive_damaged", reason="ZIP64 / multi-disk")


def _readable_name(entry: zipfile.ZipInfo) -> str:
    """Name of an entry; without the UTF-8 flag Chinese programs write UTF-8 or GBK, which `zipfile` reads as CP437."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.orig_filename


def _check_entry(member: Member) -> None:
    """Refuse one entry for its name, kind, method or claims."""
    name, entry = member.name, member.entry
    if reason := _unsafe(name):
        raise problem("archive_name", name=name, reason=_REASONS[reason], reason_en=reason)
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise problem("archive_link", name=name)
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        raise problem("archive_encrypted", name=name)
    if entry.compress_type not in _METHODS:
        raise problem("archive_method", name=name, method=entry.compress_type)
    if member.suffix in _NESTED:
        raise problem("archive_nested", name=name)
    if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MAX_RATIO * entry.compress_size:
        raise problem("archive_ratio", name=name, limit=MAX_RATIO)


def _unsafe(name: str) -> str | None:
    """Say what is wrong with an entry's name, if anything.

    >>> _unsafe("地块/宗地.shp"), _unsafe("../../x.shp"), _unsafe("C:/x.shp")
    (None, '..', 'drive')
    """
    parts = name.rstrip("/").split("/")
    tests = {
        "empty": not name.strip("/ "),
        "absolute": name.startswith("/"),
        "..": ".." in parts,
        "\\": "\\" in name,
        "drive": ":" in name,
        "control character": not name.isprintable(),
        "too long": len(name.encode("utf-8", "surrogatepass")) > _MAX_NAME or len(parts) > _MAX_DEPTH,
        "device name": any(_DEVICE.match(part) for part in parts),
        "trailing dot": any(part.endswith((".", " ")) and part != "." for part in parts),
    }
    return next((reason for reason, wrong in tests.items() if wrong), None)


def _check_together(found: list[Member], file: IO[bytes], directory_start: int) -> None:
    """Refuse entries that share bytes, share a name, differ from their local header, or unpack to too much."""
    if sum(m.entry.file_size for m in found) > MAX_UNPACKED_BYTES:
        raise problem("archive_too_large", limit=MAX_UNPACKED_BYTES >> 20)
    names: set[str] = set()
    free_from = 0
    for member in sorted(found, key=lambda m: m.entry.header_offset):
        entry = member.entry
        if entry.header_offset < free_from:
            raise problem("archive_overlap", name=member.name)
        free_from = _data_start(file, member) + entry.compress_size
        if free_from > directory_start:
            raise problem("archive_overlap", name=member.name)
        key = member.name.casefold()
        if key in names:
            raise problem("archive_duplicate", name=member.name)
        names.add(key)


def _data_start(file: IO[bytes], member: Member) -> int:
    """Where the data of an entry begins, by its local header, which must tell the same story as the directory."""
    entry = member.entry
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    signature, _, flags, method, *_, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
    raw = entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8_FLAG else "cp437")
    if signature != b"PK\x03\x04" or method != entry.compress_type or file.read(name_bytes) != raw:
        raise problem("archive_damaged", reason=f"{member.name}: local header")
    if flags & _ENCRYPTED_FLAGS:
        raise problem("archive_encrypted", name=member.name)
    return int(entry.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes)
