"""Checking a file: from what the reader handed over to rows that may be published, or findings that say why not."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from service.imports import checks, mapping, overlaps, placing, queries
from service.imports.mapping import FieldMap
from service.imports.overlaps import Overlap
from service.imports.placing import Places
from service.imports.publish import Rows
from service.imports.report import Report

Progress = Callable[[int], None]


@dataclass(slots=True)
class Checked:
    """A file's rows with what was found so far; overlaps within the file may still be being looked for."""

    rows: Rows
    places: Places
    report: Report
    sought: Future[list[Overlap]] | None

    def settle(self) -> None:
        """Wait for the overlaps within the file and report them; once."""
        sought, self.sought = self.sought, None
        if sought is not None:
            _report_within(sought, self.rows.read["row"].to_numpy(), self.report)


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

    Overlaps within the file are looked for in the background, while the database is at work; a file that has errors
    anyway waits for them here.
    """
    numbers = read["row"].to_numpy()
    fields = mapping.map_fields(read, report, code_prefix=f"IMP{import_id}", maps=maps)
    fields = checks.check_fields(fields, numbers, report, today=today)
    checks.check_areas(fields, read["area_plane_m2"].to_numpy(), numbers, report)
    places = placing.locate(read, areas.townships, areas.counties)
    placing.check_places(places, numbers, jurisdiction, report)
    wkb = read["geom_wkb"].combine_chunks()
    with ThreadPoolExecutor(1, thread_name_prefix="overlaps") as aside:
        sought = aside.submit(lambda: sorted(overlaps.within(wkb, places.bounds), key=lambda it: (it.second, it.first)))
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


def _report_within(sought: Future[list[Overlap]], rows: NDArray[np.int64], report: Report) -> None:
    try:
        found = sought.result()
    except overlaps.TooDense:
        report.note("overlap_undecidable")
        return
    for each in found:
        other = int(rows[each.first])
        names: dict[str, object] = {"other": f"第 {other} 行", "other_en": f"that of row {other}"}
        _report(report, "overlap_in_file", int(rows[each.second]), each, None, {"other": other}, names)


def _report(
    report: Report,
    code: str,
    row: int,
    found: Overlap,
    value: str | None,
    facts: dict[str, object],
    names: dict[str, object],
) -> None:
    """Report an overlap: an error, or for a sliver a warning."""
    known = np.isfinite(found.area_m2)
    size = {
        "area": f"，约 {found.area_m2:.2f} 平方米" if known else "",
        "area_en": f" by about {found.area_m2:.2f} m²" if known else "",
    }
    sliver = known and found.area_m2 < overlaps.SLIVER_M2
    report.rows(
        "overlap_sliver" if sliver else code,
        np.array([row]),
        values=[value],
        places=np.array([found.place]),
        facts=[{**size, **(names if sliver else facts)}],
    )


def check_against_existing(connection: psycopg.Connection, checked: Checked) -> None:
    """Check codes and shapes against the parcels that are there; the caller keeps others from adding some meanwhile."""
    rows, places, report = checked.rows, checked.places, checked.report
    numbers = rows.read["row"].to_numpy()
    checks.check_taken(rows.fields, numbers, report, lambda column, codes: queries.taken(connection, column, codes))
    check_overlaps(connection, numbers, rows.read["geom_wkb"].combine_chunks(), places.bounds, report)


def check_overlaps(
    connection: psycopg.Connection,
    numbers: NDArray[np.int64],
    wkb: pa.Array,
    bounds: NDArray[np.float64],
    report: Report,
    *,
    but: frozenset[str] = frozenset(),
) -> None:
    """Refuse shapes that lie on parcels that are there, `but` on those with these codes."""
    known = np.flatnonzero(np.isfinite(bounds[:, 0]))
    for found, code in _existing(connection, wkb, bounds[known], known):
        if code not in but:
            names: dict[str, object] = {"other": f"库中地块 {code} ", "other_en": f"that of parcel {code}"}
            _report(report, "overlap_existing", int(numbers[found.first]), found, code, {}, names)


def _existing(
    connection: psycopg.Connection, wkb: pa.Array, bounds: NDArray[np.float64], known: NDArray[np.int64]
) -> Iterator[tuple[Overlap, str]]:
    for met in queries.neighbours(connection, _in_web_metres(bounds), known.tolist()):
        if not met:
            continue
        keys, codes, shapes = zip(*met, strict=True)
        asked, first = np.unique(np.array(keys), return_inverse=True)
        own = shapely.from_wkb(wkb.take(pa.array(asked)).to_numpy(zero_copy_only=False))
        others = shapely.from_wkb(np.array(shapes, dtype=object))
        for found in overlaps.sharing(own, others, first, np.arange(len(others))):
            yield found._replace(first=int(asked[found.first])), codes[found.second]


def _in_web_metres(bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Boxes (degrees) as the index has them (EPSG:3857); both are upright, so corners are enough."""
    to_web = Transformer.from_crs(4490, 3857, always_xy=True)
    west, south = to_web.transform(bounds[:, 0], bounds[:, 1])
    east, north = to_web.transform(bounds[:, 2], bounds[:, 3])
    return west, south, east, north
