"""The child process that opens a file from outside: `python -m service.imports.reader REQUEST.json`.

It reads the request, limits itself, opens the file, and leaves two files in the folder of the request:
`result.json` (what the file is, findings) and `rows.arrow` (the rows, EPSG:4490); while it reads, `progress.txt` says
how many rows are done. It never touches the database.
"""

import json
import os
import sys
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from service.core import child
from service.imports.batches import Made, worked_out
from service.imports.crossings import Budget
from service.imports.findings import Finding, Problem, finding, problem
from service.imports.formats import open_source
from service.imports.gdal_formats import DRIVERS
from service.imports.remarks import Batch
from service.imports.sources import MAX_ROWS, Request, Rows, Source

MAX_FINDINGS = 2_000  # of a severity: warnings must not crowd out errors
_AT_WORK = 2  # batches worked on at once


class Reading:
    """Rows on their way from the source to the file of results, and what was found on the way."""

    def __init__(self, source: Source, target: Path) -> None:
        """Read from `source`, write to `target`."""
        self.source, self.target = source, target
        self.rows = 0
        self.with_z = 0
        self.findings: list[Finding] = []
        self.left_out = 0
        self.room = {"error": MAX_FINDINGS, "warning": MAX_FINDINGS}
        self.budget = Budget()
        self.fields: dict[str, str] = {}

    def run(self) -> None:
        """Read, transform, measure and write all rows. Raises `Problem`."""
        writer: pa.RecordBatchFileWriter | None = None
        try:
            for rows, made in self.worked():
                if writer is None:
                    self.fields = {name[2:]: str(rows.columns[name].type) for name in rows.columns}
                    writer = pa.ipc.new_file(str(self.target), made.results.schema)
                writer.write_batch(made.results)
                self.with_z += made.with_z
                self.note(Batch(rows, self.rows + 1, made.shapes), made)
                self.rows += len(rows.fid)
                self.tell()
        finally:
            if writer is not None:
                writer.close()
        if not self.rows:
            raise problem("no_rows")

    def tell(self) -> None:
        """Leave word for the parent how many rows are done, as a file that is always whole."""
        draft = self.target.with_name("progress.new")
        draft.write_text(str(self.rows), "ascii")
        draft.replace(self.target.with_name("progress.txt"))

    def worked(self) -> Iterator[tuple[Rows, Made]]:
        """Batches in file order, worked on while the next ones are read: GDAL, GEOS and NumPy leave Python's lock."""
        first = 1
        waiting: deque[tuple[Rows, Future[Made]]] = deque()
        with ThreadPoolExecutor(_AT_WORK) as pool:
            for rows in self.source.batches:
                if first + len(rows.fid) > MAX_ROWS + 1:
                    raise problem("too_many_rows", limit=MAX_ROWS)
                waiting.append((rows, pool.submit(worked_out, rows, first, self.source.crs)))
                first += len(rows.fid)
                if len(waiting) > _AT_WORK:
                    yield _done(*waiting.popleft())
            yield from (_done(*each) for each in waiting)

    def note(self, batch: Batch, made: Made) -> None:
        """Turn what was seen in a batch into findings in the order of rows, as many as a person would read."""
        faults = sorted(made.faults, key=lambda fault: fault.index)
        wrong = (found for fault in faults[: self.room["error"]] for found in batch.of_fault(fault, self.budget))
        odd = map(batch.of_oddity, made.odd[: self.room["warning"]])
        found = [*islice(wrong, self.room["error"]), *islice(odd, self.room["warning"])]
        self.left_out += max(0, len(faults) - self.room["error"]) + max(0, len(made.odd) - self.room["warning"])
        for each in found:
            self.room[each.severity] -= 1
        self.findings += sorted(found, key=lambda each: each.row or 0)

    def all_findings(self) -> list[Finding]:
        """Findings of the file, then of its rows in order."""
        about_file = [finding("field_unusable", field=n, field_name=n, kind=k) for n, k in self.source.left_out.items()]
        if self.with_z:
            about_file.append(finding("z_dropped", count=self.with_z))
        if self.left_out:
            about_file.append(finding("too_many_findings", limit=MAX_FINDINGS))
        return [*self.source.findings, *about_file, *self.findings]


def _done(rows: Rows, made: Future[Made]) -> tuple[Rows, Made]:
    return rows, made.result()


def read(request: Request) -> dict[str, Any]:
    """Read the file of a request into `rows.arrow`; the answer tells what it is and what was found.

    A problem that ends reading is a finding too; then `rows` is 0.
    """
    try:
        with warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            source = open_source(request)
            reading = Reading(source, request.folder / "rows.arrow")
            reading.run()
    except Problem as ended:
        return {"rows": 0, "findings": [ended.finding.as_dict()]}
    found = [*_remarks(remarks, request.path), *reading.all_findings()]
    return {
        "format": source.format,
        "driver": source.driver,
        "layer": source.layer,
        "source_crs": source.crs.label,
        "encoding": source.encoding,
        "fields": reading.fields,
        "rows": reading.rows,
        "findings": [one.as_dict() for one in found],
    }


def _remarks(remarks: list[warnings.WarningMessage], path: Path) -> list[Finding]:
    """What GDAL said in passing, once each; not of the name, which is ours: files are kept under their hash."""
    said = dict.fromkeys(str(one.message).replace(str(path), "…") for one in remarks if "pyogrio" in one.filename)
    told = (text for text in said if "file extension" not in text)
    return [finding("driver_remark", reason=text) for text in islice(told, 20)]


def main(request_path: str) -> None:
    """Serve one request file; memory that runs out is told apart from a crash by the exit status 3."""
    request = json.loads(Path(request_path).read_text("utf-8"))
    child.limit_self(request.pop("limits", {}))
    if not set(pyogrio.list_drivers()) <= DRIVERS:
        sys.exit("GDAL must be started with the allowed drivers only (GDAL_SKIP)")
    folder = Path(request["folder"])
    try:
        answer = read(Request(**request | {"path": Path(request["path"]), "folder": folder}))
    except (MemoryError, pa.ArrowMemoryError):
        os._exit(child.OUT_OF_MEMORY)
    (folder / "result.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
