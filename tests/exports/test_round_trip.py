"""What is kept, in every format, read back by others' code: shapes to 0.1 mm, attributes by the field map."""

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import psycopg
import pyarrow as pa
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.accounts.access import Actor
from service.exports import files
from service.exports.files import Order
from service.exports.formats import FORMATS, FormatCannot, target
from service.imports import mapping, tables
from service.imports.report import Report
from service.parcels.answers import FileName
from tests.exports.conftest import keep_parcel
from tests.exports.made import Made, farthest, literal, parcels

TENTH_MM = 1e-4
TENTH_MM_DEGREES = 9e-10
COLUMNS = ("name", "address", "cadastral_code", "lot_number", "county_code", "registered_on", "stage_since", "stage")


# With and without a zone in front, 3° and 6°, degrees on either datum, and the web's plane.
SYSTEMS = (4526, 4547, 4498, 4490, 4326, 3857)


def _written_in(name: FileName, system: int) -> bool:
    try:
        return target(name, str(system)).epsg == system
    except FormatCannot:
        return False


CASES = [
    (each.name, encoding, system)
    for each in FORMATS.values()
    for encoding in each.encodings
    for system in SYSTEMS
    if each.has_columns and _written_in(each.name, system)
]


def test_every_format_with_columns_is_tried_in_each_kind_of_system_that_it_can_have() -> None:
    tried = {(name, encoding) for name, encoding, _ in CASES}
    assert tried == {(each.name, code) for each in FORMATS.values() if each.has_columns for code in each.encodings}
    assert len(CASES) == 7 * len(SYSTEMS) + 2 + 1, "GeoJSON in degrees, KML on WGS 84, the others in any"


@contextmanager
def written(
    connection: psycopg.Connection[Any], actor: Actor, made: list[Made], delivered: int, order: Order
) -> Iterator[Path]:
    """Keep parcels, write them as a file and give it; nothing stays."""
    with connection.transaction(force_rollback=True), tempfile.TemporaryDirectory() as folder:
        for each in made:
            ranges = {name: literal(each.attributes[name]) for name in ("far", "density_pct", "green_pct", "height_m")}
            keep_parcel(connection, each.shape, delivered=delivered, **each.attributes | ranges)
        yield files.write(connection, actor, order, Path(folder)).path


def read(path: Path, name: str) -> tuple[list[shapely.Geometry], dict[str, list[Any]], str | None]:
    """Read shapes, columns and coordinate system with others' code."""
    if name == "csv":
        text = path.read_bytes()
        lines = csv.DictReader(text.decode("utf-8-sig" if text.startswith(b"\xef\xbb\xbf") else "gb18030").splitlines())
        rows = [{key: _shown(value) for key, value in line.items()} for line in lines]
        columns = {key: [row[key] for row in rows] for key in rows[0]}
    elif name == "xlsx":
        heading, *lines_ = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        columns = dict(zip(heading, map(list, zip(*lines_, strict=True)), strict=True))
    else:
        frame = geopandas.read_parquet(path) if name == "parquet" else pyogrio.read_dataframe(_inside(path, name))
        attributes = pa.Table.from_pandas(frame.drop(columns="geometry"), preserve_index=False)
        return list(frame.geometry), attributes.to_pydict(), frame.crs
    return [shapely.from_wkt(text) for text in columns.pop("WKT")], columns, None


def _shown(value: str) -> str | None:
    """What a spreadsheet shows of a cell: nothing of an empty one, nor of an apostrophe in front of a formula."""
    return tables.unmarked(value) or None


def _inside(path: Path, name: str) -> str:
    return f"/vsizip/{path}" if name == "shp" else str(path)


