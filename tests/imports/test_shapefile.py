import struct
from pathlib import Path

import pytest

from service.imports import shapefile
from service.imports.findings import Problem


def write(
    folder: Path, texts: list[bytes], *, language: int = 0, cpg: bytes | None = None, kind: int = 5
) -> dict[str, Path]:
    """A Shapefile with one text field and null shapes, byte by byte."""
    count, width = len(texts), 12
    shapes = b"".join(struct.pack(">2I", i + 1, 2) + struct.pack("<I", 0) for i in range(count))
    index = b"".join(struct.pack(">2I", 50 + 6 * i, 2) for i in range(count))
    field = b"NAME".ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    header = struct.pack("<4BIHH", 3, 126, 1, 1, count, 65, 1 + width) + bytes(17) + bytes([language]) + bytes(2)
    contents = {
        ".shp": _header(100 + len(shapes), kind) + shapes,
        ".shx": _header(100 + len(index), kind) + index,
        ".dbf": header + field + b"\r" + b"".join(b" " + text.ljust(width) for text in texts) + b"\x1a",
    }
    if cpg is not None:
        contents[".cpg"] = cpg
    parts = {suffix: folder / f"a{suffix}" for suffix in contents}
    for suffix, content in contents.items():
        parts[suffix].write_bytes(content)
    return parts


def _header(size: int, kind: int) -> bytes:
    return struct.pack(">7I", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2I", 1000, kind) + bytes(64)


GBK, UTF8 = "郑东新区".encode("gbk"), "郑东新区".encode()


@pytest.mark.parametrize(
    ("texts", "language", "cpg", "declared", "encoding", "guessed"),
    [
        ([b"plain"], 0, None, None, "GB18030", False),
        (["模".encode("gbk")], 0, None, None, "GB18030", True),  # also valid UTF-8, for a Latvian letter
        ([GBK], 0, None, None, "GB18030", True),
        ([UTF8], 0, None, None, "UTF-8", True),
        ([GBK], 0x4D, None, None, "GB18030", False),
        ([UTF8], 0x4D, None, None, "UTF-8", True),
        ([UTF8], 0, b"UTF-8\r\n", None, "UTF-8", False),
        ([GBK], 0, b"GBK", None, "GB18030", False),
        ([GBK], 0, b"936", None, "GB18030", False),
        ([GBK], 0, b"UTF-8", None, "GB18030", True),
        ([GBK], 0, b"ISO-8859-1", None, "GB18030", True),
        ([GBK], 0, b"nonsense", None, "GB18030", True),
        ([GBK], 0, b"x" * 1_000_000, None, "GB18030", True),
        ([GBK], 0, b"UTF-8", "gbk", "GB18030", False),
        (["鄭東".encode("big5")], 0, b"BIG5", None, "BIG5", False),
        (["一二三四".encode() + b"\xe4"], 0, b"UTF-8", None, "UTF-8", False),  # cut by the field's width
        (["一二三四五六".encode("gbk")[:11]], 0, b"GBK", None, "GB18030", False),
    ],
)
def test_the_encoding_is_what_is_stated_and_fits_else_what_fits(
    tmp_path: Path,
    texts: list[bytes],
    language: int,
    cpg: bytes | None,
    declared: str | None,
    encoding: str,
    *,
    guessed: bool,
) -> None:
    parts = write(tmp_path, [b"ascii", *texts], language=language, cpg=cpg)
    chosen, remarks = shapefile.choose_encoding(parts, declared, "a")
    assert chosen == encoding
    assert [found.code for found in remarks] == (["encoding_guessed"] if guessed else [])


@pytest.mark.parametrize(
    ("texts", "cpg", "declared", "code"),
    [
        ([GBK], None, "utf-8", "encoding_wrong"),
        ([UTF8], None, "klingon", "encoding_unknown"),
        ([b"a"], b"KOI8-R", None, "encoding_unknown"),
        ([b"\xff\xff\xff"], None, None, "encoding_wrong"),
    ],
)
def test_text_that_cannot_be_read_is_refused(
    tmp_path: Path, texts: list[bytes], cpg: bytes | None, declared: str | None, code: str
) -> None:
    with pytest.raises(Problem) as caught:
        shapefile.choose_encoding(write(tmp_path, texts, cpg=cpg), declared, "a")
    assert caught.value.finding.code == code


@pytest.mark.parametrize("missing", [".shp", ".shx", ".dbf"])
def test_a_missing_part_is_named(tmp_path: Path, missing: str) -> None:
    parts = write(tmp_path, [b"a"])
    del parts[missing]
    with pytest.raises(Problem, match=missing) as caught:
        shapefile.check_parts(parts, "a")
    assert caught.value.finding.code == "shapefile_incomplete"


def test_whole_parts_pass_and_points_do_not(tmp_path: Path) -> None:
    shapefile.check_parts(write(tmp_path, [b"a", b"b"]), "a")
    with pytest.raises(Problem, match="Point") as caught:
        shapefile.check_parts(write(tmp_path, [b"a"], kind=1), "a")
    assert caught.value.finding.code == "no_polygon_layer"


@pytest.mark.parametrize(
    ("suffix", "at", "value"),
    [
        (".shp", 0, b"\xff\xff"),
        (".shp", 24, struct.pack(">I", 2**31)),
        (".shx", 24, struct.pack(">I", 10)),
        (".dbf", 4, struct.pack("<I", 2**32 - 1)),
        (".dbf", 4, struct.pack("<I", 1)),
        (".dbf", 8, struct.pack("<H", 0)),
        (".dbf", 10, struct.pack("<H", 3)),
        (".dbf", 48, bytes([255])),
    ],
)
def test_parts_that_contradict_themselves_are_damaged(tmp_path: Path, suffix: str, at: int, value: bytes) -> None:
    parts = write(tmp_path, [b"a", b"b"])
    content = bytearray(parts[suffix].read_bytes())
    content[at : at + len(value)] = value
    parts[suffix].write_bytes(content)
    with pytest.raises(Problem) as caught:
        shapefile.check_parts(parts, "a")
    assert caught.value.finding.code == "shapefile_damaged"


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("keep", [0, 10, 40, 99])
def test_cut_parts_are_damaged(tmp_path: Path, suffix: str, keep: int) -> None:
    parts = write(tmp_path, [b"a", b"b", b"c"])
    parts[suffix].write_bytes(parts[suffix].read_bytes()[:keep])
    with pytest.raises(Problem) as caught:
        shapefile.check_parts(parts, "a")
    assert caught.value.finding.code == "shapefile_damaged"
