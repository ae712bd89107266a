"""Checking a file: from what the reader handed over to rows that may be published, or findings that say why not."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from service.core import memory
from service.imports import checks, mapping, neighbours, placing, queries, workshop
from service.imports.adjoining import check_neighbours, report_gap, report_overlap, sizes_of
from service.imports.gaps import Gap
from service.imports.mapping import FieldMap
from service.imports.overlaps import Overlap
from service.imports.placing import Places
from service.imports.publish import Rows
from service.imports.report import Report

Progress = Callable[[int], None]


@dataclass(slots=True)
class Checked:
    """A file's rows with what was found so far; neighbours within the file may still be being looked at."""

    rows: Rows
    places: Places
    report: Report
    sought: Future[list[Overlap | Gap]] | None

    def settle(self, *, wait: bool = True) -> None:
        """Report the overlaps and gaps within the file, once; without `wait` only if they are known by now."""
        if self.sought is not None and (wait or self.sought.done()):
            sought, self.sought = self.sought, None
            _report_within(sought, self.rows.read, self.report)


@contextmanager
def check_file(
    read: pa.Table,
    areas: queries.Areas,
    jurisdiction: tuple[shapely.Geometry, str, str] | None,
    report: Report,
    *,
    import_id: int,
    today: dt.date,
    maps: tuple[FieldMap, ...] | None = None,
) -> Iterator[Checked]:
    """Map and check everything that needs no look at other parcels.

    Neighbours within the file are compared in the background, while fields are checked and the database is at work; a
    file that has errors anyway waits for them here.
    """
    numbers, wkb = read["row"].to_numpy(), read["geom_wkb"]
    report.locate(read)
    places = placing.locate(read, areas.townships, areas.counties)
    with ThreadPoolExecutor(1, thread_name_prefix="overlaps") as aside:
        sought = aside.submit(
            lambda: sorted(neighbours.within(wkb, places.bounds), key=lambda it: (it.second, it.first))
        )
        fields = mapping.map_fields(read, report, code_prefix=f"IMP{import_id}", maps=maps)
        fields = checks.check_fields(fields, numbers, report, today=today)
        checks.check_areas(fields, read, numbers, report)
        placing.check_places(places, numbers, jurisdiction, report)
        memory.give_back()  # what mapping a million rows took
        checked = Checked(Rows(read, fields, *_regions(areas, places)), places, report, sought)
        if report.errors:
            checked.settle()
        yield checked


def _regions(areas: queries.Areas, places: Places) -> tuple[pa.Array, pa.Array]:
    """Township ids, and county codes by the county's own outline or the township's parent."""
    township = pa.array(places.township, mask=places.township < 0)
    county = pa.array(places.county, mask=places.county < 0)
    by_outline = pa.array(areas.county_codes, pa.string()).take(county)
    by_township = pa.array(areas.township_counties, pa.string()).take(township)
    return pa.array(areas.township_ids, pa.int32()).take(township), pc.coalesce(by_outline, by_township)


def _report_within(sought: Future[list[Overlap | Gap]], read: pa.Table, report: Report) -> None:
    try:
        found = sought.result()
    except neighbours.TooDense:
        report.note("overlap_undecidable")
        return
    rows = read["row"].to_numpy()
    for gap in (each for each in found if isinstance(each, Gap)):
        report_gap(report, "gap_in_file", int(rows[gap.second]), gap, None, other=int(rows[gap.first]))
    laps = [each for each in found if isinstance(each, Overlap)]
    others = read["geom_wkb"].take(pa.array([lap.first for lap in laps], pa.int64()))
    sizes = sizes_of(read, [lap.second for lap in laps], others.to_pylist(), workshop.measured)
    for lap, size in zip(laps, sizes, strict=True):
        other = int(rows[lap.first])
        names = {"other": f"第 {other} 行", "other_en": f"that of row {other}"}
        report_overlap(report, "overlap_in_file", read, lap.second, size, None, {"other": other}, names)


def check_against_existing(connection: psycopg.Connection, checked: Checked, jurisdiction_id: int) -> None:
    """Check codes and shapes against the parcels that are there; the caller keeps others from adding some meanwhile.

    And whether land comes in sold that would need a checklist.
    """
    rows, places, report = checked.rows, checked.places, checked.report
    if (since := queries.checklists_asked_since(connection, jurisdiction_id)) is not None:
        checks.check_sold(rows.fields, rows.read["row"].to_numpy(), report, since)
    numbers = rows.read["row"].to_numpy()
    taken, retired = partial(queries.taken, connection), partial(queries.retired, connection)
    checks.check_taken(rows.fields, numbers, report, taken, retired)
    check_neighbours(
        partial(queries.neighbours, connection), rows.read, places.bounds, report, measure=workshop.measured
    )
