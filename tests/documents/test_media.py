import sqlite3
import zipfile
from pathlib import Path

import pytest

from service.documents.media import ACTIVE, OTHER, SHOWN, media_type_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00", "image/tiff"),
        (b"PAR1....", "application/vnd.apache.parquet"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"  \n<script>alert(1)</script>", "text/html"),
        (b"GIF89a<script>alert(1)</script>", "text/html"),
        (b'<?xml version="1.0"?><svg xmlns="x"/>', "image/svg+xml"),
        (b'<svg:svg xmlns:svg="x"/>', "image/svg+xml"),
        (b'<?xml version="1.0"?><a/>', "text/xml"),
        (b'\xef\xbb\xbf{"type": "FeatureCollection"', "application/geo+json"),
        (b'{"a": 1}', "application/json"),
        ("[属性描述]\r\n坐标系=2000国家大地坐标系\r\n".encode("gb18030"), "text/plain"),
        ("界址点".encode("utf-16"), "text/plain"),
        (b"\x00\x01\x02\x03", OTHER),
        (b"PK\x03\x04 broken", OTHER),
    ],
)
def test_the_content_decides(tmp_path: Path, content: bytes, media_type: str) -> None:
    path = tmp_path / "claims-to-be.pdf"
    path.write_bytes(content)
    assert media_type_of(path) == media_type


@pytest.mark.parametrize(
    ("names", "media_type"),
    [
        (["a.shp"], "application/zip"),
        (
            ["[Content_Types].xml", "xl/workbook.xml"],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            ["[Content_Types].xml", "word/document.xml"],
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_an_archive_is_told_by_what_is_in_it(tmp_path: Path, names: list[str], media_type: str) -> None:
    with zipfile.ZipFile(tmp_path / "f", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    assert media_type_of(tmp_path / "f") == media_type


def test_a_geopackage_is_told_from_other_databases(tmp_path: Path) -> None:
    for pragma, media_type in (("", "application/vnd.sqlite3"), ("1196444487", "application/geopackage+sqlite3")):
        with sqlite3.connect(tmp_path / f"f{pragma}") as made:
            made.execute(f"PRAGMA application_id = {pragma or 0}")
            made.execute("CREATE TABLE t (a)")
        assert media_type_of(tmp_path / f"f{pragma}") == media_type


def test_a_character_cut_at_the_end_of_the_head_is_no_fault(tmp_path: Path) -> None:
    for shift in range(4):
        (tmp_path / "f").write_text("a" * shift + "界址点" * 3000, encoding="utf-8")
        assert media_type_of(tmp_path / "f") == "text/plain"


def test_nothing_active_is_shown_in_place() -> None:
    assert not ACTIVE & SHOWN
