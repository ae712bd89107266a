"""Hostile files of sections A to F (`hostile`): each refused with a stable code and words, or read; none harms anybody.

Every file is read in a process of its own with the limits of the sandbox but *without* its walls, so that a call to the
network would be heard here.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from service.imports import sandbox
from service.imports.findings import CATALOGUE, Finding
from service.imports.grouping import placed
from tests.imports import hostile
from tests.imports.hostile import CASES, Case

CPU_SECONDS, MEMORY_MIB = 30, 512
FEW_SECONDS = 4  # for what runs away without its check
LEFT = {"request.json", "result.json", "rows.arrow", "progress.txt", "stderr.txt", "unpacked.gdb"}

# Checks of the reader, how to switch each off, and a file that then no longer ends as it must.
SWITCHES = {
    "archive: ratio": ("service.imports.archive", "MAX_RATIO", "10**9", "A01 zeros"),
    "archive: unpacked size": ("service.imports.archive", "MAX_UNPACKED_BYTES", "10**12", "A01 many zeros"),
    "archive: overlap, duplicates, local headers": (
        "service.imports.archive", "_check_together", "lambda *_: None", "A02 overlap",
    ),
    "archive: entries": ("service.imports.archive", "MAX_ENTRIES", "10**9", "A05 201 entries"),
    "archive: names": ("service.imports.archive", "_unsafe", "lambda _: None", "A06 name 0"),
    "archive: links": ("service.imports.archive.stat", "S_IFMT", "lambda _: 0", "A07 link"),
    "archive: encryption": ("service.imports.archive", "_ENCRYPTED_FLAGS", "0", "A11 encrypted"),
    "archive: methods": ("service.imports.archive", "_METHODS", "range(100)", "A11 method 12"),
    "archive: nested": ("service.imports.archive", "_NESTED", "()", "A04 nested"),
    "gzip: ratio": ("service.imports.archive", "RATIO_FREE_BYTES", "10**12", "A14 gzip bomb"),
    "detect: other formats": ("service.imports.detect", "_KNOWN", "()", "A14 RAR"),
    "detect: other texts": ("service.imports.detect", "_TEXTS", "()", "E04 VRT alone"),
    "shapefile: parts": ("service.imports.shapefile", "check_parts", "lambda *_: None", "B12 counts differ"),
    "shapefile: deleted rows": ("service.imports.shapefile", "_count_deleted", "lambda *_: 0", "B12 a deleted row"),
    "shapefile: encoding": ("service.imports.shapefile", "_reads", "lambda *_: True", "B05 no encoding"),
    "magnitude": ("service.imports.batches", "_check_magnitude", "lambda *_: None", "B11 northing first"),
    "crs: link": ("service.imports.geojson_file:Document", "crs", "lambda _: None", "C01 crs link"),
    "crs: old datum": ("service.geo.crs", "_OLD_DATUM", "re.compile('nowhere')", "C01 Xian 1980"),
    "crs: offset systems": ("service.geo.crs", "_ENCRYPTED", "re.compile('nowhere')", "C01 GCJ-02"),
    "json: keys": ("service.imports.geojson_file", "_DECODER", "json.JSONDecoder()", "C09 one key twice inside"),
    "json: fields": ("service.imports.geojson_file", "MAX_FIELDS", "10**9", "C07 100,000 names"),
    "xml: document types": (
        "service.imports.kml_file", "iterparse", "__import__('xml.etree.ElementTree').etree.ElementTree.XMLPullParser",
        "D01 entity file",
    ),
    "xml: depth": ("service.imports.kml_file", "_MAX_DEPTH", "10**9", "D06 deep"),
    "geopackage: active content": ("service.imports.detect", "_active", "lambda *_: None", "E01 trigger"),
    "table: columns": ("service.imports.tables", "MAX_FIELDS", "10**7", "E06 a million columns"),
    "table: cells": ("service.imports.tables", "_LONGEST_CELL", "2**40", "E06 one long line"),
    "table: WKT": ("service.imports.table_parcels", "_POLYGON", "re.compile('(x)?')", "E06 WKT of nested collections"),
    "workbook: more than cells": ("service.imports.tables", "_MORE_THAN_CELLS", "{}", "E07 macro"),
    "drawing: blocks": ("service.imports.gdal_formats", "_CAD_OPTIONS", "{}", "E05 DXF of blocks 8 deep"),
    "geometry: validity": ("service.geo.validity", "validity_faults", "lambda *_: []", "F01 star of 100"),
    "geometry: caps": (
        "service.geo.validity:form_faults", "__defaults__", "(Caps(10**9, 10**9, 10**9),)",
        "F05 WKB of 150,000 corners",
    ),
    "geometry: WKB": ("service.imports.wkb", "is_flat", "lambda _: True", "F12 GeoParquet, 10,000 multipolygons deep"),
    "geometry: range": ("service.geo.validity", "outside", "lambda shapes, *_: shapes != shapes", "F06 latitude 91"),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a file ended: what its process cost and left, and what was found."""

    case: Case
    status: int
    cpu_s: float
    memory_mib: float
    left: set[str]
    answer: dict[str, Any] | None

    @property
    def errors(self) -> list[Finding]:
        """The findings that refuse the file or a row."""
        found = [Finding(**each) for each in (self.answer or {"findings": []})["findings"]]
        return [each for each in found if each.severity == "error"]

    @property
    def as_expected(self) -> bool:
        """Whether it ended as the catalogue says."""
        codes = {each.code for each in self.errors}
        return self.status == 0 and self.answer is not None and bool(codes) == bool(self.case.refused) and (
            codes <= self.case.refused
        )  # fmt: skip


