"""The collected files of the world (`../shared/data`): each ends as `collected.json` says.

The table maps a file, or a pattern of files in one folder, to what must come of it after reading and checking:
`N rows`, or the codes of the errors; ` | ` between the outcomes of folders that nobody would import. Every file stands
in it.
"""

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa
import pytest

from service.imports.checking import check_file
from service.imports.findings import Finding
from service.imports.report import Report
from tests.conftest import ROOT
from tests.imports.hostile import Case
from tests.imports.test_broken import NO_AREAS
from tests.imports.test_hostile import Outcome, read_apart

DATA = ROOT.parent / "shared" / "data"
TABLE: dict[str, str] = json.loads((Path(__file__).parent / "collected.json").read_text("utf-8"))
# A drawing has no CRS and these are projected like nothing we know: what matters is that they are read.
DECLARED = {".dxf": {"crs": "EPSG:4547"}, ".xlsx": {"crs": "EPSG:4490"}, ".csv": {"crs": "EPSG:4490"}}


def collected() -> Iterator[str]:
    """All files, by their path below `DATA`."""
    for path in sorted(DATA.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(DATA))


def checked(outcome: Outcome, folder: Path) -> tuple[int, Report]:
    """Rows of a file that the reader has answered for, and what was found by reading and checking."""
    assert outcome.answer is not None
    report = Report()
    report.add(Finding(**each) for each in outcome.answer["findings"])
    if outcome.answer["rows"]:
        with pa.memory_map(str(folder / "rows.arrow")) as file:
            table = pa.ipc.open_file(file).read_all()
            with check_file(table, NO_AREAS, None, report, import_id=1, today=dt.date(2022, 11, 15)) as found:
                found.settle()
    return outcome.answer["rows"], report


def outcome_of(outcome: Outcome, folder: Path) -> str:
    """Rows or error codes after reading and checking; a process that ended badly says so."""
    if outcome.answer is None:
        return f"status {outcome.status}"
    rows, report = checked(outcome, folder)
    errors = sorted({each.code for each in report.kept if each.severity == "error"})
    return ", ".join(errors) or f"{rows} rows"


def whole(name: str, folder: Path) -> Path:
    """The file; a .shp packed with its neighbours."""
    path = DATA / name
    if path.suffix != ".shp":
        return path
    packed = folder / f"{name.replace('/', '-')}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            archive.write(part, part.name)
    return packed


def read_all(folder: Path) -> Iterator[tuple[str, Outcome, Path]]:
    """Read every file apart: its name, what the reader answered, and where it left the rows."""
    runs = {
        name: (Case(name, bytes, frozenset(), DECLARED.get(Path(name).suffix, {})), whole(name, folder))
        for name in collected()
    }
    for name, (outcome, left) in zip(runs, read_apart(folder, list(runs.values())), strict=True):
        yield name, outcome, left


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each file."""
    folder = tmp_path_factory.mktemp("collected")
    return {name: outcome_of(outcome, left) for name, outcome, left in read_all(folder)}


@pytest.mark.skipif(not DATA.exists(), reason="the collected data lie outside the repository, in ../shared/data")
@pytest.mark.parametrize("pattern", TABLE)
def test_a_collected_file_ends_as_the_table_says(pattern: str, outcomes: dict[str, str]) -> None:
    found = {name: outcome for name, outcome in outcomes.items() if fnmatchcase(name, pattern)}
    assert found
    assert {name: outcome for name, outcome in found.items() if outcome not in TABLE[pattern].split(" | ")} == {}


@pytest.mark.skipif(not DATA.exists(), reason="the collected data lie outside the repository, in ../shared/data")
def test_every_collected_file_stands_in_the_table() -> None:
    missing = [name for name in collected() if not any(fnmatchcase(name, pattern) for pattern in TABLE)]
    assert missing == []