def mapped(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Fill the fields of parcels from a file's columns as an import does; an error is a failure."""
    table = pa.table({f"{mapping.ATTRIBUTE}{name}": values for name, values in columns.items()})
    table = table.append_column("row", pa.array(range(1, len(table) + 1), pa.int64()))
    report = Report()
    rows: list[dict[str, Any]] = mapping.map_fields(table, report, code_prefix="X").to_pylist()
    assert report.errors == 0
    return rows


def same_attributes(row: dict[str, Any], made: Made) -> None:
    """Compare the fields of a row with what was kept."""
    kept = made.attributes
    assert {name: row[name] for name in COLUMNS} == {name: kept[name] for name in COLUMNS}
    assert row["hold"] == kept["hold"]
    assert row["land_use_code"] == kept["land_use_code"]
    assert kept["land_use_code"] is None or row["land_use_scheme"] == kept["land_use_scheme"]
    assert row["land_use_given"] == kept["land_use_given"]
    assert (row["area_legal_m2"] is None) == (kept["area_legal_m2"] is None)
    if kept["area_legal_m2"] is not None:
        assert Decimal(repr(row["area_legal_m2"])) == kept["area_legal_m2"]
    for name in ("far", "density_pct", "green_pct", "height_m"):
        assert _ends(row[name]) == _ends(literal(kept[name])), name


def _ends(text: str | None) -> object:
    if text is None:
        return None
    low, high = text[1:-1].split(",")
    return text[0], low and Decimal(low), high and Decimal(high), text[-1]


def same_system(found: Any, epsg: int) -> None:  # noqa: ANN401 - geopandas
    """Compare systems by their definition."""
    assert pyproj.CRS(found).equals(pyproj.CRS.from_epsg(epsg), ignore_axis_order=True)


@pytest.mark.parametrize(("name", "encoding", "system"), CASES)
@given(data=st.data())
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_was_delivered_comes_back(
    connection: psycopg.Connection[Any], actor: Actor, name: str, encoding: str, system: int, data: st.DataObject
) -> None:
    """In the delivered system: the same coordinates to the last digit the file has, and the same attributes."""
    made = data.draw(parcels(system))
    order = Order(format=name, crs=str(system), encoding=encoding)  # type: ignore[arg-type]
    with written(connection, actor, made, system, order) as path:
        shapes, columns, found = read(path, name)
    if found is not None:
        same_system(found, system)
    exact = 0 if name in {"gpkg", "parquet", "shp"} else 1e-9
    made = sorted(made, key=lambda each: str(each.attributes["code"]))
    rows = {row["code"]: (row, shape) for row, shape in zip(mapped(columns), shapes, strict=True)}
    assert rows.keys() == {each.attributes["code"] for each in made}
    for each in made:
        row, shape = rows[each.attributes["code"]]
        assert farthest(shape, each.shape) <= exact
        same_attributes(row, each)


# The way from one system to another is the same for all formats; how many digits are written is not.
ANOTHER = [
    *(("gpkg", delivered, system) for delivered in (4547, 4490, 4507) for system in (4526, 4528, 4490)),
    *(("shp", 4547, 4526), ("parquet", 4490, 4547), ("csv", 4526, 4547), ("csv", 4547, 4490), ("xlsx", 4490, 4526)),
    *(("geojson", 4526, 4490), ("kml", 4547, 4326)),
]


@pytest.mark.parametrize(("name", "delivered", "system"), ANOTHER)
@given(data=st.data())
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_another_system_is_reached_to_a_tenth_of_a_millimetre(
    connection: psycopg.Connection[Any], actor: Actor, name: FileName, delivered: int, system: int, data: st.DataObject
) -> None:
    made = data.draw(parcels(delivered, most=2))
    with written(connection, actor, made, delivered, Order(format=name, crs=str(system))) as path:
        found, columns, _ = read(path, name)
    there = pyproj.Transformer.from_crs(delivered, system, always_xy=True)
    wanted = {
        each.attributes["code"]: shapely.transform(each.shape, there.transform, interleaved=False) for each in made
    }
    assert len(found) == len(made)
    for row, shape in zip(mapped(columns), found, strict=True):
        assert farthest(shape, wanted[row["code"]]) <= (TENTH_MM_DEGREES if system in {4490, 4326} else TENTH_MM)
