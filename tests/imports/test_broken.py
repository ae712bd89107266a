"""Each file of `gis_data/broken` shows the finding that it is named after; what a small file can cause has one."""

import datetime as dt
import re
from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from gis_data.broken.make_broken import all_files
from service.imports.checking import check_file
from service.imports.findings import CATALOGUE, Finding
from service.imports.mapping import FIELDS
from service.imports.queries import Areas
from service.imports.reader import read
from service.imports.report import Report
from service.imports.sources import Request
from tests.conftest import ROOT

BROKEN = ROOT / "gis_data" / "broken"
FILES = {path.stem: path for path in sorted(BROKEN.iterdir()) if path.is_file() and path.suffix not in {".md", ".py"}}
DECLARED = {  # nothing in such a file tells its CRS
    **dict.fromkeys(("txt_header_missing", "dxf_no_polygons", "dxf_line_open", "table_point"), "EPSG:4526"),
    **dict.fromkeys(("table_no_points", "table_wkt", "table_single_points"), "EPSG:4490"),
}
FOLLOWING = {"txt_ring_short": {"geometry_missing"}}  # no shape can be made of such a ring
ELSEWHERE = {
    # it takes parcels that are there already (test_run, test_comparison)
    *("code_taken", "code_retired", "cadastral_taken", "overlap_existing", "gap_existing"),
    # it takes a review, and parcels that are there already (test_review, test_comparison)
    *("code_ambiguous", "code_elsewhere", "parcel_twice", "stage_kept", "changed_since", "made_since"),
    "sold_without_checklist",
    "boundary_concerns_others",
    # it takes a large file, or more than a file can do by itself (test_limits, test_sandbox, test_comparison)
    *("file_too_large", "too_many_rows", "too_many_findings", "more_findings", "archive_too_large"),
    *("geometry_too_complex", "overlap_undecidable", "reader_crashed", "reader_timeout", "reader_memory"),
    # it takes what the sender declares (test_formats, test_shapefile)
    *("layer_unknown", "crs_conflict", "encoding_unknown"),
    # it takes a file that GDAL or SQLite writes, different on each machine (test_formats, test_detect, test_shapefile)
    *("no_polygon_layer", "field_unusable", "gpkg_not_spatial", "gpkg_active_content"),
    *("shapefile_damaged", "encoding_guessed", "driver_remark", "unsupported_format"),
    *("field_names_cut", "texts_cut", "shapefile_deleted_rows", "xlsx_active_content", "not_polygons_left"),
    # it takes a shape or a line that no text editor makes (test_hostile, test_more_formats)
    *("geometry_curved", "table_line"),
    # it takes a CRS that few machines know (tests/geo, test_comparison)
    *("crs_encrypted", "crs_not_transformable", "crs_foreign"),
}
NO_AREAS = Areas([], [], [], [], [])
# Where a finding on a row names no place: no shape, or one that could not be read or is nowhere.
NOWHERE = {
    *("geometry_missing", "geometry_empty", "geometry_unreadable", "geometry_malformed", "geometry_type", "kml_shape"),
    *("coordinate_not_finite", "coordinate_out_of_range", "table_wkt", "table_mixed_crs"),
}
# What is on one field of a row, and what is on a boundary point.
ON_A_FIELD = {
    *("area_differs", "area_legal_implausible", "bounds_impossible", "bounds_unreadable", "cadastral_duplicate"),
    *("cadastral_invalid", "code_duplicate", "code_invalid", "code_missing", "date_implausible", "date_unreadable"),
    *("land_use_ambiguous", "land_use_unknown", "land_use_unmatched", "number_unreadable", "stage_unknown"),
    *("table_mixed_crs", "table_point", "table_wkt", "text_too_long", "txt_area_unit", "txt_count"),
}
ON_A_POINT = {
    *("point_repeated", "self_crossing", "spike", "txt_point_repeated", "txt_ring_open", "txt_ring_short"),
}
DISTRICT = (shapely.box(113.5, 34.0, 114.5, 35.5), "郑东新区", "Zhengdong")


def found_in(path: Path, folder: Path) -> list[Finding]:
    """Read and check a file without sandbox and database."""
    answer = read(Request(path, folder, crs=DECLARED.get(path.stem)))
    report = Report()
    report.add(Finding(**each) for each in answer["findings"])
    if not answer["rows"]:
        return report.closed()
    with pa.memory_map(str(folder / "rows.arrow")) as file:
        table = pa.ipc.open_file(file).read_all()
        with check_file(table, NO_AREAS, DISTRICT, report, import_id=1, today=dt.date(2022, 11, 15)) as checked:
            checked.settle()
    return report.closed()


@pytest.mark.parametrize("code", FILES)
def test_a_broken_file_shows_what_it_is_named_after(code: str, tmp_path: Path) -> None:
    found = found_in(FILES[code], tmp_path)
    assert code in {each.code for each in found}
    errors = {each.code for each in found if each.severity == "error"}
    assert errors <= {code} | FOLLOWING.get(code, set()), "nothing else is wrong with it"
    assert bool(errors) == (CATALOGUE[code].severity == "error")


@pytest.mark.parametrize("code", FILES)
def test_a_finding_says_where_it_is_and_in_both_languages(code: str, tmp_path: Path) -> None:
    found = found_in(FILES[code], tmp_path)
    shapeless = {each.row for each in found if each.code in NOWHERE}
    for each in found:
        placed = (each.lon is not None, each.lat is not None)
        assert each.row in shapeless or placed == (each.row is not None,) * 2, each
        assert (each.field is not None) == (each.code in ON_A_FIELD)
        assert each.field not in FIELDS, "the file's own name of the column"
        assert (each.point is not None) == (each.code in ON_A_POINT)
        assert re.search(r"[\u4e00-\u9fff]{2}", each.message)
        assert "{" not in each.message + each.message_en


def test_every_finding_has_its_file_or_a_reason() -> None:
    assert set(FILES) | ELSEWHERE == set(CATALOGUE)
    assert not set(FILES) & ELSEWHERE


@pytest.mark.parametrize("code", sorted(ELSEWHERE))
def test_a_finding_that_has_no_file_is_asked_for_by_another_test(code: str) -> None:
    others = (path for path in (ROOT / "tests").rglob("*.py") if path.name != "test_broken.py")
    assert any(f'"{code}"' in path.read_text("utf-8") for path in others)


def test_the_script_makes_the_files_again() -> None:
    for name, content in all_files().items():
        assert (BROKEN / name).read_bytes() == content, name


def test_a_finding_on_a_shape_names_ring_point_and_place(tmp_path: Path) -> None:
    (crossing,) = (each for each in found_in(FILES["self_crossing"], tmp_path) if each.severity == "error")
    assert (crossing.row, crossing.ring, crossing.point) == (1, 1, "1–2 × 3–4")
    assert (crossing.lon, crossing.lat) == pytest.approx((113.7305, 34.7605))
    (spike,) = (each for each in found_in(FILES["spike"], tmp_path) if each.code == "spike")
    assert (spike.ring, spike.point, spike.lat) == (1, "5", 34.7615)


def test_a_survey_names_its_points_by_number(tmp_path: Path) -> None:
    text = FILES["txt_count"].read_bytes().decode("gb18030")
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("J2,"))
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    path = tmp_path / "crossed.txt"
    path.write_text("\n".join(lines), "gb18030")
    (crossing,) = (each for each in found_in(path, tmp_path) if each.code == "self_crossing")
    assert crossing.point == "J1–J3 × J2–J4"
