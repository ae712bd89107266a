import hashlib
import io
import os
from pathlib import Path

import pytest

from service.core.errors import TooLarge
from service.documents import storage


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_its_hash(tmp_path: Path) -> None:
    kept = storage.keep(tmp_path, io.BytesIO(b"hello"), limit=10)
    assert kept == (hashlib.sha256(b"hello").hexdigest(), 5, "text/plain")
    assert storage.path_of(tmp_path, kept.sha256).read_bytes() == b"hello"
    assert len(files(tmp_path)) == 1


def test_the_same_content_is_kept_once_and_is_young_again(tmp_path: Path) -> None:
    kept = storage.keep(tmp_path, io.BytesIO(b"hello"), limit=10)
    path = storage.path_of(tmp_path, kept.sha256)
    os.utime(path, (0, 0))
    assert list(storage.old_files(tmp_path)) == [path]
    storage.keep(tmp_path, io.BytesIO(b"hello"), limit=10)
    assert list(storage.old_files(tmp_path)) == []
    assert files(tmp_path) == [path]


def test_a_file_over_the_limit_leaves_nothing(tmp_path: Path) -> None:
    storage.keep(tmp_path, io.BytesIO(b"x" * 10), limit=10)
    with pytest.raises(TooLarge):
        storage.keep(tmp_path, io.BytesIO(b"x" * 11), limit=10)
    with pytest.raises(storage.EmptyFile):
        storage.keep(tmp_path, io.BytesIO(b""), limit=10)
    assert len(files(tmp_path)) == 1


class Breaking(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError("the sender is gone")
        return super().read(size)


def test_a_broken_stream_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        storage.keep(tmp_path, Breaking(b"x" * (2 << 20)), limit=10 << 20)
    assert files(tmp_path) == []
