"""The document folder: each file once, under the SHA-256 of its content, and whole even if the machine stops."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from service.core.errors import Invalid, TooLarge
from service.documents.media import media_type_of

CHUNK = 1 << 20
DAY_SECONDS = 86_400


class EmptyFile(Invalid):
    """A file without content."""

    code, title_zh, title_en = "empty-file", "文件是空的", "Empty file"


class Kept(NamedTuple):
    """A file in the folder."""

    sha256: str
    size_bytes: int
    media_type: str


def path_of(folder: Path, sha256: str) -> Path:
    """Return where a file with this content lies, or would."""
    return folder / sha256[:2] / sha256[2:4] / sha256


def keep(folder: Path, stream: BinaryIO, *, limit: int) -> Kept:
    """Write a file into the folder and return what it is; the row that names it is written afterwards.

    It is first a temporary file beside its place, then synced, renamed, and the rename synced. A file without a row
    (the transaction failed) is swept after a day; keeping the same content again makes it young again.

    Raises:
        TooLarge: more than `limit` bytes; nothing is left behind.
        EmptyFile: no bytes.

    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".arriving-", dir=folder)
    arriving = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            sha256, size = _copy(stream, file, limit)
            file.flush()
            os.fsync(file.fileno())
        kept = Kept(sha256, size, media_type_of(arriving))
        place = path_of(folder, sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        arriving.replace(place)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise
    for each in (place.parent, place.parent.parent, folder):
        _sync(each)
    return kept


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"文件超过上限 {limit >> 20} MiB。",
                f"The file is larger than {limit >> 20} MiB.",
                facts={"limit_bytes": limit},
            )
        digest.update(chunk)
        file.write(chunk)
    if size == 0:
        raise EmptyFile
    return digest.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def old_files(folder: Path, *, older_than_seconds: float = DAY_SECONDS) -> Iterator[Path]:
    """Give the files of the folder that have lain for a day, arrivals that a crash left included."""
    for path in folder.rglob("*"):
        if path.is_file() and is_old(path, older_than_seconds):
            yield path


def is_old(path: Path, seconds: float = DAY_SECONDS) -> bool:
    """Tell whether a file is there and was kept longer ago than `seconds`."""
    try:
        return time.time() - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False
