"""Each file of `gis_data/broken` shows the finding that it is named after; each finding on rows has such a file."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from service.imports.checking import check_file
from service.imports.findings import CATALOGUE, Finding
from service.imports.queries import Areas
from service.imports.reader import read
from service.imports.report import Report
from service.imports.sources import Request
from tests.conftest import ROOT

FILES = {path.stem: path for path in sorted((ROOT / "gis_data" / "broken").glob("*.geojson"))}
PARTS = (
    "code_",
    "cadastral_",
    "text_",
    "number_",
    "date_",
    "stage_",
    "land_use_",
    "bounds_",
    "area_",
    "outside_",
    "overlap_",
)
# These need parcels that are there already, or more shapes than a small file holds.
ELSEWHERE = {"code_taken", "cadastral_taken", "overlap_existing", "overlap_undecidable"}
NO_AREAS = Areas([], [], [], [], [])
DISTRICT = (shapely.box(113.5, 34.0, 114.5, 35.5), "郑东新区", "Zhengdong")


def found_in(path: Path, folder: Path) -> Report:
    """Read and check a file without sandbox and database."""
    answer = read(Request(path, folder))
    report = Report()
    report.add(Finding(**each) for each in answer["findings"])
    with pa.memory_map(str(folder / "rows.arrow")) as file:
        table = pa.ipc.open_file(file).read_all()
        with check_file(table, NO_AREAS, DISTRICT, report, import_id=1, today=dt.date(2022, 11, 15)) as checked:
            checked.settle()
    return report


@pytest.mark.parametrize("code", FILES)
def test_a_broken_file_shows_what_it_is_named_after(code: str, tmp_path: Path) -> None:
    report = found_in(FILES[code], tmp_path)
    assert code in {each.code for each in report.kept}
    errors = {each.code for each in report.kept if each.severity == "error"}
    assert errors <= {code}, "nothing else is wrong with it"
    assert bool(errors) == (CATALOGUE[code].severity == "error")


def test_every_finding_on_rows_has_its_file() -> None:
    wanted = {code for code in CATALOGUE if code.startswith(PARTS)} | {"mostly_outside_jurisdiction", "fields_unused"}
    assert wanted - ELSEWHERE == set(FILES)