class Rig:
    """Writes the files once, and reads them one process each with the limits of the sandbox."""

    def __init__(self, folder: Path) -> None:
        """Keep everything in `folder`."""
        self.folder = folder
        self.files = {case.name: path for case, path in hostile.written(folder)}

    def read(self, *runs: tuple[str, list[list[str]]]) -> list[Outcome]:
        """Read files with some checks switched off."""
        files = [(CASES[name], self.files[name]) for name, _ in runs]
        return [outcome for outcome, _ in read_apart(self.folder, files, [off for _, off in runs])]


def read_apart(
    folder: Path, files: list[tuple[Case, Path]], switched: list[list[list[str]]] | None = None
) -> list[tuple[Outcome, Path]]:
    """Read files, each in a process of its own, with some checks switched off; with the folder that each left."""
    requests, folders = [], []
    for (case, path), off in zip(files, switched or [[]] * len(files), strict=True):
        out = folder / f"out-{len(list(folder.glob('out-*')))}"
        out.mkdir()
        cpu = FEW_SECONDS if off else CPU_SECONDS
        limits = {"CPU": cpu, "AS": sandbox.MEMORY_MIB << 20, "CORE": 0, "FSIZE": 1 << 30, "NOFILE": 256}
        declared = dict.fromkeys(("crs", "encoding", "layer")) | case.declared
        requests.append({"path": str(path), "folder": str(out), "limits": limits, "off": off, **declared})
        folders.append(out)
    listing = folder / "requests.jsonl"
    listing.write_text("\n".join(map(json.dumps, requests)), "utf-8")
    child = [sys.executable, "-m", "tests.imports.hostile_child", str(listing)]
    env = sandbox._environment(folder) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(child, env=env, cwd=folder, capture_output=True, text=True, timeout=600, check=True)
    lines = map(json.loads, ended.stdout.splitlines())
    return [(_outcome(case, out, line), out) for (case, _), out, line in zip(files, folders, lines, strict=True)]


def _outcome(case: Case, folder: Path, line: dict[str, Any]) -> Outcome:
    result = folder / "result.json"
    answer = json.loads(result.read_text("utf-8")) if result.exists() else None
    left = {path.name for path in folder.iterdir()}
    return Outcome(case, line["status"], line["cpu_s"], line["memory_mib"], left, answer)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Rig:
    return Rig(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def outcomes(rig: Rig) -> dict[str, Outcome]:
    """All files, each in a process of its own."""
    return {each.case.name: each for each in rig.read(*((name, []) for name in CASES))}


def test_the_catalogue_is_large_and_covers_its_sections() -> None:
    assert len(CASES) >= 120
    assert {name[0] for name in CASES} == set("ABCDEF")
    assert all(code in CATALOGUE for case in CASES.values() for code in case.refused)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_refused_in_words_or_read_and_harms_nobody(name: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[name]
    assert outcome.as_expected, (outcome.status, [(e.code, e.row, e.message) for e in outcome.errors])
    assert outcome.cpu_s < CPU_SECONDS
    assert outcome.memory_mib < MEMORY_MIB
    assert {name for name in outcome.left if not name.startswith("unpacked")} <= LEFT
    for error in outcome.errors:
        words = placed(error.message, file="成果.zip", layer="地块", rows=[error.row] if error.row else [])
        assert words.startswith("成果.zip")
        assert error.row is None or f"第 {error.row} 行" in words
        assert re.search(r"[\u4e00-\u9fff]{2}", error.message), "a Chinese sentence"
        assert words.isprintable()


def test_nothing_called_out(outcomes: dict[str, Outcome]) -> None:
    assert outcomes
    hostile.EAR.settimeout(0)
    with pytest.raises(BlockingIOError):
        hostile.EAR.accept()


@pytest.fixture(scope="module")
def switched(rig: Rig) -> dict[str, Outcome]:
    """For each check, the file that it stops, read without it."""
    runs = [(name, [[module, attribute, value]]) for module, attribute, value, name in SWITCHES.values()]
    return dict(zip(SWITCHES, rig.read(*runs), strict=True))


@pytest.mark.parametrize("check", SWITCHES)
def test_a_check_that_is_switched_off_is_missed(check: str, switched: dict[str, Outcome]) -> None:
    assert not switched[check].as_expected


def test_geometry_never_reaches_the_servers_overlay_or_repair() -> None:
    service = Path(__file__).parents[2] / "service"
    source = "\n".join(path.read_text("utf-8") for path in (service / "imports").rglob("*.py"))
    costly = r"ST_(?:MakeValid|Buffer|Union|UnaryUnion|Intersection|Difference|SymDifference|Node|Polygonize|Split)\b"
    assert re.findall(costly, source, re.IGNORECASE) == []
