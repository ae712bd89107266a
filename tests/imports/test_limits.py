"""Every limit of the reader is one that is kept: a file that passes is refused once the limit lies below it."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import openpyxl
import pyogrio
import pytest

from service.imports import (
    archive,
    boundary_txt,
    formats,
    gdal_formats,
    geojson_file,
    kml_file,
    reader,
    sources,
    tables,
)
from service.imports.sources import Request
from tests.imports.conftest import geojson, parcels, square

Make = Callable[[Path], Path]
POINTS = [("J1", 3849200, 38475200), ("J2", 3849200, 38475300), ("J3", 3849100, 38475300), ("J4", 3849100, 38475200)]


def features(folder: Path) -> Path:
    """Three parcels with two properties."""
    rows = [(square(113.7 + i / 100), {"code": f"A-{i}", "name": "甲"}) for i in range(3)]
    return geojson(folder / "a.geojson", *rows)


def packed(folder: Path) -> Path:
    """The same, packed by gzip."""
    path = folder / "a.geojson.gz"
    path.write_bytes(gzip.compress(features(folder).read_bytes()))
    return path


def zipped(folder: Path) -> Path:
    """The same in an archive."""
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.write(features(folder), "a.geojson")
    return path


def placemarks(folder: Path) -> Path:
    """Three placemarks with two attributes."""
    ring = " ".join(f"{x},{y}" for x, y in square(113.7)[0])
    line = f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    shape = f"<Polygon><outerBoundaryIs>{line}</outerBoundaryIs></Polygon>"
    each = f"<Placemark><name>A</name><description>甲</description>{shape}</Placemark>"
    path = folder / "a.kml"
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{each * 3}</Document></kml>', "utf-8")
    return path


def survey(folder: Path) -> Path:
    """A boundary TXT."""
    rows = "\n".join(f"{number},1,{x},{y}" for number, x, y in [*POINTS, POINTS[0]])
    path = folder / "a.txt"
    path.write_text(f"[属性描述]\n坐标系=2000国家大地坐标系\n[地块坐标]\n5,1,A,甲,面,,,,@\n{rows}\n", "utf-8")
    return path


def text_table(folder: Path) -> Path:
    """A table of boundary points as text."""
    path = folder / "a.csv"
    path.write_text("点号,X,Y\n" + "\n".join(f"{number},{x},{y}" for number, x, y in POINTS), "utf-8")
    return path


def workbook(folder: Path) -> Path:
    """The same in a workbook."""
    book = openpyxl.Workbook()
    for row in [("点号", "X", "Y"), *POINTS]:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def layered(folder: Path, name: str = "a.gpkg") -> Path:
    """Three parcels as GDAL writes them."""
    frame = parcels(3, 4526)
    pyogrio.write_dataframe(frame if name.endswith("gpkg") else frame[["geometry"]], folder / name)
    return folder / name


def drawn(folder: Path) -> Path:
    """Three closed lines."""
    return layered(folder, "a.dxf")


LIMITS: dict[str, tuple[ModuleType, str, int, Make, str]] = {
    "GeoJSON: bytes": (geojson_file, "MAX_BYTES", 100, features, "file_too_large"),
    "GeoJSON: features": (formats, "MAX_ROWS", 2, features, "too_many_rows"),
    "GeoJSON: properties": (geojson_file, "MAX_FIELDS", 1, features, "too_many_fields"),
    "gzip: bytes": (archive, "MAX_UNPACKED_BYTES", 100, packed, "archive_too_large"),
    "archive: bytes": (archive, "MAX_UNPACKED_BYTES", 100, zipped, "archive_too_large"),
    "archive: its directory": (archive, "_MAX_DIRECTORY_BYTES", 10, zipped, "archive_too_many_entries"),
    "KML: bytes": (kml_file, "_MAX_BYTES", 100, placemarks, "file_too_large"),
    "KML: placemarks": (kml_file, "MAX_ROWS", 2, placemarks, "too_many_rows"),
    "KML: attributes": (kml_file, "MAX_FIELDS", 1, placemarks, "too_many_fields"),
    "TXT: bytes": (formats, "_MAX_TXT_BYTES", 100, survey, "file_too_large"),
    "TXT: points": (boundary_txt, "_MAX_POINTS", 4, survey, "too_many_rows"),
    "CSV: bytes": (tables, "_MAX_BYTES", 10, text_table, "file_too_large"),
    "CSV: lines": (tables, "MAX_ROWS", 2, text_table, "too_many_rows"),
    "workbook: bytes": (tables, "_MAX_BYTES", 100, workbook, "archive_too_large"),
    "workbook: lines": (tables, "MAX_ROWS", 2, workbook, "too_many_rows"),
    "drawing: entities": (gdal_formats, "MAX_ROWS", 2, drawn, "too_many_rows"),
    "GDAL: rows": (reader, "MAX_ROWS", 2, layered, "too_many_rows"),
    "GDAL: columns": (sources, "MAX_FIELDS", 1, layered, "too_many_fields"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_file_beyond_a_limit_is_refused(limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, low, make, code = LIMITS[limit]
    path = make(tmp_path)
    crs = None if make in {features, packed, zipped, placemarks, survey, layered} else "EPSG:4526"
    for folder, refused in (("whole", []), ("limited", [code])):
        (tmp_path / folder).mkdir()
        answer = reader.read(Request(path, tmp_path / folder, crs=crs))
        assert [each["code"] for each in answer["findings"] if each["severity"] == "error"] == refused
        monkeypatch.setattr(module, name, low)
