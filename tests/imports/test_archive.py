import contextlib
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from service.imports import archive
from service.imports.findings import Problem


def packed(tmp_path: Path, files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(Problem) as caught:
        archive.extract(path, [(m, path.parent / f"{i}.out") for i, m in enumerate(archive.members(path))])
    return caught.value.finding.code


def test_a_plain_archive_is_listed_and_unpacked(tmp_path: Path) -> None:
    files = {"宗地/a.shp": b"x" * 10, "宗地/a.dbf": b"y", "__MACOSX/._a.shp": b"", ".DS_Store": b"", "空/": b""}
    path = packed(tmp_path, files)
    found = archive.members(path)
    assert [m.name for m in found] == ["宗地/a.shp", "宗地/a.dbf"]
    assert {m.stem for m in found} == {"宗地/a"}
    archive.extract(path, [(found[0], tmp_path / "out.shp")])
    assert (tmp_path / "out.shp").read_bytes() == b"x" * 10


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_the_utf8_flag_are_read_as_utf8_or_gbk(tmp_path: Path, encoding: str) -> None:
    path = packed(tmp_path, {"ABCDEFGHIJKL.shp": b"x"})
    raw = "宗地测绘".encode(encoding).ljust(12, b"_")
    path.write_bytes(path.read_bytes().replace(b"ABCDEFGHIJKL", raw[:12]))
    assert archive.members(path)[0].name.startswith("宗地测绘")


UNSAFE = ["../../x.shp", "/etc/x.shp", "a\\b.shp", "C:x.shp", "a/../x.shp", "x\x01.shp", "x\u202e.shp"]
UNSAFE += ["x" * 300, "aux.shp", "x.", "/".join("abcdefghijklmnopqr")]


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_names_are_refused(tmp_path: Path, name: str) -> None:
    assert refused(packed(tmp_path, {name: b""})) == "archive_name"


def test_a_name_that_hides_its_end_behind_nul_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"abc.shp?.exe": b""})
    path.write_bytes(path.read_bytes().replace(b"abc.shp?", b"abc.shp\0"))
    assert refused(path) == "archive_name"


def test_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("parcels.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert refused(path) == "archive_link"


def test_bombs_are_refused_before_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.dbf", "w", force_zip64=True) as sink:
        for _ in range(20):
            sink.write(bytes(1 << 20))
    assert refused(path) == "archive_ratio"


def test_more_than_the_unpacked_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1000)
    assert refused(packed(tmp_path, {"a.shp": bytes(600), "a.dbf": bytes(600)})) == "archive_too_large"


@pytest.mark.parametrize(
    ("entries", "code"), [(200, None), (201, "archive_too_many_entries"), (30_000, "archive_too_many_entries")]
)
def test_the_number_of_entries_is_limited(tmp_path: Path, entries: int, code: str | None) -> None:
    path = packed(tmp_path, {f"{i}.txt": b"" for i in range(entries)})
    if code is None:
        assert len(archive.members(path)) == entries
    else:
        assert refused(path) == code


def test_a_directory_that_understates_its_entries_gains_nothing(tmp_path: Path) -> None:
    path = packed(tmp_path, {f"{i}.txt": b"" for i in range(300)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<2H", data, data.rfind(b"PK\x05\x06") + 8, 1, 1)
    path.write_bytes(data)
    assert refused(path) == "archive_too_many_entries"


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.shp": b"x" * 100, "b.shp": b"x" * 100}, method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)
    path.write_bytes(data)
    assert refused(path) in {"archive_overlap", "archive_damaged"}


def test_encrypted_entries_and_odd_methods_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.shp": b"x"})
    data = bytearray(path.read_bytes())
    directory = data.rfind(b"PK\x01\x02")
    struct.pack_into("<H", data, directory + 8, 1)
    (tmp_path / "encrypted.zip").write_bytes(data)
    assert refused(tmp_path / "encrypted.zip") == "archive_encrypted"
    assert refused(packed(tmp_path, {"a.shp": b"x"}, method=zipfile.ZIP_LZMA)) == "archive_method"


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    assert refused(packed(tmp_path, {"inner.zip": b"PK"})) == "archive_nested"


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    assert refused(packed(tmp_path, {"a.shp": b"1", "A.SHP": b"2"})) == "archive_duplicate"


def test_a_wrong_checksum_is_found_while_unpacking(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.shp": b"hello"}, method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"hello", b"jello"))
    assert refused(path) == "archive_damaged"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_archive_is_damaged(tmp_path: Path, keep: float) -> None:
    whole = packed(tmp_path, {"a.shp": bytes(range(256)) * 40}).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: int(len(whole) * keep)])
    assert refused(cut) == "archive_damaged"


def test_every_single_changed_byte_of_the_headers_is_survived(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a.shp", "hello")
    whole = buffer.getvalue()
    for at in range(len(whole)):
        path = tmp_path / "changed.zip"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        target = tmp_path / "out.shp"
        with contextlib.suppress(Problem):
            archive.extract(path, [(m, target) for m in archive.members(path)])
        target.unlink(missing_ok=True)


def told_otherwise(tmp_path: Path, at: int, value: bytes, *, local: bool) -> Path:
    """A plain archive of one stored file with some bytes of its local header, or of its directory, replaced."""
    path = packed(tmp_path, {"a.shp": b"x" * 100}, method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at += 0 if local else data.rfind(b"PK\x01\x02")
    data[at : at + len(value)] = value
    path.write_bytes(data)
    return path


STORIES = {
    "another name in the local header": (30, b"b", True, "archive_damaged"),
    "another method in the local header": (8, b"\x08", True, "archive_damaged"),
    "no local header": (0, b"XX", True, "archive_damaged"),
    "encrypted by the local header alone": (6, b"\x01", True, "archive_encrypted"),
    "data that reaches into the directory": (20, struct.pack("<LL", 130, 130), False, "archive_overlap"),
}


@pytest.mark.parametrize("story", STORIES)
def test_headers_that_tell_two_stories_are_refused(tmp_path: Path, story: str) -> None:
    at, value, local, code = STORIES[story]
    with pytest.raises(Problem) as caught:
        archive.members(told_otherwise(tmp_path, at, value, local=local))
    assert caught.value.finding.code == code


@pytest.mark.parametrize("name", ["/", " ", "a//b.shp"])
def test_a_name_of_nothing_is_refused_or_harmless(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, {"x.shp": b"x", name: b"" if name.endswith("/") else b"y"})
    if name.strip("/ "):
        assert len(archive.members(path)) == 2
    else:
        with pytest.raises(Problem) as caught:
            archive.members(path)
        assert caught.value.finding.code == "archive_name"


def test_less_data_than_declared_is_found_while_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path, {"a.shp": b"hello"})
    (member,) = archive.members(path)
    member.entry.file_size = 99  # as a directory might say that `zipfile` believes
    monkeypatch.setattr(zipfile.ZipExtFile, "_update_crc", lambda *_: None)
    with pytest.raises(Problem) as caught:
        archive.extract(path, [(member, tmp_path / "out")])
    assert caught.value.finding.code == "archive_damaged"
